//! What a turn teaches of the matter itself: topic, trigger, expectation, urgency, how the caller is.

use std::sync::LazyLock;

use super::Engine;
use super::hearing::Context;
use crate::diagnosis::{self, person};
use crate::domain::{
    Answer, Aspect, CallerState, EscalationReason, Fact, Pii, Question, Slot, Speaker, Topic, TopicKind,
    TurnId, Urgency,
};
use crate::understanding::Answer::Yes;
use crate::understanding::Cues;
use crate::understanding::account::{Account, Clause, account};
use crate::understanding::words::{has_any, plain, words};
use crate::understanding::{Degree, Signal, SignalKind, signals};
use crate::understanding::{answer, mentions, spelled, story, wish};

/// From this many words on, a turn is searched for a story whatever was asked.
const TELLING: usize = 6;
/// From this many clauses on, a story wanders.
const RAMBLING: usize = 6;
/// So many matters at once are narrowed to one.
const MANY: usize = 3;
/// How sure an answer is in the caller's own words, with and without a topic that fits, and in the playbook's.
const OWN_WORDS: f32 = 0.8;
const OWN_WORDS_ALONE: f32 = 0.7;
const PLAYBOOKS_WORDS: f32 = 0.5;

/// What a turn told, beyond answers to questions.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    pub(super) signals: Vec<Signal>,
    /// What is wanted, clause by clause.
    pub(super) wanted: Vec<Clause>,
    /// The key of an emergency of the playbook.
    pub(super) emergency: Option<String>,
    /// The key of a question of the caller's that has an answer.
    pub(super) faq: Option<String>,
    /// Whether topic, trigger or expectation became known or better known.
    pub(super) matter: bool,
}

impl Told {
    pub(super) fn has(&self, kind: impl Fn(&SignalKind) -> bool) -> bool {
        self.signals.iter().any(|signal| kind(&signal.kind))
    }
}

impl Engine {
    /// Notes whatever a turn tells of the matter, asked for or not; `matter` is the part of it that tells of this call's.
    pub(super) fn diagnose(&mut self, text: &str, matter: &str, turn: TurnId, context: &Context) -> Told {
        let signals = signals(text);
        let telling = words(matter).len() >= TELLING || !is_narrow(&context.question);
        let account = account(matter);
        let wanted = account.wanted.clone();
        let told = without_asides(account, &signals);
        self.note_mentions(text, turn);
        self.note_states(&signals, text, turn, if telling { told.complaints } else { 0 });
        let emergency = self.emergency_in(text, &signals);
        let faq = self.faq_in(text, &told, context);
        let mut learned = false;
        let asks_only = faq.is_some() && told.happened.is_empty();
        let attacks = signals
            .iter()
            .any(|signal| matches!(signal.kind, SignalKind::Abuse(Degree::Insult | Degree::Severe)));
        let despairs = signals.iter().any(|signal| signal.kind == SignalKind::SelfHarm);
        // A name that is spelled out is long, and no story.
        let spells = is_narrow(&context.question) && spelled(text).is_some();
        if telling && !asks_only && !despairs && !spells && story(matter).is_some() {
            learned |= self.note_topics(matter, turn, context);
            let agrees =
                matches!(context.question, Question::Core | Question::Earlier | Question::Resolved(_))
                    && answer(matter) == Some(Yes);
            if !agrees {
                learned |= self.note_trigger(&told, turn, context, attacks);
                learned |= self.note_wanted(matter, &told, &signals, turn, context);
            }
        }
        self.note_urgency(matter);
        Told { signals, wanted, emergency, faq, matter: learned }
    }

    fn note_mentions(&mut self, text: &str, turn: TurnId) {
        let now = self.wall(self.now).to_zoned(self.business().time_zone.clone());
        for (mention, _) in mentions(text, &self.business().region, &now) {
            if !self.state.matter.has_mentioned(&mention) {
                self.record(Fact::Mentioned { mention, turn });
            }
        }
    }

    fn note_states(&mut self, signals: &[Signal], text: &str, turn: TurnId, complaints: u32) {
        for seen in diagnosis::state::read(signals, text, complaints) {
            let before = self.state.matter.states.last();
            if before.is_none_or(|(state, at, _)| (*state, *at) != (seen.state, turn)) {
                self.record(Fact::StateRead { state: seen.state, reason: seen.reason, turn });
            }
        }
    }

    pub(super) fn emergency_in(&self, text: &str, signals: &[Signal]) -> Option<String> {
        let playbook = &self.business().playbook;
        let known = |key: &String| !self.state.matter.advised.contains(key);
        let by_words = self.cues.emergency(playbook, text);
        let by_kind = signals.iter().find_map(|signal| {
            let SignalKind::Emergency(kind) = signal.kind else { return None };
            playbook.emergencies.iter().find(|entry| entry.kind == kind)
        });
        by_words.or(by_kind).map(|entry| entry.key.clone()).filter(known)
    }

    fn faq_in(&self, text: &str, told: &Account, context: &Context) -> Option<String> {
        let asks = text.contains('?') || ASKING.find(text).is_some();
        let open = !is_narrow(&context.question) || text.contains('?');
        let story = told.happened.iter().map(|clause| words(&clause.text).len()).sum::<usize>() >= TELLING;
        if !open || (!asks && story) {
            return None;
        }
        let found = self.cues.faq(&self.business().playbook, text);
        found.map(|faq| faq.key.clone())
    }

    fn note_topics(&mut self, text: &str, turn: TurnId, context: &Context) -> bool {
        let playbook = &self.start.business.playbook;
        // One word at a time makes a story too.
        let so_far = self.state.intake.value(&Slot::Reason).unwrap_or_default();
        let whole = match self.state.matter.diagnosis.topic {
            None if words(text).len() < TELLING && !context.is(&Question::Focus) => {
                format!("{so_far} {text}")
            }
            Some(_) | None => text.to_owned(),
        };
        let found: Vec<String> =
            self.cues.topics(playbook, &whole).iter().map(|topic| topic.key.clone()).collect();
        if found.is_empty() {
            return false;
        }
        let matter = &self.state.matter;
        let new = found.iter().any(|key| !matter.topics.contains(key));
        let first = found[0].clone();
        let chosen = matter.diagnosis.topic.clone();
        if new && found.len() >= MANY {
            let reason = "several matters at once".to_owned();
            self.record(Fact::StateRead { state: CallerState::ManyComplaints, reason, turn });
        }
        if new {
            self.record(Fact::TopicsSeen { topics: found.clone(), turn });
        }
        let many = found.len() >= MANY && chosen.is_none() && self.may_ask(&Question::Focus);
        let focused = context.is(&Question::Focus);
        let amends = matches!(context.question, Question::Trigger | Question::Core) && context.heard;
        match chosen {
            None if many => {}
            None => self.choose_topic(&first, turn),
            // A complaint that comes out later is what the call is about, as is a matter after mere generalities; a second
            // wish is kept beside the first.
            Some(chosen)
                if chosen != first
                    && !self.state.matter.core_confirmed
                    && (focused || amends || self.outweighs(&first, &chosen)) =>
            {
                self.choose_topic(&first, turn);
            }
            Some(_) => return new,
        }
        true
    }

    fn outweighs(&self, new: &str, chosen: &str) -> bool {
        let playbook = &self.business().playbook;
        let (Some(new), Some(chosen)) = (playbook.topic(new), playbook.topic(chosen)) else { return false };
        let worse = new.kind == TopicKind::Complaint && chosen.kind == TopicKind::Request;
        let declined = chosen.kind == TopicKind::Declined && new.kind != TopicKind::Declined;
        worse || declined || (chosen.general && !new.general)
    }

    /// Settles which topic is to be solved, with what the playbook says of it.
    pub(super) fn choose_topic(&mut self, key: &str, turn: TurnId) {
        let Some(topic) = self.business().playbook.topic(key).cloned() else { return };
        self.record(Fact::TopicChosen { topic: topic.key.clone() });
        if let Some(constraint) = &topic.constraint {
            let value = Pii::new(constraint.told.clone());
            let answer = Answer { value, evidence: vec![], confidence: 1.0 };
            self.record(Fact::Diagnosed { aspect: Aspect::Constraint, answer });
        }
        if let Some(happened) =
            topic.happened.clone().filter(|_| self.state.matter.confidence(Aspect::Trigger) < PLAYBOOKS_WORDS)
        {
            let answer =
                Answer { value: Pii::new(happened), evidence: vec![turn], confidence: PLAYBOOKS_WORDS };
            self.record(Fact::Diagnosed { aspect: Aspect::Trigger, answer });
        }
        if topic.urgency == Urgency::Urgent && self.state.matter.urgent_since.is_none() {
            self.record(Fact::UrgencyRaised { reason: format!("it is about {}", topic.name) });
        }
        if let Some(reason) = topic.escalate.filter(|reason| !self.state.matter.is_escalated(*reason)) {
            self.record(Fact::Escalated { reason, turn: Some(turn) });
        }
        let matter = &self.state.matter;
        let again =
            matter.earlier.iter().any(|call| call.topic.as_deref() == Some(key) && !matter.is_resolved(call));
        if again
            && !self.state.matter.is_escalated(EscalationReason::RepeatedFailure)
            && topic.kind != TopicKind::Declined
        {
            self.record(Fact::Escalated { reason: EscalationReason::RepeatedFailure, turn: Some(turn) });
        }
    }

    fn note_trigger(&mut self, told: &Account, turn: TurnId, context: &Context, attacks: bool) -> bool {
        let corrects =
            context.heard && matches!(context.question, Question::Trigger | Question::Core | Question::Focus);
        if self.state.matter.core_confirmed {
            return false;
        }
        let known = self.state.matter.confidence(Aspect::Trigger) > PLAYBOOKS_WORDS && !corrects;
        // Words from before the topic came up give way to those that tell of it.
        let trigger = self.state.matter.value(Aspect::Trigger);
        let beside =
            self.topic_cues().zip(trigger).is_some_and(|(cues, trigger)| cues.find(trigger).is_none());
        if known && !beside {
            return false;
        }
        let strictly = attacks || known || (context.heard && context.is(&Question::Focus));
        let found = self.trigger_of(told, strictly);
        let Some(value) = found.filter(|words| self.may_be_said_back(&format!("So {words}."), words)) else {
            return false;
        };
        let known_topic = self.state.matter.diagnosis.topic.is_some();
        let confidence = if known_topic { OWN_WORDS } else { OWN_WORDS_ALONE };
        let answer = Answer { value: Pii::new(value), evidence: vec![turn], confidence };
        self.record(Fact::Diagnosed { aspect: Aspect::Trigger, answer });
        true
    }

    /// The trigger as an account tells it. Where it leaves out what the topic is about, the clause that tells that is
    /// tied to it; `strictly` takes nothing else.
    fn trigger_of(&self, told: &Account, strictly: bool) -> Option<String> {
        const LONGEST: usize = 22;
        let first = person::trigger(told).map(|told| told.words);
        let Some(cues) = self.topic_cues() else {
            return first.filter(|_| !strictly);
        };
        if first.as_ref().is_some_and(|first| cues.find(first).is_some()) {
            return first;
        }
        let telling = told.happened.iter().filter(|clause| cues.find(&clause.text).is_some());
        let core = telling.filter_map(|clause| person::to_caller(&clause.text)).next();
        // Who tells much tells much that is beside the point.
        let rambling = told.happened.len() >= RAMBLING && core.is_some();
        match (first.filter(|_| !strictly && !rambling), core) {
            (Some(first), Some(core))
                if words(&first).len() + words(&core).len() < LONGEST && !first.contains(&core) =>
            {
                Some(format!("{first} and {core}"))
            }
            (Some(first), _) => Some(first),
            (None, core) => core,
        }
    }

    /// What earlier turns told of the topic that was chosen among several.
    pub(super) fn trigger_from_before(&mut self) {
        let caller = |turn: &&super::Turn| turn.speaker == Speaker::Caller;
        let told =
            self.state.transcript.iter().filter(caller).map(|turn| (turn.id, account(turn.text.expose())));
        let found = told.filter_map(|(turn, told)| Some((turn, self.trigger_of(&told, true)?)));
        let fair = |(_, words): &(TurnId, String)| self.may_be_said_back(&format!("So {words}."), words);
        if let Some((turn, value)) = found.collect::<Vec<_>>().into_iter().find(fair) {
            let answer = Answer { value: Pii::new(value), evidence: vec![turn], confidence: OWN_WORDS };
            self.record(Fact::Diagnosed { aspect: Aspect::Trigger, answer });
        }
    }

    fn note_wanted(
        &mut self,
        text: &str,
        told: &Account,
        signals: &[Signal],
        turn: TurnId,
        context: &Context,
    ) -> bool {
        let changes = has_any(&plain(text), CHANGES);
        let asked =
            changes || context.heard && matches!(context.question, Question::Expectation | Question::Core);
        let settled = self.state.matter.core_confirmed
            || (self.state.matter.confidence(Aspect::Expectation) > PLAYBOOKS_WORDS && !asked);
        if settled {
            return false;
        }
        let about_talk = |clause: &&Clause| {
            wish(&clause.text).is_some()
                || signals.iter().any(|signal| {
                    matches!(signal.kind, SignalKind::Person | SignalKind::Manager) && touches(signal, clause)
                })
        };
        // "Don't cancel, just move it": what is left after the one wish is the other.
        let rest = text.split_once(" just ").filter(|_| changes).map(|(_, rest)| account(rest));
        let others = rest.iter().flat_map(|rest| &rest.wanted);
        let stated = told.wanted.iter().chain(others).filter(|clause| !about_talk(clause));
        let mut found: Vec<String> =
            stated.filter_map(|clause| person::wanted_to_caller(&clause.text)).collect();
        if found.is_empty() && context.heard && context.is(&Question::Expectation) && wish(text).is_none() {
            found.extend(person::outcome(text));
        }
        let Some(value) =
            found.into_iter().find(|words| self.may_be_said_back(&format!("You would like {words}."), words))
        else {
            return false;
        };
        let answer = Answer { value: Pii::new(value), evidence: vec![turn], confidence: OWN_WORDS };
        self.record(Fact::Diagnosed { aspect: Aspect::Expectation, answer });
        true
    }

    fn note_urgency(&mut self, text: &str) {
        if self.state.matter.urgent_since.is_some() {
            return;
        }
        if let Some(span) = self.cues.urgent(text) {
            let reason = format!("said “{}”", &text[span]);
            self.record(Fact::UrgencyRaised { reason });
        }
    }

    /// The topic to be solved.
    pub(super) fn topic(&self) -> Option<&Topic> {
        self.state.matter.diagnosis.topic.as_deref().and_then(|key| self.business().playbook.topic(key))
    }

    fn topic_cues(&self) -> Option<&Cues> {
        let key = self.state.matter.diagnosis.topic.as_deref()?;
        self.cues.of_topic(&self.business().playbook, key)
    }

    pub(super) fn is_complaint(&self) -> bool {
        self.topic().is_some_and(|topic| topic.kind == TopicKind::Complaint)
    }

    /// Whether the caller showed more than the matter itself would make one expect.
    pub(super) fn is_upset(&self) -> bool {
        self.state.stress.is_over()
            || self.state.matter.states().any(|state| match state {
                CallerState::Aggressive
                | CallerState::Frightened
                | CallerState::Upset
                | CallerState::WornOut => true,
                CallerState::ManyComplaints
                | CallerState::Impatient
                | CallerState::Rushed
                | CallerState::Confused
                | CallerState::Embarrassed => false,
            })
    }

    /// The reason is taken from the diagnosis where the caller's words made no story.
    pub(super) fn reason_is_known(&self) -> bool {
        self.state.intake.get(&Slot::Reason).is_some() || self.state.matter.diagnosis.topic.is_some()
    }
}

/// Whether a signal and a clause share words.
fn touches(signal: &Signal, clause: &Clause) -> bool {
    signal.span.start < clause.span.end && clause.span.start < signal.span.end
}

/// An account without clauses that only say how the caller is: "I've only got a minute", "this is the third time".
fn without_asides(mut told: Account, signals: &[Signal]) -> Account {
    let aside = |clause: &Clause| {
        signals.iter().any(|signal| {
            let only_a_state = match signal.kind {
                SignalKind::Rush
                | SignalKind::Impatience
                | SignalKind::Confusion
                | SignalKind::Embarrassment
                | SignalKind::Sarcasm
                | SignalKind::Thanks
                | SignalKind::Gladness
                | SignalKind::Anger
                | SignalKind::Repeated { .. }
                | SignalKind::WornOut
                | SignalKind::Person
                | SignalKind::Manager => true,
                SignalKind::Legal
                | SignalKind::Compliance
                | SignalKind::Threat
                | SignalKind::SelfHarm
                | SignalKind::Emergency(_)
                | SignalKind::Abuse(_)
                | SignalKind::Distress
                | SignalKind::Fear => false,
            };
            let mostly = (signal.span.end - signal.span.start) * 2 > clause.span.end - clause.span.start;
            only_a_state && mostly && touches(signal, clause)
        })
    };
    told.happened.retain(|clause| !aside(clause));
    // "I don't want to be here anymore" is a cry, not a wish to be said back or written down as one.
    let cries = |clause: &Clause| {
        signals.iter().any(|signal| signal.kind == SignalKind::SelfHarm && touches(signal, clause))
    };
    told.wanted.retain(|clause| !cries(clause));
    told
}

/// Words by which a wish gives way to another one.
const CHANGES: &[&str] = &[
    "actually",
    "changed my mind",
    "on second thought",
    "on second thoughts",
    "never mind",
    "no wait",
    "scratch that",
];

/// Words that begin a question, for transcripts without marks.
static ASKING: LazyLock<Cues> = LazyLock::new(|| {
    Cues::new(&[
        "what are",
        "what is",
        "what time",
        "where are",
        "where is",
        "when do",
        "when are",
        "do you",
        "are you",
        "how much",
        "want to know",
        "wanted to know",
        "like to know",
        "how do",
        "can i",
        "is there",
        "tell me",
        "wondering",
    ])
});

/// Whether a question asks for one small thing, so that its answer holds no story unless it is long.
fn is_narrow(question: &Question) -> bool {
    match question {
        Question::Fill(Slot::Name | Slot::Callback | Slot::Field(_))
        | Question::Confirm(_)
        | Question::Step => true,
        Question::Fill(Slot::Reason)
        | Question::PersonOrMessage
        | Question::Earlier
        | Question::Resolved(_)
        | Question::Focus
        | Question::Trigger
        | Question::Expectation
        | Question::Core
        | Question::Option
        | Question::AnythingElse => false,
    }
}
