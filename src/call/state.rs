use std::collections::{BTreeMap, BTreeSet};

use super::handoffs::Handoffs;
use super::matter::Matter;
use super::stress::Stress;
use crate::domain::{
    CallTime, Digit, Fact, HangupCause, Phase, PhoneNumber, Pii, Promise, Question, Slot, Span, Speaker,
    TurnId, Urgency, Utterance,
};
use crate::understanding::words::sentences;

/// What is known of a call: a function of its facts alone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    pub(super) stage: Stage,
    pub(super) caller: Option<PhoneNumber>,
    pub(super) open: bool,
    pub(super) intake: Intake,
    pub(super) transcript: Vec<Turn>,
    pub(super) promises: Vec<Promise>,
    /// How often each question was put and heard.
    pub(super) asked: BTreeMap<Question, u32>,
    /// How often each question got an answer that could not be used.
    pub(super) failed: BTreeMap<Question, u32>,
    pub(super) last_asked: Option<Question>,
    pub(super) silences: u32,
    pub(super) misunderstood: u32,
    /// When a person was first asked for.
    pub(super) person_since: Option<CallTime>,
    pub(super) person_requests: u32,
    /// Whether the calling number was refused as the one to call back.
    pub(super) offer_refused: bool,
    /// What the caller said since the last question, for answers dictated over several turns.
    pub(super) parts: Vec<Pii<String>>,
    /// The keys of a number being typed.
    pub(super) typed: Pii<String>,
    /// How often each sentence was begun, so that nobody hears the same words again and again.
    pub(super) begun: BTreeMap<Pii<String>, u32>,
    pub(super) next_turn: u32,
    pub(super) next_speech: u32,
    pub(super) matter: Matter,
    pub(super) stress: Stress,
    pub(super) handoffs: Handoffs,
}

/// Where a call stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Stage {
    pub(super) answered: bool,
    pub(super) phase: Option<Phase>,
    /// When it was first said what will be done.
    pub(super) proposing_since: Option<CallTime>,
    pub(super) lost: bool,
    pub(super) ended: Option<HangupCause>,
}

/// One turn as it was heard.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// Its number within the call.
    pub id: TurnId,
    /// Who spoke.
    pub speaker: Speaker,
    /// What the other side can have heard of it.
    pub text: Pii<String>,
    /// When.
    pub span: Span,
    /// The transcriber's mean token probability, 0 to 1; 1 for the bot's own words.
    pub confidence: f32,
}

/// The answers learned so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Intake {
    answers: BTreeMap<Slot, Noted>,
    given_up: BTreeSet<Slot>,
}

/// An answer with the turns that prove it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// A name, an E.164 number, a sentence, a code.
    pub value: Pii<String>,
    /// The turns it rests on.
    pub evidence: Vec<TurnId>,
    /// Whether the caller agreed when it was read back.
    pub confirmed: bool,
}

impl Intake {
    /// The answer noted for a slot.
    pub fn get(&self, slot: &Slot) -> Option<&Noted> {
        self.answers.get(slot)
    }

    /// The value noted for a slot.
    pub fn value(&self, slot: &Slot) -> Option<&str> {
        self.get(slot).map(|noted| noted.value.expose().as_str())
    }

    /// All answers in the order of their slots.
    pub fn iter(&self) -> impl Iterator<Item = (&Slot, &Noted)> {
        self.answers.iter()
    }

    /// Whether the slot is not asked for any more although its value may be missing or unconfirmed.
    pub fn is_given_up(&self, slot: &Slot) -> bool {
        self.given_up.contains(slot)
    }

    pub(super) fn is_confirmed(&self, slot: &Slot) -> bool {
        self.get(slot).is_some_and(|noted| noted.confirmed)
    }
}

impl State {
    /// Where the conversation is.
    pub fn phase(&self) -> Phase {
        if self.stage.ended.is_some() { Phase::Ended } else { self.stage.phase.unwrap_or(Phase::Greeting) }
    }

    /// The answers learned so far.
    pub fn intake(&self) -> &Intake {
        &self.intake
    }

    /// All turns in order, each as the other side heard it.
    pub fn transcript(&self) -> &[Turn] {
        &self.transcript
    }

    /// All promises made.
    pub fn promises(&self) -> &[Promise] {
        &self.promises
    }

    /// How often a question was put to the caller and heard.
    pub fn times_asked(&self, question: &Question) -> u32 {
        self.asked.get(question).copied().unwrap_or(0)
    }

    /// Why the call ended, once it has.
    pub fn ended(&self) -> Option<HangupCause> {
        self.stage.ended
    }

    /// What the call is about, and how the caller is.
    pub fn matter(&self) -> &Matter {
        &self.matter
    }

    /// The number to call back: the one the caller gave, or else the one they call from.
    pub fn callback(&self) -> Option<PhoneNumber> {
        let given = self.intake.value(&Slot::Callback).and_then(|value| PhoneNumber::parse(value).ok());
        given.or_else(|| self.caller.clone().filter(|_| !self.offer_refused))
    }

    /// How stressed the caller is.
    pub fn stress(&self) -> &Stress {
        &self.stress
    }

    pub(super) fn failures(&self, question: &Question) -> u32 {
        self.failed.get(question).copied().unwrap_or(0)
    }

    pub(super) fn wants_person(&self) -> bool {
        self.person_since.is_some()
    }

    pub(super) fn promised(&self, urgency: Urgency) -> Option<&Promise> {
        self.promises.iter().find(|promise| promise.urgency == urgency)
    }

    /// Whether nothing that is said reaches the caller: the line is down, or they are with an agent.
    pub(super) fn is_out_of_reach(&self) -> bool {
        self.stage.lost || self.handoffs.away()
    }

    /// Whether the caller has heard these words from the bot, in one piece.
    pub(super) fn has_heard(&self, words: &str) -> bool {
        self.transcript.iter().any(|turn| {
            turn.speaker == Speaker::Bot
                && turn.text.expose().contains(words.trim_end_matches(['.', '?', '!']))
        })
    }

    /// How often a sentence was begun.
    pub(super) fn times_begun(&self, sentence: &str) -> u32 {
        self.begun.get(&Pii::from(sentence)).copied().unwrap_or(0)
    }

    /// Takes in one fact; the only way in which a call's state changes.
    pub(super) fn apply(&mut self, at: CallTime, fact: &Fact) {
        self.matter.apply(at, fact);
        self.stress.apply(at, fact);
        self.handoffs.apply(at, fact);
        match fact {
            Fact::Answered { caller, open } => {
                self.stage.answered = true;
                self.caller.clone_from(caller);
                self.open = *open;
            }
            Fact::PhaseEntered { phase } => {
                self.stage.phase = Some(*phase);
                if matches!(phase, Phase::Proposing | Phase::Closing) {
                    self.stage.proposing_since.get_or_insert(at);
                }
            }
            Fact::Asked { question, attempt } => self.apply_asked(question, *attempt),
            Fact::BotSaid { turn, speech, text, heard, span } => {
                self.count_begun(text.expose(), heard.expose().len());
                self.next_speech = self.next_speech.max(speech.0.saturating_add(1));
                self.push_turn(*turn, Speaker::Bot, heard, *span, 1.0);
            }
            Fact::CallerSaid { turn, utterance } => self.apply_caller_said(*turn, utterance),
            Fact::Keyed { digit } => self.apply_keyed(*digit),
            Fact::SilenceNoticed { count } => self.silences = *count,
            Fact::Misunderstood { count } => self.apply_misunderstood(*count),
            Fact::Noted { slot, value, evidence } => self.apply_noted(slot, value, evidence),
            Fact::Confirmed { slot } => {
                self.misunderstood = 0;
                if let Some(noted) = self.intake.answers.get_mut(slot) {
                    noted.confirmed = true;
                }
            }
            Fact::Rejected { slot } => self.apply_rejected(slot),
            Fact::GivenUp { slot } => {
                self.intake.given_up.insert(slot.clone());
            }
            Fact::PersonRequested { .. } => self.apply_person_requested(at),
            Fact::PromiseMade { promise } => self.apply_promise(promise),
            Fact::TurnTimed { .. }
            | Fact::Recalled { .. }
            | Fact::EarlierMatter { .. }
            | Fact::EarlierResolved { .. }
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
            | Fact::StressScored { .. }
            | Fact::StressCrossed { .. }
            | Fact::TakeoverTold { .. }
            | Fact::UrgencyRaised { .. }
            | Fact::HandoffHeard { .. }
            | Fact::HandoffStopped { .. }
            | Fact::PutThrough { .. }
            | Fact::WrongNumber { .. }
            | Fact::StepChosen { .. }
            | Fact::Guarded { .. }
            | Fact::Summarised { .. }
            | Fact::NoteWritten { .. }
            | Fact::CoreConfirmed => {}
            // What was asked before is not what is being answered now.
            Fact::HandoffBegan { .. } => self.last_asked = None,
            Fact::StreamLost => self.stage.lost = true,
            Fact::Resumed => {
                self.stage.lost = false;
                self.silences = 0;
                self.typed = Pii::default();
            }
            Fact::Ended { cause } => self.stage.ended = Some(*cause),
        }
    }

    fn count_begun(&mut self, text: &str, heard: usize) {
        let mut rest = text;
        for sentence in sentences(text) {
            let at = text.len() - rest.len() + rest.find(sentence).unwrap_or(0);
            rest = &text[at + sentence.len()..];
            if at < heard {
                *self.begun.entry(Pii::from(sentence)).or_default() += 1;
            }
        }
    }

    /// A promise of the same id is put differently.
    fn apply_promise(&mut self, promise: &Promise) {
        match self.promises.iter_mut().find(|known| known.id == promise.id) {
            Some(known) => *known = promise.clone(),
            None => self.promises.push(promise.clone()),
        }
    }

    fn apply_person_requested(&mut self, at: CallTime) {
        self.person_since.get_or_insert(at);
        self.person_requests += 1;
        self.misunderstood = 0;
        self.silences = 0;
        self.typed = Pii::default();
    }

    fn apply_misunderstood(&mut self, count: u32) {
        self.misunderstood = count;
        self.typed = Pii::default();
        if let Some(question) = self.last_asked.clone() {
            *self.failed.entry(question).or_default() += 1;
        }
    }

    fn apply_caller_said(&mut self, turn: TurnId, utterance: &Utterance) {
        self.silences = 0;
        self.typed = Pii::default();
        self.parts.push(utterance.text.clone());
        self.push_turn(turn, Speaker::Caller, &utterance.text, utterance.span, utterance.confidence);
    }

    fn apply_keyed(&mut self, digit: Digit) {
        self.silences = 0;
        let mut typed = self.typed.expose().clone();
        match digit.as_char() {
            '*' => typed.clear(),
            key @ '0'..='9' => typed.push(key),
            _ => {}
        }
        self.typed = Pii::new(typed);
    }

    fn apply_asked(&mut self, question: &Question, attempt: u32) {
        self.asked.insert(question.clone(), attempt);
        self.last_asked = Some(question.clone());
        self.parts.clear();
        self.typed = Pii::default();
        if *question == Question::PersonOrMessage {
            self.misunderstood = 0;
        }
    }

    fn apply_noted(&mut self, slot: &Slot, value: &Pii<String>, evidence: &[TurnId]) {
        self.misunderstood = 0;
        self.silences = 0;
        self.parts.clear();
        self.typed = Pii::default();
        self.forget_read_back(slot);
        let confirmed = self.intake.get(slot).is_some_and(|noted| noted.confirmed && noted.value == *value);
        let noted = Noted { value: value.clone(), evidence: evidence.to_vec(), confirmed };
        self.intake.answers.insert(slot.clone(), noted);
    }

    /// A question about the old value is not one about the new.
    fn forget_read_back(&mut self, slot: &Slot) {
        if self.last_asked == Some(Question::Confirm(slot.clone())) {
            self.last_asked = None;
        }
    }

    fn apply_rejected(&mut self, slot: &Slot) {
        self.forget_read_back(slot);
        let removed = self.intake.answers.remove(slot);
        let was_offer = *slot == Slot::Callback
            && match (&removed, &self.caller) {
                (Some(noted), Some(caller)) => noted.value.expose() == caller.expose(),
                (Some(_), None) => false,
                (None, _) => true,
            };
        if was_offer {
            self.offer_refused = true;
        } else {
            *self.failed.entry(Question::Fill(slot.clone())).or_default() += 1;
        }
        self.typed = Pii::default();
    }

    fn push_turn(&mut self, id: TurnId, speaker: Speaker, text: &Pii<String>, span: Span, confidence: f32) {
        self.next_turn = self.next_turn.max(id.0.saturating_add(1));
        if !text.expose().is_empty() {
            self.transcript.push(Turn { id, speaker, text: text.clone(), span, confidence });
        }
    }
}
