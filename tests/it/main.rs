//! Integration tests.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![allow(
    clippy::wildcard_enum_match_arm,
    clippy::type_complexity,
    reason = "a test looks for one thing among many"
)]

mod agents;
mod api;
mod architecture;
mod call_backs;
mod calls;
mod carrier;
mod chat;
mod config;
mod conversations;
mod doors;
mod guard;
mod handoffs;
mod handover;
mod injections;
mod invariants;
mod ledger;
mod llm;
mod notify;
mod outbox;
mod playbooks;
mod privacy;
mod queue;
mod resolved;
mod store;
mod stress;
#[path = "../support/mod.rs"]
mod support;
mod timbre;
mod toll_fraud;
mod transcribe;
mod voice;
#[path = "../bench/wer.rs"]
mod wer;
mod whole_calls;
