//! Whether an earlier matter is resolved, as somebody says it who was not asked for a yes or no.

use super::answer::full;
use super::words::words;

/// What somebody says of an earlier matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// Whether it is resolved.
    pub resolved: bool,
    /// What else is told after that, in the caller's words: "but now my tap drips".
    pub rest: Option<String>,
}

/// Words by which something is over and done.
const DONE: &str = "\
    sorted, fixed, resolved, solved, settled, repaired, mended, handled, cleared up, straightened out, \
    worked out, worked itself out, been dealt with, is dealt with, was dealt with, taken care of, took care \
    of it, took care of that, took care of itself, took care of everything, all good, all set, all fine, all \
    done, all clear, all well, all okay, all ok, all working, is done, was done, been done, got done, all in \
    order, is in order, are in order, good as new, up and running, running again, running now, it is \
    running, it works, everything works, works again, works now, works fine, works perfectly, it is working, \
    everything is working, working again, working now, working fine, working perfectly, is back on, are back \
    on, came back on, back to normal, good again, fine again, okay again, is fine now, is good now, is okay \
    now, is ok now, is alright now, is all right now, are fine now, are good now, am fine now, am good now, \
    am happy now, no longer a problem, no longer an issue, no longer leaking, no longer leaks, no longer \
    need, not a problem any more, not a problem anymore, not an issue any more, not an issue anymore, no \
    problem any more, no more problems, no problems since, problem is gone, problem has gone, it has gone \
    away, it went away, problem went away, leak is gone, smell is gone, noise is gone, stopped leaking, \
    stopped dripping, does not leak any more, does not leak anymore, not leaking any more, not leaking \
    anymore, figured it out, refund came through, money came through, refund arrived, refund has arrived, \
    can close it, can close that, can close this, can close the case, can close the ticket";

/// Words that say so only of what was, is hoped, asked or meant.
const DOUBTED: &str = "\
    supposed, should, would, could, might, may, hope, hoping, hopefully, if, until, till, when, once, \
    unless, before, whether, need, needs, needed, want, wants, wanted, will, going, gonna, wait, waiting, \
    expect, expected, promised, promise, said, says, told, tell, tells, claims, claimed, claim, be, get, \
    getting, else, otherwise, rest, how, why, almost, nearly, temporarily, think, wish, assume, assumed, \
    normally, usually, seems, looked, like, badly, poorly, wrong, price, rate, fee";

/// Words that take it back.
const NOT: &str = "\
    not, never, nothing, nobody, none, neither, nor, hardly, barely, half, partly, partially";

/// Words by which something goes on.
const GOES_ON: &str = "\
    still not, still no, still nothing, still nobody, still waiting, still have, still has, still is, is \
    still, are still, it still, still the same, still broken, still open, still out, still leaking, still \
    leaks, again broken, broken again, leaking again, leaks again, out again, off again, happened again, \
    happening again, back again, came back again, started again, same problem, same thing, same issue, \
    worse, no better, no change, no luck, nobody came, no one came, nobody has, no one has, nobody called, \
    no one called, nobody ever, no one ever, never came, never called, did not come, did not call, did not \
    help, not yet, unresolved, unsolved, far from, thought it was, thought it had, thought that it was, \
    thought that was, thought we had, thought they had, thought you had, not working, not work, never \
    worked, does not work";

/// Words of trouble: with what is over, they take it back.
const TROUBLE: &str = "\
    leaking, leaks, leaked, dripping, drips, broke, broken, failed, fails, failing, stopped, out, cold, \
    dead, noisy, banging, worse, wrong, not, again, back";

/// Words for what was spoken of just now.
const THE_SAME: &str = "\
    it, that, this, they, he, she";

/// How somebody begins who calls to say it.
const LEADS_IN: &str = "\
    wanted to say, wanted to tell you, wanted to let you know, want to say, want to tell you, want to let \
    you know, like to say, like to let you know, calling to say, calling to tell you, calling to let you \
    know, to let you know, to say that, to tell you that, happy to say, glad to say, pleased to say, should \
    say, can tell you";

/// Words that begin another matter.
const ANOTHER: &str = "\
    also, another, something else, different, this time, calling about, calling because, question, i would \
    like, i need, i want, i wanted, can i, can you, could i, could you, i have, now my, now the, now there, \
    now i, my other, the other, instead";

/// Reads that an earlier matter is resolved, or that it is not; `None` where the words say neither.
pub fn resolution(text: &str) -> Option<Resolution> {
    let clauses = clauses(text);
    let readings: Vec<Option<Reading>> = clauses.iter().map(Clause::reading).collect();
    let later = |at: usize| readings[at + 1..].contains(&Some(Reading::Done));
    // What was not so once, and is now, is so.
    let said = readings.iter().enumerate().filter_map(|(at, reading)| match reading {
        Some(Reading::NotThen) if later(at) => None,
        Some(Reading::Not | Reading::NotThen) => Some((at, false)),
        Some(Reading::Done) => Some((at, true)),
        None => None,
    });
    let said: Vec<(usize, bool)> = said.collect();
    if said.iter().any(|(_, done)| !done) {
        return Some(Resolution { resolved: false, rest: None });
    }
    let (last, _) = said.last()?;
    let undone = |(at, clause): (usize, &Clause)| readings[at].is_none() && clause.is_trouble();
    if clauses.iter().enumerate().skip(last + 1).any(undone) {
        return Some(Resolution { resolved: false, rest: None });
    }
    let rest = clauses[last + 1..].iter().find(|clause| clause.is_another());
    let rest = rest.map(|clause| text[clause.start..].trim_start_matches("but ").to_owned());
    Some(Resolution { resolved: true, rest })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Done,
    Not,
    /// It was not so at some time before.
    NotThen,
}

/// A part of a sentence, without contractions.
struct Clause {
    plain: String,
    /// The byte where it begins.
    start: usize,
    asks: bool,
}

impl Clause {
    fn has(&self, phrases: &str) -> bool {
        phrases.split(", ").any(|phrase| self.plain.contains(&format!(" {phrase} ")))
    }

    fn reading(&self) -> Option<Reading> {
        if self.asks {
            return None;
        }
        let leads = LEADS_IN.split(", ").filter_map(|lead| {
            let at = self.plain.find(&format!(" {lead} "))?;
            Some(at + 1 + lead.len())
        });
        let from = leads.max().unwrap_or(0);
        let said = Self { plain: self.plain[from..].to_owned(), ..*self };
        let before = said.has("was, were, had");
        if said.has(GOES_ON) {
            return Some(if before { Reading::NotThen } else { Reading::Not });
        }
        let found = DONE.split(", ").filter_map(|phrase| {
            let at = said.plain.find(&format!(" {phrase} "))?;
            Some((at, at + phrase.len() + 1))
        });
        // Of phrases that begin in one place the longest counts: "working" may be "working again".
        let (at, end) = found.max_by_key(|(at, end)| (std::cmp::Reverse(*at), *end))?;
        let around = Self { plain: format!("{} {} ", &said.plain[..at], said.plain[end..].trim()), ..said };
        if around.has(NOT) {
            let then = before || around.has("did");
            return Some(if then { Reading::NotThen } else { Reading::Not });
        }
        (!around.has(DOUBTED)).then_some(Reading::Done)
    }

    /// Whether it tells of trouble with what was spoken of just now: "but it leaks", "and broke yesterday".
    fn is_trouble(&self) -> bool {
        let leads = ["but", "and", "now", "then", "so", "though", "although", "yesterday", "today"];
        let first = self.plain.split_whitespace().find(|word| !leads.contains(word));
        let among = |words: &str, word: &str| words.split(", ").any(|known| known == word);
        self.has(TROUBLE) && first.is_some_and(|word| among(THE_SAME, word) || among(TROUBLE, word))
    }

    /// Whether it tells of something else.
    fn is_another(&self) -> bool {
        let long = self.plain.split_whitespace().count() >= 4;
        long && (self.plain.starts_with(" but ") || self.has(ANOTHER))
    }
}

fn clauses(text: &str) -> Vec<Clause> {
    const BEGINS: &[&str] = &["but", "and", "although", "though", "however", "except", "because", "so"];
    let mut found: Vec<Clause> = Vec::new();
    let mut open = false;
    for word in words(text) {
        let up = word.lower == "and" && found.last().is_some_and(|clause| clause.plain.ends_with(" up "));
        if !open || (BEGINS.contains(&word.lower.as_str()) && !up) {
            found.push(Clause { plain: " ".to_owned(), start: word.start, asks: false });
        }
        if let Some(clause) = found.last_mut() {
            clause.plain.push_str(&full(&word));
            clause.plain.push(' ');
            clause.asks |= word.query;
        }
        open = !(word.comma || word.stop);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_heard_in_many_forms() {
        for text in [
            "It's sorted now.",
            "They came yesterday, all good.",
            "I just wanted to say it's fixed.",
            "I'm calling to let you know that it has been resolved.",
            "No, that's taken care of.",
            "Oh, that. It's been sorted out, thank you.",
            "Yes, but it's fixed now.",
            "It wasn't working, but it's fixed now.",
            "The heat is back on.",
            "Everything is working again.",
            "It works fine.",
            "He came this morning and fixed it.",
            "It is no longer a problem.",
            "It's not leaking any more.",
            "My husband fixed it himself.",
            "That's all settled, somebody called me back.",
            "You can close that.",
            "It's up and running.",
            "the technician came and it's all good now",
            "The refund came through.",
            "It took care of itself, it's fine now.",
            "That one's done and dusted, it is all done.",
            "I thought it was broken, but it's all good.",
            "It's working.",
            "Yes it's all fine, thanks for asking.",
            "We're all set now.",
            "They took care of it.",
            "We got it sorted.",
            "Someone came out and fixed it",
        ] {
            assert!(resolution(text).is_some_and(|found| found.resolved), "{text}");
        }
    }

    #[test]
    fn what_goes_on_is_not_taken_for_over() {
        for text in [
            "It's not resolved.",
            "Nothing is fixed.",
            "I thought it was sorted.",
            "No, still not.",
            "It still isn't fixed.",
            "It was fixed, but it's leaking again.",
            "They came, but it's not working.",
            "Nobody came.",
            "It never got sorted.",
            "It hasn't been fixed yet.",
            "They said it was fixed, but it still leaks.",
            "It's only half fixed.",
            "It's broken again.",
            "It is not sorted. Everything else is fine.",
            "No, it's worse.",
            "It's the same problem as before.",
            "I had it fixed last month and now it's leaking.",
            "It was repaired but broke again yesterday.",
            "It isn't working.",
            "We're still waiting for somebody to come.",
            "No, nothing has been done.",
            "It's not all good.",
            "It doesn't work.",
        ] {
            assert_eq!(resolution(text), Some(Resolution { resolved: false, rest: None }), "{text}");
        }
    }

    #[test]
    fn what_is_hoped_asked_or_meant_says_neither() {
        for text in [
            "I want it fixed.",
            "When will it be fixed?",
            "It should be fixed by now.",
            "Is it sorted?",
            "They said it would be resolved.",
            "They told me it was fixed.",
            "I need this sorted today.",
            "I hope it's fixed soon.",
            "I'm waiting for it to be repaired.",
            "Yes.",
            "No.",
            "Yes, about that.",
            "I'd like to get my boiler repaired.",
            "It's about something else.",
            "Can you get it working?",
            "I was told it would be taken care of.",
            "Everything else is working.",
            "My furnace is out.",
            "Okay now my boiler is out.",
            "I'm calling in order to get it going.",
            "The man I dealt with was rude.",
            "My heat is gone.",
            "He went away.",
            "My husband works nights.",
            "I was handled badly.",
            "Hi, my kitchen tap is broken, it drips all night.",
            "What is your fixed price?",
            "Good morning.",
        ] {
            assert_eq!(resolution(text), None, "{text}");
        }
    }

    #[test]
    fn what_comes_after_is_another_matter() {
        let rest = |text| resolution(text).and_then(|found| found.rest);
        assert_eq!(
            rest("It's fixed, but now my kitchen tap drips.").as_deref(),
            Some("now my kitchen tap drips.")
        );
        assert_eq!(
            rest("That's all sorted. I have a question about the bill.").as_deref(),
            Some("I have a question about the bill.")
        );
        assert_eq!(
            rest("That's done, but I would like to book a service.").as_deref(),
            Some("I would like to book a service.")
        );
        assert_eq!(rest("They came yesterday, all good."), None);
        assert_eq!(rest("It's fixed. Thank you very much, goodbye."), None);
        assert_eq!(
            rest("No, that's taken care of. This is something else.").as_deref(),
            Some("This is something else.")
        );
    }
}
