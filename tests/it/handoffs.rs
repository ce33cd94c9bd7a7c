//! Calls that go over to a person, in real time: the real server as a process, real sockets, a real voice, a real
//! database, and agents at the far end of a simulated carrier.

use std::time::Duration;

use calmline::domain::{CallTime, Digit, PhoneNumber};
use calmline::telephony::local::{
    Agent, AgentLeg, CallOutcome, Ending, LegEvent, PlacedCall, Reaction, Script, Unasked, What, When,
};
use serde_json::Value;

use crate::support::{Place, call_from, client};

const CALLER: &str = "+14155550142";
const MARIA: &str = "+14155550171";
const SAM: &str = "+14155550172";
const SECOND: Duration = Duration::from_secs(1);

const AGENTS: &str = r#"
[[agents]]
key = "maria"
name = "Maria"
number = "+14155550171"
owns = ["office"]
hours = { monday = ["00:00-24:00"], tuesday = ["00:00-24:00"], wednesday = ["00:00-24:00"], thursday = ["00:00-24:00"], friday = ["00:00-24:00"], saturday = ["00:00-24:00"], sunday = ["00:00-24:00"] }

[[agents]]
key = "sam"
name = "Sam"
number = "+14155550172"
owns = ["manager"]
lead = true
hours = { monday = ["00:00-24:00"], tuesday = ["00:00-24:00"], wednesday = ["00:00-24:00"], thursday = ["00:00-24:00"], friday = ["00:00-24:00"], saturday = ["00:00-24:00"], sunday = ["00:00-24:00"] }

[handoff]
ring_seconds = 6
next_after_seconds = 3
give_up_seconds = 15
"#;

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

fn key(digit: char) -> Digit {
    Digit::new(digit).unwrap()
}

/// Asks for a person by a key, says nothing, and hangs up in the end.
fn asks_for_a_person(until_s: u64) -> Script {
    let at = |ms| When::At(CallTime::from_ms(ms));
    Script::silent()
        .reacting(Reaction { when: at(1500), deed: Unasked::Press(key('0')) })
        .reacting(Reaction { when: at(until_s * 1000), deed: Unasked::HangUp })
}

async fn staffed() -> Place {
    let place = Place::new("").await;
    place.add_to_profile(AGENTS);
    place
}

/// The times at which the caller heard somebody: the bot, the carrier's voice, or the agent.
fn longest_silence(outcome: &CallOutcome) -> Duration {
    let mut last = CallTime::ZERO;
    let mut longest = Duration::ZERO;
    let mut together = false;
    for entry in outcome.timeline.entries() {
        match &entry.what {
            What::BotBegan | What::CarrierSaid { .. } | What::Announced { .. } => {
                if !together {
                    longest = longest.max(entry.at.since(last));
                }
                last = entry.at;
            }
            What::BotEnded | What::Alone => last = entry.at,
            What::Together { .. } => {
                longest = longest.max(entry.at.since(last));
                together = true;
                last = entry.at;
            }
            _ => {}
        }
        together &= !matches!(entry.what, What::Alone);
    }
    longest
}

fn leg_to<'a>(legs: &'a [AgentLeg], to: &str) -> &'a AgentLeg {
    legs.iter().find(|leg| leg.to == number(to)).expect("they were dialled")
}

fn is_joined(leg: &AgentLeg) -> bool {
    leg.time(|event| matches!(event, LegEvent::Together { .. })).is_some()
}

async fn the_handoff(place: &Place, outcome: &str) -> Value {
    let mut tick = tokio::time::interval(Duration::from_millis(100));
    let settled = async {
        loop {
            tick.tick().await;
            let list = place.api("/api/handoffs").await;
            if let Some(handoff) = list["handoffs"].as_array().unwrap().first()
                && handoff["outcome"].is_string()
            {
                return handoff.clone();
            }
        }
    };
    let handoff = tokio::time::timeout(20 * SECOND, settled).await.expect("the handoff is settled");
    assert_eq!(handoff["outcome"], outcome, "{handoff:#}");
    handoff
}

#[tokio::test]
async fn a_caller_is_put_through_to_somebody_who_has_been_briefed() {
    let place = staffed().await;
    let _server = place.serve().await;
    let maria = Agent::answering(SECOND).pressing(key('1'), 3 * SECOND).leaving(10 * SECOND);
    place.rest().employ(&number(MARIA), maria);
    let outcome = place.carrier().place(call_from(CALLER), asks_for_a_person(45)).await;

    let legs = place.rest().legs();
    let maria = leg_to(&legs, MARIA);
    assert!(is_joined(maria), "{maria:#?}");
    let began = maria.entries.iter().find_map(|(_, event)| match event {
        LegEvent::Began { text } => Some(text.expose().clone()),
        _ => None,
    });
    assert!(began.unwrap().contains("Press 1"));
    let handoff = the_handoff(&place, "joined").await;
    for step in ["delivered_at", "first_ring_at", "answered_at", "accepted_at", "joined_at", "talk_ended_at"]
    {
        assert!(handoff[step].is_string(), "{step}: {handoff:#}");
    }
    assert!(handoff["delivered_at"].as_str() < handoff["first_ring_at"].as_str(), "{handoff:#}");
    let silence = longest_silence(&outcome);
    assert!(silence <= 4 * SECOND, "{silence:?}: {:#?}", outcome.timeline);
    let came_back =
        outcome.timeline.entries().iter().filter(|entry| matches!(entry.what, What::StreamOpened));
    assert_eq!(came_back.count(), 2, "the receptionist takes the caller back when the agent leaves");
    let records = place.records_when(|records| records[0]["cause"].is_string()).await;
    assert_eq!(records[0]["note"]["outcome"], "handed_over", "{:#}", records[0]["note"]);

    let messages = place.rest().messages();
    let links: Vec<_> = messages.iter().filter(|message| message.body.expose().contains("/notes/")).collect();
    assert_eq!(links.first().map(|link| link.to.expose().as_str()), Some(MARIA));
    assert!(links.iter().all(|link| !link.body.expose().contains("555")), "nothing personal but a link");
}

#[tokio::test]
async fn notes_open_on_one_device_and_close_with_the_call() {
    let place = staffed().await;
    let _server = place.serve().await;
    place.rest().employ(&number(MARIA), Agent::absent());
    place.rest().employ(&number(SAM), Agent::absent());
    let caller = asks_for_a_person(9);
    let (carrier, call) = (place.carrier(), call_from(CALLER));
    let calling = tokio::spawn(async move { carrier.place(call, caller).await });
    let mut tick = tokio::time::interval(Duration::from_millis(100));
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
    calling.await.unwrap();
    the_handoff(&place, "caller_left").await;
    let after = client().get(&link).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(after.status(), 410, "the notes are closed when the caller has left");
}

#[tokio::test]
async fn whoever_declines_or_lets_a_machine_answer_is_no_end_of_it() {
    let place = staffed().await;
    let _server = place.serve().await;
    place.rest().employ(&number(MARIA), Agent::answering(SECOND).pressing(key('2'), 2 * SECOND));
    let sam = Agent::answering(SECOND).pressing(key('1'), 2 * SECOND).pressing_twice().leaving(3 * SECOND);
    place.rest().employ(&number(SAM), sam);
    place.carrier().place(call_from(CALLER), asks_for_a_person(30)).await;
    let handoff = the_handoff(&place, "joined").await;
    assert_eq!(handoff["agent"], "sam");
    assert_eq!(handoff["offers"][0]["missed"], "declined");
    let legs = place.rest().legs();
    assert!(is_joined(leg_to(&legs, SAM)) && !is_joined(leg_to(&legs, MARIA)));
}

#[tokio::test]
async fn where_nobody_comes_the_caller_is_promised_a_call() {
    let place = staffed().await;
    let _server = place.serve().await;
    place.rest().employ(&number(MARIA), Agent::machine(SECOND));
    place.rest().employ(&number(SAM), Agent::absent());
    let outcome = place.carrier().place(call_from(CALLER), asks_for_a_person(60)).await;
    let handoff = the_handoff(&place, "nobody_answered").await;
    assert_eq!(handoff["offers"][0]["missed"], "voicemail");
    assert_eq!(handoff["offers"][1]["missed"], "no_answer");
    let records = place.records_when(|records| records[0]["cause"].is_string()).await;
    let promises = records[0]["promises"].as_array().unwrap();
    assert_eq!(promises.len(), 1, "{:#}", records[0]);
    assert_eq!(promises[0]["callback"], CALLER);
    let silence = longest_silence(&outcome);
    assert!(silence <= 10 * SECOND, "{silence:?}: {:#?}", outcome.timeline);
}

#[tokio::test]
async fn a_handoff_survives_the_death_of_the_server() {
    let place = staffed().await;
    let server = place.serve().await;
    let maria = Agent::answering(5 * SECOND).pressing(key('1'), 3 * SECOND).leaving(3 * SECOND);
    place.rest().employ(&number(MARIA), maria);
    place.rest().employ(
        &number(SAM),
        Agent::answering(2 * SECOND).pressing(key('1'), 2 * SECOND).leaving(3 * SECOND),
    );
    let (carrier, call): (_, PlacedCall) = (place.carrier(), call_from(CALLER));
    let calling = tokio::spawn(async move { carrier.place(call, asks_for_a_person(60)).await });
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    while place.rest().legs().is_empty() {
        tick.tick().await;
    }
    server.kill();
    let _server = place.serve().await;
    let outcome = calling.await.unwrap();
    assert!(
        matches!(outcome.ending, Ending::HungUpByServer | Ending::HungUpByCaller),
        "{:?}",
        outcome.ending
    );
    let list = place.api("/api/handoffs").await;
    let handoffs = list["handoffs"].as_array().unwrap();
    let known = ["joined", "nobody_answered", "nobody_there", "not_connected", "caller_left"];
    for handoff in handoffs {
        assert!(known.iter().any(|outcome| handoff["outcome"] == *outcome), "{handoff:#}");
    }
    let legs = place.rest().legs();
    for to in [MARIA, SAM] {
        let count = legs.iter().filter(|leg| leg.to == number(to)).count();
        assert!(count <= 1, "nobody is called twice for the same call: {legs:#?}");
    }
}
