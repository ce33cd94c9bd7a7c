//! Yes and no.

use super::lexicon::is_in;
use super::words::{Word, words};

/// What somebody answered to a yes-or-no question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// They agreed.
    Yes,
    /// They disagreed.
    No,
    /// They do not know, or it is neither.
    Unsure,
}

// All phrases are written without contractions. The longest that begins at a word counts: "absolutely not" is no
// "absolutely", "no problem" no "no".
const UNSURE: &str = "\
    i do not know, do not know, not sure, not certain, no idea, no clue, can not remember, do not \
    remember, do not recall, could not say, could not tell you, can not say, do not have it, do not have \
    that, do not have one, have not got, can not find it, have to look, look it up, have to check, off \
    the top of my head, off hand, there is not one, there is none, with me right now, sort of, kind of, maybe, perhaps, possibly, it \
    depends, that depends, depends, hard to say, hard to tell, could be, might be, who knows, yes and \
    no, yes or no, i could not say, you tell me, i wonder, let me think, let me check, let me see";

const NO: &str = "\
    no, nope, nah, nay, no way, no chance, no thank you, no thanks, no gracias, not right, not correct, is not \
    right, is not correct, not quite, not really, not exactly, not entirely, not at all, not \
    particularly, not yet, not today, not now, not me, not necessary, not any more, not anymore, \
    absolutely not, definitely not, certainly not, of course not, probably not, maybe not, perhaps not, \
    sure not, afraid not, hope not, guess not, think not, suppose not, rather not, better not, wrong, \
    incorrect, false, do not, do not think so, did not, does not, that is not, it is not, it was not, \
    never, negative, none, nothing else, nothing, hardly, barely, far from it, i doubt it, doubt it, uh \
    uh, uh-uh, nuh uh, nuh-uh, not that i know of, not as far as i know, i wish, by no means, no longer, \
    neither, forget it, never mind, nevermind, too late, can not do that";

const YES: &str = "\
    yes, yeah, yep, yup, yah, ya, yea, aye, sure, sure thing, for sure, correct, right, exactly, \
    absolutely, certainly, definitely, totally, indeed, of course, okay, ok, okey, fine, that is it, \
    that is the one, that is me, that works, works for me, you got it, you bet, you betcha, uh huh, \
    uh-huh, mhm, mm-hmm, mm hmm, mmhmm, mm-hm, mm hm, mhmm, um hum, uh hum, affirmative, perfect, good, great, lovely, wonderful, \
    excellent, awesome, brilliant, please do, go ahead, go for it, all right, alright, sounds good, \
    true, precisely, spot on, by all means, please, i guess, i guess so, i suppose, i suppose so, i \
    think so, i believe so, i hope so, i would think so, i would say so, probably, more or less, pretty \
    much, as far as i know, fair enough, very well, naturally, obviously, i would like that, i would \
    love that, i would love to, i would appreciate that, i would appreciate it, that would be great, \
    that would help, if you could, if you would, if you do not mind, if possible, do that, do it, let us \
    do that, let us do it, that will do, suits me, roger, sure is, bingo, no problem, not a \
    problem, why not, do not see why not, no worries, no objection, no objections, can not go wrong, do \
    not mind, would not mind, would not hurt, could not hurt, can not hurt, no doubt, no question, \
    without a doubt, not bad, not wrong, you are not wrong, no go ahead, no please do, do not mind if \
    you do, could not agree more";

/// Short answers that repeat the verb, and mean yes only where nothing follows: "It is.", not "It is broken."
const ECHOES: &str = "\
    it is, i do, i would, i am, it does, it did, it was, it has, i have, i did, i was, i will, i can, we \
    do, we are, we did, we have, we would, they do, they did, they are, he did, she did, there is, there \
    are, that is, you do, you can, you may, it will, i could, they have, he has, she has, they were, it \
    would, that would";

/// Reads yes, no or "I don't know"; `None` when the words say neither. Where several occur, the first decides, unless
/// it is taken back ("no wait, yes").
pub fn answer(text: &str) -> Option<Answer> {
    let said = expanded(text);
    // A lone "no" is often written as a word that sounds like it.
    if let [only] = said.as_slice()
        && matches!(only.text.as_str(), "know" | "now")
    {
        return Some(Answer::No);
    }
    let found = findings(&said);
    let taken_back = (1..said.len()).rev().find(|at| is_taken_back(&said, *at));
    if let Some(later) = taken_back.and_then(|at| found.iter().find(|(place, _)| *place > at)) {
        return Some(later.1);
    }
    // "I don't know" and its like hold whatever "no" they begin with, but no clear yes.
    let unsure = found.iter().any(|(_, answer)| *answer == Answer::Unsure);
    match found.first() {
        Some((_, Answer::No)) if unsure => Some(Answer::Unsure),
        // "Yeah, no, that's not it": what comes after the "yeah" counts.
        Some((first, Answer::Yes)) => {
            let next = found.get(1).filter(|(place, answer)| *answer == Answer::No && *place == first + 1);
            Some(next.map_or(Answer::Yes, |_| Answer::No))
        }
        // "No, yeah, that's fine".
        Some((first, Answer::No)) => {
            let next = found.get(1).filter(|(place, answer)| *answer == Answer::Yes && *place == first + 1);
            let yeah = next.is_some_and(|(place, _)| matches!(said[*place].text.as_str(), "yeah" | "yes"));
            Some(if yeah { Answer::Yes } else { Answer::No })
        }
        Some((_, Answer::Unsure)) => Some(Answer::Unsure),
        None => (said.len() <= 6 && said.iter().any(|word| word.text == "not")).then_some(Answer::No),
    }
}

/// A word without contraction, and whether a pause follows.
struct Said {
    text: String,
    pause: bool,
}

/// The words, with "that's" as "that is" and "don't" as "do not".
fn expanded(text: &str) -> Vec<Said> {
    let mut said = Vec::new();
    for word in words(text) {
        let pause = word.comma || word.stop;
        let whole = full(&word);
        let mut parts = whole.split(' ').peekable();
        while let Some(part) = parts.next() {
            said.push(Said { text: part.to_owned(), pause: pause && parts.peek().is_none() });
        }
    }
    said
}

/// The word without its contraction: "that is" for "that's".
pub(super) fn full(word: &Word<'_>) -> String {
    match word.lower.as_str() {
        "can't" | "cannot" => return "can not".to_owned(),
        "won't" => return "will not".to_owned(),
        "let's" => return "let us".to_owned(),
        "dunno" => return "do not know".to_owned(),
        "kinda" => return "kind of".to_owned(),
        "sorta" => return "sort of".to_owned(),
        _ => {}
    }
    let endings = [
        ("n't", " not"),
        ("'s", " is"),
        ("'m", " am"),
        ("'d", " would"),
        ("'ll", " will"),
        ("'re", " are"),
        ("'ve", " have"),
    ];
    let found = endings.iter().find_map(|(ending, full)| Some((word.lower.strip_suffix(ending)?, full)));
    found.map_or_else(|| word.lower.clone(), |(stem, full)| format!("{stem}{full}"))
}

/// What is said of yes and no, in order, each with the place of its first word.
fn findings(said: &[Said]) -> Vec<(usize, Answer)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < said.len() {
        let listed = [(UNSURE, Answer::Unsure), (NO, Answer::No), (YES, Answer::Yes)];
        let phrases =
            listed.iter().flat_map(|(list, answer)| list.split(", ").map(move |phrase| (phrase, *answer)));
        let echoes = ECHOES
            .split(", ")
            .filter(|phrase| ends_after(said, at, phrase))
            .map(|phrase| (phrase, Answer::Yes));
        let longest = phrases
            .chain(echoes)
            .filter_map(|(phrase, answer)| Some((length(said, at, phrase)?, answer)))
            .max_by_key(|(length, _)| *length);
        match longest {
            Some((length, answer)) if !is_something_else(said, at, length) => {
                found.push((at, answer));
                at += length;
            }
            Some(_) | None => at += 1,
        }
    }
    found
}

/// How many words the phrase takes, if it begins at a place.
fn length(said: &[Said], at: usize, phrase: &str) -> Option<usize> {
    let mut length = 0;
    for word in phrase.split(' ') {
        if said.get(at + length)?.text != word {
            return None;
        }
        length += 1;
    }
    Some(length)
}

fn ends_after(said: &[Said], at: usize, phrase: &str) -> bool {
    length(said, at, phrase).is_some_and(|length| {
        let polite = |word: &Said| is_in("thank thanks indeed please yes yeah though sir ma'am", &word.text);
        said[at + length - 1].pause || said.get(at + length).is_none_or(polite)
    })
}

/// "Right now", "good morning", "please hurry": words of agreement that agree to nothing here.
fn is_something_else(said: &[Said], at: usize, length: usize) -> bool {
    if length > 1 {
        return false;
    }
    let next = said.get(at + 1).map_or("", |word| word.text.as_str());
    let before = at.checked_sub(1).map_or("", |place| said[place].text.as_str());
    match said[at].text.as_str() {
        "right" => {
            is_in("now away before after there here next behind outside", next)
                || is_in("the my your to", before)
        }
        "no" => is_in("got get gets had with of was getting", before),
        "good" => {
            is_in("morning afternoon evening day night bye time", next) || is_in("a no any not", before)
        }
        "great" | "fine" | "perfect" | "lovely" => is_in("a the not", before),
        // It is an answer on its own only.
        "please" => said.len() > 2,
        "never" => next == "mind",
        _ => false,
    }
}

/// Whether a word takes back what was said before: "wait", "sorry", "I mean", "actually".
fn is_taken_back(said: &[Said], at: usize) -> bool {
    match said[at].text.as_str() {
        "wait" | "sorry" | "actually" => true,
        "mean" | "meant" => said[at - 1].text == "i",
        _ => false,
    }
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
            ("I guess.", Some(Answer::Yes)),
            ("I guess so", Some(Answer::Yes)),
            ("That'd be great.", Some(Answer::Yes)),
            ("that would be lovely", Some(Answer::Yes)),
            ("You bet!", Some(Answer::Yes)),
            ("Sure thing.", Some(Answer::Yes)),
            ("I don't see why not.", Some(Answer::Yes)),
            ("I wouldn't mind.", Some(Answer::Yes)),
            ("If you could.", Some(Answer::Yes)),
            ("Please.", Some(Answer::Yes)),
            ("I think so.", Some(Answer::Yes)),
            ("Yes, but I don't know the number.", Some(Answer::Yes)),
            ("It does, yes.", Some(Answer::Yes)),
            ("They did.", Some(Answer::Yes)),
            ("why not", Some(Answer::Yes)),
            ("by all means", Some(Answer::Yes)),
            ("Yeah, that's the one.", Some(Answer::Yes)),
            ("works for me", Some(Answer::Yes)),
            ("Not a problem at all.", Some(Answer::Yes)),
            ("Hardly.", Some(Answer::No)),
            ("Absolutely not!", Some(Answer::No)),
            ("definitely not", Some(Answer::No)),
            ("I don't think so.", Some(Answer::No)),
            ("I'm afraid not.", Some(Answer::No)),
            ("Probably not.", Some(Answer::No)),
            ("I'd rather not.", Some(Answer::No)),
            ("It isn't.", Some(Answer::No)),
            ("They haven't.", Some(Answer::No)),
            ("Not that I know of.", Some(Answer::No)),
            ("Uh-uh.", Some(Answer::No)),
            ("Not at all, no.", Some(Answer::No)),
            ("Not yet.", Some(Answer::No)),
            ("I do not have an account.", Some(Answer::No)),
            ("yes no actually no", Some(Answer::No)),
            ("Sort of.", Some(Answer::Unsure)),
            ("Kinda.", Some(Answer::Unsure)),
            ("Maybe.", Some(Answer::Unsure)),
            ("It depends.", Some(Answer::Unsure)),
            ("No, I don't know it.", Some(Answer::Unsure)),
            ("I'm not sure.", Some(Answer::Unsure)),
            ("Yes and no.", Some(Answer::Unsure)),
            ("hard to say", Some(Answer::Unsure)),
            ("Good morning.", None),
            ("I got no answer.", None),
            ("I am calling about my boiler right now.", None),
            ("It is leaking.", None),
            ("My boiler.", None),
            ("I know it.", None),
        ];
        for (text, expected) in said {
            assert_eq!(answer(text), expected, "{text}");
        }
    }
}
