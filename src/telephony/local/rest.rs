use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::domain::Pii;
use crate::telephony::twilio::Form;

/// The carrier's REST interface, as far as a server uses it: ends and redirects calls, and takes messages.
#[derive(Debug)]
pub struct RestApi {
    address: SocketAddr,
    switchboard: Arc<Switchboard>,
    server: JoinHandle<()>,
}

/// A text message that the server wanted sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMessage {
    /// To whom.
    pub to: Pii<String>,
    /// From which line.
    pub from: Pii<String>,
    /// The words.
    pub body: Pii<String>,
}

/// What the server wants done with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Complete,
    Instructions(String),
    Fetch(String),
}

/// The calls on the line.
#[derive(Debug)]
pub(super) struct Switchboard {
    account_sid: String,
    auth_token: SecretString,
    calls: Mutex<HashMap<String, UnboundedSender<Command>>>,
    messages: Mutex<Vec<SentMessage>>,
}

/// A call's place at the switchboard; it is given up when dropped.
pub(super) struct Place {
    switchboard: Arc<Switchboard>,
    sid: String,
    pub(super) commands: UnboundedReceiver<Command>,
}

impl RestApi {
    /// Starts to serve at an address; port 0 takes any that is free.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(address: SocketAddr, account_sid: &str, auth_token: SecretString) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let switchboard = Arc::new(Switchboard {
            account_sid: account_sid.to_owned(),
            auth_token,
            calls: Mutex::default(),
            messages: Mutex::default(),
        });
        let router = Router::new()
            .route("/2010-04-01/Accounts/{account}/Calls/{call}", post(update_call))
            .route("/2010-04-01/Accounts/{account}/Messages.json", post(create_message))
            .layer(DefaultBodyLimit::max(64 * 1024))
            .with_state(Arc::clone(&switchboard));
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::warn!(%error, "the simulated carrier's REST interface has stopped");
            }
        });
        Ok(Self { address, switchboard, server })
    }

    /// The base address to configure the server with.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The messages taken so far.
    pub fn messages(&self) -> Vec<SentMessage> {
        lock(&self.switchboard.messages).clone()
    }

    pub(super) fn switchboard(&self) -> Arc<Switchboard> {
        Arc::clone(&self.switchboard)
    }
}

impl Drop for RestApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Switchboard {
    pub(super) fn connect(self: &Arc<Self>, sid: &str) -> Place {
        let (sender, commands) = unbounded_channel();
        lock(&self.calls).insert(sid.to_owned(), sender);
        Place { switchboard: Arc::clone(self), sid: sid.to_owned(), commands }
    }

    fn admits(&self, account: &str, headers: &HeaderMap) -> bool {
        let credentials = format!("{}:{}", self.account_sid, self.auth_token.expose_secret());
        let expected = format!("Basic {}", STANDARD.encode(credentials));
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        account == self.account_sid && given == Some(expected.as_str())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.switchboard.calls).remove(&self.sid);
    }
}

type Answer = (StatusCode, String);

async fn update_call(
    State(switchboard): State<Arc<Switchboard>>,
    Path((account, call)): Path<(String, String)>,
    headers: HeaderMap,
    body: String,
) -> Answer {
    let sid = call.trim_end_matches(".json");
    if !switchboard.admits(&account, &headers) {
        return problem(StatusCode::UNAUTHORIZED, 20003);
    }
    let Ok(form) = Form::parse(body.as_bytes()) else { return problem(StatusCode::BAD_REQUEST, 21218) };
    let command = match (form.get("Status"), form.get("Twiml"), form.get("Url")) {
        (Some("completed"), _, _) => Command::Complete,
        (_, Some(twiml), _) => Command::Instructions(twiml.to_owned()),
        (_, _, Some(url)) => Command::Fetch(url.to_owned()),
        _ => return problem(StatusCode::BAD_REQUEST, 21218),
    };
    let line = lock(&switchboard.calls).get(sid).cloned();
    match line.map(|line| line.send(command)) {
        Some(Ok(())) => (StatusCode::OK, serde_json::json!({ "sid": sid }).to_string()),
        Some(Err(_)) | None => problem(StatusCode::NOT_FOUND, 20404),
    }
}

async fn create_message(
    State(switchboard): State<Arc<Switchboard>>,
    Path(account): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Answer {
    if !switchboard.admits(&account, &headers) {
        return problem(StatusCode::UNAUTHORIZED, 20003);
    }
    let Ok(form) = Form::parse(body.as_bytes()) else { return problem(StatusCode::BAD_REQUEST, 21602) };
    let (Some(to), Some(from), Some(text)) = (form.get("To"), form.get("From"), form.get("Body")) else {
        return problem(StatusCode::BAD_REQUEST, 21602);
    };
    let mut messages = lock(&switchboard.messages);
    messages.push(SentMessage { to: to.into(), from: from.into(), body: text.into() });
    (StatusCode::CREATED, serde_json::json!({ "sid": format!("SM{:032x}", messages.len()) }).to_string())
}

fn problem(status: StatusCode, code: u32) -> Answer {
    (status, serde_json::json!({ "status": status.as_u16(), "code": code, "message": "refused" }).to_string())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
