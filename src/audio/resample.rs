//! Changing the sampling rate, by rubato's FFT resampler.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _, WindowFunction};

/// The least sound one step of the resampler takes.
const STEP_MS: u32 = 20;

/// Resamples a stream of mono samples without shifting it in time.
///
/// What comes out of the pushes and the flush together is exactly as long as what went in. The output lags behind the
/// input by up to 30 ms between 8, 16, 24 and 48 kHz, and 60 ms from or to 22.05 kHz; the passband is flat to 85 % of
/// the lower of the two Nyquist frequencies.
pub struct Resampler {
    /// None if both rates are the same.
    fft: Option<Fft<f32>>,
    ratio: f64,
    /// Input that does not fill a step yet.
    pending: Vec<f32>,
    /// Output still to be dropped, so that the resampler's own delay is not heard as a shift.
    delay: usize,
    taken: usize,
    given: usize,
}

impl Resampler {
    /// Makes one for a pair of sampling rates in Hz.
    ///
    /// # Panics
    /// If a rate is zero.
    pub fn new(from_hz: u32, to_hz: u32) -> Self {
        assert!(from_hz > 0 && to_hz > 0, "a sampling rate cannot be zero");
        let fft = (from_hz != to_hz).then(|| {
            let step = step(from_hz, to_hz);
            Fft::new_custom(
                from_hz as usize,
                to_hz as usize,
                step,
                1,
                1,
                WindowFunction::BlackmanHarris2,
                FixedSync::Both,
            )
            .expect("rubato takes any rates but zero")
        });
        Self {
            delay: fft.as_ref().map_or(0, |fft| fft.output_delay()),
            fft,
            ratio: f64::from(to_hz) / f64::from(from_hz),
            pending: Vec::new(),
            taken: 0,
            given: 0,
        }
    }

    /// Takes samples at the first rate and returns what is ready at the second.
    pub fn push(&mut self, samples: &[f32]) -> Vec<f32> {
        self.taken += samples.len();
        let Some(step) = self.fft.as_ref().map(|fft| fft.input_frames_next()) else {
            self.given += samples.len();
            return samples.to_vec();
        };
        self.pending.extend_from_slice(samples);
        let mut ready = Vec::with_capacity((self.pending.len() as f64 * self.ratio) as usize);
        let pending = std::mem::take(&mut self.pending);
        let mut steps = pending.chunks_exact(step);
        for input in steps.by_ref() {
            self.step(input, &mut ready);
        }
        self.pending = steps.remainder().to_vec();
        self.given += ready.len();
        ready
    }

    /// Returns the rest of the stream, and makes the resampler ready for another one.
    pub fn flush(&mut self) -> Vec<f32> {
        let due = (self.taken as f64 * self.ratio).ceil() as usize - self.given;
        let mut rest = Vec::with_capacity(due);
        let input = std::mem::take(&mut self.pending);
        if due > 0 {
            self.step(&input, &mut rest);
        }
        while rest.len() < due {
            self.step(&[], &mut rest);
        }
        rest.truncate(due);
        if let Some(fft) = &mut self.fft {
            fft.reset();
            self.delay = fft.output_delay();
        }
        (self.taken, self.given) = (0, 0);
        rest
    }

    /// Feeds one step, of which a short one is filled up with silence.
    fn step(&mut self, input: &[f32], ready: &mut Vec<f32>) {
        let Some(fft) = &mut self.fft else { return };
        let full = fft.input_frames_next();
        let indexing = Indexing::new().partial_len(input.len());
        let indexing = (input.len() < full).then_some(&indexing);
        let input = InterleavedSlice::new(input, 1, input.len()).expect("one channel of that many samples");
        let output =
            fft.process(&input, indexing).expect("the step has the size that was asked for").take_data();
        let dropped = self.delay.min(output.len());
        self.delay -= dropped;
        ready.extend_from_slice(&output[dropped..]);
    }
}

/// Returns how many samples one step takes. The filter is as long as a step, and only one of even length has its middle
/// on a sample; otherwise everything would be shifted by half of one.
fn step(from_hz: u32, to_hz: u32) -> usize {
    let least = from_hz / greatest_common_divisor(from_hz, to_hz);
    let least = if least.is_multiple_of(2) { least } else { 2 * least };
    (from_hz * STEP_MS / 1000).next_multiple_of(least).max(least) as usize
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// Resamples a whole recording; the result lasts exactly as long.
pub fn resample(samples: &[f32], from_hz: u32, to_hz: u32) -> Vec<f32> {
    let mut resampler = Resampler::new(from_hz, to_hz);
    let mut resampled = resampler.push(samples);
    resampled.extend(resampler.flush());
    resampled
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: [(u32, u32); 5] =
        [(8_000, 16_000), (22_050, 8_000), (16_000, 8_000), (24_000, 8_000), (8_000, 8_000)];

    fn sine(hz: f64, rate: u32, samples: usize) -> Vec<f32> {
        let step = std::f64::consts::TAU * hz / f64::from(rate);
        (0..samples).map(|n| (step * n as f64).sin() as f32).collect()
    }

    fn rms(samples: &[f32]) -> f32 {
        (samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32).sqrt()
    }

    #[test]
    fn a_tone_comes_out_neither_shifted_nor_altered() {
        for (from, to) in RATES {
            for hz in [100.0, 1_000.0, 3_300.0] {
                let out = resample(&sine(hz, from, from as usize), from, to);
                let due = sine(hz, to, to as usize);
                assert_eq!(out.len(), due.len());
                // The first and last step contain the tone's sudden start and end.
                let middle = to as usize / 20..to as usize * 19 / 20;
                let error: Vec<f32> = middle.map(|n| out[n] - due[n]).collect();
                assert!(rms(&error) < 2e-3, "{from} → {to} at {hz} Hz: error {}", rms(&error));
            }
        }
    }

    #[test]
    fn what_lies_above_the_new_band_does_not_fold_back() {
        for hz in [4_600.0, 6_000.0, 9_000.0] {
            let out = resample(&sine(hz, 22_050, 22_050), 22_050, 8_000);
            assert!(rms(&out[400..7_600]) < 1e-3, "{hz} Hz leaves {}", rms(&out[400..7_600]));
        }
    }

    #[test]
    fn doubling_the_rate_leaves_no_mirror_image() {
        let out = resample(&sine(3_000.0, 8_000, 8_000), 8_000, 16_000);
        let image: f64 = (800..15_200)
            .map(|n| f64::from(out[n]) * (std::f64::consts::TAU * 5_000.0 * n as f64 / 16_000.0).cos())
            .sum::<f64>()
            / 14_400.0;
        assert!(image.abs() < 1e-4, "{image}");
    }

    #[test]
    fn pieces_of_any_size_give_the_same_as_the_whole() {
        for (from, to) in RATES {
            let input = sine(440.0, from, 5_000);
            let whole = resample(&input, from, to);
            let mut resampler = Resampler::new(from, to);
            for _ in 0..2 {
                let mut pieces = Vec::new();
                let (mut rest, mut size) = (input.as_slice(), 1);
                while !rest.is_empty() {
                    let (piece, after) = rest.split_at(size.min(rest.len()));
                    pieces.extend(resampler.push(piece));
                    (rest, size) = (after, size * 7 % 997);
                }
                pieces.extend(resampler.flush());
                assert_eq!(pieces, whole, "{from} → {to}");
            }
        }
    }

    #[test]
    fn the_last_sample_is_not_lost() {
        for (from, to) in RATES {
            for length in [1, 2, 159, 160, 161, 4_001] {
                let mut input = vec![0.0; length];
                input[length - 1] = 1.0;
                let out = resample(&input, from, to);
                assert_eq!(out.len(), (length as f64 * f64::from(to) / f64::from(from)).ceil() as usize);
                let tail = out.iter().rev().take(3).fold(0.0f32, |most, x| most.max(x.abs()));
                assert!(out.is_empty() || tail > 0.1, "{from} → {to}, {length} samples: {tail}");
            }
        }
    }

    #[test]
    fn the_output_lags_by_at_most_thirty_or_sixty_milliseconds() {
        for (from, to) in RATES {
            let out = Resampler::new(from, to).push(&sine(440.0, from, from as usize - 1));
            let lag_ms = if from == 22_050 { 60 } else { 30 };
            assert!(
                out.len() >= (to * (1000 - lag_ms) / 1000) as usize,
                "{from} → {to}: {} of {to}",
                out.len()
            );
        }
    }
}
