//! What a language model is asked, and what of its answers is taken: it proposes, the engine disposes.

use std::time::Duration;

use super::ledger::Speech;
use super::{Action, Engine};
use crate::diagnosis::person;
use crate::domain::{
    Answer, AskId, Aspect, Fact, Finding, ModelQuestion, ModelReply, Move, Phase, Pii, Question, SaidTurn,
    Speaker, TurnId,
};
use crate::understanding::words::{plain, sentences, words};

/// Turns shown for the wording of one sentence.
const TURNS_FOR_WORDING: usize = 6;
/// A turn shorter than this has nothing for a model to find.
const LONG_TURN: usize = 8;
/// How sure an answer is that a model found, with its proof in the caller's words.
const FOUND: f32 = 0.6;
/// Better words may not be much longer than the words they replace.
const LONGEST_WORDING: usize = 220;
const LONGEST_SUMMARY: usize = 800;

/// Whether at least half of the words that carry the meaning of `meant` are in `said`.
fn carries(said: &str, meant: &str) -> bool {
    let said = plain(said);
    let carrying: Vec<String> =
        words(meant).into_iter().map(|word| word.lower).filter(|word| word.len() > 3).collect();
    let kept = carrying.iter().filter(|word| said.contains(word.as_str())).count();
    kept * 2 >= carrying.len()
}

/// A speech that waits for better words.
#[derive(Debug, Clone)]
pub(super) struct Held {
    ask: AskId,
    speech: Speech,
}

impl Engine {
    fn ask_model(&mut self, question: ModelQuestion, deadline: Duration) -> AskId {
        let ask = AskId(self.floor.next_ask);
        self.floor.next_ask += 1;
        self.actions.push_back(Action::Ask { ask, question, deadline });
        ask
    }

    /// Holds a speech back until a model has offered better words for its lead, where there is a model and a lead.
    pub(super) fn hold_for_wording(&mut self, speech: Speech) -> Option<Speech> {
        let Some(model) = self.start.model else { return Some(speech) };
        let personal = matches!(speech.movement(), Move::Acknowledge | Move::Reflect | Move::Ask);
        let draft = speech.lead();
        if !personal || draft.is_empty() || self.floor.leaving.is_some() || self.state.is_out_of_reach() {
            return Some(speech);
        }
        let turns = self.said(TURNS_FOR_WORDING);
        let question = ModelQuestion::Wording { act: speech.movement(), draft: Pii::new(draft), turns };
        self.drop_held();
        let ask = self.ask_model(question, model.wording_deadline);
        self.floor.timers.clear_reply();
        self.floor.timers.start_model(self.now, model.wording_deadline);
        self.floor.held = Some(Held { ask, speech });
        None
    }

    /// Says what was held back as it was meant.
    pub(super) fn model_overdue(&mut self) {
        if let Some(held) = self.floor.held.take() {
            self.actions.push_back(Action::Cancel(held.ask));
            self.speak(held.speech);
        }
    }

    pub(super) fn ask_failed(&mut self, ask: AskId) {
        if self.floor.background == Some(ask) {
            self.floor.background = None;
        }
        if self.floor.held.as_ref().is_some_and(|held| held.ask == ask)
            && let Some(held) = self.floor.held.take()
        {
            self.floor.timers.clear_model();
            self.speak(held.speech);
        }
    }

    /// Lets go of what was held back, because the caller speaks.
    pub(super) fn drop_held(&mut self) {
        if let Some(held) = self.floor.held.take() {
            self.floor.timers.clear_model();
            self.actions.push_back(Action::Cancel(held.ask));
        }
    }

    /// Lets go of everything that was asked.
    pub(super) fn drop_asks(&mut self) {
        self.drop_held();
        if let Some(ask) = self.floor.background.take() {
            self.actions.push_back(Action::Cancel(ask));
        }
    }

    /// Says at once what was held back, because what stopped it was nothing.
    pub(super) fn speak_held(&mut self) -> bool {
        let Some(held) = self.floor.held.take() else { return false };
        self.floor.timers.clear_model();
        self.actions.push_back(Action::Cancel(held.ask));
        self.speak(held.speech);
        true
    }

    pub(super) fn replied(&mut self, ask: AskId, reply: ModelReply) {
        if self.floor.background == Some(ask) {
            self.floor.background = None;
            match reply {
                ModelReply::Findings(found) => found.iter().for_each(|finding| self.take_finding(finding)),
                ModelReply::Summary(text) => self.take_summary(text),
                ModelReply::Wording(_) => {}
            }
            return;
        }
        if self.floor.held.as_ref().is_none_or(|held| held.ask != ask) {
            return;
        }
        let Some(held) = self.floor.held.take() else { return };
        self.floor.timers.clear_model();
        let speech = match reply {
            ModelReply::Wording(words) if self.wording_serves(words.expose(), &held.speech) => {
                held.speech.reworded(words.into_exposed())
            }
            ModelReply::Wording(_) | ModelReply::Findings(_) | ModelReply::Summary(_) => held.speech,
        };
        self.speak(speech);
    }

    /// Whether proposed words do what the engine decided to do: no question of their own, no figure and no promise that
    /// is not in the draft, about the same thing, not said before, and nothing the guard objects to.
    fn wording_serves(&self, words: &str, speech: &Speech) -> bool {
        let draft = speech.lead();
        let long = words.len() > LONGEST_WORDING.max(draft.len() * 2) || sentences(words).len() > 3;
        let asks = words.contains('?');
        let figures = plain(words)
            .split_whitespace()
            .any(|word| word.chars().any(|sign| sign.is_ascii_digit()) && !plain(&draft).contains(word));
        let fair = sentences(words)
            .iter()
            .all(|sentence| self.may_be_said(sentence) && self.state.times_begun(sentence) == 0);
        let keeps =
            carries(words, &draft) && (speech.movement() != Move::Reflect || self.names_the_core(words));
        !words.trim().is_empty() && !long && !asks && !figures && fair && keeps
    }

    /// Whether `said` tells the trigger.
    fn names_the_core(&self, said: &str) -> bool {
        let Some(trigger) = self.state.matter.value(Aspect::Trigger) else { return true };
        carries(said, trigger)
    }

    /// Asks a model what the caller's words tell, while the talk goes on.
    pub(super) fn seek_findings(&mut self, turn: TurnId) {
        let Some(model) = self.start.model else { return };
        let open: Vec<Aspect> = [Aspect::Trigger, Aspect::Expectation]
            .into_iter()
            .filter(|aspect| self.state.matter.confidence(*aspect) < FOUND)
            .collect();
        let long = self.turn_text(turn).is_some_and(|text| words(text).len() >= LONG_TURN);
        if open.is_empty() || !long || self.floor.background.is_some() || self.state.matter.core_confirmed {
            return;
        }
        let turns = self.said(usize::MAX);
        let ask = self.ask_model(ModelQuestion::Findings { open, turns }, model.background_deadline);
        self.floor.background = Some(ask);
    }

    /// A finding counts if its proof is in what the caller said, and the answer is that proof, not the model's own words.
    fn take_finding(&mut self, finding: &Finding) {
        let open = matches!(finding.aspect, Aspect::Trigger | Aspect::Expectation)
            && self.state.matter.confidence(finding.aspect) < FOUND
            && !self.state.matter.core_confirmed;
        let quote = plain(finding.quote.expose());
        let proof = self.state.transcript.iter().find(|turn| {
            turn.speaker == Speaker::Caller
                && !quote.trim().is_empty()
                && plain(turn.text.expose()).contains(&quote)
        });
        let Some(turn) = proof.map(|turn| turn.id).filter(|_| open) else { return };
        let words = match finding.aspect {
            Aspect::Trigger => person::to_caller(finding.quote.expose()),
            Aspect::Expectation => person::outcome(finding.quote.expose()),
            Aspect::Constraint | Aspect::NextStep => None,
        };
        if let Some(value) = words.filter(|words| self.may_be_said_back(&format!("So {words}."), words)) {
            let answer = Answer { value: Pii::new(value), evidence: vec![turn], confidence: FOUND };
            self.record(Fact::Diagnosed { aspect: finding.aspect, answer });
        }
    }

    /// Asks a model to sum the call up while it is being closed.
    pub(super) fn seek_summary(&mut self) {
        let Some(model) = self.start.model else { return };
        let once = self.state.times_asked(&Question::AnythingElse) == 0;
        if self.floor.background.is_some() || self.state.phase() != Phase::Closing || !once {
            return;
        }
        let turns = self.said(usize::MAX);
        let ask = self.ask_model(ModelQuestion::Summary { turns }, model.background_deadline);
        self.floor.background = Some(ask);
    }

    /// A summary is kept if every figure in it was said.
    fn take_summary(&mut self, text: Pii<String>) {
        let said: String = self.state.transcript.iter().map(|turn| plain(turn.text.expose())).collect();
        let sound = plain(text.expose())
            .split_whitespace()
            .filter(|word| word.chars().any(|sign| sign.is_ascii_digit()))
            .all(|word| said.contains(word));
        if sound && text.expose().len() <= LONGEST_SUMMARY && !text.expose().trim().is_empty() {
            self.record(Fact::Summarised { text });
        }
    }

    fn said(&self, last: usize) -> Vec<SaidTurn> {
        let transcript = &self.state.transcript;
        let from = transcript.len().saturating_sub(last);
        let turn =
            |turn: &super::Turn| SaidTurn { turn: turn.id, speaker: turn.speaker, text: turn.text.clone() };
        transcript[from..].iter().map(turn).collect()
    }

    fn turn_text(&self, turn: TurnId) -> Option<&str> {
        let said = self.state.transcript.iter().rev().find(|said| said.id == turn);
        said.map(|said| said.text.expose().as_str())
    }
}
