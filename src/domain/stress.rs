use serde::{Deserialize, Serialize};

/// How stressed a caller's voice sounds, whatever is being said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoiceScore {
    /// Calibrated level from 0 to 100.
    pub level: f32,
    /// Below this the level would be in one case of six.
    pub low: f32,
    /// Above this the level would be in one case of six.
    pub high: f32,
    /// Seconds of speech this is about.
    pub speech_seconds: f32,
    /// What raises the level, most important first, in plain words.
    pub reasons: Vec<String>,
}

/// What one part of a [`StressScore`] says on its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartScore {
    /// The level from 0 to 100 that this part alone would give.
    pub level: f32,
    /// What raises it, most important first, in plain words.
    pub reasons: Vec<String>,
}

/// How stressed a caller is at one moment: by the voice, the words and the course of the talk, kept apart and combined.
///
/// It decides when a person takes over, never whether somebody is served.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StressScore {
    /// Level from 0 to 100 of all parts together.
    pub level: f32,
    /// Below this the level would be in one case of six.
    pub low: f32,
    /// Above this the level would be in one case of six.
    pub high: f32,
    /// 0 to 1: one, less the share of the scale between `low` and `high`.
    pub confidence: f32,
    /// The voice; absent before enough speech was heard.
    pub voice: Option<VoiceScore>,
    /// The words.
    pub words: PartScore,
    /// The course of the talk.
    pub course: PartScore,
}

impl StressScore {
    /// What raises the level, in plain words: the voice's reasons, then the words', then the course's.
    pub fn reasons(&self) -> impl Iterator<Item = &str> {
        let voice = self.voice.iter().flat_map(|voice| &voice.reasons);
        voice.chain(&self.words.reasons).chain(&self.course.reasons).map(String::as_str)
    }
}

/// From which stress on a person takes over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StressPolicy {
    /// The line, a level from 0 to 100.
    pub threshold: f32,
    /// How long the level must stay over the line, in seconds of the caller's speech; twice as long where only the voice
    /// tells it, not the words.
    pub persistence_seconds: f32,
}

impl Default for StressPolicy {
    fn default() -> Self {
        Self { threshold: 78.0, persistence_seconds: 2.0 }
    }
}
