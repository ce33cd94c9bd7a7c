//! When a person must take over: the decision, and what the caller is told first.

use super::diagnosing::Told;
use super::handing_off::takeover_reason;
use super::hearing::{Context, Reaction};
use super::ledger::Speech;
use super::{Engine, wording};
use crate::domain::{AbuseOutcome, EscalationReason, Fact, HangupCause, Move, Question, TurnId};
use crate::understanding::{Degree, SignalKind};

impl Engine {
    /// Decides what in a turn comes before any answer: danger, threats, abuse, the law, earlier fixes that failed.
    pub(super) fn follow_triggers(
        &mut self,
        told: &Told,
        turn: TurnId,
        context: &Context,
    ) -> Option<Reaction> {
        if let Some(key) = &told.emergency {
            self.record(Fact::Advised { emergency: key.clone() });
            if self.state.matter.urgent_since.is_none() {
                self.record(Fact::UrgencyRaised { reason: "a danger that is going on now".to_owned() });
            }
            self.escalate(EscalationReason::Emergency, turn);
            return Some(Reaction::Advise(key.clone()));
        }
        if told.has(|kind| *kind == SignalKind::SelfHarm) {
            return self.escalate(EscalationReason::SelfHarm, turn).then_some(Reaction::Stay);
        }
        if told.has(|kind| *kind == SignalKind::Threat) && self.escalate(EscalationReason::Threat, turn) {
            return Some(Reaction::HandOver(EscalationReason::Threat));
        }
        if told.has(|kind| matches!(kind, SignalKind::Abuse(Degree::Insult | Degree::Severe))) {
            return Some(self.abused(told, turn));
        }
        for (reason, found) in [
            (EscalationReason::Legal, told.has(|kind| *kind == SignalKind::Legal)),
            (EscalationReason::Compliance, told.has(|kind| *kind == SignalKind::Compliance)),
        ] {
            if found && self.escalate(reason, turn) && !context.is(&Question::AnythingElse) {
                return Some(Reaction::HandOver(reason));
            }
        }
        if told.has(|kind| matches!(kind, SignalKind::Repeated { .. })) {
            self.escalate(EscalationReason::RepeatedFailure, turn);
        }
        None
    }

    /// Records a decision; false if it had been taken before.
    pub(super) fn escalate(&mut self, reason: EscalationReason, turn: TurnId) -> bool {
        let new = !self.state.matter.is_escalated(reason);
        if new {
            self.record(Fact::Escalated { reason, turn: Some(turn) });
        }
        new
    }

    fn abused(&mut self, told: &Told, turn: TurnId) -> Reaction {
        if told.has(|kind| matches!(kind, SignalKind::Person | SignalKind::Manager)) {
            self.escalate(EscalationReason::PersonRequested, turn);
        }
        let policy = self.business().playbook.abuse;
        let set = self.state.matter.boundaries;
        if set < u32::from(policy.warnings) {
            self.record(Fact::BoundarySet { count: set + 1, turn });
            return Reaction::SetBoundary;
        }
        self.escalate(EscalationReason::Abuse, turn);
        match policy.then {
            AbuseOutcome::HandOver => Reaction::HandOver(EscalationReason::Abuse),
            AbuseOutcome::End => Reaction::EndForAbuse,
        }
    }

    /// Whether it cannot wait for the whole diagnosis: only how to reach the caller is asked.
    pub(super) fn is_pressing(&self) -> bool {
        // Whoever takes over from somebody under stress must at least know what it is about.
        let stressed = self.state.matter.is_escalated(EscalationReason::Stress) && self.reason_is_known();
        stressed || self.is_pressed_otherwise()
    }

    /// The same, stress aside.
    pub(super) fn is_pressed_otherwise(&self) -> bool {
        self.state.wants_person()
            || self.state.handoffs.len() > 0
            || self.state.matter.escalations.iter().any(|escalation| match escalation.reason {
                EscalationReason::Emergency
                | EscalationReason::Threat
                | EscalationReason::SelfHarm
                | EscalationReason::Abuse
                | EscalationReason::ManagerRequested
                | EscalationReason::PersonRequested => true,
                EscalationReason::Legal
                | EscalationReason::Compliance
                | EscalationReason::RepeatedFailure
                | EscalationReason::Stress
                | EscalationReason::NotUnderstood
                | EscalationReason::Urgent
                | EscalationReason::BeyondAuthority => false,
            })
    }

    /// Whether somebody must not be kept on the line by questions.
    pub(super) fn is_dangerous(&self) -> bool {
        let matter = &self.state.matter;
        let emergencies = &self.business().playbook.emergencies;
        let leaves = emergencies.iter().any(|entry| !entry.stays && matter.advised.contains(&entry.key));
        leaves
            || [EscalationReason::Threat, EscalationReason::SelfHarm]
                .into_iter()
                .any(|reason| matter.is_escalated(reason))
    }

    /// Who takes over, as spoken, for the weightiest of the reasons.
    pub(super) fn takeover_owner(&self) -> Option<String> {
        let reason = self.state.matter.escalations.iter().map(|escalation| escalation.reason).min();
        let reason = reason.or(self.state.wants_person().then_some(EscalationReason::PersonRequested))?;
        Some(self.owner_for(reason))
    }

    pub(super) fn owner_for(&self, reason: EscalationReason) -> String {
        let playbook = &self.business().playbook;
        let key = playbook.takeover.owner(reason);
        let named = playbook.owner(key).map(|owner| owner.name.clone());
        named.unwrap_or_else(|| self.business().callback.urgent_owner.clone())
    }

    /// Tells what to do in a danger, before anything else.
    pub(super) fn advise(&mut self, key: &str) {
        let told = self.business().playbook.emergencies.iter().find(|entry| entry.key == key);
        let speech = told.map_or_else(Speech::default, |entry| Speech::of(entry.told.clone()));
        if self.must_leave() {
            self.stop_handoff();
        }
        self.ask_next(speech.act(Move::Advise));
    }

    pub(super) fn stay(&mut self) {
        let business = self.business();
        let speech = if business.playbook.self_harm.is_empty() {
            let number = &business.emergency_number;
            Speech::of(wording::GLAD_YOU_SAID.to_owned())
                .and(format!("If you are in danger right now, please call {number}; somebody there can help you at any hour."))
        } else {
            Speech::of(business.playbook.self_harm.clone())
        };
        self.ask_next(speech.act(Move::Advise));
    }

    pub(super) fn set_boundary(&mut self) {
        let wordings =
            if self.state.matter.boundaries > 1 { wording::LAST_BOUNDARY } else { wording::BOUNDARY };
        self.ask_next(Speech::of(self.pick(wordings)).act(Move::Boundary));
    }

    pub(super) fn end_for_abuse(&mut self) {
        let speech = Speech::of(wording::END_FOR_ABUSE.to_owned()).act(Move::Close);
        self.leave(speech, HangupCause::Completed);
    }

    /// Says who takes over and why, and goes on with what they need to know.
    pub(super) fn hand_over(&mut self, reason: EscalationReason) {
        if self.state.handoffs.open().is_some() || self.handoff_due().is_some() {
            return self.ask_next(Speech::of(self.pick(wording::UNDERSTAND)));
        }
        let takeover = self.takeover_sentence(reason);
        let speech = Speech::of(self.pick(wording::UNDERSTAND)).and(takeover.clone()).act(Move::Escalate);
        self.floor.takeover = Some((reason, takeover));
        // Somebody who goes on attacking is not asked anything more.
        if reason == EscalationReason::Abuse {
            return self.leave(speech, HangupCause::Completed);
        }
        self.ask_next(speech);
    }

    /// Who takes over, and why they are the right one.
    pub(super) fn takeover_sentence(&self, reason: EscalationReason) -> String {
        format!("This goes to {}, {}.", self.owner_for(reason), takeover_reason(reason))
    }
}
