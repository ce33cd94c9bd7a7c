//! The voice's network on rten: phoneme ids in, samples out, in slices where the network can be cut.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rten::ThreadPool;
use rten::{Model, NodeId, RunOptions, ValueOrView};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};
use sha2::{Digest, Sha256};

use super::graph::{Cuts, Network};
use crate::synthesize::{StartError, SynthesizeError};

/// Frames of the slices, the last for all later ones. The first is short, so that the first audio comes early, and so is
/// the second, which must be ready before the first has been played; the longest are long enough for their overlap to
/// cost little, and short enough to be cancelled soon.
const SLICES: [usize; 4] = [24, 36, 96, 128];

/// Less than this is not worth a slice of its own.
const SHORTEST: usize = 16;

/// From the third slice on the flow runs ahead to this multiple of what has been made: it is cheap for what it makes, but
/// its overlap is wide, so it should not run often.
const FLOW_AHEAD: usize = 6;

/// Which speaker of a voice with several.
const SPEAKER: i32 = 0;

/// A loaded network; it may be run from several threads at once.
pub struct Net {
    model: Model,
    input: NodeId,
    lengths: NodeId,
    scales: NodeId,
    speaker: Option<NodeId>,
    audio: NodeId,
    cut: Option<CutNodes>,
    digest: String,
}

struct CutNodes {
    prior: NodeId,
    mask: NodeId,
    latent: NodeId,
    cuts: Cuts,
}

/// How a sentence is to sound.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// How much the sound varies.
    pub noise_scale: f32,
    /// How slow; 2 is half the speed.
    pub length_scale: f32,
    /// How much the rhythm varies.
    pub noise_w: f32,
}

/// A sentence on its way through the network.
pub struct Utterance {
    style: Style,
    stage: Stage,
}

enum Stage {
    /// Nothing has been made yet.
    Ids(Vec<i32>),
    /// The encoder has run, and audio has been made up to some frame.
    Slicing(Slicing),
    Done,
}

struct Slicing {
    prior: NdTensor<f32, 3>,
    /// A stretch of the latent, and the frame it begins with.
    latent: Option<(usize, NdTensor<f32, 3>)>,
    /// Frames made.
    done: usize,
    /// Slices made.
    slices: usize,
}

impl Utterance {
    /// Takes the phoneme ids of a sentence.
    pub const fn new(ids: Vec<i32>, style: Style) -> Self {
        Self { style, stage: Stage::Ids(ids) }
    }

    /// Whether all of its audio has been made.
    pub const fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }
}

impl Net {
    /// Loads the network of a voice.
    ///
    /// # Errors
    /// When the file is missing, damaged, or not the network of a Piper voice.
    pub fn load(path: &Path) -> Result<Self, StartError> {
        let unusable = |why: String| StartError::Voice { path: path.to_owned(), why };
        let network = Network::read(path)?;
        let digest = Sha256::digest(&network.onnx).iter().map(|byte| format!("{byte:02x}")).collect();
        let model = Model::load(network.onnx).map_err(|error| unusable(error.to_string()))?;
        let node = |name: &str| model.node_id(name).map_err(|error| unusable(error.to_string()));
        let cut = |cuts: Cuts| {
            let (prior, mask, latent) = (node(&cuts.prior)?, node(&cuts.mask)?, node(&cuts.latent)?);
            Ok::<_, StartError>(CutNodes { prior, mask, latent, cuts })
        };
        let cut = network.cuts.map(cut).transpose()?;
        let audio = *model.output_ids().first().ok_or_else(|| unusable("has no output".to_owned()))?;
        let (input, lengths, scales) = (node("input")?, node("input_lengths")?, node("scales")?);
        let is_sid = |id: &&NodeId| model.node_info(**id).and_then(|info| info.name()) == Some("sid");
        let speaker = model.input_ids().iter().find(is_sid).copied();
        Ok(Self { input, lengths, scales, speaker, audio, cut, digest, model })
    }

    /// Gives up slicing.
    pub fn forget_cuts(&mut self) {
        self.cut = None;
    }

    /// What tells this network from any other.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Makes a sentence in one go and in slices, and gives up slicing if that does not sound the same. Returns the
    /// sentence, and whether it can be sliced.
    ///
    /// # Errors
    /// When the network fails on the sentence in one go.
    pub fn try_out(
        &mut self,
        ids: &[i32],
        style: Style,
        pool: &Arc<ThreadPool>,
    ) -> Result<(Vec<f32>, bool), SynthesizeError> {
        let whole = self.whole(ids, style, pool)?;
        let sliced = || -> Result<Vec<f32>, SynthesizeError> {
            let mut utterance = Utterance::new(ids.to_vec(), style);
            let mut audio = Vec::new();
            while !utterance.is_done() {
                audio.extend(self.step(&mut utterance, pool)?);
            }
            Ok(audio)
        };
        let is_cut = self.cut.is_some() && sliced().is_ok_and(|sliced| alike(&sliced, &whole));
        if !is_cut {
            self.forget_cuts();
        }
        Ok((whole, is_cut))
    }

    /// Makes all of a sentence in one go.
    fn whole(&self, ids: &[i32], style: Style, pool: &Arc<ThreadPool>) -> Result<Vec<f32>, SynthesizeError> {
        Ok(self.run(self.sentence(ids, style), self.audio, pool)?.to_vec())
    }

    /// Makes the next slice of audio, in the voice's own rate, −1 to 1 and unlevelled; all of it if the network cannot be cut.
    ///
    /// # Errors
    /// When the network fails.
    pub fn step(
        &self,
        utterance: &mut Utterance,
        pool: &Arc<ThreadPool>,
    ) -> Result<Vec<f32>, SynthesizeError> {
        let style = utterance.style;
        match (std::mem::replace(&mut utterance.stage, Stage::Done), &self.cut) {
            (Stage::Ids(ids), Some(cut)) => {
                let prior = tensor(self.run(self.sentence(&ids, style), cut.prior, pool)?)?;
                let slicing = Slicing { prior, latent: None, done: 0, slices: 0 };
                self.slice(cut, slicing, utterance, pool)
            }
            (Stage::Ids(ids), None) => self.whole(&ids, style, pool),
            (Stage::Slicing(slicing), Some(cut)) => self.slice(cut, slicing, utterance, pool),
            (Stage::Slicing(_), None) => {
                Err(SynthesizeError::Failed("a sliced sentence met a network without cuts".to_owned()))
            }
            (Stage::Done, _) => Ok(Vec::new()),
        }
    }

    fn slice(
        &self,
        cut: &CutNodes,
        mut slicing: Slicing,
        utterance: &mut Utterance,
        pool: &Arc<ThreadPool>,
    ) -> Result<Vec<f32>, SynthesizeError> {
        let frames = slicing.prior.size(2);
        let start = slicing.done;
        let size = SLICES[slicing.slices.min(SLICES.len() - 1)];
        let end = if start + size + SHORTEST >= frames { frames } else { start + size };
        let reach = cut.cuts.decoder_reach;
        let window = start.saturating_sub(reach)..(end + reach).min(frames);

        let (offset, latent) = match slicing.latent.take() {
            Some((offset, latent)) if offset + latent.size(2) >= window.end => (offset, latent),
            _ => {
                // The first slices wait for as little of the flow as they can.
                let ahead = if slicing.slices < 2 { window.end } else { window.end.max(start * FLOW_AHEAD) };
                let stretch = window.start..ahead.min(frames);
                (stretch.start, self.flow(cut, slicing.prior.view(), stretch, pool)?)
            }
        };
        let around = latent.slice((.., .., window.start - offset..window.end - offset));
        let audio = self.decode(cut, around, pool)?;
        let hop = cut.cuts.hop;
        let kept = audio.get((start - window.start) * hop..(end - window.start) * hop);
        let kept = kept.ok_or_else(|| SynthesizeError::Failed("a slice came out short".to_owned()))?.to_vec();
        if end < frames {
            let (latent, slices) = (Some((offset, latent)), slicing.slices + 1);
            utterance.stage = Stage::Slicing(Slicing { latent, done: end, slices, ..slicing });
        }
        Ok(kept)
    }

    /// Makes the latent of `frames`, looking at as much of the prior around them as they depend on.
    fn flow(
        &self,
        cut: &CutNodes,
        prior: NdTensorView<f32, 3>,
        frames: Range<usize>,
        pool: &Arc<ThreadPool>,
    ) -> Result<NdTensor<f32, 3>, SynthesizeError> {
        let reach = cut.cuts.flow_reach;
        let start = frames.start.saturating_sub(reach);
        let end = (frames.end + reach).min(prior.size(2));
        let mask = NdTensor::<f32, 3>::full([1, 1, end - start], 1.0);
        let prior = prior.slice((.., .., start..end)).to_tensor();
        let mut inputs = vec![(cut.prior, prior.into()), (cut.mask, mask.into())];
        inputs.extend(self.speaker_input());
        let latent = tensor(self.run(inputs, cut.latent, pool)?)?;
        Ok(latent.slice((.., .., frames.start - start..frames.end - start)).to_tensor())
    }

    fn decode(
        &self,
        cut: &CutNodes,
        latent: NdTensorView<f32, 3>,
        pool: &Arc<ThreadPool>,
    ) -> Result<Vec<f32>, SynthesizeError> {
        let mut inputs = vec![(cut.latent, latent.to_tensor().into())];
        inputs.extend(self.speaker_input());
        Ok(self.run(inputs, self.audio, pool)?.to_vec())
    }

    fn sentence(&self, ids: &[i32], style: Style) -> Vec<(NodeId, ValueOrView<'static>)> {
        let length = i32::try_from(ids.len()).unwrap_or(i32::MAX);
        let mut inputs = vec![
            (self.input, NdTensor::from_data([1, ids.len()], ids.to_vec()).into()),
            (self.lengths, NdTensor::from_data([1], vec![length]).into()),
            (
                self.scales,
                NdTensor::from_data([3], vec![style.noise_scale, style.length_scale, style.noise_w]).into(),
            ),
        ];
        inputs.extend(self.speaker_input());
        inputs
    }

    fn speaker_input(&self) -> Option<(NodeId, ValueOrView<'static>)> {
        self.speaker.map(|id| (id, NdTensor::from_data([1], vec![SPEAKER]).into()))
    }

    fn run(
        &self,
        inputs: Vec<(NodeId, ValueOrView)>,
        output: NodeId,
        pool: &Arc<ThreadPool>,
    ) -> Result<rten_tensor::Tensor<f32>, SynthesizeError> {
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(pool)));
        let failed = |error: &dyn std::fmt::Display| SynthesizeError::Failed(error.to_string());
        let [value] = self.model.run_n(inputs, [output], Some(options)).map_err(|error| failed(&error))?;
        value.try_into().map_err(|error: rten::TryFromValueError| failed(&error))
    }
}

fn tensor(value: rten_tensor::Tensor<f32>) -> Result<NdTensor<f32, 3>, SynthesizeError> {
    value.try_into().map_err(|_| SynthesizeError::Failed("a value had an unexpected rank".to_owned()))
}

fn alike(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-3)
}
