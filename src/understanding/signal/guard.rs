//! What takes the force from a phrase: a denial, somebody else's words, the distant past, a mere "if".

use std::ops::Range;

use super::super::tokens::Token;

/// Which guards hold for a kind of signal.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Guards {
    /// Not where it is denied before.
    pub(super) denied: Denial,
    /// Not where it is reported of others.
    pub(super) quoted: bool,
    /// Not where the sentence speaks of long ago, or asks "what if".
    pub(super) remote: bool,
}

/// What takes the force from a phrase that stands after it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Denial {
    /// Nothing does.
    #[default]
    Nothing,
    /// A "not", but no "no": "no, you idiot".
    Not,
    /// A "not" or a "no": "no emergency".
    NotOrNo,
}

impl Guards {
    pub(super) const NONE: Self = Self { denied: Denial::Nothing, quoted: false, remote: false };
    pub(super) const DENIED: Self = Self { denied: Denial::NotOrNo, quoted: false, remote: false };
    pub(super) const SPOKEN: Self = Self { denied: Denial::Not, quoted: true, remote: false };
    pub(super) const PRESENT: Self = Self { denied: Denial::NotOrNo, quoted: false, remote: true };

    /// Whether one of them holds against the match `at`.
    pub(super) fn stop(self, tokens: &[Token], at: &Range<usize>) -> bool {
        is_denied(tokens, at.start, self.denied)
            || self.quoted && is_quoted(tokens, at)
            || self.remote && is_remote(tokens, at)
    }
}

/// Looks back a few words for a "not" that still governs what follows.
fn is_denied(tokens: &[Token], start: usize, denial: Denial) -> bool {
    if denial == Denial::Nothing {
        return false;
    }
    for (at, token) in tokens[..start].iter().enumerate().rev().take(DENIAL_REACH) {
        let word = token.word.as_str();
        if matches!(word, "not" | "never" | "without" | "nobody" | "neither") {
            return true;
        }
        if word == "no" {
            let exclaimed = token.comma || SUBJECTS.contains(&tokens[at + 1].word.as_str());
            return denial == Denial::NotOrNo && !exclaimed;
        }
        if token.closes || AFTER_DENIAL.contains(&word) || (token.comma && word != "not") {
            return false;
        }
    }
    false
}

/// Before these a "no" is an answer of its own.
const SUBJECTS: &[&str] =
    &["i", "you", "he", "she", "it", "we", "they", "this", "that", "there", "my", "the"];

const DENIAL_REACH: usize = 5;

/// A "not" before these does not govern what comes after them: "I can't believe the house is flooded".
const AFTER_DENIAL: &[&str] = &[
    "i",
    "he",
    "she",
    "they",
    "we",
    "and",
    "but",
    "because",
    "so",
    "since",
    "or",
    "know",
    "believe",
    "only",
    "sure",
    "if",
    "until",
    "when",
    "anymore",
    "stop",
    "understand",
    "care",
    "why",
    "take",
    "help",
];

/// Looks in the sentence for a verb of saying before the match whose subject is neither "I" nor "you".
fn is_quoted(tokens: &[Token], at: &Range<usize>) -> bool {
    let sentence = sentence_start(tokens, at.start);
    let before = &tokens[sentence..at.start];
    let Some(saying) = before.iter().rposition(|token| SAYING.contains(&token.stem.as_str())) else {
        return false;
    };
    let subject = before[..saying].iter().rev().find(|token| !BEFORE_SAYING.contains(&token.stem.as_str()));
    subject.is_some_and(|subject| {
        !matches!(
            subject.word.as_str(),
            "i" | "we" | "you" | "to" | "and" | "will" | "can" | "let" | "please"
        )
    })
}

const SAYING: &[&str] =
    &["say", "tell", "call", "yell", "shout", "scream", "writ", "text", "threaten", "curs", "swear"];

const BEFORE_SAYING: &[&str] = &[
    "be", "have", "just", "even", "keep", "actual", "then", "literal", "always", "lik", "basic", "also",
    "even",
];

/// Whether the sentence places it far back or only supposes it.
fn is_remote(tokens: &[Token], at: &Range<usize>) -> bool {
    let start = sentence_start(tokens, at.start);
    let end = (at.end..tokens.len()).find(|&next| tokens[next - 1].closes).unwrap_or(tokens.len());
    let words: Vec<&str> = tokens[start..end].iter().map(|token| token.word.as_str()).collect();
    let has = |first: &str, second: &[&str]| {
        words.windows(2).any(|pair| pair[0] == first && second.contains(&pair[1]))
    };
    has("last", &["week", "month", "year", "summer", "winter", "spring", "fall", "autumn", "time"])
        || has("years", &["ago"])
        || has("months", &["ago"])
        || has("weeks", &["ago"])
        || has("days", &["ago"])
        || has("used", &["to"])
        || has("history", &["of"])
        || has("what", &["if"])
        || has("in", &["case"])
        || has("if", &["ever"])
        || has("ever", &["have", "happens", "smell", "get"])
}

fn sentence_start(tokens: &[Token], at: usize) -> usize {
    (0..at).rev().find(|&before| tokens[before].closes).map_or(0, |before| before + 1)
}
