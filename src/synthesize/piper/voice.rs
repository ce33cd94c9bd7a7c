//! What a Piper voice says of itself in the `.onnx.json` beside its network.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::synthesize::StartError;

/// The description of a voice.
#[derive(Debug, Deserialize)]
pub struct Voice {
    pub audio: Audio,
    #[serde(default)]
    pub espeak: Option<Espeak>,
    #[serde(default)]
    pub inference: Inference,
    #[serde(default)]
    pub phoneme_type: PhonemeType,
    phoneme_id_map: HashMap<String, Vec<i32>>,
    #[serde(default)]
    pub language: Option<Language>,
}

#[derive(Debug, Deserialize)]
pub struct Audio {
    /// Samples per second.
    pub sample_rate: u32,
}

#[derive(Debug, Deserialize)]
pub struct Espeak {
    pub voice: String,
}

/// How the voice is meant to sound.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default)]
pub struct Inference {
    pub noise_scale: f32,
    pub length_scale: f32,
    pub noise_w: f32,
}

impl Default for Inference {
    fn default() -> Self {
        Self { noise_scale: 0.667, length_scale: 1.0, noise_w: 0.8 }
    }
}

/// What the voice's ids stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhonemeType {
    #[default]
    Espeak,
    /// The characters of the text itself.
    Text,
}

#[derive(Debug, Deserialize)]
pub struct Language {
    /// Such as `en`.
    pub family: String,
}

const START: &str = "^";
const END: &str = "$";
const PAD: &str = "_";

impl Voice {
    /// Reads the description of the voice whose network is at `network`.
    pub fn read(network: &Path) -> Result<Self, StartError> {
        let path = description_path(network);
        let unusable = |why: String| StartError::Voice { path: path.clone(), why };
        let text = std::fs::read_to_string(&path).map_err(|error| unusable(error.to_string()))?;
        let voice: Self = serde_json::from_str(&text).map_err(|error| unusable(error.to_string()))?;
        for mark in [START, END, PAD] {
            if !voice.phoneme_id_map.contains_key(mark) {
                return Err(unusable(format!("its phoneme_id_map has no {mark}")));
            }
        }
        if voice.audio.sample_rate == 0 {
            return Err(unusable("its sample_rate is zero".to_owned()));
        }
        Ok(voice)
    }

    /// Whether the voice speaks English.
    pub fn is_english(&self) -> bool {
        match (&self.language, &self.espeak) {
            (Some(language), _) => language.family == "en",
            (None, Some(espeak)) => espeak.voice.starts_with("en"),
            (None, None) => false,
        }
    }

    /// The ids of phonemes, padded and framed as Piper's training did; what the voice does not know is left out.
    pub fn ids(&self, phonemes: &str) -> Vec<i32> {
        let id = |phoneme: &str| self.phoneme_id_map.get(phoneme).map_or(&[][..], Vec::as_slice);
        let mut ids = [id(START), id(PAD)].concat();
        let mut unknown = 0;
        let mut buffer = [0; 4];
        for phoneme in phonemes.chars().flat_map(decomposed) {
            match id(phoneme.encode_utf8(&mut buffer)) {
                [] => unknown += 1,
                known => ids.extend(known.iter().chain(id(PAD))),
            }
        }
        if unknown > 0 {
            tracing::debug!(phonemes.unknown = unknown, "the voice does not know some phonemes");
        }
        ids.extend(id(END));
        ids
    }
}

/// The path of the description that belongs to a network.
fn description_path(network: &Path) -> PathBuf {
    let mut path = network.as_os_str().to_owned();
    path.push(".json");
    PathBuf::from(path)
}

/// Takes apart the few letters among espeak-ng's phonemes that carry a mark: voices know letter and mark.
fn decomposed(phoneme: char) -> impl Iterator<Item = char> {
    let (letter, mark) = match phoneme {
        'ç' => ('c', Some('\u{327}')),
        'ã' => ('a', Some('\u{303}')),
        'ẽ' => ('e', Some('\u{303}')),
        'ĩ' => ('i', Some('\u{303}')),
        'õ' => ('o', Some('\u{303}')),
        'ũ' => ('u', Some('\u{303}')),
        other => (other, None),
    };
    std::iter::once(letter).chain(mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_framed_padded_and_without_what_the_voice_does_not_know() {
        let voice: Voice = serde_json::from_str(
            r#"{"audio": {"sample_rate": 16000},
                "phoneme_id_map": {"_": [0], "^": [1], "$": [2], "a": [7], "c": [8], "̧": [9], "b": [3, 4]}}"#,
        )
        .unwrap();
        assert_eq!(voice.ids("aq"), [1, 0, 7, 0, 2]);
        assert_eq!(voice.ids("bç"), [1, 0, 3, 4, 0, 8, 0, 9, 0, 2]);
    }
}
