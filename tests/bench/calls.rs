//! Whole calls against the real server in a process of its own: how fast it answers, stops and hears, what it costs.
//!
//! All times are taken by the simulated carrier on the line, from the first and last sound of the caller's voice.

use std::fs;

use calmline::domain::{CallTime, PhoneNumber};
use calmline::telephony::local::{CallOutcome, Carrier, Measures, PlacedCall, Scenario, Script, scenarios};

use crate::support::{LINE, Place, Server};

/// Calls at once, and how many rounds of them.
const ROUNDS: [(usize, usize); 3] = [(1, 6), (4, 2), (8, 1)];
/// Clock ticks per second in `/proc`, the same on every Linux.
const TICKS: f64 = 100.0;

/// Measures and prints; takes about eleven minutes, for calls last as long as calls do.
pub async fn run() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let place = Place::new("server.max_calls = 8").await;
    let server = place.serve().await;
    println!("calls through the real socket: {cores} cores, {}, a Piper voice\n", hearing(&place));
    println!(
        "{:<8} {:>6} {:>15} {:>17} {:>17} {:>9} {:>10} {:>12}",
        "at once", "calls", "first audio ms", "answer ms", "clear ms", "spoiled", "CPU s/min", "peak MB"
    );
    println!(
        "{:<8} {:>6} {:>15} {:>17} {:>17} {:>9} {:>10} {:>12}",
        "", "", "p50 / p95", "p50 / p95", "p50 / worst", "turns", "of calls", "so far"
    );
    let carrier = place.carrier();
    for (at_once, rounds) in ROUNDS {
        let before = cpu_seconds(&server);
        let mut outcomes = Vec::new();
        for round in 0..rounds {
            let calls = (0..at_once).map(|line| call(&carrier, round * at_once + line));
            outcomes.extend(futures_util::future::join_all(calls).await);
        }
        report(at_once, &outcomes, cpu_seconds(&server) - before, peak_megabytes(&server));
    }
    println!(
        "\nbackchannels that stopped the bot are counted with the turns spoiled only if it did not go on."
    );
}

fn hearing(place: &Place) -> String {
    let log = place.log();
    let model = log.lines().find_map(|line| line.split_once("model=")).map(|(_, model)| model.to_owned());
    model.unwrap_or_else(|| "whisper as by default".to_owned())
}

async fn call(carrier: &Carrier, number: usize) -> CallOutcome {
    let callers = scenarios();
    let scenario: &Scenario = &callers[number % callers.len()];
    let script = Script::scenario(scenario.name).unwrap().unwrap().seed(number as u64 + 1);
    let call = PlacedCall {
        from: scenario.from.map(|number| PhoneNumber::parse(number).unwrap()),
        to: PhoneNumber::parse(LINE).unwrap(),
        forwarded_from: None,
        live: None,
    };
    carrier.place(call, script).await
}

fn report(at_once: usize, outcomes: &[CallOutcome], cpu: f64, peak: f64) {
    let measures: Vec<Measures> = outcomes.iter().map(|outcome| outcome.timeline.measure()).collect();
    let first: Vec<u64> = measures.iter().filter_map(|call| call.first_audio_ms).collect();
    let turns = || measures.iter().flat_map(|call| &call.turns);
    let answers: Vec<u64> = turns().filter_map(|turn| turn.to_audio_ms).collect();
    let clears: Vec<u64> = measures
        .iter()
        .flat_map(|call| &call.interruptions)
        .filter_map(|barge_in| barge_in.to_clear_ms)
        .collect();
    let missed =
        measures.iter().flat_map(|call| &call.interruptions).filter(|it| it.to_clear_ms.is_none()).count();
    let spoiled = turns().filter(|turn| turn.spoiled.is_some()).count();
    let minutes = outcomes.iter().map(minutes).sum::<f64>();
    let of = |values: &[u64], worst| {
        let (middle, high) = (quantile(values, 0.5), quantile(values, worst));
        format!("{middle} / {high}")
    };
    println!(
        "{at_once:<8} {:>6} {:>15} {:>17} {:>17} {:>9} {:>10.1} {peak:>12.0}",
        outcomes.len(),
        of(&first, 0.95),
        of(&answers, 0.95),
        of(&clears, 1.0),
        format!("{spoiled}/{}", turns().count()),
        cpu / minutes,
    );
    if missed > 0 {
        println!(
            "         {missed} interruptions came to nothing: the bot was silent by then or did not stop"
        );
    }
    for turn in turns().filter(|turn| turn.spoiled.is_some()) {
        println!("         spoiled: {} ({:?})", turn.role, turn.spoiled);
    }
}

fn minutes(outcome: &CallOutcome) -> f64 {
    let end = outcome.timeline.entries().last().map_or(CallTime::ZERO, |entry| entry.at);
    end.as_ms() as f64 / 60_000.0
}

/// The value below which that share of the values lies; zero of none.
fn quantile(values: &[u64], share: f64) -> u64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share).round() as usize).copied().unwrap_or(0)
}

/// Processor time that the server has used.
pub fn cpu_seconds(server: &Server) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", server.pid())).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let fields: Vec<&str> = fields.split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / TICKS
}

/// The most memory that the server has had.
pub fn peak_megabytes(server: &Server) -> f64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1000.0
}
