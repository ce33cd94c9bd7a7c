use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::agent::{Agent, AgentLeg};
use super::conference::RoomNews;
use super::exchange::form;
use super::instructions::Verb;
use super::leg::{Order, dial};
use super::switchboard::{Command, Disturbance, Switchboard, lock};
use crate::domain::{PhoneNumber, Pii};
use crate::telephony::twilio::Form;

/// The carrier's REST interface, as far as a server uses it: places, ends and redirects calls and tells how they stand,
/// speaks into conferences and ends them, and takes messages.
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

/// A request that the server made, whether it was granted or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestRequest {
    /// When, by the carrier's own clock.
    pub at: Duration,
    /// The method, such as `POST`.
    pub method: String,
    /// The address below the base, such as `/2010-04-01/Accounts/AC…/Calls.json`.
    pub path: String,
    /// The fields, in the order in which they came.
    pub form: Pii<Vec<(String, String)>>,
    /// The HTTP status of the answer.
    pub status: u16,
}

impl RestApi {
    /// Starts to serve at an address; port 0 takes any that is free.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(address: SocketAddr, account_sid: &str, auth_token: SecretString) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let switchboard = Arc::new(Switchboard::new(account_sid, auth_token));
        let router = Router::new()
            .route("/{*resource}", post(answer).get(answer))
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

    /// From now on somebody has this number and behaves like that; any other number cannot be connected.
    pub fn employ(&self, number: &PhoneNumber, agent: Agent) {
        lock(&self.switchboard.agents).insert(number.expose().to_owned(), agent);
    }

    /// From now on callbacks go astray.
    pub fn disturb(&self, disturbance: Disturbance) {
        self.switchboard.disturb(disturbance);
    }

    /// The legs dialled so far, in order, and what went on at their far ends.
    pub fn legs(&self) -> Vec<AgentLeg> {
        lock(&self.switchboard.legs).clone()
    }

    /// The messages taken so far.
    pub fn messages(&self) -> Vec<SentMessage> {
        lock(&self.switchboard.messages).clone()
    }

    /// All requests made so far, in order.
    pub fn requests(&self) -> Vec<RestRequest> {
        lock(&self.switchboard.requests).clone()
    }

    pub(super) fn switchboard(&self) -> Arc<Switchboard> {
        Arc::clone(&self.switchboard)
    }
}

impl Drop for RestApi {
    fn drop(&mut self) {
        self.server.abort();
        self.switchboard.close();
    }
}

type Answer = (StatusCode, String);

async fn answer(
    State(switchboard): State<Arc<Switchboard>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Answer {
    let at = switchboard.now();
    let form = Form::parse(body.as_bytes());
    let answer = match &form {
        Ok(form) => grant(&switchboard, &method, uri.path(), &headers, form),
        Err(_) => problem(StatusCode::BAD_REQUEST, 21218),
    };
    let fields = form.map(|form| form.fields().to_vec()).unwrap_or_default();
    let (method, path, status) = (method.to_string(), uri.path().to_owned(), answer.0.as_u16());
    lock(&switchboard.requests).push(RestRequest { at, method, path, form: fields.into(), status });
    answer
}

fn grant(
    switchboard: &Arc<Switchboard>,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    form: &Form,
) -> Answer {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let ["2010-04-01", "Accounts", account, resource @ ..] = &parts[..] else {
        return problem(StatusCode::NOT_FOUND, 20404);
    };
    if !admits(switchboard, account, headers) {
        return problem(StatusCode::UNAUTHORIZED, 20003);
    }
    let json = |name: &&str| name.strip_suffix(".json").map(str::to_owned);
    match resource {
        ["Calls", call] if method == Method::GET => {
            let status = json(call).and_then(|sid| Some((switchboard.status(&sid)?, sid)));
            status.map_or_else(gone, |(status, sid)| {
                (StatusCode::OK, json!({ "sid": sid, "status": status.as_str() }).to_string())
            })
        }
        _ if method == Method::GET => gone(),
        ["Calls.json"] => create_call(switchboard, form),
        ["Calls", call] => json(call).map_or_else(gone, |sid| update_call(switchboard, &sid, form)),
        ["Conferences", room] => {
            json(room).map_or_else(gone, |sid| update_conference(switchboard, &sid, form))
        }
        ["Messages.json"] => create_message(switchboard, form),
        _ => gone(),
    }
}

fn admits(switchboard: &Switchboard, account: &str, headers: &HeaderMap) -> bool {
    let credentials = format!("{}:{}", switchboard.account_sid, switchboard.auth_token.expose_secret());
    let expected = format!("Basic {}", STANDARD.encode(credentials));
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    account == switchboard.account_sid && given == Some(expected.as_str())
}

fn create_call(switchboard: &Arc<Switchboard>, form: &Form) -> Answer {
    match order(form) {
        Ok(order) => match dial(switchboard, order) {
            Some(sid) => created(&json!({ "sid": sid, "status": "queued" })),
            None => problem(StatusCode::SERVICE_UNAVAILABLE, 20503),
        },
        Err(code) => problem(StatusCode::BAD_REQUEST, code),
    }
}

/// Reads an order for a call, or the carrier's code for what is wrong with it.
fn order(form: &Form) -> Result<Order, u32> {
    let number = |name, missing: u32, invalid: u32| {
        let text = form.get(name).ok_or(missing)?;
        PhoneNumber::parse(text).map_err(|_| invalid)
    };
    let address = |name, invalid: u32| match form.get(name) {
        Some(url) if url.starts_with("http://") || url.starts_with("https://") => Ok(Some(url.to_owned())),
        Some(_) => Err(invalid),
        None => Ok(None),
    };
    let all = |name: &str| {
        let fields = form.fields().iter().filter(|(field, _)| field == name);
        fields.map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    let is_one_of =
        |name: &str, values: &[&str]| all(name).iter().all(|value| values.contains(&value.as_str()));
    let known = is_one_of("StatusCallbackEvent", &["initiated", "ringing", "answered", "completed"])
        && is_one_of("MachineDetection", &["Enable", "DetectMessageEnd"])
        && is_one_of("AsyncAmd", &["true", "false"]);
    let posted = ["Method", "StatusCallbackMethod", "AsyncAmdStatusCallbackMethod"];
    if !known || !posted.iter().all(|name| is_one_of(name, &["POST"])) {
        return Err(21218);
    }
    let timeout = form.get("Timeout").map_or(Ok(60), str::parse).map_err(|_| 21218_u32)?;
    if timeout > 600 {
        return Err(21218);
    }
    let machine_url = address("AsyncAmdStatusCallback", 21218)?;
    Ok(Order {
        to: number("To", 21201, 21211)?,
        from: number("From", 21213, 21212)?,
        url: address("Url", 21205)?.ok_or(21205_u32)?,
        news_url: address("StatusCallback", 21609)?,
        events: all("StatusCallbackEvent"),
        timeout: Duration::from_secs(timeout),
        machine_url: machine_url.filter(|_| form.get("MachineDetection").is_some()),
    })
}

fn update_call(switchboard: &Switchboard, sid: &str, form: &Form) -> Answer {
    let command = match (form.get("Status"), form.get("Twiml"), form.get("Url")) {
        (Some("completed"), _, _) => Command::Complete,
        (_, Some(twiml), _) => Command::Instructions(twiml.to_owned()),
        (_, _, Some(url)) => Command::Fetch(url.to_owned()),
        _ => return problem(StatusCode::BAD_REQUEST, 21218),
    };
    let calls = lock(&switchboard.calls);
    let Some(line) = calls.get(sid) else { return gone() };
    if !line.answered && command != Command::Complete {
        return problem(StatusCode::BAD_REQUEST, 21220);
    }
    match line.commands.send(command) {
        Ok(()) => (StatusCode::OK, json!({ "sid": sid }).to_string()),
        Err(_) => gone(),
    }
}

fn update_conference(switchboard: &Arc<Switchboard>, sid: &str, form: &Form) -> Answer {
    let mut rooms = lock(&switchboard.rooms);
    let Some(name) = rooms.iter().find(|(_, room)| room.sid == sid).map(|(name, _)| name.clone()) else {
        return gone();
    };
    match (form.get("Status"), form.get("AnnounceUrl")) {
        (Some("completed"), _) => {
            if let Some(mut room) = rooms.remove(&name) {
                room.close(&switchboard.account_sid, &name);
            }
        }
        (None, Some(url)) => {
            let (board, url) = (Arc::clone(switchboard), url.to_owned());
            switchboard.spawn(async move { announce(&board, &name, &url).await });
        }
        (_, _) => return problem(StatusCode::BAD_REQUEST, 21218),
    }
    (StatusCode::OK, json!({ "sid": sid }).to_string())
}

async fn announce(switchboard: &Switchboard, name: &str, url: &str) {
    let Some(exchange) = lock(&switchboard.exchange).clone() else { return };
    let conference = lock(&switchboard.rooms).get(name).map(|room| room.sid.clone()).unwrap_or_default();
    let fields = form(&[
        ("AccountSid", &switchboard.account_sid),
        ("ConferenceSid", &conference),
        ("FriendlyName", name),
    ]);
    for verb in exchange.ask(url, &fields).await.unwrap_or_default() {
        if let (Verb::Say(text), Some(room)) = (verb, lock(&switchboard.rooms).get(name)) {
            room.send_all(&RoomNews::Announced(text.into()));
        }
    }
}

fn create_message(switchboard: &Switchboard, form: &Form) -> Answer {
    let (Some(to), Some(from), Some(text)) = (form.get("To"), form.get("From"), form.get("Body")) else {
        return problem(StatusCode::BAD_REQUEST, 21602);
    };
    let mut messages = lock(&switchboard.messages);
    messages.push(SentMessage { to: to.into(), from: from.into(), body: text.into() });
    created(&json!({ "sid": format!("SM{:032x}", messages.len()) }))
}

fn created(resource: &serde_json::Value) -> Answer {
    (StatusCode::CREATED, resource.to_string())
}

fn gone() -> Answer {
    problem(StatusCode::NOT_FOUND, 20404)
}

fn problem(status: StatusCode, code: u32) -> Answer {
    (status, json!({ "status": status.as_u16(), "code": code, "message": "refused" }).to_string())
}
