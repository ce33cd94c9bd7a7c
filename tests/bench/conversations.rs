//! How much of what callers tell survives speech: the scenarios of `tests/it/conversations`, first as written, then with
//! every line of the caller's spoken by a voice, sent through the telephone's codec and written down by whisper.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use calmline::audio::resample::resample;
use calmline::audio::{TELEPHONE_HZ, ulaw};
use calmline::domain::{Business, Expecting};
use calmline::models::{Cache, ModelId};
use calmline::synthesize::{self, Source, Synthesizer as _, Voice, sentences};
use calmline::transcribe::{Job, Priority, Settings, Whisper, hear, split};
use calmline::understanding::phone::{self, Reading};
use tokio::runtime::Runtime;

#[allow(dead_code, unused_imports, reason = "the integration tests use all of it")]
#[path = "../it/conversations/mod.rs"]
mod written;

use written::{Complaints, scenarios};

const WHISPER_HZ: u32 = 16_000;

/// Runs all scenarios twice and prints what was right each time; takes some minutes.
pub fn run(runtime: &Runtime) -> anyhow::Result<()> {
    let mut counts: [Counts; 2] = [Counts::new(), Counts::new()];
    let show = std::env::var_os("CALMLINE_BENCH_SHOW").is_some();
    let scenarios = scenarios();
    let (mut turns, started) = (0, Instant::now());
    for scenario in scenarios.values() {
        let held = scenario.hold(&scenarios);
        turns += held.caller_turns;
        add(&mut counts[0], &scenario.judge(&held));
    }
    let per_turn = started.elapsed().as_secs_f64() * 1000.0 / turns as f64;
    let folder = tempfile::tempdir()?;
    let telephone = Telephone::open(runtime, folder.path())?;
    for (name, scenario) in &scenarios {
        let mut ear =
            |words: &str, expecting, business: &Business| telephone.carry(words, expecting, business);
        let held = scenario.hold_with(&scenarios, None, &mut ear);
        let complaints = scenario.judge(&held);
        if show {
            println!("=== {name}\n{}--- {}\n", held.shown(), complaints.wrong.join("\n--- "));
        }
        add(&mut counts[1], &complaints);
    }
    println!("\n{} conversations, {turns} turns as written, {per_turn:.2} ms each\n", scenarios.len());
    println!("{:<12} {:>9} {:>11} {:>11}", "what", "asserted", "as written", "as spoken");
    let mut sums = (0, 0, 0);
    for (what, (asserted, written)) in &counts[0] {
        let (_, spoken) = counts[1].get(what).copied().unwrap_or_default();
        // Rules are looked at as often as there is something to look at, which differs.
        if *what != "rules" {
            println!("{what:<12} {asserted:>9} {written:>11} {spoken:>11}");
            sums = (sums.0 + asserted, sums.1 + written, sums.2 + spoken);
        }
    }
    println!("{:<12} {:>9} {:>11} {:>11}", "all", sums.0, sums.1, sums.2);
    Ok(())
}

type Counts = BTreeMap<&'static str, (usize, usize)>;

fn add(counts: &mut Counts, complaints: &Complaints) {
    for (what, (looked_at, right)) in &complaints.counts {
        let count = counts.entry(what).or_default();
        *count = (count.0 + looked_at, count.1 + right);
    }
}

/// A voice, a line and an ear.
struct Telephone<'a> {
    runtime: &'a Runtime,
    voice: Voice,
    whisper: Whisper,
}

impl<'a> Telephone<'a> {
    fn open(runtime: &'a Runtime, phrases: &Path) -> anyhow::Result<Self> {
        let cache = Cache::from_env()?;
        let _inside = runtime.enter();
        let voice = Voice::start(synthesize::Settings {
            source: Source::Piper(cache.find("piper-en_US-joe-medium".parse::<ModelId>()?)?),
            speed: 1.0,
            workers: 0,
            region: "US".to_owned(),
            cache: phrases.to_owned(),
            cache_bytes: 0,
        })?;
        let model = cache.find("whisper-tiny.en".parse::<ModelId>()?)?;
        let whisper = Whisper::start(Settings { model, workers: 1, threads_per_worker: 1, queue: 4 })?;
        Ok(Self { runtime, voice, whisper })
    }

    /// What is left of the words at the other end.
    fn carry(&self, words: &str, expecting: Expecting, business: &Business) -> String {
        if words.is_empty() || words.starts_with('/') {
            return words.to_owned();
        }
        self.runtime.block_on(async {
            let mut line = Vec::new();
            for sentence in sentences(words) {
                let mut audio = self.voice.speak(&words[sentence]);
                while let Some(slice) = audio.recv().await {
                    line.extend_from_slice(&slice.unwrap());
                }
                // A breath between two sentences.
                line.extend(vec![ulaw::SILENCE; TELEPHONE_HZ as usize / 5]);
            }
            let samples = resample(&ulaw::decode(&line), TELEPHONE_HZ, WHISPER_HZ);
            let mut heard = Vec::new();
            for piece in split(&samples) {
                let samples: Arc<[f32]> = samples[piece].into();
                let job = Job { samples, vocabulary: business.name.clone(), priority: Priority::Final };
                // As in a call: digits that are a good part of a number, but no whole one.
                let broken = |text: &str| {
                    matches!(phone::read(text, &business.region), Reading::Partial(digits) if digits.len() > 4)
                };
                heard.push(hear(&self.whisper, job, expecting, broken).await.unwrap().text);
            }
            heard.join(" ")
        })
    }
}
