//! `calmline stress eval`: how good the levels are.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use crate::stress::augment::levelled;
use crate::stress::baseline::Baseline;
use crate::stress::evaluate::{Judged, Quality, quality};
use crate::stress::fit::Label;
use crate::stress::random::SplitMix;
use crate::stress::scorer::{Scorer, learn_baseline};

use super::manifest::Entry;
use super::{ModelFile, manifest, model, network_if_there, progress, recording};

/// Calm recordings that a speaker's baseline is learned from; they are not judged.
const BASELINE_RECORDINGS: usize = 2;
/// The level from which a voice counts as stressed.
const LINE: f32 = 78.0;
/// The largest change of level, in dB, up or down.
const GAIN_DB: f32 = 12.0;

/// The arguments of `calmline stress eval`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A table of recordings with the columns path, corpus, speaker, sex and label
    #[arg(value_name = "MANIFEST")]
    manifest: PathBuf,
    #[command(flatten)]
    model: ModelFile,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is done to the level of every recording first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Levels {
    Plain,
    Levelled,
    RandomGain,
}

/// One way of judging.
#[derive(Debug, Serialize)]
struct Judgement {
    levels: Levels,
    /// Whether a baseline of two of the speaker's own calm recordings was given.
    baseline: bool,
    /// Recordings with too little speech, or of speakers without calm recordings to spare.
    unscored: usize,
    overall: Quality,
    by: BTreeMap<String, Quality>,
}

/// Prints the quality of the levels in all ways of judging.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let model = model(args.model.model.as_deref())?;
    let network = network_if_there()?;
    let entries = manifest::read(&args.manifest)?;
    let bar = progress("reading", entries.len())?;
    let samples: Vec<Vec<f32>> =
        bar.wrap_iter(entries.iter()).map(|entry| recording(&entry.path)).collect::<anyhow::Result<_>>()?;
    let ways =
        [Levels::Plain, Levels::Levelled, Levels::RandomGain].map(|levels| [(levels, true), (levels, false)]);
    let bar = progress("judging", entries.len() * ways.as_flattened().len())?;
    let judgements: Vec<Judgement> = ways
        .as_flattened()
        .iter()
        .map(|(levels, baseline)| {
            let scorer = |own| Scorer::new(Arc::clone(&model), network.clone(), own);
            judge(scorer, &entries, &samples, *levels, *baseline, || bar.inc(1))
        })
        .collect();
    bar.finish_and_clear();
    if args.json {
        println!("{}", serde_json::to_string(&judgements)?);
    } else {
        judgements.iter().for_each(print);
    }
    Ok(())
}

fn judge(
    scorer: impl Fn(Baseline) -> Scorer,
    entries: &[Entry],
    samples: &[Vec<f32>],
    levels: Levels,
    with_baseline: bool,
    step: impl Fn(),
) -> Judgement {
    let mut random = SplitMix::new(78);
    let heard: Vec<Vec<f32>> = samples.iter().map(|samples| change(samples, levels, &mut random)).collect();
    let mut calm: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (n, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.label == Label::Calm) {
        calm.entry(&entry.speaker).or_default().push(n);
    }
    // "Neutral" before "calm", so that the usual voice is the usual one.
    calm.values_mut().for_each(|all| all.sort_by_key(|n| entries[*n].name != "neutral"));
    calm.retain(|_, all| all.len() > BASELINE_RECORDINGS);
    calm.values_mut().for_each(|all| all.truncate(BASELINE_RECORDINGS));
    let baselines: BTreeMap<&str, Baseline> = calm
        .iter()
        .map(|(speaker, all)| (*speaker, learn_baseline(all.iter().map(|n| heard[*n].as_slice()))))
        .collect();
    let mut groups: BTreeMap<String, Vec<Judged>> = BTreeMap::new();
    let (mut all, mut unscored) = (Vec::new(), 0);
    for (n, entry) in entries.iter().enumerate() {
        step();
        if calm.get(entry.speaker.as_str()).is_some_and(|all| all.contains(&n)) {
            continue;
        }
        let own = baselines.get(entry.speaker.as_str());
        let baseline = if with_baseline { own.cloned() } else { Some(Baseline::default()) };
        let level = baseline.and_then(|baseline| level(scorer(baseline), &heard[n]));
        let Some(level) = level else {
            unscored += 1;
            continue;
        };
        let judged = Judged { level, stressed: entry.label.stressed() };
        all.push(judged);
        for group in [&entry.corpus, &entry.sex, &entry.name] {
            groups.entry(group.clone()).or_default().push(judged);
        }
    }
    let by = groups.into_iter().map(|(group, judged)| (group, quality(&judged, LINE))).collect();
    Judgement { levels, baseline: with_baseline, unscored, overall: quality(&all, LINE), by }
}

fn change(samples: &[f32], levels: Levels, random: &mut SplitMix) -> Vec<f32> {
    match levels {
        Levels::Plain => samples.to_vec(),
        Levels::Levelled => levelled(samples),
        Levels::RandomGain => {
            let gain = 10f32.powf(random.between(-GAIN_DB, GAIN_DB) / 20.0);
            samples.iter().map(|sample| (sample * gain).clamp(-1.0, 1.0)).collect()
        }
    }
}

fn level(mut scorer: Scorer, samples: &[f32]) -> Option<f32> {
    scorer.feed(samples);
    scorer.turn_ended();
    scorer.overall().map(|overall| overall.level)
}

fn print(judgement: &Judgement) {
    let levels = match judgement.levels {
        Levels::Plain => "plain",
        Levels::Levelled => "levelled",
        Levels::RandomGain => "random gain",
    };
    let baseline = if judgement.baseline { "with" } else { "without" };
    println!("\n{levels}, {baseline} baseline ({} not scored)", judgement.unscored);
    println!("| | clips | stressed | AUC | Brier | ECE | over 78 of stressed | over 78 of others |");
    println!("|---|---|---|---|---|---|---|---|");
    row("all", &judgement.overall);
    for (group, quality) in &judgement.by {
        row(group, quality);
    }
    println!("\n| level | clips | mean level | stressed |\n|---|---|---|---|");
    for bin in &judgement.overall.reliability {
        println!(
            "| {:.0}–{:.0} | {} | {:.0} | {:.0} % |",
            bin.from,
            bin.from + 10.0,
            bin.count,
            bin.mean_level,
            bin.stressed_percent
        );
    }
}

fn row(name: &str, quality: &Quality) {
    let figure = |value: Option<f32>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"));
    let share =
        |value: Option<f32>| value.map_or_else(|| "–".to_owned(), |value| format!("{:.0} %", 100.0 * value));
    println!(
        "| {name} | {} | {} | {} | {} | {} | {} | {} |",
        quality.count,
        quality.stressed,
        figure(quality.auc),
        figure(quality.brier),
        figure(quality.ece),
        share(quality.sensitivity),
        share(quality.false_alarms),
    );
}
