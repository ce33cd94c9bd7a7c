//! The door to the records: a token that the business sets.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Error;

/// Lets in whoever presents the token as `Authorization: Bearer …`, and nobody while there is no token.
#[derive(Debug, Clone)]
pub struct BearerToken(Option<SecretString>);

impl BearerToken {
    /// The token that opens the door, if there is one.
    pub const fn new(token: Option<SecretString>) -> Self {
        Self(token)
    }

    fn admits(&self, request: &Request) -> Result<(), Error> {
        let Some(token) = &self.0 else {
            let how = "the API is closed; start the server with CALMLINE_API_TOKEN set to open it";
            return Err(Error::new(StatusCode::FORBIDDEN, how));
        };
        let presented = request
            .headers()
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, presented)| presented.trim());
        // Digests are compared, so that the time taken tells nothing of the token, not even its length.
        let digest = |text: &str| Sha256::digest(text.as_bytes());
        match presented {
            Some(presented) if digest(presented).ct_eq(&digest(token.expose_secret())).into() => Ok(()),
            Some(_) | None => {
                Err(Error::new(StatusCode::UNAUTHORIZED, "expected the API token as a bearer token"))
            }
        }
    }
}

/// Refuses requests without the token: 403 while there is none, 401 when it is wrong.
///
/// # Errors
/// With the refusal.
pub async fn require_token(
    State(token): State<BearerToken>,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    token.admits(&request)?;
    Ok(next.run(request).await)
}
