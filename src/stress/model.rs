//! From measures to a level: a logistic model small enough to read.
//!
//! Each measure is compared with what is usual for this caller, as far as that is known, and for people on the telephone
//! otherwise: an empirical Bayes estimate (Efron & Morris 1975) whose uncertainty is part of the yardstick. The weighted
//! sum of the comparisons is calibrated to the probability that a listener would call the voice angry or afraid.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::baseline::Baseline;
use super::measure::{Measure, Measures};
use super::second::Second;
use crate::audio::timbre::TimbreNetwork;

/// Seconds of speech that count as one observation of a baseline, and of a score.
pub(super) const OBSERVATION_SECONDS: f32 = 2.0;
/// Sounds whose mean squared deviation from people's calm speech is larger than this are no single voice: of angry
/// stretches one in a hundred is, of barks, fire, ticking and helicopters most are.
const STRANGEST: f32 = 4.4;
/// A baseline's stretches are from one hour and often the same words, so they tell less of what is usual than as many
/// drawn at random: each counts as a quarter. Chosen on speakers, and on a sex, left out of the fit.
const WORTH: f32 = 0.25;
/// How many yardsticks a measure may deviate before it is taken for a mistake.
const FARTHEST: f32 = 3.5;
/// What a measure deviates beyond this many yardsticks adds nothing: no single one decides. Chosen on speakers, and on a
/// sex, left out of the fit.
const MOST: f32 = 2.0;

/// From this probability on a second opinion is asked: below it none brings the level near any line, and most of what calm
/// callers say is below it, so that it costs little.
const DOUBTFUL: f32 = 0.05;

/// A fitted model, as it is kept in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Counts up with every fit that is shipped.
    pub version: u32,
    /// Where it comes from and how good it is.
    pub card: Card,
    /// What the sum starts from.
    pub intercept: f32,
    /// From the sum to the calibrated one.
    pub calibration: Calibration,
    /// Standard deviation of the sum between stretches of one observation's length by the same calm speaker.
    pub noise: f32,
    /// What is known of each measure, and how much it weighs.
    pub terms: BTreeMap<Measure, Term>,
    /// What else is made of a voice; a model fitted without the network has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<Second>,
}

/// Where a model comes from, what it may be used for, and how good it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// What it is and what it answers.
    pub about: String,
    /// The recordings it was fitted on.
    pub data: Vec<String>,
    /// Their licences.
    pub licence: Vec<String>,
    /// What it must not be taken for.
    pub limits: Vec<String>,
    /// How it did on speakers it was not fitted on.
    pub figures: BTreeMap<String, f32>,
}

/// From the sum to the logarithm of the odds: a line that bends where stress gets as likely as not. Up to there a caller is
/// told from one at ease; beyond it from one full of joy, which is harder, so the level rises more slowly.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Added to the sum, so that it bends at zero.
    pub offset: f32,
    /// Added as well when the baseline is fully known.
    pub offset_known: f32,
    /// The logarithm of the odds at the bend.
    pub middle: f32,
    /// Factor below the bend.
    pub below: f32,
    /// Factor above it.
    pub above: f32,
}

impl Calibration {
    /// The logarithm of the odds for a sum, and how fast it changes with it.
    pub(super) fn apply(&self, sum: f32, known: f32) -> (f32, f32) {
        let shifted = sum + self.offset + self.offset_known * known;
        let slope = if shifted > 0.0 { self.above } else { self.below };
        (self.middle + slope * shifted, slope)
    }

    /// The logarithm of the odds for the sum of so many seconds of speech, and how far it may be off.
    fn level(&self, sum: f32, known: f32, noise: f32, seconds: f32) -> (f32, f32) {
        let (logit, slope) = self.apply(sum, known);
        let observations = (seconds / OBSERVATION_SECONDS).max(0.1);
        (logit, slope.abs() * noise / observations.sqrt())
    }
}

/// What is known of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// What one yardstick above the usual adds to the sum.
    pub weight: f32,
    /// Mean over calm speakers.
    pub mean: f32,
    /// Standard deviation of speakers' own means.
    pub between: f32,
    /// Standard deviation of a speaker's calm stretches.
    pub within: f32,
}

/// One measure's part in a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Which measure.
    pub measure: Measure,
    /// How many yardsticks it is above what is usual.
    pub deviation: f32,
    /// What that adds to the sum.
    pub effect: f32,
}

/// What a model says of a stretch of speech.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Logarithm of the calibrated odds.
    pub logit: f32,
    /// Standard deviation of it.
    pub uncertainty: f32,
    /// How much is known of this caller, 0 to 1.
    pub known: f32,
    /// What each measure adds, strongest first.
    pub parts: Vec<Part>,
    /// What the second opinion adds, if it was asked.
    pub second: Option<f32>,
    sum: f32,
}

impl Score {
    /// Whether the measures find enough for a second opinion to matter.
    pub fn is_doubtful(&self) -> bool {
        probability(self.logit) >= DOUBTFUL
    }
}

/// A model file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// It is no model file, or one of another version's form.
    #[error("the stress model cannot be read: {0}")]
    Form(#[from] serde_json::Error),
    /// A number in it makes no sense.
    #[error("the stress model's {0:?} has a spread that is not positive, or a number that is none")]
    Number(Option<Measure>),
    /// Its second opinion is about what another network hears.
    #[error("the stress model's second opinion is fitted to {0:?}, which is not used here: fit it again")]
    Network(String),
}

impl Model {
    /// The model that is shipped.
    ///
    /// # Panics
    /// Never: a test reads the file.
    pub fn built_in() -> Self {
        Self::read(include_str!("model.json")).expect("a test reads the file")
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(json: &str) -> Result<Self, ModelError> {
        let model: Self = serde_json::from_str(json)?;
        let Calibration { offset, offset_known, middle, below, above } = model.calibration;
        let whole = [model.intercept, model.noise, offset, offset_known, middle, below, above];
        if whole.iter().any(|number| !number.is_finite()) {
            return Err(ModelError::Number(None));
        }
        for (measure, term) in &model.terms {
            let sound =
                [term.weight, term.mean, term.between, term.within].iter().all(|number| number.is_finite());
            if !sound || term.within <= 0.0 || term.between <= 0.0 {
                return Err(ModelError::Number(Some(*measure)));
            }
        }
        if let Some(second) = &model.second {
            if second.network != TimbreNetwork::NAME {
                return Err(ModelError::Network(second.network.clone()));
            }
            if !second.is_sound() {
                return Err(ModelError::Number(None));
            }
        }
        Ok(model)
    }

    /// Whether a stretch of sound may be one person's speech at all.
    pub fn is_speech(&self, measures: &Measures) -> bool {
        let stranger = Baseline::default();
        let squares: Vec<f32> = self
            .terms
            .iter()
            .filter_map(|(measure, term)| distance(term, *measure, measures, &stranger))
            .map(|distance| distance.powi(2).min(FARTHEST.powi(2)))
            .collect();
        2 * squares.len() > self.terms.len()
            && squares.iter().sum::<f32>() <= STRANGEST * squares.len() as f32
    }

    /// Scores a stretch of that many seconds of speech against a caller's baseline.
    pub fn score(&self, measures: &Measures, seconds: f32, baseline: &Baseline) -> Score {
        let known = known(baseline);
        let mut parts: Vec<Part> = self
            .terms
            .iter()
            .filter_map(|(measure, term)| {
                let deviation = deviation(term, *measure, measures, baseline)?;
                Some(Part { measure: *measure, deviation, effect: term.weight * deviation })
            })
            .collect();
        parts.sort_by(|one, other| other.effect.abs().total_cmp(&one.effect.abs()));
        let sum = self.intercept + parts.iter().map(|part| part.effect).sum::<f32>();
        let (logit, uncertainty) = self.calibration.level(sum, known, self.noise, seconds);
        Score { logit, uncertainty, known, parts, second: None, sum }
    }

    /// Adds what the network makes of the same stretch to its score.
    pub fn reconsider(&self, score: Score, seconds: f32, timbre: &[f32]) -> Score {
        let Some(second) = &self.second else { return score };
        let opinion = second.opinion(timbre);
        let (logit, uncertainty) =
            second.calibration.level(score.sum + opinion, score.known, second.noise, seconds);
        Score { logit, uncertainty, second: Some(opinion), ..score }
    }
}

/// How much is known of a caller's usual voice: a half after one observation.
pub(super) fn known(baseline: &Baseline) -> f32 {
    let observations = baseline.seconds() / OBSERVATION_SECONDS;
    observations / (observations + 1.0)
}

/// How far a measure is from what is usual, in yardsticks, as far as it counts.
pub(super) fn deviation(
    term: &Term,
    measure: Measure,
    measures: &Measures,
    baseline: &Baseline,
) -> Option<f32> {
    Some(distance(term, measure, measures, baseline)?.clamp(-MOST, MOST))
}

/// The same as far as it goes. A yardstick is the standard deviation that calm speech of this caller would have around our
/// guess of its mean.
fn distance(term: &Term, measure: Measure, measures: &Measures, baseline: &Baseline) -> Option<f32> {
    let value = measures.0[measure as usize]?;
    let usual = baseline.usual(measure).unwrap_or_default();
    let (between, within) = (term.between.powi(2), term.within.powi(2));
    let own = WORTH * usual.seconds / OBSERVATION_SECONDS;
    let prior = within / between;
    let mean = (own * usual.mean + prior * term.mean) / (own + prior);
    let doubt = within / (own + prior);
    Some((value - mean) / (within + doubt).sqrt())
}

/// A probability from the logarithm of its odds.
pub(super) fn probability(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}
