//! Time that passes faster than it does, for tests with real sockets.

use std::time::Duration;

use tokio::task::{JoinHandle, spawn_blocking};

/// What the sockets get of real time for each step.
const BREATH: Duration = Duration::from_micros(250);
/// How far the clock goes in each step.
const STEP: Duration = Duration::from_millis(10);

/// Lets the paused clock run some twenty times faster than real time, until dropped.
///
/// By itself a paused clock leaps to the next deadline whenever everybody waits, for a socket too: an answer that is on
/// its way would count as late. While a blocking task runs it stands still, so it is moved on in small steps, and
/// what arrives in between is taken.
pub struct Hurry(JoinHandle<()>);

impl Hurry {
    /// Begins; the test's clock must be paused.
    pub fn up() -> Self {
        Self(tokio::spawn(async {
            while spawn_blocking(|| std::thread::park_timeout(BREATH)).await.is_ok() {
                tokio::time::advance(STEP).await;
            }
        }))
    }
}

impl Drop for Hurry {
    fn drop(&mut self) {
        self.0.abort();
    }
}
