//! How it ends with agents who do this and that, and with callers who do not wait for the end.

use calmline::telephony::local::{Agent, CallOutcome, Disturbance, LegEvent};
use calmline::telephony::twilio::CallStatus;
use futures_util::future::join_all;
use serde_json::json;

use super::town::{
    Caller, House, SECOND, handoff_when, is_joined, key, legs_of, record_of, said, taking, town, until_leg,
    until_no_leg, was_told,
};
use crate::support::Place;

const RULES: &str = "ring_seconds = 6\nnext_after_seconds = 3\ngive_up_seconds = 15\n";

/// When the caller hangs up.
#[derive(Clone, Copy, PartialEq)]
enum Leaves {
    /// Once everything is over, and the receptionist has said so.
    InTheEnd,
    WhileItRings,
    WhileBriefing,
    WhileTalking,
}

#[derive(Clone)]
struct Case {
    what: &'static str,
    maria: Agent,
    sam: Agent,
    leaves: Leaves,
    outcome: &'static str,
    /// Who came, and who did not and why, but for those who were not needed any more; `None` if that is chance.
    offers: Option<&'static [(&'static str, Option<&'static str>)]>,
    /// How Maria's leg ends, and the last words said to her.
    maria_ends: CallStatus,
    maria_told: &'static str,
    /// What the receptionist says to a caller who has talked to somebody.
    back: &'static str,
}

const CUT_OFF: &str = "the two of you were cut off";

/// Maria takes the call.
fn taken() -> Case {
    Case {
        what: "takes the call, and leaves when all is said",
        maria: taking(SECOND, 3 * SECOND).pressing_twice().leaving(9 * SECOND),
        sam: Agent::absent(),
        leaves: Leaves::InTheEnd,
        outcome: "joined",
        offers: Some(&[("maria", None)]),
        maria_ends: CallStatus::Completed,
        maria_told: "Thank you.",
        back: "You are back with me",
    }
}

fn somebody_else_comes() -> [Case; 3] {
    let case = Case {
        what: "hangs up while being briefed",
        maria: Agent::answering(SECOND).hanging_up(2 * SECOND),
        sam: taking(SECOND, 2 * SECOND).leaving(2 * SECOND),
        offers: Some(&[("maria", Some("hung_up")), ("sam", None)]),
        maria_told: "Press 1",
        back: CUT_OFF,
        ..taken()
    };
    let declines = Case {
        what: "declines",
        maria: Agent::answering(SECOND).pressing(key('2'), 2 * SECOND),
        offers: Some(&[("maria", Some("declined")), ("sam", None)]),
        maria_told: "All right, somebody else is asked.",
        ..case.clone()
    };
    let both = Case {
        what: "takes it at the same moment as somebody else",
        maria: taking(5 * SECOND, 3 * SECOND).leaving(2 * SECOND),
        sam: taking(SECOND, 4 * SECOND).leaving(2 * SECOND),
        offers: None,
        ..case.clone()
    };
    [case, declines, both]
}

fn nobody_comes() -> [Case; 3] {
    let case = Case {
        what: "listens and never presses a key",
        maria: Agent::answering(SECOND),
        outcome: "nobody_answered",
        offers: Some(&[("maria", Some("no_key")), ("sam", Some("no_answer"))]),
        maria_told: "No key was pressed",
        ..taken()
    };
    let busy = Case {
        what: "is busy, and the other cannot be connected",
        maria: Agent::busy(),
        sam: Agent::unreachable(),
        offers: Some(&[("maria", Some("busy")), ("sam", Some("failed"))]),
        maria_ends: CallStatus::Busy,
        maria_told: "",
        ..case.clone()
    };
    let machine = Case {
        what: "has a machine that answers",
        maria: Agent::machine(SECOND),
        offers: Some(&[("maria", Some("voicemail")), ("sam", Some("no_answer"))]),
        maria_told: "Press 1",
        ..case.clone()
    };
    [case, busy, machine]
}

fn either_leaves() -> [Case; 4] {
    let case = Case {
        what: "rings when the caller leaves",
        maria: Agent::absent(),
        leaves: Leaves::WhileItRings,
        outcome: "caller_left",
        offers: Some(&[]),
        maria_ends: CallStatus::Canceled,
        maria_told: "",
        ..taken()
    };
    let briefed = Case {
        what: "is being briefed when the caller leaves",
        maria: Agent::answering(SECOND),
        leaves: Leaves::WhileBriefing,
        maria_ends: CallStatus::Completed,
        maria_told: "The caller has left",
        ..case.clone()
    };
    let cut_off = Case {
        what: "takes the call, and is cut off",
        maria: taking(SECOND, 2 * SECOND).leaving(2 * SECOND),
        back: CUT_OFF,
        ..taken()
    };
    let left = Case {
        what: "is left by the caller",
        maria: taking(SECOND, 2 * SECOND),
        leaves: Leaves::WhileTalking,
        ..taken()
    };
    [case, briefed, cut_off, left]
}

#[tokio::test]
async fn every_way_of_an_agent_and_of_a_caller_ends_as_it_should() {
    let mut cases = vec![taken()];
    cases.extend(somebody_else_comes().into_iter().chain(nobody_comes()).chain(either_leaves()));
    let place = town(cases.len(), RULES, "").await;
    let _server = place.serve().await;
    for (house, case) in houses(&cases) {
        place.rest().employ(&house.maria(), case.maria.clone());
        place.rest().employ(&house.sam(), case.sam.clone());
    }
    // Whatever the carrier tells, it tells twice.
    let twice = Disturbance { seed: 1, lost: 0.0, doubled: 1.0, late: 0.0, latest: SECOND };
    place.rest().disturb(twice);
    join_all(houses(&cases).map(|(house, case)| plays(&place, house, case))).await;
}

fn houses(cases: &[Case]) -> impl Iterator<Item = (House, &Case)> {
    cases.iter().enumerate().map(|(house, case)| (House(house), case))
}

async fn plays(place: &Place, house: House, case: &Case) {
    let caller = Caller::asks_for_a_person(place, house).await;
    let is_settled = |handoff: &serde_json::Value| handoff["outcome"].is_string();
    let call = match case.leaves {
        Leaves::InTheEnd if case.outcome == "joined" => caller.hangs_up_after_talk().await,
        Leaves::InTheEnd => {
            handoff_when(place, house, is_settled).await;
            caller.hangs_up().await
        }
        Leaves::WhileItRings => {
            until_leg(place, house, |event| *event == LegEvent::Ringing).await;
            caller.hangs_up().await
        }
        Leaves::WhileBriefing => {
            until_leg(place, house, |event| matches!(event, LegEvent::Began { .. })).await;
            caller.hangs_up().await
        }
        Leaves::WhileTalking => {
            handoff_when(place, house, is_settled).await;
            caller.hangs_up().await
        }
    };
    let over = |handoff: &serde_json::Value| {
        is_settled(handoff) && (handoff["joined_at"].is_null() || handoff["talk_ended_at"].is_string())
    };
    let handoff = handoff_when(place, house, over).await;
    until_no_leg(place, house).await;
    check(place, house, case, &handoff, &call).await;
}

async fn check(place: &Place, house: House, case: &Case, handoff: &serde_json::Value, call: &CallOutcome) {
    let what = case.what;
    assert_eq!(handoff["outcome"], case.outcome, "{what}: {handoff:#}");
    if let Some(expected) = case.offers {
        let unneeded = [json!("outpaced"), json!("withdrawn")];
        let offers = handoff["offers"].as_array().unwrap();
        let mattered = offers.iter().filter(|offer| !unneeded.contains(&offer["missed"]));
        let came: Vec<_> = mattered.map(|offer| json!([offer["agent"], offer["missed"]])).collect();
        assert_eq!(json!(came), json!(expected), "{what}: {handoff:#}");
    }
    let legs = legs_of(place, house);
    let joined = legs.iter().filter(|leg| is_joined(leg)).count();
    assert_eq!(joined, usize::from(case.outcome == "joined"), "{what}: {legs:#?}");
    for to in [house.maria(), house.sam()] {
        assert!(legs.iter().filter(|leg| leg.to == to).count() <= 1, "{what}: {legs:#?}");
    }
    let maria = legs.iter().find(|leg| leg.to == house.maria()).unwrap();
    let sam = legs.iter().find(|leg| leg.to == house.sam());
    if case.offers.is_none() {
        let second = if is_joined(maria) { sam.unwrap() } else { maria };
        assert!(was_told(second, "Somebody else has taken the call"), "{what}: {legs:#?}");
    } else {
        assert_eq!(maria.status(), Some(case.maria_ends), "{what}: {maria:#?}");
        assert!(was_told(maria, case.maria_told) || case.maria_told.is_empty(), "{what}: {maria:#?}");
    }
    let record = record_of(place, house).await;
    let came_back = case.outcome == "joined" && case.leaves == Leaves::InTheEnd;
    assert_eq!(said(&record, case.back), came_back, "{what}: {:#}", record["transcript"]);
    let talked = came_back && case.back == "You are back with me";
    assert_eq!(record["note"]["outcome"] == "handed_over", talked, "{what}: {:#}", record["note"]);
    let promises = record["promises"].as_array().unwrap();
    // Two who were cut off have settled nothing.
    let promised = record["note"]["outcome"] != "handed_over";
    assert_eq!(promises.len(), usize::from(promised), "{what}: {promises:#?}");
    for promise in promises {
        assert_eq!(promise["callback"], house.caller().expose(), "{what}");
        assert!(promise["owner"].is_string() && promise["due"].is_string(), "{what}: {promise:#}");
    }
    let (from, silent_ms) = call.timeline.longest_silence();
    assert!(silent_ms <= 10_000, "{what}: {silent_ms} ms from {from:?}: {:#?}", call.timeline);
}
