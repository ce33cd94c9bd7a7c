//! The log: on standard error, in the shape that was configured.

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::config::{Log, LogFormat};

/// Logs warnings as text, for commands that answer at once; `filter` says otherwise.
///
/// # Errors
/// When the filter makes no sense, or a log is started already.
pub fn start_quiet(filter: Option<&str>) -> anyhow::Result<()> {
    start(filter, &Log { filter: "warn".to_owned(), format: LogFormat::Text })
}

/// Logs as configured; `filter` overrides what is logged.
///
/// # Errors
/// When the filter makes no sense, or a log is started already.
pub fn start(filter: Option<&str>, configured: &Log) -> anyhow::Result<()> {
    let filter = filter.unwrap_or(&configured.filter);
    let filter = EnvFilter::try_new(filter).with_context(|| format!("`{filter}` is no log filter"))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_span_events(FmtSpan::NONE);
    let started = match configured.format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("the log cannot be started: {error}"))
}
