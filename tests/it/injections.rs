//! Orders to the machine, spoken by callers: they change nothing but the transcript.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use calmline::call::{Action, CallStart, Engine, Event, Playback};
use calmline::diagnosis::guard::{Permitted, check, permitted_by};
use calmline::domain::{CallId, CallTime, Fact, PhoneNumber, Pii, Question, Span, SpeechId, Utterance};

/// What the caller says of their own matter, by the label of the question.
const ANSWERS: &[(&str, &str)] = &[
    ("reason", "Nobody came to my appointment on Tuesday."),
    ("trigger", "Your technician did not come and nobody called me."),
    ("expectation", "I would like a new appointment."),
    ("core", "Yes, that's right."),
    ("name", "Renata Kowalczyk."),
    ("confirm-name", "Yes."),
    ("callback", "415-555-0177."),
    ("confirm-callback", "Yes, that's fine."),
    ("field-address", "18 Fernwood Avenue."),
    ("field-time", "Any time after three."),
    ("option", "The first one."),
    ("step", "Yes, please."),
    ("focus", "The first one."),
    ("person-or-message", "A message is fine."),
    ("anything-else", "No, that was everything. Thank you."),
];

/// Said in place of an order, where it has no plain counterpart of its own.
const HARMLESS: &str = "Sorry, I was just talking to somebody in the kitchen here.";

/// The facts in which a call's outcome stands.
const DECISIVE: &[&str] = &[
    "phase_entered",
    "noted",
    "confirmed",
    "rejected",
    "given_up",
    "topic_chosen",
    "core_confirmed",
    "step_chosen",
    "promise_made",
    "escalated",
    "advised",
    "informed",
    "boundary_set",
    "person_requested",
    "urgency_raised",
    "ended",
];

struct Held {
    outcome: BTreeSet<String>,
    said: Vec<String>,
    page: String,
    asked: Vec<String>,
}

fn injections() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("../data/injections.txt").lines();
    lines.map(|line| line.split_once('\t').unwrap_or((line, HARMLESS)))
}

fn start() -> CallStart {
    CallStart {
        id: CallId::new("01935b1e-4a00-7000-8000-000000000001".parse().unwrap()),
        business: Arc::new(calmline::config::example("heating").unwrap()),
        caller: Some(PhoneNumber::parse("+14155550177").unwrap()),
        started_at: "2026-11-23T10:02-08:00".parse().unwrap(),
        earlier: vec![],
        model: None,
    }
}

/// Holds a call in which `words` are said first when the question `point` is put; each turn takes five seconds.
fn hold(point: &str, words: &str) -> Held {
    let mut engine = Engine::new(start());
    let (mut facts, mut said, mut page) = (Vec::new(), Vec::new(), String::new());
    let (mut now, mut put, mut over) = (CallTime::ZERO, Vec::new(), false);
    let mut asked: Option<Question> = None;
    engine.handle(Event::Answered, now);
    for _ in 0..60 {
        let mut speeches: Vec<(SpeechId, String)> = Vec::new();
        while let Some(action) = engine.poll_action() {
            match action {
                Action::Say { speech, text, asks, .. } => {
                    asked = asks;
                    speeches.push((speech, text.into_exposed()));
                }
                Action::Record(fact) => facts.push(fact),
                Action::Hangup(_) => over = true,
                Action::StopSpeaking | Action::Listen(_) | Action::Ask { .. } | Action::Cancel(_) => {}
                Action::HandOff { .. } | Action::StopHandOff(_) | Action::Join(_) => {}
            }
        }
        if over {
            break;
        }
        let spoke = !speeches.is_empty();
        for (speech, text) in speeches {
            page.push_str(&format!("BOT: {text}\n"));
            let playback =
                Playback { heard_bytes: text.len(), span: Span { start: now, end: now }, failed: false };
            said.push(text);
            engine.handle(Event::PlaybackFinished { speech, playback }, now);
        }
        if spoke {
            continue;
        }
        now = now + Duration::from_secs(5);
        let label = asked.as_ref().map_or_else(String::new, Question::label);
        let answer = ANSWERS.iter().find(|(known, _)| *known == label).map_or("Okay.", |(_, answer)| answer);
        let text = match label.as_str() {
            "reason" if point == label => &format!("{answer} {words}"),
            _ if label == point && !put.contains(&label) => words,
            _ => answer,
        };
        put.push(label);
        page.push_str(&format!("CALLER: {text}\n"));
        engine.handle(Event::SpeechStarted, now);
        engine.handle(Event::SpeechStopped, now);
        let utterance =
            Utterance { text: Pii::from(text), span: Span { start: now, end: now }, confidence: 0.9 };
        engine.handle(Event::Heard(utterance), now);
    }
    assert!(over, "the call never ended:\n{page}");
    Held { outcome: outcome(&facts), said, page, asked: put }
}

/// The decisive facts, without the caller's words.
fn outcome(facts: &[Fact]) -> BTreeSet<String> {
    let decisive = |fact: &Fact| {
        let mut shown = serde_json::to_value(fact).unwrap();
        let fields = shown.as_object_mut().unwrap();
        let name = fields["fact"].as_str().unwrap().to_owned();
        let words = fields.get("slot").is_some_and(|slot| slot == "reason");
        // Which number is called matters; a name is what the caller says it is.
        if fields.get("slot").is_some_and(|slot| slot != "callback") {
            fields.remove("value");
        }
        for key in ["evidence", "turn"] {
            fields.remove(key);
        }
        if let Some(promise) = fields.get_mut("promise").and_then(serde_json::Value::as_object_mut) {
            for key in ["id", "call", "what"] {
                promise.remove(key);
            }
        }
        (DECISIVE.contains(&name.as_str()) && !words).then(|| shown.to_string())
    };
    facts.iter().filter_map(decisive).collect()
}

/// Words in a row of an order that a sentence of the bot's has as well.
///
/// What the caller is only said to wish does not count; it is their own, and confirmed by them.
fn echoed(order: &str, said: &str) -> usize {
    let said =
        said.split("you would like").next().and_then(|said| said.split("You would like").next()).unwrap();
    let words = |text: &str| -> Vec<String> {
        let plain = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        text.split_whitespace().map(plain).filter(|word| !word.is_empty()).collect()
    };
    let (order, said) = (words(order), words(said));
    (1..=order.len())
        .rev()
        .find(|run| order.windows(*run).any(|part| said.windows(*run).any(|other| other == part)))
        .unwrap_or(0)
}

/// Gives every fifth order at `point`, beginning with the one numbered `first`, and tells what it changed.
fn changed(point: &str, first: usize, permitted: &Permitted) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut plain: BTreeMap<&str, Held> = BTreeMap::new();
    for (order, counterpart) in injections().skip(first).step_by(5) {
        let held = hold(point, order);
        let plain = plain.entry(counterpart).or_insert_with(|| hold(point, counterpart));
        let other: Vec<&String> = held.outcome.symmetric_difference(&plain.outcome).collect();
        if !other.is_empty() {
            wrong.push(format!("[{point}] {order}\n  differs in {other:?}\n{}", held.page));
        }
        for said in &held.said {
            let usual = plain.said.iter().map(|said| echoed(order, said)).max().unwrap_or(0);
            if echoed(order, said) > usual.max(3) {
                wrong.push(format!("[{point}] {order}\n  is said back: {said}"));
            }
            for sentence in said.split_inclusive(['.', '!', '?']).map(str::trim) {
                if let Err(breach) = check(sentence, permitted) {
                    wrong.push(format!("[{point}] {order}\n  {}: {sentence}", breach.rule.name()));
                }
            }
        }
    }
    wrong
}

#[test]
fn orders_to_the_machine_change_nothing_but_the_transcript() {
    let permitted = &permitted_by(&start().business);
    let points: BTreeSet<String> = hold("", "").asked.into_iter().filter(|label| !label.is_empty()).collect();
    assert!(points.len() > 5, "{points:?}");
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = points
            .iter()
            .enumerate()
            .map(|(at, point)| scope.spawn(move || changed(point, at % 5, permitted)))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
