//! The door for text messages that people write to the account's number.

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use jiff::Timestamp;
use tracing::error;

use super::{MAX_WEBHOOK_BYTES, Refusal, Signed, twiml};
use crate::reception::{Ledger, Reply};
use crate::telephony::twilio::{self, IncomingMessage, MESSAGE_PATH, Verifier};

const RESOLVED: &str = "Thank you. We have noted that it is resolved.";
const NOT_RESOLVED: &str = "Thank you for telling us. It has been passed on as urgent.";

#[derive(Clone)]
struct Door {
    ledger: Ledger,
    verifier: Verifier,
}

impl FromRef<Door> for Verifier {
    fn from_ref(door: &Door) -> Self {
        door.verifier.clone()
    }
}

/// Makes the route for text messages; whatever is not signed by the carrier gets 403.
pub fn messages(ledger: Ledger, settings: &twilio::Settings) -> Router {
    let verifier = Verifier::new(settings.auth_token.clone(), settings.public_url.clone());
    Router::new()
        .route(MESSAGE_PATH, post(message))
        .layer(DefaultBodyLimit::max(MAX_WEBHOOK_BYTES))
        .with_state(Door { ledger, verifier })
}

/// Takes a message. An answer goes to those only who were asked something, so that no stranger is ever written to.
async fn message(State(door): State<Door>, Signed(form): Signed) -> Result<Response, Refusal> {
    let message = IncomingMessage::parse(&form)?;
    let Some(from) = message.from else { return Ok(twiml(twilio::answer_message(None))) };
    let answer = match door.ledger.take_reply(&from, message.body.expose(), Timestamp::now()).await {
        Ok(Reply::Resolved) => Some(RESOLVED),
        Ok(Reply::NotResolved) => Some(NOT_RESOLVED),
        // To these words the carrier itself answers, and to others nobody waits for an answer.
        Ok(Reply::Stop | Reply::Start | Reply::Other) => None,
        Err(error) => {
            error!(%error, "a text message could not be taken");
            return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response());
        }
    };
    Ok(twiml(twilio::answer_message(answer)))
}
