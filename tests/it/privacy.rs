//! What is printed of a call for people to debug with holds nothing of the people in it.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fmt::Debug;
use std::sync::Arc;

use calmline::call::{Action, CallStart, Engine, Event, Playback};
use calmline::domain::{
    BusinessId, CallId, CallTime, Digit, Fact, PhoneNumber, Pii, Promise, PromiseId, PromiseState, Slot,
    Span, SpeechId, TurnId, Urgency, Utterance,
};
use calmline::reception::{Admission, Happening, News};
use calmline::store::{CallRecord, NewCall, StoredCall, StoredFact};
use calmline::telephony::local::PlacedCall;
use calmline::telephony::twilio::{Form, IncomingCall};
use calmline::transcribe::Transcription;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::calls::business;
use crate::support::AUTH_TOKEN;
use crate::support::discretion::assert_discreet;

const NUMBER: &str = "+14155550142";
/// Parts of the caller's number, name and words, in the forms in which they come about.
const SECRETS: &[&str] =
    &["415555", "415-555", "555-0142", "5550142", "Owen", "Castellane", "tap", "Juniper"];

fn assert_shows_nothing(shown: &str) {
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret:?} is shown in {shown}");
    }
}

fn assert_private<T: Debug>(value: &T) {
    assert_shows_nothing(&format!("{value:?}"));
    assert_shows_nothing(&format!("{value:#?}"));
}

fn number() -> PhoneNumber {
    PhoneNumber::parse(NUMBER).unwrap()
}

fn call() -> CallId {
    CallId::new(Uuid::from_u128(7))
}

fn utterance(words: &str) -> Utterance {
    Utterance { text: words.into(), span: Span::default(), confidence: 0.9 }
}

fn start() -> CallStart {
    CallStart {
        id: call(),
        business: Arc::new(business("heating")),
        caller: Some(number()),
        started_at: Timestamp::UNIX_EPOCH,
        earlier: vec![],
        model: None,
    }
}

fn promise() -> Promise {
    Promise {
        id: PromiseId::new(Uuid::from_u128(8)),
        call: call(),
        what: "Call Owen Castellane back about the tap.".into(),
        owner: "our office".into(),
        callback: Some(number()),
        due: Timestamp::UNIX_EPOCH,
        urgency: Urgency::Normal,
        state: PromiseState::Open,
    }
}

fn facts() -> Vec<Fact> {
    vec![
        Fact::Answered { caller: Some(number()), open: true },
        Fact::BotSaid {
            turn: TurnId(0),
            speech: SpeechId(0),
            text: "Thank you, Owen. Is 415-555-0142 right?".into(),
            heard: "Thank you, Owen.".into(),
            span: Span::default(),
        },
        Fact::CallerSaid { turn: TurnId(1), utterance: utterance("Owen Castellane, 12 Juniper Street") },
        Fact::Noted { slot: Slot::Name, value: "Owen Castellane".into(), evidence: vec![TurnId(1)] },
        Fact::Noted { slot: Slot::Callback, value: NUMBER.into(), evidence: vec![TurnId(1)] },
        Fact::PromiseMade { promise: promise() },
    ]
}

#[test]
fn what_is_kept_of_a_call_shows_nobody() {
    for fact in facts() {
        assert_private(&fact);
        assert_private(&News { call: call(), at: CallTime::ZERO, what: Happening::Fact(fact) });
    }
    let new = NewCall {
        id: call(),
        carrier: "twilio".into(),
        carrier_call_id: "CA1".into(),
        business: BusinessId("heating".into()),
        caller: Some(number()),
        called: Some(number()),
        started_at: Timestamp::UNIX_EPOCH,
    };
    let stored = StoredCall { call: new, ended_at: None, cause: None };
    assert_private(&stored);
    let facts: Vec<StoredFact> = facts()
        .into_iter()
        .zip(0..)
        .map(|(fact, seq)| StoredFact { seq, at: CallTime::from_ms(seq), fact })
        .collect();
    assert_private(&facts);
    let record = CallRecord::derive(stored, &facts, vec![promise()]);
    assert!(record.summary().name.is_some());
    assert_private(&record.summary());
    assert_private(&record);
}

#[test]
fn what_comes_in_shows_nobody() {
    assert_private(&start());
    assert_private(&Event::Heard(utterance("My name is Owen Castellane.")));
    assert_private(&Happening::Hearing("My name is Owen".into()));
    let heard = Transcription { text: "the tap drips".into(), confidence: 0.9, no_speech: 0.1 };
    assert_private(&heard);
    let from = Some(number());
    assert_private(&PlacedCall { from, to: number(), forwarded_from: Some(number()), live: None });
    assert_private(&Admission::FullHouse { words: "We call you back on 415-555-0142.".into() });
    let form = Form::parse(
        format!(
            "CallSid=CA0123456789abcdef0123456789abcdef&AccountSid=AC1&From=%2B{0}&To=%2B{0}\
             &CallStatus=ringing&ForwardedFrom=%2B{0}&CallerName=OWEN+Castellane",
            &NUMBER[1..]
        )
        .as_bytes(),
    );
    assert_private(&form);
    let incoming = IncomingCall::parse(&form.unwrap()).unwrap();
    assert_eq!(incoming.from, Some(number()));
    assert_private(&incoming);
    let keys: Vec<Event> = NUMBER.chars().filter_map(Digit::new).map(Event::Keyed).collect();
    assert!(!format!("{keys:?}").contains(|character: char| character.is_ascii_digit()));
}

#[test]
fn redacted_values_show_nothing_in_words_either() {
    assert_shows_nothing(&Pii::new("Owen Castellane").to_string());
    assert_shows_nothing(&number().to_string());
    for wrong in ["2125550188", "+12125550188 Owen", "+12125550188121255501882"] {
        let error = PhoneNumber::parse(wrong).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("212555") && !shown.contains("Owen"), "{shown}");
    }
}

#[test]
fn an_engine_and_what_it_asks_for_show_nobody() {
    let mut engine = Engine::new(start());
    let mut now = CallTime::ZERO;
    let mut spoken = String::new();
    let said = [
        "Hi, my kitchen tap has been dripping since Sunday.",
        "My name is Owen Castellane.",
        "four one five, five five five, oh one four two",
        "Yes.",
        "It is 12 Juniper Street.",
        "Any time after three.",
        "No, that was everything.",
    ];
    engine.handle(Event::Answered, now);
    for words in said {
        while let Some(action) = engine.poll_action() {
            assert_private(&action);
            if let Action::Say { speech, text, .. } = action {
                assert_private(&engine);
                spoken.push_str(text.expose());
                now = now + std::time::Duration::from_secs(5);
                let playback =
                    Playback { heard_bytes: text.expose().len(), span: Span::default(), failed: false };
                engine.handle(Event::PlaybackFinished { speech, playback }, now);
            }
        }
        engine.handle(Event::SpeechStarted, now);
        engine.handle(Event::SpeechStopped, now);
        engine.handle(Event::Heard(utterance(words)), now);
        assert_private(&engine);
        assert_private(engine.state());
    }
    assert!(spoken.contains("415-555-0142"), "the caller's number was not spoken: {spoken}");
}

#[test]
fn a_log_that_tells_of_a_caller_is_found_out() {
    let records = [json!({
        "id": "0192", "caller": "+12065550117", "intake": [{ "slot": "name", "value": "Ilse Brandt" }],
        "transcript": [{ "speaker": "caller", "text": "My cellar is under water, up to the second step." }],
    })];
    assert_discreet("INFO call{call.id=0192}: call taken up, call over", &records);
    for telling in ["from +12065550117", "555-0117", "Brandt", "heard: my cellar is under", AUTH_TOKEN] {
        let found = std::panic::catch_unwind(|| assert_discreet(telling, &records));
        assert!(found.is_err(), "{telling:?} passed");
    }
}
