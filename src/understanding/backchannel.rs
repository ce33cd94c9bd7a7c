//! Listener's noises: "uh huh", "okay", said while somebody else speaks and not meant as a turn.

use super::words::words;

const NOISES: &[&str] = &[
    "uh", "huh", "uh-huh", "uhuh", "mm", "mmm", "mhm", "mm-hmm", "mmhmm", "mm-hm", "hmm", "hm", "yeah",
    "yep", "yup", "yes", "okay", "ok", "right", "sure", "aha", "ah", "oh", "i", "see", "alright", "all",
    "good", "great", "fine", "got", "it", "um", "er", "cool", "exactly", "true", "thanks", "thank", "you",
];

/// Whether `text` is nothing but a listener's noise.
pub fn is_backchannel(text: &str) -> bool {
    let words = words(text);
    let noise = |word: &str| NOISES.contains(&word);
    let lone = matches!(words.as_slice(), [only] if matches!(only.lower.as_str(), "i" | "see" | "all" | "it" | "got" | "you"));
    !words.is_empty() && words.len() <= 4 && !lone && words.iter().all(|word| noise(&word.lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noises_of_listening_are_told_from_turns() {
        for text in ["Uh huh.", "Mm-hmm.", "Okay.", "Yeah, yeah.", "Right.", "I see.", "Oh, okay.", "Got it."]
        {
            assert!(is_backchannel(text), "{text}");
        }
        for text in ["No.", "Wait.", "I", "Okay, but I need a person.", "Yes, that is right.", ""] {
            assert!(!is_backchannel(text), "{text}");
        }
    }
}
