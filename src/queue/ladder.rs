//! The order and the deadlines of a handoff's offers.

use std::cmp::Reverse;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Action, Handoff, Offer, Queue, choosing::is_safety};
use crate::domain::{HandoffFact, HandoffId, HandoffOutcome, HandoffRules, Missed, OfferId};

/// Notes that have not arrived after so long will not help any more.
const DELIVERY: SignedDuration = SignedDuration::from_secs(5);
/// Nobody finds a telephone in less.
const LEAST_RING: SignedDuration = SignedDuration::from_secs(5);
/// The carrier lets it ring up to five seconds longer than told, and its callback takes its time.
const RING_MARGIN: SignedDuration = SignedDuration::from_secs(8);
/// The recap, heard twice, and the keys.
const DECISION: SignedDuration = SignedDuration::from_secs(40);
/// How much longer somebody who is being briefed may take when the time is up.
const GRACE: SignedDuration = SignedDuration::from_secs(15);
/// From the key to both being in the conference: the caller first hears to its end who is rung and why, what the law asks
/// to tell, and who comes.
const JOINING: SignedDuration = SignedDuration::from_secs(30);
/// The carrier ends every call after four hours; a talk whose end was never reported is over by then.
const LONGEST_TALK: SignedDuration = SignedDuration::from_hours(4);

/// The times of one handoff.
struct Times {
    /// The last moment to ask another agent.
    last_offer: Timestamp,
    /// Telephones stop ringing.
    give_up: Timestamp,
    /// Whoever is being briefed is too late.
    end: Timestamp,
}

impl Queue {
    /// Does what follows from the state of things by now, for every handoff: first what is over, and then, as that may
    /// have freed agents, who is asked next.
    pub(super) fn go_on(&mut self) {
        if self.waits {
            return;
        }
        let open = self.open_by_precedence();
        for handoff in &open {
            self.drop_what_is_over(*handoff);
        }
        for handoff in open {
            self.ask_next(handoff);
        }
        let longest = |handoff: &&Handoff| talk_limit(handoff).is_some_and(|limit| limit <= self.now);
        let endless: Vec<HandoffId> =
            self.handoffs.iter().filter(longest).map(|handoff| handoff.request.id).collect();
        for handoff in endless {
            self.talk_ended(handoff);
        }
    }

    /// When [`Self::go_on`] will have something to do for a handoff.
    pub(super) fn wakes_at(&self, handoff: &Handoff) -> Option<Timestamp> {
        if handoff.settled.is_some() {
            return talk_limit(handoff);
        }
        let times = self.times(handoff);
        let deadline = handoff.open_offers().map(|(_, offer)| self.deadline(handoff, offer)).min();
        let rests = || self.rests_of_candidates(handoff, times.last_offer).min();
        let soon = |at: &Timestamp| *at > self.now && *at < times.last_offer;
        let next = match (handoff.accepted(), deadline) {
            (Some(_), _) => None,
            (None, Some(_)) => self.next_offer_at(handoff).filter(soon).or_else(rests),
            (None, None) => rests().or(Some(times.last_offer)),
        };
        deadline.into_iter().chain(next).min()
    }

    /// How long a telephone dialled at `at` rings, in whole seconds.
    pub(super) fn ring_time(&self, handoff: &Handoff, at: Timestamp) -> Duration {
        let left = self.times(handoff).give_up.duration_since(at).as_secs();
        let rings = i64::from(self.rules(handoff).ring_seconds);
        Duration::from_secs(u64::try_from(left.min(rings)).unwrap_or(0))
    }

    fn open_by_precedence(&self) -> Vec<HandoffId> {
        let mut open: Vec<&Handoff> =
            self.handoffs.iter().filter(|handoff| handoff.settled.is_none()).collect();
        open.sort_by_key(|handoff| {
            let request = &handoff.request;
            (Reverse((is_safety(request.reason), request.urgency)), handoff.requested_at)
        });
        open.into_iter().map(|handoff| handoff.request.id).collect()
    }

    /// Ends the offers of a handoff that are too late or outpaced, and the handoff once one was accepted and is through.
    pub(super) fn drop_what_is_over(&mut self, id: HandoffId) {
        let Some(handoff) = self.handoffs.get(id).filter(|handoff| handoff.settled.is_none()) else { return };
        let winner = handoff.accepted().map(|(winner, _)| winner);
        let why = |id, offer| match winner {
            Some(winner) if winner != id => Some(Missed::Outpaced),
            Some(_) | None => self.why_late(handoff, offer),
        };
        let over = handoff.open_offers().filter_map(|(id, offer)| Some((id, why(id, offer)?)));
        for (offer, why) in over.collect::<Vec<_>>() {
            self.give_up(offer, why);
        }
        let Some(winner) = winner.and_then(|winner| self.handoffs.offer(winner)) else { return };
        if winner.joined.is_some() {
            self.settle(id, HandoffOutcome::Joined);
        } else if winner.missed.is_some() {
            self.settle(id, HandoffOutcome::NotConnected);
        }
    }

    fn ask_next(&mut self, id: HandoffId) {
        let Some(handoff) = self.handoffs.get(id) else { return };
        if handoff.settled.is_some() || handoff.accepted().is_some() {
            return;
        }
        let last_offer = self.times(handoff).last_offer;
        let in_time = self.now < last_offer;
        let due = in_time && self.next_offer_at(handoff).is_none_or(|at| at <= self.now);
        let next = if due { self.choose(handoff).cloned() } else { None };
        if let Some(agent) = next {
            let place = u32::try_from(handoff.offers.len()).unwrap_or(u32::MAX);
            let offer = OfferId { handoff: id, place };
            self.record(id, HandoffFact::Offered { offer, agent: agent.clone() });
            self.actions.push_back(Action::Brief { offer, agent });
            return;
        }
        let waits = handoff.open_offers().next().is_some();
        let hopes = in_time && self.somebody_may_come(handoff, last_offer);
        if !waits && !hopes {
            let asked = !handoff.offers.is_empty();
            let outcome = if asked { HandoffOutcome::NobodyAnswered } else { HandoffOutcome::NobodyThere };
            self.settle(id, outcome);
        }
    }

    /// When the next agent is asked besides those who are being asked; absent for at once.
    fn next_offer_at(&self, handoff: &Handoff) -> Option<Timestamp> {
        let alone = SignedDuration::from_secs(self.rules(handoff).next_after_seconds.into());
        handoff.alone_since.map(|since| later(since, alone))
    }

    fn deadline(&self, handoff: &Handoff, offer: &Offer) -> Timestamp {
        let times = self.times(handoff);
        if let Some(accepted) = offer.accepted {
            return later(accepted, JOINING);
        }
        if let Some(answered) = offer.answered {
            return later(answered, DECISION).min(times.end);
        }
        let own = match offer.dialled {
            Some(dialled) => {
                let rings = SignedDuration::try_from(self.ring_time(handoff, dialled)).unwrap_or(LEAST_RING);
                later(dialled, rings + RING_MARGIN)
            }
            None => later(offer.offered, DELIVERY),
        };
        own.min(times.give_up)
    }

    /// Why an offer is over, if its time is up.
    fn why_late(&self, handoff: &Handoff, offer: &Offer) -> Option<Missed> {
        if self.now < self.deadline(handoff, offer) {
            return None;
        }
        let times = self.times(handoff);
        let known = offer.leg.is_some() || offer.ringing.is_some();
        Some(match offer {
            Offer { accepted: Some(_), .. } => Missed::Failed,
            Offer { answered: Some(_), .. } if self.now < times.end => Missed::NoKey,
            Offer { answered: Some(_), .. } => Missed::Withdrawn,
            _ if self.now >= times.give_up => Missed::Withdrawn,
            _ if known => Missed::NoAnswer,
            _ => Missed::Failed,
        })
    }

    fn times(&self, handoff: &Handoff) -> Times {
        let started = handoff.request.triggered_at.min(handoff.requested_at);
        let patience = SignedDuration::from_secs(self.rules(handoff).give_up_seconds.into());
        let give_up = later(started, patience);
        Times { last_offer: later(give_up, -LEAST_RING), give_up, end: later(give_up, GRACE) }
    }

    fn rules(&self, handoff: &Handoff) -> HandoffRules {
        self.businesses.get(&handoff.request.business).map(|business| business.handoff).unwrap_or_default()
    }
}

/// A moment that much later.
pub(super) fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(at)
}

fn talk_limit(handoff: &Handoff) -> Option<Timestamp> {
    let joined = handoff.accepted().filter(|_| handoff.is_talking())?.1.joined?;
    Some(later(joined, LONGEST_TALK))
}
