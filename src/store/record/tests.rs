use uuid::Uuid;

use super::*;
use crate::domain::SpeechId;
use crate::store::NewCall;

fn record(facts: Vec<Fact>) -> CallRecord {
    let facts: Vec<_> = facts
        .into_iter()
        .zip(0..)
        .map(|(fact, seq)| StoredFact { seq, at: CallTime::from_ms(seq * 1000), fact })
        .collect();
    let call = NewCall {
        id: CallId::new(Uuid::from_u128(1)),
        carrier: "local".into(),
        carrier_call_id: "CA1".into(),
        business: BusinessId("heating".into()),
        caller: None,
        called: None,
        started_at: Timestamp::UNIX_EPOCH,
    };
    CallRecord::derive(StoredCall { call, ended_at: None, cause: None }, &facts, Vec::new())
}

fn span(start: u64, end: u64) -> Span {
    Span { start: CallTime::from_ms(start), end: CallTime::from_ms(end) }
}

fn noted(slot: Slot, value: &str) -> Fact {
    Fact::Noted { slot, value: value.into(), evidence: vec![TurnId(1)] }
}

#[test]
fn the_transcript_holds_what_was_heard_in_the_order_in_which_it_sounded() {
    let record = record(vec![
        Fact::CallerSaid {
            turn: TurnId(1),
            utterance: Utterance { text: "No heat.".into(), span: span(900, 1500), confidence: 0.9 },
        },
        Fact::BotSaid {
            turn: TurnId(0),
            speech: SpeechId(0),
            text: "Hello, this is Fernwood. How can we help?".into(),
            heard: "Hello, this is".into(),
            span: span(0, 1000),
        },
    ]);
    let said: Vec<_> =
        record.transcript.iter().map(|turn| (turn.speaker, turn.text.expose().as_str())).collect();
    assert_eq!(said, [(Speaker::Bot, "Hello, this is"), (Speaker::Caller, "No heat.")]);
    assert!(record.transcript[0].meant.is_some(), "an interrupted speech shows what was meant");
}

#[test]
fn a_rejected_answer_is_gone_and_its_correction_needs_confirming_anew() {
    let mut facts = vec![
        noted(Slot::Callback, "+14155550142"),
        Fact::Confirmed { slot: Slot::Callback },
        Fact::Rejected { slot: Slot::Callback },
    ];
    assert_eq!(record(facts.clone()).answer(&Slot::Callback), None);
    facts.push(noted(Slot::Callback, "+14155550143"));
    let record = record(facts);
    assert_eq!(record.intake.len(), 1);
    assert_eq!(record.answer(&Slot::Callback), Some(&"+14155550143".into()));
    assert!(!record.intake[0].confirmed);
}

#[test]
fn an_answer_given_up_is_shown_without_a_value() {
    let record = record(vec![Fact::GivenUp { slot: Slot::Name }]);
    assert!(record.intake[0].given_up && record.intake[0].value.is_none());
}
