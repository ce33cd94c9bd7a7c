//! The simulated carrier's agents and conferences, checked against a small server of its own that hands a caller over.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, post};
use calmline::domain::{CallTime, Digit, PhoneNumber};
use calmline::telephony::local::{
    Agent, AgentLeg, CallOutcome, Carrier, Disturbance, Ending, LegEvent, PlacedCall, Reaction, Script,
    Settings, Unasked, What, When,
};
use calmline::telephony::twilio::{
    self, AgentChoice, AnsweredBy, Backoff, CallSid, CallStatus, ConferenceCallback, ConferenceEvent,
    Control, ControlError, Dial, Form, Gathered, MachineCallback, Participant, PublicUrl, Room,
    SIGNATURE_HEADER, StatusCallback, Verifier,
};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::support::hurry::Hurry;
use crate::support::{Rest, client};

const TOKEN: &str = "12345";
const ACCOUNT: &str = "AC00000000000000000000000000000001";
const MARIA: &str = "+14155550171";
const BRIEFING: &str = "A call for you. Ann has no heat since Monday and wants somebody today.";
const MS: Duration = Duration::from_millis(1);

/// Where the receptionist would be: briefs agents, and puts caller and agent together.
#[derive(Clone)]
struct Desk {
    public_url: PublicUrl,
    verifier: Verifier,
    control: Control,
    seen: Arc<watch::Sender<Seen>>,
    caller: Arc<Mutex<Option<CallSid>>>,
}

/// All that the desk was told.
#[derive(Default, Debug)]
struct Seen {
    streams: u32,
    legs: Vec<StatusCallback>,
    machines: Vec<MachineCallback>,
    choices: Vec<AgentChoice>,
    briefed: u32,
    conference: Vec<ConferenceCallback>,
    resumed: u32,
    over: Vec<StatusCallback>,
}

impl Desk {
    fn url(&self, path: &str) -> String {
        self.public_url.http(&twilio::path_for(path, "7.0"))
    }

    fn admit(&self, uri: &Uri, headers: &HeaderMap, body: &str) -> Result<Form, StatusCode> {
        let form = Form::parse(body.as_bytes()).map_err(|_| StatusCode::BAD_REQUEST)?;
        let path = uri.path_and_query().unwrap().as_str();
        let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
        self.verifier.verify_form(path, &form, signature).map_err(|_| StatusCode::FORBIDDEN)?;
        Ok(form)
    }

    /// What the desk does at each of its doors.
    async fn act(&self, door: &str, form: &Form) -> String {
        let status_url = self.url(twilio::CONFERENCE_PATH);
        let room = Room { name: "7", status_url: &status_url };
        match door {
            "" => twilio::brief_agent(
                BRIEFING,
                &self.url(twilio::AGENT_KEY_PATH),
                &self.url(twilio::AGENT_BRIEFED_PATH),
            ),
            "briefed" => {
                self.seen.send_modify(|seen| seen.briefed += 1);
                twilio::ask_agent("Press 1 to take it.", &self.url(twilio::AGENT_KEY_PATH))
            }
            "key" => {
                let choice = Gathered::parse(form).unwrap().choice();
                self.seen.send_modify(|seen| seen.choices.push(choice));
                match choice {
                    AgentChoice::Accept => {
                        let caller = self.caller.lock().unwrap().clone();
                        if let Some(caller) = caller {
                            let resume = self.public_url.http(twilio::RESUME_PATH);
                            let instructions = twilio::connect_caller(&room, &resume);
                            let moved = self.control.redirect(&caller, &instructions).await;
                            assert!(matches!(moved, Ok(()) | Err(ControlError::CallGone)), "{moved:?}");
                        }
                        twilio::connect_agent("Thank you.", &room)
                    }
                    AgentChoice::Again => twilio::brief_agent(
                        BRIEFING,
                        &self.url(twilio::AGENT_KEY_PATH),
                        &self.url(twilio::AGENT_BRIEFED_PATH),
                    ),
                    AgentChoice::Decline | AgentChoice::Unclear | AgentChoice::Nothing => {
                        twilio::say_and_hangup("Goodbye.")
                    }
                }
            }
            "status" => {
                let news = StatusCallback::parse(form).unwrap();
                self.seen.send_modify(|seen| seen.legs.push(news));
                String::new()
            }
            "machine" => {
                let news = MachineCallback::parse(form).unwrap();
                if news.answered_by.is_machine() {
                    self.control.hang_up(&news.call_sid).await.unwrap();
                }
                self.seen.send_modify(|seen| seen.machines.push(news));
                String::new()
            }
            other => panic!("no such door: {other}"),
        }
    }

    async fn conference(&self, form: &Form) {
        let news = ConferenceCallback::parse(form).unwrap();
        if news.event == ConferenceEvent::Start {
            let announced =
                self.control.announce(&news.conference_sid, &self.url(twilio::ANNOUNCE_PATH)).await;
            assert!(matches!(announced, Ok(()) | Err(ControlError::CallGone)), "{announced:?}");
        }
        self.seen.send_modify(|seen| seen.conference.push(news));
    }

    async fn until(&self, ready: impl FnMut(&Seen) -> bool) {
        let mut seen = self.seen.subscribe();
        timeout(Duration::from_secs(120), seen.wait_for(ready)).await.expect("it is told").unwrap();
    }
}

async fn agent_door(
    State(desk): State<Desk>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Result<String, StatusCode> {
    let form = desk.admit(&uri, &headers, &body)?;
    let door = uri.path().trim_start_matches("/line").trim_start_matches("/twilio/agent/7.0");
    Ok(desk.act(door.trim_start_matches('/'), &form).await)
}

async fn elsewhere(
    State(desk): State<Desk>,
    Path(door): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Result<String, StatusCode> {
    let form = desk.admit(&uri, &headers, &body)?;
    Ok(match door.as_str() {
        "voice" => {
            let socket = desk.public_url.socket(twilio::STREAM_PATH);
            twilio::connect_stream(&socket, &[], &desk.public_url.http(twilio::RESUME_PATH))
        }
        "resume" => {
            desk.seen.send_modify(|seen| seen.resumed += 1);
            twilio::say_and_hangup("You are back with me. Goodbye.")
        }
        "status" => {
            let news = StatusCallback::parse(&form).unwrap();
            desk.seen.send_modify(|seen| seen.over.push(news));
            String::new()
        }
        "conference/7.0" => {
            desk.conference(&form).await;
            String::new()
        }
        "announce/7.0" => twilio::say("Ann, this is Maria."),
        other => panic!("no such door: {other}"),
    })
}

async fn stream(State(desk): State<Desk>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|socket| listen(desk, socket)).into_response()
}

async fn listen(desk: Desk, mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        let Ok(text) = message.to_text() else { return };
        if let Ok(twilio::Inbound::Start(start)) = twilio::Inbound::parse(text) {
            *desk.caller.lock().unwrap() = Some(start.call_sid.clone());
            desk.seen.send_modify(|seen| seen.streams += 1);
        }
    }
}

/// A desk, and the carrier that rings agents for it.
struct Line {
    desk: Desk,
    rest: Rest,
    carrier: Carrier,
    _hurry: Hurry,
}

impl Line {
    async fn with(agent: Agent) -> Self {
        let hurry = Hurry::up();
        let public_url: PublicUrl = "https://voice.example.com/line".parse().unwrap();
        let token = || SecretString::from(TOKEN);
        let rest = Rest::start(ACCOUNT, TOKEN).await;
        rest.employ(&number(MARIA), agent);
        let settings = twilio::Settings {
            account_sid: ACCOUNT.to_owned(),
            auth_token: token(),
            api_key: None,
            public_url: public_url.clone(),
            api_base_url: rest.base_url(),
            require_stream_signature: true,
        };
        let desk = Desk {
            public_url: public_url.clone(),
            verifier: Verifier::new(token(), public_url.clone()),
            control: Control::new(client(), &settings, Backoff::default()),
            seen: Arc::new(watch::Sender::default()),
            caller: Arc::default(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap();
        let router = Router::new()
            .route(twilio::AGENT_PATH, post(agent_door))
            .route("/twilio/agent/{offer}/{door}", post(agent_door))
            .route(twilio::STREAM_PATH, any(stream))
            .route("/twilio/{*door}", post(elsewhere))
            .with_state(desk.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let settings = Settings { account_sid: ACCOUNT.to_owned(), auth_token: token(), public_url, server };
        let carrier = Carrier::new(settings, client(), &rest);
        Self { desk, rest, carrier, _hurry: hurry }
    }

    async fn dial(&self, ring_for: Duration) -> Result<CallSid, ControlError> {
        let dial = Dial {
            to: &number(MARIA),
            from: &number("+12125550100"),
            answer_url: &self.desk.url(twilio::AGENT_PATH),
            status_url: &self.desk.url(twilio::AGENT_STATUS_PATH),
            amd_url: &self.desk.url(twilio::AGENT_MACHINE_PATH),
            ring_for,
        };
        self.desk.control.dial(&dial).await
    }

    /// Rings the agent and waits until the carrier says that the leg is over.
    async fn ring(&self) -> AgentLeg {
        self.dial(Duration::from_secs(20)).await.unwrap();
        self.desk.until(|seen| seen.legs.iter().any(|news| news.status.is_final())).await;
        self.rest.legs().remove(0)
    }

    /// A caller calls, and once their stream is up the agent is rung.
    async fn hand_over(&self, script: Script) -> (CallOutcome, AgentLeg) {
        let ring = async {
            self.desk.until(|seen| seen.streams == 1).await;
            self.ring().await
        };
        tokio::join!(self.carrier.place(call(), script), ring)
    }

    fn choices(&self) -> Vec<AgentChoice> {
        self.desk.seen.borrow().choices.clone()
    }
}

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

fn key(key: char) -> Digit {
    Digit::new(key).unwrap()
}

fn call() -> PlacedCall {
    PlacedCall {
        from: Some(number("+14155550142")),
        to: number("+12125550100"),
        forwarded_from: None,
        live: None,
    }
}

fn hanging_up(ms: u64) -> Script {
    Script::silent().reacting(Reaction { when: When::At(CallTime::from_ms(ms)), deed: Unasked::HangUp })
}

fn statuses(line: &Line) -> Vec<CallStatus> {
    line.desk.seen.borrow().legs.iter().map(|news| news.status).collect()
}

#[tokio::test(start_paused = true)]
async fn an_agent_who_takes_the_call_is_briefed_joined_and_introduced() {
    let agent = Agent::answering(2_000 * MS).pressing(key('1'), 6_500 * MS).leaving(20_000 * MS);
    let line = Line::with(agent).await;
    let (outcome, leg) = line.hand_over(Script::silent()).await;

    let events: Vec<LegEvent> = leg.entries.iter().map(|(_, event)| event.clone()).collect();
    let conference = "7".to_owned();
    assert_eq!(
        events,
        [
            LegEvent::Dialled,
            LegEvent::Ringing,
            LegEvent::Answered,
            LegEvent::Began { text: BRIEFING.into() },
            LegEvent::Heard,
            LegEvent::Began { text: "Press 1 to take it.".into() },
            LegEvent::Pressed { key: key('1') },
            LegEvent::Began { text: "Thank you.".into() },
            LegEvent::Heard,
            LegEvent::Entered { conference },
            LegEvent::Together { label: "caller".into() },
            LegEvent::Announced { text: "Ann, this is Maria.".into() },
            LegEvent::Left,
            LegEvent::Ended { status: CallStatus::Completed },
        ]
    );
    let time = |wanted: &LegEvent| leg.time(|event| event == wanted).unwrap();
    let rang = time(&LegEvent::Answered) - time(&LegEvent::Ringing);
    assert!((2_000..2_100).contains(&rang.as_millis()), "{rang:?}");

    assert_eq!(outcome.ending, Ending::HungUpByServer);
    let whats: Vec<&What> = outcome.timeline.entries().iter().map(|entry| &entry.what).collect();
    let expected = [
        What::EnteredConference { music: false },
        What::Together { label: "agent".into() },
        What::Announced { text: "Ann, this is Maria.".into() },
        What::LeftConference,
        What::CarrierSaid { text: "You are back with me. Goodbye.".into() },
    ];
    assert!(expected.iter().all(|what| whats.contains(&what)), "{whats:?}");
    let joined = outcome.timeline.entries().iter().find(|entry| entry.what == expected[1]).unwrap().at;
    let joined = outcome.answered_at.unwrap() + Duration::from_millis(joined.as_ms());
    let met = time(&LegEvent::Together { label: "caller".into() });
    assert!(joined.abs_diff(met) < 200 * MS, "{joined:?} {met:?}");

    let seen = line.desk.seen.borrow();
    assert_eq!((seen.briefed, seen.resumed, seen.choices.as_slice()), (1, 1, &[AgentChoice::Accept][..]));
    assert_eq!(seen.machines[0].answered_by, AnsweredBy::Human);
    let sides: Vec<(ConferenceEvent, Option<Participant>)> =
        seen.conference.iter().map(|news| (news.event, news.participant)).collect();
    assert_eq!(sides.iter().filter(|(event, _)| *event == ConferenceEvent::Join).count(), 2);
    assert_eq!(sides.last(), Some(&(ConferenceEvent::End, None)));
    assert!(sides.contains(&(ConferenceEvent::Leave, Some(Participant::Agent))));
    assert!(seen.conference.iter().all(|news| news.name == "7"));
    let paths: Vec<String> = line.rest.requests().into_iter().map(|request| request.path).collect();
    assert!(paths[0].ends_with("/Calls.json") && paths[1].contains("/Calls/CA"), "{paths:?}");
    assert!(paths[2].contains("/Conferences/CF"), "{paths:?}");
}

#[tokio::test(start_paused = true)]
async fn every_way_of_not_coming_is_told_by_the_carrier() {
    use AgentChoice::{Accept, Again, Decline, Nothing, Unclear};
    use CallStatus::{Busy, Completed, Failed, InProgress, Initiated, NoAnswer, Ringing};
    let answered = vec![Initiated, Ringing, InProgress, Completed];
    let person = || Agent::answering(1_000 * MS);
    let cases: Vec<(Agent, Vec<CallStatus>, Vec<AgentChoice>)> = vec![
        (Agent::busy(), vec![Initiated, Busy], vec![]),
        (Agent::unreachable(), vec![Initiated, Failed], vec![]),
        (Agent::absent(), vec![Initiated, Ringing, NoAnswer], vec![]),
        (Agent::answering(21_000 * MS), vec![Initiated, Ringing, NoAnswer], vec![]),
        (person().pressing(key('2'), 1_500 * MS), answered.clone(), vec![Decline]),
        (person().pressing(key('5'), 1_500 * MS), answered.clone(), vec![Unclear]),
        (person(), answered.clone(), vec![Nothing]),
        (person().hanging_up(2_000 * MS), answered.clone(), vec![]),
        (Agent::machine(1_000 * MS), answered.clone(), vec![]),
        (
            person().pressing(key('9'), 1_000 * MS).saying("Again, please", MS).pressing(key('1'), 500 * MS),
            answered.clone(),
            vec![Again, Again, Accept],
        ),
    ];
    for (agent, statuses_told, choices) in cases {
        let line = Line::with(agent.clone()).await;
        if choices.contains(&Accept) {
            line.dial(Duration::from_secs(20)).await.unwrap();
            line.desk.until(|seen| seen.choices.contains(&Accept)).await;
        } else {
            line.ring().await;
            assert_eq!(statuses(&line), statuses_told, "{agent:?}");
        }
        assert_eq!(line.choices(), choices, "{agent:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn when_the_caller_leaves_the_agent_is_not_left_behind() {
    let line = Line::with(Agent::answering(1_000 * MS).pressing(key('1'), 3_000 * MS)).await;
    let (outcome, leg) = line.hand_over(hanging_up(12_000)).await;
    assert_eq!(outcome.ending, Ending::HungUpByCaller);
    assert!(leg.time(|event| matches!(event, LegEvent::Together { .. })).is_some());
    assert_eq!(leg.status(), Some(CallStatus::Completed));
    line.desk.until(|seen| seen.conference.iter().any(|news| news.event == ConferenceEvent::End)).await;
    let seen = line.desk.seen.borrow();
    assert!(seen.conference.iter().any(|news| news.participant == Some(Participant::Caller)));
    assert_eq!((seen.resumed, seen.over[0].status), (0, CallStatus::Completed));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_arrives_twice_is_told_twice() {
    let agent = Agent::answering(1_000 * MS).pressing(key('2'), 3_000 * MS).pressing_twice();
    let line = Line::with(agent).await;
    line.ring().await;
    assert_eq!(line.choices(), [AgentChoice::Decline; 2]);
}

#[tokio::test(start_paused = true)]
async fn a_room_has_one_place_for_each_side() {
    let line = Line::with(Agent::answering(1_000 * MS).pressing(key('1'), 3_000 * MS)).await;
    line.rest.employ(&number("+14155550172"), Agent::answering(5_000 * MS).pressing(key('1'), 3_000 * MS));
    line.dial(Duration::from_secs(20)).await.unwrap();
    let second = Dial {
        to: &number("+14155550172"),
        from: &number("+12125550100"),
        answer_url: &line.desk.url(twilio::AGENT_PATH),
        status_url: &line.desk.url(twilio::AGENT_STATUS_PATH),
        amd_url: &line.desk.url(twilio::AGENT_MACHINE_PATH),
        ring_for: Duration::from_secs(20),
    };
    let second = line.desk.control.dial(&second).await.unwrap();
    let over = |news: &StatusCallback| news.call_sid == second && news.status == CallStatus::Completed;
    line.desk.until(|seen| seen.legs.iter().any(over)).await;
    let legs = line.rest.legs();
    let entered = |leg: &AgentLeg| leg.time(|event| matches!(event, LegEvent::Entered { .. })).is_some();
    assert_eq!(legs.iter().map(entered).collect::<Vec<_>>(), [true, false]);
}

#[tokio::test(start_paused = true)]
async fn a_ringing_leg_can_be_ended_but_not_redirected() {
    let line = Line::with(Agent::absent()).await;
    let leg = line.dial(Duration::from_secs(20)).await.unwrap();
    line.desk.until(|seen| seen.legs.iter().any(|news| news.status == CallStatus::Ringing)).await;
    let redirected = line.desk.control.redirect(&leg, &twilio::hangup()).await;
    assert_eq!(redirected, Err(ControlError::CallGone));
    line.desk.control.hang_up(&leg).await.unwrap();
    line.desk.until(|seen| seen.legs.iter().any(|news| news.status == CallStatus::Canceled)).await;
    assert_eq!(line.desk.control.hang_up(&leg).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn disturbed_callbacks_are_lost_doubled_and_late_the_same_way_each_time() {
    let told = async |seed| {
        let line = Line::with(Agent::answering(1_000 * MS).pressing(key('2'), 1_500 * MS)).await;
        let latest = 5_000 * MS;
        line.rest.disturb(Disturbance { seed, lost: 0.3, doubled: 0.3, late: 0.5, latest });
        line.dial(Duration::from_secs(20)).await.unwrap();
        line.desk.until(|seen| seen.choices == [AgentChoice::Decline]).await;
        tokio::time::timeout(8_000 * MS, std::future::pending::<()>()).await.unwrap_err();
        let mut told: Vec<&str> = statuses(&line).into_iter().map(CallStatus::as_str).collect();
        told.sort_unstable();
        told
    };
    let mut whole = 0;
    for seed in 0..4 {
        let once = told(seed).await;
        whole += once.len();
        assert_eq!(once, told(seed).await, "seed {seed}");
    }
    assert!((4..40).contains(&whole), "{whole}");
}

#[tokio::test(start_paused = true)]
async fn an_order_that_makes_no_sense_is_refused() {
    let line = Line::with(Agent::busy()).await;
    let account = format!("{}/2010-04-01/Accounts/{ACCOUNT}", line.rest.base_url());
    let good = [("To", MARIA), ("From", "+12125550100"), ("Url", "https://voice.example.com/line/x")];
    for (name, value, status, code) in [
        ("To", "", 400, 21201),
        ("To", "Maria", 400, 21211),
        ("From", "", 400, 21213),
        ("Url", "", 400, 21205),
        ("Url", "/twilio/agent", 400, 21205),
        ("Timeout", "soon", 400, 21218),
        ("Timeout", "601", 400, 21218),
        ("StatusCallbackEvent", "ended", 400, 21218),
        ("MachineDetection", "yes", 400, 21218),
    ] {
        let mut fields: Vec<(&str, &str)> =
            good.iter().copied().filter(|(other, _)| *other != name).collect();
        fields.push((name, value));
        let request = client().post(format!("{account}/Calls.json")).basic_auth(ACCOUNT, Some(TOKEN));
        let answer = request.form(&fields).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{name}={value}");
        assert_eq!(answer.json::<serde_json::Value>().await.unwrap()["code"], code, "{name}={value}");
    }
    assert_eq!(line.rest.legs(), []);
    let request = client().post(format!("{account}/Calls.json")).basic_auth(ACCOUNT, Some("guess"));
    assert_eq!(request.form(&good).send().await.unwrap().status().as_u16(), 401);
    assert!(line.rest.requests().iter().all(|request| request.status >= 400));
}
