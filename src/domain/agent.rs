use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{Hours, PhoneNumber, Urgency};

/// Names a human agent by their key in the business's profile, such as `maria`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AgentKey(pub String);

impl fmt::Display for AgentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A person who takes over calls. Nobody outside a profile is ever dialled.
#[derive(Debug, Clone)]
pub struct Agent {
    /// Their key, unique within the business.
    pub key: AgentKey,
    /// Their name as told to callers.
    pub name: String,
    /// The telephone they are reached on.
    pub number: PhoneNumber,
    /// Their mail address, for recaps and reminders.
    pub email: Option<String>,
    /// The keys of the playbook's owners they stand for: `office`, `manager`.
    pub owns: Vec<String>,
    /// The keys of the topics they take; empty for all.
    pub topics: Vec<String>,
    /// The languages they speak, as two-letter codes.
    pub languages: Vec<String>,
    /// When they take calls; the business's own hours where the profile says nothing.
    pub hours: Hours,
    /// When urgent calls reach them besides.
    pub on_call: Hours,
    /// Whether they are asked last when nobody else came, and first when somebody is in danger.
    pub lead: bool,
}

impl Agent {
    /// Whether they are to be asked at that moment, as their hours say.
    pub fn on_duty(&self, urgency: Urgency, at: Timestamp, zone: &TimeZone) -> bool {
        self.hours.open_at(at, zone) || (urgency == Urgency::Urgent && self.on_call.open_at(at, zone))
    }
}

/// Whether an agent can be asked now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Signed off.
    Offline,
    /// May be asked, in their hours.
    #[default]
    Available,
    /// Being asked, briefed, or talking to a caller.
    Busy,
    /// Has a pause after a call.
    Pause,
}

/// How a business hands calls over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandoffRules {
    /// How long one agent's telephone rings, in seconds.
    pub ring_seconds: u32,
    /// How long one rings alone before the next rings as well, in seconds.
    pub next_after_seconds: u32,
    /// After so long without anybody who takes the call, the caller gets a promise, in seconds.
    pub give_up_seconds: u32,
    /// The pause an agent has after a call that was handed over, in seconds.
    pub pause_seconds: u32,
}

impl Default for HandoffRules {
    fn default() -> Self {
        Self { ring_seconds: 20, next_after_seconds: 8, give_up_seconds: 45, pause_seconds: 120 }
    }
}
