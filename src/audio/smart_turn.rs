//! Whether a turn sounds finished, by the smart-turn v3 network: melody and rhythm, not words.
//!
//! The features are those of Whisper's feature extractor with waveform normalisation, as the network was trained on. What
//! its first layers make of them is a description of the voice as well, as layers of such networks are of the mood it is
//! in (Pasad et al. 2021, "Layer-wise analysis of a self-supervised speech representation model").

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool};
use rten_tensor::{NdTensorView, Tensor};

use super::resample::resample;
use super::{MODEL_HZ, NetworkError, TELEPHONE_HZ};

/// How much of the turn's end the network hears: 8 s.
const HEARD: usize = 8 * MODEL_HZ as usize;
const FFT: usize = 400;
const HOP: usize = 160;
const FRAMES: usize = HEARD / HOP;
const MELS: usize = 80;
/// The least power of a band, as in Whisper's extractor.
const FLOOR: f64 = 1e-10;
/// Outputs of the first two of the encoder's four layers, which hear more of the voice than of the words.
const LAYERS: [&str; 2] = ["add_146", "add_268"];
/// Numbers that a layer makes of every 20 ms.
const WIDTH: usize = 384;
/// Samples at 8 kHz that one of those is about.
const STEP: usize = TELEPHONE_HZ as usize / 50;
/// Steps that a timbre is about: 2 s.
const TIMBRE_STEPS: usize = 100;
/// Sound of less than this share of the loudest step's power is a pause: 30 dB.
const PAUSE: f32 = 0.001;

/// The smart-turn v3 network, shared by all calls.
pub struct SmartTurn {
    model: Model,
    layers: [NodeId; 2],
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
        let layers = [model.node_id(LAYERS[0])?, model.node_id(LAYERS[1])?];
        let spectrum = MelSpectrum::new();
        let network = Self { model, layers, spectrum, threads, asked: AtomicUsize::new(0) };
        network.run(&[])?;
        Ok(network)
    }

    /// Returns the probability that the turn is finished, 0 to 1, from its mono samples at 16 kHz, of which the last
    /// 8 s count. It should be asked after about 0.2 s of silence: more silence makes everything sound finished.
    /// Takes some 50 ms of one core, on the caller's thread as far as waiting goes.
    pub fn probability(&self, samples: &[f32]) -> f32 {
        self.run(samples).expect("a network that ran when it was loaded runs again")
    }

    /// Returns what the network's first layers make of the voice in the latest 2 s of sound, from samples at 8 kHz:
    /// the means over the steps of 20 ms that are no pauses, the pause at the end left out. The line's gain changes
    /// nothing. Takes some 30 ms of one core.
    pub fn timbre(&self, samples: &[f32]) -> Vec<f32> {
        self.layers(samples).expect("a network that ran when it was loaded runs again")
    }

    fn layers(&self, samples: &[f32]) -> Result<Vec<f32>, NetworkError> {
        let (heard, voiced) = latest(samples);
        let features = self.spectrum.features(&resample(heard, TELEPHONE_HZ, MODEL_HZ));
        let input = NdTensorView::from_data([1, MELS, FRAMES], features.as_slice());
        let inputs = self.model.input_ids().iter().map(|id| (*id, input.into())).collect();
        let mut timbre = Vec::with_capacity(self.layers.len() * WIDTH);
        for layer in self.model.run(inputs, &self.layers, Some(self.options()))? {
            let layer: Tensor<f32> = layer.try_into().map_err(|_| NetworkError::Shape)?;
            let steps = layer.into_data();
            let first = (steps.len() / WIDTH).checked_sub(voiced.len()).ok_or(NetworkError::Shape)?;
            let counted =
                voiced.iter().zip(steps.chunks_exact(WIDTH).skip(first)).filter(|(voiced, _)| **voiced);
            let mut means = vec![0.0; WIDTH];
            let mut count = 0.0f32;
            for (_, step) in counted {
                count += 1.0;
                means.iter_mut().zip(step).for_each(|(mean, value)| *mean += value);
            }
            timbre.extend(means.into_iter().map(|sum| sum / count.max(1.0)));
        }
        Ok(timbre)
    }

    fn run(&self, samples: &[f32]) -> Result<f32, NetworkError> {
        let features = self.spectrum.features(samples);
        let input = NdTensorView::from_data([1, MELS, FRAMES], features.as_slice());
        let answer = self.model.run_one(input.into(), Some(self.options()))?;
        let answer: Tensor<f32> = answer.try_into().map_err(|_| NetworkError::Shape)?;
        answer.into_data().first().copied().ok_or(NetworkError::Shape)
    }

    fn options(&self) -> RunOptions {
        let thread = &self.threads[self.asked.fetch_add(1, Ordering::Relaxed) % self.threads.len()];
        RunOptions::default().with_thread_pool(Some(Arc::clone(thread)))
    }
}

/// The latest sound without the pause at its end, in whole steps, and which of its steps are no pauses.
fn latest(samples: &[f32]) -> (&[f32], Vec<bool>) {
    let powers: Vec<f32> = samples
        .rchunks_exact(STEP)
        .map(|step| step.iter().map(|sample| sample * sample).sum::<f32>())
        .map(|power| if power.is_finite() { power } else { 0.0 })
        .collect();
    let loudest = |powers: &[f32]| powers.iter().copied().fold(0.0, f32::max);
    let least = PAUSE * loudest(&powers);
    let pause = powers.iter().position(|power| *power > least).unwrap_or(0);
    let powers = &powers[pause..powers.len().min(pause + TIMBRE_STEPS)];
    let least = PAUSE * loudest(powers);
    let end = samples.len() - pause * STEP;
    let voiced = powers.iter().rev().map(|power| *power > least).collect();
    (&samples[end - powers.len() * STEP..end], voiced)
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
    fn a_timbre_is_of_the_latest_sound_without_its_pauses() {
        let mut samples: Vec<f32> = buzz(8_000, 4.0, 0.5..3.0);
        let (heard, voiced) = latest(&samples);
        assert_eq!((heard.len(), voiced.len()), (TIMBRE_STEPS * STEP, TIMBRE_STEPS));
        assert!(voiced.iter().filter(|voiced| **voiced).count() > 80);
        samples.extend([0.0; 4_000]);
        assert_eq!(latest(&samples).0.len(), TIMBRE_STEPS * STEP);
        for (samples, steps) in
            [(vec![], 0), (vec![0.1; 100], 0), (vec![0.0; 1_000], 6), (vec![f32::NAN; 320], 2)]
        {
            assert_eq!(latest(&samples).1, vec![false; steps]);
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        assert!(matches!(SmartTurn::load(vec![1, 2, 3], 1), Err(NetworkError::Load(_))));
    }
}
