//! `calmline talk`: one's own voice calls the receptionist on this machine, through microphone and speaker.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

#[cfg(feature = "local-audio")]
use super::local::{LocalLine, business};
use crate::config::{Config, Secrets};
#[cfg(feature = "local-audio")]
use crate::telephony::local::{Carrier, talk};

/// The arguments of `calmline talk`.
#[derive(Debug, Args)]
pub struct Talk {
    /// The id of the business to call [default: the first]
    #[arg(long)]
    business: Option<String>,
    /// The folder for the recording of the call and the database
    #[arg(long, default_value = "calmline-demo")]
    out: PathBuf,
}

impl Talk {
    /// Calls until the receptionist or Enter hangs up.
    ///
    /// # Errors
    /// When there is no microphone or speaker, the receptionist cannot be started, or the program was built without
    /// sound.
    #[cfg(feature = "local-audio")]
    pub async fn run(self, config: Config, secrets: &Secrets) -> Result<()> {
        let business = business(&config, self.business.as_deref())?.clone();
        let line = LocalLine::open(config, secrets, &self.out).await?;
        println!(
            "Speak after the greeting. Enter hangs up; a digit and Enter presses that key. Headphones help.\n"
        );
        let place = async |carrier: &Carrier, call| Ok(talk(carrier, call).await?);
        line.call(&business, None, &self.out.join("talk.wav"), place).await?;
        line.close().await
    }

    /// Says how to get a program that can do it.
    ///
    /// # Errors
    /// Always: this one was built without sound.
    #[cfg(not(feature = "local-audio"))]
    #[expect(clippy::unused_async, reason = "with sound it waits")]
    pub async fn run(self, _config: Config, _secrets: &Secrets) -> Result<()> {
        anyhow::bail!(
            "this program was built without microphone and speaker; build it with \
             `cargo build --release --features local-audio` (on Debian after `apt install libasound2-dev pkg-config`)"
        )
    }
}
