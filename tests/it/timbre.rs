//! The network that hears the mood in a voice, with its real weights.

use std::sync::Arc;

use calmline::audio::decode::decode_recording;
use calmline::stress::baseline::Baseline;
use calmline::stress::model::Model;
use calmline::stress::scorer::Scorer;

const CLIP: &[u8] = include_bytes!("../../src/telephony/local/callers/dental-bill-00-reason.flac");

const FRIGHTENED: &[u8] = include_bytes!("../../src/telephony/local/callers/frightened-00-reason.flac");

/// Means of the first and the third layer, computed in numpy from the published 16-bit weights; eight bits, as they are
/// used here, are that far from them.
#[test]
fn the_layers_are_those_of_whispers_encoder() {
    let network = calmline::cli::stress::network(1).unwrap();
    let timbre = network.timbre(&decode_recording(CLIP.to_vec()).unwrap().samples);
    let expected = [
        (0, 0.4568),
        (1, 0.5305),
        (2, 0.5673),
        (100, 0.4609),
        (383, 0.4852),
        (384, 0.4209),
        (385, 0.3474),
        (500, 0.6442),
        (767, 0.6420),
    ];
    assert_eq!(timbre.len(), 768);
    for (place, value) in expected {
        let got = timbre[place];
        assert!((got - value).abs() < 0.015, "number {place}: {got}, not {value}");
    }
}

#[test]
fn the_gain_of_the_line_changes_nothing_and_anything_at_all_has_a_timbre() {
    let network = calmline::cli::stress::network(2).unwrap();
    let samples = decode_recording(CLIP.to_vec()).unwrap().samples;
    let usual = network.timbre(&samples);
    let soft: Vec<f32> = samples.iter().map(|sample| sample * 0.1).collect();
    let of_soft = network.timbre(&soft);
    assert!(usual.iter().zip(&of_soft).all(|(one, other)| (one - other).abs() < 1e-3));
    for samples in [vec![], vec![0.0; 20_000], vec![0.3; 161], vec![1.0; 320]] {
        assert!(network.timbre(&samples).iter().all(|value| value.is_finite()));
    }
}

#[test]
fn a_constant_gain_does_not_change_the_level_of_a_voice_that_is_heard_twice() {
    let network = calmline::cli::stress::network(1).unwrap();
    let samples = decode_recording(FRIGHTENED.to_vec()).unwrap().samples;
    let level = |network, gain_db: f32| {
        let mut scorer = Scorer::new(Arc::new(Model::built_in()), network, Baseline::default());
        let gain = 10f32.powf(gain_db / 20.0);
        scorer.feed(&samples.iter().map(|sample| sample * gain).collect::<Vec<f32>>());
        scorer.turn_ended();
        scorer.overall().unwrap().level
    };
    let usual = level(Some(Arc::clone(&network)), -6.0);
    assert!((usual - level(None, -6.0)).abs() > 3.0, "the network is not asked");
    for gain_db in [-12.0, -9.0, -3.0, 0.0] {
        let heard = level(Some(Arc::clone(&network)), gain_db);
        assert!((heard - usual).abs() < 3.0, "{gain_db} dB: {heard} for {usual}");
    }
}
