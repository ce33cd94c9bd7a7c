//! Twilio's doors: signed webhooks for callers' and agents' legs, and the media socket.

mod agents;
mod call_backs;
mod messages;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{DefaultBodyLimit, FromRef, FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use secrecy::ExposeSecret as _;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tracing::{info, warn};

pub use call_backs::call_backs;
pub use messages::messages;

use crate::domain::HangupCause;
use crate::reception::{Admission, Link, Outbound, Reception, Ticket};
use crate::telephony::twilio::{
    self, Form, FrameError, Frames, Inbound, IncomingCall, MAX_FRAME_BYTES, RESUME_PATH, SIGNATURE_HEADER,
    STATUS_PATH, STREAM_PATH, Start, StatusCallback, TOKEN_PARAMETER, VOICE_PATH, Verifier,
};

/// No genuine webhook is larger.
const MAX_WEBHOOK_BYTES: usize = 64 * 1024;
/// A socket that has not said whose it is by then is closed.
const START_DEADLINE: Duration = Duration::from_secs(5);
/// A socket that takes no more than this to accept a frame is alive.
const SEND_DEADLINE: Duration = Duration::from_secs(5);
/// Frames queued each way: ten seconds of the carrier's.
const QUEUE: usize = 512;
/// Broken frames in a row that a stream may carry before it is given up.
const MAX_BROKEN_FRAMES: usize = 250;

const NOT_IN_SERVICE: &str = "We are sorry. This number is not in service.";

/// What the doors need.
#[derive(Clone)]
struct Doors {
    reception: Reception,
    verifier: Verifier,
    settings: Arc<twilio::Settings>,
}

impl FromRef<Doors> for Verifier {
    fn from_ref(doors: &Doors) -> Self {
        doors.verifier.clone()
    }
}

/// Makes the routes under `/twilio`; whatever is not signed by the carrier gets 403.
pub fn router(reception: Reception, settings: twilio::Settings) -> Router {
    let verifier = Verifier::new(settings.auth_token.clone(), settings.public_url.clone());
    let doors = Doors { reception, verifier, settings: Arc::new(settings) };
    Router::new()
        .route(VOICE_PATH, post(voice))
        .route(RESUME_PATH, post(voice))
        .route(STATUS_PATH, post(status))
        .route(STREAM_PATH, any(stream))
        .merge(agents::router())
        .layer(DefaultBodyLimit::max(MAX_WEBHOOK_BYTES))
        .with_state(doors)
}

/// Answers for a new call and for one whose stream is over: whether the call goes on is the reception's to know.
async fn voice(State(doors): State<Doors>, Signed(form): Signed) -> Result<Response, Refusal> {
    let incoming = IncomingCall::parse(&form)?;
    if incoming.status.is_over() {
        // After a conference the carrier asks what to do next even when the caller has hung up.
        doors.reception.leg_ended(&incoming.call_sid, HangupCause::CallerHungUp);
        return Ok(twiml(twilio::hangup()));
    }
    Ok(doors.answer(doors.reception.admit(&incoming).await))
}

async fn status(State(doors): State<Doors>, Signed(form): Signed) -> Result<StatusCode, Refusal> {
    let news = StatusCallback::parse(&form)?;
    if news.status.is_over() {
        doors.reception.leg_ended(&news.call_sid, HangupCause::CallerHungUp);
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn stream(
    State(doors): State<Doors>,
    uri: Uri,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    if doors.settings.require_stream_signature {
        let path = uri.path_and_query().map_or(STREAM_PATH, |path| path.as_str());
        if let Err(error) = doors.verifier.verify_upgrade(path, signature(&headers)) {
            return Refusal::from(error).into_response();
        }
    }
    match upgrade {
        Ok(upgrade) => upgrade
            .max_message_size(MAX_FRAME_BYTES)
            .max_frame_size(MAX_FRAME_BYTES)
            .on_upgrade(|socket| attend(doors.reception, socket)),
        Err(rejection) => rejection.into_response(),
    }
}

impl Doors {
    fn answer(&self, admission: Admission) -> Response {
        twiml(match admission {
            Admission::Accepted(ticket) => self.connect(&ticket),
            Admission::FullHouse { words } => twilio::say_and_hangup(words.expose()),
            Admission::UnknownLine => twilio::say_and_hangup(NOT_IN_SERVICE),
            Admission::Over => twilio::hangup(),
        })
    }

    fn connect(&self, ticket: &Ticket) -> String {
        let url = &self.settings.public_url;
        let call = ticket.call.to_string();
        let parameters =
            [(TOKEN_PARAMETER, ticket.token.expose_secret()), (twilio::CALL_PARAMETER, call.as_str())];
        twilio::connect_stream(&url.socket(STREAM_PATH), &parameters, &url.http(RESUME_PATH))
    }
}

/// A webhook that the carrier signed; any other is refused before its door is reached.
struct Signed(Form);

impl<S> FromRequest<S> for Signed
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (uri, headers) = (request.uri().clone(), request.headers().clone());
        let body = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let form = signed(&Verifier::from_ref(state), &uri, &headers, &body);
        form.map(Self).map_err(IntoResponse::into_response)
    }
}

fn signed(verifier: &Verifier, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<Form, Refusal> {
    let form = Form::parse(body)?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    verifier.verify_form(path, &form, signature(headers))?;
    Ok(form)
}

/// Why a request is not let in; what is said of it holds nothing of the request.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Unsigned(#[from] twilio::SignatureError),
    #[error(transparent)]
    Unreadable(#[from] twilio::WebhookError),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        warn!(error = %self, "refused a request");
        let status = match self {
            Self::Unsigned(_) => StatusCode::FORBIDDEN,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
        };
        (status, self.to_string()).into_response()
    }
}

fn signature(headers: &HeaderMap) -> Option<&str> {
    headers.get(SIGNATURE_HEADER)?.to_str().ok()
}

fn twiml(document: String) -> Response {
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], document).into_response()
}

/// Serves one media socket: learns whose it is, then carries frames both ways until either side is done.
async fn attend(reception: Reception, socket: WebSocket) {
    let (sink, mut source) = socket.split();
    let start = match timeout(START_DEADLINE, started(&mut source)).await {
        Ok(Some(start)) => start,
        Ok(None) => return,
        Err(_) => {
            warn!("closed a media socket that never started a stream");
            return;
        }
    };
    let (from_carrier, inbound) = mpsc::channel(QUEUE);
    let (outbound, to_carrier) = mpsc::channel(QUEUE);
    let token = start.parameters.get(TOKEN_PARAMETER).unwrap_or_default();
    if let Err(error) = reception.attach(token, Link { inbound, outbound }) {
        warn!(%error, "closed a media socket");
        return;
    }
    let frames = Frames::new(start.stream_sid);
    tokio::select! {
        () = carry_in(&mut source, &from_carrier) => {}
        () = carry_out(sink, to_carrier, &frames) => {}
    }
}

async fn started(source: &mut SplitStream<WebSocket>) -> Option<Start> {
    loop {
        match source.next().await?.ok()? {
            Message::Text(frame) => match Inbound::parse(&frame) {
                Ok(Inbound::Start(start)) => return Some(start),
                Ok(_) => {}
                Err(error) => {
                    warn!(%error, "closed a media socket that did not begin properly");
                    return None;
                }
            },
            Message::Close(_) => return None,
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) => {}
        }
    }
}

async fn carry_in(source: &mut SplitStream<WebSocket>, from_carrier: &mpsc::Sender<Inbound>) {
    let mut broken = 0;
    while let Some(Ok(message)) = source.next().await {
        let frame = match message {
            Message::Text(frame) => frame,
            Message::Close(_) => return,
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) => continue,
        };
        match Inbound::parse(&frame) {
            Ok(inbound) => {
                broken = 0;
                if from_carrier.send(inbound).await.is_err() {
                    return;
                }
            }
            Err(FrameError::Format) => return,
            Err(error) => {
                if broken == 0 {
                    warn!(%error, "dropped a frame");
                }
                broken += 1;
                if broken > MAX_BROKEN_FRAMES {
                    warn!("closed a media socket that sends only broken frames");
                    return;
                }
            }
        }
    }
}

async fn carry_out(
    mut sink: SplitSink<WebSocket, Message>,
    mut to_carrier: mpsc::Receiver<Outbound>,
    frames: &Frames,
) {
    while let Some(outbound) = to_carrier.recv().await {
        let frame = match outbound {
            Outbound::Media(slice) => frames.media(&slice),
            Outbound::Mark(name) => frames.mark(&name),
            Outbound::Clear => frames.clear(),
        };
        match timeout(SEND_DEADLINE, sink.send(Message::Text(frame.into()))).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return,
            Err(_) => {
                warn!("the carrier takes no more audio; the stream is given up");
                return;
            }
        }
    }
    if sink.send(Message::Close(None)).await.is_err() {
        info!("the carrier had closed the media socket already");
    }
}
