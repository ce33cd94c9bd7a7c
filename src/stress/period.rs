//! Jitter and shimmer: how much one glottal period differs from the next.
//!
//! Periods are found by matching the waveform with itself one period on, by the highest normalised correlation (Boersma
//! 2009, "Should jitter be measured by peak picking or by waveform matching?"). Jitter and shimmer are local: the mean
//! absolute difference of neighbours, as in Eyben et al. 2016.

use super::spectrum::decibels;

/// How far a period may be from the pitch, as a share of it.
const SLACK: f32 = 0.2;
/// Neighbouring periods that differ by more are two different matches, not a tremor (Praat's maximum period factor).
const LARGEST_FACTOR: f32 = 1.3;

/// The irregularity of one voiced frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Irregularity {
    /// Mean absolute difference of neighbouring periods over the mean period.
    pub jitter: f32,
    /// Mean absolute difference of neighbouring periods' peak-to-peak amplitudes, in dB.
    pub shimmer: f32,
}

/// Measures the samples around one frame, whose pitch in Hz is known; none if fewer than three periods match.
pub(super) fn irregularity(samples: &[f32], hz: f32) -> Option<Irregularity> {
    let expected = 8_000.0 / hz;
    let length = expected.round() as usize;
    let (shortest, longest) =
        ((expected * (1.0 - SLACK)).floor() as usize, (expected * (1.0 + SLACK)).ceil() as usize + 1);
    if shortest < 3 {
        return None;
    }
    let mut periods: Vec<f32> = Vec::new();
    let mut amplitudes: Vec<f32> = Vec::new();
    let mut start = highest(&samples[..(length + 1).min(samples.len())]);
    while start + longest + 1 + length <= samples.len() {
        let Some(period) = best_match(&samples[start..], length, shortest, longest) else { break };
        amplitudes.push(amplitude(&samples[start..start + length]));
        periods.push(period);
        start += period.round() as usize;
    }
    let near = |one: f32, other: f32| one.max(other) <= LARGEST_FACTOR * one.min(other);
    let pairs =
        || periods.windows(2).zip(amplitudes.windows(2)).filter(|(periods, _)| near(periods[0], periods[1]));
    let count = pairs().count() as f32;
    if count < 2.0 {
        return None;
    }
    let mean = periods.iter().sum::<f32>() / periods.len() as f32;
    let jitter = pairs().map(|(periods, _)| (periods[1] - periods[0]).abs()).sum::<f32>() / count / mean;
    let difference = |pair: &[f32]| 2.0 * decibels(pair[1].max(1e-6) / pair[0].max(1e-6)).abs();
    let shimmer = pairs().map(|(_, amplitudes)| difference(amplitudes)).sum::<f32>() / count;
    Some(Irregularity { jitter, shimmer })
}

/// The lag at which the samples are most like those at their beginning, between samples.
fn best_match(samples: &[f32], length: usize, shortest: usize, longest: usize) -> Option<f32> {
    let first = &samples[..length];
    let energy: f32 = first.iter().map(|sample| sample * sample).sum();
    let correlation = |lag: usize| {
        let other = &samples[lag..lag + length];
        let product: f32 = first.iter().zip(other).map(|(one, other)| one * other).sum();
        let others: f32 = other.iter().map(|sample| sample * sample).sum();
        product / (energy * others).sqrt().max(1e-12)
    };
    let all: Vec<f32> = (shortest - 1..=longest).map(correlation).collect();
    let best = highest(&all[1..all.len() - 1]) + 1;
    if all[best] < 0.5 {
        return None;
    }
    let (before, here, after) = (all[best - 1], all[best], all[best + 1]);
    let bend = before - 2.0 * here + after;
    let shift = if bend < 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 };
    Some((shortest - 1 + best) as f32 + shift)
}

fn highest(values: &[f32]) -> usize {
    let best = values.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1));
    best.map_or(0, |(n, _)| n)
}

/// Peak to peak, the peaks taken between samples by a parabola.
fn amplitude(period: &[f32]) -> f32 {
    let peak = |sign: f32| {
        let top = period.iter().enumerate().max_by(|one, other| (sign * one.1).total_cmp(&(sign * other.1)));
        let n = top.map_or(0, |(n, _)| n);
        let here = sign * period[n];
        if n == 0 || n + 1 == period.len() {
            return here;
        }
        let (before, after) = (sign * period[n - 1], sign * period[n + 1]);
        let bend = before - 2.0 * here + after;
        if bend < 0.0 { here - 0.125 * (before - after).powi(2) / bend } else { here }
    };
    peak(1.0) + peak(-1.0)
}
