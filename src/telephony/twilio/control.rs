use std::future::Future;
use std::time::Duration;

use rand::Rng as _;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{CallSid, CallStatus, ConferenceSid, Settings};
use crate::domain::PhoneNumber;

const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Places, moves and ends calls and sends messages through the carrier's REST interface.
///
/// Asking twice or ending twice is the same as once, so both are repeated on every passing fault. Everything else is repeated only where the carrier certainly did not take it: when no connection came about, or it answered
/// 429. A second dialling rings twice, a second message is read twice, and a second redirection takes a party out of
/// the very conference that the first has put them into.
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
    /// The call or conference is over, or was never there.
    #[error("the carrier knows no such call or conference in progress")]
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
    #[error("the carrier gave no answer; what was asked for may or may not have been done")]
    Uncertain,
}

/// An agent's leg to be dialled.
#[derive(Debug, Clone, Copy)]
pub struct Dial<'a> {
    /// Whom: a number of the business's profile, never one that came in with a call.
    pub to: &'a PhoneNumber,
    /// The business's line, which the agent sees calling.
    pub from: &'a PhoneNumber,
    /// Asked for instructions when somebody or something answers.
    pub answer_url: &'a str,
    /// Told of `initiated`, `ringing`, `in-progress` and the end, as a [`StatusCallback`](super::StatusCallback).
    pub status_url: &'a str,
    /// Told whether a person or a machine answered, as a [`MachineCallback`](super::MachineCallback).
    pub amd_url: &'a str,
    /// How long it may ring, rounded up to seconds. On some routes the carrier adds up to 5 s of its own, so whoever
    /// needs the leg to stop ringing in time ends it with [`Control::hang_up`].
    pub ring_for: Duration,
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
    /// Done; with what the answer tells of it.
    Done(Resource),
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

/// What is read of the carrier's answer.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
struct Resource {
    sid: Option<String>,
    status: Option<String>,
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

    /// Dials an agent's leg and returns its id; what happens on it comes to the three addresses.
    ///
    /// Whether a machine answers is found out while the leg's instructions run already: a person would hang up on the
    /// seconds of silence that waiting for it takes. So the first sentence that is said must suit a machine too.
    ///
    /// # Errors
    /// When the carrier refuses or cannot be reached, or [`ControlError::Uncertain`] when it may be ringing: the leg's
    /// callbacks, which carry its id, tell.
    pub async fn dial(&self, dial: &Dial<'_>) -> Result<CallSid, ControlError> {
        let timeout = dial.ring_for.as_secs_f64().ceil().to_string();
        let fields = [
            ("To", dial.to.expose()),
            ("From", dial.from.expose()),
            ("Url", dial.answer_url),
            ("Method", "POST"),
            ("StatusCallback", dial.status_url),
            ("StatusCallbackMethod", "POST"),
            ("StatusCallbackEvent", "initiated"),
            ("StatusCallbackEvent", "ringing"),
            ("StatusCallbackEvent", "answered"),
            ("StatusCallbackEvent", "completed"),
            ("Timeout", &timeout),
            ("MachineDetection", "Enable"),
            ("AsyncAmd", "true"),
            ("AsyncAmdStatusCallback", dial.amd_url),
            ("AsyncAmdStatusCallbackMethod", "POST"),
        ];
        let call = self.post("Calls.json", &fields, WhenUnsure::Stop).await?;
        call.sid.and_then(|sid| sid.parse().ok()).ok_or(ControlError::Uncertain)
    }

    /// Asks how a call stands: for when its callbacks may have been lost.
    ///
    /// # Errors
    /// When the carrier knows no such call, refuses or cannot be reached.
    pub async fn status(&self, call: &CallSid) -> Result<CallStatus, ControlError> {
        let call = self.send(Method::GET, &call_resource(call), &[], WhenUnsure::Repeat).await?;
        call.status.and_then(|status| status.parse().ok()).ok_or(ControlError::Unavailable)
    }

    /// Ends a call, whether it waits, rings or goes on; one that is over already counts as ended.
    ///
    /// # Errors
    /// When the carrier refuses or cannot be reached.
    pub async fn hang_up(&self, call: &CallSid) -> Result<(), ControlError> {
        // `canceled` would spare a call that has been answered meanwhile; `completed` ends it in every state.
        let ended = self.post(&call_resource(call), &[("Status", "completed")], WhenUnsure::Repeat).await;
        gone_is_fine(ended)
    }

    /// Gives a call in progress other instructions at once.
    ///
    /// # Errors
    /// When the call is gone, or the carrier refuses or cannot be reached, or [`ControlError::Uncertain`] when it may
    /// have been done.
    pub async fn redirect(&self, call: &CallSid, twiml: &str) -> Result<(), ControlError> {
        self.post(&call_resource(call), &[("Twiml", twiml)], WhenUnsure::Stop).await.map(|_| ())
    }

    /// Says something to all who are in a conference: what the instructions at `url` say.
    ///
    /// # Errors
    /// When the conference is gone, or the carrier refuses or cannot be reached, or [`ControlError::Uncertain`] when it
    /// may have been said.
    pub async fn announce(&self, conference: &ConferenceSid, url: &str) -> Result<(), ControlError> {
        let fields = [("AnnounceUrl", url), ("AnnounceMethod", "POST")];
        self.post(&conference_resource(conference), &fields, WhenUnsure::Stop).await.map(|_| ())
    }

    /// Ends a conference, so that everybody in it goes on with what follows it in their instructions; one that is over
    /// already counts as ended.
    ///
    /// # Errors
    /// When the carrier refuses or cannot be reached.
    pub async fn end_conference(&self, conference: &ConferenceSid) -> Result<(), ControlError> {
        let fields = [("Status", "completed")];
        gone_is_fine(self.post(&conference_resource(conference), &fields, WhenUnsure::Repeat).await)
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
        self.post("Messages.json", &fields, WhenUnsure::Stop).await.map(|_| ())
    }

    async fn post(
        &self,
        resource: &str,
        fields: &[(&str, &str)],
        unsure: WhenUnsure,
    ) -> Result<Resource, ControlError> {
        self.send(Method::POST, resource, fields, unsure).await
    }

    async fn send(
        &self,
        method: Method,
        resource: &str,
        fields: &[(&str, &str)],
        unsure: WhenUnsure,
    ) -> Result<Resource, ControlError> {
        let url = format!("{}/2010-04-01/Accounts/{}/{resource}", self.api_base_url, self.account_sid);
        repeat(self.backoff, unsure, || async {
            let request = self
                .client
                .request(method.clone(), &url)
                .basic_auth(&self.user, Some(self.secret.expose_secret()))
                .timeout(REQUEST_TIMEOUT);
            let request = if method == Method::GET { request } else { request.form(fields) };
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

fn call_resource(call: &CallSid) -> String {
    format!("Calls/{call}.json")
}

fn conference_resource(conference: &ConferenceSid) -> String {
    format!("Conferences/{conference}.json")
}

fn gone_is_fine(ended: Result<Resource, ControlError>) -> Result<(), ControlError> {
    match ended {
        Ok(_) | Err(ControlError::CallGone) => Ok(()),
        Err(error) => Err(error),
    }
}

async fn judge(response: reqwest::Response) -> Attempt {
    let status = response.status();
    if status.is_success() {
        return Attempt::Done(response.json().await.unwrap_or_default());
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

async fn repeat<F, R>(backoff: Backoff, unsure: WhenUnsure, mut attempt: F) -> Result<Resource, ControlError>
where
    F: FnMut() -> R,
    R: Future<Output = Attempt>,
{
    let mut pause = backoff.first;
    for made in 1.. {
        let retry_after = match attempt().await {
            Attempt::Done(resource) => return Ok(resource),
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
