//! Fitting the model to labelled recordings: reproducible, and judged on speakers it has not heard.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::augment::Line;
use super::baseline::Baseline;
use super::evaluate::{Judged, auc, quality};
use super::frame::{FRAMES_PER_SECOND, Frame, HOP, Measurer};
use super::logistic::{self, Row};
use super::measure::{Measure, Measures, measure};
use super::model::{Calibration, Card, Model, OBSERVATION_SECONDS, Term, deviation, known};
use super::random::SplitMix;
use super::second::Second;
use crate::audio::timbre::TimbreNetwork;

/// Lines that every speaker is heard through; the first is clean.
const LINES: u64 = 4;
/// Groups of speakers; each is judged by a model that was fitted on the others.
const FOLDS: usize = 10;
/// Every stretch is cut to the same length, so that the length of a recording tells nothing.
const STRETCH_FRAMES: usize = 2 * FRAMES_PER_SECOND;
/// Stretches taken from one recording at most.
const STRETCHES: usize = 4;
/// Calm stretches that a caller's baseline is learned from, in turn; none, and many, are among them.
const BASELINES: [usize; 4] = [0, 1, 2, 4];
/// Actors show emotions more strongly than callers do: each is also learned at this share of its distance from the usual.
const MILDER: f64 = 0.5;
/// How strongly the weights are held small, against a sum of the examples' weights of one.
const PENALTY: f64 = 0.02;
/// The same for the weights of a timbre, of whose numbers there are many. Chosen on speakers left out of the fit.
const PENALTY_TIMBRE: f64 = 0.03;
/// The level whose rates are reported.
const LINE: f32 = 78.0;

/// What a recording is labelled as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// Angry.
    Angry,
    /// Afraid.
    Fearful,
    /// Happy: excited without distress, the likeliest false alarm.
    Happy,
    /// Neutral or calm: usual speech, of which baselines are made.
    Calm,
    /// Read aloud: usual speech too, but all of a speaker's in one recording.
    Read,
    /// Bored or sad: not usual, and not stressed in this model's sense.
    Low,
}

impl Label {
    /// Reads the label of a manifest; none for emotions that are on neither side.
    pub fn read(label: &str) -> Option<Self> {
        Some(match label {
            "angry" => Self::Angry,
            "fearful" => Self::Fearful,
            "happy" => Self::Happy,
            "neutral" | "calm" => Self::Calm,
            "read" => Self::Read,
            "bored" | "boredom" | "sad" => Self::Low,
            _ => return None,
        })
    }

    /// Whether the model should find it stressed.
    pub fn stressed(self) -> bool {
        match self {
            Self::Angry | Self::Fearful => true,
            Self::Happy | Self::Calm | Self::Read | Self::Low => false,
        }
    }

    fn usual(self) -> bool {
        match self {
            Self::Calm | Self::Read => true,
            Self::Angry | Self::Fearful | Self::Happy | Self::Low => false,
        }
    }

    /// Its share of all examples' weight.
    fn share(self) -> f64 {
        match self {
            Self::Angry | Self::Fearful | Self::Happy | Self::Low => 0.2,
            Self::Calm => 0.15,
            Self::Read => 0.05,
        }
    }
}

/// A labelled recording.
#[derive(Debug, Clone)]
pub struct Example {
    /// Who speaks; the same person has the same name in all manifests.
    pub speaker: String,
    /// How.
    pub label: Label,
    /// Samples at 8 kHz.
    pub samples: Vec<f32>,
}

/// One stretch of a speaker on a line.
struct Stretch {
    speaker: usize,
    /// Speaker and line.
    session: (usize, u64),
    recording: usize,
    label: Label,
    measures: Measures,
    /// What the network makes of it; nothing without one.
    timbre: Vec<f32>,
    /// The second opinion by a model that has not heard its speaker.
    opinion: f64,
}

/// An example of the regression, and where it came from.
struct Case {
    row: Row,
    opinion: f64,
    speaker: usize,
    label: Label,
    known: f64,
    /// Whether it is as intense as it was recorded.
    full: bool,
}

/// Why nothing can be fitted.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a fit needs at least {FOLDS} speakers, calm recordings of each, and stressed ones of some")]
pub struct FitError;

/// Fits a model, with a second opinion if there is a network to give one; `progress` is called after every recording that
/// was measured, with the number done and of all.
///
/// # Errors
/// When there are too few speakers or only one side.
pub fn fit(
    examples: &[Example],
    network: Option<&TimbreNetwork>,
    mut progress: impl FnMut(usize, usize),
) -> Result<Model, FitError> {
    let names: BTreeSet<&str> = examples.iter().map(|example| example.speaker.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let mut stretches = stretches(examples, &names, network, &mut progress);
    let sides: BTreeSet<bool> = stretches.iter().map(|stretch| stretch.label.stressed()).collect();
    if names.len() < FOLDS || sides.len() < 2 {
        return Err(FitError);
    }
    if network.is_some() {
        opinions_out_of_fold(&mut stretches);
    }
    let population = population(&stretches);
    let measures: Vec<Measure> = population.keys().copied().collect();
    let cases = cases(&stretches, &population, &measures);
    let sums = out_of_fold(&cases, &measures);
    let calibration = calibrate(&cases, &sums);
    let weights = weigh(&cases.iter().collect::<Vec<&Case>>(), &measures);
    let weighty = measures.iter().zip(&weights[1..]).filter(|(_, weight)| **weight != 0.0);
    let terms = weighty.filter_map(|(measure, weight)| {
        let term = population.get(measure)?;
        Some((*measure, Term { weight: *weight as f32, ..*term }))
    });
    let mut figures = figures("", &cases, &sums, &calibration);
    let second = network.map(|_| {
        let share = share_of_opinion(&cases, &sums);
        let sums: Vec<f64> = cases.iter().zip(&sums).map(|(case, sum)| sum + share * case.opinion).collect();
        let calibration = calibrate(&cases, &sums);
        figures.extend(self::figures("second.", &cases, &sums, &calibration));
        let (intercept, weights) = weigh_timbre(&stretches.iter().collect::<Vec<&Stretch>>());
        let weights = weights.into_iter().map(|weight| (share * weight) as f32).collect();
        let network = TimbreNetwork::NAME.to_owned();
        Second {
            network,
            intercept: (share * intercept) as f32,
            calibration,
            noise: noise(&cases, &sums),
            weights,
        }
    });
    Ok(Model {
        version: 1,
        card: Card { figures, ..Card::default() },
        intercept: weights[0] as f32,
        calibration,
        noise: noise(&cases, &sums),
        terms: terms.collect(),
        second,
    })
}

/// Measures every recording on every line.
fn stretches(
    examples: &[Example],
    names: &[&str],
    network: Option<&TimbreNetwork>,
    progress: &mut impl FnMut(usize, usize),
) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    let all = examples.len() * LINES as usize;
    for number in 0..LINES {
        for (recording, example) in examples.iter().enumerate() {
            let speaker = names.partition_point(|name| *name < example.speaker.as_str());
            let line_of_speaker = number * 1_000_003 + speaker as u64;
            let line =
                if number == 0 { Line::CLEAN } else { Line::draw(&mut SplitMix::new(line_of_speaker)) };
            let mut random = SplitMix::new(line_of_speaker * 7_919 + recording as u64 + 1);
            let gain = if number == 0 { 0.0 } else { random.between(-12.0, 12.0) };
            let samples = line.carry(&example.samples, gain, &mut random);
            let frames = frames(&samples);
            for part in cut(&frames, &mut random) {
                let Some(measures) = measure(&frames[part.clone()]) else { continue };
                let sound = &samples[HOP * part.start..samples.len().min(HOP * part.end)];
                let timbre = network.map_or_else(Vec::new, |network| network.timbre(sound));
                let (session, label) = ((speaker, number), example.label);
                stretches.push(Stretch {
                    speaker,
                    session,
                    recording,
                    label,
                    measures,
                    timbre,
                    opinion: 0.0,
                });
            }
            progress(number as usize * examples.len() + recording + 1, all);
        }
    }
    stretches
}

fn frames(samples: &[f32]) -> Vec<Frame> {
    let mut measurer = Measurer::new();
    let mut frames = measurer.push(samples);
    frames.extend(measurer.flush());
    frames
}

/// Stretches of one length from the part of a recording where somebody speaks.
fn cut(frames: &[Frame], random: &mut SplitMix) -> Vec<Range<usize>> {
    let voiced = |frame: &Frame| frame.pitch.hz.is_some();
    let Some(first) = frames.iter().position(voiced) else { return Vec::new() };
    let last = frames.iter().rposition(voiced).unwrap_or(first);
    let spoken = first.saturating_sub(10)..(last + 10).min(frames.len());
    let count = (spoken.len() / STRETCH_FRAMES).clamp(1, STRETCHES);
    let part = spoken.len() / count;
    (0..count)
        .map(|n| {
            let room = part.saturating_sub(STRETCH_FRAMES);
            let start = spoken.start + n * part + random.below(room + 1);
            start..(start + STRETCH_FRAMES).min(spoken.end)
        })
        .collect()
}

/// The means and spreads of usual speech, over speakers of whom there are several stretches of it. Within a speaker only
/// calm speech counts: who reads a story acts it.
fn population(stretches: &[Stretch]) -> BTreeMap<Measure, Term> {
    let mut terms = BTreeMap::new();
    for measure in Measure::ALL {
        let mut sessions: BTreeMap<(Label, (usize, u64)), Vec<f64>> = BTreeMap::new();
        for stretch in stretches.iter().filter(|stretch| stretch.label.usual()) {
            let values = sessions.entry((stretch.label, stretch.session)).or_default();
            values.extend(stretch.measures.0[measure as usize].map(f64::from));
        }
        sessions.retain(|_, values| values.len() > 1);
        let means: Vec<f64> = sessions.values().map(|values| mean(values)).collect();
        if means.len() < 2 {
            continue;
        }
        let calm = sessions.iter().filter(|((label, _), _)| *label == Label::Calm);
        let within = mean(&calm.map(|(_, values)| variance(values)).collect::<Vec<f64>>());
        let of_means = |values: &Vec<f64>| variance(values) / values.len() as f64;
        let each = mean(&sessions.values().map(of_means).collect::<Vec<f64>>());
        let between = (variance(&means) - each).max(0.01 * within);
        if within > 0.0 {
            let [mean, between, within] =
                [mean(&means), between.sqrt(), within.sqrt()].map(|value| value as f32);
            terms.insert(measure, Term { weight: 0.0, mean, between, within });
        }
    }
    terms
}

/// Compares every stretch, and a milder one made of it, with baselines made of other calm recordings of its session.
fn cases(stretches: &[Stretch], population: &BTreeMap<Measure, Term>, chosen: &[Measure]) -> Vec<Case> {
    let mut calm: BTreeMap<(usize, u64), Vec<&Stretch>> = BTreeMap::new();
    for stretch in stretches.iter().filter(|stretch| stretch.label.usual()) {
        calm.entry(stretch.session).or_default().push(stretch);
    }
    let mut cases = Vec::new();
    let mut random = SplitMix::new(1);
    for stretch in stretches {
        let mut others: Vec<&Stretch> = calm.get(&stretch.session).cloned().unwrap_or_default();
        // Where a speaker has one recording only, its other stretches are the baseline.
        let elsewhere = others.iter().any(|other| other.recording != stretch.recording);
        others.retain(|other| {
            if elsewhere { other.recording != stretch.recording } else { !std::ptr::eq(*other, stretch) }
        });
        for count in BASELINES {
            let all = others.len();
            (0..all).for_each(|n| others.swap(n, n + random.below(all - n)));
            let (own, rest) = others.split_at(count.min(all));
            let mut baseline = Baseline::default();
            own.iter().for_each(|other| baseline.learn(&other.measures, OBSERVATION_SECONDS));
            let mut add = |measures: &Measures, opinion: f64, full: bool| {
                let deviations = chosen.iter().map(|measure| {
                    let found = deviation(&population[measure], *measure, measures, &baseline);
                    f64::from(found.unwrap_or(0.0))
                });
                let inputs = std::iter::once(1.0).chain(deviations).collect();
                let row = Row { inputs, target: stretch.label.stressed(), weight: 0.0 };
                let known = f64::from(known(&baseline));
                let (speaker, label) = (stretch.speaker, stretch.label);
                cases.push(Case { row, opinion, speaker, label, known, full });
            };
            add(&stretch.measures, stretch.opinion, true);
            if let Some(calm) = rest.first().filter(|_| !stretch.label.usual()) {
                let (measures, opinion) = milder(stretch, calm, &others);
                add(&measures, opinion, false);
            }
        }
    }
    let weights = weights(&cases.iter().collect::<Vec<&Case>>());
    for (case, weight) in cases.iter_mut().zip(weights) {
        case.row.weight = weight;
    }
    cases
}

/// Every label's share of the weight, spread over its cases.
fn weights(cases: &[&Case]) -> Vec<f64> {
    let mut counts: BTreeMap<Label, f64> = BTreeMap::new();
    for case in cases {
        *counts.entry(case.label).or_default() += 1.0;
    }
    cases.iter().map(|case| case.label.share() / counts[&case.label]).collect()
}

/// What the emotion adds to the usual is made less; what differs between calm stretches anyway makes up for the variance,
/// so that a small deviation is not worth more than it will be.
fn milder(stretch: &Stretch, calm: &Stretch, usual: &[&Stretch]) -> (Measures, f64) {
    let mild = |value: f64, calm: f64, mean: f64| {
        mean + MILDER * (value - mean) + (1.0 - MILDER.powi(2)).sqrt() * (calm - mean)
    };
    let measures = std::array::from_fn(|n| {
        let of = |one: &Stretch| one.measures.0[n].map(f64::from);
        let all: Vec<f64> = usual.iter().filter_map(|one| of(one)).collect();
        Some(mild(of(stretch)?, of(calm)?, mean(&all)) as f32)
    });
    let opinions: Vec<f64> = usual.iter().map(|one| one.opinion).collect();
    (Measures(measures), mild(stretch.opinion, calm.opinion, mean(&opinions)))
}

/// The intercept and the measures' weights; a measure that would work against what is known of stress gets none.
fn weigh(cases: &[&Case], measures: &[Measure]) -> Vec<f64> {
    let mut kept: Vec<usize> = (0..measures.len()).collect();
    loop {
        let rows: Vec<Row> = cases
            .iter()
            .map(|case| {
                let inputs =
                    std::iter::once(1.0).chain(kept.iter().map(|n| case.row.inputs[n + 1])).collect();
                Row { inputs, ..case.row }
            })
            .collect();
        let mut penalties = vec![PENALTY; kept.len() + 1];
        penalties[0] = 0.0;
        let found = logistic::fit(&rows, &penalties);
        let wrong =
            |n: usize| if measures[kept[n]].raised_by_stress() { -found[n + 1] } else { found[n + 1] };
        let worst = (0..kept.len()).max_by(|one, other| wrong(*one).total_cmp(&wrong(*other)));
        match worst {
            Some(worst) if wrong(worst) > 0.0 => {
                kept.remove(worst);
            }
            Some(_) | None => {
                let mut weights = vec![0.0; measures.len() + 1];
                weights[0] = found[0];
                for (n, weight) in kept.iter().zip(&found[1..]) {
                    weights[n + 1] = *weight;
                }
                return weights;
            }
        }
    }
}

/// For every case the sum by a model that has not heard its speaker.
fn out_of_fold(cases: &[Case], measures: &[Measure]) -> Vec<f64> {
    let mut sums = vec![0.0; cases.len()];
    for fold in 0..FOLDS {
        let others: Vec<&Case> = cases.iter().filter(|case| case.speaker % FOLDS != fold).collect();
        let weights = weigh(&others, measures);
        for (sum, case) in sums.iter_mut().zip(cases).filter(|(_, case)| case.speaker % FOLDS == fold) {
            *sum = case.row.inputs.iter().zip(&weights).map(|(input, weight)| input * weight).sum();
        }
    }
    sums
}

/// The weights of a timbre's numbers: those of the numbers in standard deviations, held small, in the numbers' own units.
fn weigh_timbre(stretches: &[&Stretch]) -> (f64, Vec<f64>) {
    let mut counts: BTreeMap<Label, f64> = BTreeMap::new();
    for stretch in stretches {
        *counts.entry(stretch.label).or_default() += 1.0;
    }
    let width = stretches.first().map_or(0, |stretch| stretch.timbre.len());
    let column = |n: usize| stretches.iter().map(|one| f64::from(one.timbre[n])).collect::<Vec<f64>>();
    let scales: Vec<(f64, f64)> =
        (0..width).map(column).map(|column| (mean(&column), variance(&column).sqrt().max(1e-6))).collect();
    let rows: Vec<Row> = stretches
        .iter()
        .map(|stretch| {
            let scaled = stretch.timbre.iter().zip(&scales);
            let scaled = scaled.map(|(value, (mean, spread))| (f64::from(*value) - mean) / spread);
            let inputs = std::iter::once(1.0).chain(scaled).collect();
            let weight = stretch.label.share() / counts[&stretch.label];
            Row { inputs, target: stretch.label.stressed(), weight }
        })
        .collect();
    let mut penalties = vec![PENALTY_TIMBRE; width + 1];
    penalties[0] = 0.0;
    let found = logistic::fit(&rows, &penalties);
    let weights: Vec<f64> =
        found[1..].iter().zip(&scales).map(|(weight, (_, spread))| weight / spread).collect();
    let shift: f64 = weights.iter().zip(&scales).map(|(weight, (mean, _))| weight * mean).sum();
    (found[0] - shift, weights)
}

/// Gives every stretch the opinion of a model that has not heard its speaker.
fn opinions_out_of_fold(stretches: &mut [Stretch]) {
    for fold in 0..FOLDS {
        let others: Vec<&Stretch> = stretches.iter().filter(|one| one.speaker % FOLDS != fold).collect();
        let (intercept, weights) = weigh_timbre(&others);
        for stretch in stretches.iter_mut().filter(|one| one.speaker % FOLDS == fold) {
            let sum = stretch.timbre.iter().zip(&weights).map(|(value, weight)| f64::from(*value) * weight);
            stretch.opinion = intercept + sum.sum::<f64>();
        }
    }
}

/// How much the second opinion counts, next to the sum of the measures.
fn share_of_opinion(cases: &[Case], sums: &[f64]) -> f64 {
    let rows = cases
        .iter()
        .zip(sums)
        .map(|(case, sum)| Row { inputs: vec![1.0, case.known, *sum, case.opinion], ..case.row });
    let found = logistic::fit(&rows.collect::<Vec<Row>>(), &[0.0; 4]);
    found[3] / found[2]
}

/// Platt's scaling (1999) with a bend, for voices as mild as callers' are.
fn calibrate(cases: &[Case], sums: &[f64]) -> Calibration {
    let (cases, sums): (Vec<&Case>, Vec<f64>) =
        cases.iter().zip(sums).filter(|(case, _)| case.label.usual() || !case.full).unzip();
    let weights = weights(&cases);
    let fit = |inputs: &dyn Fn(f64, f64) -> [f64; 3]| {
        let rows = cases.iter().zip(&sums).zip(&weights).map(|((case, sum), weight)| Row {
            inputs: inputs(*sum, case.known).to_vec(),
            target: case.label.stressed(),
            weight: *weight,
        });
        logistic::fit(&rows.collect::<Vec<Row>>(), &[0.0; 3])
    };
    let line = fit(&|sum, known| [1.0, known, sum]);
    let [offset, offset_known] = [line[0] / line[2], line[1] / line[2]];
    let bent = fit(&|sum, known| {
        let shifted = sum + offset + offset_known * known;
        [1.0, shifted.min(0.0), shifted.max(0.0)]
    });
    let [offset, offset_known, middle, below, above] =
        [offset, offset_known, bent[0], bent[1], bent[2]].map(|one| one as f32);
    Calibration { offset, offset_known, middle, below, above }
}

/// How much the sum varies between calm stretches of one speaker with the best baseline.
fn noise(cases: &[Case], sums: &[f64]) -> f32 {
    let mut speakers: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for (case, sum) in cases.iter().zip(sums) {
        if case.label == Label::Calm && case.known > 0.5 {
            speakers.entry(case.speaker).or_default().push(*sum);
        }
    }
    let variances: Vec<f64> =
        speakers.values().filter(|sums| sums.len() > 1).map(|sums| variance(sums)).collect();
    mean(&variances).sqrt() as f32
}

/// The out-of-fold figures with and without a baseline, of voices as they were recorded and of milder ones.
fn figures(prefix: &str, cases: &[Case], sums: &[f64], calibration: &Calibration) -> BTreeMap<String, f32> {
    let mut figures = BTreeMap::new();
    let ways = [
        ("without_baseline", 0.0..0.4, true),
        ("with_baseline", 0.6..1.0, true),
        ("milder.without_baseline", 0.0..0.4, false),
        ("milder.with_baseline", 0.6..1.0, false),
    ];
    for (name, wanted, full) in ways {
        let judged: Vec<(Label, Judged)> = cases
            .iter()
            .zip(sums)
            .filter(|(case, _)| wanted.contains(&case.known) && (case.label.usual() || case.full == full))
            .map(|(case, sum)| {
                let (logit, _) = calibration.apply(*sum as f32, case.known as f32);
                let level = 100.0 * super::model::probability(logit);
                (case.label, Judged { level, stressed: case.label.stressed() })
            })
            .collect();
        let of = |keep: &dyn Fn(Label) -> bool| -> Vec<Judged> {
            judged.iter().filter(|(label, _)| keep(*label)).map(|(_, one)| *one).collect()
        };
        let all = quality(&of(&|_| true), LINE);
        let mut put = |what: &str, value: Option<f32>| {
            figures.extend(value.map(|value| (format!("{prefix}{name}.{what}"), value)));
        };
        put("auc", auc(&of(&|label| label != Label::Read)));
        put("auc_against_happy", auc(&of(&|label| label.stressed() || label == Label::Happy)));
        put("auc_against_others", auc(&of(&|label| label != Label::Happy && label != Label::Read)));
        put("sensitivity_at_78", all.sensitivity);
        put("false_alarms_at_78_happy", quality(&of(&|label| label == Label::Happy), LINE).false_alarms);
        put("false_alarms_at_78_calm", quality(&of(&Label::usual), LINE).false_alarms);
        put("false_alarms_at_78_low", quality(&of(&|label| label == Label::Low), LINE).false_alarms);
        put("ece", all.ece);
    }
    figures
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn variance(values: &[f64]) -> f64 {
    let middle = mean(values);
    values.iter().map(|value| (value - middle).powi(2)).sum::<f64>() / (values.len().max(2) - 1) as f64
}
