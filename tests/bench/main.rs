//! The benchmarks, printed as tables: `make bench`, or `cargo bench -- calls`, `handoffs`, `conversations`, `line`,
//! `turns`, `asr`, `noise`, `ear`, `texts`, `signals` or `stress` for one of them.
//!
//! All but `calls`, `handoffs`, `conversations`, `line` and `turns` need recordings and texts that are not part of the
//! project: `CALMLINE_BENCH_DATA` names their folder, with `dev_asr.tsv`, `dev_digits.tsv`, `dev_noise.tsv`,
//! `callers.tsv`, `dev_text_intake.tsv`, `dev_text_dialogue.tsv`, `dev_text_abuse.tsv`, `dev_text_intent.tsv`, and for
//! stress `dev_calm.tsv`, `dev_phone_dialogues.tsv`, `dev_stress.tsv` and `check_stress_english.tsv` in it. With
//! `CALMLINE_BENCH_SHOW` set, `texts`, `conversations` and `line` show what was misread; `line` holds the conversations
//! that `CALMLINE_BENCH_CONVERSATIONS` names, separated by commas or `all`, instead of a sample.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot be set up has failed")]
#![allow(clippy::wildcard_enum_match_arm, reason = "a measurement looks for one thing among many")]

mod asr;
mod calls;
mod conversations;
mod ear;
mod handoffs;
mod line;
mod noise;
mod signals;
mod stress;
#[allow(dead_code, reason = "the integration tests use all of it")]
#[path = "../support/mod.rs"]
mod support;
mod texts;
mod turns;
mod wer;

use std::path::PathBuf;

use calmline::models::Cache;
use tokio::runtime::Runtime;

fn main() -> anyhow::Result<()> {
    let chosen: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|argument| argument == name);
    if wanted("calls") {
        Runtime::new()?.block_on(calls::run());
    }
    if wanted("handoffs") {
        Runtime::new()?.block_on(handoffs::run());
    }
    if wanted("conversations") {
        conversations::run(&Runtime::new()?)?;
    }
    if wanted("line") {
        line::run(&Runtime::new()?)?;
    }
    if wanted("turns") {
        turns::run();
    }
    let data = std::env::var_os("CALMLINE_BENCH_DATA").map(PathBuf::from);
    match data {
        Some(data) => {
            if wanted("asr") {
                asr::run(&data, Cache::from_env()?.root())?;
            }
            if wanted("noise") {
                Runtime::new()?.block_on(noise::run(&data))?;
            }
            if wanted("ear") {
                ear::run(&data);
            }
            if wanted("texts") {
                texts::run(&data)?;
            }
            if wanted("stress") {
                stress::run(&data);
            }
            if wanted("signals") {
                signals::run(&data);
            }
        }
        None => println!("\nset CALMLINE_BENCH_DATA to a folder of recordings to measure hearing as well"),
    }
    Ok(())
}
