//! Twilio: signed webhooks, TwiML, media streams and the REST control.
//!
//! Invariant: whatever arrives is data until its signature has been checked, and no input can make it panic.
//! It deliberately knows neither the web server that carries it nor the calls it is about.

mod callbacks;
mod control;
mod signature;
mod stream;
mod twiml;
mod webhook;

use std::fmt;
use std::str::FromStr;

use secrecy::SecretString;

pub use callbacks::{
    AgentChoice, AnsweredBy, ConferenceCallback, ConferenceEvent, ConferenceSid, DialEnded, Gathered,
    IncomingMessage, MachineCallback, Participant,
};
pub use control::{Backoff, Control, ControlError, Dial};
pub use signature::{SIGNATURE_HEADER, SignatureError, Verifier, sign};
pub use stream::{FrameError, Frames, Inbound, MAX_FRAME_BYTES, Parameters, Start, StreamSid};
pub use twiml::{
    Room, answer_message, ask_agent, brief_agent, call_out, connect_agent, connect_caller, connect_stream,
    go_to, hangup, reject, say, say_and_hangup,
};
pub use webhook::{CallSid, CallStatus, Form, IncomingCall, StatusCallback, WebhookError};

/// The path of the webhook that is asked what to do with a new call.
pub const VOICE_PATH: &str = "/twilio/voice";
/// The path of the webhook that is asked what to do after a stream has ended.
pub const RESUME_PATH: &str = "/twilio/resume";
/// The path of the webhook that is told about a call's progress.
pub const STATUS_PATH: &str = "/twilio/status";
/// The path of the webhook that is asked what to do with an agent's leg that was answered.
pub const AGENT_PATH: &str = "/twilio/agent/{offer}";
/// The path of the webhook that is asked what to do with an agent who has listened to the whole briefing.
pub const AGENT_BRIEFED_PATH: &str = "/twilio/agent/{offer}/briefed";
/// The path of the webhook that is told what an agent pressed or said, or that they did neither.
pub const AGENT_KEY_PATH: &str = "/twilio/agent/{offer}/key";
/// The path of the webhook that is told about the progress of an agent's leg.
pub const AGENT_STATUS_PATH: &str = "/twilio/agent/{offer}/status";
/// The path of the webhook that is told whether a machine answered an agent's leg.
pub const AGENT_MACHINE_PATH: &str = "/twilio/agent/{offer}/machine";
/// The path of the webhook that is told who comes into a conference and leaves it.
pub const CONFERENCE_PATH: &str = "/twilio/conference/{handoff}";
/// The path of the webhook that is asked what to say to all who are in a conference.
pub const ANNOUNCE_PATH: &str = "/twilio/announce/{handoff}";
/// The path of the webhook that is asked what to do with an agent's leg that was answered for a call-back.
pub const CALL_BACK_PATH: &str = "/twilio/call-back/{call_back}";
/// The path of the webhook that is asked what to do with an agent who has heard whom they are to call back.
pub const CALL_BACK_BRIEFED_PATH: &str = "/twilio/call-back/{call_back}/briefed";
/// The path of the webhook that is told whether an agent calls back now.
pub const CALL_BACK_KEY_PATH: &str = "/twilio/call-back/{call_back}/key";
/// The path of the webhook that is told how calling the caller back ended.
pub const CALL_BACK_ENDED_PATH: &str = "/twilio/call-back/{call_back}/ended";
/// The path of the webhook that is told whether a call-back settled it.
pub const CALL_BACK_SETTLED_PATH: &str = "/twilio/call-back/{call_back}/settled";
/// The path of the webhook that is told about the progress of an agent's leg of a call-back.
pub const CALL_BACK_STATUS_PATH: &str = "/twilio/call-back/{call_back}/status";
/// The path of the webhook that is told whether a machine answered an agent's leg of a call-back.
pub const CALL_BACK_MACHINE_PATH: &str = "/twilio/call-back/{call_back}/machine";
/// The path of the webhook that is given text messages.
pub const MESSAGE_PATH: &str = "/twilio/message";
/// The path of the media socket.
pub const STREAM_PATH: &str = "/twilio/stream";
/// The stream parameter that carries the one-call token.
pub const TOKEN_PARAMETER: &str = "token";
/// The stream parameter that carries the id of the call.
pub const CALL_PARAMETER: &str = "call";

/// Puts an id into the one place of a path that is in braces, such as an offer's into [`AGENT_KEY_PATH`].
pub fn path_for(path: &str, id: impl fmt::Display) -> String {
    match (path.find('{'), path.find('}')) {
        (Some(from), Some(to)) => format!("{}{id}{}", &path[..from], &path[to + 1..]),
        (None, _) | (_, None) => path.to_owned(),
    }
}

/// What the account with the carrier needs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The account's id (`AC…`).
    pub account_sid: String,
    /// The account's secret, which signs its requests; only ever from the environment.
    pub auth_token: SecretString,
    /// A key for the REST interface, where the account's secret is not to be used there.
    pub api_key: Option<ApiKey>,
    /// Under which address the carrier reaches this server.
    pub public_url: PublicUrl,
    /// The base of the REST interface, such as `https://api.twilio.com`; regions and edges have their own.
    pub api_base_url: String,
    /// Whether a media socket must carry the carrier's signature beside its one-call token.
    pub require_stream_signature: bool,
}

/// A key for the REST interface.
#[derive(Debug, Clone)]
pub struct ApiKey {
    /// Its id (`SK…`).
    pub sid: String,
    /// Its secret; only ever from the environment.
    pub secret: SecretString,
}

/// The address under which the carrier reaches this server, such as `https://voice.example.com`; kept letter
/// by letter, because it is part of what the carrier signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    secure: bool,
    /// Host, port and path prefix, without a slash at the end.
    rest: String,
}

/// Says why a text is no [`PublicUrl`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an address such as https://voice.example.com, without query or fragment")]
pub struct PublicUrlError;

impl PublicUrl {
    /// The web address of a path (and query) on this server, as the carrier writes it.
    pub fn http(&self, path_and_query: &str) -> String {
        format!("http{}://{}{path_and_query}", self.suffix(), self.rest)
    }

    /// The socket address of a path on this server, as the carrier writes it.
    pub fn socket(&self, path: &str) -> String {
        format!("ws{}://{}{path}", self.suffix(), self.rest)
    }

    const fn suffix(&self) -> &'static str {
        if self.secure { "s" } else { "" }
    }
}

impl FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = reqwest::Url::parse(text).map_err(|_| PublicUrlError)?;
        let secure = match parsed.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(PublicUrlError),
        };
        let (_, rest) = text.split_once("://").ok_or(PublicUrlError)?;
        let plain = parsed.query().is_none() && parsed.fragment().is_none() && !rest.contains(['@', ' ']);
        if !plain || !parsed.has_host() {
            return Err(PublicUrlError);
        }
        Ok(Self { secure, rest: rest.trim_end_matches('/').to_owned() })
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.http(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_keeps_its_port_and_prefix_and_loses_the_last_slash() {
        let url: PublicUrl = "https://voice.example.com:443/line/".parse().unwrap();
        assert_eq!(url.http(VOICE_PATH), "https://voice.example.com:443/line/twilio/voice");
        assert_eq!(url.socket(STREAM_PATH), "wss://voice.example.com:443/line/twilio/stream");
        assert_eq!(url.to_string(), "https://voice.example.com:443/line");
    }

    #[test]
    fn a_path_takes_the_id_in_its_place() {
        assert_eq!(path_for(AGENT_KEY_PATH, "0193.2"), "/twilio/agent/0193.2/key");
        assert_eq!(path_for(ANNOUNCE_PATH, "0193"), "/twilio/announce/0193");
    }

    #[test]
    fn a_plain_public_url_has_a_plain_socket() {
        let url: PublicUrl = "http://127.0.0.1:8080".parse().unwrap();
        assert_eq!(url.socket(STREAM_PATH), "ws://127.0.0.1:8080/twilio/stream");
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for text in
            ["", "voice.example.com", "ftp://example.com", "https://x.example/?a=b", "https://u:p@x.example"]
        {
            assert_eq!(text.parse::<PublicUrl>(), Err(PublicUrlError), "{text}");
        }
    }
}
