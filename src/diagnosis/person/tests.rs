use proptest::prelude::*;

use super::*;
use crate::diagnosis::recap::{RecapParts, for_agent, for_caller};

/// Turns of callers, each after `>`, with the trigger (`T`), what is wanted (`W`), and what is wanted where only
/// somebody who was asked would say it so (`O`). A line that is missing stands for `None`.
const TURNS: &str = include_str!("turns.txt");

fn told(turn: &str) -> Vec<String> {
    let account = account(turn);
    let mut lines: Vec<String> = trigger(&account).iter().map(|told| format!("T {}", told.words)).collect();
    match expectation(&account) {
        Some(told) => lines.push(format!("W {}", told.words)),
        None => lines.extend(outcome(turn).map(|words| format!("O {words}"))),
    }
    lines
}

#[test]
fn turns_are_said_back_in_words_to_the_caller() {
    let mut wrong = Vec::new();
    let turns: Vec<&str> = TURNS.split("> ").filter(|turn| !turn.is_empty()).collect();
    assert!(turns.len() > 300);
    for block in turns {
        let (turn, expected) = block.split_once('\n').unwrap();
        let expected: Vec<&str> = expected.lines().collect();
        let said = told(turn);
        if said != expected {
            wrong.push(format!("{turn}\n   said     {said:?}\n   expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_does_not_come_out_clean_is_not_said() {
    for text in [
        "",
        "it stopped",
        "he never came",
        "they were rude",
        "when you turn it on it rattles",
        "you people are idiots",
        "my",
        "my boiler and the",
        "I need a new boiler",
        "Can you come today?",
        "what happened was",
        "I ain't got no heat",
        "my name is Jane Doe",
        "no",
        "yes it is",
        "昨日ボイラーが壊れました",
        "415 555 0142",
        "I don't know",
        "I am very upset",
        "This is ridiculous.",
        "thank you",
        "my boiler broke and then I called and then your man came and then he left and then he came back and then it broke again and then",
    ] {
        assert_eq!(to_caller(text), None, "{text}");
    }
    for text in
        ["", "yes", "no", "nothing", "I don't know", "whatever", "it leaks", "my tap drips", "tomorrow"]
    {
        assert_eq!(outcome(text), None, "{text}");
    }
}

#[test]
fn clauses_and_wishes_are_turned_one_by_one() {
    for (clause, expected) in [
        ("my boiler stopped and I can't reach you", "your boiler stopped and you can't reach us"),
        (
            "The technician did not come, and nobody called me.",
            "the technician did not come, and nobody called you",
        ),
        ("I was told you were closed", "you were told we were closed"),
        ("I wasn't home when you called me", "you weren't home when we called you"),
        ("my wife and I were waiting for your man", "your wife and you were waiting for our man"),
        ("your office lost my file", "our office lost your file"),
        ("you sent me to the wrong address", "we sent you to the wrong address"),
        ("they told me the work was covered", "you were told the work was covered"),
        ("Called you three times", "you called us three times"),
    ] {
        assert_eq!(to_caller(clause).as_deref(), Some(expected), "{clause}");
    }
    for (clause, expected) in [
        ("I'd like you to send someone today", "us to send someone today"),
        ("can you tell me when he comes", "to know when he comes"),
        ("I want my money back", "your money back"),
        ("somebody should call me", "somebody to call you"),
        ("the fee has to be removed", "the fee to be removed"),
    ] {
        assert_eq!(wanted_to_caller(clause).as_deref(), Some(expected), "{clause}");
    }
}

#[test]
fn words_to_the_caller_become_words_about_the_caller() {
    for (told, expected) in [
        (
            "the technician did not come and nobody called you",
            "the technician did not come and nobody called them",
        ),
        (
            "you waited from eight until one for our technician",
            "they waited from eight until one for our technician",
        ),
        ("us to send you a new key", "us to send them a new key"),
        ("your boiler stopped and you can't reach us", "their boiler stopped and they can't reach us"),
        (
            "our dispatcher will call you back on (415) 555-0142 by noon",
            "our dispatcher will call them back on (415) 555-0142 by noon",
        ),
        ("we told you, and you're still waiting", "we told them, and they're still waiting"),
        ("to know what you owe", "to know what they owe"),
        ("the letter says you owe it", "the letter says they owe it"),
        ("we charged you twice", "we charged them twice"),
        ("not to be charged for a visit you never had", "not to be charged for a visit they never had"),
        (
            "somebody to call you and to tell you when you can come",
            "somebody to call them and to tell them when they can come",
        ),
    ] {
        assert_eq!(to_agent(told), expected, "{told}");
    }
}

#[test]
fn a_clause_is_the_same_when_it_is_taken_apart_again() {
    for block in TURNS.split("> ").filter(|turn| !turn.is_empty()) {
        for clause in account(block.lines().next().unwrap()).happened {
            let again = account(&clause.text);
            assert_eq!(again.happened.first().map(|again| &again.text), Some(&clause.text));
        }
    }
}

/// Words that callers' turns are made of, thrown together.
fn salad() -> impl Strategy<Value = String> {
    let words = "I my me you your we our us they it he she the a boiler technician tooth invoice came called broke is was \
        were not never nobody and but because so then when if that which want need would like can could please send fix \
        to for of in on at today Monday 10 , . ? ! don't I'm you're it's there's been leaking yesterday like know just \
        damn uh the the no what how much why did does someone what's 's -";
    let words: Vec<&str> = words.split_whitespace().collect();
    proptest::collection::vec(proptest::sample::select(words), 0..40).prop_map(|words| words.join(" "))
}

fn holds(text: &str) {
    let account = account(text);
    let clauses = [&account.happened, &account.wanted, &account.expected, &account.triggers];
    for clause in clauses.into_iter().flatten() {
        assert!(text.get(clause.span.clone()).is_some_and(|words| !words.is_empty()), "{text:?} {clause:?}");
    }
    let told = [trigger(&account), expectation(&account)].into_iter().flatten().map(|told| told.words);
    for words in told.chain(outcome(text)).chain(to_caller(text)).chain(wanted_to_caller(text)) {
        assert!(words.split(' ').count() <= LONGEST + 4, "{words}");
        assert!(!words.ends_with(['.', ',', '!', '?', ' ']) && !words.starts_with(' '), "{words}");
        let padded = format!(" {} ", words.replace(',', "").to_lowercase());
        for first_person in [" i ", " me ", " my ", " i'm ", " am ", " mine "] {
            assert!(!padded.contains(first_person), "{text:?} → {words}");
        }
        let third = to_agent(&words);
        assert_eq!(to_agent(&third), third);
        assert!(!format!(" {} ", third.replace(',', "")).contains(" you "), "{third}");
        let parts = RecapParts { trigger: Some(&words), expectation: Some(&words), ..RecapParts::default() };
        one_sentence(&for_caller(&parts));
        one_sentence(&for_agent(&parts));
    }
}

fn one_sentence(recap: &str) {
    assert!(recap.ends_with('.') && !recap.ends_with(".."), "{recap}");
    assert_eq!(crate::understanding::words::sentences(recap).len(), 1, "{recap}");
    assert!(!recap.starts_with(|first: char| first.is_ascii_lowercase()) && !recap.contains("  "), "{recap}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_text_is_taken(text in "\\PC{0,120}") {
        holds(&text);
    }

    #[test]
    fn any_words_are_taken(text in salad()) {
        holds(&text);
    }

    #[test]
    fn a_recap_is_one_sentence(name in "\\PC{0,20}", trigger in "\\PC{0,60}", wanted in "\\PC{0,60}", next in "\\PC{0,60}") {
        let parts = RecapParts {
            name: Some(&name),
            trigger: Some(&trigger),
            expectation: Some(&wanted),
            next_step: Some(&next),
            ..RecapParts::default()
        };
        one_sentence(&for_caller(&parts));
        one_sentence(&for_agent(&parts));
    }
}
