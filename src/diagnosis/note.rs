//! The call summed up from its facts.

use crate::domain::{Answer, CallNote, CallerState, Diagnosis, EscalationReason, Outcome, Pii, Topic};

use super::recap::{RecapParts, for_agent};

/// What a call note is made of.
#[derive(Debug, Clone, Copy)]
pub struct NoteParts<'a> {
    /// The caller's name.
    pub name: Option<&'a str>,
    /// The four answers.
    pub diagnosis: &'a Diagnosis,
    /// How the caller was, strongest first.
    pub states: &'a [CallerState],
    /// The topic of the playbook.
    pub topic: Option<&'a Topic>,
    /// What was promised, in words to the caller.
    pub promise: Option<&'a str>,
    /// The keys of the questions that were answered.
    pub informed: &'a [String],
    /// Whether the caller said that what an earlier call left is resolved.
    pub resolved: bool,
    /// How the call came out.
    pub outcome: Outcome,
    /// Why a person must take over.
    pub escalated: Option<EscalationReason>,
}

/// The note of a call.
pub fn note(parts: &NoteParts<'_>) -> CallNote {
    let value = |answer: &Option<Answer>| answer.as_ref().map(|answer| answer.value.expose().to_owned());
    let trigger = value(&parts.diagnosis.trigger);
    let wanted = value(&parts.diagnosis.expectation);
    // Who only asked something told nothing that happened.
    let told = parts.outcome != Outcome::Answered || parts.topic.is_some();
    let recap = for_agent(&RecapParts {
        name: parts.name,
        trigger: trigger.as_deref().filter(|_| told),
        expectation: wanted.as_deref().filter(|_| told),
        topic: parts.topic.map(|topic| topic.name.as_str()),
        next_step: parts.promise,
        informed: parts.informed,
        resolved: parts.resolved,
        escalated: parts.escalated,
        states: parts.states,
    });
    CallNote {
        recap: Pii::new(recap),
        trigger: trigger.map(Pii::new),
        states: parts.states.to_vec(),
        wanted: wanted.map(Pii::new),
        promise: parts.promise.map(|promise| Pii::new(promise.to_owned())),
        cause: parts.topic.map(|topic| topic.cause).unwrap_or_default(),
        fix: parts.topic.map(|topic| topic.fix.clone()).unwrap_or_default(),
        outcome: parts.outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RootCause;

    fn answer(words: &str) -> Option<Answer> {
        Some(Answer { value: words.into(), evidence: Vec::new(), confidence: 1.0 })
    }

    #[test]
    fn the_note_sums_the_call_up() {
        let diagnosis = Diagnosis {
            topic: Some("bill".to_owned()),
            trigger: answer("we charged you twice"),
            expectation: answer("your money back"),
            ..Diagnosis::default()
        };
        let topic: Topic = toml::from_str(
            "key = 'bill'\nname = 'a bill'\ncues = ['bill']\ncause = 'billing'\nfix = 'Check invoices for doubles.'",
        )
        .unwrap();
        let written = note(&NoteParts {
            name: Some("Ada Quill"),
            diagnosis: &diagnosis,
            states: &[CallerState::Upset],
            topic: Some(&topic),
            promise: Some("our office will call you back by noon"),
            informed: &[],
            resolved: false,
            outcome: Outcome::Promised,
            escalated: None,
        });
        assert_eq!(
            written.recap.expose(),
            "Ada Quill, upset, says we charged them twice, and would like their money back; our office will call them \
             back by noon."
        );
        assert_eq!(
            (written.cause, written.fix.as_str()),
            (RootCause::Billing, "Check invoices for doubles.")
        );
        assert_eq!(written.wanted.unwrap().expose(), "your money back");
    }

    #[test]
    fn a_call_that_said_nothing_has_a_note_too() {
        let written = note(&NoteParts {
            name: None,
            diagnosis: &Diagnosis::default(),
            states: &[],
            topic: None,
            promise: None,
            informed: &[],
            resolved: false,
            outcome: Outcome::Abandoned,
            escalated: None,
        });
        assert_eq!(written.recap.expose(), "The caller has not said yet what it is about.");
        assert_eq!(written.cause, RootCause::Other);
    }
}
