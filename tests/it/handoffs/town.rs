//! One server for several businesses, each with a caller and two agents of its own, so that all cases happen at once.

use std::time::Duration;

use calmline::domain::{Digit, PhoneNumber};
use calmline::telephony::local::{
    Agent, AgentLeg, CallOutcome, Entry, Handset, Key, LegEvent, Person, PlacedCall, What,
};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};

use crate::support::Place;

pub const SECOND: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(100);
/// More than anything here takes, on a slow machine too.
const PATIENCE: Duration = Duration::from_secs(120);

const AGENTS: &str = r#"
[[agents]]
key = "maria"
name = "Maria"
number = "MARIA"
owns = ["office"]
hours = ALWAYS

[[agents]]
key = "sam"
name = "Sam"
number = "SAM"
owns = ["manager"]
lead = true
hours = ALWAYS

[handoff]
"#;
const ALWAYS: &str = r#"{ monday = ["00:00-24:00"], tuesday = ["00:00-24:00"], wednesday = ["00:00-24:00"], thursday = ["00:00-24:00"], friday = ["00:00-24:00"], saturday = ["00:00-24:00"], sunday = ["00:00-24:00"] }"#;

pub fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

pub fn key(digit: char) -> Digit {
    Digit::new(digit).unwrap()
}

/// A business, by its place in the town.
#[derive(Debug, Clone, Copy)]
pub struct House(pub usize);

impl House {
    pub fn id(self) -> String {
        format!("house-{}", self.0)
    }

    pub fn line(self) -> PhoneNumber {
        self.number(200)
    }

    pub fn caller(self) -> PhoneNumber {
        self.number(300)
    }

    pub fn maria(self) -> PhoneNumber {
        self.number(400)
    }

    pub fn sam(self) -> PhoneNumber {
        self.number(500)
    }

    fn number(self, series: usize) -> PhoneNumber {
        number(&format!("+14155550{}", series + self.0))
    }
}

/// So many businesses, served by one server with these settings.
pub async fn town(houses: usize, rules: &str, settings: &str) -> Place {
    let place = Place::new(&format!("server.max_calls = {}\n{settings}", houses + 1)).await;
    for house in (0..houses).map(House) {
        let agents = AGENTS
            .replace("MARIA", house.maria().expose())
            .replace("SAM", house.sam().expose())
            .replace("ALWAYS", ALWAYS);
        place.add_business(&house.id(), &house.line(), &format!("{agents}{rules}"));
    }
    place
}

/// Somebody who calls a business.
pub struct Caller {
    house: House,
    handset: Handset,
    live: UnboundedReceiver<Entry>,
    seen: Vec<Entry>,
    calling: JoinHandle<CallOutcome>,
}

impl Caller {
    pub async fn calls(place: &Place, house: House) -> Self {
        let (person, handset) = Person::with_handset();
        let (sender, live) = unbounded_channel();
        let call = PlacedCall {
            from: Some(house.caller()),
            to: house.line(),
            forwarded_from: None,
            live: Some(sender),
        };
        let carrier = place.carrier();
        let calling = tokio::spawn(async move { carrier.place(call, person).await });
        let mut caller = Self { house, handset, live, seen: Vec::new(), calling };
        caller.until(|what| *what == What::BotBegan).await;
        caller
    }

    /// Says nothing but asks for a person by a key.
    pub async fn asks_for_a_person(place: &Place, house: House) -> Self {
        let caller = Self::calls(place, house).await;
        caller.presses('0');
        caller
    }

    pub fn presses(&self, digit: char) {
        // Whoever has been hung up on presses in vain.
        let _ = self.handset.keys.send(Key::Digit(key(digit)));
    }

    /// Says something, as fast as it is spoken.
    pub async fn says(&self, samples: &[i16]) {
        let mut frames = interval(Duration::from_millis(20));
        for frame in samples.chunks(160) {
            frames.tick().await;
            let _ = self.handset.microphone.send(frame.to_vec());
        }
    }

    /// Waits until the receptionist has asked something, or for some time.
    pub async fn listens(&mut self) {
        let asked = |what: &What| matches!(what, What::MarkPlayed { name } if !name.ends_with('/'));
        let heard = async {
            while let Some(entry) = self.live.recv().await {
                if asked(&entry.what) {
                    return;
                }
            }
        };
        // There may be nothing to be asked.
        let _ = timeout(15 * SECOND, heard).await;
    }

    /// Waits until something happens on the line that has not been waited for.
    pub async fn until(&mut self, wanted: impl Fn(&What) -> bool) {
        let seen = &mut self.seen;
        let happened = async {
            while let Some(entry) = self.live.recv().await {
                seen.push(entry);
                if seen.last().is_some_and(|entry| wanted(&entry.what)) {
                    return true;
                }
            }
            false
        };
        let happened = timeout(PATIENCE, happened).await;
        assert_eq!(happened, Ok(true), "{:?}: it does not happen: {:#?}", self.house, self.seen);
    }

    /// Talks to an agent until they leave, and hangs up once the receptionist has said something.
    pub async fn hangs_up_after_talk(mut self) -> CallOutcome {
        self.until(|what| matches!(what, What::Together { .. })).await;
        self.hangs_up_when_back().await
    }

    /// The same for somebody who has been talking to the agent already.
    pub async fn hangs_up_when_back(mut self) -> CallOutcome {
        self.until(|what| *what == What::StreamOpened).await;
        self.until(|what| *what == What::BotBegan).await;
        self.until(|what| matches!(what, What::MarkPlayed { .. })).await;
        self.hangs_up().await
    }

    pub async fn hangs_up(self) -> CallOutcome {
        let _ = self.handset.keys.send(Key::HangUp);
        timeout(PATIENCE, self.calling).await.expect("the call ends").unwrap()
    }
}

/// The legs that were dialled for a business.
pub fn legs_of(place: &Place, house: House) -> Vec<AgentLeg> {
    let ours = |leg: &AgentLeg| leg.to == house.maria() || leg.to == house.sam();
    place.rest().legs().into_iter().filter(ours).collect()
}

/// Waits until something has happened on a leg of a business.
pub async fn until_leg(place: &Place, house: House, wanted: impl Fn(&LegEvent) -> bool) {
    let mut look = interval(LOOK / 4);
    let happened = async {
        loop {
            look.tick().await;
            if legs_of(place, house).iter().any(|leg| leg.time(&wanted).is_some()) {
                return;
            }
        }
    };
    timeout(PATIENCE, happened).await.unwrap_or_else(|_| panic!("{house:?}: it does not happen on a leg"));
}

/// Waits until every leg that was dialled for a business is over.
pub async fn until_no_leg(place: &Place, house: House) {
    let mut look = interval(LOOK);
    let over = async {
        while !legs_of(place, house).iter().all(|leg| leg.status().is_some()) {
            look.tick().await;
        }
    };
    let in_time = timeout(PATIENCE, over).await;
    assert!(in_time.is_ok(), "{house:?}: somebody is left behind: {:#?}", legs_of(place, house));
}

/// The only handoff of a business, once it is as it ought to be.
pub async fn handoff_when(place: &Place, house: House, ready: impl Fn(&Value) -> bool) -> Value {
    let mut look = interval(LOOK * 2);
    let mut last = Value::Null;
    let settled = async {
        loop {
            look.tick().await;
            let list = place.api(&format!("/api/handoffs?business={}", house.id())).await;
            let handoffs = list["handoffs"].as_array().unwrap();
            assert!(handoffs.len() <= 1, "{list:#}");
            last = handoffs.first().cloned().unwrap_or_default();
            if ready(&last) {
                return;
            }
        }
    };
    if timeout(PATIENCE, settled).await.is_err() {
        panic!("{house:?}: the handoff does not get there: {last:#}");
    }
    last
}

/// The record of the call to a business, once it is over.
pub async fn record_of(place: &Place, house: House) -> Value {
    let of = |records: &[Value]| {
        records.iter().find(|record| record["business"] == house.id().as_str()).cloned().unwrap_or_default()
    };
    of(&place.records_when(|records| of(records)["cause"].is_string()).await)
}

/// Whether the receptionist was heard to say something.
pub fn said(record: &Value, words: &str) -> bool {
    let turns = record["transcript"].as_array().unwrap();
    turns.iter().any(|turn| turn["speaker"] == "bot" && turn["text"].as_str().unwrap().contains(words))
}

/// Whether the carrier's voice said something to an agent.
pub fn was_told(leg: &AgentLeg, words: &str) -> bool {
    leg.time(|event| matches!(event, LegEvent::Began { text } if text.expose().contains(words))).is_some()
}

pub fn is_joined(leg: &AgentLeg) -> bool {
    leg.time(|event| matches!(event, LegEvent::Together { .. })).is_some()
}

/// An agent who takes every call, so long after answering.
pub fn taking(answers_after: Duration, presses_after: Duration) -> Agent {
    Agent::answering(answers_after).pressing(key('1'), presses_after)
}
