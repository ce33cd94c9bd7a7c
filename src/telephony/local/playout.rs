use std::collections::VecDeque;

use crate::audio::ulaw;

/// 20 ms of μ-law.
pub(super) const FRAME: usize = 160;
/// The carrier buffers ten minutes at most.
const LONGEST: usize = 600 * 8000;

/// The bot's audio on its way to the caller's ear, and the marks within it.
#[derive(Debug, Default)]
pub(super) struct Playout {
    audio: VecDeque<u8>,
    /// Each mark with the number of bytes that must have been played before it.
    marks: VecDeque<(u64, String)>,
    received: u64,
    played: u64,
}

impl Playout {
    /// Appends audio; returns whether nothing was waiting to be played before it.
    pub(super) fn push(&mut self, audio: &[u8]) -> bool {
        let fresh = self.audio.is_empty() && !audio.is_empty();
        let room = audio.len().min(LONGEST - self.audio.len());
        self.audio.extend(&audio[..room]);
        self.received += room as u64;
        fresh
    }

    /// Sets a mark behind all audio so far.
    pub(super) fn mark(&mut self, name: String) {
        self.marks.push_back((self.received, name));
    }

    /// Takes the next 20 ms to be played, filled up with silence.
    pub(super) fn pull(&mut self) -> [u8; FRAME] {
        let mut frame = [ulaw::SILENCE; FRAME];
        let length = self.audio.len().min(FRAME);
        for (place, byte) in frame.iter_mut().zip(self.audio.drain(..length)) {
            *place = byte;
        }
        self.played += length as u64;
        frame
    }

    /// Takes the marks whose audio has been pulled.
    pub(super) fn passed(&mut self) -> Vec<String> {
        let count = self.marks.iter().take_while(|(position, _)| *position <= self.played).count();
        self.marks.drain(..count).map(|(_, name)| name).collect()
    }

    /// Drops what has not been played; returns how much that was, in milliseconds, and the marks within it.
    pub(super) fn clear(&mut self) -> (u64, Vec<String>) {
        let dropped_ms = self.audio.len() as u64 / 8;
        self.audio.clear();
        self.received = self.played;
        (dropped_ms, self.marks.drain(..).map(|(_, name)| name).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_comes_back_when_the_audio_before_it_has_been_played() {
        let mut playout = Playout::default();
        playout.mark("at once".into());
        assert!(playout.push(&[1; 200]));
        playout.mark("after 200".into());
        assert!(!playout.push(&[2; 100]));
        playout.mark("after 300".into());
        assert_eq!(playout.passed(), ["at once"]);
        assert_eq!(playout.pull(), [1; FRAME]);
        assert_eq!(playout.passed(), [""; 0]);
        let second = playout.pull();
        assert_eq!(
            (&second[..40], &second[40..140], &second[140..]),
            (&[1; 40][..], &[2; 100][..], &[0xFF; 20][..])
        );
        assert_eq!(playout.passed(), ["after 200", "after 300"]);
    }

    #[test]
    fn a_clear_drops_the_audio_and_returns_its_marks_at_once() {
        let mut playout = Playout::default();
        playout.push(&[1; 960]);
        playout.mark("dropped".into());
        playout.pull();
        assert_eq!(playout.clear(), (100, vec!["dropped".to_owned()]));
        assert_eq!(playout.pull(), [ulaw::SILENCE; FRAME]);
        assert!(playout.push(&[3; 160]));
        playout.mark("later".into());
        assert_eq!(playout.passed(), [""; 0]);
        playout.pull();
        assert_eq!(playout.passed(), ["later"]);
    }

    #[test]
    fn it_holds_ten_minutes_and_no_more() {
        let mut playout = Playout::default();
        playout.push(&vec![1; LONGEST + 1000]);
        assert_eq!(playout.clear().0, 600_000);
    }
}
