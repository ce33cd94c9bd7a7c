//! The pitch of the voice, every 10 ms.
//!
//! The normalised autocorrelation of Boersma 1993, "Accurate short-term analysis of the fundamental frequency and the
//! harmonics-to-noise ratio of a sampled sound", with its costs and defaults, and its best path over a bounded number
//! of frames instead of the whole recording.

use std::collections::VecDeque;
use std::f32::consts::PI;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// Samples in a pitch window: 60 ms at 8 kHz.
pub(super) const WINDOW: usize = 480;
/// Frames by which the decision lags, so that the path may be corrected.
pub(super) const LOOK_AHEAD: usize = 20;

const LOWEST_HZ: f32 = 65.0;
const HIGHEST_HZ: f32 = 600.0;
const CANDIDATES: usize = 8;
const VOICING_THRESHOLD: f32 = 0.45;
const SILENCE_THRESHOLD: f32 = 0.03;
const OCTAVE_COST: f32 = 0.02;
const OCTAVE_JUMP_COST: f32 = 0.4;
const VOICING_COST: f32 = 0.14;
/// How fast the loudest peak is forgotten, per frame: by half in 7 s.
const PEAK_DECAY: f32 = 0.999;

/// The voice's harmonics are looked for below about this frequency in Hz, where hiss and breath are weak.
const VOICE_HZ: f32 = 1_200.0;
/// How much the energy above it speaks against a voice: s and f have little but that.
const HISS_SHARE: f32 = 0.5;

const FFT: usize = 1_024;
/// The autocorrelation is interpolated to twice the sampling rate.
const FINE: usize = 2 * FFT;
const FINE_HZ: f32 = 16_000.0;

/// A pitch the frame may have.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Candidate {
    /// None for "unvoiced".
    hz: Option<f32>,
    /// The whole band's autocorrelation at the pitch's period.
    correlation: f32,
    strength: f32,
}

/// What was decided for a frame.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pitch {
    /// The fundamental frequency in Hz; none where there is no voice.
    pub hz: Option<f32>,
    /// Harmonics-to-noise ratio in dB, of voiced frames; 0 elsewhere.
    pub hnr: f32,
}

struct Step {
    candidates: Vec<Candidate>,
    /// For every candidate the best one of the frame before.
    from: Vec<usize>,
}

/// Follows the pitch through a stream of windows.
pub(super) struct Tracker {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
    /// What is left of the power of every spectral line below [`VOICE_HZ`].
    low_pass: Vec<f32>,
    /// The autocorrelations of the whole band and of the part where the voice is, by fine lag.
    whole: Vec<f32>,
    low: Vec<f32>,
    /// The window's own autocorrelation.
    window_correlation: Vec<f32>,
    time: Vec<f32>,
    lines: Vec<Complex<f32>>,
    fine_lines: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    peak: f32,
    steps: VecDeque<Step>,
    scores: Vec<f32>,
}

impl Tracker {
    pub fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(FFT);
        let inverse = planner.plan_fft_inverse(FINE);
        let window =
            (0..WINDOW).map(|n| 0.5 - 0.5 * (2.0 * PI * (n as f32 + 0.5) / WINDOW as f32).cos()).collect();
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        let mut tracker = Self {
            time: forward.make_input_vec(),
            lines: forward.make_output_vec(),
            fine_lines: inverse.make_input_vec(),
            whole: inverse.make_output_vec(),
            low: inverse.make_output_vec(),
            low_pass: (0..=FFT / 2)
                .map(|line| 1.0 / (1.0 + (line as f32 * 8_000.0 / FFT as f32 / VOICE_HZ).powi(4)))
                .collect(),
            scratch: vec![Complex::default(); scratch],
            forward,
            inverse,
            window,
            window_correlation: Vec::new(),
            peak: 0.0,
            steps: VecDeque::new(),
            scores: Vec::new(),
        };
        tracker.time.fill(0.0);
        tracker.time[..WINDOW].copy_from_slice(&tracker.window);
        tracker.correlate();
        tracker.window_correlation = tracker.whole.iter().map(|value| value / tracker.whole[0]).collect();
        tracker
    }

    /// Takes the next window of [`WINDOW`] samples; decides the frame [`LOOK_AHEAD`] windows ago.
    pub fn push(&mut self, samples: &[f32]) -> Option<Pitch> {
        let candidates = self.candidates(samples);
        self.connect(candidates);
        (self.steps.len() > LOOK_AHEAD).then(|| self.decide())
    }

    /// Decides the earliest undecided frame of a stream that has ended.
    pub fn flush(&mut self) -> Option<Pitch> {
        (!self.steps.is_empty()).then(|| self.decide())
    }

    /// Finds both autocorrelations of `time`, at half-sample lags.
    fn correlate(&mut self) {
        let forward = self.forward.process_with_scratch(
            &mut self.time,
            &mut self.lines,
            &mut self.scratch[..self.forward.get_scratch_len()],
        );
        debug_assert!(forward.is_ok());
        for (is_low, correlation) in [(false, &mut self.whole), (true, &mut self.low)] {
            self.fine_lines.fill(Complex::default());
            for ((fine, line), share) in self.fine_lines.iter_mut().zip(&self.lines).zip(&self.low_pass) {
                *fine = Complex::new(line.norm_sqr() * if is_low { *share } else { 1.0 }, 0.0);
            }
            let inverse = self.inverse.process_with_scratch(
                &mut self.fine_lines,
                correlation,
                &mut self.scratch[..self.inverse.get_scratch_len()],
            );
            debug_assert!(inverse.is_ok());
        }
    }

    fn candidates(&mut self, samples: &[f32]) -> Vec<Candidate> {
        let mean = samples.iter().sum::<f32>() / samples.len().max(1) as f32;
        let local = samples.iter().map(|sample| (sample - mean).abs()).fold(0.0, f32::max);
        self.peak = local.max(self.peak * PEAK_DECAY);
        self.time.fill(0.0);
        for ((time, sample), weight) in self.time.iter_mut().zip(samples).zip(&self.window) {
            *time = (sample - mean) * weight;
        }
        self.correlate();
        let silence = if self.peak > 0.0 {
            local / self.peak / (SILENCE_THRESHOLD / (1.0 + VOICING_THRESHOLD))
        } else {
            0.0
        };
        let unvoiced =
            Candidate { hz: None, correlation: 0.0, strength: VOICING_THRESHOLD + (2.0 - silence).max(0.0) };
        let mut found = self.peaks();
        found.sort_by(|one, other| other.strength.total_cmp(&one.strength));
        found.truncate(CANDIDATES);
        found.push(unvoiced);
        found
    }

    /// The maxima of the voice's autocorrelation, its window's shape taken out.
    fn peaks(&self) -> Vec<Candidate> {
        let (whole, low) = (self.whole[0], self.low[0]);
        let energy = low + HISS_SHARE * (whole - low);
        if energy <= 0.0 || !energy.is_finite() {
            return Vec::new();
        }
        let (first, last) = ((FINE_HZ / HIGHEST_HZ) as usize, (FINE_HZ / LOWEST_HZ) as usize + 1);
        let at = |lag: usize| self.low[lag] / energy / self.window_correlation[lag];
        let mut found = Vec::new();
        for lag in first..=last {
            let (before, here, after) = (at(lag - 1), at(lag), at(lag + 1));
            if here <= before || here < after || here < VOICING_THRESHOLD / 2.0 {
                continue;
            }
            let bend = before - 2.0 * here + after;
            let shift = if bend < 0.0 { 0.5 * (before - after) / bend } else { 0.0 };
            let hz = FINE_HZ / (lag as f32 + shift);
            let height = (here - 0.25 * (before - after) * shift).clamp(0.0, 1.0);
            let correlation = self.whole[lag] / whole / self.window_correlation[lag];
            if (LOWEST_HZ..=HIGHEST_HZ).contains(&hz) {
                let strength = height + OCTAVE_COST * (hz / LOWEST_HZ).log2();
                found.push(Candidate { hz: Some(hz), correlation, strength });
            }
        }
        found
    }

    fn connect(&mut self, candidates: Vec<Candidate>) {
        let mut scores = Vec::with_capacity(candidates.len());
        let mut from = Vec::with_capacity(candidates.len());
        for candidate in &candidates {
            let mut best = (0, f32::NEG_INFINITY);
            if let Some(step) = self.steps.back() {
                for (n, (before, score)) in step.candidates.iter().zip(&self.scores).enumerate() {
                    let total = score - transition(before.hz, candidate.hz);
                    if total > best.1 {
                        best = (n, total);
                    }
                }
            } else {
                best.1 = 0.0;
            }
            from.push(best.0);
            scores.push(best.1 + candidate.strength);
        }
        let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        self.scores = scores.into_iter().map(|score| score - highest).collect();
        self.steps.push_back(Step { candidates, from });
    }

    fn decide(&mut self) -> Pitch {
        let best = self.scores.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1));
        let mut state = best.map_or(0, |(n, _)| n);
        for step in self.steps.iter().skip(1).rev() {
            state = step.from[state];
        }
        let step = self.steps.pop_front();
        let chosen = step.and_then(|step| step.candidates.get(state).copied());
        match chosen {
            Some(Candidate { hz: Some(hz), correlation, .. }) => {
                let clear = correlation.clamp(0.001, 0.999);
                Pitch { hz: Some(hz), hnr: 10.0 * (clear / (1.0 - clear)).log10() }
            }
            Some(Candidate { hz: None, .. }) | None => Pitch::default(),
        }
    }
}

fn transition(before: Option<f32>, now: Option<f32>) -> f32 {
    match (before, now) {
        (None, None) => 0.0,
        (Some(before), Some(now)) => OCTAVE_JUMP_COST * (before / now).log2().abs(),
        (Some(_), None) | (None, Some(_)) => VOICING_COST,
    }
}
