use std::fmt;

use serde::{Deserialize, Serialize};

/// A telephone number in E.164 form (`+14155550142`), redacted in `Debug` and `Display`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// Says why a text is no E.164 number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a telephone number in international form, such as +14155550142")]
pub struct PhoneNumberError;

impl PhoneNumber {
    /// Takes a number in E.164 form; blanks, dots, dashes and brackets are ignored.
    ///
    /// # Errors
    /// When there is no leading `+`, a character of another kind, or not 7 to 15 digits.
    pub fn parse(text: &str) -> Result<Self, PhoneNumberError> {
        let digits = text.trim().strip_prefix('+').ok_or(PhoneNumberError)?;
        let mut number = String::from("+");
        for character in digits.chars() {
            match character {
                '0'..='9' => number.push(character),
                ' ' | '-' | '.' | '(' | ')' => {}
                _ => return Err(PhoneNumberError),
            }
        }
        if !(8..=16).contains(&number.len()) {
            return Err(PhoneNumberError);
        }
        Ok(Self(number))
    }

    /// The number itself (`+14155550142`), for the caller, the carrier, the store or the business; never for a log.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = PhoneNumberError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[number]")
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[number]")
    }
}
