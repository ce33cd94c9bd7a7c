//! Whisper on threads of its own: samples in, words out.
//!
//! Invariant: a job that is cancelled, refused or failed says so; it never blocks a call. It deliberately knows
//! nothing of turns or calls: the driver ties every transcript to the segment it was asked for.

mod backlog;
mod gate;
mod hear;
mod infer;
mod repetition;
mod split;
mod whisper;

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

pub use hear::hear;
pub use split::split;
pub use whisper::{Settings, Whisper};

/// Turns speech into words.
pub trait Transcriber: Send + Sync {
    /// Transcribes one segment; dropping the future cancels the work.
    fn transcribe(
        &self,
        job: Job,
    ) -> Pin<Box<dyn Future<Output = Result<Transcription, TranscribeError>> + Send>>;
}

/// One segment to transcribe.
#[derive(Debug, Clone)]
pub struct Job {
    /// Mono samples at 16 kHz, −1 to 1.
    pub samples: Arc<[f32]>,
    /// Words likely to occur: names of the business, its streets, its products. Empty for none.
    pub vocabulary: String,
    /// Whether the caller waits for this one; speculative work yields to it.
    pub priority: Priority,
}

/// How urgent a [`Job`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// The turn may not be over yet.
    Speculative,
    /// The turn is over and the caller waits.
    Final,
}

/// The words of one segment, left out in `Debug`.
#[derive(Clone, PartialEq)]
pub struct Transcription {
    /// The words; empty when there were none (silence, tones, music, noise).
    pub text: String,
    /// Mean token probability, 0 to 1.
    pub confidence: f32,
    /// Whisper's own probability that there was no speech, 0 to 1.
    pub no_speech: f32,
}

impl fmt::Debug for Transcription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text: _, confidence, no_speech } = self;
        f.debug_struct("Transcription")
            .field("confidence", confidence)
            .field("no_speech", no_speech)
            .finish_non_exhaustive()
    }
}

/// Why a segment was not transcribed.
#[derive(Debug, thiserror::Error)]
pub enum TranscribeError {
    /// The model cannot be loaded.
    #[error("the whisper model {} cannot be loaded: {why}", path.display())]
    Model {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The queue is full: the machine cannot keep up.
    #[error("the transcriber's queue is full")]
    Busy,
    /// Whisper failed.
    #[error("whisper failed: {0}")]
    Failed(String),
    /// The threads are gone.
    #[error("the transcriber has shut down")]
    Closed,
}
