//! Calling callers back: an agent is rung, told whom they are to call, and connected with the caller, through the real
//! webhooks and REST with a real database; agents and callers are at the far end of a simulated carrier.

use std::process::Command;
use std::time::Duration;

use calmline::domain::{
    AgentKey, Briefing, CallBack, CallBackId, CallBackOutcome, CallId, Called, Digit, EscalationReason,
    HandoffFact, HandoffId, HandoffRequest, OfferId, PhoneNumber, PromiseId, PromiseState, Urgency,
};
use calmline::reception::{CallBackError, CallBacks, Directory, Ledger, Reach};
use calmline::store::{HandoffEntry, Journal, LedgerEntry, Store, StoredHandoffFact};
use calmline::telephony::local::{Agent, AgentLeg, Carrier, Disturbance, LegEvent, Settings};
use calmline::telephony::twilio::{self, Backoff, CallStatus, Control, PublicUrl};
use calmline::web::{api, auth::BearerToken};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::interval;
use uuid::Uuid;

use super::ledger::Place;
use super::outbox::{ACCOUNT, CALLER, LINE, MARIA, SAM, business};
use crate::support::client;
use crate::support::hurry::Hurry;

const SECOND: Duration = Duration::from_secs(1);
const ELSEWHERE: &str = "+14155550199";
const TOKEN: &str = "12345";

/// The office, with doors that the carrier reaches.
struct World {
    place: Place,
    call_backs: CallBacks,
    url: String,
    server: JoinHandle<()>,
    _carrier: Carrier,
    clock: Clock,
}

/// Databases are opened in real time, because they take what they take; telephones ring in time that hurries.
struct Clock(Option<Hurry>);

impl Clock {
    fn hurrying() -> Self {
        tokio::time::pause();
        Self(Some(Hurry::up()))
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.0 = None;
        tokio::time::resume();
    }
}

fn account(place: &Place) -> twilio::Settings {
    twilio::Settings {
        account_sid: ACCOUNT.to_owned(),
        auth_token: TOKEN.into(),
        api_key: None,
        public_url: public_url(),
        api_base_url: place.office.rest.base_url(),
        require_stream_signature: true,
    }
}

fn public_url() -> PublicUrl {
    "https://voice.example.com".parse().unwrap()
}

/// What a process makes of what there is: the doors, on a database that is opened anew.
fn process(place: &Place, store: Store, listener: TcpListener) -> (CallBacks, JoinHandle<()>) {
    let account = account(place);
    let control = Control::new(client(), &account, Backoff::default());
    let directory = Directory::new([business()]);
    let channels = vec![calmline::domain::Channel::Webhook];
    let reach = Reach::new(control, directory.clone(), store.clone(), Some(number(LINE)));
    let ledger = Ledger::new(store.clone(), directory, channels, None);
    let call_backs = CallBacks::new(ledger, reach, public_url());
    let router = calmline::web::twilio::call_backs(call_backs.clone(), &account).merge(api::router(
        store,
        api::promises(call_backs.clone()),
        BearerToken::new(Some("token".into())),
    ));
    (call_backs, tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }))
}

impl World {
    async fn open() -> Self {
        let place = Place::open().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server_address = listener.local_addr().unwrap();
        let (call_backs, server) = process(&place, place.office.store.clone(), listener);
        let settings = Settings {
            account_sid: ACCOUNT.to_owned(),
            auth_token: TOKEN.into(),
            public_url: public_url(),
            server: server_address,
        };
        let carrier = Carrier::new(settings, client(), &place.office.rest);
        let url = format!("http://{server_address}");
        Self { place, call_backs, url, server, _carrier: carrier, clock: Clock::hurrying() }
    }

    /// The process dies, and another takes its place.
    async fn restart(mut self) -> Self {
        self.server.abort();
        drop(self.clock);
        let store = Store::open(&self.place.office.folder.path().join("calls.db")).await.unwrap();
        let address = self.url.trim_start_matches("http://").to_owned();
        let mut tick = interval(Duration::from_millis(5));
        let mut bound = TcpListener::bind(&address).await;
        while bound.is_err() {
            tick.tick().await;
            bound = TcpListener::bind(&address).await;
        }
        (self.call_backs, self.server) = process(&self.place, store, bound.unwrap());
        Self { clock: Clock::hurrying(), ..self }
    }

    fn employ(&self, to: &str, agent: Agent) {
        self.place.office.rest.employ(&number(to), agent);
    }

    async fn promise(&self) -> PromiseId {
        self.place.call(Some(CALLER), Some(CALLER), &[]).await.1
    }

    async fn order(&self, promise: PromiseId, agent: Option<&str>) -> Result<CallBack, CallBackError> {
        let agent = agent.map(|key| AgentKey(key.into()));
        self.call_backs.order(promise, agent.as_ref(), self.place.office.now).await
    }

    /// Waits until the attempt is over, and for what the carrier still has to tell.
    async fn over(&self, promise: PromiseId) -> (LedgerEntry, CallBack) {
        let mut tick = interval(SECOND);
        let mut quiet = 0;
        loop {
            tick.tick().await;
            let entry = self.place.promise(promise).await;
            let last = entry.call_backs.last().cloned().unwrap();
            let legs = self.legs();
            let over = last.ended_at.is_some() && legs.iter().all(|leg| leg.status().is_some());
            quiet = if over { quiet + 1 } else { 0 };
            if quiet == 6 {
                return (entry, last);
            }
        }
    }

    async fn until(&self, to: &str, wanted: LegEvent) {
        let mut tick = interval(SECOND / 2);
        while self.legs_to(to).first().is_none_or(|leg| leg.time(|event| *event == wanted).is_none()) {
            tick.tick().await;
        }
    }

    fn legs(&self) -> Vec<AgentLeg> {
        self.place.office.rest.legs()
    }

    fn legs_to(&self, to: &str) -> Vec<AgentLeg> {
        self.legs().into_iter().filter(|leg| leg.to == number(to)).collect()
    }

    /// What an agent was told.
    fn told(&self, to: &str) -> Vec<String> {
        let told = |(_, event): &(Duration, LegEvent)| match event {
            LegEvent::Began { text } => Some(text.expose().clone()),
            _ => None,
        };
        self.legs_to(to).iter().flat_map(|leg| leg.entries.iter().filter_map(told)).collect()
    }
}

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

fn key(key: char) -> Digit {
    Digit::new(key).unwrap()
}

/// Somebody who answers and calls back.
fn calls_back() -> Agent {
    Agent::answering(2 * SECOND).pressing(key('1'), 12 * SECOND)
}

#[tokio::test]
async fn a_talk_that_settles_it_keeps_the_promise() {
    let mut world = World::open().await;
    let promise = world.promise().await;
    world.employ(MARIA, calls_back().pressing(key('1'), SECOND));
    world.employ(CALLER, Agent::answering(3 * SECOND).hanging_up(72 * SECOND));
    let begun = world.order(promise, None).await.unwrap();
    assert_eq!((&begun.agent.0[..], begun.outcome), ("maria", None));
    let (entry, call_back) = world.over(promise).await;

    assert_eq!(call_back.outcome, Some(CallBackOutcome::Kept));
    assert_eq!((call_back.called, call_back.talked_s), (Some(Called::Talked), 72));
    assert_eq!(entry.promise.state, PromiseState::Kept);
    assert_eq!(entry.note.unwrap().expose(), "call-back of 1 min 12 s");
    let [to_maria, to_caller] = &world.legs()[..] else { panic!("{:#?}", world.legs()) };
    assert_eq!((&to_maria.to, &to_maria.from), (&number(MARIA), &number(LINE)));
    assert_eq!((&to_caller.to, &to_caller.from), (&number(CALLER), &number(LINE)));
    let told = world.told(MARIA);
    let recap = "maria: a call-back for Fernwood Heating and Plumbing. The caller says their boiler is leaking. It was \
                 promised by Monday, 11:00 AM. Press 1 to call them now, 2 to leave it for later, or 9 to hear it again.";
    assert_eq!(told[..2], [recap, "One moment, they are being called."]);
    assert_eq!(told.last().unwrap(), "Thank you. The promise is kept. Goodbye.");
    world.place.office.now = Timestamp::now() + SignedDuration::from_mins(1);
    world.place.pass(0).await;
    let kept = world.place.bodies().into_iter().find(|event| event["type"] == "promise.kept").unwrap();
    assert_eq!(kept["data"]["call_backs"][0]["outcome"], "kept");
    assert_eq!(kept["data"]["call_backs"][0]["talked_s"], 72);
    assert_eq!(kept["data"]["note"], "call-back of 1 min 12 s");
}

#[tokio::test]
async fn whoever_hangs_up_after_a_talk_has_settled_it_and_after_a_word_has_not() {
    use CallBackOutcome::{Kept, StillOpen};
    let talks = |seconds: u32| Agent::answering(SECOND).hanging_up(seconds * SECOND);
    let cases = [
        (calls_back().leaving(40 * SECOND), Agent::answering(SECOND), Kept, 40),
        (calls_back().leaving(10 * SECOND), Agent::answering(SECOND), StillOpen, 10),
        (calls_back(), talks(35), Kept, 35),
        (calls_back(), talks(5), StillOpen, 5),
        (calls_back().pressing(key('1'), SECOND), talks(5), Kept, 5),
        (calls_back().pressing(key('2'), SECOND), talks(40), StillOpen, 40),
    ];
    for (agent, caller, outcome, seconds) in cases {
        let world = World::open().await;
        let promise = world.promise().await;
        let silent = agent == calls_back();
        world.employ(MARIA, agent);
        world.employ(CALLER, caller);
        world.order(promise, None).await.unwrap();
        let (entry, call_back) = world.over(promise).await;
        assert_eq!((call_back.outcome, call_back.talked_s), (Some(outcome), seconds));
        if silent {
            assert_eq!(world.told(MARIA)[2], "Press 1 if it is settled, or 2 if it stays open.");
        }
        let state = if outcome == Kept { PromiseState::Kept } else { PromiseState::Open };
        assert_eq!(entry.promise.state, state);
    }
}

#[tokio::test]
async fn a_caller_who_is_not_reached_leaves_the_promise_open_with_the_attempt_on_record() {
    use CallBackOutcome::{CallerBusy, CallerFailed, CallerNoAnswer};
    let cases = [
        (Agent::absent(), CallerNoAnswer, "Nobody answers. The promise stays open. Goodbye."),
        (Agent::busy(), CallerBusy, "The line is busy. The promise stays open. Goodbye."),
        (
            Agent::unreachable(),
            CallerFailed,
            "The number could not be connected. The promise stays open. Goodbye.",
        ),
    ];
    let world = World::open().await;
    let promise = world.promise().await;
    for (caller, outcome, words) in cases {
        world.employ(MARIA, calls_back());
        world.employ(CALLER, caller);
        world.order(promise, None).await.unwrap();
        let (entry, call_back) = world.over(promise).await;
        assert_eq!((call_back.outcome, entry.promise.state), (Some(outcome), PromiseState::Open));
        assert_eq!(world.told(MARIA).last().unwrap(), words);
    }
    let shown = client().get(format!("{}/api/promises/{promise}", world.url)).bearer_auth("token");
    let shown: Value = shown.send().await.unwrap().json().await.unwrap();
    let outcomes: Vec<&Value> =
        shown["call_backs"].as_array().unwrap().iter().map(|made| &made["outcome"]).collect();
    assert_eq!(outcomes, ["caller_no_answer", "caller_busy", "caller_failed"]);
}

#[tokio::test]
async fn nobody_is_rung_where_no_agent_presses_one() {
    use CallBackOutcome::{AgentBusy, AgentFailed, AgentNoAnswer, Declined, HungUp, NoKey, Voicemail};
    let person = || Agent::answering(SECOND);
    let cases = [
        (person().pressing(key('2'), 3 * SECOND), Declined),
        (person(), NoKey),
        (person().saying("yes, one, please", 20 * SECOND).pressing(key('2'), 5 * SECOND), Declined),
        (person().hanging_up(4 * SECOND), HungUp),
        (Agent::machine(SECOND), Voicemail),
        (Agent::absent(), AgentNoAnswer),
        (Agent::busy(), AgentBusy),
        (Agent::unreachable(), AgentFailed),
    ];
    let world = World::open().await;
    let promise = world.promise().await;
    world.employ(CALLER, Agent::answering(SECOND));
    for (agent, outcome) in cases {
        world.employ(MARIA, agent);
        world.order(promise, None).await.unwrap();
        let (entry, call_back) = world.over(promise).await;
        assert_eq!((call_back.outcome, entry.promise.state), (Some(outcome), PromiseState::Open));
    }
    assert_eq!(world.legs_to(CALLER), []);
}

#[tokio::test]
async fn only_the_number_somebody_called_from_is_ever_dialled() {
    let world = World::open().await;
    world.employ(MARIA, calls_back());
    let withheld =
        "the caller withheld their number, and Calmline calls no number but the one somebody called from";
    let elsewhere = "the caller wants to be called on another number, and Calmline calls none but the one somebody \
                     called from";
    let cases = [
        (None, Some(ELSEWHERE), withheld, Some(ELSEWHERE)),
        (None, None, withheld, None),
        (Some(CALLER), Some(ELSEWHERE), elsewhere, Some(ELSEWHERE)),
        (Some(CALLER), None, "the caller left no number to be called on", None),
    ];
    for (caller, callback, message, by_hand) in cases {
        let (_, promise) = world.place.call(caller, callback, &[]).await;
        let error = world.order(promise, None).await.unwrap_err();
        assert_eq!(error.to_string(), message);
        assert_eq!(error.by_hand(), by_hand.map(number).as_ref());
        let asked = client().post(format!("{}/api/promises/{promise}/call", world.url)).bearer_auth("token");
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 409);
        let told: Value = answer.json().await.unwrap();
        let by_hand = by_hand.map_or_else(String::new, |number| format!("; call {number} by hand"));
        assert_eq!(told["error"], format!("{message}{by_hand}"));
    }
    assert_eq!(world.place.office.rest.requests(), []);
}

#[tokio::test]
async fn an_agent_is_named_or_stands_for_the_owner_and_has_no_other_call() {
    let world = World::open().await;
    let promise = world.promise().await;
    let error = async |agent: Option<&str>| world.order(promise, agent).await.unwrap_err().to_string();
    assert_eq!(error(Some("zoe")).await, "the profile has no agent `zoe`; there are: maria, sam");
    let now = world.place.office.now;
    world.place.office.store.sign(&business().id, &AgentKey("maria".into()), false, now).await.unwrap();
    let nobody = "nobody who stands for our office is on duty and free; name an agent who calls: maria, sam";
    assert_eq!(error(None).await, nobody);

    // Maria is back, and asked to take a call over.
    world.place.office.store.sign(&business().id, &AgentKey("maria".into()), true, now).await.unwrap();
    let call = world.place.call(Some("+14155550143"), None, &[]).await.0;
    hand_over(&world.place.office.store, call, now).await;
    assert_eq!(error(Some("maria")).await, "maria is busy with another call");
    assert_eq!(error(None).await, "maria is busy with another call");

    world.employ(SAM, calls_back().pressing(key('1'), SECOND));
    world.employ(CALLER, Agent::answering(SECOND).hanging_up(31 * SECOND));
    let asked = client().post(format!("{}/api/promises/{promise}/call", world.url)).bearer_auth("token");
    let answer = asked.json(&json!({ "agent": "sam" })).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 202);
    assert_eq!(answer.json::<Value>().await.unwrap()["agent"], "sam");
    assert_eq!(error(Some("sam")).await, "a call-back for this promise is going on already");
    let other = world.promise().await;
    let busy = world.order(other, Some("sam")).await.unwrap_err();
    assert_eq!(busy.to_string(), "sam is busy with another call");
    world.over(promise).await;
    assert_eq!(error(Some("sam")).await, "the promise is closed already");
    let unknown = client().post(format!("{}/api/promises/x/call", world.url)).bearer_auth("token");
    assert_eq!(unknown.send().await.unwrap().status().as_u16(), 404);
    let stranger = client().post(format!("{}/api/promises/{promise}/call", world.url)).bearer_auth("wrong");
    assert_eq!(stranger.send().await.unwrap().status().as_u16(), 401);
}

/// Writes that Maria's telephone rings for a call.
async fn hand_over(store: &Store, call: CallId, now: Timestamp) {
    let id = HandoffId::new(Uuid::now_v7());
    let request = HandoffRequest {
        id,
        call,
        business: business().id,
        reason: EscalationReason::PersonRequested,
        owner: String::new(),
        topic: None,
        urgency: Urgency::Normal,
        language: "en".into(),
        triggered_at: now,
    };
    let briefing: Briefing = serde_json::from_value(json!({
        "handoff": id, "call": call, "business": "Fernwood", "started_at": now, "recap": "", "topic": null,
        "reason": "person_requested", "why_you": "", "callback": null, "answers": [], "intake": [], "states": [],
        "stress": [], "promises": [], "promised": [], "tried": [], "earlier": [], "turns": [], "answered": [],
    }))
    .unwrap();
    let journal = Journal::start(store.clone());
    let offer = OfferId { handoff: id, place: 0 };
    journal.handoff(HandoffEntry::Briefing {
        request: request.clone(),
        at: now,
        briefing: Box::new(briefing),
    });
    let facts = [
        HandoffFact::Requested(request),
        HandoffFact::Offered { offer, agent: AgentKey("maria".into()) },
        HandoffFact::Dialled { offer },
    ];
    for (seq, fact) in (0..).zip(facts) {
        journal.handoff(HandoffEntry::Fact(StoredHandoffFact { handoff: id, seq, at: now, fact }));
    }
    journal.flush().await;
}

#[tokio::test]
async fn what_comes_twice_late_or_from_elsewhere_changes_nothing() {
    for seed in 0..4 {
        let world = World::open().await;
        let promise = world.promise().await;
        let disturbance = Disturbance { seed, lost: 0.0, doubled: 1.0, late: 0.7, latest: 4 * SECOND };
        world.place.office.rest.disturb(disturbance);
        world.employ(MARIA, calls_back().pressing(key('1'), SECOND).pressing_twice());
        world.employ(CALLER, Agent::answering(SECOND).hanging_up(20 * SECOND));
        let begun = world.order(promise, None).await.unwrap();
        let (entry, call_back) = world.over(promise).await;
        assert_eq!(
            (call_back.outcome, entry.promise.state),
            (Some(CallBackOutcome::Kept), PromiseState::Kept)
        );
        assert_eq!((entry.call_backs.len(), world.legs_to(CALLER).len()), (1, 1));

        // Somebody else's leg, an attempt that is over, one that never was.
        let unknown = CallBackId::new(Uuid::now_v7());
        for (id, sid) in [(begun.id, "CA1"), (begun.id, call_back.leg.as_deref().unwrap()), (unknown, "CA1")]
        {
            let answer = world.post(id, "key", &[("CallSid", sid), ("Digits", "1")], TOKEN).await;
            assert!(answer.contains("<Hangup/>") && !answer.contains("<Dial"), "{answer}");
        }
        assert_eq!(world.post(begun.id, "key", &[("CallSid", "CA1"), ("Digits", "1")], "54321").await, "403");
        assert_eq!(world.place.promise(promise).await, entry);
    }
}

impl World {
    async fn post(&self, id: CallBackId, door: &str, fields: &[(&str, &str)], token: &str) -> String {
        let path = format!("/twilio/call-back/{id}/{door}");
        let fields: Vec<(String, String)> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let signature = twilio::sign(&token.into(), &public_url().http(&path), &fields);
        let request = client().post(format!("{}{path}", self.url)).form(&fields);
        let answer = request.header(twilio::SIGNATURE_HEADER, signature).send().await.unwrap();
        if answer.status().is_success() {
            answer.text().await.unwrap()
        } else {
            answer.status().as_str().into()
        }
    }
}

#[tokio::test]
async fn a_process_that_dies_on_the_way_loses_nothing_and_dials_nobody_twice() {
    let mut world = World::open().await;
    let promise = world.promise().await;
    let maria = Agent::answering(15 * SECOND).pressing(key('1'), 12 * SECOND).pressing(key('1'), SECOND);
    world.employ(MARIA, maria);
    world.employ(CALLER, Agent::answering(SECOND).hanging_up(60 * SECOND));
    world.order(promise, None).await.unwrap();
    world.until(MARIA, LegEvent::Ringing).await;
    world = world.restart().await;
    world.until(CALLER, LegEvent::Answered).await;
    world = world.restart().await;
    let (entry, call_back) = world.over(promise).await;
    assert_eq!((call_back.outcome, entry.promise.state), (Some(CallBackOutcome::Kept), PromiseState::Kept));
    assert_eq!(world.legs().len(), 2);
}

#[tokio::test]
async fn an_order_that_was_not_heard_of_again_is_given_up_and_not_repeated() {
    let mut world = World::open().await;
    let promise = world.promise().await;
    let (now, store) = (world.place.office.now, world.place.office.store.clone());
    // The process died between the note and the order.
    let id = CallBackId::new(Uuid::now_v7());
    assert!(
        store.begin_call_back(id, promise, &business().id, &AgentKey("maria".into()), now).await.unwrap()
    );
    world = world.restart().await;
    let look = async |minutes| {
        world.call_backs.ledger().look(now + SignedDuration::from_mins(minutes)).await.unwrap();
        world.place.promise(promise).await.call_backs[0].outcome
    };
    assert_eq!(look(4).await, None);
    assert!(matches!(world.order(promise, None).await, Err(CallBackError::Underway)));
    assert_eq!(look(5).await, Some(CallBackOutcome::Lost));
    assert_eq!(world.legs(), []);
    world.employ(MARIA, calls_back());
    world.order(promise, None).await.unwrap();
    assert_eq!(world.over(promise).await.1.outcome, Some(CallBackOutcome::CallerFailed));
}

#[tokio::test]
async fn a_promise_that_is_closed_by_hand_meanwhile_is_not_called_about() {
    let world = World::open().await;
    let promise = world.promise().await;
    world.employ(MARIA, Agent::answering(2 * SECOND).pressing(key('1'), 20 * SECOND));
    world.order(promise, None).await.unwrap();
    world.until(MARIA, LegEvent::Answered).await;
    let now = world.place.office.now;
    world.call_backs.ledger().close(promise, PromiseState::Broken, None, now).await.unwrap();
    let (entry, call_back) = world.over(promise).await;
    assert_eq!(
        (call_back.outcome, entry.promise.state),
        (Some(CallBackOutcome::Closed), PromiseState::Broken)
    );
    assert_eq!(world.legs_to(CALLER), []);
    assert_eq!(world.legs_to(MARIA)[0].status(), Some(CallStatus::Completed));
}

#[tokio::test]
async fn the_command_rings_the_agent_and_says_what_stands_in_the_way() {
    let place = Place::open().await;
    let folder = tempfile::tempdir().unwrap();
    let database = place.office.folder.path().join("calls.db");
    let config = format!(
        "store.path = {:?}\ntwilio.account_sid = \"{ACCOUNT}\"\ntwilio.number = \"{LINE}\"\n\
         twilio.api_base_url = \"{}\"\nserver.public_url = \"https://voice.example.com\"\n",
        database.display().to_string(),
        place.office.rest.base_url(),
    );
    std::fs::write(folder.path().join("calmline.toml"), config).unwrap();
    let businesses = folder.path().join("businesses");
    std::fs::create_dir(&businesses).unwrap();
    let agents =
        format!("\n[[agents]]\nkey = \"sam\"\nname = \"Sam\"\nnumber = \"{SAM}\"\nowns = [\"manager\"]\n");
    let example = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/businesses/heating.toml"),
    );
    std::fs::write(businesses.join("heating.toml"), example.unwrap() + &agents).unwrap();
    let run = async |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_calmline"));
        command.arg("--config").arg(folder.path().join("calmline.toml")).arg("promises").args(arguments);
        command.env("CALMLINE_TWILIO_AUTH_TOKEN", TOKEN).env_remove("CALMLINE_LOG");
        let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (done.status.success(), text(done.stdout), text(done.stderr))
    };
    let promise = place.call(Some(CALLER), Some(CALLER), &[]).await.1.to_string();
    let elsewhere = place.call(Some(CALLER), Some(ELSEWHERE), &[]).await.1.to_string();
    let (done, _, said) = run(&["call", &promise]).await;
    assert!(
        !done && said.contains("nobody in the profile stands for our office; name an agent who calls: sam"),
        "{said}"
    );
    let (done, _, said) = run(&["call", &promise, "--agent", "maria"]).await;
    assert!(!done && said.contains("the profile has no agent `maria`; there are: sam"), "{said}");
    let (done, _, said) = run(&["call", &elsewhere, "--agent", "sam"]).await;
    assert!(!done && said.contains("wants to be called on another number"), "{said}");
    assert!(said.contains(&format!("; call {ELSEWHERE} by hand")), "{said}");
    let server = "127.0.0.1:9".parse().unwrap();
    let settings =
        Settings { account_sid: ACCOUNT.into(), auth_token: TOKEN.into(), public_url: public_url(), server };
    let _carrier = Carrier::new(settings, client(), &place.office.rest);
    let (done, told, said) = run(&["call", &promise, "--agent", "sam"]).await;
    assert!(done && told.starts_with("the telephone of sam rings"), "{told}{said}");
    assert_eq!(place.office.rest.legs()[0].to, number(SAM));
    let (done, shown, _) = run(&["show", &promise]).await;
    assert!(done && shown.contains("by sam: goes on"), "{shown}");
    assert!(shown.starts_with("Call Margaret Hollis back."), "{shown}");
    assert!(shown.contains(&format!("Number:  {CALLER}")), "{shown}");
}
