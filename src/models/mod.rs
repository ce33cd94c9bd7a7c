//! Model files: a catalogue, the folder they are kept in, and how they get there.
//!
//! A file stands under its own name only once it is whole: it is verified by SHA-256, flushed to disk, and then
//! renamed. The room does not load models, and fetches none unless it is asked to.

mod cache;
mod catalogue;
mod convert;
mod ct2;
mod download;
mod error;
mod fetch;
mod format;
mod ggml;
mod hash;
mod mel;
mod package;
mod quantize;
mod tensors;
mod vocabulary;

#[cfg(test)]
mod tests;

pub use cache::{Cache, PiperVoice, Verdict};
pub use catalogue::{Included, Model, ModelFile, ModelId, Origin, SILERO};
pub use convert::ct2_to_ggml;
pub use error::{ModelError, Unobtainable};
pub use fetch::{Progress, Report};
pub use format::FormatError;
pub use quantize::to_q8_0;
pub use tensors::read_tensors;
