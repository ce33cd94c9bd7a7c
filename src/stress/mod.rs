//! Stress in the caller's voice: what is measured of the sound, against what is usual for this caller.
//!
//! Invariant: the same samples give the same score, whatever the line's gain. It deliberately knows no words and no
//! course of the call, and claims nothing before it has heard about two seconds of speech.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod formant;
pub mod frame;
mod period;
pub mod pitch;
pub mod spectrum;
