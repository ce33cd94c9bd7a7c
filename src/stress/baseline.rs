//! How a caller usually sounds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::measure::{Measure, Measures};

/// Speech beyond this many seconds no longer makes the baseline slower to change.
const MEMORY_SECONDS: f32 = 40.0;
/// What an earlier call taught counts as no more speech than this: another telephone may be used today, or another person
/// may use it.
const REMEMBERED_SECONDS: f32 = 4.0;

/// The mean of each measure over a caller's calm speech, and how many seconds of speech it was learned from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Baseline(BTreeMap<Measure, Usual>);

/// One measure of a baseline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Usual {
    /// The mean.
    pub mean: f32,
    /// Seconds of speech it was learned from.
    pub seconds: f32,
}

impl Baseline {
    /// Takes in what a stretch of that many seconds of calm speech was like.
    pub fn learn(&mut self, measures: &Measures, seconds: f32) {
        for (measure, value) in Measure::ALL.into_iter().zip(measures.0) {
            let Some(value) = value else { continue };
            let usual = self.0.entry(measure).or_default();
            usual.seconds = (usual.seconds + seconds).min(MEMORY_SECONDS);
            usual.mean += (value - usual.mean) * (seconds / usual.seconds).min(1.0);
        }
    }

    /// What is usual of one measure; none before it was ever taken.
    pub fn usual(&self, measure: Measure) -> Option<Usual> {
        self.0.get(&measure).copied().filter(|usual| usual.seconds > 0.0 && usual.mean.is_finite())
    }

    /// What is left of it at the caller's next call.
    #[must_use]
    pub fn remembered(mut self) -> Self {
        self.0.values_mut().for_each(|usual| usual.seconds = usual.seconds.min(REMEMBERED_SECONDS));
        self
    }

    /// Seconds of speech it was learned from.
    pub fn seconds(&self) -> f32 {
        self.0.values().map(|usual| usual.seconds).fold(0.0, f32::max)
    }
}
