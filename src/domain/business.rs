use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{BusinessId, Hours, PhoneNumber, Playbook};

/// A business whose line is forwarded here: who it is, when it is open, what it asks and what it promises.
#[derive(Debug, Clone)]
pub struct Business {
    /// Its id, the name of its profile file.
    pub id: BusinessId,
    /// Its name as spoken.
    pub name: String,
    /// The lines that are forwarded here; a call to (or forwarded from) one of them is this business's.
    pub numbers: Vec<PhoneNumber>,
    /// The zone its hours are in.
    pub time_zone: TimeZone,
    /// The two-letter region in which a number without country code is read, such as `US`.
    pub region: String,
    /// The first sentence while open.
    pub greeting: String,
    /// The first sentence while closed.
    pub greeting_closed: String,
    /// The recording and machine notice its law needs, said right after the greeting.
    pub notice: Option<String>,
    /// When it is open.
    pub hours: Hours,
    /// The number its callers call when life is in danger, such as `911`.
    pub emergency_number: String,
    /// Questions of its own, asked after name, number and reason.
    pub fields: Vec<IntakeField>,
    /// Who calls back, and how soon.
    pub callback: CallbackPromise,
    /// What its trade needs to know, with the business's own owners and answers laid over it.
    pub playbook: Playbook,
}

/// A question of the business's own.
#[derive(Debug, Clone)]
pub struct IntakeField {
    /// The key under which the answer is kept, such as `address`.
    pub key: String,
    /// The question as spoken; the later entries are other wordings for asking again.
    pub ask: Vec<String>,
    /// What the answer looks like.
    pub kind: FieldKind,
}

/// What the answer to an [`IntakeField`] looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Free words.
    Text,
    /// Letters and digits, such as an account or case number.
    Code,
    /// Yes or no.
    YesNo,
}

/// Who calls back and how soon, counted in minutes of opening hours.
#[derive(Debug, Clone)]
pub struct CallbackPromise {
    /// Who owns ordinary call-backs, as named to the caller: "our office".
    pub owner: String,
    /// Minutes of opening hours until one is due.
    pub within_minutes: u32,
    /// Who owns urgent call-backs, as named to the caller.
    pub urgent_owner: String,
    /// Minutes of opening hours until an urgent one is due.
    pub urgent_within_minutes: u32,
}
