//! How the caller sounds, scored on threads of its own: a second opinion takes some 10 ms, for which no line may wait.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tracing::warn;

use super::Shared;
use crate::domain::{CallId, Pii};
use crate::stress::tone::{Level, Tone};

/// Frames after which what was heard is scored: half a second.
const BATCH: usize = 25;
/// What was learned of a voice from less calm speech than this, in seconds, is not kept.
const LEAST_USUAL_SECONDS: f32 = 4.0;

/// What was scored, and by whom.
type Scored = (Tone, Vec<Level>);

/// The caller's tone, and what it has not heard yet.
pub(super) struct Mood {
    shared: Arc<Shared>,
    /// Away while it scores; gone if that failed.
    tone: Option<Tone>,
    heard: Vec<Heard>,
    work: Option<Pin<Box<dyn Future<Output = Option<Scored>> + Send>>>,
    /// Turns that have ended and are not scored to their end.
    open_turns: usize,
    /// How many of them are in the work.
    closing: usize,
}

enum Heard {
    Sound(Vec<f32>),
    Started { ago_ms: u64 },
    Ended,
}

impl Mood {
    pub fn new(shared: Arc<Shared>, tone: Tone) -> Self {
        Self { shared, tone: Some(tone), heard: Vec::new(), work: None, open_turns: 0, closing: 0 }
    }

    /// Takes the sound of the line at 8 kHz.
    pub fn hear(&mut self, samples: Vec<f32>) {
        self.take(Heard::Sound(samples));
    }

    /// The caller has the floor, and began to speak so many milliseconds ago.
    pub fn speech_started(&mut self, ago_ms: u64) {
        self.take(Heard::Started { ago_ms });
    }

    pub fn turn_ended(&mut self) {
        self.open_turns += 1;
        self.take(Heard::Ended);
    }

    /// Whether every turn that has ended is scored.
    pub fn is_settled(&self) -> bool {
        self.open_turns == 0
    }

    /// Writes down how the caller usually sounds, for their next call; nothing is scored from then on.
    pub async fn keep(&mut self, call: CallId) {
        if let Some(work) = self.work.take() {
            self.tone = work.await.map(|(tone, _)| tone);
        }
        let Some(tone) = self.tone.take().filter(|tone| tone.baseline().seconds() >= LEAST_USUAL_SECONDS)
        else {
            return;
        };
        let kept = match serde_json::to_string(tone.baseline()) {
            Ok(json) => self.shared.parts.store.keep_voice(call, &Pii::new(json)).await,
            Err(error) => return warn!(%error, "a voice cannot be written down"),
        };
        if let Err(error) = kept {
            warn!(%error, "a voice cannot be kept for the next call");
        }
    }

    /// The levels that have become known; none while the work goes on or there is none.
    pub fn advance(&mut self, context: &mut Context<'_>) -> Option<Vec<Level>> {
        let Poll::Ready(done) = self.work.as_mut()?.as_mut().poll(context) else { return None };
        self.work = None;
        self.open_turns -= std::mem::take(&mut self.closing);
        let Some((tone, levels)) = done else {
            warn!("the caller's voice is scored no longer");
            self.heard.clear();
            self.open_turns = 0;
            return Some(Vec::new());
        };
        self.tone = Some(tone);
        self.begin();
        Some(levels)
    }

    fn take(&mut self, heard: Heard) {
        if self.tone.is_none() && self.work.is_none() {
            self.open_turns = 0;
            return;
        }
        self.heard.push(heard);
        self.begin();
    }

    /// Begins to score, if there is enough to and nothing is being scored.
    fn begin(&mut self) {
        if self.heard.len() < BATCH && self.open_turns == 0 {
            return;
        }
        let Some(mut tone) = self.tone.take() else { return };
        let heard = std::mem::take(&mut self.heard);
        self.closing = self.open_turns;
        let shared = Arc::clone(&self.shared);
        self.work = Some(Box::pin(async move {
            let _permit = shared.judges.acquire().await.ok()?;
            let score = move || {
                let levels = heard.into_iter().filter_map(|heard| match heard {
                    Heard::Sound(samples) => tone.hear(&samples),
                    Heard::Started { ago_ms } => tone.speech_started(ago_ms),
                    Heard::Ended => tone.turn_ended(),
                });
                let levels = levels.collect();
                (tone, levels)
            };
            tokio::task::spawn_blocking(score).await.ok()
        }));
    }
}
