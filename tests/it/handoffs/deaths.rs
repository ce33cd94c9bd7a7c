//! The server's death in the middle of handing over, and what its next process makes of it.

use calmline::telephony::local::{Agent, Disturbance, LegEvent, What};
use jiff::Timestamp;
use serde_json::Value;

use super::town::{
    Caller, House, SECOND, handoff_when, is_joined, legs_of, record_of, said, taking, town, until_leg,
    until_no_leg,
};
use crate::support::Place;

const RULES: &str = "ring_seconds = 20\nnext_after_seconds = 20\ngive_up_seconds = 25\n";

fn is_ended(event: &LegEvent) -> bool {
    matches!(event, LegEvent::Ended { .. })
}

fn is_briefed(event: &LegEvent) -> bool {
    matches!(event, LegEvent::Began { .. })
}

fn is_settled(handoff: &Value) -> bool {
    handoff["outcome"].is_string()
}

fn talk_is_over(handoff: &Value) -> bool {
    handoff["talk_ended_at"].is_string()
}

/// Somebody who talks to Maria already.
async fn talking(place: &Place, house: House) -> Caller {
    let mut caller = Caller::asks_for_a_person(place, house).await;
    caller.until(|what| matches!(what, What::Together { .. })).await;
    handoff_when(place, house, is_settled).await;
    caller
}

fn seconds_of_talk(handoff: &Value) -> f64 {
    let time = |step: &str| handoff[step].as_str().unwrap().parse::<Timestamp>().unwrap();
    time("talk_ended_at").duration_since(time("joined_at")).as_secs_f64()
}

/// Checks that it was a talk with Maria, dialled once, and that nobody hangs on.
async fn check_talk(place: &Place, house: House) -> Value {
    let handoff = handoff_when(place, house, talk_is_over).await;
    assert_eq!(handoff["outcome"], "joined", "{house:?}: {handoff:#}");
    check_legs(place, house).await;
    assert!(is_joined(&legs_of(place, house)[0]), "{house:?}");
    handoff
}

async fn check_legs(place: &Place, house: House) {
    until_no_leg(place, house).await;
    let dialled: Vec<_> = legs_of(place, house).into_iter().map(|leg| leg.to).collect();
    assert_eq!(dialled, [house.maria()], "{house:?}: nobody is dialled twice for one call");
}

#[tokio::test]
async fn whatever_the_server_dies_in_goes_on_with_the_next_process() {
    let (rings, briefed, talk) = (House(0), House(1), House(2));
    let place = town(3, RULES, "").await;
    let server = place.serve().await;
    let maria = |house: House, agent: Agent| place.rest().employ(&house.maria(), agent);
    maria(rings, taking(10 * SECOND, 2 * SECOND).leaving(SECOND));
    maria(briefed, taking(SECOND, 6 * SECOND).leaving(SECOND));
    maria(talk, taking(SECOND, 2 * SECOND).leaving(20 * SECOND));

    let talks = talking(&place, talk).await;
    let asks = |house| Caller::asks_for_a_person(&place, house);
    let (waits, waits_too) = tokio::join!(asks(rings), asks(briefed));
    tokio::join!(
        until_leg(&place, rings, |event| *event == LegEvent::Ringing),
        until_leg(&place, briefed, is_briefed)
    );
    server.kill();
    let _server = place.serve().await;

    tokio::join!(waits.hangs_up_after_talk(), waits_too.hangs_up_after_talk(), talks.hangs_up_when_back());
    for house in [rings, briefed, talk] {
        check_talk(&place, house).await;
    }
    let record = record_of(&place, talk).await;
    assert_eq!(record["note"]["outcome"], "handed_over", "{:#}", record["note"]);
    assert!(said(&record, "You are back with me"), "{:#}", record["transcript"]);
    let length = seconds_of_talk(&handoff_when(&place, talk, talk_is_over).await);
    assert!((19.0..24.0).contains(&length), "{length} s");
}

#[tokio::test]
async fn a_caller_who_is_just_with_an_agent_stays_there_when_the_server_dies() {
    let house = House(0);
    let place = town(1, RULES, "").await;
    let server = place.serve().await;
    place.rest().employ(&house.maria(), taking(SECOND, 2 * SECOND).leaving(20 * SECOND));
    let mut caller = Caller::asks_for_a_person(&place, house).await;
    until_leg(&place, house, |event| matches!(event, LegEvent::Entered { .. })).await;
    let silence = Disturbance { seed: 1, lost: 1.0, doubled: 0.0, late: 0.0, latest: SECOND };
    place.rest().disturb(silence);
    caller.until(|what| matches!(what, What::EnteredConference { .. })).await;
    server.kill();
    place.rest().disturb(Disturbance { lost: 0.0, ..silence });
    let _server = place.serve().await;

    caller.hangs_up_when_back().await;
    let length = seconds_of_talk(&check_talk(&place, house).await);
    assert!((5.0..19.0).contains(&length), "{length} s");
}

#[tokio::test]
async fn what_happens_while_the_server_is_away_is_found_out_by_the_next_process() {
    let (gives_up, agent_leaves, caller_leaves) = (House(0), House(1), House(2));
    let place = town(3, RULES, "").await;
    let server = place.serve().await;
    let maria = |house: House, agent: Agent| place.rest().employ(&house.maria(), agent);
    maria(gives_up, Agent::answering(SECOND).hanging_up(3 * SECOND));
    maria(agent_leaves, taking(SECOND, 2 * SECOND).leaving(9 * SECOND));
    maria(caller_leaves, taking(SECOND, 2 * SECOND));
    for house in [gives_up, agent_leaves, caller_leaves] {
        place.rest().employ(&house.sam(), Agent::absent());
    }

    let (returns, leaves) = tokio::join!(talking(&place, agent_leaves), talking(&place, caller_leaves));
    let waits = Caller::asks_for_a_person(&place, gives_up).await;
    until_leg(&place, gives_up, is_briefed).await;
    server.kill();
    leaves.hangs_up().await;
    for house in [gives_up, agent_leaves, caller_leaves] {
        until_leg(&place, house, is_ended).await;
    }
    let _server = place.serve().await;

    tokio::join!(returns.hangs_up_when_back(), handoff_when(&place, gives_up, is_settled));
    waits.hangs_up().await;
    for house in [agent_leaves, caller_leaves] {
        check_talk(&place, house).await;
    }
    let record = record_of(&place, agent_leaves).await;
    assert!(said(&record, "You are back with me"), "{:#}", record["transcript"]);
    let handoff = handoff_when(&place, gives_up, is_settled).await;
    assert_eq!(handoff["outcome"], "nobody_answered", "{handoff:#}");
    assert_eq!(handoff["offers"][0]["missed"], "hung_up", "{handoff:#}");
    let promises = record_of(&place, gives_up).await["promises"].as_array().unwrap().clone();
    assert_eq!(promises.len(), 1, "{promises:#?}");
    assert_eq!(promises[0]["callback"], gives_up.caller().expose());
}
