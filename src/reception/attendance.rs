//! One call from its admission to its end: the single loop that turns what the carrier sends into events and the
//! engine's actions into sound.

use std::collections::{HashMap, VecDeque};
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, sleep_until, timeout};
use tracing::{debug, info, warn};

use super::asking::Asked;
use super::clock::Clock;
use super::comfort::Comfort;
use super::ear::{Ear, Finding, TurnTimes};
use super::mouth::{Line, Mouth};
use super::{Command, Happening, Link, News, Outbound, Shared};
use crate::audio::ulaw;
use crate::call::{Action, Engine, Event};
use crate::domain::{
    AskId, Business, CallId, CallTime, Expecting, Fact, HandoffNews, HangupCause, ModelFault, ModelQuestion,
    ModelReply, TurnId, TurnTiming, Utterance,
};
use crate::llm::ModelError;
use crate::queue;
use crate::store::Recorder;
use crate::stress::baseline::Baseline;
use crate::stress::tone::Level;
use crate::synthesize::{Slice, SynthesizeError, sentences};
use crate::telephony::twilio::{self, CallSid, Inbound};

/// How many sentences of a provisional answer are prepared while the turn is not over.
const PREPARED_SENTENCES: usize = 2;
/// A call whose first stream never comes is given up after this.
const FIRST_STREAM: Duration = Duration::from_secs(60);
/// How long the carrier may take to be told that a call is over.
const HANG_UP: Duration = Duration::from_secs(10);
/// How long the carrier may take to bring a caller back from a conference that is over. It knows nothing of one that
/// the agent had left before the caller came: that caller is fetched.
const COMING_BACK: Duration = Duration::from_secs(3);

type Voice = mpsc::Receiver<Result<Slice, SynthesizeError>>;

/// What a call is taken up with.
pub(super) struct Beginning {
    pub call: CallId,
    pub sid: CallSid,
    pub business: Arc<Business>,
    pub engine: Engine,
    pub clock: Clock,
    pub recorder: Recorder,
    /// Whether the caller has been connected before, by this process or an earlier one.
    pub answered: bool,
    /// How the caller's voice was in earlier calls.
    pub usual_voice: Baseline,
    /// One of the lines that may be taken at once; absent for a call taken over from an earlier process.
    pub permit: Option<OwnedSemaphorePermit>,
}

/// The state of one attended call.
pub(super) struct Attendance {
    shared: Arc<Shared>,
    call: CallId,
    sid: CallSid,
    business: Arc<Business>,
    engine: Engine,
    clock: Clock,
    recorder: Recorder,
    commands: mpsc::Receiver<Command>,
    answered: bool,
    first_stream_by: CallTime,
    link: Option<Link>,
    ear: Ear,
    expecting: Expecting,
    mouth: Mouth,
    comfort: Comfort,
    /// The end of the caller's latest speech; none while they speak.
    caller_quiet_from: Option<CallTime>,
    voice: Option<(Line, Voice)>,
    prepared: HashMap<String, Voice>,
    asked: Asked,
    events: VecDeque<Event>,
    last_turn: Option<TurnId>,
    untimed: Option<(TurnId, TurnTimes)>,
    over: bool,
    /// Whether the caller is on the way from our stream to an agent.
    leaving: bool,
    /// When a caller who has nobody to talk to any more is fetched, if they are not back by then.
    fetched_at: Option<CallTime>,
    _permit: Option<OwnedSemaphorePermit>,
}

/// What woke the loop.
enum Woken {
    Commanded(Option<Command>),
    Received(Option<Inbound>),
    Spoke(Option<Result<Slice, SynthesizeError>>),
    Listened,
    Replied(AskId, Result<ModelReply, ModelError>),
    Due,
}

impl Attendance {
    /// Takes up a call; [`Attendance::run`] does the rest.
    pub fn new(shared: Arc<Shared>, beginning: Beginning, commands: mpsc::Receiver<Command>) -> Self {
        let Beginning { call, sid, business, engine, clock, recorder, answered, usual_voice, permit } =
            beginning;
        let mut events = VecDeque::new();
        if answered {
            // An earlier process lost the stream when it stopped; the engine waits for the caller from here on.
            events.push_back(Event::StreamLost);
        }
        let ear = Ear::new(Arc::clone(&shared), &business, usual_voice);
        Self {
            shared,
            call,
            sid,
            business,
            engine,
            clock,
            recorder,
            commands,
            answered,
            first_stream_by: clock.now() + FIRST_STREAM,
            link: None,
            ear,
            expecting: Expecting::default(),
            mouth: Mouth::default(),
            comfort: Comfort::default(),
            caller_quiet_from: Some(CallTime::ZERO),
            voice: None,
            prepared: HashMap::new(),
            asked: Asked::default(),
            events,
            last_turn: None,
            untimed: None,
            over: false,
            leaving: false,
            fetched_at: None,
            _permit: permit,
        }
    }

    /// Runs the call to its end.
    pub async fn run(mut self) {
        info!("call taken up");
        loop {
            self.settle();
            if self.over {
                break;
            }
            let woken = self.wait().await;
            self.take(woken);
        }
        self.shared.handoffs.tell(queue::Event::CallerLeft { call: self.call });
        self.hang_up().await;
        self.ear.keep_voice(self.call).await;
        info!(duration_ms = self.clock.now().as_ms(), "call over");
    }

    async fn wait(&mut self) -> Woken {
        let first_stream = (!self.answered).then_some(self.first_stream_by);
        let engine = self.engine.poll_timeout().map(|(at, _)| at);
        let deadline = [engine, self.mouth.deadline(), self.comfort_due(), first_stream, self.fetched_at]
            .into_iter()
            .flatten()
            .min()
            .map(|at| self.clock.instant(at));
        tokio::select! {
            biased;
            command = self.commands.recv() => Woken::Commanded(command),
            inbound = received(&mut self.link) => Woken::Received(inbound),
            () = self.ear.work(self.clock) => Woken::Listened,
            slice = spoken(&mut self.voice) => Woken::Spoke(slice),
            (ask, outcome) = self.asked.answered() => Woken::Replied(ask, outcome),
            () = due(deadline) => Woken::Due,
        }
    }

    fn take(&mut self, woken: Woken) {
        match woken {
            Woken::Commanded(Some(Command::Attach(link))) => self.attach(link),
            Woken::Commanded(Some(Command::LegEnded(cause))) => self.leg_ended(cause),
            Woken::Commanded(Some(Command::Handoff(handoff, news))) => {
                if matches!(news, HandoffNews::Settled { .. } | HandoffNews::TalkEnded) {
                    self.fetched_at = Some(self.clock.now() + COMING_BACK);
                }
                self.events.push_back(Event::Handoff { handoff, news });
            }
            Woken::Commanded(Some(Command::Drain) | None) => self.events.push_back(Event::Draining),
            Woken::Received(Some(inbound)) => self.receive(inbound),
            Woken::Received(None) => self.lose_link(),
            Woken::Spoke(slice) => self.speak_on(slice),
            Woken::Listened => {}
            Woken::Replied(ask, outcome) => self.replied(ask, outcome),
            Woken::Due => self.due(),
        }
    }

    fn due(&mut self) {
        let now = self.clock.now();
        if !self.answered && now >= self.first_stream_by {
            self.leg_ended(HangupCause::LineLost);
        }
        if self.fetched_at.is_some_and(|at| at <= now) {
            self.fetched_at = None;
            self.fetch();
        }
        if self.engine.poll_timeout().is_some_and(|(at, _)| at <= now) {
            self.engine.handle_timeout(now);
            self.perform();
        }
        if self.comfort_due().is_some_and(|at| at <= now) {
            let sound = self.comfort.next();
            self.fill(sound, now);
        }
    }

    /// Brings everything that is known to the engine, until nothing moves.
    fn settle(&mut self) {
        loop {
            let now = self.clock.now();
            self.ear.bot_speaking(self.mouth.is_audible(now));
            if let Some(event) = self.events.pop_front() {
                self.engine.handle(event, now);
                self.perform();
            } else if let Some((speech, playback)) = self.mouth.take_finished(now) {
                self.events.push_back(Event::PlaybackFinished { speech, playback });
            } else if let Some(finding) = self.ear.poll() {
                self.learn(finding);
            } else {
                return;
            }
        }
    }

    fn learn(&mut self, finding: Finding) {
        match finding {
            Finding::SpeechStarted => {
                self.caller_quiet_from = None;
                self.end_comfort();
                self.events.push_back(Event::SpeechStarted);
            }
            Finding::SpeechStopped => {
                self.caller_quiet_from = Some(self.clock.now());
                self.events.push_back(Event::SpeechStopped);
            }
            Finding::Provisional(utterance) => self.prepare(utterance),
            Finding::Void => self.prepared.clear(),
            Finding::Scored(Level { voice, new_seconds }) => {
                self.events.push_back(Event::StressScored { voice, new_seconds });
            }
            Finding::Unclear { span, likely_speech } => {
                self.prepared.clear();
                self.events.push_back(Event::Unclear { span, likely_speech });
            }
            Finding::Heard(utterance, times) => {
                self.engine.handle(Event::Heard(utterance), self.clock.now());
                self.perform();
                // What is learned while somebody is being sought belongs into their notes.
                if let Some(request) = self.engine.sought() {
                    self.shared.handoffs.refresh(Box::new(self.engine.briefing(request)));
                }
                self.untimed = self.last_turn.take().map(|turn| (turn, times));
            }
        }
    }

    /// Has the answer to words that may not be the last ones spoken in advance: the engine is asked what it would say.
    fn prepare(&mut self, utterance: Utterance) {
        let now = self.clock.now();
        self.tell(now, Happening::Hearing(utterance.text.clone()));
        let mut foresight = self.engine.clone();
        foresight.handle(Event::Heard(utterance), now);
        let answer = std::iter::from_fn(|| foresight.poll_action()).find_map(|action| match action {
            Action::Say { text, .. } => Some(text),
            Action::StopSpeaking
            | Action::Listen(_)
            | Action::Record(_)
            | Action::Ask { .. }
            | Action::Cancel(_)
            | Action::HandOff { .. }
            | Action::StopHandOff(_)
            | Action::Join(_)
            | Action::Hangup(_) => None,
        });
        let lines: Vec<String> =
            answer.iter().flat_map(|text| lines(text.expose())).take(PREPARED_SENTENCES).collect();
        self.prepared.retain(|line, _| lines.contains(line));
        for line in lines {
            self.prepared.entry(line).or_insert_with_key(|line| self.shared.parts.synthesizer.speak(line));
        }
    }

    /// Does what the engine asks, in order.
    fn perform(&mut self) {
        while let Some(action) = self.engine.poll_action() {
            match action {
                Action::Say { speech, text, asks, act: _, unhurried } => {
                    let label = asks.map(|question| question.label()).unwrap_or_default();
                    self.mouth.say(speech, text.into_exposed(), label, unhurried);
                }
                Action::StopSpeaking => self.stop_speaking(),
                Action::Listen(expecting) => {
                    self.expecting = expecting;
                    self.ear.expect(expecting);
                }
                Action::Record(fact) => self.record(fact),
                Action::Ask { ask, question, deadline } => self.ask(ask, question, deadline),
                Action::Cancel(ask) => self.asked.cancel(ask),
                Action::HandOff { request, briefing } => self.shared.handoffs.request(request, briefing),
                Action::StopHandOff(handoff) => {
                    self.shared.handoffs.tell(queue::Event::CallerStopped { handoff });
                }
                Action::Join(handoff) => {
                    self.leaving = true;
                    self.shared.handoffs.tell(queue::Event::CallerReady { handoff });
                }
                Action::Hangup(_) => self.over = true,
            }
        }
        self.start_line();
    }

    fn ask(&mut self, ask: AskId, question: ModelQuestion, deadline: Duration) {
        match &self.shared.parts.model {
            Some(model) => self.asked.add(ask, model.client.ask(question, deadline)),
            None => self.events.push_back(Event::AskFailed { ask, fault: ModelFault::Unavailable }),
        }
    }

    fn replied(&mut self, ask: AskId, outcome: Result<ModelReply, ModelError>) {
        self.events.push_back(match outcome {
            Ok(reply) => Event::Replied { ask, reply },
            Err(error) => {
                debug!(%error, "a question to the language model has no answer");
                Event::AskFailed { ask, fault: error.fault() }
            }
        });
    }

    fn record(&mut self, fact: Fact) {
        let at = self.clock.now();
        if let Fact::CallerSaid { turn, .. } = &fact {
            self.last_turn = Some(*turn);
        }
        if let Fact::Ended { cause } = &fact {
            self.over = true;
            metrics::counter!("calmline_calls_ended_total", "cause" => format!("{cause:?}")).increment(1);
        }
        self.tell(at, Happening::Fact(fact.clone()));
        self.recorder.record(at, fact);
    }

    fn tell(&self, at: CallTime, what: Happening) {
        // Nobody may be watching.
        let _ = self.shared.news.send(News { call: self.call, at, what });
    }
}

/// The link with the carrier.
impl Attendance {
    fn attach(&mut self, link: Link) {
        if self.link.is_some() {
            self.lose_link();
        }
        // What was to be said while nobody could hear it is not said now.
        self.fall_silent();
        self.ear.renew(&self.business);
        self.ear.expect(self.expecting);
        self.caller_quiet_from = Some(self.clock.now());
        self.link = Some(link);
        self.leaving = false;
        self.fetched_at = None;
        self.shared.handoffs.caller_back(self.call);
        let first = !std::mem::replace(&mut self.answered, true);
        self.events.push_back(if first { Event::Answered } else { Event::Resumed });
    }

    /// Has the carrier bring back a caller who is not with us.
    fn fetch(&self) {
        if self.link.is_some() || !self.answered {
            return;
        }
        let (shared, sid) = (Arc::clone(&self.shared), self.sid.clone());
        tokio::spawn(async move {
            let parts = &shared.parts;
            let back = twilio::go_to(&parts.public_url.http(twilio::RESUME_PATH));
            match parts.control.redirect(&sid, &back).await {
                Ok(()) | Err(twilio::ControlError::CallGone) => {}
                Err(error) => warn!(%error, "a caller could not be fetched from a conference"),
            }
        });
    }

    fn lose_link(&mut self) {
        if self.leaving {
            info!("the caller leaves the stream for an agent");
            self.shared.handoffs.caller_moved(self.call);
        } else {
            warn!("the media stream broke; the carrier brings the caller back");
        }
        self.ear.finish(self.clock.now());
        self.link = None;
        self.fall_silent();
        self.events.push_back(Event::StreamLost);
    }

    fn leg_ended(&mut self, cause: HangupCause) {
        self.link = None;
        self.fall_silent();
        self.events.push_back(Event::LegEnded(cause));
    }

    fn receive(&mut self, inbound: Inbound) {
        let now = self.clock.now();
        match inbound {
            Inbound::Media { timestamp_ms, payload, .. } => self.ear.hear(timestamp_ms, &payload, now),
            Inbound::Dtmf(digit) => self.events.push_back(Event::Keyed(digit)),
            Inbound::Mark { name } => self.mouth.mark(&name, now),
            // The carrier says the same of a caller who hung up and of one it has moved elsewhere.
            Inbound::Stop if self.leaving => self.lose_link(),
            Inbound::Stop => self.leg_ended(HangupCause::CallerHungUp),
            Inbound::Connected | Inbound::Start(_) | Inbound::Other => {}
        }
    }

    /// Sends a frame; a link that takes no more is lost.
    fn send(&mut self, outbound: Outbound) {
        if let Some(link) = &self.link
            && link.outbound.try_send(outbound).is_err()
        {
            self.lose_link();
        }
    }

    async fn hang_up(&mut self) {
        // Closing the stream ends the call as well, only later: the carrier then asks what to do next.
        if self.link.is_some() {
            match timeout(HANG_UP, self.shared.parts.control.hang_up(&self.sid)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    warn!(%error, "could not hang up; closing the stream ends the call instead")
                }
                Err(_) => warn!("hanging up took too long; closing the stream ends the call instead"),
            }
        }
        self.link = None;
    }
}

/// The bot's voice.
impl Attendance {
    /// Starts to speak the next sentence unless one is being spoken.
    fn start_line(&mut self) {
        if self.voice.is_some() || self.link.is_none() {
            return;
        }
        if let Some(line) = self.mouth.next_line() {
            let voice = match self.prepared.remove(&line.text) {
                Some(voice) => voice,
                None => self.shared.parts.synthesizer.speak(&line.text),
            };
            self.end_comfort();
            self.voice = Some((line, voice));
        }
    }

    fn speak_on(&mut self, slice: Option<Result<Slice, SynthesizeError>>) {
        let Some((line, _)) = &self.voice else { return };
        let line = line.clone();
        match slice {
            Some(Ok(slice)) => {
                let now = self.clock.now();
                let breath = self.mouth.breath_before(&line, now);
                if breath > 0 {
                    self.send(Outbound::Media(vec![ulaw::SILENCE; breath].into()));
                }
                self.mouth.slice_sent(&line, slice.len(), now);
                self.send(Outbound::Media(slice));
                self.time_answer(now);
            }
            Some(Err(error)) => {
                warn!(%error, "a sentence could not be spoken");
                metrics::counter!("calmline_speech_failed_total").increment(1);
                self.mouth.line_failed(&line);
                self.voice = None;
                self.start_line();
            }
            None => {
                self.voice = None;
                if let Some(mark) = self.mouth.line_sent(&line) {
                    self.send(Outbound::Mark(mark));
                }
                self.start_line();
            }
        }
    }

    /// When the next of the comfort sound is to be sent: while a person is sought and nobody speaks.
    fn comfort_due(&self) -> Option<CallTime> {
        let seeking = self.link.is_some() && self.voice.is_none() && self.engine.is_seeking();
        let (caller, bot) = (self.caller_quiet_from?, self.mouth.quiet_from()?);
        seeking.then(|| self.comfort.due(caller.max(bot)))
    }

    fn end_comfort(&mut self) {
        let end = self.comfort.end();
        self.fill(end, self.clock.now());
    }

    fn fill(&mut self, sound: Vec<u8>, now: CallTime) {
        if !sound.is_empty() {
            self.mouth.filled(sound.len(), now);
            self.send(Outbound::Media(sound.into()));
        }
    }

    fn time_answer(&mut self, now: CallTime) {
        let Some((turn, times)) = self.untimed.take() else { return };
        let TurnTimes { speech_ended, turn_ended, transcribed } = times;
        let seconds = now.since(speech_ended).as_secs_f64();
        metrics::histogram!("calmline_response_seconds").record(seconds);
        self.record(Fact::TurnTimed {
            timing: TurnTiming { turn, speech_ended, turn_ended, transcribed, answered: now },
        });
    }

    fn stop_speaking(&mut self) {
        if self.mouth.is_audible(self.clock.now()) || self.voice.is_some() {
            self.send(Outbound::Clear);
        }
        self.fall_silent();
    }

    fn fall_silent(&mut self) {
        self.end_comfort();
        self.voice = None;
        self.untimed = None;
        for (speech, playback) in self.mouth.stop(self.clock.now()) {
            self.events.push_back(Event::PlaybackFinished { speech, playback });
        }
    }
}

async fn received(link: &mut Option<Link>) -> Option<Inbound> {
    match link {
        Some(link) => link.inbound.recv().await,
        None => pending().await,
    }
}

async fn spoken(voice: &mut Option<(Line, Voice)>) -> Option<Result<Slice, SynthesizeError>> {
    match voice {
        Some((_, voice)) => voice.recv().await,
        None => pending().await,
    }
}

async fn due(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => pending().await,
    }
}

fn lines(text: &str) -> Vec<String> {
    sentences(text).into_iter().filter_map(|range| text.get(range).map(str::to_owned)).collect()
}
