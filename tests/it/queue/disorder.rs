//! What holds whatever happens, in whatever order, and wherever the process dies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use calmline::domain::{
    AgentKey, Business, BusinessId, EscalationReason, HandoffFact, HandoffId, HandoffRequest, HandoffRules,
    Missed, OfferId, PhoneNumber, Urgency,
};
use calmline::queue::{Action, Event, Handoff, LegEnd, Offer, Queue};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::{agent, call, handoff, start};

/// Fixed, so that a run can be repeated; another seed makes other sequences.
const SEED: RngSeed = RngSeed::Fixed(20_261_122);
const REASONS: &[EscalationReason] = &[
    EscalationReason::PersonRequested,
    EscalationReason::Emergency,
    EscalationReason::Legal,
    EscalationReason::Abuse,
    EscalationReason::RepeatedFailure,
];

const AGENTS: &[(&str, &str)] =
    &[("heating", "maria"), ("heating", "sam"), ("heating", "lead"), ("dental", "maria"), ("dental", "ann")];

#[derive(Debug, Clone)]
enum Step {
    /// A call asks for a person; `again` repeats what it asked before.
    Ask {
        call: u128,
        again: bool,
        business: usize,
        reason: usize,
        urgent: bool,
        age: i64,
    },
    /// What an offer of this number, counted from the latest, usually comes to next, so many times.
    Next(usize, usize),
    /// Anything that can be said of an offer, whether it fits or not.
    Any(usize, usize),
    /// Of an offer that never was.
    Unknown(usize),
    Leave(u128),
    Stop(usize),
    Sign {
        agent: usize,
        on: bool,
    },
    Pass(i64),
    /// The process dies; so many of the last facts are lost, though none that something out there rests on.
    Die(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let ask = (0u128..7, prop::bool::weighted(0.15), 0usize..2, 0..REASONS.len(), any::<bool>(), -5i64..60);
    let ask = ask.prop_map(|(call, again, business, reason, urgent, age)| {
        let age = if age < 40 { 0 } else { age };
        Step::Ask { call, again, business, reason, urgent, age }
    });
    let step = prop_oneof![
        8 => ask,
        30 => (0usize..4, 1usize..9).prop_map(|(which, times)| Step::Next(which, times)),
        14 => (0usize..4, 0..KINDS).prop_map(|(which, kind)| Step::Any(which, kind)),
        6 => (4usize..40, 0..KINDS).prop_map(|(which, kind)| Step::Any(which, kind)),
        2 => (0..KINDS).prop_map(Step::Unknown),
        2 => (0u128..7).prop_map(Step::Leave),
        1 => (0usize..3).prop_map(Step::Stop),
        3 => (0..AGENTS.len(), any::<bool>()).prop_map(|(agent, on)| Step::Sign { agent, on }),
        20 => (0i64..4_000).prop_map(Step::Pass),
        8 => (4_000i64..15_000).prop_map(Step::Pass),
        2 => (15_000i64..400_000).prop_map(Step::Pass),
        1 => (1_000_000i64..60_000_000).prop_map(Step::Pass),
        2 => (0usize..4).prop_map(Step::Die),
    ];
    prop::collection::vec(step, 1..90)
}

fn rules() -> impl Strategy<Value = HandoffRules> {
    let any = (5u32..=60, 1u32..=60, 15u32..=300, 0u32..=3600);
    let any = any.prop_map(|(ring_seconds, next_after_seconds, give_up_seconds, pause_seconds)| {
        HandoffRules { ring_seconds, next_after_seconds, give_up_seconds, pause_seconds }
    });
    prop_oneof![Just(HandoffRules::default()), any]
}

/// Two businesses; one telephone serves both.
fn businesses(rules: HandoffRules) -> Vec<Arc<Business>> {
    let mut maria = agent("maria", 1);
    maria.owns = vec!["office".to_owned()];
    let mut lead = agent("lead", 3);
    lead.on_call = std::mem::take(&mut lead.hours);
    lead.lead = true;
    let heating = vec![maria.clone(), agent("sam", 2), lead];
    let dental = vec![maria, agent("ann", 4)];
    let one = |id, agents| Arc::new(Business { handoff: rules, ..(*super::business(id, agents)).clone() });
    vec![one("heating", heating), one("dental", dental)]
}

const KINDS: usize = 18;

fn event(kind: usize, offer: OfferId) -> Event {
    let how = [LegEnd::Completed, LegEnd::Busy, LegEnd::NoAnswer, LegEnd::Failed, LegEnd::Canceled];
    match kind {
        0 => Event::Delivered { offer },
        1 => Event::LegKnown { offer, leg: format!("leg-{}", offer.place) },
        2 => Event::Ringing { offer },
        3 => Event::Answered { offer },
        4 => Event::Briefed { offer },
        5 => Event::Accepted { offer },
        6 => Event::CallerReady { handoff: offer.handoff },
        7 => Event::Joined { offer },
        8 => Event::TalkEnded { handoff: offer.handoff },
        9 => Event::MachineDetected { offer },
        10 => Event::Declined { offer },
        11 => Event::NoKey { offer },
        12 => Event::DialFailed { offer },
        _ => Event::LegEnded { offer, how: how[kind - 13] },
    }
}

/// The queue, and all that is checked while it is played with.
struct World {
    queue: Queue,
    businesses: Vec<Arc<Business>>,
    now: Timestamp,
    facts: Vec<(HandoffId, Timestamp, HandoffFact)>,
    requests: Vec<HandoffRequest>,
    signed_off: BTreeSet<usize>,
    dialled: BTreeSet<OfferId>,
}

impl World {
    fn new(rules: HandoffRules) -> Self {
        let businesses = businesses(rules);
        Self {
            queue: Queue::new(businesses.iter().cloned()),
            businesses,
            now: start(),
            facts: vec![],
            requests: vec![],
            signed_off: BTreeSet::new(),
            dialled: BTreeSet::new(),
        }
    }

    fn play(&mut self, step: &Step) {
        match *step {
            Step::Ask { call, again, business, reason, urgent, age } => {
                let latest = self.requests.iter().rfind(|request| request.call == super::call(call));
                let remembered = |id| self.queue.handoffs().any(|handoff| handoff.request.id == id);
                let request = latest.filter(|request| again && remembered(request.id)).cloned();
                let fresh = || self.request(call, business, REASONS[reason], urgent, age);
                let request = request.unwrap_or_else(fresh);
                self.requests.push(request.clone());
                self.on(Event::Requested(request));
            }
            Step::Next(which, times) => {
                let offer = pick(&self.open(), which);
                for _ in 0..times {
                    if let Some((id, next)) = offer.and_then(|id| Some((id, next(self.queue.offer(id)?)))) {
                        self.on(event(next, id));
                    }
                }
            }
            Step::Any(which, kind) => {
                let all = self.queue.handoffs().flat_map(Handoff::offers).map(|(id, _)| id).collect();
                let offers = if which < 4 { self.open() } else { all };
                if let Some(offer) = pick(&offers, which) {
                    self.on(event(kind, offer));
                }
            }
            Step::Unknown(kind) => self.on(event(kind, super::offer(77, 7))),
            Step::Leave(number) => self.on(Event::CallerLeft { call: call(number) }),
            Step::Stop(which) => {
                let latest = self.requests.iter().rev().nth(which).map(|request| request.id);
                self.on(Event::CallerStopped { handoff: latest.unwrap_or(handoff(77)) });
            }
            Step::Sign { agent, on } => {
                if on {
                    self.signed_off.remove(&agent);
                } else {
                    self.signed_off.insert(agent);
                }
                self.on(sign(agent, on));
            }
            Step::Pass(ms) => self.pass(SignedDuration::from_millis(ms)),
            Step::Die(lost) => self.die(lost),
        }
    }

    fn request(
        &self,
        number: u128,
        business: usize,
        reason: EscalationReason,
        urgent: bool,
        age: i64,
    ) -> HandoffRequest {
        HandoffRequest {
            id: handoff(100 + u128::try_from(self.requests.len()).unwrap()),
            call: call(number),
            business: self.businesses[business].id.clone(),
            reason,
            owner: if reason == EscalationReason::Legal { "office".to_owned() } else { String::new() },
            urgency: if urgent { Urgency::Urgent } else { Urgency::Normal },
            triggered_at: self.now - SignedDuration::from_secs(age),
            ..super::request(number)
        }
    }

    /// Offers of handoffs that are not over, oldest first.
    fn open(&self) -> Vec<OfferId> {
        let going = self.queue.handoffs().filter(|handoff| handoff.settled.is_none() || handoff.is_talking());
        let offers = going.flat_map(Handoff::offers).filter(|(_, offer)| offer.missed.is_none());
        offers.map(|(id, _)| id).collect()
    }

    fn pass(&mut self, time: SignedDuration) {
        let until = self.now + time;
        let mut wakes = 0;
        while let Some(due) = self.queue.poll_timeout().filter(|due| *due <= until) {
            assert!(due > self.now, "a deadline that is not in the future: {due} at {}", self.now);
            wakes += 1;
            assert!(wakes < 60 * self.requests.len(), "woken again and again");
            self.now = due;
            self.queue.handle_timeout(due);
            self.check_actions();
        }
        self.now = until;
    }

    fn on(&mut self, event: Event) {
        self.queue.handle(event, self.now);
        self.check_actions();
    }

    fn die(&mut self, lost: usize) {
        for _ in 0..lost {
            // What an order rests on was on disk before the order went out, and all the rest a moment later.
            let safe = |at: &Timestamp, fact: &HandoffFact| {
                *at < self.now || matches!(fact, HandoffFact::Dialled { .. } | HandoffFact::Requested(_))
            };
            if self.facts.last().is_some_and(|(_, at, fact)| !safe(at, fact)) {
                self.facts.pop();
            }
        }
        self.queue = Queue::replay(self.businesses.iter().cloned(), self.facts.iter().cloned());
        for agent in self.signed_off.clone() {
            self.on(sign(agent, false));
        }
        self.on(Event::Restarted);
    }

    fn check_actions(&mut self) {
        while let Some(action) = self.queue.poll_action() {
            match action {
                Action::Record { handoff, at, fact } => {
                    assert_eq!(at, self.now);
                    self.check_fact(handoff, &fact);
                    self.facts.push((handoff, at, fact));
                }
                Action::Brief { offer, agent } => {
                    assert_eq!(self.number_of(offer), Some(self.number(offer.handoff, &agent)));
                    assert!(!self.is_settled(offer.handoff) && self.missed(offer).is_none());
                }
                Action::Dial { offer, agent, ring_for } => {
                    assert!(self.dialled.insert(offer), "dialled twice: {offer}");
                    assert_eq!(self.number_of(offer), Some(self.number(offer.handoff, &agent)));
                    let recorded =
                        |wanted: &HandoffFact| self.facts.iter().any(|(_, _, fact)| fact == wanted);
                    assert!(recorded(&HandoffFact::Delivered { offer }), "dialled without notes");
                    assert!(recorded(&HandoffFact::Dialled { offer }), "dialled without a record");
                    assert!(!self.is_settled(offer.handoff) && self.missed(offer).is_none());
                    assert!((1..=60).contains(&ring_for.as_secs()));
                }
                Action::Withdraw { offer, leg: _, why } => match self.missed(offer) {
                    Some(missed) => assert_eq!(missed, why),
                    None => assert!(self.is_settled(offer.handoff), "withdrawn while it stands"),
                },
                Action::Connect { offer, call: _ } => {
                    let accepted = HandoffFact::Accepted { offer };
                    assert!(self.facts.iter().any(|(_, _, fact)| *fact == accepted));
                    assert!(!self.is_settled(offer.handoff) && self.missed(offer).is_none());
                }
                Action::Tell { call, handoff, news: _ } => {
                    let of_call = |request: &HandoffRequest| request.id == handoff && request.call == call;
                    assert!(self.requests.iter().any(of_call));
                }
            }
        }
        let live: Vec<&Handoff> = self.queue.handoffs().collect();
        let rebuilt = Queue::replay(self.businesses.iter().cloned(), self.facts.iter().cloned());
        assert_eq!(live, rebuilt.handoffs().collect::<Vec<_>>(), "not a function of the facts");
        if let Some(due) = self.queue.poll_timeout() {
            assert!(due > self.now, "something is due and was not done");
        }
    }

    /// A fact that is about to be recorded fits what was recorded before.
    fn check_fact(&self, handoff: HandoffId, fact: &HandoffFact) {
        let settled = self.is_settled(handoff);
        match fact {
            HandoffFact::TalkEnded => {}
            HandoffFact::Requested(request) => {
                let known = |(id, _, _): &(HandoffId, Timestamp, HandoffFact)| *id == request.id;
                assert!(!self.facts.iter().any(known), "begun twice");
            }
            HandoffFact::Offered { offer, agent } => {
                assert!(!settled && self.number_of(*offer).is_none());
                let number = self.number(handoff, agent);
                assert!(!self.busy_numbers().contains(&number), "double-booked");
                let request = self.requests.iter().find(|request| request.id == handoff).unwrap();
                let profile = self.profile(handoff, agent);
                let business = self.business(handoff);
                assert!(profile.on_duty(request.urgency, self.now, &business.time_zone));
                let asked = |(id, _, fact): &(HandoffId, Timestamp, HandoffFact)| {
                    *id == handoff
                        && matches!(fact, HandoffFact::Offered { agent: other, .. } if other == agent)
                };
                assert!(!self.facts.iter().any(asked), "asked twice");
                let place = |(id, key): &(&str, &str)| business.id.0 == *id && agent.0 == *key;
                assert!(!self.signed_off.contains(&AGENTS.iter().position(place).unwrap()));
            }
            HandoffFact::Delivered { .. }
            | HandoffFact::Dialled { .. }
            | HandoffFact::LegKnown { .. }
            | HandoffFact::Ringing { .. }
            | HandoffFact::Answered { .. }
            | HandoffFact::Briefed { .. }
            | HandoffFact::Accepted { .. }
            | HandoffFact::Missed { .. }
            | HandoffFact::Joined { .. }
            | HandoffFact::Settled { .. } => assert!(!settled, "{fact:?} after the end"),
        }
    }

    /// Every telephone that rings, talks, or has a pause.
    fn busy_numbers(&self) -> BTreeSet<PhoneNumber> {
        let mut busy: BTreeMap<OfferId, PhoneNumber> = BTreeMap::new();
        let mut resting = BTreeSet::new();
        let mut talking = BTreeMap::new();
        for (id, at, fact) in &self.facts {
            match fact {
                HandoffFact::Offered { offer, agent } => {
                    busy.insert(*offer, self.number(*id, agent));
                }
                HandoffFact::Missed { offer, .. } => {
                    busy.remove(offer);
                }
                HandoffFact::Joined { offer } => {
                    talking.insert(*id, *offer);
                }
                HandoffFact::TalkEnded => {
                    let number = talking.remove(id).and_then(|offer| busy.remove(&offer)).unwrap();
                    let pause = SignedDuration::from_secs(self.businesses[0].handoff.pause_seconds.into());
                    if *at + pause > self.now {
                        resting.insert(number);
                    }
                }
                HandoffFact::Requested(_)
                | HandoffFact::Delivered { .. }
                | HandoffFact::Dialled { .. }
                | HandoffFact::LegKnown { .. }
                | HandoffFact::Ringing { .. }
                | HandoffFact::Answered { .. }
                | HandoffFact::Briefed { .. }
                | HandoffFact::Accepted { .. }
                | HandoffFact::Settled { .. } => {}
            }
        }
        busy.into_values().chain(resting).collect()
    }

    fn is_settled(&self, handoff: HandoffId) -> bool {
        let end = |(id, _, fact): &(HandoffId, _, HandoffFact)| {
            *id == handoff && matches!(fact, HandoffFact::Settled { .. })
        };
        self.facts.iter().any(end)
    }

    fn missed(&self, wanted: OfferId) -> Option<Missed> {
        self.facts.iter().find_map(|(_, _, fact)| match fact {
            HandoffFact::Missed { offer, why } if *offer == wanted => Some(*why),
            _ => None,
        })
    }

    fn number_of(&self, wanted: OfferId) -> Option<PhoneNumber> {
        self.facts.iter().find_map(|(id, _, fact)| match fact {
            HandoffFact::Offered { offer, agent } if *offer == wanted => Some(self.number(*id, agent)),
            _ => None,
        })
    }

    fn business(&self, handoff: HandoffId) -> &Business {
        let request = self.requests.iter().find(|request| request.id == handoff).unwrap();
        self.businesses.iter().find(|business| business.id == request.business).unwrap()
    }

    fn profile(&self, handoff: HandoffId, key: &AgentKey) -> &super::Agent {
        self.business(handoff).agent(key).expect("only people of the profile are asked")
    }

    fn number(&self, handoff: HandoffId, key: &AgentKey) -> PhoneNumber {
        self.profile(handoff, key).number.clone()
    }

    /// Every handoff that was begun is over, once, and in time; every offer came to something.
    fn check_ends(&self) {
        for (id, requested_at, fact) in &self.facts {
            let HandoffFact::Requested(request) = fact else { continue };
            let rules = self.business(*id).handoff;
            let ends: Vec<Timestamp> = self
                .facts
                .iter()
                .filter(|(other, _, fact)| other == id && matches!(fact, HandoffFact::Settled { .. }))
                .map(|(_, at, _)| *at)
                .collect();
            assert_eq!(ends.len(), 1, "{request:?}");
            let longest = SignedDuration::from_secs(i64::from(rules.give_up_seconds) + 15 + 30);
            assert!(ends[0] <= (*requested_at).max(request.triggered_at.min(*requested_at) + longest));
        }
        let closed = |fact: &HandoffFact| match fact {
            HandoffFact::Missed { offer, .. } | HandoffFact::Joined { offer } => Some(*offer),
            _ => None,
        };
        let closed: Vec<OfferId> = self.facts.iter().filter_map(|(_, _, fact)| closed(fact)).collect();
        let distinct: BTreeSet<&OfferId> = closed.iter().collect();
        let offered = self.facts.iter().filter(|(_, _, fact)| matches!(fact, HandoffFact::Offered { .. }));
        assert_eq!(closed.len(), distinct.len(), "an offer came to two ends");
        assert_eq!(offered.count(), closed.len(), "an offer came to no end");
        assert!(self.queue.poll_timeout().is_none());
    }
}

fn sign(agent: usize, on: bool) -> Event {
    let (business, key) = AGENTS[agent];
    let (business, agent) = (BusinessId(business.to_owned()), AgentKey(key.to_owned()));
    if on { Event::SignedOn { business, agent } } else { Event::SignedOff { business, agent } }
}

/// The offer of this number, counted from the latest and round again.
fn pick(offers: &[OfferId], which: usize) -> Option<OfferId> {
    offers.iter().rev().nth(which.checked_rem(offers.len())?).copied()
}

/// The kind of event that usually comes next.
fn next(offer: &Offer) -> usize {
    let steps = [
        offer.delivered.is_some(),
        offer.leg.is_some(),
        offer.ringing.is_some() || offer.answered.is_some(),
        offer.answered.is_some(),
        offer.briefed.is_some() || offer.accepted.is_some(),
        offer.accepted.is_some(),
    ];
    match steps.iter().position(|done| !done) {
        Some(step) => step,
        None if offer.joined.is_some() => 8,
        None => 7,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, rng_seed: SEED, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_every_handoff_ends_once_and_nobody_is_asked_twice_at_a_time(
        rules in rules(),
        steps in steps(),
    ) {
        let mut world = World::new(rules);
        for step in &steps {
            world.play(step);
        }
        world.pass(SignedDuration::from_hours(5));
        world.check_ends();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, rng_seed: SEED, ..ProptestConfig::default() })]

    #[test]
    fn the_process_may_die_after_any_fact(rules in rules(), steps in steps()) {
        let mut world = World::new(rules);
        for step in &steps {
            world.play(step);
        }
        for kept in 0..world.facts.len() {
            let mut survivor = World::new(rules);
            survivor.requests = world.requests.clone();
            survivor.facts = world.facts[..kept].to_vec();
            survivor.now = survivor.facts.last().map_or(start(), |(_, at, _)| *at);
            let dialled = survivor.facts.iter().filter_map(|(_, _, fact)| match fact {
                HandoffFact::Dialled { offer } => Some(*offer),
                _ => None,
            });
            survivor.dialled = dialled.collect();
            survivor.die(0);
            survivor.pass(SignedDuration::from_hours(5));
            survivor.check_ends();
        }
    }
}
