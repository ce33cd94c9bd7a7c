use crate::domain::{
    AskId, Digit, HandoffId, HandoffNews, HangupCause, ModelFault, ModelReply, Span, SpeechId, Utterance,
    VoiceScore,
};

/// Something that happened on the line, reported to the engine in the order of the call's own clock.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The stream is up for the first time.
    Answered,
    /// The stream is up again after a break.
    Resumed,
    /// The stream broke while the call was still on.
    StreamLost,
    /// The caller has begun to speak, for long enough not to be a cough; while the bot speaks this is a barge-in.
    SpeechStarted,
    /// The caller paused; the turn may go on.
    SpeechStopped,
    /// The caller's turn is over: these were the words.
    Heard(Utterance),
    /// The caller's turn is over but held no words: noise, a cough, or words that could not be made out.
    Unclear {
        /// When it sounded.
        span: Span,
        /// Whether it was long and voiced enough to have been meant as an answer.
        likely_speech: bool,
    },
    /// The caller's voice was scored: after every second of speech or so, and at the end of each turn before its words.
    StressScored {
        /// The score of the latest speech.
        voice: VoiceScore,
        /// Seconds of it that were heard since the score before.
        new_seconds: f32,
    },
    /// The caller pressed a key.
    Keyed(Digit),
    /// A speech has ended, in full or interrupted; comes exactly once for every [`super::Action::Say`].
    PlaybackFinished {
        /// Which.
        speech: SpeechId,
        /// What the caller can have heard of it.
        playback: Playback,
    },
    /// A language model answered.
    Replied {
        /// To which question.
        ask: AskId,
        /// What it proposes.
        reply: ModelReply,
    },
    /// A language model gave no answer.
    AskFailed {
        /// To which question.
        ask: AskId,
        /// Why.
        fault: ModelFault,
    },
    /// Something happened to the handing over of this call.
    Handoff {
        /// To which one.
        handoff: HandoffId,
        /// What.
        news: HandoffNews,
    },
    /// The leg is gone.
    LegEnded(HangupCause),
    /// The server is about to stop: bring the call to a good end.
    Draining,
}

/// What was played of a speech.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playback {
    /// How many bytes of the speech's text were played: a prefix that ends at a word. Zero if nothing was.
    pub heard_bytes: usize,
    /// From the first audio to the last that was heard.
    pub span: Span,
    /// Whether nothing could be played because no voice was to be had.
    pub failed: bool,
}
