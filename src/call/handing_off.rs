//! Bringing in a person: who and why, company while they are sought, and what follows.

use super::Engine;
use crate::domain::{Fact, HandoffId, HandoffNews};

impl Engine {
    /// Takes in what happened to the handing over.
    pub(super) fn handoff_news(&mut self, handoff: HandoffId, news: HandoffNews) {
        self.record(Fact::HandoffHeard { handoff, news });
    }

    /// Somebody who waits for a person has heard nothing for a while.
    pub(super) fn company_due(&mut self) {
        self.wait_for_reply();
    }
}
