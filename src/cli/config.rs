//! `calmline config`: whether the configuration is right, and what it amounts to.

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use crate::config::{Config, ConfigError, EXAMPLES, playbook_text, profile_text};

/// The arguments of `calmline config`.
#[derive(Debug, Args)]
pub struct ConfigCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Name every error with its file and line, or say that there is none; exits with 2 when there are errors
    Check,
    /// Print every setting with its default and what it means, to copy from
    Defaults,
    /// Print the example profile of a business, to copy from
    Example {
        /// Which one: heating, dental or law
        #[arg(default_value = "heating", value_parser = PossibleValuesParser::new(EXAMPLES))]
        id: String,
    },
    /// Print a built-in playbook, to copy from
    Playbook {
        /// Which one: heating, dental or law
        #[arg(value_parser = PossibleValuesParser::new(EXAMPLES))]
        id: String,
    },
}

impl ConfigCommand {
    /// Runs the command on what loading the configuration gave.
    ///
    /// # Errors
    /// `check`: the errors of the configuration.
    pub fn run(&self, loaded: Result<Config, ConfigError>) -> anyhow::Result<()> {
        match &self.command {
            Command::Check => check(&loaded?),
            Command::Defaults => print!("{}", crate::config::DEFAULTS),
            Command::Example { id } => print!("{}", profile_text(id).unwrap_or_default()),
            Command::Playbook { id } => print!("{}", playbook_text(id).unwrap_or_default()),
        }
        Ok(())
    }
}

fn check(config: &Config) {
    match &config.file {
        Some(file) => println!("OK  {}", file.display()),
        None => println!("OK  built-in defaults (there is no {} here)", crate::config::USUAL_FILE),
    }
    for business in &config.businesses {
        let lines: Vec<_> = business.numbers.iter().map(|number| number.expose()).collect();
        println!("OK  business {}: {}, {}", business.id, business.name, lines.join(" "));
    }
    for warning in &config.warnings {
        println!("??  {warning}");
    }
}
