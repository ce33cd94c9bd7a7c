//! What is out there: callers' legs, agents' legs, conferences, and the people at the telephones.

use calmline::call::Event;
use calmline::domain::{AgentKey, HandoffId, OfferId, SpeechId};
use calmline::queue;

use super::world::{LegEvent, LegOrder, Mail, World};

/// How long the recap takes.
const RECAP: u64 = 9_000;
/// How long an agent is waited for to press a key.
const KEY: u64 = 8_000;

/// How an agent behaves when their telephone is dialled; times are in milliseconds, each from the step before.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Person {
    /// Takes the call, and leaves after the talk.
    Takes {
        picks_up: u64,
        decides: u64,
        talks: u64,
        /// Whether the key is pressed twice.
        again: bool,
    },
    Declines {
        picks_up: u64,
        decides: u64,
    },
    /// Hangs up while being briefed.
    HangsUp {
        picks_up: u64,
        leaves: u64,
    },
    PressesNothing {
        picks_up: u64,
    },
    Voicemail {
        picks_up: u64,
    },
    NeverAnswers,
    Busy,
    OutOfOrder,
}

/// How a callback of the carrier's arrives.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Delay {
    Soon,
    Late(u64),
    Twice,
    Lost,
}

/// Where a caller's leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// On our stream.
    Stream,
    /// Between two places; the carrier brings it to us.
    Returning,
    Room(HandoffId),
    Gone,
}

/// Where an agent's leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LegStage {
    Ringing,
    /// Answered: hears the recap, and is asked for a key.
    Listening,
    Room,
    Over,
}

/// An agent's leg.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) agent: AgentKey,
    pub(crate) person: Person,
    pub(crate) stage: LegStage,
}

/// What the agent, or the carrier for them, does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Ring,
    PickUp,
    /// The machine detection is through.
    FindMachine,
    HearOut,
    PressOne,
    PressTwo,
    PressNothing,
    HangUp,
    RingOut,
    GetBusy,
}

/// What the carrier tells of an agent's leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Ringing,
    InProgress,
    Machine,
    Completed,
    Busy,
    NoAnswer,
    Canceled,
}

/// What the carrier tells of a conference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RoomNews {
    CallerCame,
    AgentCame,
    Started,
    AgentLeft,
    Over,
}

/// Something that is going to happen.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Due {
    /// The notes are where the agent can read them.
    Delivered(OfferId),
    /// The carrier is told to dial, and to let it ring for so many milliseconds.
    Dial(OfferId, u64),
    /// The carrier's answer to that.
    LegKnown(OfferId),
    Does(OfferId, Deed),
    Status(OfferId, Status),
    HangUpLeg(OfferId),
    /// The caller's leg is moved into the conference.
    Move(usize, HandoffId),
    Room(HandoffId, RoomNews),
    /// The caller is on our stream again.
    Return(usize),
    Presume(OfferId),
    /// A caller who should be back and is not is brought back.
    Fetch(usize),
    /// The caller stops speaking, on that stream of theirs.
    Stopped(usize, u32),
    Heard(usize, u32, usize),
    SpeechDone(usize, SpeechId),
    /// The carrier tells that the caller hung up.
    CallerGone(usize),
}

impl Due {
    /// Whether it is something of our own process, which dies with it.
    pub(crate) fn is_ours(self) -> bool {
        match self {
            Self::Delivered(_)
            | Self::Dial(..)
            | Self::LegKnown(_)
            | Self::HangUpLeg(_)
            | Self::Move(..)
            | Self::Presume(_)
            | Self::Fetch(_)
            | Self::Stopped(..)
            | Self::Heard(..)
            | Self::SpeechDone(..) => true,
            Self::Does(..) | Self::Status(..) | Self::Room(..) | Self::Return(_) | Self::CallerGone(_) => {
                false
            }
        }
    }
}

/// Agents' legs.
impl World {
    pub(super) fn dial(&mut self, offer: OfferId, ring_ms: u64) {
        let agent = self.queue.offer(offer).unwrap().agent.clone();
        self.check_line_is_free(offer, &agent);
        let person = self.people[self.legs.len() % self.people.len()];
        if matches!(person, Person::OutOfOrder) {
            return self.mail.push_back(Mail::Queue(queue::Event::DialFailed { offer }));
        }
        assert!(
            self.legs.insert(offer, Leg { agent, person, stage: LegStage::Ringing }).is_none(),
            "dialled twice"
        );
        match self.delay() {
            Delay::Soon | Delay::Twice => self.after(100, Due::LegKnown(offer)),
            Delay::Late(ms) => self.after(ms, Due::LegKnown(offer)),
            Delay::Lost => {}
        }
        if matches!(person, Person::Busy) {
            return self.after(300, Due::Does(offer, Deed::GetBusy));
        }
        self.after(300, Due::Does(offer, Deed::Ring));
        self.after(300 + ring_ms, Due::Does(offer, Deed::RingOut));
        if let Some(picks_up) = person.picks_up() {
            self.after(300 + picks_up, Due::Does(offer, Deed::PickUp));
        }
    }

    pub(super) fn does(&mut self, offer: OfferId, deed: Deed) {
        let leg = &self.legs[&offer];
        match (deed, leg.stage) {
            (Deed::Ring, LegStage::Ringing) => self.tell_status(offer, Status::Ringing),
            (Deed::GetBusy, LegStage::Ringing) => self.end_leg(offer, Status::Busy),
            (Deed::RingOut, LegStage::Ringing) => self.end_leg(offer, Status::NoAnswer),
            (Deed::PickUp, LegStage::Ringing) => self.picks_up(offer),
            (Deed::FindMachine, LegStage::Listening) => self.tell_status(offer, Status::Machine),
            (Deed::HearOut, LegStage::Listening) => self.asks(offer, LegEvent::Briefed),
            (Deed::PressOne, LegStage::Listening) => self.asks(offer, LegEvent::Accepted),
            (Deed::PressOne, LegStage::Room) => {
                self.ask_desk(offer, LegEvent::Accepted);
            }
            (Deed::PressTwo, LegStage::Listening) => self.asks(offer, LegEvent::Declined),
            (Deed::PressNothing, LegStage::Listening) => self.asks(offer, LegEvent::Silent),
            (Deed::HangUp, LegStage::Listening | LegStage::Room) => self.end_leg(offer, Status::Completed),
            (_, _) => {}
        }
    }

    fn picks_up(&mut self, offer: OfferId) {
        self.legs.get_mut(&offer).unwrap().stage = LegStage::Listening;
        self.tell_status(offer, Status::InProgress);
        self.asks(offer, LegEvent::Answered);
        let deeds: Vec<(u64, Deed)> = match self.legs[&offer].person {
            Person::Takes { decides, again: false, .. } => vec![(decides, Deed::PressOne)],
            Person::Takes { decides, .. } => vec![(decides, Deed::PressOne), (decides + 200, Deed::PressOne)],
            Person::Declines { decides, .. } => vec![(decides, Deed::PressTwo)],
            Person::HangsUp { leaves, .. } => vec![(leaves, Deed::HangUp)],
            Person::Voicemail { .. } => vec![(3_000, Deed::FindMachine)],
            Person::PressesNothing { .. } | Person::NeverAnswers | Person::Busy | Person::OutOfOrder => {
                vec![]
            }
        };
        for (ms, deed) in deeds {
            self.after(ms, Due::Does(offer, deed));
        }
        self.after(RECAP, Due::Does(offer, Deed::HearOut));
        self.after(RECAP + KEY, Due::Does(offer, Deed::PressNothing));
    }

    fn asks(&mut self, offer: OfferId, what: LegEvent) {
        match self.ask_desk(offer, what) {
            LegOrder::Brief | LegOrder::Ask => {}
            LegOrder::Leave => self.end_leg(offer, Status::Completed),
            LegOrder::Enter => {
                self.legs.get_mut(&offer).unwrap().stage = LegStage::Room;
                if let Person::Takes { talks, .. } = self.legs[&offer].person {
                    self.after(talks, Due::Does(offer, Deed::HangUp));
                }
                self.tell_room(offer.handoff, RoomNews::AgentCame);
                self.start_if_both(offer.handoff);
            }
        }
    }

    pub(super) fn end_leg(&mut self, offer: OfferId, status: Status) {
        let Some(leg) = self.legs.get_mut(&offer).filter(|leg| leg.stage != LegStage::Over) else { return };
        let before = std::mem::replace(&mut leg.stage, LegStage::Over);
        self.tell_status(offer, status);
        if before == LegStage::Room {
            self.tell_room(offer.handoff, RoomNews::AgentLeft);
            self.close_room(offer.handoff);
        }
    }

    fn delay(&mut self) -> Delay {
        self.told += 1;
        self.delays[self.told % self.delays.len()]
    }

    fn tell_status(&mut self, offer: OfferId, status: Status) {
        let last = !matches!(status, Status::Ringing | Status::InProgress | Status::Machine);
        match self.delay() {
            Delay::Soon => self.after(50, Due::Status(offer, status)),
            Delay::Late(ms) => self.after(ms, Due::Status(offer, status)),
            Delay::Twice => {
                self.after(50, Due::Status(offer, status));
                self.after(2_000, Due::Status(offer, status));
            }
            // The carrier asks again when its news of the end is not taken.
            Delay::Lost if last => self.after(3_000, Due::Status(offer, status)),
            Delay::Lost => {}
        }
    }
}

/// Callers' legs, and conferences.
impl World {
    pub(super) fn moves(&mut self, call: usize, handoff: HandoffId) {
        let before = self.calls[call].place;
        if before == Place::Gone {
            return;
        }
        self.calls[call].place = Place::Room(handoff);
        if before == Place::Stream {
            self.lose_link(call);
        }
        self.tell_room(handoff, RoomNews::CallerCame);
        self.start_if_both(handoff);
    }

    /// The carrier is told to bring the caller back, if they are not.
    pub(super) fn fetch(&mut self, call: usize) {
        if let Place::Room(handoff) = self.calls[call].place {
            self.close_room(handoff);
        }
    }

    pub(super) fn returns(&mut self, call: usize) {
        let caller = &mut self.calls[call];
        if caller.place != Place::Returning {
            return;
        }
        if caller.over {
            caller.place = Place::Gone;
            return;
        }
        caller.place = Place::Stream;
        caller.stream += 1;
        caller.leaving = false;
        self.mail.push_back(Mail::Call(call, Event::Resumed));
    }

    /// Somebody left: the conference is over, and the caller, if still there, is brought back.
    pub(super) fn close_room(&mut self, handoff: HandoffId) {
        let inside =
            |(offer, leg): &(&OfferId, &mut Leg)| offer.handoff == handoff && leg.stage == LegStage::Room;
        if let Some((offer, leg)) = self.legs.iter_mut().find(inside) {
            leg.stage = LegStage::Over;
            let offer = *offer;
            self.tell_status(offer, Status::Completed);
            self.tell_room(handoff, RoomNews::AgentLeft);
        }
        self.tell_room(handoff, RoomNews::Over);
        if let Some(call) = self.calls.iter().position(|call| call.place == Place::Room(handoff)) {
            self.calls[call].place = Place::Returning;
            self.after(500, Due::Return(call));
        }
    }

    pub(super) fn agent_is_in(&self, handoff: HandoffId) -> bool {
        self.legs.iter().any(|(offer, leg)| offer.handoff == handoff && leg.stage == LegStage::Room)
    }

    fn start_if_both(&mut self, handoff: HandoffId) {
        let caller = self.calls.iter().any(|call| call.place == Place::Room(handoff));
        if caller && self.agent_is_in(handoff) {
            self.tell_room(handoff, RoomNews::Started);
        }
    }

    fn tell_room(&mut self, handoff: HandoffId, news: RoomNews) {
        match self.delay() {
            Delay::Soon => self.after(50, Due::Room(handoff, news)),
            Delay::Late(ms) => self.after(ms, Due::Room(handoff, news)),
            Delay::Twice => {
                self.after(50, Due::Room(handoff, news));
                self.after(2_000, Due::Room(handoff, news));
            }
            Delay::Lost if news == RoomNews::AgentLeft => self.after(3_000, Due::Room(handoff, news)),
            Delay::Lost => {}
        }
    }
}

impl Person {
    fn picks_up(self) -> Option<u64> {
        match self {
            Self::Takes { picks_up, .. }
            | Self::Declines { picks_up, .. }
            | Self::HangsUp { picks_up, .. }
            | Self::PressesNothing { picks_up }
            | Self::Voicemail { picks_up } => Some(picks_up),
            Self::NeverAnswers | Self::Busy | Self::OutOfOrder => None,
        }
    }
}
