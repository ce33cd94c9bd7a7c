//! A voice behind HTTP: any endpoint that speaks OpenAI's `POST /audio/speech`.
//!
//! It is asked for `pcm`, which is 16-bit little-endian mono at 24 kHz
//! (<https://platform.openai.com/docs/guides/text-to-speech>); a WAV file is taken as well, at the rate it states.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::line::Line;
use super::piper::Piper;
use super::sink::Sink;
use super::{StartError, SynthesizeError};

/// Samples per second of an answer that does not state its rate.
const PCM_HZ: u32 = 24_000;

/// The longest header of a WAV file that is waited for.
const LONGEST_HEADER: usize = 64 << 10;

/// A voice behind HTTP.
pub struct HttpVoice {
    request: Arc<Request>,
    fallback: Option<Arc<Piper>>,
    runtime: tokio::runtime::Handle,
}

/// Where the voice is and what it is called there.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Everything before `/audio/speech`, such as `https://api.openai.com/v1`.
    pub base_url: String,
    /// The model's name.
    pub model: String,
    /// The voice's name.
    pub voice: String,
    /// The key, if the endpoint wants one.
    pub api_key: Option<SecretString>,
    /// How long the first audio, and then each further piece of it, may take.
    pub timeout: Duration,
}

struct Request {
    client: Client,
    settings: HttpSettings,
    speed: f32,
}

impl HttpVoice {
    /// Prepares the client; nothing is asked of the endpoint yet. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When there is no TLS provider.
    pub fn start(
        settings: HttpSettings,
        speed: f32,
        fallback: Option<Arc<Piper>>,
    ) -> Result<Self, StartError> {
        let client = Client::builder()
            .connect_timeout(settings.timeout)
            .read_timeout(settings.timeout)
            .build()
            .map_err(|error| StartError::Http(error.to_string()))?;
        let runtime =
            tokio::runtime::Handle::try_current().map_err(|error| StartError::Http(error.to_string()))?;
        Ok(Self { request: Arc::new(Request { client, settings, speed }), fallback, runtime })
    }

    /// What tells its audio from that of any other voice or setting.
    pub fn identity(&self) -> String {
        let HttpSettings { base_url, model, voice, .. } = &self.request.settings;
        format!("{base_url} {model} {voice} {}", self.request.speed)
    }

    /// Asks for a sentence: words only, normalised.
    pub(super) fn say(&self, words: String, mut sink: Sink) {
        let request = Arc::clone(&self.request);
        let fallback = self.fallback.clone();
        self.runtime.spawn(async move {
            let Err(error) = request.speak(&words, &mut sink).await else {
                sink.finish();
                return;
            };
            match fallback {
                Some(piper) if !sink.has_begun() && !sink.is_cancelled() => {
                    tracing::warn!(%error, "the speech endpoint failed; the local voice speaks instead");
                    sink.forget();
                    piper.say(words, sink);
                }
                _ => sink.fail(error),
            }
        });
    }
}

impl Request {
    /// Streams one sentence into the sink; returns early once nobody listens.
    async fn speak(&self, words: &str, sink: &mut Sink) -> Result<(), SynthesizeError> {
        let timeout = self.settings.timeout;
        let answer = tokio::time::timeout(timeout, self.send(words)).await;
        let mut answer = answer.map_err(|_| failed("did not answer in time"))??;
        let mut decoder = Decoder::default();
        loop {
            let piece = tokio::select! {
                piece = answer.chunk() => piece,
                () = sink.cancelled() => return Ok(()),
            };
            match piece.map_err(|error| failed(&describe(&error)))? {
                Some(bytes) => decoder.push(&bytes, sink)?,
                None => break,
            }
        }
        decoder.finish(sink)
    }

    async fn send(&self, words: &str) -> Result<Response, SynthesizeError> {
        let HttpSettings { base_url, model, voice, api_key, .. } = &self.settings;
        let url = format!("{}/audio/speech", base_url.trim_end_matches('/'));
        let mut request = self.client.post(url).json(&json!({
            "model": model,
            "voice": voice,
            "input": words,
            "response_format": "pcm",
            "speed": self.speed,
        }));
        if let Some(key) = api_key {
            request = request.bearer_auth(key.expose_secret());
        }
        let answer = request.send().await.map_err(|error| failed(&describe(&error)))?;
        if !answer.status().is_success() {
            return Err(failed(&format!("answered {}", answer.status())));
        }
        let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if ["audio/mpeg", "audio/ogg", "audio/opus", "audio/aac", "audio/flac", "text/", "application/json"]
            .iter()
            .any(|wrong| kind.starts_with(wrong))
        {
            return Err(failed(&format!("answered with {kind}; Calmline understands pcm and wav")));
        }
        Ok(answer)
    }
}

fn failed(why: &str) -> SynthesizeError {
    SynthesizeError::Failed(format!("the speech endpoint {why}"))
}

/// Says what kind of failure it was; the error's own text would repeat the address.
fn describe(error: &reqwest::Error) -> String {
    let kind = match () {
        () if error.is_timeout() => "did not answer in time",
        () if error.is_connect() => "cannot be reached",
        () => "broke off",
    };
    kind.to_owned()
}

/// Turns the bytes of an answer, in whatever pieces they come, into telephone audio.
#[derive(Default)]
struct Decoder {
    pending: Vec<u8>,
    stream: Option<Stream>,
}

struct Stream {
    channels: usize,
    line: Line,
}

impl Decoder {
    fn push(&mut self, bytes: &[u8], sink: &mut Sink) -> Result<(), SynthesizeError> {
        self.pending.extend_from_slice(bytes);
        if self.stream.is_none() {
            let Some(header) = header(&self.pending)? else { return Ok(()) };
            self.pending.drain(..header.bytes);
            self.stream = Some(Stream { channels: header.channels, line: Line::new(header.rate, 1.0) });
        }
        let Some(stream) = &mut self.stream else { return Ok(()) };
        let frame = 2 * stream.channels;
        let whole = self.pending.len() / frame * frame;
        let left_channel = |frame: &[u8]| f32::from(i16::from_le_bytes([frame[0], frame[1]])) / 32_768.0;
        let samples: Vec<f32> = self.pending[..whole].chunks_exact(frame).map(left_channel).collect();
        self.pending.drain(..whole);
        sink.send(stream.line.push(&samples));
        Ok(())
    }

    fn finish(&mut self, sink: &mut Sink) -> Result<(), SynthesizeError> {
        let Some(stream) = &mut self.stream else { return Err(failed("answered without audio")) };
        sink.send(stream.line.finish());
        if sink.has_begun() { Ok(()) } else { Err(failed("answered without audio")) }
    }
}

struct Header {
    bytes: usize,
    rate: u32,
    channels: usize,
}

/// Finds out what kind of audio begins here; none while there are too few bytes to tell.
fn header(bytes: &[u8]) -> Result<Option<Header>, SynthesizeError> {
    if bytes.len() < 12 {
        return Ok(None);
    }
    if &bytes[..4] != b"RIFF" || &bytes[8..12] != b"WAVE" {
        return Ok(Some(Header { bytes: 0, rate: PCM_HZ, channels: 1 }));
    }
    let unknown = || failed("sent a WAV file that is not 16-bit PCM");
    let mut format = None;
    let mut rest = &bytes[12..];
    while let [a, b, c, d, s0, s1, s2, s3, content @ ..] = rest {
        let size = u32::from_le_bytes([*s0, *s1, *s2, *s3]) as usize;
        match &[*a, *b, *c, *d] {
            b"data" => {
                let (rate, channels) = format.ok_or_else(unknown)?;
                return Ok(Some(Header { bytes: bytes.len() - content.len(), rate, channels }));
            }
            b"fmt " => {
                let Some([1 | 0xFE, _, channels, 0, r0, r1, r2, r3, _, _, _, _, _, _, 16, 0]) =
                    content.first_chunk()
                else {
                    return if content.len() < 16 { Ok(None) } else { Err(unknown()) };
                };
                let rate = u32::from_le_bytes([*r0, *r1, *r2, *r3]);
                if *channels == 0 || !(4_000..=192_000).contains(&rate) {
                    return Err(unknown());
                }
                format = Some((rate, usize::from(*channels)));
            }
            _ => {}
        }
        // Chunks are padded to an even length.
        match content.get(size.saturating_add(size % 2)..) {
            Some(after) => rest = after,
            None => break,
        }
    }
    if bytes.len() > LONGEST_HEADER { Err(unknown()) } else { Ok(None) }
}
