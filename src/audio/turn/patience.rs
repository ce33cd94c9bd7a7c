//! How long a pause must be to end a turn: the words, the melody and what was asked, weighed against each other.
//!
//! Figures are milliseconds since the last sound. They were tuned on read sentences, dictated numbers and short answers
//! in telephone quality.

use crate::domain::{Completeness, Expecting};

/// What is waited when nothing is known, and while digits are dictated: nothing is waited for longer.
pub const LONGEST: u64 = 2_500;
/// What is waited before a sound without words is closed.
const WORDLESS: u64 = 600;

/// How much longer somebody upset may pause before a story counts as told.
const ROOM_TO_VENT: u64 = 500;

/// What is known of the latest segment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Findings {
    /// None until the words are in.
    pub words: Option<Words>,
    /// How finished it sounds, none until smart-turn has answered.
    pub finality: Option<f32>,
}

/// What the transcript says.
#[derive(Debug, Clone, Copy)]
pub enum Words {
    /// There were none.
    None,
    /// There were some.
    Some(Completeness),
}

/// How finished a segment sounds.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Melody {
    GoesOn,
    Doubtful,
    Unknown,
    Falls,
    Final,
}

impl Melody {
    fn of(finality: Option<f32>) -> Self {
        match finality {
            None => Self::Unknown,
            Some(p) if p >= 0.9 => Self::Final,
            Some(p) if p >= 0.5 => Self::Falls,
            Some(p) if p >= 0.2 => Self::Doubtful,
            Some(_) => Self::GoesOn,
        }
    }
}

/// Returns how much silence ends the turn.
pub fn needed_silence(expecting: Expecting, findings: Findings) -> u64 {
    let Some(words) = findings.words else { return LONGEST };
    let Words::Some(completeness) = words else { return WORDLESS };
    let melody = Melody::of(findings.finality);
    if expecting == Expecting::Venting {
        let usual = needed_silence(Expecting::Anything, findings);
        return (usual + ROOM_TO_VENT).min(LONGEST);
    }
    match completeness {
        Completeness::Complete => complete(expecting, melody),
        Completeness::Open => open(expecting, melody),
        Completeness::Unfinished => unfinished(expecting, melody),
        Completeness::Dictating => dictating(expecting),
    }
}

fn complete(expecting: Expecting, melody: Melody) -> u64 {
    match (expecting, melody) {
        (_, Melody::Final | Melody::Falls) => 250,
        (Expecting::YesNo, Melody::Unknown | Melody::Doubtful) => 250,
        (Expecting::YesNo, Melody::GoesOn) => 400,
        (_, Melody::Unknown) => 400,
        // All the digits are there: whatever the melody, little more can be due but a correction.
        (Expecting::PhoneNumber | Expecting::Code, Melody::Doubtful | Melody::GoesOn) => 600,
        (Expecting::Name, Melody::Doubtful | Melody::GoesOn) => 600,
        (Expecting::Anything | Expecting::Venting, Melody::Doubtful) => 600,
        (Expecting::Anything | Expecting::Venting, Melody::GoesOn) => 800,
    }
}

fn open(expecting: Expecting, melody: Melody) -> u64 {
    let patient = match melody {
        Melody::Final => 600,
        Melody::Falls => 800,
        Melody::Unknown => 900,
        Melody::Doubtful => 1_300,
        Melody::GoesOn => 1_700,
    };
    match expecting {
        Expecting::YesNo => patient.min(700),
        Expecting::Anything | Expecting::Venting | Expecting::Name => patient,
        // Every group of digits ends like a sentence.
        Expecting::PhoneNumber | Expecting::Code => patient.max(1_500),
    }
}

fn unfinished(expecting: Expecting, melody: Melody) -> u64 {
    let patient = match melody {
        Melody::Final => 1_300,
        Melody::Falls => 1_600,
        Melody::Unknown | Melody::Doubtful => 1_800,
        Melody::GoesOn => 2_000,
    };
    match expecting {
        Expecting::YesNo => patient.min(1_400),
        Expecting::Anything | Expecting::Venting | Expecting::Name => patient,
        Expecting::PhoneNumber | Expecting::Code => patient.max(1_800),
    }
}

fn dictating(expecting: Expecting) -> u64 {
    match expecting {
        Expecting::PhoneNumber | Expecting::Code => LONGEST,
        Expecting::Name | Expecting::Anything | Expecting::Venting => 2_000,
        Expecting::YesNo => 1_600,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Expecting; 5] =
        [Expecting::Anything, Expecting::YesNo, Expecting::Name, Expecting::PhoneNumber, Expecting::Code];

    fn heard(completeness: Completeness, finality: f32) -> Findings {
        Findings { words: Some(Words::Some(completeness)), finality: Some(finality) }
    }

    #[test]
    fn complete_words_with_a_falling_melody_end_the_turn_after_a_quarter_of_a_second() {
        for expecting in ALL {
            assert_eq!(needed_silence(expecting, heard(Completeness::Complete, 0.5)), 250);
        }
    }

    #[test]
    fn the_less_finished_it_sounds_the_longer_is_waited() {
        for expecting in ALL {
            for completeness in [Completeness::Complete, Completeness::Open, Completeness::Unfinished] {
                let waits = [0.95, 0.6, 0.3, 0.1].map(|p| needed_silence(expecting, heard(completeness, p)));
                assert!(waits.is_sorted(), "{expecting:?} {completeness:?}: {waits:?}");
            }
        }
    }

    #[test]
    fn the_less_complete_the_words_the_longer_is_waited() {
        use Completeness::{Complete, Dictating, Open, Unfinished};
        for expecting in ALL {
            for finality in [0.95, 0.6, 0.3] {
                let waits =
                    [Complete, Open, Unfinished].map(|c| needed_silence(expecting, heard(c, finality)));
                assert!(waits.is_sorted(), "{expecting:?} {finality}: {waits:?}");
            }
            let dictating = needed_silence(expecting, heard(Dictating, 0.99));
            assert!(dictating >= needed_silence(expecting, heard(Unfinished, 0.6)));
        }
    }

    #[test]
    fn digits_that_are_being_dictated_get_the_longest_pauses_however_final_they_sound() {
        assert_eq!(needed_silence(Expecting::PhoneNumber, heard(Completeness::Dictating, 0.99)), LONGEST);
        assert_eq!(needed_silence(Expecting::Code, heard(Completeness::Dictating, 0.99)), LONGEST);
    }

    #[test]
    fn somebody_upset_may_pause_longer() {
        for completeness in [Completeness::Complete, Completeness::Open, Completeness::Unfinished] {
            for finality in [0.95, 0.6, 0.3, 0.1] {
                let findings = heard(completeness, finality);
                let usual = needed_silence(Expecting::Anything, findings);
                assert!(needed_silence(Expecting::Venting, findings) >= (usual + 300).min(LONGEST));
            }
        }
    }

    #[test]
    fn a_yes_is_taken_at_once() {
        assert_eq!(needed_silence(Expecting::YesNo, heard(Completeness::Complete, 0.3)), 250);
    }

    #[test]
    fn nothing_is_waited_for_longer_than_when_nothing_is_known() {
        for expecting in ALL {
            assert_eq!(needed_silence(expecting, Findings::default()), LONGEST);
            for finality in [0.0, 0.5, 1.0] {
                let unfinished = needed_silence(expecting, heard(Completeness::Unfinished, finality));
                assert!(unfinished <= LONGEST);
            }
        }
    }
}
