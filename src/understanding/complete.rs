//! Whether the words so far make a finished turn.

use super::digits::runs;
use super::phone::means_calling_number;
use super::words::{has_any, plain, words};
use super::{Answer, answer, code, name, spelled, wish};
use crate::domain::{Completeness, Expecting};

/// Words after which more must come, whatever mark a transcriber puts behind them.
const LEADS_ON: &[&str] = &[
    "and", "the", "a", "an", "my", "your", "our", "his", "her", "their", "because", "but", "or", "um", "uh",
    "er", "erm", "uhm", "i", "i'm", "that's", "which", "if", "when", "as", "than", "plus", "double",
    "triple", "dash", "hyphen", "we", "they", "very", "every", "since", "until", "although", "cause",
    "'cause", "also", "with", "without", "between", "whether", "there's", "we're", "i've", "i'd", "like",
];

/// Words that usually lead on, but may end a sentence.
const MAY_LEAD_ON: &[&str] = &[
    "to", "of", "for", "at", "in", "on", "from", "about", "by", "is", "was", "are", "were", "has", "have",
    "had", "so", "it's", "this", "that", "then", "you", "he", "she", "it",
];

/// Sentences that announce a story, whatever their melody.
const ANNOUNCES: &[&str] = &[
    "where should i begin",
    "where should i start",
    "where do i begin",
    "where do i start",
    "where to begin",
    "where to start",
    "how do i put this",
    "how shall i put it",
    "let me explain",
    "let me tell you",
    "it's a long story",
    "here's the thing",
    "here is the thing",
    "the thing is",
    "listen to me",
    "listen",
    "i have a question",
    "i have a problem",
    "i have a complaint",
    "i've got a problem",
    "i've got a question",
];

/// Greetings; what the call is about comes after them.
const GREETINGS: &[&str] = &["hi", "hello", "hey", "hiya", "good morning", "good afternoon", "good evening"];
/// Words that may stand with a greeting without saying anything.
const WITH_GREETINGS: &[&str] = &["there", "yes", "yeah", "oh", "good", "morning", "afternoon", "evening"];

/// Judges from the words alone whether a turn is finished, given what the caller was asked for.
pub fn completeness(text: &str, expecting: Expecting) -> Completeness {
    let said = words(text);
    if breaks_off(text, &said) || expecting == Expecting::Anything && only_greets(text, &said) {
        return Completeness::Unfinished;
    }
    if matches!(expecting, Expecting::PhoneNumber | Expecting::YesNo) && means_calling_number(text) {
        return Completeness::Complete;
    }
    if let Some(dictated) = dictation(text, expecting) {
        return dictated;
    }
    let refuses = expecting == Expecting::YesNo && answer(text) == Some(Answer::No);
    if wish(text).is_some() && !refuses {
        return Completeness::Complete;
    }
    let whole = match expecting {
        Expecting::YesNo => match answer(text) {
            // What is right instead, or a word of thanks, usually follows.
            Some(Answer::No) => has_any(&plain(text), &["thank you", "thanks", "bye", "goodbye"]),
            Some(Answer::Yes | Answer::Unsure) => said.len() <= 8,
            None => false,
        },
        Expecting::Name => name(text, true).is_some_and(|name| name.contains(' ')) && spelled(text).is_none(),
        Expecting::PhoneNumber => said.len() >= 2 && answer(text).is_some(),
        Expecting::Code => answer(text) == Some(Answer::Unsure),
        Expecting::Anything | Expecting::Venting => text.trim_end().ends_with('?') && said.len() >= 3,
    };
    if whole { Completeness::Complete } else { Completeness::Open }
}

fn only_greets(text: &str, said: &[super::words::Word<'_>]) -> bool {
    let idle = |word: &str| GREETINGS.contains(&word) || WITH_GREETINGS.contains(&word);
    said.iter().all(|word| idle(&word.lower)) && has_any(&plain(text), GREETINGS)
}

fn breaks_off(text: &str, said: &[super::words::Word<'_>]) -> bool {
    let Some(last) = said.last() else {
        return false;
    };
    let tail = text.trim_end();
    let spoken = plain(text);
    let spoken = spoken.trim_end();
    if ANNOUNCES.iter().any(|words| spoken.ends_with(words)) {
        return true;
    }
    if tail.ends_with("...") || tail.ends_with(['…', '—', '-', ',', ':']) {
        return true;
    }
    let plain_tail: Vec<&str> = said.iter().rev().take(3).map(|word| word.lower.as_str()).collect();
    // "It is." and "So I am." answer; "my number is" does not.
    let asserts =
        matches!(plain_tail.as_slice(), [_, "it" | "that" | "this" | "i" | "we" | "they" | "there", ..]);
    if LEADS_ON.contains(&last.lower.as_str()) {
        return said.len() > 1 || !matches!(last.lower.as_str(), "i");
    }
    let copula = matches!(last.lower.as_str(), "is" | "was" | "are" | "were");
    if copula && !asserts {
        return true;
    }
    MAY_LEAD_ON.contains(&last.lower.as_str()) && !last.stop && !asserts
}

/// The verdict where digits or letters are being dictated.
fn dictation(text: &str, expecting: Expecting) -> Option<Completeness> {
    let (digits, plus) =
        runs(text).into_iter().map(|run| (run.digits, run.plus)).max_by_key(|(digits, _)| digits.len())?;
    let length = digits.len();
    let numbered = has_any(&plain(text), &["number", "reach me", "call me"]);
    let enough = match digits.chars().next() {
        Some('0') => length >= 11,
        Some('1') if !plus => length >= 11,
        _ => length >= if plus { 11 } else { 10 },
    };
    match expecting {
        Expecting::Code => Some(match code(text) {
            Some(found) if found.len() >= 5 => Completeness::Open,
            _ => Completeness::Dictating,
        }),
        Expecting::PhoneNumber if enough => Some(Completeness::Complete),
        Expecting::PhoneNumber => Some(Completeness::Dictating),
        Expecting::YesNo if length >= 5 => {
            Some(if enough { Completeness::Complete } else { Completeness::Dictating })
        }
        Expecting::Anything | Expecting::Venting | Expecting::Name
            if length >= 5 || (numbered && length >= 3) =>
        {
            Some(if enough { Completeness::Open } else { Completeness::Dictating })
        }
        Expecting::YesNo | Expecting::Anything | Expecting::Venting | Expecting::Name => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_judged_by_its_words() {
        use Completeness::{Complete, Dictating, Open, Unfinished};
        let said = [
            ("My number is", Expecting::PhoneNumber, Unfinished),
            ("My number is.", Expecting::PhoneNumber, Unfinished),
            ("four one five", Expecting::PhoneNumber, Dictating),
            ("Four one five, five five five, zero one", Expecting::PhoneNumber, Dictating),
            ("Four one five, five five five, zero one four two.", Expecting::PhoneNumber, Complete),
            ("One, four one five, five five five, oh one four", Expecting::PhoneNumber, Dictating),
            ("The number I am calling from is fine.", Expecting::PhoneNumber, Complete),
            ("The one I am calling on.", Expecting::PhoneNumber, Complete),
            ("Yes.", Expecting::YesNo, Complete),
            ("It is.", Expecting::YesNo, Complete),
            ("No.", Expecting::YesNo, Open),
            ("No, that was everything. Thank you.", Expecting::YesNo, Complete),
            ("No, it's", Expecting::YesNo, Unfinished),
            ("No, that was everything.", Expecting::YesNo, Open),
            ("Well, where should I begin.", Expecting::Anything, Unfinished),
            ("No, wait, wait, listen to me.", Expecting::Anything, Unfinished),
            ("Renata Kowalczyk.", Expecting::Name, Complete),
            ("My name is", Expecting::Name, Unfinished),
            ("Renata", Expecting::Name, Open),
            ("I took a day off and", Expecting::Anything, Unfinished),
            ("I took a day off and the", Expecting::Anything, Unfinished),
            ("My boiler leaks.", Expecting::Anything, Open),
            ("Well, um", Expecting::Anything, Unfinished),
            ("My account number is D four", Expecting::Code, Dictating),
            ("D four four seven one", Expecting::Code, Open),
            ("Can I talk to a real person?", Expecting::Name, Complete),
            ("since 2019.", Expecting::Anything, Open),
            ("Hello?", Expecting::Anything, Unfinished),
            ("Oh, hi there. Good morning.", Expecting::Anything, Unfinished),
            ("Yeah.", Expecting::Anything, Open),
            ("Morning.", Expecting::Anything, Open),
            ("Hello?", Expecting::YesNo, Complete),
            ("Hi, my boiler leaks.", Expecting::Anything, Open),
            ("", Expecting::Anything, Open),
        ];
        for (text, expecting, expected) in said {
            assert_eq!(completeness(text, expecting), expected, "{text} / {expecting:?}");
        }
    }
}
