//! Keys of the telephone.

use super::ledger::Speech;
use super::{Engine, wording};
use crate::domain::{Digit, Fact, FieldKind, Pii, Question, Slot};
use crate::understanding::phone;

/// What the keys pressed now are for.
enum Typing {
    Number,
    Code(String),
    Nothing,
}

impl Engine {
    /// Zero asks for a person, except within a number.
    pub(super) fn keyed(&mut self, digit: Digit) {
        if !self.state.stage.answered || self.state.is_out_of_reach() {
            return;
        }
        let ends_nothing = !digit.as_char().is_ascii_digit() && self.state.typed.expose().is_empty();
        if ends_nothing {
            self.record(Fact::Keyed { digit });
            return;
        }
        let typing = self.typing();
        self.stop_speaking();
        self.settle_unreported();
        self.floor.cut = None;
        self.floor.owed = None;
        self.floor.leaving = None;
        self.floor.caller_speaking = false;
        self.record(Fact::Keyed { digit });
        if let Some(cause) = self.floor.must_end {
            return self.farewell(cause);
        }
        let typed = self.state.typed.expose().clone();
        let zero_begins = match &typing {
            Typing::Number => phone::may_begin_with_zero(&self.business().region),
            Typing::Code(_) => true,
            Typing::Nothing => false,
        };
        if typed == "0" && digit.as_char() == '0' && !zero_begins {
            return self.person_keyed();
        }
        match typing {
            Typing::Number => self.number_keyed(digit, &typed),
            Typing::Code(key) => self.code_keyed(digit, &key, typed),
            Typing::Nothing if digit.as_char() == '#' => self.missed(),
            // Keys that nobody asked for may be the start of a number all the same.
            Typing::Nothing => self.wait_for_key(),
        }
    }

    fn typing(&self) -> Typing {
        let question = self.state.last_asked.clone().into_iter().chain(self.next_question());
        for question in question {
            match question {
                Question::Fill(Slot::Callback) | Question::Confirm(Slot::Callback)
                    if !self.state.intake.is_confirmed(&Slot::Callback) =>
                {
                    return Typing::Number;
                }
                Question::Fill(Slot::Field(key))
                    if self.field(&key).is_some_and(|field| field.kind == FieldKind::Code)
                        && self.state.intake.get(&Slot::Field(key.clone())).is_none() =>
                {
                    return Typing::Code(key);
                }
                Question::Fill(_)
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
                | Question::Step => {}
            }
        }
        Typing::Nothing
    }

    fn person_keyed(&mut self) {
        self.record(Fact::PersonRequested { turn: None });
        self.say_nobody_is_free();
    }

    fn number_keyed(&mut self, digit: Digit, typed: &str) {
        let number = phone::from_digits(typed, &self.business().region);
        match (number, digit.as_char()) {
            (Some(number), _) => {
                self.note_number(&number, Vec::new());
                self.ask_next(Speech::of(self.pick(wording::THANKS)));
            }
            (None, '#') => self.number_incomplete(),
            (None, _) => self.wait_for_key(),
        }
    }

    fn code_keyed(&mut self, digit: Digit, key: &str, typed: String) {
        if digit.as_char() != '#' || typed.len() < 3 {
            return self.wait_for_key();
        }
        self.record(Fact::Noted {
            slot: Slot::Field(key.to_owned()),
            value: Pii::new(typed),
            evidence: Vec::new(),
        });
        self.ask_next(Speech::of(self.pick(wording::THANKS)));
    }

    fn number_incomplete(&mut self) {
        self.record(Fact::Misunderstood { count: self.state.misunderstood + 1 });
        self.ask_next(Speech::of(self.pick(wording::INCOMPLETE)));
    }

    /// No further key came: a lone zero asks for a person, a code is complete, a number is not.
    pub(super) fn typing_stopped(&mut self) {
        let typed = self.state.typed.expose().clone();
        if typed == "0" {
            return self.person_keyed();
        }
        match self.typing() {
            Typing::Code(key) if typed.len() >= 3 => {
                self.record(Fact::Noted {
                    slot: Slot::Field(key),
                    value: Pii::new(typed),
                    evidence: Vec::new(),
                });
                self.ask_next(Speech::of(self.pick(wording::THANKS)));
            }
            Typing::Number => self.number_incomplete(),
            Typing::Code(_) | Typing::Nothing => self.missed(),
        }
    }
}
