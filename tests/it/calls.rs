//! Scripted calls in virtual time: a caller as written in `calls/*.toml`, a voice of fifteen characters a second,
//! and the whole trace as a snapshot.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod before;
mod shown;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use before::Before;
use calmline::call::{Action, CallStart, Engine, Event, Playback};
use calmline::config::example;
use calmline::diagnosis::briefing::spoken;
use calmline::domain::{
    Agent, AgentKey, Business, BusinessId, CallId, CallTime, CallbackPromise, Digit, Fact, FieldKind,
    HandoffId, HandoffNews, HandoffRules, HangupCause, Hours, IntakeField, OpeningSpan, PhoneNumber, Pii,
    Playbook, Span, SpeechId, StressPolicy, Utterance,
};
use jiff::tz::TimeZone;
use serde::Deserialize;
use shown::shown;

const MS_PER_CHARACTER: u64 = 1000 / 15;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    business: String,
    caller: Option<String>,
    #[serde(default = "monday_morning")]
    started_at: String,
    /// Whether the business is the example of its trade, with its playbook.
    #[serde(default)]
    example: bool,
    /// Who takes over calls while the business is open.
    #[serde(default)]
    agents: Vec<String>,
    /// Who is on call at any hour.
    #[serde(default)]
    on_call: Vec<String>,
    /// Earlier calls of the same number, the latest first.
    #[serde(default)]
    earlier: Vec<Before>,
    steps: Vec<Step>,
}

impl Script {
    fn business(&self) -> Business {
        let mut business =
            if self.example { example(&self.business).unwrap() } else { business(&self.business) };
        let hours = business.hours.clone();
        business.agents =
            self.agents.iter().map(|name| agent(name, hours.clone(), Hours::default())).collect();
        business.agents.extend(self.on_call.iter().map(|name| agent(name, Hours::default(), at_any_hour())));
        business
    }
}

pub(crate) fn at_any_hour() -> Hours {
    let midnight = jiff::civil::time(0, 0, 0, 0);
    let day = vec![OpeningSpan { from: midnight, to: midnight }];
    Hours { week: (0..7).map(|weekday| (weekday, day.clone())).collect(), closed_on: vec![] }
}

pub(crate) fn agent(name: &str, hours: Hours, on_call: Hours) -> Agent {
    Agent {
        key: AgentKey(name.to_lowercase()),
        name: name.to_owned(),
        number: PhoneNumber::parse("+14155550190").unwrap(),
        email: None,
        owns: vec![],
        topics: vec![],
        languages: vec!["en".to_owned()],
        hours,
        on_call,
        lead: false,
    }
}

fn monday_morning() -> String {
    "2026-11-23T10:02[America/New_York]".to_owned()
}

/// One thing the caller (or the world) does; times are in milliseconds.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Step {
    /// Lets the bot finish, then speaks.
    Say(String),
    /// The same, as a transcriber wrote it and with the confidence it had.
    Heard { say: String, confidence: f32 },
    /// The same, mumbled: the transcriber is unsure.
    Mumble(String),
    /// Speaks so long after the bot began, whatever it is saying.
    Interrupt { after: u64, say: String },
    /// Lets the bot finish, says something, and goes on before its words are ready.
    Halting { first: String, then: String },
    /// A noise so long after the bot began, for which the bot stopped.
    Noise { after: u64 },
    /// A short word so long after the bot began, for which the bot did not stop.
    Murmur { after: u64, say: String },
    /// Lets the bot finish, then says something that cannot be made out.
    Unclear,
    /// Lets the bot finish, then presses keys.
    Keys(String),
    /// Lets so much time pass.
    Wait(u64),
    /// The line breaks for so long, and comes back.
    Drop(u64),
    /// The process dies in the middle of speech and the call is rebuilt from its facts.
    Crash,
    /// The caller hangs up so long after the bot began to speak.
    HangUp(u64),
    /// The server is about to stop.
    Drain,
    /// Something happened to the handing over.
    News(HandoffNews),
    /// The caller's leg leaves the stream for the agent's.
    Gone,
    /// The caller's leg is with us again.
    Back,
}

pub(crate) fn business(id: &str) -> Business {
    let span =
        |from, to| OpeningSpan { from: jiff::civil::time(from, 0, 0, 0), to: jiff::civil::time(to, 0, 0, 0) };
    let field = |key: &str, kind, ask: &[&str]| IntakeField {
        key: key.to_owned(),
        ask: ask.iter().map(|text| (*text).to_owned()).collect(),
        kind,
        pattern: None,
    };
    let (name, fields, owner, urgent_owner) = match id {
        "heating" => (
            "Fernwood Heating and Plumbing",
            vec![
                field(
                    "address",
                    FieldKind::Text,
                    &["What is the address?", "Which street and number is it?"],
                ),
                field(
                    "time",
                    FieldKind::Text,
                    &["When would a visit suit you?", "What time is good for you?"],
                ),
            ],
            "our office",
            "the engineer on duty",
        ),
        "dental" => (
            "Bright Street Dental",
            vec![field(
                "account_number",
                FieldKind::Code,
                &[
                    "What is your account number, if you have it at hand?",
                    "Could you read me the account number again?",
                ],
            )],
            "the front desk",
            "our duty dentist",
        ),
        _ => (
            "Cole and Partners",
            vec![field(
                "case_number",
                FieldKind::Code,
                &["What is the case number?", "Could you read me the case number once more?"],
            )],
            "our office",
            "the attorney on duty",
        ),
    };
    Business {
        id: BusinessId(id.to_owned()),
        name: name.to_owned(),
        numbers: vec![],
        time_zone: TimeZone::get("America/New_York").unwrap(),
        region: "US".to_owned(),
        greeting: format!("Good day, this is {name}."),
        greeting_closed: format!(
            "This is {name}. Our office is closed at the moment, but I will take everything down."
        ),
        notice: Some("I am an automated assistant, and this call is written down.".to_owned()),
        hours: Hours { week: (0..5).map(|day| (day, vec![span(8, 17)])).collect(), closed_on: vec![] },
        emergency_number: "911".to_owned(),
        fields,
        agents: Vec::new(),
        handoff: HandoffRules::default(),
        recap_to_caller: false,
        callback: CallbackPromise {
            owner: owner.to_owned(),
            within_minutes: 240,
            urgent_owner: urgent_owner.to_owned(),
            urgent_within_minutes: 30,
            urgent_at_any_hour: true,
        },
        stress: Some(StressPolicy::default()),
        playbook: Playbook::default(),
    }
}

struct Voice {
    speech: SpeechId,
    text: String,
    since: CallTime,
}

impl Voice {
    fn ends(&self) -> CallTime {
        self.since + Duration::from_millis(u64::try_from(self.text.len()).unwrap() * MS_PER_CHARACTER)
    }

    fn heard_by(&self, now: CallTime) -> usize {
        let bytes = usize::try_from(now.since(self.since).as_millis()).unwrap()
            / usize::try_from(MS_PER_CHARACTER).unwrap();
        if bytes >= self.text.len() {
            return self.text.len();
        }
        let cut = self.text.floor_char_boundary(bytes);
        self.text[..cut].rfind(' ').unwrap_or(0)
    }
}

/// Plays a script against the engine.
struct Stage {
    start: CallStart,
    engine: Engine,
    now: CallTime,
    voice: Option<Voice>,
    facts: Vec<(CallTime, Fact)>,
    trace: String,
    over: bool,
    handoff: Option<HandoffId>,
}

impl Stage {
    fn new(start: CallStart) -> Self {
        let engine = Engine::new(start.clone());
        let mut stage = Self {
            start,
            engine,
            now: CallTime::ZERO,
            voice: None,
            facts: vec![],
            trace: String::new(),
            over: false,
            handoff: None,
        };
        stage.event(Event::Answered);
        stage
    }

    fn event(&mut self, event: Event) {
        self.engine.handle(event, self.now);
        self.drain();
    }

    fn drain(&mut self) {
        let mut stopped = Vec::new();
        while let Some(action) = self.engine.poll_action() {
            match action {
                Action::Say { speech, text, asks, .. } => {
                    let asks = asks.map(|question| format!(" [{}]", question.label())).unwrap_or_default();
                    let text = text.into_exposed();
                    self.line(&format!("BOT{asks}: {text}"));
                    assert!(self.voice.is_none(), "two speeches at once");
                    self.voice = Some(Voice { speech, text, since: self.now });
                }
                Action::StopSpeaking => {
                    self.line("stop");
                    stopped.extend(self.voice.take());
                }
                Action::Listen(expecting) => self.line(&format!("listen for {expecting:?}")),
                Action::Record(fact) => {
                    self.line(&format!("  {}", shown(&fact)));
                    self.facts.push((self.now, fact));
                }
                Action::Ask { .. } | Action::Cancel(_) => {}
                Action::HandOff { request, briefing } => {
                    self.handoff = Some(request.id);
                    self.line(&format!("HAND OFF: {}", spoken(&briefing, "Maria")));
                }
                Action::StopHandOff(_) => self.line("STOP THE HANDOFF"),
                Action::Join(_) => self.line("JOIN"),
                Action::Hangup(cause) => {
                    self.line(&format!("HANG UP ({cause:?})"));
                    self.over = true;
                }
            }
        }
        for voice in stopped {
            self.report(&voice, voice.heard_by(self.now));
        }
    }

    fn report(&mut self, voice: &Voice, heard_bytes: usize) {
        let span = Span { start: voice.since, end: self.now };
        let playback = Playback { heard_bytes, span, failed: false };
        self.event(Event::PlaybackFinished { speech: voice.speech, playback });
    }

    fn line(&mut self, text: &str) {
        writeln!(self.trace, "{} {text}", self.now).unwrap();
    }

    /// Lets the clock run to `until`, playing speech and firing timers on the way.
    fn run_to(&mut self, until: CallTime) {
        loop {
            let voice_ends = self.voice.as_ref().map(Voice::ends);
            let timer = self.engine.poll_timeout().map(|(at, _)| at);
            let Some(next) =
                voice_ends.into_iter().chain(timer).min().filter(|next| *next <= until && !self.over)
            else {
                self.now = self.now.max(until);
                return;
            };
            self.now = self.now.max(next);
            if voice_ends == Some(next) {
                if let Some(voice) = self.voice.take() {
                    self.report(&voice, voice.text.len());
                }
            } else {
                let (_, timer) = self.engine.poll_timeout().unwrap();
                self.line(&format!("timer {timer:?}"));
                self.engine.handle_timeout(self.now);
                self.drain();
            }
        }
    }

    fn pass(&mut self, ms: u64) {
        self.run_to(self.now + Duration::from_millis(ms));
    }

    fn let_bot_finish(&mut self) {
        while let Some(voice) = &self.voice {
            self.run_to(voice.ends());
        }
    }

    /// So long after the bot began to speak.
    fn run_into_speech(&mut self, after: u64) {
        if let Some(since) = self.voice.as_ref().map(|voice| voice.since) {
            self.run_to(since + Duration::from_millis(after));
        }
    }

    fn speak(&mut self, text: &str, confidence: f32) {
        if self.over {
            return;
        }
        self.event(Event::SpeechStarted);
        let start = self.now;
        self.pass(u64::try_from(text.len()).unwrap() * MS_PER_CHARACTER);
        self.event(Event::SpeechStopped);
        let end = self.now;
        self.pass(500);
        self.line(&format!("CALLER: {text}"));
        self.hear(text, Span { start, end }, confidence);
    }

    fn hear(&mut self, text: &str, span: Span, confidence: f32) {
        self.event(Event::Heard(Utterance { text: Pii::from(text), span, confidence }));
    }

    /// Two pieces of one turn; the words of the first are ready when the second has begun.
    fn speak_halting(&mut self, first: &str, then: &str) {
        self.let_bot_finish();
        self.pass(700);
        self.event(Event::SpeechStarted);
        let start = self.now;
        self.pass(1500);
        self.event(Event::SpeechStopped);
        let end = self.now;
        self.pass(400);
        self.event(Event::SpeechStarted);
        self.pass(100);
        self.line(&format!("CALLER: {first}"));
        self.hear(first, Span { start, end }, 0.9);
        self.pass(1000);
        self.event(Event::SpeechStopped);
        self.pass(500);
        self.line(&format!("CALLER: {then}"));
        self.hear(then, Span { start: end, end: self.now }, 0.9);
    }

    fn play(&mut self, step: &Step) {
        match step {
            Step::Say(text) | Step::Mumble(text) => {
                self.let_bot_finish();
                self.pass(700);
                self.speak(text, if matches!(step, Step::Say(_)) { 0.9 } else { 0.3 });
            }
            Step::Heard { say, confidence } => {
                self.let_bot_finish();
                self.pass(700);
                self.speak(say, *confidence);
            }
            Step::Halting { first, then } => self.speak_halting(first, then),
            Step::Interrupt { after, say } => {
                self.run_into_speech(*after);
                self.speak(say, 0.9);
            }
            Step::Noise { after } => {
                self.run_into_speech(*after);
                self.line("(noise)");
                self.event(Event::SpeechStarted);
                self.event(Event::SpeechStopped);
                self.event(Event::Unclear { span: Span::default(), likely_speech: false });
            }
            Step::Murmur { after, say } => {
                self.run_into_speech(*after);
                self.line(&format!("CALLER, murmuring: {say}"));
                self.hear(say, Span { start: self.now, end: self.now }, 0.9);
            }
            Step::Unclear => {
                self.let_bot_finish();
                self.pass(700);
                self.line("(mumbling)");
                self.event(Event::SpeechStarted);
                self.event(Event::SpeechStopped);
                self.event(Event::Unclear { span: Span::default(), likely_speech: true });
            }
            Step::Keys(keys) => {
                self.let_bot_finish();
                for key in keys.chars() {
                    self.pass(300);
                    self.line(&format!("KEY {key}"));
                    self.event(Event::Keyed(Digit::new(key).unwrap()));
                }
            }
            Step::Wait(ms) => {
                self.let_bot_finish();
                self.pass(*ms);
            }
            Step::News(news) => self.news(news),
            Step::Drop(_) | Step::Crash | Step::HangUp(_) | Step::Gone | Step::Back | Step::Drain => {
                self.change_line(step)
            }
        }
    }

    fn news(&mut self, news: &HandoffNews) {
        self.line(&format!("NEWS {}", serde_json::to_string(news).unwrap()));
        let handoff = self.handoff.unwrap_or_else(|| panic!("nothing is being handed over:\n{}", self.trace));
        self.event(Event::Handoff { handoff, news: news.clone() });
    }

    /// What happens to the line itself.
    fn change_line(&mut self, step: &Step) {
        match step {
            Step::Drop(ms) => {
                self.line("(the line drops)");
                self.voice = None;
                self.event(Event::StreamLost);
                self.pass(*ms);
                if !self.over {
                    self.line("(the line is back)");
                    self.event(Event::Resumed);
                }
            }
            Step::Crash => {
                self.line("(crash and restart)");
                self.voice = None;
                self.engine = Engine::replay(self.start.clone(), self.facts.clone());
                self.pass(3000);
                self.event(Event::Resumed);
            }
            Step::HangUp(after) => {
                self.run_into_speech(*after);
                self.line("(the caller hangs up)");
                self.event(Event::LegEnded(HangupCause::CallerHungUp));
                self.over = true;
            }
            Step::Gone => {
                self.line("(the stream is gone)");
                self.voice = None;
                self.event(Event::StreamLost);
            }
            Step::Back => {
                self.line("(the stream is back)");
                self.event(Event::Resumed);
            }
            Step::Drain => {
                self.line("(the server drains)");
                self.event(Event::Draining);
            }
            Step::Halting { .. }
            | Step::Heard { .. }
            | Step::Interrupt { .. }
            | Step::Keys { .. }
            | Step::Mumble { .. }
            | Step::Murmur { .. }
            | Step::News { .. }
            | Step::Noise { .. }
            | Step::Say { .. }
            | Step::Unclear
            | Step::Wait { .. } => unreachable!("nothing about the line"),
        }
    }
}

fn trace(script: &Script) -> String {
    let started_at = script.started_at.parse::<jiff::Zoned>().unwrap().timestamp();
    let mut stage = Stage::new(CallStart {
        id: CallId::new("01935b1e-4a00-7000-8000-000000000001".parse().unwrap()),
        business: Arc::new(script.business()),
        caller: script.caller.as_deref().map(|number| PhoneNumber::parse(number).unwrap()),
        started_at,
        earlier: script.earlier.iter().map(Before::call).collect(),
        model: None,
    });
    for step in &script.steps {
        stage.play(step);
    }
    // Whatever the script leaves open comes to its end by itself.
    let mut waited = 0;
    while !stage.over && waited < 200 {
        stage.pass(1000);
        waited += 1;
    }
    assert!(stage.over, "the call never ended:\n{}", stage.trace);
    stage.trace
}

fn scripts() -> BTreeMap<String, Script> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/calls");
    let mut scripts = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            let script: Script =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            scripts.insert(path.file_stem().unwrap().to_str().unwrap().to_owned(), script);
        }
    }
    scripts
}

#[test]
fn every_scripted_call_goes_as_recorded() {
    for (name, script) in &scripts() {
        insta::with_settings!({ snapshot_path => "calls", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name.as_str(), trace(script));
        });
    }
}

/// Sentences without personal data come from the fixed phrases, so that the voice has them ready.
#[test]
fn what_is_said_is_fixed_but_for_what_the_caller_said_and_what_was_promised() {
    for script in scripts().values() {
        let business = script.business();
        let mut phrases = calmline::call::fixed_phrases(&business);
        let written =
            calmline::call::playbook_phrases(&business).chain([business.playbook.self_harm.as_str()]);
        phrases.extend(written.map(str::to_owned));
        let trace = trace(script);
        let said = trace
            .lines()
            .filter_map(|line| line.split_once(" BOT"))
            .filter_map(|(_, said)| said.split_once(": "));
        for (_, text) in said {
            let rest = phrases.iter().fold(text.to_owned(), |rest, phrase| rest.replace(phrase.as_str(), ""));
            let personal = [
                "I have ",
                "You are calling from ",
                " will call you back ",
                " and call you back on ",
                "Your message goes to ",
                "So ",
                "You would like ",
                "I am sorry that ",
                "Are you calling about ",
                "Last time it was about ",
                "Last time ",
                "This goes to ",
                "'s phone is ringing",
                "I am still ringing ",
                "I am ringing ",
                " cannot come to the phone ",
                " is on the line and has your notes",
                " is still on the line for you",
            ];
            let bare = rest.trim();
            assert!(bare.is_empty() || personal.iter().any(|start| bare.contains(start)), "{bare}");
        }
    }
}
