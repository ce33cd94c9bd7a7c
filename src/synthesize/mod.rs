//! The voice: words in, telephone audio out, in slices as soon as they are ready.
//!
//! Invariant: text is normalised for speech here and nowhere else. It deliberately knows nothing of calls or of
//! what was heard.

use std::sync::Arc;

use tokio::sync::mpsc;

/// Turns text into telephone audio.
pub trait Synthesizer: Send + Sync {
    /// Starts speaking one sentence (see [`sentences`]); slices arrive in order as they are ready, and the channel
    /// closes after the last. Dropping the receiver cancels the work. A cached sentence is ready at once.
    fn speak(&self, sentence: &str) -> mpsc::Receiver<Result<Slice, SynthesizeError>>;
}

/// A slice of speech: μ-law, 8 kHz, mono, of any length.
pub type Slice = Arc<[u8]>;

/// Why a sentence could not be spoken.
#[derive(Debug, thiserror::Error)]
pub enum SynthesizeError {
    /// The voice failed.
    #[error("the voice failed: {0}")]
    Failed(String),
    /// Too much is waiting to be spoken.
    #[error("the voice's queue is full")]
    Busy,
}
