//! One spectrum every 10 ms: loudness, and where in the spectrum the voice's energy lies.

use std::f32::consts::PI;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

/// Samples in a spectrum's window: 32 ms at 8 kHz.
pub(super) const WINDOW: usize = 256;
/// Width of a spectral line in Hz.
const LINE_HZ: f32 = 8_000.0 / WINDOW as f32;
/// Bands of the auditory spectrum.
const BANDS: usize = 26;
/// Cepstral coefficients kept, from the first.
pub(super) const CEPSTRA: usize = 6;
/// The power below which a line counts as empty, so that logarithms stay finite: far below one step of 16 bits.
const FLOOR: f32 = 1e-18;

/// What one window's spectrum tells.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spectral {
    /// Loudness without a unit: the sum of the auditory bands, each weighted by equal loudness and compressed by its
    /// cube root (Hermansky 1990, "Perceptual linear predictive analysis of speech"). Proportional to gain^0.66.
    pub loudness: f32,
    /// Mean power of the samples.
    pub power: f32,
    /// Energy from 50 Hz to 1 kHz over that from 1 to 4 kHz, in dB (Eyben et al. 2016, "The Geneva minimalistic
    /// acoustic parameter set", up to the telephone's 4 kHz).
    pub alpha: f32,
    /// The strongest line below 2 kHz over the strongest from 2 to 4 kHz, in dB (Hammarberg et al. 1980).
    pub hammarberg: f32,
    /// Linear slope of the spectrum in dB per kHz, from 0 to 500 Hz (Eyben et al. 2016).
    pub slope_low: f32,
    /// Linear slope of the spectrum in dB per kHz, from 500 to 1500 Hz.
    pub slope_middle: f32,
    /// Linear slope of the spectrum in dB per kHz, over the telephone's band from 300 to 3400 Hz.
    pub slope_band: f32,
    /// Spectral centre of gravity from 300 to 3400 Hz, in Hz.
    pub centroid: f32,
    /// Energy in 300–800, 800–1500, 1500–2500, 2500–3400 Hz over that of all four, in dB.
    pub bands: [f32; 4],
    /// Mel-frequency cepstral coefficients 1 to 6 of the auditory bands (Davis & Mermelstein 1980), natural logarithm.
    pub cepstra: [f32; CEPSTRA],
    /// Distance between this auditory spectrum and the one before, both scaled to the same sum: 0 to 2.
    pub flux: f32,
}

/// Turns windows of samples into [`Spectral`]s.
pub(super) struct Analyser {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    input: Vec<f32>,
    output: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    /// For every line of the spectrum: the band below its peak, and its share in the band above.
    filters: Vec<[(usize, f32); 2]>,
    weights: [f32; BANDS],
    previous: Option<[f32; BANDS]>,
}

impl Analyser {
    pub fn new() -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(WINDOW);
        let window = (0..WINDOW).map(|n| 0.5 - 0.5 * (2.0 * PI * n as f32 / WINDOW as f32).cos()).collect();
        let edges: Vec<f32> = (0..BANDS + 2)
            .map(|n| 20.0f32.mel() + (4_000.0f32.mel() - 20.0f32.mel()) * n as f32 / (BANDS + 1) as f32)
            .collect();
        let filters = (0..=WINDOW / 2)
            .map(|line| {
                let mel = (line as f32 * LINE_HZ).mel();
                let mut shares = [(0, 0.0); 2];
                for (band, three) in edges.windows(3).enumerate() {
                    let (left, peak, right) = (three[0], three[1], three[2]);
                    if mel > left && mel <= peak {
                        shares[0] = (band, (mel - left) / (peak - left));
                    } else if mel > peak && mel < right {
                        shares[1] = (band, (right - mel) / (right - peak));
                    }
                }
                shares
            })
            .collect();
        let weights = std::array::from_fn(|band| equal_loudness(edges[band + 1].hz()));
        Self {
            input: fft.make_input_vec(),
            output: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            fft,
            window,
            filters,
            weights,
            previous: None,
        }
    }

    /// Analyses one window of [`WINDOW`] samples.
    pub fn analyse(&mut self, samples: &[f32]) -> Spectral {
        for ((input, sample), weight) in self.input.iter_mut().zip(samples).zip(&self.window) {
            *input = sample * weight;
        }
        let sizes_fit = self.fft.process_with_scratch(&mut self.input, &mut self.output, &mut self.scratch);
        debug_assert!(sizes_fit.is_ok());
        let power: Vec<f32> =
            self.output.iter().map(|line| line.norm_sqr() / (WINDOW * WINDOW) as f32).collect();
        let mut auditory = [0.0; BANDS];
        for (line, shares) in power.iter().zip(&self.filters) {
            for (band, share) in shares {
                auditory[*band] += line * share;
            }
        }
        let heard: [f32; BANDS] = std::array::from_fn(|band| (auditory[band] * self.weights[band]).cbrt());
        let loudness = heard.iter().sum();
        let flux = self.flux(heard, loudness);
        let energy = |from: f32, to: f32| between(&power, from, to).iter().sum::<f32>() + FLOOR;
        let parts = [
            energy(300.0, 800.0),
            energy(800.0, 1_500.0),
            energy(1_500.0, 2_500.0),
            energy(2_500.0, 3_400.0),
        ];
        let peak = |from: f32, to: f32| between(&power, from, to).iter().copied().fold(FLOOR, f32::max);
        let centre: f32 = between(&power, 300.0, 3_400.0)
            .iter()
            .enumerate()
            .map(|(line, power)| (300.0 + line as f32 * LINE_HZ) * power)
            .sum::<f32>()
            / energy(300.0, 3_400.0);
        Spectral {
            loudness,
            power: samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32,
            alpha: decibels(energy(50.0, 1_000.0) / energy(1_000.0, 4_000.0)),
            hammarberg: decibels(peak(0.0, 2_000.0) / peak(2_000.0, 4_000.0)),
            slope_low: slope(&power, 0.0, 500.0),
            slope_middle: slope(&power, 500.0, 1_500.0),
            slope_band: slope(&power, 300.0, 3_400.0),
            centroid: centre,
            bands: parts.map(|part| decibels(part / parts.iter().sum::<f32>())),
            cepstra: cepstra(&auditory),
            flux,
        }
    }

    fn flux(&mut self, heard: [f32; BANDS], loudness: f32) -> f32 {
        let scaled = heard.map(|band| band / loudness.max(FLOOR));
        let before = self.previous.replace(scaled).unwrap_or(scaled);
        scaled.iter().zip(before).map(|(now, before)| (now - before).abs()).sum()
    }
}

/// The mel scale (O'Shaughnessy 1987) and its inverse.
trait Mel {
    fn mel(self) -> f32;
    fn hz(self) -> f32;
}

impl Mel for f32 {
    fn mel(self) -> f32 {
        1_127.0 * (1.0 + self / 700.0).ln()
    }

    fn hz(self) -> f32 {
        700.0 * ((self / 1_127.0).exp() - 1.0)
    }
}

/// How much the ear at 40 dB weighs the power at a frequency in Hz (Hermansky 1990, equation 3).
fn equal_loudness(hz: f32) -> f32 {
    let squared = (2.0 * PI * hz).powi(2);
    (squared + 56.8e6) * squared.powi(2) / ((squared + 6.3e6).powi(2) * (squared + 0.38e9))
}

fn cepstra(auditory: &[f32; BANDS]) -> [f32; CEPSTRA] {
    let logs = auditory.map(|band| (band + FLOOR).ln());
    std::array::from_fn(|n| {
        let angle = PI * (n + 1) as f32 / BANDS as f32;
        let sum: f32 =
            logs.iter().enumerate().map(|(band, log)| log * (angle * (band as f32 + 0.5)).cos()).sum();
        sum * (2.0 / BANDS as f32).sqrt()
    })
}

fn between(power: &[f32], from_hz: f32, to_hz: f32) -> &[f32] {
    let line = |hz: f32| ((hz / LINE_HZ).ceil() as usize).min(power.len());
    &power[line(from_hz)..line(to_hz)]
}

/// The slope of a straight line through the levels in dB, per kHz.
fn slope(power: &[f32], from_hz: f32, to_hz: f32) -> f32 {
    let levels: Vec<f32> = between(power, from_hz, to_hz).iter().map(|line| decibels(line + FLOOR)).collect();
    let middle = (levels.len() as f32 - 1.0) / 2.0;
    let (mut rise, mut run) = (0.0, 0.0);
    for (n, level) in levels.iter().enumerate() {
        rise += (n as f32 - middle) * level;
        run += (n as f32 - middle).powi(2);
    }
    rise / run / (LINE_HZ / 1_000.0)
}

pub(super) fn decibels(ratio: f32) -> f32 {
    10.0 * ratio.max(FLOOR).log10()
}
