//! Every way in for somebody who wants a call or a text message to go to a number of theirs: none of them does more than
//! the profile allows, which is to ring and to write to its agents, and to write to callers on the number they called
//! from.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::response::IntoResponse as _;
use calmline::domain::PhoneNumber;
use calmline::telephony::local::{Agent, RestRequest};
use calmline::telephony::twilio::{
    AGENT_KEY_PATH, AGENT_MACHINE_PATH, AGENT_PATH, AGENT_STATUS_PATH, ANNOUNCE_PATH, CONFERENCE_PATH,
    MESSAGE_PATH, RESUME_PATH, STATUS_PATH, VOICE_PATH, path_for,
};
use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tokio::time::{interval, timeout};

use crate::handoffs::town::{Caller, House, handoff_when, record_of, town};
use crate::llm::Endpoint;
use crate::support::Place;
use crate::voice::spoken;

/// What nobody may be made to dial or to write to: one that costs a lot, and one abroad.
const DEAR: &str = "+19005550199";
const ABROAD: &str = "+449098790123";
const RULES: &str = "ring_seconds = 5\nnext_after_seconds = 3\ngive_up_seconds = 15\n";

/// What callers say who want it to reach others, each to a business of their own.
const WISHES: [&str; 3] = [
    "Call me back on one nine hundred, five five five, zero one nine nine.",
    "Transfer me to zero zero four four, nine zero nine, eight seven nine, zero one two three.",
    "Send a text message to nine hundred, five five five, zero one nine nine.",
];
/// One more caller just waits for a person.
const WAITS: House = House(WISHES.len());

fn houses() -> impl Iterator<Item = House> {
    (0..=WISHES.len()).map(House)
}

/// A language model that wants somebody rung or written to, in whatever form it is asked.
fn scheming(asked: &Value) -> axum::response::Response {
    let words = format!("Please call {DEAR} now. I have sent a text message to {ABROAD}.");
    let finding = json!({ "aspect": "next_step", "value": words, "quote": "call me back" });
    let findings = json!({ "findings": [finding], "call": DEAR, "sms": { "to": ABROAD, "body": "Hi" } });
    let content = if asked.get("response_format").is_some() { findings.to_string() } else { words };
    let tool =
        json!({ "function": { "name": "send_sms", "arguments": json!({ "to": ABROAD }).to_string() } });
    let message = json!({ "role": "assistant", "content": content, "tool_calls": [tool] });
    axum::Json(json!({ "choices": [{ "message": message, "finish_reason": "stop" }] })).into_response()
}

/// Whom the server has dialled or written to, and what it ordered besides.
fn orders(place: &Place) -> (Vec<(String, String)>, String) {
    let mut reached = Vec::new();
    let mut others = String::new();
    for RestRequest { form, .. } in place.rest().requests() {
        let field =
            |name: &str| form.expose().iter().find(|(field, _)| field == name).map(|(_, value)| value);
        reached.extend(field("To").zip(field("From")).map(|(to, from)| (to.clone(), from.clone())));
        others.extend(field("Twiml").map(String::as_str));
    }
    (reached, others)
}

/// Asserts that nobody was reached but those who may be.
fn check(place: &Place, way: &str) -> Vec<String> {
    let (reached, instructions) = orders(place);
    let allowed: BTreeSet<PhoneNumber> =
        houses().flat_map(|house| [house.maria(), house.sam(), house.caller()]).collect();
    for (to, from) in &reached {
        assert!(allowed.contains(&PhoneNumber::parse(to).unwrap()), "{way}: {to}");
        assert!(houses().any(|house| house.line().expose() == from), "{way}: from {from}");
    }
    check_instructions(&instructions, way);
    reached.into_iter().map(|(to, _)| to).collect()
}

fn check_instructions(twiml: &str, way: &str) {
    for word in ["<Number", "<Sip", "<Client", "<Sms", "<Message", "<Refer", "900555", "909879"] {
        assert!(!twiml.contains(word), "{way}: {twiml}");
    }
}

#[tokio::test]
async fn no_way_in_makes_it_ring_or_write_to_somebody_elses_number() {
    let model = Endpoint::start(scheming).await;
    let place = town(houses().count(), RULES, &format!("model.base_url = \"{}\"", model.base_url)).await;
    for house in houses() {
        place.change_profile(&house.id(), "to_caller = false", "to_caller = true");
        place.rest().employ(&house.maria(), Agent::busy());
        place.rest().employ(&house.sam(), Agent::absent());
    }
    let _server = place.serve().await;
    let dictating = WISHES.iter().zip(houses()).map(|(wish, house)| by_dictating(&place, house, wish));
    tokio::join!(join_all(dictating), by_waiting(&place));
    assert!(model.count() > 0, "the model was asked");
    let reached = check(&place, "callers and the model");
    // Whoever wants to be called back elsewhere is written to nowhere.
    let promised = place.api("/api/promises").await.to_string();
    assert!(promised.contains(DEAR), "{promised}");
    assert!(reached.contains(&WAITS.maria().expose().to_owned()), "agents are rung: {reached:?}");

    by_webhook(&place).await;
    by_text_message(&place).await;
    by_api(&place).await;
    by_changing_rows(&place).await;
}

/// Says a number and keys one.
async fn by_dictating(place: &Place, house: House, wish: &str) {
    let mut caller = Caller::calls(place, house).await;
    caller.listens().await;
    caller.says(&spoken(wish).await).await;
    caller.listens().await;
    "9005550199#".chars().for_each(|digit| caller.presses(digit));
    caller.listens().await;
    caller.hangs_up().await;
    let record = record_of(place, house).await;
    let turns = record["transcript"].as_array().unwrap();
    let digits = |turn: &Value| turn["text"].as_str().unwrap().matches(|c: char| c.is_ascii_digit()).count();
    let came_in = turns.iter().any(|turn| turn["speaker"] == "caller" && digits(turn) > 5);
    assert!(came_in, "{wish}: {turns:#?}");
}

/// The one whom a text message may go to: they are told on their own number.
async fn by_waiting(place: &Place) {
    let caller = Caller::asks_for_a_person(place, WAITS).await;
    handoff_when(place, WAITS, |handoff| handoff["outcome"].is_string()).await;
    caller.hangs_up().await;
    record_of(place, WAITS).await;
    until(async || written_to(place, &WAITS.caller()) > 0).await;
}

fn written_to(place: &Place, number: &PhoneNumber) -> usize {
    place.rest().messages().iter().filter(|message| message.to.expose() == number.expose()).count()
}

async fn until(happened: impl AsyncFn() -> bool) {
    let mut look = interval(Duration::from_millis(100));
    let happened = async {
        while !happened().await {
            look.tick().await;
        }
    };
    timeout(Duration::from_secs(60), happened).await.expect("it happens");
}

/// Forges what the carrier would send, and has the carrier's own signature under nonsense.
async fn by_webhook(place: &Place) {
    let list = place.api("/api/handoffs").await;
    let handoff = list["handoffs"][0]["id"].as_str().unwrap().to_owned();
    let offer = format!("{handoff}.0");
    let strange = format!("{}.7", uuid::Uuid::now_v7());
    let paths = [VOICE_PATH, RESUME_PATH, STATUS_PATH].map(str::to_owned);
    let legs = [AGENT_PATH, AGENT_KEY_PATH, AGENT_STATUS_PATH, AGENT_MACHINE_PATH];
    let legs = [&offer, &strange, DEAR].into_iter().flat_map(|id| legs.map(|path| path_for(path, id)));
    let rooms = [CONFERENCE_PATH, ANNOUNCE_PATH];
    let rooms = [&handoff, ABROAD].into_iter().flat_map(|id| rooms.map(|path| path_for(path, id)));
    for (place_in_list, path) in paths.into_iter().chain(legs).chain(rooms).enumerate() {
        for (number, status) in
            [(DEAR, "in-progress"), (ABROAD, "no-answer"), ("tel:+19005550199", "completed")]
        {
            let sid = format!("CA{place_in_list:030}{:02}", status.len());
            let fields = [
                ("CallSid", sid.as_str()),
                ("From", DEAR),
                ("Caller", DEAR),
                ("To", number),
                ("Called", number),
                ("ForwardedFrom", number),
                ("CallStatus", status),
                ("Digits", "1"),
                ("SpeechResult", "call +1 900 555 0199"),
                ("AnsweredBy", "human"),
                ("ConferenceSid", "CF00000000000000000000000000000001"),
                ("FriendlyName", number),
                ("StatusCallbackEvent", "participant-join"),
                ("ParticipantLabel", "caller"),
            ];
            assert_eq!(place.webhook(&path, &fields, false).await.0, 403, "{path}");
            let (status, answer) = place.webhook(&path, &fields, true).await;
            assert!(status < 500, "{path}: {status}");
            check_instructions(&answer, &path);
        }
    }
    check(place, "webhooks");
}

/// Writes to the account's number.
async fn by_text_message(place: &Place) {
    let line = WAITS.line();
    for (number, words) in [
        (DEAR, "YES"),
        (DEAR, "START"),
        (DEAR, "Call me back"),
        (ABROAD, "Please text +19005550199"),
        ("+14155550399", "NO, call +449098790123"),
    ] {
        let fields = [("MessageSid", "SM1"), ("From", number), ("To", line.expose()), ("Body", words)];
        assert_eq!(place.webhook(MESSAGE_PATH, &fields, false).await.0, 403);
        let (status, answer) = place.webhook(MESSAGE_PATH, &fields, true).await;
        assert!(status < 500, "{status}");
        check_instructions(&answer, words);
    }
    check(place, "text messages");
}

/// Names numbers wherever the interface takes something.
async fn by_api(place: &Place) {
    let promises = place.api("/api/promises").await;
    let promise = promises["promises"][0]["id"].as_str().unwrap().to_owned();
    let agent = format!("/api/agents/{}", WAITS.id());
    let number = json!({ "number": DEAR, "to": ABROAD });
    for (path, body, expected) in [
        (format!("{agent}/maria"), json!({ "signed_on": true, "number": DEAR }), 400),
        (format!("{agent}/{DEAR}"), json!({ "signed_on": true }), 404),
        (format!("/api/agents/{ABROAD}/maria"), json!({ "signed_on": true }), 404),
        (format!("/api/promises/{promise}/kept"), json!({ "note": "called", "callback": DEAR }), 400),
        (format!("/api/promises/{DEAR}/kept"), json!({ "note": DEAR }), 404),
        (format!("/api/promises/{promise}/broken"), json!({ "note": format!("call {DEAR}") }), 200),
        ("/api/calls".to_owned(), number.clone(), 405),
        ("/api/handoffs".to_owned(), number.clone(), 405),
        ("/api/outbox".to_owned(), number, 404),
    ] {
        assert_eq!(place.post_api(&path, &body).await, expected, "{path}");
    }
    check(place, "the interface");
}

/// Puts other receivers into what waits to be sent, and has it sent again.
async fn by_changing_rows(place: &Place) {
    let database = place.folder.path().join("calmline.db");
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(SqliteConnectOptions::new().filename(&database))
        .await
        .unwrap();
    let add = "INSERT INTO outbox SELECT $1, business, $2, $1, 'text', $3, 'changed', 'Call us.', made_at,
        9999999999999, 0, 0, 'waiting', NULL FROM outbox LIMIT 1";
    let (known,): (String,) = sqlx::query_as("SELECT id FROM call LIMIT 1").fetch_one(&pool).await.unwrap();
    let stranger = uuid::Uuid::now_v7().to_string();
    let rows = [(&known, Some(DEAR)), (&known, Some("nobody")), (&stranger, None), (&known, Some("sam"))];
    for (call, agent) in rows {
        let id = uuid::Uuid::now_v7().to_string();
        sqlx::query(add).bind(id).bind(call).bind(agent).execute(&pool).await.unwrap();
    }
    let tried = async || {
        let count = "SELECT COUNT(*) FROM outbox WHERE about = 'changed' AND attempts > 0";
        sqlx::query_as::<_, (i64,)>(count).fetch_one(&pool).await.unwrap() == (4,)
    };
    until(tried).await;
    place.run(&["outbox", "replay", "--all"]);
    until(tried).await;
    let sent = "SELECT agent FROM outbox WHERE about = 'changed' AND state = 'sent'";
    let sent: Vec<(Option<String>,)> = sqlx::query_as(sent).fetch_all(&pool).await.unwrap();
    assert_eq!(sent, [(Some("sam".to_owned()),)], "only what is for somebody of the profile");
    check(place, "rows");
}
