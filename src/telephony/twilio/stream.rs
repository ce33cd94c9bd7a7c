use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::CallSid;
use crate::domain::Digit;

/// The longest text frame a socket needs to accept.
pub const MAX_FRAME_BYTES: usize = 64 * 1024;
/// One second of μ-law; the carrier sends 20 ms.
const MAX_PAYLOAD_BYTES: usize = 8000;

/// What the carrier sends over the media socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbound {
    /// The socket is up; nothing is known of the call yet.
    Connected,
    /// The stream of a call begins.
    Start(Start),
    /// A piece of what the caller says.
    Media {
        /// When it was said, in milliseconds since the stream began; a gap is a loss and was silence.
        timestamp_ms: u64,
        /// Its place among the pieces, from 1.
        chunk: u64,
        /// μ-law, 8 kHz, mono.
        payload: Vec<u8>,
    },
    /// The caller pressed a key.
    Dtmf(Digit),
    /// The audio before a mark was played, or dropped by a clear.
    Mark {
        /// The mark's name, as sent.
        name: String,
    },
    /// The stream is over.
    Stop,
    /// Something this version does not know, or has no use for.
    Other,
}

/// The beginning of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The carrier's id of the stream.
    pub stream_sid: StreamSid,
    /// The carrier's id of the call.
    pub call_sid: CallSid,
    /// What the answer to the webhook sent along.
    pub parameters: Parameters,
}

/// The carrier's id of a stream (`MZ…`): letters and digits only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StreamSid(String);

/// The parameters that came back with the stream; `Debug` shows their names only, for one of them is a secret.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Parameters(BTreeMap<String, String>);

/// Says why a frame was dropped; the stream can go on after any of these but [`FrameError::Format`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// It is not JSON, or lacks a part that its event must have.
    #[error("a frame is malformed at column {column}")]
    Malformed {
        /// Where, in bytes.
        column: usize,
    },
    /// A part is there but cannot be what it says.
    #[error("a frame's {0} is malformed")]
    Field(&'static str),
    /// The frame or its audio is longer than any genuine one.
    #[error("a frame is too long")]
    TooLong,
    /// The audio is not μ-law at 8 kHz, mono.
    #[error("the stream is not audio/x-mulaw, 8000 Hz, 1 channel")]
    Format,
}

impl Inbound {
    /// Reads a frame.
    ///
    /// # Errors
    /// When it is malformed, too long, or starts a stream in another audio format.
    pub fn parse(frame: &str) -> Result<Self, FrameError> {
        if frame.len() > MAX_FRAME_BYTES {
            return Err(FrameError::TooLong);
        }
        let frame: Frame<'_> =
            serde_json::from_str(frame).map_err(|error| FrameError::Malformed { column: error.column() })?;
        match &*frame.event {
            "connected" => Ok(Self::Connected),
            "start" => frame.start.ok_or(FrameError::Field("start"))?.read().map(Self::Start),
            "media" => frame.media.ok_or(FrameError::Field("media"))?.read(),
            "dtmf" => {
                let key = frame.dtmf.ok_or(FrameError::Field("dtmf"))?.digit;
                let mut keys = key.chars();
                let digit = keys.next().and_then(Digit::new).filter(|_| keys.next().is_none());
                digit.map(Self::Dtmf).ok_or(FrameError::Field("digit"))
            }
            "mark" => {
                let name = frame.mark.ok_or(FrameError::Field("mark"))?.name.into_owned();
                Ok(Self::Mark { name })
            }
            "stop" => Ok(Self::Stop),
            _ => Ok(Self::Other),
        }
    }
}

impl Parameters {
    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl fmt::Display for StreamSid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Writes the frames that go to the carrier over one stream.
#[derive(Debug, Clone)]
pub struct Frames {
    media_head: String,
    stream_sid: StreamSid,
}

impl Frames {
    /// Prepares the frames of a stream.
    pub fn new(stream_sid: StreamSid) -> Self {
        let media_head = format!(r#"{{"event":"media","streamSid":"{stream_sid}","media":{{"payload":""#);
        Self { media_head, stream_sid }
    }

    /// Audio to be played after all that was sent before: μ-law, 8 kHz, mono, of any length.
    pub fn media(&self, payload: &[u8]) -> String {
        let mut frame = String::with_capacity(self.media_head.len() + payload.len().div_ceil(3) * 4 + 3);
        frame.push_str(&self.media_head);
        STANDARD.encode_string(payload, &mut frame);
        frame.push_str(r#""}}"#);
        frame
    }

    /// A mark that comes back once the audio before it has been played.
    pub fn mark(&self, name: &str) -> String {
        serde_json::json!({ "event": "mark", "streamSid": self.stream_sid.0, "mark": { "name": name } })
            .to_string()
    }

    /// Drops all audio that has not been played yet; the marks within it come back at once.
    pub fn clear(&self) -> String {
        format!(r#"{{"event":"clear","streamSid":"{}"}}"#, self.stream_sid)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Frame<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow)]
    start: Option<StartPart<'a>>,
    #[serde(borrow)]
    media: Option<MediaPart<'a>>,
    #[serde(borrow)]
    dtmf: Option<DtmfPart<'a>>,
    #[serde(borrow)]
    mark: Option<MarkPart<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StartPart<'a> {
    #[serde(borrow)]
    stream_sid: Cow<'a, str>,
    #[serde(borrow)]
    call_sid: Cow<'a, str>,
    #[serde(borrow)]
    media_format: FormatPart<'a>,
    #[serde(default)]
    custom_parameters: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FormatPart<'a> {
    #[serde(borrow)]
    encoding: Cow<'a, str>,
    sample_rate: Number,
    channels: Number,
}

#[derive(Deserialize)]
struct MediaPart<'a> {
    #[serde(borrow, default)]
    track: Cow<'a, str>,
    chunk: Number,
    timestamp: Number,
    #[serde(borrow)]
    payload: Cow<'a, str>,
}

#[derive(Deserialize)]
struct DtmfPart<'a> {
    #[serde(borrow)]
    digit: Cow<'a, str>,
}

#[derive(Deserialize)]
struct MarkPart<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

/// A count that the carrier writes as a string in most places and as a number in others.
#[derive(Deserialize)]
#[serde(try_from = "StringOrNumber<'_>")]
struct Number(u64);

#[derive(Deserialize)]
#[serde(untagged)]
enum StringOrNumber<'a> {
    Number(u64),
    String(#[serde(borrow)] Cow<'a, str>),
}

impl TryFrom<StringOrNumber<'_>> for Number {
    type Error = &'static str;

    fn try_from(value: StringOrNumber<'_>) -> Result<Self, Self::Error> {
        match value {
            StringOrNumber::Number(number) => Ok(Self(number)),
            StringOrNumber::String(text) => text.parse().map(Self).map_err(|_| "expected a count"),
        }
    }
}

impl StartPart<'_> {
    fn read(self) -> Result<Start, FrameError> {
        let format = self.media_format;
        if format.encoding != "audio/x-mulaw" || format.sample_rate.0 != 8000 || format.channels.0 != 1 {
            return Err(FrameError::Format);
        }
        let sid = &self.stream_sid;
        if !(1..=64).contains(&sid.len()) || !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(FrameError::Field("streamSid"));
        }
        Ok(Start {
            stream_sid: StreamSid(self.stream_sid.into_owned()),
            call_sid: self.call_sid.parse().map_err(|_| FrameError::Field("callSid"))?,
            parameters: Parameters(self.custom_parameters),
        })
    }
}

impl MediaPart<'_> {
    fn read(self) -> Result<Inbound, FrameError> {
        if self.track == "outbound" {
            return Ok(Inbound::Other);
        }
        if self.payload.len() > MAX_PAYLOAD_BYTES * 4 / 3 + 4 {
            return Err(FrameError::TooLong);
        }
        let payload = STANDARD.decode(&*self.payload).map_err(|_| FrameError::Field("payload"))?;
        Ok(Inbound::Media { timestamp_ms: self.timestamp.0, chunk: self.chunk.0, payload })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const START: &str = r#"{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC1","streamSid":"MZ18ad",
        "callSid":"CA1","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},
        "customParameters":{"token":"s3cret","call":"0193"}},"streamSid":"MZ18ad"}"#;
    const MEDIA: &str = r#"{"event":"media","sequenceNumber":"4","media":{"track":"inbound","chunk":"2",
        "timestamp":"25","payload":"/39+fQ=="},"streamSid":"MZ18ad"}"#;

    fn start() -> Start {
        match Inbound::parse(START) {
            Ok(Inbound::Start(start)) => start,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_event_of_a_stream_is_read() {
        assert_eq!(
            Inbound::parse(r#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#),
            Ok(Inbound::Connected)
        );
        let start = start();
        assert_eq!((start.stream_sid.to_string(), start.call_sid.as_str()), ("MZ18ad".to_owned(), "CA1"));
        assert_eq!(start.parameters.get("token"), Some("s3cret"));
        let payload = vec![0xFF, 0x7F, 0x7E, 0x7D];
        assert_eq!(Inbound::parse(MEDIA), Ok(Inbound::Media { timestamp_ms: 25, chunk: 2, payload }));
        assert_eq!(
            Inbound::parse(
                r#"{"event":"dtmf","streamSid":"MZ1","dtmf":{"track":"inbound_track","digit":"0"}}"#
            ),
            Ok(Inbound::Dtmf(Digit::new('0').unwrap()))
        );
        assert_eq!(
            Inbound::parse(r#"{"event":"mark","mark":{"name":"1/2/na\u006de"}}"#),
            Ok(Inbound::Mark { name: "1/2/name".to_owned() })
        );
        assert_eq!(
            Inbound::parse(r#"{"event":"stop","stop":{"accountSid":"AC1","callSid":"CA1"}}"#),
            Ok(Inbound::Stop)
        );
    }

    #[test]
    fn what_is_unknown_or_not_the_callers_is_passed_over() {
        assert_eq!(Inbound::parse(r#"{"event":"weather","mood":{"x":1}}"#), Ok(Inbound::Other));
        assert_eq!(Inbound::parse(&MEDIA.replace("inbound", "outbound")), Ok(Inbound::Other));
    }

    #[test]
    fn another_audio_format_is_an_error() {
        for (from, to) in [("x-mulaw", "x-l16"), ("8000", "16000"), (r#""channels":1"#, r#""channels":2"#)] {
            assert_eq!(Inbound::parse(&START.replace(from, to)), Err(FrameError::Format), "{to}");
        }
        assert!(Inbound::parse(&START.replace("8000", r#""8000""#)).is_ok());
    }

    #[test]
    fn a_malformed_frame_says_what_is_wrong_without_repeating_it() {
        for (frame, error) in [
            (r#"{"event":"media"}"#.to_owned(), FrameError::Field("media")),
            (MEDIA.replace("/39+fQ==", "!secret!"), FrameError::Field("payload")),
            (START.replace("MZ18ad\",", "a b\","), FrameError::Field("streamSid")),
            (START.replace("CA1", "CA/1"), FrameError::Field("callSid")),
            (r#"{"event":"dtmf","dtmf":{"digit":"12"}}"#.to_owned(), FrameError::Field("digit")),
            (MEDIA.replace("/39+fQ==", &"AAAA".repeat(3000)), FrameError::TooLong),
            (" ".repeat(MAX_FRAME_BYTES + 1), FrameError::TooLong),
        ] {
            assert_eq!(Inbound::parse(&frame), Err(error), "{}", &frame[..frame.len().min(80)]);
        }
        let error = Inbound::parse(&MEDIA.replace("\"25\"", "\"hello\"")).unwrap_err();
        assert!(matches!(error, FrameError::Malformed { .. }));
        assert!(!error.to_string().contains("hello"));
    }

    #[test]
    fn the_token_is_not_in_the_debug_output() {
        assert!(!format!("{:?}", start()).contains("s3cret"));
    }

    #[test]
    fn frames_to_the_carrier_are_as_documented() {
        let frames = Frames::new(start().stream_sid);
        let read = |frame: String| serde_json::from_str::<Value>(&frame).unwrap();
        assert_eq!(
            read(frames.media(&[0xFF, 0x7F, 0x7E, 0x7D])),
            json!({"event": "media", "streamSid": "MZ18ad", "media": {"payload": "/39+fQ=="}})
        );
        assert_eq!(
            read(frames.mark("1/2/\"x\"")),
            json!({"event": "mark", "streamSid": "MZ18ad", "mark": {"name": "1/2/\"x\""}})
        );
        assert_eq!(read(frames.clear()), json!({"event": "clear", "streamSid": "MZ18ad"}));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn no_frame_makes_it_panic(
            text in ".{0,200}",
            cut in 0..START.len(),
            event in "connected|start|media|dtmf|mark|stop|x",
            number in any::<i64>(),
        ) {
            let _ = Inbound::parse(&text);
            let _ = Inbound::parse(&START[..cut]);
            let _ = Inbound::parse(&format!("{}{text}{}", &START[..cut], &START[cut..]));
            let parts = [json!(number), json!(text), json!({"name": text, "digit": text, "payload": text,
                "chunk": number, "timestamp": text}), Value::Null];
            for part in parts {
                let frame = json!({"event": event, "start": part, "media": part, "dtmf": part, "mark": part});
                let _ = Inbound::parse(&frame.to_string());
            }
        }

        #[test]
        fn audio_survives_the_way_there_and_back(payload in prop::collection::vec(any::<u8>(), 0..2000)) {
            let frame = Frames::new(start().stream_sid).media(&payload);
            let with_times = frame.replace("\"payload\"", "\"chunk\":\"1\",\"timestamp\":\"0\",\"payload\"");
            prop_assert_eq!(
                Inbound::parse(&with_times),
                Ok(Inbound::Media { timestamp_ms: 0, chunk: 1, payload })
            );
        }
    }
}
