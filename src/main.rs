//! The program `calmline`.

use std::process::ExitCode;

use calmline::cli::Cli;
use calmline::config::ConfigError;
use clap::Parser;

/// Exit code of a wrong command line (clap's) and of a wrong configuration.
const USAGE: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("error: another TLS provider is installed already");
        return ExitCode::FAILURE;
    }
    let Err(error) = cli.run().await else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
    if error.is::<ConfigError>() { ExitCode::from(USAGE) } else { ExitCode::FAILURE }
}
