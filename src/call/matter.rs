use crate::domain::{
    Answer, Aspect, CallNote, CallTime, CallerState, Diagnosis, EarlierCall, EscalationReason, Fact, Mention,
    Pii, Promise, PromiseId, PromiseState, TurnId,
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
    /// What the caller said of promises of earlier calls: whether it is resolved.
    pub(super) resolved: Vec<(PromiseId, bool)>,
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

    /// The promise of an earlier call that is still open, of the latest call first.
    pub(super) fn open_promise(&self) -> Option<(&EarlierCall, &Promise)> {
        let open = |promise: &&Promise| {
            promise.state == PromiseState::Open && self.said_resolved(promise.id) != Some(true)
        };
        self.earlier.iter().find_map(|call| Some((call, call.promises.iter().find(open)?)))
    }

    /// The promise of which the caller is to say whether it is resolved, of the latest call first.
    pub(super) fn unanswered(&self) -> Option<(&EarlierCall, &Promise)> {
        self.earlier.iter().find_map(|call| {
            let open = |promise: &&Promise| {
                call.unanswered.iter().any(|asked| asked.promise == promise.id)
                    && self.said_resolved(promise.id).is_none()
            };
            Some((call, call.promises.iter().find(open)?))
        })
    }

    /// The promise of an earlier call that this one is about, if it is about one: what is not resolved, or else what is open.
    pub(super) fn promise_in_question(&self) -> Option<(&EarlierCall, &Promise)> {
        let unresolved = |promise: &&Promise| self.said_resolved(promise.id) == Some(false);
        let found = self.earlier.iter().find_map(|call| Some((call, call.promises.iter().find(unresolved)?)));
        found.or_else(|| self.open_promise())
    }

    /// The promise, and what is open beside it of calls about the same matter: those before it that it was about.
    pub(super) fn with_those_before(&self, promise: PromiseId) -> Vec<PromiseId> {
        let mut found = vec![promise];
        let of_it = |call: &EarlierCall| call.promises.iter().any(|known| known.id == promise);
        let mut goes_on = true;
        for call in self.earlier.iter().skip_while(|call| !of_it(call)) {
            if !goes_on {
                break;
            }
            let open = call.promises.iter().filter(|known| known.state == PromiseState::Open);
            found.extend(open.map(|known| known.id).filter(|id| *id != promise));
            goes_on = call.again;
        }
        found
    }

    /// What the caller said of a promise last.
    pub(super) fn said_resolved(&self, promise: PromiseId) -> Option<bool> {
        self.resolved.iter().rev().find(|(said, _)| *said == promise).map(|(_, resolved)| *resolved)
    }

    /// Whether the caller said that what an earlier call left is resolved.
    pub(super) fn is_resolved(&self, call: &EarlierCall) -> bool {
        call.promises.iter().any(|promise| self.said_resolved(promise.id) == Some(true))
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
            Fact::EarlierResolved { promise, resolved, turn: _ } => self.resolved.push((*promise, *resolved)),
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
