//! The commands.

pub mod models;
pub mod transcribe;

use clap::{Parser, Subcommand};

/// A receptionist for the telephone.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show, fetch and verify the models for hearing and speaking
    Models(models::Models),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// When the command fails.
    pub async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Models(models) => models.run().await,
        }
    }
}
