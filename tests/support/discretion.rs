//! What a server's log must not hold: who called, from where, and what was said.

use calmline::telephony::local::scenarios;
use serde_json::Value;

use super::{API_TOKEN, AUTH_TOKEN, LINE};

/// Names and words of the simulated callers, however they may be transcribed.
const TELLING: &[&str] = &[
    "Owen",
    "Castell",
    "Renata",
    "Kowal",
    "Philippa",
    "Thornq",
    "Marcus",
    "Abernath",
    "Edith",
    "Marlow",
    "Leopold",
    "Ferris",
    "kitchen",
    "dripp",
    "thermostat",
    "thinner",
    "Fernwood Avenue",
];
/// So many words in a row do not come about by chance.
const RUN: usize = 4;

/// Panics when the log holds a caller's number, name or words, as known beforehand or from the `records` that the server
/// showed, or one of its secrets.
pub fn assert_discreet(log: &str, records: &[Value]) {
    let mut secrets: Vec<String> =
        [API_TOKEN, AUTH_TOKEN].iter().chain(TELLING).map(ToString::to_string).collect();
    let mut strings = Vec::new();
    records.iter().for_each(|record| collect(record, &mut strings));
    let scripted = scenarios().iter().filter_map(|scenario| scenario.from);
    let recorded = strings.iter().copied().filter(|text| text.starts_with('+'));
    for number in scripted.chain([LINE]).chain(recorded) {
        let subscriber = number.len() - 4;
        let (exchange, line) = (&number[subscriber - 3..subscriber], &number[subscriber..]);
        secrets.extend(["", "-", " "].map(|between| format!("{exchange}{between}{line}")));
    }
    for answer in records.iter().filter_map(|record| record["intake"].as_array()).flatten() {
        if let ("name", Some(name)) = (answer["slot"].as_str().unwrap_or_default(), answer["value"].as_str())
        {
            secrets.extend(name.split_whitespace().filter(|part| part.len() > 3).map(str::to_owned));
        }
    }
    for secret in &secrets {
        assert!(!log.contains(secret), "the server's log holds {secret:?}");
    }

    let logged = format!(" {} ", words(log).join(" "));
    for text in strings {
        for run in words(text).windows(RUN) {
            let run = run.join(" ");
            assert!(!logged.contains(&format!(" {run} ")), "the server's log holds {run:?} of {text:?}");
        }
    }
}

/// All values of a record that people said or that tell of them; ids, times and names of things are of one word.
fn collect<'a>(value: &'a Value, strings: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => strings.push(text),
        Value::Array(values) => values.iter().for_each(|value| collect(value, strings)),
        Value::Object(fields) => {
            let ids = ["id", "call", "earlier", "carrier_call_id", "started_at", "ended_at", "due"];
            fields
                .iter()
                .filter(|(key, _)| !ids.contains(&key.as_str()))
                .for_each(|(_, value)| collect(value, strings));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn words(text: &str) -> Vec<String> {
    let parts = text.split(|character: char| !character.is_alphanumeric());
    parts.filter(|part| !part.is_empty()).map(str::to_lowercase).collect()
}
