//! Who is asked next.
//!
//! First the owners of the matter; then, unless it takes somebody's authority, whoever takes its topic; last the lead,
//! who comes first where somebody is in danger. Among equals it is fair: hard calls go to whoever had the fewest of
//! them lately, all others to whoever was not asked for the longest time, and then by the order of the profile. Nobody
//! is asked twice in one handoff, or on a telephone that is ringing or talking for another.

use jiff::{SignedDuration, Timestamp};

use super::{Handoff, Offer, Queue, ladder::later};
use crate::domain::{
    Agent, AgentKey, BusinessId, EscalationReason, HandoffRequest, OfferId, PhoneNumber, Presence,
};

/// What an agent's telephone is doing, as far as handoffs go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    Free,
    /// Has a pause until then.
    Resting(Timestamp),
    /// Being asked, or on the way to a caller: free again within the minute, perhaps.
    Asked,
    Talking,
}

/// The place of an agent in a handoff's order; smaller is asked earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The lead, where somebody is in danger.
    FirstOfAll,
    Owner,
    TakesTopic,
    LastOfAll,
}

impl Queue {
    /// Whether an agent can be asked at `now`; nobody of an unknown key can.
    pub fn presence(&self, business: &BusinessId, agent: &AgentKey, now: Timestamp) -> Presence {
        let profile = self.businesses.get(business).and_then(|business| business.agent(agent));
        match profile {
            None => Presence::Offline,
            Some(_) if self.signed_off.contains(&(business.clone(), agent.clone())) => Presence::Offline,
            Some(profile) => match self.line(&profile.number, now) {
                Line::Free => Presence::Available,
                Line::Asked | Line::Talking => Presence::Busy,
                Line::Resting(_) => Presence::Pause,
            },
        }
    }

    /// Who is asked next, if anybody can be asked now.
    pub(super) fn choose(&self, handoff: &Handoff) -> Option<&AgentKey> {
        let hard = is_hard(handoff.request.reason);
        let business = &handoff.request.business;
        let free =
            self.candidates(handoff).filter(|(_, agent)| self.line(&agent.number, self.now) == Line::Free);
        let best = free.min_by_key(|(rank, agent)| {
            let hard_talks = if hard { self.hard_talks(business, &agent.key) } else { 0 };
            (*rank, hard_talks, self.last_asked(business, &agent.key))
        });
        best.map(|(_, agent)| &agent.key)
    }

    /// Whether somebody who is not free may become so before `by`.
    pub(super) fn somebody_may_come(&self, handoff: &Handoff, by: Timestamp) -> bool {
        let asked = |agent: &Agent| self.line(&agent.number, self.now) == Line::Asked;
        self.candidates(handoff).any(|(_, agent)| asked(agent))
            || self.rests_of_candidates(handoff, by).next().is_some()
    }

    /// When pauses of agents who may be asked end, as far as that is before `by`.
    pub(super) fn rests_of_candidates(
        &self,
        handoff: &Handoff,
        by: Timestamp,
    ) -> impl Iterator<Item = Timestamp> {
        self.candidates(handoff).filter_map(move |(_, agent)| match self.line(&agent.number, self.now) {
            Line::Resting(until) if until < by => Some(until),
            Line::Resting(_) | Line::Free | Line::Asked | Line::Talking => None,
        })
    }

    /// The profile of an offer's agent.
    pub(super) fn profile(&self, id: OfferId) -> Option<&Agent> {
        let business = self.businesses.get(&self.handoffs.get(id.handoff)?.request.business)?;
        business.agent(&self.handoffs.offer(id)?.agent)
    }

    /// The agents who are on duty and may be asked in this handoff, free or not.
    fn candidates(&self, handoff: &Handoff) -> impl Iterator<Item = (Rank, &Agent)> {
        let request = &handoff.request;
        let business = self.businesses.get(&request.business);
        let agents = business
            .into_iter()
            .flat_map(|business| business.agents.iter().map(move |agent| (business, agent)));
        agents.filter_map(move |(business, agent)| {
            let here = !self.signed_off.contains(&(request.business.clone(), agent.key.clone()))
                && agent.on_duty(request.urgency, self.now, &business.time_zone);
            let asked = handoff.offers.iter().any(|offer| offer.agent == agent.key);
            rank(agent, request).filter(|_| here && !asked).map(|rank| (rank, agent))
        })
    }

    fn line(&self, number: &PhoneNumber, now: Timestamp) -> Line {
        let lines = self.handoffs.iter().filter_map(|handoff| {
            let business = self.businesses.get(&handoff.request.business)?;
            let rings = |offer: &Offer| business.agent(&offer.agent).is_some_and(|a| a.number == *number);
            let joined = || handoff.offers.iter().any(|offer| offer.joined.is_some() && rings(offer));
            let Some(parted) = handoff.talk_ended else {
                let asked = handoff.open_offers().any(|(_, offer)| rings(offer));
                let line = if asked { Line::Asked } else { Line::Talking };
                return (asked || joined()).then_some(line);
            };
            let until = later(parted, SignedDuration::from_secs(business.handoff.pause_seconds.into()));
            (until > now && joined()).then_some(Line::Resting(until))
        });
        lines.max().unwrap_or(Line::Free)
    }

    /// When an agent was last asked or in a talk.
    fn last_asked(&self, business: &BusinessId, agent: &AgentKey) -> Option<Timestamp> {
        let times = self.offers_to(business, agent).map(|(handoff, offer)| {
            let parted = handoff.talk_ended.filter(|_| offer.joined.is_some());
            parted.unwrap_or(offer.offered)
        });
        times.max()
    }

    /// How many hard talks an agent had in the last hours.
    fn hard_talks(&self, business: &BusinessId, agent: &AgentKey) -> usize {
        let hard =
            |(handoff, offer): &(&Handoff, &Offer)| is_hard(handoff.request.reason) && offer.joined.is_some();
        self.offers_to(business, agent).filter(hard).count()
    }

    fn offers_to(&self, business: &BusinessId, agent: &AgentKey) -> impl Iterator<Item = (&Handoff, &Offer)> {
        let handoffs = self.handoffs.iter().filter(move |handoff| handoff.request.business == *business);
        let all = handoffs.flat_map(|handoff| handoff.offers.iter().map(move |offer| (handoff, offer)));
        all.filter(move |(_, offer)| offer.agent == *agent)
    }
}

/// The place of an agent in the order, or none where the call is not for them. Danger and authority go before topics.
fn rank(agent: &Agent, request: &HandoffRequest) -> Option<Rank> {
    let danger = is_safety(request.reason);
    let authority = needs_authority(request.reason);
    let topic = request.topic.as_ref();
    let takes_topic =
        danger || agent.topics.is_empty() || topic.is_none_or(|topic| agent.topics.contains(topic));
    let owns = agent.owns.contains(&request.owner);
    let rank = if danger && agent.lead {
        Rank::FirstOfAll
    } else if owns && (takes_topic || authority) {
        Rank::Owner
    } else if agent.lead {
        Rank::LastOfAll
    } else if takes_topic && (!authority || request.owner.is_empty()) {
        Rank::TakesTopic
    } else {
        return None;
    };
    agent.languages.contains(&request.language).then_some(rank)
}

/// Whether somebody is in danger.
pub(super) fn is_safety(reason: EscalationReason) -> bool {
    match reason {
        EscalationReason::Emergency | EscalationReason::Threat | EscalationReason::SelfHarm => true,
        EscalationReason::Legal
        | EscalationReason::Compliance
        | EscalationReason::RepeatedFailure
        | EscalationReason::Urgent
        | EscalationReason::ManagerRequested
        | EscalationReason::PersonRequested
        | EscalationReason::Abuse
        | EscalationReason::Stress
        | EscalationReason::NotUnderstood
        | EscalationReason::BeyondAuthority => false,
    }
}

/// Whether only an owner or the lead may take it.
fn needs_authority(reason: EscalationReason) -> bool {
    matches!(
        reason,
        EscalationReason::Legal | EscalationReason::Compliance | EscalationReason::ManagerRequested
    )
}

/// Whether such a talk takes something out of whoever has it.
fn is_hard(reason: EscalationReason) -> bool {
    is_safety(reason) || reason == EscalationReason::Abuse
}
