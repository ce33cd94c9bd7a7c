//! Whole calls in real time: the real server as a process, real sockets, real whisper, a real voice, a real database.

use calmline::domain::CallTime;
use calmline::telephony::local::{Ending, PlacedCall, Reaction, Script, Unasked, What, When};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::llm::{Endpoint, stuck};
use crate::support::{Place, call_from};

const NUMBER: &str = "+14155550142";

fn slot<'a>(record: &'a Value, name: &str) -> &'a str {
    let intake = record["intake"].as_array().unwrap();
    intake.iter().find(|answer| answer["slot"] == name).map_or("", |answer| answer["value"].as_str().unwrap())
}

fn asked(record: &Value, words: &str) -> usize {
    let said = record["transcript"].as_array().unwrap();
    said.iter()
        .filter(|turn| turn["speaker"] == "bot" && turn["text"].as_str().unwrap().contains(words))
        .count()
}

#[tokio::test]
async fn a_caller_is_understood_answered_and_put_on_record() {
    let place = Place::new("").await;
    let _server = place.serve().await;
    let script = Script::scenario("plumber-plain").unwrap().unwrap();
    let outcome = place.carrier().place(call_from(NUMBER), script).await;

    assert_eq!(outcome.ending, Ending::HungUpByServer);
    let records = place.records().await;
    assert_eq!(records.len(), 1);
    let record = &records[0];
    assert_eq!(record["cause"], "completed");
    assert_eq!(slot(record, "callback"), NUMBER);
    assert!(slot(record, "name").starts_with("Owen"), "{}", slot(record, "name"));
    assert!(slot(record, "reason").contains("kitchen tap"), "{}", slot(record, "reason"));
    assert_eq!(record["promises"].as_array().unwrap().len(), 1);
    let stress = record["stress"].as_array().unwrap();
    let voices: Vec<f64> = stress.iter().filter_map(|point| point["voice"].as_f64()).collect();
    assert!(!voices.is_empty() && voices.iter().all(|level| (0.0..=100.0).contains(level)), "{stress:?}");
    assert_eq!(record["triggers"], serde_json::json!([]), "a calm caller needs nobody");
    let measures = outcome.timeline.measure();
    assert!(measures.first_audio_ms.is_some());
    assert!(measures.turns.iter().all(|turn| turn.to_audio_ms.is_some()), "{:?}", measures.turns);

    let soon = When::At(CallTime::from_ms(1500));
    let again = Script::silent().reacting(Reaction { when: soon, deed: Unasked::HangUp });
    place.carrier().place(call_from(NUMBER), again).await;
    let records = place.records_when(|records| records.len() == 2 && records[0]["cause"].is_string()).await;
    assert_eq!(records[0]["earlier"], serde_json::json!([records[1]["id"]]), "the number is known again");
}

#[tokio::test]
async fn a_call_survives_the_death_of_the_server() {
    let place = Place::new("").await;
    let server = place.serve().await;
    let (live, mut entries) = mpsc::unbounded_channel();
    let call = PlacedCall { live: Some(live), ..call_from(NUMBER) };
    let script = Script::scenario("plumber-plain").unwrap().unwrap();
    let carrier = place.carrier();
    let calling = tokio::spawn(async move { carrier.place(call, script).await });

    loop {
        let entry = entries.recv().await.expect("the call goes on until the number is confirmed");
        if matches!(&entry.what, What::CallerEnded { role } if role == "yes") {
            break;
        }
    }
    server.kill();
    let _server = place.serve().await;
    let outcome = calling.await.unwrap();

    assert_eq!(outcome.ending, Ending::HungUpByServer);
    let records = place.records().await;
    assert_eq!(records.len(), 1, "the call goes on under the same id");
    let record = &records[0];
    assert_eq!(record["cause"], "completed");
    assert!(slot(record, "name").starts_with("Owen"));
    assert_eq!(slot(record, "callback"), NUMBER);
    assert_eq!(asked(record, "name"), 1, "{record:#}");
    assert_eq!(asked(record, "How can I help"), 1);
    assert_eq!(asked(record, "the line dropped"), 1, "{record:#}");
}

#[tokio::test]
async fn a_server_told_to_stop_brings_its_calls_to_a_good_end() {
    let place = Place::new("server.drain_seconds = 1").await;
    let server = place.serve().await;
    let (live, mut entries) = mpsc::unbounded_channel();
    let call = PlacedCall { live: Some(live), ..call_from(NUMBER) };
    let script = Script::scenario("plumber-plain").unwrap().unwrap();
    let carrier = place.carrier();
    let calling = tokio::spawn(async move { carrier.place(call, script).await });
    loop {
        let entry = entries.recv().await.expect("the call goes on until the reason is told");
        if matches!(&entry.what, What::MarkPlayed { name } if name.ends_with("/name")) {
            break;
        }
    }

    assert!(server.stop().await.success());
    let outcome = calling.await.unwrap();
    assert_eq!(outcome.ending, Ending::HungUpByServer);
    let _server = place.serve().await;
    let record = &place.records().await[0];
    assert_eq!(record["cause"], "shutdown", "{record:#}");
    assert_eq!(record["promises"][0]["callback"], NUMBER);
}

#[tokio::test]
async fn a_call_goes_on_without_a_language_model_that_hangs() {
    let endpoint = Endpoint::start(|_| stuck("Thank", None)).await;
    let model = format!("model.base_url = \"{}\"\nmodel.wording_deadline_ms = 300", endpoint.base_url);
    let place = Place::new(&model).await;
    let _server = place.serve().await;
    let script = Script::scenario("plumber-plain").unwrap().unwrap();
    let outcome = place.carrier().place(call_from(NUMBER), script).await;

    assert_eq!(outcome.ending, Ending::HungUpByServer);
    assert!(endpoint.count() > 0, "the model was asked");
    let record = &place.records().await[0];
    assert_eq!(record["cause"], "completed");
    assert_eq!(slot(record, "callback"), NUMBER);
    assert_eq!(record["promises"].as_array().unwrap().len(), 1);
}
