use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    CallId, CallTime, CallerState, EarlierCall, EscalationReason, HandoffId, PhoneNumber, Pii, Promise, Slot,
    Speaker, TurnId,
};

/// What an agent knows before the caller is put through: assembled from recorded facts, so that it exists with every
/// model down. All words are about the caller, in the third person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Briefing {
    /// For which handoff.
    pub handoff: HandoffId,
    /// Of which call.
    pub call: CallId,
    /// The business's name.
    pub business: String,
    /// When the call was answered.
    pub started_at: Timestamp,
    /// The call in one sentence: who, what happened, what is wanted, what was promised.
    pub recap: Pii<String>,
    /// Why a person is needed.
    pub reason: EscalationReason,
    /// Why it is theirs, in a sentence.
    pub why_you: String,
    /// What it is about, by the playbook's topic, as spoken: "a missed visit".
    pub topic: Option<String>,
    /// The number the caller can be reached on.
    pub callback: Option<PhoneNumber>,
    /// The four answers, in the order of the diagnosis; an open one has no words.
    pub answers: Vec<BriefedAnswer>,
    /// What the caller was asked for, and said.
    pub intake: Vec<BriefedSlot>,
    /// How the caller is, with what shows it, strongest first.
    pub states: Vec<BriefedState>,
    /// The course of the caller's stress, oldest first; empty where there was too little speech.
    pub stress: Vec<BriefedStress>,
    /// What was promised in this call.
    pub promises: Vec<Promise>,
    /// The same in a few words each: "our dispatcher by noon today".
    pub promised: Vec<String>,
    /// What was tried or told already, each in a sentence: options offered, answers given, what did not help.
    pub tried: Vec<Pii<String>>,
    /// Earlier calls of the same number, the latest first.
    pub earlier: Vec<EarlierCall>,
    /// The last turns.
    pub turns: Vec<BriefedTurn>,
    /// Questions that are answered: nobody need ask them again.
    pub answered: Vec<String>,
}

/// One of the four answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BriefedAnswer {
    /// The question, as on the page: "What happened first".
    pub question: String,
    /// The answer; absent while it is open.
    pub answer: Option<Pii<String>>,
    /// The caller's own words that prove it.
    pub evidence: Vec<Pii<String>>,
    /// Whether the caller confirmed it.
    pub confirmed: bool,
}

/// An answer of the intake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BriefedSlot {
    /// Which.
    pub slot: Slot,
    /// Its name, as on the page: "Name", "Address".
    pub label: String,
    /// Its value.
    pub value: Pii<String>,
    /// Whether the caller confirmed it.
    pub confirmed: bool,
}

/// How the caller is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BriefedState {
    /// The state.
    pub state: CallerState,
    /// What shows it, in plain words.
    pub reason: String,
}

/// The caller's stress at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BriefedStress {
    /// When.
    pub at: CallTime,
    /// The level, 0 to 100.
    pub level: f32,
}

/// A turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BriefedTurn {
    /// Which.
    pub turn: TurnId,
    /// Whose.
    pub speaker: Speaker,
    /// The words, as the other side heard them.
    pub text: Pii<String>,
}
