//! `calmline demo`: simulated callers with spoken audio call a receptionist on this machine, to be watched and heard.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use super::local::{LocalLine, business};
use crate::config::{Config, Secrets};
use crate::domain::PhoneNumber;
use crate::models::{Cache, ModelId};
use crate::telephony::local::{CallOutcome, Scenario, Script, scenarios};

/// The arguments of `calmline demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Who calls, any of those that --list shows
    #[arg(default_values = ["plumber-plain", "no-show-upset"])]
    callers: Vec<String>,
    /// The folder for the recordings and the database of calls
    #[arg(long, default_value = "calmline-demo")]
    out: PathBuf,
    /// List the callers instead
    #[arg(long)]
    list: bool,
}

impl Demo {
    /// Runs the demo, fetching models that are missing.
    ///
    /// # Errors
    /// When a caller is unknown, a model cannot be fetched, or the receptionist cannot be started.
    pub async fn run(self, config: Config, secrets: &Secrets) -> Result<()> {
        if self.list {
            for scenario in scenarios() {
                println!("{:<14}  {}", scenario.name, scenario.about);
            }
            return Ok(());
        }
        let callers: Vec<&Scenario> = self.callers.iter().map(|name| find(name)).collect::<Result<_>>()?;
        super::models::fetch_missing(&Cache::from_env()?, &needed(&config)).await?;
        let line = LocalLine::open(config.clone(), secrets, &self.out).await?;
        for caller in callers {
            let called = business(&config, Some(caller.business)).or_else(|_| business(&config, None))?;
            println!("\n── {}: {} ── calls {}\n", caller.name, caller.about, called.name);
            let script = Script::scenario(caller.name)?.context("the caller has no lines")?;
            let from = caller.from.map(PhoneNumber::parse).transpose()?;
            let recording = self.out.join(format!("{}.wav", caller.name));
            let outcome = line
                .call(called, from, &recording, async |carrier, call| Ok(carrier.place(call, script).await))
                .await?;
            print_measures(&outcome);
        }
        line.close().await
    }
}

fn find(name: &str) -> Result<&'static Scenario> {
    match scenarios().iter().find(|scenario| scenario.name == name) {
        Some(scenario) => Ok(scenario),
        None => bail!("there is no caller {name}; `calmline demo --list` shows them"),
    }
}

/// The models that every configuration needs.
pub const ALWAYS_NEEDED: [ModelId; 2] = [ModelId::WhisperTinyEn, ModelId::SmartTurn];

/// The models that this configuration needs.
pub fn needed(config: &Config) -> Vec<ModelId> {
    let named = [config.hearing.model.as_str(), config.voice.piper.as_str()];
    let named = named.iter().filter_map(|name| name.parse().ok());
    let needed: Vec<ModelId> = named.chain(ALWAYS_NEEDED).collect();
    ModelId::ALL.into_iter().filter(|id| needed.contains(id)).collect()
}

/// Prints what the caller met, as taken on the line.
pub fn print_measures(outcome: &CallOutcome) {
    let measures = outcome.timeline.measure();
    if let Some(first) = measures.first_audio_ms {
        println!("on the line: first audio {first} ms after the stream began");
    }
    let mut answers: Vec<u64> = measures.turns.iter().filter_map(|turn| turn.to_audio_ms).collect();
    answers.sort_unstable();
    if let (Some(median), Some(slowest)) = (answers.get(answers.len() / 2), answers.last()) {
        let turns = measures.turns.len();
        let spoiled = measures.turns.iter().filter(|turn| turn.spoiled.is_some()).count();
        println!(
            "             {turns} turns answered after {median} ms (median), {slowest} ms at most; {spoiled} spoiled"
        );
    }
    for stopped in measures.interruptions.iter().filter_map(|interruption| interruption.to_clear_ms) {
        println!("             stopped {stopped} ms after the caller broke in");
    }
}
