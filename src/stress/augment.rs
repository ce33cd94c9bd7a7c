//! Lines that a recording may have come through.
//!
//! One line carries all of a speaker's recordings, as in a call: its band, its noise, its codec and its losses. Only the
//! gain differs from recording to recording.

use std::f32::consts::TAU;

use crate::audio::resample::resample;
use crate::audio::ulaw;

use super::random::SplitMix;

/// Samples of one packet: 20 ms.
const PACKET: usize = 160;
/// Speeds whose resampling is cheap.
const SPEEDS: [f32; 4] = [0.9, 0.95, 1.05, 1.1];

/// A simulated telephone line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Cut-off of the high-pass in Hz, 0 for none.
    pub lowest_hz: f32,
    /// Cut-off of the low-pass in Hz, 4000 for none.
    pub highest_hz: f32,
    /// Level of the noise below the voice in dB; none for a clean line.
    pub noise_db: Option<f32>,
    /// How much of the noise's energy is hum and rumble.
    pub rumble: f32,
    /// Share of the packets that are lost.
    pub loss: f32,
    /// Speed of speech and pitch, 1 for unchanged.
    pub speed: f32,
}

impl Line {
    /// A line that changes nothing but for its μ-law.
    pub const CLEAN: Self =
        Self { lowest_hz: 0.0, highest_hz: 4_000.0, noise_db: None, rumble: 0.0, loss: 0.0, speed: 1.0 };

    /// A line drawn at random.
    pub fn draw(random: &mut SplitMix) -> Self {
        let [band, noise, loss, speed] = [0.35, 0.35, 0.3, 0.5].map(|share| random.unit() < share);
        Self {
            lowest_hz: if band { random.between(50.0, 300.0) } else { 0.0 },
            highest_hz: if band { random.between(3_100.0, 3_800.0) } else { 4_000.0 },
            noise_db: noise.then(|| random.between(20.0, 45.0)),
            rumble: random.unit(),
            loss: if loss { random.between(0.0, 0.03) } else { 0.0 },
            speed: if speed { SPEEDS[random.below(SPEEDS.len())] } else { 1.0 },
        }
    }

    /// Sends a recording at 8 kHz through the line, its level changed by `gain_db`.
    pub fn carry(&self, samples: &[f32], gain_db: f32, random: &mut SplitMix) -> Vec<f32> {
        let mut carried = if self.speed == 1.0 {
            samples.to_vec()
        } else {
            resample(samples, (8_000.0 * self.speed).round() as u32, 8_000)
        };
        if let Some(below) = self.noise_db {
            self.add_noise(&mut carried, below, random);
        }
        if self.lowest_hz > 0.0 {
            filter(&mut carried, &high_pass(self.lowest_hz));
        }
        if self.highest_hz < 4_000.0 {
            filter(&mut carried, &low_pass(self.highest_hz));
            filter(&mut carried, &low_pass(self.highest_hz));
        }
        let gain = 10f32.powf(gain_db / 20.0);
        let scaled: Vec<f32> = carried.iter().map(|sample| (sample * gain).clamp(-1.0, 1.0)).collect();
        let mut heard = ulaw::decode(&ulaw::encode(&scaled));
        for packet in heard.chunks_mut(PACKET) {
            if random.unit() < self.loss {
                packet.fill(0.0);
            }
        }
        heard
    }

    /// Adds white noise and rumble, `below` dB under the loud parts of the recording.
    fn add_noise(&self, samples: &mut [f32], below: f32, random: &mut SplitMix) {
        let loud = loud_level(samples);
        let level = loud * 10f32.powf(-below / 20.0);
        let (mut slow, hum) = (0.0, random.between(45.0, 65.0));
        for (n, sample) in samples.iter_mut().enumerate() {
            let white = random.between(-1.732, 1.732);
            slow = 0.97 * slow + 0.243 * white;
            let low = 0.8 * slow + 0.8 * (TAU * hum * n as f32 / 8_000.0).sin();
            *sample += level * (self.rumble * low + (1.0 - self.rumble) * white);
        }
    }
}

/// Brings the loud parts of a recording to −20 dB of full scale.
pub fn levelled(samples: &[f32]) -> Vec<f32> {
    let gain = 0.1 / loud_level(samples).max(1e-6);
    samples.iter().map(|sample| (sample * gain).clamp(-1.0, 1.0)).collect()
}

/// The level that a tenth of the packets exceed.
fn loud_level(samples: &[f32]) -> f32 {
    let mut levels: Vec<f32> = samples
        .chunks(PACKET)
        .map(|packet| (packet.iter().map(|sample| sample * sample).sum::<f32>() / packet.len() as f32).sqrt())
        .collect();
    levels.sort_by(f32::total_cmp);
    levels.get(levels.len() * 9 / 10).copied().unwrap_or(0.0)
}

/// The coefficients of a second-order section, b0 b1 b2 a1 a2.
type Section = [f32; 5];

/// Butterworth sections by the bilinear transform, as in Bristow-Johnson's "Cookbook formulae for audio equalizer biquad
/// filter coefficients".
fn section(hz: f32, sign: f32) -> Section {
    let angle = TAU * hz / 8_000.0;
    let (sin, cos) = angle.sin_cos();
    let alpha = sin / std::f32::consts::SQRT_2;
    let scale = 1.0 / (1.0 + alpha);
    let middle = (1.0 - sign * cos) * sign;
    [
        middle.abs() / 2.0 * scale,
        middle * scale,
        middle.abs() / 2.0 * scale,
        -2.0 * cos * scale,
        (1.0 - alpha) * scale,
    ]
}

fn low_pass(hz: f32) -> Section {
    section(hz, 1.0)
}

fn high_pass(hz: f32) -> Section {
    section(hz, -1.0)
}

fn filter(samples: &mut [f32], [b0, b1, b2, a1, a2]: &Section) {
    let (mut x1, mut x2, mut y1, mut y2) = (0.0, 0.0, 0.0, 0.0);
    for sample in samples {
        let y = b0 * *sample + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
        (x2, x1, y2, y1) = (x1, *sample, y1, y);
        *sample = y;
    }
}
