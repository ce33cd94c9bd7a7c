//! Whisper's log-mel spectrum, which the networks that grew out of it hear by.

use std::ops::Range;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

use super::MODEL_HZ;

/// Samples of a frame's window: 25 ms.
pub(super) const FFT: usize = 400;
/// Samples between frames: 10 ms.
pub(super) const HOP: usize = 160;
/// Bands of a frame.
pub(super) const MELS: usize = 80;
/// The least power of a band, as in Whisper's extractor.
const FLOOR: f64 = 1e-10;

/// Hann windows, and 80 Slaney bands up to 8 kHz.
pub(super) struct MelSpectrum {
    fft: Arc<dyn RealToComplex<f64>>,
    window: Vec<f64>,
    bands: Vec<Band>,
}

/// A triangle over a few bins of the spectrum.
struct Band {
    bins: Range<usize>,
    weights: Vec<f64>,
}

impl MelSpectrum {
    pub fn new() -> Self {
        let turn = std::f64::consts::TAU / FFT as f64;
        Self {
            fft: RealFftPlanner::new().plan_fft_forward(FFT),
            window: (0..FFT).map(|n| 0.5 - 0.5 * (turn * n as f64).cos()).collect(),
            bands: mel_bands(),
        }
    }

    /// Returns `MELS` rows of one value a frame, from samples at 16 kHz in the middle of a buffer that has room for half a
    /// window on both sides, which is filled with their mirror image. The first `alike` frames are known to be the same.
    pub fn features(&self, mut padded: Vec<f64>, alike: usize) -> Vec<f32> {
        mirror(&mut padded);
        let frames = (padded.len() - FFT) / HOP;
        let mut scratch = Scratch::new(&self.fft);
        let mut logs = vec![0.0; MELS * frames];
        for frame in (0..frames).filter(|&frame| frame == 0 || frame >= alike) {
            let bands = self.frame(&padded[frame * HOP..][..FFT], &mut scratch);
            let until = if frame == 0 { alike.max(1) } else { frame + 1 };
            for (mel, power) in bands.enumerate() {
                logs[mel * frames..][frame..until].fill(power.max(FLOOR).log10());
            }
        }
        let least = logs.iter().copied().fold(f64::MIN, f64::max) - 8.0;
        logs.into_iter().map(|log| ((log.max(least) + 4.0) / 4.0) as f32).collect()
    }

    /// Returns the power in every band of one frame.
    fn frame<'a>(&'a self, samples: &[f64], scratch: &'a mut Scratch) -> impl Iterator<Item = f64> + 'a {
        let Scratch { input, spectrum, work } = scratch;
        for ((input, sample), weight) in input.iter_mut().zip(samples).zip(&self.window) {
            *input = sample * weight;
        }
        self.fft.process_with_scratch(input, spectrum, work).expect("the buffers are of the planned sizes");
        self.bands.iter().map(|band| {
            let bins = spectrum[band.bins.clone()].iter();
            bins.zip(&band.weights).map(|(bin, weight)| bin.norm_sqr() * weight).sum()
        })
    }
}

struct Scratch {
    input: Vec<f64>,
    spectrum: Vec<Complex<f64>>,
    work: Vec<Complex<f64>>,
}

impl Scratch {
    fn new(fft: &Arc<dyn RealToComplex<f64>>) -> Self {
        Self { input: fft.make_input_vec(), spectrum: fft.make_output_vec(), work: fft.make_scratch_vec() }
    }
}

fn mirror(padded: &mut [f64]) {
    const EDGE: usize = FFT / 2;
    let end = padded.len() - EDGE;
    for n in 1..=EDGE {
        padded[EDGE - n] = padded[EDGE + n];
        padded[end - 1 + n] = padded[end - 1 - n];
    }
}

fn mel_bands() -> Vec<Band> {
    let top = hertz_to_mel(f64::from(MODEL_HZ) / 2.0);
    let corners: Vec<f64> = (0..MELS + 2).map(|n| mel_to_hertz(top * n as f64 / (MELS + 1) as f64)).collect();
    let bin_hz = f64::from(MODEL_HZ) / FFT as f64;
    corners
        .windows(3)
        .map(|corner| {
            let height = |bin: usize| {
                let hz = bin as f64 * bin_hz;
                let (up, down) =
                    ((hz - corner[0]) / (corner[1] - corner[0]), (corner[2] - hz) / (corner[2] - corner[1]));
                up.min(down).max(0.0) * 2.0 / (corner[2] - corner[0])
            };
            let bins = (corner[0] / bin_hz) as usize..(corner[2] / bin_hz) as usize + 1;
            let bins = bins.start..bins.end.min(FFT / 2 + 1);
            Band { weights: bins.clone().map(height).collect(), bins }
        })
        .collect()
}

/// The Slaney scale: linear to 1 kHz, logarithmic above.
fn hertz_to_mel(hz: f64) -> f64 {
    if hz < 1_000.0 { hz * 3.0 / 200.0 } else { 15.0 + (hz / 1_000.0).ln() * 27.0 / 6.4f64.ln() }
}

fn mel_to_hertz(mel: f64) -> f64 {
    if mel < 15.0 { mel * 200.0 / 3.0 } else { 1_000.0 * ((mel - 15.0) * 6.4f64.ln() / 27.0).exp() }
}
