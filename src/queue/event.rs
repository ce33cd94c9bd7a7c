use crate::domain::{AgentKey, BusinessId, CallId, HandoffId, HandoffRequest, OfferId};

/// Something that happened to a handoff or an agent. Any of them may come twice, late, out of order, or for something
/// long over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The server is up again: what was under way when it went down is settled or taken up. Comes once, after
    /// [`super::Queue::replay`] and when the calls that go on are there to be told.
    Restarted,
    /// A call needs a person.
    Requested(HandoffRequest),
    /// The notes are where the agent can read them.
    Delivered {
        /// Of which offer.
        offer: OfferId,
    },
    /// The notes could not be delivered, or the carrier refused to dial.
    DialFailed {
        /// Of which offer.
        offer: OfferId,
    },
    /// The carrier named the leg: in its answer to the order, or in the first callback where that answer was lost.
    LegKnown {
        /// Of which offer.
        offer: OfferId,
        /// The carrier's id of the leg.
        leg: String,
    },
    /// The agent's telephone rings.
    Ringing {
        /// Of which offer.
        offer: OfferId,
    },
    /// Somebody or something answered, and the recap is being told.
    Answered {
        /// Of which offer.
        offer: OfferId,
    },
    /// What answered is a machine. A key that was pressed before proves a person nevertheless.
    MachineDetected {
        /// Of which offer.
        offer: OfferId,
    },
    /// The recap was played to its end.
    Briefed {
        /// Of which offer.
        offer: OfferId,
    },
    /// The agent takes the call.
    Accepted {
        /// Of which offer.
        offer: OfferId,
    },
    /// The agent does not take the call; where they said so on the telephone, their leg ends by itself.
    Declined {
        /// Of which offer.
        offer: OfferId,
    },
    /// The agent was asked for a key often enough and pressed none; the leg ends by itself.
    NoKey {
        /// Of which offer.
        offer: OfferId,
    },
    /// The agent's leg is over.
    LegEnded {
        /// Of which offer.
        offer: OfferId,
        /// How, as the carrier says.
        how: LegEnd,
    },
    /// The caller was told who takes the call, and may be put through.
    CallerReady {
        /// In which handoff.
        handoff: HandoffId,
    },
    /// Caller and agent are both in the conference.
    Joined {
        /// Of which offer.
        offer: OfferId,
    },
    /// Caller and agent are not in the conference any more.
    TalkEnded {
        /// Of which handoff.
        handoff: HandoffId,
    },
    /// The caller hung up, or the call ended otherwise.
    CallerLeft {
        /// Which call.
        call: CallId,
    },
    /// The caller wants to go on without a person.
    CallerStopped {
        /// Which handoff.
        handoff: HandoffId,
    },
    /// An agent takes no calls any more.
    SignedOff {
        /// Of which business.
        business: BusinessId,
        /// Who.
        agent: AgentKey,
    },
    /// An agent takes calls again, in their hours.
    SignedOn {
        /// Of which business.
        business: BusinessId,
        /// Who.
        agent: AgentKey,
    },
}

/// How an agent's leg ended, as the carrier says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegEnd {
    /// It was answered once, and somebody hung up.
    Completed,
    /// The line was busy.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// It could not be connected.
    Failed,
    /// It was called off before anybody answered.
    Canceled,
}
