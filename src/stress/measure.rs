//! What a stretch of speech is like: one number for each thing a listener might notice.
//!
//! All are free of the line's gain. Pitch is in semitones above 100 Hz. "Steady" frames are voiced with voiced
//! neighbours; "unvoiced" ones are everything else down to 35 dB below the voice.

use serde::{Deserialize, Serialize};

use super::frame::{FRAMES_PER_SECOND, Frame};
use super::spectrum::decibels;

/// Voiced frames needed before anything is measured.
const LEAST_VOICED: usize = 15;
/// Unvoiced sound further below the voice than this is the line's own.
const UNVOICED_RANGE_DB: f32 = 35.0;
/// A line cleaner than this is no longer told from a cleaner one.
const CLEAREST_DB: f32 = 40.0;
/// The power below which a frame is digital silence.
const EMPTY: f32 = 1e-13;

/// A thing that is measured; the order is that of [`Measures`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The pitch that four fifths of the voiced frames exceed, in semitones.
    PitchFloor,
    /// Median pitch in semitones.
    Pitch,
    /// From the 20th to the 80th percentile of the pitch, in semitones.
    PitchRange,
    /// Standard deviation of the pitch in semitones.
    PitchSpread,
    /// Mean speed of the pitch in semitones per frame.
    PitchSlope,
    /// Rank correlation of pitch and loudness over the steady frames (Spearman 1904).
    PitchLoudness,
    /// Alpha ratio of the steady frames in dB.
    Alpha,
    /// Hammarberg index of the steady frames in dB.
    Hammarberg,
    /// Spectral slope below 500 Hz of the steady frames.
    SlopeLow,
    /// Spectral slope over the telephone's band of the steady frames.
    SlopeBand,
    /// Spectral centre of gravity of the steady frames in Hz.
    Centroid,
    /// First cepstral coefficient of the steady frames.
    Cepstrum1,
    /// Second cepstral coefficient of the steady frames.
    Cepstrum2,
    /// Third cepstral coefficient of the steady frames.
    Cepstrum3,
    /// Spectral flux of the steady frames.
    Flux,
    /// Mean harmonics-to-noise ratio of the steady frames in dB.
    Harmonicity,
    /// Lower quartile of the jitter of the steady frames: the onsets and ends of voices, and mismatches, are above it.
    Jitter,
    /// Lower quartile of the shimmer of the steady frames in dB.
    Shimmer,
    /// Median first formant of the steady frames in Hz.
    Formant1,
    /// Median second formant of the steady frames in Hz.
    Formant2,
    /// Alpha ratio of the unvoiced frames in dB.
    UnvoicedAlpha,
    /// Hammarberg index of the unvoiced frames in dB.
    UnvoicedHammarberg,
    /// Spectral slope below 500 Hz of the unvoiced frames.
    UnvoicedSlopeLow,
    /// How far the voice stands above the line's background, in dB, up to 40.
    AboveBackground,
    /// Standard deviation of loudness over its mean.
    LoudnessSpread,
    /// Syllables a second of speech, by peaks of the loudness that are voiced.
    Rate,
    /// Share of the speech that is voiced.
    Voiced,
    /// Mean length of the voiced segments, as the natural logarithm of seconds.
    SegmentLength,
}

impl Measure {
    /// All of them, in order.
    pub const ALL: [Self; 28] = [
        Self::PitchFloor,
        Self::Pitch,
        Self::PitchRange,
        Self::PitchSpread,
        Self::PitchSlope,
        Self::PitchLoudness,
        Self::Alpha,
        Self::Hammarberg,
        Self::SlopeLow,
        Self::SlopeBand,
        Self::Centroid,
        Self::Cepstrum1,
        Self::Cepstrum2,
        Self::Cepstrum3,
        Self::Flux,
        Self::Harmonicity,
        Self::Jitter,
        Self::Shimmer,
        Self::Formant1,
        Self::Formant2,
        Self::UnvoicedAlpha,
        Self::UnvoicedHammarberg,
        Self::UnvoicedSlopeLow,
        Self::AboveBackground,
        Self::LoudnessSpread,
        Self::Rate,
        Self::Voiced,
        Self::SegmentLength,
    ];
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Whether anger and fear raise it (Banse & Scherer 1996, "Acoustic profiles in vocal emotion expression"; Juslin &
    /// Laukka 2003, "Communication of emotions in vocal expression and music performance"). The pitch of joy rises as
    /// well, but swings more widely; so a narrow range speaks for stress. Pressed out, pitch and loudness go together
    /// (Gramming et al. 1988, "Relationship between changes in voice pitch and loudness"); joy plays with the pitch alone.
    /// No fit may turn these round.
    pub fn raised_by_stress(self) -> bool {
        match self {
            Self::PitchFloor
            | Self::Pitch
            | Self::PitchSlope
            | Self::PitchLoudness
            | Self::SlopeLow
            | Self::SlopeBand
            | Self::Centroid
            | Self::Flux
            | Self::Jitter
            | Self::Shimmer
            | Self::Formant1
            | Self::Formant2
            | Self::UnvoicedSlopeLow
            | Self::AboveBackground
            | Self::LoudnessSpread
            | Self::Rate => true,
            Self::PitchRange
            | Self::PitchSpread
            | Self::Alpha
            | Self::Hammarberg
            | Self::Cepstrum1
            | Self::Cepstrum2
            | Self::Cepstrum3
            | Self::Harmonicity
            | Self::UnvoicedAlpha
            | Self::UnvoicedHammarberg
            | Self::Voiced
            | Self::SegmentLength => false,
        }
    }
}

/// The measures of one stretch of speech; those that could not be taken are missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures(pub [Option<f32>; Measure::COUNT]);

/// Measures a stretch of frames; none if there is too little voice in it.
pub fn measure(frames: &[Frame]) -> Option<Measures> {
    let voices: Vec<f32> =
        frames.iter().filter(|frame| frame.pitch.hz.is_some()).map(|frame| frame.spectral.loudness).collect();
    let loud = quantile(voices, 0.9)?;
    let is_voice = |frame: &Frame| frame.pitch.hz.is_some() && frame.spectral.loudness > 0.1 * loud;
    let is_speech = |frame: &Frame| frame.spectral.loudness > 0.15 * loud;
    let voice: Vec<bool> = frames.iter().map(is_voice).collect();
    let voiced: Vec<&Frame> = frames.iter().filter(|frame| is_voice(frame)).collect();
    let speech: Vec<&Frame> = frames.iter().filter(|frame| is_speech(frame)).collect();
    if voiced.len() < LEAST_VOICED {
        return None;
    }
    let neighboured = |n: usize| n > 0 && n + 1 < voice.len() && voice[n - 1] && voice[n] && voice[n + 1];
    let steady: Vec<&Frame> = (0..frames.len()).filter(|n| neighboured(*n)).map(|n| &frames[n]).collect();
    let level = quantile(voiced.iter().map(|frame| frame.spectral.power).collect(), 0.7)?;
    let lowest = EMPTY.max(level * 10f32.powf(-UNVOICED_RANGE_DB / 10.0));
    let unvoiced: Vec<&Frame> =
        frames.iter().filter(|frame| frame.pitch.hz.is_none() && frame.spectral.power > lowest).collect();
    let audible: Vec<f32> =
        frames.iter().map(|frame| frame.spectral.power).filter(|power| *power > EMPTY).collect();
    let background = quantile(audible, 0.05)?;
    let speech_seconds = speech.len().max(1) as f32 / FRAMES_PER_SECOND as f32;
    let segments = runs(&voice);
    let value = |measure: Measure| match measure {
        Measure::PitchFloor => quantile(semitones(&steady), 0.2),
        Measure::Pitch => quantile(semitones(&steady), 0.5),
        Measure::PitchRange => Some(quantile(semitones(&steady), 0.8)? - quantile(semitones(&steady), 0.2)?),
        Measure::PitchSpread => spread(&semitones(&steady)).map(|(_, deviation)| deviation),
        Measure::PitchSlope => pitch_slope(frames),
        Measure::PitchLoudness => {
            let loudness: Vec<f32> = steady.iter().map(|frame| frame.spectral.loudness).collect();
            rank_correlation(&semitones(&steady), &loudness)
        }
        Measure::Alpha => mean(&steady, |frame| frame.spectral.alpha),
        Measure::Hammarberg => mean(&steady, |frame| frame.spectral.hammarberg),
        Measure::SlopeLow => mean(&steady, |frame| frame.spectral.slope_low),
        Measure::SlopeBand => mean(&steady, |frame| frame.spectral.slope_band),
        Measure::Centroid => mean(&steady, |frame| frame.spectral.centroid),
        Measure::Cepstrum1 => mean(&steady, |frame| frame.spectral.cepstra[0]),
        Measure::Cepstrum2 => mean(&steady, |frame| frame.spectral.cepstra[1]),
        Measure::Cepstrum3 => mean(&steady, |frame| frame.spectral.cepstra[2]),
        Measure::Flux => mean(&steady, |frame| frame.spectral.flux),
        Measure::Harmonicity => mean(&steady, |frame| frame.pitch.hnr),
        Measure::Jitter => quantile(steady.iter().filter_map(|frame| frame.jitter).collect(), 0.25),
        Measure::Shimmer => quantile(steady.iter().filter_map(|frame| frame.shimmer).collect(), 0.25),
        Measure::Formant1 => formant(&steady, 0),
        Measure::Formant2 => formant(&steady, 1),
        Measure::UnvoicedAlpha => mean(&unvoiced, |frame| frame.spectral.alpha),
        Measure::UnvoicedHammarberg => mean(&unvoiced, |frame| frame.spectral.hammarberg),
        Measure::UnvoicedSlopeLow => mean(&unvoiced, |frame| frame.spectral.slope_low),
        Measure::AboveBackground => Some(decibels(level / background).clamp(0.0, CLEAREST_DB)),
        Measure::LoudnessSpread => {
            let loudness: Vec<f32> = speech.iter().map(|frame| frame.spectral.loudness).collect();
            spread(&loudness).map(|(mean, deviation)| deviation / mean)
        }
        Measure::Rate => Some(syllables(frames, &voice, loud) as f32 / speech_seconds),
        Measure::Voiced => Some((voiced.len() as f32 / speech.len().max(1) as f32).min(1.0)),
        Measure::SegmentLength => {
            let mean = voiced.len() as f32 / segments.max(1) as f32 / FRAMES_PER_SECOND as f32;
            Some(mean.ln())
        }
    };
    Some(Measures(Measure::ALL.map(|measure| value(measure).filter(|value| value.is_finite()))))
}

fn semitones(voiced: &[&Frame]) -> Vec<f32> {
    voiced.iter().filter_map(|frame| frame.pitch.hz).map(semitone).collect()
}

fn semitone(hz: f32) -> f32 {
    12.0 * (hz / 100.0).log2()
}

fn pitch_slope(frames: &[Frame]) -> Option<f32> {
    let steps: Vec<f32> = frames
        .windows(2)
        .filter_map(|pair| Some((semitone(pair[1].pitch.hz?) - semitone(pair[0].pitch.hz?)).abs()))
        // A larger step is a new start, not a glide.
        .filter(|step| *step < 4.0)
        .collect();
    spread(&steps).map(|(mean, _)| mean)
}

fn formant(steady: &[&Frame], which: usize) -> Option<f32> {
    quantile(steady.iter().filter_map(|frame| frame.formants).map(|formants| formants[which]).collect(), 0.5)
}

fn mean(frames: &[&Frame], value: impl Fn(&Frame) -> f32) -> Option<f32> {
    (frames.len() > 3).then(|| frames.iter().map(|frame| value(frame)).sum::<f32>() / frames.len() as f32)
}

/// Mean and standard deviation.
fn spread(values: &[f32]) -> Option<(f32, f32)> {
    if values.is_empty() {
        return None;
    }
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / values.len() as f32;
    Some((mean, variance.sqrt()))
}

/// Spearman's correlation; none where everything is equal.
fn rank_correlation(one: &[f32], other: &[f32]) -> Option<f32> {
    let [(one, mean, deviation), (other, other_mean, other_deviation)] = [one, other].map(|values| {
        let ranks = ranks(values);
        let (mean, deviation) = spread(&ranks).unwrap_or_default();
        (ranks, mean, deviation)
    });
    let products = one.iter().zip(&other).map(|(one, other)| (one - mean) * (other - other_mean));
    Some(products.sum::<f32>() / one.len() as f32 / (deviation * other_deviation))
}

/// The place of every value among all; equal ones share the mean of theirs.
fn ranks(values: &[f32]) -> Vec<f32> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    let below = |value: f32| sorted.partition_point(|other| *other < value);
    let up_to = |value: f32| sorted.partition_point(|other| *other <= value);
    values.iter().map(|value| (below(*value) + up_to(*value)) as f32 / 2.0).collect()
}

/// The value that a share of the others does not exceed, between neighbours.
pub(super) fn quantile(mut values: Vec<f32>, share: f32) -> Option<f32> {
    values.sort_by(f32::total_cmp);
    let place = share * values.len().checked_sub(1)? as f32;
    let (below, above) = (values[place.floor() as usize], values[place.ceil() as usize]);
    Some(below + (above - below) * place.fract())
}

fn runs(voice: &[bool]) -> usize {
    usize::from(voice.first() == Some(&true)) + voice.windows(2).filter(|pair| !pair[0] && pair[1]).count()
}

/// Peaks of the loudness smoothed over 70 ms that are voiced and stand 15 % above the valleys between them (after
/// Mermelstein 1975, "Automatic segmentation of speech into syllabic units").
fn syllables(frames: &[Frame], voice: &[bool], loud: f32) -> usize {
    let smooth: Vec<f32> = (0..frames.len())
        .map(|n| {
            let around = &frames[n.saturating_sub(3)..(n + 4).min(frames.len())];
            around.iter().map(|frame| frame.spectral.loudness).sum::<f32>() / around.len() as f32
        })
        .collect();
    let mut peaks: Vec<usize> = Vec::new();
    for n in 1..smooth.len().saturating_sub(1) {
        let near = &voice[n.saturating_sub(4)..(n + 5).min(voice.len())];
        let is_peak = smooth[n] > smooth[n - 1] && smooth[n] >= smooth[n + 1] && smooth[n] > 0.25 * loud;
        if !is_peak || !near.contains(&true) {
            continue;
        }
        let Some(last) = peaks.last_mut() else {
            peaks.push(n);
            continue;
        };
        let valley = smooth[*last..n].iter().copied().fold(f32::INFINITY, f32::min);
        if valley > 0.85 * smooth[*last].min(smooth[n]) {
            *last = if smooth[n] > smooth[*last] { n } else { *last };
        } else {
            peaks.push(n);
        }
    }
    peaks.len()
}
