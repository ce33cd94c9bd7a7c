//! Whether the line is crossed, and stays so.
//!
//! One shout, a laugh or a cough raises the level for a moment; only a level that stays over the line for some time of
//! speech crosses it, and only one that stays well below it for as long takes that back.

/// How far below the line the level must fall to come back.
const HYSTERESIS: f32 = 15.0;

/// Watches one caller's levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    line: f32,
    persistence_seconds: f32,
    crossed: bool,
    /// Seconds of speech since the level was first found on the other side; none while it is not.
    beyond_seconds: Option<f32>,
}

/// A line that was crossed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossed {
    /// The level has stayed over it.
    Over,
    /// The level has stayed well below it.
    Back,
}

impl Crossing {
    /// Watches for a level from 0 to 100 that lasts for some seconds of speech.
    pub fn new(line: f32, persistence_seconds: f32) -> Self {
        Self { line, persistence_seconds, crossed: false, beyond_seconds: None }
    }

    /// Takes the next level, and how many seconds of speech have passed since the one before.
    pub fn hear(&mut self, level: f32, speech_seconds: f32) -> Option<Crossed> {
        let beyond = if self.crossed { level < self.line - HYSTERESIS } else { level >= self.line };
        self.beyond_seconds =
            beyond.then(|| self.beyond_seconds.map_or(0.0, |before| before + speech_seconds));
        if self.beyond_seconds.is_none_or(|seconds| seconds < self.persistence_seconds) {
            return None;
        }
        self.crossed = !self.crossed;
        self.beyond_seconds = None;
        Some(if self.crossed { Crossed::Over } else { Crossed::Back })
    }

    /// Whether the level is over the line now.
    pub fn is_over(&self) -> bool {
        self.crossed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(levels: &[f32]) -> Vec<(usize, Crossed)> {
        let mut crossing = Crossing::new(78.0, 1.5);
        let heard = levels.iter().map(|level| crossing.hear(*level, 0.5));
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
        assert_eq!(heard(&levels), [(4, Crossed::Over), (16, Crossed::Back)]);
    }
}
