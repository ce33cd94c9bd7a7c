//! Street addresses and short answers.

use std::ops::Range;

use super::digits::{Atom, atom};
use super::lexicon::{EMPTY_TALK, is_in};
use super::story::capitalised;
use super::words::{Word, words};

const STREETS: &str = "street st avenue ave road rd lane ln drive dr boulevard blvd court ct place pl square terrace way highway hwy \
    parkway pkwy circle close crescent gardens grove hill mews row trail";

/// The street address in `text`: a house number, one to four words, and the kind of street, with a unit after it.
pub fn address(text: &str) -> Option<String> {
    addresses(text).into_iter().next().map(|span| text[span].to_owned())
}

/// The places of the street addresses in `text`.
pub(super) fn addresses(text: &str) -> Vec<Range<usize>> {
    let words = words(text);
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in 1..words.len() {
        let from = found.last().map_or(0, |last| last.end);
        found.extend(address_at(&words, at).filter(|span| span.start >= from));
    }
    found
}

/// The street address whose kind of street is the word at a place.
fn address_at(words: &[Word<'_>], at: usize) -> Option<Range<usize>> {
    let kind = |word: &Word<'_>| is_in(STREETS, &word.lower);
    let number = |word: &Word<'_>| {
        let spoken = word
            .lower
            .split('-')
            .all(|piece| matches!(atom(piece), Atom::Digits(_) | Atom::Tens(_) | Atom::Hundred));
        spoken || (word.raw.starts_with(|sign: char| sign.is_ascii_digit()) && word.raw.len() <= 6)
    };
    let plain_before = |at: usize| {
        matches!(words[at - 1].lower.as_str(), "the" | "my" | "this" | "your" | "a" | "that" | "our" | "on")
    };
    if !kind(&words[at]) || plain_before(at) {
        return None;
    }
    let start = (at.saturating_sub(5)..at).rfind(|place| number(&words[*place]))?;
    let first = (0..=start).rev().take_while(|place| number(&words[*place])).last()?;
    if at - start < 2
        || words[start..at]
            .iter()
            .any(|word| word.stop && !word.raw.chars().all(|sign| sign.is_ascii_digit()))
    {
        return None;
    }
    let unit = |place: usize| {
        words.get(place).is_some_and(|word| {
            matches!(word.lower.as_str(), "apartment" | "apt" | "unit" | "suite" | "number")
        })
    };
    let end = if unit(at + 1) && words.get(at + 2).is_some() { at + 2 } else { at };
    Some(words[first].start..words[end].end)
}

/// A short answer without the words that only lead up to it: "Yes, it is any time after three." gives "Any time after three".
pub fn short_answer(text: &str) -> Option<String> {
    let words = words(text);
    let lead = |place: usize| {
        let word = words[place].lower.as_str();
        let next = words.get(place + 1).map(|word| word.lower.as_str()).unwrap_or_default();
        match word {
            "yes" | "yeah" | "sure" | "um" | "uh" | "er" | "well" | "oh" | "okay" | "ok" | "so" | "it's"
            | "that's" | "hmm" | "please" => 1,
            "it" | "that" | "this" if matches!(next, "is" | "was") => 2,
            "that" if next == "would" => 3,
            "of" if next == "course" => 2,
            _ => 0,
        }
    };
    let mut start = 0;
    while start < words.len() && lead(start) > 0 {
        start += lead(start);
    }
    let told = words.get(start..).filter(|rest| !rest.is_empty());
    match told {
        Some(rest) => {
            let answer = text[rest[0].start..rest[rest.len() - 1].end].trim();
            let says = rest.iter().any(|word| !is_in(EMPTY_TALK, &word.lower));
            (says || !words.is_empty() && start == 0).then(|| capitalised(answer))
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_a_sentence() {
        let said = [
            ("It is eighteen Fernwood Avenue.", Some("eighteen Fernwood Avenue")),
            ("I live at 18 Fernwood Avenue and my tap drips.", Some("18 Fernwood Avenue")),
            (
                "twenty-two hundred North Main Street, apartment 4B",
                Some("twenty-two hundred North Main Street, apartment 4B"),
            ),
            ("I waited two hours on the street.", None),
            ("It is on the street.", None),
            ("Any time after three is good.", None),
        ];
        for (text, expected) in said {
            assert_eq!(address(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_short_answer_loses_its_lead() {
        assert_eq!(
            short_answer("It is eighteen Fernwood Avenue.").as_deref(),
            Some("Eighteen Fernwood Avenue")
        );
        assert_eq!(
            short_answer("Any time after three is good.").as_deref(),
            Some("Any time after three is good")
        );
        assert_eq!(short_answer("Um, yes.").as_deref(), None);
    }
}
