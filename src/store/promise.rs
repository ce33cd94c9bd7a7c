use jiff::Timestamp;
use sqlx::sqlite::SqliteConnection;

use crate::domain::{BusinessId, CallId, PhoneNumber, Pii, Promise, PromiseState};

use super::{Store, StoreError, from_name, to_name};

/// Which promises to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PromiseFilter {
    /// Only this business's.
    pub business: Option<BusinessId>,
    /// Only those that stand so.
    pub state: Option<PromiseState>,
}

type PromiseRow = (String, String, String, String, Option<String>, i64, String, String);

impl Store {
    /// The promises made, the one due first coming first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn promises(&self, filter: &PromiseFilter) -> Result<Vec<Promise>, StoreError> {
        let rows: Vec<PromiseRow> = sqlx::query_as(
            "SELECT promise.id, call_id, what, owner, callback, due_at, urgency, state
             FROM promise JOIN call ON call.id = promise.call_id
             WHERE (CAST($1 AS TEXT) IS NULL OR business = $1) AND (CAST($2 AS TEXT) IS NULL OR state = $2)
             ORDER BY due_at, promise.id",
        )
        .bind(filter.business.as_ref().map(|business| business.0.as_str()))
        .bind(filter.state.as_ref().map(to_name))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(read).collect()
    }

    pub(super) async fn promises_of(&self, call: CallId) -> Result<Vec<Promise>, StoreError> {
        let rows: Vec<PromiseRow> = sqlx::query_as(
            "SELECT id, call_id, what, owner, callback, due_at, urgency, state
             FROM promise WHERE call_id = $1 ORDER BY due_at, id",
        )
        .bind(call.to_string())
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(read).collect()
    }
}

/// Puts a promise into the ledger; one made again in the same call replaces its wording, owner and due time.
pub(super) async fn insert(connection: &mut SqliteConnection, promise: &Promise) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO promise (id, call_id, what, owner, callback, due_at, urgency, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (id) DO UPDATE SET what = excluded.what, owner = excluded.owner,
             callback = excluded.callback, due_at = excluded.due_at, urgency = excluded.urgency",
    )
    .bind(promise.id.to_string())
    .bind(promise.call.to_string())
    .bind(promise.what.expose())
    .bind(&promise.owner)
    .bind(promise.callback.as_ref().map(PhoneNumber::expose))
    .bind(promise.due.as_millisecond())
    .bind(to_name(&promise.urgency))
    .bind(to_name(&promise.state))
    .execute(connection)
    .await?;
    Ok(())
}

fn read(
    (id, call, what, owner, callback, due_at, urgency, state): PromiseRow,
) -> Result<Promise, StoreError> {
    let call: CallId = call
        .parse()
        .map_err(|_| StoreError::Unreadable { what: "id", call: CallId::new(uuid::Uuid::nil()) })?;
    let unreadable = || StoreError::Unreadable { what: "promise", call };
    Ok(Promise {
        id: id.parse().map_err(|_| unreadable())?,
        call,
        what: Pii::new(what),
        owner,
        callback: callback.map(|number| PhoneNumber::parse(&number)).transpose().map_err(|_| unreadable())?,
        due: Timestamp::from_millisecond(due_at).map_err(|_| unreadable())?,
        urgency: from_name(urgency).ok_or_else(unreadable)?,
        state: from_name(state).ok_or_else(unreadable)?,
    })
}
