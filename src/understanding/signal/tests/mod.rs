//! Tables of sentences for each kind: what must be found, and what must not.

mod abuse;
mod danger;
mod escalation;
mod feeling;

use proptest::prelude::*;

use super::*;

fn kinds(text: &str) -> Vec<SignalKind> {
    signals(text).into_iter().map(|signal| signal.kind).collect()
}

/// Checks every sentence and reports all that fail at once.
fn check(is: impl Fn(SignalKind) -> bool, must: &[&str], must_not: &[&str]) {
    let has = |text: &str| kinds(text).into_iter().any(&is);
    let missed: Vec<&&str> = must.iter().filter(|text| !has(text)).collect();
    let false_alarms: Vec<&&str> = must_not.iter().filter(|text| has(text)).collect();
    assert!(
        missed.is_empty() && false_alarms.is_empty(),
        "missed {missed:#?}\nfalse alarms {false_alarms:#?}"
    );
}

#[test]
fn spans_are_the_words_themselves() {
    let text = "Well… I’ll sue you! And, um, I smell gas";
    let found: Vec<&str> = signals(text).into_iter().map(|signal| &text[signal.span]).collect();
    assert_eq!(found, ["I’ll sue you", "smell gas"]);
}

#[test]
fn a_patterns_first_word_is_never_open() {
    for rules in &RULEBOOK.rules {
        for pattern in rules.said.iter().chain(rules.unless) {
            assert_eq!(pattern.matches('(').count(), pattern.matches(')').count(), "{pattern}");
            assert!(
                !pattern.starts_with(['~', '-', '$']) && !pattern.contains("((") && !pattern.contains("  "),
                "{pattern}"
            );
        }
    }
}

const PIECES: &[&str] = &[
    "i'll",
    "sue",
    "you",
    "fuck",
    "water",
    "pouring",
    "no",
    "not",
    "’",
    "—",
    "ß",
    "İ",
    "😀",
    "f***",
    "-",
    "e-",
    "third",
    "time",
    "i",
    "called",
    ".",
    "?",
    "can't",
    "breathe",
    "manager",
    "\u{0}",
    "ﬁ",
    "thanks",
    "for",
    "nothing",
    "'s",
    "99999999999999",
];

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,80}") {
        for signal in signals(&text) {
            prop_assert!(text.get(signal.span).is_some_and(|words| !words.is_empty()));
        }
    }

    #[test]
    fn any_row_of_words_is_read_without_a_panic(picks in prop::collection::vec(0..PIECES.len(), 0..40), join in "[ ,.]{0,2}") {
        let text: String = picks.iter().map(|&pick| format!("{}{join}", PIECES[pick])).collect();
        for signal in signals(&text) {
            prop_assert!(text.get(signal.span).is_some_and(|words| !words.is_empty()));
        }
    }
}
