//! Carriers: each a folder that speaks its protocol and nothing else.
//!
//! Invariant: nothing unverified gets past a carrier's door. It deliberately decides nothing about a call.

pub mod local;
pub mod twilio;
