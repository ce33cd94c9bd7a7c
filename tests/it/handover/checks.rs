//! What holds all the while, and at the end.

use calmline::call::Engine;
use calmline::domain::{
    AgentKey, BusinessId, CallId, Fact, HandoffFact, HandoffId, HandoffOutcome, OfferId, Outcome,
};
use calmline::queue::{self, Handoff, Queue};
use std::sync::Arc;

use super::carrier::{LegStage, Place};
use super::world::{BUSINESS, Call, World};

/// Nobody who is with us hears nothing for longer, in milliseconds.
const LONGEST_SILENCE: u64 = 10_000;
/// Nobody waits alone in a conference for longer.
const LONGEST_ALONE: u64 = 25_000;
/// What an order to the carrier takes to be obeyed, and some.
const OBEYED: u64 = 1_500;

impl World {
    /// What holds at every moment.
    pub(super) fn watch(&mut self) {
        for call in 0..self.calls.len() {
            self.watch_silence(call);
        }
        for (offer, leg) in &self.legs {
            let known = self.queue.offer(*offer).unwrap();
            let Some((missed, why)) = known.missed.filter(|_| known.leg.is_some()) else { continue };
            let since = u64::try_from(missed.duration_since(super::world::began()).as_millis()).unwrap();
            // What was ordered just before the process died is lost; the leg is turned away when it next asks.
            let lost = self.died_at.is_some_and(|died| died >= since);
            let over = leg.stage == LegStage::Over || lost || self.now <= since + OBEYED;
            assert!(over, "{offer:?} is still rung or briefed, though {why:?}");
        }
    }

    /// Somebody who is with us, or was sent to an agent, hears somebody or speaks.
    fn watch_silence(&mut self, place: usize) {
        let call = &self.calls[place];
        let (quiet, longest) = match call.place {
            Place::Stream => (call.voice.is_none() && !call.speaks, LONGEST_SILENCE),
            Place::Room(handoff) => (!self.agent_is_in(handoff), LONGEST_ALONE),
            Place::Returning | Place::Gone => (false, 0),
        };
        let now = self.now;
        let call = &mut self.calls[place];
        if !quiet {
            call.quiet_since = None;
            return;
        }
        let since = *call.quiet_since.get_or_insert(now);
        assert!(
            now - since <= longest,
            "{} ms of silence, {:?}, {:?}",
            now - since,
            call.place,
            call.engine.phase()
        );
    }

    /// An agent is asked for one caller at a time.
    pub(super) fn check_free(&self, asked: OfferId, agent: &AgentKey) {
        let busy = |(id, offer): (OfferId, &queue::Offer), talking: bool| {
            id != asked && offer.agent == *agent && (offer.is_open() || offer.joined.is_some() && talking)
        };
        let twice = |handoff: &Handoff| handoff.offers().any(|offer| busy(offer, handoff.is_talking()));
        assert!(!self.queue.handoffs().any(twice), "{agent} is double-booked");
    }

    /// No telephone is dialled that is known to ring or to be in a talk.
    pub(super) fn check_line_is_free(&self, asked: OfferId, agent: &AgentKey) {
        let busy = self.legs.iter().any(|(offer, leg)| {
            let known = self.queue.offer(*offer).unwrap();
            let ordered_off =
                known.missed.is_some() || known.joined.is_some() && !self.is_talking(offer.handoff);
            *offer != asked
                && leg.agent == *agent
                && leg.stage != LegStage::Over
                && known.leg.is_some()
                && !ordered_off
        });
        assert!(!busy, "{agent} is dialled twice at once");
    }

    /// Nobody is dialled or briefed for a caller who is gone.
    pub(super) fn check_wanted(&self, offer: OfferId) {
        assert!(self.settled(offer.handoff).is_none(), "for a handoff that is over");
        let handoff = self.queue.handoff(offer.handoff).unwrap();
        let call = &self.calls[self.place_of(handoff.request.call)];
        assert!(!call.over, "for a caller who is gone");
    }

    fn is_talking(&self, handoff: HandoffId) -> bool {
        self.queue.handoffs().any(|known| known.request.id == handoff && known.is_talking())
    }

    pub(super) fn was_accepted(&self, handoff: HandoffId) -> bool {
        let accepted = |(id, _, fact): &(HandoffId, _, HandoffFact)| {
            *id == handoff && matches!(fact, HandoffFact::Accepted { .. })
        };
        self.facts.iter().any(accepted)
    }

    pub(super) fn settled(&self, handoff: HandoffId) -> Option<HandoffOutcome> {
        self.facts.iter().find_map(|(id, _, fact)| match fact {
            HandoffFact::Settled { outcome } if *id == handoff => Some(*outcome),
            _ => None,
        })
    }

    pub(super) fn place_of(&self, call: CallId) -> usize {
        self.calls.iter().position(|known| known.start.id == call).unwrap()
    }

    pub(super) fn handoffs_of(&self, call: usize) -> impl Iterator<Item = &Handoff> {
        let id = self.calls[call].start.id;
        self.queue.handoffs().filter(move |handoff| handoff.request.call == id)
    }

    /// What holds when everybody is gone.
    pub(crate) fn check_ends(&self) {
        for (offer, leg) in &self.legs {
            assert_eq!(leg.stage, LegStage::Over, "{offer:?}");
        }
        for (id, _, fact) in &self.facts {
            if matches!(fact, HandoffFact::Requested(_)) {
                assert!(self.settled(*id).is_some(), "never settled");
            }
        }
        let rebuilt = Queue::replay([Arc::clone(&BUSINESS)], self.facts.iter().cloned());
        assert!(self.queue.handoffs().eq(rebuilt.handoffs()), "the queue is not a function of its facts");
        for place in 0..self.calls.len() {
            self.check_end_of(place);
        }
    }

    fn check_end_of(&self, place: usize) {
        let call: &Call = &self.calls[place];
        assert_eq!(call.place, Place::Gone, "left on the line");
        let state = call.engine.state();
        let replayed = Engine::replay(call.start.clone(), call.facts.clone());
        assert!(replayed.state() == state, "the call is not a function of its facts");
        let needed = call.facts.iter().any(|(_, fact)| matches!(fact, Fact::HandoffBegan { .. }));
        let note = state.matter().note().expect("a call that is over has its note");
        let joined =
            self.handoffs_of(place).any(|handoff| handoff.offers.iter().any(|offer| offer.joined.is_some()));
        assert!(note.outcome != Outcome::HandedOver || joined, "handed over to nobody");
        let promised = state.promises().iter().any(|promise| !promise.owner.is_empty());
        let reachable = state.callback().is_some();
        assert!(
            !needed || promised || !reachable || note.outcome == Outcome::HandedOver,
            "nothing was promised"
        );
    }
}

/// What the carrier calls the leg of an offer.
pub(super) fn leg_id(offer: OfferId) -> String {
    format!("leg-{offer}")
}

pub(super) fn sign(agent: usize, on: bool) -> queue::Event {
    let (business, agent): (BusinessId, AgentKey) = (BUSINESS.id.clone(), BUSINESS.agents[agent].key.clone());
    if on { queue::Event::SignedOn { business, agent } } else { queue::Event::SignedOff { business, agent } }
}
