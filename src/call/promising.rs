//! What can be done: the options, the choice, and the promise with its owner and its time.

use uuid::Uuid;

use super::hearing::{Context, Learned, Reaction};
use super::{Engine, wording};
use crate::diagnosis::person;
use crate::domain::{
    Answer, Aspect, Fact, Pii, Promise, PromiseId, PromiseState, Question, Slot, Step, TopicKind, TurnId,
    Urgency,
};
use crate::understanding::cued;
use crate::understanding::words::{has_any, plain};
use crate::understanding::{self, answer, capitalised, phone};

/// What an ordinary call-back is, where the playbook has nothing better.
const CALL_BACK: &str = "call you back on {number}";

/// Who does what, and how soon.
struct Plan {
    owner: String,
    action: String,
    otherwise: Option<String>,
    minutes: u32,
    urgency: Urgency,
}

impl Engine {
    pub(super) fn steps(&self) -> &[Step] {
        self.topic().map(|topic| topic.steps.as_slice()).unwrap_or_default()
    }

    fn chosen_step(&self) -> Option<&Step> {
        let key = self.state.matter.step.as_ref().map(|(key, _)| key.as_str());
        match (key, self.steps()) {
            (Some(key), steps) => steps.iter().find(|step| step.key == key),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// Whether the caller is to choose what is done.
    pub(super) fn has_choice(&self) -> bool {
        self.steps().len() > 1 && !self.is_pressing() && self.takeover_owner().is_none()
    }

    pub(super) fn option_words(&self) -> Vec<String> {
        let offers: Vec<&str> = self.steps().iter().map(|step| step.offer.as_str()).collect();
        let Some((last, before)) = offers.split_last() else { return Vec::new() };
        let offers = if self.state.times_asked(&Question::Option) > 0 {
            format!("I could {}, or else {last}.", before.join(", "))
        } else {
            format!("I can {}, or {last}.", before.join(", "))
        };
        let mut words = vec![offers];
        words.extend(self.constraint_words());
        words.push(self.pick(wording::WHICH));
        words
    }

    /// What binds the business, once, and never before the matter itself was acknowledged.
    pub(super) fn constraint_words(&self) -> Option<String> {
        let told = self.state.matter.value(Aspect::Constraint)?;
        (!self.state.has_heard(told)).then(|| told.to_owned())
    }

    pub(super) fn step_words(&self) -> Vec<String> {
        let promise = self.promise(self.urgency());
        vec![format!("{}.", capitalised(&self.promise_clause(&promise))), self.pick(wording::PUT_DOWN)]
    }

    /// The step that the words name, other than the one chosen.
    pub(super) fn other_step_named(&self, text: &str) -> Option<String> {
        let chosen = self.state.matter.step.as_ref().map(|(key, _)| key.as_str());
        let named = |step: &&Step| chosen != Some(step.key.as_str()) && cued(text, &step.cues).is_some();
        self.steps().iter().find(named).map(|step| step.key.clone())
    }

    /// Puts the promise differently: it keeps its id, so that the ledger holds one.
    pub(super) fn promise_anew(&mut self, step: String, turn: TurnId) {
        self.record(Fact::StepChosen { step, evidence: vec![turn] });
        let place = self.state.promises.len().saturating_sub(1);
        let promise = Promise { id: self.promise_id(place), ..self.promise(self.urgency()) };
        self.record_promise(promise);
    }

    fn record_promise(&mut self, promise: Promise) {
        let value = self.promise_clause(&promise);
        self.record(Fact::PromiseMade { promise });
        let evidence =
            self.state.matter.step.as_ref().map(|(_, evidence)| evidence.clone()).unwrap_or_default();
        let answer = Answer { value: Pii::new(value), evidence, confidence: 1.0 };
        self.record(Fact::Diagnosed { aspect: Aspect::NextStep, answer });
    }

    pub(super) fn option_chosen(
        &mut self,
        text: &str,
        turn: TurnId,
        learned: Learned,
        context: &Context,
    ) -> Reaction {
        let said = plain(text);
        let steps = self.steps();
        let by_cue = steps.iter().position(|step| {
            cued(text, &step.cues).is_some() || cued(text, std::slice::from_ref(&step.offer)).is_some()
        });
        let by_place = if has_any(&said, &["first", "former", "one", "1"]) {
            Some(0)
        } else if has_any(&said, &["second", "two", "2", "other one"]) {
            Some(1)
        } else if has_any(&said, &["third", "three", "3"]) {
            Some(2)
        } else if has_any(&said, &["last", "latter"]) {
            steps.len().checked_sub(1)
        } else {
            None
        };
        let any = has_any(
            &said,
            &[
                "either",
                "whichever",
                "whatever",
                "you decide",
                "any",
                "don't mind",
                "do not mind",
                "don't care",
                "both",
            ],
        );
        let chosen = by_cue.or(by_place).or(any.then_some(0)).and_then(|at| steps.get(at));
        if let Some(step) = chosen.map(|step| step.key.clone()) {
            self.record(Fact::StepChosen { step, evidence: vec![turn] });
            return Reaction::Thank;
        }
        let agrees = context.heard && answer(text) == Some(understanding::Answer::Yes);
        if agrees && self.state.times_asked(&Question::Option) > 1 {
            self.settle_step();
            return Reaction::Thank;
        }
        self.told(text, turn, learned)
    }

    /// Takes the usual step where the caller leaves it open.
    pub(super) fn settle_step(&mut self) {
        if let Some(step) = self.steps().first().map(|step| step.key.clone()) {
            self.record(Fact::StepChosen { step, evidence: vec![] });
        }
    }

    pub(super) fn step_confirmed(
        &mut self,
        text: &str,
        turn: TurnId,
        learned: Learned,
        heard: bool,
    ) -> Reaction {
        if let Some(step) = self.other_step_named(text) {
            self.record(Fact::StepChosen { step, evidence: vec![turn] });
            return Reaction::ThankForCorrection;
        }
        match answer(text).filter(|_| heard) {
            Some(understanding::Answer::Yes | understanding::Answer::Unsure) => {
                self.promise_if_worthwhile();
                self.note_rest(text, turn);
                Reaction::Thank
            }
            Some(understanding::Answer::No) => Reaction::OfferAgain,
            None => self.told(text, turn, learned),
        }
    }

    pub(super) fn urgency(&self) -> Urgency {
        let urgent = self.state.wants_person() || self.state.matter.urgent_since.is_some();
        if urgent { Urgency::Urgent } else { Urgency::Normal }
    }

    fn plan(&self, urgency: Urgency) -> Plan {
        let callback = &self.business().callback;
        let step = self.chosen_step().or_else(|| self.steps().first());
        let named =
            step.and_then(|step| self.business().playbook.owner(&step.owner)).map(|owner| owner.name.clone());
        let takeover = self.takeover_owner();
        let otherwise = step.filter(|_| takeover.is_none()).map(|step| step.otherwise.clone());
        let action = match (step, &takeover) {
            (Some(step), None) => step.action.clone(),
            (_, _) => CALL_BACK.to_owned(),
        };
        let at_night = !self.state.open && callback.urgent_at_any_hour;
        let owner = match urgency {
            Urgency::Urgent if at_night => callback.urgent_owner.clone(),
            Urgency::Urgent | Urgency::Normal => {
                takeover.clone().or(named).unwrap_or_else(|| match urgency {
                    Urgency::Urgent => callback.urgent_owner.clone(),
                    Urgency::Normal => callback.owner.clone(),
                })
            }
        };
        let usual =
            step.filter(|_| takeover.is_none()).map_or(callback.within_minutes, |step| step.within_minutes);
        let minutes = match urgency {
            Urgency::Urgent => callback.urgent_within_minutes.min(usual),
            Urgency::Normal => usual,
        };
        Plan { owner, action, otherwise, minutes, urgency }
    }

    /// Records the promise that this call deserves, once: somebody left a reason, a number, or asked for a person.
    pub(super) fn promise_if_worthwhile(&mut self) {
        let intake = &self.state.intake;
        let reason = self.reason_is_known();
        let number = intake.get(&Slot::Callback).is_some();
        let escalated = self.state.wants_person() || !self.state.matter.escalations.is_empty();
        let worthwhile = reason || number || (escalated && self.state.callback().is_some());
        let urgency = self.urgency();
        let covered =
            self.state.promised(Urgency::Urgent).is_some() || self.state.promised(urgency).is_some();
        let nothing_wanted =
            self.state.matter.wrong_number || self.is_declined() || self.is_only_a_question();
        let settled = self.state.handoffs.served();
        if !worthwhile || covered || settled || (!escalated && nothing_wanted) {
            return;
        }
        if self.has_choice() && self.state.matter.step.is_none() {
            self.settle_step();
        }
        let promise = self.promise(urgency);
        self.record_promise(promise);
    }

    /// Whether the call is nothing for this line.
    pub(super) fn is_declined(&self) -> bool {
        self.topic().is_some_and(|topic| topic.kind == TopicKind::Declined) && !self.is_pressing()
    }

    /// Whether the caller only asked something, and was answered.
    pub(super) fn is_only_a_question(&self) -> bool {
        !self.state.matter.informed.is_empty() && !self.reason_is_known() && !self.is_pressing()
    }

    pub(super) fn promise(&self, urgency: Urgency) -> Promise {
        let callback = self.state.callback();
        let plan = self.plan(urgency);
        let what = self.promised_to_the_business(&plan, callback.is_some());
        Promise {
            id: self.promise_id(self.state.promises.len()),
            call: self.start.id,
            what: Pii::new(what),
            owner: plan.owner.clone(),
            callback,
            due: self.due(&plan),
            urgency,
            state: PromiseState::Open,
        }
    }

    fn promised_to_the_business(&self, plan: &Plan, reachable: bool) -> String {
        let name = self.state.intake.value(&Slot::Name).unwrap_or("this caller");
        let reason = self.state.intake.value(&Slot::Reason).unwrap_or_default();
        let person = if self.state.wants_person() { " They asked for a person." } else { "" };
        if !reachable {
            return match reason {
                "" => format!("See to {name}, who left no number.{person}"),
                reason => format!("Read the message of {name}, who left no number.{person} {reason}"),
            };
        }
        let act = match plan.action.as_str() {
            CALL_BACK => format!("Call {name} back."),
            action => format!("{}: {}.", name, person::to_agent(&filled(action, None))),
        };
        format!("{}{person} {reason}", capitalised(&act)).trim_end().to_owned()
    }

    /// The same for the same place in the same call, so that a replay mints it again.
    fn promise_id(&self, place: usize) -> PromiseId {
        PromiseId::new(self.minted(u128::try_from(place).unwrap_or_default() + 1))
    }

    /// An id of something in this call: another one for each step, and the same one in a replay.
    pub(super) fn minted(&self, step: u128) -> Uuid {
        // Only the random tail of the call's id is touched: age, version and variant stay readable.
        let tail = (1u128 << 62) - 1;
        let id = self.start.id.uuid().as_u128();
        Uuid::from_u128((id & !tail) | (id.wrapping_add(step.wrapping_mul(0x9E37_79B9_7F4A_7C15)) & tail))
    }

    fn due(&self, plan: &Plan) -> jiff::Timestamp {
        let business = self.business();
        let since = match plan.urgency {
            Urgency::Normal => self.state.stage.proposing_since,
            Urgency::Urgent => self.state.person_since.or(self.state.matter.urgent_since),
        };
        let since = self.wall(since.unwrap_or(self.now));
        if plan.urgency == Urgency::Urgent && business.callback.urgent_at_any_hour {
            return crate::domain::Hours::default().due(since, plan.minutes, &business.time_zone);
        }
        business.hours.due(since, plan.minutes, &business.time_zone)
    }

    /// "by tomorrow at noon", as seen from the day of the call.
    pub(super) fn by_when(&self, due: jiff::Timestamp) -> String {
        wording::by_when(due, self.start.started_at, &self.business().time_zone)
    }

    /// "our dispatcher will call you back on (415) 555-0142 with a new time by noon".
    pub(super) fn promise_clause(&self, promise: &Promise) -> String {
        let by = self.by_when(promise.due);
        let number = promise.callback.as_ref().map(|number| phone::written(number, &self.business().region));
        match number {
            Some(number) => {
                let plan = self.plan(promise.urgency);
                format!("{} will {} {by}", promise.owner, filled(&plan.action, Some(&number)))
            }
            None => format!("your message goes to {}, who will read it {by}", promise.owner),
        }
    }

    /// The promise as told to the caller; empty where there is none.
    pub(super) fn promise_words(&self) -> Vec<String> {
        let (Some(promise), Some(clause)) =
            (self.state.promises.last(), self.state.matter.value(Aspect::NextStep))
        else {
            return Vec::new();
        };
        let mut words = vec![format!("{}.", capitalised(clause))];
        match promise.callback {
            Some(_) => words.extend(self.plan(promise.urgency).otherwise),
            None => words.push(wording::NO_NUMBER.to_owned()),
        }
        words
    }

    pub(super) fn promise_was_told(&self) -> bool {
        self.promise_words().first().is_none_or(|words| self.state.has_heard(words))
    }
}

/// The action with its number, or without the words that would name one.
fn filled(action: &str, number: Option<&str>) -> String {
    match number {
        Some(number) => action.replace("{number}", number),
        None => action.replace(" on {number}", "").replace(" at {number}", ""),
    }
}
