//! The commands: each a thin composition of rooms.
//!
//! Invariant: only here are settings read and handed out. It deliberately holds nothing another room could hold.

pub mod calls;
pub mod config;
pub mod doctor;
pub mod log;
pub mod models;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError};

/// A receptionist for the telephone: answers, listens on this machine alone, takes the message, leaves a record.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    /// The configuration [default: calmline.toml in this folder, else the built-in defaults]
    #[arg(long, global = true, value_name = "FILE", env = "CALMLINE_CONFIG")]
    config: Option<PathBuf>,
    /// What to log, such as `debug` or `warn,calmline::telephony=trace` [default: as configured, or `warn` for
    /// commands that answer at once]
    #[arg(long, global = true, value_name = "FILTER", env = "CALMLINE_LOG")]
    log: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show, fetch and verify the models for hearing and speaking
    Models(models::Models),
    /// List recorded calls, or show one
    Calls(calls::Calls),
    /// Check whether everything a call needs is there, and say what to do about what is not
    Doctor(doctor::Doctor),
    /// Check the configuration
    Config(config::ConfigCommand),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// When the command fails; a [`ConfigError`] when the configuration is wrong.
    pub async fn run(self) -> anyhow::Result<()> {
        log::start_quiet(self.log.as_deref())?;
        match self.command {
            Command::Models(models) => models.run().await,
            Command::Calls(ref calls) => calls.run(&self.configuration()?).await,
            Command::Doctor(ref doctor) => doctor.run(self.configuration()).await,
            Command::Config(ref command) => command.run(self.configuration()),
        }
    }

    fn configuration(&self) -> Result<Config, ConfigError> {
        Config::load(self.config.as_deref())
    }
}
