use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::{SqliteConnection, SqliteQueryResult, SqliteRow};
use sqlx::{FromRow, Row, Sqlite, Transaction};

use crate::domain::{
    BusinessId, CallBack, CallId, Notice, PhoneNumber, Pii, Promise, PromiseId, PromiseState, Unanswered,
};

use super::{Store, StoreError, from_name, outbox, to_name};

/// Which promises to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PromiseFilter {
    /// Only this business's.
    pub business: Option<BusinessId>,
    /// Only those that stand so.
    pub state: Option<PromiseState>,
}

/// A promise as it stands in the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The promise.
    #[serde(flatten)]
    pub promise: Promise,
    /// Whose it is.
    pub business: BusinessId,
    /// The number the caller called from, unless withheld.
    pub caller: Option<PhoneNumber>,
    /// When the call began in which it was made.
    pub made_at: Timestamp,
    /// When it was kept or broken.
    pub closed_at: Option<Timestamp>,
    /// What was said of it then.
    pub note: Option<Pii<String>>,
    /// When its owner was reminded.
    pub reminded_at: Option<Timestamp>,
    /// When its owner was told that it is overdue.
    pub overdue_told_at: Option<Timestamp>,
    /// When the lead was told last.
    pub lead_told_at: Option<Timestamp>,
    /// When the caller was asked whether it is resolved, or it was found that they cannot be.
    pub asked_at: Option<Timestamp>,
    /// When the caller answered.
    pub answered_at: Option<Timestamp>,
    /// Whether the caller said that it is resolved; absent while they have not.
    #[serde(default)]
    pub said_resolved: Option<bool>,
    /// When the caller was asked whether it is resolved in a later call of theirs.
    #[serde(default)]
    pub asked_by_call_at: Option<Timestamp>,
    /// The attempts to call the caller back through the business's own line, the first coming first.
    #[serde(default)]
    pub call_backs: Vec<CallBack>,
}

/// A step on a promise's way that is taken once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromiseStep {
    /// Its owner is reminded before it is due.
    Remind,
    /// Its owner is told that it is overdue.
    TellOverdue,
    /// The lead is told that it is overdue.
    TellLead,
    /// The caller is asked whether it is resolved.
    Ask,
    /// The caller cannot be asked.
    LeaveUnasked,
}

const ENTRY: &str = "SELECT promise.*, call.business, call.caller, call.started_at
     FROM promise JOIN call ON call.id = promise.call_id ";

impl LedgerEntry {
    /// Since when the caller may be asked in a call whether it is resolved: they were asked by text message, or could not
    /// be, and have not said.
    pub fn unanswered(&self) -> Option<Unanswered> {
        let since = match self.promise.state {
            PromiseState::Open => self.promise.due,
            PromiseState::Kept => self.closed_at?,
            PromiseState::Broken => return None,
        };
        let open = self.asked_at.is_some() && self.said_resolved.is_none() && self.asked_by_call_at.is_none();
        open.then_some(Unanswered { promise: self.promise.id, since })
    }
}

impl Store {
    /// The promises made, the one due first coming first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn promises(&self, filter: &PromiseFilter) -> Result<Vec<LedgerEntry>, StoreError> {
        let condition = "WHERE (CAST($1 AS TEXT) IS NULL OR business = $1)
                 AND (CAST($2 AS TEXT) IS NULL OR state = $2)
             ORDER BY due_at, promise.id";
        let rows: Vec<EntryRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!("{ENTRY}{condition}")))
            .bind(filter.business.as_ref().map(|business| business.0.as_str()))
            .bind(filter.state.as_ref().map(to_name))
            .fetch_all(&self.readers)
            .await?;
        self.entries(rows).await
    }

    /// One promise.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn promise(&self, id: PromiseId) -> Result<Option<LedgerEntry>, StoreError> {
        let row: Option<EntryRow> =
            sqlx::query_as(sqlx::AssertSqlSafe(format!("{ENTRY}WHERE promise.id = $1")))
                .bind(id.to_string())
                .fetch_optional(&self.readers)
                .await?;
        Ok(self.entries(row).await?.pop())
    }

    /// The promises of calls that are over with a step still to be taken, except those due after `before`; of the urgent
    /// ones that were due after `since` also those of which the lead was told at `again` or earlier.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn promises_to_watch(
        &self,
        before: Timestamp,
        again: Timestamp,
        since: Timestamp,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let condition = "WHERE followed_up_at IS NOT NULL AND (
                 (state = 'open' AND due_at <= $1 AND lead_told_at IS NULL) OR
                 (state = 'open' AND urgency = 'urgent' AND lead_told_at <= $2 AND due_at > $3) OR
                 (asked_at IS NULL AND (state <> 'open' OR due_at <= $1)))
             ORDER BY due_at, promise.id";
        let rows: Vec<EntryRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!("{ENTRY}{condition}")))
            .bind(before.as_millisecond())
            .bind(again.as_millisecond())
            .bind(since.as_millisecond())
            .fetch_all(&self.readers)
            .await?;
        self.entries(rows).await
    }

    /// The promise about which this number was asked last and has not answered.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn promise_asked(&self, number: &PhoneNumber) -> Result<Option<LedgerEntry>, StoreError> {
        let condition = "WHERE caller = $1 AND asked_at IS NOT NULL AND answered_at IS NULL
             ORDER BY asked_at DESC, promise.id DESC LIMIT 1";
        let row: Option<EntryRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!("{ENTRY}{condition}")))
            .bind(number.expose())
            .fetch_optional(&self.readers)
            .await?;
        Ok(self.entries(row).await?.pop())
    }

    /// Takes a step and puts what is told then into the outbox, both or neither; false, and nothing is told, when the
    /// step was taken before or there is nothing to remind of any more.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn take_step(
        &self,
        promise: PromiseId,
        step: PromiseStep,
        at: Timestamp,
        notices: &[Notice],
    ) -> Result<bool, StoreError> {
        let taken = match step {
            PromiseStep::Remind => {
                "UPDATE promise SET reminded_at = $2 WHERE id = $1 AND reminded_at IS NULL AND state = 'open'"
            }
            PromiseStep::TellOverdue => {
                "UPDATE promise SET overdue_told_at = $2
                 WHERE id = $1 AND overdue_told_at IS NULL AND state = 'open'"
            }
            PromiseStep::TellLead => {
                "UPDATE promise SET lead_told_at = $2 WHERE id = $1 AND state = 'open'
                     AND (lead_told_at IS NULL OR lead_told_at < $2)"
            }
            PromiseStep::Ask => "UPDATE promise SET asked_at = $2 WHERE id = $1 AND asked_at IS NULL",
            PromiseStep::LeaveUnasked => {
                "UPDATE promise SET asked_at = $2, answered_at = $2 WHERE id = $1 AND asked_at IS NULL"
            }
        };
        let mut transaction = self.writer.begin().await?;
        let changed = sqlx::query(taken)
            .bind(promise.to_string())
            .bind(at.as_millisecond())
            .execute(&mut *transaction)
            .await?;
        commit_with(transaction, &changed, notices).await
    }

    /// Closes an open promise as kept or broken; false when it is not open.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn close_promise(
        &self,
        promise: PromiseId,
        state: PromiseState,
        note: Option<&Pii<String>>,
        at: Timestamp,
        notices: &[Notice],
    ) -> Result<bool, StoreError> {
        let mut transaction = self.writer.begin().await?;
        let changed = sqlx::query(
            "UPDATE promise SET state = $2, closed_at = $3, note = $4 WHERE id = $1 AND state = 'open'",
        )
        .bind(promise.to_string())
        .bind(to_name(&state))
        .bind(at.as_millisecond())
        .bind(note.map(|note| note.expose().as_str()))
        .execute(&mut *transaction)
        .await?;
        commit_with(transaction, &changed, notices).await
    }

    /// Takes what the caller says of whether it is resolved, in their words or about them: with yes an open promise is
    /// kept, with no it is open again, urgent and due at once. False, and nothing is told, when they had said so before.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn answer_promise(
        &self,
        promise: PromiseId,
        resolved: bool,
        note: &Pii<String>,
        at: Timestamp,
        notices: &[Notice],
    ) -> Result<bool, StoreError> {
        let answer = match resolved {
            // What was not resolved once may be now.
            true => {
                "UPDATE promise SET said_resolved = TRUE, asked_at = COALESCE(asked_at, $2),
                     answered_at = COALESCE(answered_at, $2), closed_at = COALESCE(closed_at, $2),
                     note = CASE WHEN state = 'open' THEN $3 ELSE COALESCE(note, $3) END, state = 'kept'
                 WHERE id = $1 AND (said_resolved IS NULL OR state = 'open')"
            }
            false => {
                "UPDATE promise SET said_resolved = FALSE, asked_at = COALESCE(asked_at, $2),
                     answered_at = COALESCE(answered_at, $2), closed_at = NULL, state = 'open', urgency = 'urgent',
                     due_at = CASE WHEN due_at > $2 THEN $2 ELSE due_at END,
                     reminded_at = COALESCE(reminded_at, $2), overdue_told_at = $2, lead_told_at = NULL, note = $3
                 WHERE id = $1 AND said_resolved IS NULL"
            }
        };
        let mut transaction = self.writer.begin().await?;
        let changed = sqlx::query(answer)
            .bind(promise.to_string())
            .bind(at.as_millisecond())
            .bind(note.expose())
            .execute(&mut *transaction)
            .await?;
        commit_with(transaction, &changed, notices).await
    }

    /// Notes that the caller was asked in a later call whether it is resolved, and did not say.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn asked_by_call(&self, promise: PromiseId, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE promise SET asked_by_call_at = $2 WHERE id = $1 AND asked_by_call_at IS NULL")
            .bind(promise.to_string())
            .bind(at.as_millisecond())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The promises made in a call, the one due first coming first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn promises_of(&self, call: CallId) -> Result<Vec<LedgerEntry>, StoreError> {
        let condition = "WHERE call_id = $1 ORDER BY due_at, promise.id";
        let rows: Vec<EntryRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!("{ENTRY}{condition}")))
            .bind(call.to_string())
            .fetch_all(&self.readers)
            .await?;
        self.entries(rows).await
    }

    async fn entries(
        &self,
        rows: impl IntoIterator<Item = EntryRow>,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let mut entries = Vec::new();
        for row in rows {
            let mut entry = LedgerEntry::try_from(row)?;
            entry.call_backs = self.call_backs(entry.promise.id).await?;
            entries.push(entry);
        }
        Ok(entries)
    }
}

/// Commits a change together with what is told of it; false, and nothing is told, where nothing changed.
async fn commit_with(
    mut transaction: Transaction<'_, Sqlite>,
    changed: &SqliteQueryResult,
    notices: &[Notice],
) -> Result<bool, StoreError> {
    if changed.rows_affected() == 0 {
        return Ok(false);
    }
    outbox::insert(&mut transaction, notices).await?;
    transaction.commit().await?;
    Ok(true)
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

struct EntryRow {
    id: String,
    call: String,
    what: String,
    owner: String,
    callback: Option<String>,
    due: i64,
    urgency: String,
    state: String,
    business: String,
    caller: Option<String>,
    made: i64,
    note: Option<String>,
    said_resolved: Option<bool>,
    /// Closed, reminded, overdue told, lead told, asked, answered, asked by call.
    moments: [Option<i64>; 7],
}

impl FromRow<'_, SqliteRow> for EntryRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            call: row.try_get("call_id")?,
            what: row.try_get("what")?,
            owner: row.try_get("owner")?,
            callback: row.try_get("callback")?,
            due: row.try_get("due_at")?,
            urgency: row.try_get("urgency")?,
            state: row.try_get("state")?,
            business: row.try_get("business")?,
            caller: row.try_get("caller")?,
            made: row.try_get("started_at")?,
            note: row.try_get("note")?,
            said_resolved: row.try_get("said_resolved")?,
            moments: [
                row.try_get("closed_at")?,
                row.try_get("reminded_at")?,
                row.try_get("overdue_told_at")?,
                row.try_get("lead_told_at")?,
                row.try_get("asked_at")?,
                row.try_get("answered_at")?,
                row.try_get("asked_by_call_at")?,
            ],
        })
    }
}

impl TryFrom<EntryRow> for LedgerEntry {
    type Error = StoreError;

    fn try_from(row: EntryRow) -> Result<Self, StoreError> {
        let call: CallId = row
            .call
            .parse()
            .map_err(|_| StoreError::Unreadable { what: "id", call: CallId::new(uuid::Uuid::nil()) })?;
        let unreadable = || StoreError::Unreadable { what: "promise", call };
        let number = |text: Option<String>| {
            text.map(|text| PhoneNumber::parse(&text)).transpose().map_err(|_| unreadable())
        };
        let moment = |ms| Timestamp::from_millisecond(ms).map_err(|_| unreadable());
        let [closed, reminded, overdue, lead, asked, answered, by_call] = row.moments;
        Ok(Self {
            promise: Promise {
                id: row.id.parse().map_err(|_| unreadable())?,
                call,
                what: Pii::new(row.what),
                owner: row.owner,
                callback: number(row.callback)?,
                due: moment(row.due)?,
                urgency: from_name(row.urgency).ok_or_else(unreadable)?,
                state: from_name(row.state).ok_or_else(unreadable)?,
            },
            business: BusinessId(row.business),
            caller: number(row.caller)?,
            made_at: moment(row.made)?,
            closed_at: closed.map(moment).transpose()?,
            note: row.note.map(Pii::new),
            reminded_at: reminded.map(moment).transpose()?,
            overdue_told_at: overdue.map(moment).transpose()?,
            lead_told_at: lead.map(moment).transpose()?,
            asked_at: asked.map(moment).transpose()?,
            answered_at: answered.map(moment).transpose()?,
            said_resolved: row.said_resolved,
            asked_by_call_at: by_call.map(moment).transpose()?,
            call_backs: Vec::new(),
        })
    }
}
