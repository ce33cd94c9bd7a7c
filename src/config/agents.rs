//! The people who take over calls, as written in a profile.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::domain::{Agent, AgentKey, HandoffRules, Hours, PhoneNumber, Playbook};

use super::business::{Check, Week};

/// A person as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    key: String,
    name: String,
    number: String,
    email: Option<String>,
    #[serde(default)]
    owns: Vec<String>,
    #[serde(default)]
    topics: Vec<String>,
    languages: Option<Vec<String>>,
    hours: Option<Week>,
    #[serde(default)]
    on_call: Week,
    #[serde(default)]
    lead: bool,
}

/// The rules of handing over, as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Handoff {
    ring_seconds: Option<u32>,
    next_after_seconds: Option<u32>,
    give_up_seconds: Option<u32>,
    pause_seconds: Option<u32>,
}

impl Check<'_> {
    pub(super) fn agents(
        &mut self,
        people: &[Person],
        business_hours: &Hours,
        lines: &[PhoneNumber],
        playbook: &Playbook,
    ) -> Vec<Agent> {
        let mut agents: Vec<Agent> = Vec::new();
        let mut keys = BTreeSet::new();
        for (place, person) in people.iter().enumerate() {
            let place = place.to_string();
            let at = |key| ["agents", place.as_str(), key];
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
            if person.key.is_empty() || !person.key.chars().all(plain) {
                self.wrong(&at("key"), "expected small letters, digits, - and _, such as maria");
            }
            if !keys.insert(&person.key) {
                self.wrong(&at("key"), "this key is already used by an agent above");
            }
            self.spoken(&at("name"), &person.name);
            for (index, key) in person.owns.iter().enumerate() {
                if playbook.owner(key).is_none() {
                    let keys: Vec<&str> = playbook.owners.iter().map(|owner| owner.key.as_str()).collect();
                    let message = format!("unknown owner; the playbook has {}", keys.join(", "));
                    self.wrong(&["agents", &place, "owns", &index.to_string()], &message);
                }
            }
            for (index, key) in person.topics.iter().enumerate() {
                if playbook.topic(key).is_none() {
                    let path = ["agents", &place, "topics", &index.to_string()];
                    self.wrong(&path, "unknown topic; `calmline config playbook` lists the playbook's");
                }
            }
            if person.email.as_ref().is_some_and(|email| !email.contains('@')) {
                self.wrong(&at("email"), "expected a mail address");
            }
            let languages = person.languages.clone().unwrap_or_else(|| vec!["en".to_owned()]);
            let code = |text: &String| text.len() == 2 && text.chars().all(|c| c.is_ascii_lowercase());
            if languages.is_empty() || !languages.iter().all(code) {
                self.wrong(&at("languages"), "expected two-letter codes such as [\"en\", \"es\"]");
            }
            let hours = match &person.hours {
                Some(week) => self.hours(&at("hours"), week),
                None => business_hours.clone(),
            };
            let on_call = self.hours(&at("on_call"), &person.on_call);
            let Some(number) = self.agent_number(&at("number"), &person.number, lines) else { continue };
            agents.push(Agent {
                key: AgentKey(person.key.clone()),
                name: person.name.clone(),
                number,
                email: person.email.clone(),
                owns: person.owns.clone(),
                topics: person.topics.clone(),
                languages,
                hours,
                on_call,
                lead: person.lead,
            });
        }
        agents
    }

    /// A line that is forwarded here would ring the receptionist itself.
    fn agent_number(&mut self, path: &[&str], text: &str, lines: &[PhoneNumber]) -> Option<PhoneNumber> {
        match PhoneNumber::parse(text) {
            Ok(number) if lines.contains(&number) => {
                self.wrong(
                    path,
                    "this line is forwarded to the receptionist; expected a telephone of the agent's",
                );
                None
            }
            Ok(number) => Some(number),
            Err(error) => {
                self.wrong(path, &error.to_string());
                None
            }
        }
    }

    pub(super) fn handoff(&mut self, written: &Handoff) -> HandoffRules {
        let usual = HandoffRules::default();
        let rules = HandoffRules {
            ring_seconds: written.ring_seconds.unwrap_or(usual.ring_seconds),
            next_after_seconds: written.next_after_seconds.unwrap_or(usual.next_after_seconds),
            give_up_seconds: written.give_up_seconds.unwrap_or(usual.give_up_seconds),
            pause_seconds: written.pause_seconds.unwrap_or(usual.pause_seconds),
        };
        for (key, seconds, least, most) in [
            ("ring_seconds", rules.ring_seconds, 5, 60),
            ("next_after_seconds", rules.next_after_seconds, 1, 60),
            ("give_up_seconds", rules.give_up_seconds, 15, 300),
            ("pause_seconds", rules.pause_seconds, 0, 3600),
        ] {
            if seconds < least || seconds > most {
                self.wrong(&["handoff", key], &format!("expected {least} to {most} seconds"));
            }
        }
        rules
    }
}
