//! What in a caller's words calls for something other than the next question.

use std::ops::Range;

use crate::domain::EmergencyKind;

/// Something in a turn that bears on how the talk goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// What it is.
    pub kind: SignalKind,
    /// The words, as a byte range of the text.
    pub span: Range<usize>,
}

/// What a [`Signal`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignalKind {
    /// Asks for a person.
    Person,
    /// Asks for a manager.
    Manager,
    /// Not the first call or attempt about the same thing.
    Repeated {
        /// How many, where it was said.
        times: Option<u32>,
    },
    /// A lawyer, a court, a claim.
    Legal,
    /// A regulator, privacy, a formal complaint.
    Compliance,
    /// Threatens somebody.
    Threat,
    /// May harm themselves.
    SelfHarm,
    /// Somebody or something is in danger.
    Emergency(EmergencyKind),
    /// Swears or insults.
    Abuse(Degree),
    /// Is in distress.
    Distress,
    /// Is angry.
    Anger,
    /// Wants it now.
    Impatience,
    /// Loses the thread.
    Confusion,
    /// Is afraid.
    Fear,
    /// Has little time for this call.
    Rush,
    /// Is ashamed to ask.
    Embarrassment,
    /// Is worn out by differing answers or repeated calls.
    WornOut,
    /// Says the opposite of what is meant.
    Sarcasm,
    /// Thanks.
    Thanks,
}

/// How far abuse goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Degree {
    /// Swears at the situation.
    Mild,
    /// Insults us or somebody.
    Insult,
    /// Hate, sexual or degrading words.
    Severe,
}
