//! What a business lays over the playbook it names.

use std::collections::BTreeMap;

use crate::domain::{Faq, Hours, Playbook, TopicKind, Urgency};
use crate::understanding::compared;

use super::business::{Check, Profile};
use super::hours;
use super::playbook::{Shelf, Volume};
use super::texts::{self, Shape};
use super::wording::Wording;

/// What fills the braces of a business's texts.
struct Known {
    owners: BTreeMap<String, String>,
    facts: BTreeMap<&'static str, String>,
}

impl Known {
    fn fill(&self, text: &str) -> String {
        texts::fill(text, |name| self.owners.get(name).or_else(|| self.facts.get(name)).cloned())
    }

    /// Whether everything in braces can be filled in, but for those that an engine fills in.
    fn fills(&self, text: &str) -> bool {
        texts::placeholders(text).all(|name| {
            let name = texts::uncapital(name);
            self.owners.contains_key(&name) || self.facts.contains_key(name.as_str())
        })
    }
}

impl Check<'_> {
    /// The playbook that the profile names, with what the profile lays over it.
    pub(super) fn playbook(
        &mut self,
        profile: &Profile,
        hours: &Hours,
        emergency_number: &str,
        shelf: &mut Shelf,
    ) -> Playbook {
        let Some(volume) = self.volume(profile, shelf) else { return Playbook::default() };
        let mut playbook = volume.playbook.clone();
        self.lay_owners(profile, &mut playbook);
        self.lay_fields(profile, &volume, &mut playbook);
        self.due_times(profile, hours, &volume);
        let known = known(profile, &playbook, hours, emergency_number);
        self.lay_answers(profile, &known, &mut playbook);
        texts::visit(&mut playbook, &mut |_, _, text| *text = known.fill(text));
        self.wordings(profile, &playbook);
        playbook
    }

    /// The profile's own words, held to what the playbook's are held to.
    fn wordings(&mut self, profile: &Profile, playbook: &Playbook) {
        let wording = Wording::of(playbook);
        for (key, name) in &profile.owners {
            if let Some(message) = wording.fault(Shape::Owner, name) {
                self.wrong(&["owners", key], &message);
            }
        }
        for (place, own) in profile.faqs.iter().enumerate() {
            let answer = playbook.faqs.iter().find(|faq| faq.key == own.key).map(|faq| &faq.answer);
            if let Some(message) = answer.and_then(|answer| wording.fault(Shape::Answer, answer)) {
                self.wrong(&["faqs", &place.to_string(), "answer"], &message);
            }
        }
        for (place, field) in profile.fields.iter().enumerate() {
            for (at, ask) in field.ask.iter().enumerate() {
                if let Some(message) = wording.fault(Shape::Question, ask) {
                    self.wrong(&["fields", &place.to_string(), "ask", &at.to_string()], &message);
                }
            }
        }
    }

    fn volume(&mut self, profile: &Profile, shelf: &mut Shelf) -> Option<std::rc::Rc<Volume>> {
        let Some(name) = &profile.playbook else {
            for (key, present) in [("owners", !profile.owners.is_empty()), ("faqs", !profile.faqs.is_empty())]
            {
                if present {
                    self.wrong(
                        &[key],
                        "needs a playbook to be laid over; expected a key such as playbook = \"heating\"",
                    );
                }
            }
            return None;
        };
        match shelf.get(name, self.problems) {
            Ok(Some(volume)) => Some(volume),
            Ok(None) => {
                self.wrong(&["playbook"], "this playbook cannot be used as it is");
                None
            }
            Err(message) => {
                self.wrong(&["playbook"], &message);
                None
            }
        }
    }

    fn lay_owners(&mut self, profile: &Profile, playbook: &mut Playbook) {
        let keys: Vec<String> = playbook.owners.iter().map(|owner| owner.key.clone()).collect();
        for (key, name) in &profile.owners {
            match playbook.owners.iter_mut().find(|owner| owner.key == *key) {
                Some(owner) => owner.name.clone_from(name),
                None => {
                    let known = keys.join(", ");
                    self.wrong(
                        &["owners", key],
                        &format!("the playbook has no such owner; expected one of {known}"),
                    );
                }
            }
        }
    }

    /// Puts the business's questions under the topics that they are asked for: those that they name, or else those of
    /// the playbook that name them, or else all.
    fn lay_fields(&mut self, profile: &Profile, volume: &Volume, playbook: &mut Playbook) {
        for (place, field) in profile.fields.iter().enumerate() {
            if let Some(named) = &field.topics {
                for (at, key) in named.iter().enumerate() {
                    if playbook.topic(key).is_none() {
                        let path = ["fields", &place.to_string(), "topics", &at.to_string()];
                        self.wrong(&path, "the playbook has no such topic");
                    }
                }
            }
            let asked = playbook.topics.iter().any(|topic| topic.fields.contains(&field.key));
            for topic in playbook.topics.iter_mut().filter(|topic| topic.kind != TopicKind::Declined) {
                let wanted = match &field.topics {
                    Some(named) => named.contains(&topic.key),
                    None => !asked || topic.fields.contains(&field.key),
                };
                topic.fields.retain(|key| *key != field.key);
                if wanted {
                    topic.fields.push(field.key.clone());
                }
            }
        }
        for (place, topic) in playbook.topics.iter_mut().enumerate() {
            for (at, key) in volume.playbook.topics[place].fields.iter().enumerate() {
                if profile.fields.iter().all(|field| field.key != *key) {
                    topic.fields.retain(|field| field != key);
                    let path = ["topics", &place.to_string(), "fields", &at.to_string()].map(str::to_owned);
                    let message = format!(
                        "{} has no question `{key}`, so it is not asked; expected one under [[fields]]",
                        self.document.file().display()
                    );
                    self.problems.push(volume.document.problem(&path, message).warning());
                }
            }
        }
    }

    /// Nothing may be promised for a time by which the business has been open for more than a week.
    fn due_times(&mut self, profile: &Profile, hours: &Hours, volume: &Volume) {
        let week = hours::minutes_a_week(hours).unsigned_abs();
        if week == 0 {
            return;
        }
        let name = self.document.file().display().to_string();
        for (place, topic) in volume.playbook.topics.iter().enumerate() {
            let place = &*place.to_string();
            for (at, step) in topic.steps.iter().enumerate() {
                let path = ["topics", place, "steps", &at.to_string(), "within_minutes"].map(str::to_owned);
                if step.within_minutes > week {
                    let message =
                        format!("more than a week of opening hours in {name}; expected {week} or less");
                    self.problems.push(volume.document.problem(&path, message));
                } else if at == 0
                    && topic.urgency == Urgency::Urgent
                    && step.within_minutes > profile.callback.within_minutes
                {
                    let message = format!(
                        "`{}` is urgent, but takes longer than an ordinary call back of {name}; expected {} or less",
                        topic.key, profile.callback.within_minutes
                    );
                    self.problems.push(volume.document.problem(&path, message).warning());
                }
            }
        }
        for (key, minutes) in [
            ("within_minutes", profile.callback.within_minutes),
            ("urgent_within_minutes", profile.callback.urgent_within_minutes),
        ] {
            if minutes > week {
                let message = format!("more than a week of opening hours; expected {week} or less");
                self.wrong(&["callback", key], &message);
            }
        }
    }

    fn lay_answers(&mut self, profile: &Profile, known: &Known, playbook: &mut Playbook) {
        for (at, own) in profile.faqs.iter().enumerate() {
            let place = &*at.to_string();
            self.spoken(&["faqs", place, "answer"], &own.answer);
            if !known.fills(&own.answer) {
                let message = "expected only {hours}, {address} (if the profile has one), {business} or the key of an owner in braces";
                self.wrong(&["faqs", place, "answer"], message);
            }
            if profile.faqs[..at].iter().any(|above| above.key == own.key) {
                self.wrong(&["faqs", place, "key"], "this key already has an answer above");
            }
            for (cue_at, cue) in own.cues.iter().enumerate() {
                if let Some(other) = claimant(playbook, cue) {
                    let message = format!(
                        "\"{cue}\" belongs to `{other}` of the playbook already; expected other words"
                    );
                    self.wrong(&["faqs", place, "cues", &cue_at.to_string()], &message);
                }
            }
            match playbook.faqs.iter_mut().find(|faq| faq.key == own.key) {
                Some(faq) => {
                    faq.answer.clone_from(&own.answer);
                    faq.cues.extend(own.cues.iter().cloned());
                }
                None if own.cues.is_empty() => {
                    self.wrong(&["faqs", place, "cues"], "expected words by which callers ask this");
                }
                None => playbook.faqs.push(Faq {
                    key: own.key.clone(),
                    cues: own.cues.clone(),
                    answer: own.answer.clone(),
                }),
            }
        }
        playbook.faqs.retain(|faq| !faq.answer.is_empty() && known.fills(&faq.answer));
    }
}

/// The topic or question of the playbook that these words point to.
fn claimant<'p>(playbook: &'p Playbook, cue: &str) -> Option<&'p str> {
    let same = |other: &String| compared(other) == compared(cue);
    let topic = playbook.topics.iter().find(|topic| topic.cues.iter().any(same)).map(|topic| &topic.key);
    let faq = || playbook.faqs.iter().find(|faq| faq.cues.iter().any(same)).map(|faq| &faq.key);
    topic.or_else(faq).map(String::as_str)
}

fn known(profile: &Profile, playbook: &Playbook, hours: &Hours, emergency_number: &str) -> Known {
    let mut facts = BTreeMap::from([
        ("business", profile.name.clone()),
        ("hours", hours::spoken(hours)),
        ("emergency_number", emergency_number.to_owned()),
        ("crisis_number", profile.crisis_number.clone().unwrap_or_else(|| emergency_number.to_owned())),
    ]);
    facts.extend(profile.address.clone().map(|address| ("address", address)));
    let owners = playbook.owners.iter().map(|owner| (owner.key.clone(), owner.name.clone())).collect();
    Known { owners, facts }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, EXAMPLES, example};

    #[test]
    fn all_that_is_built_in_is_clean() {
        let config = Config::built_in().unwrap_or_else(|error| panic!("{error}"));
        let ids: Vec<&str> = config.businesses.iter().map(|business| &*business.id.0).collect();
        assert_eq!(ids, EXAMPLES);
        assert_eq!(config.warnings, []);
    }

    #[test]
    fn a_business_lays_its_own_names_and_answers_over_the_playbook() {
        let heating = example("heating").unwrap();
        let playbook = &heating.playbook;
        assert_eq!(playbook.owner("technician").unwrap().name, "our duty technician");
        let hours = playbook.faqs.iter().find(|faq| faq.key == "hours").unwrap();
        assert!(
            hours.answer.starts_with("We are open Monday to Thursday from eight to twelve and"),
            "{hours:?}"
        );
        assert!(playbook.faqs.iter().any(|faq| faq.key == "parking"));
        let step = playbook.topic("missed-visit").unwrap().step("new-time").unwrap();
        assert_eq!(step.offer, "have our dispatcher call you with a new time");
        assert_eq!(step.action, "call you back on {number} with a new time");
        assert!(playbook.emergencies[0].told.ends_with("call 911."), "{}", playbook.emergencies[0].told);
    }
}
