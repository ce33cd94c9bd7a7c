//! The doors of the legs of agents who call somebody back.

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use jiff::Timestamp;
use tracing::error;

use super::agents::leg_event;
use super::{MAX_WEBHOOK_BYTES, Refusal, Signed, twiml};
use crate::domain::{CallBackId, CallBackOutcome};
use crate::reception::{CallBackOrder, CallBacks, LegEvent};
use crate::store::StoreError;
use crate::telephony::twilio::{
    self, CALL_BACK_BRIEFED_PATH, CALL_BACK_ENDED_PATH, CALL_BACK_KEY_PATH, CALL_BACK_MACHINE_PATH,
    CALL_BACK_PATH, CALL_BACK_SETTLED_PATH, CALL_BACK_STATUS_PATH, CallSid, DialEnded, Gathered,
    MachineCallback, PublicUrl, StatusCallback, Verifier,
};

const WHAT_TO_PRESS: &str = "Press 1 to call them now, 2 to leave it for later, or 9 to hear it again.";
const CALLING: &str = "One moment, they are being called.";
const SETTLED: &str = "Press 1 if it is settled, or 2 if it stays open.";

#[derive(Clone)]
struct Door {
    call_backs: CallBacks,
    verifier: Verifier,
    public_url: PublicUrl,
}

impl FromRef<Door> for Verifier {
    fn from_ref(door: &Door) -> Self {
        door.verifier.clone()
    }
}

/// Makes the routes of call-backs; whatever is not signed by the carrier gets 403.
pub fn call_backs(call_backs: CallBacks, settings: &twilio::Settings) -> Router {
    let public_url = settings.public_url.clone();
    let verifier = Verifier::new(settings.auth_token.clone(), public_url.clone());
    Router::new()
        .route(CALL_BACK_PATH, post(answered))
        .route(CALL_BACK_BRIEFED_PATH, post(briefed))
        .route(CALL_BACK_KEY_PATH, post(key))
        .route(CALL_BACK_ENDED_PATH, post(ended))
        .route(CALL_BACK_SETTLED_PATH, post(settled))
        .route(CALL_BACK_STATUS_PATH, post(status))
        .route(CALL_BACK_MACHINE_PATH, post(machine))
        .layer(DefaultBodyLimit::max(MAX_WEBHOOK_BYTES))
        .with_state(Door { call_backs, verifier, public_url })
}

async fn answered(
    State(door): State<Door>,
    Path(id): Path<String>,
    Signed(form): Signed,
) -> Result<Response, Refusal> {
    let news = StatusCallback::parse(&form)?;
    Ok(door.ask_leg(&id, &news.call_sid, LegEvent::Answered).await)
}

async fn briefed(
    State(door): State<Door>,
    Path(id): Path<String>,
    Signed(form): Signed,
) -> Result<Response, Refusal> {
    let news = StatusCallback::parse(&form)?;
    Ok(door.ask_leg(&id, &news.call_sid, LegEvent::Briefed).await)
}

async fn key(
    State(door): State<Door>,
    Path(id): Path<String>,
    Signed(form): Signed,
) -> Result<Response, Refusal> {
    let gathered = Gathered::parse(&form)?;
    Ok(door.ask_leg(&id, &gathered.call_sid, leg_event(gathered.choice())).await)
}

/// The caller could not be reached, or the talk is over.
async fn ended(
    State(door): State<Door>,
    Path(id): Path<String>,
    Signed(form): Signed,
) -> Result<Response, Refusal> {
    let news = DialEnded::parse(&form)?;
    let Ok(known) = id.parse() else { return Ok(over()) };
    let order = door.call_backs.called(known, &news, Timestamp::now()).await;
    Ok(door.follow(known, order))
}

async fn settled(
    State(door): State<Door>,
    Path(id): Path<String>,
    Signed(form): Signed,
) -> Result<Response, Refusal> {
    let gathered = Gathered::parse(&form)?;
    let Ok(known) = id.parse() else { return Ok(over()) };
    let what = leg_event(gathered.choice());
    let order = door.call_backs.settled(known, &gathered.call_sid, what, Timestamp::now()).await;
    Ok(door.follow(known, order))
}

async fn status(
    State(door): State<Door>,
    Path(id): Path<String>,
    Signed(form): Signed,
) -> Result<StatusCode, Refusal> {
    let news = StatusCallback::parse(&form)?;
    let Ok(id) = id.parse() else { return Ok(StatusCode::NO_CONTENT) };
    Ok(taken(door.call_backs.leg_status(id, &news.call_sid, news.status, Timestamp::now()).await))
}

async fn machine(
    State(door): State<Door>,
    Path(id): Path<String>,
    Signed(form): Signed,
) -> Result<StatusCode, Refusal> {
    let news = MachineCallback::parse(&form)?;
    let Ok(id) = id.parse() else { return Ok(StatusCode::NO_CONTENT) };
    if !news.answered_by.is_machine() {
        return Ok(StatusCode::NO_CONTENT);
    }
    Ok(taken(door.call_backs.machine(id, &news.call_sid, Timestamp::now()).await))
}

impl Door {
    async fn ask_leg(&self, id: &str, sid: &CallSid, what: LegEvent) -> Response {
        let Ok(known) = id.parse() else { return over() };
        self.follow(known, self.call_backs.leg(known, sid, what, Timestamp::now()).await)
    }

    fn follow(&self, id: CallBackId, order: Result<CallBackOrder, StoreError>) -> Response {
        let order = match order {
            Ok(order) => order,
            Err(error) => return failed(&error).into_response(),
        };
        let url = |path: &str| self.public_url.http(&twilio::path_for(path, id));
        twiml(match order {
            CallBackOrder::Brief { words } => {
                let words = format!("{words} {WHAT_TO_PRESS}");
                twilio::brief_agent(&words, &url(CALL_BACK_KEY_PATH), &url(CALL_BACK_BRIEFED_PATH))
            }
            CallBackOrder::Ask => twilio::ask_agent(WHAT_TO_PRESS, &url(CALL_BACK_KEY_PATH)),
            CallBackOrder::CallOut { to, from } => {
                twilio::call_out(CALLING, &to, &from, &url(CALL_BACK_ENDED_PATH))
            }
            CallBackOrder::AskSettled => twilio::ask_agent(SETTLED, &url(CALL_BACK_SETTLED_PATH)),
            CallBackOrder::Leave(outcome) => twilio::say_and_hangup(farewell(outcome)),
        })
    }
}

fn over() -> Response {
    twiml(twilio::say_and_hangup(farewell(None)))
}

fn taken(done: Result<(), StoreError>) -> StatusCode {
    done.map_or_else(|error| failed(&error), |()| StatusCode::NO_CONTENT)
}

fn failed(error: &StoreError) -> StatusCode {
    error!(%error, "news of a call-back could not be taken");
    StatusCode::SERVICE_UNAVAILABLE
}

const fn farewell(outcome: Option<CallBackOutcome>) -> &'static str {
    match outcome {
        Some(CallBackOutcome::Kept) => "Thank you. The promise is kept. Goodbye.",
        Some(CallBackOutcome::StillOpen | CallBackOutcome::Declined) => {
            "All right, the promise stays open. Goodbye."
        }
        Some(CallBackOutcome::CallerNoAnswer) => "Nobody answers. The promise stays open. Goodbye.",
        Some(CallBackOutcome::CallerBusy) => "The line is busy. The promise stays open. Goodbye.",
        Some(CallBackOutcome::CallerFailed) => {
            "The number could not be connected. The promise stays open. Goodbye."
        }
        Some(CallBackOutcome::NoKey) => "No key was pressed, so nobody is called. Goodbye.",
        Some(CallBackOutcome::Closed) => "The promise was closed meanwhile. Goodbye.",
        Some(
            CallBackOutcome::HungUp
            | CallBackOutcome::Voicemail
            | CallBackOutcome::AgentNoAnswer
            | CallBackOutcome::AgentBusy
            | CallBackOutcome::AgentFailed
            | CallBackOutcome::NotDialled
            | CallBackOutcome::Lost,
        )
        | None => "This call is over. Goodbye.",
    }
}
