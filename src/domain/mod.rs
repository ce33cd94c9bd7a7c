//! The nouns of a call: plain data and identifiers, shared by every room.
//!
//! Invariant: nothing here does anything that could fail at run time, read a clock, or touch
//! the outside. It deliberately holds no behaviour of a conversation.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod business;
mod fact;
mod hours;
mod ids;
mod phone;
mod pii;
mod promise;
mod speech;
mod time;

pub use business::{Business, CallbackPromise, FieldKind, IntakeField};
pub use fact::{Fact, HangupCause, Phase, Question, Slot, TurnTiming};
pub use hours::{Hours, OpeningSpan};
pub use ids::{BusinessId, CallId, PromiseId, SpeechId, TurnId};
pub use phone::{PhoneNumber, PhoneNumberError};
pub use pii::Pii;
pub use promise::{Promise, PromiseState, Urgency};
pub use speech::{Completeness, Digit, Expecting, Span, Speaker, Utterance};
pub use time::CallTime;
