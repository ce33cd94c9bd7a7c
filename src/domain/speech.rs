use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CallTime, Pii};

/// Who spoke a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The person who called.
    Caller,
    /// The receptionist.
    Bot,
}

/// From when to when something lasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Span {
    /// The first moment.
    pub start: CallTime,
    /// The first moment after it.
    pub end: CallTime,
}

/// What the caller said in one turn, as transcribed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Utterance {
    /// The words.
    pub text: Pii<String>,
    /// When they were spoken.
    pub span: Span,
    /// The transcriber's mean token probability, 0 to 1.
    pub confidence: f32,
}

/// A key of the telephone, redacted in `Debug`: callers type their numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "char", into = "char")]
pub struct Digit(char);

impl Digit {
    /// Takes `0` to `9`, `*`, `#`, and the rare `A` to `D`.
    pub fn new(key: char) -> Option<Self> {
        matches!(key, '0'..='9' | '*' | '#' | 'A'..='D').then_some(Self(key))
    }

    /// The key's character.
    pub const fn as_char(self) -> char {
        self.0
    }
}

impl fmt::Debug for Digit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}

impl TryFrom<char> for Digit {
    type Error = &'static str;

    fn try_from(key: char) -> Result<Self, Self::Error> {
        Self::new(key).ok_or("expected a telephone key: 0 to 9, *, #, A to D")
    }
}

impl From<Digit> for char {
    fn from(digit: Digit) -> Self {
        digit.0
    }
}

/// What the engine expects to hear next, so that the ear can be patient in the right way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expecting {
    /// A story of any length.
    #[default]
    Anything,
    /// The story of somebody upset, who is not to be cut off.
    Venting,
    /// A short answer such as yes or no.
    YesNo,
    /// A person's name, perhaps spelled.
    Name,
    /// Digits dictated in groups, with pauses between them.
    PhoneNumber,
    /// A code of letters and digits.
    Code,
}

/// Whether the words so far make a finished turn, as judged from the words alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// A whole answer: a full number, a yes, a sentence that ends.
    Complete,
    /// Could be either.
    Open,
    /// Breaks off: "my number is", "and then the", "um".
    Unfinished,
    /// Digits or letters are being dictated and more are due.
    Dictating,
}
