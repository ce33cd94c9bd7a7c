use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{
    Aspect, BusinessId, CallId, CallNote, CallTime, CallerState, Diagnosis, EarlierCall, EscalationReason,
    Fact, HangupCause, Mention, Phase, PhoneNumber, Pii, Promise, PromiseId, Question, Slot, Span, Speaker,
    StressScore, TurnId, TurnTiming, Urgency, Utterance,
};

use super::{StoredCall, StoredFact};

/// All that is known of a call, for people to read: derived from its facts, never stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Its id.
    pub id: CallId,
    /// The carrier's name.
    pub carrier: String,
    /// The carrier's own id of it.
    pub carrier_call_id: String,
    /// Whose line was called.
    pub business: BusinessId,
    /// The calling number, unless withheld.
    pub caller: Option<PhoneNumber>,
    /// The line that was dialled, where the carrier said so.
    pub called: Option<PhoneNumber>,
    /// When it was answered.
    pub started_at: Timestamp,
    /// When it ended; absent while it is on.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub cause: Option<HangupCause>,
    /// Whether the business was open when it was answered.
    pub open: Option<bool>,
    /// What was said and heard, in order.
    pub transcript: Vec<TranscriptTurn>,
    /// What was learned, in the order in which it was first asked or told.
    pub intake: Vec<IntakeAnswer>,
    /// The four answers, with the playbook's topic.
    pub diagnosis: Diagnosis,
    /// Other topics of the playbook that were brought up, in that order.
    pub other_topics: Vec<String>,
    /// Whether the caller agreed to the core of it as it was said back.
    pub core_confirmed: bool,
    /// How the caller was, each time with what showed it.
    pub states: Vec<StateSeen>,
    /// Why a person must take over.
    pub triggers: Vec<Trigger>,
    /// How soon somebody must act.
    pub urgency: Urgency,
    /// What makes it urgent, in plain words.
    pub urgent_because: Vec<String>,
    /// The key of the playbook's step that was settled on.
    pub step: Option<String>,
    /// The playbook's emergencies about which the caller was advised.
    pub advised: Vec<String>,
    /// The playbook's answers that the caller was given.
    pub informed: Vec<String>,
    /// How often a boundary was set to abuse.
    pub boundaries: u32,
    /// What was said in passing.
    pub mentions: Vec<MentionSeen>,
    /// Sentences that did not pass the language guard, and were not said.
    pub guard: Vec<GuardEvent>,
    /// Earlier calls of the same number, the latest first.
    pub earlier: Vec<CallId>,
    /// Whether this call is about the open promise of an earlier one, where that was settled.
    pub earlier_matter: Option<bool>,
    /// What the caller was asked, or said, of whether what earlier calls left is resolved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolutions: Vec<Resolved>,
    /// The call as a language model summed it up.
    pub summary: Option<Pii<String>>,
    /// The note written at its end.
    pub note: Option<CallNote>,
    /// Whether the caller asked for a person.
    pub person_requested: bool,
    /// What was promised.
    pub promises: Vec<Promise>,
    /// When each promise was first made.
    #[serde(default)]
    pub promised_at: Vec<PromiseMoment>,
    /// How stressed the caller was, in order.
    #[serde(default)]
    pub stress: Vec<StressPoint>,
    /// When the level of stress crossed the business's line.
    #[serde(default)]
    pub stress_crossings: Vec<StressCrossing>,
    /// How long each answer took.
    pub timings: Vec<TurnTiming>,
    /// The course of the conversation.
    pub phases: Vec<PhaseChange>,
    /// When the line broke.
    pub line_lost_at: Vec<CallTime>,
    /// When the caller came back.
    pub resumed_at: Vec<CallTime>,
}

/// How the caller was at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateSeen {
    /// The state.
    pub state: CallerState,
    /// What showed it, in plain words.
    pub reason: String,
    /// In which turn.
    pub turn: TurnId,
}

/// Whether what an earlier call left is resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// The promise made then.
    pub promise: PromiseId,
    /// What the caller said; absent where they were asked and did not.
    pub resolved: Option<bool>,
    /// In which turn.
    pub turn: Option<TurnId>,
}

/// One reason for a person to take over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// The reason.
    pub reason: EscalationReason,
    /// In which turn; absent when a key was pressed, or while a turn went on.
    pub turn: Option<TurnId>,
    /// When it was decided.
    #[serde(default)]
    pub at: CallTime,
    /// When the speech began in which the caller was told, if they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_at: Option<CallTime>,
}

/// A promise was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromiseMoment {
    /// Which one.
    pub promise: PromiseId,
    /// When.
    pub at: CallTime,
}

/// How stressed the caller was at one moment, each level from 0 to 100.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StressPoint {
    /// When.
    pub at: CallTime,
    /// The level of voice, words and course together.
    pub level: f32,
    /// The lower bound of the level's uncertainty.
    pub low: f32,
    /// The upper bound of the level's uncertainty.
    pub high: f32,
    /// 0 to 1: one, less the share of the scale between the bounds.
    pub confidence: f32,
    /// What the voice alone says; absent before enough speech was heard.
    pub voice: Option<f32>,
    /// What the words alone say.
    pub words: f32,
    /// What the course of the talk alone says.
    pub course: f32,
    /// What raises the level, in plain words.
    pub reasons: Vec<String>,
    /// Seconds of the caller's speech heard by then.
    pub speech_seconds: f32,
    /// The turn whose words it takes in; absent while a turn went on.
    pub turn: Option<TurnId>,
}

/// The level of stress had stayed beyond the business's line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StressCrossing {
    /// When.
    pub at: CallTime,
    /// Whether it was over the line, or well below it again.
    pub over: bool,
    /// The line.
    pub line: f32,
    /// Seconds of the caller's speech heard by then.
    pub speech_seconds: f32,
}

impl StressPoint {
    fn of(at: CallTime, score: &StressScore, speech_seconds: f32, turn: Option<TurnId>) -> Self {
        Self {
            at,
            level: score.level,
            low: score.low,
            high: score.high,
            confidence: score.confidence,
            voice: score.voice.as_ref().map(|voice| voice.level),
            words: score.words.level,
            course: score.course.level,
            reasons: score.reasons().map(str::to_owned).collect(),
            speech_seconds,
            turn,
        }
    }
}

/// Something said in passing, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MentionSeen {
    /// What.
    #[serde(flatten)]
    pub mention: Mention,
    /// In which turn.
    pub turn: TurnId,
}

/// A sentence that was not said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardEvent {
    /// The rule it broke.
    pub rule: String,
    /// Its words.
    pub sentence: Pii<String>,
}

/// One turn of a transcript.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TranscriptTurn {
    /// Its number in the call.
    pub turn: TurnId,
    /// Who spoke.
    pub speaker: Speaker,
    /// From when to when.
    pub span: Span,
    /// The words; of the bot's, those the caller can have heard.
    pub text: Pii<String>,
    /// What the bot meant to say, where it was interrupted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meant: Option<Pii<String>>,
    /// The transcriber's mean token probability, 0 to 1; of the caller's turns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f32>,
}

/// One answer of the intake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntakeAnswer {
    /// To which question.
    pub slot: Slot,
    /// The answer; absent when it was taken back or never given.
    pub value: Option<Pii<String>>,
    /// Whether the caller agreed to it when it was read back.
    pub confirmed: bool,
    /// Whether it was given up for this call.
    pub given_up: bool,
    /// The turns it rests on.
    pub evidence: Vec<TurnId>,
}

/// The conversation moved on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseChange {
    /// When.
    pub at: CallTime,
    /// To where.
    pub phase: Phase,
}

/// A call in one line of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CallSummary {
    /// Its id.
    pub id: CallId,
    /// Whose line was called.
    pub business: BusinessId,
    /// The calling number, unless withheld.
    pub caller: Option<PhoneNumber>,
    /// When it was answered.
    pub started_at: Timestamp,
    /// When it ended; absent while it is on.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub cause: Option<HangupCause>,
    /// Who called.
    pub name: Option<Pii<String>>,
    /// The number to call back.
    pub callback: Option<Pii<String>>,
    /// What it was about, in the caller's words.
    pub reason: Option<Pii<String>>,
    /// What it was about, by the playbook's topic.
    pub topic: Option<String>,
    /// The call in one sentence.
    pub recap: Option<Pii<String>>,
    /// How soon somebody must act.
    pub urgency: Urgency,
    /// What was promised.
    pub promises: Vec<Promise>,
}

impl CallRecord {
    /// Reads a call's facts, which come in order, and the promises of the ledger that were made in it.
    pub fn derive(stored: StoredCall, facts: &[StoredFact], promises: Vec<Promise>) -> Self {
        let StoredCall { call, ended_at, cause } = stored;
        let mut record = Self {
            id: call.id,
            carrier: call.carrier,
            carrier_call_id: call.carrier_call_id,
            business: call.business,
            caller: call.caller,
            called: call.called,
            started_at: call.started_at,
            ended_at,
            cause,
            open: None,
            transcript: Vec::new(),
            intake: Vec::new(),
            diagnosis: Diagnosis::default(),
            other_topics: Vec::new(),
            core_confirmed: false,
            states: Vec::new(),
            triggers: Vec::new(),
            urgency: Urgency::Normal,
            urgent_because: Vec::new(),
            step: None,
            advised: Vec::new(),
            informed: Vec::new(),
            boundaries: 0,
            mentions: Vec::new(),
            guard: Vec::new(),
            earlier: Vec::new(),
            earlier_matter: None,
            resolutions: Vec::new(),
            summary: None,
            note: None,
            person_requested: false,
            promises,
            promised_at: Vec::new(),
            stress: Vec::new(),
            stress_crossings: Vec::new(),
            timings: Vec::new(),
            phases: Vec::new(),
            line_lost_at: Vec::new(),
            resumed_at: Vec::new(),
        };
        for StoredFact { at, fact, .. } in facts {
            record.take(*at, fact);
        }
        // A speech is recorded when it ends, so what was said during it comes first in the facts.
        record.transcript.sort_by_key(|turn| turn.span.start);
        let chosen = record.diagnosis.topic.clone();
        record.other_topics.retain(|topic| Some(topic) != chosen.as_ref());
        record
    }

    /// The answer to one question of the intake, if it was given and not taken back.
    pub fn answer(&self, slot: &Slot) -> Option<&Pii<String>> {
        self.intake.iter().find(|answer| answer.slot == *slot)?.value.as_ref()
    }

    /// The call in one line.
    pub fn summary(&self) -> CallSummary {
        CallSummary {
            id: self.id,
            business: self.business.clone(),
            caller: self.caller.clone(),
            started_at: self.started_at,
            ended_at: self.ended_at,
            cause: self.cause,
            name: self.answer(&Slot::Name).cloned(),
            callback: self.answer(&Slot::Callback).cloned(),
            reason: self.answer(&Slot::Reason).cloned(),
            topic: self.diagnosis.topic.clone(),
            recap: self.note.as_ref().map(|note| note.recap.clone()),
            urgency: self.urgency,
            promises: self.promises.clone(),
        }
    }

    /// The call as a later one of the same number sees it.
    pub fn as_earlier(&self) -> EarlierCall {
        EarlierCall {
            call: self.id,
            at: self.started_at,
            topic: self.diagnosis.topic.clone(),
            trigger: self.diagnosis.trigger.as_ref().map(|trigger| trigger.value.clone()),
            name: self.answer(&Slot::Name).cloned(),
            promises: self.promises.clone(),
            again: self.earlier_matter == Some(true),
            unanswered: Vec::new(),
        }
    }

    /// Whether the caller was in danger, or is one to themselves.
    pub fn was_in_danger(&self) -> bool {
        self.triggers.iter().any(|trigger| match trigger.reason {
            EscalationReason::Emergency | EscalationReason::Threat | EscalationReason::SelfHarm => true,
            EscalationReason::Legal
            | EscalationReason::Compliance
            | EscalationReason::RepeatedFailure
            | EscalationReason::Urgent
            | EscalationReason::Stress
            | EscalationReason::ManagerRequested
            | EscalationReason::PersonRequested
            | EscalationReason::Abuse
            | EscalationReason::NotUnderstood
            | EscalationReason::BeyondAuthority => false,
        })
    }

    fn take(&mut self, at: CallTime, fact: &Fact) {
        match fact {
            Fact::Answered { caller: _, open } => self.open = Some(*open),
            Fact::PhaseEntered { phase } => self.phases.push(PhaseChange { at, phase: *phase }),
            Fact::BotSaid { turn, speech: _, text, heard, span } => self.transcript.push(TranscriptTurn {
                turn: *turn,
                speaker: Speaker::Bot,
                span: *span,
                text: heard.clone(),
                meant: (heard != text).then(|| text.clone()),
                confidence: None,
            }),
            Fact::CallerSaid { turn, utterance } => self.take_words(*turn, utterance),
            Fact::Noted { slot, value, evidence } => self.take_answer(slot, value, evidence),
            Fact::Confirmed { slot } => self.entry(slot).confirmed = true,
            Fact::Rejected { slot } => self.take_back(slot),
            Fact::GivenUp { slot } => self.entry(slot).given_up = true,
            Fact::PersonRequested { turn: _ } => self.person_requested = true,
            Fact::Recalled { earlier } => self.earlier = earlier.iter().map(|call| call.call).collect(),
            Fact::EarlierMatter { same } => self.earlier_matter = Some(*same),
            Fact::Asked { question: Question::Resolved(promise), attempt: _ } => {
                self.resolution(*promise);
            }
            Fact::EarlierResolved { promise, resolved, turn } => {
                let known = self.resolution(*promise);
                (known.resolved, known.turn) = (Some(*resolved), Some(*turn));
            }
            Fact::TopicsSeen { topics, turn: _ } => {
                topics.iter().for_each(|topic| add(&mut self.other_topics, topic));
            }
            Fact::TopicChosen { topic } => self.diagnosis.topic = Some(topic.clone()),
            Fact::Diagnosed { aspect, answer } => *self.diagnosis.slot(*aspect) = Some(answer.clone()),
            Fact::Undiagnosed { aspect } => {
                *self.diagnosis.slot(*aspect) = None;
                self.core_confirmed &= !matches!(aspect, Aspect::Trigger | Aspect::Expectation);
            }
            Fact::CoreConfirmed => self.core_confirmed = true,
            Fact::StepChosen { step, evidence: _ } => self.step = Some(step.clone()),
            Fact::StateRead { state, reason, turn } => {
                self.states.push(StateSeen { state: *state, reason: reason.clone(), turn: *turn });
            }
            Fact::Mentioned { mention, turn } => {
                self.mentions.push(MentionSeen { mention: mention.clone(), turn: *turn });
            }
            Fact::BoundarySet { count, turn: _ } => self.boundaries = *count,
            Fact::Advised { emergency } => add(&mut self.advised, emergency),
            Fact::Informed { faq } => add(&mut self.informed, faq),
            Fact::Escalated { reason, turn } => {
                self.triggers.push(Trigger { reason: *reason, turn: *turn, at, told_at: None });
            }
            Fact::StressScored { score, speech_seconds, turn } => {
                self.stress.push(StressPoint::of(at, score, *speech_seconds, *turn));
            }
            Fact::StressCrossed { over, line, speech_seconds } => {
                self.take_crossing(at, *over, *line, *speech_seconds)
            }
            Fact::TakeoverTold { reason, since } => self.take_told(*reason, *since),
            Fact::UrgencyRaised { reason } => {
                self.urgency = Urgency::Urgent;
                add(&mut self.urgent_because, reason);
            }
            Fact::Guarded { rule, sentence } => {
                self.guard.push(GuardEvent { rule: rule.clone(), sentence: sentence.clone() });
            }
            Fact::Summarised { text } => self.summary = Some(text.clone()),
            Fact::NoteWritten { note } => self.note = Some(note.clone()),
            Fact::PromiseMade { promise } => self.take_promise(promise.id, at),
            Fact::TurnTimed { timing } => self.timings.push(*timing),
            Fact::StreamLost => self.line_lost_at.push(at),
            Fact::Resumed => self.resumed_at.push(at),
            // How a question was asked is in the transcript; the end comes from the stored call.
            Fact::Asked { .. }
            | Fact::HandoffBegan { .. }
            | Fact::HandoffHeard { .. }
            | Fact::HandoffStopped { .. }
            | Fact::PutThrough { .. }
            | Fact::WrongNumber { .. }
            | Fact::Keyed { .. }
            | Fact::SilenceNoticed { .. }
            | Fact::Misunderstood { .. }
            | Fact::Ended { .. } => {}
        }
    }

    fn take_words(&mut self, turn: TurnId, utterance: &Utterance) {
        self.transcript.push(TranscriptTurn {
            turn,
            speaker: Speaker::Caller,
            span: utterance.span,
            text: utterance.text.clone(),
            meant: None,
            confidence: Some(utterance.confidence),
        });
    }

    fn take_crossing(&mut self, at: CallTime, over: bool, line: f32, speech_seconds: f32) {
        self.stress_crossings.push(StressCrossing { at, over, line, speech_seconds });
    }

    fn take_told(&mut self, reason: EscalationReason, since: CallTime) {
        if let Some(trigger) = self.triggers.iter_mut().find(|trigger| trigger.reason == reason) {
            trigger.told_at.get_or_insert(since);
        }
    }

    fn take_answer(&mut self, slot: &Slot, value: &Pii<String>, evidence: &[TurnId]) {
        let answer = self.entry(slot);
        answer.value = Some(value.clone());
        answer.evidence = evidence.to_vec();
        answer.confirmed = false;
        answer.given_up = false;
    }

    fn take_back(&mut self, slot: &Slot) {
        let answer = self.entry(slot);
        answer.value = None;
        answer.confirmed = false;
        answer.evidence.clear();
    }

    fn take_promise(&mut self, promise: PromiseId, at: CallTime) {
        if self.promised_at.iter().all(|made| made.promise != promise) {
            self.promised_at.push(PromiseMoment { promise, at });
        }
    }

    fn resolution(&mut self, promise: PromiseId) -> &mut Resolved {
        let known = self.resolutions.iter().position(|known| known.promise == promise);
        let place = known.unwrap_or_else(|| {
            self.resolutions.push(Resolved { promise, resolved: None, turn: None });
            self.resolutions.len() - 1
        });
        &mut self.resolutions[place]
    }

    fn entry(&mut self, slot: &Slot) -> &mut IntakeAnswer {
        let place = self.intake.iter().position(|answer| answer.slot == *slot).unwrap_or_else(|| {
            self.intake.push(IntakeAnswer {
                slot: slot.clone(),
                value: None,
                confirmed: false,
                given_up: false,
                evidence: Vec::new(),
            });
            self.intake.len() - 1
        });
        &mut self.intake[place]
    }
}

fn add(list: &mut Vec<String>, entry: &String) {
    if !list.contains(entry) {
        list.push(entry.clone());
    }
}

#[cfg(test)]
mod tests;
