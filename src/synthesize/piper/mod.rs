//! Piper: a local voice, run on threads of its own.
//!
//! The threads share all sentences and work on one slice at a time, the most urgent first. So a long sentence, whose
//! audio is always ahead of what is played, does not keep another call waiting for its first word.

mod graph;
mod net;
mod phonemes;
#[cfg(test)]
mod tests;
mod voice;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rten::ThreadPool;

use self::net::{Net, Style, Utterance};
use self::phonemes::Phonemizer;
use self::voice::{PhonemeType, Voice};
use super::line::{Line, levelling_gain};
use super::sink::Sink;
use super::{StartError, SynthesizeError};

/// Sentences that may wait or be in work at once; more are refused.
const MOST_SENTENCES: usize = 64;

/// When the first slice of a sentence is due. Only the order of work depends on it.
const FIRST_SLICE_DUE: Duration = Duration::from_millis(150);

/// How long before the audio runs out the next slice is due: about what it takes to make one while the machine is busy.
const AHEAD: Duration = Duration::from_millis(200);

/// A local voice with its threads. Dropping it ends them.
pub struct Piper {
    queue: Arc<Queue>,
    workers: Vec<JoinHandle<()>>,
    english: bool,
    identity: String,
}

struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: Vec<Job>,
    closed: bool,
}

/// A sentence that waits for its next slice.
struct Job {
    sink: Sink,
    stage: Stage,
    /// When the next slice is needed.
    due: Instant,
}

enum Stage {
    Words(String),
    Speaking { utterance: Utterance, line: Box<Line>, started: Instant },
}

/// What every worker needs of the voice.
struct Shared {
    voice: Voice,
    net: Net,
    style: Style,
    gain: f32,
}

impl Piper {
    /// Loads a voice from its `.onnx` file, with the `.onnx.json` beside it, and starts its threads.
    ///
    /// `speed` is relative to the voice's own. The voice is tried out once: that warms it up, measures its level, and
    /// shows whether it can be made in slices.
    ///
    /// # Errors
    /// When a file cannot be used, or espeak-ng cannot be run.
    pub fn start(network: &Path, speed: f32, workers: usize) -> Result<Self, StartError> {
        let voice = Voice::read(network)?;
        let style = Style {
            noise_scale: voice.inference.noise_scale,
            length_scale: voice.inference.length_scale / speed,
            noise_w: voice.inference.noise_w,
        };
        let mut net = Net::load(network)?;
        let mut desks =
            (0..workers.max(1)).map(|_| Desk::new(&voice)).collect::<Result<Vec<_>, StartError>>()?;
        let gain = try_out(&mut net, &voice, style, &mut desks)
            .map_err(|error| StartError::Voice { path: network.to_owned(), why: error.to_string() })?;
        let identity = format!("{} {}", net.digest(), style.length_scale);
        let english = voice.is_english();
        let shared = Arc::new(Shared { voice, net, style, gain });
        let queue = Arc::new(Queue { state: Mutex::default(), changed: Condvar::new() });
        let workers = desks
            .into_iter()
            .map(|desk| {
                let (shared, queue) = (Arc::clone(&shared), Arc::clone(&queue));
                std::thread::Builder::new()
                    .name("voice".to_owned())
                    .spawn(move || work(&shared, &queue, desk))
                    .map_err(|error| StartError::Threads(error.to_string()))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { queue, workers, english, identity })
    }

    /// Whether its language is English, and so the one that texts are normalised for.
    pub const fn is_english(&self) -> bool {
        self.english
    }

    /// What tells its audio from that of any other voice or setting.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// Puts a sentence into the queue: words only, normalised.
    pub(super) fn say(&self, words: String, sink: Sink) {
        let mut state = self.queue.lock();
        state.jobs.retain(|job| !job.sink.is_cancelled());
        if state.jobs.len() >= MOST_SENTENCES {
            drop(state);
            sink.fail(SynthesizeError::Busy);
            return;
        }
        let due = Instant::now() + FIRST_SLICE_DUE;
        state.jobs.push(Job { sink, stage: Stage::Words(words), due });
        drop(state);
        self.queue.changed.notify_one();
    }
}

impl Drop for Piper {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.changed.notify_all();
        for worker in self.workers.drain(..) {
            // A worker catches its panics; one that died all the same has nothing left to hand over.
            let _ = worker.join();
        }
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the most urgent job; none once the voice is shutting down.
    fn take(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            state.jobs.retain(|job| !job.sink.is_cancelled());
            let urgent = state.jobs.iter().enumerate().min_by_key(|(_, job)| job.due).map(|(at, _)| at);
            match urgent {
                Some(at) => return Some(state.jobs.swap_remove(at)),
                None => state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn put_back(&self, job: Job) {
        self.lock().jobs.push(job);
        self.changed.notify_one();
    }
}

/// A worker's own tools.
struct Desk {
    phonemizer: Option<Phonemizer>,
    pool: Arc<ThreadPool>,
}

impl Desk {
    fn new(voice: &Voice) -> Result<Self, StartError> {
        let phonemizer = match voice.phoneme_type {
            PhonemeType::Espeak => {
                let name = voice.espeak.as_ref().map_or("en-us", |espeak| &espeak.voice);
                Some(Phonemizer::start(name)?)
            }
            PhonemeType::Text => None,
        };
        Ok(Self { phonemizer, pool: Arc::new(ThreadPool::with_num_threads(1)) })
    }

    fn ids(&mut self, voice: &Voice, words: &str) -> Result<Vec<i32>, SynthesizeError> {
        match &mut self.phonemizer {
            Some(phonemizer) => Ok(voice.ids(&phonemizer.phonemes(words)?)),
            None => Ok(voice.ids(words)),
        }
    }
}

/// Speaks a few numbers, which every language has, and returns the gain that brings the voice to the line's level.
fn try_out(net: &mut Net, voice: &Voice, style: Style, desks: &mut [Desk]) -> Result<f32, SynthesizeError> {
    let Some(desk) = desks.first_mut() else { return Ok(1.0) };
    let ids = desk.ids(voice, "1 2 3 4 5 6 7.")?;
    let (audio, is_cut) = net.try_out(&ids, style, &desk.pool)?;
    if !is_cut {
        tracing::warn!(
            "this voice cannot be made in slices: the first word of a sentence waits for its last"
        );
    }
    Ok(levelling_gain(&audio, voice.audio.sample_rate))
}

fn work(shared: &Shared, queue: &Queue, mut desk: Desk) {
    while let Some(job) = queue.take() {
        let Job { mut sink, stage, .. } = job;
        let step = catch_unwind(AssertUnwindSafe(|| step(shared, &mut desk, stage, &mut sink)));
        match step {
            Ok(Ok(Some((stage, due)))) => queue.put_back(Job { sink, stage, due }),
            Ok(Ok(None)) => sink.finish(),
            Ok(Err(error)) => sink.fail(error),
            Err(_) => sink.fail(SynthesizeError::Failed("the voice panicked".to_owned())),
        }
    }
}

/// Makes one slice; none is left once the sentence is complete.
fn step(
    shared: &Shared,
    desk: &mut Desk,
    stage: Stage,
    sink: &mut Sink,
) -> Result<Option<(Stage, Instant)>, SynthesizeError> {
    let (mut utterance, mut line, started) = match stage {
        Stage::Words(words) => {
            let ids = desk.ids(&shared.voice, &words)?;
            let line = Box::new(Line::new(shared.voice.audio.sample_rate, shared.gain));
            (Utterance::new(ids, shared.style), line, None)
        }
        Stage::Speaking { utterance, line, started } => (utterance, line, Some(started)),
    };
    let audio = shared.net.step(&mut utterance, &desk.pool)?;
    sink.send(line.push(&audio));
    if utterance.is_done() {
        sink.send(line.finish());
        return Ok(None);
    }
    let started = started.unwrap_or_else(Instant::now);
    let due = started + sink.duration().saturating_sub(AHEAD);
    Ok(Some((Stage::Speaking { utterance, line, started }, due)))
}
