use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};
use tracing::debug;

use super::breaker::{Attempt, Breaker};
use super::exchange::{Endpoint, name};
use super::{Asking, LanguageModel, ModelError, Settings, StartError};
use crate::domain::{ModelQuestion, ModelReply};

/// A question called off with less than this part of its time left was late: whoever asked only looked at the clock
/// first.
const LAST_MOMENT: u32 = 10;

/// A language model behind HTTP. Clones share its connections.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    endpoint: Endpoint,
    places: Semaphore,
    /// Places for questions that nobody waits for: the last one is kept free for a caller who does.
    background_places: Semaphore,
    /// One for each, for an endpoint may be too slow for a waiting caller and quick enough for the rest.
    wording: Arc<Breaker>,
    background: Arc<Breaker>,
}

impl Client {
    /// Prepares the client; nothing is asked of the endpoint yet.
    ///
    /// # Errors
    /// When a prompt is broken, or there is no TLS provider.
    pub fn start(settings: Settings) -> Result<Self, StartError> {
        let places = settings.max_concurrent;
        let shared = Shared {
            endpoint: Endpoint::new(settings)?,
            places: Semaphore::new(places),
            background_places: Semaphore::new(places.saturating_sub(1).max(1)),
            wording: Arc::new(Breaker::new("wording")),
            background: Arc::new(Breaker::new("findings and summaries")),
        };
        Ok(Self { shared: Arc::new(shared) })
    }
}

impl LanguageModel for Client {
    fn ask(&self, question: ModelQuestion, deadline: Duration) -> Asking {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move { shared.ask(&question, deadline).await })
    }
}

impl Shared {
    async fn ask(&self, question: &ModelQuestion, deadline: Duration) -> Result<ModelReply, ModelError> {
        let by = Instant::now() + deadline;
        let question_name = name(question);
        let mut watch =
            Watch { question: question_name, by, deadline, since: None, attempt: None, settled: false };
        let outcome = self.try_asking(question, &mut watch).await;
        watch.settle(&outcome);
        outcome
    }

    async fn try_asking(
        &self,
        question: &ModelQuestion,
        watch: &mut Watch,
    ) -> Result<ModelReply, ModelError> {
        let _places = timeout_at(watch.by, self.place(question)).await.map_err(|_| ModelError::Busy)?;
        watch.attempt = Some(self.breaker(question).attempt().ok_or(ModelError::Resting)?);
        watch.since = Some(Instant::now());
        timeout_at(watch.by, self.endpoint.ask(question)).await.map_err(|_| ModelError::Late)?
    }

    /// Waits for its turn.
    async fn place(
        &self,
        question: &ModelQuestion,
    ) -> (Option<SemaphorePermit<'_>>, Option<SemaphorePermit<'_>>) {
        // The semaphores are never closed.
        match question {
            ModelQuestion::Wording { .. } => (None, self.places.acquire().await.ok()),
            ModelQuestion::Findings { .. } | ModelQuestion::Summary { .. } => {
                let background = self.background_places.acquire().await.ok();
                (background, self.places.acquire().await.ok())
            }
        }
    }

    const fn breaker(&self, question: &ModelQuestion) -> &Arc<Breaker> {
        match question {
            ModelQuestion::Wording { .. } => &self.wording,
            ModelQuestion::Findings { .. } | ModelQuestion::Summary { .. } => &self.background,
        }
    }
}

/// Sees to it that a question is counted, however it ends.
struct Watch {
    question: &'static str,
    by: Instant,
    deadline: Duration,
    /// When it was sent.
    since: Option<Instant>,
    attempt: Option<Attempt>,
    settled: bool,
}

impl Watch {
    fn settle(mut self, outcome: &Result<ModelReply, ModelError>) {
        self.settled = true;
        match (outcome, self.attempt.take()) {
            (Ok(_), Some(attempt)) => attempt.succeeded(),
            (Err(error), Some(attempt)) => attempt.failed(error),
            (Ok(_) | Err(_), None) => {}
        }
        self.count(outcome.as_ref().map_or_else(ModelError::name, |_| "answered"));
    }

    fn count(&mut self, outcome: &'static str) {
        let question = self.question;
        let took_ms = self.since.map(|since| since.elapsed().as_millis());
        debug!(question, outcome, took_ms, "asked the language model");
        metrics::counter!("calmline_model_requests_total", "question" => question, "outcome" => outcome)
            .increment(1);
        if let Some(since) = self.since.take() {
            let seconds = since.elapsed().as_secs_f64();
            metrics::histogram!("calmline_model_seconds", "question" => question).record(seconds);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        let is_late = Instant::now() + self.deadline / LAST_MOMENT >= self.by;
        match self.attempt.take() {
            Some(attempt) if is_late => {
                attempt.failed(&ModelError::Late);
                self.count("late");
            }
            Some(_) | None => self.count("cancelled"),
        }
    }
}
