use std::time::Duration;

use super::{Engine, Timer, ledger::Speech, wording};
use crate::domain::{CallTime, Fact, HangupCause, Question, Slot};

const FIRST_REPLY: Duration = Duration::from_secs(6);
const LATER_REPLY: Duration = Duration::from_secs(8);
/// Somebody who asked for a moment gets it.
const PATIENT_REPLY: Duration = Duration::from_secs(25);
/// Speech that stopped is followed by its words; this long without them means they are not coming.
const WORDS: Duration = Duration::from_secs(15);
/// A lone zero may begin a number where numbers begin with one.
const LONE_KEY: Duration = Duration::from_secs(3);
const NEXT_KEY: Duration = Duration::from_secs(5);
const RECONNECT: Duration = Duration::from_secs(60);
const CALL_LIMIT: Duration = Duration::from_secs(30 * 60);
/// For bringing in a person, and the promise if nobody comes.
const HANDOFF_LIMIT: Duration = Duration::from_secs(5 * 60);
/// For a talk of the caller's with an agent.
const TALK_LIMIT: Duration = Duration::from_secs(2 * 60 * 60);
/// For what is left after that talk.
const AFTER_TALK_LIMIT: Duration = Duration::from_secs(10 * 60);
/// Who waits for a person hears something after so long: soon after they were told, later when they were asked
/// something, and never more than ten seconds.
const FIRST_COMPANY: Duration = Duration::from_secs(3);
const COMPANY: Duration = Duration::from_secs(7);
const COMPANY_AFTER_QUESTION: Duration = Duration::from_secs(8);
/// Nobody speaks slower than this many bytes of text a second, pauses and a late start aside.
const SLOWEST_SPEECH: u64 = 8;
const PLAYBACK_GRACE: Duration = Duration::from_secs(10);

/// The deadlines of a call.
#[derive(Debug, Clone, Default)]
pub(super) struct Timers {
    reply: Option<CallTime>,
    playback: Option<CallTime>,
    reconnect: Option<CallTime>,
    call_limit: Option<CallTime>,
    model: Option<CallTime>,
    company: Option<CallTime>,
}

impl Timers {
    pub(super) fn earliest(&self) -> Option<(CallTime, Timer)> {
        let all = [
            (self.call_limit, Timer::CallLimit),
            (self.reconnect, Timer::Reconnect),
            (self.playback, Timer::Playback),
            (self.model, Timer::Model),
            (self.company, Timer::Company),
            (self.reply, Timer::Reply),
        ];
        all.into_iter().filter_map(|(at, timer)| at.map(|at| (at, timer))).min_by_key(|(at, _)| *at)
    }

    pub(super) fn take_due(&mut self, now: CallTime) -> Option<Timer> {
        let (_, timer) = self.earliest().filter(|(at, _)| *at <= now)?;
        match timer {
            Timer::Model => self.model = None,
            Timer::Company => self.company = None,
            Timer::Reply => self.reply = None,
            Timer::Playback => self.playback = None,
            Timer::Reconnect => self.reconnect = None,
            Timer::CallLimit => self.call_limit = None,
        }
        Some(timer)
    }

    pub(super) fn start_call_limit(&mut self, now: CallTime) {
        // The limit counts from the answer, but a caller who was brought back late gets a minute to end in.
        let limit = (CallTime::ZERO + CALL_LIMIT).max(now + Duration::from_secs(60));
        self.call_limit.get_or_insert(limit);
    }

    /// The last word must have been said by then.
    pub(super) fn start_last_minute(&mut self, now: CallTime) {
        self.call_limit = Some(now + Duration::from_secs(60));
    }

    /// A call that is handed over late still has the time for it.
    pub(super) fn allow_for_handoff(&mut self, now: CallTime) {
        self.call_limit = self.call_limit.map(|limit| limit.max(now + HANDOFF_LIMIT));
    }

    pub(super) fn start_talk_limit(&mut self, now: CallTime) {
        self.call_limit = Some(now + TALK_LIMIT);
    }

    pub(super) fn limit_after_talk(&mut self, now: CallTime) {
        self.call_limit = Some(now + AFTER_TALK_LIMIT);
    }

    pub(super) fn start_company(&mut self, now: CallTime, patience: Duration) {
        self.company = Some(now + patience);
    }

    pub(super) fn start_reconnect(&mut self, now: CallTime) {
        self.reconnect = Some(now + RECONNECT);
    }

    pub(super) fn clear_reconnect(&mut self) {
        self.reconnect = None;
    }

    pub(super) fn start_playback(&mut self, now: CallTime, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX / SLOWEST_SPEECH);
        self.playback = Some(now + Duration::from_secs(bytes / SLOWEST_SPEECH) + PLAYBACK_GRACE);
    }

    pub(super) fn clear_playback(&mut self) {
        self.playback = None;
    }

    pub(super) fn start_reply(&mut self, now: CallTime, patience: Duration) {
        self.reply = Some(now + patience);
    }

    pub(super) fn start_model(&mut self, now: CallTime, patience: Duration) {
        self.model = Some(now + patience);
    }

    pub(super) fn clear_model(&mut self) {
        self.model = None;
    }

    pub(super) fn clear_reply(&mut self) {
        self.reply = None;
        self.company = None;
    }

    pub(super) fn clear_talk(&mut self) {
        self.reply = None;
        self.company = None;
        self.playback = None;
        self.model = None;
    }
}

impl Engine {
    /// Waits for the caller, as long as befits what went before.
    pub(super) fn wait_for_reply(&mut self) {
        if self.floor.caller_speaking || self.floor.speaking.is_some() || self.state.is_out_of_reach() {
            return;
        }
        if self.follow_handoff() {
            return;
        }
        let patience = if self.floor.patient {
            PATIENT_REPLY
        } else if self.state.silences > 0 {
            LATER_REPLY
        } else {
            FIRST_REPLY
        };
        self.floor.timers.start_reply(self.now, patience);
    }

    pub(super) fn wait_for_words(&mut self) {
        if self.state.is_out_of_reach() {
            return;
        }
        if self.state.handoffs.open().is_some() {
            return self.floor.timers.start_company(self.now, COMPANY_AFTER_QUESTION);
        }
        self.floor.timers.start_reply(self.now, WORDS);
    }

    /// Lets somebody who waits for a person be, for as long as befits what they heard last.
    pub(super) fn wait_in_company(&mut self) {
        let patience = if self.context().heard {
            COMPANY_AFTER_QUESTION
        } else if self.floor.companies == 0 {
            FIRST_COMPANY
        } else {
            COMPANY
        };
        self.floor.timers.start_company(self.now, patience);
    }

    pub(super) fn wait_for_key(&mut self) {
        let lone = self.state.typed.expose() == "0";
        self.floor.timers.start_reply(self.now, if lone { LONE_KEY } else { NEXT_KEY });
    }

    pub(super) fn timed_out(&mut self, timer: Timer) {
        match timer {
            Timer::Model => self.model_overdue(),
            Timer::Company => self.company_due(),
            Timer::Reply => self.reply_overdue(),
            Timer::Playback => self.playback_overdue(),
            Timer::Reconnect => {
                self.settle_unreported();
                self.hang_up(HangupCause::LineLost);
            }
            Timer::CallLimit if self.floor.last_minute => {
                self.hang_up(self.floor.must_end.unwrap_or(HangupCause::Completed));
            }
            Timer::CallLimit => self.end_politely(HangupCause::Completed, wording::TIME_IS_UP),
        }
    }

    fn reply_overdue(&mut self) {
        if !self.state.stage.answered || self.floor.speaking.is_some() {
            return;
        }
        if self.state.handoffs.open().is_some() {
            return self.company_due();
        }
        self.floor.caller_speaking = false;
        self.floor.patient = false;
        if self.floor.cut.is_some() {
            return self.go_on();
        }
        if let Some(owed) = self.floor.owed.take() {
            return self.react(owed);
        }
        if !self.state.typed.expose().is_empty() {
            return self.typing_stopped();
        }
        self.record(Fact::SilenceNoticed { count: self.state.silences + 1 });
        let told = self.state.phase() == crate::domain::Phase::Closing && self.promise_was_told();
        match self.state.silences {
            1 if told => self.farewell(HangupCause::Completed),
            1 => self.ask_next(Speech::default()),
            2 => self.check_presence(),
            _ => self.give_up_on_silence(),
        }
    }

    fn check_presence(&mut self) {
        let speech = Speech::of(self.pick(wording::STILL_THERE));
        let reason_missing = self.state.intake().get(&Slot::Reason).is_none();
        let offered = self.state.times_asked(&Question::PersonOrMessage) > 0;
        if reason_missing && !offered && !self.state.wants_person() {
            self.ask(speech, Question::PersonOrMessage);
        } else {
            self.ask_next(speech);
        }
    }

    fn give_up_on_silence(&mut self) {
        let speech = Speech::of(wording::CANNOT_HEAR.to_owned());
        self.leave(speech, HangupCause::Silence);
    }
}
