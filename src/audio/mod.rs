//! Samples: μ-law, resampling, voice activity and the end of a turn.
//!
//! Invariant: its only clock is the count of samples. It deliberately reads no file and knows no words: what was
//! said is told to it by whoever transcribes.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod decode;
mod mel;
pub mod resample;
pub mod smart_turn;
mod threads;
pub mod timbre;
pub mod turn;
pub mod ulaw;
pub mod vad;

#[cfg(test)]
mod testing;

/// Samples per second on the telephone, and of everything the caller says before it is transcribed.
pub const TELEPHONE_HZ: u32 = 8_000;

/// Samples per second that whisper and the smart-turn model expect.
pub const MODEL_HZ: u32 = 16_000;

/// Why a neural network could not be used.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The file is not the network it should be.
    #[error("the network could not be loaded: {0}")]
    Load(#[from] rten::LoadError),
    /// The network's inputs or outputs are not the expected ones.
    #[error("the network failed on its first run: {0}")]
    Run(#[from] rten::RunError),
    /// The network answered with something other than numbers.
    #[error("the network's answer has an unexpected shape")]
    Shape,
}
