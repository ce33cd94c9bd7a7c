//! The ear of one call: frames in, turns with their words out. Slow work runs elsewhere and is tied to its segment.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tracing::warn;

use super::Shared;
use super::clock::Clock;
use super::mood::Mood;
use crate::audio::turn::{Segment, SegmentId, TurnDetector, TurnNews};
use crate::audio::ulaw;
use crate::domain::{Business, CallId, CallTime, Completeness, Expecting, Pii, Span, Utterance};
use crate::stress::baseline::Baseline;
use crate::stress::tone::{Level, Tone};
use crate::transcribe::{Job, Priority, TranscribeError, Transcription, hear};
use crate::understanding::{completeness, phone};

/// The carrier's frame.
const FRAME_MS: u64 = 20;
/// Bytes of telephone audio in a millisecond.
const BYTES_PER_MS: u64 = 8;
/// A longer gap in the media clock is not filled with silence sample by sample.
const LONGEST_GAP_MS: u64 = 60_000;
/// Unclear sound of this length was meant as an answer rather than a cough…
const LIKELY_SPEECH: Duration = Duration::from_millis(600);
/// …unless whisper thinks with this probability that nobody spoke.
const LIKELY_NO_SPEECH: f32 = 0.6;

/// Digits from which on a number that is not whole was misheard rather than unfinished.
const MOST_OF_A_NUMBER: usize = 7;

type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What the ear has found.
#[derive(Debug, Clone)]
pub(super) enum Finding {
    /// The caller has begun to speak.
    SpeechStarted,
    /// The caller has paused.
    SpeechStopped,
    /// The words of a turn that may not be over yet.
    Provisional(Utterance),
    /// The provisional words are void: the caller went on.
    Void,
    /// A turn with its words.
    Heard(Utterance, TurnTimes),
    /// A turn without words.
    Unclear { span: Span, likely_speech: bool },
    /// How the caller's voice sounds.
    Scored(Level),
}

/// When a turn became known.
#[derive(Debug, Clone, Copy)]
pub(super) struct TurnTimes {
    pub speech_ended: CallTime,
    pub turn_ended: CallTime,
    pub transcribed: CallTime,
}

/// The ear of one call, on one stream after another.
pub(super) struct Ear {
    shared: Arc<Shared>,
    detector: TurnDetector,
    /// How the caller sounds; absent where that is not measured.
    mood: Option<Mood>,
    /// Call time of the detector's first sample, once there is one.
    origin: Option<CallTime>,
    /// Up to where the carrier's media clock has been heard, in milliseconds.
    heard_until: u64,
    vocabulary: String,
    /// The region in which numbers are dictated.
    region: String,
    expecting: Expecting,
    turns: VecDeque<Turn>,
    findings: VecDeque<Finding>,
}

/// A turn from its first segment until its words are known.
#[derive(Default)]
struct Turn {
    announced: bool,
    segments: Vec<Pending>,
    ended: Option<(Span, CallTime)>,
}

/// A segment on its way to words; dropping it cancels the work.
struct Pending {
    segment: Segment,
    words: Option<Later<Result<Transcription, TranscribeError>>>,
    finality: Option<Later<Option<f32>>>,
    transcription: Option<Transcription>,
    transcribed: CallTime,
    retried: bool,
}

impl Ear {
    /// Begins to listen to a call of somebody whose voice may be known from an earlier one.
    pub fn new(shared: Arc<Shared>, business: &Business, usual: Baseline) -> Self {
        let detector = TurnDetector::new(shared.parts.voice_activity.clone());
        let mood = business.stress.map(|_| {
            let tone = Tone::new(Some(Arc::clone(&shared.parts.timbre)), usual);
            Mood::new(Arc::clone(&shared), tone)
        });
        Self {
            shared,
            detector,
            mood,
            origin: None,
            heard_until: 0,
            vocabulary: business.name.clone(),
            region: business.region.clone(),
            expecting: Expecting::default(),
            turns: VecDeque::new(),
            findings: VecDeque::new(),
        }
    }

    /// Begins to listen to another stream of the same caller.
    pub fn renew(&mut self, business: &Business) {
        let mood = self.mood.take();
        *self = Self { mood, ..Self::new(Arc::clone(&self.shared), business, Baseline::default()) };
    }

    /// Writes down how the caller usually sounds, once the call is over.
    pub async fn keep_voice(&mut self, call: CallId) {
        if let Some(mood) = &mut self.mood {
            mood.keep(call).await;
        }
    }

    /// Sets what is expected next.
    pub fn expect(&mut self, expecting: Expecting) {
        self.expecting = expecting;
        self.detector.expect(expecting);
    }

    /// Tells whether the caller hears the bot at this moment.
    pub fn bot_speaking(&mut self, speaking: bool) {
        self.detector.bot_speaking(speaking);
    }

    /// Takes a frame of the caller's audio; a gap in the carrier's clock was silence.
    pub fn hear(&mut self, timestamp_ms: u64, payload: &[u8], now: CallTime) {
        let length_ms = payload.len() as u64 / BYTES_PER_MS;
        if self.origin.is_none() {
            self.origin = Some(now - Duration::from_millis(length_ms));
            self.heard_until = timestamp_ms;
        }
        let gap = timestamp_ms.saturating_sub(self.heard_until);
        if gap > FRAME_MS {
            self.detector.push_silence(gap.min(LONGEST_GAP_MS));
        }
        self.heard_until = self.heard_until.max(timestamp_ms) + length_ms;
        let samples = ulaw::decode(payload);
        self.detector.push(&samples);
        if let Some(mood) = &mut self.mood {
            mood.hear(samples);
        }
        self.follow(now);
    }

    /// The stream is over: whatever was being said is a turn.
    pub fn finish(&mut self, now: CallTime) {
        self.detector.finish();
        self.follow(now);
    }

    /// The next finding, oldest first.
    pub fn poll(&mut self) -> Option<Finding> {
        self.findings.pop_front()
    }

    /// Waits for the work in flight to move on; pending for ever while there is none.
    pub async fn work(&mut self, clock: Clock) {
        poll_fn(|context| if self.advance(context, clock.now()) { Poll::Ready(()) } else { Poll::Pending })
            .await;
    }

    fn advance(&mut self, context: &mut Context<'_>, now: CallTime) -> bool {
        let mut learned = Vec::new();
        for pending in self.turns.iter_mut().flat_map(|turn| &mut turn.segments) {
            if let Some(Poll::Ready(words)) = pending.words.as_mut().map(|work| work.as_mut().poll(context)) {
                pending.words = None;
                pending.transcribed = now;
                learned.push((pending.segment.id, Some(words), None));
            }
            if let Some(Poll::Ready(finality)) =
                pending.finality.as_mut().map(|work| work.as_mut().poll(context))
            {
                pending.finality = None;
                learned.push((pending.segment.id, None, finality));
            }
        }
        let levels = self.mood.as_mut().and_then(|mood| mood.advance(context));
        let moved = !learned.is_empty() || levels.is_some();
        self.findings.extend(levels.into_iter().flatten().map(Finding::Scored));
        for (segment, words, finality) in learned {
            if let Some(words) = words {
                self.transcribed(segment, words);
            }
            if let Some(finality) = finality {
                self.detector.finality(segment, finality);
            }
        }
        if moved {
            self.follow(now);
        }
        moved
    }

    /// Draws the detector's news and what follows from it.
    fn follow(&mut self, now: CallTime) {
        while let Some(news) = self.detector.poll() {
            match news {
                TurnNews::SpeechStarted { onset, at } => {
                    self.open_turn().announced = true;
                    let ago = u64::try_from(at.since(onset).as_millis()).unwrap_or(u64::MAX);
                    if let Some(mood) = &mut self.mood {
                        mood.speech_started(ago);
                    }
                    self.findings.push_back(Finding::SpeechStarted);
                }
                TurnNews::Segment(segment) => {
                    let pending = self.begin(segment);
                    self.open_turn().segments.push(pending);
                    self.findings.push_back(Finding::SpeechStopped);
                }
                TurnNews::SpeechResumed { segment, .. } => {
                    let turn = self.open_turn();
                    turn.segments.retain(|pending| pending.segment.id != segment);
                    let announced = turn.announced;
                    self.findings.push_back(Finding::Void);
                    if announced {
                        self.findings.push_back(Finding::SpeechStarted);
                    }
                }
                TurnNews::SegmentKept { .. } => {
                    self.findings.extend([Finding::Void, Finding::SpeechStarted]);
                }
                TurnNews::TurnEnded { span, .. } => {
                    self.open_turn().ended = Some((span, now));
                    self.mood.iter_mut().for_each(Mood::turn_ended);
                }
                TurnNews::NoiseEnded { span, .. } => {
                    self.noise(span);
                    self.mood.iter_mut().for_each(Mood::turn_ended);
                }
            }
        }
        // The engine weighs the words of a turn together with its voice.
        let settled = self.mood.as_ref().is_none_or(Mood::is_settled);
        while settled && self.turns.front().is_some_and(Turn::is_known) {
            if let Some(turn) = self.turns.pop_front() {
                let finding = self.conclude(&turn);
                self.findings.push_back(finding);
            }
        }
    }

    /// The turn that has not ended, begun if there is none.
    fn open_turn(&mut self) -> &mut Turn {
        if self.turns.back().is_none_or(|turn| turn.ended.is_some()) {
            self.turns.push_back(Turn::default());
        }
        let last = self.turns.len() - 1;
        &mut self.turns[last]
    }

    fn noise(&mut self, span: Span) {
        if self.turns.back().is_some_and(|turn| turn.ended.is_none() && turn.announced) {
            self.turns.pop_back();
            let span = self.on_call(span);
            self.findings.push_back(Finding::Unclear { span, likely_speech: false });
        }
    }

    fn begin(&self, segment: Segment) -> Pending {
        let words = Some(self.transcribe(&segment, Priority::Speculative));
        let finality = Some(self.judge(&segment));
        Pending { segment, words, finality, transcription: None, transcribed: CallTime::ZERO, retried: false }
    }

    fn transcribe(
        &self,
        segment: &Segment,
        priority: Priority,
    ) -> Later<Result<Transcription, TranscribeError>> {
        let transcriber = Arc::clone(&self.shared.parts.transcriber);
        let job =
            Job { samples: Arc::clone(&segment.samples), vocabulary: self.vocabulary.clone(), priority };
        let (expecting, region) = (self.expecting, self.region.clone());
        Box::pin(async move {
            let broken = |text: &str| is_broken_number(text, &region);
            hear(transcriber.as_ref(), job, expecting, broken).await
        })
    }

    fn judge(&self, segment: &Segment) -> Later<Option<f32>> {
        let shared = Arc::clone(&self.shared);
        let samples = Arc::clone(&segment.samples);
        Box::pin(async move {
            let _permit = shared.judges.acquire().await.ok()?;
            let smart_turn = Arc::clone(&shared.parts.smart_turn);
            tokio::task::spawn_blocking(move || smart_turn.probability(&samples)).await.ok()
        })
    }

    fn transcribed(&mut self, id: SegmentId, words: Result<Transcription, TranscribeError>) {
        let Some((turn, at)) = self.turns.iter().enumerate().find_map(|(turn, candidate)| {
            candidate.segments.iter().position(|pending| pending.segment.id == id).map(|at| (turn, at))
        }) else {
            return;
        };
        match words {
            Ok(transcription) => {
                self.turns[turn].segments[at].transcription = Some(transcription);
                let utterance = self.utterance(&self.turns[turn]);
                let text = utterance.text.expose();
                let has_words = !text.is_empty();
                self.detector.words(id, completeness(text, self.expecting), has_words);
                if has_words && self.turns[turn].ended.is_none() {
                    self.findings.push_back(Finding::Provisional(utterance));
                }
            }
            Err(error) => {
                warn!(%error, "a segment was not transcribed");
                metrics::counter!("calmline_transcriptions_failed_total").increment(1);
                self.detector.words(id, Completeness::Open, true);
                if !self.turns[turn].segments[at].retried {
                    let again = self.transcribe(&self.turns[turn].segments[at].segment, Priority::Final);
                    let pending = &mut self.turns[turn].segments[at];
                    pending.retried = true;
                    pending.words = Some(again);
                }
            }
        }
    }

    fn conclude(&self, turn: &Turn) -> Finding {
        let utterance = self.utterance(turn);
        let (span, turn_ended) = turn.ended.unwrap_or_default();
        if utterance.text.expose().is_empty() {
            let long = span.end.since(span.start) >= LIKELY_SPEECH;
            let voiced = turn.segments.iter().all(|pending| {
                pending.transcription.as_ref().is_none_or(|words| words.no_speech < LIKELY_NO_SPEECH)
            });
            return Finding::Unclear { span: self.on_call(span), likely_speech: long && voiced };
        }
        let transcribed = turn.segments.iter().map(|pending| pending.transcribed).max().unwrap_or(turn_ended);
        let times = TurnTimes { speech_ended: utterance.span.end, turn_ended, transcribed };
        Finding::Heard(utterance, times)
    }

    /// The words of a turn so far, with its span on the call's clock.
    fn utterance(&self, turn: &Turn) -> Utterance {
        let known: Vec<&Transcription> =
            turn.segments.iter().filter_map(|pending| pending.transcription.as_ref()).collect();
        let text =
            known.iter().map(|words| words.text.trim()).filter(|text| !text.is_empty()).collect::<Vec<_>>();
        let confidence = known.iter().map(|words| words.confidence).sum::<f32>() / known.len().max(1) as f32;
        let start = turn.segments.first().map(|pending| pending.segment.span.start).unwrap_or_default();
        let end = turn.segments.last().map(|pending| pending.segment.span.end).unwrap_or_default();
        let span = turn.ended.map_or(Span { start, end }, |(span, _)| span);
        Utterance { text: Pii::new(text.join(" ")), span: self.on_call(span), confidence }
    }

    fn on_call(&self, span: Span) -> Span {
        let origin = self.origin.unwrap_or_default();
        let shift = |at: CallTime| origin + at.since(CallTime::ZERO);
        Span { start: shift(span.start), end: shift(span.end) }
    }
}

impl Turn {
    /// Whether it has ended and none of its words are outstanding.
    fn is_known(&self) -> bool {
        self.ended.is_some() && self.segments.iter().all(|pending| pending.words.is_none())
    }
}

/// Whether the words hold most of a telephone number but no whole one; a group or two on their own are still being
/// dictated.
fn is_broken_number(text: &str, region: &str) -> bool {
    match phone::read(text, region) {
        phone::Reading::Partial(digits) => digits.len() >= MOST_OF_A_NUMBER,
        phone::Reading::Full(_) | phone::Reading::Nothing => false,
    }
}
