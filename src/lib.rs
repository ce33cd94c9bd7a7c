//! Calmline: a receptionist for the telephone.

pub mod audio;
pub mod call;
pub mod cli;
pub mod config;
pub mod diagnosis;
pub mod domain;
pub mod llm;
pub mod models;
pub mod notify;
pub mod queue;
pub mod reception;
pub mod store;
pub mod stress;
pub mod synthesize;
pub mod telephony;
pub mod transcribe;
pub mod understanding;
pub mod web;
