//! How much of what callers tell survives speech: the scenarios of `tests/it/conversations`, first as written, then with
//! every line of the caller's spoken by a voice, sent through the telephone's codec and written down by whisper.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
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
pub mod written;

use written::{Complaints, scenarios};

const WHISPER_HZ: u32 = 16_000;
/// Of silence between two sentences.
const BREATH: usize = TELEPHONE_HZ as usize / 5;

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
    print_counts(&["as written", "as spoken"], &counts);
    Ok(())
}

/// How much was asserted, and how much of it was right, by what it is about.
pub type Counts = BTreeMap<&'static str, (usize, usize)>;

/// Prints one column for each way in which the same conversations were held.
pub fn print_counts(ways: &[&str], counts: &[Counts]) {
    let row = |what: &str, asserted: &str, right: &[usize]| {
        let right: String = right.iter().map(|right| format!(" {right:>11}")).collect();
        println!("{what:<24} {asserted:>9}{right}");
    };
    let head: String = ways.iter().map(|way| format!(" {way:>11}")).collect();
    println!("{:<24} {:>9}{head}", "what", "asserted");
    let mut sums = vec![0; counts.len()];
    let mut asserted_in_all = 0;
    for (what, (asserted, _)) in &counts[0] {
        let right = counts.iter().map(|way| way.get(what).map_or(0, |(_, right)| *right));
        let right: Vec<usize> = right.collect();
        // Rules are looked at as often as there is something to look at, which differs.
        if *what != "rules" {
            row(what, &asserted.to_string(), &right);
            asserted_in_all += asserted;
            sums.iter_mut().zip(right).for_each(|(sum, right)| *sum += right);
        }
    }
    row("all", &asserted_in_all.to_string(), &sums);
    let broken = counts.iter().map(|way| way.get("rules").map_or(0, |(looked_at, kept)| looked_at - kept));
    row("rules broken", "", &broken.collect::<Vec<_>>());
}

/// Adds what was found in one conversation.
pub fn add(counts: &mut Counts, complaints: &Complaints) {
    for (what, (looked_at, right)) in &complaints.counts {
        let count = counts.entry(what).or_default();
        *count = (count.0 + looked_at, count.1 + right);
    }
}

/// A voice, a line and an ear.
pub struct Telephone<'a> {
    runtime: &'a Runtime,
    voice: Voice,
    whisper: Whisper,
    spoken: RefCell<BTreeMap<String, Rc<[u8]>>>,
}

impl<'a> Telephone<'a> {
    /// Starts the voice, whose fixed phrases go to a folder, and the ear.
    pub fn open(runtime: &'a Runtime, phrases: &Path) -> anyhow::Result<Self> {
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
        Ok(Self { runtime, voice, whisper, spoken: RefCell::default() })
    }

    /// What is left of the words at the other end.
    pub fn carry(&self, words: &str, expecting: Expecting, business: &Business) -> String {
        if words.is_empty() {
            return String::new();
        }
        let samples = resample(&ulaw::decode(&self.say(words)), TELEPHONE_HZ, WHISPER_HZ);
        self.runtime.block_on(async {
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

    /// The words in the voice, as they go over the line; each only once made.
    pub fn say(&self, words: &str) -> Rc<[u8]> {
        if let Some(line) = self.spoken.borrow().get(words) {
            return Rc::clone(line);
        }
        let mut line = Vec::new();
        for sentence in sentences(words) {
            if !line.is_empty() {
                line.extend([ulaw::SILENCE; BREATH]);
            }
            let mut audio = self.voice.speak(&words[sentence]);
            while let Some(slice) = self.runtime.block_on(audio.recv()) {
                line.extend_from_slice(&slice.unwrap());
            }
        }
        let line: Rc<[u8]> = line.into();
        self.spoken.borrow_mut().insert(words.to_owned(), Rc::clone(&line));
        line
    }
}
