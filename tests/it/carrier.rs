//! The simulated carrier, checked against a small server of its own: what it sends, plays, echoes and follows.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, post};
use calmline::domain::{CallTime, Digit, PhoneNumber};
use calmline::telephony::local::{
    CallOutcome, Carrier, Ending, Manner, PlacedCall, Reaction, Script, Settings, Unasked, What, When,
};
use calmline::telephony::twilio::{
    self, Backoff, Control, Form, Frames, Inbound, IncomingCall, SIGNATURE_HEADER, Start, StatusCallback,
    Verifier,
};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::support::Rest;

const TOKEN: &str = "12345";
const ACCOUNT: &str = "AC00000000000000000000000000000001";

/// How the test's server behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manners {
    /// Speaks for a second, asks the caller for a reason, listens to it, and hangs up.
    Asks,
    /// Asks and hangs up at the first key.
    AwaitsKey,
    /// Speaks for a minute, clears after half a second, and hangs up.
    Clears,
    /// Closes the first stream as soon as it is up, and hangs up in the second.
    Stumbles,
    /// Waits to be disconnected.
    Waits,
}

#[derive(Clone)]
struct Server {
    manners: Manners,
    verifier: Verifier,
    answer: Option<String>,
    public_url: twilio::PublicUrl,
    seen: Arc<Mutex<Seen>>,
    started: Arc<Notify>,
}

#[derive(Default)]
struct Seen {
    calls: Vec<IncomingCall>,
    resumed: Vec<IncomingCall>,
    news: Vec<StatusCallback>,
    starts: Vec<Start>,
    frames: Vec<Inbound>,
}

impl Server {
    async fn listen(self, address: SocketAddr) -> (SocketAddr, JoinHandle<()>) {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route(twilio::VOICE_PATH, post(voice))
            .route(twilio::RESUME_PATH, post(resume))
            .route(twilio::STATUS_PATH, post(status))
            .route(twilio::STREAM_PATH, any(stream))
            .with_state(self);
        (address, tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }))
    }

    fn admit(&self, uri: &Uri, headers: &HeaderMap, body: &str) -> Result<Form, StatusCode> {
        let form = Form::parse(body.as_bytes()).map_err(|_| StatusCode::BAD_REQUEST)?;
        let path = uri.path_and_query().unwrap().as_str();
        self.verifier.verify_form(path, &form, signature(headers)).map_err(|_| StatusCode::FORBIDDEN)?;
        Ok(form)
    }

    /// The next call whose stream has begun.
    async fn call_in_progress(&self) -> twilio::CallSid {
        timeout(Duration::from_secs(10), self.started.notified()).await.unwrap();
        self.seen.lock().unwrap().starts.last().unwrap().call_sid.clone()
    }

    fn connect(&self) -> String {
        let resume = self.public_url.http(twilio::RESUME_PATH);
        let socket = self.public_url.socket(twilio::STREAM_PATH);
        twilio::connect_stream(&socket, &[("token", "s3cret"), ("call", "7")], &resume)
    }
}

fn signature(headers: &HeaderMap) -> Option<&str> {
    headers.get(SIGNATURE_HEADER)?.to_str().ok()
}

async fn voice(
    State(server): State<Server>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Result<String, StatusCode> {
    let form = server.admit(&uri, &headers, &body)?;
    server.seen.lock().unwrap().calls.push(IncomingCall::parse(&form).unwrap());
    Ok(server.answer.clone().unwrap_or_else(|| server.connect()))
}

async fn resume(
    State(server): State<Server>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Result<String, StatusCode> {
    let form = server.admit(&uri, &headers, &body)?;
    let mut seen = server.seen.lock().unwrap();
    seen.resumed.push(IncomingCall::parse(&form).unwrap());
    let again = server.manners == Manners::Stumbles && seen.starts.len() < 2;
    Ok(if again { server.connect() } else { twilio::hangup() })
}

async fn status(
    State(server): State<Server>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Result<(), StatusCode> {
    let form = server.admit(&uri, &headers, &body)?;
    server.seen.lock().unwrap().news.push(StatusCallback::parse(&form).unwrap());
    Ok(())
}

async fn stream(
    State(server): State<Server>,
    uri: Uri,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    match server.verifier.verify_upgrade(uri.path(), signature(&headers)) {
        Ok(()) => upgrade.on_upgrade(|socket| converse(server, socket)),
        Err(_) => StatusCode::FORBIDDEN.into_response(),
    }
}

async fn converse(server: Server, mut socket: WebSocket) {
    let tone: Vec<u8> = (0..8000).map(|n| if n / 20 % 2 == 0 { 0x90 } else { 0x10 }).collect();
    let mut frames = None;
    let mut loud_frames = 0;
    while let Some(Ok(message)) = socket.recv().await {
        let Message::Text(text) = message else { continue };
        let inbound = Inbound::parse(&text).unwrap();
        let mut out = Vec::new();
        match &inbound {
            Inbound::Start(start) => {
                let new = Frames::new(start.stream_sid.clone());
                match server.manners {
                    Manners::Asks => out.extend([new.media(&tone), new.mark("1/0/reason")]),
                    Manners::AwaitsKey => out.push(new.media(&tone)),
                    Manners::Clears => {
                        out.extend((0..60).map(|_| new.media(&tone)));
                        out.push(new.mark("1/0/reason"));
                    }
                    Manners::Stumbles | Manners::Waits => {}
                }
                frames = Some(new);
                server.seen.lock().unwrap().starts.push(start.clone());
                server.started.notify_one();
            }
            Inbound::Media { payload, timestamp_ms, .. } => {
                let loud = payload.iter().filter(|byte| (*byte & 0x7F) < 0x50).count() > 10;
                loud_frames += u32::from(loud);
                if server.manners == Manners::Clears && *timestamp_ms == 500 {
                    out.push(frames.as_ref().unwrap().clear());
                }
                let closes = match server.manners {
                    Manners::Asks => loud_frames >= 20,
                    Manners::Clears => *timestamp_ms == 1000,
                    Manners::Stumbles => *timestamp_ms == 100,
                    Manners::AwaitsKey | Manners::Waits => false,
                };
                if closes {
                    return;
                }
            }
            Inbound::Dtmf(_) if server.manners == Manners::AwaitsKey => {
                server.seen.lock().unwrap().frames.push(inbound);
                return;
            }
            Inbound::Connected | Inbound::Dtmf(_) | Inbound::Mark { .. } | Inbound::Stop | Inbound::Other => {
            }
        }
        server.seen.lock().unwrap().frames.push(inbound);
        for frame in out {
            socket.send(Message::text(frame)).await.unwrap();
        }
    }
}

/// A server and a carrier that calls it, all of their own.
struct Line {
    server: Server,
    address: SocketAddr,
    listening: JoinHandle<()>,
    rest: Rest,
    carrier: Carrier,
}

impl Line {
    async fn to(manners: Manners) -> Self {
        Self::answering(manners, None).await
    }

    async fn answering(manners: Manners, answer: Option<String>) -> Self {
        let public_url: twilio::PublicUrl = "https://voice.example.com/line".parse().unwrap();
        let server = Server {
            manners,
            verifier: Verifier::new(SecretString::from(TOKEN), public_url.clone()),
            answer,
            public_url: public_url.clone(),
            seen: Arc::default(),
            started: Arc::default(),
        };
        let (address, listening) = server.clone().listen("127.0.0.1:0".parse().unwrap()).await;
        let rest = Rest::start(ACCOUNT, TOKEN).await;
        let carrier = Carrier::new(
            Settings {
                account_sid: ACCOUNT.to_owned(),
                auth_token: SecretString::from(TOKEN),
                public_url,
                server: address,
            },
            client(),
            &rest,
        );
        Self { server, address, listening, rest, carrier }
    }

    async fn call(&self, script: Script) -> CallOutcome {
        self.carrier.place(call(), script).await
    }

    fn control(&self) -> Control {
        let settings = twilio::Settings {
            account_sid: ACCOUNT.to_owned(),
            auth_token: SecretString::from(TOKEN),
            api_key: None,
            public_url: self.server.public_url.clone(),
            api_base_url: self.rest.base_url(),
            require_stream_signature: true,
        };
        Control::new(client(), &settings, Backoff::default())
    }
}

fn client() -> reqwest::Client {
    // A provider may be there already, from another test.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

fn call() -> PlacedCall {
    PlacedCall {
        from: Some(PhoneNumber::parse("+14155550142").unwrap()),
        to: PhoneNumber::parse("+12125550100").unwrap(),
        forwarded_from: Some(PhoneNumber::parse("+12125550199").unwrap()),
        live: None,
    }
}

fn whats(outcome: &CallOutcome) -> Vec<&What> {
    outcome.timeline.entries().iter().map(|entry| &entry.what).collect()
}

fn at(ms: u64, deed: Unasked) -> Reaction {
    Reaction { when: When::At(CallTime::from_ms(ms)), deed }
}

#[tokio::test]
async fn a_call_is_answered_heard_and_followed_to_its_end() {
    let line = Line::to(Manners::Asks).await;
    let outcome = line.call(Script::scenario("plumber-plain").unwrap().unwrap()).await;
    assert_eq!(outcome.ending, Ending::HungUpByServer);

    let seen = line.server.seen.lock().unwrap();
    assert_eq!(seen.calls[0].from.as_ref().map(PhoneNumber::expose), Some("+14155550142"));
    assert_eq!(seen.calls[0].forwarded_from.as_ref().map(PhoneNumber::expose), Some("+12125550199"));
    assert_eq!(seen.starts[0].call_sid.as_str(), outcome.call_sid);
    assert_eq!(seen.starts[0].parameters.get("token"), Some("s3cret"));
    assert_eq!(seen.resumed.len(), 1);
    assert_eq!(seen.news[0].status, twilio::CallStatus::Completed);
    assert!(seen.frames.contains(&Inbound::Mark { name: "1/0/reason".to_owned() }));
    let times: Vec<u64> = seen
        .frames
        .iter()
        .filter_map(
            |frame| if let Inbound::Media { timestamp_ms, .. } = frame { Some(*timestamp_ms) } else { None },
        )
        .collect();
    assert!(times.iter().enumerate().all(|(index, time)| *time == index as u64 * 20));

    let whats = whats(&outcome);
    assert!(!whats.contains(&&What::Malformed));
    let time = |wanted: &dyn Fn(&What) -> bool| {
        let entry = outcome.timeline.entries().iter().find(|entry| wanted(&entry.what)).unwrap();
        entry.at.as_ms()
    };
    let received = time(&|what| *what == What::BotReceived);
    let began = time(&|what| *what == What::BotBegan);
    let ended = time(&|what| *what == What::BotEnded);
    let marked = time(&|what| matches!(what, What::MarkPlayed { .. }));
    let spoke = time(&|what| matches!(what, What::CallerBegan { manner: Manner::Answer, .. }));
    assert!(received <= began + 20 && ended <= marked && marked + 300 <= spoke);
    assert_eq!(ended - began, 1000);
    let loud = |samples: &[i16]| samples.iter().filter(|sample| sample.unsigned_abs() > 1000).count();
    assert!(loud(outcome.recording.bot()) >= 7900);
    assert!(loud(outcome.recording.caller()) >= 100);
    assert!(outcome.timeline.measure().first_audio_ms.is_some());
}

#[tokio::test]
async fn a_clear_drops_the_audio_and_returns_the_mark() {
    let line = Line::to(Manners::Clears).await;
    let outcome = line.call(Script::silent()).await;
    let name = "1/0/reason".to_owned();
    assert!(line.server.seen.lock().unwrap().frames.contains(&Inbound::Mark { name: name.clone() }));
    let whats = whats(&outcome);
    assert!(whats.contains(&&What::MarkDropped { name: name.clone() }));
    assert!(!whats.contains(&&What::MarkPlayed { name }));
    assert!(whats.iter().any(|what| matches!(what, What::Cleared { dropped_ms } if *dropped_ms > 50_000)));
    assert!(outcome.recording.bot().iter().filter(|sample| sample.unsigned_abs() > 1000).count() < 3 * 8000);
}

#[tokio::test]
async fn a_pressed_key_reaches_the_server() {
    let line = Line::to(Manners::AwaitsKey).await;
    let zero = Digit::new('0').unwrap();
    let outcome = line.call(Script::silent().reacting(at(200, Unasked::Press(zero)))).await;
    assert_eq!(outcome.ending, Ending::HungUpByServer);
    assert_eq!(line.server.seen.lock().unwrap().frames.last(), Some(&Inbound::Dtmf(zero)));
}

#[tokio::test]
async fn a_caller_who_hangs_up_says_stop_and_the_server_is_told() {
    let line = Line::to(Manners::Waits).await;
    let outcome = line.call(Script::silent().reacting(at(200, Unasked::HangUp))).await;
    assert_eq!(outcome.ending, Ending::HungUpByCaller);
    let seen = line.server.seen.lock().unwrap();
    assert_eq!(seen.frames.last(), Some(&Inbound::Stop));
    assert_eq!(seen.news[0].status, twilio::CallStatus::Completed);
    assert_eq!(seen.resumed.len(), 0);
}

#[tokio::test]
async fn a_caller_whose_stream_breaks_is_brought_back() {
    let line = Line::to(Manners::Stumbles).await;
    let outcome = line.call(Script::silent()).await;
    assert_eq!(outcome.ending, Ending::HungUpByServer);
    let seen = line.server.seen.lock().unwrap();
    assert_eq!(seen.starts.len(), 2);
    assert_eq!(seen.starts[0].call_sid, seen.starts[1].call_sid);
    assert_ne!(seen.starts[0].stream_sid, seen.starts[1].stream_sid);
    let opened: Vec<u64> = outcome
        .timeline
        .entries()
        .iter()
        .filter(|entry| entry.what == What::StreamOpened)
        .map(|entry| entry.at.as_ms())
        .collect();
    // The pause between the streams is on the record and in the recording.
    assert!(opened[1] >= 2000);
    assert!(outcome.recording.caller().len() as u64 >= opened[1] * 8);
}

#[tokio::test]
async fn a_server_that_is_restarted_gets_the_caller_back() {
    let Line { server, address, mut listening, carrier, rest: _rest } = Line::to(Manners::Waits).await;
    let placed = carrier.place(call(), Script::silent().reacting(at(100, Unasked::DropStream)));
    let restart = async {
        server.call_in_progress().await;
        listening.abort();
        assert!((&mut listening).await.is_err());
        server.clone().listen(address).await
    };
    let (outcome, (_, listening)) = tokio::join!(placed, restart);
    listening.abort();
    assert_eq!(outcome.ending, Ending::HungUpByServer);
    assert_eq!(server.seen.lock().unwrap().resumed.len(), 1);
}

#[tokio::test]
async fn the_server_ends_and_redirects_calls_and_sends_messages() {
    let line = Line::to(Manners::Waits).await;
    let control = line.control();
    let end = async {
        let call = line.server.call_in_progress().await;
        control.redirect(&call, &twilio::say_and_hangup("Bye.")).await.unwrap();
    };
    let (outcome, ()) = tokio::join!(line.call(Script::silent()), end);
    assert_eq!(outcome.ending, Ending::HungUpByServer);
    assert!(whats(&outcome).contains(&&What::CarrierSaid { text: "Bye.".into() }));

    let end = async { control.hang_up(&line.server.call_in_progress().await).await.unwrap() };
    let (outcome, ()) = tokio::join!(line.call(Script::silent()), end);
    assert_eq!(outcome.ending, Ending::HungUpByServer);
    assert_eq!(line.server.seen.lock().unwrap().frames.last(), Some(&Inbound::Stop));
    let gone = outcome.call_sid.parse().unwrap();
    assert_eq!(control.redirect(&gone, "<Response/>").await, Err(twilio::ControlError::CallGone));

    let (to, from) =
        (PhoneNumber::parse("+14155550142").unwrap(), PhoneNumber::parse("+12125550100").unwrap());
    control.send_message(&to, &from, "We will call you.").await.unwrap();
    assert_eq!(line.rest.messages()[0].body.expose(), "We will call you.");
}

#[tokio::test]
async fn a_call_that_is_not_taken_ends_as_it_should() {
    for (answer, ending) in [
        (twilio::reject(), Ending::Rejected),
        (twilio::hangup(), Ending::HungUpByServer),
        (twilio::say_and_hangup("Sorry."), Ending::HungUpByServer),
    ] {
        let line = Line::answering(Manners::Waits, Some(answer)).await;
        assert_eq!(line.call(Script::silent()).await.ending, ending);
    }
    let mut line = Line::to(Manners::Waits).await;
    let settings = Settings {
        account_sid: ACCOUNT.to_owned(),
        auth_token: SecretString::from("not the token"),
        public_url: line.server.public_url.clone(),
        server: line.address,
    };
    line.carrier = Carrier::new(settings, client(), &line.rest);
    assert_eq!(line.call(Script::silent()).await.ending, Ending::WebhookRefused(403));
    line.listening.abort();
    let _ = line.listening.await;
    let nowhere = line.carrier.place(call(), Script::silent()).await;
    assert_eq!(nowhere.ending, Ending::Unreachable);
}

#[tokio::test]
async fn many_calls_go_on_at_once_and_are_kept_apart() {
    let line = Line::to(Manners::Asks).await;
    let mut calls = tokio::task::JoinSet::new();
    for seed in 0..8 {
        let carrier = line.carrier.clone();
        let script = Script::scenario("law-deadline").unwrap().unwrap().seed(seed);
        calls.spawn(async move { carrier.place(call(), script).await });
    }
    let outcomes = calls.join_all().await;
    let mut sids: Vec<&str> = outcomes.iter().map(|outcome| outcome.call_sid.as_str()).collect();
    sids.sort_unstable();
    sids.dedup();
    assert_eq!(sids.len(), 8);
    assert!(outcomes.iter().all(|outcome| outcome.ending == Ending::HungUpByServer));
}
