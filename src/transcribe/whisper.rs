//! Whisper's threads: one context, a state per thread, one queue.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;
use whisper_rs::{FullParams, WhisperContext, WhisperContextParameters, WhisperState};

use super::backlog::{Backlog, Entry};
use super::gate::{audible, judge, silence};
use super::infer::{Abort, RATE, infer, parameters};
use super::{Job, Priority, TranscribeError, Transcriber, Transcription};

/// More states over one context than this have crashed whisper.cpp.
const MOST_WORKERS: usize = 8;

/// How whisper is run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The model, a ggml file.
    pub model: PathBuf,
    /// How many segments are transcribed at once; from 1 to 8, anything beyond is cut to that.
    pub workers: usize,
    /// Threads of each of them; one is the most economical.
    pub threads_per_worker: usize,
    /// How many segments may wait before newcomers are refused.
    pub queue: usize,
}

/// Whisper, running on threads of its own; dropping it stops them.
pub struct Whisper {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

impl Whisper {
    /// Loads the model, starts the threads and lets each transcribe a second of humming, so that the first caller
    /// does not wait for memory to be touched. Blocks for as long as that takes: about a second.
    ///
    /// # Errors
    /// [`TranscribeError::Model`] when the file cannot be loaded, [`TranscribeError::Failed`] when a thread or its
    /// memory cannot be had.
    pub fn start(settings: Settings) -> Result<Self, TranscribeError> {
        // Without a logging feature of whisper-rs the hooks swallow whisper.cpp's log, which would else go to standard
        // error and, when built for debugging, quote every word.
        whisper_rs::install_logging_hooks();
        let unusable = |why: String| TranscribeError::Model { path: settings.model.clone(), why };
        std::fs::File::open(&settings.model).map_err(|error| unusable(error.to_string()))?;
        let context = WhisperContext::new_with_params(&settings.model, WhisperContextParameters::default())
            .map_err(|error| unusable(error.to_string()))?;
        tracing::info!(features = whisper_rs::print_system_info().trim(), "whisper is loaded");

        let context = Arc::new(context);
        let shared = Arc::new(Shared::new(settings.queue));
        let mut whisper = Self { shared, workers: Vec::new() };
        let (ready, readiness) = mpsc::channel();
        for number in 0..settings.workers.clamp(1, MOST_WORKERS) {
            let (context, shared, ready) = (Arc::clone(&context), Arc::clone(&whisper.shared), ready.clone());
            let threads = settings.threads_per_worker;
            let worker = thread::Builder::new()
                .name(format!("whisper-{number}"))
                .spawn(move || match Worker::new(context, threads) {
                    Ok(worker) => {
                        // Nobody listens any more when another worker has failed to start.
                        let _ = ready.send(Ok(()));
                        drop(ready);
                        worker.serve(&shared);
                    }
                    Err(error) => {
                        let _ = ready.send(Err(error));
                    }
                })
                .map_err(|error| TranscribeError::Failed(error.to_string()))?;
            whisper.workers.push(worker);
        }
        drop(ready);
        for started in readiness {
            started?;
        }
        Ok(whisper)
    }
}

impl Transcriber for Whisper {
    /// Queues the segment at once, whether or not the future is polled.
    fn transcribe(
        &self,
        job: Job,
    ) -> Pin<Box<dyn Future<Output = Result<Transcription, TranscribeError>> + Send>> {
        let (reply, answer) = oneshot::channel();
        let cancel = Cancel(Arc::new(AtomicBool::new(false)));
        self.shared.push(Ticket { job, cancelled: Arc::clone(&cancel.0), reply });
        Box::pin(async move {
            let _cancel = cancel;
            answer.await.unwrap_or(Err(TranscribeError::Closed))
        })
    }
}

impl Drop for Whisper {
    fn drop(&mut self) {
        self.shared.close();
        for worker in self.workers.drain(..) {
            // A worker catches its panics, so there is nothing to learn from the result.
            let _ = worker.join();
        }
    }
}

/// Tells the worker, when dropped, that nobody waits for the words any more.
struct Cancel(Arc<AtomicBool>);

impl Drop for Cancel {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A job and where its answer goes.
struct Ticket {
    job: Job,
    cancelled: Arc<AtomicBool>,
    reply: oneshot::Sender<Result<Transcription, TranscribeError>>,
}

impl Ticket {
    fn answer(self, answer: Result<Transcription, TranscribeError>) {
        // The caller may have gone meanwhile.
        let _ = self.reply.send(answer);
    }
}

impl Entry for Ticket {
    fn priority(&self) -> Priority {
        self.job.priority
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// What the threads and the callers share.
struct Shared {
    queue: Mutex<Queue>,
    arrival: Condvar,
}

struct Queue {
    backlog: Backlog<Ticket>,
    /// The jobs being worked on, to be cancelled when the room closes.
    running: Vec<Arc<AtomicBool>>,
    closed: bool,
}

impl Shared {
    fn new(room: usize) -> Self {
        let queue = Queue { backlog: Backlog::new(room), running: Vec::new(), closed: false };
        Self { queue: Mutex::new(queue), arrival: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, ticket: Ticket) {
        let refused = self.lock().backlog.push(ticket);
        self.arrival.notify_one();
        if let Some(refused) = refused {
            refused.answer(Err(TranscribeError::Busy));
        }
    }

    /// Waits for the next ticket; none once the room is closed.
    fn next(&self) -> Option<Ticket> {
        let mut queue = self.lock();
        loop {
            if queue.closed {
                return None;
            }
            if let Some(ticket) = queue.backlog.pop() {
                queue.running.push(Arc::clone(&ticket.cancelled));
                return Some(ticket);
            }
            queue = self.arrival.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn done(&self, cancelled: &Arc<AtomicBool>) {
        self.lock().running.retain(|running| !Arc::ptr_eq(running, cancelled));
    }

    fn close(&self) {
        let mut queue = self.lock();
        queue.closed = true;
        for running in &queue.running {
            running.store(true, Ordering::Relaxed);
        }
        // Dropping the tickets tells their callers that the room is closed.
        queue.backlog.drain().for_each(drop);
        drop(queue);
        self.arrival.notify_all();
    }
}

/// One thread's whisper.
struct Worker {
    context: Arc<WhisperContext>,
    /// None after a failure, until a new one could be made.
    state: Option<WhisperState>,
    parameters: FullParams<'static, 'static>,
    abort: Arc<Abort>,
}

impl Worker {
    fn new(context: Arc<WhisperContext>, threads: usize) -> Result<Self, TranscribeError> {
        let abort = Arc::new(Abort::default());
        let mut worker = Self { parameters: parameters(threads, &abort), context, state: None, abort };
        let hum = (0..RATE).map(|n| (n as f32 * 0.04).sin() * 0.1).collect();
        let first = Job { samples: hum, vocabulary: String::new(), priority: Priority::Final };
        worker.transcribe(&first).map(|_| worker)
    }

    fn serve(mut self, shared: &Shared) {
        while let Some(ticket) = shared.next() {
            self.abort.watch(Arc::clone(&ticket.cancelled));
            let result = catch_unwind(AssertUnwindSafe(|| self.transcribe(&ticket.job)))
                .unwrap_or_else(|_| Err(TranscribeError::Failed("a thread panicked".to_owned())));
            // An aborted run leaves a sound state behind, which is dear to make; a failed one may not.
            if result.is_err() && !ticket.cancelled() {
                self.state = None;
            }
            shared.done(&ticket.cancelled);
            // Cancelled by the room's closing, not by the caller: leaving without an answer says so.
            if !ticket.cancelled() {
                ticket.answer(result);
            }
        }
    }

    fn transcribe(&mut self, job: &Job) -> Result<Transcription, TranscribeError> {
        if !audible(&job.samples) {
            return Ok(silence());
        }
        let failed = |error: whisper_rs::WhisperError| TranscribeError::Failed(error.to_string());
        let state = match &mut self.state {
            Some(state) => state,
            none => none.insert(self.context.create_state().map_err(failed)?),
        };
        let hypothesis =
            infer(&self.context, state, &self.parameters, &job.samples, &job.vocabulary).map_err(failed)?;
        Ok(judge(&hypothesis, job.samples.len()))
    }
}
