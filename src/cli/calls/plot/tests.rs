use jiff::Timestamp;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use uuid::Uuid;

use super::*;
use crate::domain::{
    BusinessId, CallId, CallerState, EscalationReason, Fact, HangupCause, PhoneNumber, Promise, PromiseId,
    PromiseState, Span, SpeechId, TurnId, Urgency, Utterance,
};
use crate::store::{NewCall, StoredCall, StoredFact};

fn caller(turn: u32, (start, end): (u64, u64), text: &str) -> (u64, Fact) {
    let span = Span { start: CallTime::from_ms(start), end: CallTime::from_ms(end) };
    let utterance = Utterance { text: text.into(), span, confidence: 0.9 };
    (end, Fact::CallerSaid { turn: TurnId(turn), utterance })
}

fn bot(turn: u32, (start, end): (u64, u64), text: &str, heard: &str) -> (u64, Fact) {
    let span = Span { start: CallTime::from_ms(start), end: CallTime::from_ms(end) };
    let (text, heard) = (text.into(), heard.into());
    (end, Fact::BotSaid { turn: TurnId(turn), speech: SpeechId(turn), text, heard, span })
}

fn entered(at: u64, phase: Phase) -> (u64, Fact) {
    (at, Fact::PhaseEntered { phase })
}

fn promise() -> Promise {
    Promise {
        id: PromiseId::new(Uuid::from_u128(2)),
        call: CallId::new(Uuid::from_u128(1)),
        what: "call back about the boiler".into(),
        owner: "our duty technician".into(),
        callback: None,
        due: "2026-11-23T18:30:00Z".parse().unwrap(),
        urgency: Urgency::Urgent,
        state: PromiseState::Open,
    }
}

fn record(facts: Vec<(u64, Fact)>, ended_ms: Option<i64>) -> CallRecord {
    let started_at: Timestamp = "2026-11-23T18:00:00Z".parse().unwrap();
    let call = NewCall {
        id: CallId::new(Uuid::from_u128(1)),
        carrier: "local".into(),
        carrier_call_id: "CA1".into(),
        business: BusinessId("heating".into()),
        caller: PhoneNumber::parse("+14155550142").ok(),
        called: PhoneNumber::parse("+14155550100").ok(),
        started_at,
    };
    let ended_at = ended_ms.map(|ms| Timestamp::from_millisecond(started_at.as_millisecond() + ms).unwrap());
    let facts: Vec<_> = facts
        .into_iter()
        .zip(0..)
        .map(|((at, fact), seq)| StoredFact { seq, at: CallTime::from_ms(at), fact })
        .collect();
    let cause = ended_at.map(|_| HangupCause::CallerHungUp);
    CallRecord::derive(StoredCall { call, ended_at, cause }, &facts, vec![promise()])
}

fn small_call() -> CallRecord {
    let state = |state, reason: &str, turn| Fact::StateRead { state, reason: reason.into(), turn };
    let escalated = Fact::Escalated { reason: EscalationReason::RepeatedFailure, turn: Some(TurnId(1)) };
    let mut record = record(
        vec![
            entered(0, Phase::Greeting),
            bot(0, (200, 4000), "Fernwood Heating. How can we help?", "Fernwood Heating."),
            caller(1, (3800, 11_000), "The boiler is out again, and it is the third time I call."),
            entered(11_400, Phase::Diagnosing),
            (11_400, state(CallerState::WornOut, "said it is the third call", TurnId(1))),
            (11_400, state(CallerState::Upset, "said it is out again", TurnId(1))),
            (11_400, escalated),
            bot(
                2,
                (12_000, 19_000),
                "That is the third time. What number?",
                "That is the third time. What number?",
            ),
            (20_000, Fact::StreamLost),
            (24_000, Fact::Resumed),
            caller(3, (25_000, 29_000), "The same as always."),
            entered(30_000, Phase::Closing),
            (30_000, Fact::PromiseMade { promise: promise() }),
            bot(4, (30_500, 38_000), "Our duty technician calls you.", "Our duty technician calls you."),
            entered(40_000, Phase::Ended),
        ],
        Some(40_000),
    );
    let levels = [(5800, 40.0), (6800, 61.0), (7800, 80.0), (11_000, 84.0), (29_000, 55.0)];
    record.stress = levels.map(|(at, level)| scored(at, level)).to_vec();
    record
}

fn scored(at: u64, level: f32) -> StressPoint {
    StressPoint {
        at: CallTime::from_ms(at),
        level,
        low: level - 12.0,
        high: level + 9.0,
        confidence: 0.8,
        voice: Some(level),
        words: 10.0,
        course: 10.0,
        reasons: vec!["speech faster than most callers'".to_owned()],
        speech_seconds: 3.0,
        turn: None,
    }
}

fn drawn(record: &CallRecord, business: &str) -> String {
    let zone = TimeZone::get("America/Los_Angeles").unwrap();
    plot(record, &Setting { business, zone: &zone, stress_line: 78.0 })
}

/// Every text of the document, which must be well-formed; panics where it is not.
fn texts(document: &str) -> Vec<String> {
    let mut reader = Reader::from_str(document);
    reader.config_mut().enable_all_checks(true);
    let (mut texts, mut text, mut depth) = (Vec::new(), String::new(), 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                assert!(start.attributes().all(|attribute| attribute.is_ok()));
                depth += 1;
                text.clear();
            }
            Event::End(_) => {
                depth -= 1;
                texts.push(std::mem::take(&mut text));
            }
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(entity) => {
                text.push_str(resolve_predefined_entity(&entity).unwrap());
            }
            Event::Eof => break,
            Event::Empty(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
    }
    assert_eq!(depth, 0);
    texts
}

#[test]
fn a_small_call_is_drawn_exactly_so() {
    let document = drawn(&small_call(), "Fernwood Heating");
    insta::assert_snapshot!("small_call", document);
    let texts = texts(&document);
    assert!(texts.contains(&"Call to Fernwood Heating, Mon 2026-11-23 10:00".to_owned()));
    assert!(!document.contains("5550"), "no phone number");
}

#[test]
fn an_empty_call_is_drawn() {
    let mut empty = record(Vec::new(), None);
    empty.promises.clear();
    let texts = texts(&drawn(&empty, "Fernwood Heating"));
    assert!(texts.contains(&"nothing was said".to_owned()));
    assert!(!texts.contains(&"stress".to_owned()));
}

#[test]
fn odd_texts_come_back_as_they_were_except_what_xml_cannot_hold() {
    let odd = "a < b && \"c\" > 'd' ]]> <script> 🔥 é 漢\u{202e} one\ntwo\tthree";
    let document = drawn(&record(vec![caller(1, (0, 900), odd)], Some(900)), "M&M <Heating>");
    let texts = texts(&document);
    assert!(texts.contains(&format!("00:00.0 caller: {odd}")));
    assert!(texts.contains(&"M&M <Heating>".to_owned()));
    let words = "nul \0 bell \u{7} escape \u{1b} nonsense \u{ffff}";
    let document = drawn(&record(vec![caller(1, (0, 900), words)], Some(900)), "heating");
    let expected = "00:00.0 caller: nul \u{fffd} bell \u{fffd} escape \u{fffd} nonsense \u{fffd}";
    assert!(self::texts(&document).contains(&expected.to_owned()));
}

#[test]
fn the_picture_is_as_wide_as_the_call_is_long_within_reason() {
    let width = |ms| Scale::of(&record(Vec::new(), Some(ms))).width;
    assert_eq!([1, 60_000, 600_000, 86_400_000].map(width), [NARROWEST, NARROWEST, 3000.0, WIDEST]);
    for ms in [1, 5000, 60_000, 600_000, 86_400_000, 31_536_000_000] {
        let scale = Scale::of(&record(Vec::new(), Some(ms)));
        assert!(scale.width / seconds(scale.end) * scale.step() as f64 >= TICK, "{ms}");
        assert!(scale.x(scale.end) <= scale.right());
    }
}

#[test]
fn labels_of_the_same_moment_are_in_rows_of_their_own() {
    let document = drawn(&small_call(), "heating");
    let row_of = |label: &str| {
        let line = document.lines().find(|line| line.contains(&format!(">{label}</text>"))).unwrap();
        line.split(" y=\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned)
    };
    assert_ne!(row_of("worn out"), row_of("upset"));
}

#[test]
fn levels_that_are_no_numbers_or_out_of_range_do_no_harm() {
    let mut odd = small_call();
    odd.stress = vec![
        scored(1000, f32::NAN),
        scored(2000, f32::INFINITY),
        StressPoint { low: 120.0, high: -5.0, ..scored(9000, 300.0) },
        scored(3000, -40.0),
    ];
    let document = drawn(&odd, "heating");
    assert!(!document.contains("NaN") && !document.contains("inf"));
    let texts = texts(&document);
    for expected in ["00:09.0 stress 100 (100 to 100;", "00:03.0 stress 0 (0 to 0;"] {
        assert!(texts.iter().any(|text| text.starts_with(expected)), "{texts:?}");
    }
}

#[test]
fn a_pause_in_the_speech_breaks_the_line_of_stress() {
    let document = drawn(&small_call(), "heating");
    assert_eq!(document.matches(r#"class="level""#).count(), 3);
}
