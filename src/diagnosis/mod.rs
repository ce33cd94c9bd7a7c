//! What is wrong, what would be fair, and what may be said: the four answers, the caller's state, the language guard.
//!
//! Invariant: nothing comes out that is not in the caller's words or in the business's playbook. It deliberately keeps
//! no course of a conversation; that is the call engine's.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod briefing;
pub mod guard;
pub mod note;
pub mod person;
pub mod recap;
pub mod state;
pub mod topic;
