//! What the caller's words mean as an answer to the question that is open.

use super::Engine;
use super::hearing::{GUESSED, Learned, MOST_PARTS, Reaction, STORY_WORDS};
use crate::domain::{Aspect, Fact, FieldKind, Pii, Question, Slot, TurnId};
use crate::understanding::phone::{self, Reading};
use crate::understanding::words::{has_any, plain, sentences, words};
use crate::understanding::{Answer, address, answer, code, name, short_answer, story, wish};

impl Engine {
    /// Takes in what was no answer: a story goes on the record, anything shorter was not understood.
    pub(super) fn told(&mut self, text: &str, turn: TurnId, learned: Learned) -> Reaction {
        let told = story(text).filter(|told| words(told).len() >= STORY_WORDS);
        if told.is_some_and(|told| self.add_to_reason(&told, turn)) {
            if learned.matter { Reaction::Hear } else { Reaction::Note }
        } else if learned.any() {
            Reaction::Thank
        } else {
            Reaction::Miss
        }
    }

    pub(super) fn reason_answered(&mut self, text: &str, turn: TurnId, learned: Learned) -> Reaction {
        if !learned.any()
            && words(text).len() <= 3
            && let Some(name) = name(text, true).filter(|name| name.contains(' '))
        {
            self.record(Fact::Noted { slot: Slot::Name, value: Pii::new(name), evidence: vec![turn] });
            return Reaction::Thank;
        }
        let bare_name = learned.name && words(text).len() <= 3;
        match story(text) {
            Some(told) if !bare_name && self.add_to_reason(&told, turn) => Reaction::Hear,
            _ if learned.matter => Reaction::Hear,
            _ if learned.any() => Reaction::Thank,
            _ => Reaction::GoOn,
        }
    }

    pub(super) fn focus_answered(&mut self, text: &str, turn: TurnId, learned: Learned) -> Reaction {
        if self.state.matter.diagnosis.topic.is_some() {
            self.trigger_from_before();
            return Reaction::Hear;
        }
        let said = plain(text);
        let seen = &self.state.matter.topics;
        let place = if has_any(&said, &["first", "one", "former"]) {
            Some(0)
        } else if has_any(&said, &["second", "two"]) {
            Some(1)
        } else if has_any(&said, &["third", "three", "last", "latter"]) {
            Some(2.min(seen.len().saturating_sub(1)))
        } else if has_any(&said, &["all", "everything", "both", "whatever", "you decide", "don't know"]) {
            Some(0)
        } else {
            None
        };
        match place.and_then(|at| seen.get(at)).cloned() {
            Some(topic) => {
                self.choose_topic(&topic, turn);
                self.trigger_from_before();
                Reaction::Hear
            }
            None => self.told(text, turn, learned),
        }
    }

    pub(super) fn trigger_answered(&mut self, text: &str, turn: TurnId, learned: Learned) -> Reaction {
        let added = story(text).is_some_and(|told| self.add_to_reason(&told, turn));
        if !self.may_ask(&Question::Trigger) {
            self.take_words_as_trigger(turn);
        }
        if learned.matter || added {
            return Reaction::Hear;
        }
        self.told(text, turn, learned)
    }

    /// Somebody who was asked twice and says a word at a time is taken at their words.
    fn take_words_as_trigger(&mut self, turn: TurnId) {
        const LONGEST: usize = 80;
        let Some(noted) =
            self.state.intake.get(&Slot::Reason).filter(|_| self.state.matter.diagnosis.trigger.is_none())
        else {
            return;
        };
        let said = noted.value.expose().trim_end_matches(['.', '!', '?']).replace(". ", ", ").to_lowercase();
        let words = format!("you said “{said}”");
        let mut evidence = noted.evidence.clone();
        evidence.push(turn);
        evidence.dedup();
        if said.len() <= LONGEST && self.may_be_said_back(&format!("So {words}."), &words) {
            let answer = crate::domain::Answer { value: Pii::new(words), evidence, confidence: 0.4 };
            self.record(Fact::Diagnosed { aspect: Aspect::Trigger, answer });
        }
    }

    pub(super) fn expectation_answered(&mut self, text: &str, turn: TurnId, learned: Learned) -> Reaction {
        if self.state.matter.diagnosis.expectation.is_some() {
            self.note_rest(text, turn);
            return Reaction::Hear;
        }
        let unsure = answer(text) == Some(Answer::Unsure);
        let added = story(text).is_some_and(|told| self.add_to_reason(&told, turn));
        match added {
            _ if unsure => Reaction::NeverMind,
            true => Reaction::Note,
            false => self.told(text, turn, learned),
        }
    }

    pub(super) fn core_answered(
        &mut self,
        text: &str,
        turn: TurnId,
        learned: Learned,
        heard: bool,
    ) -> Reaction {
        match answer(text).filter(|_| heard) {
            Some(Answer::No) if learned.matter => Reaction::CoreRejected,
            Some(Answer::No) => {
                self.reject_core(text, turn);
                Reaction::CoreRejected
            }
            Some(Answer::Yes) => {
                self.confirm_core(turn);
                self.note_rest(text, turn);
                Reaction::CoreConfirmed
            }
            Some(Answer::Unsure) | None => self.told(text, turn, learned),
        }
    }

    /// What was said back is now known to be so, and what was proposed to be wanted.
    fn confirm_core(&mut self, turn: TurnId) {
        let expected = self.expected_words();
        for (aspect, value) in [
            (Aspect::Trigger, self.state.matter.value(Aspect::Trigger).map(str::to_owned)),
            (Aspect::Expectation, expected),
        ] {
            let Some(value) = value else { continue };
            let mut evidence = self
                .state
                .matter
                .diagnosis
                .get(aspect)
                .map(|known| known.evidence.clone())
                .unwrap_or_default();
            evidence.push(turn);
            evidence.dedup();
            let answer = crate::domain::Answer { value: Pii::new(value), evidence, confidence: 1.0 };
            self.record(Fact::Diagnosed { aspect, answer });
        }
        self.record(Fact::CoreConfirmed);
    }

    /// A bare no takes back what was only supposed; the caller's own words stay until there are others.
    fn reject_core(&mut self, text: &str, turn: TurnId) {
        self.record(Fact::Undiagnosed { aspect: Aspect::Expectation });
        let rest: Vec<&str> = sentences(text).into_iter().skip(1).collect();
        if let Some(told) = story(&rest.join(" ")) {
            self.add_to_reason(&told, turn);
        }
    }

    pub(super) fn name_answered(&mut self, text: &str, turn: TurnId, learned: Learned) -> Reaction {
        if learned.name {
            self.note_rest(text, turn);
            return Reaction::Thank;
        }
        let refuses = has_any(
            &plain(text),
            &[
                "rather not",
                "not tell",
                "don't want",
                "do not want",
                "none of your",
                "why do you need",
                "anonymous",
            ],
        );
        if refuses {
            self.record(Fact::GivenUp { slot: Slot::Name });
            return Reaction::NeverMind;
        }
        self.told(text, turn, learned)
    }

    pub(super) fn name_confirmed(
        &mut self,
        text: &str,
        turn: TurnId,
        learned: Learned,
        heard: bool,
    ) -> Reaction {
        if learned.name {
            return Reaction::Thank;
        }
        match answer(text).filter(|_| heard) {
            Some(Answer::Yes) => {
                self.record(Fact::Confirmed { slot: Slot::Name });
                self.note_rest(text, turn);
                Reaction::Thank
            }
            Some(Answer::No) => {
                self.record(Fact::Rejected { slot: Slot::Name });
                Reaction::Apologise
            }
            Some(Answer::Unsure) | None => self.told(text, turn, learned),
        }
    }

    pub(super) fn callback_answered(&mut self, text: &str, turn: TurnId, learned: Learned) -> Reaction {
        if learned.number {
            self.note_rest(text, turn);
            return Reaction::Thank;
        }
        if phone::means_calling_number(text) {
            return self.use_calling_number(turn);
        }
        if let Some(reaction) = self.digits_so_far(text) {
            return reaction;
        }
        let refuses = has_any(
            &plain(text),
            &["rather not", "no phone", "don't have", "do not have", "don't want", "do not want", "none"],
        );
        // "No, wait" among digits corrects them.
        let region = &self.business().region;
        let dictates = matches!(phone::read(text, region), Reading::Partial(digits) if digits.len() > 3);
        if refuses || (!dictates && matches!(answer(text), Some(Answer::No | Answer::Unsure))) {
            self.record(Fact::GivenUp { slot: Slot::Callback });
            return Reaction::NeverMind;
        }
        self.told(text, turn, learned)
    }

    pub(super) fn use_calling_number(&mut self, turn: TurnId) -> Reaction {
        let Some(caller) = self.state.caller.clone() else {
            return Reaction::SayWithheld;
        };
        self.note_number(&caller, vec![turn]);
        Reaction::Thank
    }

    pub(super) fn digits_so_far(&self, text: &str) -> Option<Reaction> {
        let region = &self.business().region;
        if !matches!(phone::read(text, region), Reading::Partial(_)) || self.state.parts.len() > MOST_PARTS {
            return None;
        }
        let Reading::Partial(digits) = self.read_number(text, true) else {
            return None;
        };
        let lacks_area = region == "US" && digits.len() == 7;
        match digits.len() {
            _ if lacks_area => Some(Reaction::AwaitAreaCode),
            8 | 9 if region == "US" => Some(Reaction::AwaitLastFour),
            2..=9 => Some(Reaction::AwaitDigits),
            _ => None,
        }
    }

    pub(super) fn callback_confirmed(
        &mut self,
        text: &str,
        turn: TurnId,
        learned: Learned,
        heard: bool,
    ) -> Reaction {
        if learned.number {
            self.note_rest(text, turn);
            return Reaction::Thank;
        }
        let offered = self.state.intake.get(&Slot::Callback).is_none();
        let said = answer(text).filter(|_| heard);
        let calling = phone::means_calling_number(text);
        if calling && (said != Some(Answer::No) || !offered) {
            return self.use_calling_number(turn);
        }
        let current = self.state.callback();
        let amended = current
            .as_ref()
            .filter(|_| !offered)
            .and_then(|now| phone::amend(now, text, &self.business().region));
        if let Some(number) = amended.filter(|number| current.as_ref() != Some(number)) {
            self.note_number(&number, vec![turn]);
            return Reaction::ThankForCorrection;
        }
        match said {
            Some(Answer::Yes) => {
                match current.filter(|_| offered) {
                    Some(number) => self.note_number(&number, vec![turn]),
                    None => self.record(Fact::Confirmed { slot: Slot::Callback }),
                }
                self.note_rest(text, turn);
                Reaction::Thank
            }
            Some(Answer::No) => {
                self.record(Fact::Rejected { slot: Slot::Callback });
                self.digits_so_far(text).unwrap_or(if offered {
                    Reaction::NeverMind
                } else {
                    Reaction::Apologise
                })
            }
            Some(Answer::Unsure) | None => match self.digits_so_far(text).filter(|_| offered && heard) {
                Some(reaction) => {
                    self.record(Fact::Rejected { slot: Slot::Callback });
                    reaction
                }
                None => self.told(text, turn, learned),
            },
        }
    }

    pub(super) fn field_answered(
        &mut self,
        text: &str,
        turn: TurnId,
        key: &str,
        learned: Learned,
    ) -> Reaction {
        let slot = Slot::Field(key.to_owned());
        let kind = self.field(key).map_or(FieldKind::Text, |field| field.kind);
        let text = if kind == FieldKind::Text { after_correction(text) } else { text };
        let said = answer(text);
        let value = match kind {
            FieldKind::Text if key.contains("address") => address_answer(text),
            FieldKind::Text => short_answer(text),
            FieldKind::Code => code(text),
            FieldKind::YesNo => match said {
                Some(Answer::Yes) => Some("yes".to_owned()),
                Some(Answer::No) => Some("no".to_owned()),
                Some(Answer::Unsure) | None => None,
            },
        };
        let doubtful = self.confidence_of(turn) < GUESSED || wish(text).is_some();
        if kind == FieldKind::Text && doubtful && words(text).len() <= 2 {
            return Reaction::Miss;
        }
        let any = has_any(&plain(text), &["any", "anytime", "mind", "matter", "whenever", "all"]);
        let brief = words(text).len() <= 5 && !phone::has_digits(text) && !any;
        let refuses = said == Some(Answer::No) && (kind == FieldKind::Code || brief);
        let cannot_say = said == Some(Answer::Unsure) || (kind != FieldKind::YesNo && refuses);
        match value {
            Some(value) if !cannot_say && (kind != FieldKind::Text || !learned.any()) => {
                self.record(Fact::Noted { slot, value: Pii::new(value), evidence: vec![turn] });
                Reaction::Thank
            }
            _ if cannot_say => {
                self.record(Fact::GivenUp { slot });
                Reaction::NeverMind
            }
            _ => self.told(text, turn, learned),
        }
    }

    pub(super) fn choice_made(&mut self, text: &str, turn: TurnId, learned: Learned) -> Reaction {
        let said = plain(text);
        if self.may_try_again() {
            let again = has_any(
                &said,
                &["again", "once more", "try", "connect", "through", "first", "yes", "please"],
            );
            if again && !has_any(&said, &["call", "called", "rather", "message"]) {
                self.record(Fact::PersonRequested { turn: Some(turn) });
                return Reaction::SayNobodyIsFree;
            }
            return Reaction::NeverMind;
        }
        if has_any(
            &said,
            &[
                "person",
                "someone",
                "somebody",
                "human",
                "call me",
                "call back",
                "callback",
                "the first",
                "first one",
                "soon",
            ],
        ) {
            self.record(Fact::PersonRequested { turn: Some(turn) });
            return Reaction::SayNobodyIsFree;
        }
        match story(text).filter(|told| words(told).len() >= 3) {
            Some(told) if self.add_to_reason(&told, turn) => Reaction::Note,
            _ if learned.any() => Reaction::Thank,
            _ => Reaction::TakeMessage,
        }
    }

    pub(super) fn rest_told(&mut self, text: &str, turn: TurnId, learned: Learned) -> Reaction {
        let other =
            self.other_step_named(text).filter(|_| !self.state.promises.is_empty() && self.has_choice());
        if let Some(step) = other {
            self.promise_anew(step, turn);
            return Reaction::ThankForCorrection;
        }
        if answer(text) == Some(Answer::No) && !learned.matter && is_all(text) {
            return Reaction::Leave;
        }
        let added = story(text)
            .filter(|told| words(told).len() >= STORY_WORDS)
            .is_some_and(|told| self.add_to_reason(&told, turn));
        match answer(text) {
            _ if added => Reaction::Note,
            _ if learned.any() => Reaction::Thank,
            Some(Answer::No) => Reaction::Leave,
            Some(Answer::Yes) => {
                let thanks = has_any(&plain(text), &["thank", "thanks", "great", "perfect", "fine", "good"]);
                if thanks { Reaction::Leave } else { Reaction::Listen }
            }
            Some(Answer::Unsure) => Reaction::Leave,
            None if has_any(&plain(text), &["thank", "thanks"]) => Reaction::Leave,
            None => self.short_note(text, turn),
        }
    }

    /// A few words more, such as "and bring a ladder".
    pub(super) fn short_note(&mut self, text: &str, turn: TurnId) -> Reaction {
        match story(text) {
            Some(told) if words(&told).len() >= 2 && self.add_to_reason(&told, turn) => Reaction::Note,
            _ => Reaction::Miss,
        }
    }
}

/// Whether somebody says that they have all that they called for.
pub(super) fn is_all(text: &str) -> bool {
    has_any(&plain(text), DONE)
}

/// Words by which somebody has all that they called for.
const DONE: &[&str] = &[
    "just wanted to know",
    "just wanted to ask",
    "just wanted to check",
    "just wondering",
    "just checking",
    "just curious",
    "that's all",
    "that is all",
    "that was all",
    "that's it",
    "all i needed",
    "all i wanted",
    "we're good",
    "were good",
    "i'm good",
    "im good",
    "all set",
];

/// What stands after "no, make that": the rest was taken back.
fn after_correction(text: &str) -> &str {
    const MARKS: &[&str] = &[
        "make that ",
        "make it ",
        "I mean ",
        "i mean ",
        "no wait, ",
        "no, wait, ",
        "no wait ",
        "actually no ",
        "or rather ",
    ];
    let last = MARKS.iter().filter_map(|mark| text.rfind(mark).map(|at| at + mark.len())).max();
    last.map_or(text, |at| &text[at..])
}

/// An address has a number or a kind of street in it, or is a few words; anything else is talk.
fn address_answer(text: &str) -> Option<String> {
    let numbered = phone::has_digits(text);
    let short = words(text).len() <= 4;
    if address(text).is_some() || numbered || short { short_answer(text) } else { None }
}
