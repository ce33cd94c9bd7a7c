//! The carrier's doors over real sockets: who gets in, who does not, and what broken input does.

use std::time::Duration;

use calmline::telephony::local::{Ending, Script, What};
use calmline::telephony::twilio::{RESUME_PATH, SIGNATURE_HEADER, STREAM_PATH, VOICE_PATH, sign};
use futures_util::{SinkExt as _, StreamExt as _};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::{AUTH_TOKEN, LINE, Place, call_from, client};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

fn incoming(sid: &str) -> Vec<(String, String)> {
    [
        ("CallSid", sid),
        ("AccountSid", "AC0123456789abcdef0123456789abcdef"),
        ("From", "+14155550142"),
        ("To", LINE),
        ("CallStatus", "ringing"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

async fn post(place: &Place, fields: &[(String, String)], signature: Option<&str>) -> (u16, String) {
    let mut request = client().post(place.url(VOICE_PATH)).form(fields);
    if let Some(signature) = signature {
        request = request.header(SIGNATURE_HEADER, signature);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn announce(place: &Place, sid: &str) -> (u16, String) {
    let fields = incoming(sid);
    let signature = sign(&AUTH_TOKEN.into(), &place.url(VOICE_PATH), &fields);
    post(place, &fields, Some(&signature)).await
}

async fn open_socket(place: &Place, signature: Option<&str>) -> Result<Socket, Error> {
    let mut request = socket_url(place).into_client_request().unwrap();
    if let Some(signature) = signature {
        request.headers_mut().insert(SIGNATURE_HEADER, signature.parse().unwrap());
    }
    connect_async(request).await.map(|(socket, _)| socket)
}

fn socket_url(place: &Place) -> String {
    place.url(STREAM_PATH).replacen("http", "ws", 1)
}

fn socket_signature(place: &Place) -> String {
    sign(&AUTH_TOKEN.into(), &socket_url(place), &[])
}

fn start(sid: &str, token: &str) -> Message {
    let frame = serde_json::json!({
        "event": "start", "sequenceNumber": "1", "streamSid": "MZ01",
        "start": {
            "streamSid": "MZ01", "accountSid": "AC01", "callSid": sid, "tracks": ["inbound"],
            "mediaFormat": { "encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1 },
            "customParameters": { "token": token },
        },
    });
    Message::Text(frame.to_string().into())
}

/// The token in a TwiML answer.
fn token(twiml: &str) -> &str {
    let (_, rest) = twiml.split_once("name=\"token\" value=\"").unwrap();
    rest.split_once('"').unwrap().0
}

/// Whether the server ends the socket, whatever it sends before.
async fn is_closed(socket: &mut Socket) -> bool {
    let end = async { while let Some(Ok(_)) = socket.next().await {} };
    timeout(Duration::from_secs(20), end).await.is_ok()
}

async fn active_calls(place: &Place) -> Option<f64> {
    let metrics = client().get(place.url("/metrics")).send().await.unwrap().text().await.unwrap();
    let line = metrics.lines().find(|line| line.starts_with("calmline_calls_active"))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[tokio::test]
async fn only_the_carrier_gets_in() {
    let place = Place::new("").await;
    let _server = place.serve().await;

    let fields = incoming("CA01");
    assert_eq!(post(&place, &fields, None).await.0, 403);
    let other = sign(&"another secret".into(), &place.url(VOICE_PATH), &fields);
    assert_eq!(post(&place, &fields, Some(&other)).await.0, 403);
    let good = sign(&AUTH_TOKEN.into(), &place.url(VOICE_PATH), &fields);
    let mut tampered = fields.clone();
    tampered[2].1 = "+14155550199".to_owned();
    assert_eq!(post(&place, &tampered, Some(&good)).await.0, 403);
    assert_eq!(post(&place, &fields, Some(&good)).await.0, 200);

    for signature in [None, Some("forged"), Some(good.as_str())] {
        match open_socket(&place, signature).await {
            Err(Error::Http(refusal)) => assert_eq!(refusal.status(), 403),
            other => panic!("the upgrade was not refused: {other:?}"),
        }
    }
    assert!(open_socket(&place, Some(&socket_signature(&place))).await.is_ok());
}

#[tokio::test]
async fn a_stream_gets_in_once_and_only_with_the_token_of_its_call() {
    let place = Place::new("").await;
    let _server = place.serve().await;
    let signature = socket_signature(&place);
    let (_, twiml) = announce(&place, "CA02").await;

    let mut stranger = open_socket(&place, Some(&signature)).await.unwrap();
    stranger.send(start("CA02", "guessed")).await.unwrap();
    assert!(is_closed(&mut stranger).await);

    let mut caller = open_socket(&place, Some(&signature)).await.unwrap();
    caller.send(start("CA02", token(&twiml))).await.unwrap();
    let first = timeout(Duration::from_secs(20), caller.next()).await.unwrap().unwrap().unwrap();
    assert!(first.to_text().unwrap().contains("\"media\""), "the greeting is to be heard");

    let mut second = open_socket(&place, Some(&signature)).await.unwrap();
    second.send(start("CA02", token(&twiml))).await.unwrap();
    assert!(is_closed(&mut second).await, "a token is good for one stream");
}

#[tokio::test]
async fn broken_frames_and_webhooks_do_no_harm() {
    let place = Place::new("").await;
    let _server = place.serve().await;
    let mut rng = SmallRng::seed_from_u64(7);

    for _ in 0..500 {
        let length = rng.random_range(0..400);
        let body: Vec<u8> = (0..length).map(|_| rng.random()).collect();
        let request = client().post(place.url(VOICE_PATH)).header(SIGNATURE_HEADER, "forged").body(body);
        let status = request.send().await.unwrap().status().as_u16();
        assert!(matches!(status, 400 | 403), "{status}");
    }

    let (_, twiml) = announce(&place, "CA03").await;
    let mut socket = open_socket(&place, Some(&socket_signature(&place))).await.unwrap();
    socket.send(start("CA03", token(&twiml))).await.unwrap();
    let pieces =
        ["{", "}", "\"event\"", ":", "\"media\"", "\"mark\"", "\"dtmf\"", "[", "]", "null", "-1", "ÿ", ","];
    for at in 0..500 {
        let broken: String =
            (0..rng.random_range(0..12)).map(|_| pieces[rng.random_range(0..pieces.len())]).collect();
        socket.send(Message::Text(broken.into())).await.unwrap();
        let media = serde_json::json!({
            "event": "media", "streamSid": "MZ01",
            "media": { "track": "inbound", "chunk": at.to_string(), "timestamp": (at * 20).to_string(),
                       "payload": "/".repeat(216) },
        });
        socket.send(Message::Text(media.to_string().into())).await.unwrap();
    }
    let stop = "{\"event\":\"stop\",\"streamSid\":\"MZ01\",\"stop\":{\"callSid\":\"CA03\"}}";
    socket.send(Message::Text(stop.into())).await.unwrap();
    assert!(is_closed(&mut socket).await);

    let mut tick = tokio::time::interval(Duration::from_millis(50));
    let emptied = async {
        while active_calls(&place).await != Some(0.0) {
            tick.tick().await;
        }
    };
    timeout(Duration::from_secs(10), emptied).await.expect("no call is left behind");
    let ended = |records: &[Value]| records.iter().all(|record| !record["cause"].is_null());
    let records = place.records_when(|records| !records.is_empty() && ended(records)).await;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["cause"], "caller_hung_up");
    assert!(!place.log().contains("panicked"));
}

#[tokio::test]
async fn the_same_call_announced_twice_is_one_call_and_another_line_is_nobody_s() {
    let place = Place::new("").await;
    let _server = place.serve().await;
    let (_, once) = announce(&place, "CA04").await;
    let (_, twice) = announce(&place, "CA04").await;
    assert_ne!(token(&once), token(&twice));
    assert_eq!(place.records_when(|records| !records.is_empty()).await.len(), 1);

    let mut fields = incoming("CA05");
    fields[3].1 = "+14155550999".to_owned();
    let signature = sign(&AUTH_TOKEN.into(), &place.url(VOICE_PATH), &fields);
    let (status, twiml) = post(&place, &fields, Some(&signature)).await;
    assert_eq!(status, 200);
    assert!(twiml.contains("<Say") && twiml.contains("<Hangup"), "{twiml}");
    assert_eq!(place.records_when(|records| !records.is_empty()).await.len(), 1);
}

#[tokio::test]
async fn a_call_that_came_in_while_the_server_was_away_is_taken_when_the_carrier_asks_again() {
    let place = Place::new("").await;
    let _server = place.serve().await;
    let fields = incoming("CA07");
    let resume = place.url(RESUME_PATH);
    let signature = sign(&AUTH_TOKEN.into(), &resume, &fields);
    let request = client().post(resume).form(&fields).header(SIGNATURE_HEADER, signature);
    let twiml = request.send().await.unwrap().text().await.unwrap();
    assert!(twiml.contains("<Stream"), "{twiml}");
    assert_eq!(place.records_when(|records| !records.is_empty()).await.len(), 1);
}

#[tokio::test]
async fn a_full_house_is_spoken_to_and_promised_a_call_back() {
    let place = Place::new("server.max_calls = 1").await;
    let _server = place.serve().await;
    let carrier = place.carrier();
    announce(&place, "CA06").await;

    let outcome = carrier.place(call_from("+14155550163"), Script::silent()).await;
    assert_eq!(outcome.ending, Ending::HungUpByServer);
    let told = outcome.timeline.entries().iter().any(|entry| {
        matches!(&entry.what, What::CarrierSaid { text } if text.expose().contains("will call you back"))
    });
    assert!(told, "{:?}", outcome.timeline);
    let records = place.records_when(|records| records.len() == 2 && !records[0]["cause"].is_null()).await;
    assert_eq!(records[0]["cause"], "full_house");
    assert_eq!(records[0]["promises"][0]["callback"], "+14155550163");
}
