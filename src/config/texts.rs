//! Where the texts of a playbook stand, and what is filled into them.

use crate::domain::Playbook;

/// What may stand in braces beside the keys of owners.
pub(super) const FACTS: [&str; 5] = ["business", "hours", "address", "emergency_number", "crisis_number"];

/// How a text of a playbook is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A whole sentence, or several.
    Sentence,
    /// A whole question.
    Question,
    /// The answer to a caller's question, in sentences.
    Answer,
    /// What to do in a danger, in sentences.
    Advice,
    /// The name of somebody: "our office", "Doctor Lee".
    Owner,
    /// What a call is about, within a sentence: "a missed visit".
    Name,
    /// Follows "so".
    Happened,
    /// Follows "you would like".
    Wanted,
    /// Follows "I can".
    Offer,
    /// Follows "{owner} will".
    Action,
}

/// Visits every text that is said, with its place in the file.
pub(super) fn visit(playbook: &mut Playbook, see: &mut impl FnMut(&[&str], Shape, &mut String)) {
    for (place, owner) in playbook.owners.iter_mut().enumerate() {
        see(&["owners", &place.to_string(), "name"], Shape::Owner, &mut owner.name);
    }
    for (place, topic) in playbook.topics.iter_mut().enumerate() {
        let place = &*place.to_string();
        see(&["topics", place, "name"], Shape::Name, &mut topic.name);
        if let Some(happened) = &mut topic.happened {
            see(&["topics", place, "happened"], Shape::Happened, happened);
        }
        if let Some(wanted) = &mut topic.wanted {
            see(&["topics", place, "wanted"], Shape::Wanted, wanted);
        }
        let lists = [
            ("ask_happened", Shape::Question, &mut topic.ask_happened),
            ("ask_wanted", Shape::Question, &mut topic.ask_wanted),
            ("empathy", Shape::Sentence, &mut topic.empathy),
        ];
        for (key, shape, texts) in lists {
            for (wording, text) in texts.iter_mut().enumerate() {
                see(&["topics", place, key, &wording.to_string()], shape, text);
            }
        }
        if let Some(constraint) = &mut topic.constraint {
            see(&["topics", place, "constraint", "told"], Shape::Sentence, &mut constraint.told);
        }
        for (step_place, step) in topic.steps.iter_mut().enumerate() {
            let step_place = &*step_place.to_string();
            see(&["topics", place, "steps", step_place, "offer"], Shape::Offer, &mut step.offer);
            see(&["topics", place, "steps", step_place, "action"], Shape::Action, &mut step.action);
            see(&["topics", place, "steps", step_place, "otherwise"], Shape::Sentence, &mut step.otherwise);
        }
        if let Some(decline) = &mut topic.decline {
            see(&["topics", place, "decline"], Shape::Sentence, decline);
        }
    }
    for (place, emergency) in playbook.emergencies.iter_mut().enumerate() {
        see(&["emergencies", &place.to_string(), "told"], Shape::Advice, &mut emergency.told);
    }
    if !playbook.self_harm.is_empty() {
        see(&["self_harm"], Shape::Advice, &mut playbook.self_harm);
    }
    for (place, faq) in playbook.faqs.iter_mut().enumerate() {
        if !faq.answer.is_empty() {
            see(&["faqs", &place.to_string(), "answer"], Shape::Answer, &mut faq.answer);
        }
    }
}

/// What stands in braces; a capital at its beginning asks for one in what is filled in.
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or(rest))
}

/// Fills in what is known; anything else stays as it is.
pub(super) fn fill(text: &str, known: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let word = after.split_once('}').and_then(|(name, after)| {
            let lower = uncapital(name);
            let value = known(&lower)?;
            Some((if lower == name { value } else { capital(&value) }, after))
        });
        match word {
            Some((word, after)) => {
                filled.push_str(&word);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// With its first letter small.
pub(super) fn uncapital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// With its first letter large.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
