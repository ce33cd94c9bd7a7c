use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::domain::{
    AgentKey, BusinessId, CallBack, CallBackId, CallBackOutcome, CallId, Called, Notice, Pii, PromiseId,
};

use super::{Store, StoreError, from_name, outbox, to_name};

impl Store {
    /// Notes that an agent's telephone is about to be dialled for a promise, which keeps a second attempt away until this
    /// one has ended. False, and nothing is noted, when the promise is not open, or the promise or the agent has an
    /// attempt going on.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn begin_call_back(
        &self,
        call_back: CallBackId,
        promise: PromiseId,
        business: &BusinessId,
        agent: &AgentKey,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let begun = sqlx::query(
            "INSERT INTO call_back (id, promise_id, business, agent, dialled_at)
             SELECT $1, id, $3, $4, $5 FROM promise WHERE id = $2 AND state = 'open'
             ON CONFLICT DO NOTHING",
        )
        .bind(call_back.to_string())
        .bind(promise.to_string())
        .bind(&business.0)
        .bind(&agent.0)
        .bind(at.as_millisecond())
        .execute(&self.writer)
        .await?;
        Ok(begun.rows_affected() > 0)
    }

    /// One attempt.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn call_back(&self, id: CallBackId) -> Result<Option<CallBack>, StoreError> {
        let row = sqlx::query("SELECT * FROM call_back WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// The attempts for a promise, the first coming first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn call_backs(&self, promise: PromiseId) -> Result<Vec<CallBack>, StoreError> {
        let rows = sqlx::query("SELECT * FROM call_back WHERE promise_id = $1 ORDER BY id")
            .bind(promise.to_string())
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(read).collect()
    }

    /// The attempts that go on, of all businesses.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open_call_backs(&self) -> Result<Vec<(BusinessId, CallBack)>, StoreError> {
        let rows = sqlx::query("SELECT * FROM call_back WHERE ended_at IS NULL ORDER BY id")
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(|row| Ok((BusinessId(row.try_get("business")?), read(row)?))).collect()
    }

    /// Notes the carrier's id of the agent's leg; the first one counts.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_call_back_leg(&self, id: CallBackId, leg: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE call_back SET leg = $2 WHERE id = $1 AND leg IS NULL")
            .bind(id.to_string())
            .bind(leg)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Notes that the agent calls back now, upon which the caller is rung; false when the attempt is over.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn accept_call_back(&self, id: CallBackId, at: Timestamp) -> Result<bool, StoreError> {
        let accepted = sqlx::query(
            "UPDATE call_back SET accepted_at = COALESCE(accepted_at, $2)
             WHERE id = $1 AND ended_at IS NULL AND called IS NULL",
        )
        .bind(id.to_string())
        .bind(at.as_millisecond())
        .execute(&self.writer)
        .await?;
        Ok(accepted.rows_affected() > 0)
    }

    /// Notes how ringing the caller ended; only the first word counts.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_called(&self, id: CallBackId, called: Called, talked_s: u32) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE call_back SET called = $2, talked_s = $3
             WHERE id = $1 AND accepted_at IS NOT NULL AND called IS NULL AND ended_at IS NULL",
        )
        .bind(id.to_string())
        .bind(to_name(&called))
        .bind(i64::from(talked_s))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Notes that the agent's leg is over.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_call_back_leg_ended(&self, id: CallBackId, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE call_back SET leg_ended_at = $2 WHERE id = $1 AND leg_ended_at IS NULL")
            .bind(id.to_string())
            .bind(at.as_millisecond())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Ends an attempt that goes on. One that kept its promise closes it with a note, if it is still open, and then puts
    /// the notices into the outbox, all or nothing. False when it had ended before.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end_call_back(
        &self,
        call_back: &CallBack,
        outcome: CallBackOutcome,
        note: &Pii<String>,
        at: Timestamp,
        notices: &[Notice],
    ) -> Result<bool, StoreError> {
        let mut transaction = self.writer.begin().await?;
        let ended = sqlx::query(
            "UPDATE call_back SET outcome = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL",
        )
        .bind(call_back.id.to_string())
        .bind(to_name(&outcome))
        .bind(at.as_millisecond())
        .execute(&mut *transaction)
        .await?;
        if ended.rows_affected() == 0 {
            return Ok(false);
        }
        if outcome == CallBackOutcome::Kept {
            let kept = sqlx::query(
                "UPDATE promise SET state = 'kept', closed_at = $2, note = $3 WHERE id = $1 AND state = 'open'",
            )
            .bind(call_back.promise.to_string())
            .bind(at.as_millisecond())
            .bind(note.expose())
            .execute(&mut *transaction)
            .await?;
            if kept.rows_affected() > 0 {
                outbox::insert(&mut transaction, notices).await?;
            }
        }
        transaction.commit().await?;
        Ok(true)
    }
}

fn read(row: &SqliteRow) -> Result<CallBack, StoreError> {
    let unreadable = || StoreError::Unreadable { what: "call-back", call: CallId::new(uuid::Uuid::nil()) };
    let text = |column: &str| row.try_get::<String, _>(column);
    let moment = |column: &str| {
        let at: Option<i64> = row.try_get(column)?;
        at.map(|ms| Timestamp::from_millisecond(ms).map_err(|_| unreadable())).transpose()
    };
    let called: Option<String> = row.try_get("called")?;
    let outcome: Option<String> = row.try_get("outcome")?;
    Ok(CallBack {
        id: text("id")?.parse().map_err(|_| unreadable())?,
        promise: text("promise_id")?.parse().map_err(|_| unreadable())?,
        agent: AgentKey(text("agent")?),
        dialled_at: moment("dialled_at")?.ok_or_else(unreadable)?,
        leg: row.try_get("leg")?,
        accepted_at: moment("accepted_at")?,
        called: called.map(|name| from_name(name).ok_or_else(unreadable)).transpose()?,
        talked_s: u32::try_from(row.try_get::<i64, _>("talked_s")?).map_err(|_| unreadable())?,
        leg_ended_at: moment("leg_ended_at")?,
        outcome: outcome.map(|name| from_name(name).ok_or_else(unreadable)).transpose()?,
        ended_at: moment("ended_at")?,
    })
}
