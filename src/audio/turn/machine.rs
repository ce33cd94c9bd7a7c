//! The state machine behind the turn detector: windows with their probabilities in, news out.

use std::sync::Arc;

use super::level::{self, Floor, Swing};
use super::patience::{Findings, LONGEST, Words, needed_silence};
use super::{News, Segment, SegmentId, TurnNews};
use crate::audio::resample::Resampler;
use crate::audio::vad::WINDOW;
use crate::audio::{MODEL_HZ, TELEPHONE_HZ};
use crate::domain::{CallTime, Completeness, Expecting, Span};

/// Samples per millisecond.
const MS: u64 = TELEPHONE_HZ as u64 / 1000;

/// The longest silence in which a turn can still be open, in samples.
pub const LONGEST_SILENCE: u64 = (LONGEST + 500) * MS;

/// From this probability on a window counts as speech.
const SPEECH: f32 = 0.5;
/// While a turn is open, its soft ends count as sound down to here.
const SOFT_SPEECH: f32 = 0.35;
/// The probability lags behind the end of speech by some 80 ms, which the level makes good; but from here on it is
/// believed even where the level does not stand out from the line's noise.
const CERTAIN_SPEECH: f32 = 0.9;
/// Evidence is the sum of 2p−1 over the windows of speech. A spoken digit has 7, but a curt "no" after a long silence
/// only 3, and so have some noises: the transcriber finds no words in those. This is reached after some 130 ms.
const EVIDENCE: f32 = 2.4;
/// What it takes to interrupt the bot, as long as the voice stays up, some 200 ms…
const BARGE_IN: f32 = 4.5;
/// …and if it is fading already, as the end of a backchannel does.
const FADING_BARGE_IN: f32 = 10.0;
/// How far below its loudest moment a voice counts as fading, dB.
const FADING: f32 = 8.0;
/// What it takes to go on after a pause: more than a click or a breath.
const RESUMED: f32 = 1.2;
/// Less than this is not even worth calling a noise.
const NOISE: f32 = 1.0;

/// Sound must be this loud to be a caller's, dB relative to full scale…
const AUDIBLE: f32 = -60.0;
/// …and no further than this below the turn's loudest window: what is softer is an echo or another person.
const BELOW_LOUDEST: f32 = 30.0;
/// How far a sound stands out from the line's own noise, dB.
const ABOVE_FLOOR: f32 = 8.0;
/// How far over a din somebody must speak to be heard, dB.
const ABOVE_DIN: f32 = 3.0;
/// How quickly a din that is gone is forgotten, dB per window; 1 dB per second.
const DIN_FADES: f32 = 0.032;

/// The silence at which a segment is made, in samples.
const SHORT_PAUSE: u64 = 128 * MS;
/// What is kept from before the first sound, in samples.
const PADDING: usize = 8 * WINDOW;
/// How many samples at 16 kHz come of one at 8 kHz, and of a window.
const UP: usize = (MODEL_HZ / TELEPHONE_HZ) as usize;
const UP_WINDOW: usize = UP * WINDOW;
/// From this length on, in samples at 16 kHz, a segment is kept when the caller goes on.
const KEPT_FROM: usize = 15 * MODEL_HZ as usize;
/// A caller who has not paused for this long is cut…
const CUT_AT: usize = 26 * MODEL_HZ as usize;
/// …at the quietest window of this last part.
const CUT_WITHIN: usize = 5 * MODEL_HZ as usize;

/// The ear's state.
pub struct Machine {
    pub expecting: Expecting,
    pub bot_speaking: bool,
    pub news: News,
    /// Samples heard so far.
    clock: u64,
    floor: Floor,
    /// The level below which nothing counts, because a din has been there.
    din: Option<f32>,
    /// The latest window, and what came just before it.
    recent: Vec<f32>,
    /// Takes an open turn's samples to 16 kHz as they come, so that a segment is ready at once.
    resampler: Resampler,
    turn: Option<Turn>,
    segments: u32,
}

/// Sound that is, or may become, a turn.
struct Turn {
    /// When the first sound of the turn began, and of the segment in the making.
    onset: u64,
    segment_onset: u64,
    /// The end of the last sound.
    last_sound: u64,
    /// The samples of the segment in the making, at 16 kHz, as far as the resampler has given them.
    samples: Vec<f32>,
    evidence: f32,
    announced: bool,
    loudest: f32,
    swing: Swing,
    kept: Vec<SegmentId>,
    pause: Option<Pause>,
}

/// A pause after a segment.
struct Pause {
    segment: SegmentId,
    findings: Findings,
    /// How many samples the segment has.
    length: usize,
    /// Evidence of speech since, when it began, and when it was last seen.
    returning: f32,
    return_onset: u64,
    last_active: u64,
}

/// One window, judged.
struct Heard {
    level: f32,
    probability: f32,
    /// Speech, loud enough.
    active: bool,
    /// Speech or its soft end: a pause has not begun yet.
    sounding: bool,
}

impl Machine {
    pub fn new() -> Self {
        Self {
            expecting: Expecting::default(),
            bot_speaking: false,
            news: News::new(),
            clock: 0,
            floor: Floor::new(),
            din: None,
            recent: Vec::new(),
            resampler: Resampler::new(TELEPHONE_HZ, MODEL_HZ),
            turn: None,
            segments: 0,
        }
    }

    pub fn now(&self) -> CallTime {
        at(self.clock)
    }

    /// Takes the next window of samples with its probability of speech.
    pub fn hear(&mut self, window: &[f32], probability: f32) {
        self.clock += window.len() as u64;
        self.recent.extend_from_slice(window);
        self.recent.drain(..self.recent.len().saturating_sub(PADDING + WINDOW));
        let heard = self.judge_window(level::of(window), probability);
        self.floor.hear(heard.level);
        match self.turn.take() {
            None => self.wait_for_sound(&heard),
            Some(turn) => self.turn = self.follow(turn, window, &heard),
        }
    }

    /// Lets time pass in which nothing was heard; no turn may be open.
    pub fn skip(&mut self, samples: u64) {
        self.finish();
        self.recent.clear();
        self.clock += samples;
    }

    pub fn words(&mut self, segment: SegmentId, words: Option<Completeness>) {
        self.learn(segment, |findings| findings.words = Some(words.map_or(Words::None, Words::Some)));
    }

    pub fn finality(&mut self, segment: SegmentId, probability: f32) {
        self.learn(segment, |findings| findings.finality = Some(probability));
    }

    /// Closes whatever is open.
    pub fn finish(&mut self) {
        let Some(mut turn) = self.turn.take() else { return };
        if turn.kept.is_empty() && turn.evidence < EVIDENCE {
            self.end_as_noise(&turn);
            return;
        }
        let segment = match turn.pause.take() {
            Some(pause) => pause.segment,
            None => {
                turn.samples.extend(self.resampler.flush());
                self.make_segment(&turn, turn.samples.len())
            }
        };
        self.end_turn(turn, segment);
    }

    fn judge_window(&mut self, level: f32, probability: f32) -> Heard {
        let mut audible = AUDIBLE;
        let mut above_floor = AUDIBLE;
        if let Some(turn) = &self.turn {
            audible = audible.max(turn.loudest - BELOW_LOUDEST);
            // A floor that is too high, after seconds without a soft moment, must not silence the voice itself.
            above_floor = (self.floor.level() + ABOVE_FLOOR).min(turn.loudest - ABOVE_FLOOR);
        }
        if let Some(din) = &mut self.din {
            audible = audible.max(*din + ABOVE_DIN);
            *din -= if level > *din - 12.0 { 0.0 } else { DIN_FADES };
        }
        let audible = level >= audible;
        let distinct = level >= above_floor || probability >= CERTAIN_SPEECH;
        Heard {
            level,
            probability,
            active: audible && probability >= SPEECH,
            sounding: audible && distinct && probability >= SOFT_SPEECH,
        }
    }

    fn wait_for_sound(&mut self, heard: &Heard) {
        if !heard.active {
            return;
        }
        let onset = self.clock - WINDOW as u64;
        // Whatever an earlier turn has left in it is dropped.
        self.resampler.flush();
        let mut turn = Turn {
            onset,
            segment_onset: onset,
            last_sound: self.clock,
            samples: self.resampler.push(&self.recent),
            evidence: 0.0,
            announced: false,
            loudest: heard.level,
            swing: Swing::new(),
            kept: Vec::new(),
            pause: None,
        };
        turn.take_evidence(heard);
        self.turn = Some(turn);
    }

    /// Follows an open turn through one window; returns it if it is still open.
    fn follow(&mut self, mut turn: Turn, window: &[f32], heard: &Heard) -> Option<Turn> {
        turn.samples.extend(self.resampler.push(window));
        turn.swing.hear(heard.level);
        if let Some(din) = turn.swing.din().filter(|_| heard.active) {
            self.din = Some(din);
        }
        if heard.active {
            turn.loudest = turn.loudest.max(heard.level);
        }
        if turn.pause.is_some() {
            self.notice_return(&mut turn, heard);
        } else {
            turn.take_evidence(heard);
            if heard.sounding {
                turn.last_sound = self.clock;
            }
        }
        self.announce(&mut turn, heard);
        if turn.pause.is_none() {
            let quiet = self.clock - turn.last_sound >= SHORT_PAUSE && !heard.active;
            if quiet && !self.begin_pause(&mut turn) {
                return None;
            }
            if turn.pause.is_none() && turn.samples.len() >= CUT_AT {
                self.cut(&mut turn);
            }
        }
        self.end_if_due(turn)
    }

    /// Reports the turn as soon as it is certain that somebody speaks.
    fn announce(&mut self, turn: &mut Turn, heard: &Heard) {
        let needed = match self.bot_speaking {
            false => EVIDENCE,
            true if heard.level < turn.loudest - FADING => FADING_BARGE_IN,
            true => BARGE_IN,
        };
        if !turn.announced && turn.evidence >= needed {
            turn.announced = true;
            self.news.push_back(TurnNews::SpeechStarted { onset: at(turn.onset), at: self.now() });
        }
    }

    /// Makes a segment at a pause. Returns whether the turn is still open: a noise is not.
    fn begin_pause(&mut self, turn: &mut Turn) -> bool {
        let spoken = turn.kept.is_empty();
        if spoken && (turn.evidence < EVIDENCE || self.is_din(turn)) {
            self.end_as_noise(turn);
            return false;
        }
        let length = turn.samples.len();
        let segment = self.make_segment(turn, length);
        turn.pause = Some(Pause {
            segment,
            findings: Findings::default(),
            length,
            returning: 0.0,
            return_onset: self.clock,
            last_active: self.clock,
        });
        true
    }

    /// Whether all of the turn was a din: it was noticed as soon as it could be.
    fn is_din(&self, turn: &Turn) -> bool {
        self.din.is_some_and(|din| din > turn.loudest - ABOVE_FLOOR)
            && turn.last_sound - turn.onset <= LONGEST_SILENCE
    }

    /// Watches a pause for the caller's going on.
    fn notice_return(&mut self, turn: &mut Turn, heard: &Heard) {
        let Some(pause) = &mut turn.pause else { return };
        if heard.active {
            if pause.returning == 0.0 {
                pause.return_onset = self.clock - WINDOW as u64;
            }
            pause.returning += weight(heard);
            pause.last_active = self.clock;
        } else if self.clock - pause.last_active > 3 * WINDOW as u64 {
            pause.returning = 0.0;
        }
        if pause.returning < RESUMED {
            return;
        }
        let (segment, length, onset) = (pause.segment, pause.length, pause.return_onset);
        turn.evidence += pause.returning;
        turn.last_sound = self.clock;
        turn.pause = None;
        let news = if length >= KEPT_FROM {
            turn.keep(segment, length, onset);
            let padded = UP * ((self.clock - onset) as usize + PADDING);
            turn.samples.drain(..turn.samples.len().saturating_sub(padded));
            TurnNews::SegmentKept { segment, at: at(self.clock) }
        } else {
            TurnNews::SpeechResumed { segment, at: at(self.clock) }
        };
        self.news.push_back(news);
    }

    /// Cuts a turn that has gone on without a pause, at the quietest window of its last seconds.
    fn cut(&mut self, turn: &mut Turn) {
        let windows =
            turn.samples.chunks_exact(UP_WINDOW).enumerate().skip((CUT_AT - CUT_WITHIN) / UP_WINDOW);
        let quietest = windows.map(|(n, window)| (n, level::of(window))).min_by(|a, b| a.1.total_cmp(&b.1));
        let Some((quietest, _)) = quietest else { return };
        let length = quietest * UP_WINDOW + UP_WINDOW / 2;
        let segment = self.make_segment(turn, length);
        turn.keep(segment, length, self.clock - ((turn.samples.len() - length) / UP) as u64);
        self.news.push_back(TurnNews::SegmentKept { segment, at: self.now() });
    }

    fn make_segment(&mut self, turn: &Turn, length: usize) -> SegmentId {
        let id = SegmentId(self.segments);
        self.segments += 1;
        let end = self.clock - ((turn.samples.len() - length) / UP) as u64;
        let span = Span { start: at(turn.segment_onset), end: at(turn.last_sound.min(end)) };
        let samples: Arc<[f32]> = turn.samples[..length].into();
        self.news.push_back(TurnNews::Segment(Segment { id, span, samples }));
        id
    }

    fn learn(&mut self, segment: SegmentId, learn: impl FnOnce(&mut Findings)) {
        let Some(mut turn) = self.turn.take() else { return };
        if let Some(pause) = turn.pause.as_mut().filter(|pause| pause.segment == segment) {
            learn(&mut pause.findings);
        }
        self.turn = self.end_if_due(turn);
    }

    /// Ends the turn if its pause is long enough for what is known; returns it otherwise.
    fn end_if_due(&mut self, turn: Turn) -> Option<Turn> {
        let Some(pause) = &turn.pause else { return Some(turn) };
        let silence = (self.clock - turn.last_sound) / MS;
        // Somebody may just be going on: that is decided first, within a few windows.
        let returning = pause.returning > 0.0 && silence < LONGEST;
        if returning || silence < needed_silence(self.expecting, pause.findings) {
            return Some(turn);
        }
        let segment = pause.segment;
        self.end_turn(turn, segment);
        None
    }

    fn end_turn(&mut self, turn: Turn, segment: SegmentId) {
        let (span, at) = (turn.span(), self.now());
        self.news.push_back(TurnNews::TurnEnded { kept: turn.kept, segment, span, at });
    }

    fn end_as_noise(&mut self, turn: &Turn) {
        if turn.announced || turn.evidence >= NOISE {
            self.news.push_back(TurnNews::NoiseEnded { span: turn.span(), at: self.now() });
        }
    }
}

impl Turn {
    fn take_evidence(&mut self, heard: &Heard) {
        if heard.active {
            self.evidence += weight(heard);
        }
    }

    /// Puts a segment aside and goes on behind it.
    fn keep(&mut self, segment: SegmentId, length: usize, onset: u64) {
        self.kept.push(segment);
        self.samples.drain(..length);
        self.segment_onset = onset;
    }

    fn span(&self) -> Span {
        Span { start: at(self.onset), end: at(self.last_sound) }
    }
}

fn weight(heard: &Heard) -> f32 {
    2.0 * heard.probability - 1.0
}

fn at(samples: u64) -> CallTime {
    CallTime::from_ms(samples / MS)
}
