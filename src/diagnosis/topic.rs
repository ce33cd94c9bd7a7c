//! What the caller's words bring up of a playbook: topics, dangers, questions, haste.

use std::ops::Range;

use crate::domain::{Emergency, Faq, Playbook, Topic};
use crate::understanding::{Cues, Topics};

/// The least that must speak for a topic.
const SURE: f32 = 0.5;

/// The cues of a playbook, made ready for finding; only to be used with that playbook.
#[derive(Debug, Clone)]
pub struct PlaybookCues {
    topics: Topics,
    emergencies: Vec<Cues>,
    faqs: Vec<Cues>,
    urgent: Cues,
}

impl PlaybookCues {
    /// Makes the cues of `playbook` ready.
    pub fn of(playbook: &Playbook) -> Self {
        Self {
            topics: Topics::new(playbook.topics.iter().map(|topic| topic.cues.as_slice())),
            emergencies: playbook.emergencies.iter().map(|entry| Cues::new(&entry.cues)).collect(),
            faqs: playbook.faqs.iter().map(|faq| Cues::new(&faq.cues)).collect(),
            urgent: Cues::new(&playbook.urgent_cues),
        }
    }

    /// The topics of a playbook that the caller's words bring up, best first; only those of which a cue was said in full,
    /// for a caller who is misread has to correct us. A general one is found only where no other is.
    pub fn topics<'p>(&self, playbook: &'p Playbook, text: &str) -> Vec<&'p Topic> {
        let mut found: Vec<&Topic> = self
            .topics
            .find(text)
            .into_iter()
            .filter(|found| found.whole && found.score >= SURE)
            .map(|found| &playbook.topics[found.topic])
            .collect();
        if found.iter().any(|topic| !topic.general) {
            found.retain(|topic| !topic.general);
        }
        found
    }

    /// The cues of one topic.
    pub fn of_topic(&self, playbook: &Playbook, key: &str) -> Option<&Cues> {
        let at = playbook.topics.iter().position(|topic| topic.key == key)?;
        Some(self.topics.of(at))
    }

    /// The danger of which the words tell.
    pub fn emergency<'p>(&self, playbook: &'p Playbook, text: &str) -> Option<&'p Emergency> {
        Cues::first_of(&self.emergencies, text).map(|at| &playbook.emergencies[at])
    }

    /// The question that the words ask, if it has an answer.
    pub fn faq<'p>(&self, playbook: &'p Playbook, text: &str) -> Option<&'p Faq> {
        Cues::first_of(&self.faqs, text).map(|at| &playbook.faqs[at])
    }

    /// The place of the words that ask for haste, in bytes.
    pub fn urgent(&self, text: &str) -> Option<Range<usize>> {
        self.urgent.find(text)
    }
}
