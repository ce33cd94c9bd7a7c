//! Everything measured of the sound, every 10 ms.

use std::collections::VecDeque;

use super::formant::formants;
use super::period::irregularity;
use super::pitch::{self, Pitch, Tracker};
use super::spectrum::{self, Analyser, Spectral};

/// Samples between frames: 10 ms at 8 kHz.
pub const HOP: usize = 80;
/// Frames a second.
pub const FRAMES_PER_SECOND: usize = 100;

/// One frame of sound.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Frame {
    /// The spectrum of the 32 ms around the frame's middle.
    pub spectral: Spectral,
    /// The pitch of the 60 ms around it.
    pub pitch: Pitch,
    /// Mean difference of neighbouring periods over their length, of voiced frames with at least three periods.
    pub jitter: Option<f32>,
    /// Mean difference of neighbouring periods' amplitudes in dB.
    pub shimmer: Option<f32>,
    /// The first two formants in Hz, of voiced frames.
    pub formants: Option<[f32; 2]>,
}

/// Measures a stream of samples at 8 kHz; lags behind it by 230 ms.
pub struct Measurer {
    analyser: Analyser,
    tracker: Tracker,
    /// The samples from the start of the earliest undecided frame's pitch window.
    samples: Vec<f32>,
    /// How many of them the pitch windows have passed.
    position: usize,
    undecided: VecDeque<Spectral>,
}

impl Default for Measurer {
    fn default() -> Self {
        Self::new()
    }
}

impl Measurer {
    /// Makes one at the beginning of a stream.
    pub fn new() -> Self {
        // The first frame's middle is the first sample.
        Self {
            analyser: Analyser::new(),
            tracker: Tracker::new(),
            samples: vec![0.0; pitch::WINDOW / 2],
            position: 0,
            undecided: VecDeque::new(),
        }
    }

    /// Takes samples between −1 and 1 and returns the frames that are decided; what is no number counts as silence.
    pub fn push(&mut self, samples: &[f32]) -> Vec<Frame> {
        self.samples.extend(
            samples.iter().map(|sample| if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }),
        );
        let mut frames = Vec::new();
        while self.samples.len() >= self.position + pitch::WINDOW {
            let window = &self.samples[self.position..self.position + pitch::WINDOW];
            let margin = (pitch::WINDOW - spectrum::WINDOW) / 2;
            self.undecided.push_back(self.analyser.analyse(&window[margin..margin + spectrum::WINDOW]));
            let decided = self.tracker.push(window);
            self.position += HOP;
            frames.extend(decided.and_then(|pitch| self.finish(pitch)));
        }
        frames
    }

    /// Ends the stream and returns the frames that were undecided.
    pub fn flush(&mut self) -> Vec<Frame> {
        let mut frames = self.push(&[0.0; pitch::WINDOW / 2]);
        while let Some(pitch) = self.tracker.flush() {
            frames.extend(self.finish(pitch));
        }
        *self = Self::new();
        frames
    }

    fn finish(&mut self, pitch: Pitch) -> Option<Frame> {
        let spectral = self.undecided.pop_front()?;
        let window = &self.samples[..pitch::WINDOW];
        let margin = (pitch::WINDOW - spectrum::WINDOW) / 2;
        let irregular = pitch.hz.and_then(|hz| irregularity(window, hz));
        let formants = pitch.hz.and_then(|_| formants(&window[margin..margin + spectrum::WINDOW]));
        self.samples.drain(..HOP);
        self.position -= HOP;
        Some(Frame {
            spectral,
            pitch,
            jitter: irregular.map(|irregular| irregular.jitter),
            shimmer: irregular.map(|irregular| irregular.shimmer),
            formants,
        })
    }
}
