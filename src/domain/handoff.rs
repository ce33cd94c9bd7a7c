use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AgentKey, BusinessId, CallId, EscalationReason, HandoffId, Urgency};

/// Names one agent's ring within a handoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OfferId {
    /// Of which handoff.
    pub handoff: HandoffId,
    /// Its place among the handoff's offers, from 0.
    pub place: u32,
}

/// Says that a text is no offer's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an offer's id, such as 0193…-….2")]
pub struct OfferIdError;

impl fmt::Display for OfferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.handoff, self.place)
    }
}

impl FromStr for OfferId {
    type Err = OfferIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (handoff, place) = text.split_once('.').ok_or(OfferIdError)?;
        let handoff = handoff.parse().map_err(|_| OfferIdError)?;
        let place = place.parse().map_err(|_| OfferIdError)?;
        Ok(Self { handoff, place })
    }
}

/// A person is needed in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffRequest {
    /// Its id; derived from its call and its place in it, so that a replay mints the same one.
    pub id: HandoffId,
    /// In which call.
    pub call: CallId,
    /// Of which business.
    pub business: BusinessId,
    /// Why.
    pub reason: EscalationReason,
    /// The key of the playbook's owner who must take it; empty for anybody.
    pub owner: String,
    /// The key of the topic, where it is known.
    pub topic: Option<String>,
    /// The language the caller speaks, as a two-letter code.
    pub language: String,
    /// How pressing it is: urgent ones also reach those who are on call.
    pub urgency: Urgency,
    /// When what made a person necessary happened.
    pub triggered_at: Timestamp,
}

/// What happened in a handoff, written to the store as it happens. The queue's state is a function of these facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum HandoffFact {
    /// It began: the engine decided that a person must take over.
    Requested(HandoffRequest),
    /// An agent is to be asked; the notes go to them first.
    Offered {
        /// Which offer.
        offer: OfferId,
        /// Whom.
        agent: AgentKey,
    },
    /// The notes are where the agent can read them.
    Delivered {
        /// Of which offer.
        offer: OfferId,
    },
    /// The agent's telephone is about to be dialled. It stands before the dialling, so that nobody is dialled twice.
    Dialled {
        /// Of which offer.
        offer: OfferId,
    },
    /// The carrier took the order and gave the agent's leg its id.
    LegKnown {
        /// Of which offer.
        offer: OfferId,
        /// The carrier's id of the leg.
        leg: String,
    },
    /// The agent's telephone rings.
    Ringing {
        /// Of which offer.
        offer: OfferId,
    },
    /// Somebody or something answered, and is being briefed.
    Answered {
        /// Of which offer.
        offer: OfferId,
    },
    /// The agent heard the recap to its end.
    Briefed {
        /// Of which offer.
        offer: OfferId,
    },
    /// The agent takes the call.
    Accepted {
        /// Of which offer.
        offer: OfferId,
    },
    /// The offer came to nothing.
    Missed {
        /// Of which offer.
        offer: OfferId,
        /// Why.
        why: Missed,
    },
    /// Caller and agent are connected.
    Joined {
        /// Of which offer.
        offer: OfferId,
    },
    /// The handoff is over; nothing follows but the end of the talk.
    Settled {
        /// How.
        outcome: HandoffOutcome,
    },
    /// Caller and agent are not connected any more.
    TalkEnded,
}

/// Why an offer came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// The agent declined.
    Declined,
    /// Nobody answered.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// The carrier could not connect it, or nobody knows whether it did.
    Failed,
    /// A machine answered.
    Voicemail,
    /// Somebody answered and pressed no key.
    NoKey,
    /// The agent hung up while being briefed.
    HungUp,
    /// The agent signed off.
    SignedOff,
    /// Another agent was quicker.
    Outpaced,
    /// The caller hung up, or wanted no handoff any more, or was told that nobody can come.
    Withdrawn,
}

/// How a handoff ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffOutcome {
    /// A briefed person talked to the caller.
    Joined,
    /// Nobody who may take it was there to be asked; the caller got a promise.
    NobodyThere,
    /// Everybody was asked and nobody took it in time; the caller got a promise.
    NobodyAnswered,
    /// An agent took it, but the two could not be connected; the caller got a promise.
    NotConnected,
    /// The caller hung up before.
    CallerLeft,
    /// The caller wanted to go on without a person.
    CallerStopped,
}

/// What the queue tells a call about its handoff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum HandoffNews {
    /// An agent's telephone rings.
    Ringing {
        /// The agent's name as told to callers.
        agent: String,
    },
    /// An agent cannot come.
    Missed {
        /// The agent's name as told to callers.
        agent: String,
        /// Why.
        why: Missed,
    },
    /// An agent has heard the recap and takes the call: once the caller has been told, they are to be connected.
    Accepted {
        /// The agent's name as told to callers.
        agent: String,
    },
    /// Caller and agent are connected.
    Joined,
    /// The handoff is over without anybody connected.
    Settled {
        /// How.
        outcome: HandoffOutcome,
    },
    /// The agent left the talk.
    TalkEnded,
}
