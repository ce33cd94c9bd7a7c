use sqlx::sqlite::SqliteConnection;

use crate::domain::{CallId, CallTime, Fact};

use super::{Store, StoreError, call, promise};

/// A fact with its moment and its place in the call.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredFact {
    /// Its place, from 0.
    pub seq: u64,
    /// When it happened.
    pub at: CallTime,
    /// What happened.
    pub fact: Fact,
}

impl Store {
    /// Writes one fact, and with it the promise it makes or the end it marks, in one transaction.
    ///
    /// Writing the same fact in the same place again changes nothing.
    ///
    /// # Errors
    /// When the database cannot be written, the call is unknown, or the place is taken by another fact.
    pub async fn append(&self, call: CallId, seq: u64, at: CallTime, fact: &Fact) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin().await?;
        append(&mut transaction, call, seq, at, fact).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What happened in a call, in order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn facts(&self, call: CallId) -> Result<Vec<StoredFact>, StoreError> {
        let rows: Vec<(i64, i64, String)> =
            sqlx::query_as("SELECT seq, at_ms, body FROM call_fact WHERE call_id = $1 ORDER BY seq")
                .bind(call.to_string())
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter()
            .map(|(seq, at_ms, body)| {
                // The parser's own message may quote the caller, so it is dropped.
                let unreadable = StoreError::Unreadable { what: "fact", call };
                let (Ok(seq), Ok(at_ms), Ok(fact)) =
                    (u64::try_from(seq), u64::try_from(at_ms), serde_json::from_str(&body))
                else {
                    return Err(unreadable);
                };
                Ok(StoredFact { seq, at: CallTime::from_ms(at_ms), fact })
            })
            .collect()
    }
}

pub(super) async fn append(
    connection: &mut SqliteConnection,
    call_id: CallId,
    seq: u64,
    at: CallTime,
    fact: &Fact,
) -> Result<(), StoreError> {
    let unreadable = || StoreError::Unreadable { what: "fact", call: call_id };
    let body = serde_json::to_value(fact).map_err(|_| unreadable())?;
    let kind = body.get("fact").and_then(|kind| kind.as_str()).ok_or_else(unreadable)?.to_owned();
    let body = body.to_string();
    let written = sqlx::query(
        "INSERT INTO call_fact (call_id, seq, at_ms, kind, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (call_id, seq) DO NOTHING",
    )
    .bind(call_id.to_string())
    .bind(i64::try_from(seq).unwrap_or(i64::MAX))
    .bind(i64::try_from(at.as_ms()).unwrap_or(i64::MAX))
    .bind(kind)
    .bind(&body)
    .execute(&mut *connection)
    .await?
    .rows_affected();
    if written == 0 {
        return same_as_stored(connection, call_id, seq, &body).await;
    }
    if let Fact::PromiseMade { promise } = fact {
        promise::insert(connection, promise).await?;
    }
    if let Fact::Ended { cause } = fact {
        call::end(connection, call_id, at, *cause).await?;
    }
    Ok(())
}

async fn same_as_stored(
    connection: &mut SqliteConnection,
    call: CallId,
    seq: u64,
    body: &str,
) -> Result<(), StoreError> {
    let (stored,): (String,) = sqlx::query_as("SELECT body FROM call_fact WHERE call_id = $1 AND seq = $2")
        .bind(call.to_string())
        .bind(i64::try_from(seq).unwrap_or(i64::MAX))
        .fetch_one(connection)
        .await?;
    if stored == body { Ok(()) } else { Err(StoreError::Contradiction) }
}
