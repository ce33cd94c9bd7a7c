use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{FromRow, Row};

use tracing::warn;

use crate::domain::{BusinessId, CallId, CallTime, EarlierCall, HangupCause, PhoneNumber};

use super::record::CallRecord;
use super::{LedgerEntry, Store, StoreError, from_name, to_name};

/// A call about to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCall {
    /// Its id.
    pub id: CallId,
    /// The carrier's name, such as `twilio`.
    pub carrier: String,
    /// The carrier's own id of it.
    pub carrier_call_id: String,
    /// Whose line was called.
    pub business: BusinessId,
    /// The calling number, unless withheld.
    pub caller: Option<PhoneNumber>,
    /// The line that was dialled, where the carrier says so.
    pub called: Option<PhoneNumber>,
    /// When it was answered; millisecond precision.
    pub started_at: Timestamp,
}

/// A call as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCall {
    /// What was known when it began.
    pub call: NewCall,
    /// When it ended; absent while it is on, or when a crash cut it short.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub cause: Option<HangupCause>,
}

/// Which calls to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// Only this business's.
    pub business: Option<BusinessId>,
    /// Only those older than this one: the last of the page before.
    pub before: Option<CallId>,
    /// At most so many.
    pub limit: u32,
}

impl Store {
    /// Records that a call began, and returns its id: that of the call already stored under the carrier's id, if any.
    ///
    /// # Errors
    /// When the database cannot be written, or the id is taken by another call.
    pub async fn begin_call(&self, call: &NewCall) -> Result<CallId, StoreError> {
        let mut connection = self.writer.acquire().await?;
        begin(&mut connection, call).await
    }

    /// The call that the carrier knows under this id, finished or not.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn find_call(
        &self,
        carrier: &str,
        carrier_call_id: &str,
    ) -> Result<Option<StoredCall>, StoreError> {
        let row: Option<CallRow> =
            sqlx::query_as("SELECT * FROM call WHERE carrier = $1 AND carrier_call_id = $2")
                .bind(carrier)
                .bind(carrier_call_id)
                .fetch_optional(&self.readers)
                .await?;
        row.map(StoredCall::try_from).transpose()
    }

    /// The calls without an end, oldest first: those on now, and those a crash cut short.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn unfinished_calls(&self) -> Result<Vec<StoredCall>, StoreError> {
        let rows: Vec<CallRow> = sqlx::query_as("SELECT * FROM call WHERE ended_at IS NULL ORDER BY id")
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(StoredCall::try_from).collect()
    }

    /// A page of records, newest first; those that this version cannot read are left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn calls(&self, filter: &CallFilter) -> Result<Vec<CallRecord>, StoreError> {
        let mut records = Vec::new();
        let mut before = filter.before.map(|id| id.to_string());
        loop {
            let missing = (filter.limit as usize).saturating_sub(records.len());
            let rows: Vec<CallRow> = sqlx::query_as(
                "SELECT * FROM call
                 WHERE (CAST($1 AS TEXT) IS NULL OR business = $1) AND (CAST($2 AS TEXT) IS NULL OR id < $2)
                 ORDER BY id DESC LIMIT $3",
            )
            .bind(filter.business.as_ref().map(|business| business.0.as_str()))
            .bind(before)
            .bind(i64::try_from(missing).unwrap_or(i64::MAX))
            .fetch_all(&self.readers)
            .await?;
            let last_page = rows.len() < missing;
            before = rows.last().map(|row| row.id.clone());
            records.extend(self.derive_readable(rows).await?);
            // A call that was left out makes room for an older one, so that only the last page is short.
            if last_page || records.len() == filter.limit as usize {
                return Ok(records);
            }
        }
    }

    /// The last calls that this number made to a business and that are over, the latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn earlier_calls(
        &self,
        business: &BusinessId,
        number: &PhoneNumber,
        limit: u32,
    ) -> Result<Vec<EarlierCall>, StoreError> {
        let rows: Vec<CallRow> = sqlx::query_as(
            "SELECT * FROM call WHERE caller = $1 AND business = $2 AND ended_at IS NOT NULL
             ORDER BY id DESC LIMIT $3",
        )
        .bind(number.expose())
        .bind(&business.0)
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        let records = self.derive_readable(rows).await?;
        let mut earlier: Vec<EarlierCall> = records.iter().map(CallRecord::as_earlier).collect();
        for (call, record) in earlier.iter_mut().zip(&records) {
            // Somebody else who has the telephone must not hear of a danger.
            if !record.was_in_danger() {
                let entries = self.promises_of(call.call).await?;
                call.unanswered = entries.iter().filter_map(LedgerEntry::unanswered).collect();
            }
        }
        Ok(earlier)
    }

    /// The whole record of one call.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn call(&self, id: CallId) -> Result<Option<CallRecord>, StoreError> {
        let row: Option<CallRow> = sqlx::query_as("SELECT * FROM call WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.readers)
            .await?;
        match row {
            Some(row) => self.derive(row.try_into()?).await.map(Some),
            None => Ok(None),
        }
    }

    async fn derive_readable(&self, rows: Vec<CallRow>) -> Result<Vec<CallRecord>, StoreError> {
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            let id = row.id.clone();
            let record = match StoredCall::try_from(row) {
                Ok(stored) => self.derive(stored).await,
                Err(error) => Err(error),
            };
            match record {
                Ok(record) => records.push(record),
                Err(error @ StoreError::Unreadable { .. }) => {
                    warn!(%error, call.id = %id, "a call is left out");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(records)
    }

    async fn derive(&self, call: StoredCall) -> Result<CallRecord, StoreError> {
        let facts = self.facts(call.call.id).await?;
        let promises = self.promises_of(call.call.id).await?.into_iter().map(|entry| entry.promise).collect();
        Ok(CallRecord::derive(call, &facts, promises))
    }
}

pub(super) async fn begin(connection: &mut SqliteConnection, call: &NewCall) -> Result<CallId, StoreError> {
    // The update changes nothing; it is there so that the stored row is returned either way.
    let (id,): (String,) = sqlx::query_as(
        "INSERT INTO call (id, carrier, carrier_call_id, business, caller, called, started_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (carrier, carrier_call_id) DO UPDATE SET carrier = excluded.carrier
         RETURNING id",
    )
    .bind(call.id.to_string())
    .bind(&call.carrier)
    .bind(&call.carrier_call_id)
    .bind(&call.business.0)
    .bind(call.caller.as_ref().map(PhoneNumber::expose))
    .bind(call.called.as_ref().map(PhoneNumber::expose))
    .bind(call.started_at.as_millisecond())
    .fetch_one(connection)
    .await?;
    id.parse().map_err(|_| StoreError::Unreadable { what: "id", call: call.id })
}

/// Marks a call as ended; an end already stored stays.
pub(super) async fn end(
    connection: &mut SqliteConnection,
    call: CallId,
    at: CallTime,
    cause: HangupCause,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE call SET ended_at = started_at + $2, cause = $3 WHERE id = $1 AND ended_at IS NULL")
        .bind(call.to_string())
        .bind(i64::try_from(at.as_ms()).unwrap_or(i64::MAX))
        .bind(to_name(&cause))
        .execute(connection)
        .await?;
    Ok(())
}

struct CallRow {
    id: String,
    carrier: String,
    carrier_call_id: String,
    business: String,
    caller: Option<String>,
    called: Option<String>,
    started_at: i64,
    ended_at: Option<i64>,
    cause: Option<String>,
}

impl FromRow<'_, SqliteRow> for CallRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            carrier: row.try_get("carrier")?,
            carrier_call_id: row.try_get("carrier_call_id")?,
            business: row.try_get("business")?,
            caller: row.try_get("caller")?,
            called: row.try_get("called")?,
            started_at: row.try_get("started_at")?,
            ended_at: row.try_get("ended_at")?,
            cause: row.try_get("cause")?,
        })
    }
}

impl TryFrom<CallRow> for StoredCall {
    type Error = StoreError;

    fn try_from(row: CallRow) -> Result<Self, StoreError> {
        let id: CallId = row
            .id
            .parse()
            .map_err(|_| StoreError::Unreadable { what: "id", call: CallId::new(uuid::Uuid::nil()) })?;
        let unreadable = |what| StoreError::Unreadable { what, call: id };
        let number = |text: Option<String>| {
            text.map(|text| PhoneNumber::parse(&text)).transpose().map_err(|_| unreadable("number"))
        };
        let moment = |ms: i64| Timestamp::from_millisecond(ms).map_err(|_| unreadable("time"));
        Ok(Self {
            call: NewCall {
                id,
                carrier: row.carrier,
                carrier_call_id: row.carrier_call_id,
                business: BusinessId(row.business),
                caller: number(row.caller)?,
                called: number(row.called)?,
                started_at: moment(row.started_at)?,
            },
            ended_at: row.ended_at.map(moment).transpose()?,
            cause: row.cause.map(|name| from_name(name).ok_or(unreadable("cause"))).transpose()?,
        })
    }
}
