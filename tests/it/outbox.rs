//! The outbox, with a real database and receivers on this machine that are down, broken, slow or gone. The clock is the
//! test's own.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use calmline::domain::{
    Addressee, AgentKey, Business, BusinessId, CallId, Channel, Notice, NoticeId, NoticeState, PhoneNumber,
};
use calmline::notify::{Chat, SigningSecret, Webhook};
use calmline::reception::{Directory, Outbox, Reach, Senders};
use calmline::store::{NewCall, OutboxFilter, Store};
use calmline::telephony::local::RestApi;
use calmline::telephony::twilio::{self, Backoff, Control};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub const LINE: &str = "+14155550100";
pub const CALLER: &str = "+14155550142";
pub const MARIA: &str = "+14155550171";
pub const SAM: &str = "+14155550172";

/// The example business, with two people.
pub fn business() -> Business {
    let mut business = calmline::config::example("heating").unwrap();
    let agent = |key: &str, number: &str, owns: &[&str], lead| calmline::domain::Agent {
        key: AgentKey(key.into()),
        name: key.into(),
        number: PhoneNumber::parse(number).unwrap(),
        email: None,
        owns: owns.iter().map(|&owner| owner.to_owned()).collect(),
        topics: vec![],
        languages: vec!["en".into()],
        hours: business.hours.clone(),
        on_call: calmline::domain::Hours::default(),
        lead,
    };
    business.agents = vec![agent("maria", MARIA, &["office"], false), agent("sam", SAM, &["manager"], true)];
    business.recap_to_caller = true;
    business
}

/// A database, and everything that sends from it.
pub struct Office {
    pub folder: TempDir,
    pub store: Store,
    pub outbox: Outbox,
    pub rest: RestApi,
    pub now: Timestamp,
}

impl Office {
    pub async fn open(webhook: Option<SocketAddr>, chat: Option<SocketAddr>) -> Self {
        // Another test may have installed it already.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("calls.db")).await.unwrap();
        let rest = RestApi::start("127.0.0.1:0".parse().unwrap(), ACCOUNT, "12345".into()).await.unwrap();
        let settings = twilio::Settings {
            account_sid: ACCOUNT.to_owned(),
            auth_token: "12345".into(),
            api_key: None,
            public_url: "https://voice.example.com".parse().unwrap(),
            api_base_url: rest.base_url(),
            require_stream_signature: true,
        };
        let control = Control::new(reqwest::Client::new(), &settings, Backoff::default());
        let secret = SigningSecret::parse(&SECRET.into()).unwrap();
        let directory = Directory::new([business()]);
        let senders = Senders {
            text: Some(Reach::new(control, directory.clone(), store.clone(), PhoneNumber::parse(LINE).ok())),
            mail: None,
            webhook: webhook.map(|address| Webhook::new(&format!("http://{address}/hook"), secret).unwrap()),
            chat: chat.map(|address| Chat::new(&format!("http://{address}/hook")).unwrap()),
        };
        let outbox = Outbox::new(store.clone(), directory, senders);
        Self { folder, store, outbox, rest, now: "2026-11-23T18:00:00Z".parse().unwrap() }
    }

    pub fn notice(&self, call: CallId, to: Addressee, body: &str) -> Notice {
        Notice {
            id: NoticeId::new(Uuid::now_v7()),
            business: BusinessId("heating".into()),
            call,
            to,
            about: "call.ended".into(),
            body: body.into(),
            made_at: self.now,
            until: self.now + SignedDuration::from_hours(72),
        }
    }

    /// Lets the time pass, and sends what is due at each moment of it.
    pub async fn pass(&mut self, channel: Channel, time: SignedDuration) {
        let until = self.now + time;
        loop {
            while self.outbox.send_due(channel, self.now).await.unwrap() > 0 {}
            match self.store.next_notice_at(channel).await.unwrap() {
                Some(next) if next <= until => self.now = next.max(self.now),
                Some(_) | None => break,
            }
        }
        self.now = until;
    }

    async fn states(&self) -> Vec<NoticeState> {
        let entries = self.store.outbox(&OutboxFilter::default()).await.unwrap();
        entries.into_iter().map(|entry| entry.state).collect()
    }

    pub fn texts(&self) -> Vec<(String, String)> {
        let messages = self.rest.messages();
        messages.iter().map(|sent| (sent.to.expose().to_owned(), sent.body.expose().clone())).collect()
    }

    pub async fn begin_call(&self, caller: Option<&str>) -> CallId {
        let call = CallId::new(Uuid::now_v7());
        let new = NewCall {
            id: call,
            carrier: "twilio".into(),
            carrier_call_id: format!("CA{}", call.uuid().simple()),
            business: BusinessId("heating".into()),
            caller: caller.map(|number| PhoneNumber::parse(number).unwrap()),
            called: None,
            started_at: self.now,
        };
        self.store.begin_call(&new).await.unwrap();
        call
    }
}

/// How a receiver behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Fine,
    /// Takes every message in and then says that it failed, the first time.
    FailsOnce,
    Broken,
    Silent,
    Gone,
    Redirects,
}

/// A receiver of webhooks on this machine.
#[derive(Clone)]
pub struct Receiver {
    mood: Arc<Mutex<Mood>>,
    got: Arc<Mutex<Vec<(String, String)>>>,
    elsewhere: Arc<Mutex<u32>>,
    news: Arc<Notify>,
}

impl Receiver {
    fn new(mood: Mood) -> Self {
        let got = Arc::default();
        Self { mood: Arc::new(Mutex::new(mood)), got, elsewhere: Arc::default(), news: Arc::default() }
    }

    pub async fn listening() -> (Self, SocketAddr) {
        let receiver = Self::new(Mood::Fine);
        let (address, _) = receiver.clone().listen("127.0.0.1:0".parse().unwrap()).await;
        (receiver, address)
    }

    async fn listen(self, address: SocketAddr) -> (SocketAddr, JoinHandle<()>) {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let elsewhere = Arc::clone(&self.elsewhere);
        let router = Router::new()
            .route("/hook", post(receive))
            .with_state(self)
            .route("/elsewhere", post(move || async move { *elsewhere.lock().unwrap() += 1 }));
        (address, tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }))
    }

    fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// The bodies that came, each with its id, in order.
    pub fn got(&self) -> Vec<(String, String)> {
        self.got.lock().unwrap().clone()
    }

    /// The bodies as a receiver that knows duplicates by their ids keeps them.
    fn kept(&self) -> Vec<String> {
        let mut ids = Vec::new();
        let mut kept = Vec::new();
        for (id, body) in self.got() {
            if !ids.contains(&id) {
                ids.push(id);
                kept.push(body);
            }
        }
        kept
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> Response {
    let mood = *receiver.mood.lock().unwrap();
    let text =
        |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let id = text("webhook-id");
    if !id.is_empty() {
        let secret = SigningSecret::parse(&SECRET.into()).unwrap();
        let at = text("webhook-timestamp").parse().unwrap();
        assert_eq!(text("webhook-signature"), secret.sign(&id, at, &body));
        assert_eq!(text("content-type"), "application/json");
    }
    let known = receiver.got().iter().any(|(known, _)| *known == id);
    match mood {
        Mood::Broken => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Mood::Gone => StatusCode::GONE.into_response(),
        Mood::Redirects => {
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/elsewhere")]).into_response()
        }
        Mood::Silent => std::future::pending().await,
        Mood::Fine | Mood::FailsOnce => {
            receiver.got.lock().unwrap().push((id, body));
            receiver.news.notify_one();
            match mood {
                Mood::FailsOnce if !known => StatusCode::BAD_GATEWAY.into_response(),
                _ => StatusCode::NO_CONTENT.into_response(),
            }
        }
    }
}

/// Three calls with four events each, written one after the other.
async fn fill(office: &Office) -> Vec<String> {
    let mut written = Vec::new();
    for place in 0..4 {
        for call in 1..=3 {
            let body = format!("{{\"call\":{call},\"place\":{place}}}");
            let call = CallId::new(Uuid::from_u128(call));
            office.outbox.enqueue(&[office.notice(call, Addressee::Webhook, &body)]).await.unwrap();
            written.push(body);
        }
    }
    written
}

fn assert_all_in_order(mut written: Vec<String>, got: &[String]) {
    let by_call = |bodies: &[String]| {
        let mut calls: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for body in bodies {
            calls.entry(body[..9].to_owned()).or_default().push(body.clone());
        }
        calls
    };
    assert_eq!(by_call(got), by_call(&written));
    let mut got = got.to_vec();
    written.sort();
    got.sort();
    assert_eq!(got, written);
}

#[tokio::test]
async fn a_receiver_that_was_down_for_an_hour_gets_everything_in_order() {
    let (receiver, address) = Receiver::listening().await;
    let down = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = if address == down.local_addr().unwrap() { address } else { down.local_addr().unwrap() };
    drop(down);
    let mut office = Office::open(Some(address), None).await;
    let written = fill(&office).await;
    office.pass(Channel::Webhook, SignedDuration::from_mins(60)).await;
    assert!(receiver.got().is_empty());
    assert_eq!(office.states().await, [NoticeState::Waiting; 12]);
    let heads: Vec<u32> =
        office.store.outbox(&OutboxFilter::default()).await.unwrap().iter().map(|e| e.attempts).collect();
    assert!(heads[..3].iter().all(|tries| (5..=9).contains(tries)) && heads[3..] == [0; 9], "{heads:?}");

    let (_, _listening) = receiver.clone().listen(address).await;
    office.pass(Channel::Webhook, SignedDuration::from_mins(61)).await;
    assert_all_in_order(written, &receiver.kept());
    assert_eq!(receiver.got().len(), 12, "nothing came twice");
    assert_eq!(office.states().await, [NoticeState::Sent; 12]);
}

#[tokio::test]
async fn a_receiver_that_fails_after_taking_a_message_knows_the_second_by_its_id() {
    let (receiver, address) = Receiver::listening().await;
    receiver.is(Mood::FailsOnce);
    let mut office = Office::open(Some(address), None).await;
    let written = fill(&office).await;
    office.pass(Channel::Webhook, SignedDuration::from_mins(5)).await;
    assert_eq!(receiver.got().len(), 24);
    assert_all_in_order(written, &receiver.kept());
}

#[tokio::test]
async fn a_receiver_that_answers_500_for_days_gets_all_when_it_is_mended_in_time() {
    let (receiver, address) = Receiver::listening().await;
    receiver.is(Mood::Broken);
    let mut office = Office::open(Some(address), None).await;
    let written = fill(&office).await;
    office.pass(Channel::Webhook, SignedDuration::from_hours(70)).await;
    receiver.is(Mood::Fine);
    office.pass(Channel::Webhook, SignedDuration::from_hours(2)).await;
    assert_all_in_order(written, &receiver.got().into_iter().map(|(_, body)| body).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_is_not_taken_in_three_days_is_kept_for_a_replay() {
    let (receiver, address) = Receiver::listening().await;
    receiver.is(Mood::Broken);
    let mut office = Office::open(Some(address), None).await;
    let call = CallId::new(Uuid::from_u128(1));
    office.outbox.enqueue(&[office.notice(call, Addressee::Webhook, "{}")]).await.unwrap();
    office.pass(Channel::Webhook, SignedDuration::from_hours(74)).await;
    let entries = office.store.outbox(&OutboxFilter::default()).await.unwrap();
    assert_eq!(entries[0].state, NoticeState::Dead);
    assert!((60..=110).contains(&entries[0].attempts), "{}", entries[0].attempts);
    assert_eq!(entries[0].last_error.as_deref(), Some("it did not take the message: status 500"));

    receiver.is(Mood::Fine);
    assert_eq!(office.store.replay_notices(Some(entries[0].id), office.now).await.unwrap(), 1);
    office.pass(Channel::Webhook, SignedDuration::from_mins(1)).await;
    assert_eq!(receiver.got(), [(entries[0].id.to_string(), "{}".to_owned())]);
    assert_eq!(
        office.store.replay_notices(None, office.now).await.unwrap(),
        0,
        "only the dead are sent again"
    );
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_not_asked_again_and_a_redirect_is_not_followed() {
    for (mood, state) in [(Mood::Gone, NoticeState::Dead), (Mood::Redirects, NoticeState::Waiting)] {
        let (receiver, address) = Receiver::listening().await;
        receiver.is(mood);
        let mut office = Office::open(Some(address), None).await;
        let call = CallId::new(Uuid::from_u128(1));
        office.outbox.enqueue(&[office.notice(call, Addressee::Webhook, "{}")]).await.unwrap();
        office.pass(Channel::Webhook, SignedDuration::from_mins(10)).await;
        assert_eq!(office.states().await, [state]);
        assert_eq!(*receiver.elsewhere.lock().unwrap(), 0);
    }
}

#[tokio::test]
async fn a_receiver_that_never_answers_holds_up_no_other() {
    let (slow, slow_address) = Receiver::listening().await;
    slow.is(Mood::Silent);
    let (chat, chat_address) = Receiver::listening().await;
    let mut office = Office::open(Some(slow_address), Some(chat_address)).await;
    let call = CallId::new(Uuid::from_u128(1));
    let webhook = office.notice(call, Addressee::Webhook, "{}");
    let message = office.notice(call, Addressee::Chat, "<b>a & b</b>");
    office.outbox.enqueue(&[webhook, message]).await.unwrap();
    office.pass(Channel::Chat, SignedDuration::from_secs(1)).await;
    assert_eq!(chat.got()[0].1, r#"{"text":"&lt;b&gt;a &amp; b&lt;/b&gt;"}"#);

    office.outbox.send_due(Channel::Webhook, office.now).await.unwrap();
    let entries = office.store.outbox(&OutboxFilter::default()).await.unwrap();
    assert_eq!((entries[0].state, entries[0].attempts), (NoticeState::Waiting, 1));
    slow.is(Mood::Fine);
    office.pass(Channel::Webhook, SignedDuration::from_mins(1)).await;
    assert_eq!(slow.got().len(), 1);
}

#[tokio::test]
async fn the_worker_wakes_for_what_is_put_in_and_stops_when_told() {
    let (receiver, address) = Receiver::listening().await;
    let office = Office::open(Some(address), None).await;
    let stop = CancellationToken::new();
    let (outbox, stopping) = (office.outbox.clone(), stop.clone());
    let worker = tokio::spawn(async move { outbox.run(&stopping).await });
    let call = CallId::new(Uuid::from_u128(1));
    for _ in 0..3 {
        let fresh = Notice {
            until: Timestamp::now() + SignedDuration::from_hours(1),
            made_at: Timestamp::now(),
            ..office.notice(call, Addressee::Webhook, "{}")
        };
        office.outbox.enqueue(&[fresh]).await.unwrap();
        tokio::time::timeout(Duration::from_secs(10), receiver.news.notified()).await.unwrap();
    }
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(10), worker).await.unwrap().unwrap();
}

#[tokio::test]
async fn the_words_of_what_was_sent_are_forgotten_at_once_and_the_trace_after_a_week() {
    let (_receiver, address) = Receiver::listening().await;
    let mut office = Office::open(Some(address), None).await;
    fill(&office).await;
    office.pass(Channel::Webhook, SignedDuration::from_mins(1)).await;
    assert_eq!(office.store.replay_notices(None, office.now).await.unwrap(), 0);
    office.store.tidy_outbox(office.now + SignedDuration::from_hours(6 * 24)).await.unwrap();
    assert_eq!(office.states().await.len(), 12);
    office.store.tidy_outbox(office.now + SignedDuration::from_hours(8 * 24)).await.unwrap();
    assert_eq!(office.states().await.len(), 0);
}

#[tokio::test]
async fn what_nobody_sends_is_given_up_when_it_is_worth_nothing_any_more() {
    let office = Office::open(None, None).await;
    let call = CallId::new(Uuid::from_u128(1));
    office.outbox.enqueue(&[office.notice(call, Addressee::Webhook, "{}")]).await.unwrap();
    assert_eq!(office.store.tidy_outbox(office.now).await.unwrap(), 0);
    assert_eq!(office.store.tidy_outbox(office.now + SignedDuration::from_hours(73)).await.unwrap(), 1);
    assert_eq!(office.states().await, [NoticeState::Dead]);
}

#[tokio::test]
async fn texts_go_to_the_caller_s_own_number_and_to_the_profile_s_and_nowhere_else() {
    let mut office = Office::open(None, None).await;
    let known = office.begin_call(Some(CALLER)).await;
    let withheld = office.begin_call(None).await;
    let notices = [
        office.notice(known, Addressee::CallerByText, "to the caller"),
        office.notice(known, Addressee::AgentByText(AgentKey("maria".into())), "to maria"),
        office.notice(known, Addressee::AgentByText(AgentKey("+19005550199".into())), "to a stranger"),
        office.notice(withheld, Addressee::CallerByText, "to nobody"),
    ];
    office.outbox.enqueue(&notices).await.unwrap();
    office.pass(Channel::Text, SignedDuration::from_secs(1)).await;
    let mut texts = office.texts();
    texts.sort();
    assert_eq!(texts, [(CALLER.into(), "to the caller".into()), (MARIA.into(), "to maria".into())]);
    let dead = NoticeState::Dead;
    assert_eq!(office.states().await, [NoticeState::Sent, NoticeState::Sent, dead, dead]);

    office.store.stop_texts(&PhoneNumber::parse(CALLER).unwrap(), office.now).await.unwrap();
    office.outbox.enqueue(&[office.notice(known, Addressee::CallerByText, "unwanted")]).await.unwrap();
    office.pass(Channel::Text, SignedDuration::from_secs(1)).await;
    assert_eq!(office.texts().len(), 2);
}
