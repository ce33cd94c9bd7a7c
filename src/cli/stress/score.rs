//! `calmline stress FILE…`: the levels of recordings.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::audio::TELEPHONE_HZ;
use crate::stress::average::{Averages, averages};
use crate::stress::baseline::Baseline;
use crate::stress::frame::Measurer;
use crate::stress::scorer::{Scorer, VoiceStress, learn_baseline};

use super::{ModelFile, model, network_if_there, progress, recording};

/// Samples given to the scorer at once: 20 ms, as from a carrier.
const FRAME: usize = 160;

/// The arguments of `calmline stress FILE…`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// WAV or FLAC recordings of one caller, of any rate and length
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A recording of the same caller's calm voice; may be given several times
    #[arg(long, value_name = "FILE")]
    baseline: Vec<PathBuf>,
    #[command(flatten)]
    model: ModelFile,
    /// Print one JSON object a line and file
    #[arg(long)]
    json: bool,
}

/// One recording, scored.
#[derive(Debug, Serialize)]
struct Report<'a> {
    file: &'a Path,
    seconds: f32,
    overall: Overall,
    /// The sound in figures of the field; none without a voice.
    sound: Option<Averages>,
    windows: Vec<Update>,
}

/// The level of the whole recording.
#[derive(Debug, Serialize)]
struct Overall {
    /// From 0 to 100; none if there is too little speech.
    level: Option<f32>,
    parts: Parts,
    low: Option<f32>,
    high: Option<f32>,
    confidence: f32,
    reasons: Vec<String>,
    speech_seconds: f32,
}

/// What the level is made of; a recording alone has no course, and its words are not heard.
#[derive(Debug, Serialize)]
struct Parts {
    voice: Option<f32>,
}

/// The level of the latest few seconds, at some time.
#[derive(Debug, Serialize)]
struct Update {
    at_seconds: f32,
    #[serde(flatten)]
    stress: VoiceStress,
}

/// Prints the levels of the recordings one after the other.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let model = model(args.model.model.as_deref())?;
    let network = network_if_there()?;
    let calm: Vec<Vec<f32>> =
        args.baseline.iter().map(|file| recording(file)).collect::<anyhow::Result<_>>()?;
    let baseline = learn_baseline(calm.iter().map(Vec::as_slice));
    let bar = progress("scoring", args.files.len())?;
    for file in bar.wrap_iter(args.files.iter()) {
        let samples = recording(file)?;
        let scorer = Scorer::new(model.clone(), network.clone(), baseline.clone());
        let report = report(file, &samples, scorer);
        let printed = bar.suspend(|| print(&report, &baseline, args.json));
        printed?;
    }
    Ok(())
}

fn report<'a>(file: &'a Path, samples: &[f32], mut scorer: Scorer) -> Report<'a> {
    let seconds = |samples: usize| samples as f32 / TELEPHONE_HZ as f32;
    let mut windows = Vec::new();
    for (n, frame) in samples.chunks(FRAME).enumerate() {
        let at_seconds = seconds(n * FRAME + frame.len());
        windows.extend(scorer.feed(frame).into_iter().map(|stress| Update { at_seconds, stress }));
    }
    let at_seconds = seconds(samples.len());
    windows.extend(scorer.turn_ended().map(|stress| Update { at_seconds, stress }));
    let mut measurer = Measurer::new();
    let mut frames = measurer.push(samples);
    frames.extend(measurer.flush());
    let overall = scorer.overall();
    let level = overall.as_ref().map(|overall| overall.level);
    Report {
        file,
        seconds: at_seconds,
        windows,
        sound: averages(&frames),
        overall: Overall {
            level,
            parts: Parts { voice: level },
            low: overall.as_ref().map(|overall| overall.low),
            high: overall.as_ref().map(|overall| overall.high),
            confidence: overall.as_ref().map_or(0.0, |overall| overall.confidence),
            speech_seconds: overall.as_ref().map_or(0.0, |overall| overall.speech_seconds),
            reasons: overall.map(|overall| overall.reasons).unwrap_or_default(),
        },
    }
}

fn print(report: &Report, baseline: &Baseline, json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        serde_json::to_writer(&mut out, report)?;
        writeln!(out)?;
        return Ok(());
    }
    let overall = &report.overall;
    let (Some(level), Some(low), Some(high)) = (overall.level, overall.low, overall.high) else {
        writeln!(out, "{}: too little speech to tell", report.file.display())?;
        return Ok(());
    };
    writeln!(
        out,
        "{}: {level:.0} of 100 ({low:.0}–{high:.0}, confidence {:.2}) over {:.1} s of speech",
        report.file.display(),
        overall.confidence,
        overall.speech_seconds,
    )?;
    if baseline.seconds() <= 0.0 {
        writeln!(out, "  compared with people in general: no --baseline of this caller was given")?;
    }
    for reason in &overall.reasons {
        writeln!(out, "  {reason}")?;
    }
    for Update { at_seconds, stress } in &report.windows {
        writeln!(out, "  {at_seconds:>7.2} s  {:>3.0}  {}", stress.level, stress.reasons.join("; "))?;
    }
    Ok(())
}
