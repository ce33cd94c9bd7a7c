//! Whether a text fits the place in which it is said.

use crate::diagnosis::guard::{self, Permitted, Rule};
use crate::domain::Playbook;
use crate::understanding::words;

use super::texts::Shape;

/// What texts are held to.
pub(super) struct Wording {
    never: Vec<String>,
    /// What the steps promise, and what binds the business.
    promised: Permitted,
    /// The playbook's own advice and answers as well.
    told: Permitted,
}

impl Wording {
    /// Of a playbook whose braces are filled in as far as they are known.
    pub(super) fn of(playbook: &Playbook) -> Self {
        let mut promises = playbook.clone();
        for topic in &mut promises.topics {
            topic.happened = None;
            topic.decline = None;
            for texts in [&mut topic.empathy, &mut topic.ask_happened, &mut topic.ask_wanted] {
                texts.clear();
            }
        }
        promises.emergencies.clear();
        promises.faqs.clear();
        Self {
            never: playbook.never_promise.clone(),
            promised: guard::permitted(&promises),
            told: guard::permitted(playbook),
        }
    }

    /// What is wrong with a text, and what was expected.
    pub(super) fn fault(&self, shape: Shape, text: &str) -> Option<String> {
        misfit(shape, text).or_else(|| self.barred(shape, text)).or_else(|| self.breach(shape, text))
    }

    fn barred(&self, shape: Shape, text: &str) -> Option<String> {
        // What a business answers is its own to say.
        if shape == Shape::Answer {
            return None;
        }
        let plain = words::plain(text);
        let never = |phrase: &&String| words::has(&plain, words::plain(phrase).trim());
        let phrase = self.never.iter().find(never)?;
        Some(format!("says \"{phrase}\", which stands under `never_promise`; expected other words"))
    }

    /// Whether the language guard would stop it where it is said.
    fn breach(&self, shape: Shape, text: &str) -> Option<String> {
        let text = text.replace(" on {number}", "").replace("{number}", "4155550142");
        let permitted = match shape {
            Shape::Answer | Shape::Advice => &self.told,
            Shape::Sentence
            | Shape::Question
            | Shape::Owner
            | Shape::Name
            | Shape::Happened
            | Shape::Wanted
            | Shape::Offer
            | Shape::Action => &self.promised,
        };
        let said = match shape {
            Shape::Sentence | Shape::Question | Shape::Answer | Shape::Advice => text,
            Shape::Owner => format!("That is with {text}."),
            Shape::Name => format!("This is about {text}."),
            Shape::Happened => format!("So {text}."),
            Shape::Wanted => format!("So you would like {text}."),
            Shape::Offer => format!("I can {text}."),
            Shape::Action => format!("They will {text}."),
        };
        let breach = |sentence: &str| {
            // An answer may say what the business does, but not by quoting rules.
            let quotes =
                guard::check(sentence, &self.promised).err().filter(|b| b.rule == Rule::QuotesPolicy);
            let breach = quotes.or_else(|| guard::check(sentence, permitted).err())?;
            Some((sentence.to_owned(), breach))
        };
        let (sentence, breach) = words::sentences(&said).into_iter().find_map(breach)?;
        let words = &sentence[breach.span];
        Some(format!(
            "would be stopped by the language guard ({}) at \"{words}\"; expected other words",
            breach.rule.name()
        ))
    }
}

fn misfit(shape: Shape, text: &str) -> Option<String> {
    let fault = match shape {
        Shape::Sentence | Shape::Answer | Shape::Advice => sentence(text, &['.', '!', '?']),
        Shape::Question => sentence(text, &['?']),
        Shape::Owner => clause(text, &[]).filter(|_| text.trim().is_empty()),
        Shape::Name => clause(text, &[]),
        Shape::Happened => clause(text, &["so", "that", "because"]),
        Shape::Wanted => clause(text, &["you", "would", "i"]),
        Shape::Offer => clause(text, &["i", "we", "to", "can", "will"]),
        Shape::Action => clause(text, &["i", "we", "to", "can", "will"]),
    };
    let place = match shape {
        Shape::Sentence | Shape::Answer | Shape::Advice => "a whole sentence",
        Shape::Question => "a whole question",
        Shape::Owner => "a name such as \"our office\"",
        Shape::Name => "words such as \"a missed visit\"",
        Shape::Happened => "words to follow \"so\", such as \"nobody came to your appointment\"",
        Shape::Wanted => "words to follow \"you would like\", such as \"a new time\"",
        Shape::Offer => "words to follow \"I can\", such as \"have our office call you\"",
        Shape::Action => {
            "words to follow the owner's name and \"will\", such as \"call you back on {number}\""
        }
    };
    fault.map(|fault| format!("{fault}; expected {place}"))
}

fn sentence(text: &str, ends: &[char]) -> Option<&'static str> {
    if text.trim().is_empty() {
        Some("says nothing")
    } else if text.starts_with(char::is_lowercase) {
        Some("begins with a small letter")
    } else if !text.ends_with(ends) {
        Some(if ends.len() == 1 { "does not end with a question mark" } else { "does not end with a stop" })
    } else {
        None
    }
}

fn clause(text: &str, first: &[&str]) -> Option<&'static str> {
    let mut letters = text.chars();
    let capital =
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_none_or(char::is_lowercase);
    let begins = words::words(text).first().is_some_and(|word| first.contains(&word.lower.as_str()));
    if text.trim().is_empty() {
        Some("says nothing")
    } else if begins {
        Some("begins with a word that is said before it")
    } else if capital {
        Some("begins with a capital")
    } else if text.ends_with(['.', '!', '?', ',']) {
        Some("ends with a stop")
    } else {
        None
    }
}
