use std::fmt;

use serde::{Deserialize, Serialize};

/// Personal data that neither `Debug` nor `Display` will print; the value leaves only through [`Pii::expose`].
///
/// It serialises as its value, because the store and the interface to the business must hold it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    /// Wraps a value that must not reach a log.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for the caller, the store or the business; never for a log.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Unwraps the value, with the same duty as [`Pii::expose`].
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Pii<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl From<&str> for Pii<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl<T> fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<T> fmt::Display for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
