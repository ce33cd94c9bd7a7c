//! `calmline call FILE`: a recording calls the receptionist on this machine.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;

use super::local::{LocalLine, business};
use crate::config::{Config, Secrets};
use crate::domain::PhoneNumber;
use crate::telephony::local::Script;

/// The arguments of `calmline call`.
#[derive(Debug, Args)]
pub struct Call {
    /// The recording of the caller: WAV (also μ-law) or FLAC, of any rate; it is played when the greeting is over
    recording: PathBuf,
    /// The number the caller calls from, such as +14155550142 [default: withheld]
    #[arg(long)]
    from: Option<String>,
    /// The id of the business to call [default: the first]
    #[arg(long)]
    business: Option<String>,
    /// The folder for the recording of the call and the database
    #[arg(long, default_value = "calmline-demo")]
    out: PathBuf,
}

impl Call {
    /// Places the call, watched in the terminal.
    ///
    /// # Errors
    /// When the recording cannot be read, or the receptionist cannot be started.
    pub async fn run(self, config: Config, secrets: &Secrets) -> Result<()> {
        let bytes = std::fs::read(&self.recording)
            .with_context(|| format!("cannot read {}", self.recording.display()))?;
        let script = Script::recording(bytes)
            .with_context(|| format!("{} is no recording that can be played", self.recording.display()))?;
        let from = self.from.as_deref().map(PhoneNumber::parse).transpose().context("--from")?;
        let business = business(&config, self.business.as_deref())?.clone();
        let line = LocalLine::open(config, secrets, &self.out).await?;
        let name = self.recording.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let sound = self.out.join(format!("{name}-call.wav"));
        line.call(&business, from, &sound, async |carrier, call| Ok(carrier.place(call, script).await))
            .await?;
        line.close().await
    }
}
