//! `calmline serve`: takes the carrier's calls until it is told to stop.

use anyhow::{Context as _, Result};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};

use super::desk::{Desk, account};
use crate::config::{Config, Secrets};
use crate::web::health;

/// Serves until SIGTERM or Ctrl-C, and then until the present calls are over.
///
/// # Errors
/// When a setting, a model or the voice is missing, or the address is taken.
pub async fn run(config: &Config, secrets: &Secrets) -> Result<()> {
    for warning in &config.warnings {
        warn!(%warning, "in the configuration");
    }
    let account = account(config, secrets)?;
    let metrics = health::install_metrics()?;
    let listener = TcpListener::bind(config.server.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.server.listen))?;
    let mut terminate = signal(SignalKind::terminate())?;
    let desk = Desk::open(config, secrets, account, metrics).await?;
    info!(address = %listener.local_addr()?, businesses = config.businesses.len(), model = config.hearing.model, "ready for calls");
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    desk.serve(listener, stop).await
}
