//! Integration tests.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod api;
#[path = "../support/mod.rs"]
mod support;

mod calls;
mod carrier;
mod config;
mod invariants;
mod store;
mod transcribe;
mod voice;
mod whole_calls;
