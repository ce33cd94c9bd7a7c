//! The server in small: engines and queue connected as in the reception, and what is checked all the while.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, LazyLock};

use calmline::call::{Action, CallStart, Engine, Event, Playback};
use calmline::domain::{
    Agent, Business, CallId, CallTime, Digit, Fact, HandoffFact, HandoffId, HandoffNews, HandoffRules,
    HangupCause, Hours, OfferId, PhoneNumber, Pii, Span, SpeechId, Utterance,
};
use calmline::queue::{self, Handoff, LegEnd, Queue};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::carrier::{Delay, Due, Leg, LegStage, Person, Place, RoomNews, Status};
use super::checks::{leg_id, sign};
use super::{CALLS, SAYINGS, Step};
use crate::calls::{agent, at_any_hour, business};

const MS_PER_CHARACTER: u64 = 1000 / 15;

pub(super) static BUSINESS: LazyLock<Arc<Business>> = LazyLock::new(|| {
    let numbered = |(number, name): (u32, &&str)| Agent {
        number: PhoneNumber::parse(&format!("+1415555{:04}", 140 + number)).unwrap(),
        ..agent(name, at_any_hour(), Hours::default())
    };
    let mut agents: Vec<Agent> = (0..).zip(&["Maria", "Tom", "Ann"]).map(numbered).collect();
    agents[2].lead = true;
    let handoff = HandoffRules { pause_seconds: 15, ..HandoffRules::default() };
    Arc::new(Business { agents, handoff, ..business("heating") })
});

static ENGINES: LazyLock<Vec<(CallStart, Engine)>> = LazyLock::new(|| {
    let starts = (0..2 * CALLS).map(|place| CallStart {
        id: CallId::new(Uuid::from_u128(0x0193_5b1e_4a00_7000_8000_0000_0000_0001 + ((place as u128) << 8))),
        business: Arc::clone(&BUSINESS),
        caller: (place < CALLS).then(|| PhoneNumber::parse("+14155550177").unwrap()),
        started_at: began(),
        earlier: vec![],
        model: None,
    });
    starts.map(|start| (start.clone(), Engine::new(start))).collect()
});

pub(super) fn began() -> Timestamp {
    "2026-11-23T10:02-05:00".parse().unwrap()
}

/// One call, as its task keeps it.
pub(super) struct Call {
    pub(super) start: CallStart,
    pub(super) engine: Engine,
    pub(super) facts: Vec<(CallTime, Fact)>,
    pub(super) place: Place,
    /// Counts the streams.
    pub(super) stream: u32,
    pub(super) voice: Option<(SpeechId, String, u64)>,
    pub(super) speaks: bool,
    /// Whether the caller is on the way from our stream to an agent.
    pub(super) leaving: bool,
    pub(super) over: bool,
    pub(super) quiet_since: Option<u64>,
}

/// How far the two have come into their conference, as told by the carrier.
#[derive(Default)]
pub(super) struct Meeting {
    caller: bool,
    agent: bool,
}

pub(super) enum Mail {
    Call(usize, Event),
    Queue(queue::Event),
}

/// What an agent's leg asks about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LegEvent {
    Answered,
    Briefed,
    Accepted,
    Declined,
    Silent,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LegOrder {
    Brief,
    Ask,
    Enter,
    Leave,
}

pub(crate) struct World {
    pub(super) now: u64,
    pub(super) calls: Vec<Call>,
    pub(super) queue: Queue,
    pub(super) facts: Vec<(HandoffId, Timestamp, HandoffFact)>,
    pub(super) meetings: BTreeMap<HandoffId, Meeting>,
    pub(super) signed_off: BTreeSet<usize>,
    pub(super) mail: VecDeque<Mail>,
    pub(super) due: BTreeMap<(u64, u64), Due>,
    pub(super) scheduled: u64,
    pub(super) legs: BTreeMap<OfferId, Leg>,
    pub(super) people: Vec<Person>,
    pub(super) delays: Vec<Delay>,
    pub(super) told: usize,
    /// Actions left until the process dies.
    pub(super) fuse: Option<u32>,
    pub(super) died_at: Option<u64>,
}

impl World {
    pub(crate) fn new(people: Vec<Person>, delays: Vec<Delay>, withheld: bool) -> Self {
        let from = if withheld { CALLS } else { 0 };
        let calls = ENGINES[from..from + CALLS].iter().map(|(start, engine)| Call {
            start: start.clone(),
            engine: engine.clone(),
            facts: vec![],
            place: Place::Stream,
            stream: 0,
            voice: None,
            speaks: false,
            leaving: false,
            over: false,
            quiet_since: None,
        });
        let mut world = Self {
            now: 0,
            calls: calls.collect(),
            queue: Queue::new([Arc::clone(&BUSINESS)]),
            facts: vec![],
            meetings: BTreeMap::new(),
            signed_off: BTreeSet::new(),
            mail: VecDeque::new(),
            due: BTreeMap::new(),
            scheduled: 0,
            legs: BTreeMap::new(),
            people,
            delays,
            told: 0,
            fuse: None,
            died_at: None,
        };
        world.mail.extend((0..CALLS).map(|call| Mail::Call(call, Event::Answered)));
        world.settle();
        world
    }

    pub(crate) fn play(&mut self, step: &Step) {
        match *step {
            Step::Say(call, which) => self.starts_to_say(call, which),
            Step::Zero(call) => {
                if self.calls[call].place == Place::Stream {
                    self.calls[call].quiet_since = None;
                    self.mail.push_back(Mail::Call(call, Event::Keyed(Digit::new('0').unwrap())));
                }
            }
            Step::HangUp(call) => self.hangs_up(call),
            Step::Break(call, back) => self.breaks(call, back),
            Step::Pass(ms) => self.pass(ms),
            Step::Sign(agent, on) => {
                let changed = if on { self.signed_off.remove(&agent) } else { self.signed_off.insert(agent) };
                if changed {
                    self.mail.push_back(Mail::Queue(sign(agent, on)));
                }
            }
            Step::Die(actions) => self.fuse = Some(actions),
        }
        self.settle();
        self.watch();
    }

    /// Lets everything come to its end: callers say nothing more.
    pub(crate) fn run_out(&mut self) {
        for _ in 0..240 {
            self.pass(5_000);
            if self.calls.iter().all(|call| call.over) && self.due.is_empty() {
                return;
            }
        }
        panic!("somebody is left on the line");
    }

    fn starts_to_say(&mut self, call: usize, which: usize) {
        let caller = &mut self.calls[call];
        if caller.place == Place::Stream && !caller.speaks && !caller.leaving {
            caller.speaks = true;
            let stream = caller.stream;
            self.mail.push_back(Mail::Call(call, Event::SpeechStarted));
            self.after(1_000, Due::Stopped(call, stream));
            self.after(1_300, Due::Heard(call, stream, which));
        }
    }

    fn hangs_up(&mut self, call: usize) {
        let before = std::mem::replace(&mut self.calls[call].place, Place::Gone);
        match before {
            Place::Stream if self.calls[call].leaving => self.lose_link(call),
            // The stream's end tells it at once.
            Place::Stream => {
                self.fall_silent(call);
                return self.mail.push_back(Mail::Call(call, Event::LegEnded(HangupCause::CallerHungUp)));
            }
            Place::Room(handoff) => self.close_room(handoff),
            Place::Returning => {}
            Place::Gone => return,
        }
        self.after(300, Due::CallerGone(call));
    }

    fn breaks(&mut self, call: usize, back: Option<u64>) {
        if self.calls[call].place == Place::Stream {
            self.calls[call].place = if back.is_some() { Place::Returning } else { Place::Gone };
            self.lose_link(call);
            if let Some(ms) = back {
                self.after(ms, Due::Return(call));
            }
        }
    }
}

/// Time.
impl World {
    pub(super) fn wall(&self) -> Timestamp {
        began() + SignedDuration::from_millis(self.now.try_into().unwrap())
    }

    pub(super) fn after(&mut self, ms: u64, due: Due) {
        self.scheduled += 1;
        self.due.insert((self.now + ms, self.scheduled), due);
    }

    fn pass(&mut self, ms: u64) {
        let until = self.now + ms;
        while let Some(next) = self.wakes_at().filter(|at| *at <= until) {
            self.now = self.now.max(next);
            self.watch();
            self.wake();
            self.settle();
            self.watch();
        }
        self.now = until;
    }

    fn wakes_at(&self) -> Option<u64> {
        let due = self.due.keys().next().map(|(at, _)| *at);
        let calls = self.calls.iter().filter_map(|call| call.engine.poll_timeout()).map(|(at, _)| at.as_ms());
        let queue = self
            .queue
            .poll_timeout()
            .map(|at| u64::try_from(at.duration_since(began()).as_millis()).unwrap_or(0));
        calls.chain(due).chain(queue).min()
    }

    fn wake(&mut self) {
        if let Some(first) = self.due.first_entry().filter(|first| first.key().0 <= self.now) {
            let due = first.remove();
            return self.happens(due);
        }
        let now = CallTime::from_ms(self.now);
        let is_due = |call: &Call| call.engine.poll_timeout().is_some_and(|(at, _)| at <= now);
        if let Some(call) = self.calls.iter().position(is_due) {
            self.calls[call].engine.handle_timeout(now);
            return self.perform(call);
        }
        self.queue.handle_timeout(self.wall());
        self.work();
    }

    fn happens(&mut self, due: Due) {
        match due {
            Due::Delivered(offer) => self.mail.push_back(Mail::Queue(queue::Event::Delivered { offer })),
            Due::Dial(offer, ring_ms) => self.dial(offer, ring_ms),
            Due::LegKnown(offer) => {
                self.mail.push_back(Mail::Queue(queue::Event::LegKnown { offer, leg: leg_id(offer) }));
            }
            Due::Does(offer, deed) => self.does(offer, deed),
            Due::Status(offer, status) => self.status(offer, status),
            Due::HangUpLeg(offer) => {
                let rings = self.legs.get(&offer).is_some_and(|leg| leg.stage == LegStage::Ringing);
                self.end_leg(offer, if rings { Status::Canceled } else { Status::Completed });
            }
            Due::Move(call, handoff) => self.moves(call, handoff),
            Due::Room(handoff, news) => self.room_news(handoff, news),
            Due::Return(call) => self.returns(call),
            Due::Presume(offer) => {
                let known = self.queue.offer(offer);
                if known.is_some_and(|offer| offer.accepted.is_some() && offer.missed.is_none()) {
                    self.mail.push_back(Mail::Queue(queue::Event::Joined { offer }));
                }
            }
            Due::Fetch(call) => self.fetch(call),
            Due::Stopped(call, stream) => {
                if self.hears(call, stream) {
                    self.mail.push_back(Mail::Call(call, Event::SpeechStopped));
                }
            }
            Due::Heard(call, stream, which) => {
                if self.hears(call, stream) {
                    self.calls[call].speaks = false;
                    let at = CallTime::from_ms(self.now);
                    let (text, span) = (Pii::from(SAYINGS[which]), Span { start: at, end: at });
                    let utterance = Utterance { text, span, confidence: 0.9 };
                    self.mail.push_back(Mail::Call(call, Event::Heard(utterance)));
                }
            }
            Due::SpeechDone(call, speech) => {
                if self.calls[call].voice.as_ref().is_some_and(|(voice, ..)| *voice == speech) {
                    self.fall_silent(call);
                }
            }
            Due::CallerGone(call) => {
                self.mail.push_back(Mail::Call(call, Event::LegEnded(HangupCause::CallerHungUp)));
            }
        }
    }

    fn hears(&self, call: usize, stream: u32) -> bool {
        self.calls[call].place == Place::Stream && self.calls[call].stream == stream
    }
}

/// The server: calls, desk, and its deaths.
impl World {
    pub(super) fn settle(&mut self) {
        while let Some(mail) = self.mail.pop_front() {
            match mail {
                Mail::Call(call, _) if self.calls[call].over => {}
                Mail::Call(call, event) => {
                    self.calls[call].engine.handle(event, CallTime::from_ms(self.now));
                    self.perform(call);
                }
                Mail::Queue(event) => self.happened(event),
            }
        }
    }

    fn perform(&mut self, call: usize) {
        while let Some(action) = self.calls[call].engine.poll_action() {
            if self.dies() {
                return;
            }
            match action {
                Action::Say { speech, text, .. } => self.says(call, speech, text.into_exposed()),
                Action::StopSpeaking => self.fall_silent(call),
                Action::Listen(_) | Action::Ask { .. } | Action::Cancel(_) => {}
                Action::Record(fact) => {
                    self.calls[call].over |= matches!(fact, Fact::Ended { .. });
                    self.calls[call].facts.push((CallTime::from_ms(self.now), fact));
                }
                Action::HandOff { request, .. } => {
                    self.mail.push_back(Mail::Queue(queue::Event::Requested(request)));
                }
                Action::StopHandOff(handoff) => {
                    self.mail.push_back(Mail::Queue(queue::Event::CallerStopped { handoff }));
                }
                Action::Join(handoff) => {
                    assert!(self.was_accepted(handoff), "joins whom nobody took");
                    self.calls[call].leaving = true;
                    self.mail.push_back(Mail::Queue(queue::Event::CallerReady { handoff }));
                }
                Action::Hangup(_) => {}
            }
        }
        if self.calls[call].over {
            self.fall_silent(call);
            let id = self.calls[call].start.id;
            self.mail.push_back(Mail::Queue(queue::Event::CallerLeft { call: id }));
            if self.calls[call].place == Place::Stream {
                self.calls[call].place = Place::Gone;
            }
        }
    }

    fn says(&mut self, call: usize, speech: SpeechId, text: String) {
        let caller = &mut self.calls[call];
        match caller.place {
            Place::Stream => {}
            // It is not known yet that the stream is gone; what is said then is dropped with it.
            Place::Returning | Place::Gone => return,
            Place::Room(_) => panic!("speaks to somebody who is elsewhere"),
        }
        assert!(caller.voice.is_none(), "two speeches at once");
        let takes = u64::try_from(text.len()).unwrap() * MS_PER_CHARACTER;
        caller.voice = Some((speech, text, self.now));
        self.after(takes, Due::SpeechDone(call, speech));
    }

    /// Ends what is being spoken, and reports how much of it was heard.
    pub(super) fn fall_silent(&mut self, call: usize) {
        let Some((speech, text, since)) = self.calls[call].voice.take() else { return };
        let played = usize::try_from((self.now - since) / MS_PER_CHARACTER).unwrap();
        let heard_bytes = text.floor_char_boundary(played.min(text.len()));
        let span = Span { start: CallTime::from_ms(since), end: CallTime::from_ms(self.now) };
        let playback = Playback { heard_bytes, span, failed: false };
        self.mail.push_back(Mail::Call(call, Event::PlaybackFinished { speech, playback }));
    }

    pub(super) fn lose_link(&mut self, call: usize) {
        if self.calls[call].leaving
            && let Some((offer, _)) = self.handoffs_of(call).last().and_then(Handoff::accepted)
        {
            self.after(3_000, Due::Presume(offer));
        }
        self.calls[call].speaks = false;
        self.fall_silent(call);
        self.mail.push_back(Mail::Call(call, Event::StreamLost));
    }

    fn happened(&mut self, event: queue::Event) {
        self.queue.handle(event, self.wall());
        self.work();
    }

    fn work(&mut self) {
        while let Some(action) = self.queue.poll_action() {
            if self.dies() {
                return;
            }
            match action {
                queue::Action::Record { handoff, at, fact } => {
                    if matches!(fact, HandoffFact::Settled { .. }) {
                        assert!(self.settled(handoff).is_none(), "settled twice");
                    }
                    self.facts.push((handoff, at, fact));
                }
                queue::Action::Brief { offer, agent } => {
                    self.check_free(offer, &agent);
                    self.after(20, Due::Delivered(offer));
                }
                queue::Action::Dial { offer, agent: _, ring_for } => {
                    let delivered = HandoffFact::Delivered { offer };
                    assert!(
                        self.facts.iter().any(|(_, _, fact)| *fact == delivered),
                        "dialled without notes"
                    );
                    self.check_wanted(offer);
                    let ring_ms = u64::try_from(ring_for.as_millis()).unwrap();
                    self.after(30, Due::Dial(offer, ring_ms));
                }
                queue::Action::Withdraw { offer, leg, why: _ } => {
                    if leg.is_some() {
                        self.after(100, Due::HangUpLeg(offer));
                    }
                }
                queue::Action::Tell { call, handoff, news } => self.tell(call, handoff, news),
                queue::Action::Connect { offer, call } => {
                    assert!(self.was_accepted(offer.handoff), "connects whom nobody took");
                    let call = self.place_of(call);
                    if self.calls[call].over {
                        let call = self.calls[call].start.id;
                        self.mail.push_back(Mail::Queue(queue::Event::CallerLeft { call }));
                    } else {
                        self.after(300, Due::Move(call, offer.handoff));
                    }
                }
            }
        }
    }

    fn tell(&mut self, call: CallId, handoff: HandoffId, news: HandoffNews) {
        let call = self.place_of(call);
        let comes_back = match news {
            HandoffNews::Settled { .. } | HandoffNews::TalkEnded => true,
            HandoffNews::Ringing { .. }
            | HandoffNews::Missed { .. }
            | HandoffNews::Accepted { .. }
            | HandoffNews::Joined => false,
        };
        if comes_back && !self.calls[call].over {
            self.after(3_000, Due::Fetch(call));
        }
        self.mail.push_back(Mail::Call(call, Event::Handoff { handoff, news }));
    }

    /// Whether the process has just died, with the action that was to be performed.
    fn dies(&mut self) -> bool {
        match self.fuse {
            Some(0) => {
                self.die();
                true
            }
            Some(left) => {
                self.fuse = Some(left - 1);
                false
            }
            None => false,
        }
    }

    fn die(&mut self) {
        self.fuse = None;
        self.died_at = Some(self.now);
        self.mail.clear();
        self.meetings.clear();
        self.due.retain(|_, due| !due.is_ours());
        for place in 0..CALLS {
            let call = &mut self.calls[place];
            (call.voice, call.speaks, call.leaving) = (None, false, false);
            if call.place == Place::Stream {
                call.place = Place::Returning;
                self.after(1_500, Due::Return(place));
            }
            let call = &mut self.calls[place];
            call.engine = Engine::replay(call.start.clone(), call.facts.clone());
            self.mail.push_back(Mail::Call(place, Event::StreamLost));
        }
        self.queue = Queue::replay([Arc::clone(&BUSINESS)], self.facts.clone());
        self.mail.extend(self.signed_off.iter().map(|agent| Mail::Queue(sign(*agent, false))));
        self.mail.push_back(Mail::Queue(queue::Event::Restarted));
        let over = self.calls.iter().filter(|call| call.over).map(|call| call.start.id);
        self.mail.extend(over.map(|call| Mail::Queue(queue::Event::CallerLeft { call })));
    }

    /// What an agent's leg is to do next, as the desk decides it.
    pub(super) fn ask_desk(&mut self, offer: OfferId, what: LegEvent) -> LegOrder {
        self.happened(queue::Event::LegKnown { offer, leg: leg_id(offer) });
        self.happened(match what {
            LegEvent::Answered => queue::Event::Answered { offer },
            LegEvent::Briefed => queue::Event::Briefed { offer },
            LegEvent::Accepted => queue::Event::Accepted { offer },
            LegEvent::Declined => queue::Event::Declined { offer },
            LegEvent::Silent => queue::Event::NoKey { offer },
        });
        self.settle();
        let Some(known) = self.queue.offer(offer).filter(|known| known.leg.is_some()) else {
            return LegOrder::Leave;
        };
        if known.accepted.is_some() && known.missed.is_none() {
            return LegOrder::Enter;
        }
        if known.missed.is_some() || matches!(what, LegEvent::Declined | LegEvent::Silent) {
            return LegOrder::Leave;
        }
        self.check_wanted(offer);
        if what == LegEvent::Answered { LegOrder::Brief } else { LegOrder::Ask }
    }

    fn room_news(&mut self, handoff: HandoffId, news: RoomNews) {
        let Some(known) = self.queue.handoff(handoff) else { return };
        let accepted = known.accepted().map(|(offer, _)| offer);
        let (talking, over) = (known.is_talking(), known.talk_ended.is_some());
        let meeting = self.meetings.entry(handoff).or_default();
        match news {
            RoomNews::CallerCame => meeting.caller = true,
            RoomNews::AgentCame => meeting.agent = true,
            RoomNews::Started => (meeting.caller, meeting.agent) = (true, true),
            RoomNews::AgentLeft | RoomNews::Over if talking => {
                return self.mail.push_back(Mail::Queue(queue::Event::TalkEnded { handoff }));
            }
            RoomNews::AgentLeft => {
                meeting.agent = false;
                let left = |offer| queue::Event::LegEnded { offer, how: LegEnd::Completed };
                return self.mail.extend(accepted.map(|offer| Mail::Queue(left(offer))));
            }
            RoomNews::Over => return,
        }
        if let Some(offer) = accepted.filter(|_| meeting.caller && meeting.agent && !over) {
            self.mail.push_back(Mail::Queue(queue::Event::Joined { offer }));
        }
    }

    fn status(&mut self, offer: OfferId, status: Status) {
        let ended = |how| queue::Event::LegEnded { offer, how };
        let event = match status {
            Status::Machine => {
                return self.mail.push_back(Mail::Queue(queue::Event::MachineDetected { offer }));
            }
            Status::Ringing => queue::Event::Ringing { offer },
            Status::InProgress => queue::Event::Answered { offer },
            Status::Completed => ended(LegEnd::Completed),
            Status::Busy => ended(LegEnd::Busy),
            Status::NoAnswer => ended(LegEnd::NoAnswer),
            Status::Canceled => ended(LegEnd::Canceled),
        };
        self.mail.push_back(Mail::Queue(queue::Event::LegKnown { offer, leg: leg_id(offer) }));
        self.mail.push_back(Mail::Queue(event));
    }
}
