use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{
    BusinessId, CallId, CallTime, Fact, HangupCause, Phase, PhoneNumber, Pii, Promise, Slot, Span, Speaker,
    TurnId, TurnTiming,
};

use super::{StoredCall, StoredFact};

/// All that is known of a call, for people to read: derived from its facts, never stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    /// Whether the caller asked for a person.
    pub person_requested: bool,
    /// What was promised.
    pub promises: Vec<Promise>,
    /// How long each answer took.
    pub timings: Vec<TurnTiming>,
    /// The course of the conversation.
    pub phases: Vec<PhaseChange>,
    /// When the line broke.
    pub line_lost_at: Vec<CallTime>,
    /// When the caller came back.
    pub resumed_at: Vec<CallTime>,
}

/// One turn of a transcript.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meant: Option<Pii<String>>,
    /// The transcriber's mean token probability, 0 to 1; of the caller's turns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f32>,
}

/// One answer of the intake.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
    /// What it was about.
    pub reason: Option<Pii<String>>,
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
            person_requested: false,
            promises,
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
            promises: self.promises.clone(),
        }
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
            Fact::CallerSaid { turn, utterance } => self.transcript.push(TranscriptTurn {
                turn: *turn,
                speaker: Speaker::Caller,
                span: utterance.span,
                text: utterance.text.clone(),
                meant: None,
                confidence: Some(utterance.confidence),
            }),
            Fact::Noted { slot, value, evidence } => {
                let answer = self.entry(slot);
                answer.value = Some(value.clone());
                answer.evidence.clone_from(evidence);
                answer.confirmed = false;
                answer.given_up = false;
            }
            Fact::Confirmed { slot } => self.entry(slot).confirmed = true,
            Fact::Rejected { slot } => {
                let answer = self.entry(slot);
                answer.value = None;
                answer.confirmed = false;
                answer.evidence.clear();
            }
            Fact::GivenUp { slot } => self.entry(slot).given_up = true,
            Fact::PersonRequested { turn: _ } => self.person_requested = true,
            Fact::TurnTimed { timing } => self.timings.push(*timing),
            Fact::StreamLost => self.line_lost_at.push(at),
            Fact::Resumed => self.resumed_at.push(at),
            // How a question was asked is in the transcript; promises and the end come from the stored call.
            Fact::Asked { .. }
            | Fact::Recalled { .. }
            | Fact::EarlierMatter { .. }
            | Fact::TopicsSeen { .. }
            | Fact::TopicChosen { .. }
            | Fact::Diagnosed { .. }
            | Fact::Undiagnosed { .. }
            | Fact::StateRead { .. }
            | Fact::Mentioned { .. }
            | Fact::BoundarySet { .. }
            | Fact::Advised { .. }
            | Fact::Informed { .. }
            | Fact::Escalated { .. }
            | Fact::UrgencyRaised { .. }
            | Fact::WrongNumber { .. }
            | Fact::StepChosen { .. }
            | Fact::Guarded { .. }
            | Fact::Summarised { .. }
            | Fact::NoteWritten { .. }
            | Fact::CoreConfirmed
            | Fact::Keyed { .. }
            | Fact::SilenceNoticed { .. }
            | Fact::Misunderstood { .. }
            | Fact::PromiseMade { .. }
            | Fact::Ended { .. } => {}
        }
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{SpeechId, Utterance};
    use crate::store::NewCall;

    fn record(facts: Vec<Fact>) -> CallRecord {
        let facts: Vec<_> = facts
            .into_iter()
            .zip(0..)
            .map(|(fact, seq)| StoredFact { seq, at: CallTime::from_ms(seq * 1000), fact })
            .collect();
        let call = NewCall {
            id: CallId::new(Uuid::from_u128(1)),
            carrier: "local".into(),
            carrier_call_id: "CA1".into(),
            business: BusinessId("heating".into()),
            caller: None,
            called: None,
            started_at: Timestamp::UNIX_EPOCH,
        };
        CallRecord::derive(StoredCall { call, ended_at: None, cause: None }, &facts, Vec::new())
    }

    fn span(start: u64, end: u64) -> Span {
        Span { start: CallTime::from_ms(start), end: CallTime::from_ms(end) }
    }

    fn noted(slot: Slot, value: &str) -> Fact {
        Fact::Noted { slot, value: value.into(), evidence: vec![TurnId(1)] }
    }

    #[test]
    fn the_transcript_holds_what_was_heard_in_the_order_in_which_it_sounded() {
        let record = record(vec![
            Fact::CallerSaid {
                turn: TurnId(1),
                utterance: Utterance { text: "No heat.".into(), span: span(900, 1500), confidence: 0.9 },
            },
            Fact::BotSaid {
                turn: TurnId(0),
                speech: SpeechId(0),
                text: "Hello, this is Fernwood. How can we help?".into(),
                heard: "Hello, this is".into(),
                span: span(0, 1000),
            },
        ]);
        let said: Vec<_> =
            record.transcript.iter().map(|turn| (turn.speaker, turn.text.expose().as_str())).collect();
        assert_eq!(said, [(Speaker::Bot, "Hello, this is"), (Speaker::Caller, "No heat.")]);
        assert!(record.transcript[0].meant.is_some(), "an interrupted speech shows what was meant");
    }

    #[test]
    fn a_rejected_answer_is_gone_and_its_correction_needs_confirming_anew() {
        let mut facts = vec![
            noted(Slot::Callback, "+14155550142"),
            Fact::Confirmed { slot: Slot::Callback },
            Fact::Rejected { slot: Slot::Callback },
        ];
        assert_eq!(record(facts.clone()).answer(&Slot::Callback), None);
        facts.push(noted(Slot::Callback, "+14155550143"));
        let record = record(facts);
        assert_eq!(record.intake.len(), 1);
        assert_eq!(record.answer(&Slot::Callback), Some(&"+14155550143".into()));
        assert!(!record.intake[0].confirmed);
    }

    #[test]
    fn an_answer_given_up_is_shown_without_a_value() {
        let record = record(vec![Fact::GivenUp { slot: Slot::Name }]);
        assert!(record.intake[0].given_up && record.intake[0].value.is_none());
    }
}
