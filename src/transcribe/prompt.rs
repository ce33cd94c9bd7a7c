//! What whisper is told came before, so that it writes numbers and names as they are meant.

use crate::domain::Expecting;

/// Spoken digits, word by word. Written in groups ("415 555 0142") they would make whisper lose repeated digits.
const DIGITS: &str = "My phone number is zero one two three four five six seven eight nine.";

/// The vocabulary of a [`super::Job`]: digits where the caller was asked for them, else the names of the business,
/// such as "Fernwood Heating, Castellane Street"; empty for none.
pub fn prompt(expecting: Expecting, names: &str) -> String {
    match expecting {
        Expecting::PhoneNumber => DIGITS.to_owned(),
        Expecting::Anything | Expecting::YesNo | Expecting::Name | Expecting::Code => names.to_owned(),
    }
}
