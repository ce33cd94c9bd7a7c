//! The network that hears the mood in a voice, with its real weights.

use calmline::audio::decode::decode_recording;

const CLIP: &[u8] = include_bytes!("../../src/telephony/local/callers/dental-bill-00-reason.flac");

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
