//! The commands.

pub mod call;
pub mod demo;
pub mod desk;
pub mod live;
pub mod local;
pub mod models;
pub mod say;
pub mod serve;
pub mod talk;
pub mod transcribe;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::config::{Config, Secrets};

/// A receptionist for the telephone.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    /// The configuration file [default: calmline.toml here, else the built-in example]
    #[arg(long, global = true, env = "CALMLINE_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take the carrier's calls until told to stop
    Serve,
    /// Hear a receptionist take calls: simulated callers with spoken audio, on this machine
    Demo(demo::Demo),
    /// Call the receptionist with a recording
    Call(call::Call),
    /// Talk to the receptionist through microphone and speaker
    Talk(talk::Talk),
    /// Show, fetch and verify the models for hearing and speaking
    Models(models::Models),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// When the command fails.
    pub async fn run(self) -> anyhow::Result<()> {
        let config = || Config::load(self.config.as_deref());
        let secrets = Secrets::from_environment();
        match self.command {
            Command::Serve => serve::run(&config()?, &secrets).await,
            Command::Demo(demo) => demo.run(config()?, &secrets).await,
            Command::Call(call) => call.run(config()?, &secrets).await,
            Command::Talk(talk) => talk.run(config()?, &secrets).await,
            Command::Models(models) => models.run().await,
        }
    }
}
