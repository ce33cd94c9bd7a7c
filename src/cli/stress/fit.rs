//! `calmline stress fit`: the model from labelled recordings.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;

use crate::stress::fit::{Example, fit};
use crate::stress::model::{Card, Model};

use super::{manifest, network, progress, recording};

/// The arguments of `calmline stress fit`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Tables of recordings with the columns path, corpus, speaker, sex and label
    #[arg(required = true, value_name = "MANIFEST")]
    manifests: Vec<PathBuf>,
    /// Where the model is written
    #[arg(long, value_name = "FILE", default_value = "src/stress/model.json")]
    out: PathBuf,
}

/// Fits the model and writes it; what was known of an earlier one in the same place stays in its card.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let mut entries = Vec::new();
    for file in &args.manifests {
        entries.extend(manifest::read(file)?);
    }
    let reading = progress("reading", entries.len())?;
    let mut examples = Vec::new();
    let mut data: BTreeMap<String, usize> = BTreeMap::new();
    for entry in reading.wrap_iter(entries.iter()) {
        let samples = recording(&entry.path)?;
        *data.entry(format!("{} {}", entry.corpus, entry.name)).or_default() += 1;
        examples.push(Example { speaker: entry.speaker.clone(), label: entry.label, samples });
    }
    let measuring = progress("measuring", 1)?;
    let network = network(1)?;
    let mut model = fit(&examples, Some(&network), |done, all| {
        measuring.set_length(all as u64);
        measuring.set_position(done as u64);
    })?;
    measuring.finish_and_clear();
    let before = args.out.exists().then(|| super::model(Some(&args.out))).transpose()?;
    let card = before.as_ref().map_or_else(Card::default, |before| before.card.clone());
    let figures = std::mem::take(&mut model.card.figures);
    let data = data.into_iter().map(|(label, count)| format!("{label}: {count} recordings")).collect();
    model.card = Card { data, figures, ..card };
    model.version = before.as_ref().map_or(1, |before| before.version);
    // What is written is rounded, so only what would be read again can be the same.
    let read = Model::read(&serde_json::to_string(&model)?)?;
    if before.is_some_and(|before| (&before.terms, &before.second) != (&read.terms, &read.second)) {
        model.version += 1;
    }
    let json = serde_json::to_string_pretty(&model)? + "\n";
    std::fs::write(&args.out, json).with_context(|| format!("writing {}", args.out.display()))?;
    println!("{} measures kept; on speakers left out of the fit:", model.terms.len());
    for (figure, value) in &model.card.figures {
        println!("  {figure:<42} {value:.3}");
    }
    println!("written to {}", args.out.display());
    Ok(())
}
