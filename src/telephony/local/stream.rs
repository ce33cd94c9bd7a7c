use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Map, Value, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::Message;
use uuid::Uuid;

use super::carrier::Active;
use super::playout::{FRAME, Playout};
use super::script::{Deed, Heard};
use super::switchboard::Command;
use super::tape::is_audible;
use super::timeline::What;
use crate::audio::ulaw;
use crate::domain::{CallTime, Digit};
use crate::telephony::twilio::{SIGNATURE_HEADER, sign};

pub(super) const TICK: Duration = Duration::from_millis(20);
/// A server that takes nothing for so long is gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);

/// How a media stream ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum StreamEnd {
    /// It could not be opened.
    Refused,
    /// The server closed it, or vanished.
    ServerClosed,
    /// The line to the server broke on the carrier's side.
    Lost,
    CallerHungUp,
    CallerGaveUp,
    Commanded(Command),
}

/// One open media socket.
struct Wire {
    socket: WebSocketStream<TcpStream>,
    sid: String,
    sequence: u64,
    playout: Playout,
    /// What is being played to the caller at present.
    playing: [u8; FRAME],
    /// The call's time at the stream's time zero.
    offset_ms: u64,
    frames: u64,
}

/// The server cannot be reached over the socket any more.
struct Gone;

impl Active<'_> {
    /// Runs one media stream from its opening to its end.
    pub(super) async fn stream(&mut self, url: &str, parameters: &[(String, String)]) -> StreamEnd {
        let Some(socket) = self.open(url).await else { return StreamEnd::Refused };
        let began = Instant::now();
        self.answered.get_or_insert(began);
        self.streams += 1;
        let offset = self.now();
        self.tape.silence_until(offset);
        let mut wire = Wire {
            socket,
            sid: format!("MZ{}", Uuid::now_v7().simple()),
            sequence: 0,
            playout: Playout::default(),
            playing: [ulaw::SILENCE; FRAME],
            offset_ms: offset.as_ms(),
            frames: 0,
        };
        self.tape.note(offset, What::StreamOpened);
        let end = match self.greet(&mut wire, parameters).await {
            Ok(()) => self.run(&mut wire, began).await,
            Err(Gone) => StreamEnd::ServerClosed,
        };
        self.tape.close_bot();
        let now = self.now();
        self.tape.note(now, What::StreamClosed);
        if matches!(end, StreamEnd::CallerHungUp | StreamEnd::CallerGaveUp | StreamEnd::Commanded(_)) {
            wire.stop(&self.carrier.exchange.settings.account_sid, &self.sid).await;
        }
        end
    }

    async fn open(&self, url: &str) -> Option<WebSocketStream<TcpStream>> {
        let settings = &self.carrier.exchange.settings;
        let path = self.carrier.exchange.path(url, true)?;
        let mut request = format!("ws://{}{path}", settings.server).into_client_request().ok()?;
        let signature = sign(&settings.auth_token, &settings.public_url.socket(path), &[]);
        let signature = HeaderValue::from_str(&signature).ok()?;
        request.headers_mut().insert(SIGNATURE_HEADER, signature);
        let connect = async {
            let stream = TcpStream::connect(settings.server).await.ok()?;
            stream.set_nodelay(true).ok()?;
            tokio_tungstenite::client_async(request, stream).await.ok()
        };
        let (socket, _) = timeout(SEND_TIMEOUT, connect).await.ok()??;
        Some(socket)
    }

    async fn greet(&self, wire: &mut Wire, parameters: &[(String, String)]) -> Result<(), Gone> {
        let custom: Map<String, Value> =
            parameters.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
        let connected = json!({ "event": "connected", "protocol": "Call", "version": "1.0.0" });
        wire.send_text(connected.to_string()).await?;
        wire.send(
            "start",
            &json!({
                "streamSid": wire.sid,
                "accountSid": self.carrier.exchange.settings.account_sid,
                "callSid": self.sid,
                "tracks": ["inbound"],
                "mediaFormat": { "encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1 },
                "customParameters": custom,
            }),
        )
        .await
    }

    async fn run(&mut self, wire: &mut Wire, began: Instant) -> StreamEnd {
        // Late ticks are made up for, so that the stream does not fall behind the clock.
        let mut ticks = interval_at(began + TICK, TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        loop {
            let went_on = tokio::select! {
                message = wire.socket.next() => match message {
                    Some(Ok(Message::Text(text))) => self.receive(wire, &text).await.map(|()| None),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
                    Some(Ok(Message::Binary(_) | Message::Frame(_))) => {
                        let now = self.now();
                        self.tape.note(now, What::Malformed);
                        Ok(None)
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => Err(Gone),
                },
                Some(command) = self.place.commands.recv() => Ok(Some(StreamEnd::Commanded(command))),
                _ = ticks.tick() => self.tick(wire).await,
            };
            match went_on {
                Ok(None) => {}
                Ok(Some(end)) => return end,
                Err(Gone) => return StreamEnd::ServerClosed,
            }
        }
    }

    /// Sends what the caller said in the last 20 ms, and begins to play the next 20 ms to the caller.
    async fn tick(&mut self, wire: &mut Wire) -> Result<Option<StreamEnd>, Gone> {
        let at = CallTime::from_ms(wire.offset_ms + wire.frames * 20);
        let end_of_frame = CallTime::from_ms(at.as_ms() + 20);
        let marks = wire.playout.passed();
        for name in &marks {
            self.tape.note(end_of_frame, What::MarkPlayed { name: name.clone() });
            wire.send("mark", &json!({ "name": name })).await?;
        }
        let audible = is_audible(&wire.playing);
        let heard = Heard { now: at, frame: &wire.playing, audible, marks: &marks };
        let done = self.player.tick(&heard);
        self.tape.record(at, &done.frame, &wire.playing);
        wire.send_media(&done.frame).await?;
        wire.frames += 1;
        wire.playing = wire.playout.pull();
        self.carry_out(wire, end_of_frame, done.deeds).await
    }

    async fn carry_out(
        &mut self,
        wire: &mut Wire,
        now: CallTime,
        deeds: Vec<Deed>,
    ) -> Result<Option<StreamEnd>, Gone> {
        for deed in deeds {
            match deed {
                Deed::Began { at, role, text, manner } => {
                    self.tape.note(at, What::CallerBegan { role, text: text.into(), manner });
                }
                Deed::Ended { at, role } => self.tape.note(at, What::CallerEnded { role }),
                Deed::Press(digit) => {
                    self.tape.note(now, What::Pressed { digit });
                    wire.send_key(digit).await?;
                }
                Deed::HangUp => return Ok(Some(StreamEnd::CallerHungUp)),
                Deed::GiveUp => return Ok(Some(StreamEnd::CallerGaveUp)),
                Deed::DropStream => return Ok(Some(StreamEnd::Lost)),
            }
        }
        Ok(None)
    }

    async fn receive(&mut self, wire: &mut Wire, text: &str) -> Result<(), Gone> {
        let now = self.now();
        let frame: Value = serde_json::from_str(text).unwrap_or_default();
        let own = frame["streamSid"] == wire.sid.as_str();
        match frame["event"].as_str() {
            Some("media") if own => {
                let payload = frame["media"]["payload"].as_str().and_then(|text| STANDARD.decode(text).ok());
                match payload {
                    Some(audio) if wire.playout.push(&audio) => self.tape.note(now, What::BotReceived),
                    Some(_) => {}
                    None => self.tape.note(now, What::Malformed),
                }
            }
            Some("mark") if own => match frame["mark"]["name"].as_str() {
                Some(name) => wire.playout.mark(name.to_owned()),
                None => self.tape.note(now, What::Malformed),
            },
            Some("clear") if own => {
                let (dropped_ms, marks) = wire.playout.clear();
                self.tape.note(now, What::Cleared { dropped_ms });
                for name in marks {
                    wire.send("mark", &json!({ "name": name })).await?;
                    self.tape.note(now, What::MarkDropped { name });
                }
            }
            _ => self.tape.note(now, What::Malformed),
        }
        Ok(())
    }
}

impl Wire {
    async fn send(&mut self, event: &str, content: &Value) -> Result<(), Gone> {
        self.sequence += 1;
        let frame = json!({
            "event": event,
            "sequenceNumber": self.sequence.to_string(),
            "streamSid": self.sid,
            event: content,
        });
        self.send_text(frame.to_string()).await
    }

    async fn send_media(&mut self, samples: &[i16; FRAME]) -> Result<(), Gone> {
        self.sequence += 1;
        let payload = STANDARD.encode(ulaw::encode_i16(samples));
        let (sequence, sid, chunk, timestamp) = (self.sequence, &self.sid, self.frames + 1, self.frames * 20);
        self.send_text(format!(
            r#"{{"event":"media","sequenceNumber":"{sequence}","streamSid":"{sid}","media":{{"track":"inbound","chunk":"{chunk}","timestamp":"{timestamp}","payload":"{payload}"}}}}"#
        ))
        .await
    }

    async fn send_key(&mut self, digit: Digit) -> Result<(), Gone> {
        self.send("dtmf", &json!({ "track": "inbound_track", "digit": digit.as_char().to_string() })).await
    }

    async fn send_text(&mut self, text: String) -> Result<(), Gone> {
        match timeout(SEND_TIMEOUT, self.socket.send(Message::text(text))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Gone),
        }
    }

    /// Says goodbye as the carrier does when the call is over; a server that is gone need not hear it.
    async fn stop(&mut self, account_sid: &str, call_sid: &str) {
        let _ = self.send("stop", &json!({ "accountSid": account_sid, "callSid": call_sid })).await;
        let _ = timeout(SEND_TIMEOUT, self.socket.close(None)).await;
    }
}
