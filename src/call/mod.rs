//! The call engine: one per call, a pure machine from what happened to what to do next.
//!
//! Invariant: its state is a function of the facts it has recorded, so a crashed call is rebuilt by replaying
//! them. It deliberately never sees audio, a clock, a socket or a language model.

mod action;
mod event;

pub use action::{Action, Timer};
pub use event::{Event, Playback};
