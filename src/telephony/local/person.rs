use std::collections::VecDeque;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::playout::FRAME;
use super::script::{Deed, Done, Heard};
use crate::audio::ulaw;
use crate::domain::Digit;

/// More than this waiting at the microphone is skipped, so that a slow clock does not add up to a delay: 200 ms.
const LONGEST_BACKLOG: usize = 10 * FRAME;

/// A caller who is not simulated: somebody at the other end of a [`Handset`].
#[derive(Debug)]
pub struct Person {
    microphone: UnboundedReceiver<Vec<i16>>,
    backlog: VecDeque<i16>,
    speaker: UnboundedSender<Vec<i16>>,
    keys: UnboundedReceiver<Key>,
}

/// The ends of a caller's telephone; all audio is 16-bit at 8 kHz.
#[derive(Debug)]
pub struct Handset {
    /// Takes what is said, in pieces of any length.
    pub microphone: UnboundedSender<Vec<i16>>,
    /// Gives what is to be heard, in pieces of 20 ms.
    pub speaker: UnboundedReceiver<Vec<i16>>,
    /// Takes the keys pressed.
    pub keys: UnboundedSender<Key>,
}

/// What can be pressed on a [`Handset`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A key.
    Digit(Digit),
    /// The cradle.
    HangUp,
}

impl Person {
    /// Makes a caller and the handset to be one with.
    pub fn with_handset() -> (Self, Handset) {
        let (microphone_in, microphone) = unbounded_channel();
        let (speaker, speaker_out) = unbounded_channel();
        let (keys_in, keys) = unbounded_channel();
        let person = Self { microphone, backlog: VecDeque::new(), speaker, keys };
        (person, Handset { microphone: microphone_in, speaker: speaker_out, keys: keys_in })
    }

    pub(super) fn tick(&mut self, heard: &Heard<'_>) -> Done {
        while let Ok(piece) = self.microphone.try_recv() {
            self.backlog.extend(piece);
        }
        let skipped = self.backlog.len().saturating_sub(LONGEST_BACKLOG);
        self.backlog.drain(..skipped);
        let mut frame = [0; FRAME];
        let length = self.backlog.len().min(FRAME);
        for (place, sample) in frame.iter_mut().zip(self.backlog.drain(..length)) {
            *place = sample;
        }
        let nobody_listens = self.speaker.send(ulaw::decode_i16(heard.frame)).is_err();
        let mut deeds = Vec::new();
        while let Ok(key) = self.keys.try_recv() {
            deeds.push(match key {
                Key::Digit(digit) => Deed::Press(digit),
                Key::HangUp => Deed::HangUp,
            });
        }
        if nobody_listens {
            deeds.push(Deed::HangUp);
        }
        Done { frame, deeds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CallTime;

    fn tick(person: &mut Person) -> Done {
        person.tick(&Heard { now: CallTime::ZERO, frame: &[0x80; FRAME], audible: true, marks: &[] })
    }

    #[test]
    fn what_is_said_and_pressed_comes_out_and_what_is_played_goes_in() {
        let (mut person, mut handset) = Person::with_handset();
        handset.microphone.send(vec![7; FRAME + 40]).unwrap();
        handset.keys.send(Key::Digit(Digit::new('0').unwrap())).unwrap();
        let first = tick(&mut person);
        assert_eq!((first.frame, first.deeds), ([7; FRAME], vec![Deed::Press(Digit::new('0').unwrap())]));
        let second = tick(&mut person).frame;
        assert_eq!((&second[..40], &second[40..]), (&[7; 40][..], &[0; 120][..]));
        assert_eq!(handset.speaker.try_recv().unwrap(), [32_124; FRAME]);
        handset.keys.send(Key::HangUp).unwrap();
        assert_eq!(tick(&mut person).deeds, [Deed::HangUp]);
    }

    #[test]
    fn a_microphone_that_runs_ahead_is_caught_up_with() {
        let (mut person, handset) = Person::with_handset();
        handset.microphone.send((0..16_000).collect()).unwrap();
        assert_eq!(tick(&mut person).frame[0], 16_000 - LONGEST_BACKLOG as i16);
    }

    #[test]
    fn a_handset_that_is_gone_has_hung_up() {
        let (mut person, handset) = Person::with_handset();
        drop(handset);
        assert_eq!(tick(&mut person).deeds, [Deed::HangUp]);
    }
}
