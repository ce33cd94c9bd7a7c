//! The words in which an agent is told of a call that is coming to them.

use crate::domain::Briefing;

/// The recap as read to the agent on the telephone.
pub fn spoken(briefing: &Briefing, agent: &str) -> String {
    format!("{agent}, this is {}. {}", briefing.business, briefing.recap.expose())
}

/// A text message with a link to the notes, and nothing personal in it.
pub fn text(briefing: &Briefing, link: &str) -> String {
    format!("{}: a caller needs you now. Notes for your call: {link}", briefing.business)
}

/// The sentence that introduces caller and agent to each other.
pub fn introduction(agent: &str) -> String {
    format!("{agent} is with you now and has read everything you told me, so I leave you two to it.")
}
