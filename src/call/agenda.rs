//! What to ask next, and how a call is brought to its end.

use uuid::Uuid;

use super::ledger::Speech;
use super::{Engine, wording};
use crate::domain::{
    Fact, HangupCause, IntakeField, Phase, Pii, Promise, PromiseId, PromiseState, Question, Slot, Urgency,
};
use crate::understanding::phone;

/// Below this mean token probability a name is read back.
const DOUBTFUL_NAME: f32 = 0.6;

/// No question is put more often than this, whatever happens between.
fn most_askings(question: &Question) -> u32 {
    match question {
        Question::Fill(Slot::Reason) => 4,
        Question::Fill(Slot::Name | Slot::Field(_)) | Question::AnythingElse => 3,
        Question::Fill(Slot::Callback) | Question::Confirm(Slot::Callback) => 5,
        Question::Confirm(_)
        | Question::PersonOrMessage
        | Question::Earlier
        | Question::Focus
        | Question::Trigger
        | Question::Expectation
        | Question::Core
        | Question::Option => 2,
    }
}

/// After this many unusable answers a question is dropped.
pub(super) fn most_failures(question: &Question) -> u32 {
    match question {
        Question::Fill(Slot::Reason | Slot::Callback) => 3,
        Question::Fill(Slot::Name | Slot::Field(_))
        | Question::Confirm(_)
        | Question::PersonOrMessage
        | Question::AnythingElse
        | Question::Earlier
        | Question::Focus
        | Question::Trigger
        | Question::Expectation
        | Question::Core
        | Question::Option => 2,
    }
}

impl Engine {
    pub(super) fn field(&self, key: &str) -> Option<&IntakeField> {
        self.business().fields.iter().find(|field| field.key == key)
    }

    /// The question that is open by what is known: none when the intake is complete.
    pub(super) fn next_question(&self) -> Option<Question> {
        let intake = &self.state.intake;
        let missing = |slot: &Slot| intake.get(slot).is_none() && !intake.is_given_up(slot);
        if !self.state.wants_person() && missing(&Slot::Reason) {
            return Some(Question::Fill(Slot::Reason));
        }
        if missing(&Slot::Name) {
            return Some(Question::Fill(Slot::Name));
        }
        if self.name_is_doubtful() {
            return Some(Question::Confirm(Slot::Name));
        }
        self.callback_question().or_else(|| {
            let urgent = self.state.wants_person();
            let fields = self.business().fields.iter().map(|field| Slot::Field(field.key.clone()));
            fields.filter(|slot| !urgent && missing(slot)).map(Question::Fill).next()
        })
    }

    fn name_is_doubtful(&self) -> bool {
        let Some(noted) = self.state.intake.get(&Slot::Name) else {
            return false;
        };
        let settled = noted.confirmed
            || self.state.intake.is_given_up(&Slot::Name)
            || self.state.times_asked(&Question::Confirm(Slot::Name)) > 0;
        let doubtful = noted.evidence.last().is_some_and(|turn| self.confidence_of(*turn) < DOUBTFUL_NAME);
        doubtful && !settled && !self.state.wants_person()
    }

    fn callback_question(&self) -> Option<Question> {
        let intake = &self.state.intake;
        if intake.is_given_up(&Slot::Callback) || intake.is_confirmed(&Slot::Callback) {
            return None;
        }
        let to_confirm = intake.get(&Slot::Callback).is_some()
            || (self.state.caller.is_some() && !self.state.offer_refused);
        Some(if to_confirm { Question::Confirm(Slot::Callback) } else { Question::Fill(Slot::Callback) })
    }

    pub(super) fn enter_intake(&mut self) {
        if self.state.phase() == Phase::Greeting {
            self.record(Fact::PhaseEntered { phase: Phase::Intake });
        }
    }

    /// Puts the next open question after what `speech` says so far, or closes.
    pub(super) fn ask_next(&mut self, speech: Speech) {
        self.enter_intake();
        loop {
            let Some(question) = self.next_question() else {
                return self.close(speech);
            };
            if self.state.times_asked(&question) < most_askings(&question)
                && self.state.failures(&question) < most_failures(&question)
            {
                return self.ask(speech, question);
            }
            self.give_up(&question);
        }
    }

    pub(super) fn ask(&mut self, speech: Speech, question: Question) {
        let sentences = self.question_wording(&question);
        self.say(speech.asking(question, sentences));
    }

    /// Stops asking for what `question` is about; a number that was only offered is then the one to use.
    pub(super) fn give_up(&mut self, question: &Question) {
        match question {
            Question::Fill(slot) | Question::Confirm(slot) => {
                self.record(Fact::GivenUp { slot: slot.clone() })
            }
            Question::PersonOrMessage
            | Question::AnythingElse
            | Question::Earlier
            | Question::Focus
            | Question::Trigger
            | Question::Expectation
            | Question::Core
            | Question::Option => {}
        }
    }

    /// Says what will happen, by whom and by when, and asks whether anything is left.
    pub(super) fn close(&mut self, mut speech: Speech) {
        if self.state.phase() != Phase::Closing {
            self.record(Fact::PhaseEntered { phase: Phase::Closing });
        }
        if let Some(cause) = self.floor.must_end {
            return self.leave(speech, cause);
        }
        self.promise_if_worthwhile();
        if !self.promise_was_told() {
            speech = speech.and(self.promise_words());
        }
        let asked = self.state.times_asked(&Question::AnythingElse);
        let failed = self.state.failures(&Question::AnythingElse);
        let enough = asked >= most_askings(&Question::AnythingElse)
            || failed >= most_failures(&Question::AnythingElse);
        if self.state.promises.is_empty() || enough {
            return self.leave(speech, HangupCause::Completed);
        }
        self.ask(speech, Question::AnythingElse);
    }

    /// Says goodbye and hangs up once that was heard.
    pub(super) fn farewell(&mut self, cause: HangupCause) {
        self.leave(Speech::default(), cause);
    }

    pub(super) fn leave(&mut self, mut speech: Speech, cause: HangupCause) {
        if self.state.phase() != Phase::Closing {
            self.record(Fact::PhaseEntered { phase: Phase::Closing });
        }
        self.promise_if_worthwhile();
        if self.state.promises.is_empty() && cause == HangupCause::Shutdown {
            speech = speech.and(wording::CALL_AGAIN);
        } else if !self.state.promises.is_empty() && !self.promise_was_told() {
            speech = speech.and(self.promise_words());
        }
        let thanks = format!("Thank you for calling {}.", self.business().name);
        let served = cause == HangupCause::Completed && !self.state.promises.is_empty();
        if served && self.state.times_begun(&thanks) == 0 {
            speech = speech.and(thanks);
        }
        speech = speech.and(self.pick(wording::GOODBYE));
        self.floor.leaving = None;
        self.floor.farewells += 1;
        let leaving = Some(cause);
        self.floor.leaving = leaving;
        self.say(speech);
        self.floor.leaving = leaving;
    }

    /// After the line came back: says so and goes on where the talk was.
    pub(super) fn speak_after_return(&mut self) {
        let speech = Speech::of(wording::LINE_DROPPED.to_owned());
        if let Some(cause) = self.floor.must_end {
            return self.leave(speech, cause);
        }
        let greeted = self.state.transcript.iter().any(|turn| turn.speaker == crate::domain::Speaker::Bot);
        if !greeted {
            return self.greet();
        }
        let done = self.state.phase() == Phase::Closing && self.next_question().is_none();
        if done && self.promise_was_told() && !self.state.promises.is_empty() {
            return self.leave(speech, HangupCause::Completed);
        }
        self.ask_next(speech);
    }

    pub(super) fn greet(&mut self) {
        let business = self.business();
        let greeting = if self.state.open { &business.greeting } else { &business.greeting_closed };
        let speech = Speech::of(greeting.clone()).and(business.notice.clone().unwrap_or_default());
        match self.next_question() {
            Some(question @ Question::Fill(Slot::Reason)) => self.ask(speech, question),
            Some(_) | None => self.ask_next(speech),
        }
    }

    fn urgency(&self) -> Urgency {
        if self.state.wants_person() { Urgency::Urgent } else { Urgency::Normal }
    }

    /// Records the promise that this call deserves, once: somebody left a reason, a number, or asked for a person.
    pub(super) fn promise_if_worthwhile(&mut self) {
        let intake = &self.state.intake;
        let reason = intake.get(&Slot::Reason).is_some();
        let number = intake.get(&Slot::Callback).is_some();
        let worthwhile = reason || number || (self.state.wants_person() && self.state.callback().is_some());
        let urgency = self.urgency();
        let covered =
            self.state.promised(Urgency::Urgent).is_some() || self.state.promised(urgency).is_some();
        if !worthwhile || covered {
            return;
        }
        let promise = self.promise(urgency);
        self.record(Fact::PromiseMade { promise });
    }

    pub(super) fn promise(&self, urgency: Urgency) -> Promise {
        let business = self.business();
        let callback = self.state.callback();
        let name = self.state.intake.value(&Slot::Name).unwrap_or("this caller");
        let reason = self.state.intake.value(&Slot::Reason);
        let person = if self.state.wants_person() { " They asked for a person." } else { "" };
        let what = match (&callback, reason) {
            (Some(_), Some(reason)) => format!("Call {name} back.{person} {reason}"),
            (Some(_), None) => format!("Call {name} back.{person}"),
            (None, Some(reason)) => {
                format!("Read the message of {name}, who left no number.{person} {reason}")
            }
            (None, None) => format!("See to {name}, who left no number.{person}"),
        };
        let owner = match urgency {
            Urgency::Normal => &business.callback.owner,
            Urgency::Urgent => &business.callback.urgent_owner,
        };
        Promise {
            id: self.promise_id(self.state.promises.len()),
            call: self.start.id,
            what: Pii::new(what),
            owner: owner.clone(),
            callback,
            due: self.due(urgency),
            urgency,
            state: PromiseState::Open,
        }
    }

    /// The same for the same place in the same call, so that a replay mints it again.
    fn promise_id(&self, place: usize) -> PromiseId {
        let step = u128::try_from(place).unwrap_or_default() + 1;
        // Only the random tail of the call's id is touched: age, version and variant stay readable.
        let tail = (1u128 << 62) - 1;
        let id = self.start.id.uuid().as_u128();
        PromiseId::new(Uuid::from_u128((id & !tail) | (id.wrapping_add(step * 0x9E37_79B9_7F4A_7C15) & tail)))
    }

    fn due(&self, urgency: Urgency) -> jiff::Timestamp {
        let business = self.business();
        let (since, minutes) = match urgency {
            Urgency::Normal => (self.state.stage.closing_since, business.callback.within_minutes),
            Urgency::Urgent => (self.state.person_since, business.callback.urgent_within_minutes),
        };
        business.hours.due(self.wall(since.unwrap_or(self.now)), minutes, &business.time_zone)
    }

    /// "by tomorrow at noon", as seen from the day of the call.
    pub(super) fn by_when(&self, urgency: Urgency) -> String {
        let due = self.state.promised(urgency).map_or_else(|| self.due(urgency), |promise| promise.due);
        wording::by_when(due, self.start.started_at, &self.business().time_zone)
    }

    /// The promise as told to the caller; empty where there is none.
    pub(super) fn promise_words(&self) -> String {
        let Some(promise) = self.state.promises.last() else {
            return String::new();
        };
        let by = self.by_when(promise.urgency);
        match &promise.callback {
            Some(number) => {
                let number = phone::written(number, &self.business().region);
                format!("{} will call you back on {number} {by}.", capital(&promise.owner))
            }
            None => format!(
                "Your message goes to {}, who will read it {by}. I have no number to call you back on, so please call us again if you need an answer.",
                promise.owner
            ),
        }
    }

    pub(super) fn promise_was_told(&self) -> bool {
        let words = self.promise_words();
        words.is_empty() || self.state.has_heard(&words)
    }
}

fn capital(text: &str) -> String {
    crate::understanding::capitalised(text)
}
