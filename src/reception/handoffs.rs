//! Handing calls over to people: the way to the desk that does it, and what is said back.

mod desk;
mod legs;
mod meeting;

use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

pub(super) use desk::HandoffDesk;
pub use desk::agents_now;

use crate::domain::{
    AgentKey, Briefing, BusinessId, CallId, HandoffId, HandoffRequest, Missed, OfferId, Presence,
};
use crate::queue::{Event, LegEnd};
use crate::telephony::twilio::{CallSid, CallStatus, ConferenceCallback};

/// What an agent's leg is to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegOrder {
    /// Hear the recap.
    Brief {
        /// The recap as spoken.
        recap: String,
    },
    /// Be asked for a key.
    Ask,
    /// Go into the conference of this handoff.
    Enter(HandoffId),
    /// Hear why there is nothing more to do, and hang up.
    Leave(Farewell),
}

/// Why an agent's leg is of no use any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Farewell {
    /// They declined.
    Declined,
    /// They pressed no key.
    NoKey,
    /// The call does not need them any more, for this reason.
    Over(Option<Missed>),
}

/// The way to the handoff desk; cloning it shares the desk.
#[derive(Debug, Clone)]
pub struct Handoffs {
    orders: mpsc::UnboundedSender<Order>,
}

#[derive(Debug)]
enum Order {
    Request { request: HandoffRequest, briefing: Box<Briefing> },
    Refresh(Box<Briefing>),
    Happened(Event),
    CallerMoved(CallId),
    CallerBack(CallId),
    Conference(HandoffId, ConferenceCallback),
    Leg { offer: OfferId, sid: CallSid, what: LegEvent, reply: oneshot::Sender<LegOrder> },
    Introduction(HandoffId, oneshot::Sender<Option<String>>),
    Presence(oneshot::Sender<Vec<AgentPresence>>),
    SignChanged(oneshot::Sender<()>),
    Stop,
}

/// Whether an agent can be asked now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgentPresence {
    /// Of which business.
    pub business: BusinessId,
    /// Who.
    pub agent: AgentKey,
    /// Their name as told to callers.
    pub name: String,
    /// The keys of the owners they stand for.
    pub owns: Vec<String>,
    /// Whether they are the lead.
    pub lead: bool,
    /// Whether their hours are now.
    pub on_duty: bool,
    /// Whether urgent calls reach them now.
    pub on_call: bool,
    /// What they do.
    pub presence: Presence,
}

/// What an agent's leg asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegEvent {
    /// Somebody or something answered.
    Answered,
    /// The recap was heard to its end.
    Briefed,
    /// The agent takes the call.
    Accepted,
    /// The agent does not.
    Declined,
    /// The agent wants to hear the recap again.
    Again,
    /// Another key.
    Unclear,
    /// Neither a key nor a word.
    Silent,
}

impl Handoffs {
    /// Makes the way to a desk that is yet to be opened.
    pub(super) fn new() -> (Self, Orders) {
        let (orders, inbox) = mpsc::unbounded_channel();
        (Self { orders }, Orders(inbox))
    }

    /// Asks for a person.
    pub(super) fn request(&self, request: HandoffRequest, briefing: Box<Briefing>) {
        self.send(Order::Request { request, briefing });
    }

    /// Replaces what agents are told.
    pub(super) fn refresh(&self, briefing: Box<Briefing>) {
        self.send(Order::Refresh(briefing));
    }

    /// Tells the queue what happened.
    pub(super) fn tell(&self, event: Event) {
        self.send(Order::Happened(event));
    }

    /// The caller's stream has closed on the way into the conference.
    pub(super) fn caller_moved(&self, call: CallId) {
        self.send(Order::CallerMoved(call));
    }

    /// The caller's stream has come, or come back.
    pub(super) fn caller_back(&self, call: CallId) {
        self.send(Order::CallerBack(call));
    }

    /// What an agent's leg is to do next, after what happened on it; nothing if the server is stopping.
    pub async fn leg(&self, offer: OfferId, sid: CallSid, what: LegEvent) -> Option<LegOrder> {
        let (reply, order) = oneshot::channel();
        self.send(Order::Leg { offer, sid, what, reply });
        order.await.ok()
    }

    /// Takes in the progress of an agent's leg.
    pub fn leg_status(&self, offer: OfferId, sid: &CallSid, status: CallStatus) {
        let leg = sid.as_str().to_owned();
        self.tell(Event::LegKnown { offer, leg });
        let ended = |how| Event::LegEnded { offer, how };
        self.tell(match status {
            CallStatus::Queued | CallStatus::Initiated => return,
            CallStatus::Ringing => Event::Ringing { offer },
            CallStatus::InProgress => Event::Answered { offer },
            CallStatus::Completed => ended(LegEnd::Completed),
            CallStatus::Busy => ended(LegEnd::Busy),
            CallStatus::Failed => ended(LegEnd::Failed),
            CallStatus::NoAnswer => ended(LegEnd::NoAnswer),
            CallStatus::Canceled => ended(LegEnd::Canceled),
        });
    }

    /// Takes in that a machine answered.
    pub fn machine(&self, offer: OfferId) {
        self.tell(Event::MachineDetected { offer });
    }

    /// Takes in news of a conference.
    pub fn conference(&self, handoff: HandoffId, news: ConferenceCallback) {
        self.send(Order::Conference(handoff, news));
    }

    /// The sentence that introduces caller and agent to each other.
    pub async fn introduction(&self, handoff: HandoffId) -> Option<String> {
        let (reply, words) = oneshot::channel();
        self.send(Order::Introduction(handoff, reply));
        words.await.ok().flatten()
    }

    /// Who can be asked now, in the order of the profiles; empty if the server is stopping.
    pub async fn presence(&self) -> Vec<AgentPresence> {
        let (reply, agents) = oneshot::channel();
        self.send(Order::Presence(reply));
        agents.await.unwrap_or_default()
    }

    /// Has it looked up at once who signed on or off.
    pub async fn sign_changed(&self) {
        let (reply, looked) = oneshot::channel();
        self.send(Order::SignChanged(reply));
        // A desk that is gone means that the server is stopping.
        let _ = looked.await;
    }

    pub(super) fn stop(&self) {
        self.send(Order::Stop);
    }

    fn send(&self, order: Order) {
        // A desk that is gone means that the server is stopping.
        let _ = self.orders.send(order);
    }
}

/// What is asked of the desk, in order.
pub(super) struct Orders(mpsc::UnboundedReceiver<Order>);

/// What an agent whose leg ends is told.
pub fn farewell_words(farewell: Farewell) -> &'static str {
    match farewell {
        Farewell::Declined => "All right, somebody else is asked. Goodbye.",
        Farewell::NoKey => "No key was pressed, so somebody else is asked. Goodbye.",
        Farewell::Over(Some(Missed::Outpaced)) => "Somebody else has taken the call. Thank you, and goodbye.",
        Farewell::Over(Some(
            Missed::Declined
            | Missed::NoAnswer
            | Missed::Busy
            | Missed::Failed
            | Missed::Voicemail
            | Missed::NoKey
            | Missed::HungUp
            | Missed::SignedOff
            | Missed::Withdrawn,
        )) => "The caller has left, or is being helped in another way. The notes are in the record. Goodbye.",
        Farewell::Over(None) => "This call is over. Goodbye.",
    }
}
