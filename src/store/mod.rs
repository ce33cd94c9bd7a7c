//! The store: calls, their facts and the promises made in them, in SQLite.
//!
//! Invariant: what is committed survives `kill -9`, and writing a fact twice changes nothing. It deliberately
//! interprets no fact beyond the end of a call and a promise; a [`CallRecord`] is derived when somebody looks.

mod call;
mod call_back;
mod caller;
mod fact;
mod handoff;
mod journal;
mod outbox;
mod promise;
mod record;

use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::ConnectOptions;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::domain::CallId;

pub use call::{CallFilter, NewCall, StoredCall};
pub use caller::CallerNumber;
pub use fact::StoredFact;
pub use handoff::{HandoffEntry, HandoffFilter, HandoffRecord, NotesLink, OfferRecord, StoredHandoffFact};
pub use journal::{Journal, JournalHealth, Recorder};
pub use outbox::{OutboxEntry, OutboxFilter};
pub use promise::{LedgerEntry, PromiseFilter, PromiseStep};
pub use record::{
    CallRecord, CallSummary, GuardEvent, IntakeAnswer, MentionSeen, PhaseChange, PromiseMoment, Resolved,
    StateSeen, StressCrossing, StressPoint, TranscriptTurn, Trigger,
};

/// How long a statement waits for another process's write before it counts as failed.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// The database; cloning it shares the connections.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be read or written just now: locked, full, gone. Trying again may help.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// What was to be written contradicts what is there; trying again never helps.
    #[error("the database holds something else under the same key")]
    Contradiction,
    /// A stored value cannot be read by this version.
    #[error("the stored {what} of call {call} cannot be read")]
    Unreadable {
        /// Which kind of value.
        what: &'static str,
        /// Whose.
        call: CallId,
    },
    /// The file or its folder cannot be made.
    #[error("cannot create the database file")]
    File(#[source] std::io::Error),
    /// The tables could not be brought up to date.
    #[error("the database cannot be brought up to date")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        let kind = error.as_database_error().map(|database| database.kind());
        match kind {
            Some(
                ErrorKind::UniqueViolation
                | ErrorKind::ForeignKeyViolation
                | ErrorKind::NotNullViolation
                | ErrorKind::CheckViolation
                | ErrorKind::ExclusionViolation,
            ) => Self::Contradiction,
            Some(_) | None => Self::Unavailable(error),
        }
    }
}

impl Store {
    /// Opens the database file, creates it (readable by its owner only) where it is missing, and brings its
    /// tables up to date.
    ///
    /// # Errors
    /// When the file cannot be made or opened, or was written by a newer version.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        create_private(path).map_err(StoreError::File)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .disable_statement_logging();
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await?;
        sqlx::migrate!("./migrations").run(&writer).await?;
        let readers =
            SqlitePoolOptions::new().max_connections(4).connect_with(options.read_only(true)).await?;
        Ok(Self { writer, readers })
    }

    /// Waits for running statements and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Checks that the database can be written, and changes nothing.
    ///
    /// # Errors
    /// When it is locked, full or gone.
    pub async fn check_writable(&self) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin().await?;
        sqlx::query("CREATE TABLE write_probe (id BIGINT)").execute(&mut *transaction).await?;
        transaction.rollback().await?;
        Ok(())
    }
}

/// Makes the file before SQLite does, because it holds names and numbers: SQLite gives its side files the same mode.
fn create_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    Ok(())
}

/// A unit variant's name as stored, such as `caller_hung_up`.
fn to_name<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        other => unreachable!("a stored name is a unit variant, not {other:?}"),
    }
}

/// Reads back what [`to_name`] wrote; `None` when this version does not know it.
fn from_name<T: DeserializeOwned>(name: String) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(name)).ok()
}
