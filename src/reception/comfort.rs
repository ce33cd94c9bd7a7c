//! What a caller hears between sentences while a person is being sought: soft slow notes, so that the line never seems dead.

use std::f32::consts::TAU;
use std::time::Duration;

use crate::audio::{TELEPHONE_HZ, ulaw};
use crate::domain::CallTime;

/// Nothing sounds for this long after a sentence or a turn: whoever wants to say something has the room to.
const PAUSE: Duration = Duration::from_millis(1500);
/// So little waits at the carrier that a sentence which is ready is heard at once.
const AHEAD: Duration = Duration::from_millis(120);
/// The samples sent at a time: 60 ms.
const CHUNK: usize = 480;
/// The samples of the fading at either end, 100 ms: a tone that is cut off clicks.
const FADE: usize = 800;
/// The notes in Hz: two quiet chords, within what a telephone carries.
const NOTES: [f32; 8] = [523.25, 659.26, 783.99, 659.26, 587.33, 698.46, 880.0, 698.46];
/// The samples from one note to the next: 0.9 s.
const NOTE: usize = 7200;
/// The height of a note when it is struck, of full scale: −30 dB, well below the voice.
const HEIGHT: f32 = 0.03;
/// A note dies away to a third in so many seconds.
const DYING_SECONDS: f32 = 0.6;
/// A note is struck softly, within so many seconds.
const STRIKING_SECONDS: f32 = 0.03;

/// The comfort sound of one call; it sends nothing itself.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Comfort {
    /// The samples played so far, in all.
    played: usize,
    /// The samples since it last began; none while it does not sound.
    sounding: Option<usize>,
}

impl Comfort {
    /// When the next of it is to be sent, on a line that is quiet from `quiet_from` on.
    pub fn due(&self, quiet_from: CallTime) -> CallTime {
        if self.sounding.is_some() { quiet_from - AHEAD } else { quiet_from + PAUSE }
    }

    /// The next 60 ms, as μ-law.
    pub fn next(&mut self) -> Vec<u8> {
        let begun = self.sounding.unwrap_or(0);
        self.sounding = Some(begun + CHUNK);
        self.sound(CHUNK, |n| (begun + n) as f32 / FADE as f32)
    }

    /// Its end, as μ-law: a short fading, or nothing where it does not sound.
    pub fn end(&mut self) -> Vec<u8> {
        if self.sounding.take().is_none() {
            return Vec::new();
        }
        self.sound(FADE, |n| 1.0 - n as f32 / FADE as f32)
    }

    fn sound(&mut self, samples: usize, height: impl Fn(usize) -> f32) -> Vec<u8> {
        let from = self.played;
        self.played += samples;
        let samples: Vec<f32> = (0..samples).map(|n| note(from + n) * height(n).min(1.0)).collect();
        ulaw::encode(&samples)
    }
}

/// The tune at this sample: the latest note over the remains of those before it.
fn note(at: usize) -> f32 {
    let latest = at / NOTE;
    let struck = (latest.saturating_sub(2)..=latest).map(|number| {
        let seconds = (at - number * NOTE) as f32 / TELEPHONE_HZ as f32;
        let height = (seconds / STRIKING_SECONDS).min(1.0) * (-seconds / DYING_SECONDS).exp();
        height * (TAU * NOTES[number % NOTES.len()] * seconds).sin()
    });
    HEIGHT * struck.sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decibels(samples: &[f32]) -> f32 {
        let power = samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32;
        10.0 * power.log10()
    }

    #[test]
    fn it_is_soft_and_never_ends() {
        let mut comfort = Comfort::default();
        let minute: Vec<f32> = (0..1000).flat_map(|_| ulaw::decode(&comfort.next())).collect();
        for second in minute.chunks(8000) {
            assert!((-52.0..-33.0).contains(&decibels(second)), "{}", decibels(second));
        }
        assert!(minute.iter().all(|sample| sample.abs() < 0.06));
    }

    #[test]
    fn it_comes_and_goes_without_a_click() {
        let mut comfort = Comfort::default();
        assert_eq!(comfort.end(), Vec::<u8>::new());
        for _ in 0..20 {
            let mut heard: Vec<f32> = (0..7).flat_map(|_| ulaw::decode(&comfort.next())).collect();
            heard.extend(ulaw::decode(&comfort.end()));
            let edges = [&heard[..40], &heard[heard.len() - 40..]];
            assert!(edges.iter().all(|edge| edge.iter().all(|sample| sample.abs() < 0.003)));
        }
    }

    #[test]
    fn it_leaves_room_after_a_sentence_and_then_goes_on_without_a_gap() {
        let mut comfort = Comfort::default();
        let quiet_from = CallTime::from_ms(10_000);
        assert_eq!(comfort.due(quiet_from), CallTime::from_ms(11_500));
        comfort.next();
        assert_eq!(comfort.due(CallTime::from_ms(11_560)), CallTime::from_ms(11_440));
    }
}
