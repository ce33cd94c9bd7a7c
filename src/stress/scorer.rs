//! The caller's voice as it is heard, scored.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::baseline::Baseline;
use super::frame::{FRAMES_PER_SECOND, Frame, HOP, Measurer};
use super::measure::Measures;
use super::model::{Model, Score, probability};
use super::reason::reasons;
use super::window::Window;
use crate::audio::TELEPHONE_HZ;
use crate::audio::timbre::TimbreNetwork;

/// Speech between updates.
const UPDATE_FRAMES: usize = FRAMES_PER_SECOND;
/// The sound kept for a second opinion: 4 s.
const KEPT: usize = 4 * TELEPHONE_HZ as usize;
/// Samples taken in at once, so that what is kept and what is measured are of the same time.
const PIECE: usize = 2 * HOP;
/// Nothing is said of less speech than this, in seconds.
pub const LEAST_SPEECH_SECONDS: f32 = 1.5;
/// While the turn goes on, a little more is waited for: the first words alone swing widely.
const LEAST_LIVE_SECONDS: f32 = 2.0;
/// Speech after which a stretch is complete: it counts for the whole, and the baseline may learn from it.
const STRETCH_FRAMES: usize = 3 * FRAMES_PER_SECOND;
/// How stressed a voice sounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoiceStress {
    /// Calibrated level from 0 to 100: of a hundred voices at 78, about 78 would be called angry or afraid.
    pub level: f32,
    /// Below this the level would be in one case of six.
    pub low: f32,
    /// Above this the level would be in one case of six.
    pub high: f32,
    /// 0 to 1: one, less the share of the scale between `low` and `high`.
    pub confidence: f32,
    /// What raises the level, most important first, in plain words.
    pub reasons: Vec<String>,
    /// Seconds of speech this is about.
    pub speech_seconds: f32,
    /// Those of them that were heard since the update before.
    pub new_seconds: f32,
}

impl VoiceStress {
    fn new(
        logit: f32,
        uncertainty: f32,
        reasons: Vec<String>,
        speech_seconds: f32,
        new_seconds: f32,
    ) -> Self {
        let percent = |logit: f32| 100.0 * probability(logit);
        let (low, high) = (percent(logit - uncertainty), percent(logit + uncertainty));
        let confidence = 1.0 - (high - low) / 100.0;
        Self { level: percent(logit), low, high, confidence, reasons, speech_seconds, new_seconds }
    }
}

/// Scores one caller's voice, live.
pub struct Scorer {
    model: Arc<Model>,
    /// Whose second opinion is asked.
    network: Option<Arc<TimbreNetwork>>,
    measurer: Measurer,
    window: Window,
    /// The latest sound.
    sound: VecDeque<f32>,
    /// What the network made of it, until there is more.
    timbre: Option<Vec<f32>>,
    baseline: Baseline,
    since_update: usize,
    since_stretch: usize,
    /// Sums over the complete stretches: seconds, seconds × logit, and seconds² × variance.
    seconds: f32,
    weighted: f32,
    variance: f32,
    /// The latest score of a stretch, for its reasons.
    strongest: Option<(f32, Vec<String>)>,
}

impl Scorer {
    /// Makes one for a caller, with the baseline of earlier calls if there is one. Without the network the measures
    /// alone make the level.
    pub fn new(model: Arc<Model>, network: Option<Arc<TimbreNetwork>>, baseline: Baseline) -> Self {
        Self {
            model,
            network,
            measurer: Measurer::new(),
            window: Window::default(),
            sound: VecDeque::with_capacity(KEPT),
            timbre: None,
            baseline,
            since_update: 0,
            since_stretch: 0,
            seconds: 0.0,
            weighted: 0.0,
            variance: 0.0,
            strongest: None,
        }
    }

    /// Takes the caller's sound at 8 kHz, −1 to 1; gives an update after every second of speech.
    pub fn feed(&mut self, samples: &[f32]) -> Vec<VoiceStress> {
        let mut updates = Vec::new();
        for samples in samples.chunks(PIECE) {
            self.keep(samples);
            let frames = self.measurer.push(samples);
            updates.extend(frames.into_iter().filter_map(|frame| self.hear(frame)));
        }
        updates
    }

    /// Ends the caller's turn and gives its last update; what is heard next is another turn.
    pub fn turn_ended(&mut self) -> Option<VoiceStress> {
        let frames = self.measurer.flush();
        let mut update = frames.into_iter().filter_map(|frame| self.hear(frame)).last();
        if self.since_update > 0 {
            update = self.update().or(update);
        }
        if self.since_stretch > 0 && self.window.speech_seconds() >= LEAST_SPEECH_SECONDS {
            self.complete_stretch();
        }
        update
    }

    /// The level over everything heard so far; none before enough speech was heard.
    pub fn overall(&self) -> Option<VoiceStress> {
        let reasons = self.strongest.as_ref().map(|(_, reasons)| reasons.clone()).unwrap_or_default();
        (self.seconds > 0.0).then(|| {
            let uncertainty = self.variance.sqrt() / self.seconds;
            VoiceStress::new(self.weighted / self.seconds, uncertainty, reasons, self.seconds, self.seconds)
        })
    }

    /// How this caller usually sounds, as far as it is known.
    pub fn baseline(&self) -> &Baseline {
        &self.baseline
    }

    fn hear(&mut self, frame: Frame) -> Option<VoiceStress> {
        if !self.window.push(frame) {
            return None;
        }
        self.since_update += 1;
        self.since_stretch += 1;
        let due = self.since_update >= UPDATE_FRAMES && self.window.speech_seconds() >= LEAST_LIVE_SECONDS;
        let update = if due { self.update() } else { None };
        if self.since_stretch >= STRETCH_FRAMES {
            self.complete_stretch();
        }
        update
    }

    fn keep(&mut self, samples: &[f32]) {
        if self.network.is_some() {
            self.sound.extend(samples);
            let excess = self.sound.len().saturating_sub(KEPT);
            self.sound.drain(..excess);
            self.timbre = None;
        }
    }

    fn score(&mut self) -> Option<(Measures, Score)> {
        let seconds = self.window.speech_seconds();
        if seconds < LEAST_SPEECH_SECONDS {
            return None;
        }
        let measures = self.window.measures().filter(|measures| self.model.is_speech(measures))?;
        let score = self.model.score(&measures, seconds, &self.baseline);
        let Some(network) = self.network.as_ref().filter(|_| score.is_doubtful()) else {
            return Some((measures, score));
        };
        let timbre = self.timbre.get_or_insert_with(|| network.timbre(self.sound.make_contiguous()));
        Some((measures, self.model.reconsider(score, seconds, timbre)))
    }

    fn update(&mut self) -> Option<VoiceStress> {
        let fresh = std::mem::take(&mut self.since_update) as f32 / FRAMES_PER_SECOND as f32;
        let (_, score) = self.score()?;
        let seconds = self.window.speech_seconds();
        Some(VoiceStress::new(score.logit, score.uncertainty, reasons(&score), seconds, fresh))
    }

    /// Adds the latest speech to the whole, and as far as it was calm to the baseline.
    fn complete_stretch(&mut self) {
        let seconds = std::mem::take(&mut self.since_stretch) as f32 / FRAMES_PER_SECOND as f32;
        let Some((measures, score)) = self.score() else { return };
        self.seconds += seconds;
        self.weighted += seconds * score.logit;
        self.variance += (seconds * score.uncertainty).powi(2);
        if self.strongest.as_ref().is_none_or(|(logit, _)| score.logit >= *logit) {
            self.strongest = Some((score.logit, reasons(&score)));
        }
        // The likelier it is stress, the less of it is usual.
        self.baseline.learn(&measures, seconds * (1.0 - probability(score.logit)));
    }
}

/// Learns a baseline from recordings of a caller's calm speech, at 8 kHz.
pub fn learn_baseline<'a>(recordings: impl IntoIterator<Item = &'a [f32]>) -> Baseline {
    let mut baseline = Baseline::default();
    for samples in recordings {
        let mut measurer = Measurer::new();
        let mut frames = measurer.push(samples);
        frames.extend(measurer.flush());
        let mut window = Window::default();
        let mut fresh = 0;
        for frame in frames {
            fresh += usize::from(window.push(frame));
            if fresh >= STRETCH_FRAMES {
                learn(&mut baseline, &window, std::mem::take(&mut fresh));
            }
        }
        if fresh > 0 {
            learn(&mut baseline, &window, fresh);
        }
    }
    baseline
}

fn learn(baseline: &mut Baseline, window: &Window, fresh: usize) {
    if let Some(measures) = window.measures() {
        baseline.learn(&measures, fresh as f32 / FRAMES_PER_SECOND as f32);
    }
}
