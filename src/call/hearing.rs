//! What a turn of the caller's means here and now, and how it is answered.

use super::agenda::most_failures;
use super::diagnosing::Told;
use super::ledger::Speech;
use super::{Engine, wording};
use crate::domain::{EscalationReason, Fact, HangupCause, Phase, Question, Slot, TurnId, Utterance};
use crate::understanding::SignalKind;
use crate::understanding::phone::has_digits;
use crate::understanding::words::{has_any, plain, sentences, words};
use crate::understanding::{Answer, Wish, answer, is_backchannel, resolution, signals, spelled, story, wish};

/// A story is kept up to this many bytes; the transcript has the rest.
pub(super) const LONGEST_REASON: usize = 4000;

/// From this many words on, what was not an answer is taken as part of the story.
pub(super) const STORY_WORDS: usize = 5;

/// Below this mean token probability a word or two are as likely a cough.
pub(super) const GUESSED: f32 = 0.45;

/// Somebody who dictates in more pieces than this is asked again from the start.
pub(super) const MOST_PARTS: usize = 5;

/// How a turn is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reaction {
    /// Takes in what was told of the matter.
    Hear,
    Inform(String),
    Advise(String),
    Stay,
    SetBoundary,
    EndForAbuse,
    HandOver(EscalationReason),
    TakeUpEarlier,
    /// Is glad that what an earlier call left is resolved.
    BeGlad,
    CoreConfirmed,
    CoreRejected,
    OfferAgain,
    Thank,
    Note,
    Miss,
    GiveTime,
    Listen,
    SayMachine,
    SayWho,
    SayNobodyIsFree,
    Repeat,
    AwaitDigits,
    AwaitAreaCode,
    AwaitLastFour,
    GoOn,
    ThankForCorrection,
    Apologise,
    NeverMind,
    SayWithheld,
    TakeMessage,
    Leave,
    LeaveStranger,
    StopHandoff,
    KeepCompany,
    /// Lets somebody be who waits for a person.
    Wait,
}

/// What a turn taught, beyond what was asked.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Learned {
    pub(super) name: bool,
    pub(super) number: bool,
    pub(super) field: bool,
    pub(super) reason: bool,
    pub(super) matter: bool,
}

impl Learned {
    pub(super) fn any(self) -> bool {
        self.name || self.number || self.field || self.reason || self.matter
    }
}

/// The question a turn is held against, and whether the caller had heard it.
#[derive(Debug, Clone)]
pub(super) struct Context {
    pub(super) question: Question,
    pub(super) heard: bool,
}

impl Context {
    pub(super) fn is(&self, question: &Question) -> bool {
        self.question == *question
    }

    pub(super) fn is_about(&self, slot: &Slot) -> bool {
        matches!(&self.question, Question::Fill(about) | Question::Confirm(about) if about == slot)
    }
}

impl Engine {
    pub(super) fn heard(&mut self, utterance: Utterance) {
        if !self.state.stage.answered {
            return;
        }
        let text = utterance.text.expose().clone();
        if !text.contains(char::is_alphanumeric) {
            return self.unclear(false);
        }
        let talks_on = self.floor.caller_speaking && self.floor.speech_since > utterance.span.end;
        self.floor.caller_speaking = talks_on;
        self.floor.patient = false;
        let owed = self.floor.owed.take();
        let noise = is_backchannel(&text);
        if self.is_speaking() && noise && !self.question_is_nearly_out() {
            self.note_turn(utterance);
            return;
        }
        self.drop_held();
        self.stop_speaking();
        self.settle_unreported();
        self.floor.timers.clear_reply();
        let turn = self.note_turn(utterance);
        if let Some(owed) = owed.filter(|_| noise) {
            return self.react(owed);
        }
        if let Some(cut) = &self.floor.cut {
            let answers = cut.question_heard
                && matches!(self.context().question, Question::Confirm(_) | Question::AnythingElse);
            let noise = noise || (self.confidence_of(turn) < GUESSED && words(&text).len() <= 3);
            let noise = noise || (!answers && (says_nothing(&text) || nods(&text)));
            let bye = cut.leaving.is_some() && (noise || wish(&text) == Some(Wish::Goodbye));
            if bye || (noise && !answers) {
                return self.go_on();
            }
        }
        self.floor.leaving = None;
        let reaction = self.understand(&text, turn);
        let reaction = self.mildly(reaction, &text);
        let reaction = self.heed_stress(reaction, Some(turn));
        if talks_on {
            // The words came when the caller had begun to speak again: the answer waits for the rest.
            self.floor.owed = Some(reaction);
            self.floor.cut = None;
            return;
        }
        self.react(reaction);
    }

    pub(super) fn unclear(&mut self, likely_speech: bool) {
        if !self.state.stage.answered {
            return;
        }
        self.floor.caller_speaking = false;
        if self.is_speaking() || self.speak_held() {
            return;
        }
        self.settle_unreported();
        if self.floor.cut.is_some() {
            return self.go_on();
        }
        if let Some(owed) = self.floor.owed.take() {
            return self.react(owed);
        }
        if !likely_speech || self.state.is_out_of_reach() {
            return self.wait_for_reply();
        }
        let reaction = self.heed_stress(Reaction::Miss, None);
        self.react(reaction);
    }

    /// How sure the transcriber was of a turn.
    pub(super) fn confidence_of(&self, turn: TurnId) -> f32 {
        let found = self.state.transcript.iter().rev().find(|said| said.id == turn);
        found.map_or(1.0, |said| said.confidence)
    }

    fn note_turn(&mut self, utterance: Utterance) -> TurnId {
        let turn = TurnId(self.state.next_turn);
        self.record(Fact::CallerSaid { turn, utterance });
        turn
    }

    pub(super) fn context(&self) -> Context {
        let open = |question: &Question| match question {
            Question::Fill(slot) => {
                self.state.intake.get(slot).is_none() && !self.state.intake.is_given_up(slot)
            }
            Question::Confirm(slot) => {
                !self.state.intake.is_confirmed(slot) && !self.state.intake.is_given_up(slot)
            }
            Question::PersonOrMessage => true,
            Question::Earlier
            | Question::Resolved(_)
            | Question::Focus
            | Question::Trigger
            | Question::Expectation
            | Question::Core
            | Question::Option
            | Question::Step => {
                self.next_question().as_ref() == Some(question) || self.is_unanswered(question)
            }
            Question::AnythingElse => self.state.phase() == Phase::Closing,
        };
        match self.state.last_asked.clone().filter(open) {
            Some(question) => Context { question, heard: true },
            None => {
                Context { question: self.next_question().unwrap_or(Question::AnythingElse), heard: false }
            }
        }
    }

    fn understand(&mut self, text: &str, turn: TurnId) -> Reaction {
        let context = self.context();
        // "Just have them call me back" is nothing that happened.
        let stops = self.wants_no_person(text, &context);
        if stops && signals(text).is_empty() && self.emergency_in(text, &[]).is_none() {
            self.mine(text, turn, &context, &Told::default());
            return Reaction::StopHandoff;
        }
        let resolution = self.resolution_told(text, turn, &context);
        let matter = match &resolution {
            Some(said) if said.resolved => said.rest.as_deref().unwrap_or_default(),
            Some(_) | None => text,
        };
        let told = self.diagnose(text, matter, turn, &context);
        self.weigh_words(&told.signals, turn);
        self.seek_findings(turn);
        if let Some(reaction) = self.follow_triggers(&told, turn, &context) {
            self.mine(text, turn, &context, &told);
            self.take_story_beside(text, turn, &told);
            return reaction;
        }
        if stops {
            self.mine(text, turn, &context, &told);
            return Reaction::StopHandoff;
        }
        if let Some(reaction) = self.follow_wish(text, turn, &context, &told) {
            return reaction;
        }
        let learned = Learned { matter: told.matter, ..self.mine(text, turn, &context, &told) };
        if let Some(faq) = told.faq.filter(|faq| !self.state.matter.informed.contains(faq)) {
            self.record(Fact::Informed { faq: faq.clone() });
            return Reaction::Inform(faq);
        }
        if self.state.handoffs.open().is_some() && !context.heard {
            return self.told_while_waiting(text, turn, learned);
        }
        match context.question.clone() {
            Question::Fill(Slot::Reason) if self.has_nothing_else(text, learned) => Reaction::Leave,
            Question::Fill(Slot::Reason) => self.reason_answered(text, turn, learned),
            Question::Fill(Slot::Name) => self.name_answered(text, turn, learned),
            Question::Confirm(Slot::Name) => self.name_confirmed(text, turn, learned, context.heard),
            Question::Fill(Slot::Callback) => self.callback_answered(text, turn, learned),
            Question::Confirm(Slot::Callback) => self.callback_confirmed(text, turn, learned, context.heard),
            Question::Fill(Slot::Field(key)) => self.field_answered(text, turn, &key, learned),
            Question::PersonOrMessage => self.choice_made(text, turn, learned),
            Question::AnythingElse => self.rest_told(text, turn, learned),
            Question::Earlier | Question::Resolved(_) => {
                match self.earlier_taken(text, turn, &context, resolution, learned) {
                    Some(reaction) => reaction,
                    None => self.reason_answered(text, turn, learned),
                }
            }
            Question::Focus => self.focus_answered(text, turn, learned),
            Question::Trigger => self.trigger_answered(text, turn, learned),
            Question::Expectation => self.expectation_answered(text, turn, learned),
            Question::Core => self.core_answered(text, turn, learned, context.heard),
            Question::Option => self.option_chosen(text, turn, learned, &context),
            Question::Step => self.step_confirmed(text, turn, learned, context.heard),
            Question::Confirm(Slot::Reason | Slot::Field(_)) => self.told(text, turn, learned),
        }
    }

    /// Wishes about the talk itself come before any answer.
    fn follow_wish(&mut self, text: &str, turn: TurnId, context: &Context, told: &Told) -> Option<Reaction> {
        let manager = told.has(|kind| *kind == SignalKind::Manager);
        let person = manager || told.has(|kind| *kind == SignalKind::Person);
        let found = wish(text).or(person.then_some(Wish::Person))?;
        let choosing = matches!(context.question, Question::Option | Question::Step | Question::AnythingElse);
        if found == Wish::Person
            && (self.is_declined() || (choosing && self.other_step_named(text).is_some()))
        {
            return None;
        }
        match found {
            Wish::AskedIfMachine => Some(Reaction::SayMachine),
            Wish::AskedWho => Some(Reaction::SayWho),
            Wish::Person => {
                self.mine(text, turn, context, told);
                self.take_reason_beside_wish(text, turn);
                self.record(Fact::PersonRequested { turn: Some(turn) });
                let reason = if manager {
                    EscalationReason::ManagerRequested
                } else {
                    EscalationReason::PersonRequested
                };
                self.escalate(reason, turn);
                Some(Reaction::SayNobodyIsFree)
            }
            Wish::WrongNumber if !context.is_about(&Slot::Callback) => {
                self.record(Fact::WrongNumber { turn });
                Some(Reaction::LeaveStranger)
            }
            Wish::WrongNumber => None,
            Wish::Listen => Some(Reaction::Listen),
            Wish::Wait if self.mine(text, turn, context, told).any() => Some(Reaction::Thank),
            Wish::Wait => Some(Reaction::GiveTime),
            Wish::Repeat => Some(Reaction::Repeat),
            Wish::Goodbye if self.state.phase() == Phase::Closing && self.next_question().is_none() => {
                self.note_rest(text, turn);
                Some(Reaction::Leave)
            }
            Wish::Goodbye
                if self.mine(text, turn, context, told).any() || self.confidence_of(turn) < GUESSED =>
            {
                None
            }
            Wish::Goodbye
                if context.heard
                    && matches!(context.question, Question::Confirm(_))
                    && answer(text).is_some() =>
            {
                None
            }
            Wish::Goodbye => Some(Reaction::Leave),
        }
    }

    /// A matter that was put is open until it is known, even if it may not be put again.
    fn is_unanswered(&self, question: &Question) -> bool {
        let matter = &self.state.matter;
        match question {
            Question::Earlier => matter.same_matter.is_none(),
            Question::Resolved(promise) => {
                matter.same_matter.is_none() && matter.said_resolved(*promise).is_none()
            }
            Question::Focus => matter.diagnosis.topic.is_none(),
            Question::Trigger => matter.diagnosis.trigger.is_none(),
            Question::Expectation => matter.diagnosis.expectation.is_none(),
            Question::Core => !matter.core_confirmed,
            Question::Option => matter.step.is_none(),
            Question::Step => self.state.promises.is_empty(),
            Question::Fill(_) | Question::Confirm(_) | Question::PersonOrMessage | Question::AnythingElse => {
                false
            }
        }
    }

    /// Whatever decides the next move, the story is kept.
    fn take_story_beside(&mut self, text: &str, turn: TurnId, told: &Told) {
        let calm = !told.has(|kind| matches!(kind, SignalKind::Abuse(_)));
        if let Some(told) = story(text).filter(|told| calm && words(told).len() >= 3) {
            self.add_to_reason(&told, turn);
        }
    }

    /// "I would like to talk to someone about my bill" asks for a person and says why.
    fn take_reason_beside_wish(&mut self, text: &str, turn: TurnId) {
        let other: Vec<&str> = sentences(text)
            .into_iter()
            .filter(|sentence| {
                wish(sentence) != Some(Wish::Person) || has_any(&plain(sentence), &["about", "because"])
            })
            .collect();
        if let Some(told) = story(&other.join(" ")).filter(|told| words(told).len() >= 3) {
            self.add_to_reason(&told, turn);
        }
    }

    pub(super) fn react(&mut self, reaction: Reaction) {
        if let Some(cause) = self.floor.must_end {
            return self.farewell(cause);
        }
        let lets_go = matches!(
            reaction,
            Reaction::Advise(_)
                | Reaction::Stay
                | Reaction::SetBoundary
                | Reaction::StopHandoff
                | Reaction::Leave
                | Reaction::LeaveStranger
        );
        if !lets_go && self.change_hands() {
            return;
        }
        let lead = |engine: &Self, wordings: &[&str]| Speech::of(engine.pick(wordings));
        match reaction {
            Reaction::Thank => self.ask_next(lead(self, wording::THANKS)),
            Reaction::Note => self.ask_next(lead(self, wording::NOTED)),
            Reaction::Miss => self.missed(),
            Reaction::GiveTime => {
                self.floor.patient = true;
                self.say(lead(self, wording::TAKE_YOUR_TIME));
            }
            Reaction::Listen => self.say(lead(self, wording::LISTENING)),
            Reaction::AwaitDigits => self.say(lead(self, wording::GO_ON_DICTATING)),
            Reaction::AwaitLastFour => self.say(lead(self, wording::LAST_FOUR)),
            Reaction::AwaitAreaCode => self.say(lead(self, wording::AREA_CODE)),
            Reaction::Hear => {
                let speech = self.hear_words();
                self.ask_next(speech);
            }
            Reaction::Inform(key) => self.inform(&key),
            Reaction::Advise(key) => self.advise(&key),
            Reaction::Stay => self.stay(),
            Reaction::SetBoundary => self.set_boundary(),
            Reaction::EndForAbuse => self.end_for_abuse(),
            Reaction::HandOver(reason) => self.hand_over(reason),
            Reaction::TakeUpEarlier => {
                let words = self.again_words();
                self.ask_next(Speech::of(words));
            }
            Reaction::BeGlad => self.ask_next(lead(self, wording::GLAD_RESOLVED)),
            Reaction::CoreConfirmed => self.ask_next(lead(self, wording::THANKS)),
            Reaction::CoreRejected => self.ask_next(lead(self, wording::CORE_WRONG)),
            Reaction::OfferAgain => self.ask_next(lead(self, wording::NEVER_MIND)),
            Reaction::SayMachine => self.ask_next(lead(self, wording::MACHINE)),
            Reaction::SayWho => self.ask_next(Speech::of(wording::this_is(self.business()))),
            Reaction::SayNobodyIsFree => self.say_nobody_is_free(),
            Reaction::Repeat => self.repeat(),
            Reaction::GoOn => self.ask_next(Speech::default()),
            Reaction::ThankForCorrection => self.ask_next(lead(self, wording::CORRECTED)),
            Reaction::Apologise => self.ask_next(lead(self, wording::MY_MISTAKE)),
            Reaction::NeverMind => self.ask_next(lead(self, wording::NEVER_MIND)),
            Reaction::SayWithheld => self.ask_next(lead(self, wording::WITHHELD)),
            Reaction::TakeMessage if self.state.intake.get(&Slot::Reason).is_some() => {
                self.ask_next(lead(self, wording::NEVER_MIND));
            }
            Reaction::TakeMessage => self.ask_next(lead(self, wording::MESSAGE)),
            Reaction::StopHandoff => {
                self.stop_handoff();
                self.ask_next(lead(self, wording::STOPPED));
            }
            Reaction::KeepCompany => self.keep_company(Speech::default()),
            Reaction::Wait => self.wait_for_reply(),
            Reaction::Leave => self.let_go(),
            Reaction::LeaveStranger => {
                self.leave(Speech::of(wording::WRONG_NUMBER.to_owned()), HangupCause::Completed)
            }
        }
    }

    /// Says that the last turn was not understood; the second time in a row offers a way out.
    pub(super) fn missed(&mut self) {
        let context = self.context();
        self.record(Fact::Misunderstood { count: self.state.misunderstood + 1 });
        let speech = Speech::of(self.pick(wording::MISSED));
        let offered = self.state.times_asked(&Question::PersonOrMessage) > 0;
        let patience = match &context.question {
            // A number has another way out, the keypad; a name or a detail can simply be left.
            Question::Fill(Slot::Callback) | Question::Confirm(Slot::Callback) => 4,
            Question::Fill(Slot::Name | Slot::Field(_)) => 3,
            Question::Fill(Slot::Reason)
            | Question::Confirm(_)
            | Question::PersonOrMessage
            | Question::AnythingElse
            | Question::Earlier
            | Question::Resolved(_)
            | Question::Focus
            | Question::Trigger
            | Question::Expectation
            | Question::Core
            | Question::Option
            | Question::Step => 2,
        };
        let stuck = self.state.misunderstood >= patience && self.state.phase() != Phase::Closing;
        let waits = self.state.handoffs.open().is_some();
        if stuck && !offered && !waits && !self.state.wants_person() {
            if self.state.failures(&context.question) >= most_failures(&context.question) {
                self.give_up(&context.question);
            }
            self.enter(Phase::Diagnosing);
            if !self.state.matter.is_escalated(EscalationReason::NotUnderstood) {
                self.record(Fact::Escalated { reason: EscalationReason::NotUnderstood, turn: None });
            }
            if self.handoff_due().is_some() {
                return self.ask_next(speech);
            }
            return self.ask(speech, Question::PersonOrMessage);
        }
        if self.state.failures(&context.question) >= most_failures(&context.question) {
            return self.ask_next(Speech::of(self.pick(wording::NEVER_MIND)));
        }
        self.ask_next(speech);
    }

    fn repeat(&mut self) {
        if self.state.handoffs.open().is_some() {
            return self.keep_company(Speech::default());
        }
        if self.context().is(&Question::PersonOrMessage) {
            return self.ask(Speech::default(), Question::PersonOrMessage);
        }
        let closing = self.state.phase() == Phase::Closing && self.next_question().is_none();
        let speech = if closing {
            self.promise_words().into_iter().fold(Speech::default(), Speech::and)
        } else {
            Speech::default()
        };
        self.ask_next(speech);
    }

    pub(super) fn say_nobody_is_free(&mut self) {
        let understood = Speech::of(self.pick(wording::UNDERSTAND));
        if self.state.handoffs.open().is_some() {
            return self.keep_company(understood);
        }
        if self.handoff_due().is_some() {
            return self.ask_next(understood);
        }
        if self.state.person_requests >= 3 {
            for slot in [Slot::Name, Slot::Callback] {
                self.record(Fact::GivenUp { slot });
            }
        }
        let speech = understood;
        if self.next_question().is_none() {
            let speech =
                if self.state.person_requests == 1 { speech.and(wording::NOBODY_FREE) } else { speech };
            return self.close(speech);
        }
        let speech = speech.and(self.person_words());
        let speech =
            if self.state.person_requests == 1 { speech.and(wording::SHORT_QUESTION) } else { speech };
        self.ask_next(speech);
    }

    /// The caller wants to go: the one thing still needed is how to reach them.
    fn let_go(&mut self) {
        let unreachable = self.state.callback().is_none() && !self.state.intake.is_given_up(&Slot::Callback);
        let asked = self.state.times_asked(&Question::Fill(Slot::Callback)) > 0;
        if unreachable && !asked && self.state.intake.get(&Slot::Reason).is_some() {
            let fields = self.wanted_fields().map(|field| Slot::Field(field.key.clone()));
            let rest = std::iter::once(Slot::Name).chain(fields);
            let open: Vec<Slot> = rest.filter(|slot| self.state.intake.get(slot).is_none()).collect();
            for slot in open {
                self.record(Fact::GivenUp { slot });
            }
            return self.ask(Speech::of(wording::BEFORE_YOU_GO.to_owned()), Question::Fill(Slot::Callback));
        }
        self.farewell(HangupCause::Completed);
    }
}

/// "That's right": agreement in a few words, to nothing that was asked; also what transcribers make of "uh huh".
fn nods(text: &str) -> bool {
    answer(text) == Some(Answer::Yes)
        && wish(text).is_none()
        && words(text).len() <= 4
        && !has_digits(text)
        && resolution(text).is_none()
}

/// "Hello?", "what was that": words that ask for nothing but what was cut off.
fn says_nothing(text: &str) -> bool {
    let plain_talk = matches!(wish(text), None | Some(Wish::Repeat)) && answer(text).is_none();
    plain_talk
        && words(text).len() <= 5
        && story(text).is_none()
        && spelled(text).is_none()
        && !has_digits(text)
        && resolution(text).is_none()
}
