//! What is wrong with a playbook: contradictions, what can never be reached, promises that nobody owns, and texts that
//! would read badly.

use std::collections::BTreeMap;

use crate::domain::{
    Emergency, EmergencyKind, EscalationReason, Owner, Playbook, Step, Takeover, Topic, TopicKind,
};
use crate::understanding::compared;
use crate::understanding::words;

use super::Problem;
use super::document::Document;
use super::texts::{self, FACTS, Shape};
use super::wording::Wording;

/// Stands for what only a business's profile tells.
const SAMPLE: &str = "911";

/// Reports all that is wrong with a playbook by itself.
pub(super) fn check(playbook: &Playbook, document: &Document, problems: &mut Vec<Problem>) {
    let mut check = Check { playbook, document, problems };
    check.keys();
    check.takeover();
    for (place, topic) in playbook.topics.iter().enumerate() {
        check.topic(place, topic);
    }
    check.cues();
    check.emergencies();
    check.texts();
    check.unused_owners();
}

struct Check<'a> {
    playbook: &'a Playbook,
    document: &'a Document,
    problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    fn wrong(&mut self, path: &[&str], message: impl Into<String>) {
        let path: Vec<String> = path.iter().map(|&step| step.to_owned()).collect();
        self.problems.push(self.document.problem(&path, message));
    }

    fn unused(&mut self, path: &[&str], message: impl Into<String>) {
        let path: Vec<String> = path.iter().map(|&step| step.to_owned()).collect();
        self.problems.push(self.document.problem(&path, message).warning());
    }

    fn keys(&mut self) {
        let playbook = self.playbook;
        self.distinct("owners", &[], playbook.owners.iter().map(|owner| &*owner.key));
        self.distinct("topics", &[], playbook.topics.iter().map(|topic| &*topic.key));
        self.distinct("emergencies", &[], playbook.emergencies.iter().map(|emergency| &*emergency.key));
        self.distinct("faqs", &[], playbook.faqs.iter().map(|faq| &*faq.key));
        for (place, topic) in playbook.topics.iter().enumerate() {
            let keys = topic.steps.iter().map(|step| &*step.key);
            self.distinct("steps", &["topics", &place.to_string()], keys);
        }
        for (place, owner) in playbook.owners.iter().enumerate() {
            if FACTS.contains(&owner.key.as_str()) || owner.key == "number" {
                let message = "this word in braces means something else; expected another key";
                self.wrong(&["owners", &place.to_string(), "key"], message);
            }
        }
    }

    fn distinct<'k>(&mut self, list: &str, within: &[&str], keys: impl Iterator<Item = &'k str>) {
        let mut known = Vec::new();
        for (place, key) in keys.enumerate() {
            let place = place.to_string();
            let path: Vec<&str> = within.iter().copied().chain([list, &place, "key"]).collect();
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
            if key.is_empty() || !key.chars().all(plain) {
                self.wrong(&path, "expected small letters, digits, - and _, such as missed-visit");
            }
            if known.contains(&key) {
                self.wrong(&path, format!("`{key}` is already used above; expected a key of its own"));
            }
            known.push(key);
        }
    }

    fn takeover(&mut self) {
        let Takeover { person, manager, legal, safety, repeated, abuse } = &self.playbook.takeover;
        for (key, owner) in [
            ("person", person),
            ("manager", manager),
            ("legal", legal),
            ("safety", safety),
            ("repeated", repeated),
            ("abuse", abuse),
        ] {
            if !owner.is_empty() {
                self.owner(&["takeover", key], owner);
            }
        }
        if !(1..=2).contains(&self.playbook.abuse.warnings) {
            self.wrong(&["abuse", "warnings"], "expected 1 or 2");
        }
    }

    fn owner(&mut self, path: &[&str], key: &str) {
        if self.playbook.owner(key).is_none() {
            let known: Vec<&str> = self.playbook.owners.iter().map(|owner| owner.key.as_str()).collect();
            let known = known.join(", ");
            self.wrong(path, format!("there is no owner `{key}`; expected one of {known}"));
        }
    }

    fn topic(&mut self, place: usize, topic: &Topic) {
        let place = &*place.to_string();
        match topic.kind {
            TopicKind::Declined => {
                if topic.decline.is_none() {
                    self.wrong(
                        &["topics", place, "kind"],
                        "a declined call needs `decline`, what the caller is told",
                    );
                }
                if !topic.steps.is_empty() || topic.escalate.is_some() {
                    let message = "a declined call promises nothing; expected neither steps nor `escalate`, or another kind";
                    self.wrong(&["topics", place, "kind"], message);
                }
            }
            TopicKind::Request | TopicKind::Complaint => {
                if topic.decline.is_some() {
                    let message =
                        "only a call of kind declined is declined; expected no such text, or that kind";
                    self.wrong(&["topics", place, "decline"], message);
                }
                if topic.steps.is_empty() && topic.escalate.is_none() {
                    let message =
                        format!("`{}` leads nowhere; expected at least one step, or `escalate`", topic.key);
                    self.wrong(&["topics", place, "key"], message);
                }
                if topic.kind == TopicKind::Complaint && topic.empathy.is_empty() {
                    let message = format!(
                        "`{}` has no `empathy`, a sentence that names what it does to the caller",
                        topic.key
                    );
                    self.unused(&["topics", place, "key"], message);
                }
            }
        }
        if topic.steps.len() > 3 {
            self.wrong(&["topics", place, "steps", "3"], "a caller can choose between three at most");
        }
        if let Some(reason) = topic.escalate {
            self.escalated(place, topic, reason);
        }
        self.steps(place, &topic.steps);
    }

    fn escalated(&mut self, place: &str, topic: &Topic, reason: EscalationReason) {
        let takes_over = self.playbook.takeover.owner(reason);
        for (at, step) in topic.steps.iter().enumerate() {
            if step.owner != takes_over {
                let message = format!(
                    "with this `escalate` it is `{takes_over}` who takes over, not `{}`; expected the same owner, or no \
                     step",
                    step.owner
                );
                self.wrong(&["topics", place, "steps", &at.to_string(), "owner"], message);
            }
        }
    }

    fn steps(&mut self, place: &str, steps: &[Step]) {
        for (at, step) in steps.iter().enumerate() {
            let at = &*at.to_string();
            self.owner(&["topics", place, "steps", at, "owner"], &step.owner);
            if step.within_minutes == 0 {
                self.wrong(&["topics", place, "steps", at, "within_minutes"], "expected one minute or more");
            }
            let action = words::plain(&step.action);
            let reached = ["call you", "ring you", "phone you", "text you", "message you", "send you a text"];
            if words::has_any(&action, &reached) && !step.action.contains("{number}") {
                let message = "says to call or to text, but not where; expected `on {number}` after it";
                self.wrong(&["topics", place, "steps", at, "action"], message);
            }
        }
        for (key, text) in
            [("offer", (|step| &step.offer) as fn(&Step) -> &String), ("action", |step| &step.action)]
        {
            for (at, step) in steps.iter().enumerate() {
                let same = |other: &Step| words::plain(text(other)) == words::plain(text(step));
                if steps[..at].iter().any(same) {
                    let message =
                        "reads the same as that of a step above; expected words that tell them apart";
                    self.wrong(&["topics", place, "steps", &at.to_string(), key], message);
                }
            }
        }
    }

    /// No words may point to two things, and everything must have words that point to it.
    fn cues(&mut self) {
        let playbook = self.playbook;
        let mut topics = Claims::default();
        for (place, topic) in playbook.topics.iter().enumerate() {
            let path = ["topics", &place.to_string()];
            if topic.cues.is_empty() {
                let message = format!(
                    "`{}` can never be reached; expected words by which callers bring it up",
                    topic.key
                );
                self.wrong(&["topics", &place.to_string(), "cues"], message);
            }
            let taken = topic.cues.iter().filter(|cue| topics.elsewhere(&topic.key, cue).is_some()).count();
            if taken > 0 && taken == topic.cues.len() {
                let message =
                    format!("`{}` can never be reached, for all its cues belong to topics above", topic.key);
                self.wrong(&["topics", &place.to_string(), "cues"], message);
            }
            self.claim(&mut topics, &topic.key, &path, &topic.cues);
            let mut steps = Claims::default();
            for (at, step) in topic.steps.iter().enumerate() {
                let at = &*at.to_string();
                self.claim(&mut steps, &step.key, &["topics", &place.to_string(), "steps", at], &step.cues);
            }
        }
        for (place, faq) in playbook.faqs.iter().enumerate() {
            let place = &*place.to_string();
            if faq.cues.is_empty() {
                let message =
                    format!("`{}` can never be reached; expected words by which callers ask it", faq.key);
                self.wrong(&["faqs", place, "cues"], message);
            }
            self.claim(&mut topics, &faq.key, &["faqs", place], &faq.cues);
        }
        let mut emergencies = Claims::default();
        for (place, emergency) in playbook.emergencies.iter().enumerate() {
            let path = ["emergencies", &*place.to_string()];
            self.claim(&mut emergencies, &emergency.key, &path, &emergency.cues);
        }
        self.claim_list("urgent_cues", &playbook.urgent_cues);
        self.claim_list("never_promise", &playbook.never_promise);
    }

    fn claim(&mut self, claims: &mut Claims, key: &str, path: &[&str], cues: &[String]) {
        for (at, cue) in cues.iter().enumerate() {
            let at = at.to_string();
            let path: Vec<&str> = path.iter().copied().chain(["cues", &at]).collect();
            if words::words(cue).is_empty() {
                self.wrong(&path, "expected words");
            } else if let Some(other) = claims.add(key, cue) {
                let message = if other == key {
                    format!("\"{cue}\" stands above already")
                } else {
                    format!(
                        "\"{cue}\" belongs to `{other}` already; expected words that point to one of them only"
                    )
                };
                self.wrong(&path, message);
            }
        }
    }

    fn claim_list(&mut self, key: &str, phrases: &[String]) {
        let mut claims = Claims::default();
        for (at, phrase) in phrases.iter().enumerate() {
            if words::words(phrase).is_empty() {
                self.wrong(&[key, &at.to_string()], "expected words");
            } else if claims.add(key, phrase).is_some() {
                self.wrong(&[key, &at.to_string()], format!("\"{phrase}\" stands above already"));
            }
        }
    }

    fn emergencies(&mut self) {
        let playbook = self.playbook;
        for (place, Emergency { key, kind, cues, told, stays: _ }) in playbook.emergencies.iter().enumerate()
        {
            let place = &*place.to_string();
            let shadowed =
                playbook.emergencies.iter().take_while(|other| other.key != *key).any(|o| o.kind == *kind);
            if shadowed && cues.is_empty() {
                let message =
                    "can never be reached beside one of the same kind above; expected words that show it";
                self.wrong(&["emergencies", place, "cues"], message);
            }
            if *kind != EmergencyKind::Property && !told.contains("{emergency_number}") {
                let message = "a danger to life; expected the words to call {emergency_number}";
                self.wrong(&["emergencies", place, "told"], message);
            }
        }
        for (kind, name) in [
            (EmergencyKind::Medical, "medical"),
            (EmergencyKind::Fire, "fire"),
            (EmergencyKind::Gas, "gas"),
            (EmergencyKind::Violence, "violence"),
        ] {
            if playbook.emergencies.iter().all(|emergency| emergency.kind != kind) {
                let message =
                    format!("callers in danger are not told what to do; expected one of kind = \"{name}\"");
                self.wrong(&["emergencies"], message);
            }
        }
        if playbook.self_harm.is_empty() {
            let message =
                "missing; expected what somebody who may harm themselves is told, with {crisis_number}";
            self.wrong(&["self_harm"], message);
        } else if !playbook.self_harm.contains("{crisis_number}") {
            self.wrong(&["self_harm"], "expected the words to call {crisis_number}");
        }
    }

    fn texts(&mut self) {
        let owners = &self.playbook.owners;
        let name = |key: &str| owners.iter().find(|owner| owner.key == key).map(|owner| owner.name.clone());
        let mut filled = self.playbook.clone();
        let mut found = Vec::new();
        let mut misses = |path: &[&str], message: String| {
            let path: Vec<String> = path.iter().map(|&step| step.to_owned()).collect();
            found.push((path, message));
        };
        texts::visit(&mut filled, &mut |path, shape, text| {
            let unknown = texts::placeholders(text).find(|word| {
                let word = texts::uncapital(word);
                name(&word).is_none()
                    && !FACTS.contains(&&*word)
                    && !(word == "number" && shape == Shape::Action)
            });
            if let Some(unknown) = unknown {
                let facts = FACTS.map(|fact| format!("{{{fact}}}")).join(", ");
                let message = format!(
                    "{{{unknown}}} means nothing here; expected the key of an owner, {facts}, or {{number}} in an action"
                );
                misses(path, message);
            }
            *text = texts::fill(text, |word| {
                name(word).or_else(|| FACTS.contains(&word).then(|| SAMPLE.to_owned()))
            });
        });
        let wording = Wording::of(&filled);
        texts::visit(&mut filled, &mut |path, shape, text| {
            if let Some(message) = wording.fault(shape, text) {
                misses(path, message);
            }
        });
        let document = self.document;
        self.problems.extend(found.into_iter().map(|(path, message)| document.problem(&path, message)));
    }

    fn unused_owners(&mut self) {
        let playbook = self.playbook;
        let Takeover { person, manager, legal, safety, repeated, abuse } = &playbook.takeover;
        let takes_over = [person, manager, legal, safety, repeated, abuse];
        for (place, Owner { key, .. }) in playbook.owners.iter().enumerate() {
            let owns = playbook.topics.iter().flat_map(|topic| &topic.steps).any(|step| step.owner == *key);
            if !owns && !takes_over.contains(&key) {
                let message = format!("`{key}` owns no step and takes nothing over");
                self.unused(&["owners", &place.to_string(), "key"], message);
            }
        }
    }
}

/// Who has claimed which words.
#[derive(Default)]
struct Claims {
    as_written: BTreeMap<String, String>,
    as_compared: BTreeMap<Vec<String>, String>,
}

impl Claims {
    /// Claims words; tells who has them already, or others that are heard as the same.
    fn add(&mut self, key: &str, cue: &str) -> Option<String> {
        let written = words::plain(cue);
        let taken = self.as_written.get(&written).or_else(|| self.elsewhere(key, cue)).cloned();
        if taken.is_none() {
            self.as_written.insert(written, key.to_owned());
            self.as_compared.insert(compared(cue), key.to_owned());
        }
        taken
    }

    fn elsewhere(&self, key: &str, cue: &str) -> Option<&String> {
        self.as_compared.get(&compared(cue)).filter(|other| *other != key)
    }
}
