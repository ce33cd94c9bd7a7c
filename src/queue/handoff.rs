use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::{
    AgentKey, CallId, HandoffFact, HandoffId, HandoffOutcome, HandoffRequest, Missed, OfferId,
};

/// How long a handoff that is over is remembered, for the sake of fairness and of callbacks that come late.
pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(12);

/// All handoffs of the last hours: a function of their recorded facts alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Handoffs(BTreeMap<HandoffId, Handoff>);

/// One handoff: who was asked, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handoff {
    /// What was asked for.
    pub request: HandoffRequest,
    /// When the queue was asked.
    pub requested_at: Timestamp,
    /// Who was asked, by the place in [`OfferId`].
    pub offers: Vec<Offer>,
    /// How it ended, once it has.
    pub settled: Option<(Timestamp, HandoffOutcome)>,
    /// When caller and agent parted.
    pub talk_ended: Option<Timestamp>,
    /// Since when the agent asked last has been asked alone; absent when the next may be asked at once.
    pub(super) alone_since: Option<Timestamp>,
}

/// One agent's ring, with the time of each step that it got to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Who is asked.
    pub agent: AgentKey,
    /// The carrier's id of the leg.
    pub leg: Option<String>,
    /// When it was decided to ask them.
    pub offered: Timestamp,
    /// When they had the notes.
    pub delivered: Option<Timestamp>,
    /// When their telephone was dialled.
    pub dialled: Option<Timestamp>,
    /// When it rang.
    pub ringing: Option<Timestamp>,
    /// When somebody or something answered.
    pub answered: Option<Timestamp>,
    /// When they had heard the recap to its end.
    pub briefed: Option<Timestamp>,
    /// When they took the call.
    pub accepted: Option<Timestamp>,
    /// When they were connected with the caller.
    pub joined: Option<Timestamp>,
    /// When and why it came to nothing.
    pub missed: Option<(Timestamp, Missed)>,
}

impl Handoffs {
    pub(super) fn get(&self, id: HandoffId) -> Option<&Handoff> {
        self.0.get(&id)
    }

    pub(super) fn offer(&self, id: OfferId) -> Option<&Offer> {
        self.get(id.handoff)?.offers.get(usize::try_from(id.place).ok()?)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Handoff> {
        self.0.values()
    }

    pub(super) fn of_call(&self, call: CallId) -> Vec<HandoffId> {
        self.iter().filter(|handoff| handoff.request.call == call).map(|handoff| handoff.request.id).collect()
    }

    /// Takes in one fact; the only way in which anything changes here. A fact of a handoff that is forgotten changes
    /// nothing.
    pub(super) fn apply(&mut self, id: HandoffId, at: Timestamp, fact: &HandoffFact) {
        if let HandoffFact::Requested(request) = fact {
            self.0.retain(|_, handoff| {
                handoff.over_at().is_none_or(|over| at.duration_since(over) < REMEMBERED)
            });
            self.0.entry(id).or_insert_with(|| Handoff::new(request.clone(), at));
        } else if let Some(handoff) = self.0.get_mut(&id) {
            handoff.apply(at, fact);
        }
    }
}

impl Handoff {
    fn new(request: HandoffRequest, at: Timestamp) -> Self {
        Self {
            request,
            requested_at: at,
            offers: Vec::new(),
            settled: None,
            talk_ended: None,
            alone_since: None,
        }
    }

    /// The offer that was accepted, if any.
    pub fn accepted(&self) -> Option<(OfferId, &Offer)> {
        self.offers().find(|(_, offer)| offer.accepted.is_some())
    }

    /// All offers with their ids.
    pub fn offers(&self) -> impl Iterator<Item = (OfferId, &Offer)> {
        let handoff = self.request.id;
        (0..).zip(&self.offers).map(move |(place, offer)| (OfferId { handoff, place }, offer))
    }

    /// Whether caller and agent are connected.
    pub fn is_talking(&self) -> bool {
        self.talk_ended.is_none() && self.offers.iter().any(|offer| offer.joined.is_some())
    }

    pub(super) fn open_offers(&self) -> impl Iterator<Item = (OfferId, &Offer)> {
        self.offers().filter(|(_, offer)| offer.is_open())
    }

    fn over_at(&self) -> Option<Timestamp> {
        let (settled, _) = self.settled?;
        if self.is_talking() { None } else { Some(self.talk_ended.unwrap_or(settled)) }
    }

    fn apply(&mut self, at: Timestamp, fact: &HandoffFact) {
        match fact {
            HandoffFact::Requested(_) => {}
            HandoffFact::Offered { offer: _, agent } => {
                self.offers.push(Offer::new(agent.clone(), at));
                self.alone_since = Some(at);
            }
            HandoffFact::Delivered { offer } => self.on(*offer, |offer| offer.delivered = Some(at)),
            HandoffFact::Dialled { offer } => self.on(*offer, |offer| offer.dialled = Some(at)),
            HandoffFact::LegKnown { offer, leg } => self.on(*offer, |offer| offer.leg = Some(leg.clone())),
            HandoffFact::Ringing { offer } => self.on(*offer, |offer| offer.ringing = Some(at)),
            HandoffFact::Answered { offer } => self.on(*offer, |offer| offer.answered = Some(at)),
            HandoffFact::Briefed { offer } => self.on(*offer, |offer| offer.briefed = Some(at)),
            HandoffFact::Accepted { offer } => self.on(*offer, |offer| offer.accepted = Some(at)),
            HandoffFact::Joined { offer } => self.on(*offer, |offer| offer.joined = Some(at)),
            HandoffFact::Missed { offer, why } => {
                self.on(*offer, |offer| offer.missed = Some((at, *why)));
                self.alone_since = None;
            }
            HandoffFact::Settled { outcome } => self.settled = Some((at, *outcome)),
            HandoffFact::TalkEnded => self.talk_ended = Some(at),
        }
    }

    fn on(&mut self, id: OfferId, change: impl FnOnce(&mut Offer)) {
        if let Some(offer) = usize::try_from(id.place).ok().and_then(|place| self.offers.get_mut(place)) {
            change(offer);
        }
    }
}

impl Offer {
    fn new(agent: AgentKey, at: Timestamp) -> Self {
        Self {
            agent,
            leg: None,
            offered: at,
            delivered: None,
            dialled: None,
            ringing: None,
            answered: None,
            briefed: None,
            accepted: None,
            joined: None,
            missed: None,
        }
    }

    /// Whether it still may come to something.
    pub fn is_open(&self) -> bool {
        self.missed.is_none() && self.joined.is_none()
    }
}
