//! The first two resonances of the vocal tract, by linear prediction.
//!
//! Autocorrelation method of order 10 with pre-emphasis (Markel & Gray 1976, "Linear Prediction of Speech"); the roots of
//! the predictor by Aberth's iteration.

use std::f32::consts::{PI, TAU};

use realfft::num_complex::Complex;

const ORDER: usize = 10;
const PRE_EMPHASIS: f32 = 0.97;
const ITERATIONS: usize = 40;
const LOWEST_HZ: f32 = 150.0;
const HIGHEST_HZ: f32 = 3_800.0;
/// Broader resonances belong to the spectrum's tilt, not to the vocal tract.
const BROADEST_HZ: f32 = 600.0;

/// The first two formants in Hz of a voiced window of samples at 8 kHz.
pub(super) fn formants(samples: &[f32]) -> Option<[f32; 2]> {
    let predictor = predictor(samples)?;
    let mut found: Vec<f32> = roots(&predictor)
        .into_iter()
        .filter(|root| root.im > 0.0)
        .map(|root| (root.arg() * 8_000.0 / TAU, -root.norm().ln() * 8_000.0 / PI))
        .filter(|(hz, width)| (LOWEST_HZ..=HIGHEST_HZ).contains(hz) && (0.0..BROADEST_HZ).contains(width))
        .map(|(hz, _)| hz)
        .collect();
    found.sort_by(f32::total_cmp);
    Some([*found.first()?, *found.get(1)?])
}

/// The coefficients of the prediction error filter, the first being 1.
fn predictor(samples: &[f32]) -> Option<[f32; ORDER + 1]> {
    let length = samples.len() as f32;
    let weighted: Vec<f32> = samples
        .windows(2)
        .enumerate()
        .map(|(n, pair)| (pair[1] - PRE_EMPHASIS * pair[0]) * (0.54 - 0.46 * (TAU * n as f32 / length).cos()))
        .collect();
    let correlation =
        |lag: usize| -> f32 { weighted.iter().zip(&weighted[lag..]).map(|(one, other)| one * other).sum() };
    let r: [f32; ORDER + 1] = std::array::from_fn(correlation);
    let mut error = r[0] * (1.0 + 1e-6);
    if error <= 0.0 || !error.is_finite() {
        return None;
    }
    let mut a = [0.0; ORDER + 1];
    a[0] = 1.0;
    for order in 1..=ORDER {
        let sum: f32 = (0..order).map(|n| a[n] * r[order - n]).sum();
        let reflection = -sum / error;
        let before = a;
        for n in 1..=order {
            a[n] = before[n] + reflection * before[order - n];
        }
        error *= 1.0 - reflection * reflection;
        if error <= 0.0 {
            return None;
        }
    }
    Some(a)
}

/// The zeros of z^10 + a1 z^9 + … + a10.
fn roots(a: &[f32; ORDER + 1]) -> [Complex<f32>; ORDER] {
    let mut z: [Complex<f32>; ORDER] =
        std::array::from_fn(|n| Complex::from_polar(0.9, TAU * (n as f32 + 0.25) / ORDER as f32 + 0.1));
    for _ in 0..ITERATIONS {
        let mut moved: f32 = 0.0;
        for n in 0..ORDER {
            let (mut value, mut slope) = (Complex::new(1.0, 0.0), Complex::default());
            for coefficient in &a[1..] {
                slope = slope * z[n] + value;
                value = value * z[n] + coefficient;
            }
            let newton = if slope.norm_sqr() > 1e-20 { value / slope } else { Complex::default() };
            let others: Complex<f32> = (0..ORDER)
                .filter(|other| *other != n)
                .map(|other| z[n] - z[other])
                .filter(|apart| apart.norm_sqr() > 1e-12)
                .map(|apart| apart.inv())
                .sum();
            let step = newton / (Complex::new(1.0, 0.0) - newton * others);
            if step.re.is_finite() && step.im.is_finite() {
                z[n] -= step;
                moved = moved.max(step.norm());
            }
        }
        if moved < 1e-5 {
            break;
        }
    }
    z
}
