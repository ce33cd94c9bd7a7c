//! The latest few seconds of a speaker, frame by frame.

use std::collections::VecDeque;

use super::frame::{FRAMES_PER_SECOND, Frame};
use super::measure::{Measures, measure};

/// Speech that a window holds at most.
const SPEECH_FRAMES: usize = 3 * FRAMES_PER_SECOND;
/// Sound of any kind that a window holds at most.
const FRAMES: usize = 9 * FRAMES_PER_SECOND;
/// For this long after a voiced frame the speech is taken to go on: consonants and breaths between words.
const HANG_FRAMES: usize = 30;
/// A voiced frame this much less loud than the loudest of late is somebody else, or an echo.
const FAINT: f32 = 0.1;
/// How fast the loudest voice is forgotten, per frame: by half in 7 s.
const DECAY: f32 = 0.999;

/// Collects frames and tells which of them are speech.
#[derive(Debug, Clone, Default)]
pub struct Window {
    frames: VecDeque<(Frame, bool)>,
    speech: usize,
    loudest: f32,
    hang: usize,
}

impl Window {
    /// Takes the next frame and tells whether it is speech.
    pub fn push(&mut self, frame: Frame) -> bool {
        self.loudest *= DECAY;
        let loudness = frame.spectral.loudness;
        let voiced = frame.pitch.hz.is_some();
        if voiced {
            self.loudest = self.loudest.max(loudness);
        }
        self.hang =
            if voiced && loudness > FAINT * self.loudest { HANG_FRAMES } else { self.hang.saturating_sub(1) };
        let speech = self.hang > 0;
        self.frames.push_back((frame, speech));
        self.speech += usize::from(speech);
        while self.speech > SPEECH_FRAMES || self.frames.len() > FRAMES {
            self.speech -= self.frames.pop_front().map_or(0, |(_, speech)| usize::from(speech));
        }
        speech
    }

    /// Seconds of speech in the window.
    pub fn speech_seconds(&self) -> f32 {
        self.speech as f32 / FRAMES_PER_SECOND as f32
    }

    /// What the speech in the window is like.
    pub fn measures(&self) -> Option<Measures> {
        let frames: Vec<Frame> = self.frames.iter().map(|(frame, _)| *frame).collect();
        measure(&frames)
    }
}
