//! The words of a briefing: spoken to an agent within ten seconds, on their page, and in a text message.

use crate::domain::{Aspect, BriefedAnswer, BriefedSlot, Briefing, EscalationReason, Slot};
use crate::understanding::account::split::split;
use crate::understanding::account::token::{Pause, Token, tokens};
use crate::understanding::capitalised;

use super::recap::{RecapParts, adjective, for_agent, reason_to_agent};

/// As many words as are spoken in ten seconds, at 170 a minute.
const LONGEST: usize = 28;
/// Long words count for more than one.
const LONGEST_BYTES: usize = 170;

/// How much of each part is spoken; less of it where it would take too long.
#[derive(Debug, Clone, Copy)]
struct Detail {
    agent: bool,
    state: bool,
    trigger: Amount,
    expectation: Amount,
    /// Whether it is said who promised.
    promiser: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Amount {
    All,
    /// The name of the topic, or the first clause.
    Short,
    /// It stands in the notes.
    None,
}

/// From the fullest to the shortest.
const DETAILS: [Detail; 12] = {
    let all =
        Detail { agent: true, state: true, trigger: Amount::All, expectation: Amount::All, promiser: true };
    let unnamed = Detail { agent: false, ..all };
    let plain = Detail { state: false, ..unnamed };
    let bare = Detail { promiser: false, ..plain };
    let short = Detail { trigger: Amount::Short, ..plain };
    let shorter = Detail { promiser: false, ..short };
    let shortest = Detail { expectation: Amount::Short, ..shorter };
    [
        all,
        unnamed,
        plain,
        bare,
        Detail { state: true, ..short },
        short,
        shorter,
        shortest,
        Detail { trigger: Amount::None, ..shorter },
        Detail { expectation: Amount::None, ..shorter },
        Detail { trigger: Amount::None, ..shortest },
        Detail { trigger: Amount::None, expectation: Amount::None, ..shorter },
    ]
};

/// The briefing as the agent hears it before the caller is put through, in less than ten seconds: why a person is needed,
/// who, what happened, what is wanted, what was promised.
pub fn spoken(briefing: &Briefing, agent: &str) -> String {
    let fits = |said: &String| said.split_whitespace().count() <= LONGEST && said.len() <= LONGEST_BYTES;
    let mut all = DETAILS.iter().map(|detail| said(briefing, agent, *detail));
    let last = DETAILS.last().map(|detail| said(briefing, agent, *detail)).unwrap_or_default();
    all.find(fits).unwrap_or(last)
}

fn said(briefing: &Briefing, agent: &str, detail: Detail) -> String {
    let answer = |aspect: Aspect| {
        let asked = question(aspect);
        let found = briefing.answers.iter().find(|answer| answer.question == asked);
        found.and_then(|answer| answer.answer.as_ref()).map(|words| words.expose().as_str())
    };
    let wanted = answer(Aspect::Expectation);
    // A wish is told once.
    let trigger =
        answer(Aspect::Trigger).filter(|told| wanted.is_none() || !told.starts_with("they would like "));
    let topic = briefing.topic.as_deref();
    let happened = match (trigger, detail.trigger, topic) {
        (_, Amount::None, _) | (None, _, None) => None,
        (Some(told), Amount::All, _) => Some(format!("says {told}")),
        (None, _, Some(topic)) | (Some(_), Amount::Short, Some(topic)) => {
            Some(format!("is calling about {topic}"))
        }
        (Some(told), Amount::Short, None) => Some(format!("says {}", start(told))),
    };
    let wanted = wanted.and_then(|wanted| match detail.expectation {
        Amount::All => Some(format!("would like {wanted}")),
        Amount::Short => Some(format!("would like {}", start(wanted))),
        Amount::None => None,
    });
    let name = briefing.intake.iter().find(|slot| slot.slot == Slot::Name);
    let mut who = name.map_or_else(|| "A caller".to_owned(), |name| name.value.expose().clone());
    // "Ada, about a bill, would like it checked" is shorter than two verbs.
    let about = topic.filter(|_| detail.trigger == Amount::Short && !detail.promiser && wanted.is_some());
    if let Some(topic) = about {
        who.push_str(&format!(", about {topic},"));
    }
    let happened = happened.filter(|_| about.is_none());
    let mut parts: Vec<String> = happened.into_iter().chain(wanted).collect();
    // Danger is said in full, and so is the reason where nothing else is known.
    let in_full =
        parts.is_empty() || matches!(briefing.reason, EscalationReason::Threat | EscalationReason::SelfHarm);
    if in_full {
        parts.push(reason_to_agent(briefing.reason).to_owned());
    }
    if let Some(briefed) = briefing.states.first().filter(|_| detail.state) {
        who.push_str(&format!(", {},", adjective(briefed.state)));
    }
    let told = format!("{who} {}", parts.join(", and "));
    let agent = if detail.agent { format!("{agent}: ") } else { String::new() };
    let promised = briefing.promised.last().map(|promised| match promised.rsplit_once(" by ") {
        Some((_, due)) if !detail.promiser => format!(" Promised by {due}."),
        Some(_) | None => format!(" Promised: {promised}."),
    });
    let reason = if in_full { String::new() } else { format!("{}. ", capitalised(matter(briefing.reason))) };
    format!("{agent}{reason}{told}.{}", promised.unwrap_or_default())
}

/// The first clause.
fn start(told: &str) -> String {
    let tokens = tokens(told);
    let segments = split(&tokens);
    let first = segments.first().map(|segment| &tokens[segment.range.clone()]).unwrap_or_default();
    let comma = |token: &Token| if token.pause == Pause::Comma { "," } else { "" };
    let words: Vec<String> = first.iter().map(|token| format!("{}{}", token.shown, comma(token))).collect();
    if words.len() < 2 { told.to_owned() } else { words.join(" ").trim_end_matches(',').to_owned() }
}

/// The briefing as a text message: that somebody is needed, why, and where the notes are. Nothing of the caller's.
pub fn text(briefing: &Briefing, link: &str) -> String {
    format!("{}: a caller needs you ({}). Notes: {link}", briefing.business, matter(briefing.reason))
}

/// Why a person is needed, in words that tell nothing of the caller.
const fn matter(reason: EscalationReason) -> &'static str {
    match reason {
        EscalationReason::Emergency => "emergency",
        EscalationReason::Threat | EscalationReason::SelfHarm => "safety",
        EscalationReason::Legal => "legal matter",
        EscalationReason::Compliance => "compliance matter",
        EscalationReason::RepeatedFailure => "repeat call",
        EscalationReason::Urgent => "urgent, after hours",
        EscalationReason::ManagerRequested => "asks for a manager",
        EscalationReason::PersonRequested => "asks for a person",
        EscalationReason::Abuse => "hostile after warnings",
        EscalationReason::NotUnderstood => "could not be understood",
        EscalationReason::BeyondAuthority => "needs a decision",
        EscalationReason::Stress => "under stress",
    }
}

/// Why a call is somebody's, in a sentence to them: who takes such calls.
pub fn why_you(reason: EscalationReason, owner: &str) -> String {
    format!("The caller {}; such calls go to {owner}.", reason_to_agent(reason))
}

/// One of the four questions, as on the page.
pub const fn question(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Trigger => "What happened first",
        Aspect::Expectation => "What they would like",
        Aspect::Constraint => "What binds us",
        Aspect::NextStep => "What is done next",
    }
}

/// The name of what a caller was asked for, as on the page.
pub fn label(slot: &Slot) -> String {
    match slot {
        Slot::Name => "Name".to_owned(),
        Slot::Callback => "Number to call back".to_owned(),
        Slot::Reason => "In their words".to_owned(),
        Slot::Field(key) => capitalised(&key.replace(['_', '-'], " ")),
    }
}

/// What nobody need ask the caller again.
pub fn answered(answers: &[BriefedAnswer], intake: &[BriefedSlot]) -> Vec<String> {
    let told = [Aspect::Trigger, Aspect::Expectation].map(question);
    let known =
        answers.iter().filter(|known| known.answer.is_some() && told.contains(&known.question.as_str()));
    let slots = intake.iter().filter(|known| known.slot != Slot::Reason);
    known.map(|known| known.question.clone()).chain(slots.map(|known| known.label.clone())).collect()
}

/// Whom an agent is to call back, as they hear it before they are connected. The first sentence, which a machine may hear,
/// tells nothing of the caller.
pub fn call_back(parts: &RecapParts<'_>, business: &str, agent: &str, due: &str) -> String {
    let recap = for_agent(parts);
    format!("{agent}: a call-back for {business}. {recap} It was promised by {due}.")
}

/// The sentence that introduces caller and agent to each other when they meet.
pub fn introduction(agent: &str) -> String {
    format!("{agent} is with you now and has read everything you told me, so I leave you two to it.")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{BriefedState, CallId, CallerState, HandoffId, Pii};

    fn briefing(trigger: &str, wanted: &str) -> Briefing {
        let answer = |aspect, words: &str| BriefedAnswer {
            question: question(aspect).to_owned(),
            answer: Some(words.to_owned()).filter(|words| !words.is_empty()).map(Pii::new),
            evidence: vec![],
            confirmed: true,
        };
        let name = BriefedSlot {
            slot: Slot::Name,
            label: label(&Slot::Name),
            value: "Renata Kowalczyk".into(),
            confirmed: true,
        };
        let answers = vec![answer(Aspect::Trigger, trigger), answer(Aspect::Expectation, wanted)];
        Briefing {
            handoff: HandoffId::new(Uuid::nil()),
            call: CallId::new(Uuid::nil()),
            business: "Fernwood Heating".to_owned(),
            started_at: Timestamp::UNIX_EPOCH,
            recap: "".into(),
            reason: EscalationReason::ManagerRequested,
            why_you: String::new(),
            topic: Some("a missed visit".to_owned()),
            callback: None,
            answered: answered(&answers, std::slice::from_ref(&name)),
            answers,
            intake: vec![name],
            states: vec![BriefedState { state: CallerState::Upset, reason: String::new() }],
            stress: vec![],
            promises: vec![],
            promised: vec!["our dispatcher by 12:15 PM".to_owned()],
            tried: vec![],
            earlier: vec![],
            turns: vec![],
        }
    }

    #[test]
    fn the_spoken_briefing_says_as_much_as_ten_seconds_hold() {
        let long =
            "the technician did not come on Tuesday although they had waited the whole day and nobody called";
        let cases = [
            (
                briefing("nobody came", "a new time today"),
                "Maria: Asks for a manager. Renata Kowalczyk, upset, says nobody came, and would like a new time today. \
                 Promised: our dispatcher by 12:15 PM.",
            ),
            (
                briefing(long, "a new time today"),
                "Asks for a manager. Renata Kowalczyk, upset, is calling about a missed visit, and would like a new time \
                 today. Promised: our dispatcher by 12:15 PM.",
            ),
            (
                briefing("", ""),
                "Maria: Asks for a manager. Renata Kowalczyk, upset, is calling about a missed visit. Promised: our \
                 dispatcher by 12:15 PM.",
            ),
        ];
        for (briefing, expected) in cases {
            assert_eq!(spoken(&briefing, "Maria"), expected);
        }
    }

    #[test]
    fn the_text_message_holds_nothing_of_the_callers() {
        let sent = text(&briefing("nobody came", "a new time today"), "https://desk.example/n/1");
        assert_eq!(
            sent,
            "Fernwood Heating: a caller needs you (asks for a manager). Notes: https://desk.example/n/1"
        );
    }

    #[test]
    fn what_is_answered_is_listed() {
        let briefing = briefing("nobody came", "");
        assert_eq!(briefing.answered, ["What happened first", "Name"]);
        assert_eq!(
            why_you(briefing.reason, "our service manager"),
            "The caller asks for a manager; such calls go to our service manager."
        );
        assert_eq!(label(&Slot::Field("account_number".to_owned())), "Account number");
    }
}
