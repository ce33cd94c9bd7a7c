//! The call engine: one per call, a pure machine from what happened to what to do next.
//!
//! Invariant: its state is a function of the facts it has recorded, so a crashed call is rebuilt by replaying
//! them. It deliberately never sees audio, a clock, a socket or a language model.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod action;
mod agenda;
mod answers;
mod asking;
mod briefing;
mod crossing;
mod diagnosing;
mod escalating;
mod event;
mod full_house;
mod handing_off;
mod handoffs;
mod hearing;
mod keys;
mod ledger;
mod matter;
mod mining;
mod noting;
mod open;
mod promising;
mod returning;
mod state;
mod stress;
mod timers;
mod wording;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

pub use action::{Action, Timer};
pub use crossing::Crossing;
pub use event::{Event, Playback};
pub use full_house::full_house;
pub use matter::{Escalation, Matter};
pub use state::{Intake, Noted, State, Turn};
pub use stress::Stress;
pub use wording::{fixed_phrases, playbook_phrases};

use crate::diagnosis::guard::{self, Permitted};
use crate::diagnosis::topic::PlaybookCues;
use crate::domain::{
    AskId, Business, CallId, CallTime, EarlierCall, EscalationReason, Expecting, Fact, HandoffNews,
    HangupCause, Phase, PhoneNumber, Question,
};
use asking::Held;
use hearing::Reaction;
use ledger::{Remainder, Spoken};
use timers::Timers;

/// What is known of a call before anybody has spoken.
#[derive(Debug, Clone)]
pub struct CallStart {
    /// The call.
    pub id: CallId,
    /// The business it is for.
    pub business: Arc<Business>,
    /// The calling number, unless withheld.
    pub caller: Option<PhoneNumber>,
    /// The wall clock at [`CallTime::ZERO`].
    pub started_at: Timestamp,
    /// Earlier calls of the same number to the same business, the latest first.
    pub earlier: Vec<EarlierCall>,
    /// How a language model is used; absent where none is configured.
    pub model: Option<ModelUse>,
}

/// How a language model is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelUse {
    /// How long a sentence may wait for better words.
    pub wording_deadline: Duration,
    /// How long findings and the summary may take; nothing waits for them.
    pub background_deadline: Duration,
}

/// One call: takes events, gives actions and deadlines.
///
/// After every `handle` or `handle_timeout`, [`Engine::poll_action`] is drained to `None`.
#[derive(Debug, Clone)]
pub struct Engine {
    start: CallStart,
    /// What may be promised.
    permits: Arc<Permitted>,
    /// The playbook's cues.
    cues: Arc<PlaybookCues>,
    state: State,
    floor: Floor,
    now: CallTime,
    actions: VecDeque<Action>,
}

/// Who has the floor: what is being spoken, waited for, or about to end. Nothing here outlives a crash.
#[derive(Debug, Clone, Default)]
struct Floor {
    speaking: Option<Spoken>,
    /// What was cut off by the caller, to go on with after a mere noise.
    cut: Option<Remainder>,
    caller_speaking: bool,
    /// When the caller last began to speak.
    speech_since: CallTime,
    /// An answer that waits because the caller went on speaking.
    owed: Option<Reaction>,
    listening: Expecting,
    next_speech: u32,
    timers: Timers,
    /// The cause to hang up with when the present speech has been heard out.
    leaving: Option<HangupCause>,
    /// Set when the call must end whatever the caller says next.
    must_end: Option<HangupCause>,
    /// Whether the call is past its limit, or the server about to stop: the next deadline is final.
    last_minute: bool,
    /// Whether the caller asked for a moment.
    patient: bool,
    /// Whether the last speech failed and was tried again.
    retried: bool,
    farewells: u32,
    /// How much of what happened to the handing over the caller was told.
    told_news: usize,
    /// How often the caller was kept company since the handing over began.
    companies: u32,
    /// Whether the caller was told who takes the call.
    introduced: bool,
    /// Whether the stream is gone because the caller is, or was to be, with an agent.
    detached: bool,
    /// A speech that waits for a language model's words.
    held: Option<Held>,
    /// A question to a language model that nothing waits for.
    background: Option<AskId>,
    next_ask: u32,
    /// How long the level of stress has been on the other side of the line.
    stress: stress::Watch,
    /// The sentence being spoken that tells that a person takes over.
    takeover: Option<(EscalationReason, String)>,
}

impl Engine {
    /// An engine for a call that has not been answered yet.
    pub fn new(start: CallStart) -> Self {
        Self {
            permits: Arc::new(guard::permitted_by(&start.business)),
            cues: Arc::new(PlaybookCues::of(&start.business.playbook)),
            start,
            state: State::default(),
            floor: Floor::default(),
            now: CallTime::ZERO,
            actions: VecDeque::new(),
        }
    }

    /// Rebuilds the engine of a call from its recorded facts; it waits for [`Event::Resumed`], or for
    /// [`Event::LegEnded`] if the caller is gone, and gives up on its own after the time for coming back.
    pub fn replay(start: CallStart, facts: impl IntoIterator<Item = (CallTime, Fact)>) -> Self {
        let mut engine = Self::new(start);
        for (at, fact) in facts {
            engine.now = engine.now.max(at);
            engine.state.apply(at, &fact);
        }
        engine.floor.next_speech = engine.state.next_speech;
        engine.floor.stress = stress::Watch::from(engine.state.stress.is_over());
        if engine.state.stage.answered && engine.state.stage.ended.is_none() {
            if engine.state.handoffs.talk().is_some() {
                engine.floor.timers.start_talk_limit(engine.now);
            } else {
                engine.wait_for_return();
            }
        }
        engine
    }

    /// Takes in what happened; total in every phase.
    pub fn handle(&mut self, event: Event, now: CallTime) {
        self.now = self.now.max(now);
        if self.state.stage.ended.is_some() {
            return;
        }
        if self.state.handoffs.away() && concerns_the_talk(&event) {
            return;
        }
        match event {
            Event::Answered => self.answered(),
            Event::Resumed => self.resumed(),
            Event::StreamLost => self.stream_lost(),
            Event::SpeechStarted => self.speech_started(),
            Event::SpeechStopped => self.speech_stopped(),
            Event::Heard(utterance) => self.heard(utterance),
            Event::Unclear { span: _, likely_speech } => self.unclear(likely_speech),
            Event::StressScored { voice, new_seconds } => self.voice_scored(voice, new_seconds),
            Event::Keyed(digit) => self.keyed(digit),
            Event::PlaybackFinished { speech, playback } => self.playback_finished(speech, &playback),
            Event::Replied { ask, reply } => self.replied(ask, reply),
            Event::AskFailed { ask, fault: _ } => self.ask_failed(ask),
            Event::Handoff { handoff, news } => self.handoff_news(handoff, news),
            Event::LegEnded(cause) => self.leg_ended(cause),
            Event::Draining => self.draining(),
        }
    }

    /// Does what is due by `now`; nothing if called too early.
    pub fn handle_timeout(&mut self, now: CallTime) {
        self.now = self.now.max(now);
        while self.state.stage.ended.is_none()
            && let Some(timer) = self.floor.timers.take_due(self.now)
        {
            self.timed_out(timer);
        }
    }

    /// The next thing to do, in order; drained to `None` before the next event.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// The earliest deadline and its reason.
    pub fn poll_timeout(&self) -> Option<(CallTime, Timer)> {
        if self.state.stage.ended.is_some() { None } else { self.floor.timers.earliest() }
    }

    /// What is known of the call, as its facts say.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Where the conversation is.
    pub fn phase(&self) -> Phase {
        self.state.phase()
    }

    /// The answers learned so far.
    pub fn intake(&self) -> &Intake {
        self.state.intake()
    }

    /// What the call is about, and how the caller is.
    pub fn matter(&self) -> &Matter {
        self.state.matter()
    }

    /// How stressed the caller is.
    pub fn stress(&self) -> &Stress {
        self.state.stress()
    }

    /// All turns in order, each as the other side heard it.
    pub fn transcript(&self) -> &[Turn] {
        self.state.transcript()
    }

    /// What the ear should expect now.
    pub fn expecting(&self) -> Expecting {
        self.floor.listening
    }

    fn business(&self) -> &Business {
        &self.start.business
    }

    fn wall(&self, at: CallTime) -> Timestamp {
        let passed = jiff::SignedDuration::from_millis(i64::try_from(at.as_ms()).unwrap_or(i64::MAX));
        self.start.started_at.saturating_add(passed).unwrap_or(self.start.started_at)
    }

    fn record(&mut self, fact: Fact) {
        self.state.apply(self.now, &fact);
        self.actions.push_back(Action::Record(fact));
    }

    fn answered(&mut self) {
        if self.state.stage.answered {
            return;
        }
        let open = self.business().hours.open_at(self.wall(self.now), &self.business().time_zone);
        self.record(Fact::Answered { caller: self.start.caller.clone(), open });
        self.record(Fact::PhaseEntered { phase: Phase::Greeting });
        self.recall();
        self.floor.timers.start_call_limit(self.now);
        self.greet();
    }

    fn resumed(&mut self) {
        if !self.state.stage.answered {
            return self.answered();
        }
        self.floor.timers.clear_reconnect();
        if self.state.handoffs.away() {
            self.floor.timers.limit_after_talk(self.now);
        }
        self.floor.timers.start_call_limit(self.now);
        self.floor.caller_speaking = false;
        self.floor.detached = false;
        self.floor.introduced = false;
        self.settle_unreported();
        self.floor.cut = None;
        self.floor.owed = None;
        self.floor.leaving = None;
        self.drop_asks();
        self.record(Fact::Resumed);
        self.speak_after_return();
    }

    fn stream_lost(&mut self) {
        if !self.state.stage.answered {
            return;
        }
        if self.state.handoffs.away() {
            self.floor.detached = true;
            return;
        }
        if self.state.stage.lost {
            // Said again after a restart: the caller gets the whole time to come back.
            return self.wait_for_return();
        }
        self.settle_unreported();
        self.floor.cut = None;
        self.floor.owed = None;
        self.floor.caller_speaking = false;
        self.drop_asks();
        self.record(Fact::StreamLost);
        self.wait_for_return();
    }

    fn wait_for_return(&mut self) {
        self.floor.timers.clear_talk();
        self.floor.timers.start_reconnect(self.now);
    }

    fn leg_ended(&mut self, cause: HangupCause) {
        self.settle_unreported();
        // Who hangs up on an agent ends the talk, however late that is told.
        if let Some(handoff) = self.state.handoffs.talk() {
            self.record(Fact::HandoffHeard { handoff, news: HandoffNews::TalkEnded });
        }
        self.promise_if_worthwhile();
        self.end(cause);
    }

    fn hang_up(&mut self, cause: HangupCause) {
        self.promise_if_worthwhile();
        self.end(cause);
        self.actions.push_back(Action::Hangup(cause));
    }

    fn end(&mut self, cause: HangupCause) {
        self.write_note(cause);
        self.record(Fact::Ended { cause });
        self.floor = Floor { next_speech: self.floor.next_speech, ..Floor::default() };
    }

    fn attempt(&self, question: &Question) -> u32 {
        self.state.times_asked(question) + 1
    }
}

/// Whether an event means nothing while the caller is with an agent.
fn concerns_the_talk(event: &Event) -> bool {
    match event {
        Event::Answered
        | Event::SpeechStarted
        | Event::SpeechStopped
        | Event::Heard(_)
        | Event::Unclear { .. }
        | Event::Keyed(_)
        | Event::StressScored { .. }
        | Event::PlaybackFinished { .. }
        | Event::Replied { .. }
        | Event::AskFailed { .. }
        | Event::Draining => true,
        Event::Resumed | Event::StreamLost | Event::Handoff { .. } | Event::LegEnded(_) => false,
    }
}
