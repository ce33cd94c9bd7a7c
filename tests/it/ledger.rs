//! What follows a call: who is told what and when, with a real database, a receiver and a carrier on this machine. The
//! clock is the test's own.

use calmline::domain::{
    Answer, Aspect, CallId, CallNote, CallTime, Channel, EscalationReason, Fact, HangupCause, Outcome,
    PhoneNumber, Promise, PromiseId, PromiseState, RootCause, Urgency,
};
use calmline::reception::{CallBacks, Directory, Ledger, Reach, Reply};
use calmline::store::PromiseFilter;
use calmline::telephony::twilio::{self, Backoff, Control, MESSAGE_PATH, SIGNATURE_HEADER, sign};
use calmline::web::api;
use calmline::web::auth::BearerToken;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::outbox::{CALLER, MARIA, Office, Receiver, SAM, business};

/// The office with its ledger and the business's own server.
pub struct Place {
    pub office: Office,
    pub ledger: Ledger,
    server: Receiver,
}

impl Place {
    pub async fn open() -> Self {
        let (server, address) = Receiver::listening().await;
        let office = Office::open(Some(address), None).await;
        let directory = Directory::new([business()]);
        let channels = vec![Channel::Text, Channel::Webhook];
        let ledger = Ledger::new(office.store.clone(), directory, channels, Some(office.outbox.clone()));
        Self { office, ledger, server }
    }

    /// A call that is over, with a promise that is due in an hour.
    pub async fn call(
        &self,
        caller: Option<&str>,
        callback: Option<&str>,
        more: &[Fact],
    ) -> (CallId, PromiseId) {
        let store = &self.office.store;
        let call = self.office.begin_call(caller).await;
        let promise = PromiseId::new(Uuid::now_v7());
        let answer = |value: &str| Answer { value: value.into(), evidence: vec![], confidence: 1.0 };
        let made = Promise {
            id: promise,
            call,
            what: "Call Margaret Hollis back. Her boiler is leaking.".into(),
            owner: "our office".into(),
            callback: callback.map(|number| PhoneNumber::parse(number).unwrap()),
            due: self.office.now + SignedDuration::from_hours(1),
            urgency: Urgency::Normal,
            state: PromiseState::Open,
        };
        let next = "our office will call you back on 415-555-0142 by eleven";
        let note = CallNote {
            recap: "The boiler of Margaret Hollis is leaking.".into(),
            trigger: None,
            states: vec![],
            wanted: None,
            promise: None,
            cause: RootCause::Product,
            fix: String::new(),
            outcome: Outcome::Promised,
        };
        let facts = [
            Fact::Diagnosed { aspect: Aspect::Trigger, answer: answer("your boiler is leaking") },
            Fact::PromiseMade { promise: made },
            Fact::Diagnosed { aspect: Aspect::NextStep, answer: answer(next) },
            Fact::NoteWritten { note },
        ];
        let ended = Fact::Ended { cause: HangupCause::Completed };
        for (seq, fact) in (0..).zip(facts.iter().chain(more).chain([&ended])) {
            store.append(call, seq, CallTime::from_ms(seq * 1000), fact).await.unwrap();
        }
        (call, promise)
    }

    fn call_backs(&self) -> CallBacks {
        let account = twilio::Settings {
            account_sid: "AC1".into(),
            auth_token: "12345".into(),
            api_key: None,
            public_url: "https://voice.example.com".parse().unwrap(),
            api_base_url: self.office.rest.base_url(),
            require_stream_signature: true,
        };
        let control = Control::new(reqwest::Client::new(), &account, Backoff::default());
        let reach = Reach::new(control, Directory::new([business()]), self.office.store.clone(), None);
        CallBacks::new(self.ledger.clone(), reach, account.public_url)
    }

    /// Lets the time pass, a minute at a time.
    pub async fn pass(&mut self, minutes: i64) {
        for _ in 0..=minutes {
            self.ledger.look(self.office.now).await.unwrap();
            self.office.pass(Channel::Text, SignedDuration::ZERO).await;
            self.office.pass(Channel::Webhook, SignedDuration::ZERO).await;
            self.office.now += SignedDuration::from_mins(1);
        }
        self.office.now -= SignedDuration::from_mins(1);
    }

    /// The events that came.
    pub fn bodies(&self) -> Vec<Value> {
        self.server.got().into_iter().map(|(_, body)| serde_json::from_str(&body).unwrap()).collect()
    }

    /// The events that came, each with its minute.
    fn events(&self) -> Vec<(String, String)> {
        let read = |event: Value| {
            let at: Timestamp = event["timestamp"].as_str().unwrap().parse().unwrap();
            (event["type"].as_str().unwrap().to_owned(), at.strftime("%H:%M").to_string())
        };
        self.bodies().into_iter().map(read).collect()
    }

    /// Who was sent a text message that has these words.
    fn texted(&self, words: &str) -> Vec<String> {
        let texts = self.office.texts().into_iter();
        texts.filter(|(_, body)| body.contains(words)).map(|(to, _)| to).collect()
    }

    pub async fn promise(&self, id: PromiseId) -> calmline::store::LedgerEntry {
        self.office.store.promise(id).await.unwrap().unwrap()
    }
}

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

fn events(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|&(kind, at)| (kind.to_owned(), at.to_owned())).collect()
}

#[tokio::test]
async fn the_call_s_note_and_promise_are_told_and_the_caller_gets_the_recap_once() {
    let mut place = Place::open().await;
    place.call(Some(CALLER), Some(CALLER), &[]).await;
    place.pass(3).await;
    assert_eq!(place.events(), events(&[("call.ended", "18:00"), ("promise.created", "18:00")]));
    let ended: Value = serde_json::from_str(&place.server.got()[0].1).unwrap();
    assert_eq!(ended["data"]["note"]["recap"], "The boiler of Margaret Hollis is leaking.");
    let recap = "Thank you for calling Fernwood Heating and Plumbing. You called because your boiler is leaking. Our \
                 office will call you back on 415-555-0142 by eleven. Reply STOP to get no more texts.";
    assert_eq!(place.office.texts(), [(CALLER.to_owned(), recap.to_owned())]);
}

#[tokio::test]
async fn a_promise_nobody_keeps_is_told_to_its_owner_and_then_to_the_lead_each_once() {
    let mut place = Place::open().await;
    let (_, promise) = place.call(Some(CALLER), Some("+14155550199"), &[]).await;
    place.pass(4 * 60).await;
    let told = [
        ("call.ended", "18:00"),
        ("promise.created", "18:00"),
        ("promise.due_soon", "18:45"),
        ("promise.overdue", "19:00"),
        ("promise.escalated", "20:00"),
    ];
    assert_eq!(place.events(), events(&told));
    assert_eq!(place.texted("is due by Mon 11:00 AM. Please call 415-555-0199."), [MARIA]);
    assert_eq!(place.texted("by Mon 11:00 AM is overdue"), [MARIA]);
    assert_eq!(place.texted("is still open"), [SAM]);
    assert_eq!(place.office.texts().len(), 3, "and the caller, who wants to be reached elsewhere, gets none");
    assert!(!place.office.texts().iter().any(|(_, body)| body.contains("Hollis") || body.contains("boiler")));
    assert_eq!(place.promise(promise).await.promise.state, PromiseState::Open);
}

#[tokio::test]
async fn a_promise_that_was_kept_is_reminded_of_no_more_and_the_caller_is_asked_once() {
    let mut place = Place::open().await;
    let (_, promise) = place.call(Some(CALLER), Some(CALLER), &[]).await;
    place.pass(10).await;
    let note = Some("called, all is well".into());
    let now = place.office.now;
    let kept = place.ledger.close(promise, PromiseState::Kept, note.clone(), now).await.unwrap().unwrap();
    assert_eq!((kept.promise.state, kept.closed_at, &kept.note), (PromiseState::Kept, Some(now), &note));
    assert_eq!(place.ledger.close(promise, PromiseState::Broken, None, now).await.unwrap(), None);
    place.pass(180).await;
    let told = [("call.ended", "18:00"), ("promise.created", "18:00"), ("promise.kept", "18:10")];
    assert_eq!(place.events(), events(&told));
    assert_eq!(place.texted("Is it fully resolved? Please reply YES or NO."), [CALLER]);

    let reply = place.ledger.take_reply(&number(CALLER), "Yes, thanks!", place.office.now).await.unwrap();
    assert_eq!(reply, Reply::Resolved);
    let again = place.ledger.take_reply(&number(CALLER), "yes", place.office.now).await.unwrap();
    assert_eq!(again, Reply::Other, "an answer counts once");
    assert!(place.promise(promise).await.answered_at.is_some());
}

#[tokio::test]
async fn a_caller_who_says_no_opens_it_again_as_urgent() {
    let mut place = Place::open().await;
    let (_, promise) = place.call(Some(CALLER), Some(CALLER), &[]).await;
    place.pass(10).await;
    place.ledger.close(promise, PromiseState::Kept, None, place.office.now).await.unwrap();
    place.pass(5).await;
    let reply =
        place.ledger.take_reply(&number(CALLER), "No. It leaks again.", place.office.now).await.unwrap();
    assert_eq!(reply, Reply::NotResolved);
    let entry = place.promise(promise).await;
    assert_eq!((entry.promise.state, entry.promise.urgency), (PromiseState::Open, Urgency::Urgent));
    place.pass(120).await;
    assert_eq!(place.events()[3..], events(&[("promise.reopened", "18:15"), ("promise.escalated", "18:30")]));
    assert_eq!(place.texted("a caller says that it is not resolved"), [MARIA]);
    assert_eq!(place.texted("Is it fully resolved").len(), 1, "nobody is asked twice");
}

#[tokio::test]
async fn the_caller_s_yes_keeps_a_promise_that_is_open() {
    let mut place = Place::open().await;
    let (_, promise) = place.call(Some(CALLER), Some(CALLER), &[]).await;
    place.pass(61).await;
    let now = place.office.now;
    assert_eq!(
        place.ledger.take_reply(&number(CALLER), "perhaps, who knows", now).await.unwrap(),
        Reply::Other
    );
    assert_eq!(place.ledger.take_reply(&number(CALLER), "YES", now).await.unwrap(), Reply::Resolved);
    place.pass(120).await;
    assert_eq!(place.promise(promise).await.promise.state, PromiseState::Kept);
    let told: Vec<_> = place.events().into_iter().map(|(kind, _)| kind).skip(2).collect();
    assert_eq!(told, ["promise.due_soon", "promise.overdue", "promise.answered", "promise.kept"]);
}

#[tokio::test]
async fn no_caller_is_texted_who_cannot_must_not_or_does_not_want_to_be() {
    let danger = [Fact::Escalated { reason: EscalationReason::Threat, turn: None }];
    for (caller, callback, more) in [
        (None, Some(CALLER), &[][..]),
        (Some(CALLER), None, &[][..]),
        (Some(CALLER), Some("+19005550199"), &[][..]),
        (Some(CALLER), Some(CALLER), &danger[..]),
    ] {
        let mut place = Place::open().await;
        let (_, promise) = place.call(caller, callback, more).await;
        place.pass(90).await;
        let texts = place.office.texts();
        assert!(texts.iter().all(|(to, _)| to == MARIA || to == SAM), "{texts:?}");
        assert!(place.promise(promise).await.answered_at.is_some(), "and nobody waits for an answer");
    }
    let mut place = Place::open().await;
    let now = place.office.now;
    assert_eq!(place.ledger.take_reply(&number(CALLER), " Stop. ", now).await.unwrap(), Reply::Stop);
    place.call(Some(CALLER), Some(CALLER), &[]).await;
    place.pass(90).await;
    assert_eq!(place.office.texts().iter().filter(|(to, _)| to == CALLER).count(), 0);
    assert_eq!(place.ledger.take_reply(&number(CALLER), "START", now).await.unwrap(), Reply::Start);
    place.call(Some(CALLER), Some(CALLER), &[]).await;
    place.pass(1).await;
    assert_eq!(place.office.texts().iter().filter(|(to, _)| to == CALLER).count(), 1);
}

#[tokio::test]
async fn nobody_is_asked_at_night_and_nobody_is_told_late_what_was_agreed() {
    let mut place = Place::open().await;
    // Ten at night, when the office is closed until eight.
    place.office.now = "2026-11-24T06:00:00Z".parse().unwrap();
    place.call(Some(CALLER), Some(CALLER), &[]).await;
    place.office.now += SignedDuration::from_hours(3);
    place.pass(7 * 60 + 30).await;
    assert_eq!(place.texted("Thank you for calling"), [] as [&str; 0], "the recap is out of date");
    assert_eq!(place.texted("fully resolved"), [CALLER]);
    let asked = place.office.store.promises(&PromiseFilter::default()).await.unwrap()[0].asked_at.unwrap();
    assert_eq!(asked.strftime("%H:%M").to_string(), "16:00");
}

#[tokio::test]
async fn text_messages_come_in_by_the_carrier_s_signature_alone() {
    const TOKEN: &str = "12345";
    let mut place = Place::open().await;
    let (_, promise) = place.call(Some(CALLER), Some(CALLER), &[]).await;
    place.pass(61).await;
    let settings = twilio::Settings {
        account_sid: "AC1".into(),
        auth_token: TOKEN.into(),
        api_key: None,
        public_url: "https://voice.example.com".parse().unwrap(),
        api_base_url: String::new(),
        require_stream_signature: true,
    };
    let url = serve(calmline::web::twilio::messages(place.ledger.clone(), &settings)).await;
    let post = async |from: &str, body: &str, token: &str| {
        let fields: Vec<(String, String)> =
            [("MessageSid", "SM1"), ("From", from), ("To", "+14155550100"), ("Body", body)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into();
        let signature = sign(&token.into(), &settings.public_url.http(MESSAGE_PATH), &fields);
        let request = reqwest::Client::new().post(format!("{url}{MESSAGE_PATH}")).form(&fields);
        let answer = request.header(SIGNATURE_HEADER, signature).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(post(CALLER, "YES", "54321").await.0, 403);
    let (status, answer) = post("+19005550199", "YES", TOKEN).await;
    assert_eq!((status, answer.contains("<Message>")), (200, false), "a stranger is not answered");
    assert_eq!(place.promise(promise).await.promise.state, PromiseState::Open);
    let (status, answer) = post(CALLER, "YES", TOKEN).await;
    assert!(status == 200 && answer.contains("<Message>Thank you."), "{answer}");
    assert_eq!(place.promise(promise).await.promise.state, PromiseState::Kept);
}

#[tokio::test]
async fn promises_are_listed_and_closed_through_the_api() {
    let place = Place::open().await;
    let (_, promise) = place.call(Some(CALLER), Some(CALLER), &[]).await;
    let router = api::router(
        place.office.store.clone(),
        api::promises(place.call_backs()),
        BearerToken::new(Some("token".into())),
    );
    let url = serve(router).await;
    let client = reqwest::Client::new();
    let list = async |query: &str| -> Value {
        let request = client.get(format!("{url}/api/promises{query}")).bearer_auth("token");
        request.send().await.unwrap().json().await.unwrap()
    };
    let open = list("?state=open&business=heating").await;
    assert_eq!(open["promises"][0]["owner"], "our office");
    assert_eq!(open["promises"][0]["business"], "heating");
    let close = async |how: &str, token: &str| {
        let request = client.post(format!("{url}/api/promises/{promise}/{how}")).bearer_auth(token);
        request.json(&json!({ "note": "done" })).send().await.unwrap().status().as_u16()
    };
    assert_eq!(close("kept", "wrong").await, 401);
    assert_eq!(close("kept", "token").await, 200);
    assert_eq!(close("broken", "token").await, 409);
    assert_eq!(list("?state=open").await["promises"], json!([]));
    assert_eq!(list("?state=kept").await["promises"][0]["note"], "done");
    let unknown =
        client.post(format!("{url}/api/promises/x/kept")).bearer_auth("token").send().await.unwrap();
    assert_eq!(unknown.status().as_u16(), 404);
}

async fn serve(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}")
}
