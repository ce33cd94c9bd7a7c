//! `calmline stress`: how stressed the voice in a recording sounds, and how good that judgement is.

mod eval;
mod fit;
mod manifest;
mod score;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};

use crate::audio::TELEPHONE_HZ;
use crate::audio::decode::decode_recording;
use crate::audio::resample::resample;
use crate::audio::timbre::TimbreNetwork;
use crate::models::{Cache, ModelError, ModelId, read_tensors};
use crate::stress::model::Model;

/// The arguments of `calmline stress`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Stress {
    #[command(subcommand)]
    command: Option<Work>,
    #[command(flatten)]
    score: score::Args,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Fit the model to labelled recordings
    Fit(fit::Args),
    /// Measure how good the levels are on labelled recordings
    Eval(eval::Args),
}

impl Stress {
    /// Runs the command.
    ///
    /// # Errors
    /// When a file cannot be read or written, or is not what it should be.
    pub fn run(&self) -> anyhow::Result<()> {
        match &self.command {
            Some(Work::Fit(args)) => fit::run(args),
            Some(Work::Eval(args)) => eval::run(args),
            None => score::run(&self.score),
        }
    }
}

/// Reads a model file, or takes the built-in one.
fn model(file: Option<&Path>) -> anyhow::Result<Arc<Model>> {
    let Some(file) = file else { return Ok(Arc::new(Model::built_in())) };
    let json = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    Ok(Arc::new(Model::read(&json).with_context(|| format!("reading {}", file.display()))?))
}

/// Loads the network by which a voice gets a second opinion, for so many voices at once: the first layers of whisper
/// tiny.en, whichever model is to understand the words.
///
/// # Errors
/// When the model was not fetched or cannot be read; the message says what to do.
pub fn network(at_once: usize) -> anyhow::Result<Arc<TimbreNetwork>> {
    let file = Cache::from_env()?.find(ModelId::WhisperTinyEn)?;
    let loading = || format!("loading {}", file.display());
    let bytes = std::fs::read(&file).with_context(loading)?;
    let tensors = read_tensors(&bytes, TimbreNetwork::needs).with_context(loading)?;
    Ok(Arc::new(TimbreNetwork::new(&tensors, at_once).with_context(loading)?))
}

/// The same, where it was fetched; the measures alone make a level too.
///
/// # Errors
/// When it was fetched and cannot be read.
pub fn network_if_there() -> anyhow::Result<Option<Arc<TimbreNetwork>>> {
    match network(1) {
        Ok(network) => Ok(Some(network)),
        Err(error) => match error.downcast_ref::<ModelError>() {
            Some(missing @ ModelError::Missing { .. }) => {
                eprintln!("scored by its measures alone, without a second opinion: {missing}");
                Ok(None)
            }
            Some(_) | None => Err(error),
        },
    }
}

/// Reads a recording of any rate as 8 kHz.
fn recording(file: &Path) -> anyhow::Result<Vec<f32>> {
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let recording = decode_recording(bytes).with_context(|| format!("reading {}", file.display()))?;
    Ok(resample(&recording.samples, recording.rate, TELEPHONE_HZ))
}

fn progress(what: &'static str, length: usize) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}")?;
    Ok(ProgressBar::new(length as u64).with_style(style).with_message(what))
}

/// A file to read the model from instead of the built-in one.
#[derive(Debug, clap::Args)]
struct ModelFile {
    /// A model made by `calmline stress fit` [default: the built-in one]
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}
