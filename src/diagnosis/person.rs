//! The caller's words in words to the caller, and these in the third person.

use std::ops::Range;

use crate::understanding::account::{Account, account};
use crate::understanding::words::words;

/// Words to the caller, and where the caller said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// In words to the caller.
    pub words: String,
    /// The caller's words, as a byte range of the turn.
    pub span: Range<usize>,
}

/// What happened first, as a clause that follows "so".
pub fn trigger(told: &Account) -> Option<Told> {
    let clause = told.happened.first()?;
    Some(Told { words: to_caller(&clause.text)?, span: clause.span.clone() })
}

/// What is wanted, to follow "you would like".
pub fn expectation(told: &Account) -> Option<Told> {
    told.wanted
        .iter()
        .find_map(|clause| Some(Told { words: wanted_to_caller(&clause.text)?, span: clause.span.clone() }))
}

/// The caller's clause in words to the caller; `None` unless it comes out as clean English.
pub fn to_caller(clause: &str) -> Option<String> {
    let turned: Vec<String> = words(clause).iter().map(|word| turn(&word.lower).to_owned()).collect();
    (turned.len() > 2).then(|| turned.join(" "))
}

/// What the caller wants, to follow "you would like"; `None` unless it comes out as clean English.
pub fn wanted_to_caller(clause: &str) -> Option<String> {
    let said = clause.trim_end_matches(['.', '!', '?']);
    let rest = ["I want ", "I need ", "I would like ", "I'd like "]
        .iter()
        .find_map(|head| said.strip_prefix(head))?;
    let turned: Vec<String> = words(rest).iter().map(|word| turn(&word.lower).to_owned()).collect();
    Some(turned.join(" "))
}

/// A short answer to what should happen, to follow "you would like"; `None` unless it comes out as clean English.
pub fn outcome(text: &str) -> Option<String> {
    expectation(&account(text)).map(|told| told.words)
}

/// Words to the caller in the third person: "nobody called you" becomes "nobody called them".
pub fn to_agent(told: &str) -> String {
    let mut turned = Vec::new();
    for word in told.split(' ') {
        turned.push(match word {
            "you" => "they",
            "your" => "their",
            "yours" => "theirs",
            other => other,
        });
    }
    turned.join(" ")
}

fn turn(word: &str) -> &str {
    match word {
        "i" | "me" => "you",
        "my" => "your",
        "you" => "us",
        "your" => "our",
        other => other,
    }
}
