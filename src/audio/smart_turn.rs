//! Whether a turn sounds finished, by the smart-turn v3 network: melody and rhythm, not words.
//!
//! The features are those of Whisper's feature extractor with waveform normalisation, as the network was trained on.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use rten::{Model, ModelOptions, RunOptions, ThreadPool};
use rten_tensor::{NdTensorView, Tensor};

use super::{MODEL_HZ, NetworkError};

/// How much of the turn's end the network hears: 8 s.
const HEARD: usize = 8 * MODEL_HZ as usize;
const FFT: usize = 400;
const HOP: usize = 160;
const FRAMES: usize = HEARD / HOP;
const MELS: usize = 80;
/// The least power of a band, as in Whisper's extractor.
const FLOOR: f64 = 1e-10;

/// The smart-turn v3 network, shared by all calls.
pub struct SmartTurn {
    model: Model,
    spectrum: MelSpectrum,
    /// One thread per question asked at the same time: two halves of one answer are slower than two whole ones.
    threads: Vec<Arc<ThreadPool>>,
    asked: AtomicUsize,
}

impl SmartTurn {
    /// Loads the network from the bytes of `smart-turn-v3.2-cpu.onnx`, to answer up to `at_once` questions in parallel.
    pub fn load(onnx: Vec<u8>, at_once: usize) -> Result<Self, NetworkError> {
        let model = ModelOptions::with_all_ops().prepack_weights(true).load(onnx)?;
        let threads = (0..at_once.max(1)).map(|_| Arc::new(ThreadPool::with_num_threads(1))).collect();
        let network = Self { model, spectrum: MelSpectrum::new(), threads, asked: AtomicUsize::new(0) };
        network.run(&[])?;
        Ok(network)
    }

    /// Returns the probability that the turn is finished, 0 to 1, from its mono samples at 16 kHz, of which the last
    /// 8 s count. It should be asked after about 0.2 s of silence: more silence makes everything sound finished.
    /// Takes some 50 ms of one core, on the caller's thread as far as waiting goes.
    pub fn probability(&self, samples: &[f32]) -> f32 {
        self.run(samples).expect("a network that ran when it was loaded runs again")
    }

    fn run(&self, samples: &[f32]) -> Result<f32, NetworkError> {
        let features = self.spectrum.features(samples);
        let input = NdTensorView::from_data([1, MELS, FRAMES], features.as_slice());
        let thread = &self.threads[self.asked.fetch_add(1, Ordering::Relaxed) % self.threads.len()];
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(thread)));
        let answer = self.model.run_one(input.into(), Some(options))?;
        let answer: Tensor<f32> = answer.try_into().map_err(|_| NetworkError::Shape)?;
        answer.into_data().first().copied().ok_or(NetworkError::Shape)
    }
}

/// Whisper's log-mel spectrum: 25 ms Hann windows every 10 ms, 80 Slaney bands up to 8 kHz.
struct MelSpectrum {
    fft: Arc<dyn RealToComplex<f64>>,
    window: Vec<f64>,
    bands: Vec<Band>,
}

/// A triangle over a few bins of the spectrum.
struct Band {
    bins: Range<usize>,
    weights: Vec<f64>,
}

impl MelSpectrum {
    fn new() -> Self {
        let turn = std::f64::consts::TAU / FFT as f64;
        Self {
            fft: RealFftPlanner::new().plan_fft_forward(FFT),
            window: (0..FFT).map(|n| 0.5 - 0.5 * (turn * n as f64).cos()).collect(),
            bands: mel_bands(),
        }
    }

    /// Returns `MELS` rows of `FRAMES` values: silence is put before a short turn, the start of a long one is dropped.
    fn features(&self, samples: &[f32]) -> Vec<f32> {
        let samples = &samples[samples.len().saturating_sub(HEARD)..];
        let silence = HEARD - samples.len();
        let padded = normalised(samples, silence);

        let mut scratch = Scratch::new(&self.fft);
        let mut logs = vec![0.0; MELS * FRAMES];
        // All frames within the silence are alike, whatever its level has become by the normalisation.
        let alike = if silence > FFT { silence.saturating_sub(FFT / 2) / HOP } else { 0 };
        for frame in (0..FRAMES).filter(|&frame| frame == 0 || frame >= alike) {
            let bands = self.frame(&padded[frame * HOP..][..FFT], &mut scratch);
            let until = if frame == 0 { alike.max(1) } else { frame + 1 };
            for (mel, power) in bands.enumerate() {
                logs[mel * FRAMES..][frame..until].fill(power.max(FLOOR).log10());
            }
        }
        let least = logs.iter().copied().fold(f64::MIN, f64::max) - 8.0;
        logs.into_iter().map(|log| ((log.max(least) + 4.0) / 4.0) as f32).collect()
    }

    /// Returns the power in every band of one frame.
    fn frame<'a>(&'a self, samples: &[f64], scratch: &'a mut Scratch) -> impl Iterator<Item = f64> + 'a {
        let Scratch { input, spectrum, work } = scratch;
        for ((input, sample), weight) in input.iter_mut().zip(samples).zip(&self.window) {
            *input = sample * weight;
        }
        self.fft.process_with_scratch(input, spectrum, work).expect("the buffers are of the planned sizes");
        self.bands.iter().map(|band| {
            let bins = spectrum[band.bins.clone()].iter();
            bins.zip(&band.weights).map(|(bin, weight)| bin.norm_sqr() * weight).sum()
        })
    }
}

struct Scratch {
    input: Vec<f64>,
    spectrum: Vec<Complex<f64>>,
    work: Vec<Complex<f64>>,
}

impl Scratch {
    fn new(fft: &Arc<dyn RealToComplex<f64>>) -> Self {
        Self { input: fft.make_input_vec(), spectrum: fft.make_output_vec(), work: fft.make_scratch_vec() }
    }
}

/// Returns the samples after so much silence, with mean 0 and variance 1 over all of it, mirrored at both ends by half
/// a window.
fn normalised(samples: &[f32], silence: usize) -> Vec<f64> {
    let count = HEARD as f64;
    let mean = samples.iter().map(|&x| f64::from(x)).sum::<f64>() / count;
    let spread: f64 = samples.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum();
    let variance = (spread + silence as f64 * mean * mean) / count;
    let scale = 1.0 / (variance + 1e-7).sqrt();

    let mut padded = vec![-mean * scale; HEARD + FFT];
    let edge = FFT / 2;
    for (place, &sample) in padded[edge + silence..].iter_mut().zip(samples) {
        *place = (f64::from(sample) - mean) * scale;
    }
    for n in 1..=edge {
        padded[edge - n] = padded[edge + n];
        padded[edge + HEARD - 1 + n] = padded[edge + HEARD - 1 - n];
    }
    padded
}

fn mel_bands() -> Vec<Band> {
    let top = hertz_to_mel(f64::from(MODEL_HZ) / 2.0);
    let corners: Vec<f64> = (0..MELS + 2).map(|n| mel_to_hertz(top * n as f64 / (MELS + 1) as f64)).collect();
    let bin_hz = f64::from(MODEL_HZ) / FFT as f64;
    corners
        .windows(3)
        .map(|corner| {
            let height = |bin: usize| {
                let hz = bin as f64 * bin_hz;
                let (up, down) =
                    ((hz - corner[0]) / (corner[1] - corner[0]), (corner[2] - hz) / (corner[2] - corner[1]));
                up.min(down).max(0.0) * 2.0 / (corner[2] - corner[0])
            };
            let bins = (corner[0] / bin_hz) as usize..(corner[2] / bin_hz) as usize + 1;
            let bins = bins.start..bins.end.min(FFT / 2 + 1);
            Band { weights: bins.clone().map(height).collect(), bins }
        })
        .collect()
}

/// The Slaney scale: linear to 1 kHz, logarithmic above.
fn hertz_to_mel(hz: f64) -> f64 {
    if hz < 1_000.0 { hz * 3.0 / 200.0 } else { 15.0 + (hz / 1_000.0).ln() * 27.0 / 6.4f64.ln() }
}

fn mel_to_hertz(mel: f64) -> f64 {
    if mel < 15.0 { mel * 200.0 / 3.0 } else { 1_000.0 * ((mel - 15.0) * 6.4f64.ln() / 27.0).exp() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::buzz;

    struct Reference {
        seconds: f64,
        speech: Range<f64>,
        /// Band, frame, value, computed with the feature extractor the network was trained with.
        features: [(usize, usize, f32); 5],
    }

    const REFERENCES: [Reference; 3] = [
        Reference {
            seconds: 1.2,
            speech: 0.2..1.0,
            features: [
                (0, 0, -0.11115),
                (10, 700, -0.005),
                (40, 760, 0.18749),
                (79, 799, 0.31319),
                (20, 790, 0.42914),
            ],
        },
        Reference {
            seconds: 3.0,
            speech: 0.3..2.9,
            features: [
                (0, 0, -0.15227),
                (10, 700, 1.49937),
                (40, 760, 0.32393),
                (79, 799, 0.20914),
                (20, 790, 1.42219),
            ],
        },
        Reference {
            seconds: 9.0,
            speech: 0.5..8.7,
            features: [
                (0, 0, -0.29112),
                (10, 700, 0.23232),
                (40, 760, 0.89129),
                (79, 799, 0.13426),
                (20, 790, 0.24794),
            ],
        },
    ];

    #[test]
    fn the_features_are_those_the_network_was_trained_on() {
        let spectrum = MelSpectrum::new();
        for Reference { seconds, speech, features: expected } in REFERENCES {
            let features = spectrum.features(&buzz(16_000, seconds, speech));
            for (mel, frame, value) in expected {
                let got = features[mel * FRAMES + frame];
                assert!(
                    (got - value).abs() < 1e-3,
                    "{seconds} s, band {mel}, frame {frame}: {got}, not {value}"
                );
            }
        }
    }

    #[test]
    fn the_frames_of_the_silence_are_the_same_when_computed_one_by_one() {
        let spectrum = MelSpectrum::new();
        let samples = buzz(16_000, 1.0, 0.1..0.9);
        let mut whole = vec![0.0; HEARD - samples.len()];
        whole.extend_from_slice(&samples);
        assert_eq!(spectrum.features(&samples), spectrum.features(&whole));
    }

    #[test]
    fn silence_and_nothing_at_all_have_features() {
        let spectrum = MelSpectrum::new();
        for samples in [vec![], vec![0.0; 7], vec![0.0; HEARD], vec![0.5; HEARD + 1]] {
            assert!(spectrum.features(&samples).iter().all(|value| value.is_finite()));
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        assert!(matches!(SmartTurn::load(vec![1, 2, 3], 1), Err(NetworkError::Load(_))));
    }
}
