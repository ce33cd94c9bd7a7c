//! The call summed up from its facts, at its end.

use super::Engine;
use crate::diagnosis::note::{NoteParts, note};
use crate::domain::{AbuseOutcome, Aspect, CallerState, EscalationReason, Fact, HangupCause, Outcome, Slot};

impl Engine {
    pub(super) fn write_note(&mut self, cause: HangupCause) {
        let states = self.strongest_states();
        let note = note(&NoteParts {
            name: self.state.intake.value(&Slot::Name),
            diagnosis: &self.state.matter.diagnosis,
            states: &states,
            topic: self.topic(),
            promise: self.state.promises.last().and(self.state.matter.value(Aspect::NextStep)),
            informed: &self.state.matter.informed,
            outcome: self.outcome(cause),
            resolved: self.has_good_news(),
            escalated: self.weightiest(),
        });
        self.record(Fact::NoteWritten { note });
    }

    fn strongest_states(&self) -> Vec<CallerState> {
        let mut states: Vec<CallerState> = self.state.matter.states().collect();
        states.sort_unstable();
        states.dedup();
        states
    }

    fn weightiest(&self) -> Option<EscalationReason> {
        self.state.matter.escalations.iter().map(|escalation| escalation.reason).min()
    }

    fn outcome(&self, cause: HangupCause) -> Outcome {
        let abused = self.state.matter.is_escalated(EscalationReason::Abuse)
            && self.business().playbook.abuse.then == AbuseOutcome::End;
        let promised = !self.state.promises.is_empty();
        if self.state.handoffs.talked() {
            Outcome::HandedOver
        } else if abused {
            Outcome::EndedForAbuse
        } else if !promised && (self.is_declined() || self.state.matter.wrong_number) {
            Outcome::Declined
        } else if promised && self.takeover_owner().is_some() {
            Outcome::Escalated
        } else if promised {
            Outcome::Promised
        } else if !self.state.matter.informed.is_empty() && cause != HangupCause::LineLost {
            Outcome::Answered
        } else if self.has_good_news() {
            Outcome::Resolved
        } else {
            Outcome::Abandoned
        }
    }
}
