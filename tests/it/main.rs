//! Integration tests.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod calls;
mod config;
mod store;
mod transcribe;
#[allow(dead_code, reason = "the benchmarks use all of it")]
#[path = "../bench/wer.rs"]
mod wer;
