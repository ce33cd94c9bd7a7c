//! What is known of callers besides their calls: where they can be reached, whether they want no texts, and what is usual
//! of their voice.

use jiff::Timestamp;

use crate::domain::{BusinessId, CallId, Notice, PhoneNumber, Pii};

use super::{Store, StoreError, outbox};

/// Where the caller of a call can be sent text messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallerNumber {
    /// The number they called from.
    Known(PhoneNumber),
    /// They withheld it.
    Withheld,
    /// They want no text messages.
    Unwanted,
}

impl Store {
    /// Where the caller can be sent text messages; absent while the call is not written yet.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn caller_number(&self, call: CallId) -> Result<Option<CallerNumber>, StoreError> {
        let row: Option<(Option<String>, Option<i64>)> = sqlx::query_as(
            "SELECT caller, since FROM call LEFT JOIN no_text ON number = caller WHERE call.id = $1",
        )
        .bind(call.to_string())
        .fetch_optional(&self.readers)
        .await?;
        let unreadable = |_| StoreError::Unreadable { what: "number", call };
        row.map(|(caller, unwanted)| match (caller, unwanted) {
            (None, _) => Ok(CallerNumber::Withheld),
            (Some(_), Some(_)) => Ok(CallerNumber::Unwanted),
            (Some(number), None) => PhoneNumber::parse(&number).map(CallerNumber::Known).map_err(unreadable),
        })
        .transpose()
    }

    /// Sends a number no more text messages.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn stop_texts(&self, number: &PhoneNumber, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO no_text (number, since) VALUES ($1, $2) ON CONFLICT (number) DO NOTHING")
            .bind(number.expose())
            .bind(at.as_millisecond())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Sends a number text messages again.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn allow_texts(&self, number: &PhoneNumber) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM no_text WHERE number = $1")
            .bind(number.expose())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Keeps what is usual of a caller's voice, as JSON, for as long as their call is kept.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn keep_voice(&self, call: CallId, voice: &Pii<String>) -> Result<(), StoreError> {
        sqlx::query("UPDATE call SET voice = $2 WHERE id = $1 AND caller IS NOT NULL")
            .bind(call.to_string())
            .bind(voice.expose())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// What was usual of the voice in the last call from this number to a business of which that is known.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn voice(
        &self,
        business: &BusinessId,
        number: &PhoneNumber,
    ) -> Result<Option<Pii<String>>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT voice FROM call WHERE caller = $1 AND business = $2 AND voice IS NOT NULL
             ORDER BY id DESC LIMIT 1",
        )
        .bind(number.expose())
        .bind(&business.0)
        .fetch_optional(&self.readers)
        .await?;
        Ok(row.map(|(voice,)| Pii::new(voice)))
    }

    /// The calls that are over and that nobody outside was told of, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn calls_to_follow_up(&self) -> Result<Vec<CallId>, StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT id FROM call WHERE followed_up_at IS NULL AND ended_at IS NOT NULL ORDER BY id",
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().filter_map(|(id,)| id.parse().ok()).collect())
    }

    /// Puts what follows a call into the outbox, once.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn follow_up(&self, call: CallId, at: Timestamp, notices: &[Notice]) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin().await?;
        let followed_up =
            sqlx::query("UPDATE call SET followed_up_at = $2 WHERE id = $1 AND followed_up_at IS NULL")
                .bind(call.to_string())
                .bind(at.as_millisecond())
                .execute(&mut *transaction)
                .await?
                .rows_affected();
        if followed_up > 0 {
            outbox::insert(&mut transaction, notices).await?;
            transaction.commit().await?;
        }
        Ok(())
    }
}
