//! What a turn teaches of the intake, asked for or not.

use super::Engine;
use super::diagnosing::Told;
use super::hearing::{Context, LONGEST_REASON, Learned, STORY_WORDS};
use crate::domain::{Fact, FieldKind, PhoneNumber, Pii, Question, Slot, TurnId};
use crate::understanding::account::Clause;
use crate::understanding::phone::{self, Reading};
use crate::understanding::words::{has_any, plain, sentences, words};
use crate::understanding::{address, code_after, moments, name, respell, spelled, story, wish};

/// Letters are easily misheard: below this mean token probability they do not replace what was heard as a word.
const CLEAR_SPELLING: f32 = 0.55;

impl Engine {
    /// Notes whatever of the intake the words hold, asked for or not.
    pub(super) fn mine(&mut self, text: &str, turn: TurnId, context: &Context, told: &Told) -> Learned {
        let name = self.mine_name(text, turn, context);
        Learned {
            name,
            number: self.mine_number(text, turn, context),
            field: self.mine_fields(text, turn, context, told),
            reason: false,
            matter: false,
        }
    }

    pub(super) fn mine_name(&mut self, text: &str, turn: TurnId, context: &Context) -> bool {
        let asked = context.is_about(&Slot::Name);
        let code_is_due = matches!(&context.question, Question::Fill(Slot::Field(_)));
        let known = self.state.intake.get(&Slot::Name).cloned();
        let clear = self.confidence_of(turn) >= CLEAR_SPELLING;
        let letters = spelled(text).filter(|_| clear || known.is_none()).filter(|letters| {
            let others = words(text).len().saturating_sub(letters.chars().count());
            asked || (!code_is_due && others <= 4)
        });
        let found = match (&known, letters) {
            (Some(known), Some(letters)) => Some(respell(known.value.expose(), &letters)),
            (Some(_), None) if spelled(text).is_some() => None,
            (Some(_), None)
                if !asked
                    && known.as_ref().is_some_and(|known| !known.evidence.is_empty())
                    && !has_any(&plain(text), &["my name is", "name's", "my last name is"]) =>
            {
                None
            }
            (_, _) => name(text, asked),
        };
        let spelt = clear && spelled(text).is_some();
        let Some(found) = found else {
            return false;
        };
        if known.as_ref().is_some_and(|known| *known.value.expose() == found) {
            let from_earlier = known.as_ref().is_some_and(|known| known.evidence.is_empty());
            if from_earlier {
                self.record(Fact::Noted { slot: Slot::Name, value: Pii::new(found), evidence: vec![turn] });
            }
            if spelt {
                self.record(Fact::Confirmed { slot: Slot::Name });
            }
            return spelt || from_earlier;
        }
        let mut evidence = known.map(|known| known.evidence).unwrap_or_default();
        evidence.push(turn);
        self.record(Fact::Noted { slot: Slot::Name, value: Pii::new(found), evidence });
        if spelt {
            self.record(Fact::Confirmed { slot: Slot::Name });
        }
        true
    }

    pub(super) fn mine_number(&mut self, text: &str, turn: TurnId, context: &Context) -> bool {
        let about = context.is_about(&Slot::Callback);
        let said = plain(text);
        let cued = has_any(
            &said,
            &["my number", "number is", "reach me", "call me", "phone", "telephone", "cell", "mobile"],
        );
        let other_digits = matches!(&context.question, Question::Fill(Slot::Field(_)));
        let settled = self.state.intake.is_confirmed(&Slot::Callback);
        if (other_digits || settled) && !cued && !about {
            return false;
        }
        let Reading::Full(number) = self.read_number(text, about) else {
            return false;
        };
        let known = self.state.intake.value(&Slot::Callback);
        if known != Some(number.expose()) {
            self.note_number(&number, vec![turn]);
        } else if context.heard && context.is(&Question::Confirm(Slot::Callback)) {
            self.record(Fact::Confirmed { slot: Slot::Callback });
        }
        true
    }

    pub(super) fn read_number(&self, text: &str, dictating: bool) -> Reading {
        let region = &self.business().region;
        if !dictating {
            return phone::read(text, region);
        }
        let parts: Vec<&str> = self.state.parts.iter().map(|part| part.expose().as_str()).collect();
        phone::read_parts(&parts, region)
    }

    /// A number that is also the calling number needs no reading back.
    pub(super) fn note_number(&mut self, number: &PhoneNumber, evidence: Vec<TurnId>) {
        let value = Pii::from(number.expose());
        self.record(Fact::Noted { slot: Slot::Callback, value, evidence });
        if self.state.caller.as_ref() == Some(number) {
            self.record(Fact::Confirmed { slot: Slot::Callback });
        }
    }

    fn mine_fields(&mut self, text: &str, turn: TurnId, context: &Context, told: &Told) -> bool {
        let wanted = self.business().fields.iter().filter_map(|field| {
            let slot = Slot::Field(field.key.clone());
            if self.state.intake.get(&slot).is_some() || context.is(&Question::Fill(slot.clone())) {
                return None;
            }
            let spaced = field.key.replace('_', " ");
            let value = match field.kind {
                FieldKind::Code => {
                    let first = spaced.split(' ').next().unwrap_or_default();
                    let cues = [spaced.clone(), format!("{first} number"), format!("{first} code")];
                    let cues: Vec<&str> = cues.iter().map(String::as_str).collect();
                    code_after(text, &cues)
                }
                FieldKind::Text if spaced.contains("address") => address(text),
                FieldKind::Text if spaced.contains("time") => self.wished_time(&told.wanted),
                FieldKind::Text | FieldKind::YesNo => None,
            };
            value.map(|value| (slot, value))
        });
        let wanted: Vec<(Slot, String)> = wanted.collect();
        for (slot, value) in &wanted {
            self.record(Fact::Noted {
                slot: slot.clone(),
                value: Pii::from(value.as_str()),
                evidence: vec![turn],
            });
        }
        !wanted.is_empty()
    }

    /// When somebody should come, where a wish says so: "I'd like somebody to come Wednesday after two".
    fn wished_time(&self, wanted: &[Clause]) -> Option<String> {
        let now = self.wall(self.now).to_zoned(self.business().time_zone.clone());
        let coming = |clause: &&Clause| {
            let said = plain(&clause.text);
            has_any(&said, &["come", "send", "here", "appointment for", "visit for", "visit on"])
                && !has_any(&said, &["know", "tell", "cancel", "why", "when"])
        };
        let clause = wanted.iter().find(coming)?;
        let span = moments(&clause.text, &now).into_iter().map(|moment| moment.span).next()?;
        Some(clause.text[span].to_owned())
    }

    pub(super) fn add_to_reason(&mut self, told: &str, turn: TurnId) -> bool {
        let known = self.state.intake.get(&Slot::Reason);
        let mut evidence = known.map(|noted| noted.evidence.clone()).unwrap_or_default();
        let before = known.map(|noted| noted.value.expose().clone()).unwrap_or_default();
        if before.contains(told) || before.len() + told.len() > LONGEST_REASON {
            return false;
        }
        evidence.push(turn);
        let value = if before.is_empty() { told.to_owned() } else { format!("{before} {told}") };
        self.record(Fact::Noted { slot: Slot::Reason, value: Pii::new(value), evidence });
        true
    }

    /// Adds what the sentences after an answer tell.
    pub(super) fn note_rest(&mut self, text: &str, turn: TurnId) -> bool {
        let rest: Vec<&str> =
            sentences(text).into_iter().skip(1).filter(|part| wish(part).is_none()).collect();
        let told = story(&rest.join(" ")).filter(|told| words(told).len() > STORY_WORDS);
        told.is_some_and(|told| self.add_to_reason(&told, turn))
    }
}
