//! Which clauses of a turn tell what happened, what is wanted and what was expected.

use std::ops::Range;

use super::words::{plain, sentences};

/// What a caller tells in one turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// What happened, in the order in which it was told.
    pub happened: Vec<Clause>,
    /// What is wanted.
    pub wanted: Vec<Clause>,
    /// What was promised or should have been.
    pub expected: Vec<Clause>,
    /// How many distinct matters went wrong.
    pub complaints: u32,
}

/// One clause of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Where it is, as a byte range of the text.
    pub span: Range<usize>,
    /// The clause in the caller's words, without fillers.
    pub text: String,
}

/// Takes a turn apart.
pub fn account(text: &str) -> Account {
    let mut found = Account::default();
    for sentence in sentences(text) {
        let start = sentence.as_ptr() as usize - text.as_ptr() as usize;
        let clause = Clause { span: start..start + sentence.len(), text: sentence.to_owned() };
        let said = plain(sentence);
        if [" i want ", " i need ", " i'd like ", " can you "].iter().any(|cue| said.contains(cue)) {
            found.wanted.push(clause);
        } else if [" should have ", " told ", " supposed "].iter().any(|cue| said.contains(cue)) {
            found.expected.push(clause);
        } else {
            found.happened.push(clause);
        }
    }
    found.complaints = u32::from(!found.happened.is_empty());
    found
}
