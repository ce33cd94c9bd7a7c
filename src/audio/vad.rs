//! Voice activity, by Silero's network in its native 8 kHz form.

use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::NdTensorView;

use super::NetworkError;

/// Samples per window, 32 ms at 8 kHz.
pub const WINDOW: usize = 256;

/// How many of the samples before a window the network sees again.
const CONTEXT: usize = 32;
/// Numbers in the network's memory.
const MEMORY: usize = 2 * 128;

static WEIGHTS: &[u8] = include_bytes!("silero/silero_vad_8k.onnx");

/// Silero VAD v6, shared by all calls.
#[derive(Clone)]
pub struct VadModel(Arc<Network>);

struct Network {
    model: Model,
    inputs: [NodeId; 2],
    outputs: [NodeId; 2],
    /// One thread: the network is far too small to be worth splitting, and a window takes a fraction of a millisecond.
    thread: Arc<ThreadPool>,
}

impl VadModel {
    /// Loads the weights that are part of the program.
    pub fn load() -> Result<Self, NetworkError> {
        let model = ModelOptions::with_all_ops().prepack_weights(true).load_static_slice(WEIGHTS)?;
        let inputs = [model.node_id("input")?, model.node_id("state")?];
        let outputs = [model.node_id("output")?, model.node_id("stateN")?];
        let thread = Arc::new(ThreadPool::with_num_threads(1));
        let network = Network { model, inputs, outputs, thread };
        network.run(&[0.0; CONTEXT + WINDOW], &[0.0; MEMORY])?;
        Ok(Self(Arc::new(network)))
    }
}

impl Network {
    fn run(&self, input: &[f32], memory: &[f32]) -> Result<(f32, Vec<f32>), NetworkError> {
        let input = NdTensorView::from_data([1, CONTEXT + WINDOW], input);
        let memory = NdTensorView::from_data([2, 1, MEMORY / 2], memory);
        let values: [ValueOrView; 2] = [input.into(), memory.into()];
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.thread)));
        let inputs = self.inputs.into_iter().zip(values).collect();
        let [probability, memory] = self.model.run_n(inputs, self.outputs, Some(options))?;
        match (numbers(probability)?.as_slice(), numbers(memory)?) {
            ([probability], memory) if memory.len() == MEMORY => Ok((*probability, memory)),
            _ => Err(NetworkError::Shape),
        }
    }
}

fn numbers(value: Value) -> Result<Vec<f32>, NetworkError> {
    let tensor: rten_tensor::Tensor<f32> = value.try_into().map_err(|_| NetworkError::Shape)?;
    Ok(tensor.into_data())
}

/// The voice activity of one call: samples in, one probability of speech for every 32 ms out.
pub struct VoiceActivity {
    model: VadModel,
    memory: Vec<f32>,
    /// The context, then the samples of the window that is being filled.
    input: Vec<f32>,
}

impl VoiceActivity {
    /// Starts a call.
    pub fn new(model: VadModel) -> Self {
        Self { model, memory: vec![0.0; MEMORY], input: vec![0.0; CONTEXT] }
    }

    /// Takes samples of 8 kHz and returns the probability of speech, 0 to 1, in each [`WINDOW`] they complete.
    pub fn push(&mut self, mut samples: &[f32]) -> Vec<f32> {
        let mut probabilities = Vec::with_capacity(samples.len() / WINDOW + 1);
        while !samples.is_empty() {
            let wanted = CONTEXT + WINDOW - self.input.len();
            let (taken, rest) = samples.split_at(wanted.min(samples.len()));
            self.input.extend_from_slice(taken);
            samples = rest;
            if self.input.len() == CONTEXT + WINDOW {
                probabilities.push(self.judge_window());
            }
        }
        probabilities
    }

    /// Forgets what was heard, as after a long gap in the stream.
    pub fn reset(&mut self) {
        self.memory.fill(0.0);
        self.input.clear();
        self.input.resize(CONTEXT, 0.0);
    }

    fn judge_window(&mut self) -> f32 {
        let (probability, memory) = self
            .model
            .0
            .run(&self.input, &self.memory)
            .expect("a network that ran when it was loaded runs again");
        self.memory = memory;
        self.input.drain(..WINDOW);
        probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::buzz;

    /// What ONNX Runtime 1.31 answers to the same signal with the publisher's undivided file.
    const EXPECTED: [f32; 62] = [
        0.04957, 0.02879, 0.02292, 0.01594, 0.00757, 0.00626, 0.0079, 0.00679, 0.00805, 0.00553, 0.00678,
        0.01381, 0.01738, 0.01434, 0.01171, 0.02989, 0.77765, 0.82042, 0.76717, 0.55509, 0.31581, 0.43481,
        0.61425, 0.46696, 0.91506, 0.91657, 0.96838, 0.96688, 0.9662, 0.98872, 0.99607, 0.99775, 0.99629,
        0.99601, 0.99711, 0.99761, 0.998, 0.99934, 0.99953, 0.99967, 0.9997, 0.9997, 0.9995, 0.99979,
        0.99972, 0.99986, 0.99984, 0.99911, 0.89051, 0.47508, 0.21741, 0.09524, 0.07198, 0.04778, 0.02888,
        0.03872, 0.02865, 0.0255, 0.01785, 0.01918, 0.01585, 0.01623,
    ];

    #[test]
    fn the_probabilities_are_those_of_the_original_network() {
        let mut activity = VoiceActivity::new(VadModel::load().unwrap());
        let signal = buzz(8_000, 2.0, 0.5..1.5);
        for _ in 0..2 {
            let probabilities: Vec<f32> = signal.chunks(160).flat_map(|frame| activity.push(frame)).collect();
            assert_eq!(probabilities.len(), EXPECTED.len());
            for (window, (got, expected)) in probabilities.iter().zip(EXPECTED).enumerate() {
                assert!((got - expected).abs() < 2e-3, "window {window}: {got}, not {expected}");
            }
            activity.reset();
        }
    }

    #[test]
    fn calls_that_share_the_network_do_not_hear_each_other() {
        let model = VadModel::load().unwrap();
        let signal = buzz(8_000, 1.0, 0.2..0.8);
        let alone = VoiceActivity::new(model.clone()).push(&signal);
        let (mut one, mut other) = (VoiceActivity::new(model.clone()), VoiceActivity::new(model));
        let mut together = Vec::new();
        for frame in signal.chunks(160) {
            together.extend(one.push(frame));
            other.push(&[0.1; 160]);
        }
        assert_eq!(together, alone);
    }
}
