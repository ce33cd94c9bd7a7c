use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{mpsc, watch};

use super::{AttachError, Command, Link, Ticket, fresh_secret};
use crate::domain::{CallId, HandoffId, HandoffNews, HangupCause};
use crate::telephony::twilio::CallSid;

/// The calls that have a task, and the tokens their streams may come with.
pub(super) struct Registry {
    live: Mutex<Live>,
    count: watch::Sender<usize>,
}

#[derive(Default)]
struct Live {
    calls: HashMap<CallSid, Entry>,
    tokens: HashMap<String, CallSid>,
    draining: bool,
}

struct Entry {
    call: CallId,
    commands: mpsc::Sender<Command>,
}

impl Default for Registry {
    fn default() -> Self {
        Self { live: Mutex::default(), count: watch::Sender::new(0) }
    }
}

impl Registry {
    /// Enters a call and mints its first ticket.
    pub fn enter(&self, sid: CallSid, call: CallId, commands: mpsc::Sender<Command>) -> Ticket {
        let mut live = self.lock();
        live.calls.insert(sid.clone(), Entry { call, commands });
        self.count.send_replace(live.calls.len());
        live.mint(sid, call)
    }

    /// A further ticket for a call that is going on.
    pub fn ticket(&self, sid: &CallSid) -> Option<Ticket> {
        let mut live = self.lock();
        let call = live.calls.get(sid)?.call;
        Some(live.mint(sid.clone(), call))
    }

    /// Lets a stream into the call its token was minted for; the token is spent.
    pub fn attach(&self, token: &str, link: Link) -> Result<(), AttachError> {
        let mut live = self.lock();
        let sid = live.tokens.remove(token).ok_or(AttachError::UnknownToken)?;
        let entry = live.calls.get(&sid).ok_or(AttachError::Over)?;
        entry.commands.try_send(Command::Attach(link)).map_err(|_| AttachError::Over)
    }

    /// Tells a call that its leg is gone; a call that is over already needs no telling.
    pub fn leg_ended(&self, sid: &CallSid, cause: HangupCause) {
        if let Some(entry) = self.lock().calls.get(sid) {
            // A full queue means that the call is being told to end already.
            let _ = entry.commands.try_send(Command::LegEnded(cause));
        }
    }

    /// Passes news of its handoff on to a call; a call that is over has no use for it.
    pub fn handoff_news(&self, call: CallId, handoff: HandoffId, news: HandoffNews) {
        if let Some(entry) = self.lock().calls.values().find(|entry| entry.call == call) {
            // As above.
            let _ = entry.commands.try_send(Command::Handoff(handoff, news));
        }
    }

    /// The carrier's id of a call that is going on.
    pub fn sid(&self, call: CallId) -> Option<CallSid> {
        self.lock().calls.iter().find(|(_, entry)| entry.call == call).map(|(sid, _)| sid.clone())
    }

    /// Removes a call that is over, with its unused tokens.
    pub fn leave(&self, sid: &CallSid) {
        let mut live = self.lock();
        live.calls.remove(sid);
        live.tokens.retain(|_, owner| owner != sid);
        self.count.send_replace(live.calls.len());
    }

    /// How many calls are going on, and each change of it.
    pub fn count(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }

    /// Whether new calls are turned away.
    pub fn is_draining(&self) -> bool {
        self.lock().draining
    }

    /// Turns new calls away from now on.
    pub fn close(&self) {
        self.lock().draining = true;
    }

    /// Tells every call to come to an end.
    pub fn end_all(&self) {
        for entry in self.lock().calls.values() {
            // As above.
            let _ = entry.commands.try_send(Command::Drain);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Live> {
        // Every change is complete when the lock is let go, so a panic elsewhere leaves nothing half done.
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live {
    /// Earlier tickets of the call stay good: which of a webhook's doubled answers the carrier follows is its choice.
    fn mint(&mut self, sid: CallSid, call: CallId) -> Ticket {
        let token = fresh_secret();
        self.tokens.insert(token.clone(), sid);
        Ticket { call, token: token.into() }
    }
}
