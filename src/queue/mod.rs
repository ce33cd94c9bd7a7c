//! The handoff queue: one per server, a pure machine that finds the person who takes over a call.
//!
//! Invariant: what it knows of handoffs is a function of the facts it has recorded, so that a restart in the middle
//! rebuilds it, and nobody is dialled twice for one offer. It deliberately knows no telephone numbers but those of the
//! profiles, and never sees a clock, a carrier, or the words of a call.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod action;
mod choosing;
mod event;
mod handoff;
mod ladder;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

pub use action::Action;
pub use event::{Event, LegEnd};
pub use handoff::{Handoff, Offer, REMEMBERED};

use crate::domain::{
    AgentKey, Business, BusinessId, CallId, HandoffFact, HandoffId, HandoffNews, HandoffOutcome,
    HandoffRequest, Missed, OfferId,
};
use handoff::Handoffs;
use ladder::later;

/// Who is ready twice within this is ready once.
const SAME_ORDER: SignedDuration = SignedDuration::from_secs(2);

/// All handoffs of a server: takes events, gives actions and a deadline.
///
/// After every `handle` or `handle_timeout`, [`Queue::poll_action`] is drained to `None`.
#[derive(Debug, Clone)]
pub struct Queue {
    businesses: BTreeMap<BusinessId, Arc<Business>>,
    handoffs: Handoffs,
    signed_off: BTreeSet<(BusinessId, AgentKey)>,
    /// When the order to move the caller to the agent was last given; not known after a restart.
    connecting: BTreeMap<HandoffId, Timestamp>,
    /// Whether it was rebuilt and the server is not up again yet: what happens is recorded, but nothing follows.
    waits: bool,
    now: Timestamp,
    actions: VecDeque<Action>,
}

impl Queue {
    /// A queue without any handoff, for these businesses.
    pub fn new(businesses: impl IntoIterator<Item = Arc<Business>>) -> Self {
        Self {
            businesses: businesses.into_iter().map(|business| (business.id.clone(), business)).collect(),
            handoffs: Handoffs::default(),
            signed_off: BTreeSet::new(),
            connecting: BTreeMap::new(),
            waits: false,
            now: Timestamp::UNIX_EPOCH,
            actions: VecDeque::new(),
        }
    }

    /// Rebuilds the queue from recorded facts, oldest first: those of handoffs that began within [`REMEMBERED`], and
    /// of all that are not over. It waits for [`Event::Restarted`], and is told before who is signed off.
    pub fn replay(
        businesses: impl IntoIterator<Item = Arc<Business>>,
        facts: impl IntoIterator<Item = (HandoffId, Timestamp, HandoffFact)>,
    ) -> Self {
        let mut queue = Self { waits: true, ..Self::new(businesses) };
        for (handoff, at, fact) in facts {
            queue.now = queue.now.max(at);
            queue.handoffs.apply(handoff, at, &fact);
        }
        queue
    }

    /// Takes in what happened; total in every state. What is due by `now` is done as well, after the event.
    pub fn handle(&mut self, event: Event, now: Timestamp) {
        self.now = self.now.max(now);
        match event {
            Event::Restarted => self.restarted(),
            Event::Requested(request) => self.requested(request),
            Event::Delivered { offer } => self.delivered(offer),
            Event::DialFailed { offer } => self.dial_failed(offer),
            Event::LegKnown { offer, leg } => self.leg_known(offer, leg),
            Event::Ringing { offer } => self.ringing(offer),
            Event::Answered { offer } => self.answered(offer),
            Event::MachineDetected { offer } => self.machine_detected(offer),
            Event::Briefed { offer } => self.briefed(offer),
            Event::Accepted { offer } => self.accepted(offer),
            Event::Declined { offer } => self.declined(offer),
            Event::NoKey { offer } => self.no_key(offer),
            Event::LegEnded { offer, how } => self.leg_ended(offer, how),
            Event::CallerReady { handoff } => self.caller_ready(handoff),
            Event::Joined { offer } => self.joined(offer),
            Event::TalkEnded { handoff } => self.talk_ended(handoff),
            Event::CallerLeft { call } => self.leave_all(call, HandoffOutcome::CallerLeft),
            Event::CallerStopped { handoff } => self.close(handoff, HandoffOutcome::CallerStopped),
            Event::SignedOff { business, agent } => self.signed_off(business, agent),
            Event::SignedOn { business, agent } => {
                self.signed_off.remove(&(business, agent));
            }
        }
        self.go_on();
    }

    /// Does what is due by `now`; nothing if called too early.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
        self.go_on();
    }

    /// The next thing to do, in order; drained to `None` before the next event.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// The earliest moment at which something is due.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        if self.waits {
            return None;
        }
        self.handoffs.iter().filter_map(|handoff| self.wakes_at(handoff)).min()
    }

    /// The handoffs under way and of the last hours, oldest id first.
    pub fn handoffs(&self) -> impl Iterator<Item = &Handoff> {
        self.handoffs.iter()
    }

    /// One of them.
    pub fn handoff(&self, id: HandoffId) -> Option<&Handoff> {
        self.handoffs.get(id)
    }

    /// What came of an offer so far.
    pub fn offer(&self, offer: OfferId) -> Option<&Offer> {
        self.handoffs.offer(offer)
    }

    fn requested(&mut self, request: HandoffRequest) {
        if self.handoffs.get(request.id).is_some() {
            return self.tell_standing(request.id);
        }
        // A call that asks anew is done with what it asked for before.
        self.leave_all(request.call, HandoffOutcome::CallerStopped);
        self.record(request.id, HandoffFact::Requested(request));
    }

    fn restarted(&mut self) {
        self.waits = false;
        let all: Vec<HandoffId> = self.handoffs.iter().map(|handoff| handoff.request.id).collect();
        for handoff in all {
            self.tell_standing(handoff);
            self.drop_what_is_over(handoff);
            for offer in self.open_offers(handoff) {
                self.take_up(offer);
            }
        }
    }

    /// Goes on with an offer after a restart. Whether a telephone was dialled is not known where the carrier's answer
    /// is missing, so that one counts as lost.
    fn take_up(&mut self, id: OfferId) {
        let Some(offer) = self.handoffs.offer(id) else { return };
        let seen = offer.leg.is_some() || offer.ringing.is_some() || offer.answered.is_some();
        if self.profile(id).is_none() || (offer.dialled.is_some() && !seen) {
            self.give_up(id, Missed::Failed);
        } else if offer.delivered.is_none() {
            let agent = offer.agent.clone();
            self.actions.push_back(Action::Brief { offer: id, agent });
        } else if offer.dialled.is_none() {
            self.dial(id);
        }
    }

    fn delivered(&mut self, id: OfferId) {
        if self.handoffs.offer(id).is_some_and(|offer| offer.is_open() && offer.delivered.is_none()) {
            self.record(id.handoff, HandoffFact::Delivered { offer: id });
            self.dial(id);
        }
    }

    fn dial(&mut self, id: OfferId) {
        let Some(handoff) = self.handoffs.get(id.handoff) else { return };
        let Some(offer) = self.handoffs.offer(id) else { return };
        let ring_for = self.ring_time(handoff, self.now);
        if !ring_for.is_zero() && !self.waits {
            let agent = offer.agent.clone();
            self.record(id.handoff, HandoffFact::Dialled { offer: id });
            self.actions.push_back(Action::Dial { offer: id, agent, ring_for });
        }
    }

    fn dial_failed(&mut self, id: OfferId) {
        let Some(offer) = self.handoffs.offer(id).filter(|offer| offer.is_open()) else { return };
        // A refusal after a sign of life is a late answer to an order that went through.
        if offer.leg.is_none() && offer.ringing.is_none() && offer.answered.is_none() {
            self.give_up(id, Missed::Failed);
        }
    }

    fn leg_known(&mut self, id: OfferId, leg: String) {
        match self.handoffs.offer(id) {
            Some(Offer { missed: Some((_, why)), leg: known, .. }) if known.as_ref() != Some(&leg) => {
                self.actions.push_back(Action::Withdraw { offer: id, leg: Some(leg), why: *why });
            }
            Some(offer) if offer.is_open() && offer.dialled.is_some() && offer.leg.is_none() => {
                self.record(id.handoff, HandoffFact::LegKnown { offer: id, leg });
            }
            Some(_) | None => {}
        }
    }

    fn ringing(&mut self, id: OfferId) {
        if self.live(id).is_some_and(|offer| offer.ringing.is_none() && offer.answered.is_none()) {
            self.record(id.handoff, HandoffFact::Ringing { offer: id });
            let agent = self.name(id);
            self.tell(id.handoff, HandoffNews::Ringing { agent });
        }
    }

    fn answered(&mut self, id: OfferId) {
        if self.live(id).is_some_and(|offer| offer.answered.is_none()) {
            self.record(id.handoff, HandoffFact::Answered { offer: id });
        }
    }

    fn machine_detected(&mut self, id: OfferId) {
        if self.live(id).is_some_and(|offer| offer.accepted.is_none()) {
            self.give_up(id, Missed::Voicemail);
        }
    }

    fn briefed(&mut self, id: OfferId) {
        self.answered(id);
        if self.asked(id).is_some_and(|offer| offer.answered.is_some() && offer.briefed.is_none()) {
            self.record(id.handoff, HandoffFact::Briefed { offer: id });
        }
    }

    fn accepted(&mut self, id: OfferId) {
        self.answered(id);
        if self.asked(id).is_some_and(|offer| offer.answered.is_some()) {
            self.record(id.handoff, HandoffFact::Accepted { offer: id });
            let agent = self.name(id);
            self.tell(id.handoff, HandoffNews::Accepted { agent });
        }
    }

    fn declined(&mut self, id: OfferId) {
        match self.asked(id).map(|offer| offer.answered.is_some()) {
            Some(true) => self.miss(id, Missed::Declined),
            Some(false) => self.give_up(id, Missed::Declined),
            None => {}
        }
    }

    fn no_key(&mut self, id: OfferId) {
        if self.asked(id).is_some_and(|offer| offer.dialled.is_some()) {
            self.miss(id, Missed::NoKey);
        }
    }

    fn leg_ended(&mut self, id: OfferId, how: LegEnd) {
        let Some(offer) = self.handoffs.offer(id) else { return };
        if offer.joined.is_some() {
            return self.talk_ended(id.handoff);
        }
        if !offer.is_open() || offer.dialled.is_none() {
            return;
        }
        let answered = offer.answered.is_some();
        let why = match how {
            LegEnd::Completed => Missed::HungUp,
            LegEnd::Busy | LegEnd::NoAnswer | LegEnd::Failed | LegEnd::Canceled if answered => Missed::HungUp,
            LegEnd::Busy => Missed::Busy,
            LegEnd::NoAnswer => Missed::NoAnswer,
            LegEnd::Failed | LegEnd::Canceled => Missed::Failed,
        };
        self.miss(id, why);
    }

    fn caller_ready(&mut self, id: HandoffId) {
        let Some(handoff) = self.handoffs.get(id) else { return };
        let Some((offer, _)) = handoff.accepted().filter(|(_, offer)| offer.is_open()) else { return };
        let call = handoff.request.call;
        // A caller who came back unconnected is ready once more, but not so soon.
        let ordered = self.connecting.get(&id).map(|at| later(*at, SAME_ORDER));
        if ordered.is_none_or(|same_until| same_until <= self.now) {
            self.connecting.insert(id, self.now);
            self.actions.push_back(Action::Connect { offer, call });
        }
    }

    fn joined(&mut self, id: OfferId) {
        if self.live(id).is_some_and(|offer| offer.accepted.is_some()) {
            self.record(id.handoff, HandoffFact::Joined { offer: id });
        }
    }

    fn talk_ended(&mut self, id: HandoffId) {
        if self.handoffs.get(id).is_some_and(Handoff::is_talking) {
            self.record(id, HandoffFact::TalkEnded);
            self.tell(id, HandoffNews::TalkEnded);
        }
    }

    fn signed_off(&mut self, business: BusinessId, agent: AgentKey) {
        let theirs = |offer: &Offer| offer.agent == agent && offer.accepted.is_none();
        let handoffs = self.handoffs.iter().filter(|handoff| handoff.request.business == business);
        let asked: Vec<OfferId> = handoffs
            .flat_map(Handoff::open_offers)
            .filter(|(_, offer)| theirs(offer))
            .map(|(id, _)| id)
            .collect();
        for offer in asked {
            self.give_up(offer, Missed::SignedOff);
        }
        self.signed_off.insert((business, agent));
    }

    /// Ends whatever handoff and talk of a call there still is.
    fn leave_all(&mut self, call: CallId, outcome: HandoffOutcome) {
        for id in self.handoffs.of_call(call) {
            self.close(id, outcome);
            let talking = self.handoffs.get(id).filter(|handoff| handoff.is_talking());
            if let Some((offer, _)) = talking.and_then(Handoff::accepted) {
                self.talk_ended(id);
                self.withdraw(offer, Missed::Withdrawn);
            }
        }
    }

    /// Ends a handoff that nobody wants any more.
    fn close(&mut self, id: HandoffId, outcome: HandoffOutcome) {
        if self.handoffs.get(id).is_none_or(|handoff| handoff.settled.is_some()) {
            return;
        }
        for offer in self.open_offers(id) {
            self.give_up(offer, Missed::Withdrawn);
        }
        self.settle(id, outcome);
    }

    fn settle(&mut self, id: HandoffId, outcome: HandoffOutcome) {
        self.connecting.remove(&id);
        self.record(id, HandoffFact::Settled { outcome });
        self.tell_standing(id);
    }

    /// Ends an offer from our side.
    fn give_up(&mut self, id: OfferId, why: Missed) {
        self.miss(id, why);
        self.withdraw(id, why);
    }

    fn miss(&mut self, id: OfferId, why: Missed) {
        let accepted = self.handoffs.offer(id).is_some_and(|offer| offer.accepted.is_some());
        self.record(id.handoff, HandoffFact::Missed { offer: id, why });
        if !accepted && !matches!(why, Missed::Outpaced | Missed::Withdrawn) {
            let agent = self.name(id);
            self.tell(id.handoff, HandoffNews::Missed { agent, why });
        }
    }

    fn withdraw(&mut self, id: OfferId, why: Missed) {
        let leg = self.handoffs.offer(id).and_then(|offer| offer.leg.clone());
        self.actions.push_back(Action::Withdraw { offer: id, leg, why });
    }

    /// An open offer whose leg has just shown a sign of life; one that is over is withdrawn once more.
    fn live(&mut self, id: OfferId) -> Option<&Offer> {
        if let Some((_, why)) = self.handoffs.offer(id).and_then(|offer| offer.missed) {
            self.withdraw(id, why);
        }
        self.handoffs.offer(id).filter(|offer| offer.is_open() && offer.dialled.is_some())
    }

    /// An open offer that nobody has accepted yet.
    fn asked(&self, id: OfferId) -> Option<&Offer> {
        self.handoffs.offer(id).filter(|offer| offer.is_open() && offer.accepted.is_none())
    }

    fn open_offers(&self, id: HandoffId) -> Vec<OfferId> {
        self.handoffs.get(id).into_iter().flat_map(Handoff::open_offers).map(|(offer, _)| offer).collect()
    }

    fn record(&mut self, handoff: HandoffId, fact: HandoffFact) {
        self.handoffs.apply(handoff, self.now, &fact);
        self.actions.push_back(Action::Record { handoff, at: self.now, fact });
    }

    fn tell(&mut self, handoff: HandoffId, news: HandoffNews) {
        if let Some(call) = self.handoffs.get(handoff).map(|handoff| handoff.request.call) {
            self.actions.push_back(Action::Tell { call, handoff, news });
        }
    }

    /// Tells a call where its handoff stands, if there is anything to tell yet.
    fn tell_standing(&mut self, id: HandoffId) {
        let Some(handoff) = self.handoffs.get(id) else { return };
        let ringing = handoff.open_offers().find(|(_, offer)| offer.ringing.is_some());
        let news = match handoff.settled {
            Some((_, HandoffOutcome::Joined)) if handoff.is_talking() => HandoffNews::Joined,
            Some((_, HandoffOutcome::Joined)) => HandoffNews::TalkEnded,
            Some((_, outcome)) => HandoffNews::Settled { outcome },
            None => match (handoff.accepted().filter(|(_, offer)| offer.is_open()), ringing) {
                (Some((offer, _)), _) => HandoffNews::Accepted { agent: self.name(offer) },
                (None, Some((offer, _))) => HandoffNews::Ringing { agent: self.name(offer) },
                (None, None) => return,
            },
        };
        self.tell(id, news);
    }

    /// The name of an offer's agent as told to callers.
    fn name(&self, id: OfferId) -> String {
        let key = self.handoffs.offer(id).map(|offer| offer.agent.to_string()).unwrap_or_default();
        self.profile(id).map_or(key, |agent| agent.name.clone())
    }
}
