//! Telling people outside: signed webhooks, chat messages, mail.
//!
//! Invariant: nothing goes anywhere but to an address of the configuration or of a profile, no redirect is followed,
//! no answer is read, and every attempt ends in time. It deliberately tries nothing twice and remembers nothing.

mod chat;
mod mail;
mod webhook;

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode, Url};

pub use chat::Chat;
pub use mail::{Login, Mail, MailSettings, Tls};
pub use webhook::{SigningSecret, Webhook};

/// How long one attempt may take; the Standard Webhooks specification recommends 15 to 30 s.
const ATTEMPT: Duration = Duration::from_secs(15);

/// Why a message was not taken, by what can be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotifyError {
    /// The receiver could not be reached or gave no answer in time; it may have taken the message all the same.
    #[error("it cannot be reached at present")]
    Unavailable,
    /// The receiver answered that it did not take the message; it may take it later.
    #[error("it did not take the message: status {status}")]
    NotTaken {
        /// The HTTP status or SMTP code.
        status: u16,
        /// How long it asked to be left alone.
        retry_after: Option<Duration>,
    },
    /// The receiver will never take this message.
    #[error("it refused the message for good: status {status}")]
    Refused {
        /// The HTTP status or SMTP code.
        status: u16,
    },
    /// The message cannot be written down as it would have to be: a mail address is none.
    #[error("the message cannot be addressed")]
    Unaddressable,
}

/// Why a sender cannot be set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// The signing secret is none.
    #[error(
        "expected a secret that begins with whsec_ and goes on with 24 to 64 bytes in base64; `echo whsec_$(openssl rand \
         -base64 32)` makes one"
    )]
    Secret,
    /// An address is none.
    #[error("expected a web address such as https://hooks.example.com/calls")]
    Address,
    /// The sender's mail address is none.
    #[error("expected a mail address such as calls@example.com, or \"Calls <calls@example.com>\"")]
    From,
    /// TLS or the HTTP client cannot be set up.
    #[error("secure connections cannot be set up")]
    Tls,
}

fn client() -> Result<Client, StartError> {
    let client = Client::builder().redirect(Policy::none()).timeout(ATTEMPT).user_agent("calmline");
    client.build().map_err(|_| StartError::Tls)
}

fn address(text: &str) -> Result<Url, StartError> {
    let url = Url::parse(text).map_err(|_| StartError::Address)?;
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    web.then_some(url).ok_or(StartError::Address)
}

/// Posts, and judges the answer by its status; `refusals` are those after which trying again is in vain.
async fn post(request: RequestBuilder, refusals: &[StatusCode]) -> Result<(), NotifyError> {
    let response = request.send().await.map_err(|_| NotifyError::Unavailable)?;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    if refusals.contains(&status) {
        return Err(NotifyError::Refused { status: status.as_u16() });
    }
    let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = asked.and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
    Err(NotifyError::NotTaken { status: status.as_u16(), retry_after })
}
