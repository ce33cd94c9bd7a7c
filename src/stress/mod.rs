//! Stress in the caller's voice: what is measured of the sound, against what is usual for this caller.
//!
//! Invariant: the same samples give the same level, whatever the line's gain. It deliberately knows no words and no
//! course of the call, and claims nothing before it has heard enough speech.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod augment;
pub mod average;
pub mod baseline;
pub mod evaluate;
pub mod fit;
mod formant;
pub mod frame;
mod logistic;
pub mod measure;
pub mod model;
mod period;
pub mod pitch;
pub mod random;
mod reason;
pub mod scorer;
pub mod second;
pub mod spectrum;
#[cfg(test)]
mod tests;
pub mod tone;
pub mod window;
