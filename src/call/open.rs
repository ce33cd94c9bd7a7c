use super::Engine;
use crate::domain::{Aspect, Question, Slot};

impl Engine {
    /// All questions that are still open, the next one first.
    pub fn open_questions(&self) -> Vec<Question> {
        let Some(next) = self.next_question() else { return Vec::new() };
        let intake = &self.state.intake;
        let missing = |slot: &Slot| intake.get(slot).is_none() && !intake.is_given_up(slot);
        let diagnosis = [(Question::Trigger, Aspect::Trigger), (Question::Expectation, Aspect::Expectation)];
        let unknown = |aspect| self.state.matter.diagnosis.get(aspect).is_none();
        let matter =
            diagnosis.into_iter().filter(|(_, aspect)| unknown(*aspect)).map(|(question, _)| question);
        let fields = self.wanted_fields().map(|field| Slot::Field(field.key.clone()));
        let slots = [Slot::Name, Slot::Callback].into_iter().chain(fields);
        let intake = slots.filter(missing).map(Question::Fill);
        // Where it presses, only who calls and how to reach them is of interest.
        let pressing = self.is_pressing();
        let of_interest = |question: &Question| {
            !pressing || matches!(question, Question::Fill(Slot::Name | Slot::Callback))
        };
        let read_back =
            if let Question::Confirm(slot) = &next { Some(Question::Fill(slot.clone())) } else { None };
        let about_next = |question: &Question| *question == next || Some(question) == read_back.as_ref();
        let rest = matter.chain(intake).filter(|question| of_interest(question) && !about_next(question));
        let rest: Vec<Question> = rest.collect();
        std::iter::once(next).chain(rest).collect()
    }
}
