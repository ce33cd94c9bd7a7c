//! The language model's client against servers of our own that answer well, badly, slowly or not at all.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use calmline::domain::{Aspect, ModelFault, ModelQuestion, ModelReply, Move, SaidTurn, Speaker, TurnId};
use calmline::llm::{Client, LanguageModel, ModelError, Settings};
use futures_util::{StreamExt as _, stream};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

const AMPLE: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(200);

type Asked = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

/// A server that answers each request as it is told, and keeps what it was asked.
pub struct Endpoint {
    /// Everything before `/chat/completions`.
    pub base_url: String,
    asked: Asked,
}

impl Endpoint {
    /// Starts it on a free port of the loopback address.
    pub async fn start(answer: impl Fn(&Value) -> Response + Clone + Send + Sync + 'static) -> Self {
        let asked = Asked::default();
        let handler = move |State(asked): State<Asked>, headers: HeaderMap, body: Bytes| async move {
            let body: Value = serde_json::from_slice(&body).unwrap();
            let response = answer(&body);
            asked.lock().unwrap().push((headers, body));
            response
        };
        let router =
            Router::new().route("/v1/chat/completions", post(handler)).with_state(Arc::clone(&asked));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base_url, asked }
    }

    fn client(&self, max_concurrent: usize) -> Client {
        client(&self.base_url, max_concurrent)
    }

    /// How often it was asked.
    pub fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// What kinds of answers were asked for.
    fn formats(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let format = |body: &Value| body["response_format"]["type"].as_str().unwrap_or("none").to_owned();
        asked.iter().map(|(_, body)| format(body)).collect()
    }
}

fn client(base_url: &str, max_concurrent: usize) -> Client {
    // Fails when another test has installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::start(Settings {
        base_url: base_url.to_owned(),
        model: Some("small".to_owned()),
        api_key: Some(SecretString::from("key-of-the-test")),
        max_concurrent,
    })
    .unwrap()
}

fn turns() -> Vec<SaidTurn> {
    vec![SaidTurn { turn: TurnId(1), speaker: Speaker::Caller, text: "Nobody came on Tuesday.".into() }]
}

fn wording() -> ModelQuestion {
    ModelQuestion::Wording {
        act: Move::Reflect,
        draft: "So nobody came. Is that right?".into(),
        turns: turns(),
    }
}

fn findings() -> ModelQuestion {
    ModelQuestion::Findings { open: vec![Aspect::Trigger, Aspect::Expectation], turns: turns() }
}

/// One event of a stream, as OpenAI writes them.
fn event(delta: &str) -> String {
    let chunk = json!({
        "object": "chat.completion.chunk",
        "choices": [{ "index": 0, "delta": { "content": delta }, "finish_reason": null }],
    });
    format!("data: {chunk}\n\n")
}

fn end(reason: &str) -> String {
    let chunk = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }] });
    format!("data: {chunk}\n\ndata: [DONE]\n\n")
}

fn streamed(events: String) -> Response {
    ([(header::CONTENT_TYPE, "text/event-stream; charset=utf-8")], events).into_response()
}

/// A whole answer, streamed in pieces of a few letters.
fn said(text: &str) -> Response {
    let letters: Vec<char> = text.chars().collect();
    let events: String = letters.chunks(3).map(|piece| event(&piece.iter().collect::<String>())).collect();
    streamed(format!(": keep-alive\r\n\r\n{events}{}", end("stop")))
}

/// The beginning of an answer after which nothing comes any more; `watch` is dropped with the connection.
pub fn stuck(text: &'static str, watch: Option<mpsc::UnboundedSender<()>>) -> Response {
    let first = stream::once(std::future::ready(Ok::<_, Infallible>(event(text))));
    let rest = stream::pending().map(move |never| {
        let _held = &watch;
        never
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(first.chain(rest))).into_response()
}

async fn answer(
    response: impl Fn() -> Response + Clone + Send + Sync + 'static,
    question: ModelQuestion,
) -> Result<ModelReply, ModelError> {
    let endpoint = Endpoint::start(move |_| response()).await;
    endpoint.client(1).ask(question, AMPLE).await
}

#[tokio::test]
async fn a_sentence_is_asked_for_and_comes_back_in_other_words() {
    let endpoint = Endpoint::start(|_| said("Nobody came on Tuesday. Have I got that right?")).await;
    let reply = endpoint.client(1).ask(wording(), AMPLE).await;
    assert_eq!(reply, Ok(ModelReply::Wording("Nobody came on Tuesday. Have I got that right?".into())));

    let asked = endpoint.asked.lock().unwrap();
    let (headers, body) = &asked[0];
    assert_eq!(headers[header::AUTHORIZATION], "Bearer key-of-the-test");
    assert_eq!(body["model"], "small");
    assert_eq!(body["stream"], true);
    assert_eq!(body["temperature"], 0);
    assert!(body["max_tokens"].as_u64().unwrap() <= 200);
    assert_eq!(body.get("response_format"), None);
    let [system, user] = &body["messages"].as_array().unwrap()[..] else { panic!("two messages") };
    assert_eq!((&system["role"], &user["role"]), (&json!("system"), &json!("user")));
    assert!(!system["content"].as_str().unwrap().contains("Tuesday"), "caller's words are no instructions");
    assert!(user["content"].as_str().unwrap().contains("Nobody came on Tuesday."));
}

#[tokio::test]
async fn findings_are_asked_for_by_their_schema() {
    let endpoint = Endpoint::start(|_| {
        said(
            r#"{"findings": [{"aspect": "trigger", "value": "nobody came", "quote": "Nobody came on Tuesday"},
                {"aspect": "mood", "value": "angry", "quote": "Nobody"}]}"#,
        )
    })
    .await;
    let reply = endpoint.client(1).ask(findings(), AMPLE).await;
    let Ok(ModelReply::Findings(found)) = reply else { panic!("{reply:?}") };
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].aspect, Aspect::Trigger);
    assert_eq!(found[0].quote.expose(), "Nobody came on Tuesday");
    let asked = endpoint.asked.lock().unwrap();
    let format = &asked[0].1["response_format"];
    assert_eq!(format["type"], "json_schema");
    assert_eq!(format["json_schema"]["strict"], true);
    assert_eq!(format["json_schema"]["schema"]["required"], json!(["findings"]));
}

#[tokio::test]
async fn an_answer_may_come_whole() {
    let whole = json!({ "choices": [{ "message": { "content": "They called. Nobody had come." }, "finish_reason": "stop" }] });
    let reply = answer(move || axum::Json(&whole).into_response(), ModelQuestion::Summary { turns: turns() });
    assert_eq!(reply.await, Ok(ModelReply::Summary("They called. Nobody had come.".into())));
}

#[tokio::test]
async fn a_slow_answer_is_late_at_its_deadline_and_no_later() {
    let endpoint = Endpoint::start(|_| stuck("So nobody", None)).await;
    let asked = Instant::now();
    let outcome = endpoint.client(1).ask(wording(), SHORT).await;
    assert_eq!(outcome, Err(ModelError::Late));
    assert_eq!(outcome.unwrap_err().fault(), ModelFault::Late);
    assert!(asked.elapsed() < SHORT * 5, "{:?}", asked.elapsed());
}

#[tokio::test]
async fn reading_stops_as_soon_as_there_are_enough_sentences() {
    let reply = answer(|| stuck("Nobody came. Is it so? And then", None), wording()).await;
    assert_eq!(reply, Ok(ModelReply::Wording("Nobody came. Is it so?".into())));
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_answer() {
    let cut = || streamed(event("Nobody came. Is it"));
    assert_eq!(answer(cut, wording()).await, Err(ModelError::Unavailable("broke off".into())));
    let torn = || {
        let pieces = [Ok(event("Nobody came. Is it")), Err(std::io::Error::other("gone"))];
        ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(stream::iter(pieces)))
            .into_response()
    };
    assert_eq!(answer(torn, wording()).await, Err(ModelError::Unavailable("broke off".into())));
    let told =
        || streamed(format!("{}data: {{\"error\": {{\"message\": \"out of memory\"}}}}\n\n", event("No")));
    let outcome = answer(told, wording()).await;
    assert_eq!(outcome.unwrap_err().fault(), ModelFault::Unavailable);
    let too_long = || streamed(format!("{}{}", event("Nobody came and"), end("length")));
    assert_eq!(answer(too_long, wording()).await, Err(ModelError::Unusable("it is too long")));
}

#[tokio::test]
async fn nonsense_is_of_no_use() {
    let nonsense: [fn() -> Response; 7] = [
        || axum::response::Html("<h1>Welcome</h1>").into_response(),
        || streamed("data: Nobody came.\n\n".to_owned()),
        || axum::Json(json!(["Nobody came."])).into_response(),
        || said(""),
        || said("- nobody came\n- is it so?"),
        || said("{\"draft\": \"Nobody came.\"}"),
        || said("🤷 ███ ▒▒ ░"),
    ];
    for response in nonsense {
        let fault = answer(response, wording()).await.unwrap_err().fault();
        assert_eq!(fault, ModelFault::Unusable);
    }
    let wrong: [fn() -> Response; 4] = [
        || said("Nobody came."),
        || said("{\"findings\": \"nobody came\"}"),
        || said("{\"trigger\": {\"value\": \"nobody came\"}}"),
        || said("{\"findings\": [{\"aspect\": \"trigger\""),
    ];
    for response in wrong {
        let outcome = answer(response, findings()).await;
        assert_eq!(outcome, Err(ModelError::Unusable("it holds no findings")));
    }
}

#[tokio::test]
async fn a_huge_answer_is_not_read_to_its_end() {
    let endless = || {
        let pieces = stream::repeat_with(|| Ok::<_, Infallible>(event(&"so ".repeat(300))));
        ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(pieces)).into_response()
    };
    assert_eq!(answer(endless, wording()).await, Err(ModelError::Unusable("it is too long")));
    let line = || {
        let pieces = stream::repeat_with(|| Ok::<_, Infallible>("data: so ".repeat(1_000)));
        ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(pieces)).into_response()
    };
    assert_eq!(answer(line, wording()).await, Err(ModelError::Unusable("it is too long")));
}

#[tokio::test]
async fn a_server_that_refuses_says_why() {
    for (status, fault) in [
        (StatusCode::TOO_MANY_REQUESTS, ModelError::Unavailable("answered 429".into())),
        (StatusCode::INTERNAL_SERVER_ERROR, ModelError::Unavailable("answered 500".into())),
        (StatusCode::UNAUTHORIZED, ModelError::Refused(401)),
        (StatusCode::NOT_FOUND, ModelError::Refused(404)),
        (StatusCode::TEMPORARY_REDIRECT, ModelError::Refused(307)),
    ] {
        let response = move || (status, [(header::LOCATION, "http://127.0.0.1:9/elsewhere")]).into_response();
        assert_eq!(answer(response, wording()).await, Err(fault));
    }
    let nobody = client("http://127.0.0.1:9", 1).ask(wording(), AMPLE).await;
    assert_eq!(nobody, Err(ModelError::Unavailable("cannot be reached".into())));
}

#[tokio::test]
async fn a_server_that_knows_no_schemas_is_asked_in_a_form_that_it_knows() {
    let takes = |known: &'static str| {
        Endpoint::start(move |body| {
            let format = body["response_format"]["type"].as_str().unwrap_or("none");
            if format == known { said("{\"findings\": []}") } else { StatusCode::BAD_REQUEST.into_response() }
        })
    };
    for (known, formats) in [
        ("json_object", &["json_schema", "json_object", "json_object"][..]),
        ("none", &["json_schema", "json_object", "none", "none"]),
    ] {
        let endpoint = takes(known).await;
        let client = endpoint.client(1);
        for _ in 0..2 {
            assert_eq!(client.ask(findings(), AMPLE).await, Ok(ModelReply::Findings(vec![])));
        }
        assert_eq!(endpoint.formats(), formats, "what it knows is remembered");
    }
    let endpoint = takes("nothing").await;
    let client = endpoint.client(1);
    for _ in 0..2 {
        assert_eq!(client.ask(findings(), AMPLE).await, Err(ModelError::Refused(400)));
    }
    let each = ["json_schema", "json_object", "none"];
    assert_eq!(endpoint.formats(), [each, each].concat(), "nothing is learned from a refusal");
}

#[tokio::test]
async fn a_model_that_fails_again_and_again_is_left_alone_for_a_while() {
    let broken = Arc::new(Mutex::new(true));
    let is_broken = Arc::clone(&broken);
    let endpoint = Endpoint::start(move |body| match *is_broken.lock().unwrap() {
        true => StatusCode::BAD_GATEWAY.into_response(),
        false if body.get("response_format").is_some() => said("{\"findings\": []}"),
        false => said("Nobody came. Is it so?"),
    })
    .await;
    let client = endpoint.client(2);
    for _ in 0..3 {
        let outcome = client.ask(wording(), AMPLE).await;
        assert_eq!(outcome, Err(ModelError::Unavailable("answered 502".into())));
    }
    *broken.lock().unwrap() = false;
    assert_eq!(client.ask(wording(), AMPLE).await, Err(ModelError::Resting));
    assert_eq!(endpoint.count(), 3);
    assert!(client.ask(findings(), AMPLE).await.is_ok(), "other questions are judged on their own");

    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(30)).await;
    tokio::time::resume();
    assert!(client.ask(wording(), AMPLE).await.is_ok());
    assert!(client.ask(wording(), AMPLE).await.is_ok());
}

#[tokio::test]
async fn calling_a_question_off_closes_the_connection_and_is_no_failure() {
    let (held, mut dropped) = mpsc::unbounded_channel();
    let held = Arc::new(Mutex::new(Some(held)));
    let watch = Arc::clone(&held);
    let endpoint = Endpoint::start(move |_| stuck("So nobody", watch.lock().unwrap().clone())).await;
    let client = endpoint.client(1);
    for _ in 0..4 {
        let asking = client.ask(wording(), AMPLE);
        assert!(timeout(Duration::from_millis(50), asking).await.is_err());
    }
    assert_eq!(endpoint.count(), 4, "no failure was counted");
    drop(held.lock().unwrap().take());
    let closed = timeout(AMPLE, dropped.recv()).await;
    assert_eq!(closed, Ok(None), "the server was left to write on");
}

#[tokio::test]
async fn calling_it_off_at_the_last_moment_is_a_failure() {
    let endpoint = Endpoint::start(|_| stuck("So nobody", None)).await;
    let client = endpoint.client(1);
    for _ in 0..3 {
        assert!(timeout(SHORT * 19 / 20, client.ask(wording(), SHORT)).await.is_err());
    }
    assert_eq!(client.ask(wording(), SHORT).await, Err(ModelError::Resting));
}

#[tokio::test]
async fn so_many_questions_at_once_and_the_last_place_is_for_waiting_callers() {
    let endpoint = Endpoint::start(|body| match body.get("response_format") {
        Some(_) => stuck("{", None),
        None => said("Nobody came. Is it so?"),
    })
    .await;
    let client = endpoint.client(2);
    let first = tokio::spawn(client.ask(findings(), AMPLE));
    while endpoint.count() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(client.ask(findings(), SHORT).await, Err(ModelError::Busy));
    assert!(client.ask(wording(), AMPLE).await.is_ok());
    assert_eq!(endpoint.count(), 2);
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    assert_eq!(client.ask(findings(), SHORT).await, Err(ModelError::Late), "its place is free again");
}
