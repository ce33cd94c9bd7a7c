//! The voice: words in, telephone audio out, in slices as soon as they are ready.
//!
//! Invariant: text is normalised for speech here and nowhere else. It deliberately knows nothing of calls or of
//! what was heard.

mod http;
mod line;
mod normalize;
mod phrases;
mod piper;
mod sentences;
mod sink;
#[cfg(test)]
mod tests;

use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;

pub use self::http::HttpSettings;
pub use self::normalize::normalize;
pub use self::sentences::sentences;

use self::http::HttpVoice;
use self::phrases::{Key, Phrases};
use self::piper::Piper;
use self::sink::Sink;

/// Turns text into telephone audio.
pub trait Synthesizer: Send + Sync {
    /// Starts speaking one sentence (see [`sentences`]); slices arrive in order as they are ready, and the channel
    /// closes after the last. Dropping the receiver cancels the work. A cached sentence is ready at once.
    fn speak(&self, sentence: &str) -> mpsc::Receiver<Result<Slice, SynthesizeError>>;
}

/// A slice of speech: μ-law, 8 kHz, mono, of any length.
pub type Slice = Arc<[u8]>;

/// Why a sentence could not be spoken.
#[derive(Debug, thiserror::Error)]
pub enum SynthesizeError {
    /// The voice failed.
    #[error("the voice failed: {0}")]
    Failed(String),
    /// Too much is waiting to be spoken.
    #[error("the voice's queue is full")]
    Busy,
}

/// Why a voice could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A file of the voice cannot be used.
    #[error("{}: {why}", path.display())]
    Voice {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// espeak-ng cannot be run.
    #[error("espeak-ng, which the local voice needs, cannot be used ({0}); on Debian: apt install espeak-ng")]
    Phonemizer(String),
    /// The client for a voice behind HTTP cannot be made.
    #[error("the client for the speech endpoint cannot be made: {0}")]
    Http(String),
    /// No thread could be started.
    #[error("the voice's threads cannot be started: {0}")]
    Threads(String),
}

/// Which voice speaks, and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the voice comes from.
    pub source: Source,
    /// How fast, relative to the voice's own speed.
    pub speed: f32,
    /// Threads of a local voice; 0 for one per processor core.
    pub workers: usize,
    /// The two-letter region whose way of writing dates and numbers is read, such as `US`.
    pub region: String,
    /// The folder in which fixed phrases are kept.
    pub cache: PathBuf,
    /// Bytes that the folder may hold.
    pub cache_bytes: u64,
}

/// Where a voice comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A Piper voice: the path of its `.onnx` file, with the `.onnx.json` beside it.
    Piper(PathBuf),
    /// A voice behind HTTP, and the Piper voice that speaks when it fails.
    Http(HttpSettings, Option<PathBuf>),
}

/// The voice of a server, with the phrases it need not speak again.
pub struct Voice {
    engine: Engine,
    identity: String,
    normalises: bool,
    region: String,
    side_by_side: usize,
    phrases: Arc<Phrases>,
}

enum Engine {
    Piper(Arc<Piper>),
    Http(HttpVoice),
}

impl Voice {
    /// Starts the voice. Loading a local one takes a second or two and blocks. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When a file of the voice cannot be used, espeak-ng is missing, or the HTTP client cannot be made.
    pub fn start(settings: Settings) -> Result<Self, StartError> {
        let Settings { source, speed, workers, region, cache, cache_bytes } = settings;
        let cores = || std::thread::available_parallelism().map_or(1, NonZero::get);
        let workers = if workers == 0 { cores() } else { workers };
        let piper = |path: PathBuf| Piper::start(&path, speed, workers).map(Arc::new);
        let (engine, identity, normalises) = match source {
            Source::Piper(path) => {
                let piper = piper(path)?;
                let (identity, english) = (piper.identity().to_owned(), piper.is_english());
                (Engine::Piper(piper), identity, english)
            }
            Source::Http(http, fallback) => {
                let fallback = fallback.map(piper).transpose()?;
                let english = fallback.as_ref().is_none_or(|piper| piper.is_english());
                let http = HttpVoice::start(http, speed, fallback)?;
                let identity = http.identity();
                (Engine::Http(http), identity, english)
            }
        };
        let phrases = Arc::new(Phrases::new(cache, cache_bytes));
        Ok(Self { engine, identity, normalises, region, side_by_side: workers, phrases })
    }

    /// Makes fixed phrases ready at once from now on, also for the next start. They must not hold personal data,
    /// because they are written to disk. Calls `progress` with the number of sentences done and of all.
    ///
    /// # Errors
    /// When the voice fails. That the disk cannot be written to is only logged.
    pub async fn warm(
        &self,
        texts: &[String],
        mut progress: impl FnMut(usize, usize),
    ) -> Result<(), SynthesizeError> {
        let sentences: Vec<String> = texts
            .iter()
            .flat_map(|text| sentences(text).into_iter().map(|range| self.words(&text[range])))
            .collect();
        let total = sentences.len();
        let key = |words: &String| Key::new(&self.identity, words);
        let missing: Vec<&String> = sentences.iter().filter(|words| !self.phrases.load(key(words))).collect();
        let mut done = total - missing.len();
        progress(done, total);
        for group in missing.chunks(self.side_by_side) {
            let spoken: Vec<_> = group.iter().map(|words| self.say((*words).clone())).collect();
            for (words, mut audio) in group.iter().zip(spoken) {
                while let Some(slice) = audio.recv().await {
                    slice?;
                }
                if let Err(error) = self.phrases.fix(key(words)) {
                    tracing::warn!(%error, "a fixed phrase cannot be kept on disk");
                }
                done += 1;
                progress(done, total);
            }
        }
        if let Err(error) = self.phrases.trim() {
            tracing::warn!(%error, "the folder of fixed phrases cannot be tidied");
        }
        Ok(())
    }

    fn words(&self, sentence: &str) -> String {
        if self.normalises { normalize(sentence, &self.region) } else { normalize::plain(sentence) }
    }

    fn say(&self, words: String) -> mpsc::Receiver<Result<Slice, SynthesizeError>> {
        let key = Key::new(&self.identity, &words);
        let (mut sink, audio) = Sink::new(key, Arc::clone(&self.phrases));
        if let Some(known) = self.phrases.recall(key) {
            sink.send(known);
        } else if words.chars().any(char::is_alphanumeric) {
            match &self.engine {
                Engine::Piper(piper) => piper.say(words, sink),
                Engine::Http(http) => http.say(words, sink),
            }
        }
        audio
    }
}

impl Synthesizer for Voice {
    fn speak(&self, sentence: &str) -> mpsc::Receiver<Result<Slice, SynthesizeError>> {
        self.say(self.words(sentence))
    }
}
