use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{CallId, PhoneNumber, Pii, PromiseId};

/// A caller is not asked whether it is resolved, by text message or in a call, what lies longer back.
pub const ASK_WITHIN: SignedDuration = SignedDuration::from_hours(3 * 24);

/// How soon somebody must act.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Within the business's usual time.
    #[default]
    Normal,
    /// Within the business's time for urgent matters.
    Urgent,
}

/// Where a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromiseState {
    /// Still to be kept.
    Open,
    /// Kept.
    Kept,
    /// Not kept.
    Broken,
}

/// What the caller was promised: by whom, and by when. Nothing is promised without both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Promise {
    /// Its id.
    pub id: PromiseId,
    /// The call in which it was made.
    pub call: CallId,
    /// What was promised, in a sentence for the business.
    pub what: Pii<String>,
    /// Who must do it, as named in the business's profile.
    pub owner: String,
    /// The number to reach the caller on, where one is known.
    pub callback: Option<PhoneNumber>,
    /// By when, inside the business's opening hours.
    pub due: Timestamp,
    /// How soon.
    pub urgency: Urgency,
    /// Where it stands.
    pub state: PromiseState,
}
