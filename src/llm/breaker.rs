//! A circuit breaker: an endpoint that fails again and again is left alone for a while, so that callers do not wait for it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tracing::{info, warn};

use super::ModelError;

/// Failures in a row after which it is left alone.
pub(super) const FAILURES: u32 = 3;
/// For how long.
pub(super) const REST: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Breaker {
    /// What is asked through it, for the log.
    about: &'static str,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Closed {
        failures: u32,
    },
    Open {
        until: Instant,
    },
    /// One attempt is under way that decides.
    HalfOpen,
}

/// One attempt that the breaker let through. Dropped without a verdict it counts neither way.
#[derive(Debug)]
pub(super) struct Attempt {
    breaker: Arc<Breaker>,
    /// Whether everybody else waits for its outcome.
    decides: bool,
    settled: bool,
}

impl Breaker {
    pub fn new(about: &'static str) -> Self {
        Self { about, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// Lets an attempt through, unless the endpoint is being left alone.
    pub fn attempt(self: &Arc<Self>) -> Option<Attempt> {
        let mut state = self.state();
        let decides = match *state {
            State::Closed { .. } => false,
            State::Open { until } if Instant::now() >= until => {
                *state = State::HalfOpen;
                true
            }
            State::Open { .. } | State::HalfOpen => return None,
        };
        drop(state);
        Some(Attempt { breaker: Arc::clone(self), decides, settled: false })
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt {
    pub fn succeeded(mut self) {
        self.settled = true;
        let before = std::mem::replace(&mut *self.breaker.state(), State::Closed { failures: 0 });
        match before {
            State::Closed { .. } => {}
            State::Open { .. } | State::HalfOpen => {
                info!(about = self.breaker.about, "the language model answers again");
            }
        }
    }

    pub fn failed(mut self, error: &ModelError) {
        self.settled = true;
        let mut state = self.breaker.state();
        let failures = match *state {
            State::Closed { failures } => failures + 1,
            State::HalfOpen if self.decides => FAILURES,
            // What was begun before the breaker opened has no say any more.
            State::Open { .. } | State::HalfOpen => return,
        };
        if failures < FAILURES {
            *state = State::Closed { failures };
            return;
        }
        *state = State::Open { until: Instant::now() + REST };
        drop(state);
        let rest_s = REST.as_secs();
        warn!(about = self.breaker.about, %error, rest_s, "the language model is left alone for a while");
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let mut state = self.breaker.state();
        if self.decides && !self.settled && matches!(*state, State::HalfOpen) {
            // It was called off; the next one decides.
            *state = State::Open { until: Instant::now() };
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn fail(breaker: &Arc<Breaker>) {
        breaker.attempt().unwrap().failed(&ModelError::Late);
    }

    #[tokio::test(start_paused = true)]
    async fn opens_after_failures_in_a_row_and_lets_one_attempt_through_after_its_rest() {
        let breaker = Arc::new(Breaker::new("test"));
        fail(&breaker);
        fail(&breaker);
        breaker.attempt().unwrap().succeeded();
        fail(&breaker);
        fail(&breaker);
        let slow = breaker.attempt().unwrap();
        fail(&breaker);
        assert!(breaker.attempt().is_none());
        slow.failed(&ModelError::Late);
        advance(REST - Duration::from_millis(1)).await;
        assert!(breaker.attempt().is_none());

        advance(Duration::from_millis(1)).await;
        let probe = breaker.attempt().unwrap();
        assert!(breaker.attempt().is_none(), "one decides for all");
        probe.failed(&ModelError::Late);
        assert!(breaker.attempt().is_none());

        advance(REST).await;
        breaker.attempt().unwrap().succeeded();
        assert!(breaker.attempt().is_some() && breaker.attempt().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_called_off_leaves_the_decision_to_the_next() {
        let breaker = Arc::new(Breaker::new("test"));
        (0..FAILURES).for_each(|_| fail(&breaker));
        advance(REST).await;
        drop(breaker.attempt().unwrap());
        let next = breaker.attempt().expect("the next one decides");
        next.failed(&ModelError::Late);
        assert!(breaker.attempt().is_none());
    }
}
