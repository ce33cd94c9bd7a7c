use serde::{Deserialize, Serialize};

use super::{CallTime, Digit, PhoneNumber, Pii, Promise, Span, SpeechId, TurnId, Utterance};

/// Something that happened in a call, written to the store as it happens.
///
/// The engine's state is a function of its facts alone, so replaying them rebuilds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// The stream is up and the caller can hear us.
    Answered {
        /// The calling number, unless withheld.
        caller: Option<PhoneNumber>,
        /// Whether the business was open at that moment.
        open: bool,
    },
    /// The conversation moved on.
    PhaseEntered {
        /// To where.
        phase: Phase,
    },
    /// A question was put to the caller.
    Asked {
        /// Which one.
        question: Question,
        /// How often by now, from 1.
        attempt: u32,
    },
    /// The bot spoke; `heard` is what the caller can have heard of it.
    BotSaid {
        /// Its turn.
        turn: TurnId,
        /// Which speech.
        speech: SpeechId,
        /// All that was meant to be said.
        text: Pii<String>,
        /// The part that was played before it ended or was interrupted.
        heard: Pii<String>,
        /// From the first audio to the last that was heard.
        span: Span,
    },
    /// The caller spoke.
    CallerSaid {
        /// The turn.
        turn: TurnId,
        /// The words.
        utterance: Utterance,
    },
    /// The caller pressed a key.
    Keyed {
        /// Which.
        digit: Digit,
    },
    /// Nothing was said when an answer was due.
    SilenceNoticed {
        /// How often in a row, from 1.
        count: u32,
    },
    /// Something was said that could not be understood.
    Misunderstood {
        /// How often in a row, from 1.
        count: u32,
    },
    /// An answer was learned, from whichever turn it came.
    Noted {
        /// Which one.
        slot: Slot,
        /// Its value: a name, an E.164 number, a sentence, a code.
        value: Pii<String>,
        /// The turns it rests on.
        evidence: Vec<TurnId>,
    },
    /// The caller agreed to what was read back.
    Confirmed {
        /// Which answer.
        slot: Slot,
    },
    /// The caller said that what was read back is wrong.
    Rejected {
        /// Which answer.
        slot: Slot,
    },
    /// The caller would not or could not say, or it could not be understood; it is not asked again.
    GivenUp {
        /// Which answer.
        slot: Slot,
    },
    /// The caller asked for a person.
    PersonRequested {
        /// In which turn; absent when a key was pressed.
        turn: Option<TurnId>,
    },
    /// Something was promised.
    PromiseMade {
        /// What, by whom, by when.
        promise: Promise,
    },
    /// How long the answer to a turn took; written by the driver.
    TurnTimed {
        /// The times.
        timing: TurnTiming,
    },
    /// The stream broke while the call was still on.
    StreamLost,
    /// The caller is back after a break.
    Resumed,
    /// The call is over.
    Ended {
        /// Why.
        cause: HangupCause,
    },
}

/// A slot of the intake.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// Who is calling.
    Name,
    /// The number to call back.
    Callback,
    /// What it is about.
    Reason,
    /// An answer to a question of the business's own, by its key.
    Field(String),
}

/// A question the bot puts to the caller.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// For the value of a slot.
    Fill(Slot),
    /// Whether a value read back is right.
    Confirm(Slot),
    /// Whether the caller wants a person, or to leave a message.
    PersonOrMessage,
    /// Whether anything is left open.
    AnythingElse,
}

impl Question {
    /// A short label without personal data, such as `reason`, `confirm-callback` or `field-address`.
    pub fn label(&self) -> String {
        fn slot(slot: &Slot) -> String {
            match slot {
                Slot::Name => "name".to_owned(),
                Slot::Callback => "callback".to_owned(),
                Slot::Reason => "reason".to_owned(),
                Slot::Field(key) => format!("field-{key}"),
            }
        }
        match self {
            Self::Fill(filled) => slot(filled),
            Self::Confirm(confirmed) => format!("confirm-{}", slot(confirmed)),
            Self::PersonOrMessage => "person-or-message".to_owned(),
            Self::AnythingElse => "anything-else".to_owned(),
        }
    }
}

/// Where the conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The greeting and the notice.
    Greeting,
    /// Who, how to reach them, what about.
    Intake,
    /// The promise and the goodbye.
    Closing,
    /// Over.
    Ended,
}

/// Why a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HangupCause {
    /// The bot closed the talk.
    Completed,
    /// The caller hung up.
    CallerHungUp,
    /// Nobody spoke, repeatedly.
    Silence,
    /// The line broke and did not come back.
    LineLost,
    /// Every line was busy; a call back was promised.
    FullHouse,
    /// The server was shut down.
    Shutdown,
}

/// The times of one answer, each measured in the media pump on the call's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnTiming {
    /// The caller's turn, as counted by the engine.
    pub turn: TurnId,
    /// The last moment of the caller's speech.
    pub speech_ended: CallTime,
    /// The turn was judged over.
    pub turn_ended: CallTime,
    /// The words were ready.
    pub transcribed: CallTime,
    /// The first audio of the answer was sent.
    pub answered: CallTime,
}
