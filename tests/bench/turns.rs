//! What it takes to understand and decide: the time of one turn of the caller's, over all lines of the scenarios, each as
//! the first turn of a call and in its own call, by length, and over a long rambling turn.

use std::sync::Arc;
use std::time::{Duration, Instant};

use calmline::call::{Action, CallStart, Engine, Event, Playback};
use calmline::config::example;
use calmline::domain::{Business, CallId, CallTime, PhoneNumber, Pii, Span, Utterance};
use uuid::Uuid;

const FOLDER: &str = "tests/it/conversations";
const RAMBLING: &str = "Well I don't know where to begin, my sister always says I should write things down but anyway, it's the \
    heating, or the boiler, I'm never sure which is which, and your man was here two weeks ago, very polite, he changed some \
    part and said that would be it, and it was all right for a few days but since Sunday it goes off every night and I sit \
    here in my coat";
/// How often each turn is taken; the quickest counts, for other processes take their share.
const ROUNDS: usize = 5;

/// Prints the figures.
pub fn run() {
    let heating = Arc::new(example("heating").unwrap());
    let calls = calls();
    let mut by_words: Vec<(usize, Duration)> = Vec::new();
    let mut within: Vec<Duration> = Vec::new();
    for (business, lines) in &calls {
        let business = Arc::new(example(business).unwrap());
        within.extend(quickest(|| turns(&business, lines)));
        for line in lines {
            let words = line.split_whitespace().count();
            let times = quickest(|| turns(&heating, std::slice::from_ref(line)));
            by_words.extend(times.into_iter().map(|time| (words, time)));
        }
    }
    let ramble = |times: usize| vec![vec![RAMBLING; times].join(". ")];
    println!("\nUnderstanding and deciding, ms of each turn of the caller's");
    println!("| turns | how many | p50 | p95 | max |\n|---|---|---|---|---|");
    row("as the first of a call", by_words.iter().map(|(_, time)| *time).collect());
    row("each in its call", within);
    let mut fewest = 1;
    for most in [10, 20, 40, usize::MAX] {
        let of_length = |(words, _): &&(usize, Duration)| (fewest..=most).contains(words);
        let times: Vec<Duration> = by_words.iter().filter(of_length).map(|(_, time)| *time).collect();
        let to = if most == usize::MAX { "more".to_owned() } else { most.to_string() };
        row(&format!("as the first, {fewest} to {to} words"), times);
        fewest = most.saturating_add(1);
    }
    for times in [1, 3] {
        let long = ramble(times);
        let words = long[0].split_whitespace().count();
        row(&format!("rambling, {words} words"), quickest(|| turns(&heating, &long)));
    }
    let begun = quickest(|| {
        let began = Instant::now();
        std::hint::black_box(Engine::new(start(&heating)));
        vec![began.elapsed()]
    });
    row("a call's start", begun);
}

fn row(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!("| {what} | {} | {:.2} | {:.2} | {:.2} |", times.len(), at(50), at(95), at(100));
}

/// The quickest of several rounds, turn by turn.
fn quickest(round: impl Fn() -> Vec<Duration>) -> Vec<Duration> {
    let mut best = round();
    for _ in 1..ROUNDS {
        for (best, time) in best.iter_mut().zip(round()) {
            *best = time.min(*best);
        }
    }
    best
}

/// The business and the caller's lines of every scenario.
fn calls() -> Vec<(String, Vec<String>)> {
    let paths = std::fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path());
    let scenarios = paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    scenarios
        .map(|path| {
            let scenario: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
            let mut lines = said(&scenario["lines"]);
            lines.extend(scenario.get("answers").into_iter().flat_map(said));
            lines.retain(|line| !line.is_empty() && !line.starts_with('/'));
            (scenario["business"].as_str().unwrap().to_owned(), lines)
        })
        .collect()
}

fn said(value: &toml::Value) -> Vec<String> {
    if let Some(line) = value.as_str() {
        vec![line.to_owned()]
    } else if let Some(lines) = value.as_array() {
        lines.iter().flat_map(said).collect()
    } else {
        value.as_table().into_iter().flat_map(|answers| answers.values()).flat_map(said).collect()
    }
}

fn start(business: &Arc<Business>) -> CallStart {
    CallStart {
        id: CallId::new(Uuid::from_u128(1)),
        business: Arc::clone(business),
        caller: Some(PhoneNumber::parse("+14155550177").unwrap()),
        started_at: "2026-11-23T10:02-05:00".parse().unwrap(),
        earlier: vec![],
        model: None,
    }
}

/// The time each turn takes in a call that hears every sentence out: that of a copy of the engine which takes it in, as the
/// driver asks one in advance.
fn turns(business: &Arc<Business>, lines: &[String]) -> Vec<Duration> {
    let mut engine = Engine::new(start(business));
    let mut now = CallTime::ZERO;
    engine.handle(Event::Answered, now);
    hear_out(&mut engine, &mut now);
    let mut times = Vec::new();
    for line in lines {
        if engine.state().ended().is_some() {
            break;
        }
        now = now + Duration::from_secs(1);
        let span = Span { start: now, end: now };
        let heard = Event::Heard(Utterance { text: Pii::from(line.as_str()), span, confidence: 0.9 });
        let began = Instant::now();
        let mut ahead = engine.clone();
        ahead.handle(heard, now);
        times.push(began.elapsed());
        engine = ahead;
        hear_out(&mut engine, &mut now);
    }
    times
}

fn hear_out(engine: &mut Engine, now: &mut CallTime) {
    while let Some(action) = engine.poll_action() {
        if let Action::Say { speech, text, .. } = action {
            let heard_bytes = text.expose().len();
            *now = *now + Duration::from_millis(heard_bytes as u64 * 60);
            let playback = Playback { heard_bytes, span: Span { start: *now, end: *now }, failed: false };
            engine.handle(Event::PlaybackFinished { speech, playback }, *now);
        }
    }
}
