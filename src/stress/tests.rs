use std::f32::consts::TAU;
use std::sync::Arc;

use proptest::prelude::*;

use super::baseline::Baseline;
use super::fit::{Example, FitError, Label, fit};
use super::frame::{Frame, Measurer};
use super::measure::{Measure, measure};
use super::model::{Model, ModelError};
use super::random::SplitMix;
use super::scorer::{Scorer, VoiceStress, learn_baseline};
use crate::audio::decode::decode_recording;
use crate::audio::resample::resample;

fn frames(samples: &[f32]) -> Vec<Frame> {
    let mut measurer = Measurer::new();
    let mut frames = measurer.push(samples);
    frames.extend(measurer.flush());
    frames
}

fn scored(samples: &[f32], baseline: Baseline) -> (Vec<VoiceStress>, Option<VoiceStress>) {
    let mut scorer = Scorer::new(Arc::new(Model::built_in()), None, baseline);
    let mut updates: Vec<VoiceStress> =
        samples.chunks(160).flat_map(|samples| scorer.feed(samples)).collect();
    updates.extend(scorer.turn_ended());
    (updates, scorer.overall())
}

/// A recorded caller of the demo, at 8 kHz.
fn caller(flac: &[u8]) -> Vec<f32> {
    let recording = decode_recording(flac.to_vec()).unwrap();
    resample(&recording.samples, recording.rate, 8_000)
}

fn man() -> Vec<f32> {
    caller(include_bytes!("../telephony/local/callers/plumber-plain-00-reason.flac"))
}

fn woman() -> Vec<f32> {
    caller(include_bytes!("../telephony/local/callers/no-show-upset-00-reason.flac"))
}

/// Pulses at a pitch, each a decaying ring as of a vocal tract, in syllables with pauses between.
fn voice(hz: f32, seconds: f32, random: &mut SplitMix) -> Vec<f32> {
    let mut samples = vec![0.0; (seconds * 8_000.0) as usize];
    let (mut at, length) = (0.0, samples.len());
    while (at as usize) < length {
        let second = at / 8_000.0;
        if second % 0.4 < 0.3 {
            let glide = 1.0 + 0.1 * (TAU * 0.7 * second).sin();
            for n in 0..80.min(length - at as usize) {
                let t = n as f32 / 8_000.0;
                let ring = (TAU * 600.0 * t).sin()
                    + 0.5 * (TAU * 1_400.0 * t).sin()
                    + 0.2 * (TAU * 2_600.0 * t).sin();
                samples[at as usize + n] += 0.2 * ring * (-t * 400.0).exp();
            }
            at += 8_000.0 / (hz * glide * random.between(0.99, 1.01));
        } else {
            at += 80.0;
        }
    }
    samples.iter_mut().for_each(|sample| *sample += random.between(-0.001, 0.001));
    samples
}

#[test]
fn the_pitch_of_pulses_is_found_without_octave_errors() {
    for hz in [80.0, 110.0, 160.0, 220.0, 310.0, 440.0, 550.0] {
        let train: Vec<f32> = (0..8_000)
            .map(|n| {
                (1..=(3_400.0 / hz) as i32)
                    .map(|k| (TAU * hz * k as f32 * n as f32 / 8_000.0).cos() / k as f32)
                    .sum::<f32>()
                    * 0.1
            })
            .collect();
        let frames = frames(&train);
        let steady = &frames[10..90];
        for frame in steady {
            let found = frame.pitch.hz.unwrap();
            assert!((found / hz - 1.0).abs() < 0.01, "{found} for {hz}");
            assert!(frame.pitch.hnr > 10.0, "{}", frame.pitch.hnr);
        }
        let jitter: Vec<f32> = steady.iter().filter_map(|frame| frame.jitter).collect();
        assert!(jitter.iter().sum::<f32>() / jitter.len() as f32 * 100.0 < 1.0, "{hz}: {jitter:?}");
    }
}

#[test]
fn the_pitch_is_found_where_the_telephone_cuts_the_fundamental_off() {
    let train: Vec<f32> = (0..8_000)
        .map(|n| {
            (3..=28)
                .map(|k| (TAU * 120.0 * k as f32 * n as f32 / 8_000.0 + k as f32).cos() / k as f32)
                .sum::<f32>()
                * 0.2
        })
        .collect();
    let found = frames(&train)[50].pitch.hz.unwrap();
    assert!((found - 120.0).abs() < 2.0, "{found}");
}

#[test]
fn noise_lowers_the_harmonicity_and_hiss_is_no_voice() {
    let mut random = SplitMix::new(3);
    let clean = voice(140.0, 2.0, &mut random);
    let noisy: Vec<f32> = clean.iter().map(|sample| sample + random.between(-0.05, 0.05)).collect();
    let harmonicity =
        |samples: &[f32]| measure(&frames(samples)).unwrap().0[Measure::Harmonicity as usize].unwrap();
    assert!(harmonicity(&clean) > harmonicity(&noisy) + 3.0);
    let hiss: Vec<f32> = (0..16_000).map(|_| random.between(-0.3, 0.3)).collect();
    let voiced = frames(&hiss).iter().filter(|frame| frame.pitch.hz.is_some()).count();
    assert!(voiced < 10, "{voiced}");
}

#[test]
fn loudness_goes_with_the_cube_root_of_power_and_nothing_else_goes_with_gain() {
    let quiet = voice(170.0, 2.0, &mut SplitMix::new(4));
    let loud: Vec<f32> = quiet.iter().map(|sample| sample * 3.0).collect();
    let ratio = frames(&loud)[60].spectral.loudness / frames(&quiet)[60].spectral.loudness;
    assert!((ratio - 3f32.powf(2.0 / 3.0)).abs() < 0.01, "{ratio}");
    let (quiet, loud) = (measure(&frames(&quiet)).unwrap(), measure(&frames(&loud)).unwrap());
    for (measure, (one, other)) in Measure::ALL.into_iter().zip(quiet.0.into_iter().zip(loud.0)) {
        let (one, other) = (one.unwrap(), other.unwrap());
        assert!((one - other).abs() <= 0.01 * one.abs().max(1.0), "{measure:?}: {one} {other}");
    }
}

#[test]
fn what_is_no_speech_gets_no_level() {
    let tone: Vec<f32> = (0..40_000).map(|n| 0.5 * (TAU * 440.0 * n as f32 / 8_000.0).sin()).collect();
    let square: Vec<f32> = tone.iter().map(|sample| sample.signum()).collect();
    for samples in
        [vec![], vec![0.7], vec![0.0; 40_000], vec![1.0; 40_000], vec![f32::NAN; 40_000], tone, square]
    {
        let (updates, overall) = scored(&samples, Baseline::default());
        assert_eq!((updates.len(), overall), (0, None), "{} samples", samples.len());
    }
}

#[test]
fn nothing_is_said_of_a_second_of_speech() {
    let (updates, overall) = scored(&man()[..8_000], Baseline::default());
    assert_eq!((updates.len(), overall), (0, None));
    assert!(scored(&man(), Baseline::default()).1.is_some());
}

#[test]
fn a_constant_gain_does_not_change_the_level() {
    for samples in [man(), woman()] {
        let peak = samples.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        let quiet: Vec<f32> = samples.iter().map(|sample| sample * 0.2 / peak).collect();
        let level = |gain_db: f32| {
            let gain = 10f32.powf(gain_db / 20.0);
            let heard: Vec<f32> = quiet.iter().map(|sample| sample * gain).collect();
            scored(&heard, Baseline::default()).1.unwrap().level
        };
        let usual = level(0.0);
        for gain_db in [-12.0, -6.0, -3.0, 3.0, 6.0, 12.0] {
            assert!((level(gain_db) - usual).abs() < 3.0, "{gain_db} dB: {} for {usual}", level(gain_db));
        }
    }
}

#[test]
fn a_higher_and_faster_voice_than_usual_is_more_stressed_and_says_why() {
    let usual = man();
    let baseline = learn_baseline([usual.as_slice()]);
    let raised = resample(&usual, 11_200, 8_000);
    let calm = scored(&usual, baseline.clone()).1.unwrap();
    let tense = scored(&raised, baseline).1.unwrap();
    assert!(tense.level > calm.level + 20.0, "{} {}", calm.level, tense.level);
    assert!(
        tense
            .reasons
            .iter()
            .any(|reason| reason.starts_with("pitch") && reason.contains("this caller's usual")),
        "{:?}",
        tense.reasons
    );
    assert!(calm.low <= calm.level && calm.level <= calm.high && calm.level < 50.0, "{calm:?}");
}

#[test]
fn a_baseline_survives_being_kept_and_gets_slower_to_change() {
    let baseline = learn_baseline([man().as_slice()]);
    assert!(baseline.seconds() > 2.0);
    let kept: Baseline = serde_json::from_str(&serde_json::to_string(&baseline).unwrap()).unwrap();
    assert_eq!(kept, baseline);
    let other = measure(&frames(&woman())).unwrap();
    let moved = |baseline: &Baseline| {
        let mut after = baseline.clone();
        after.learn(&other, 2.0);
        let pitch = |baseline: &Baseline| baseline.usual(Measure::Pitch).unwrap().mean;
        (pitch(&after) - pitch(baseline)).abs()
    };
    let mut settled = baseline.clone();
    (0..20).for_each(|_| settled.learn(&measure(&frames(&man())).unwrap(), 3.0));
    assert!(moved(&settled) < moved(&baseline) / 3.0);
    // At the next call it may be somebody else.
    assert!(moved(&settled.remembered()) > moved(&baseline) / 3.0);
}

#[test]
fn the_model_that_is_shipped_follows_phonetics_and_has_a_card() {
    let model = Model::read(include_str!("model.json")).unwrap();
    assert_eq!(model, Model::built_in());
    for (measure, term) in &model.terms {
        assert_eq!(term.weight > 0.0, measure.raised_by_stress(), "{measure:?}");
    }
    let card = model.card;
    assert!(!card.about.is_empty() && !card.data.is_empty() && !card.licence.is_empty());
    assert!(!card.limits.is_empty() && card.figures.contains_key("with_baseline.auc"));
}

#[test]
fn a_model_that_makes_no_sense_is_refused() {
    assert!(matches!(Model::read("{}"), Err(ModelError::Form(_))));
    let mut model = Model::built_in();
    model.terms.values_mut().for_each(|term| term.within = 0.0);
    let error = Model::read(&serde_json::to_string(&model).unwrap()).unwrap_err();
    assert!(matches!(error, ModelError::Number(Some(_))), "{error}");
}

#[test]
fn a_fit_is_the_same_every_time_and_finds_what_is_there() {
    let examples: Vec<Example> = (0..10)
        .flat_map(|speaker| {
            let mut random = SplitMix::new(speaker);
            let usual = 100.0 + 12.0 * speaker as f32;
            let mut one = |label: Label, hz: f32| Example {
                speaker: format!("speaker {speaker}"),
                label,
                samples: voice(hz * random.between(0.97, 1.03), 0.6, &mut SplitMix::new(random.bits())),
            };
            [(Label::Calm, 1.0), (Label::Calm, 1.0), (Label::Calm, 1.0), (Label::Angry, 1.6)]
                .map(|(label, factor)| one(label, factor * usual))
        })
        .collect();
    let model = fit(&examples, None, |_, _| ()).unwrap();
    assert_eq!(fit(&examples, None, |_, _| ()).unwrap(), model);
    assert!(model.card.figures["with_baseline.auc"] > 0.9, "{:?}", model.card.figures);
    let few: Vec<Example> = examples.iter().take(3).cloned().collect();
    assert_eq!(fit(&few, None, |_, _| ()).unwrap_err(), FitError);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_sound_whatever_gives_a_number_that_is_none(
        pieces in prop::collection::vec((0..6usize, 1..6_000usize, -2.0f32..2.0, 60.0f32..4_000.0), 0..6),
        seed in any::<u64>(),
    ) {
        let mut random = SplitMix::new(seed);
        let mut samples = Vec::new();
        for (kind, length, size, hz) in pieces {
            samples.extend((0..length).map(|n| match kind {
                0 => size * (TAU * hz * n as f32 / 8_000.0).sin(),
                1 => size * random.between(-1.0, 1.0),
                2 => f32::from_bits(random.bits() as u32),
                3 => if n % 97 == 0 { size } else { 0.0 },
                4 => 100.0 * size * (TAU * hz / 10.0 * n as f32 / 8_000.0).sin(),
                _ => size * 1e-30,
            }));
        }
        let frames = frames(&samples);
        prop_assert_eq!(frames.len(), samples.len() / 80 + 1);
        let measures = measure(&frames);
        prop_assert!(measures.is_none_or(|measures| measures.0.iter().flatten().all(|value| value.is_finite())));
        let (updates, overall) = scored(&samples, Baseline::default());
        for VoiceStress { level, low, high, confidence, .. } in updates.into_iter().chain(overall) {
            prop_assert!((0.0..=100.0).contains(&level) && low <= level && level <= high);
            prop_assert!((0.0..=1.0).contains(&confidence));
        }
    }

    #[test]
    fn the_size_of_the_pieces_does_not_matter(seed in any::<u64>()) {
        let mut random = SplitMix::new(seed);
        let samples = voice(random.between(90.0, 250.0), 1.0, &mut random);
        let mut measurer = Measurer::new();
        let (mut pieces, mut rest) = (Vec::new(), samples.as_slice());
        while !rest.is_empty() {
            let (piece, after) = rest.split_at((1 + random.below(700)).min(rest.len()));
            pieces.extend(measurer.push(piece));
            rest = after;
        }
        pieces.extend(measurer.flush());
        prop_assert_eq!(pieces, frames(&samples));
    }
}
