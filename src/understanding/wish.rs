//! What a caller wants of the talk itself: a person, a moment, a repetition, an end.

use super::lexicon::is_in;
use super::words::{has, has_any, plain, words};

/// A wish about the talk itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// To speak to a human being.
    Person,
    /// To know whether this is a machine.
    AskedIfMachine,
    /// To know whom they have reached.
    AskedWho,
    /// To have the last question repeated.
    Repeat,
    /// To be given a moment.
    Wait,
    /// To be listened to.
    Listen,
    /// To end the call.
    Goodbye,
    /// To have reached somebody else.
    WrongNumber,
}

/// Finds the wish in `text`; the more consequential one where there are several.
pub fn wish(text: &str) -> Option<Wish> {
    let said = plain(text);
    let length = words(text).len();
    if asks_if_machine(&said) {
        return Some(Wish::AskedIfMachine);
    }
    if wants_person(&said, length) {
        return Some(Wish::Person);
    }
    if length <= 9 && asks_who(&said) {
        return Some(Wish::AskedWho);
    }
    if is_wrong_number(&said, length) {
        return Some(Wish::WrongNumber);
    }
    if has_any(
        &said,
        &["listen to me", "let me finish", "let me talk", "let me speak", "would you listen", "stop talking"],
    ) {
        return Some(Wish::Listen);
    }
    if length <= 12 && wants_moment(&said) {
        return Some(Wish::Wait);
    }
    if length <= 9 && wants_repetition(&said, text, length) {
        return Some(Wish::Repeat);
    }
    (length <= 12 && says_goodbye(&said)).then_some(Wish::Goodbye)
}

const PEOPLE: &[&str] = &[
    "person",
    "human",
    "human being",
    "someone",
    "somebody",
    "representative",
    "agent",
    "operator",
    "manager",
    "supervisor",
    "receptionist",
    "your boss",
    "the boss",
    "the owner",
    "staff",
    "a colleague",
    "an employee",
    "rep",
];

// Said of the talk itself, whatever stands around them.
const PERSON_OUTRIGHT: &[&str] = &[
    "real person",
    "actual person",
    "live person",
    "real human",
    "actual human",
    "human being",
    "human please",
    "person please",
    "a human",
    "live agent",
    "live human",
    "representative please",
    "operator please",
    "manager please",
    "agent please",
    "supervisor please",
    "put me through",
    "put me on to",
    "transfer me",
    "connect me",
    "not a machine",
    "not a robot",
];

const SPEAKING: &[&str] = &[
    "speak to",
    "speak with",
    "talk to",
    "talk with",
    "get me",
    "give me",
    "want",
    "pass me to",
    "hand me to",
    "get hold of",
    "get through to",
    "reach",
    "like",
    "need",
];

const LEADS: &[&str] = &[
    "can i",
    "could i",
    "may i",
    "i want",
    "i'd like",
    "i would like",
    "i need",
    "let me",
    "i have to",
    "i must",
    "want to",
    "need to",
    "like to",
    "please",
    "just",
    "possible to",
    "i wish to",
    "is there",
    "rather",
    "prefer to",
    "have",
    "gotta",
    "i demand",
];

fn wants_person(said: &str, length: usize) -> bool {
    if has_any(said, PERSON_OUTRIGHT) {
        return true;
    }
    // "A person.", "Operator!", "The manager."
    if length <= 3 && has_any(said, PEOPLE) {
        return !has_any(said, &["no", "someone", "somebody", "staff"]);
    }
    let talks = ["speak to", "speak with", "talk to", "talk with", "speak directly to", "talk directly to"];
    if has_any(said, &["do i have to", "do i need to", "should i"]) {
        return false;
    }
    if talks.iter().any(|phrase| has(said, phrase)) {
        return has_any(said, LEADS)
            && !has_any(said, &["to you", "with you", "will talk to", "did not speak", "didn't speak"]);
    }
    let formal = [
        "a person",
        "the manager",
        "a manager",
        "your manager",
        "a representative",
        "an agent",
        "the supervisor",
        "a supervisor",
        "an operator",
        "the operator",
        "your supervisor",
    ];
    has_any(said, &formal) && has_any(said, SPEAKING) && has_any(said, LEADS) && length <= 9
}

fn asks_if_machine(said: &str) -> bool {
    let kinds = [
        "a robot",
        "a machine",
        "a computer",
        "a bot",
        "an ai",
        "a real person",
        "a human",
        "a person",
        "a recording",
        "automated",
        "a real human",
        "artificial",
        "an actual person",
        "real",
        "human",
        "a voicemail",
        "a chatbot",
        "an answering machine",
    ];
    let asks = [
        "are you",
        "am i talking to",
        "am i speaking to",
        "am i speaking with",
        "am i talking with",
        "is this",
        "is that",
        "you're",
        "this is",
        "are you not",
    ];
    let asked = asks.iter().any(|ask| kinds.iter().any(|kind| has(said, &format!("{ask} {kind}"))));
    asked || has_any(said, &["robot or", "are you really", "or a machine", "or a robot", "or a computer"])
}

fn asks_who(said: &str) -> bool {
    let openings = [
        "is this the",
        "is that the",
        "who is this",
        "who's this",
        "who am i speaking",
        "who am i talking",
        "have i reached",
        "did i reach",
        "did i call",
    ];
    let mut greeted = said.trim();
    while let Some((first, rest)) = greeted.split_once(' ')
        && is_in("hi hello hey yes yeah oh um uh dear sorry", first)
    {
        greeted = rest;
    }
    openings.iter().any(|opening| greeted.starts_with(opening)) || asks_for_another(greeted)
}

/// "Is this Tony's Pizza": a short question of nothing but whom they have reached.
fn asks_for_another(greeted: &str) -> bool {
    const NOT_WHO: &str = "a about all an an anything because correct covered everything fine for free going good how in         included it normal not of ok okay on part possible right safe so something still sure that to true under what         when where why working your my";
    let rest = greeted.strip_prefix("is this ").or_else(|| greeted.strip_prefix("is that "));
    rest.is_some_and(|rest| {
        let mut words = rest.split(' ');
        words.next().is_some_and(|first| !is_in(NOT_WHO, first)) && words.count() <= 3
    })
}

fn is_wrong_number(said: &str, length: usize) -> bool {
    if !has(said, "wrong number") {
        return false;
    }
    let reached = [
        "i have the",
        "i've got the",
        "i have got the",
        "i must have",
        "dialed",
        "dialled",
        "called the",
        "i think i",
        "sorry wrong",
        "i got the",
        "it's the wrong number sorry",
        "have the wrong number",
    ];
    length <= 3 && !has_any(said, &["that's", "it's"]) || has_any(said, &reached)
}

fn wants_moment(said: &str) -> bool {
    has_any(
        said,
        &[
            "hold on",
            "hang on",
            "one moment",
            "a moment",
            "just a second",
            "one second",
            "one sec",
            "a sec",
            "just a sec",
            "wait a minute",
            "wait a second",
            "one minute",
            "just a minute",
            "bear with me",
            "let me get",
            "let me check",
            "let me find",
            "let me look",
            "let me see",
            "let me grab",
            "let me think",
            "give me a second",
            "give me a minute",
            "i'm looking for it",
            "wait please",
            "please wait",
            "i need to find it",
            "i need to find my",
            "i have to find it",
            "i have to find my",
            "hold up",
        ],
    ) || matches!(said.trim(), "wait" | "wait wait" | "no wait" | "hold" | "moment")
}

fn wants_repetition(said: &str, text: &str, length: usize) -> bool {
    has_any(
        said,
        &[
            "repeat",
            "say that again",
            "say again",
            "come again",
            "pardon",
            "what did you say",
            "what was that",
            "didn't catch",
            "did not catch",
            "didn't hear",
            "did not hear",
            "couldn't hear",
            "could not hear",
            "can't hear",
            "didn't get that",
            "what do you mean",
            "what was the question",
            "one more time",
            "say it again",
            "excuse me what",
            "sorry what",
        ],
    ) || (length <= 6 && begins_lost(said))
        || (length <= 2
            && text.contains('?')
            && has_any(said, &["what", "sorry", "huh", "excuse me", "hello"]))
        || matches!(said.trim(), "what" | "huh" | "excuse me")
}

/// "I don't understand" of the talk, not of "the bill that I don't understand".
fn begins_lost(said: &str) -> bool {
    let said = said.trim().trim_start_matches("sorry ").trim_start_matches("i'm sorry ");
    const LOST: &[&str] =
        &["i don't understand", "i didn't understand", "i do not understand", "i did not understand"];
    const TALK: &[&str] =
        &["", "you", "that", "the question", "what you mean", "what you said", "it", "this"];
    LOST.iter().filter_map(|lost| said.strip_prefix(lost)).any(|rest| TALK.contains(&rest.trim()))
}

fn says_goodbye(said: &str) -> bool {
    let said = &said.replace(" that's all right ", " ").replace(" that is all right ", " ");
    has_any(
        said,
        &[
            "goodbye",
            "good bye",
            "bye",
            "bye-bye",
            "that's all",
            "that is all",
            "that will be all",
            "that's everything",
            "that was everything",
            "that will do",
            "have a good day",
            "have a nice day",
            "have a good one",
            "i have to go",
            "i've got to go",
            "gotta go",
            "i'll call back later",
            "i will call back later",
            "i'll call again",
            "i'm hanging up",
            "talk to you later",
            "see you",
        ],
    ) || (said.split_whitespace().count() <= 6 && has_any(said, &["never mind", "nevermind", "forget it"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_about_the_talk_are_understood() {
        let said = [
            ("Can I please talk to a real person?", Wish::Person),
            ("A person, please.", Wish::Person),
            ("Human.", Wish::Person),
            ("Representative!", Wish::Person),
            ("I want to speak to a manager.", Wish::Person),
            ("Could you put me through to the office?", Wish::Person),
            ("I'd like to talk to someone about my bill.", Wish::Person),
            ("Get me your supervisor, please.", Wish::Person),
            ("Can I speak to Dr. Jones?", Wish::Person),
            ("Am I talking to a machine?", Wish::AskedIfMachine),
            ("Are you a real person?", Wish::AskedIfMachine),
            ("Wait, is this a robot?", Wish::AskedIfMachine),
            ("Hi, is this the dental office?", Wish::AskedWho),
            ("Who am I speaking to?", Wish::AskedWho),
            ("Can you repeat that?", Wish::Repeat),
            ("Sorry?", Wish::Repeat),
            ("I didn't catch that.", Wish::Repeat),
            ("Hold on, let me get my letter.", Wish::Wait),
            ("One moment, please.", Wish::Wait),
            ("No, wait, wait, listen to me.", Wish::Listen),
            ("Goodbye.", Wish::Goodbye),
            ("That is all.", Wish::Goodbye),
            ("No, that was everything. Thank you.", Wish::Goodbye),
            ("Sorry, I think I have the wrong number.", Wish::WrongNumber),
            ("Wrong number.", Wish::WrongNumber),
        ];
        for (text, expected) in said {
            assert_eq!(wish(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_story_is_no_wish() {
        for text in [
            "I would like someone to take a look.",
            "I would like someone in billing to check it, and to call me back before Friday.",
            "I just want one person to tell me today that it is done.",
            "I waited from eight until one for your technician, and nobody even called me.",
            "The receptionist told me on the phone before the appointment that it was covered.",
            "I talked to someone yesterday and she said it was fine.",
            "That's the wrong number.",
            "My kitchen tap has been dripping since Sunday.",
            "No.",
        ] {
            assert_eq!(wish(text), None, "{text}");
        }
    }
}
