use crate::domain::{
    Answer, Aspect, CallNote, CallTime, CallerState, Diagnosis, EarlierCall, EscalationReason, Fact, Mention,
    Pii, PromiseState, TurnId,
};

/// What the call is about, and how the caller is: a part of the state.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matter {
    pub(super) diagnosis: Diagnosis,
    /// Topics of the playbook that came up, in the order in which they did.
    pub(super) topics: Vec<String>,
    /// Whether the caller agreed to the core as it was said back.
    pub(super) core_confirmed: bool,
    /// Whether the caller said that what was supposed to be wanted is not.
    pub(super) wish_refused: bool,
    /// How the caller was, in which turn, and what showed it.
    pub(super) states: Vec<(CallerState, TurnId, String)>,
    pub(super) mentions: Vec<(Mention, TurnId)>,
    pub(super) boundaries: u32,
    pub(super) advised: Vec<String>,
    pub(super) informed: Vec<String>,
    pub(super) escalations: Vec<Escalation>,
    /// What shows that it is urgent, and since when that is known.
    pub(super) urgent_since: Option<CallTime>,
    /// Whether it is urgent whoever is needed for it.
    pub(super) urgent: bool,
    /// The key of the step to be taken, and the turns in which it was chosen.
    pub(super) step: Option<(String, Vec<TurnId>)>,
    pub(super) earlier: Vec<EarlierCall>,
    /// Whether this call is about the open promise of an earlier one, once that is known.
    pub(super) same_matter: Option<bool>,
    /// Whether the caller meant to call somebody else.
    pub(super) wrong_number: bool,
    pub(super) note: Option<CallNote>,
}

/// A decision that a person must take over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Escalation {
    /// Why.
    pub reason: EscalationReason,
    /// In which turn; absent when a key was pressed, or while a turn went on.
    pub turn: Option<TurnId>,
    /// When.
    pub at: CallTime,
}

impl Matter {
    /// The four answers, as far as they are known.
    pub fn diagnosis(&self) -> &Diagnosis {
        &self.diagnosis
    }

    /// The caller's states, the latest last.
    pub fn states(&self) -> impl Iterator<Item = CallerState> {
        self.states.iter().map(|(state, ..)| *state)
    }

    /// The state that shows most: attack and fear before all else.
    pub fn strongest_state(&self) -> Option<CallerState> {
        self.states().min()
    }

    /// Why a person must take over, in the order of the decisions.
    pub fn escalations(&self) -> &[Escalation] {
        &self.escalations
    }

    /// Keys of the topics that came up, in the order in which they did.
    pub fn topics(&self) -> &[String] {
        &self.topics
    }

    /// The note of the call, once it has ended.
    pub fn note(&self) -> Option<&CallNote> {
        self.note.as_ref()
    }

    pub(super) fn is_escalated(&self, reason: EscalationReason) -> bool {
        self.escalations.iter().any(|escalation| escalation.reason == reason)
    }

    /// The earlier call whose promise is still open, the latest first.
    pub(super) fn open_promise(&self) -> Option<&EarlierCall> {
        self.earlier
            .iter()
            .find(|call| call.promises.iter().any(|promise| promise.state == PromiseState::Open))
    }

    pub(super) fn value(&self, aspect: Aspect) -> Option<&str> {
        self.diagnosis.get(aspect).map(|answer| answer.value.expose().as_str())
    }

    pub(super) fn confidence(&self, aspect: Aspect) -> f32 {
        self.diagnosis.get(aspect).map_or(0.0, |answer: &Answer| answer.confidence)
    }

    pub(super) fn apply(&mut self, at: CallTime, fact: &Fact) {
        match fact {
            Fact::Recalled { earlier } => self.earlier.clone_from(earlier),
            Fact::EarlierMatter { same } => self.same_matter = Some(*same),
            Fact::TopicsSeen { topics, turn: _ } => {
                let new = topics.iter().filter(|topic| !self.topics.contains(topic)).cloned();
                let new: Vec<String> = new.collect();
                self.topics.extend(new);
            }
            Fact::TopicChosen { topic } => {
                if self.diagnosis.topic.as_ref() != Some(topic) {
                    self.diagnosis.topic = Some(topic.clone());
                    self.step = None;
                }
            }
            Fact::Diagnosed { aspect, answer } => {
                *self.diagnosis.slot(*aspect) = Some(answer.clone());
            }
            Fact::Undiagnosed { aspect } => {
                *self.diagnosis.slot(*aspect) = None;
                self.core_confirmed = false;
                self.wish_refused |= *aspect == Aspect::Expectation;
            }
            Fact::CoreConfirmed => self.core_confirmed = true,
            Fact::StateRead { state, reason, turn } => self.states.push((*state, *turn, reason.clone())),
            Fact::Mentioned { mention, turn } => self.mentions.push((mention.clone(), *turn)),
            Fact::BoundarySet { count, turn: _ } => self.boundaries = *count,
            Fact::Advised { emergency } => self.advised.push(emergency.clone()),
            Fact::Informed { faq } => self.informed.push(faq.clone()),
            Fact::Escalated { reason, turn } => {
                self.escalations.push(Escalation { reason: *reason, turn: *turn, at });
                self.urgent_since.get_or_insert(at);
            }
            Fact::UrgencyRaised { reason: _ } => {
                self.urgent = true;
                self.urgent_since.get_or_insert(at);
            }
            Fact::StepChosen { step, evidence } => self.step = Some((step.clone(), evidence.clone())),
            Fact::WrongNumber { turn: _ } => self.wrong_number = true,
            Fact::NoteWritten { note } => self.note = Some(note.clone()),
            Fact::Guarded { .. } | Fact::Summarised { .. } => {}
            Fact::Answered { .. }
            | Fact::PhaseEntered { .. }
            | Fact::Asked { .. }
            | Fact::BotSaid { .. }
            | Fact::CallerSaid { .. }
            | Fact::Keyed { .. }
            | Fact::SilenceNoticed { .. }
            | Fact::Misunderstood { .. }
            | Fact::Noted { .. }
            | Fact::Confirmed { .. }
            | Fact::Rejected { .. }
            | Fact::GivenUp { .. }
            | Fact::PersonRequested { .. }
            | Fact::PromiseMade { .. }
            | Fact::StressScored { .. }
            | Fact::StressCrossed { .. }
            | Fact::TakeoverTold { .. }
            | Fact::TurnTimed { .. }
            | Fact::HandoffBegan { .. }
            | Fact::HandoffHeard { .. }
            | Fact::HandoffStopped { .. }
            | Fact::PutThrough { .. }
            | Fact::StreamLost
            | Fact::Resumed
            | Fact::Ended { .. } => {}
        }
    }

    /// Whether the same thing was mentioned before.
    pub(super) fn has_mentioned(&self, mention: &Mention) -> bool {
        self.mentions.iter().any(|(known, _)| known == mention)
    }

    /// Names by which the caller may be known from earlier calls.
    pub(super) fn earlier_name(&self) -> Option<&Pii<String>> {
        self.earlier.iter().find_map(|call| call.name.as_ref())
    }
}
