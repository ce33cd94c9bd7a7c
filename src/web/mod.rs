//! The doors: webhooks, media socket, API.
//!
//! Invariant: whoever comes in is known, by signature or by token, or gets nothing but health. It deliberately
//! decides nothing about a call.

pub mod api;
pub mod auth;
pub mod health;
pub mod notes;
pub mod twilio;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::store::StoreError;

/// An answer that is no success, as `{"error": …}`; it says nothing of what lies inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    status: StatusCode,
    message: String,
}

impl Error {
    /// An error the one who asked can understand and mend.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "a request could not be answered");
        match error {
            StoreError::Unavailable(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "the records cannot be read just now")
            }
            StoreError::Contradiction
            | StoreError::Unreadable { .. }
            | StoreError::File(_)
            | StoreError::Migration(_) => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the record cannot be read")
            }
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.message }))).into_response()
    }
}
