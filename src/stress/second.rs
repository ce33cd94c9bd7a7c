//! A second opinion of a voice, for what no measure of ours tells: rage from joy.
//!
//! A logistic model over what the first layers of Whisper's encoder make of the latest two seconds. Nobody can read it, so
//! its part in a score is shown apart.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::model::Calibration;

/// What is added to the sum of the measures, and how both together are calibrated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Second {
    /// The network whose timbres it was fitted to.
    pub network: String,
    /// What the opinion starts from.
    pub intercept: f32,
    /// From the sum of both to the calibrated one.
    pub calibration: Calibration,
    /// Standard deviation of the sum of both between stretches of one observation's length by the same calm speaker.
    pub noise: f32,
    /// The weight of each number of a timbre.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub weights: Vec<f32>,
}

impl Second {
    /// What a timbre adds to the sum; nothing where it is not of the form that the weights were fitted to.
    pub(super) fn opinion(&self, timbre: &[f32]) -> f32 {
        if timbre.len() != self.weights.len() {
            return 0.0;
        }
        let opinion: f32 = timbre.iter().zip(&self.weights).map(|(value, weight)| value * weight).sum();
        if opinion.is_finite() { self.intercept + opinion } else { 0.0 }
    }

    pub(super) fn is_sound(&self) -> bool {
        let Calibration { offset, offset_known, middle, below, above } = self.calibration;
        let few = [self.intercept, self.noise, offset, offset_known, middle, below, above];
        few.iter().chain(&self.weights).all(|number| number.is_finite())
    }
}

/// In one line, so that the file stays readable.
fn write<S: Serializer>(weights: &[f32], serializer: S) -> Result<S::Ok, S::Error> {
    let weights: Vec<String> = weights.iter().map(|weight| format!("{weight:.5}")).collect();
    serializer.serialize_str(&weights.join(" "))
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f32>, D::Error> {
    let line = String::deserialize(deserializer)?;
    line.split_whitespace().map(|weight| weight.parse().map_err(D::Error::custom)).collect()
}
