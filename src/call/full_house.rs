use super::{CallStart, Engine};
use crate::domain::{Fact, HangupCause, Urgency};
use crate::understanding::capitalised;

const BUSY: &str = "I am sorry, all our lines are busy right now.";
const CALL_AGAIN: &str = "Please call again in a few minutes. Goodbye.";

/// What a caller is told whom nobody can answer, and the facts of that call: a promise to call back where the calling
/// number is known, and the end.
pub fn full_house(start: &CallStart) -> (String, Vec<Fact>) {
    let mut engine = Engine::new(start.clone());
    let business = &start.business;
    let open = business.hours.open_at(start.started_at, &business.time_zone);
    engine.record(Fact::Answered { caller: start.caller.clone(), open });
    let told = match &start.caller {
        Some(_) => {
            let promise = engine.promise(Urgency::Normal);
            let clause = capitalised(&engine.promise_clause(&promise));
            engine.record(Fact::PromiseMade { promise });
            format!("{clause}. Goodbye.")
        }
        None => CALL_AGAIN.to_owned(),
    };
    engine.end(HangupCause::FullHouse);
    let facts = std::iter::from_fn(|| engine.poll_action()).filter_map(|action| match action {
        super::Action::Record(fact) => Some(fact),
        super::Action::Say { .. }
        | super::Action::StopSpeaking
        | super::Action::Ask { .. }
        | super::Action::Cancel(_)
        | super::Action::Listen(_)
        | super::Action::HandOff { .. }
        | super::Action::StopHandOff(_)
        | super::Action::Join(_)
        | super::Action::Hangup(_) => None,
    });
    let facts = facts.collect();
    (format!("{} {BUSY} {told}", business.greeting), facts)
}
