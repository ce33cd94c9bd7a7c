//! Promises kept through this line: an agent is rung, hears whom they are to call back, and is connected with the caller,
//! so that the end of the talk is known and closes the promise.
//!
//! All of it is a row in the store, which every step reads and changes by itself: a webhook that comes twice, late, or to
//! another process than the one before it finds what there is.

use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};
use uuid::Uuid;

use super::handoffs::{LegEvent, agents_now};
use super::ledger::Ledger;
use super::notices::{PromiseNews, standing_for};
use super::reach::{LegUrls, Reach, ReachError};
use crate::diagnosis::briefing;
use crate::diagnosis::recap::RecapParts;
use crate::domain::{
    Agent, AgentKey, Aspect, Business, CallBack, CallBackId, CallBackOutcome, Called, PhoneNumber, Pii,
    Presence, PromiseId, PromiseState, Slot,
};
use crate::store::{CallRecord, LedgerEntry, StoreError};
use crate::telephony::twilio::{self, CallSid, CallStatus, ControlError, DialEnded, PublicUrl};

/// How long an agent's telephone rings.
const RING: std::time::Duration = std::time::Duration::from_secs(30);
/// An attempt of which nothing is heard for so long before the caller is rung is over.
const BEFORE_THE_CALL: SignedDuration = SignedDuration::from_mins(5);
/// An attempt of which nothing is heard for so long after that is over: the longest talk, and some.
const WITH_THE_CALL: SignedDuration = SignedDuration::from_mins(75);
/// After the agent's leg is over, how calling the caller ended is waited for so long.
const LAST_NEWS: SignedDuration = SignedDuration::from_secs(30);

/// Calls callers back. Clones share everything.
#[derive(Debug, Clone)]
pub struct CallBacks {
    ledger: Ledger,
    reach: Reach,
    public_url: PublicUrl,
}

/// What an agent's leg is to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallBackOrder {
    /// Hear whom they are to call back.
    Brief {
        /// As spoken.
        words: String,
    },
    /// Be asked whether they call now.
    Ask,
    /// Be connected with the caller.
    CallOut {
        /// The number they called from.
        to: PhoneNumber,
        /// The line they called.
        from: PhoneNumber,
    },
    /// Be asked whether it is settled.
    AskSettled,
    /// Hear how it ended, and hang up; without an outcome the attempt was over before.
    Leave(Option<CallBackOutcome>),
}

/// Why nobody is called back. The caller's number stands in none of the messages.
#[derive(Debug, thiserror::Error)]
pub enum CallBackError {
    /// There is no such promise.
    #[error("no promise has this id")]
    Unknown,
    /// The promise is kept or broken.
    #[error("the promise is closed already")]
    Closed,
    /// The number they called from is not known.
    #[error(
        "the caller withheld their number, and Calmline calls no number but the one somebody called from"
    )]
    Withheld {
        /// The number they dictated.
        by_hand: Option<PhoneNumber>,
    },
    /// They want to be called elsewhere.
    #[error(
        "the caller wants to be called on another number, and Calmline calls none but the one somebody called from"
    )]
    Elsewhere {
        /// The number they dictated.
        by_hand: PhoneNumber,
    },
    /// They do not want to be called where they called from, and left no other number.
    #[error("the caller left no number to be called on")]
    NoNumber,
    /// The business has no profile any more.
    #[error("the promise belongs to a business that is not configured")]
    NoBusiness,
    /// The profile has no such agent.
    #[error("the profile has no agent `{agent}`; there are: {others}")]
    NoSuchAgent {
        /// The key that was named.
        agent: AgentKey,
        /// The keys there are.
        others: String,
    },
    /// The owner is a role for which no agent stands.
    #[error("nobody in the profile stands for {owner}; name an agent who calls: {others}")]
    NobodyStands {
        /// The owner as callers were told.
        owner: String,
        /// The keys there are.
        others: String,
    },
    /// Those who stand for the owner cannot be asked.
    #[error("nobody who stands for {owner} is on duty and free; name an agent who calls: {others}")]
    NobodyFree {
        /// The owner as callers were told.
        owner: String,
        /// The keys there are.
        others: String,
    },
    /// The agent is with another caller.
    #[error("{agent} is busy with another call")]
    Busy {
        /// Who.
        agent: AgentKey,
    },
    /// The caller is being called back already.
    #[error("a call-back for this promise is going on already")]
    Underway,
    /// The carrier did not take the order, or there is nothing to call from.
    #[error("the agent could not be dialled: {0}")]
    NotDialled(#[from] ReachError),
    /// The database cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CallBackError {
    /// The number to be called by hand, where there is one and the attempt cannot be made for its sake.
    pub const fn by_hand(&self) -> Option<&PhoneNumber> {
        match self {
            Self::Withheld { by_hand } => by_hand.as_ref(),
            Self::Elsewhere { by_hand } => Some(by_hand),
            Self::Unknown
            | Self::Closed
            | Self::NoNumber
            | Self::NoBusiness
            | Self::NoSuchAgent { .. }
            | Self::NobodyStands { .. }
            | Self::NobodyFree { .. }
            | Self::Busy { .. }
            | Self::Underway
            | Self::NotDialled(_)
            | Self::Store(_) => None,
        }
    }
}

impl CallBacks {
    /// Reaches people so; the carrier finds this server under `public_url`.
    pub const fn new(ledger: Ledger, reach: Reach, public_url: PublicUrl) -> Self {
        Self { ledger, reach, public_url }
    }

    /// The promises.
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Has the telephone rung of the agent who stands for a promise's owner, or of another one, to connect them with the
    /// caller.
    ///
    /// # Errors
    /// When the promise, the caller's number or the agents do not allow it, or the carrier or the database fails.
    pub async fn order(
        &self,
        promise: PromiseId,
        agent: Option<&AgentKey>,
        now: Timestamp,
    ) -> Result<CallBack, CallBackError> {
        let store = self.ledger.store();
        let entry = store.promise(promise).await?.ok_or(CallBackError::Unknown)?;
        callable(&entry)?;
        if entry.call_backs.iter().any(|call_back| call_back.ended_at.is_none()) {
            return Err(CallBackError::Underway);
        }
        let business = self.ledger.business(&entry.business).ok_or(CallBackError::NoBusiness)?;
        let person = self.person(&entry, &business, agent, now).await?;
        let id = CallBackId::new(Uuid::now_v7());
        if !store.begin_call_back(id, promise, &business.id, &person.key, now).await? {
            let open = store.open_call_backs().await?;
            let same = open.iter().any(|(_, call_back)| call_back.promise == promise);
            return Err(if same {
                CallBackError::Underway
            } else {
                CallBackError::Busy { agent: person.key.clone() }
            });
        }
        let url = |path: &str| self.public_url.http(&twilio::path_for(path, id));
        let urls = LegUrls {
            answer: url(twilio::CALL_BACK_PATH),
            status: url(twilio::CALL_BACK_STATUS_PATH),
            machine: url(twilio::CALL_BACK_MACHINE_PATH),
        };
        match self.reach.dial(&business.id, &person.key, &urls, RING).await {
            Ok(leg) => store.note_call_back_leg(id, leg.as_str()).await?,
            // It may be ringing: its callbacks tell.
            Err(ReachError::Control(ControlError::Uncertain)) => {}
            Err(error) => {
                self.ledger.end_call_back(id, CallBackOutcome::NotDialled, now).await?;
                return Err(error.into());
            }
        }
        info!(promise.id = %promise, call_back.id = %id, "an agent is rung to call somebody back");
        store.call_back(id).await?.ok_or(CallBackError::Unknown)
    }

    async fn person(
        &self,
        entry: &LedgerEntry,
        business: &Business,
        named: Option<&AgentKey>,
        now: Timestamp,
    ) -> Result<Agent, CallBackError> {
        let now_there = agents_now(self.ledger.store(), self.ledger.directory()).await?;
        let presence = |agent: &Agent| {
            let known =
                now_there.iter().find(|known| known.business == business.id && known.agent == agent.key);
            known.map_or(Presence::Offline, |known| known.presence)
        };
        let busy = |agent: &Agent| presence(agent) == Presence::Busy;
        let others = || {
            let keys = business.agents.iter().map(|agent| agent.key.0.as_str());
            if business.agents.is_empty() { "nobody".to_owned() } else { keys.collect::<Vec<_>>().join(", ") }
        };
        if let Some(key) = named {
            let known = business.agent(key);
            let agent =
                known.ok_or_else(|| CallBackError::NoSuchAgent { agent: key.clone(), others: others() })?;
            return if busy(agent) {
                Err(CallBackError::Busy { agent: key.clone() })
            } else {
                Ok(agent.clone())
            };
        }
        let owner = entry.promise.owner.clone();
        let standing = standing_for(business, &owner);
        if standing.is_empty() {
            return Err(CallBackError::NobodyStands { owner, others: others() });
        }
        let there = |agent: &&&Agent| {
            agent.on_duty(entry.promise.urgency, now, &business.time_zone)
                && matches!(presence(agent), Presence::Available | Presence::Pause)
        };
        match (standing.iter().find(there), standing.as_slice()) {
            (Some(agent), _) => Ok((*agent).clone()),
            (None, [only]) if busy(only) => Err(CallBackError::Busy { agent: only.key.clone() }),
            (None, _) => Err(CallBackError::NobodyFree { owner, others: others() }),
        }
    }

    /// What an agent's leg is to do next, after what happened on it before the caller is rung.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn leg(
        &self,
        id: CallBackId,
        sid: &CallSid,
        what: LegEvent,
        now: Timestamp,
    ) -> Result<CallBackOrder, StoreError> {
        let Some(call_back) = self.going_on(id, sid).await? else { return Ok(CallBackOrder::Leave(None)) };
        if call_back.called.is_some() {
            return Ok(CallBackOrder::AskSettled);
        }
        let over = match what {
            LegEvent::Accepted => return self.accepted(&call_back, now).await,
            LegEvent::Answered | LegEvent::Again => {
                if let Some(words) = self.words(&call_back).await? {
                    return Ok(CallBackOrder::Brief { words });
                }
                CallBackOutcome::Closed
            }
            LegEvent::Briefed | LegEvent::Unclear => return Ok(CallBackOrder::Ask),
            LegEvent::Declined => CallBackOutcome::Declined,
            LegEvent::Silent => CallBackOutcome::NoKey,
        };
        self.leave(id, over, now).await
    }

    async fn accepted(&self, call_back: &CallBack, now: Timestamp) -> Result<CallBackOrder, StoreError> {
        let store = self.ledger.store();
        let entry = store.promise(call_back.promise).await?;
        let numbers = entry.as_ref().and_then(|entry| {
            let to = callable(entry).ok()?;
            Some((to.clone(), self.reach.line_of(&entry.business)?))
        });
        let Some((to, from)) = numbers else {
            return self.leave(call_back.id, CallBackOutcome::Closed, now).await;
        };
        // It is on disk before the caller is rung.
        Ok(if store.accept_call_back(call_back.id, now).await? {
            CallBackOrder::CallOut { to, from }
        } else {
            CallBackOrder::Leave(None)
        })
    }

    /// Takes in how calling the caller ended; nothing is left to be done on a leg that is over.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn called(
        &self,
        id: CallBackId,
        ended: &DialEnded,
        now: Timestamp,
    ) -> Result<CallBackOrder, StoreError> {
        let store = self.ledger.store();
        if self.going_on(id, &ended.call_sid).await?.is_none() {
            return Ok(CallBackOrder::Leave(None));
        }
        store.note_called(id, called(ended.status), ended.talked_s).await?;
        let Some(call_back) = store.call_back(id).await? else { return Ok(CallBackOrder::Leave(None)) };
        if call_back.called == Some(Called::Talked) && call_back.leg_ended_at.is_none() {
            return Ok(CallBackOrder::AskSettled);
        }
        self.leave(id, call_back.verdict(), now).await
    }

    /// Takes in whether the agent says that it is settled; without a word of theirs the length of the talk decides.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn settled(
        &self,
        id: CallBackId,
        sid: &CallSid,
        what: LegEvent,
        now: Timestamp,
    ) -> Result<CallBackOrder, StoreError> {
        let Some(call_back) = self.going_on(id, sid).await? else { return Ok(CallBackOrder::Leave(None)) };
        let talked = call_back.called == Some(Called::Talked);
        let outcome = match what {
            LegEvent::Accepted if talked => CallBackOutcome::Kept,
            LegEvent::Declined if talked => CallBackOutcome::StillOpen,
            LegEvent::Again | LegEvent::Unclear => return Ok(CallBackOrder::AskSettled),
            LegEvent::Accepted
            | LegEvent::Declined
            | LegEvent::Silent
            | LegEvent::Answered
            | LegEvent::Briefed => call_back.verdict(),
        };
        self.leave(id, outcome, now).await
    }

    /// Takes in the progress of an agent's leg.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn leg_status(
        &self,
        id: CallBackId,
        sid: &CallSid,
        status: CallStatus,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(call_back) = self.going_on(id, sid).await? else { return Ok(()) };
        let outcome = match status {
            CallStatus::Queued | CallStatus::Initiated | CallStatus::Ringing | CallStatus::InProgress => {
                return Ok(());
            }
            CallStatus::Completed if call_back.accepted_at.is_some() && call_back.called.is_none() => {
                // How calling the caller ended may still be on its way.
                return self.ledger.store().note_call_back_leg_ended(id, now).await;
            }
            CallStatus::Completed => call_back.verdict(),
            CallStatus::Busy => CallBackOutcome::AgentBusy,
            CallStatus::Failed => CallBackOutcome::AgentFailed,
            CallStatus::NoAnswer | CallStatus::Canceled => CallBackOutcome::AgentNoAnswer,
        };
        self.ledger.end_call_back(id, outcome, now).await.map(|_| ())
    }

    /// Takes in that a machine answered: it is hung up on, unless somebody has pressed a key.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn machine(&self, id: CallBackId, sid: &CallSid, now: Timestamp) -> Result<(), StoreError> {
        let pressed = |call_back: &CallBack| call_back.accepted_at.is_some();
        if self.going_on(id, sid).await?.is_none_or(|call_back| pressed(&call_back)) {
            return Ok(());
        }
        self.ledger.end_call_back(id, CallBackOutcome::Voicemail, now).await?;
        if let Err(error) = self.reach.hang_up(sid).await {
            warn!(%error, call_back.id = %id, "an answering machine could not be hung up on");
        }
        Ok(())
    }

    /// The attempt, if it goes on and this is its leg.
    async fn going_on(&self, id: CallBackId, sid: &CallSid) -> Result<Option<CallBack>, StoreError> {
        let store = self.ledger.store();
        store.note_call_back_leg(id, sid.as_str()).await?;
        let found = store.call_back(id).await?;
        Ok(found.filter(|found| found.ended_at.is_none() && found.leg.as_deref() == Some(sid.as_str())))
    }

    async fn leave(
        &self,
        id: CallBackId,
        outcome: CallBackOutcome,
        now: Timestamp,
    ) -> Result<CallBackOrder, StoreError> {
        let ended = self.ledger.end_call_back(id, outcome, now).await?;
        Ok(CallBackOrder::Leave(ended.then_some(outcome)))
    }

    /// Whom the agent is to call back, and why; nothing once the promise is closed. A machine may hear the first sentence.
    async fn words(&self, call_back: &CallBack) -> Result<Option<String>, StoreError> {
        let store = self.ledger.store();
        let Some(entry) = store.promise(call_back.promise).await? else { return Ok(None) };
        let business = self.ledger.business(&entry.business);
        let Some(business) = business.filter(|_| callable(&entry).is_ok()) else { return Ok(None) };
        let record = store.call(entry.promise.call).await?;
        let parts = record.as_ref().map(|record| recap(record, &business)).unwrap_or_default();
        let due =
            entry.promise.due.to_zoned(business.time_zone.clone()).strftime("%A, %-I:%M %p").to_string();
        let agent =
            business.agent(&call_back.agent).map_or(call_back.agent.0.as_str(), |agent| agent.name.as_str());
        Ok(Some(briefing::call_back(&parts, &business.name, agent, &due)))
    }
}

impl Ledger {
    /// Ends an attempt that goes on; one that kept its promise closes it. False when it had ended before.
    async fn end_call_back(
        &self,
        id: CallBackId,
        outcome: CallBackOutcome,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let store = self.store();
        let Some(call_back) = store.call_back(id).await? else { return Ok(false) };
        let note = Pii::new(format!("call-back of {}", call_back.talked()));
        let mut notices = Vec::new();
        if outcome == CallBackOutcome::Kept
            && let Some(mut entry) = store.promise(call_back.promise).await?
        {
            entry.promise.state = PromiseState::Kept;
            entry.closed_at = Some(now);
            entry.note = Some(note.clone());
            for known in entry.call_backs.iter_mut().filter(|known| known.id == id) {
                known.outcome = Some(outcome);
                known.ended_at = Some(now);
            }
            notices = self.news(&entry, PromiseNews::Kept, now);
        }
        let ended = store.end_call_back(&call_back, outcome, &note, now, &notices).await?;
        if ended {
            info!(call_back.id = %id, ?outcome, "a call-back has ended");
            metrics::counter!("calmline_call_backs_total", "outcome" => format!("{outcome:?}")).increment(1);
            self.wake();
        }
        Ok(ended)
    }

    /// Ends the attempts of which nothing more is heard.
    pub(super) async fn give_up_call_backs(&self, now: Timestamp) -> Result<(), StoreError> {
        for (_, call_back) in self.store().open_call_backs().await? {
            let until = match (call_back.leg_ended_at, call_back.accepted_at) {
                (Some(ended), _) => ended + LAST_NEWS,
                (None, Some(accepted)) => accepted + WITH_THE_CALL,
                (None, None) => call_back.dialled_at + BEFORE_THE_CALL,
            };
            if until <= now {
                let heard_of = call_back.accepted_at.is_some();
                let outcome = if heard_of { call_back.verdict() } else { CallBackOutcome::Lost };
                self.end_call_back(call_back.id, outcome, now).await?;
            }
        }
        Ok(())
    }
}

/// The number they called from, if the promise is open and that is where they are to be called.
fn callable(entry: &LedgerEntry) -> Result<&PhoneNumber, CallBackError> {
    if entry.promise.state != PromiseState::Open {
        return Err(CallBackError::Closed);
    }
    match (&entry.caller, &entry.promise.callback) {
        (Some(caller), Some(callback)) if caller == callback => Ok(caller),
        (None, by_hand) => Err(CallBackError::Withheld { by_hand: by_hand.clone() }),
        (Some(_), Some(by_hand)) => Err(CallBackError::Elsewhere { by_hand: by_hand.clone() }),
        (Some(_), None) => Err(CallBackError::NoNumber),
    }
}

const fn called(status: CallStatus) -> Called {
    match status {
        CallStatus::Completed | CallStatus::InProgress => Called::Talked,
        CallStatus::Busy => Called::Busy,
        CallStatus::NoAnswer
        | CallStatus::Canceled
        | CallStatus::Queued
        | CallStatus::Initiated
        | CallStatus::Ringing => Called::NoAnswer,
        CallStatus::Failed => Called::Failed,
    }
}

fn recap<'a>(record: &'a CallRecord, business: &'a Business) -> RecapParts<'a> {
    let answer = |aspect| record.diagnosis.get(aspect).map(|answer| answer.value.expose().as_str());
    let name = record.intake.iter().find(|answer| answer.slot == Slot::Name);
    let topic = record.diagnosis.topic.as_deref().and_then(|key| business.playbook.topic(key));
    RecapParts {
        name: name.and_then(|name| name.value.as_ref()).map(|name| name.expose().as_str()),
        trigger: answer(Aspect::Trigger),
        expectation: answer(Aspect::Expectation),
        topic: topic.map(|topic| topic.name.as_str()),
        escalated: record.triggers.first().map(|trigger| trigger.reason),
        ..RecapParts::default()
    }
}
