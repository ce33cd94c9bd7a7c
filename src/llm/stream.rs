//! The stream of an answer: server-sent events, each a piece of the text
//! (<https://platform.openai.com/docs/api-reference/chat/streaming>), or the whole at once from servers that do not
//! stream.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::ModelError;

/// Bytes that are read of one answer, with all that is packed around its words.
const LONGEST_STREAM: usize = 1 << 20;
/// Bytes of words in one answer.
const LONGEST_TEXT: usize = 16 << 10;

/// An answer as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// What the model has written.
    pub text: String,
    /// Whether it was let finish.
    pub ended: Option<Ended>,
    line: Vec<u8>,
    received: usize,
}

/// How a text ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// The model had no more to say.
    Whole,
    /// It was cut off at its longest.
    Cut,
}

#[derive(Deserialize)]
struct Chunk {
    choices: Option<Vec<Choice>>,
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Piece>,
    message: Option<Piece>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Piece {
    content: Option<String>,
}

impl Answer {
    /// Takes in the next bytes of a stream of events.
    ///
    /// # Errors
    /// When it becomes too long, is of another form, or tells of a failure.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), ModelError> {
        self.hold(bytes)?;
        while let Some(end) = self.line.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.line.drain(..=end).collect();
            self.event(line.trim_ascii())?;
        }
        Ok(())
    }

    /// Keeps the next bytes of an answer that comes as a whole.
    ///
    /// # Errors
    /// When it becomes too long.
    pub fn hold(&mut self, bytes: &[u8]) -> Result<(), ModelError> {
        self.received += bytes.len();
        if self.received > LONGEST_STREAM {
            return Err(ModelError::Unusable("it is too long"));
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// When it is of another form, or tells of a failure.
    pub fn read_whole(&mut self) -> Result<(), ModelError> {
        let whole = std::mem::take(&mut self.line);
        self.chunk(&whole)
    }

    fn event(&mut self, line: &[u8]) -> Result<(), ModelError> {
        if line.starts_with(b"error:") {
            return Err(failed());
        }
        match line.strip_prefix(b"data:").map(<[u8]>::trim_ascii) {
            Some(b"[DONE]") => {
                self.ended = self.ended.or(Some(Ended::Whole));
                Ok(())
            }
            Some(data) if !data.is_empty() => self.chunk(data),
            // Comments that keep the connection open, and fields that nobody needs.
            Some(_) | None => Ok(()),
        }
    }

    fn chunk(&mut self, json: &[u8]) -> Result<(), ModelError> {
        let chunk: Chunk =
            serde_json::from_slice(json).map_err(|_| ModelError::Unusable("it is no chat completion"))?;
        if chunk.error.is_some() {
            return Err(failed());
        }
        let Some(choice) = chunk.choices.and_then(|choices| choices.into_iter().next()) else {
            return Ok(());
        };
        if let Some(words) = choice.delta.or(choice.message).and_then(|piece| piece.content) {
            self.text.push_str(&words);
        }
        if self.text.len() > LONGEST_TEXT {
            return Err(ModelError::Unusable("it is too long"));
        }
        if let Some(reason) = choice.finish_reason {
            self.ended = Some(if reason == "length" { Ended::Cut } else { Ended::Whole });
        }
        Ok(())
    }
}

fn failed() -> ModelError {
    ModelError::Unavailable("failed while it was answering".to_owned())
}
