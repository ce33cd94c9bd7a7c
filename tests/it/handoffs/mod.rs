//! Calls that go over to a person, in real time: the real server as a process, real sockets, a real voice, a real
//! database, and agents at the far end of a simulated carrier.

mod deaths;
mod ends;
pub mod town;

use calmline::telephony::local::{Agent, Disturbance, LegEvent, RestRequest, What};
use calmline::telephony::twilio::{AGENT_STATUS_PATH, RESUME_PATH, path_for};
use serde_json::{Value, json};
use tokio::time::interval;

use crate::support::{Place, client};
use town::{
    Caller, House, SECOND, handoff_when, is_joined, legs_of, record_of, said, taking, town, until_leg,
};

const RULES: &str = "ring_seconds = 6\nnext_after_seconds = 3\ngive_up_seconds = 15\n";
const HOUSE: House = House(0);

#[tokio::test]
async fn a_caller_is_put_through_to_somebody_who_has_been_briefed() {
    let place = town(1, RULES, "").await;
    let _server = place.serve().await;
    place.rest().employ(&HOUSE.maria(), taking(SECOND, 3 * SECOND).leaving(9 * SECOND));
    let outcome = Caller::asks_for_a_person(&place, HOUSE).await.hangs_up_after_talk().await;

    let legs = legs_of(&place, HOUSE);
    let maria = legs.iter().find(|leg| leg.to == HOUSE.maria()).unwrap();
    assert!(is_joined(maria), "{legs:#?}");
    let began = maria.entries.iter().find_map(|(_, event)| match event {
        LegEvent::Began { text } => Some(text.expose().clone()),
        _ => None,
    });
    assert!(began.unwrap().contains("Press 1"));
    let handoff = handoff_when(&place, HOUSE, |handoff| handoff["talk_ended_at"].is_string()).await;
    for step in ["delivered_at", "first_ring_at", "answered_at", "accepted_at", "joined_at"] {
        assert!(handoff[step].is_string(), "{step}: {handoff:#}");
    }
    let at = |step: &str| handoff[step].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert!(at("delivered_at") < at("first_ring_at"), "{handoff:#}");
    let (_, silent_ms) = outcome.timeline.longest_silence();
    assert!(silent_ms <= 4_000, "{silent_ms} ms: {:#?}", outcome.timeline);
    let came_back =
        outcome.timeline.entries().iter().filter(|entry| matches!(entry.what, What::StreamOpened));
    assert_eq!(came_back.count(), 2, "the receptionist takes the caller back when the agent leaves");
    let record = record_of(&place, HOUSE).await;
    assert_eq!(record["note"]["outcome"], "handed_over", "{:#}", record["note"]);

    let messages = place.rest().messages();
    let links: Vec<_> = messages.iter().filter(|message| message.body.expose().contains("/notes/")).collect();
    assert_eq!(links.first().map(|link| link.to.expose().as_str()), Some(HOUSE.maria().expose()));
    assert!(links.iter().all(|link| !link.body.expose().contains("555")), "nothing personal but a link");
}

#[tokio::test]
async fn notes_open_on_one_device_and_close_with_the_call() {
    let place = town(1, RULES, "").await;
    let _server = place.serve().await;
    place.rest().employ(&HOUSE.maria(), Agent::absent());
    place.rest().employ(&HOUSE.sam(), Agent::absent());
    let caller = Caller::asks_for_a_person(&place, HOUSE).await;
    let mut tick = interval(SECOND / 10);
    let link = loop {
        tick.tick().await;
        if let Some(message) = place.rest().messages().first() {
            let words = message.body.expose().clone();
            break words.split_whitespace().find(|word| word.contains("/notes/")).unwrap().to_owned();
        }
    };
    let closed = client().get(&link).send().await.unwrap().text().await.unwrap();
    assert!(closed.contains("Show the notes") && !closed.contains("person"), "{closed}");
    let stay =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let opened = stay.post(&link).send().await.unwrap();
    let cookie = opened.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let notes = client().get(&link).header("cookie", &cookie).send().await.unwrap().text().await.unwrap();
    assert!(notes.contains("The four questions") && notes.contains("asks for a person"), "{notes}");
    let stranger = client().get(&link).send().await.unwrap();
    assert_eq!(stranger.status(), 410, "another device sees nothing");
    assert_eq!(stay.post(&link).send().await.unwrap().status(), 410);
    caller.hangs_up().await;
    handoff_when(&place, HOUSE, |handoff| handoff["outcome"] == "caller_left").await;
    let after = client().get(&link).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(after.status(), 410, "the notes are closed when the caller has left");
}

/// The carrier tells too late, or never, that the agent has left, and so the caller is put where nobody is.
async fn left_alone(place: &Place, house: House, told_when: fn(&Value) -> bool, told: bool) -> Value {
    place.rest().employ(&house.maria(), taking(SECOND, 2 * SECOND).hanging_up(5 * SECOND));
    place.rest().employ(&house.sam(), Agent::absent());
    let mut caller = Caller::asks_for_a_person(place, house).await;
    until_leg(place, house, |event| matches!(event, LegEvent::Entered { .. })).await;
    let latest = SECOND;
    let silence = Disturbance { seed: 1, lost: 1.0, doubled: 0.0, late: 0.0, latest };
    place.rest().disturb(silence);
    caller.until(|what| matches!(what, What::EnteredConference { .. })).await;
    let handoff = handoff_when(place, house, told_when).await;
    place.rest().disturb(Disturbance { lost: 0.0, ..silence });
    if told {
        let leg = legs_of(place, house).into_iter().find(|leg| leg.to == house.maria()).unwrap();
        let status = path_for(AGENT_STATUS_PATH, format!("{}.0", handoff["id"].as_str().unwrap()));
        let news = [("CallSid", leg.call_sid.as_str()), ("CallStatus", "completed")];
        assert_eq!(place.webhook(&status, &news, true).await.0, 204);
    }
    caller.hangs_up_when_back().await;
    let fetches = |request: &RestRequest| {
        let twiml = request.form.expose().iter().find(|(name, _)| name == "Twiml");
        twiml.is_some_and(|(_, twiml)| twiml.contains("<Redirect") && twiml.contains(RESUME_PATH))
    };
    assert!(place.rest().requests().iter().any(fetches), "the carrier would have left them there");
    record_of(place, house).await
}

#[tokio::test]
async fn a_caller_who_comes_too_late_into_a_conference_is_fetched_back() {
    let cut_off = counted_as_connected(true, "the two of you were cut off");
    let never_told = counted_as_connected(false, "You are back with me");
    tokio::join!(told_at_once(), cut_off, never_told);
}

async fn told_at_once() {
    let place = town(1, RULES, "").await;
    let _server = place.serve().await;
    let record = left_alone(&place, HOUSE, |_| true, true).await;
    let handoff = handoff_when(&place, HOUSE, |handoff| handoff["outcome"].is_string()).await;
    assert_eq!(
        (&handoff["outcome"], &handoff["offers"][0]["missed"]),
        (&json!("not_connected"), &json!("hung_up"))
    );
    assert!(said(&record, "could not be connected"), "{:#}", record["transcript"]);
    assert_eq!(record["promises"][0]["callback"], HOUSE.caller().expose());
}

async fn counted_as_connected(told: bool, words: &str) {
    let place = town(1, RULES, "").await;
    let _server = place.serve().await;
    let record = left_alone(&place, HOUSE, |handoff| handoff["outcome"] == "joined", told).await;
    assert!(said(&record, words), "{:#}", record["transcript"]);
    handoff_when(&place, HOUSE, |handoff| handoff["talk_ended_at"].is_string()).await;
}
