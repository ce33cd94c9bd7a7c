//! The voice behind HTTP, against a server of our own.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures_util::stream;
use secrecy::SecretString;
use serde_json::Value;
use tokio::net::TcpListener;

use super::*;
use crate::audio::ulaw;

type Asked = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

struct Endpoint {
    base_url: String,
    asked: Asked,
}

/// Starts an endpoint that answers every request the same way.
async fn endpoint<R: IntoResponse>(answer: impl Fn() -> R + Clone + Send + Sync + 'static) -> Endpoint {
    let asked = Asked::default();
    let handler = move |State(asked): State<Asked>, headers: HeaderMap, body: Bytes| async move {
        asked.lock().unwrap().push((headers, serde_json::from_slice(&body).unwrap()));
        answer().into_response()
    };
    let router = Router::new().route("/v1/audio/speech", post(handler)).with_state(Arc::clone(&asked));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Endpoint { base_url, asked }
}

fn voice(base_url: &str, folder: &tempfile::TempDir) -> Voice {
    // Fails when another test has installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = HttpSettings {
        base_url: base_url.to_owned(),
        model: "tts-1".to_owned(),
        voice: "alloy".to_owned(),
        api_key: Some(SecretString::from("key-of-the-test")),
        timeout: Duration::from_millis(300),
    };
    Voice::start(Settings {
        source: Source::Http(http, None),
        speed: 1.25,
        workers: 1,
        region: "US".to_owned(),
        cache: folder.path().to_owned(),
        cache_bytes: 1 << 20,
    })
    .unwrap()
}

async fn hear(mut audio: mpsc::Receiver<Result<Slice, SynthesizeError>>) -> Result<Vec<u8>, SynthesizeError> {
    let mut heard = Vec::new();
    while let Some(slice) = audio.recv().await {
        heard.extend_from_slice(&slice?);
    }
    Ok(heard)
}

/// Half a second of a tone as 16-bit samples.
fn tone(rate: u32, channels: usize) -> Vec<u8> {
    let sample = |n: u32| (8_000.0 * (std::f32::consts::TAU * 500.0 * n as f32 / rate as f32).sin()) as i16;
    (0..rate / 2).flat_map(|n| sample(n).to_le_bytes().repeat(channels)).collect()
}

fn wav(rate: u32, channels: u16, samples: &[u8]) -> Vec<u8> {
    let mut file = b"RIFF\xff\xff\xff\xffWAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0\x01\0".to_vec();
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * 2 * u32::from(channels)).to_le_bytes());
    file.extend((2 * channels).to_le_bytes());
    file.extend(16u16.to_le_bytes());
    file.extend(b"data\xff\xff\xff\xff");
    file.extend(samples);
    file
}

/// A body that comes in small pieces of an odd size.
fn in_pieces(bytes: &[u8]) -> Response {
    let pieces: Vec<Result<Bytes, std::io::Error>> =
        bytes.chunks(333).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    Body::from_stream(stream::iter(pieces)).into_response()
}

fn assert_is_the_tone(audio: &[u8]) {
    assert_eq!(audio.len(), 4_000, "half a second");
    let level = |samples: &[f32]| (samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32).sqrt();
    let level = level(&ulaw::decode(audio)[400..3_600]);
    assert!((0.12..0.2).contains(&level), "{level}");
}

#[tokio::test]
async fn the_endpoint_is_asked_for_words_with_the_key_and_its_audio_is_spoken() {
    let endpoint = endpoint(|| in_pieces(&tone(24_000, 1))).await;
    let folder = tempfile::tempdir().unwrap();
    let voice = voice(&endpoint.base_url, &folder);
    assert_is_the_tone(&hear(voice.speak("It is 9:30 am.")).await.unwrap());
    let asked = endpoint.asked.lock().unwrap();
    let (headers, body) = &asked[0];
    assert_eq!(headers[header::AUTHORIZATION], "Bearer key-of-the-test");
    assert_eq!(
        *body,
        serde_json::json!({
            "model": "tts-1", "voice": "alloy", "input": "It is nine thirty a.m.", "response_format": "pcm",
            "speed": 1.25
        })
    );
}

#[tokio::test]
async fn a_wav_file_is_played_at_the_rate_it_states() {
    for (rate, channels) in [(16_000, 1), (22_050, 1), (48_000, 2)] {
        let endpoint = endpoint(move || {
            let samples = tone(rate, usize::from(channels));
            in_pieces(&wav(rate, channels, &samples))
        })
        .await;
        let folder = tempfile::tempdir().unwrap();
        let audio = hear(voice(&endpoint.base_url, &folder).speak("Hello.")).await.unwrap();
        // The resampler rounds the half second up to a whole sample.
        assert_is_the_tone(&audio[..4_000]);
    }
}

#[tokio::test]
async fn a_sentence_said_before_is_not_asked_for_again() {
    let endpoint = endpoint(|| in_pieces(&tone(24_000, 1))).await;
    let folder = tempfile::tempdir().unwrap();
    let voice = voice(&endpoint.base_url, &folder);
    let first = hear(voice.speak("Hello there.")).await.unwrap();
    let mut again = voice.speak("Hello  there.");
    assert_eq!(again.try_recv().unwrap().unwrap().to_vec(), first, "ready at once");
    assert_eq!(endpoint.asked.lock().unwrap().len(), 1);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is written to disk");
}

#[tokio::test]
async fn a_failure_says_what_kind_it_was_and_not_what_was_to_be_said() {
    let refusing = endpoint(|| (StatusCode::UNAUTHORIZED, "no")).await;
    let mpeg = endpoint(|| ([(header::CONTENT_TYPE, "audio/mpeg")], tone(8_000, 1))).await;
    let empty = endpoint(|| ()).await;
    let eight_bit = endpoint(|| {
        let mut file = wav(8_000, 1, &[0; 100]);
        let bits = file.len() - 100 - 10;
        file[bits] = 8;
        file
    })
    .await;
    let silent = endpoint(|| Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>())).await;
    let gone = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for (base_url, expected) in [
        (refusing.base_url.as_str(), "answered 401"),
        (&mpeg.base_url, "answered with audio/mpeg"),
        (&empty.base_url, "without audio"),
        (&eight_bit.base_url, "not 16-bit PCM"),
        (&silent.base_url, "did not answer in time"),
        (&gone, "cannot be reached"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let error = hear(voice(base_url, &folder).speak("Thanks, Sarah.")).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("Sarah") && !error.contains("key-of-the-test"), "{error}");
    }
}

#[tokio::test]
async fn what_has_no_words_is_silent() {
    let endpoint = endpoint(|| in_pieces(&tone(24_000, 1))).await;
    let folder = tempfile::tempdir().unwrap();
    let voice = voice(&endpoint.base_url, &folder);
    for text in ["", " ... ", "🙂"] {
        assert!(hear(voice.speak(text)).await.unwrap().is_empty());
    }
    assert!(endpoint.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn warming_fails_when_the_endpoint_does() {
    let endpoint = endpoint(|| StatusCode::INTERNAL_SERVER_ERROR).await;
    let folder = tempfile::tempdir().unwrap();
    let warmed = voice(&endpoint.base_url, &folder).warm(&["Hello.".to_owned()], |_, _| {}).await;
    assert!(warmed.is_err());
}
