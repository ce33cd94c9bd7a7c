//! What callers were promised.

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{BusinessId, Pii, PromiseId, PromiseState};
use crate::reception::Ledger;
use crate::store::{LedgerEntry, PromiseFilter};
use crate::web::Error;

/// `GET /api/promises[/{id}]` and `POST /api/promises/{id}/kept` and `/broken`.
pub fn promises(ledger: Ledger) -> Router {
    Router::new()
        .route("/api/promises", get(list))
        .route("/api/promises/{id}", get(show))
        .route("/api/promises/{id}/kept", post(kept))
        .route("/api/promises/{id}/broken", post(broken))
        .with_state(ledger)
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

async fn list(
    State(ledger): State<Ledger>,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Json<Promises>, Error> {
    let Query(Which { business, state }) = which.map_err(|_| {
        let expected = "expected the parameters business and state (open, kept or broken)";
        Error::new(StatusCode::BAD_REQUEST, expected)
    })?;
    let promises = ledger.store().promises(&PromiseFilter { business, state }).await?;
    Ok(Json(Promises { promises }))
}

async fn show(State(ledger): State<Ledger>, Path(id): Path<String>) -> Result<Json<LedgerEntry>, Error> {
    find(&ledger, &id).await.map(Json)
}

async fn kept(
    State(ledger): State<Ledger>,
    Path(id): Path<String>,
    closing: Result<Json<Closing>, JsonRejection>,
) -> Result<Json<LedgerEntry>, Error> {
    close(&ledger, &id, PromiseState::Kept, closing).await
}

async fn broken(
    State(ledger): State<Ledger>,
    Path(id): Path<String>,
    closing: Result<Json<Closing>, JsonRejection>,
) -> Result<Json<LedgerEntry>, Error> {
    close(&ledger, &id, PromiseState::Broken, closing).await
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
