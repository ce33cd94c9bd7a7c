//! What follows a call: notes and promises are told, promises are reminded of until they are closed, and the caller is
//! told what was agreed and asked whether it is resolved.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::notices::{PromiseNews, Teller};
use super::{Directory, Outbox};
use crate::domain::{
    ASK_WITHIN, Business, BusinessId, CallId, Channel, Notice, PhoneNumber, Pii, Promise, PromiseId,
    PromiseState, Urgency,
};
use crate::store::{CallRecord, CallerNumber, LedgerEntry, PromiseStep, Store, StoreError};
use crate::understanding::{Answer, answer};

/// How often it is looked at.
const LOOK: Duration = Duration::from_secs(5);
/// How long before it is due the owner is reminded, unless a quarter of the whole time is shorter.
const REMIND_BEFORE: SignedDuration = SignedDuration::from_mins(15);
/// After so many minutes of opening hours the lead is told of an overdue promise.
const LEAD_AFTER_MINUTES: u32 = 60;
/// After so long, at any hour, the lead is told of an urgent one.
const URGENT_LEAD_AFTER: SignedDuration = SignedDuration::from_mins(15);
/// While it stays open, the lead is told again and again.
const URGENT_LEAD_AGAIN: SignedDuration = SignedDuration::from_mins(30);
/// So long after it was due nobody is told again; the promise stays open.
const URGENT_TOLD_FOR: SignedDuration = SignedDuration::from_hours(3);
const SAYS_RESOLVED: &str = "the caller says that it is resolved";
const SAYS_UNRESOLVED: &str = "the caller says that it is not resolved";

/// The promises, as the server, the commands and callers' answers change them. Clones share everything.
#[derive(Debug, Clone)]
pub struct Ledger {
    store: Store,
    directory: Directory,
    channels: Arc<[Channel]>,
    outbox: Option<Outbox>,
}

/// What a caller wrote back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// It is resolved.
    Resolved,
    /// It is not, and its owner was told.
    NotResolved,
    /// They want no more text messages.
    Stop,
    /// They want text messages again.
    Start,
    /// Nothing that was asked for.
    Other,
}

impl Ledger {
    /// Opens the ledger; what is told goes by these channels. Without an outbox's worker in this process the server's
    /// finds it a little later.
    pub fn new(store: Store, directory: Directory, channels: Vec<Channel>, outbox: Option<Outbox>) -> Self {
        Self { store, directory, channels: channels.into(), outbox }
    }

    /// The store it is kept in.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Watches until told to stop.
    pub async fn run(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.look(Timestamp::now()).await {
                warn!(%error, "promises cannot be looked after; tried again");
            }
            // Either way the loop looks whether it is to go on.
            let _ = timeout(LOOK, stop.cancelled()).await;
        }
    }

    /// Does all that is to be done at this moment.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn look(&self, now: Timestamp) -> Result<(), StoreError> {
        for call in self.store.calls_to_follow_up().await? {
            self.follow_up(call, now).await?;
        }
        let (again, since) = (now - URGENT_LEAD_AGAIN, now - URGENT_TOLD_FOR);
        for entry in self.store.promises_to_watch(now + REMIND_BEFORE, again, since).await? {
            let Some(business) = self.directory.get(&entry.business) else { continue };
            if let Some((step, news)) = reminder(&entry, &business, now) {
                let notices = self.teller(&business, entry.promise.call, now).promise(&entry, news);
                self.store.take_step(entry.promise.id, step, now, &notices).await?;
            }
            self.ask(&entry, &business, now).await?;
        }
        self.give_up_call_backs(now).await?;
        self.wake();
        Ok(())
    }

    fn teller<'a>(&'a self, business: &'a Business, call: CallId, now: Timestamp) -> Teller<'a> {
        Teller::new(business, &self.channels, call, now)
    }

    /// The businesses.
    pub(super) const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The business of that id.
    pub(super) fn business(&self, id: &BusinessId) -> Option<Arc<Business>> {
        self.directory.get(id)
    }

    pub(super) fn wake(&self) {
        if let Some(outbox) = &self.outbox {
            outbox.wake();
        }
    }

    async fn follow_up(&self, call: CallId, now: Timestamp) -> Result<(), StoreError> {
        let record = match self.store.call(call).await {
            Ok(Some(record)) => record,
            Ok(None) => return Ok(()),
            // What another version wrote is told to nobody, rather than tried for ever.
            Err(error @ StoreError::Unreadable { .. }) => {
                warn!(%error, call.id = %call, "nobody is told of a call");
                return self.store.follow_up(call, now, &[]).await;
            }
            Err(error) => return Err(error),
        };
        self.take_resolutions(&record, now).await?;
        let Some(business) = self.directory.get(&record.business) else {
            return self.store.follow_up(call, now, &[]).await;
        };
        let teller = self.teller(&business, call, now);
        let mut notices = Vec::from_iter(teller.call_ended(&record));
        let made = if record.was_in_danger() { PromiseNews::CreatedInDanger } else { PromiseNews::Created };
        for entry in self.store.promises_of(call).await? {
            notices.extend(teller.promise(&entry, made));
        }
        if let Some(recap) = teller.recap(&record)
            && self.wants_texts(call).await?
        {
            notices.push(recap);
        }
        self.store.follow_up(call, now, &notices).await
    }

    async fn wants_texts(&self, call: CallId) -> Result<bool, StoreError> {
        Ok(matches!(self.store.caller_number(call).await?, Some(CallerNumber::Known(_))))
    }

    /// Asks the caller whether it is resolved, once, when it was closed or its time is over and the business is open.
    async fn ask(&self, entry: &LedgerEntry, business: &Business, now: Timestamp) -> Result<(), StoreError> {
        let Promise { id, call, due, state, .. } = entry.promise;
        let since = entry.closed_at.unwrap_or(due);
        if entry.asked_at.is_some() || (state == PromiseState::Open && now < due) {
            return Ok(());
        }
        let mut question = None;
        if now < since + ASK_WITHIN && self.wants_texts(call).await? {
            let record = self.store.call(call).await?;
            question = record.and_then(|record| self.teller(business, call, now).question(&record, entry));
        }
        match question {
            Some(_) if !business.hours.open_at(now, &business.time_zone) => {}
            Some(question) => {
                self.store.take_step(id, PromiseStep::Ask, now, &[question]).await?;
            }
            None => {
                self.store.take_step(id, PromiseStep::LeaveUnasked, now, &[]).await?;
            }
        }
        Ok(())
    }

    /// Closes an open promise as kept or broken; `None` when there is no such open promise.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn close(
        &self,
        promise: PromiseId,
        state: PromiseState,
        note: Option<Pii<String>>,
        now: Timestamp,
    ) -> Result<Option<LedgerEntry>, StoreError> {
        let Some(mut entry) = self.store.promise(promise).await? else { return Ok(None) };
        let news = match state {
            PromiseState::Kept => PromiseNews::Kept,
            PromiseState::Broken => PromiseNews::Broken,
            PromiseState::Open => return Ok(None),
        };
        entry.promise.state = state;
        entry.closed_at = Some(now);
        entry.note = note;
        let notices = self.news(&entry, news, now);
        let closed = self.store.close_promise(promise, state, entry.note.as_ref(), now, &notices).await?;
        self.wake();
        Ok(closed.then_some(entry))
    }

    pub(super) fn news(&self, entry: &LedgerEntry, news: PromiseNews, now: Timestamp) -> Vec<Notice> {
        let business = self.directory.get(&entry.business);
        business.map_or_else(Vec::new, |business| {
            self.teller(&business, entry.promise.call, now).promise(entry, news)
        })
    }

    /// Takes a text message that somebody wrote to the account's number.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn take_reply(
        &self,
        from: &PhoneNumber,
        text: &str,
        now: Timestamp,
    ) -> Result<Reply, StoreError> {
        match keyword(text) {
            Some(Reply::Stop) => {
                self.store.stop_texts(from, now).await?;
                return Ok(Reply::Stop);
            }
            Some(Reply::Start) => {
                self.store.allow_texts(from).await?;
                return Ok(Reply::Start);
            }
            Some(Reply::Resolved | Reply::NotResolved | Reply::Other) | None => {}
        }
        let Some(entry) = self.store.promise_asked(from).await? else {
            debug!("a text message answers nothing that was asked");
            return Ok(Reply::Other);
        };
        let resolved = match answer(text) {
            Some(Answer::Yes) => true,
            Some(Answer::No) => false,
            Some(Answer::Unsure) | None => {
                if let Some(business) = self.directory.get(&entry.business) {
                    let notices = self.teller(&business, entry.promise.call, now).wrote(&entry, text);
                    self.store.enqueue(&notices).await?;
                    self.wake();
                }
                return Ok(Reply::Other);
            }
        };
        let note = if resolved { SAYS_RESOLVED } else { SAYS_UNRESOLVED };
        let taken = self.answered(entry, resolved, note.to_owned().into(), now).await?;
        Ok(match (taken, resolved) {
            (true, true) => Reply::Resolved,
            (true, false) => Reply::NotResolved,
            (false, _) => Reply::Other,
        })
    }

    /// Takes what a caller says of whether it is resolved; false when they had said so before.
    async fn answered(
        &self,
        mut entry: LedgerEntry,
        resolved: bool,
        note: Pii<String>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let promise = entry.promise.id;
        let open = entry.promise.state == PromiseState::Open;
        entry.said_resolved = Some(resolved);
        let notices = if resolved && open {
            entry.promise.state = PromiseState::Kept;
            entry.closed_at = Some(now);
            entry.note = Some(note.clone());
            self.news(&entry, PromiseNews::Kept, now)
        } else if resolved {
            Vec::new()
        } else {
            entry.promise.state = PromiseState::Open;
            entry.promise.urgency = Urgency::Urgent;
            entry.promise.due = entry.promise.due.min(now);
            entry.closed_at = None;
            entry.note = Some(note.clone());
            self.news(&entry, PromiseNews::Reopened, now)
        };
        let taken = self.store.answer_promise(promise, resolved, &note, now, &notices).await?;
        self.wake();
        Ok(taken)
    }

    /// Takes what a caller said in a call about promises of earlier ones.
    async fn take_resolutions(&self, record: &CallRecord, now: Timestamp) -> Result<(), StoreError> {
        for said in &record.resolutions {
            let Some(resolved) = said.resolved else {
                self.store.asked_by_call(said.promise, now).await?;
                continue;
            };
            let Some(entry) = self.store.promise(said.promise).await? else { continue };
            let words = record.transcript.iter().find(|turn| Some(turn.turn) == said.turn);
            let plain = if resolved { SAYS_RESOLVED } else { SAYS_UNRESOLVED };
            let note = match words {
                Some(turn) => format!("{plain}: “{}”", turn.text.expose()),
                None => plain.to_owned(),
            };
            self.answered(entry, resolved, note.into(), now).await?;
        }
        Ok(())
    }
}

/// What is to be told of a promise at this moment, if anything.
fn reminder(entry: &LedgerEntry, business: &Business, now: Timestamp) -> Option<(PromiseStep, PromiseNews)> {
    let promise = &entry.promise;
    if promise.state != PromiseState::Open {
        return None;
    }
    if now < promise.due {
        let before = REMIND_BEFORE.min(promise.due.duration_since(entry.made_at) / 4);
        let time = entry.reminded_at.is_none() && now >= promise.due - before;
        return time.then_some((PromiseStep::Remind, PromiseNews::DueSoon));
    }
    let Some(told) = entry.overdue_told_at else {
        return Some((PromiseStep::TellOverdue, PromiseNews::Overdue));
    };
    let lead_at = match promise.urgency {
        Urgency::Urgent => told + URGENT_LEAD_AFTER,
        Urgency::Normal => business.hours.due(told, LEAD_AFTER_MINUTES, &business.time_zone),
    };
    let time = match (entry.lead_told_at, promise.urgency) {
        (None, _) => now >= lead_at,
        (Some(last), Urgency::Urgent) => {
            now >= last + URGENT_LEAD_AGAIN && now < promise.due + URGENT_TOLD_FOR
        }
        (Some(_), Urgency::Normal) => false,
    };
    time.then_some((PromiseStep::TellLead, PromiseNews::Escalated))
}

/// The words that carriers themselves understand.
fn keyword(text: &str) -> Option<Reply> {
    let word = text.trim().trim_end_matches(['.', '!']).to_ascii_lowercase();
    match word.as_str() {
        "stop" | "stopall" | "stop all" | "unsubscribe" | "cancel" | "end" | "quit" => Some(Reply::Stop),
        "start" | "unstop" => Some(Reply::Start),
        _ => None,
    }
}
