use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID; the driver mints version 7, so that ids sort by age.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

macro_rules! counter_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

uuid_id! {
    /// Identifies a call.
    CallId
}
uuid_id! {
    /// Identifies a promise; derived from its call and its place in it, so that a replay mints the same one.
    PromiseId
}
uuid_id! {
    /// Identifies an attempt to call somebody back.
    CallBackId
}
uuid_id! {
    /// Identifies a handoff; derived from its call and its place in it, so that a replay mints the same one.
    HandoffId
}
uuid_id! {
    /// Identifies a notice: a receiver that gets one twice knows it by this.
    NoticeId
}
counter_id! {
    /// Numbers what the bot says within one call; a stale report of playback is dropped by it.
    SpeechId
}
counter_id! {
    /// Numbers what a language model is asked within one call; a stale reply is dropped by it.
    AskId
}
counter_id! {
    /// Numbers the turns of one call, the caller's and the bot's alike.
    TurnId
}

/// Names a business by the id in its profile, such as `heating`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BusinessId(pub String);

impl fmt::Display for BusinessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
