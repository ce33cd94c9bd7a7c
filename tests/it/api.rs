use axum::Router;
use calmline::domain::{
    BusinessId, CallId, CallTime, Fact, HangupCause, PhoneNumber, Slot, Span, SpeechId, TurnId,
};
use calmline::store::{Journal, JournalHealth, NewCall, Store};
use calmline::web::auth::BearerToken;
use calmline::web::{api, health};
use jiff::Timestamp;
use metrics_exporter_prometheus::PrometheusBuilder;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use uuid::Uuid;

const TOKEN: &str = "a-token-for-tests";

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

fn client() -> Client {
    // Another test may have installed it already.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

async fn get(url: String, token: Option<&str>) -> (StatusCode, Value) {
    let mut request = client().get(url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

async fn store_with_calls(count: u128) -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("calls.db")).await.unwrap();
    let journal = Journal::start(store.clone());
    for number in 1..=count {
        let mut recorder = journal.begin(NewCall {
            id: CallId::new(Uuid::from_u128(number)),
            carrier: "local".into(),
            carrier_call_id: format!("CA{number}"),
            business: BusinessId(if number % 2 == 0 { "dental" } else { "heating" }.into()),
            caller: PhoneNumber::parse("+14155550142").ok(),
            called: None,
            started_at: Timestamp::from_millisecond(1_700_000_000_000).unwrap(),
        });
        recorder.record(CallTime::ZERO, Fact::Answered { caller: None, open: true });
        recorder.record(
            CallTime::from_ms(2000),
            Fact::BotSaid {
                turn: TurnId(0),
                speech: SpeechId(0),
                text: "Hello.".into(),
                heard: "Hello.".into(),
                span: Span { start: CallTime::ZERO, end: CallTime::from_ms(2000) },
            },
        );
        recorder.record(
            CallTime::from_ms(9000),
            Fact::Noted { slot: Slot::Name, value: "Margaret Hollis".into(), evidence: vec![TurnId(1)] },
        );
        recorder.record(CallTime::from_ms(30_000), Fact::Ended { cause: HangupCause::Completed });
    }
    journal.flush().await;
    (folder, store)
}

#[tokio::test]
async fn a_call_is_shown_with_its_transcript_and_intake() {
    let (_folder, store) = store_with_calls(1).await;
    let server = serve(api::router(store, Router::new(), BearerToken::new(Some(TOKEN.into())))).await;
    let (status, call) = get(format!("{server}/api/calls/{}", Uuid::from_u128(1)), Some(TOKEN)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(call["business"], "heating");
    assert_eq!(call["caller"], "+14155550142");
    assert_eq!(call["started_at"], "2023-11-14T22:13:20Z");
    assert_eq!(call["ended_at"], "2023-11-14T22:13:50Z");
    assert_eq!(call["cause"], "completed");
    let hello = json!({"turn": 0, "speaker": "bot", "span": {"start": 0, "end": 2000}, "text": "Hello."});
    assert_eq!(call["transcript"], json!([hello]));
    assert_eq!(call["intake"][0]["slot"], "name");
    assert_eq!(call["intake"][0]["value"], "Margaret Hollis");
}

#[tokio::test]
async fn calls_are_listed_in_pages() {
    let (_folder, store) = store_with_calls(5).await;
    let server = serve(api::router(store, Router::new(), BearerToken::new(Some(TOKEN.into())))).await;
    let mut names = 0;
    let mut pages = Vec::new();
    let mut url = format!("{server}/api/calls?limit=2&business=heating");
    loop {
        let (status, page) = get(url, Some(TOKEN)).await;
        assert_eq!(status, StatusCode::OK);
        let calls = page["calls"].as_array().unwrap();
        names += calls.iter().filter(|call| call["name"] == "Margaret Hollis").count();
        pages.push(calls.len());
        let Some(next) = page["next"].as_str() else { break };
        url = format!("{server}/api/calls?limit=2&business=heating&before={next}");
    }
    assert_eq!((pages, names), (vec![2, 1], 3));
}

#[tokio::test]
async fn nobody_gets_in_without_the_token() {
    let (_folder, store) = store_with_calls(1).await;
    let server = serve(api::router(store, Router::new(), BearerToken::new(Some(TOKEN.into())))).await;
    for path in ["/api/calls".to_owned(), format!("/api/calls/{}", Uuid::from_u128(1)), "/api/x".into()] {
        for wrong in [None, Some(""), Some("a-token-for-test"), Some("a-token-for-tests-")] {
            let (status, body) = get(format!("{server}{path}"), wrong).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{path} {wrong:?}");
            assert!(!body.to_string().contains("Hollis"));
        }
    }
}

#[tokio::test]
async fn without_a_token_configured_the_api_is_closed_and_says_how_to_open_it() {
    let (_folder, store) = store_with_calls(1).await;
    let server = serve(api::router(store, Router::new(), BearerToken::new(None))).await;
    let (status, body) = get(format!("{server}/api/calls"), Some("")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(body["error"].as_str().unwrap().contains("CALMLINE_API_TOKEN"));
}

#[tokio::test]
async fn a_request_that_makes_no_sense_is_answered_with_what_was_expected() {
    let (_folder, store) = store_with_calls(0).await;
    let server = serve(api::router(store.clone(), Router::new(), BearerToken::new(Some(TOKEN.into())))).await;
    for (path, expected) in [
        ("/api/calls?limit=many", StatusCode::BAD_REQUEST),
        ("/api/calls?before=yesterday", StatusCode::BAD_REQUEST),
        ("/api/calls?busines=heating", StatusCode::BAD_REQUEST),
        ("/api/calls/first", StatusCode::NOT_FOUND),
        ("/api/calls/00000000-0000-0000-0000-000000000009", StatusCode::NOT_FOUND),
        ("/api/callers", StatusCode::NOT_FOUND),
    ] {
        let (status, body) = get(format!("{server}{path}"), Some(TOKEN)).await;
        assert_eq!(status, expected, "{path}");
        assert!(body["error"].is_string());
    }
    store.close().await;
    let (status, body) = get(format!("{server}/api/calls"), Some(TOKEN)).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(body, json!({"error": "the records cannot be read just now"}));
}

#[tokio::test]
async fn the_server_is_ready_while_models_are_loaded_and_the_database_takes_writes() {
    let (journal, health_in) = watch::channel(JournalHealth::Writing);
    let readiness = health::Readiness::new(health_in);
    let recorder = PrometheusBuilder::new().build_recorder();
    let server = serve(health::router(readiness.clone(), recorder.handle())).await;
    let ready = async || get(format!("{server}/readyz"), None).await;

    let (status, body) = ready().await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(body["waiting_for"], json!(["the models to be loaded"]));
    readiness.models_loaded();
    assert_eq!(ready().await, (StatusCode::OK, json!({"ready": true})));
    journal.send(JournalHealth::Failing).unwrap();
    assert_eq!(ready().await.0, StatusCode::SERVICE_UNAVAILABLE);
    journal.send(JournalHealth::Writing).unwrap();
    assert_eq!(ready().await.0, StatusCode::OK);
    readiness.draining();
    assert_eq!(ready().await.0, StatusCode::SERVICE_UNAVAILABLE);

    let health = client().get(format!("{server}/healthz")).send().await.unwrap();
    assert_eq!(health.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_is_counted_can_be_scraped() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let (_journal, health_in) = watch::channel(JournalHealth::Writing);
    let server = serve(health::router(health::Readiness::new(health_in), recorder.handle())).await;
    metrics::with_local_recorder(&recorder, || metrics::counter!("calmline_calls_total").increment(2));
    let response = client().get(format!("{server}/metrics")).send().await.unwrap();
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    assert!(response.text().await.unwrap().contains("calmline_calls_total 2"));
}
