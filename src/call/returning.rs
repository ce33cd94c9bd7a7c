//! Callers who have called before.

use super::answers::is_all;
use super::hearing::{Context, Learned, Reaction};
use super::ledger::Speech;
use super::{Engine, wording};
use crate::diagnosis::person;
use crate::domain::{
    ASK_WITHIN, Answer, Aspect, EarlierCall, EscalationReason, Fact, Pii, PromiseId, PromiseState, Question,
    Slot, Speaker, Topic, TurnId,
};
use crate::understanding::cued;
use crate::understanding::words::{has_any, plain};
use crate::understanding::{self, Resolution, answer, capitalised, resolution, story};

/// Two calls about the same thing this long apart are two matters.
const SAME_MATTER: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 30);

/// Words of somebody who has waited in vain.
const NOBODY: &[&str] = &[
    "nobody",
    "no one",
    "never",
    "still waiting",
    "been waiting",
    "haven't heard",
    "have not heard",
    "didn't call",
    "did not call",
    "didn't come",
    "did not come",
];

/// Words of somebody who calls about another matter.
const ELSEWHERE: &[&str] = &[
    "something else",
    "another matter",
    "another thing",
    "different",
    "other matter",
    "not about that",
    "not calling about",
];

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
        let mut earlier: Vec<EarlierCall> = self.start.earlier.iter().filter(recent).cloned().collect();
        for call in &mut earlier {
            let over = |id: PromiseId| {
                let found = call.promises.iter().find(|promise| promise.id == id);
                found.is_some_and(|promise| match promise.state {
                    PromiseState::Kept => true,
                    PromiseState::Open => promise.due <= now,
                    PromiseState::Broken => false,
                })
            };
            call.unanswered
                .retain(|asked| now.duration_since(asked.since) < ASK_WITHIN && over(asked.promise));
        }
        if earlier.is_empty() {
            return;
        }
        self.record(Fact::Recalled { earlier });
        if let Some(value) = self.state.matter.earlier_name().cloned() {
            self.record(Fact::Noted { slot: Slot::Name, value, evidence: vec![] });
        }
    }

    /// Whether the time of the open promise in question has passed; of somebody who was asked whether it is resolved, only
    /// where they say that nobody came.
    fn is_overdue(&self) -> bool {
        let Some((_, promise)) = self.state.matter.promise_in_question() else { return false };
        let caller = |turn: &&super::Turn| turn.speaker == Speaker::Caller;
        let last = self.state.transcript.iter().rev().find(caller).map(|turn| plain(turn.text.expose()));
        let asked = self.state.matter.said_resolved(promise.id).is_some();
        let in_vain = !asked || last.is_some_and(|words| has_any(&words, NOBODY));
        promise.state == PromiseState::Open && promise.due < self.wall(self.now) && in_vain
    }

    /// What is asked about an earlier call, once and before what this one is about is known.
    pub(super) fn earlier_question(&self) -> Option<Question> {
        let matter = &self.state.matter;
        if self.was_asked_if_resolved() || self.reason_is_known() || matter.same_matter.is_some() {
            return None;
        }
        let resolved = matter.unanswered().map(|(_, promise)| Question::Resolved(promise.id));
        let about = matter.open_promise().map(|_| Question::Earlier);
        resolved.or(about).filter(|question| self.may_ask(question))
    }

    /// "Are you calling about the missed visit, for which our dispatcher was to call you back by noon yesterday?"
    pub(super) fn earlier_words(&self) -> Vec<String> {
        let Some((call, promise)) = self.state.matter.open_promise() else { return Vec::new() };
        let about = self.topic_of(call).map_or("your last call", |topic| topic.name.as_str());
        let day = self.day_of(call.at);
        vec![format!(
            "Are you calling about {about}, for which {} was to get back to you {day}?",
            promise.owner
        )]
    }

    /// "Last time it was about a missed visit. Is that fully resolved?"
    pub(super) fn resolved_words(&self) -> Vec<String> {
        let Some((call, promise)) = self.state.matter.unanswered() else { return Vec::new() };
        let told = match (self.topic_of(call), promise.state) {
            (Some(topic), PromiseState::Open) => {
                format!(
                    "Last time it was about {}, and {} was to get back to you.",
                    topic.name, promise.owner
                )
            }
            (Some(topic), PromiseState::Kept | PromiseState::Broken) => {
                format!("Last time it was about {}.", topic.name)
            }
            (None, _) => format!("Last time {} was to get back to you.", promise.owner),
        };
        vec![told, wording::FULLY_RESOLVED.to_owned()]
    }

    fn topic_of(&self, call: &EarlierCall) -> Option<&Topic> {
        call.topic.as_deref().and_then(|key| self.business().playbook.topic(key))
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

    /// Notes that what an earlier call left is resolved where the caller says so in so many words, whatever else they say.
    pub(super) fn resolution_told(
        &mut self,
        text: &str,
        turn: TurnId,
        context: &Context,
    ) -> Option<Resolution> {
        let promise = match context.question {
            Question::Resolved(promise) => promise,
            Question::Earlier => self.state.matter.open_promise()?.1.id,
            Question::Fill(_)
            | Question::Confirm(_)
            | Question::PersonOrMessage
            | Question::Focus
            | Question::Trigger
            | Question::Expectation
            | Question::Core
            | Question::Option
            | Question::Step
            | Question::AnythingElse => return None,
        };
        let said = resolution(text)?;
        if said.resolved {
            self.note_resolved(promise, turn);
            if context.is(&Question::Earlier) {
                self.record(Fact::EarlierMatter { same: false });
            }
        }
        Some(said)
    }

    fn note_resolved(&mut self, promise: PromiseId, turn: TurnId) {
        for promise in self.state.matter.with_those_before(promise) {
            self.record(Fact::EarlierResolved { promise, resolved: true, turn });
        }
    }

    /// Takes the answer to what was asked about an earlier call; none where it only tells what this one is about.
    pub(super) fn earlier_taken(
        &mut self,
        text: &str,
        turn: TurnId,
        context: &Context,
        said: Option<Resolution>,
        learned: Learned,
    ) -> Option<Reaction> {
        match (said, &context.question) {
            (Some(Resolution { resolved: true, rest }), _) => {
                if let Some(rest) = rest.and_then(|rest| story(&rest)).filter(|_| learned.matter) {
                    self.add_to_reason(&rest, turn);
                }
                Some(Reaction::BeGlad)
            }
            (said, Question::Resolved(promise)) => {
                self.resolved_answered(*promise, text, turn, context, said.is_some(), learned)
            }
            (said, _) => self.earlier_answered(text, turn, context, said.is_some()),
        }
    }

    /// Takes the answer to whether what an earlier call left is resolved.
    fn resolved_answered(
        &mut self,
        promise: PromiseId,
        text: &str,
        turn: TurnId,
        context: &Context,
        goes_on: bool,
        learned: Learned,
    ) -> Option<Reaction> {
        let about = self.state.matter.unanswered().and_then(|(call, _)| call.topic.clone());
        let seen = self.state.matter.topics.first().cloned();
        let heard = answer(text).filter(|_| context.heard);
        let resolved = match heard {
            _ if goes_on => false,
            Some(understanding::Answer::Yes) => true,
            Some(understanding::Answer::No) if has_any(&plain(text), ELSEWHERE) => {
                self.record(Fact::EarlierMatter { same: false });
                return (!learned.matter).then_some(Reaction::GoOn);
            }
            Some(understanding::Answer::No) => false,
            Some(understanding::Answer::Unsure) | None => return None,
        };
        if resolved {
            self.note_resolved(promise, turn);
            if let Some(told) = story(text).filter(|_| learned.matter) {
                self.add_to_reason(&told, turn);
            }
            return Some(Reaction::BeGlad);
        }
        self.record(Fact::EarlierResolved { promise, resolved: false, turn });
        let same = goes_on || seen.is_none() || seen == about;
        self.record(Fact::EarlierMatter { same });
        if same {
            self.take_up_earlier(turn);
        }
        (same && seen.is_none()).then_some(Reaction::TakeUpEarlier)
    }

    /// Whether the caller said that what an earlier call left is resolved.
    pub(super) fn has_good_news(&self) -> bool {
        self.state.matter.resolved.iter().any(|(_, resolved)| *resolved)
    }

    /// Whether they said so without having been asked, and nothing else yet.
    pub(super) fn came_with_good_news(&self) -> bool {
        self.has_good_news() && !self.was_asked_if_resolved()
    }

    fn was_asked_if_resolved(&self) -> bool {
        self.state.asked.keys().any(|question| matches!(question, Question::Resolved(_)))
    }

    /// Whether somebody with good news says that this was all.
    pub(super) fn has_nothing_else(&self, text: &str, learned: Learned) -> bool {
        let no = answer(text) == Some(understanding::Answer::No);
        self.has_good_news() && !self.reason_is_known() && !learned.matter && (no || is_all(text))
    }

    /// Says once, at the latest at the end, that it is good to hear that something is resolved.
    pub(super) fn with_gladness(&self, speech: Speech) -> Speech {
        let said = wording::GLAD_RESOLVED.iter().any(|words| self.state.times_begun(words) > 0);
        if !self.has_good_news() || said || self.is_dangerous() {
            return speech;
        }
        speech.and(self.pick(wording::GLAD_RESOLVED))
    }

    /// Takes the answer to whether this call is about the open promise; `goes_on` where they say that it is not resolved.
    fn earlier_answered(
        &mut self,
        text: &str,
        turn: TurnId,
        context: &Context,
        goes_on: bool,
    ) -> Option<Reaction> {
        let about = self.state.matter.open_promise().and_then(|(call, _)| call.topic.clone());
        let seen = self.state.matter.topics.first().cloned();
        let of_that = about.as_deref().and_then(|key| self.business().playbook.topic(key));
        let again =
            has_any(&plain(text), AGAIN) || of_that.is_some_and(|topic| cued(text, &topic.cues).is_some());
        let same = match (answer(text).filter(|_| context.heard), &seen) {
            _ if goes_on => Some(true),
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
        let Some((call, promise)) = self.state.matter.promise_in_question() else { return };
        let (call, promise) = (call.clone(), promise.clone());
        if self.state.intake.get(&Slot::Name).is_some() {
            self.record(Fact::Confirmed { slot: Slot::Name });
        }
        if let Some(number) = &promise.callback {
            self.note_number(number, vec![turn]);
            self.record(Fact::Confirmed { slot: Slot::Callback });
        }
        if self.state.intake.get(&Slot::Reason).is_none() {
            let before = call.trigger.as_ref().map(|words| person::to_agent(words.expose()));
            let value = before
                .map_or_else(|| promise.what.clone(), |words| Pii::new(format!("{}.", capitalised(&words))));
            self.record(Fact::Noted { slot: Slot::Reason, value, evidence: vec![turn] });
        }
        // What came of a promise that was kept is told in this call, and is newer than what was told before it.
        let news = promise.state != PromiseState::Open && self.topic().is_some();
        if let Some(topic) = call.topic.as_ref().filter(|_| !news) {
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
        if !news || self.state.matter.diagnosis.trigger.is_none() {
            let answer = Answer { value: told.into(), evidence: vec![turn], confidence: 0.9 };
            self.record(Fact::Diagnosed { aspect: Aspect::Trigger, answer });
        }
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
