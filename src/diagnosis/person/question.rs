//! A question as part of a sentence: "when can you come" becomes "when we can come".

use crate::understanding::account::grammar::{
    ADVERBS, DETERMINERS, Form, PREPOSITIONS, is_auxiliary, is_form, past_of, third_of,
};
use crate::understanding::account::token::{Pause, Token};

use super::turn::turned;

/// The question in the order of a clause and in words to the caller, to follow "to know".
pub(super) fn embedded(words: &[Token], yes_or_no: bool) -> Option<String> {
    if words.len() < 2 || words.len() > 18 {
        return None;
    }
    if yes_or_no {
        return Some(format!("whether {}", turned(&straight(words)?)?));
    }
    if words[0].is_in("if whether") {
        return Some(format!("whether {}", turned(&words[1..])?));
    }
    if words[0].is_in(DETERMINERS) {
        return turned(words);
    }
    let said: Vec<&str> = words.iter().map(|word| word.lower.as_str()).collect();
    if matches!(said[..], ["what", "do" | "should" | "can", "i" | "we", "do"]) {
        return Some("what you should do".to_owned());
    }
    let mut asked = asked_length(words);
    let mut rest = words[asked..].to_vec();
    let mut question = words[..asked].to_vec();
    // "What's the price" is asked for as "the price".
    if let Some(bare) = question[0].lower.strip_suffix("'s").map(str::to_owned) {
        asked = 1;
        rest = words[asked..].to_vec();
        rest.insert(0, made("is", &words[0]));
        question = vec![made(&bare, &words[0])];
    }
    let noun = question.len() == 1 && question[0].lower == "what" && rest.first()?.is_in("is are was were");
    if noun
        && rest.get(1)?.is_in("the my your our a an")
        && !rest.iter().any(|word| is_form(&word.lower, Form::Ing) || word.is_in("with for"))
    {
        return turned(&rest[1..]);
    }
    let costs =
        question.len() == 2 && question[1].lower == "much" && rest.iter().any(|word| word.lower == "cost");
    let rest = straight(&rest)?;
    let question = match () {
        () if costs => "what".to_owned(),
        () if question[0].lower == "how" && question.get(1).is_some_and(|next| next.lower == "come") => {
            "why".to_owned()
        }
        () => turned(&question)?,
    };
    Some(format!("{question} {}", turned(&rest)?))
}

/// How many words ask: "when", "how much", "what time", "which technician".
fn asked_length(words: &[Token]) -> usize {
    let second = words.get(1);
    let long = match words[0].lower.as_str() {
        "how" => second.is_some_and(|next| next.is_in("much long soon many far late early often come")),
        "what" | "which" => second.is_some_and(|next| {
            !is_auxiliary(&next.lower)
                && !next.is_in("i you we he she it they my the your our a to happened")
                && !next.is_in(DETERMINERS)
        }),
        _ => false,
    };
    let many = long
        && (words[0].lower == "how" && words[1].lower == "many"
            || words[0].lower == "what" && words[1].is_in("kind sort type"));
    let of = usize::from(many) * if words.get(2).is_some_and(|next| next.lower == "of") { 2 } else { 1 };
    (1 + usize::from(long) + of).min(words.len())
}

fn made(word: &str, like: &Token) -> Token {
    Token { shown: word.to_owned(), lower: word.to_owned(), span: like.span.clone(), pause: Pause::None }
}

/// Puts the subject before its verb; `None` where it cannot be told which the subject is.
fn straight(words: &[Token]) -> Option<Vec<Token>> {
    let first = words.first()?;
    if !is_auxiliary(&first.lower) {
        // Already in order: "when he comes"; or the question word is the subject: "what happened to it".
        return Some(words.to_vec());
    }
    // "Why hasn't anyone called" is "why nobody has called".
    if let Some(bare) = first
        .lower
        .strip_suffix("n't")
        .filter(|_| words.get(1).is_some_and(|next| next.is_in("anyone anybody")))
    {
        let mut turned = vec![made(bare, first), made("nobody", first)];
        turned.extend_from_slice(words.get(2..)?);
        return straight(&turned);
    }
    let subject = subject_length(words)?;
    let (who, rest) = (&words[1..=subject], &words[subject + 1..]);
    let mut turned = who.to_vec();
    match first.lower.as_str() {
        "do" => turned.extend_from_slice(rest),
        "does" | "did" => {
            let verb = rest.iter().position(|word| !word.is_in(ADVERBS))?;
            let base = rest[verb].lower.as_str();
            if !is_form(base, Form::Base) {
                return None;
            }
            let form = if first.lower == "did" { past_of(base) } else { third_of(base) };
            turned.extend_from_slice(&rest[..verb]);
            turned.push(Token { pause: rest[verb].pause, ..made(&form, &rest[verb]) });
            turned.extend_from_slice(&rest[verb + 1..]);
        }
        _ => {
            turned.push(Token { pause: Pause::None, ..first.clone() });
            turned.extend_from_slice(rest);
        }
    }
    Some(turned)
}

/// How many words after the auxiliary are its subject.
fn subject_length(words: &[Token]) -> Option<usize> {
    let second = words.get(1)?;
    if second.is_in("i you we he she it they there anyone anybody somebody someone everyone nobody") {
        return Some(1);
    }
    let named = second.shown.starts_with(char::is_uppercase);
    if !second.is_in(DETERMINERS) && !named {
        return None;
    }
    if second.is_in("this that")
        && words.get(2).is_some_and(|next| {
            is_form(&next.lower, Form::Base)
                || is_form(&next.lower, Form::Ing)
                || next.is_in("covered included normal going")
        })
    {
        return Some(1);
    }
    let be = words[0].is_in("is are was were has have had am");
    let end = (2 + usize::from(!named)..words.len()).find(|at| {
        let word = &words[*at];
        if be {
            let predicate = is_form(&word.lower, Form::Participle)
                || is_form(&word.lower, Form::Ing)
                || word.is_in(ADVERBS)
                || word.is_in(PREDICATES);
            predicate || word.is_in(PREPOSITIONS) && word.lower != "of" && !word.is_in("for")
        } else {
            is_form(&word.lower, Form::Base) || word.lower == "be" || word.is_in(ADVERBS)
        }
    });
    match end {
        Some(end) => Some(end - 1),
        None if be => Some(words.len() - 1),
        None => None,
    }
}

const PREDICATES: &str = "so too very high low such more ready open available free done covered fixed in still due safe normal okay ok included closed late here there \
    today tomorrow tonight yesterday possible correct right wrong possible refundable finished working valid supposed necessary";
