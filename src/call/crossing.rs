use crate::domain::StressPolicy;

/// How far below the line the level must fall to come back.
const HYSTERESIS: f32 = 15.0;
/// At the end of so many turns running the level must be beyond the line, where too little speech was scored.
const TURNS: u32 = 2;

/// Whether the line of stress is crossed, and stays so.
///
/// One shout, a laugh or a cough raises the level for a moment; only a level that stays over the line for some time of
/// speech, or over two turns, crosses it, and only one that stays well below it for as long takes that back.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Crossing {
    over: bool,
    /// Since the level was first found on the other side; none while it is not.
    beyond: Option<Beyond>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Beyond {
    speech_seconds: f32,
    turns: u32,
}

impl Crossing {
    /// Goes on where the line was found crossed, or not.
    pub fn from(over: bool) -> Self {
        Self { over, beyond: None }
    }

    /// Takes the next level and how many seconds of speech it is about: those since the level before, or, where a turn
    /// has ended and its words are in the level, those of the turn. Tells when the line was crossed: whether the level
    /// is over it now.
    pub fn hear(
        &mut self,
        policy: &StressPolicy,
        level: f32,
        speech_seconds: f32,
        turn_ended: bool,
    ) -> Option<bool> {
        let StressPolicy { threshold, persistence_seconds } = *policy;
        let beyond = if self.over { level < threshold - HYSTERESIS } else { level >= threshold };
        if !beyond {
            self.beyond = None;
            return None;
        }
        let stay = match self.beyond {
            // What only the words brought over the line was so as long as they were being said.
            None if turn_ended => Beyond { speech_seconds, turns: 0 },
            None => Beyond { speech_seconds: 0.0, turns: 0 },
            Some(stay) if turn_ended => stay,
            Some(stay) => Beyond { speech_seconds: stay.speech_seconds + speech_seconds, ..stay },
        };
        let stay = Beyond { turns: stay.turns + u32::from(turn_ended), ..stay };
        self.beyond = Some(stay);
        if stay.speech_seconds < persistence_seconds && stay.turns < TURNS {
            return None;
        }
        *self = Self::from(!self.over);
        Some(self.over)
    }

    /// Whether the line is crossed.
    pub fn is_over(&self) -> bool {
        self.over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: StressPolicy = StressPolicy { threshold: 78.0, persistence_seconds: 1.5 };

    fn heard(levels: &[f32]) -> Vec<(usize, bool)> {
        let mut crossing = Crossing::default();
        let heard = levels.iter().map(|level| crossing.hear(&POLICY, *level, 0.5, false));
        heard.enumerate().filter_map(|(n, crossed)| Some((n, crossed?))).collect()
    }

    #[test]
    fn a_moment_over_the_line_does_not_cross_it() {
        assert_eq!(heard(&[20.0, 95.0, 95.0, 95.0, 70.0, 95.0, 95.0, 95.0, 20.0]), []);
    }

    #[test]
    fn a_level_that_stays_crosses_once_and_comes_back_only_from_well_below() {
        let levels = [
            20.0, 80.0, 90.0, 80.0, 95.0, 70.0, 70.0, 70.0, 70.0, 50.0, 50.0, 50.0, 70.0, 50.0, 50.0, 50.0,
            50.0,
        ];
        assert_eq!(heard(&levels), [(4, true), (16, false)]);
    }

    #[test]
    fn words_cross_the_line_in_one_long_turn_or_in_two_short_ones() {
        let mut short = Crossing::default();
        assert_eq!(short.hear(&POLICY, 90.0, 1.0, true), None);
        assert_eq!(short.hear(&POLICY, 60.0, 1.0, true), None);
        assert_eq!(short.hear(&POLICY, 90.0, 1.0, true), None);
        assert_eq!(short.hear(&POLICY, 80.0, 1.0, true), Some(true));
        assert!(short.is_over());
        assert_eq!(Crossing::default().hear(&POLICY, 90.0, 4.0, true), Some(true));
    }

    #[test]
    fn a_shout_at_the_end_of_a_long_turn_is_but_a_shout() {
        let mut crossing = Crossing::default();
        assert_eq!(crossing.hear(&POLICY, 20.0, 5.0, false), None);
        assert_eq!(crossing.hear(&POLICY, 90.0, 1.0, false), None);
        assert_eq!(crossing.hear(&POLICY, 90.0, 6.0, true), None);
    }
}
