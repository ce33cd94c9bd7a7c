//! Whether it is resolved, as callers say it in their next call: the engine asks and hears, the ledger acts, with a real
//! database. The clock is the test's own.

use std::sync::Arc;

use calmline::call::{Action, CallStart, Engine, Event, Playback};
use calmline::domain::{
    CallTime, EscalationReason, Fact, HangupCause, PhoneNumber, PromiseId, PromiseState, Question, Span,
    Urgency, Utterance,
};
use jiff::SignedDuration;

use super::ledger::Place;
use super::outbox::{CALLER, MARIA, business};

const ELSEWHERE: &str = "+19005550199";

/// A call while it goes on: whatever is said to the caller is heard to its end.
struct Talk {
    engine: Engine,
    now: u64,
    facts: Vec<(CallTime, Fact)>,
}

impl Talk {
    fn event(&mut self, event: Event) {
        self.now += 1000;
        self.engine.handle(event, CallTime::from_ms(self.now));
        let mut heard = Vec::new();
        while let Some(action) = self.engine.poll_action() {
            match action {
                Action::Record(fact) => self.facts.push((CallTime::from_ms(self.now), fact)),
                Action::Say { speech, text, .. } => heard.push((speech, text.expose().len())),
                _ => {}
            }
        }
        for (speech, heard_bytes) in heard {
            let start = CallTime::from_ms(self.now);
            let span = Span { start, end: CallTime::from_ms(self.now + 500) };
            let playback = Playback { heard_bytes, span, failed: false };
            self.event(Event::PlaybackFinished { speech, playback });
        }
    }

    fn says(&mut self, words: &str) {
        let (start, end) = (CallTime::from_ms(self.now + 100), CallTime::from_ms(self.now + 900));
        let utterance = Utterance { text: words.into(), span: Span { start, end }, confidence: 0.95 };
        self.event(Event::Heard(utterance));
    }

    fn told(&self, wanted: impl Fn(&Fact) -> bool) -> bool {
        self.facts.iter().any(|(_, fact)| wanted(fact))
    }

    fn was_asked(&self) -> bool {
        self.told(|fact| matches!(fact, Fact::Asked { question: Question::Resolved(_), .. }))
    }
}

/// The caller calls again, says these words one after the other, and hangs up; what follows the call is done.
async fn calls_again(place: &mut Place, lines: &[&str]) -> Talk {
    let (store, now) = (place.office.store.clone(), place.office.now);
    let call = place.office.begin_call(Some(CALLER)).await;
    let (business, caller) = (Arc::new(business()), PhoneNumber::parse(CALLER).ok());
    let number = PhoneNumber::parse(CALLER).unwrap();
    let earlier = store.earlier_calls(&business.id, &number, 5).await.unwrap();
    let start = CallStart { id: call, business, caller, started_at: now, earlier, model: None };
    let mut talk = Talk { engine: Engine::new(start), now: 0, facts: Vec::new() };
    talk.event(Event::Answered);
    for line in lines {
        talk.says(line);
    }
    talk.event(Event::LegEnded(HangupCause::CallerHungUp));
    for (seq, (at, fact)) in (0..).zip(&talk.facts) {
        store.append(call, seq, *at, fact).await.unwrap();
    }
    place.pass(1).await;
    talk
}

/// A promise that was kept two hours ago, with what was asked by text message since.
async fn kept(place: &mut Place, callback: &str) -> PromiseId {
    let topic = [Fact::TopicChosen { topic: "leak".into() }];
    let (_, promise) = place.call(Some(CALLER), Some(callback), &topic).await;
    place.pass(10).await;
    let now = place.office.now;
    place.ledger.close(promise, PromiseState::Kept, Some("called".into()), now).await.unwrap().unwrap();
    place.pass(120).await;
    promise
}

fn kinds(place: &Place) -> Vec<String> {
    place.bodies().iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_caller_who_says_so_closes_what_is_open() {
    let mut place = Place::open().await;
    let topic = [Fact::TopicChosen { topic: "leak".into() }];
    let (_, promise) = place.call(Some(CALLER), Some(CALLER), &topic).await;
    place.pass(10).await;
    let talk = calls_again(&mut place, &["I just wanted to say it's fixed.", "No, that's all."]).await;
    assert!(!talk.told(|fact| matches!(fact, Fact::Escalated { .. } | Fact::PromiseMade { .. })));
    let entry = place.promise(promise).await;
    assert_eq!((entry.promise.state, entry.said_resolved), (PromiseState::Kept, Some(true)));
    let note = "the caller says that it is resolved: “I just wanted to say it's fixed.”";
    assert_eq!(entry.note.unwrap().expose(), note);
    place.pass(120).await;
    assert_eq!(kinds(&place), ["call.ended", "promise.created", "promise.kept", "call.ended"]);
    assert!(!place.office.texts().iter().any(|(_, text)| text.contains("fully resolved")), "it was said");
}

#[tokio::test]
async fn a_caller_who_did_not_answer_the_text_is_asked_in_the_next_call_and_opens_it_again() {
    let mut place = Place::open().await;
    let promise = kept(&mut place, CALLER).await;
    let talk = calls_again(&mut place, &["No, it's leaking again."]).await;
    assert!(talk.was_asked());
    assert!(
        talk.told(|fact| {
            matches!(fact, Fact::Escalated { reason: EscalationReason::RepeatedFailure, .. })
        })
    );
    let entry = place.promise(promise).await;
    assert_eq!((entry.promise.state, entry.promise.urgency), (PromiseState::Open, Urgency::Urgent));
    assert_eq!((entry.said_resolved, entry.closed_at), (Some(false), None));
    let note = "the caller says that it is not resolved: “No, it's leaking again.”";
    assert_eq!(entry.note.unwrap().expose(), note);
    assert!(place.office.texts().iter().any(|(to, text)| to == MARIA && text.contains("it is not resolved")));
    assert!(kinds(&place).contains(&"promise.reopened".to_owned()));

    let talk = calls_again(&mut place, &["It's all sorted now, thank you."]).await;
    assert!(!talk.was_asked(), "nobody is asked twice");
    assert_eq!(place.promise(promise).await.promise.state, PromiseState::Kept, "but may say so at any time");
}

#[tokio::test]
async fn a_caller_who_could_not_be_texted_is_asked_once() {
    let mut place = Place::open().await;
    let promise = kept(&mut place, ELSEWHERE).await;
    let talk = calls_again(&mut place, &["My kitchen tap drips."]).await;
    assert!(talk.was_asked());
    let entry = place.promise(promise).await;
    assert_eq!((entry.promise.state, entry.said_resolved), (PromiseState::Kept, None));
    assert!(entry.asked_by_call_at.is_some());
    let talk = calls_again(&mut place, &["My kitchen tap drips."]).await;
    assert!(!talk.was_asked());

    let mut place = Place::open().await;
    let promise = kept(&mut place, ELSEWHERE).await;
    let talk = calls_again(&mut place, &["Yes, thank you."]).await;
    assert!(talk.was_asked());
    let entry = place.promise(promise).await;
    assert_eq!((entry.promise.state, entry.said_resolved), (PromiseState::Kept, Some(true)));
    assert_eq!(entry.note.unwrap().expose(), "called");
}

#[tokio::test]
async fn nobody_is_asked_too_late_too_early_of_a_danger_or_of_what_they_answered() {
    let mut place = Place::open().await;
    kept(&mut place, CALLER).await;
    place.office.now += SignedDuration::from_hours(3 * 24);
    assert!(!calls_again(&mut place, &["My kitchen tap drips."]).await.was_asked());

    let mut place = Place::open().await;
    kept(&mut place, CALLER).await;
    let number = PhoneNumber::parse(CALLER).unwrap();
    place.ledger.take_reply(&number, "YES", place.office.now).await.unwrap();
    assert!(!calls_again(&mut place, &["My kitchen tap drips."]).await.was_asked());

    let mut place = Place::open().await;
    let danger = [Fact::Escalated { reason: EscalationReason::Threat, turn: None }];
    place.call(Some(CALLER), Some(CALLER), &danger).await;
    place.pass(90).await;
    assert!(!calls_again(&mut place, &["My kitchen tap drips."]).await.was_asked());

    let mut place = Place::open().await;
    place.call(Some(CALLER), Some(CALLER), &[]).await;
    place.pass(10).await;
    assert!(!calls_again(&mut place, &["My kitchen tap drips."]).await.was_asked(), "its time is not over");
}
