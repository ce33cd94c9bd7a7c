use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CallId, Pii, Promise, PromiseId, RootCause, TurnId};

/// One of the four questions of the diagnosis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// What happened first.
    Trigger,
    /// What the caller thinks should have happened, or what outcome would feel fair today.
    Expectation,
    /// What binds the business.
    Constraint,
    /// What can be done right now, by whom, by when.
    NextStep,
}

/// The answer to one question of the diagnosis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// In words to the caller. A trigger is a clause that follows "so": "the technician did not come and nobody called
    /// you". An expectation follows "you would like": "a new time today", "us to send somebody". A constraint is a
    /// sentence of the playbook, a next step the promise in a sentence.
    pub value: Pii<String>,
    /// The turns that prove it; empty for what the playbook alone says.
    pub evidence: Vec<TurnId>,
    /// How sure it is, 0 to 1: 1 when the caller confirmed it.
    pub confidence: f32,
}

/// The four answers, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// The key of the playbook's topic.
    pub topic: Option<String>,
    /// What happened first.
    pub trigger: Option<Answer>,
    /// What the caller wants.
    pub expectation: Option<Answer>,
    /// What binds the business.
    pub constraint: Option<Answer>,
    /// What will be done.
    pub next_step: Option<Answer>,
}

impl Diagnosis {
    /// The answer to one of the four questions.
    pub const fn get(&self, aspect: Aspect) -> Option<&Answer> {
        match aspect {
            Aspect::Trigger => self.trigger.as_ref(),
            Aspect::Expectation => self.expectation.as_ref(),
            Aspect::Constraint => self.constraint.as_ref(),
            Aspect::NextStep => self.next_step.as_ref(),
        }
    }

    /// The place of the answer to one of the four questions.
    pub const fn slot(&mut self, aspect: Aspect) -> &mut Option<Answer> {
        match aspect {
            Aspect::Trigger => &mut self.trigger,
            Aspect::Expectation => &mut self.expectation,
            Aspect::Constraint => &mut self.constraint,
            Aspect::NextStep => &mut self.next_step,
        }
    }
}

/// How the caller is at the moment: a state, never a label for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerState {
    /// Attacks with words; intensity is lowered before any fact.
    Aggressive,
    /// Afraid.
    Frightened,
    /// Hurt or angry about what happened, without attacking.
    Upset,
    /// Worn out by differing answers or repeated calls.
    WornOut,
    /// Brings several complaints at once.
    ManyComplaints,
    /// Wants it now.
    Impatient,
    /// Has little time for this call.
    Rushed,
    /// Loses the thread.
    Confused,
    /// Feels ashamed to ask.
    Embarrassed,
}

/// Why a person must take over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EscalationReason {
    /// Somebody is in danger now.
    Emergency,
    /// Somebody is threatened.
    Threat,
    /// The caller may harm themselves.
    SelfHarm,
    /// A lawyer, a court, a claim.
    Legal,
    /// A regulator, privacy, a formal complaint.
    Compliance,
    /// Earlier fixes failed, or it is another call about the same thing.
    RepeatedFailure,
    /// It cannot wait until the business opens again.
    Urgent,
    /// A manager was asked for.
    ManagerRequested,
    /// A person was asked for.
    PersonRequested,
    /// Abuse went on after its boundary.
    Abuse,
    /// The caller's stress stayed over the business's line.
    Stress,
    /// The receptionist failed to understand twice.
    NotUnderstood,
    /// The topic is one that only a person may deal with.
    BeyondAuthority,
}

/// What was said of a call the moment it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallNote {
    /// The call in one sentence, in the third person.
    pub recap: Pii<String>,
    /// What happened first.
    pub trigger: Option<Pii<String>>,
    /// How the caller was, strongest first.
    pub states: Vec<CallerState>,
    /// What was wanted.
    pub wanted: Option<Pii<String>>,
    /// What was promised, with owner and time.
    pub promise: Option<Pii<String>>,
    /// Why such calls come about.
    pub cause: RootCause,
    /// What the business would have to mend.
    pub fix: String,
    /// How it came out.
    pub outcome: Outcome,
}

/// How a call came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A briefed person talked to the caller.
    HandedOver,
    /// Something was promised.
    Promised,
    /// A person must take over, and that was promised.
    Escalated,
    /// The question was answered.
    Answered,
    /// The caller said that what was promised before is resolved, and had nothing else.
    Resolved,
    /// Nothing for this line: a wrong number, a sales call.
    Declined,
    /// The call was ended because abuse went on.
    EndedForAbuse,
    /// The caller left, or nobody spoke, before anything could be agreed.
    Abandoned,
}

/// An earlier call of the same number to the same business.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EarlierCall {
    /// Its id.
    pub call: CallId,
    /// When it was answered.
    pub at: Timestamp,
    /// What it was about, by the playbook's topic.
    pub topic: Option<String>,
    /// What happened then, in words to the caller.
    pub trigger: Option<Pii<String>>,
    /// The caller's name.
    pub name: Option<Pii<String>>,
    /// What was promised then, as it stands now.
    pub promises: Vec<Promise>,
    /// Whether it was about what the call before it had left open.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// The promises of which the caller was to say whether it is resolved, and has not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unanswered: Vec<Unanswered>,
}

/// A promise of which the caller has not said whether it is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unanswered {
    /// Which.
    pub promise: PromiseId,
    /// When it was closed, or else was due.
    pub since: Timestamp,
}

/// Something typed that was said in passing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// What it is.
    pub kind: MentionKind,
    /// Its value: an E.164 number, an address, a date and time as ISO 8601, an amount with its currency.
    pub value: Pii<String>,
}

/// What a [`Mention`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MentionKind {
    /// A person's name.
    Name,
    /// A telephone number.
    Number,
    /// An e-mail address.
    Email,
    /// A postal address.
    Address,
    /// An account, order or case number.
    Code,
    /// A day, a time of day, or both.
    Moment,
    /// An amount of money.
    Money,
}

/// What a sentence of the bot's does in the talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    /// Greets, with the notice.
    Greet,
    /// Takes in what was said and asks for more of it.
    Acknowledge,
    /// Says the core of it back, to be confirmed.
    Reflect,
    /// Puts a question of the intake or the diagnosis.
    Ask,
    /// Offers two or three options.
    Offer,
    /// Says what will be done, by whom and by when.
    Promise,
    /// Answers a question of the caller's.
    Inform,
    /// Tells what to do in a danger.
    Advise,
    /// Sets a boundary.
    Boundary,
    /// Says that a person takes over, who and why.
    Escalate,
    /// Declines what is nothing for this line.
    Decline,
    /// Says that it was not understood, or checks whether somebody is there.
    Repair,
    /// Says goodbye.
    Close,
}
