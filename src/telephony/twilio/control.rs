use std::future::Future;
use std::time::Duration;

use rand::Rng as _;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{CallSid, Settings};
use crate::domain::PhoneNumber;

const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Moves calls and sends messages through the carrier's REST interface.
///
/// Ending or redirecting a call twice is the same as once, so both are repeated on every passing fault. A message is
/// repeated only where the carrier certainly did not take it: when no connection came about, or it answered 429.
#[derive(Debug, Clone)]
pub struct Control {
    client: Client,
    account_sid: String,
    user: String,
    secret: SecretString,
    api_base_url: String,
    backoff: Backoff,
}

/// How long to wait between attempts, and how many to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The pause after the first failure; each later one is twice as long, give or take a quarter.
    pub first: Duration,
    /// The longest pause, also when the carrier asks for a longer one.
    pub longest: Duration,
    /// The number of attempts, the first included.
    pub attempts: u32,
}

/// Says why the carrier did not do as told, by what can be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// The account's id or secret is wrong.
    #[error("the carrier refused the account's credentials")]
    Unauthorized,
    /// The call is over, or was never there.
    #[error("the carrier knows no such call in progress")]
    CallGone,
    /// The request will never be taken as it is.
    #[error("the carrier refused the request with status {status}, code {code:?}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The carrier's own code, explained in its documentation.
        code: Option<u32>,
    },
    /// The carrier could not be reached, or was not able to; nothing was done, and it may be tried again later.
    #[error("the carrier cannot be reached at present")]
    Unavailable,
    /// No answer came to what was sent; it may have been done, so it was not repeated.
    #[error("the carrier gave no answer; the message may or may not have been sent")]
    Uncertain,
}

/// What to do when the outcome of an attempt is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WhenUnsure {
    Repeat,
    Stop,
}

/// How one attempt ended.
#[derive(Debug, PartialEq, Eq)]
enum Attempt {
    Done,
    Failed(ControlError),
    /// Certainly not done.
    NotDone {
        retry_after: Option<Duration>,
    },
    /// Perhaps done.
    Unsure {
        retry_after: Option<Duration>,
    },
}

#[derive(Deserialize)]
struct Problem {
    code: Option<u32>,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_millis(500), longest: Duration::from_secs(10), attempts: 4 }
    }
}

impl Control {
    /// Makes a control over the process's HTTP client.
    pub fn new(client: Client, settings: &Settings, backoff: Backoff) -> Self {
        let (user, secret) = match &settings.api_key {
            Some(key) => (&key.sid, &key.secret),
            None => (&settings.account_sid, &settings.auth_token),
        };
        Self {
            client,
            account_sid: settings.account_sid.clone(),
            user: user.clone(),
            secret: secret.clone(),
            api_base_url: settings.api_base_url.trim_end_matches('/').to_owned(),
            backoff,
        }
    }

    /// Ends a call; one that is over already counts as ended.
    ///
    /// # Errors
    /// When the carrier refuses or cannot be reached.
    pub async fn hang_up(&self, call: &CallSid) -> Result<(), ControlError> {
        match self.update_call(call, &[("Status", "completed")]).await {
            Err(ControlError::CallGone) => Ok(()),
            outcome => outcome,
        }
    }

    /// Gives a call in progress other instructions at once.
    ///
    /// # Errors
    /// When the call is gone, or the carrier refuses or cannot be reached.
    pub async fn redirect(&self, call: &CallSid, twiml: &str) -> Result<(), ControlError> {
        self.update_call(call, &[("Twiml", twiml)]).await
    }

    /// Sends a text message.
    ///
    /// # Errors
    /// When the carrier refuses or cannot be reached, or [`ControlError::Uncertain`] when it may have been sent.
    pub async fn send_message(
        &self,
        to: &PhoneNumber,
        from: &PhoneNumber,
        body: &str,
    ) -> Result<(), ControlError> {
        let fields = [("To", to.expose()), ("From", from.expose()), ("Body", body)];
        self.post("Messages.json", &fields, WhenUnsure::Stop).await
    }

    async fn update_call(&self, call: &CallSid, fields: &[(&str, &str)]) -> Result<(), ControlError> {
        self.post(&format!("Calls/{call}.json"), fields, WhenUnsure::Repeat).await
    }

    async fn post(
        &self,
        resource: &str,
        fields: &[(&str, &str)],
        unsure: WhenUnsure,
    ) -> Result<(), ControlError> {
        let url = format!("{}/2010-04-01/Accounts/{}/{resource}", self.api_base_url, self.account_sid);
        repeat(self.backoff, unsure, || async {
            let request = self
                .client
                .post(&url)
                .basic_auth(&self.user, Some(self.secret.expose_secret()))
                .timeout(REQUEST_TIMEOUT)
                .form(fields);
            match request.send().await {
                Ok(response) => judge(response).await,
                Err(error) if error.is_connect() => Attempt::NotDone { retry_after: None },
                Err(error) if error.is_builder() => Attempt::Failed(ControlError::Unavailable),
                Err(_) => Attempt::Unsure { retry_after: None },
            }
        })
        .await
    }
}

async fn judge(response: reqwest::Response) -> Attempt {
    let status = response.status();
    if status.is_success() {
        return Attempt::Done;
    }
    let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = asked.and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Attempt::NotDone { retry_after };
    }
    if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
        return Attempt::Unsure { retry_after };
    }
    // Only the code is kept: the carrier's message repeats telephone numbers.
    let code = response.json::<Problem>().await.ok().and_then(|problem| problem.code);
    Attempt::Failed(match (status, code) {
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => ControlError::Unauthorized,
        // 20404: no such resource; 21220: the call is not in progress.
        (StatusCode::NOT_FOUND, _) | (_, Some(20404 | 21220)) => ControlError::CallGone,
        _ => ControlError::Refused { status: status.as_u16(), code },
    })
}

async fn repeat<F, R>(backoff: Backoff, unsure: WhenUnsure, mut attempt: F) -> Result<(), ControlError>
where
    F: FnMut() -> R,
    R: Future<Output = Attempt>,
{
    let mut pause = backoff.first;
    for made in 1.. {
        let retry_after = match attempt().await {
            Attempt::Done => return Ok(()),
            Attempt::Failed(error) => return Err(error),
            Attempt::Unsure { .. } if unsure == WhenUnsure::Stop => return Err(ControlError::Uncertain),
            Attempt::NotDone { retry_after } | Attempt::Unsure { retry_after } => retry_after,
        };
        if made >= backoff.attempts {
            break;
        }
        let spread = rand::rng().random_range(0.75..1.25);
        let wait = retry_after.unwrap_or_else(|| pause.mul_f64(spread)).min(backoff.longest);
        tokio::time::sleep(wait).await;
        pause = (pause * 2).min(backoff.longest);
    }
    Err(ControlError::Unavailable)
}

#[cfg(test)]
mod tests;
