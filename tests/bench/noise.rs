//! What the whole ear makes of noise: turns that nobody spoke, and words that nobody said.

use std::collections::BTreeMap;
use std::path::Path;

use calmline::audio::turn::{TurnDetector, TurnNews};
use calmline::audio::vad::VadModel;
use calmline::domain::Expecting;
use calmline::models::{Cache, ModelId};
use calmline::transcribe::{Job, Priority, Settings, Transcriber as _, Whisper};
use calmline::understanding::completeness;

use crate::ear::{Clip, noise_clips};

const FRAME: usize = 160;
const HZ: f64 = 8_000.0;

#[derive(Default)]
struct Sums {
    minutes: f64,
    turns: usize,
    worded: usize,
    words: usize,
}

/// Prints, by kind of noise, the turns the ear takes it for and the words whisper finds in them, per minute.
pub async fn run(data: &Path) -> anyhow::Result<()> {
    let vad = VadModel::load()?;
    let model = Cache::from_env()?.find(ModelId::WhisperTinyEn)?;
    let whisper = Whisper::start(Settings { model, workers: 1, threads_per_worker: 1, queue: 8 })?;
    let mut classes: BTreeMap<String, Sums> = BTreeMap::new();
    for clip in noise_clips(data) {
        let (turns, texts) = hear(&clip, &vad, &whisper).await?;
        let sums = classes.entry(clip.class.clone()).or_default();
        sums.minutes += clip.samples.len() as f64 / HZ / 60.0;
        sums.turns += turns;
        sums.worded += texts.len();
        sums.words += texts.iter().map(|text| text.split_whitespace().count()).sum::<usize>();
    }
    println!(
        "\nNoise, with whisper tiny.en: turns the ear took it for, and what was found in them, per minute"
    );
    println!("| noise | minutes | turns | turns with words | words |\n|---|---|---|---|---|");
    for (class, Sums { minutes, turns, worded, words }) in &classes {
        let rate = |count: &usize| *count as f64 / minutes;
        println!(
            "| {class} | {minutes:.1} | {:.1} | {:.1} | {:.1} |",
            rate(turns),
            rate(worded),
            rate(words)
        );
    }
    Ok(())
}

/// The number of turns, and the texts of those that had any words.
async fn hear(clip: &Clip, vad: &VadModel, whisper: &Whisper) -> anyhow::Result<(usize, Vec<String>)> {
    let mut ear = TurnDetector::new(vad.clone());
    let (mut turns, mut texts, mut latest) = (0, Vec::new(), String::new());
    for frame in clip.samples.chunks(FRAME) {
        ear.push(frame);
        while let Some(news) = ear.poll() {
            match news {
                TurnNews::Segment(segment) => {
                    let vocabulary = "Fernwood Heating and Plumbing".to_owned();
                    let job = Job { samples: segment.samples, vocabulary, priority: Priority::Final };
                    latest = whisper.transcribe(job).await?.text;
                    ear.words(segment.id, completeness(&latest, Expecting::Anything), !latest.is_empty());
                }
                TurnNews::TurnEnded { .. } => {
                    turns += 1;
                    texts.extend((!latest.is_empty()).then(|| std::mem::take(&mut latest)));
                }
                TurnNews::SpeechStarted { .. }
                | TurnNews::SpeechResumed { .. }
                | TurnNews::SegmentKept { .. }
                | TurnNews::NoiseEnded { .. } => {}
            }
        }
    }
    Ok((turns, texts))
}
