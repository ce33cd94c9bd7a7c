//! Callers who have called before.

use super::hearing::{Context, Reaction};
use super::{Engine, wording};
use crate::diagnosis::person;
use crate::domain::{
    Answer, Aspect, EarlierCall, EscalationReason, Fact, Pii, Promise, PromiseState, Slot, TurnId,
};
use crate::understanding::cued;
use crate::understanding::words::{has_any, plain};
use crate::understanding::{self, answer, capitalised};

/// Two calls about the same thing this long apart are two matters.
const SAME_MATTER: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 30);

/// Words of somebody who has called about it before.
const AGAIN: &[&str] = &[
    "again",
    "called this morning",
    "called earlier",
    "called before",
    "called yesterday",
    "called last",
    "called on",
    "nobody called",
    "never called",
    "no one called",
    "still waiting",
    "still haven't",
];

impl Engine {
    pub(super) fn recall(&mut self) {
        let now = self.wall(self.now);
        let recent = |call: &&EarlierCall| {
            let open = call.promises.iter().any(|promise| promise.state == PromiseState::Open);
            open || now.duration_since(call.at) < SAME_MATTER
        };
        let earlier: Vec<EarlierCall> = self.start.earlier.iter().filter(recent).cloned().collect();
        if earlier.is_empty() {
            return;
        }
        self.record(Fact::Recalled { earlier });
        if let Some(value) = self.state.matter.earlier_name().cloned() {
            self.record(Fact::Noted { slot: Slot::Name, value, evidence: vec![] });
        }
    }

    fn open_promise(&self) -> Option<&Promise> {
        let call = self.state.matter.open_promise()?;
        call.promises.iter().find(|promise| promise.state == PromiseState::Open)
    }

    /// Whether the time of the open promise has passed.
    fn is_overdue(&self) -> bool {
        self.open_promise().is_some_and(|promise| promise.due < self.wall(self.now))
    }

    /// "Are you calling about the missed visit, for which our dispatcher was to call you back by noon yesterday?"
    pub(super) fn earlier_words(&self) -> Vec<String> {
        let (Some(call), Some(promise)) = (self.state.matter.open_promise(), self.open_promise()) else {
            return Vec::new();
        };
        let topic = call.topic.as_deref().and_then(|key| self.business().playbook.topic(key));
        let about = topic.map_or("your last call", |topic| topic.name.as_str());
        let day = self.day_of(call.at);
        vec![format!(
            "Are you calling about {about}, for which {} was to get back to you {day}?",
            promise.owner
        )]
    }

    /// The day of an earlier call, as seen from this one.
    pub(super) fn day_of(&self, at: jiff::Timestamp) -> String {
        let zone = &self.business().time_zone;
        let (then, now) = (at.to_zoned(zone.clone()), self.start.started_at.to_zoned(zone.clone()));
        let days = now.date().since(then.date()).map_or(0, |span| span.get_days());
        match days {
            ..=0 => "after your call earlier today".to_owned(),
            1 => "after your call yesterday".to_owned(),
            2..=6 => format!("after your call on {}", then.strftime("%A")),
            _ => format!("after your call on {}", then.strftime("%B %-d")),
        }
    }

    /// Takes the answer to whether this call is about the open promise.
    pub(super) fn earlier_answered(
        &mut self,
        text: &str,
        turn: TurnId,
        context: &Context,
    ) -> Option<Reaction> {
        let about = self.state.matter.open_promise().and_then(|call| call.topic.clone());
        let seen = self.state.matter.topics.first().cloned();
        let of_that = about.as_deref().and_then(|key| self.business().playbook.topic(key));
        let again =
            has_any(&plain(text), AGAIN) || of_that.is_some_and(|topic| cued(text, &topic.cues).is_some());
        let same = match (answer(text).filter(|_| context.heard), &seen) {
            (None | Some(understanding::Answer::Yes), _) if again => Some(true),
            (_, Some(seen)) => Some(Some(seen) == about.as_ref()),
            (Some(understanding::Answer::Yes), None) => Some(true),
            (Some(understanding::Answer::No), None) => Some(false),
            (Some(understanding::Answer::Unsure) | None, None) => None,
        }?;
        self.record(Fact::EarlierMatter { same });
        if !same {
            return seen.is_none().then_some(Reaction::GoOn);
        }
        self.take_up_earlier(turn);
        seen.is_none().then_some(Reaction::TakeUpEarlier)
    }

    /// Takes over what the earlier call left, so that nothing is asked again.
    fn take_up_earlier(&mut self, turn: TurnId) {
        let Some(call) = self.state.matter.open_promise().cloned() else { return };
        let Some(promise) = self.open_promise().cloned() else { return };
        if self.state.intake.get(&Slot::Name).is_some() {
            self.record(Fact::Confirmed { slot: Slot::Name });
        }
        if let Some(number) = &promise.callback {
            self.note_number(number, vec![turn]);
            self.record(Fact::Confirmed { slot: Slot::Callback });
        }
        if self.state.intake.get(&Slot::Reason).is_none() {
            let before = call.trigger.as_ref().map(|words| person::to_agent(words.expose()));
            let value = before.map_or_else(|| promise.what.clone(), |words| Pii::new(capitalised(&words)));
            self.record(Fact::Noted { slot: Slot::Reason, value, evidence: vec![turn] });
        }
        if let Some(topic) = &call.topic {
            self.choose_topic(topic, turn);
        }
        let told = if self.is_overdue() {
            let missed = format!("{} was to call you back and has not", promise.owner);
            let before = call.trigger.as_ref().filter(|words| words.expose().split(' ').count() <= 12);
            before.map_or_else(|| missed.clone(), |words| format!("{} and {missed}", words.expose()))
        } else {
            call.trigger
                .as_ref()
                .map_or_else(|| "you have called before".to_owned(), |words| words.expose().clone())
        };
        let answer = Answer { value: told.into(), evidence: vec![turn], confidence: 0.9 };
        self.record(Fact::Diagnosed { aspect: Aspect::Trigger, answer });
        if !self.state.matter.is_escalated(EscalationReason::RepeatedFailure) {
            self.record(Fact::Escalated { reason: EscalationReason::RepeatedFailure, turn: Some(turn) });
        }
    }

    /// What somebody is told who had to call again.
    pub(super) fn again_words(&self) -> String {
        let wordings = if self.is_overdue() { wording::CALLED_IN_VAIN } else { wording::CALLED_AGAIN };
        self.pick(wordings)
    }
}
