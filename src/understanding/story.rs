//! What a caller tells, without the greeting and what is kept elsewhere.

use super::digits::{Atom, atom};
use super::lexicon::{EMPTY_TALK, is_in};
use super::name::introduction_length;
use super::words::{Word, sentences, words};

/// What `text` tells: its sentences without greetings, introductions and dictated numbers, in the caller's own
/// words. `None` when nothing is left that says something.
pub fn story(text: &str) -> Option<String> {
    let kept: Vec<String> = sentences(text).into_iter().filter_map(sentence).collect();
    (!kept.is_empty()).then(|| kept.join(" "))
}

fn sentence(text: &str) -> Option<String> {
    let words = words(text);
    let mut kept: Vec<(usize, usize)> = Vec::new();
    let mut start = 0;
    for (at, word) in words.iter().enumerate() {
        if !word.comma && at + 1 < words.len() {
            continue;
        }
        let clause = &words[start..=at];
        start = at + 1;
        let head = head_length(clause);
        let rest = &clause[head..];
        // A clause that merely leads in ("Well,") stays where something follows it.
        if !rest.is_empty() && !is_dictation(rest) && (says_something(rest) || !kept.is_empty()) {
            kept.push((rest[0].start, rest[rest.len() - 1].end));
        }
    }
    let told =
        kept.iter().any(|(from, to)| says_something(&crate::understanding::words::words(&text[*from..*to])));
    if !told {
        return None;
    }
    let mut joined = String::new();
    let mut previous: Option<usize> = None;
    for (from, to) in kept {
        match previous {
            // Neighbouring clauses keep the marks between them.
            Some(end) if !text[end..from].contains(char::is_alphanumeric) => {
                joined.push_str(&text[end..from])
            }
            Some(_) => joined.push_str(", "),
            None => {}
        }
        joined.push_str(&text[from..to]);
        previous = Some(to);
    }
    let mark = text.trim_end().chars().last().filter(|mark| matches!(mark, '.' | '!' | '?')).unwrap_or('.');
    joined.push(mark);
    Some(capitalised(&joined))
}

/// The text with its first letter in upper case.
pub(crate) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// How many words at the head of a clause greet, connect, or introduce the caller.
fn head_length(clause: &[Word<'_>]) -> usize {
    let mut head = 0;
    loop {
        let rest = &clause[head..];
        let Some(first) = rest.first() else {
            return head;
        };
        let introduced = introduction_length(rest);
        let greeting = matches!(
            first.lower.as_str(),
            "hi" | "hello"
                | "hey"
                | "hiya"
                | "um"
                | "uh"
                | "er"
                | "erm"
                | "yes"
                | "yeah"
                | "okay"
                | "ok"
                | "please"
                | "thanks"
                | "oh"
        );
        let two = rest.get(1).map(|word| word.lower.as_str()).unwrap_or_default();
        let day = first.lower == "good" && matches!(two, "morning" | "afternoon" | "evening" | "day");
        let thanks = first.lower == "thank" && two == "you";
        let calling = head > 0 && first.lower == "and" && rest.len() > 1;
        let coded = code_length(rest);
        if introduced > 0 {
            head += introduced;
        } else if coded > 0 {
            head += coded;
        } else if day || thanks {
            head += 2;
        } else if greeting || calling {
            head += 1;
        } else {
            return head;
        }
    }
}

/// How many words at the head give a number or code by name: "my account number is D 4471".
pub(super) fn code_length(rest: &[Word<'_>]) -> usize {
    let Some(named) = rest.iter().take(4).position(|word| matches!(word.lower.as_str(), "number" | "code"))
    else {
        return 0;
    };
    let verb = rest.get(named + 1).is_some_and(|word| matches!(word.lower.as_str(), "is" | "was"));
    let from = named + 1 + usize::from(verb);
    let own = matches!(rest[0].lower.as_str(), "my" | "the" | "account" | "order" | "case" | "reference");
    let sign = |word: &&Word<'_>| {
        word.raw.chars().count() == 1
            || is_number_word(&word.lower)
            || word.raw.chars().any(|sign| sign.is_ascii_digit())
            || matches!(word.lower.as_str(), "dash" | "hyphen" | "slash" | "oh")
    };
    let signs = rest[from.min(rest.len())..].iter().take_while(sign).count();
    if own && signs > 0 { from + signs } else { 0 }
}

fn says_something(words: &[Word<'_>]) -> bool {
    words.iter().any(|word| {
        word.raw.chars().count() > 1 && !is_in(EMPTY_TALK, &word.lower) && !is_number_word(&word.lower)
    })
}

/// Whether the words only dictate a number: "and my number is four one five …", "you can reach me at …".
pub(super) fn is_dictation(clause: &[Word<'_>]) -> bool {
    let digits = clause.iter().filter(|word| is_number_word(&word.lower)).count();
    let cues = "you can reach me at on my number is the phone telephone cell mobile call back and it's it me under best to contact area code i'm i am calling from reached be by sorry no oh for";
    digits >= 1
        && clause.iter().all(|word| is_number_word(&word.lower) || is_in(cues, &word.lower))
        && (digits >= 3
            || clause.iter().any(|word| word.raw.chars().filter(char::is_ascii_digit).count() >= 3))
}

fn is_number_word(word: &str) -> bool {
    let numerals = word.chars().any(|character| character.is_ascii_digit())
        && word.chars().all(|character| character.is_ascii_digit() || "-.()+/".contains(character));
    let spoken = |piece: &str| {
        matches!(
            atom(piece),
            Atom::Digits(_) | Atom::Tens(_) | Atom::Hundred | Atom::Thousand | Atom::Times(_) | Atom::Plus
        )
    };
    numerals || word.split('-').all(spoken) || word == "oh"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_is_kept_in_the_callers_words() {
        let said = [
            (
                "Hi, my kitchen tap has been dripping since Sunday and I would like someone to take a look.",
                Some(
                    "My kitchen tap has been dripping since Sunday and I would like someone to take a look.",
                ),
            ),
            (
                "Good afternoon. I have had a letter saying I owe one hundred and eighty dollars, but I was told my plan covered the filling.",
                Some(
                    "I have had a letter saying I owe one hundred and eighty dollars, but I was told my plan covered the filling.",
                ),
            ),
            ("Hi this is Jane Doe, my number is 415-555-0142, my boiler leaks.", Some("My boiler leaks.")),
            ("My account number is D4471 and my crown fell out.", Some("My crown fell out.")),
            ("My case number is C V twenty two, dash, three zero eight.", None),
            ("C A S T E L L A N E.", None),
            ("Hello, my name is Sam and I have a leak.", Some("I have a leak.")),
            (
                "Nobody came! I waited from eight until one.",
                Some("Nobody came! I waited from eight until one."),
            ),
            (
                "Oh, hello. I am a little worried. My gum has been bleeding since this morning and it does not stop.",
                Some(
                    "I am a little worried. My gum has been bleeding since this morning and it does not stop.",
                ),
            ),
            ("You can reach me at four one five, five five five, zero one four two.", None),
            ("Hi, good morning.", None),
            ("Hello? Can you hear me?", None),
            ("I have a question.", None),
            ("Yes.", None),
            ("", None),
        ];
        for (text, expected) in said {
            assert_eq!(story(text).as_deref(), expected, "{text}");
        }
    }
}
