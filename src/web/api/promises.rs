//! What callers were promised.

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{AgentKey, BusinessId, CallBack, Pii, PromiseId, PromiseState};
use crate::reception::{CallBackError, CallBacks, Ledger, ReachError};
use crate::store::{LedgerEntry, PromiseFilter};
use crate::web::Error;

/// `GET /api/promises[/{id}]` and `POST /api/promises/{id}/kept`, `/broken` and `/call`.
pub fn promises(call_backs: CallBacks) -> Router {
    Router::new()
        .route("/api/promises", get(list))
        .route("/api/promises/{id}", get(show))
        .route("/api/promises/{id}/call", post(call))
        .route("/api/promises/{id}/kept", post(kept))
        .route("/api/promises/{id}/broken", post(broken))
        .with_state(call_backs)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    business: Option<BusinessId>,
    state: Option<PromiseState>,
}

#[derive(Debug, Serialize)]
struct Promises {
    promises: Vec<LedgerEntry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Closing {
    note: Option<Pii<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Calling {
    agent: Option<AgentKey>,
}

async fn list(
    State(call_backs): State<CallBacks>,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Json<Promises>, Error> {
    let Query(Which { business, state }) = which.map_err(|_| {
        let expected = "expected the parameters business and state (open, kept or broken)";
        Error::new(StatusCode::BAD_REQUEST, expected)
    })?;
    let promises = call_backs.ledger().store().promises(&PromiseFilter { business, state }).await?;
    Ok(Json(Promises { promises }))
}

async fn show(
    State(call_backs): State<CallBacks>,
    Path(id): Path<String>,
) -> Result<Json<LedgerEntry>, Error> {
    find(call_backs.ledger(), &id).await.map(Json)
}

async fn kept(
    State(call_backs): State<CallBacks>,
    Path(id): Path<String>,
    closing: Result<Json<Closing>, JsonRejection>,
) -> Result<Json<LedgerEntry>, Error> {
    close(call_backs.ledger(), &id, PromiseState::Kept, closing).await
}

async fn broken(
    State(call_backs): State<CallBacks>,
    Path(id): Path<String>,
    closing: Result<Json<Closing>, JsonRejection>,
) -> Result<Json<LedgerEntry>, Error> {
    close(call_backs.ledger(), &id, PromiseState::Broken, closing).await
}

/// Has an agent rung who is then connected with the caller.
async fn call(
    State(call_backs): State<CallBacks>,
    Path(id): Path<String>,
    calling: Result<Json<Calling>, JsonRejection>,
) -> Result<(StatusCode, Json<CallBack>), Error> {
    let agent = match calling {
        Ok(Json(calling)) => calling.agent,
        Err(JsonRejection::MissingJsonContentType(_)) => None,
        Err(_) => return Err(Error::new(StatusCode::BAD_REQUEST, "expected {\"agent\": \"…\"} or nothing")),
    };
    let promise = id.parse().map_err(|_| Error::from(CallBackError::Unknown))?;
    let begun = call_backs.order(promise, agent.as_ref(), Timestamp::now()).await?;
    Ok((StatusCode::ACCEPTED, Json(begun)))
}

impl From<CallBackError> for Error {
    fn from(error: CallBackError) -> Self {
        let status = match &error {
            CallBackError::Unknown => StatusCode::NOT_FOUND,
            CallBackError::NoSuchAgent { .. } => StatusCode::BAD_REQUEST,
            CallBackError::Closed
            | CallBackError::Withheld { .. }
            | CallBackError::Elsewhere { .. }
            | CallBackError::NoNumber
            | CallBackError::NoBusiness
            | CallBackError::NobodyStands { .. }
            | CallBackError::NobodyFree { .. }
            | CallBackError::Busy { .. }
            | CallBackError::Underway
            | CallBackError::NotDialled(ReachError::NoLine) => StatusCode::CONFLICT,
            CallBackError::NotDialled(_) => StatusCode::BAD_GATEWAY,
            CallBackError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        if let CallBackError::Store(error) = error {
            return error.into();
        }
        let by_hand = error.by_hand().map(|number| format!("; call {} by hand", number.expose()));
        Self::new(status, format!("{error}{}", by_hand.unwrap_or_default()))
    }
}

async fn find(ledger: &Ledger, id: &str) -> Result<LedgerEntry, Error> {
    let unknown = || Error::new(StatusCode::NOT_FOUND, "no promise has this id");
    let id: PromiseId = id.parse().map_err(|_| unknown())?;
    ledger.store().promise(id).await?.ok_or_else(unknown)
}

async fn close(
    ledger: &Ledger,
    id: &str,
    state: PromiseState,
    closing: Result<Json<Closing>, JsonRejection>,
) -> Result<Json<LedgerEntry>, Error> {
    let note = match closing {
        Ok(Json(closing)) => closing.note,
        Err(JsonRejection::MissingJsonContentType(_)) => None,
        Err(_) => return Err(Error::new(StatusCode::BAD_REQUEST, "expected {\"note\": \"…\"} or nothing")),
    };
    let entry = find(ledger, id).await?;
    let closed = ledger.close(entry.promise.id, state, note, Timestamp::now()).await?;
    closed.map(Json).ok_or_else(|| Error::new(StatusCode::CONFLICT, "the promise is closed already"))
}
