//! How a voice sounds, as the first layers of Whisper's encoder hear it: whisper tiny.en, whose weights most
//! servers have anyway.
//!
//! The layers of networks that were made for words hold the mood of the voice as well, the first ones most of it (Pasad
//! et al. 2021, "Layer-wise analysis of a self-supervised speech representation model"). whisper.cpp shows none of its
//! layers, so they are computed here, over the sound that is asked about and no more.

use std::collections::BTreeMap;

use rten_gemm::{BiasVector, GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_simd::{SimdOp, SimdUnaryOp};
use rten_tensor::prelude::*;
use rten_tensor::{Matrix, NdTensorView};
use rten_vecmath::{Gelu, Softmax};

use super::mel::{FFT, HOP, MELS, MelSpectrum};
use super::resample::resample;
use super::threads::Threads;
use super::{MODEL_HZ, NetworkError, TELEPHONE_HZ};

/// Numbers that a layer makes of every step.
const WIDTH: usize = 384;
const HEADS: usize = 6;
const HEAD: usize = WIDTH / HEADS;
/// Layers computed, of the four that there are; the last one hears words.
const LAYERS: usize = 3;
/// Those of them, by number, whose outputs make a timbre.
const HEARD: [usize; 2] = [0, 2];
/// Samples at 8 kHz of a step: 20 ms.
const STEP: usize = TELEPHONE_HZ as usize / 50;
/// Steps that a timbre is about: 2 s.
const STEPS: usize = 100;
/// Steps that the encoder knows the places of: 30 s.
const POSITIONS: usize = 1_500;
/// Mel frames of a step.
const FRAMES: usize = MODEL_HZ as usize / 50 / HOP;
/// Sound of less than this share of the loudest step's power is a pause: 30 dB.
const PAUSE: f32 = 0.001;
/// The root mean square of speech that Whisper hears, whatever the line's gain.
const LOUDNESS: f32 = 0.1;
const EPSILON: f32 = 1e-5;

/// The first layers of whisper tiny.en's encoder, shared by all calls.
pub struct TimbreNetwork {
    spectrum: MelSpectrum,
    /// Over three frames of the spectrum, and then over three of what that made, every other one left out.
    convolutions: [Linear; 2],
    positions: Vec<f32>,
    blocks: Vec<Block>,
    threads: Threads,
}

/// A layer of the encoder: attention and a perceptron, each added to what came in.
struct Block {
    before_attention: Norm,
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    before_perceptron: Norm,
    widen: Linear,
    narrow: Linear,
}

struct Linear {
    weights: PackedBMatrix<f32>,
    bias: Vec<f32>,
}

struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl TimbreNetwork {
    /// What makes the timbres: a model fitted to those of another network makes nothing of these.
    pub const NAME: &str = "whisper-tiny.en, layers 1 and 3";

    /// Whether the network needs the tensor of that name in Whisper's file.
    pub fn needs(name: &str) -> bool {
        let Some(name) = name.strip_prefix("encoder.") else { return false };
        let block = name.strip_prefix("blocks.").and_then(|rest| rest.split('.').next()?.parse().ok());
        name.starts_with("conv")
            || name == "positional_embedding"
            || block.is_some_and(|block: usize| block < LAYERS)
    }

    /// Makes it of whisper tiny.en's tensors, by name and with their dimensions from the outermost to the innermost
    /// flattened, to answer up to `at_once` questions in parallel.
    ///
    /// # Errors
    /// [`NetworkError::Shape`] when a tensor is missing or of another size: another of Whisper's models.
    pub fn new(tensors: &BTreeMap<String, Vec<f32>>, at_once: usize) -> Result<Self, NetworkError> {
        let gemm = GemmExecutor::new();
        let get = |name: &str, length: usize| {
            let tensor = tensors.get(&format!("encoder.{name}")).filter(|tensor| tensor.len() == length);
            tensor.map(Vec::as_slice).ok_or(NetworkError::Shape)
        };
        let linear = |name: &str, input: usize, output: usize| {
            let weights = get(&format!("{name}.weight"), input * output)?;
            let matrix: Matrix<'_, f32> = NdTensorView::from_data([output, input], weights);
            let has_bias = !name.ends_with("attn.key");
            let bias = match has_bias {
                true => get(&format!("{name}.bias"), output)?.to_vec(),
                false => vec![0.0; output],
            };
            Ok::<_, NetworkError>(Linear { weights: gemm.prepack_b(matrix.transposed()), bias })
        };
        let norm = |name: &str| {
            let [scale, shift] = ["weight", "bias"].map(|part| get(&format!("{name}.{part}"), WIDTH));
            Ok::<_, NetworkError>(Norm { scale: scale?.to_vec(), shift: shift?.to_vec() })
        };
        let block = |number: usize| {
            let of = |part: &str| format!("blocks.{number}.{part}");
            Ok(Block {
                before_attention: norm(&of("attn_ln"))?,
                query: linear(&of("attn.query"), WIDTH, WIDTH)?,
                key: linear(&of("attn.key"), WIDTH, WIDTH)?,
                value: linear(&of("attn.value"), WIDTH, WIDTH)?,
                out: linear(&of("attn.out"), WIDTH, WIDTH)?,
                before_perceptron: norm(&of("mlp_ln"))?,
                widen: linear(&of("mlp.0"), WIDTH, 4 * WIDTH)?,
                narrow: linear(&of("mlp.2"), 4 * WIDTH, WIDTH)?,
            })
        };
        Ok(Self {
            convolutions: [linear("conv1", 3 * MELS, WIDTH)?, linear("conv2", 3 * WIDTH, WIDTH)?],
            positions: get("positional_embedding", POSITIONS * WIDTH)?[..STEPS * WIDTH].to_vec(),
            blocks: (0..LAYERS).map(block).collect::<Result<_, NetworkError>>()?,
            spectrum: MelSpectrum::new(),
            threads: Threads::new(at_once),
        })
    }

    /// Returns what the layers make of the voice in the latest 2 s of sound, from samples at 8 kHz: the means over the
    /// steps of 20 ms that are no pauses, the pause at the end left out. The line's gain changes nothing. Takes some
    /// 10 ms of one core, on a thread of its own that the caller's waits for.
    pub fn timbre(&self, samples: &[f32]) -> Vec<f32> {
        let (heard, voiced) = latest(samples);
        if voiced.is_empty() {
            return vec![0.0; HEARD.len() * WIDTH];
        }
        self.threads.next().run(|| self.hear(heard, &voiced))
    }

    fn hear(&self, heard: &[f32], voiced: &[bool]) -> Vec<f32> {
        // Cheap to make, and not to be shared between threads.
        let gemm = GemmExecutor::new();
        let mut steps = self.convolve(&gemm, heard, voiced);
        let mut timbre = Vec::with_capacity(HEARD.len() * WIDTH);
        for (number, block) in self.blocks.iter().enumerate() {
            block.apply(&gemm, &mut steps);
            if HEARD.contains(&number) {
                timbre.extend(mean(&steps, voiced));
            }
        }
        timbre
    }

    /// One row of `WIDTH` numbers for each step.
    fn convolve(&self, gemm: &GemmExecutor, heard: &[f32], voiced: &[bool]) -> Vec<f32> {
        let power: f32 = speech(heard, voiced).map(|sample| sample * sample).sum();
        let count = speech(heard, voiced).count().max(1) as f32;
        let gain = LOUDNESS / (power / count + f32::MIN_POSITIVE).sqrt();
        let samples = resample(heard, TELEPHONE_HZ, MODEL_HZ);
        let mut padded = vec![0.0; FRAMES * HOP * voiced.len() + FFT];
        for (place, sample) in padded[FFT / 2..].iter_mut().zip(samples) {
            *place = f64::from(sample * gain);
        }
        let spectrum = self.spectrum.features(padded, 0);
        let frames = FRAMES * voiced.len();
        let [first, second] = &self.convolutions;
        let wide = windows(frames, 1, |frame, mel| spectrum[mel * frames + frame], MELS);
        let mut made = first.apply(gemm, &wide);
        Gelu {}.map_mut(&mut made);
        let wide = windows(frames, FRAMES, |frame, number| made[frame * WIDTH + number], WIDTH);
        let mut made = second.apply(gemm, &wide);
        Gelu {}.map_mut(&mut made);
        made.iter_mut().zip(&self.positions).for_each(|(value, position)| *value += position);
        made
    }
}

impl Block {
    fn apply(&self, gemm: &GemmExecutor, steps: &mut [f32]) {
        let normal = self.before_attention.apply(steps);
        let [query, key, value] =
            [&self.query, &self.key, &self.value].map(|linear| linear.apply(gemm, &normal));
        let attended = attend(gemm, &query, &key, &value);
        add(steps, &self.out.apply(gemm, &attended));

        let mut wide = self.widen.apply(gemm, &self.before_perceptron.apply(steps));
        Gelu {}.map_mut(&mut wide);
        add(steps, &self.narrow.apply(gemm, &wide));
    }
}

impl Linear {
    fn apply(&self, gemm: &GemmExecutor, rows: &[f32]) -> Vec<f32> {
        let input = self.weights.rows();
        let count = rows.len() / input;
        let mut out = vec![0.0; count * self.bias.len()];
        let rows = GemmInputA::Unpacked(NdTensorView::from_data([count, input], rows));
        let options = GemmOptions { bias: Some(BiasVector::Row(&self.bias)), ..GemmOptions::default() };
        gemm.gemm(&mut out, rows, GemmInputB::Packed(&self.weights), options).expect(FIT);
        out
    }
}

impl Norm {
    fn apply(&self, rows: &[f32]) -> Vec<f32> {
        let mut out = Vec::with_capacity(rows.len());
        for row in rows.chunks_exact(WIDTH) {
            let mean = row.iter().sum::<f32>() / WIDTH as f32;
            let variance = row.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / WIDTH as f32;
            let inverse = 1.0 / (variance + EPSILON).sqrt();
            let scaled = row.iter().zip(&self.scale).zip(&self.shift);
            out.extend(scaled.map(|((value, scale), shift)| (value - mean) * inverse * scale + shift));
        }
        out
    }
}

/// Why no product of matrices fails: their sizes were looked at when the network was made.
const FIT: &str = "the sizes of the matrices fit each other";

/// What every step takes from all others, head by head.
fn attend(gemm: &GemmExecutor, query: &[f32], key: &[f32], value: &[f32]) -> Vec<f32> {
    let steps = query.len() / WIDTH;
    let matrix = |rows| -> Matrix<'_, f32> { NdTensorView::from_data([steps, WIDTH], rows) };
    let [query, key, value] = [query, key, value].map(matrix);
    let mut attended = vec![0.0; steps * WIDTH];
    let mut shares = vec![0.0; steps * steps];
    let mut taken = vec![0.0; steps * HEAD];
    for head in 0..HEADS {
        let part = head * HEAD..(head + 1) * HEAD;
        let of = |matrix: &Matrix<'_, f32>| matrix.slice((.., part.clone())).to_tensor();
        let [query, key, value] = [of(&query), of(&key), of(&value)];
        let options = GemmOptions { alpha: 1.0 / (HEAD as f32).sqrt(), ..GemmOptions::default() };
        let keys = GemmInputB::Unpacked(key.view().transposed());
        gemm.gemm(&mut shares, GemmInputA::Unpacked(query.view()), keys, options).expect(FIT);
        shares.chunks_exact_mut(steps).for_each(|row| {
            Softmax::new_mut(row).dispatch();
        });
        let weights = GemmInputA::Unpacked(NdTensorView::from_data([steps, steps], shares.as_slice()));
        let values = GemmInputB::Unpacked(value.view());
        gemm.gemm(&mut taken, weights, values, GemmOptions::default()).expect(FIT);
        for (row, taken) in attended.chunks_exact_mut(WIDTH).zip(taken.chunks_exact(HEAD)) {
            row[part.clone()].copy_from_slice(taken);
        }
    }
    attended
}

fn add(rows: &mut [f32], more: &[f32]) {
    rows.iter_mut().zip(more).for_each(|(value, more)| *value += more);
}

/// Rows of three frames each, the middle one every `stride`-th, channel by channel; nothing is before and after them.
fn windows(frames: usize, stride: usize, value: impl Fn(usize, usize) -> f32, channels: usize) -> Vec<f32> {
    let mut rows = Vec::with_capacity(frames.div_ceil(stride) * channels * 3);
    for middle in (0..frames).step_by(stride) {
        for channel in 0..channels {
            rows.extend((0..3).map(|tap| {
                let frame = (middle + tap).checked_sub(1).filter(|frame| *frame < frames);
                frame.map_or(0.0, |frame| value(frame, channel))
            }));
        }
    }
    rows
}

fn mean(steps: &[f32], voiced: &[bool]) -> Vec<f32> {
    let mut means = vec![0.0; WIDTH];
    let mut count = 0.0f32;
    for (step, _) in steps.chunks_exact(WIDTH).zip(voiced).filter(|(_, voiced)| **voiced) {
        count += 1.0;
        add(&mut means, step);
    }
    means.iter_mut().for_each(|sum| *sum /= count.max(1.0));
    means
}

/// The samples of the steps that are no pauses.
fn speech<'a>(heard: &'a [f32], voiced: &'a [bool]) -> impl Iterator<Item = f32> + 'a {
    let steps = heard.chunks_exact(STEP).zip(voiced).filter(|(_, voiced)| **voiced);
    steps.flat_map(|(step, _)| step.iter().copied())
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
    let powers = &powers[pause..powers.len().min(pause + STEPS)];
    let least = PAUSE * loudest(powers);
    let end = samples.len() - pause * STEP;
    let voiced = powers.iter().rev().map(|power| *power > least).collect();
    (&samples[end - powers.len() * STEP..end], voiced)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::buzz;

    #[test]
    fn a_timbre_is_of_the_latest_sound_without_its_pauses() {
        let mut samples: Vec<f32> = buzz(8_000, 4.0, 0.5..3.0);
        let (heard, voiced) = latest(&samples);
        assert_eq!((heard.len(), voiced.len()), (STEPS * STEP, STEPS));
        assert!(voiced.iter().filter(|voiced| **voiced).count() > 80);
        samples.extend([0.0; 4_000]);
        assert_eq!(latest(&samples).0.len(), STEPS * STEP);
        for (samples, steps) in
            [(vec![], 0), (vec![0.1; 100], 0), (vec![0.0; 1_000], 6), (vec![f32::NAN; 320], 2)]
        {
            assert_eq!(latest(&samples).1, vec![false; steps]);
        }
    }
}
