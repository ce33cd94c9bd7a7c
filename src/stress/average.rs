//! A whole recording in a few numbers, in the units of the field.

use serde::Serialize;

use super::frame::Frame;
use super::measure::quantile;

/// Averages over a recording's voiced frames; loudness over all frames.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Averages {
    /// Mean pitch in semitones above 27.5 Hz.
    pub pitch_semitones: f32,
    /// Mean loudness, without a unit; the only one that goes with the line's gain.
    pub loudness: f32,
    /// Lower quartile of the jitter, as a share of the period.
    pub jitter: f32,
    /// Lower quartile of the shimmer in dB.
    pub shimmer_db: f32,
    /// Mean harmonics-to-noise ratio in dB.
    pub hnr_db: f32,
    /// Mean alpha ratio in dB.
    pub alpha_db: f32,
    /// Mean Hammarberg index in dB.
    pub hammarberg_db: f32,
}

/// Averages a recording; none without a voice in it.
pub fn averages(frames: &[Frame]) -> Option<Averages> {
    let voiced: Vec<&Frame> = frames
        .windows(3)
        .filter(|three| three.iter().all(|frame| frame.pitch.hz.is_some()))
        .map(|three| &three[1])
        .collect();
    let count = voiced.len() as f32;
    let mean = |value: &dyn Fn(&Frame) -> f32| voiced.iter().map(|frame| value(frame)).sum::<f32>() / count;
    Some(Averages {
        pitch_semitones: mean(&|frame| 12.0 * (frame.pitch.hz.unwrap_or(27.5) / 27.5).log2()),
        loudness: frames.iter().map(|frame| frame.spectral.loudness).sum::<f32>() / frames.len() as f32,
        jitter: quantile(voiced.iter().filter_map(|frame| frame.jitter).collect(), 0.25)?,
        shimmer_db: quantile(voiced.iter().filter_map(|frame| frame.shimmer).collect(), 0.25)?,
        hnr_db: mean(&|frame| frame.pitch.hnr),
        alpha_db: mean(&|frame| frame.spectral.alpha),
        hammarberg_db: mean(&|frame| frame.spectral.hammarberg),
    })
}
