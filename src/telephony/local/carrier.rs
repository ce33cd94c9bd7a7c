use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use super::caller::{Caller, Player};
use super::exchange::{Exchange, Settings, form};
use super::instructions::{Dialled, InstructionError, Verb, parse, saying};
use super::rest::RestApi;
use super::stream::StreamEnd;
use super::switchboard::{Command, Place, Switchboard, lock};
use super::tape::{Recording, Tape};
use super::timeline::{Entry, Timeline, What};
use crate::domain::{CallTime, PhoneNumber};
use crate::telephony::twilio::{CallStatus, STATUS_PATH, VOICE_PATH};

/// How long it tries to reach a server that refuses the connection, once a call is up.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often in a row a stream may fail to open.
const STREAM_ATTEMPTS: u32 = 4;

/// A carrier that places calls to a server; any number of them at once.
#[derive(Debug, Clone)]
pub struct Carrier {
    pub(super) exchange: Arc<Exchange>,
    pub(super) switchboard: Arc<Switchboard>,
}

/// A call to be placed.
#[derive(Debug, Clone)]
pub struct PlacedCall {
    /// Who calls; withheld if absent.
    pub from: Option<PhoneNumber>,
    /// The line that is reached.
    pub to: PhoneNumber,
    /// The line that was dialled and forwards to `to`.
    pub forwarded_from: Option<PhoneNumber>,
    /// Who is told what happens while it happens.
    pub live: Option<UnboundedSender<Entry>>,
}

/// A call that is over.
#[derive(Debug, Clone)]
pub struct CallOutcome {
    /// The carrier's id of it.
    pub call_sid: String,
    /// When its time zero was, by the carrier's own clock; none if it was never answered.
    pub answered_at: Option<Duration>,
    /// How it ended.
    pub ending: Ending,
    /// What happened.
    pub timeline: Timeline,
    /// What was to be heard.
    pub recording: Recording,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The server hung up, or had nothing more to be done.
    HungUpByServer,
    /// The caller hung up.
    HungUpByCaller,
    /// The caller hung up because nothing was to be heard for too long.
    CallerGaveUp,
    /// The server did not take the call.
    Rejected,
    /// The server could not be reached.
    Unreachable,
    /// The server answered a webhook with an HTTP error.
    WebhookRefused(u16),
    /// The server answered a webhook with instructions that cannot be followed.
    Instructions(InstructionError),
    /// The server did not open the media socket, repeatedly.
    StreamRefused,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HungUpByServer => f.write_str("the receptionist hung up"),
            Self::HungUpByCaller => f.write_str("the caller hung up"),
            Self::CallerGaveUp => f.write_str("the caller heard nothing for too long and hung up"),
            Self::Rejected => f.write_str("the call was not taken"),
            Self::Unreachable => f.write_str("the server could not be reached"),
            Self::WebhookRefused(status) => write!(f, "the server answered the webhook with status {status}"),
            Self::Instructions(error) => error.fmt(f),
            Self::StreamRefused => f.write_str("the server did not open the media socket"),
        }
    }
}

impl Carrier {
    /// Makes a carrier that is controlled through `rest`, which from now on rings agents on the server's behalf.
    pub fn new(settings: Settings, client: Client, rest: &RestApi) -> Self {
        let (exchange, switchboard) = (Arc::new(Exchange::new(settings, client)), rest.switchboard());
        *lock(&switchboard.exchange) = Some(Arc::clone(&exchange));
        Self { exchange, switchboard }
    }

    /// Places a call and sees it through to its end, in real time.
    pub async fn place(&self, call: PlacedCall, caller: impl Into<Caller>) -> CallOutcome {
        let sid = format!("CA{}", Uuid::now_v7().simple());
        let place = self.switchboard.connect(&sid, true);
        let tape = Tape::new(call.live.clone());
        let player = Player::new(caller.into());
        let mut active = Active { carrier: self, call, sid, place, tape, player, answered: None, streams: 0 };
        let ending = active.follow().await;
        let end = active.now();
        active.tape.close_bot();
        active.tape.note(end, What::Ended);
        active.report(&ending, end).await;
        let Active { sid, tape, answered, .. } = active;
        let answered_at = answered.map(|answered| self.switchboard.now().saturating_sub(answered.elapsed()));
        CallOutcome { call_sid: sid, answered_at, ending, timeline: tape.timeline, recording: tape.recording }
    }
}

/// A call while it lasts.
pub(super) struct Active<'a> {
    pub(super) carrier: &'a Carrier,
    call: PlacedCall,
    pub(super) sid: String,
    pub(super) place: Place,
    pub(super) tape: Tape,
    pub(super) player: Player,
    /// When the first stream began, which is the call's time zero.
    pub(super) answered: Option<Instant>,
    pub(super) streams: u32,
}

/// How a call goes on after an instruction.
pub(super) enum Next {
    On,
    Instead(Vec<Verb>),
    Over(Ending),
}

impl Active<'_> {
    async fn follow(&mut self) -> Ending {
        let voice = self.carrier.exchange.settings.public_url.http(VOICE_PATH);
        let mut verbs = match self.ask(&voice, CallStatus::Ringing, &[]).await {
            Ok(verbs) => VecDeque::from(verbs),
            Err(ending) => return ending,
        };
        let mut refused = 0;
        while let Some(verb) = verbs.pop_front() {
            let next = match verb {
                Verb::Stream { url, parameters } => {
                    let end = self.stream(&url, &parameters).await;
                    refused = if end == StreamEnd::Refused { refused + 1 } else { 0 };
                    if refused == STREAM_ATTEMPTS {
                        Next::Over(Ending::StreamRefused)
                    } else {
                        self.after(end).await
                    }
                }
                Verb::Pause(length) => self.wait(length).await,
                Verb::Redirect(url) => self.redirect(&url, &[]).await,
                Verb::Say(text) => {
                    let length = saying(&text);
                    let now = self.now();
                    self.tape.note(now, What::CarrierSaid { text: text.into() });
                    self.wait(length).await
                }
                Verb::Dial { action, to: Dialled::Conference(conference) } => {
                    self.confer(&conference, action.as_deref()).await
                }
                Verb::Dial { to: Dialled::Number(_), .. } => {
                    let unknown = InstructionError::Verb("Number".to_owned());
                    Next::Over(Ending::Instructions(unknown))
                }
                Verb::Gather(_) => {
                    let unknown = InstructionError::Verb("Gather".to_owned());
                    Next::Over(Ending::Instructions(unknown))
                }
                Verb::Hangup => Next::Over(Ending::HungUpByServer),
                Verb::Reject if self.streams == 0 => Next::Over(Ending::Rejected),
                Verb::Reject => Next::Over(Ending::HungUpByServer),
            };
            match next {
                Next::On => {}
                Next::Instead(others) => verbs = others.into(),
                Next::Over(ending) => return ending,
            }
        }
        Ending::HungUpByServer
    }

    /// Milliseconds since the first stream began.
    pub(super) fn now(&self) -> CallTime {
        let passed = self.answered.map_or(Duration::ZERO, |answered| answered.elapsed());
        CallTime::from_ms(passed.as_millis() as u64)
    }

    async fn after(&mut self, end: StreamEnd) -> Next {
        match end {
            StreamEnd::ServerClosed | StreamEnd::Lost | StreamEnd::Refused => Next::On,
            StreamEnd::CallerHungUp => Next::Over(Ending::HungUpByCaller),
            StreamEnd::CallerGaveUp => Next::Over(Ending::CallerGaveUp),
            StreamEnd::Commanded(command) => self.obey(command).await,
        }
    }

    pub(super) async fn obey(&mut self, command: Command) -> Next {
        match command {
            Command::Complete => Next::Over(Ending::HungUpByServer),
            Command::Instructions(twiml) => match parse(&twiml) {
                Ok(verbs) => Next::Instead(verbs),
                Err(error) => Next::Over(Ending::Instructions(error)),
            },
            Command::Fetch(url) => self.redirect(&url, &[]).await,
        }
    }

    async fn wait(&mut self, length: Duration) -> Next {
        match timeout(length, self.place.commands.recv()).await {
            Ok(Some(command)) => Box::pin(self.obey(command)).await,
            Ok(None) | Err(_) => Next::On,
        }
    }

    pub(super) async fn redirect(&mut self, url: &str, more: &[(&str, &str)]) -> Next {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.ask(url, CallStatus::InProgress, more).await {
                Ok(verbs) => return Next::Instead(verbs),
                Err(Ending::Unreachable) if Instant::now() < deadline => {
                    sleep(Duration::from_millis(500)).await
                }
                Err(ending) => return Next::Over(ending),
            }
        }
    }

    async fn ask(&self, url: &str, status: CallStatus, more: &[(&str, &str)]) -> Result<Vec<Verb>, Ending> {
        self.carrier.exchange.ask(url, &self.fields(status, more)).await
    }

    async fn report(&self, ending: &Ending, end: CallTime) {
        let status = match ending {
            Ending::HungUpByServer | Ending::HungUpByCaller | Ending::CallerGaveUp => CallStatus::Completed,
            Ending::Rejected => CallStatus::Busy,
            Ending::Unreachable
            | Ending::WebhookRefused(_)
            | Ending::Instructions(_)
            | Ending::StreamRefused => CallStatus::Failed,
        };
        lock(&self.carrier.switchboard.over).insert(self.sid.clone(), status);
        let url = self.carrier.exchange.settings.public_url.http(STATUS_PATH);
        let duration = end.as_ms().div_ceil(1000).to_string();
        let news = [("CallDuration", duration.as_str()), ("SequenceNumber", "0")];
        self.carrier.switchboard.deliver(&url, self.fields(status, &news)).await;
    }

    fn fields(&self, status: CallStatus, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let from = self.call.from.as_ref().map_or("anonymous", PhoneNumber::expose);
        let to = self.call.to.expose();
        let mut fields = vec![
            ("CallSid", self.sid.as_str()),
            ("AccountSid", &self.carrier.exchange.settings.account_sid),
            ("ApiVersion", "2010-04-01"),
            ("Direction", "inbound"),
            ("CallStatus", status.as_str()),
            ("From", from),
            ("Caller", from),
            ("To", to),
            ("Called", to),
        ];
        if let Some(forwarded_from) = &self.call.forwarded_from {
            fields.push(("ForwardedFrom", forwarded_from.expose()));
        }
        fields.extend_from_slice(more);
        form(&fields)
    }
}
