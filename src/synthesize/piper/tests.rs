//! The network of a real voice.

use std::path::PathBuf;

use super::*;

fn network() -> PathBuf {
    let folder = std::env::var_os("CALMLINE_MODELS").map_or_else(
        || directories::ProjectDirs::from("", "", "calmline").unwrap().cache_dir().join("models"),
        PathBuf::from,
    );
    folder.join("piper-en_US-joe-medium/en_US-joe-medium.onnx")
}

const STYLE: Style = Style { noise_scale: 0.667, length_scale: 1.0, noise_w: 0.8 };

fn ids(length: i32) -> Vec<i32> {
    let phonemes = (0..length).flat_map(|n| [0, 14 + n * 7 % 40]);
    [1].into_iter().chain(phonemes).chain([0, 2]).collect()
}

fn slices(net: &Net, ids: Vec<i32>, pool: &Arc<ThreadPool>) -> Vec<Vec<f32>> {
    let mut utterance = Utterance::new(ids, STYLE);
    let mut slices = Vec::new();
    while !utterance.is_done() {
        slices.push(net.step(&mut utterance, pool).unwrap());
    }
    slices
}

#[test]
fn the_slices_together_are_exactly_the_sentence_made_in_one_go() {
    let pool = Arc::new(ThreadPool::with_num_threads(1));
    let mut net = Net::load(&network()).unwrap();
    let lengths = [1, 4, 12, 40, 90];
    let sliced: Vec<_> = lengths.iter().map(|length| slices(&net, ids(*length), &pool)).collect();
    assert!(sliced[4].len() > 3, "a long sentence comes in several slices");
    assert!(sliced[4][0].len() < 22_050 / 3, "the first of which is short");
    net.forget_cuts();
    for (length, sliced) in lengths.into_iter().zip(sliced) {
        let whole = slices(&net, ids(length), &pool);
        assert_eq!(whole.len(), 1);
        assert_eq!(whole[0], sliced.concat(), "{length} phonemes");
    }
}

#[test]
fn a_voice_that_is_damaged_or_missing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("voice.onnx");
    let error = Piper::start(&path, 1.0, 1).err().unwrap().to_string();
    assert!(error.contains("voice.onnx.json"), "{error}");

    std::fs::write(folder.path().join("voice.onnx.json"), "{}").unwrap();
    let error = Piper::start(&path, 1.0, 1).err().unwrap().to_string();
    assert!(error.contains("missing field"), "{error}");

    let description =
        r#"{"audio": {"sample_rate": 16000}, "phoneme_id_map": {"_": [0], "^": [1], "$": [2]}}"#;
    std::fs::write(folder.path().join("voice.onnx.json"), description).unwrap();
    std::fs::write(&path, "no network at all").unwrap();
    let error = Piper::start(&path, 1.0, 1).err().unwrap().to_string();
    assert!(error.contains("voice.onnx: "), "{error}");
}
