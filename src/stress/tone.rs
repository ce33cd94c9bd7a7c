//! How one caller sounds: what the ear takes for their speech goes to the scorer, and its levels come back about once a
//! second of speech and at the end of each turn.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock};

use super::baseline::Baseline;
use super::model::Model;
use super::scorer::{Scorer, VoiceStress};
use crate::audio::TELEPHONE_HZ;
use crate::audio::timbre::TimbreNetwork;
use crate::domain::VoiceScore;

/// The sound kept from before it was certain that somebody speaks: a second.
const KEPT: usize = TELEPHONE_HZ as usize;
/// Speech between two levels, in seconds.
const STEP_SECONDS: f32 = 1.0;

/// The model that is shipped, shared by all calls.
static MODEL: LazyLock<Arc<Model>> = LazyLock::new(|| Arc::new(Model::built_in()));

/// A level of the voice.
#[derive(Debug, Clone)]
pub struct Level {
    /// The score of the latest speech.
    pub voice: VoiceScore,
    /// Seconds of speech since the level before.
    pub new_seconds: f32,
}

/// The voice of one caller, for as long as the call lasts.
pub struct Tone {
    scorer: Scorer,
    /// The latest sound of nobody's.
    before: VecDeque<f32>,
    /// Whether the caller has the floor.
    speaking: bool,
    /// The latest level, while it is too soon for another.
    held: Option<VoiceStress>,
    new_seconds: f32,
}

impl Tone {
    /// Listens to a caller whose voice of earlier calls may be known; without the network no second opinion is asked.
    pub fn new(network: Option<Arc<TimbreNetwork>>, baseline: Baseline) -> Self {
        Self {
            scorer: Scorer::new(Arc::clone(&MODEL), network, baseline),
            before: VecDeque::with_capacity(KEPT),
            speaking: false,
            held: None,
            new_seconds: 0.0,
        }
    }

    /// Takes the sound of the line at 8 kHz.
    pub fn hear(&mut self, samples: &[f32]) -> Option<Level> {
        if self.speaking {
            return self.score(samples);
        }
        self.before.extend(samples);
        let excess = self.before.len().saturating_sub(KEPT);
        self.before.drain(..excess);
        None
    }

    /// The caller has the floor, and began to speak so many milliseconds ago.
    pub fn speech_started(&mut self, ago_ms: u64) -> Option<Level> {
        if std::mem::replace(&mut self.speaking, true) {
            return None;
        }
        let samples = usize::try_from(ago_ms * u64::from(TELEPHONE_HZ) / 1000).unwrap_or(KEPT);
        let from = self.before.len().saturating_sub(samples);
        let begun: Vec<f32> = self.before.drain(..).skip(from).collect();
        self.score(&begun)
    }

    /// The turn is over: its last level.
    pub fn turn_ended(&mut self) -> Option<Level> {
        if !std::mem::take(&mut self.speaking) {
            return None;
        }
        if let Some(last) = self.scorer.turn_ended() {
            self.hold(last);
        }
        self.level()
    }

    /// How this caller usually sounds, as far as it is known.
    pub fn baseline(&self) -> &Baseline {
        self.scorer.baseline()
    }

    fn score(&mut self, samples: &[f32]) -> Option<Level> {
        for update in self.scorer.feed(samples) {
            self.hold(update);
        }
        if self.new_seconds < STEP_SECONDS { None } else { self.level() }
    }

    fn hold(&mut self, update: VoiceStress) {
        self.new_seconds += update.new_seconds;
        self.held = Some(update);
    }

    fn level(&mut self) -> Option<Level> {
        let VoiceStress { level, low, high, reasons, speech_seconds, .. } = self.held.take()?;
        let voice = VoiceScore { level, low, high, speech_seconds, reasons };
        Some(Level { voice, new_seconds: std::mem::take(&mut self.new_seconds) })
    }
}
