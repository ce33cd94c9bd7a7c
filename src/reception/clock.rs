use tokio::time::Instant;

use crate::domain::CallTime;

/// The call's clock: runs on from where the call was when this process took it up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    base: CallTime,
    since: Instant,
}

impl Clock {
    /// Starts at `base`, now.
    pub fn from(base: CallTime) -> Self {
        Self { base, since: Instant::now() }
    }

    /// The call's time at this moment.
    pub fn now(self) -> CallTime {
        self.base + self.since.elapsed()
    }

    /// The moment of a call's time.
    pub fn instant(self, at: CallTime) -> Instant {
        self.since + at.since(self.base)
    }
}
