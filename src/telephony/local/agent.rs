use std::time::Duration;

use super::switchboard::{Switchboard, lock};
use crate::domain::{Digit, PhoneNumber, Pii};
use crate::telephony::twilio::CallStatus;

/// A voice box takes so much and hangs up.
const LONGEST_MESSAGE: Duration = Duration::from_secs(120);

/// How somebody behaves whose telephone the server rings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    pub(super) pickup: Pickup,
    pub(super) machine: bool,
    pub(super) inputs: Vec<(Duration, Input)>,
    pub(super) twice: bool,
    pub(super) leaves: Option<Leaves>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pickup {
    After(Duration),
    Busy,
    Fails,
    Never,
}

/// Something that a listening carrier takes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    Key(Digit),
    Words(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaves {
    AfterAnswer(Duration),
    AfterJoin(Duration),
}

impl Agent {
    /// A person who answers after so long a ring, listens, presses nothing and stays until they are hung up on.
    pub const fn answering(after: Duration) -> Self {
        Self { pickup: Pickup::After(after), machine: false, inputs: Vec::new(), twice: false, leaves: None }
    }

    /// A machine that answers after so long a ring, and presses nothing.
    pub fn machine(after: Duration) -> Self {
        Self { machine: true, ..Self::answering(after) }.hanging_up(LONGEST_MESSAGE)
    }

    /// A line that is busy.
    pub fn busy() -> Self {
        Self { pickup: Pickup::Busy, ..Self::answering(Duration::ZERO) }
    }

    /// A number that cannot be connected.
    pub fn unreachable() -> Self {
        Self { pickup: Pickup::Fails, ..Self::answering(Duration::ZERO) }
    }

    /// A telephone that nobody answers.
    pub fn absent() -> Self {
        Self { pickup: Pickup::Never, ..Self::answering(Duration::ZERO) }
    }

    /// Presses a key so long after having answered, or after the key before; one that falls due while no key is listened
    /// for is pressed as soon as one is.
    #[must_use]
    pub fn pressing(mut self, key: Digit, after: Duration) -> Self {
        self.inputs.push((after, Input::Key(key)));
        self
    }

    /// Says something so long after having answered, or after the key or words before, as soon as words are listened
    /// for.
    #[must_use]
    pub fn saying(mut self, words: &str, after: Duration) -> Self {
        self.inputs.push((after, Input::Words(words.to_owned())));
        self
    }

    /// Every key arrives at the server twice, and so does how the ringing of a number ended.
    #[must_use]
    pub const fn pressing_twice(mut self) -> Self {
        self.twice = true;
        self
    }

    /// Hangs up so long after having answered, whatever goes on.
    #[must_use]
    pub const fn hanging_up(mut self, after: Duration) -> Self {
        self.leaves = Some(Leaves::AfterAnswer(after));
        self
    }

    /// Hangs up so long after having been joined with the caller.
    #[must_use]
    pub const fn leaving(mut self, after_join: Duration) -> Self {
        self.leaves = Some(Leaves::AfterJoin(after_join));
        self
    }
}

/// A leg that the server had dialled, or a number that was rung from one, and what went on at its far end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentLeg {
    /// The carrier's id of it.
    pub call_sid: String,
    /// Who was dialled.
    pub to: PhoneNumber,
    /// The line they saw calling.
    pub from: PhoneNumber,
    /// What happened, by the carrier's own clock.
    pub entries: Vec<(Duration, LegEvent)>,
}

/// What can happen at the far end of a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegEvent {
    /// The order was taken.
    Dialled,
    /// It rings.
    Ringing,
    /// Somebody or something answered.
    Answered,
    /// The carrier's voice begins to say something.
    Began {
        /// What.
        text: Pii<String>,
    },
    /// What was being said was heard to its end.
    Heard,
    /// A key was pressed.
    Pressed {
        /// Which.
        key: Digit,
    },
    /// Something was said.
    Said {
        /// What.
        words: Pii<String>,
    },
    /// The conference was entered.
    Entered {
        /// Its name.
        conference: String,
    },
    /// The other side can be heard.
    Together {
        /// The other side's label.
        label: String,
    },
    /// The other side is gone.
    Alone,
    /// Something was said to all in the conference.
    Announced {
        /// What.
        text: Pii<String>,
    },
    /// The conference is left.
    Left,
    /// The leg is over.
    Ended {
        /// How.
        status: CallStatus,
    },
}

impl AgentLeg {
    /// When something first happened, by the carrier's own clock.
    pub fn time(&self, wanted: impl Fn(&LegEvent) -> bool) -> Option<Duration> {
        self.entries.iter().find(|(_, event)| wanted(event)).map(|(at, _)| *at)
    }

    /// How it ended, once it has.
    pub fn status(&self) -> Option<CallStatus> {
        self.entries.iter().find_map(|(_, event)| match event {
            LegEvent::Ended { status } => Some(*status),
            LegEvent::Dialled
            | LegEvent::Ringing
            | LegEvent::Answered
            | LegEvent::Began { .. }
            | LegEvent::Heard
            | LegEvent::Pressed { .. }
            | LegEvent::Said { .. }
            | LegEvent::Entered { .. }
            | LegEvent::Together { .. }
            | LegEvent::Alone
            | LegEvent::Announced { .. }
            | LegEvent::Left => None,
        })
    }
}

impl Switchboard {
    /// Writes down what happened on a leg.
    pub(super) fn note(&self, call_sid: &str, event: LegEvent) {
        let now = self.now();
        if let Some(leg) = lock(&self.legs).iter_mut().rev().find(|leg| leg.call_sid == call_sid) {
            leg.entries.push((now, event));
        }
    }
}
