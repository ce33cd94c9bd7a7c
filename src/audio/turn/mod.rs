//! The turn detector: when the caller begins to speak, pauses, goes on, and has finished. One per call.
//!
//! # Contract
//! **In.** The caller's samples through [`TurnDetector::push`], gaps of the stream through
//! [`TurnDetector::push_silence`]; [`TurnDetector::expect`] and [`TurnDetector::bot_speaking`] whenever they change;
//! and what was found out about a segment: its words ([`TurnDetector::words`]) and whether it sounds finished
//! ([`TurnDetector::finality`]). After any of these, drain [`TurnDetector::poll`] until it returns none.
//!
//! **Out.** Of every turn, in this order and never of two turns at once:
//! 1. [`TurnNews::SpeechStarted`], at most once. While the bot speaks this is a barge-in: it comes after about 200 ms of
//!    strong speech, and a cough, a click or an "mm" does not cause it. A short word said over the bot's voice ("yes")
//!    therefore makes a turn *without* it, and its words tell what to do. When the bot falls silent before that turn is
//!    over, it is announced after all. A loud "uh-huh" sounds like the beginning of a sentence for just as long, so that
//!    whoever stops the bot should be ready to go on when the words turn out to be no more than that.
//! 2. [`TurnNews::Segment`] at each short pause (0.13 s): transcribe it, and ask smart-turn about it, right away and
//!    speculatively. Then one of
//!    - [`TurnNews::SpeechResumed`]: the caller went on, the segment is obsolete, cancel the work on it. The next
//!      segment contains its samples again.
//!    - [`TurnNews::SegmentKept`]: the caller went on, but the segment has grown so long (15 s) that it stands. Let the
//!      work on it finish and keep its words; the next segment starts after it. A caller who does not pause for 26 s is
//!      cut at the quietest moment of the last seconds, which gives a segment that is kept at once. So no segment is
//!      longer than whisper's window, and no sample of a turn is lost or transcribed twice.
//!    - the end of the turn.
//! 3. [`TurnNews::TurnEnded`], exactly once unless it was noise: the words of the turn are those of its kept segments in
//!    order, then those of its last one.
//!
//! [`TurnNews::NoiseEnded`] instead reports sound that was never speech: nothing is to be transcribed. It closes a turn
//! that has been announced but turned out to be the din of many voices or a machine, and it also reports shorter noises
//! that never became a turn.
//!
//! **Judging.** The pause needed to end a turn is short when the words are complete and the melody falls, longer the more
//! either says otherwise, and longest while digits are dictated; see `patience`. Without any answer the turn ends after
//! 2.5 s of silence, the most that is ever waited. Somebody whose transcription failed should report
//! [`Completeness::Open`]. Answers for a segment that is not the latest are dropped, by its id.
//!
//! **Time** is counted in samples of the caller's audio. **Memory** per call is below 4 MB: at most 29 s at
//! 16 kHz while a turn is open (in a buffer that grows by doubling), a quarter of a second otherwise, beside what waits
//! in the queue of news.

mod level;
mod machine;
mod patience;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;

use super::vad::{VadModel, VoiceActivity, WINDOW};
use crate::domain::{CallTime, Completeness, Expecting, Span};
use machine::Machine;

/// Numbers the segments of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentId(u32);

/// What the ear has noticed.
#[derive(Debug, Clone, PartialEq)]
pub enum TurnNews {
    /// The caller speaks, and for long enough not to have coughed.
    SpeechStarted {
        /// When the first sound was heard.
        onset: CallTime,
        /// When it was certain.
        at: CallTime,
    },
    /// The caller pauses: this is what was said since the turn began, or since its last kept segment.
    Segment(Segment),
    /// The caller goes on: this segment is obsolete.
    SpeechResumed {
        /// The obsolete one.
        segment: SegmentId,
        /// When it was certain.
        at: CallTime,
    },
    /// The caller goes on, and this segment's words are the beginning of what is being said.
    SegmentKept {
        /// The one to keep.
        segment: SegmentId,
        /// When it was certain.
        at: CallTime,
    },
    /// The caller has finished.
    TurnEnded {
        /// The segments that had been kept, in order.
        kept: Vec<SegmentId>,
        /// The last segment.
        segment: SegmentId,
        /// From the first sound to the last.
        span: Span,
        /// When it was decided.
        at: CallTime,
    },
    /// There was sound, but nobody spoke.
    NoiseEnded {
        /// From the first sound to the last.
        span: Span,
        /// When it was decided.
        at: CallTime,
    },
}

/// A stretch of the caller's speech, to be transcribed.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Its number.
    pub id: SegmentId,
    /// From the first sound in it to the last.
    pub span: Span,
    /// The samples at 16 kHz, with up to 0.25 s before the first sound, and the pause so far after the last.
    pub samples: Arc<[f32]>,
}

/// Hears one caller's turns; see the module's contract.
pub struct TurnDetector {
    activity: VoiceActivity,
    /// Samples that do not fill a window yet.
    window: Vec<f32>,
    machine: Machine,
}

impl TurnDetector {
    /// Starts a call.
    pub fn new(model: VadModel) -> Self {
        Self {
            activity: VoiceActivity::new(model),
            window: Vec::with_capacity(WINDOW),
            machine: Machine::new(),
        }
    }

    /// Takes the caller's next samples, 8 kHz, −1 to 1; what is no number counts as silence.
    pub fn push(&mut self, samples: &[f32]) {
        for &sample in samples {
            self.window.push(if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 });
            if self.window.len() == WINDOW {
                for probability in self.activity.push(&self.window) {
                    self.machine.hear(&self.window, probability);
                }
                self.window.clear();
            }
        }
    }

    /// Takes so many milliseconds in which nothing arrived.
    pub fn push_silence(&mut self, ms: u64) {
        let samples = ms * u64::from(super::TELEPHONE_HZ / 1000);
        // No turn outlasts this; the rest of a long gap is only a matter of the clock.
        let heard = samples.min(machine::LONGEST_SILENCE);
        self.push(&vec![0.0; heard as usize]);
        if samples > heard {
            self.activity.reset();
            self.machine.skip(samples - heard);
        }
    }

    /// Sets what is expected next, which decides how patient the ear is.
    pub fn expect(&mut self, expecting: Expecting) {
        self.machine.expecting = expecting;
    }

    /// Tells whether the bot's voice can be heard by the caller just now.
    pub fn bot_speaking(&mut self, speaking: bool) {
        self.machine.bot_speaking = speaking;
    }

    /// Tells how complete the words of a segment are; `has_words` is false if there were none.
    pub fn words(&mut self, segment: SegmentId, completeness: Completeness, has_words: bool) {
        self.machine.words(segment, has_words.then_some(completeness));
    }

    /// Tells how finished a segment sounds, 0 to 1, by the smart-turn network.
    pub fn finality(&mut self, segment: SegmentId, probability: f32) {
        self.machine.finality(segment, probability);
    }

    /// Ends the caller's audio: an open turn is reported as ended, so that its words are not lost.
    pub fn finish(&mut self) {
        self.machine.finish();
    }

    /// Returns the next piece of news, oldest first.
    pub fn poll(&mut self) -> Option<TurnNews> {
        self.machine.news.pop_front()
    }

    /// Returns how much of the caller's audio has been judged so far.
    pub fn now(&self) -> CallTime {
        self.machine.now()
    }
}

type News = VecDeque<TurnNews>;
