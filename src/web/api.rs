//! The records of calls, as JSON, for the business's own programs.

mod agents;
mod events;
mod handoffs;
mod promises;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

pub use promises::promises;

use crate::domain::{BusinessId, CallId};
use crate::reception::Reception;
use crate::store::{CallFilter, CallRecord, CallSummary, Store};

use super::Error;
use super::auth::{BearerToken, require_token};

const USUAL_PAGE: u32 = 20;
const LONGEST_PAGE: u32 = 100;

/// The records, behind a bearer token: `GET /api/calls[/{id}]`, `GET /api/handoffs[/{id}]` and
/// `GET /api/handoffs/{id}/briefing`; with `live`, what goes on at the moment.
pub fn router(store: Store, live: Router, token: BearerToken) -> Router {
    Router::new()
        .route("/api/calls", get(list))
        .route("/api/calls/{id}", get(show))
        .merge(handoffs::router())
        .with_state(store)
        .merge(live)
        .fallback(async || Error::new(StatusCode::NOT_FOUND, "there is nothing here"))
        .layer(from_fn_with_state(token, require_token))
}

/// What goes on at the moment: `GET /api/agents`, `POST /api/agents/{business}/{agent}` and `GET /api/events`.
pub fn live(reception: Reception) -> Router {
    Router::new().merge(agents::router()).merge(events::router()).with_state(reception)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    limit: Option<u32>,
    before: Option<CallId>,
    business: Option<BusinessId>,
}

#[derive(Debug, Serialize)]
struct Calls {
    calls: Vec<CallSummary>,
    /// What to pass as `before` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<CallId>,
}

async fn list(
    State(store): State<Store>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Calls>, Error> {
    let Query(page) = page.map_err(|_| {
        let expected = "expected the parameters limit (a number), before (the id of a call) and business";
        Error::new(StatusCode::BAD_REQUEST, expected)
    })?;
    let limit = page.limit.unwrap_or(USUAL_PAGE).clamp(1, LONGEST_PAGE);
    let filter = CallFilter { business: page.business, before: page.before, limit };
    let calls: Vec<_> = store.calls(&filter).await?.iter().map(CallRecord::summary).collect();
    let full = calls.len() == usize::try_from(limit).unwrap_or(usize::MAX);
    let next = calls.last().filter(|_| full).map(|last| last.id);
    Ok(Json(Calls { calls, next }))
}

async fn show(State(store): State<Store>, Path(id): Path<String>) -> Result<Json<CallRecord>, Error> {
    let unknown = || Error::new(StatusCode::NOT_FOUND, "no call has this id");
    let id: CallId = id.parse().map_err(|_| unknown())?;
    store.call(id).await?.map(Json).ok_or_else(unknown)
}
