//! Loudness of windows, and the two things it tells: what the line's own noise is, and whether sound rises and falls
//! as one voice does.

use std::collections::VecDeque;

/// The level of digital silence, dB below full scale.
const SILENT: f32 = -80.0;
/// How many windows make a block, and how many blocks are remembered: 3 s in half seconds.
const BLOCK: usize = 16;
const BLOCKS: usize = 6;
/// How many windows are looked at for the rise and fall of a voice: 2 s.
const DIN_WINDOWS: usize = 62;
/// One voice, even 5 dB above its background, falls by more than this between its loud and its soft tenths; a crowd
/// or a machine does not.
const DIN_DEPTH: f32 = 10.0;

/// Returns the level of a window in dB relative to full scale, without its direct current.
pub fn of(window: &[f32]) -> f32 {
    let count = window.len() as f32;
    let mean = window.iter().sum::<f32>() / count;
    let power = window.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / count;
    (10.0 * power.max(1e-12).log10()).max(SILENT)
}

/// The line's own noise: the quietest moment of the last three seconds.
pub struct Floor {
    blocks: VecDeque<f32>,
    quietest: f32,
    windows: usize,
}

impl Floor {
    pub fn new() -> Self {
        Self { blocks: VecDeque::with_capacity(BLOCKS), quietest: 0.0, windows: 0 }
    }

    pub fn hear(&mut self, level: f32) {
        self.quietest = self.quietest.min(level);
        self.windows += 1;
        if self.windows == BLOCK {
            if self.blocks.len() == BLOCKS {
                self.blocks.pop_front();
            }
            self.blocks.push_back(self.quietest);
            (self.quietest, self.windows) = (0.0, 0);
        }
    }

    /// Returns the noise in dB; that of a silent line until half a second has been heard.
    pub fn level(&self) -> f32 {
        self.blocks.iter().copied().reduce(f32::min).map_or(SILENT, |least| least.min(self.quietest))
    }
}

/// The levels of the last two seconds of sound.
pub struct Swing {
    levels: VecDeque<f32>,
}

impl Swing {
    pub fn new() -> Self {
        Self { levels: VecDeque::with_capacity(DIN_WINDOWS) }
    }

    pub fn hear(&mut self, level: f32) {
        if self.levels.len() == DIN_WINDOWS {
            self.levels.pop_front();
        }
        self.levels.push_back(level);
    }

    /// Returns the level of the loud tenth if two seconds have gone by without the swing of a single voice.
    pub fn din(&self) -> Option<f32> {
        if self.levels.len() < DIN_WINDOWS {
            return None;
        }
        let mut sorted: Vec<f32> = self.levels.iter().copied().collect();
        sorted.sort_by(f32::total_cmp);
        let (soft, loud) = (sorted[DIN_WINDOWS / 10], sorted[DIN_WINDOWS * 9 / 10]);
        (loud - soft < DIN_DEPTH).then_some(loud)
    }
}
