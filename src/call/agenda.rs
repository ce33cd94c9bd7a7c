//! What to ask next, and how a call is brought to its end.

use super::ledger::Speech;
use super::{Engine, wording};
use crate::domain::{
    Aspect, CallerState, Fact, FieldKind, HangupCause, IntakeField, Move, Phase, Question, Slot, TopicKind,
    TurnId,
};

/// Below this mean token probability a name is read back.
const DOUBTFUL_NAME: f32 = 0.6;

/// No question is put more often than this, whatever happens between.
fn most_askings(question: &Question) -> u32 {
    match question {
        Question::Earlier | Question::Resolved(_) => 1,
        Question::Fill(Slot::Reason) => 4,
        Question::Fill(Slot::Name) | Question::AnythingElse => 3,
        Question::Fill(Slot::Callback) | Question::Confirm(Slot::Callback) => 5,
        Question::Fill(Slot::Field(_))
        | Question::Confirm(_)
        | Question::PersonOrMessage
        | Question::Focus
        | Question::Trigger
        | Question::Expectation
        | Question::Core
        | Question::Option
        | Question::Step => 2,
    }
}

/// After this many unusable answers a question is dropped.
pub(super) fn most_failures(question: &Question) -> u32 {
    match question {
        Question::Earlier | Question::Resolved(_) | Question::Option | Question::Focus => 1,
        Question::Fill(Slot::Reason | Slot::Callback) => 3,
        Question::Fill(Slot::Name | Slot::Field(_))
        | Question::Confirm(_)
        | Question::PersonOrMessage
        | Question::AnythingElse
        | Question::Trigger
        | Question::Expectation
        | Question::Core
        | Question::Step => 2,
    }
}

impl Engine {
    pub(super) fn field(&self, key: &str) -> Option<&IntakeField> {
        self.business().fields.iter().find(|field| field.key == key)
    }

    /// Whether a question was neither put nor failed too often.
    pub(super) fn may_ask(&self, question: &Question) -> bool {
        self.state.times_asked(question) < most_askings(question)
            && self.state.failures(question) < most_failures(question)
    }

    /// The question that is open by what is known: none when nothing more need be asked.
    pub(super) fn next_question(&self) -> Option<Question> {
        let handoffs = &self.state.handoffs;
        if handoffs.open().is_some() {
            return self.question_while_waiting();
        }
        if handoffs.last().is_some_and(|last| last.served()) {
            return self
                .callback_question()
                .filter(|question| !handoffs.served() && *question == Question::Fill(Slot::Callback));
        }
        let intake = &self.state.intake;
        let missing = |slot: &Slot| intake.get(slot).is_none() && !intake.is_given_up(slot);
        if self.is_declined() || self.is_only_a_question() {
            return None;
        }
        if handoffs.len() > 0 {
            return self.question_after_handoff();
        }
        let pressing = self.is_pressing();
        if !pressing && let Some(question) = self.matter_question() {
            return Some(question);
        }
        // Who is in danger, or a danger, is not asked for a name.
        let in_danger = self.is_dangerous();
        if in_danger && self.state.callback().is_some() {
            return None;
        }
        if !in_danger && missing(&Slot::Name) {
            return Some(Question::Fill(Slot::Name));
        }
        if !in_danger && self.name_is_doubtful() {
            return Some(Question::Confirm(Slot::Name));
        }
        if let Some(question) = self.callback_question() {
            return Some(question);
        }
        if pressing {
            return None;
        }
        let field = self.wanted_fields().map(|field| Slot::Field(field.key.clone())).find(missing);
        field.map(Question::Fill).or_else(|| self.choice_question())
    }

    /// What is still asked of somebody for whom nobody came: how to reach them, and who they are.
    fn question_after_handoff(&self) -> Option<Question> {
        let name = Question::Fill(Slot::Name);
        let intake = &self.state.intake;
        let unnamed = intake.get(&Slot::Name).is_none() && !intake.is_given_up(&Slot::Name);
        let asks_name = unnamed && !self.is_dangerous() && self.state.times_asked(&name) < 2;
        let number =
            self.callback_question().filter(|_| !self.is_dangerous() || self.state.callback().is_none());
        number.or(asks_name.then_some(name))
    }

    /// What of the diagnosis is still open.
    fn matter_question(&self) -> Option<Question> {
        let matter = &self.state.matter;
        if let Some(question) = self.earlier_question() {
            return Some(question);
        }
        let reason = Question::Fill(Slot::Reason);
        if !self.reason_is_known() && !self.state.intake.is_given_up(&Slot::Reason) {
            return Some(reason);
        }
        if !self.reason_is_known() {
            return None;
        }
        let several = matter.topics.len() > 1 && matter.diagnosis.topic.is_none();
        let open = [
            (several, Question::Focus),
            (matter.diagnosis.trigger.is_none() && self.needs_trigger(), Question::Trigger),
            (self.lacks_expectation(), Question::Expectation),
            (!matter.core_confirmed && self.core_is_asked() && self.has_core(), Question::Core),
        ];
        // Which of several matters comes first is settled by giving up, if need be.
        let askable = |question: &Question| *question == Question::Focus || self.may_ask(question);
        open.into_iter().find(|(open, question)| *open && askable(question)).map(|(_, question)| question)
    }

    /// Neither a request nor a question has an event behind it that must be known; who has no time says what matters.
    fn needs_trigger(&self) -> bool {
        let wanted = self.state.matter.value(Aspect::Expectation);
        let rushed = self.state.matter.states().any(|state| state == CallerState::Rushed);
        let asks = || wanted.is_some_and(|wanted| rushed || wanted.starts_with("to know "));
        self.topic().map_or_else(|| !asks(), |topic| topic.kind == TopicKind::Complaint)
    }

    /// What the caller wants is asked openly where the playbook has nothing to have confirmed, or that was refused.
    fn lacks_expectation(&self) -> bool {
        let proposed = self.topic().is_some_and(|topic| topic.wanted.is_some());
        // Somebody whom we let down is asked what would be fair; a usual wish is only supposed if they do not know.
        let asked = self.state.times_asked(&Question::Expectation) > 0;
        let open = !proposed || self.state.matter.wish_refused || (self.is_complaint() && !asked);
        self.state.matter.diagnosis.expectation.is_none() && open
    }

    /// The core is said back and confirmed, except where a calm caller has just said all of it in plain words.
    fn core_is_asked(&self) -> bool {
        let matter = &self.state.matter;
        let plain = self.topic().is_some_and(|topic| topic.kind == TopicKind::Request)
            && matter.confidence(Aspect::Expectation) > 0.6
            && !self.is_upset()
            && self.state.times_asked(&Question::Core) == 0;
        !plain
    }

    fn has_core(&self) -> bool {
        let matter = &self.state.matter;
        matter.diagnosis.trigger.is_some() || self.expected_words().is_some()
    }

    /// What the caller would like, as said or as usual with such calls.
    pub(super) fn expected_words(&self) -> Option<String> {
        let said = self.state.matter.value(Aspect::Expectation).map(str::to_owned);
        let refused = self.state.matter.wish_refused;
        said.or_else(|| self.topic().filter(|_| !refused).and_then(|topic| topic.wanted.clone()))
    }

    /// The business's own questions that this topic needs; those that most topics need where it is not known.
    pub(super) fn wanted_fields(&self) -> impl Iterator<Item = &IntakeField> {
        let topic = self.topic();
        let again = self.state.matter.same_matter == Some(true);
        let short = self.state.matter.states().any(|state| state == CallerState::Rushed);
        let unknown = topic.is_none() && self.takeover_owner().is_some();
        let none = again || short || unknown;
        let topics = &self.business().playbook.topics;
        let common = |field: &IntakeField| {
            let needing = topics.iter().filter(|topic| topic.fields.contains(&field.key)).count();
            needing * 2 > topics.len() && field.kind != FieldKind::Code
        };
        let needs = move |field: &IntakeField| {
            topic.map_or_else(|| common(field), |topic| topic.fields.contains(&field.key))
        };
        let wanted = move |field: &&IntakeField| !none && needs(field);
        self.business().fields.iter().filter(wanted)
    }

    fn choice_question(&self) -> Option<Question> {
        if !self.has_choice() || !self.state.promises.is_empty() {
            return None;
        }
        let chosen = self.state.matter.step.as_ref();
        let question = match chosen {
            None => Question::Option,
            // Without a number there is but one promise, and it is told at the end.
            Some((_, evidence)) if !evidence.is_empty() && self.state.callback().is_some() => Question::Step,
            Some(_) => return None,
        };
        (question == Question::Option || self.may_ask(&question)).then_some(question)
    }

    fn name_is_doubtful(&self) -> bool {
        let Some(noted) = self.state.intake.get(&Slot::Name) else {
            return false;
        };
        let settled = noted.confirmed
            || self.state.intake.is_given_up(&Slot::Name)
            || self.state.times_asked(&Question::Confirm(Slot::Name)) > 0;
        // A name from an earlier call may be another person's who shares the telephone.
        let doubtful = noted.evidence.last().is_none_or(|turn| self.confidence_of(*turn) < DOUBTFUL_NAME);
        doubtful && !settled && !self.state.wants_person()
    }

    pub(super) fn callback_question(&self) -> Option<Question> {
        let intake = &self.state.intake;
        if intake.is_given_up(&Slot::Callback) || intake.is_confirmed(&Slot::Callback) {
            return None;
        }
        let to_confirm = intake.get(&Slot::Callback).is_some()
            || (self.state.caller.is_some() && !self.state.offer_refused);
        Some(if to_confirm { Question::Confirm(Slot::Callback) } else { Question::Fill(Slot::Callback) })
    }

    pub(super) fn enter(&mut self, phase: Phase) {
        if self.state.phase() != phase && self.state.phase() != Phase::Closing {
            self.record(Fact::PhaseEntered { phase });
        }
    }

    /// Puts the next open question after what `speech` says so far, or closes.
    pub(super) fn ask_next(&mut self, speech: Speech) {
        let Some(speech) = self.with_handoff(speech) else { return };
        loop {
            let Some(question) = self.next_question() else {
                return self.close(speech);
            };
            self.enter(match &question {
                Question::Fill(Slot::Reason)
                | Question::PersonOrMessage
                | Question::Earlier
                | Question::Resolved(_)
                | Question::Focus
                | Question::Trigger
                | Question::Expectation
                | Question::Core => Phase::Diagnosing,
                Question::Fill(_) | Question::Confirm(_) => Phase::Intake,
                Question::Option | Question::Step => Phase::Proposing,
                Question::AnythingElse => Phase::Closing,
            });
            if self.may_ask(&question) {
                return self.ask(speech, question);
            }
            self.give_up(&question);
        }
    }

    pub(super) fn ask(&mut self, speech: Speech, question: Question) {
        let sentences = self.question_wording(&question, &speech);
        self.say(speech.asking(question, sentences));
    }

    pub(super) fn last_turn(&self) -> TurnId {
        TurnId(self.state.next_turn.saturating_sub(1))
    }

    /// Stops asking for what `question` is about; a number that was only offered is then the one to use.
    pub(super) fn give_up(&mut self, question: &Question) {
        match question {
            Question::Fill(slot) | Question::Confirm(slot) => {
                self.record(Fact::GivenUp { slot: slot.clone() })
            }
            Question::Focus => {
                let first = self.state.matter.topics.first().cloned();
                if let Some(first) = first {
                    self.choose_topic(&first, self.last_turn());
                }
            }
            Question::Option => self.settle_step(),
            Question::PersonOrMessage
            | Question::AnythingElse
            | Question::Earlier
            | Question::Resolved(_)
            | Question::Trigger
            | Question::Expectation
            | Question::Core
            | Question::Step => {}
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
        if let Some(decline) =
            self.topic().filter(|_| self.is_declined()).and_then(|topic| topic.decline.clone())
        {
            let speech = speech.and(decline).act(Move::Decline);
            return self.leave(speech, HangupCause::Completed);
        }
        self.promise_if_worthwhile();
        if !self.promise_was_told() {
            speech = self.with_promise(speech);
        }
        let nothing = self.state.promises.is_empty() && !self.is_only_a_question();
        if nothing || !self.may_ask(&Question::AnythingElse) {
            return self.leave(speech, HangupCause::Completed);
        }
        self.seek_summary();
        self.ask(speech, Question::AnythingElse);
    }

    /// Says goodbye and hangs up once that was heard.
    pub(super) fn farewell(&mut self, cause: HangupCause) {
        self.leave(Speech::default(), cause);
    }

    pub(super) fn leave(&mut self, mut speech: Speech, cause: HangupCause) {
        self.stop_handoff();
        if self.state.phase() != Phase::Closing {
            self.record(Fact::PhaseEntered { phase: Phase::Closing });
        }
        self.promise_if_worthwhile();
        if self.state.promises.is_empty() && cause == HangupCause::Shutdown {
            speech = speech.and(wording::CALL_AGAIN);
        } else if !self.state.promises.is_empty() && !self.promise_was_told() {
            speech = self.with_promise(speech);
        }
        let thanks = format!("Thank you for calling {}.", self.business().name);
        let served = cause == HangupCause::Completed
            && (!self.state.promises.is_empty() || self.has_good_news())
            && !self.is_declined();
        speech = self.with_gladness(speech);
        if served && self.state.times_begun(&thanks) == 0 {
            speech = speech.and(thanks);
        }
        speech = speech.and(self.pick(wording::GOODBYE)).act_unless_set(Move::Close);
        self.floor.leaving = None;
        self.floor.farewells += 1;
        let leaving = Some(cause);
        self.floor.leaving = leaving;
        self.say(speech);
        self.floor.leaving = leaving;
    }

    /// What will be done, with what binds the business after it, never before, and the other matters at the end.
    fn with_promise(&self, mut speech: Speech) -> Speech {
        let told = self.constraint_words().filter(|_| self.is_complaint() && !self.is_pressing());
        for (place, sentence) in self.promise_words().into_iter().enumerate() {
            speech = speech.and(sentence);
            if place == 0 {
                speech = speech.and(told.clone().unwrap_or_default());
            }
        }
        if self.state.matter.topics.len() > 1 && self.state.matter.diagnosis.topic.is_some() {
            speech = speech.and(self.pick(wording::OTHERS_KEPT));
        }
        speech.act(Move::Promise)
    }

    /// After the line came back: says so and goes on where the talk was.
    pub(super) fn speak_after_return(&mut self) {
        let dropped = Speech::of(wording::LINE_DROPPED.to_owned());
        let nobody = self.state.phase() == Phase::HandingOff && self.state.handoffs.open().is_none();
        let speech = if nobody { Speech::default() } else { dropped };
        if let Some(cause) = self.floor.must_end {
            return self.leave(speech, cause);
        }
        if self.state.phase() == Phase::Bridged {
            return self.speak_after_talk();
        }
        if self.state.handoffs.open().is_some() {
            if !self.change_hands() {
                self.keep_company(speech);
            }
            return;
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

    /// After a talk with a person: asks whether anything is left, or what is to be done where the two were cut off.
    fn speak_after_talk(&mut self) {
        let last = self.state.handoffs.last();
        if last.is_some_and(|last| last.cut_short()) {
            self.record(Fact::PhaseEntered { phase: Phase::Proposing });
            let speech = Speech::of(wording::CUT_OFF.to_owned());
            return if self.may_try_again() {
                self.ask(speech, Question::PersonOrMessage)
            } else {
                self.ask_next(speech)
            };
        }
        self.record(Fact::PhaseEntered { phase: Phase::Closing });
        let speech = Speech::of(wording::BACK_WITH_ME.to_owned());
        if self.may_ask(&Question::AnythingElse) {
            self.ask(speech, Question::AnythingElse);
        } else {
            self.leave(speech, HangupCause::Completed);
        }
    }

    pub(super) fn greet(&mut self) {
        let business = self.business();
        let greeting = if self.state.open { &business.greeting } else { &business.greeting_closed };
        let speech =
            Speech::of(greeting.clone()).and(business.notice.clone().unwrap_or_default()).act(Move::Greet);
        match self.next_question() {
            Some(question @ Question::Fill(Slot::Reason)) => self.ask(speech, question),
            Some(_) | None => self.ask_next(speech),
        }
    }
}
