//! Yes and no.

use super::words::{has_any, plain};

/// What somebody answered to a yes-or-no question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// They agreed.
    Yes,
    /// They disagreed.
    No,
    /// They do not know.
    Unsure,
}

const UNSURE: &[&str] = &[
    "i don't know",
    "i do not know",
    "not sure",
    "no idea",
    "i can't remember",
    "i cannot remember",
    "i don't remember",
    "i couldn't say",
    "don't have it",
    "do not have it",
    "don't have one",
    "do not have one",
    "haven't got",
    "can't find it",
    "cannot find it",
    "have to look",
    "look it up",
    "have to check",
    "off the top of my head",
    "off hand",
    "with me right now",
];

// Agreement that holds a "no" or a "not", and so is looked for first.
const YES_DESPITE_NO: &[&str] =
    &["no problem", "why not", "not a problem", "no worries", "no objection", "can't go wrong"];

const NO: &[&str] = &[
    "no",
    "nope",
    "nah",
    "not right",
    "not correct",
    "isn't right",
    "isn't correct",
    "not quite",
    "not really",
    "wrong",
    "incorrect",
    "don't",
    "do not",
    "that isn't",
    "that is not",
    "that's not",
    "it isn't",
    "it is not",
    "it's not",
    "rather not",
    "never",
    "negative",
    "none",
    "nothing else",
    "nothing",
];

const YES: &[&str] = &[
    "yes",
    "yeah",
    "yep",
    "yup",
    "yah",
    "ya",
    "sure",
    "correct",
    "right",
    "exactly",
    "absolutely",
    "certainly",
    "definitely",
    "indeed",
    "of course",
    "okay",
    "ok",
    "fine",
    "that's it",
    "that is it",
    "that works",
    "it is",
    "you got it",
    "uh huh",
    "uh-huh",
    "mhm",
    "mm-hmm",
    "mm hmm",
    "mmhmm",
    "affirmative",
    "perfect",
    "good",
    "great",
    "please do",
    "go ahead",
    "all right",
    "alright",
    "aye",
    "i do",
    "i would",
    "i am",
    "it does",
    "sounds good",
    "true",
    "precisely",
    "yes please",
];

/// Reads yes, no or "I don't know"; `None` when the words say neither. Where both occur, the first decides,
/// unless it is taken back ("no wait, yes").
pub fn answer(text: &str) -> Option<Answer> {
    // A lone "no" is often written as a word that sounds like it.
    if matches!(plain(text).trim(), "know" | "now") {
        return Some(Answer::No);
    }
    let said =
        plain(text).replace(" yeah no ", " no ").replace(" yes no ", " no ").replace(" no yeah ", " yes ");
    if has_any(&said, UNSURE) {
        return Some(Answer::Unsure);
    }
    if has_any(&said, YES_DESPITE_NO) {
        return Some(Answer::Yes);
    }
    let taken_back =
        [" wait ", " sorry ", " i mean ", " actually "].iter().filter_map(|mark| said.find(mark)).max();
    if let Some(at) = taken_back
        && let Some(later) = first(&said[at..])
    {
        return Some(later);
    }
    first(&said)
}

fn first(said: &str) -> Option<Answer> {
    match (earliest(said, NO), earliest(said, YES)) {
        (None, None) => None,
        (Some(_), None) => Some(Answer::No),
        (None, Some(_)) => Some(Answer::Yes),
        // "That's not right": the "not" and the "right" belong together.
        (Some(no), Some(yes)) if no <= yes => Some(Answer::No),
        (Some(no), Some(yes)) => {
            let negates = said[yes..no].split_whitespace().count() <= 1 && !said[..no].contains("yes");
            Some(if negates { Answer::No } else { Answer::Yes })
        }
    }
}

fn earliest(said: &str, phrases: &[&str]) -> Option<usize> {
    phrases.iter().filter_map(|phrase| said.find(&format!(" {phrase} "))).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_are_heard_in_their_usual_forms() {
        let said = [
            ("Yes, that is right.", Some(Answer::Yes)),
            ("Yes, exactly.", Some(Answer::Yes)),
            ("Right.", Some(Answer::Yes)),
            ("Sure, that works.", Some(Answer::Yes)),
            ("Uh huh.", Some(Answer::Yes)),
            ("Yes, please.", Some(Answer::Yes)),
            ("No problem.", Some(Answer::Yes)),
            ("The number I am calling from is fine.", Some(Answer::Yes)),
            ("It is.", Some(Answer::Yes)),
            ("No.", Some(Answer::No)),
            ("That's not right.", Some(Answer::No)),
            ("No, that's wrong.", Some(Answer::No)),
            ("No, that was everything. Thank you.", Some(Answer::No)),
            ("Nothing else, thank you.", Some(Answer::No)),
            ("No, thank you, dear.", Some(Answer::No)),
            ("Yeah, no, that's not it.", Some(Answer::No)),
            ("No, wait, yes, that is right.", Some(Answer::Yes)),
            ("Not really.", Some(Answer::No)),
            ("I don't know.", Some(Answer::Unsure)),
            ("My boiler.", None),
            ("I know it.", None),
        ];
        for (text, expected) in said {
            assert_eq!(answer(text), expected, "{text}");
        }
    }
}
