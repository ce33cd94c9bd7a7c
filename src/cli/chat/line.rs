use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::call::{Action, CallStart, Engine, Event, ModelUse, Playback, Timer};
use crate::domain::{
    AskId, CallTime, CallerState, Digit, Expecting, Fact, HandoffNews, HandoffOutcome, HangupCause,
    ModelFault, ModelQuestion, ModelReply, Move, Phase, Pii, Promise, PromiseId, Question, Span, SpeechId,
    StressScore, Utterance,
};
use crate::store::{CallRecord, GuardEvent, NewCall, StoredCall, StoredFact};

/// How long a character takes to say, for either side: about fifteen a second.
const MS_PER_CHARACTER: u64 = 1000 / 15;
/// How long a caller takes to begin to answer.
const PAUSE: Duration = Duration::from_millis(700);
/// How long after the last word a turn is judged over.
const TURN_END: Duration = Duration::from_millis(500);
/// From one key to the next.
const KEY_STROKE: Duration = Duration::from_millis(300);
/// Typed words hold no doubt, but no transcriber is ever quite sure.
const CONFIDENCE: f32 = 0.9;

/// A telephone line without sound, in virtual time: what the caller does is written, what the bot says is read.
///
/// Nobody interrupts: each step of the caller's begins when the bot has finished, and ends when it has finished again.
pub struct Line {
    start: CallStart,
    engine: Engine,
    model: Option<Model>,
    now: CallTime,
    voice: Option<Voice>,
    asked: Vec<Asked>,
    said: Vec<BotTurn>,
    guard: Vec<GuardEvent>,
    facts: Vec<StoredFact>,
    ended: Option<HangupCause>,
}

/// A language model and how the call uses it.
pub struct Model {
    /// How long the call waits for it.
    pub usage: ModelUse,
    /// Answers a question within a deadline.
    pub ask: Box<dyn FnMut(ModelQuestion, Duration) -> ModelAnswer>,
}

/// What a language model answered, and how long it took.
pub struct ModelAnswer {
    /// The answer.
    pub reply: Result<ModelReply, ModelFault>,
    /// The time it took.
    pub took: Duration,
}

/// A question whose answer is known, but not yet to the call.
struct Asked {
    ask: AskId,
    /// Whether a sentence waits for it.
    awaited: bool,
    at: CallTime,
    reply: Result<ModelReply, ModelFault>,
}

struct Voice {
    speech: SpeechId,
    since: CallTime,
    text: Pii<String>,
}

impl Voice {
    fn ends(&self) -> CallTime {
        self.since + speaking_time(self.text.expose())
    }

    /// How many bytes of whole words were heard by `now`.
    fn heard_by(&self, now: CallTime) -> usize {
        let text = self.text.expose();
        if now >= self.ends() {
            return text.len();
        }
        let spoken =
            text.char_indices().take_while(|(at, _)| self.since + speaking_time(&text[..*at]) <= now);
        spoken.filter(|(_, character)| character.is_whitespace()).last().map_or(0, |(at, _)| at)
    }
}

/// What the bot said in one go, and where the talk stands then.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BotTurn {
    /// The words.
    pub text: Pii<String>,
    /// What they do in the talk.
    #[serde(rename = "move")]
    pub act: Move,
    /// How the caller is, by the strongest state read so far.
    #[serde(serialize_with = "state_or_calm")]
    pub state: Option<CallerState>,
    /// Where the conversation is.
    pub phase: Phase,
    /// The questions that are still open.
    #[serde(serialize_with = "labels")]
    pub open: Vec<Question>,
    /// The question that the words end with.
    #[serde(serialize_with = "label")]
    pub asks: Option<Question>,
    /// How stressed the caller is by words and course; none while nothing shows.
    pub stress: Option<StressScore>,
    /// What the language guard kept from being said since the turn before.
    pub guard: Vec<GuardEvent>,
}

fn state_or_calm<S: Serializer>(state: &Option<CallerState>, to: S) -> Result<S::Ok, S::Error> {
    match state {
        Some(state) => state.serialize(to),
        None => to.serialize_str("calm"),
    }
}

fn labels<S: Serializer>(questions: &[Question], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(questions.iter().map(Question::label))
}

fn label<S: Serializer>(question: &Option<Question>, to: S) -> Result<S::Ok, S::Error> {
    question.as_ref().map(Question::label).serialize(to)
}

impl Line {
    /// Answers a call and lets the bot greet.
    pub fn answer(start: CallStart, model: Option<Model>) -> Self {
        let start = CallStart { model: model.as_ref().map(|model| model.usage), ..start };
        let mut line = Self {
            engine: Engine::new(start.clone()),
            start,
            model,
            now: CallTime::ZERO,
            voice: None,
            asked: Vec::new(),
            said: Vec::new(),
            guard: Vec::new(),
            facts: Vec::new(),
            ended: None,
        };
        line.event(Event::Answered);
        line.let_bot_finish();
        line
    }

    /// The caller speaks.
    pub fn say(&mut self, words: &str) {
        self.pass(PAUSE);
        self.event(Event::SpeechStarted);
        let start = self.now;
        self.pass(speaking_time(words));
        self.event(Event::SpeechStopped);
        let span = Span { start, end: self.now };
        self.pass(TURN_END);
        self.event(Event::Heard(Utterance { text: Pii::from(words), span, confidence: CONFIDENCE }));
        self.let_bot_finish();
    }

    /// The caller says nothing until the bot minds.
    pub fn be_silent(&mut self) {
        while let Some((at, timer)) = self.engine.poll_timeout() {
            self.run_to(at);
            if timer == Timer::Reply {
                break;
            }
        }
        self.let_bot_finish();
    }

    /// The caller presses keys, and waits if nothing comes of it at once; what is no key is left out.
    pub fn press(&mut self, keys: &str) {
        let turns = self.said.len();
        for digit in keys.chars().filter_map(Digit::new) {
            self.pass(KEY_STROKE);
            self.event(Event::Keyed(digit));
            self.let_bot_finish();
        }
        if self.said.len() == turns {
            self.be_silent();
        }
    }

    /// Time passes without a word.
    pub fn wait(&mut self, time: Duration) {
        self.pass(time);
        self.let_bot_finish();
    }

    /// The caller hangs up.
    pub fn hang_up(&mut self) {
        self.event(Event::LegEnded(HangupCause::CallerHungUp));
        self.ended.get_or_insert(HangupCause::CallerHungUp);
    }

    /// Why the call ended, once it has.
    pub const fn ended(&self) -> Option<HangupCause> {
        self.ended
    }

    /// What the bot expects to hear next.
    pub fn expecting(&self) -> Expecting {
        self.engine.expecting()
    }

    /// What the bot has said since this was last asked.
    pub fn take_said(&mut self) -> Vec<BotTurn> {
        std::mem::take(&mut self.said)
    }

    /// Everything that was recorded, in order.
    pub fn facts(&self) -> &[StoredFact] {
        &self.facts
    }

    /// The record, as it would be stored.
    pub fn record(&self) -> CallRecord {
        let mut promises: BTreeMap<PromiseId, Promise> = BTreeMap::new();
        let mut ended_at = None;
        for StoredFact { at, fact, .. } in &self.facts {
            if let Fact::PromiseMade { promise } = fact {
                promises.insert(promise.id, promise.clone());
            }
            if let Fact::Ended { .. } = fact {
                ended_at = self.start.started_at.checked_add(at.since(CallTime::ZERO)).ok();
            }
        }
        let mut promises: Vec<Promise> = promises.into_values().collect();
        promises.sort_by_key(|promise| (promise.due, promise.id));
        let call = NewCall {
            id: self.start.id,
            carrier: "chat".to_owned(),
            carrier_call_id: self.start.id.to_string(),
            business: self.start.business.id.clone(),
            caller: self.start.caller.clone(),
            called: None,
            started_at: self.start.started_at,
        };
        CallRecord::derive(StoredCall { call, ended_at, cause: self.ended }, &self.facts, promises)
    }

    fn event(&mut self, event: Event) {
        if self.ended.is_none() {
            self.engine.handle(event, self.now);
            self.drain();
        }
    }

    fn drain(&mut self) {
        let mut turns: Vec<BotTurn> = Vec::new();
        let mut stopped = None;
        let mut nobody = None;
        while let Some(action) = self.engine.poll_action() {
            match action {
                Action::Say { speech, text, asks, act, unhurried: _ } => {
                    self.voice = Some(Voice { speech, since: self.now, text: text.clone() });
                    let (state, phase) = (None, Phase::Greeting);
                    let (open, guard) = (vec![], vec![]);
                    turns.push(BotTurn { text, act, state, phase, open, asks, stress: None, guard });
                }
                Action::Record(fact) => self.note(fact),
                Action::StopSpeaking => stopped = self.voice.take(),
                Action::Ask { ask, question, deadline } => self.ask(ask, question, deadline),
                Action::Cancel(ask) => self.asked.retain(|asked| asked.ask != ask),
                // There is no ear whose patience could be adjusted.
                Action::Listen(_) => {}
                // A talk in text rings nobody.
                Action::HandOff { request, .. } => nobody = Some(request.id),
                Action::StopHandOff(_) | Action::Join(_) => {}
                Action::Hangup(cause) => self.ended = Some(cause),
            }
        }
        for turn in turns {
            self.said.push(BotTurn {
                state: self.engine.matter().strongest_state(),
                phase: self.engine.phase(),
                open: self.engine.open_questions(),
                stress: self.engine.stress().latest().cloned(),
                guard: std::mem::take(&mut self.guard),
                ..turn
            });
        }
        if let Some(voice) = stopped {
            self.report(&voice);
        }
        if let Some(handoff) = nobody {
            let news = HandoffNews::Settled { outcome: HandoffOutcome::NobodyThere };
            self.event(Event::Handoff { handoff, news });
        }
    }

    fn note(&mut self, fact: Fact) {
        if let Fact::Guarded { rule, sentence } = &fact {
            self.guard.push(GuardEvent { rule: rule.clone(), sentence: sentence.clone() });
        }
        let seq = self.facts.last().map_or(0, |last| last.seq + 1);
        self.facts.push(StoredFact { seq, at: self.now, fact });
    }

    fn ask(&mut self, ask: AskId, question: ModelQuestion, deadline: Duration) {
        if let Some(model) = &mut self.model {
            let awaited = matches!(question, ModelQuestion::Wording { .. });
            let ModelAnswer { reply, took } = (model.ask)(question, deadline);
            self.asked.push(Asked { ask, awaited, at: self.now + took, reply });
        }
    }

    fn pass(&mut self, time: Duration) {
        self.run_to(self.now + time);
    }

    /// Lets the bot say what it is saying, and what waits for better words.
    fn let_bot_finish(&mut self) {
        while self.ended.is_none() {
            let voice_ends = self.voice.as_ref().map(Voice::ends);
            let awaited = self.asked.iter().filter(|asked| asked.awaited).map(|asked| asked.at);
            let Some(next) = awaited.chain(voice_ends).min() else { return };
            self.run_to(next);
        }
    }

    /// Lets the clock run, playing speech to its end, bringing answers and firing deadlines on the way.
    fn run_to(&mut self, until: CallTime) {
        while self.ended.is_none() {
            let voice_ends = self.voice.as_ref().map(Voice::ends);
            let answered = self.asked.iter().map(|asked| asked.at).min();
            let deadline = self.engine.poll_timeout().map(|(at, _)| at);
            let next = voice_ends.into_iter().chain(answered).chain(deadline).min();
            let Some(next) = next.filter(|next| *next <= until) else { break };
            self.now = self.now.max(next);
            if voice_ends == Some(next) {
                if let Some(voice) = self.voice.take() {
                    self.report(&voice);
                }
            } else if let Some(place) = self.asked.iter().position(|asked| asked.at == next) {
                let Asked { ask, reply, .. } = self.asked.remove(place);
                self.event(match reply {
                    Ok(reply) => Event::Replied { ask, reply },
                    Err(fault) => Event::AskFailed { ask, fault },
                });
            } else {
                self.engine.handle_timeout(self.now);
                self.drain();
            }
        }
        self.now = self.now.max(until);
    }

    fn report(&mut self, voice: &Voice) {
        let span = Span { start: voice.since, end: self.now };
        let playback = Playback { heard_bytes: voice.heard_by(self.now), span, failed: false };
        self.event(Event::PlaybackFinished { speech: voice.speech, playback });
    }
}

fn speaking_time(words: &str) -> Duration {
    Duration::from_millis(words.len() as u64 * MS_PER_CHARACTER)
}
