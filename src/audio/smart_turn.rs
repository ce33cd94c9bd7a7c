//! Whether a turn sounds finished, by the smart-turn v3 network: melody and rhythm, not words.
//!
//! The features are those of Whisper's feature extractor with waveform normalisation, as the network was trained on.

use rten::{Model, ModelOptions, RunOptions};
use rten_tensor::{NdTensorView, Tensor};

use super::mel::{FFT, HOP, MELS, MelSpectrum};
use super::threads::Threads;
use super::{MODEL_HZ, NetworkError};

/// How much of the turn's end the network hears: 8 s.
const HEARD: usize = 8 * MODEL_HZ as usize;
const FRAMES: usize = HEARD / HOP;

/// The smart-turn v3 network, shared by all calls.
pub struct SmartTurn {
    model: Model,
    spectrum: MelSpectrum,
    threads: Threads,
}

impl SmartTurn {
    /// Loads the network from the bytes of `smart-turn-v3.2-cpu.onnx`, to answer up to `at_once` questions in parallel.
    pub fn load(onnx: Vec<u8>, at_once: usize) -> Result<Self, NetworkError> {
        let model = ModelOptions::with_all_ops().prepack_weights(true).load(onnx)?;
        let network = Self { model, spectrum: MelSpectrum::new(), threads: Threads::new(at_once) };
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
        let features = features(&self.spectrum, samples);
        let input = NdTensorView::from_data([1, MELS, FRAMES], features.as_slice());
        let options = RunOptions::default().with_thread_pool(Some(self.threads.next()));
        let answer = self.model.run_one(input.into(), Some(options))?;
        let answer: Tensor<f32> = answer.try_into().map_err(|_| NetworkError::Shape)?;
        answer.into_data().first().copied().ok_or(NetworkError::Shape)
    }
}

/// Returns `MELS` rows of `FRAMES` values: silence is put before a short turn, the start of a long one is dropped.
fn features(spectrum: &MelSpectrum, samples: &[f32]) -> Vec<f32> {
    let samples = &samples[samples.len().saturating_sub(HEARD)..];
    let silence = HEARD - samples.len();
    // All frames within the silence are alike, whatever its level has become by the normalisation.
    let alike = if silence > FFT { silence.saturating_sub(FFT / 2) / HOP } else { 0 };
    spectrum.features(normalised(samples, silence), alike)
}

/// Returns the samples after so much silence, with mean 0 and variance 1 over all of it, with room for half
/// a window at both ends.
fn normalised(samples: &[f32], silence: usize) -> Vec<f64> {
    let count = HEARD as f64;
    let mean = samples.iter().map(|&x| f64::from(x)).sum::<f64>() / count;
    let spread: f64 = samples.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum();
    let variance = (spread + silence as f64 * mean * mean) / count;
    let scale = 1.0 / (variance + 1e-7).sqrt();

    let mut padded = vec![-mean * scale; HEARD + FFT];
    for (place, &sample) in padded[FFT / 2 + silence..].iter_mut().zip(samples) {
        *place = (f64::from(sample) - mean) * scale;
    }
    padded
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

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
            let features = features(&spectrum, &buzz(16_000, seconds, speech));
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
        assert_eq!(features(&spectrum, &samples), features(&spectrum, &whole));
    }

    #[test]
    fn silence_and_nothing_at_all_have_features() {
        let spectrum = MelSpectrum::new();
        for samples in [vec![], vec![0.0; 7], vec![0.0; HEARD], vec![0.5; HEARD + 1]] {
            assert!(features(&spectrum, &samples).iter().all(|value| value.is_finite()));
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        assert!(matches!(SmartTurn::load(vec![1, 2, 3], 1), Err(NetworkError::Load(_))));
    }
}
