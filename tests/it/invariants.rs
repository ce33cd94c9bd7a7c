//! What holds in every call, whatever happens in whatever order.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::sync::Arc;
use std::time::Duration;

use calmline::call::{Action, CallStart, Engine, Event, Playback};
use calmline::diagnosis::briefing::spoken;
use calmline::domain::{
    CallId, CallTime, Digit, EarlierCall, Fact, HandoffId, HandoffNews, HandoffOutcome, HangupCause, Hours,
    Missed, Outcome, PhoneNumber, Pii, Promise, PromiseId, PromiseState, Question, Slot, Span, SpeechId,
    Unanswered, Urgency, Utterance, VoiceScore,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::calls::{agent, at_any_hour};
use calmline::config::example;

/// Fixed, so that a run can be repeated; another seed makes other sequences.
const SEED: RngSeed = RngSeed::Fixed(20_261_122);

/// Things callers say, chosen to reach every part of the talk.
const SAYINGS: &[&str] = &[
    "Hi, my kitchen tap has been dripping since Sunday.",
    "My name is Owen Castellane.",
    "Jane Doe",
    "C A S T E L L A N E.",
    "four one five, five five five, oh one four two",
    "four one five",
    "five five five",
    "No, five-five-nine.",
    "The number I am calling from is fine.",
    "Yes.",
    "No.",
    "No, that's wrong.",
    "I don't know.",
    "Uh huh.",
    "Okay.",
    "Can you repeat that?",
    "Hold on, let me look.",
    "Can I talk to a real person?",
    "Are you a robot?",
    "Listen to me!",
    "It is 18 Fernwood Avenue.",
    "The case number is C V twenty two, dash, three zero eight.",
    "Any time after three.",
    "A message, please.",
    "And please tell them that the dog bites strangers.",
    "Goodbye.",
    "No, that was everything. Thank you.",
    "I think I have the wrong number.",
    "What?",
    "Nobody came yesterday and nobody called me, this is the third time.",
    "You stupid idiot.",
    "I'm going to sue you.",
    "I smell gas in the kitchen.",
    "I want a new appointment tomorrow.",
    "No, that's not what I meant.",
    "What are your opening hours?",
    "The first one, please.",
    "Let me speak to your manager.",
    "Never mind, just call me back.",
    "I want to kill myself.",
    "Water is coming through the ceiling.",
    "It's all sorted now, thank you.",
    "No, it's still not fixed.",
    "...",
    "",
];

#[derive(Debug, Clone)]
enum Move {
    Answer,
    Resume,
    LoseStream,
    Start,
    Stop,
    Say(usize),
    /// The words of a turn after which the caller went on.
    SayLate(usize),
    Mutter(String),
    Noise(bool),
    Key(char),
    /// The voice is scored, with whatever numbers.
    Sound {
        level: f32,
        band: f32,
        seconds: f32,
    },
    /// The voice reports: so much of the speech was heard, in percent.
    Report(usize),
    Fail,
    ReportStale(u32),
    Pass(u64),
    /// Something happened to the handing over, or is told of one that is long over.
    News(HandoffNews, bool),
    Leave,
    Drain,
}

fn news() -> impl Strategy<Value = HandoffNews> {
    let agent = || prop::sample::select(vec!["Maria".to_owned(), "Tom".to_owned()]);
    let why =
        prop::sample::select(vec![Missed::NoAnswer, Missed::Declined, Missed::HungUp, Missed::Outpaced]);
    let outcome = prop::sample::select(vec![
        HandoffOutcome::NobodyThere,
        HandoffOutcome::NobodyAnswered,
        HandoffOutcome::NotConnected,
        HandoffOutcome::CallerStopped,
        HandoffOutcome::Joined,
    ]);
    prop_oneof![
        6 => agent().prop_map(|agent| HandoffNews::Ringing { agent }),
        4 => (agent(), why).prop_map(|(agent, why)| HandoffNews::Missed { agent, why }),
        6 => agent().prop_map(|agent| HandoffNews::Accepted { agent }),
        4 => Just(HandoffNews::Joined),
        3 => outcome.prop_map(|outcome| HandoffNews::Settled { outcome }),
        3 => Just(HandoffNews::TalkEnded),
    ]
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        1 => Just(Move::Answer),
        2 => Just(Move::Resume),
        1 => Just(Move::LoseStream),
        6 => Just(Move::Start),
        4 => Just(Move::Stop),
        30 => (0..SAYINGS.len()).prop_map(Move::Say),
        3 => (0..SAYINGS.len()).prop_map(Move::SayLate),
        2 => any::<String>().prop_map(Move::Mutter),
        2 => "[a-z0-9 ,.'?-]{0,80}".prop_map(Move::Mutter),
        3 => any::<bool>().prop_map(Move::Noise),
        3 => prop::sample::select("0123456789*#".chars().collect::<Vec<_>>()).prop_map(Move::Key),
        8 => (0usize..=100).prop_map(Move::Report),
        8 => (0.0f32..100.0, 0.0f32..20.0, 0.0f32..4.0)
            .prop_map(|(level, band, seconds)| Move::Sound { level, band, seconds }),
        1 => (any::<f32>(), any::<f32>(), any::<f32>())
            .prop_map(|(level, band, seconds)| Move::Sound { level, band, seconds }),
        16 => Just(Move::Report(100)),
        1 => Just(Move::Fail),
        1 => (0u32..40).prop_map(Move::ReportStale),
        14 => (news(), prop::bool::weighted(0.05)).prop_map(|(news, stale)| Move::News(news, stale)),
        12 => (0u64..12_000).prop_map(Move::Pass),
        1 => (12_000u64..2_000_000).prop_map(Move::Pass),
    ];
    let end = prop_oneof![3 => Just(None), 1 => Just(Some(Move::Leave)), 1 => Just(Some(Move::Drain))];
    (prop::collection::vec(one, 1..70), end, prop::bool::weighted(0.95)).prop_map(
        |(mut all, end, answered)| {
            if answered {
                all.insert(0, Move::Answer);
            }
            all.extend(end);
            all
        },
    )
}

/// What the caller's number has behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    /// A call whose promise is open.
    Open,
    /// A call whose promise was kept, or whose time is over, and of which they were to say whether it is resolved.
    Unanswered(PromiseState),
}

fn before() -> impl Strategy<Value = Before> {
    prop_oneof![
        2 => Just(Before::Nothing),
        1 => Just(Before::Open),
        1 => prop::sample::select(vec![PromiseState::Open, PromiseState::Kept]).prop_map(Before::Unanswered),
    ]
}

impl Before {
    fn calls(self) -> Vec<EarlierCall> {
        let call = CallId::new("01935b1d-4a00-7000-8000-000000000000".parse().unwrap());
        let promise = PromiseId::new("01935b1d-4a00-7000-8000-000000000001".parse().unwrap());
        let at: jiff::Timestamp = "2026-11-22T10:00-05:00".parse().unwrap();
        let (state, unanswered) = match self {
            Self::Nothing => return Vec::new(),
            Self::Open => (PromiseState::Open, vec![]),
            Self::Unanswered(state) => (state, vec![Unanswered { promise, since: at }]),
        };
        let promises = vec![Promise {
            id: promise,
            call,
            what: "Call Ann Lee back.".into(),
            owner: "our office".to_owned(),
            callback: PhoneNumber::parse("+14155550177").ok(),
            due: at,
            urgency: Urgency::Normal,
            state,
        }];
        let topic = Some("no-heat".to_owned());
        let (trigger, name) = (Some("your furnace is out".into()), Some("Ann Lee".into()));
        vec![EarlierCall { call, at, topic, trigger, name, promises, again: false, unanswered }]
    }
}

fn start(withheld: bool, law: bool, agents: bool, before: Before) -> CallStart {
    let mut business = example(if law { "law" } else { "heating" }).unwrap();
    if agents {
        business.agents = vec![agent("Maria", at_any_hour(), Hours::default())];
    }
    CallStart {
        id: CallId::new("01935b1e-4a00-7000-8000-000000000001".parse().unwrap()),
        business: Arc::new(business),
        caller: (!withheld).then(|| PhoneNumber::parse("+14155550177").unwrap()),
        started_at: "2026-11-23T10:02-05:00".parse().unwrap(),
        earlier: before.calls(),
        model: None,
    }
}

struct Watched {
    start: CallStart,
    engine: Engine,
    now: CallTime,
    /// Speeches not reported yet, with whether they were told to stop.
    speaking: Vec<(SpeechId, String, bool)>,
    facts: Vec<(CallTime, Fact)>,
    hangups: usize,
    /// All that were begun; the last one may be open.
    handoffs: Vec<HandoffId>,
    open: bool,
    /// Whether somebody takes the call, and the caller was not put through yet.
    accepted: bool,
    /// Whether the caller is on the way to them.
    put_through: bool,
    bridged_since: Option<CallTime>,
}

impl Watched {
    fn new(start: CallStart) -> Self {
        let engine = Engine::new(start.clone());
        Self {
            start,
            engine,
            now: CallTime::ZERO,
            speaking: vec![],
            facts: vec![],
            hangups: 0,
            handoffs: vec![],
            open: false,
            accepted: false,
            put_through: false,
            bridged_since: None,
        }
    }

    fn over(&self) -> bool {
        self.engine.state().ended().is_some()
    }

    fn drain(&mut self, was_over: bool) {
        let mut count = 0;
        while let Some(action) = self.engine.poll_action() {
            count += 1;
            assert!(count < 60, "an endless stream of actions");
            assert!(!was_over, "something happened after the end: {action:?}");
            match action {
                Action::Say { speech, text, asks, .. } => {
                    assert_eq!(self.hangups, 0, "spoke after hanging up");
                    let text = text.into_exposed();
                    assert!(!text.trim().is_empty());
                    assert!(self.speaking.iter().all(|(_, _, stopped)| *stopped), "two speeches at once");
                    assert!(self.speaking.iter().all(|(id, _, _)| *id != speech), "a speech id came twice");
                    if let Some(Question::Fill(slot)) = &asks {
                        assert!(
                            self.engine.intake().get(slot).is_none(),
                            "asked for what is known: {slot:?}"
                        );
                    }
                    self.speaking.push((speech, text, false));
                }
                Action::StopSpeaking => self.speaking.iter_mut().for_each(|(_, _, stopped)| *stopped = true),
                Action::Listen(_) | Action::Ask { .. } | Action::Cancel(_) => {}
                Action::HandOff { request, briefing } => {
                    assert!(
                        !self.handoffs[..self.handoffs.len() - 1].contains(&request.id),
                        "an id came twice"
                    );
                    let told = spoken(&briefing, "Maria");
                    assert!(told.split_whitespace().count() <= 28, "more than ten seconds: {told}");
                }
                Action::StopHandOff(handoff) => {
                    assert_eq!(self.handoffs.last(), Some(&handoff), "stops what is over");
                }
                Action::Join(handoff) => {
                    assert!(std::mem::take(&mut self.accepted), "nobody took the call");
                    assert_eq!(self.handoffs.last(), Some(&handoff), "joins what is over");
                }
                Action::Record(fact) => self.record(fact),
                Action::Hangup(_) => {
                    let limit = Duration::from_secs(2 * 60 * 60);
                    let talk_ended = self.bridged_since.is_none_or(|since| self.now.since(since) >= limit);
                    assert!(talk_ended, "cuts off a talk");
                    self.hangups += 1;
                }
            }
        }
        assert!(self.hangups <= 1, "hung up twice");
    }

    fn record(&mut self, fact: Fact) {
        if let Fact::HandoffBegan { request } = &fact {
            assert!(!self.open, "two handoffs at once");
            self.open = true;
            self.accepted = false;
            self.handoffs.push(request.id);
        } else if let Fact::HandoffHeard { news, .. } = &fact {
            self.record_news(news);
        } else if let Fact::HandoffStopped { .. } = &fact {
            self.accepted = false;
            self.open = false;
        } else if let Fact::PutThrough { .. } = &fact {
            self.put_through = true;
        } else if fact == Fact::Resumed {
            // Who was put through and came back unconnected is put through again.
            self.accepted |= std::mem::take(&mut self.put_through);
            self.open &= self.bridged_since.take().is_none();
        }
        self.facts.push((self.now, fact));
    }

    fn record_news(&mut self, news: &HandoffNews) {
        match news {
            HandoffNews::Accepted { .. } => self.accepted = true,
            HandoffNews::Joined => {
                self.accepted = false;
                self.put_through = false;
                self.bridged_since = Some(self.now);
            }
            HandoffNews::Settled { .. } => {
                self.open = false;
                self.put_through = false;
            }
            HandoffNews::TalkEnded => {
                self.bridged_since = None;
                self.open = false;
            }
            HandoffNews::Missed { .. } => self.accepted = false,
            HandoffNews::Ringing { .. } => {}
        }
    }

    fn event(&mut self, event: Event) {
        let was_over = self.over();
        self.engine.handle(event, self.now);
        self.drain(was_over);
        self.settle_timers();
    }

    fn settle_timers(&mut self) {
        let mut rounds = 0;
        while self.engine.poll_timeout().is_some_and(|(at, _)| at <= self.now) {
            rounds += 1;
            assert!(rounds < 10, "a timer that never settles");
            let was_over = self.over();
            self.engine.handle_timeout(self.now);
            self.drain(was_over);
        }
    }

    fn pass(&mut self, ms: u64) {
        let until = self.now + Duration::from_millis(ms);
        while let Some((at, _)) = self.engine.poll_timeout().filter(|(at, _)| *at <= until) {
            self.now = self.now.max(at);
            self.settle_timers();
        }
        self.now = until;
    }

    fn report(&mut self, percent: usize, failed: bool) {
        if self.speaking.is_empty() {
            return;
        }
        let (speech, text, _) = self.speaking.remove(0);
        let heard_bytes = if failed { 0 } else { text.floor_char_boundary(text.len() * percent / 100) };
        let span = Span { start: self.now, end: self.now };
        self.event(Event::PlaybackFinished { speech, playback: Playback { heard_bytes, span, failed } });
    }

    fn hear(&mut self, text: &str) {
        let span = Span { start: self.now, end: self.now };
        self.event(Event::Heard(Utterance { text: Pii::from(text), span, confidence: 0.8 }));
    }

    fn play(&mut self, step: Move) {
        match step {
            Move::Answer => self.event(Event::Answered),
            Move::Resume => {
                self.speaking.clear();
                self.event(Event::Resumed);
            }
            Move::LoseStream => {
                self.speaking.clear();
                self.event(Event::StreamLost);
            }
            Move::Start => self.event(Event::SpeechStarted),
            Move::Stop => self.event(Event::SpeechStopped),
            Move::Say(which) => self.hear(SAYINGS[which]),
            Move::SayLate(which) => {
                let before = self.now - Duration::from_millis(400);
                self.event(Event::SpeechStarted);
                let text = Pii::from(SAYINGS[which]);
                let span = Span { start: before, end: before };
                self.event(Event::Heard(Utterance { text, span, confidence: 0.8 }));
            }
            Move::Mutter(text) => self.hear(&text),
            Move::Noise(likely_speech) => self.event(Event::Unclear { span: Span::default(), likely_speech }),
            Move::Key(key) => self.event(Event::Keyed(Digit::new(key).unwrap())),
            Move::Sound { level, band, seconds } => {
                let (low, high) = (level - band, level + band);
                let voice = VoiceScore { level, low, high, speech_seconds: seconds, reasons: vec![] };
                self.event(Event::StressScored { voice, new_seconds: seconds });
            }
            Move::Report(percent) => self.report(percent, false),
            Move::Fail => self.report(0, true),
            Move::ReportStale(id) => {
                if self.speaking.iter().all(|(speech, _, _)| *speech != SpeechId(id)) {
                    let playback = Playback { heard_bytes: 3, span: Span::default(), failed: false };
                    self.event(Event::PlaybackFinished { speech: SpeechId(id), playback });
                }
            }
            Move::Pass(ms) => self.pass(ms),
            Move::News(news, stale) => {
                let stranger = HandoffId::new("01935b1e-4a00-7000-8000-000000000099".parse().unwrap());
                let known = if stale { self.handoffs.first() } else { self.handoffs.last() };
                let handoff = known.copied().unwrap_or(stranger);
                self.event(Event::Handoff { handoff, news });
            }
            Move::Leave => self.event(Event::LegEnded(HangupCause::CallerHungUp)),
            Move::Drain => self.event(Event::Draining),
        }
    }

    fn check(&self) {
        let state = self.engine.state();
        if let Some(score) = state.stress().latest() {
            let parts = [score.low, score.level, score.high, score.words.level, score.course.level];
            assert!(parts.iter().all(|level| (0.0..=100.0).contains(level)), "{score:?}");
            assert!(score.low <= score.level && score.level <= score.high, "{score:?}");
            assert!((0.0..=1.0).contains(&score.confidence), "{score:?}");
        }
        assert!(state.stress().speech_seconds().is_finite());
        let replayed = Engine::replay(self.start.clone(), self.facts.clone());
        assert!(replayed.state() == state, "a replay gives another state");
        for question in [
            Question::Fill(Slot::Reason),
            Question::Fill(Slot::Name),
            Question::Fill(Slot::Callback),
            Question::Confirm(Slot::Callback),
            Question::PersonOrMessage,
            Question::AnythingElse,
        ] {
            assert!(
                state.times_asked(&question) <= 5,
                "{question:?} was asked {} times",
                state.times_asked(&question)
            );
        }
        if self.over() {
            let reachable = state.callback().is_some();
            let reason = state.intake().get(&Slot::Reason).is_some();
            let note = state.matter().note().expect("a call that is over has its note");
            let served = matches!(note.outcome, Outcome::Declined | Outcome::Answered | Outcome::HandedOver);
            let nothing = state.promises().is_empty() && !served;
            assert!(!(reachable && reason && nothing), "nothing was promised");
            assert!(
                state.matter().escalations().is_empty()
                    || !reachable
                    || !state.promises().is_empty()
                    || note.outcome == Outcome::HandedOver,
                "a person was needed, and nothing was promised"
            );
        }
    }

    /// No two speeches in a row were heard out with the very same words.
    fn check_repetition(&self) {
        let said: Vec<(&str, bool)> = self
            .facts
            .iter()
            .filter_map(|(_, fact)| {
                if let Fact::BotSaid { text, heard, .. } = fact {
                    Some((text.expose().as_str(), text == heard))
                } else {
                    None
                }
            })
            .collect();
        for pair in said.windows(2) {
            assert!(!(pair[0] == pair[1] && pair[0].1), "said twice: {}", pair[0].0);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, rng_seed: SEED, ..ProptestConfig::default() })]

    #[test]
    fn a_call_keeps_its_invariants_whatever_happens(moves in moves(), withheld: bool, law: bool, agents: bool, before in before()) {
        let mut call = Watched::new(start(withheld, law, agents, before));
        for step in moves {
            call.play(step);
            call.check();
        }
        call.check_repetition();
    }

    #[test]
    fn a_call_left_to_itself_comes_to_an_end(moves in moves(), agents: bool, before in before()) {
        let mut call = Watched::new(start(false, false, agents, before));
        call.play(Move::Answer);
        for step in moves {
            call.play(step);
        }
        for _ in 0..60 {
            call.report(100, false);
            if let Some((at, _)) = call.engine.poll_timeout() {
                call.pass(u64::try_from(at.since(call.now).as_millis()).unwrap());
            }
        }
        prop_assert!(call.over(), "the call never ends");
    }
}
