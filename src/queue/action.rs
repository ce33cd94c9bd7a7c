use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{AgentKey, CallId, HandoffFact, HandoffId, HandoffNews, Missed, OfferId};

/// Something the driver must do, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Write this down. What was recorded before an order to dial must be on disk before the order goes out.
    Record {
        /// Of which handoff.
        handoff: HandoffId,
        /// When it happened.
        at: Timestamp,
        /// What.
        fact: HandoffFact,
    },
    /// Bring the notes to the agent; answered by [`super::Event::Delivered`] or [`super::Event::DialFailed`]. After a
    /// restart the same notes may be asked for again.
    Brief {
        /// For which offer.
        offer: OfferId,
        /// To whom.
        agent: AgentKey,
    },
    /// Ring the agent on the number of their profile; comes once for an offer.
    Dial {
        /// For which offer.
        offer: OfferId,
        /// Whom.
        agent: AgentKey,
        /// How long to let it ring, in whole seconds.
        ring_for: Duration,
    },
    /// The offer is over: hang up its leg if there is one, telling the agent why if somebody listens, and close the
    /// notes. Comes again for a leg that turns up or moves on afterwards.
    Withdraw {
        /// Which offer.
        offer: OfferId,
        /// The carrier's id of the leg, where it is known.
        leg: Option<String>,
        /// Why.
        why: Missed,
    },
    /// Tell the call. The same news may come twice.
    Tell {
        /// Which call.
        call: CallId,
        /// Of which of its handoffs.
        handoff: HandoffId,
        /// What.
        news: HandoffNews,
    },
    /// Move the caller's leg to the agent's; answered by [`super::Event::Joined`].
    Connect {
        /// The offer that was accepted.
        offer: OfferId,
        /// Whose caller.
        call: CallId,
    },
}
