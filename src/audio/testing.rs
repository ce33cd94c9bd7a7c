//! Signals that tests are made of.

use std::f64::consts::{PI, TAU};
use std::ops::Range;

/// A buzz with a wandering formant in four syllables a second over faint noise; `speech` says from when to when, in
/// seconds. The reference values in the tests were computed from this very signal.
pub fn buzz(rate: u32, seconds: f64, speech: Range<f64>) -> Vec<f32> {
    let rate = f64::from(rate);
    let (mut phase, mut seed) = (0.0, 1u32);
    (0..(rate * seconds) as usize)
        .map(|n| {
            let t = n as f64 / rate;
            phase += TAU * (120.0 + 20.0 * (TAU * 0.7 * t).sin()) / rate;
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (f64::from(seed) / 4_294_967_296.0 - 0.5) * 0.004;
            let voice = if speech.contains(&t) {
                0.15 * syllable(t - speech.start) * harmonics(t, phase)
            } else {
                0.0
            };
            (voice + noise) as f32
        })
        .collect()
}

fn syllable(t: f64) -> f64 {
    (PI * (t * 4.0 % 1.0)).sin().powi(2)
}

fn harmonics(t: f64, phase: f64) -> f64 {
    let formant = 700.0 + 400.0 * (TAU * 1.3 * t).sin();
    let bell = |hz: f64, width: f64| (-(hz / width).powi(2)).exp();
    (1..26)
        .map(f64::from)
        .map(|k| {
            let hz = k * 120.0;
            (bell(hz - formant, 350.0) + 0.3 * bell(hz - 150.0, 200.0)) * (k * phase).sin()
        })
        .sum()
}
