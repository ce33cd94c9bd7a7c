//! From one person to another: "I" to "you", "you" to "we" or "us", and "you" to "they" or "them".

use crate::understanding::account::grammar::{
    ADVERBS, DETERMINERS, Form, PREPOSITIONS, REPORTING, SUBORDINATORS, is_auxiliary, is_contracted, is_form,
    listed,
};
use crate::understanding::account::split::is_finite;
use crate::understanding::account::token::{Pause, Token};

/// The caller's words in words to the caller; `None` where "you" does not mean the business.
pub(super) fn turned(words: &[Token]) -> Option<String> {
    let lower: Vec<&str> = words.iter().map(|word| word.lower.as_str()).collect();
    let mut said = String::new();
    let mut caller_acts = false;
    for (at, word) in words.iter().enumerate() {
        if is_finite(words, at) || lower[at] == "was" {
            caller_acts = acts(&lower, at).unwrap_or(caller_acts);
        }
        let turned = match word.lower.as_str() {
            "ain't" | "let's" => return None,
            "don't" if disagrees(&lower, at) => return None,
            "was" if at > 0 && listed("you they", lower[at - 1]) => return None,
            "is" | "was" if at > 0 && listed("teeth feet people children kids", lower[at - 1]) => {
                return None;
            }
            "you" if is_anybody(&lower, at) => return None,
            "you" if is_subject(&lower, at) => "we",
            "you" => "us",
            "was" if caller_acts => "were",
            "wasn't" if caller_acts => "weren't",
            "am" => "are",
            "here" if at > 0 => "there",
            other => turned_word(other).unwrap_or(&word.shown),
        };
        said.push_str(turned);
        if at + 1 < words.len() {
            said.push_str(if word.pause == Pause::Comma { ", " } else { " " });
        }
    }
    Some(said)
}

/// "The invoice don't match."
fn disagrees(lower: &[&str], at: usize) -> bool {
    let before = lower[..at].iter().rev().find(|word| !listed(ADVERBS, word)).copied().unwrap_or("i");
    listed("he she it nobody", before)
        || !listed("i we you they and who these those but or that people teeth feet kids children", before)
            && !before.ends_with('s')
}

fn turned_word(lower: &str) -> Option<&'static str> {
    Some(match lower {
        "i" | "me" | "we" | "us" => "you",
        "my" | "our" => "your",
        "mine" | "ours" => "yours",
        "myself" => "yourself",
        "ourselves" => "yourselves",
        "i'm" | "we're" => "you're",
        "i've" | "we've" => "you've",
        "i'd" | "we'd" => "you'd",
        "i'll" | "we'll" => "you'll",
        "your" => "our",
        "yours" => "ours",
        "yourself" | "yourselves" => "ourselves",
        "you're" => "we're",
        "you've" => "we've",
        "you'd" => "we'd",
        "you'll" => "we'll",
        _ => return None,
    })
}

/// Whether the verb at `at` is the caller's; `None` if its subject is further back, as in "I called and was told".
fn acts(lower: &[&str], at: usize) -> Option<bool> {
    let before = lower[..at].iter().rev().find(|word| !listed(ADVERBS, word) || **word == "myself")?;
    match *before {
        "i" | "we" => Some(true),
        "and" | "but" | "then" | "or" => None,
        _ => Some(lower.get(at + 1) == Some(&"i") && before != &"i"),
    }
}

/// "You" that means anybody: "when you turn it on", "you can hear it".
fn is_anybody(lower: &[&str], at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |at| lower[at]);
    let next = lower.get(at + 1).copied().unwrap_or_default();
    let after = lower.get(at + 2).copied().unwrap_or_default();
    let general = listed("when if whenever once time", before)
        && is_form(next, Form::Base)
        && !is_form(next, Form::Past)
        && !listed("have are were can will could come call send", next);
    let senses = listed("can could", next) && listed("hear see smell feel tell imagine touch", after);
    general
        || senses
        || next == "know"
        || listed("have need", next) && after == "to" && listed("when where so that and", before)
}

/// Whether the "you" at `at` does a verb.
pub(super) fn is_subject(lower: &[&str], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|at| lower[at]) else {
        return true;
    };
    let next = lower[at + 1..].iter().copied().find(|word| !listed(ADVERBS, word)).unwrap_or_default();
    let adverb =
        lower.get(at + 1).is_some_and(|word| listed("never always just still even also only guys all", word));
    let verb = is_auxiliary(next)
        || is_contracted(next)
        || is_form(next, Form::Past)
        || is_form(next, Form::Base) && !listed("back call last text light", next);
    if !verb && !adverb {
        return false;
    }
    if listed("let make made help see saw hear have had get got want need like told tell", before)
        && !is_auxiliary(next)
    {
        return false;
    }
    if listed(SUBORDINATORS, before)
        || listed("when whenever where while before after because if until once", before)
        || listed(REPORTING, before)
        || listed("and but or then", before)
    {
        return true;
    }
    if listed(PREPOSITIONS, before) || before == "to" {
        return false;
    }
    let verb_before = is_form(before, Form::Base)
        || is_form(before, Form::Past)
        || is_form(before, Form::Ing)
        || is_form(before, Form::Third);
    !verb_before || listed(DETERMINERS, at.checked_sub(2).map_or("", |at| lower[at]))
}

/// Words to the caller in the third person: "nobody called you" becomes "nobody called them".
pub fn to_agent(told: &str) -> String {
    let words: Vec<&str> = told.split_whitespace().collect();
    let bare: Vec<String> = words
        .iter()
        .map(|word| word.trim_matches(|sign: char| !sign.is_alphanumeric()).to_lowercase().replace('’', "'"))
        .collect();
    let lower: Vec<&str> = bare.iter().map(String::as_str).collect();
    let mut said = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let ends = at > 0 && words[at - 1].ends_with([',', ';']) || word.ends_with([',', ';', '.']);
        let subject = is_subject(&lower, at) && (!word.ends_with([',', ';', '.']) || at == 0)
            || ends && at > 0 && words[at - 1].ends_with([',', ';']);
        // "a filling that they told you was covered": the verb is not that of "you".
        let object = lower.get(at + 1).is_some_and(|next| matches!(*next, "was" | "is" | "has"));
        let turned = match lower[at] {
            "you" if subject && !object => "they",
            "you" => "them",
            "your" => "their",
            "yours" => "theirs",
            "yourself" | "yourselves" => "themselves",
            "you're" => "they're",
            "you've" => "they've",
            "you'd" => "they'd",
            "you'll" => "they'll",
            _ => {
                said.push((*word).to_owned());
                continue;
            }
        };
        let shown = word.trim_matches(|sign: char| !sign.is_alphanumeric());
        let capital = shown.starts_with(char::is_uppercase);
        let turned = if capital { crate::understanding::capitalised(turned) } else { turned.to_owned() };
        said.push(word.replace(shown, &turned));
    }
    said.join(" ")
}
