use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::SqliteConnection;
use tracing::warn;

use crate::domain::{
    AgentKey, Briefing, BusinessId, CallId, HandoffFact, HandoffId, HandoffOutcome, HandoffRequest, Missed,
    OfferId,
};

use super::{Store, StoreError, to_name};

/// A fact of a handoff with its moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHandoffFact {
    /// Of which handoff.
    pub handoff: HandoffId,
    /// Its place, from 0.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub fact: HandoffFact,
}

/// Something about a handoff to be written, in order with the facts of its call.
#[derive(Debug, Clone, PartialEq)]
pub enum HandoffEntry {
    /// That it began, and what the agents are told; said again, only the latter is replaced.
    Briefing {
        /// What was asked for.
        request: HandoffRequest,
        /// When.
        at: Timestamp,
        /// What the agents are told.
        briefing: Box<Briefing>,
    },
    /// What happened in it.
    Fact(StoredHandoffFact),
    /// A link to its notes.
    Link {
        /// The digest of the link's secret.
        digest: String,
        /// To the notes of which handoff.
        handoff: HandoffId,
        /// For whom.
        agent: AgentKey,
    },
    /// When the links to its notes end.
    LinksEnd {
        /// Of which handoff.
        handoff: HandoffId,
        /// Only this agent's.
        agent: Option<AgentKey>,
        /// When.
        at: Timestamp,
    },
}

/// Which handoffs to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandoffFilter {
    /// Only this business's.
    pub business: Option<BusinessId>,
    /// Only those requested at or after this moment.
    pub since: Option<Timestamp>,
    /// At most so many.
    pub limit: u32,
}

/// A handoff with the times of all its steps, for people to read: derived from its facts, never stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffRecord {
    /// What was asked for.
    #[serde(flatten)]
    pub request: HandoffRequest,
    /// When the call's engine asked.
    pub requested_at: Timestamp,
    /// When the notes were first where an agent can read them.
    pub delivered_at: Option<Timestamp>,
    /// When the first telephone rang.
    pub first_ring_at: Option<Timestamp>,
    /// When the one who took it answered.
    pub answered_at: Option<Timestamp>,
    /// When they had heard the recap.
    pub briefed_at: Option<Timestamp>,
    /// When they took it.
    pub accepted_at: Option<Timestamp>,
    /// When caller and agent were connected.
    pub joined_at: Option<Timestamp>,
    /// Who took it.
    pub agent: Option<AgentKey>,
    /// How it ended; absent while it goes on.
    pub outcome: Option<HandoffOutcome>,
    /// When that was decided.
    pub settled_at: Option<Timestamp>,
    /// When caller and agent were not connected any more.
    pub talk_ended_at: Option<Timestamp>,
    /// Everybody who was asked, in order.
    pub offers: Vec<OfferRecord>,
}

/// One agent's ring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferRecord {
    /// Who was asked.
    pub agent: AgentKey,
    /// When.
    pub offered_at: Timestamp,
    /// When their telephone rang.
    pub rang_at: Option<Timestamp>,
    /// When they answered.
    pub answered_at: Option<Timestamp>,
    /// When they had heard the recap.
    pub briefed_at: Option<Timestamp>,
    /// Why it came to nothing, where it did.
    pub missed: Option<Missed>,
}

/// What a link to notes opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotesLink {
    /// The notes of which handoff.
    pub handoff: HandoffId,
    /// For whom.
    pub agent: AgentKey,
    /// The digest of the cookie of the browser that opened it first.
    pub opened_by: Option<String>,
    /// After this it opens nothing.
    pub expires_at: Option<Timestamp>,
}

impl NotesLink {
    /// What is stored of a secret: its SHA-256 in hexadecimal digits.
    pub fn digest(secret: &str) -> String {
        Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether it still opens anything.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

impl HandoffRecord {
    /// Reads a handoff's facts, the first of which says what was asked for.
    pub fn derive(facts: &[StoredHandoffFact]) -> Option<Self> {
        let (first, rest) = facts.split_first()?;
        let HandoffFact::Requested(request) = &first.fact else { return None };
        let mut record = Self {
            request: request.clone(),
            requested_at: first.at,
            delivered_at: None,
            first_ring_at: None,
            answered_at: None,
            briefed_at: None,
            accepted_at: None,
            joined_at: None,
            agent: None,
            outcome: None,
            settled_at: None,
            talk_ended_at: None,
            offers: Vec::new(),
        };
        for stored in rest {
            record.apply(stored.at, &stored.fact);
        }
        Some(record)
    }

    fn apply(&mut self, at: Timestamp, fact: &HandoffFact) {
        match fact {
            HandoffFact::Requested(_) | HandoffFact::Dialled { .. } | HandoffFact::LegKnown { .. } => {}
            HandoffFact::Offered { offer: _, agent } => self.offers.push(OfferRecord {
                agent: agent.clone(),
                offered_at: at,
                rang_at: None,
                answered_at: None,
                briefed_at: None,
                missed: None,
            }),
            HandoffFact::Delivered { .. } => {
                self.delivered_at.get_or_insert(at);
            }
            HandoffFact::Ringing { offer } => {
                self.first_ring_at.get_or_insert(at);
                self.change(*offer, |record| record.rang_at = Some(at));
            }
            HandoffFact::Answered { offer } => self.change(*offer, |record| record.answered_at = Some(at)),
            HandoffFact::Briefed { offer } => self.change(*offer, |record| record.briefed_at = Some(at)),
            HandoffFact::Missed { offer, why } => self.change(*offer, |record| record.missed = Some(*why)),
            HandoffFact::Accepted { offer } => {
                self.accepted_at = Some(at);
                if let Some(taken) = self.offers.get(offer.place as usize) {
                    self.agent = Some(taken.agent.clone());
                    self.answered_at = taken.answered_at;
                    self.briefed_at = taken.briefed_at;
                }
            }
            HandoffFact::Joined { .. } => self.joined_at = Some(at),
            HandoffFact::Settled { outcome } => {
                self.outcome = Some(*outcome);
                self.settled_at = Some(at);
            }
            HandoffFact::TalkEnded => self.talk_ended_at = Some(at),
        }
    }

    fn change(&mut self, offer: OfferId, change: impl FnOnce(&mut OfferRecord)) {
        if let Some(record) = self.offers.get_mut(offer.place as usize) {
            change(record);
        }
    }
}

impl Store {
    /// The facts of the handoffs in which something can still happen or that ended since a moment, each handoff's in
    /// order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn handoffs_since(&self, since: Timestamp) -> Result<Vec<StoredHandoffFact>, StoreError> {
        let rows: Vec<FactRow> = sqlx::query_as(
            "SELECT handoff_id, call_id, seq, at, body FROM handoff_fact JOIN handoff ON handoff.id = handoff_id
             WHERE ended_at IS NULL OR ended_at >= $1 ORDER BY handoff_id, seq",
        )
        .bind(since.as_millisecond())
        .fetch_all(&self.readers)
        .await?;
        Ok(read_all(rows).into_values().flatten().collect())
    }

    /// Handoffs, the latest first; those that this version cannot read are left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn handoffs(&self, filter: &HandoffFilter) -> Result<Vec<HandoffRecord>, StoreError> {
        let rows: Vec<FactRow> = sqlx::query_as(
            "SELECT handoff_id, call_id, seq, at, body FROM handoff_fact JOIN handoff ON handoff.id = handoff_id
             WHERE handoff_id IN (
                 SELECT id FROM handoff
                 WHERE (CAST($1 AS TEXT) IS NULL OR business = $1) AND requested_at >= $2
                 ORDER BY requested_at DESC, id DESC LIMIT $3)
             ORDER BY requested_at DESC, handoff_id DESC, seq",
        )
        .bind(filter.business.as_ref().map(|business| business.0.as_str()))
        .bind(filter.since.map_or(i64::MIN, Timestamp::as_millisecond))
        .bind(i64::from(filter.limit))
        .fetch_all(&self.readers)
        .await?;
        let mut records: Vec<_> =
            read_all(rows).into_values().filter_map(|facts| HandoffRecord::derive(&facts)).collect();
        records.sort_by_key(|record| std::cmp::Reverse((record.requested_at, record.request.id)));
        Ok(records)
    }

    /// One handoff.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn handoff(&self, id: HandoffId) -> Result<Option<HandoffRecord>, StoreError> {
        let rows: Vec<FactRow> = sqlx::query_as(
            "SELECT handoff_id, call_id, seq, at, body FROM handoff_fact JOIN handoff ON handoff.id = handoff_id
             WHERE handoff_id = $1 ORDER BY seq",
        )
        .bind(id.to_string())
        .fetch_all(&self.readers)
        .await?;
        Ok(read_all(rows).into_values().next().and_then(|facts| HandoffRecord::derive(&facts)))
    }

    /// What the agents of a handoff are told.
    ///
    /// # Errors
    /// When the database cannot be read, or the notes cannot.
    pub async fn briefing(&self, handoff: HandoffId) -> Result<Option<Briefing>, StoreError> {
        let row: Option<(String, String)> =
            sqlx::query_as("SELECT call_id, briefing FROM handoff WHERE id = $1")
                .bind(handoff.to_string())
                .fetch_optional(&self.readers)
                .await?;
        row.map(|(call, body)| {
            let call = call.parse().unwrap_or(CallId::new(uuid::Uuid::nil()));
            serde_json::from_str(&body).map_err(|_| StoreError::Unreadable { what: "briefing", call })
        })
        .transpose()
    }

    /// What a link opens, by the digest of its secret.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn notes_link(&self, digest: &str) -> Result<Option<NotesLink>, StoreError> {
        let row: Option<(String, String, Option<String>, Option<i64>)> = sqlx::query_as(
            "SELECT handoff_id, agent, opened_by, expires_at FROM notes_link WHERE digest = $1",
        )
        .bind(digest)
        .fetch_optional(&self.readers)
        .await?;
        Ok(row.and_then(|(handoff, agent, opened_by, expires_at)| {
            Some(NotesLink {
                handoff: handoff.parse().ok()?,
                agent: AgentKey(agent),
                opened_by,
                expires_at: expires_at.map(Timestamp::from_millisecond).transpose().ok()?,
            })
        }))
    }

    /// Binds a link to the one browser that opens it; false if another one was first.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn open_notes(&self, digest: &str, browser: &str, now: Timestamp) -> Result<bool, StoreError> {
        let bound = sqlx::query(
            "UPDATE notes_link SET opened_by = $2, opened_at = $3
             WHERE digest = $1 AND (opened_by IS NULL OR opened_by = $2)",
        )
        .bind(digest)
        .bind(browser)
        .bind(now.as_millisecond())
        .execute(&self.writer)
        .await?;
        Ok(bound.rows_affected() == 1)
    }

    /// The agents who signed off, by business.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn signed_off(&self) -> Result<Vec<(BusinessId, AgentKey, Timestamp)>, StoreError> {
        let rows: Vec<(String, String, i64)> =
            sqlx::query_as("SELECT business, agent, since FROM agent_signed_off ORDER BY business, agent")
                .fetch_all(&self.readers)
                .await?;
        let read = |(business, agent, since)| {
            Some((BusinessId(business), AgentKey(agent), Timestamp::from_millisecond(since).ok()?))
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Notes that an agent signed off, or is back.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn sign(
        &self,
        business: &BusinessId,
        agent: &AgentKey,
        on: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let query = if on {
            sqlx::query("DELETE FROM agent_signed_off WHERE business = $1 AND agent = $2")
                .bind(&business.0)
                .bind(&agent.0)
        } else {
            sqlx::query(
                "INSERT INTO agent_signed_off (business, agent, since) VALUES ($1, $2, $3)
                 ON CONFLICT (business, agent) DO NOTHING",
            )
            .bind(&business.0)
            .bind(&agent.0)
            .bind(now.as_millisecond())
        };
        query.execute(&self.writer).await?;
        Ok(())
    }
}

/// Writes an entry; one that is there already changes nothing.
pub(super) async fn write(connection: &mut SqliteConnection, entry: &HandoffEntry) -> Result<(), StoreError> {
    match entry {
        HandoffEntry::Briefing { request, at, briefing } => brief(connection, request, *at, briefing).await,
        HandoffEntry::Fact(stored) => append(connection, stored).await,
        HandoffEntry::Link { digest, handoff, agent } => add_link(connection, digest, *handoff, agent).await,
        HandoffEntry::LinksEnd { handoff, agent, at } => {
            expire_links(connection, *handoff, agent.as_ref(), *at).await
        }
    }
}

/// Puts down that a handoff began, with what the agents are told; once it is there, only the latter is replaced.
async fn brief(
    connection: &mut SqliteConnection,
    request: &HandoffRequest,
    at: Timestamp,
    briefing: &Briefing,
) -> Result<(), StoreError> {
    let unreadable = |_| StoreError::Unreadable { what: "briefing", call: request.call };
    sqlx::query(
        "INSERT INTO handoff (id, call_id, business, requested_at, briefing) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET briefing = excluded.briefing",
    )
    .bind(request.id.to_string())
    .bind(request.call.to_string())
    .bind(&request.business.0)
    .bind(at.as_millisecond())
    .bind(serde_json::to_string(briefing).map_err(unreadable)?)
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes a fact, and with it the end that it marks; one that stands in its place already stays.
async fn append(connection: &mut SqliteConnection, stored: &StoredHandoffFact) -> Result<(), StoreError> {
    let unreadable = || StoreError::Unreadable { what: "handoff", call: CallId::new(uuid::Uuid::nil()) };
    let body = serde_json::to_value(&stored.fact).map_err(|_| unreadable())?;
    let kind = body.get("fact").and_then(|kind| kind.as_str()).ok_or_else(unreadable)?.to_owned();
    sqlx::query(
        "INSERT INTO handoff_fact (handoff_id, seq, at, kind, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (handoff_id, seq) DO NOTHING",
    )
    .bind(stored.handoff.to_string())
    .bind(i64::try_from(stored.seq).unwrap_or(i64::MAX))
    .bind(stored.at.as_millisecond())
    .bind(kind)
    .bind(body.to_string())
    .execute(&mut *connection)
    .await?;
    let (outcome, over) = match &stored.fact {
        HandoffFact::Settled { outcome: HandoffOutcome::Joined } => (Some(HandoffOutcome::Joined), false),
        HandoffFact::Settled { outcome } => (Some(*outcome), true),
        HandoffFact::TalkEnded => (None, true),
        HandoffFact::Requested(_)
        | HandoffFact::Offered { .. }
        | HandoffFact::Delivered { .. }
        | HandoffFact::Dialled { .. }
        | HandoffFact::LegKnown { .. }
        | HandoffFact::Ringing { .. }
        | HandoffFact::Answered { .. }
        | HandoffFact::Briefed { .. }
        | HandoffFact::Accepted { .. }
        | HandoffFact::Missed { .. }
        | HandoffFact::Joined { .. } => return Ok(()),
    };
    sqlx::query(
        "UPDATE handoff SET outcome = COALESCE($2, outcome), ended_at = CASE WHEN $3 THEN $4 ELSE ended_at END
         WHERE id = $1",
    )
    .bind(stored.handoff.to_string())
    .bind(outcome.as_ref().map(to_name))
    .bind(over)
    .bind(stored.at.as_millisecond())
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds a link by the digest of its secret.
async fn add_link(
    connection: &mut SqliteConnection,
    digest: &str,
    handoff: HandoffId,
    agent: &AgentKey,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO notes_link (digest, handoff_id, agent) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING",
    )
    .bind(digest)
    .bind(handoff.to_string())
    .bind(&agent.0)
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets when the links of a handoff end: those of one agent, or of all.
async fn expire_links(
    connection: &mut SqliteConnection,
    handoff: HandoffId,
    agent: Option<&AgentKey>,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE notes_link SET expires_at = $3
         WHERE handoff_id = $1 AND (CAST($2 AS TEXT) IS NULL OR agent = $2) AND expires_at IS NULL",
    )
    .bind(handoff.to_string())
    .bind(agent.map(|agent| agent.0.as_str()))
    .bind(at.as_millisecond())
    .execute(connection)
    .await?;
    Ok(())
}

type FactRow = (String, String, i64, i64, String);

/// The facts by their handoffs; a handoff with one that cannot be read is left out.
fn read_all(rows: Vec<FactRow>) -> BTreeMap<String, Vec<StoredHandoffFact>> {
    let mut handoffs: BTreeMap<String, Vec<StoredHandoffFact>> = BTreeMap::new();
    let mut unreadable: Vec<String> = Vec::new();
    for (id, call, seq, at, body) in rows {
        let fact = (|| {
            Some(StoredHandoffFact {
                handoff: id.parse().ok()?,
                seq: u64::try_from(seq).ok()?,
                at: Timestamp::from_millisecond(at).ok()?,
                fact: serde_json::from_str(&body).ok()?,
            })
        })();
        match fact {
            Some(fact) => handoffs.entry(id).or_default().push(fact),
            None => {
                warn!(call.id = %call, handoff.id = %id, "a handoff is left out: this version cannot read it");
                unreadable.push(id);
            }
        }
    }
    handoffs.retain(|id, _| !unreadable.contains(id));
    handoffs
}
