use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{FromRow, Row};
use uuid::Uuid;

use crate::domain::{Addressee, AgentKey, BusinessId, CallId, Channel, Notice, NoticeId, NoticeState, Pii};

use super::{Store, StoreError, from_name, to_name};

/// How long the trace of a sent notice is kept; its words go at once.
const SENT_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long a notice that is sent again by hand is tried.
const REPLAY_FOR: SignedDuration = SignedDuration::from_hours(3 * 24);

/// A notice as it stands in the outbox, without its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutboxEntry {
    /// Its id.
    pub id: NoticeId,
    /// Of which business.
    pub business: BusinessId,
    /// About which call.
    pub call: CallId,
    /// The way it goes.
    pub channel: Channel,
    /// To which agent, where it is for one.
    pub agent: Option<AgentKey>,
    /// What it is about.
    pub about: String,
    /// When it was written.
    pub made_at: Timestamp,
    /// When it is tried next; of what was sent or given up, when it was tried last.
    pub next_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Where it stands.
    pub state: NoticeState,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

/// Which notices to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboxFilter {
    /// Only this business's.
    pub business: Option<BusinessId>,
    /// Only those that stand so.
    pub state: Option<NoticeState>,
}

impl Store {
    /// Puts notices into the outbox, all of them or none.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn enqueue(&self, notices: &[Notice]) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin().await?;
        insert(&mut transaction, notices).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The notices of a channel to be sent now, each with how often it was tried: the first of every stream, the one
    /// that waits longest coming first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn due_notices(
        &self,
        channel: Channel,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Notice, u32)>, StoreError> {
        let rows: Vec<NoticeRow> = sqlx::query_as(
            "SELECT * FROM outbox
             WHERE state = 'waiting' AND channel = $1 AND next_at <= $2
                 AND NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.state = 'waiting'
                     AND earlier.stream = outbox.stream AND earlier.id < outbox.id)
             ORDER BY next_at, id LIMIT $3",
        )
        .bind(channel.name())
        .bind(now.as_millisecond())
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(NoticeRow::notice).collect()
    }

    /// When the next notice of a channel is to be sent; absent while none waits.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn next_notice_at(&self, channel: Channel) -> Result<Option<Timestamp>, StoreError> {
        let (next,): (Option<i64>,) = sqlx::query_as(
            "SELECT MIN(next_at) FROM outbox
             WHERE state = 'waiting' AND channel = $1
                 AND NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.state = 'waiting'
                     AND earlier.stream = outbox.stream AND earlier.id < outbox.id)",
        )
        .bind(channel.name())
        .fetch_one(&self.readers)
        .await?;
        next.map(|ms| Timestamp::from_millisecond(ms).map_err(|_| unreadable(CallId::new(Uuid::nil()))))
            .transpose()
    }

    /// Records that a notice reached its receiver; its words are forgotten.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn notice_sent(&self, id: NoticeId, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE outbox SET state = 'sent', body = '', next_at = $2, attempts = attempts + 1, last_error = NULL
             WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(at.as_millisecond())
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Records that an attempt failed and when the next one is to be made.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn notice_failed(&self, id: NoticeId, next: Timestamp, error: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE outbox SET next_at = $2, attempts = attempts + 1, last_error = $3 WHERE id = $1")
            .bind(id.to_string())
            .bind(next.as_millisecond())
            .bind(error)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Records that a notice is given up after an attempt.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn notice_dead(&self, id: NoticeId, at: Timestamp, error: &str) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE outbox SET state = 'dead', next_at = $2, attempts = attempts + 1, last_error = $3
             WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(at.as_millisecond())
        .bind(error)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Gives up what nobody took in time, and forgets what was sent long ago; returns how many were given up.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn tidy_outbox(&self, now: Timestamp) -> Result<u64, StoreError> {
        sqlx::query("DELETE FROM outbox WHERE state = 'sent' AND next_at < $1")
            .bind((now - SENT_KEPT).as_millisecond())
            .execute(&self.writer)
            .await?;
        let given_up = sqlx::query(
            "UPDATE outbox SET state = 'dead', last_error = COALESCE(last_error, 'it could not be sent in time')
             WHERE state = 'waiting' AND until < $1",
        )
        .bind(now.as_millisecond())
        .execute(&self.writer)
        .await?;
        Ok(given_up.rows_affected())
    }

    /// How many notices wait, and how many were given up.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn outbox_size(&self) -> Result<(i64, i64), StoreError> {
        let size = sqlx::query_as(
            "SELECT COUNT(CASE WHEN state = 'waiting' THEN 1 END), COUNT(CASE WHEN state = 'dead' THEN 1 END)
             FROM outbox",
        );
        Ok(size.fetch_one(&self.readers).await?)
    }

    /// Sends notices that were given up once more, all of them or one; returns how many.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn replay_notices(&self, id: Option<NoticeId>, now: Timestamp) -> Result<u64, StoreError> {
        let replayed = sqlx::query(
            "UPDATE outbox SET state = 'waiting', next_at = $2, until = $3, attempts = 0
             WHERE state = 'dead' AND (CAST($1 AS TEXT) IS NULL OR id = $1)",
        )
        .bind(id.map(|id| id.to_string()))
        .bind(now.as_millisecond())
        .bind((now + REPLAY_FOR).as_millisecond())
        .execute(&self.writer)
        .await?;
        Ok(replayed.rows_affected())
    }

    /// What is in the outbox, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn outbox(&self, filter: &OutboxFilter) -> Result<Vec<OutboxEntry>, StoreError> {
        let rows: Vec<NoticeRow> = sqlx::query_as(
            "SELECT * FROM outbox
             WHERE (CAST($1 AS TEXT) IS NULL OR business = $1) AND (CAST($2 AS TEXT) IS NULL OR state = $2)
             ORDER BY id",
        )
        .bind(filter.business.as_ref().map(|business| business.0.as_str()))
        .bind(filter.state.as_ref().map(to_name))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(NoticeRow::entry).collect()
    }
}

/// Puts notices into the outbox, in the transaction of what caused them.
pub(super) async fn insert(connection: &mut SqliteConnection, notices: &[Notice]) -> Result<(), StoreError> {
    for notice in notices {
        let channel = notice.to.channel().name();
        let agent = notice.to.agent().map(|agent| agent.0.as_str());
        sqlx::query(
            "INSERT INTO outbox (id, business, call_id, stream, channel, agent, about, body, made_at, until, next_at,
                 attempts, state)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, 0, 'waiting')",
        )
        .bind(notice.id.to_string())
        .bind(&notice.business.0)
        .bind(notice.call.to_string())
        .bind(format!("{}/{channel}/{}", notice.call, agent.unwrap_or_default()))
        .bind(channel)
        .bind(agent)
        .bind(&notice.about)
        .bind(notice.body.expose())
        .bind(notice.made_at.as_millisecond())
        .bind(notice.until.as_millisecond())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

struct NoticeRow {
    id: String,
    business: String,
    call: String,
    channel: String,
    agent: Option<String>,
    about: String,
    body: String,
    made_at: i64,
    until: i64,
    next_at: i64,
    attempts: i64,
    state: String,
    last_error: Option<String>,
}

impl FromRow<'_, SqliteRow> for NoticeRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            business: row.try_get("business")?,
            call: row.try_get("call_id")?,
            channel: row.try_get("channel")?,
            agent: row.try_get("agent")?,
            about: row.try_get("about")?,
            body: row.try_get("body")?,
            made_at: row.try_get("made_at")?,
            until: row.try_get("until")?,
            next_at: row.try_get("next_at")?,
            attempts: row.try_get("attempts")?,
            state: row.try_get("state")?,
            last_error: row.try_get("last_error")?,
        })
    }
}

impl NoticeRow {
    fn call(&self) -> Result<CallId, StoreError> {
        self.call.parse().map_err(|_| unreadable(CallId::new(Uuid::nil())))
    }

    fn notice(self) -> Result<(Notice, u32), StoreError> {
        let call = self.call()?;
        let moment = |ms| Timestamp::from_millisecond(ms).map_err(|_| unreadable(call));
        let to = match (from_name(self.channel), self.agent.map(AgentKey)) {
            (Some(Channel::Text), Some(agent)) => Addressee::AgentByText(agent),
            (Some(Channel::Text), None) => Addressee::CallerByText,
            (Some(Channel::Mail), Some(agent)) => Addressee::AgentByMail(agent),
            (Some(Channel::Webhook), None) => Addressee::Webhook,
            (Some(Channel::Chat), None) => Addressee::Chat,
            (Some(Channel::Mail), None) | (Some(Channel::Webhook | Channel::Chat), Some(_)) | (None, _) => {
                return Err(unreadable(call));
            }
        };
        let notice = Notice {
            id: self.id.parse().map_err(|_| unreadable(call))?,
            business: BusinessId(self.business),
            call,
            to,
            about: self.about,
            body: Pii::new(self.body),
            made_at: moment(self.made_at)?,
            until: moment(self.until)?,
        };
        Ok((notice, u32::try_from(self.attempts).map_err(|_| unreadable(call))?))
    }

    fn entry(self) -> Result<OutboxEntry, StoreError> {
        let call = self.call()?;
        let moment = |ms| Timestamp::from_millisecond(ms).map_err(|_| unreadable(call));
        Ok(OutboxEntry {
            id: self.id.parse().map_err(|_| unreadable(call))?,
            business: BusinessId(self.business),
            call,
            channel: from_name(self.channel).ok_or_else(|| unreadable(call))?,
            agent: self.agent.map(AgentKey),
            about: self.about,
            made_at: moment(self.made_at)?,
            next_at: moment(self.next_at)?,
            attempts: u32::try_from(self.attempts).map_err(|_| unreadable(call))?,
            state: from_name(self.state).ok_or_else(|| unreadable(call))?,
            last_error: self.last_error,
        })
    }
}

const fn unreadable(call: CallId) -> StoreError {
    StoreError::Unreadable { what: "notice", call }
}
