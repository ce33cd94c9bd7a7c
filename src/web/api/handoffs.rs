//! Handoffs, and what agents are told.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{LONGEST_PAGE, USUAL_PAGE};
use crate::domain::{Briefing, BusinessId, HandoffId};
use crate::store::{HandoffFilter, HandoffRecord, Store};
use crate::web::Error;

pub(super) fn router() -> Router<Store> {
    Router::new()
        .route("/api/handoffs", get(list))
        .route("/api/handoffs/{id}", get(show))
        .route("/api/handoffs/{id}/briefing", get(briefing))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    limit: Option<u32>,
    business: Option<BusinessId>,
    since: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct Handoffs {
    handoffs: Vec<HandoffRecord>,
}

async fn list(
    State(store): State<Store>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Handoffs>, Error> {
    let Query(page) = page.map_err(|_| {
        let expected = "expected the parameters limit (a number), business, and since (a time such as 2026-11-22T08:00:00Z)";
        Error::new(StatusCode::BAD_REQUEST, expected)
    })?;
    let limit = page.limit.unwrap_or(USUAL_PAGE).clamp(1, LONGEST_PAGE);
    let filter = HandoffFilter { business: page.business, since: page.since, limit };
    Ok(Json(Handoffs { handoffs: store.handoffs(&filter).await? }))
}

async fn show(State(store): State<Store>, Path(id): Path<String>) -> Result<Json<HandoffRecord>, Error> {
    store.handoff(known(&id)?).await?.map(Json).ok_or_else(unknown)
}

async fn briefing(State(store): State<Store>, Path(id): Path<String>) -> Result<Json<Briefing>, Error> {
    store.briefing(known(&id)?).await?.map(Json).ok_or_else(unknown)
}

fn known(id: &str) -> Result<HandoffId, Error> {
    id.parse().map_err(|_| unknown())
}

fn unknown() -> Error {
    Error::new(StatusCode::NOT_FOUND, "no handoff has this id")
}
