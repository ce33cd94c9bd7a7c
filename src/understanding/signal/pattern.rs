//! Phrases with gaps, written as words.
//!
//! A pattern is a row of: `word` in any inflection · `=word` as it stands · `(one|two words)` · `word?` may be missing
//! · `-word` does not come next · `~3` up to three words, none of them a "not" · `^` where a sentence begins · `$` where
//! one ends. It never reaches over the end of a sentence.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::stem::stem;
use super::super::tokens::Token;

#[derive(Debug)]
enum Element {
    Choice { any: Vec<Vec<Form>>, optional: bool },
    Unless(Vec<Vec<Form>>),
    Gap(usize),
    Opens,
}

#[derive(Debug)]
enum Form {
    Stem(String),
    Exact(String),
    Closes,
}

impl Form {
    fn parse(word: &str) -> Self {
        if word == "$" {
            return Self::Closes;
        }
        word.strip_prefix('=').map_or_else(|| Self::Stem(stem(word)), |word| Self::Exact(word.to_owned()))
    }

    fn key(&self) -> Option<&str> {
        match self {
            Self::Stem(word) | Self::Exact(word) => Some(word),
            Self::Closes => None,
        }
    }
}

/// Many patterns, found together; each carries the index of its owner.
#[derive(Debug)]
pub(super) struct Patterns {
    all: Vec<(usize, Vec<Element>)>,
    by_first: BTreeMap<String, Vec<usize>>,
}

impl Patterns {
    /// Reads patterns, each with the index of its owner.
    pub(super) fn new(patterns: impl Iterator<Item = (usize, &'static str)>) -> Self {
        let all: Vec<(usize, Vec<Element>)> =
            patterns.map(|(owner, pattern)| (owner, parse(pattern))).collect();
        let mut by_first: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, (_, elements)) in all.iter().enumerate() {
            for key in first_words(elements) {
                by_first.entry(key.to_owned()).or_default().push(index);
            }
        }
        Self { all, by_first }
    }

    /// Every place where a pattern stands: the owner's index and the range of tokens.
    pub(super) fn find(&self, tokens: &[Token]) -> Vec<(usize, Range<usize>)> {
        let mut found = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let by_stem = self.by_first.get(&token.stem).map_or(&[][..], Vec::as_slice);
            let by_word = (token.word != token.stem).then(|| self.by_first.get(&token.word)).flatten();
            for &index in by_stem.iter().chain(by_word.into_iter().flatten()) {
                let (owner, elements) = &self.all[index];
                if let Some(end) = follow(elements, tokens, at, at)
                    && end > at
                {
                    found.push((*owner, at..end));
                }
            }
        }
        found
    }
}

fn parse(pattern: &str) -> Vec<Element> {
    let mut depth = 0;
    let outside_of_groups = |letter: char| {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        letter == ' ' && depth == 0
    };
    pattern.split(outside_of_groups).filter(|part| !part.is_empty()).map(parse_one).collect()
}

fn parse_one(part: &str) -> Element {
    if part == "^" {
        return Element::Opens;
    }
    if let Some(most) = part.strip_prefix('~').and_then(|count| count.parse().ok()) {
        return Element::Gap(most);
    }
    let (unless, part) = part.strip_prefix('-').map_or((false, part), |rest| (true, rest));
    let (optional, part) = part.strip_suffix('?').map_or((false, part), |rest| (true, rest));
    let inner = part.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(part);
    let any =
        inner.split('|').map(|words| words.split_ascii_whitespace().map(Form::parse).collect()).collect();
    if unless { Element::Unless(any) } else { Element::Choice { any, optional } }
}

/// The words with which a match may begin.
fn first_words(elements: &[Element]) -> BTreeSet<&str> {
    let mut first = BTreeSet::new();
    for element in elements {
        if let Element::Choice { any, optional } = element {
            first.extend(any.iter().filter_map(|forms| forms.first().and_then(Form::key)));
            if !optional {
                break;
            }
        }
    }
    first
}

/// The token after the match of `elements` at `at`, of a match that began at `from`.
fn follow(elements: &[Element], tokens: &[Token], from: usize, at: usize) -> Option<usize> {
    let Some((element, rest)) = elements.split_first() else { return Some(at) };
    match element {
        Element::Opens => {
            tokens.get(at).filter(|token| token.opens).and_then(|_| follow(rest, tokens, from, at))
        }
        Element::Unless(any) => {
            let stands = any.iter().any(|forms| step(forms, tokens, from, at).is_some());
            (!stands).then(|| follow(rest, tokens, from, at)).flatten()
        }
        Element::Gap(most) => (0..=*most)
            .take_while(|skipped| (at..at + skipped).all(|passed| is_passable(tokens, from, passed)))
            .find_map(|skipped| follow(rest, tokens, from, at + skipped)),
        Element::Choice { any, optional } => any
            .iter()
            .filter_map(|forms| step(forms, tokens, from, at))
            .find_map(|next| follow(rest, tokens, from, next))
            .or_else(|| optional.then(|| follow(rest, tokens, from, at)).flatten()),
    }
}

/// The token after `forms` at `at`.
fn step(forms: &[Form], tokens: &[Token], from: usize, at: usize) -> Option<usize> {
    forms.iter().try_fold(at, |at, form| {
        let ended = at >= tokens.len() || at > from && tokens[at - 1].closes;
        let is = match form {
            Form::Closes => return ended.then_some(at),
            Form::Stem(stem) => !ended && *stem == tokens[at].stem,
            Form::Exact(word) => !ended && *word == tokens[at].word,
        };
        is.then_some(at + 1)
    })
}

/// Whether a gap may reach over this token.
fn is_passable(tokens: &[Token], from: usize, at: usize) -> bool {
    let ended = at >= tokens.len() || at > from && tokens[at - 1].closes;
    !ended && !is_negator(&tokens[at])
}

fn is_negator(token: &Token) -> bool {
    matches!(token.word.as_str(), "not" | "no" | "never")
}

#[cfg(test)]
mod tests {
    use super::super::super::tokens::tokens;
    use super::*;

    #[test]
    fn patterns_reach_over_gaps_but_not_over_sentences() {
        let finds = |pattern: &'static str, text: &str| {
            !Patterns::new(std::iter::once((0, pattern))).find(&tokens(text)).is_empty()
        };
        assert!(finds("water ~2 (pour|gush) =in?", "the water is just pouring"));
        assert!(!finds("water ~1 pour", "the water is really just pouring"));
        assert!(!finds("water ~2 pour", "turn on the water. It pours"));
        assert!(!finds("water ~2 pour", "the water is not pouring"));
        assert!(finds("^ operator please? $", "Hello. Operator."));
        assert!(!finds("^ operator please? $", "the operator"));
        assert!(finds("sue -(my|him)", "I will sue") && !finds("sue -(my|him)", "I sued my landlord"));
    }
}
