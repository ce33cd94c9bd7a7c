use std::time::Duration;

use crate::domain::{
    AskId, Briefing, Expecting, Fact, HandoffId, HandoffRequest, HangupCause, ModelQuestion, Move, Pii,
    Question, SpeechId,
};

/// Something the driver must do, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Speak, after whatever is being spoken; answered by one [`super::Event::PlaybackFinished`].
    Say {
        /// Names this speech in later events.
        speech: SpeechId,
        /// The words, as written for people; normalising them for the voice is the synthesizer's work.
        text: Pii<String>,
        /// The question it ends with, if any.
        asks: Option<Question>,
        /// What it does in the talk.
        act: Move,
        /// Whether to take a breath before each sentence, because the caller is upset.
        unhurried: bool,
    },
    /// Ask a language model; answered by one [`super::Event::Replied`] or [`super::Event::AskFailed`].
    Ask {
        /// Names this question in later events.
        ask: AskId,
        /// What is asked.
        question: ModelQuestion,
        /// After so long the answer is of no use any more.
        deadline: Duration,
    },
    /// The answer is of no use any more; nothing need be reported.
    Cancel(AskId),
    /// Stop all speech at once and drop what is queued; every dropped speech is still reported as finished.
    StopSpeaking,
    /// Adjust the ear's patience to what is expected next.
    Listen(Expecting),
    /// Write this down.
    Record(Fact),
    /// Find a person who takes over; answered by [`super::Event::Handoff`] until it is settled or the two are connected.
    HandOff {
        /// What is asked for.
        request: HandoffRequest,
        /// What that person must know.
        briefing: Box<Briefing>,
    },
    /// Nobody is needed any more: the caller goes on without a person.
    StopHandOff(HandoffId),
    /// The caller was told who it is: connect the two.
    Join(HandoffId),
    /// End the call; every goodbye has been played by then.
    Hangup(HangupCause),
}

/// Why the engine wants to be woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// An answer is due from the caller.
    Reply,
    /// A language model owes its answer.
    Model,
    /// A speech ought to have been reported as finished long ago.
    Playback,
    /// The line broke and the caller has not come back.
    Reconnect,
    /// Somebody who waits for a person has heard nothing for a while.
    Company,
    /// The call has lasted as long as any call may.
    CallLimit,
}
