//! The handoff queue in virtual time: what it promises, and what holds in any order of events.

mod asking;
mod disorder;
mod ending;
mod restarting;

use std::sync::{Arc, LazyLock};

use calmline::config::example;
use calmline::domain::{
    Agent, AgentKey, Business, BusinessId, CallId, EscalationReason, HandoffFact, HandoffId, HandoffNews,
    HandoffRequest, Hours, OfferId, OpeningSpan, PhoneNumber, Urgency,
};
use calmline::queue::{Action, Event, LegEnd, Queue};
use jiff::civil::time;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;

static HEATING: LazyLock<Business> = LazyLock::new(|| example("heating").unwrap());

/// A Monday, late in the evening: nobody's hours matter who is there around the clock.
fn start() -> Timestamp {
    "2026-11-23T23:02:00-05:00".parse().unwrap()
}

fn around_the_clock() -> Hours {
    let day = || vec![OpeningSpan { from: time(0, 0, 0, 0), to: time(0, 0, 0, 0) }];
    Hours { week: (0..7).map(|weekday| (weekday, day())).collect(), closed_on: vec![] }
}

/// An agent who is always there, takes everything, and owns nothing.
fn agent(key: &str, number: u32) -> Agent {
    Agent {
        key: AgentKey(key.to_owned()),
        name: format!("{}{}", key[..1].to_uppercase(), &key[1..]),
        number: PhoneNumber::parse(&format!("+1415555{:04}", 140 + number)).unwrap(),
        email: None,
        owns: vec![],
        topics: vec![],
        languages: vec!["en".to_owned()],
        hours: around_the_clock(),
        on_call: Hours::default(),
        lead: false,
    }
}

fn business(id: &str, agents: Vec<Agent>) -> Arc<Business> {
    Arc::new(Business { id: BusinessId(id.to_owned()), agents, ..HEATING.clone() })
}

fn call(number: u128) -> CallId {
    CallId::new(Uuid::from_u128(number))
}

fn handoff(number: u128) -> HandoffId {
    HandoffId::new(Uuid::from_u128(number))
}

/// A plain request for a person, in a call of the same number.
fn request(number: u128) -> HandoffRequest {
    HandoffRequest {
        id: handoff(number),
        call: call(number),
        business: BusinessId("heating".to_owned()),
        reason: EscalationReason::PersonRequested,
        owner: String::new(),
        topic: None,
        language: "en".to_owned(),
        urgency: Urgency::Normal,
        triggered_at: start(),
    }
}

/// The queue, played with by the second; whatever is due in between is done on time.
struct Desk {
    queue: Queue,
    now: Timestamp,
    businesses: Vec<Arc<Business>>,
    facts: Vec<(HandoffId, Timestamp, HandoffFact)>,
    seen: Vec<String>,
}

impl Desk {
    fn new(businesses: Vec<Arc<Business>>) -> Self {
        let queue = Queue::new(businesses.iter().cloned());
        Self { queue, now: start(), businesses, facts: vec![], seen: vec![] }
    }

    /// One business with agents of these names, all alike.
    fn of(names: &[&str]) -> Self {
        let agents = (0..).zip(names).map(|(number, name)| agent(name, number)).collect();
        Self::new(vec![business("heating", agents)])
    }

    /// One business with an agent for each change of an ordinary one.
    fn with(agents: &[(&str, fn(&mut Agent))]) -> Self {
        let changed = |(number, (key, change)): (u32, &(&str, fn(&mut Agent)))| {
            let mut agent = agent(key, number);
            change(&mut agent);
            agent
        };
        Self::new(vec![business("heating", (0..).zip(agents).map(changed).collect())])
    }

    /// Lets time pass until so many seconds after the start.
    fn at(&mut self, second: i64) {
        let until = start() + SignedDuration::from_secs(second);
        assert!(until >= self.now);
        while let Some(due) = self.queue.poll_timeout().filter(|due| *due <= until) {
            assert!(due > self.now, "a deadline is not in the future");
            self.now = due;
            self.queue.handle_timeout(due);
            self.drain();
        }
        self.now = until;
    }

    fn on(&mut self, event: Event) {
        self.queue.handle(event, self.now);
        self.drain();
    }

    /// A request of now, changed as told.
    fn ask(&mut self, number: u128, change: impl FnOnce(&mut HandoffRequest)) {
        let mut request = HandoffRequest { triggered_at: self.now, ..request(number) };
        change(&mut request);
        self.on(Event::Requested(request));
    }

    /// The notes arrive, the carrier takes the order, the telephone rings.
    fn ring(&mut self, offer: OfferId) {
        self.on(Event::Delivered { offer });
        self.on(Event::LegKnown { offer, leg: format!("leg-{}", offer.place) });
        self.on(Event::Ringing { offer });
    }

    /// The telephone rings and somebody answers.
    fn answer(&mut self, offer: OfferId) {
        self.ring(offer);
        self.on(Event::Answered { offer });
    }

    /// The agent takes the call.
    fn accept(&mut self, offer: OfferId) {
        self.answer(offer);
        self.on(Event::Briefed { offer });
        self.on(Event::Accepted { offer });
    }

    /// The agent takes the call and talks to the caller.
    fn join(&mut self, offer: OfferId) {
        self.accept(offer);
        self.on(Event::CallerReady { handoff: offer.handoff });
        self.on(Event::Joined { offer });
    }

    fn miss(&mut self, offer: OfferId, how: LegEnd) {
        self.ring(offer);
        self.on(Event::LegEnded { offer, how });
    }

    /// The process dies and comes back: what was recorded is all that is left.
    fn crash(&mut self) {
        self.queue = Queue::replay(self.businesses.iter().cloned(), self.facts.iter().cloned());
        self.on(Event::Restarted);
    }

    fn drain(&mut self) {
        while let Some(action) = self.queue.poll_action() {
            let second = self.now.duration_since(start()).as_secs();
            self.seen.extend(told(&action).map(|line| format!("{second} {line}")));
            if let Action::Record { handoff, at, fact } = action {
                self.facts.push((handoff, at, fact));
            }
        }
    }

    /// What was done since this was last asked, each with its second.
    fn seen(&mut self) -> Vec<String> {
        std::mem::take(&mut self.seen)
    }

    /// Who was asked since then, in order.
    fn asked(&mut self) -> Vec<String> {
        let seen = self.seen();
        let names =
            seen.iter().filter_map(|line| line.split_once(" brief ")).map(|(_, name)| name.to_owned());
        names.collect()
    }

    fn presence(&self, key: &str) -> String {
        let agent = AgentKey(key.to_owned());
        word(&self.queue.presence(&BusinessId("heating".to_owned()), &agent, self.now))
    }
}

/// The offer of that place in the handoff of that number.
fn offer(number: u128, place: u32) -> OfferId {
    OfferId { handoff: handoff(number), place }
}

/// An action in a few words; what is recorded is told by the rest.
fn told(action: &Action) -> Option<String> {
    Some(match action {
        Action::Record { .. } => return None,
        Action::Brief { agent, .. } => format!("brief {agent}"),
        Action::Dial { agent, ring_for, .. } => format!("dial {agent} for {}", ring_for.as_secs()),
        Action::Withdraw { offer, leg, why } => {
            let leg = leg.as_deref().unwrap_or("no leg");
            format!("withdraw {} {leg}: {}", offer.place, word(why))
        }
        Action::Connect { offer, .. } => format!("connect {}", offer.place),
        Action::Tell { news, .. } => match news {
            HandoffNews::Ringing { agent } => format!("tell {agent} rings"),
            HandoffNews::Missed { agent, why } => format!("tell {agent} {}", word(why)),
            HandoffNews::Accepted { agent } => format!("tell {agent} accepted"),
            HandoffNews::Joined => "tell joined".to_owned(),
            HandoffNews::Settled { outcome } => format!("tell {}", word(outcome)),
            HandoffNews::TalkEnded => "tell talk ended".to_owned(),
        },
    })
}

fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}
