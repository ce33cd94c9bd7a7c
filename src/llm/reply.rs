//! What a model wrote, made into an answer of the form that was asked for, or into nothing.

use serde_json::{Deserializer, Value};

use super::ModelError;
use crate::domain::{Aspect, Finding, ModelQuestion, ModelReply};

/// Sentences of a summary.
const SUMMARY_SENTENCES: usize = 3;
/// What nobody says to a caller, only a model about what it was told to do.
const TASK: &[&str] = &["draft", "caller", "receptionist", "better words", "sentence"];
/// Characters of a finding's value or quote.
const LONGEST_FINDING: usize = 300;
/// Words before a full stop that does not end a sentence.
const ABBREVIATIONS: &[&str] = &["mr", "mrs", "ms", "dr", "st", "no", "prof", "inc", "ltd", "co"];

/// The answer in `text`, everything the model wrote.
///
/// # Errors
/// When it is not of the form that the question asks for.
pub(super) fn parse(question: &ModelQuestion, text: &str) -> Result<ModelReply, ModelError> {
    match question {
        ModelQuestion::Wording { draft, .. } => {
            let words = plain(text, sentences(draft.expose()))?;
            if TASK.iter().any(|task| words.contains(task) && !draft.expose().contains(task)) {
                return Err(ModelError::Unusable("it speaks of its task"));
            }
            Ok(ModelReply::Wording(words.into()))
        }
        ModelQuestion::Findings { open, .. } => Ok(ModelReply::Findings(findings(text, open)?)),
        ModelQuestion::Summary { .. } => Ok(ModelReply::Summary(plain(text, SUMMARY_SENTENCES)?.into())),
    }
}

/// Whether what the model has written so far is all that will be used of it.
pub(super) fn is_enough(question: &ModelQuestion, text: &str) -> bool {
    let wanted = match question {
        ModelQuestion::Wording { draft, .. } => sentences(draft.expose()),
        ModelQuestion::Findings { .. } => return false,
        ModelQuestion::Summary { .. } => SUMMARY_SENTENCES,
    };
    breaks(without_heading(text)).nth(wanted - 1).is_some()
}

/// How many sentences a text has, at least one.
pub(super) fn sentences(text: &str) -> usize {
    breaks(text.trim()).count() + 1
}

/// Plain sentences, as can be spoken or shown, at most so many.
fn plain(text: &str, most: usize) -> Result<String, ModelError> {
    let text = without_heading(text);
    let end = breaks(text).nth(most - 1).unwrap_or(text.len());
    let words: Vec<&str> = text[..end].split_whitespace().collect();
    let joined = words.join(" ");
    let plain = match joined.strip_prefix(['"', '“']) {
        Some(quoted) => quoted.trim_end_matches(['"', '”']),
        None => &joined,
    };
    if !plain.contains(char::is_alphabetic) {
        return Err(ModelError::Unusable("it holds no words"));
    }
    if plain.starts_with("- ") || !plain.chars().all(is_plain) {
        return Err(ModelError::Unusable("it is not plain text"));
    }
    if !plain.ends_with(['.', '?', '!', '…']) {
        return Err(ModelError::Unusable("it breaks off within a sentence"));
    }
    Ok(plain.to_owned())
}

fn is_plain(character: char) -> bool {
    character.is_alphanumeric() || " .,;:!?'\"()-–—/&%$€£+’‘“”…".contains(character)
}

/// Without a first line such as "In better words:".
fn without_heading(text: &str) -> &str {
    let text = text.trim_start();
    match text.split_once('\n') {
        Some((heading, rest)) if heading.trim_end().ends_with(':') => rest.trim_start(),
        Some(_) | None => text,
    }
}

/// Where one sentence ends and another follows. In doubt there is no break: a sentence too many can be refused, one cut
/// short may say something else.
fn breaks(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices().filter_map(|(at, space)| {
        if !space.is_whitespace() || text[..at].ends_with(char::is_whitespace) {
            return None;
        }
        let next = text[at..].trim_start().chars().next()?;
        let sentence = text[..at].trim_end_matches(['"', '”', '’', '\'', ')']);
        let ends = match sentence.chars().next_back()? {
            '!' | '?' | '…' => true,
            '.' => !is_abbreviated(sentence),
            _ => false,
        };
        let follows = next.is_uppercase() || next.is_numeric() || "\"“‘'(".contains(next);
        (ends && follows).then_some(at)
    })
}

/// Whether the full stop at the end belongs to the last word: "Dr.", "p.m.", "J.".
fn is_abbreviated(sentence: &str) -> bool {
    let word = sentence.trim_end_matches('.').rsplit(char::is_whitespace).next().unwrap_or_default();
    word.contains('.')
        || (word.chars().count() == 1 && word.contains(char::is_uppercase) && word != "I")
        || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

/// The findings about open questions; whatever else is said around or in between is left out.
fn findings(text: &str, open: &[Aspect]) -> Result<Vec<Finding>, ModelError> {
    let unusable = || ModelError::Unusable("it holds no findings");
    let mut found: Vec<Finding> = Vec::new();
    for item in json(text).and_then(list).ok_or_else(unusable)? {
        let Ok(Finding { aspect, value, quote }) = serde_json::from_value(item) else { continue };
        let (value, quote) = (value.expose().trim(), quote.expose().trim());
        let is_good = |words: &str| !words.is_empty() && words.chars().count() <= LONGEST_FINDING;
        let is_new = open.contains(&aspect) && found.iter().all(|other| other.aspect != aspect);
        if is_new && is_good(value) && is_good(quote) {
            found.push(Finding { aspect, value: value.into(), quote: quote.into() });
        }
    }
    Ok(found)
}

/// The first JSON object or array in a text, with talk or a fence around it.
fn json(text: &str) -> Option<Value> {
    text.match_indices(['{', '['])
        .find_map(|(at, _)| Deserializer::from_str(&text[at..]).into_iter::<Value>().next()?.ok())
}

fn list(answer: Value) -> Option<Vec<Value>> {
    let items = match answer {
        Value::Object(mut object) => object.remove("findings")?,
        array @ Value::Array(_) => array,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
    };
    match items {
        Value::Array(items) => items.iter().all(Value::is_object).then_some(items),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(draft: &str, text: &str) -> Result<String, ModelError> {
        let question =
            ModelQuestion::Wording { act: crate::domain::Move::Ask, draft: draft.into(), turns: vec![] };
        match parse(&question, text)? {
            ModelReply::Wording(words) => Ok(words.into_exposed()),
            other @ (ModelReply::Findings(_) | ModelReply::Summary(_)) => panic!("{other:?}"),
        }
    }

    fn found(text: &str) -> Option<Vec<(Aspect, String, String)>> {
        let findings = findings(text, &[Aspect::Trigger, Aspect::Expectation]).ok()?;
        let parts =
            |finding: Finding| (finding.aspect, finding.value.into_exposed(), finding.quote.into_exposed());
        Some(findings.into_iter().map(parts).collect())
    }

    #[test]
    fn sentences_are_counted_as_people_do() {
        for (text, count) in [
            ("", 1),
            ("May I have your name?", 1),
            ("Thank you, Dr. Marsh. We will call by 4 p.m. today.", 2),
            ("I see! \"Nobody came.\" Is that right?", 3),
            ("It is $4.50 a day, i.e. no more than before.", 1),
            ("Ask J. Doe. She knows", 2),
            ("Wait… Yes. 12 Juniper Street?", 3),
        ] {
            assert_eq!(sentences(text), count, "{text:?}");
        }
    }

    #[test]
    fn plain_words_are_taken_and_no_more_of_them_than_the_draft_has() {
        let draft = "Is that right?";
        assert_eq!(wording(draft, "\n Have I got\n that right? "), Ok("Have I got that right?".to_owned()));
        assert_eq!(wording(draft, "\"Is it so?\""), Ok("Is it so?".to_owned()));
        assert_eq!(wording(draft, "In better words:\nIs it so?"), Ok("Is it so?".to_owned()));
        assert_eq!(wording(draft, "Is it so? I hope it is. Or"), Ok("Is it so?".to_owned()));
        assert_eq!(wording("Yes. Is it so?", "Oh. Is it so? I"), Ok("Oh. Is it so?".to_owned()));
        assert_eq!(wording(draft, "Is (415) 555-0142 your number?").unwrap().len(), 30);
    }

    #[test]
    fn what_cannot_be_spoken_is_refused() {
        let long = "so ".repeat(50);
        for text in [
            "",
            "   ",
            "?!",
            "Is it",
            "The draft says so.",
            "Put it into better words.",
            "- Is it so?",
            "**Is it so?**",
            "{\"draft\": \"Is it so?\"}",
            "<b>So?",
            &long,
        ] {
            assert!(wording("Is that right?", text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn findings_are_found_in_the_talk_around_them() {
        let json =
            r#"{"findings": [{"aspect": "trigger", "value": " nobody came ", "quote": "nobody came"}]}"#;
        let expected = vec![(Aspect::Trigger, "nobody came".to_owned(), "nobody came".to_owned())];
        for text in [
            json.to_owned(),
            format!("```json\n{json}\n```"),
            format!("Sure [as asked], {{here}} it is: {json} Anything else?"),
            json[13..json.len() - 1].to_owned(),
        ] {
            assert_eq!(found(&text), Some(expected.clone()), "{text}");
        }
        assert_eq!(found(r#"{"findings": []}"#), Some(vec![]));
    }

    #[test]
    fn findings_that_are_of_no_use_are_left_out() {
        let long = "so ".repeat(200);
        let text = format!(
            r#"[{{"aspect": "mood", "value": "angry", "quote": "damn"}},
                {{"aspect": "next_step", "value": "not asked for", "quote": "call me"}},
                {{"aspect": "trigger", "value": "nobody came"}},
                {{"aspect": "trigger", "value": "nobody came", "quote": " "}},
                {{"aspect": "trigger", "value": "nobody came", "quote": "{long}"}},
                {{"aspect": "trigger", "value": "the first", "quote": "one"}},
                {{"aspect": "trigger", "value": "the second", "quote": "two"}}]"#
        );
        assert_eq!(found(&text), Some(vec![(Aspect::Trigger, "the first".to_owned(), "one".to_owned())]));
    }

    #[test]
    fn what_is_no_list_of_findings_is_refused() {
        for text in [
            "",
            "Nobody came.",
            "{\"findings\": 3}",
            "{\"results\": []}",
            "[1, 2]",
            "{\"findings\": [{",
            "[[[[",
        ] {
            assert_eq!(found(text), None, "{text:?}");
        }
    }
}
