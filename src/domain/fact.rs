use serde::{Deserialize, Serialize};

use super::{
    Answer, Aspect, CallNote, CallTime, CallerState, Digit, EarlierCall, EscalationReason, HandoffId,
    HandoffNews, HandoffRequest, Mention, PhoneNumber, Pii, Promise, PromiseId, Span, SpeechId, StressScore,
    TurnId, Utterance,
};

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
    /// Earlier calls of the same number are known.
    Recalled {
        /// The latest first.
        earlier: Vec<EarlierCall>,
    },
    /// The caller said that this call is, or is not, about the open promise of an earlier one.
    EarlierMatter {
        /// Whether it is.
        same: bool,
    },
    /// The caller said whether what an earlier call left is resolved.
    EarlierResolved {
        /// The promise made then.
        promise: PromiseId,
        /// Whether it is.
        resolved: bool,
        /// In which turn.
        turn: TurnId,
    },
    /// Topics of the playbook were recognised.
    TopicsSeen {
        /// Their keys, the surest first.
        topics: Vec<String>,
        /// In which turn.
        turn: TurnId,
    },
    /// This topic is the one to be solved; the others stay on the record.
    TopicChosen {
        /// Its key.
        topic: String,
    },
    /// One of the four questions was answered, or answered better.
    Diagnosed {
        /// Which.
        aspect: Aspect,
        /// The answer.
        answer: Answer,
    },
    /// The caller said that an answer is wrong.
    Undiagnosed {
        /// To which question.
        aspect: Aspect,
    },
    /// The caller agreed to the core of it as it was said back.
    CoreConfirmed,
    /// How the caller is.
    StateRead {
        /// The state.
        state: CallerState,
        /// What shows it, in plain words.
        reason: String,
        /// In which turn.
        turn: TurnId,
    },
    /// Something typed was said in passing.
    Mentioned {
        /// What.
        mention: Mention,
        /// In which turn.
        turn: TurnId,
    },
    /// The caller was abusive and a boundary is set.
    BoundarySet {
        /// How often by now, from 1.
        count: u32,
        /// In which turn.
        turn: TurnId,
    },
    /// The caller was told what to do in a danger.
    Advised {
        /// The key of the playbook's emergency.
        emergency: String,
    },
    /// A question of the caller's was answered.
    Informed {
        /// The key of the playbook's answer.
        faq: String,
    },
    /// The engine decided that a person must take over.
    Escalated {
        /// Why.
        reason: EscalationReason,
        /// In which turn; absent when a key was pressed, or while a turn went on.
        turn: Option<TurnId>,
    },
    /// A person who takes over is being sought; the caller is told in the bot's next turn.
    HandoffBegan {
        /// What is asked for.
        request: HandoffRequest,
    },
    /// Something happened to the handing over.
    HandoffHeard {
        /// To which one.
        handoff: HandoffId,
        /// What.
        news: HandoffNews,
    },
    /// The caller goes on without a person.
    HandoffStopped {
        /// Which one is over.
        handoff: HandoffId,
    },
    /// The caller was told who takes over, and is being connected.
    PutThrough {
        /// By which handoff.
        handoff: HandoffId,
    },
    /// How stressed the caller is.
    StressScored {
        /// The level and its parts.
        score: StressScore,
        /// Seconds of the caller's speech heard so far in the call.
        speech_seconds: f32,
        /// The turn whose words it takes in; absent while a turn goes on.
        turn: Option<TurnId>,
    },
    /// The level of stress has stayed beyond the business's line.
    StressCrossed {
        /// Whether it is over the line now, or well below it again.
        over: bool,
        /// The line, a level from 0 to 100.
        line: f32,
        /// Seconds of the caller's speech heard so far in the call.
        speech_seconds: f32,
    },
    /// The caller was told that a person takes over.
    TakeoverTold {
        /// For which reason.
        reason: EscalationReason,
        /// When the speech that told it began.
        since: CallTime,
    },
    /// The caller meant to call somebody else.
    WrongNumber {
        /// In which turn.
        turn: TurnId,
    },
    /// The matter is urgent by the playbook's rules.
    UrgencyRaised {
        /// What shows it, in plain words.
        reason: String,
    },
    /// What is to be done was settled: chosen by the caller, or the only way there is.
    StepChosen {
        /// The key of the topic's step.
        step: String,
        /// The turns in which it was chosen; empty if there was no choice.
        evidence: Vec<TurnId>,
    },
    /// A sentence did not pass the language guard and was replaced.
    Guarded {
        /// The rule it broke.
        rule: String,
        /// The sentence that was not said.
        sentence: Pii<String>,
    },
    /// A language model summed the call up.
    Summarised {
        /// In its words.
        text: Pii<String>,
    },
    /// The call was summed up from its facts, at its end.
    NoteWritten {
        /// The note.
        note: CallNote,
    },
    /// Something was promised; a promise of the same id is put differently.
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
    /// Whether the call is about the open promise of an earlier one.
    Earlier,
    /// Whether what an earlier call left is resolved: the promise made then.
    Resolved(PromiseId),
    /// Which of several matters is the most important one now.
    Focus,
    /// What happened first.
    Trigger,
    /// What the caller would like to happen.
    Expectation,
    /// Whether the core, said back in one sentence, is right.
    Core,
    /// Which of the options it is to be.
    Option,
    /// Whether what was chosen may be promised.
    Step,
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
            Self::Earlier => "earlier".to_owned(),
            Self::Resolved(_) => "resolved".to_owned(),
            Self::Focus => "focus".to_owned(),
            Self::Trigger => "trigger".to_owned(),
            Self::Expectation => "expectation".to_owned(),
            Self::Core => "core".to_owned(),
            Self::Option => "option".to_owned(),
            Self::Step => "step".to_owned(),
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
    /// What happened, and what would be fair.
    Diagnosing,
    /// Who, and how to reach them.
    Intake,
    /// What can be done, by whom, by when.
    Proposing,
    /// A person is being sought; the caller is kept company.
    HandingOff,
    /// Caller and agent talk to each other.
    Bridged,
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
