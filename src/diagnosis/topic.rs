//! What a call is about, by the playbook.

use crate::domain::{Playbook, Topic};
use crate::understanding;

/// The least that must speak for a topic.
const SURE: f32 = 0.5;

/// The topics of a playbook that the caller's words bring up, best first; only those of which a cue was said in full, for a
/// caller who is misread has to correct us. A general one is found only where no other is.
pub fn topics<'p>(playbook: &'p Playbook, text: &str) -> Vec<&'p Topic> {
    let cues: Vec<&[String]> = playbook.topics.iter().map(|topic| topic.cues.as_slice()).collect();
    let mut found: Vec<&Topic> = understanding::topics(text, &cues)
        .into_iter()
        .filter(|found| found.whole && found.score >= SURE)
        .map(|found| &playbook.topics[found.topic])
        .collect();
    if found.iter().any(|topic| !topic.general) {
        found.retain(|topic| !topic.general);
    }
    found
}
