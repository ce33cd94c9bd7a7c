//! Who can be asked to take calls.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{AgentKey, BusinessId};
use crate::reception::{AgentPresence, Reception};
use crate::web::Error;

pub(super) fn router() -> Router<Reception> {
    Router::new().route("/api/agents", get(agents)).route("/api/agents/{business}/{agent}", post(sign))
}

#[derive(Debug, Serialize)]
struct Agents {
    agents: Vec<AgentPresence>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    signed_on: bool,
}

async fn agents(State(reception): State<Reception>) -> Json<Agents> {
    Json(Agents { agents: reception.handoffs().presence().await })
}

async fn sign(
    State(reception): State<Reception>,
    Path((business, agent)): Path<(String, String)>,
    sign: Result<Json<Sign>, JsonRejection>,
) -> Result<Json<Agents>, Error> {
    let Json(Sign { signed_on }) = sign.map_err(|_| {
        Error::new(StatusCode::BAD_REQUEST, "expected {\"signed_on\": true} or {\"signed_on\": false}")
    })?;
    let (business, agent) = (BusinessId(business), AgentKey(agent));
    let profile = reception.directory().get(&business);
    if profile.is_none_or(|profile| profile.agent(&agent).is_none()) {
        return Err(Error::new(StatusCode::NOT_FOUND, "no profile names this agent"));
    }
    reception.store().sign(&business, &agent, signed_on, Timestamp::now()).await?;
    reception.handoffs().sign_changed().await;
    Ok(agents(State(reception)).await)
}
