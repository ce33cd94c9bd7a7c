use serde::{Deserialize, Serialize};

use super::{EscalationReason, Urgency};

/// What the receptionist of a trade must know: what callers bring, what it may tell them, and what it may promise.
/// Whatever is not in it is neither claimed nor promised.
///
/// In a file its texts hold names in braces, such as `{office}`; in a [`Business`](super::Business) they are filled in,
/// all but the `{number}` of a [`Step::action`].
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Playbook {
    /// The trade, for people who read it.
    #[serde(default)]
    pub trade: String,
    /// Who may own a promise.
    #[serde(default)]
    pub owners: Vec<Owner>,
    /// What callers bring.
    #[serde(default)]
    pub topics: Vec<Topic>,
    /// Dangers in which the caller is first told what to do.
    #[serde(default)]
    pub emergencies: Vec<Emergency>,
    /// What somebody who may harm themselves is told.
    #[serde(default)]
    pub self_harm: String,
    /// Questions with an answer.
    #[serde(default)]
    pub faqs: Vec<Faq>,
    /// Words that make any topic urgent: "no heat", "bleeding", "court tomorrow".
    #[serde(default)]
    pub urgent_cues: Vec<String>,
    /// Words the receptionist must never say of its own: "refund", "guarantee", "free of charge".
    #[serde(default)]
    pub never_promise: Vec<String>,
    /// Who takes over when a person is needed.
    #[serde(default)]
    pub takeover: Takeover,
    /// What happens when a caller is abusive.
    #[serde(default)]
    pub abuse: AbusePolicy,
}

/// Somebody who may own a promise.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// Its key, such as `office`.
    pub key: String,
    /// Its name as spoken in a sentence: "our office".
    pub name: String,
}

/// What a call may be about.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Its key, such as `missed-visit`.
    pub key: String,
    /// As spoken: "a missed visit".
    pub name: String,
    /// What kind of call it makes.
    #[serde(default)]
    pub kind: TopicKind,
    /// Words by which callers bring it up; matched by stems, in this order, with a few words between.
    pub cues: Vec<String>,
    /// Whether its words are such as people say whatever it is about ("I need an appointment"): it is found only where no
    /// other topic is.
    #[serde(default)]
    pub general: bool,
    /// What happened, as a clause to the caller, used where their own words make no clean clause: "our technician did
    /// not come to your appointment".
    pub happened: Option<String>,
    /// What callers usually want, to follow "you would like": "a new time". Said only to be confirmed.
    pub wanted: Option<String>,
    /// Wordings of "what happened first?" that fit.
    #[serde(default)]
    pub ask_happened: Vec<String>,
    /// Wordings of "what would you like to happen?" that fit.
    #[serde(default)]
    pub ask_wanted: Vec<String>,
    /// Sentences that name what it does to the caller: "Waiting in for somebody who does not come costs a whole day."
    #[serde(default)]
    pub empathy: Vec<String>,
    /// What binds the business here.
    pub constraint: Option<Constraint>,
    /// What can be done now. The first is the usual one; two or three are offered for choice.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// For a [`TopicKind::Declined`] call: what the caller is told before goodbye.
    pub decline: Option<String>,
    /// Why such calls come about.
    #[serde(default)]
    pub cause: RootCause,
    /// What the business would have to mend so that they stop.
    #[serde(default)]
    pub fix: String,
    /// How soon somebody must act.
    #[serde(default)]
    pub urgency: Urgency,
    /// Keys of the business's own questions that are asked for this topic; the others are not.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Set where only a person may deal with it.
    pub escalate: Option<EscalationReason>,
}

/// What kind of call a topic makes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TopicKind {
    /// The caller wants something done.
    #[default]
    Request,
    /// Something went wrong; it is reflected, with an apology for the effect.
    Complaint,
    /// Nothing for this line, such as a sales call: kindly declined, no promise.
    Declined,
}

/// What binds the business.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    /// What kind of bond it is.
    pub kind: ConstraintKind,
    /// In the words that a customer may be told, as a whole sentence.
    pub told: String,
}

/// What kind of bond a [`Constraint`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConstraintKind {
    /// A rule of the business.
    Policy,
    /// Time and hands.
    Schedule,
    /// Law or regulation.
    Compliance,
    /// Who may decide.
    Authority,
}

/// Something that can be done now, by somebody, by some time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its key, unique within its topic.
    pub key: String,
    /// As an option, to follow "I can": "have our dispatcher call you with a new time".
    pub offer: String,
    /// Words by which a caller chooses it.
    #[serde(default)]
    pub cues: Vec<String>,
    /// The promise, to follow "{owner} will": "call you back on {number} with a new time". `on {number}` is left out
    /// where no number is known.
    pub action: String,
    /// The key of its [`Owner`].
    pub owner: String,
    /// Minutes of opening hours until it is done.
    pub within_minutes: u32,
    /// What happens if it is not done in time, as a whole sentence to the caller.
    pub otherwise: String,
}

/// A danger in which the caller is first told what to do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emergency {
    /// Its key, such as `gas`.
    pub key: String,
    /// What kind of danger.
    pub kind: EmergencyKind,
    /// Words that show it, beyond those that are understood anyway.
    #[serde(default)]
    pub cues: Vec<String>,
    /// What the caller is told at once.
    pub told: String,
    /// Whether the caller may stay on the line, so that who they are is still asked.
    #[serde(default)]
    pub stays: bool,
}

/// A kind of danger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmergencyKind {
    /// Life or health.
    Medical,
    /// Fire or smoke.
    Fire,
    /// A smell of gas, or carbon monoxide.
    Gas,
    /// Somebody is attacked or in danger of it.
    Violence,
    /// Property only: a burst pipe, a flooded cellar.
    Property,
}

/// A question with an answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faq {
    /// Its key, such as `parking`.
    pub key: String,
    /// Words by which callers ask it.
    pub cues: Vec<String>,
    /// The answer. A playbook's file may leave it to the businesses; what none has answered is not in a
    /// [`Business`](super::Business).
    #[serde(default)]
    pub answer: String,
}

/// Who takes over, by the key of an [`Owner`]; empty means the business's urgent owner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Takeover {
    /// When a person is asked for.
    pub person: String,
    /// When a manager is asked for.
    pub manager: String,
    /// Legal and compliance matters.
    pub legal: String,
    /// Safety and threats.
    pub safety: String,
    /// Earlier fixes failed: a fresh owner.
    pub repeated: String,
    /// Abuse that goes on after its boundary.
    pub abuse: String,
}

/// What happens when a caller is abusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbusePolicy {
    /// How often a boundary is set first: one or two.
    pub warnings: u8,
    /// What follows when it does not help.
    pub then: AbuseOutcome,
}

impl Default for AbusePolicy {
    fn default() -> Self {
        Self { warnings: 2, then: AbuseOutcome::HandOver }
    }
}

/// What follows abuse that goes on after its boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbuseOutcome {
    /// A person takes over.
    HandOver,
    /// The call is ended, politely.
    End,
}

/// Why a kind of call comes about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RootCause {
    /// A rule that callers do not know or understand.
    Policy,
    /// Appointments and arrival windows.
    Scheduling,
    /// Nobody told the customer.
    Communication,
    /// It went from hand to hand without an owner.
    Handoff,
    /// A bill.
    Billing,
    /// A thing that broke or a work that failed.
    Product,
    /// Too few people.
    Staffing,
    /// Anything else.
    #[default]
    Other,
}

impl Playbook {
    /// The topic of that key.
    pub fn topic(&self, key: &str) -> Option<&Topic> {
        self.topics.iter().find(|topic| topic.key == key)
    }

    /// The owner of that key.
    pub fn owner(&self, key: &str) -> Option<&Owner> {
        self.owners.iter().find(|owner| owner.key == key)
    }
}

impl Takeover {
    /// The key of the owner who takes over for this reason; empty means the business's urgent owner.
    pub fn owner(&self, reason: EscalationReason) -> &str {
        match reason {
            EscalationReason::Emergency | EscalationReason::Threat | EscalationReason::SelfHarm => {
                &self.safety
            }
            EscalationReason::Legal | EscalationReason::Compliance => &self.legal,
            EscalationReason::RepeatedFailure => &self.repeated,
            EscalationReason::Urgent => "",
            EscalationReason::ManagerRequested => &self.manager,
            EscalationReason::PersonRequested
            | EscalationReason::Stress
            | EscalationReason::NotUnderstood
            | EscalationReason::BeyondAuthority => &self.person,
            EscalationReason::Abuse => &self.abuse,
        }
    }
}

impl Topic {
    /// The step of that key.
    pub fn step(&self, key: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.key == key)
    }
}
