//! Stress in a call, in virtual time: what the voice says is given second by second, the words turn by turn.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::sync::Arc;
use std::time::Duration;

use calmline::call::{Action, CallStart, Engine, Event, Playback};
use calmline::config::example;
use calmline::domain::{
    Business, CallId, CallTime, EscalationReason, Fact, HangupCause, PhoneNumber, Pii, Span, StressPolicy,
    StressScore, Urgency, Utterance, VoiceScore,
};

use crate::calls::{agent, at_any_hour};

const SECOND: Duration = Duration::from_secs(1);
const ANGRY: f32 = 92.0;
const CALM: f32 = 15.0;
const NO_SHOW: &str = "Your technician was supposed to come this morning and he did not come.";

struct Call {
    start: CallStart,
    engine: Engine,
    now: CallTime,
    heard_seconds: f32,
    facts: Vec<(CallTime, Fact)>,
    said: Vec<String>,
}

impl Call {
    fn new() -> Self {
        Self::with(Some(StressPolicy { threshold: 78.0, persistence_seconds: 2.0 }))
    }

    fn with(stress: Option<StressPolicy>) -> Self {
        Self::at(Business { stress, ..example("heating").unwrap() })
    }

    fn at(business: Business) -> Self {
        let start = CallStart {
            id: CallId::new("01935b1e-4a00-7000-8000-000000000001".parse().unwrap()),
            business: Arc::new(business),
            caller: Some(PhoneNumber::parse("+14155550177").unwrap()),
            started_at: "2026-11-23T10:02-08:00".parse().unwrap(),
            earlier: vec![],
            model: None,
        };
        let engine = Engine::new(start.clone());
        let mut call =
            Self { start, engine, now: CallTime::ZERO, heard_seconds: 0.0, facts: vec![], said: vec![] };
        call.event(Event::Answered);
        call
    }

    fn event(&mut self, event: Event) {
        self.engine.handle(event, self.now);
        while let Some(action) = self.engine.poll_action() {
            match action {
                Action::Say { speech, text, .. } => {
                    let text = text.into_exposed();
                    let span = Span { start: self.now, end: self.now + 3 * SECOND };
                    let playback = Playback { heard_bytes: text.len(), span, failed: false };
                    self.said.push(text);
                    self.now = self.now + 3 * SECOND;
                    self.engine.handle(Event::PlaybackFinished { speech, playback }, self.now);
                }
                Action::Record(fact) => self.facts.push((self.now, fact)),
                Action::StopSpeaking
                | Action::Listen(_)
                | Action::Ask { .. }
                | Action::Cancel(_)
                | Action::HandOff { .. }
                | Action::StopHandOff(_)
                | Action::Join(_)
                | Action::Hangup(_) => {}
            }
        }
        let replayed = Engine::replay(self.start.clone(), self.facts.clone());
        assert_eq!(replayed.state(), self.engine.state(), "a replay gives another state");
    }

    /// A second of speech at this level.
    fn sound(&mut self, level: f32) {
        self.now = self.now + SECOND;
        self.heard_seconds += 1.0;
        let voice = VoiceScore {
            level,
            low: (level - 8.0).max(0.0),
            high: (level + 6.0).min(100.0),
            speech_seconds: self.heard_seconds.min(3.0),
            reasons: vec!["pitch higher than most callers'".to_owned()],
        };
        self.event(Event::StressScored { voice, new_seconds: 1.0 });
    }

    /// A turn, with the level of the voice second by second.
    fn say(&mut self, words: &str, levels: &[f32]) {
        self.event(Event::SpeechStarted);
        let start = self.now;
        levels.iter().for_each(|level| self.sound(*level));
        self.event(Event::SpeechStopped);
        let span = Span { start, end: self.now };
        self.event(Event::Heard(Utterance { text: Pii::from(words), span, confidence: 0.9 }));
    }

    fn times(&self, which: impl Fn(&Fact) -> bool) -> Vec<CallTime> {
        self.facts.iter().filter(|(_, fact)| which(fact)).map(|(at, _)| *at).collect()
    }

    fn crossed(&self) -> Vec<CallTime> {
        self.times(|fact| matches!(fact, Fact::StressCrossed { over: true, .. }))
    }

    fn decided(&self) -> Vec<CallTime> {
        self.times(|fact| matches!(fact, Fact::Escalated { reason: EscalationReason::Stress, .. }))
    }

    fn told(&self) -> usize {
        self.said.iter().filter(|said| said.contains("who can go through it with you")).count()
    }

    fn scores(&self) -> Vec<StressScore> {
        let score = |(_, fact): &(CallTime, Fact)| {
            if let Fact::StressScored { score, .. } = fact { Some(score.clone()) } else { None }
        };
        self.facts.iter().filter_map(score).collect()
    }

    fn level(&self) -> f32 {
        self.scores().last().map_or(0.0, |score| score.level)
    }
}

#[test]
fn a_voice_that_stays_over_the_line_brings_a_person_who_is_announced_once() {
    let mut call = Call::new();
    call.say(NO_SHOW, &[CALM, CALM, 30.0, 70.0, ANGRY, ANGRY, ANGRY, ANGRY, ANGRY]);
    let [crossed] = call.crossed()[..] else { panic!("crossed at {:?}", call.crossed()) };
    let [decided] = call.decided()[..] else { panic!("decided at {:?}", call.decided()) };
    assert!(crossed <= decided);
    assert_eq!(call.told(), 1, "{:?}", call.said);
    let told = call
        .facts
        .iter()
        .find_map(|(_, fact)| if let Fact::TakeoverTold { since, .. } = fact { Some(*since) } else { None });
    assert!(told.is_some_and(|since| since >= decided), "told at {told:?}");

    call.say("My name is Owen Castellane.", &[ANGRY, ANGRY]);
    call.say("Yes, that number is fine.", &[ANGRY, ANGRY]);
    assert_eq!((call.told(), call.decided().len(), call.crossed().len()), (1, 1, 1));
    call.event(Event::LegEnded(HangupCause::CallerHungUp));
    let promises = call.engine.state().promises();
    assert!(promises.iter().any(|promise| promise.urgency == Urgency::Urgent), "{promises:?}");
}

#[test]
fn what_somebody_under_stress_wants_is_not_asked_beyond_how_to_reach_them() {
    let mut call = Call::new();
    call.say(NO_SHOW, &[ANGRY; 7]);
    assert!(call.said.last().unwrap().contains("name"), "{:?}", call.said);
}

#[test]
fn one_shout_does_not_cross_the_line() {
    let mut call = Call::new();
    call.say(NO_SHOW, &[CALM, CALM, ANGRY, ANGRY, 60.0, CALM]);
    call.say("It was between eight and twelve.", &[CALM, ANGRY, CALM]);
    assert_eq!((call.crossed(), call.decided()), (vec![], vec![]));
    assert_eq!(call.told(), 0);
}

#[test]
fn quiet_desperation_crosses_the_line_by_its_words() {
    let mut call = Call::new();
    call.say(
        "I don't know what to do anymore, I have been crying all day. This is the third time I call.",
        &[CALM; 5],
    );
    assert!(call.decided().is_empty(), "one sentence is not enough");
    call.say("I can't cope with this any longer, I am so scared, and nobody helps me.", &[CALM; 5]);
    assert_eq!(call.decided().len(), 1, "{:?}", call.scores());
    let score = call.scores().into_iter().last().unwrap();
    assert!(score.voice.as_ref().unwrap().level < 20.0 && score.words.level > 78.0, "{score:?}");
    assert!(score.reasons().any(|reason| reason == "said how hard it is"), "{score:?}");
}

#[test]
fn a_loud_happy_voice_does_not_bring_a_person() {
    let mut call = Call::new();
    call.say(
        "Hi! I am so excited, I would like to book a visit for my new house!",
        &[88.0, 90.0, 91.0, 90.0],
    );
    assert_eq!(call.decided(), []);
    call.say("Oh that is wonderful, thank you so much!", &[88.0, 90.0]);
    assert_eq!((call.decided(), call.told()), (vec![], 0));
    assert!(call.level() < 78.0, "{:?}", call.scores().last());
}

#[test]
fn ordinary_friction_is_for_the_receptionist() {
    let mut call = Call::new();
    call.say("I am really annoyed, your technician did not come this morning.", &[CALM, 30.0, 40.0, 35.0]);
    call.say("I waited the whole morning and I would like a new time.", &[30.0, 25.0]);
    call.say("No, that's wrong, it was yesterday.", &[40.0, 30.0]);
    assert_eq!(call.crossed(), []);
}

#[test]
fn nothing_is_said_of_the_voice_before_two_seconds_of_speech() {
    let mut call = Call::new();
    call.say("No heat.", &[ANGRY]);
    assert!(call.scores().is_empty());
    call.say("Nobody came.", &[ANGRY]);
    assert!(call.scores()[0].voice.is_some());
    let spoken = call.facts.iter().find_map(|(_, fact)| {
        if let Fact::StressScored { speech_seconds, .. } = fact { Some(*speech_seconds) } else { None }
    });
    assert_eq!(spoken, Some(2.0), "the first second counts as heard");
}

#[test]
fn a_long_rage_is_decided_on_before_it_ends() {
    let mut call = Call::new();
    call.event(Event::SpeechStarted);
    for _ in 0..20 {
        call.sound(ANGRY);
    }
    assert_eq!(call.decided().len(), 1);
    assert_eq!(call.told(), 0, "nobody is interrupted");
    call.say(NO_SHOW, &[ANGRY]);
    assert_eq!(call.told(), 1, "{:?}", call.said);
}

#[test]
fn a_crash_neither_forgets_a_decision_nor_announces_it_twice() {
    let mut call = Call::new();
    call.say(NO_SHOW, &[ANGRY; 7]);
    call.engine = Engine::replay(call.start.clone(), call.facts.clone());
    call.event(Event::Resumed);
    call.say("My name is Owen Castellane.", &[ANGRY; 3]);
    assert_eq!((call.told(), call.decided().len(), call.crossed().len()), (1, 1, 1));
}

#[test]
fn a_person_who_is_on_the_way_already_is_not_announced_again() {
    let mut call = Call::new();
    call.say("I want to talk to a real person now.", &[ANGRY; 7]);
    assert_eq!((call.crossed().len(), call.decided().len()), (1, 0));
    assert_eq!(call.told(), 0, "{:?}", call.said);
}

#[test]
fn the_line_is_the_business_s_and_without_one_nothing_is_measured() {
    let mut low = Call::with(Some(StressPolicy { threshold: 55.0, persistence_seconds: 1.0 }));
    low.say(NO_SHOW, &[70.0; 4]);
    assert_eq!(low.decided().len(), 1);
    let mut patient = Call::with(Some(StressPolicy { threshold: 78.0, persistence_seconds: 10.0 }));
    patient.say(NO_SHOW, &[ANGRY; 6]);
    assert_eq!(patient.decided(), []);
    let mut off = Call::with(None);
    off.say(NO_SHOW, &[ANGRY; 6]);
    assert!(off.scores().is_empty() && off.crossed().is_empty() && off.told() == 0);
}

#[test]
fn a_voice_alone_must_stay_over_the_line_twice_as_long() {
    let mut brief = Call::new();
    brief.say(NO_SHOW, &[CALM, CALM, ANGRY, ANGRY, ANGRY, ANGRY, 60.0]);
    assert_eq!(brief.crossed(), []);
    let mut long = Call::new();
    long.say(NO_SHOW, &[CALM, CALM, ANGRY, ANGRY, ANGRY, ANGRY, ANGRY, 60.0]);
    assert_eq!(long.crossed().len(), 1);
}

#[test]
fn a_voice_that_is_not_surely_over_the_line_crosses_it_only_with_words_to_go_with_it() {
    let mut loud = Call::new();
    loud.say(NO_SHOW, &[82.0; 6]);
    loud.say("He was here on Monday.", &[82.0; 6]);
    assert_eq!((loud.crossed().len(), loud.decided().len()), (0, 0));
    loud.say("I am furious.", &[82.0; 2]);
    loud.say("I have had enough of this.", &[82.0; 3]);
    assert_eq!((loud.crossed().len(), loud.decided().len()), (1, 1));
}

#[test]
fn waiting_long_for_a_person_counts() {
    let agents = vec![agent("Dana", at_any_hour(), at_any_hour())];
    let mut call = Call::at(Business { agents, ..example("heating").unwrap() });
    call.say("Can I speak to a person, please?", &[CALM; 3]);
    let began = |fact: &Fact| matches!(fact, Fact::HandoffBegan { .. });
    assert_eq!(call.times(began).len(), 1);
    let course = |call: &Call| call.scores().last().unwrap().course.clone();
    call.say("Okay.", &[CALM; 3]);
    let before = course(&call).level;
    for _ in 0..3 {
        call.now = call.now + 30 * SECOND;
        call.say("Is anybody coming?", &[CALM; 3]);
    }
    call.say("I am still waiting.", &[CALM; 3]);
    let after = course(&call);
    assert!(after.level > before, "{before} {after:?}");
    assert!(after.reasons.iter().any(|reason| reason == "had to wait"), "{after:?}");
}

#[test]
fn an_unwanted_call_brings_nobody_however_loud() {
    let mut call = Call::new();
    call.say("I am calling from a marketing agency with a special offer for your business.", &[ANGRY; 6]);
    assert_eq!(call.decided(), []);
}
