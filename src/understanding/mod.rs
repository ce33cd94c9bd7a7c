//! Words to typed facts: names, numbers, yes and no, wishes for a person, and whether a sentence is finished.
//!
//! Invariant: every finding is in the words it was given. It deliberately knows nothing of the conversation around
//! them except what was asked.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod account;
mod address;
mod answer;
mod backchannel;
mod code;
mod complete;
mod correction;
mod digits;
mod email;
mod lexicon;
mod mention;
mod moment;
mod money;
mod name;
mod number;
pub mod phone;
mod resolution;
mod signal;
mod spelling;
mod stem;
mod story;
mod tokens;
mod topic;
mod wish;
pub(crate) mod words;

pub use address::{address, short_answer};
pub use answer::{Answer, answer};
pub use backchannel::is_backchannel;
pub use code::{code, code_after, codes};
pub use complete::completeness;
pub use email::emails;
pub use mention::mentions;
pub use moment::{Moment, MomentKind, TimeOfDay, moments};
pub use money::{Currency, Money, money};
pub use name::{name, respell};
pub use resolution::{Resolution, resolution};
pub use signal::{Degree, Signal, SignalKind, signals};
pub use spelling::spelled;
pub(crate) use story::capitalised;
pub use story::story;
pub use topic::{Cues, TopicMatch, Topics, compared, cued, topics};
pub use wish::{Wish, wish};
