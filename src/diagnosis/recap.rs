//! The call in one sentence.

use crate::domain::{CallerState, EscalationReason};
use crate::understanding::capitalised;

use super::person::to_agent;

/// What a recap is made of; whatever is missing is left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecapParts<'a> {
    /// The caller's name.
    pub name: Option<&'a str>,
    /// What happened first, in words to the caller.
    pub trigger: Option<&'a str>,
    /// What is wanted, in words to the caller, to follow "you would like".
    pub expectation: Option<&'a str>,
    /// The name of the topic as spoken.
    pub topic: Option<&'a str>,
    /// What was promised, in words to the caller.
    pub next_step: Option<&'a str>,
    /// The keys of the questions that were answered.
    pub informed: &'a [String],
    /// Whether the caller said that what an earlier call left is resolved.
    pub resolved: bool,
    /// Why a person must take over.
    pub escalated: Option<EscalationReason>,
    /// How the caller is, strongest first.
    pub states: &'a [CallerState],
}

/// The call in one sentence to the caller.
pub fn for_caller(parts: &RecapParts<'_>) -> String {
    let [trigger, expectation, topic, next_step] = clauses(parts);
    let asked = parts.escalated.and_then(asked_to_caller);
    let core = match (trigger, expectation) {
        (Some(trigger), Some(expectation)) => format!("{trigger}, and you would like {expectation}"),
        (Some(trigger), None) => match asked {
            Some(asked) => format!("{trigger}, and {asked}"),
            None => trigger,
        },
        (None, Some(expectation)) => match topic {
            Some(topic) => format!("you are calling about {topic} and would like {expectation}"),
            None => format!("you would like {expectation}"),
        },
        (None, None) => match (topic, asked) {
            (Some(topic), _) => format!("you are calling about {topic}"),
            (None, Some(asked)) => asked.to_owned(),
            (None, None) => "you are calling to reach us".to_owned(),
        },
    };
    sentence(&core, next_step)
}

/// The call in one sentence to whoever takes over: who, what happened, what is wanted, what was promised.
pub fn for_agent(parts: &RecapParts<'_>) -> String {
    let [trigger, expectation, topic, next_step] = clauses(parts);
    let mut said: Vec<String> = Vec::new();
    if let Some(trigger) = trigger {
        said.push(format!("says {}", to_agent(&trigger)));
    } else if let Some(topic) = topic {
        said.push(format!("is calling about {}", to_agent(&topic)));
    }
    if let Some(expectation) = expectation {
        said.push(format!("would like {}", to_agent(&expectation)));
    }
    if let Some(reason) = parts.escalated {
        said.push(reason_to_agent(reason).to_owned());
    }
    if parts.resolved {
        said.insert(0, "says that what they called about before is resolved".to_owned());
    }
    if said.is_empty() && !parts.informed.is_empty() {
        let keys: Vec<String> = parts.informed.iter().map(|key| key.replace(['-', '_'], " ")).collect();
        said.push(format!("asked about {}", keys.join(" and ")));
        said.push("was given the answer".to_owned());
    }
    if said.is_empty() {
        said.push("has not said yet what it is about".to_owned());
    }
    let name = parts.name.map(clause).filter(|name| !name.is_empty());
    let mut who = name.unwrap_or_else(|| "the caller".to_owned());
    if let Some(how) = how(parts.states) {
        who.push_str(&format!(", {how},"));
    }
    sentence(&format!("{who} {}", listed(&said)), next_step.map(|step| to_agent(&step)))
}

fn clauses(parts: &RecapParts<'_>) -> [Option<String>; 4] {
    // A wish is told once.
    let wish = |trigger: &&str| trigger.starts_with("you would like ") && parts.expectation.is_some();
    [parts.trigger.filter(|trigger| !wish(trigger)), parts.expectation, parts.topic, parts.next_step]
        .map(|part| part.map(clause).filter(|part| !part.is_empty()))
}

/// The text with nothing in it that ends a sentence.
fn clause(text: &str) -> String {
    let mut kept = String::new();
    let signs: Vec<char> = text.chars().collect();
    for (at, sign) in signs.iter().enumerate() {
        let inside =
            |at: Option<usize>| at.and_then(|at| signs.get(at)).is_some_and(|sign| sign.is_alphanumeric());
        let within = inside(at.checked_sub(1)) && inside(Some(at + 1));
        match sign {
            '.' if within => kept.push('.'),
            '.' | '!' | '?' | '…' | '。' => kept.push(' '),
            sign if sign.is_control() => kept.push(' '),
            sign => kept.push(*sign),
        }
    }
    let joined = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.trim_matches(|sign: char| sign.is_whitespace() || matches!(sign, ',' | ';' | ':')).to_owned()
}

fn sentence(core: &str, next_step: Option<String>) -> String {
    match next_step {
        Some(step) => capitalised(&format!("{core}; {step}.")),
        None => capitalised(&format!("{core}.")),
    }
}

/// One, two or more parts as a list: "says this, would like that, and asks for a manager".
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{}, and {last}", head.join(", ")),
    }
}

fn how(states: &[CallerState]) -> Option<String> {
    let words: Vec<&str> = states.iter().take(2).copied().map(adjective).collect();
    (!words.is_empty()).then(|| words.join(" and "))
}

pub(super) const fn adjective(state: CallerState) -> &'static str {
    match state {
        CallerState::Aggressive => "very angry",
        CallerState::Frightened => "frightened",
        CallerState::Upset => "upset",
        CallerState::WornOut => "worn out",
        CallerState::ManyComplaints => "with several matters at once",
        CallerState::Impatient => "pressing for a quick answer",
        CallerState::Rushed => "short of time",
        CallerState::Confused => "unsure how it all fits together",
        CallerState::Embarrassed => "embarrassed",
    }
}

const fn asked_to_caller(reason: EscalationReason) -> Option<&'static str> {
    match reason {
        EscalationReason::ManagerRequested => Some("you would like to speak to a manager"),
        EscalationReason::PersonRequested => Some("you would like to speak to a person"),
        EscalationReason::Legal => Some("you have raised a legal matter"),
        EscalationReason::Compliance => Some("you have raised a formal matter"),
        EscalationReason::RepeatedFailure => Some("this is not the first time you have had to call about it"),
        EscalationReason::Emergency
        | EscalationReason::Threat
        | EscalationReason::SelfHarm
        | EscalationReason::Abuse
        | EscalationReason::Stress
        | EscalationReason::NotUnderstood
        | EscalationReason::Urgent
        | EscalationReason::BeyondAuthority => None,
    }
}

pub(super) const fn reason_to_agent(reason: EscalationReason) -> &'static str {
    match reason {
        EscalationReason::Emergency => "reports a danger that is going on now",
        EscalationReason::Threat => "spoke of a threat to somebody",
        EscalationReason::SelfHarm => "may be about to harm themselves",
        EscalationReason::Legal => "raised a legal matter",
        EscalationReason::Compliance => "raised a matter of privacy, regulation or formal complaint",
        EscalationReason::RepeatedFailure => "has had to contact us about it before",
        EscalationReason::Urgent => "needs help before we open again",
        EscalationReason::ManagerRequested => "asks for a manager",
        EscalationReason::PersonRequested => "asks for a person",
        EscalationReason::Abuse => "went on with hostile words after being asked not to",
        EscalationReason::Stress => "is under great stress by voice and words",
        EscalationReason::NotUnderstood => "could not be understood twice",
        EscalationReason::BeyondAuthority => "needs a decision that only a person may take",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MISSED: RecapParts<'_> = RecapParts {
        name: Some("Renata Kowalczyk"),
        trigger: Some("the technician did not come and nobody called you"),
        expectation: Some("a new time today"),
        topic: Some("a missed visit"),
        next_step: Some("our dispatcher will call you back by noon"),
        informed: &[],
        resolved: false,
        escalated: None,
        states: &[],
    };

    #[test]
    fn the_recap_names_what_happened_what_is_wanted_and_what_was_promised() {
        assert_eq!(
            for_caller(&RecapParts { next_step: None, ..MISSED }),
            "The technician did not come and nobody called you, and you would like a new time today."
        );
        assert_eq!(
            for_agent(&MISSED),
            "Renata Kowalczyk says the technician did not come and nobody called them, and would like a new time today; \
             our dispatcher will call them back by noon."
        );
    }

    #[test]
    fn the_recap_does_without_what_is_missing() {
        let none = RecapParts::default();
        let wish = RecapParts { expectation: Some("to know what you owe"), ..none };
        let topic = RecapParts { topic: Some("a bill"), ..none };
        let manager = RecapParts { escalated: Some(EscalationReason::ManagerRequested), ..none };
        let angry = RecapParts {
            escalated: Some(EscalationReason::ManagerRequested),
            states: &[CallerState::Upset, CallerState::WornOut],
            ..MISSED
        };
        for (parts, caller, agent) in [
            (none, "You are calling to reach us.", "The caller has not said yet what it is about."),
            (wish, "You would like to know what you owe.", "The caller would like to know what they owe."),
            (topic, "You are calling about a bill.", "The caller is calling about a bill."),
            (manager, "You would like to speak to a manager.", "The caller asks for a manager."),
            (
                RecapParts { trigger: Some("your tap drips"), ..none },
                "Your tap drips.",
                "The caller says their tap drips.",
            ),
            (
                angry,
                "The technician did not come and nobody called you, and you would like a new time today; our dispatcher \
                 will call you back by noon.",
                "Renata Kowalczyk, upset and worn out, says the technician did not come and nobody called them, would \
                 like a new time today, and asks for a manager; our dispatcher will call them back by noon.",
            ),
        ] {
            assert_eq!(for_caller(&parts), caller);
            assert_eq!(for_agent(&parts), agent);
        }
    }
}
