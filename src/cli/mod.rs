//! The commands: each a thin composition of rooms.
//!
//! Invariant: only here are settings read and handed out. It deliberately holds nothing another room could hold.

pub mod agents;
pub mod call;
pub mod calls;
pub mod chat;
pub mod config;
pub mod demo;
pub mod desk;
pub mod doctor;
pub mod handoffs;
pub mod live;
pub mod local;
pub mod log;
pub mod models;
pub mod outbox;
pub mod promises;
pub mod say;
pub mod serve;
pub mod stress;
pub mod table;
pub mod talk;
pub mod transcribe;

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Parser, Subcommand};

use crate::config::{Config, Secrets};
use crate::store::Store;

/// A receptionist for the telephone: answers, listens on this machine alone, takes the message, leaves a record.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    /// The configuration [default: calmline.toml in this folder, else the built-in defaults]
    #[arg(long, global = true, value_name = "FILE", env = "CALMLINE_CONFIG")]
    config: Option<PathBuf>,
    /// What to log, such as `debug` or `warn,calmline::telephony=trace` [default: as configured for `serve`, else
    /// `warn`]
    #[arg(long, global = true, value_name = "FILTER", env = "CALMLINE_LOG")]
    log: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take the carrier's calls until told to stop
    Serve,
    /// Hear a receptionist take calls: simulated callers with spoken audio, on this machine
    Demo(demo::Demo),
    /// Talk to the receptionist through microphone and speaker
    Talk(talk::Talk),
    /// Talk to the receptionist in text, without sound
    Chat(chat::Chat),
    /// Call the receptionist with a recording
    Call(call::Call),
    /// Turn recordings into text
    Transcribe(transcribe::Args),
    /// Hear how stressed the voice in a recording sounds
    Stress(stress::Stress),
    /// Hear a text in the receptionist's voice
    Say(say::Say),
    /// Show, fetch and verify the models for hearing and speaking
    Models(models::Models),
    /// List recorded calls, or show one
    Calls(calls::Calls),
    /// List how calls went over to people, how long each step took and how they ended
    Handoffs(handoffs::Handoffs),
    /// List who takes over calls, and sign them on and off
    Agents(agents::Agents),
    /// List what callers were promised, call them back, and say what was kept
    Promises(promises::Promises),
    /// List what could not be sent to people outside, and send it again
    Outbox(outbox::OutboxCommand),
    /// Check whether everything a call needs is there, and say what to do about what is not
    Doctor(doctor::Doctor),
    /// Check the configuration
    Config(config::ConfigCommand),
}

/// Opens the configured database of calls, which must be there.
///
/// # Errors
/// When it is not, or cannot be opened.
async fn existing_store(config: &Config) -> anyhow::Result<Store> {
    let path = &config.store.path;
    if !path.exists() {
        bail!("there is no database of calls at {} yet", path.display());
    }
    Store::open(path).await.with_context(|| path.display().to_string())
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// When the command fails; a [`ConfigError`](crate::config::ConfigError) when the configuration is wrong.
    pub async fn run(self) -> anyhow::Result<()> {
        let configuration = Config::load(self.config.as_deref());
        match (&self.command, &configuration) {
            (Command::Serve, Ok(config)) => log::start(self.log.as_deref(), &config.log)?,
            _ => log::start_quiet(self.log.as_deref())?,
        }
        let secrets = Secrets::from_environment();
        match self.command {
            Command::Serve => serve::run(&configuration?, &secrets).await,
            Command::Demo(demo) => demo.run(configuration?, &secrets).await,
            Command::Talk(talk) => talk.run(configuration?, &secrets).await,
            Command::Chat(chat) => {
                let config = configuration?;
                let model = desk::language_model(&config, &secrets)?;
                chat.run(&config, model.map(desk::waited_for))
            }
            Command::Call(call) => call.run(configuration?, &secrets).await,
            Command::Transcribe(files) => {
                transcribe::run(&files, desk::whisper_settings(&configuration?)?).await
            }
            Command::Stress(stress) => stress.run(),
            Command::Say(say) => say.run(&desk::start_voice(&configuration?, &secrets)?).await,
            Command::Models(models) => models.run().await,
            Command::Calls(calls) => calls.run(&configuration?).await,
            Command::Handoffs(handoffs) => handoffs.run(&configuration?).await,
            Command::Agents(agents) => agents.run(&configuration?).await,
            Command::Promises(promises) => promises.run(&configuration?, &secrets).await,
            Command::Outbox(outbox) => outbox.run(&configuration?).await,
            Command::Doctor(doctor) => doctor.run(configuration).await,
            Command::Config(command) => command.run(configuration),
        }
    }
}
