//! Bringing in a person: who and why, company while they are sought, and what follows.

use std::time::Duration;

use super::handoffs::{Handoff, HandoffStage, concerns_the_caller};
use super::hearing::{Context, Learned, Reaction};
use super::ledger::Speech;
use super::{Action, Engine, wording};
use crate::domain::{
    AbuseOutcome, CallTime, EscalationReason, Fact, HandoffId, HandoffNews, HandoffOutcome, HandoffRequest,
    HangupCause, Move, Phase, Question, Slot, TurnId, Urgency,
};
use crate::understanding::words::{has_any, plain, words};
use crate::understanding::{Answer, answer, capitalised, phone, story};

/// A person is brought in for a caller so often, unless a weightier reason turns up.
const MOST_HANDOFFS: usize = 2;
/// What is left for somebody who is just being briefed when the time is up, and for the news to arrive.
const GRACE: Duration = Duration::from_secs(45);
/// Somebody who takes the call does not wait longer than this for the caller to finish.
const AGENTS_PATIENCE: Duration = Duration::from_secs(5);
/// Longer turns tell a story and are no order to stop.
const LONGEST_ORDER: usize = 12;

/// Words of somebody who does not want to wait for a person.
const STOP: &[&str] = &[
    "never mind",
    "nevermind",
    "forget it",
    "forget about it",
    "stop calling",
    "stop ringing",
    "stop trying",
    "don't bother",
    "do not bother",
    "no need",
    "wait for a call",
    "wait for the call",
    "wait for your call",
    "wait for their call",
    "rather be called",
    "don't want to wait",
    "do not want to wait",
    "don't have time to wait",
    "can't wait that long",
    "cannot wait that long",
    "leave a message",
    "take a message",
    "another time",
    "don't need a person",
    "cancel that",
    "changed my mind",
];
/// Words that mean it only where no number is being asked for.
const CALL_BACK: &[&str] = &["call me back", "call me later", "call back", "callback", "ring me back"];
/// Words of somebody who speaks of others.
const OF_OTHERS: &[&str] = &[
    "they",
    "nobody",
    "he",
    "she",
    "said",
    "never call",
    "never called",
    "promised",
    "don't call",
    "not call",
    "didn't",
];

impl Engine {
    /// Why a person is to be brought in now, if there is anybody to be brought in.
    ///
    /// One is brought in for the first reason there is. After that only a weightier reason counts, or that the caller
    /// asks for a person again, and that only once.
    pub(super) fn handoff_due(&self) -> Option<EscalationReason> {
        let reason = self.weightiest_reason()?;
        let handoffs = &self.state.handoffs;
        let before = handoffs.iter().map(|handoff| handoff.request.reason).min();
        let again = handoffs.wanted_again && handoffs.len() < MOST_HANDOFFS;
        let new = before.is_none_or(|before| reason < before) || again;
        let ends =
            reason == EscalationReason::Abuse && self.business().playbook.abuse.then == AbuseOutcome::End;
        let free = handoffs.open().is_none()
            && !handoffs.away()
            && self.floor.leaving.is_none()
            && self.floor.must_end.is_none();
        (free && new && !ends && !self.must_leave() && self.is_somebody_on_duty(self.pressure(reason)))
            .then_some(reason)
    }

    fn weightiest_reason(&self) -> Option<EscalationReason> {
        let reason = self.state.matter.escalations.iter().map(|escalation| escalation.reason).min();
        reason.or(self.state.wants_person().then_some(EscalationReason::PersonRequested))
    }

    /// Whether the caller was told of a danger in which they are not to stay on the line.
    pub(super) fn must_leave(&self) -> bool {
        let advised = &self.state.matter.advised;
        self.business().playbook.emergencies.iter().any(|entry| !entry.stays && advised.contains(&entry.key))
    }

    fn is_somebody_on_duty(&self, urgency: Urgency) -> bool {
        let (business, now) = (self.business(), self.wall(self.now));
        business.agents.iter().any(|agent| agent.on_duty(urgency, now, &business.time_zone))
    }

    /// How pressing a handing over is: those who are on call are rung for what cannot wait, not because somebody asks.
    fn pressure(&self, reason: EscalationReason) -> Urgency {
        let danger = matches!(
            reason,
            EscalationReason::Emergency
                | EscalationReason::Threat
                | EscalationReason::SelfHarm
                | EscalationReason::Urgent
        );
        if danger || self.state.matter.urgent { Urgency::Urgent } else { Urgency::Normal }
    }

    /// Whether somebody who was cut off from a person may be put through once more.
    pub(super) fn may_try_again(&self) -> bool {
        let handoffs = &self.state.handoffs;
        handoffs.last().is_some_and(|last| last.cut_short())
            && handoffs.len() < MOST_HANDOFFS
            && self.weightiest_reason().is_some_and(|reason| self.is_somebody_on_duty(self.pressure(reason)))
    }

    /// Whether whoever is on call is to be rung: the business is closed, it cannot wait, and all that was to be asked is.
    fn needs_on_call(&self) -> bool {
        let done = matches!(self.next_question(), None | Some(Question::Option | Question::Step));
        done && !self.state.open
            && self.state.matter.urgent
            && self.state.handoffs.len() == 0
            && self.state.promises.is_empty()
            && !self.is_declined()
    }

    /// Gives the word to the handing over where there is one; what is left is said by whoever asked.
    pub(super) fn with_handoff(&mut self, mut speech: Speech) -> Option<Speech> {
        if self.state.handoffs.open().is_some() {
            self.talk_while_waiting(speech);
            return None;
        }
        if self.state.phase() == Phase::HandingOff {
            match self.tell_that_nobody_came(speech) {
                Some(told) => speech = told,
                None => return None,
            }
        }
        if self.needs_on_call() && self.is_somebody_on_duty(Urgency::Urgent) && !self.must_leave() {
            self.escalate(EscalationReason::Urgent, self.last_turn());
        }
        match self.handoff_due() {
            Some(reason) => {
                self.bring_in(speech, reason);
                None
            }
            None => Some(speech),
        }
    }

    /// Says that nobody came and what happens instead; `None` where the call ends with that.
    fn tell_that_nobody_came(&mut self, speech: Speech) -> Option<Speech> {
        let Some(HandoffStage::Nobody { outcome }) =
            self.state.handoffs.last().map(|last| last.stage.clone())
        else {
            return Some(speech);
        };
        let reason = self.state.handoffs.last().map(|last| last.request.reason);
        let speech = speech.and(self.pick(match outcome {
            HandoffOutcome::NotConnected => wording::NOT_CONNECTED,
            HandoffOutcome::NobodyThere
            | HandoffOutcome::NobodyAnswered
            | HandoffOutcome::Joined
            | HandoffOutcome::CallerLeft
            | HandoffOutcome::CallerStopped => wording::NOBODY_CAME,
        }));
        // Somebody who goes on attacking is not asked anything more.
        if reason == Some(EscalationReason::Abuse) {
            self.leave(speech, HangupCause::Completed);
            return None;
        }
        let speech =
            if reason == Some(EscalationReason::SelfHarm) { speech.join(self.stay_words()) } else { speech };
        if self.next_question().is_none() {
            return Some(speech);
        }
        let promise = self.promise(Urgency::Urgent);
        let by = self.by_when(promise.due);
        Some(speech.and(capitalised(&format!("{} will call you back {by}.", promise.owner))))
    }

    /// Asks for a person, and says who is brought in and why.
    fn bring_in(&mut self, speech: Speech, reason: EscalationReason) {
        let request = self.handoff_request(reason);
        let briefing = Box::new(self.briefing(&request));
        self.record(Fact::HandoffBegan { request: request.clone() });
        self.record(Fact::PhaseEntered { phase: Phase::HandingOff });
        self.actions.push_back(Action::HandOff { request, briefing });
        self.floor.timers.allow_for_handoff(self.now);
        self.floor.told_news = 0;
        self.floor.companies = 0;
        self.floor.introduced = false;
        let weighty = matches!(speech.movement(), Move::Advise | Move::Boundary);
        let act = if weighty { speech.movement() } else { Move::Escalate };
        let notes = match reason {
            EscalationReason::SelfHarm => wording::STAYING,
            EscalationReason::Abuse => "",
            EscalationReason::Emergency
            | EscalationReason::Threat
            | EscalationReason::Legal
            | EscalationReason::Compliance
            | EscalationReason::RepeatedFailure
            | EscalationReason::Urgent
            | EscalationReason::ManagerRequested
            | EscalationReason::PersonRequested
            | EscalationReason::NotUnderstood
            | EscalationReason::Stress
            | EscalationReason::BeyondAuthority => wording::NOTES_FIRST,
        };
        let takeover = self.who_and_why(reason);
        self.floor.takeover = Some((reason, takeover.clone()));
        self.say(speech.and(takeover).and(notes).act(act));
    }

    fn who_and_why(&self, reason: EscalationReason) -> String {
        format!("I am ringing {} for you, {}.", self.owner_for(reason), takeover_reason(reason))
    }

    /// Who is rung and why, for somebody who did not hear it to its end.
    fn untold(&mut self) -> Option<String> {
        let reason = self.state.handoffs.open()?.request.reason;
        let told = self.who_and_why(reason);
        if self.state.has_heard(&told) {
            return None;
        }
        self.floor.takeover = Some((reason, told.clone()));
        Some(told)
    }

    fn handoff_request(&self, reason: EscalationReason) -> HandoffRequest {
        let since = self.state.matter.escalations.iter().find(|escalation| escalation.reason == reason);
        let again = self.state.handoffs.wanted_again;
        let since = since.map(|escalation| escalation.at).or(self.state.person_since).filter(|_| !again);
        HandoffRequest {
            id: HandoffId::new(self.minted(1 << 32 | self.state.handoffs.len() as u128)),
            call: self.start.id,
            business: self.business().id.clone(),
            reason,
            owner: self.business().playbook.takeover.owner(reason).to_owned(),
            topic: self.state.matter.diagnosis.topic.clone(),
            language: "en".to_owned(),
            urgency: self.pressure(reason),
            triggered_at: self.wall(since.unwrap_or(self.now)),
        }
    }
}

/// News of a handing over.
impl Engine {
    /// Takes in what happened to the handing over.
    pub(super) fn handoff_news(&mut self, handoff: HandoffId, news: HandoffNews) {
        let open = self.state.handoffs.open().filter(|open| open.request.id == handoff);
        if !open.is_some_and(|open| open.is_news(&news)) {
            return;
        }
        let here = !self.state.is_out_of_reach();
        self.record(Fact::HandoffHeard { handoff, news: news.clone() });
        match news {
            // It is told when there is a pause.
            HandoffNews::Ringing { .. } => {}
            HandoffNews::Missed { .. } => self.floor.introduced = false,
            HandoffNews::Accepted { .. } if self.floor.caller_speaking => {
                self.floor.timers.start_company(self.now, AGENTS_PATIENCE);
            }
            HandoffNews::Accepted { .. } => {
                self.drop_held();
                // Who is rung and why is said to its end.
                if self.floor.companies > 0 {
                    self.cut_company_short();
                }
                self.go_on_if_silent();
            }
            HandoffNews::Joined => {
                self.bridge();
                // The news is late: the caller is back already.
                if here {
                    self.resumed();
                }
            }
            HandoffNews::Settled { .. } => self.nobody_came(),
            HandoffNews::TalkEnded => self.floor.timers.start_reconnect(self.now),
        }
    }

    fn go_on_if_silent(&mut self) {
        if self.floor.held.is_none() {
            self.wait_for_reply();
        }
    }

    /// Leaves the two to each other.
    fn bridge(&mut self) {
        self.stop_speaking();
        self.settle_unreported();
        self.floor.cut = None;
        self.floor.owed = None;
        self.floor.caller_speaking = false;
        self.drop_asks();
        self.record(Fact::PhaseEntered { phase: Phase::Bridged });
        self.floor.timers.clear_talk();
        self.floor.timers.clear_reconnect();
        self.floor.timers.start_talk_limit(self.now);
    }

    fn nobody_came(&mut self) {
        if std::mem::take(&mut self.floor.detached) {
            // The caller left our stream for a talk that never began, and is on the way back.
            self.record(Fact::StreamLost);
            return self.wait_for_return();
        }
        if !self.state.stage.lost {
            self.floor.timers.clear_reconnect();
            self.go_on_if_silent();
        }
    }

    /// Goes on with a handing over when nobody speaks; false where there is none.
    pub(super) fn follow_handoff(&mut self) -> bool {
        if self.change_hands() {
            return true;
        }
        if self.state.handoffs.open().is_some() {
            self.wait_in_company();
            return true;
        }
        let untold = self.state.phase() == Phase::HandingOff && self.floor.leaving.is_none();
        if untold {
            self.ask_next(Speech::default());
        }
        untold
    }

    /// Where somebody takes the call: tells the caller, and then has the two connected.
    pub(super) fn change_hands(&mut self) -> bool {
        let Some(open) = self.state.handoffs.open() else { return false };
        let (handoff, agent) = (open.request.id, open.accepted_by().map(str::to_owned));
        let Some(agent) = agent.filter(|_| !self.state.is_out_of_reach()) else { return false };
        self.floor.cut = None;
        self.floor.owed = None;
        if std::mem::replace(&mut self.floor.introduced, true) {
            self.put_through(handoff);
        } else {
            let taken = self.pick(&[
                &format!("{agent} is on the line and has your notes."),
                &format!("{agent} is still on the line for you."),
                &format!("{agent} is ready to talk to you."),
            ]);
            self.speak(Speech::of(taken).and(wording::PUTTING_THROUGH).act(Move::Escalate));
        }
        true
    }

    fn put_through(&mut self, handoff: HandoffId) {
        self.drop_asks();
        self.floor.introduced = false;
        self.record(Fact::PutThrough { handoff });
        self.actions.push_back(Action::Join(handoff));
        self.wait_for_return();
    }

    /// The caller goes on without a person.
    pub(super) fn stop_handoff(&mut self) {
        let open = self.state.handoffs.open().filter(|_| !self.state.handoffs.away());
        if let Some(handoff) = open.map(|open| open.request.id) {
            self.record(Fact::HandoffStopped { handoff });
            self.actions.push_back(Action::StopHandOff(handoff));
        }
    }
}

/// Company for somebody who waits.
impl Engine {
    /// Somebody who waits for a person has heard nothing for a while.
    pub(super) fn company_due(&mut self) {
        if !self.state.stage.answered || self.is_speaking() || self.floor.held.is_some() {
            return;
        }
        self.settle_unreported();
        self.floor.caller_speaking = false;
        self.floor.patient = false;
        if self.change_hands() {
            return;
        }
        if self.floor.cut.is_some() {
            return self.go_on();
        }
        if let Some(owed) = self.floor.owed.take() {
            return self.react(owed);
        }
        if !self.state.typed.expose().is_empty() {
            return self.typing_stopped();
        }
        self.keep_company(Speech::default());
    }

    /// Says how it stands and uses the wait for a question that is open.
    pub(super) fn keep_company(&mut self, speech: Speech) {
        let Some(open) = self.state.handoffs.open() else { return self.ask_next(speech) };
        if self.now >= self.given_up_at(open) {
            // No news for so long: whoever was to tell does not tell any more.
            let handoff = open.request.id;
            let news = HandoffNews::Settled { outcome: HandoffOutcome::NobodyAnswered };
            self.record(Fact::HandoffHeard { handoff, news });
            self.actions.push_back(Action::StopHandOff(handoff));
            return self.ask_next(speech);
        }
        let told = open.news.len();
        let progress = self.progress(open);
        let untold = self.untold().unwrap_or_default();
        self.floor.told_news = told;
        self.floor.companies += 1;
        let speech = speech.and(untold).and(progress).act(Move::Escalate);
        match self.question_while_waiting() {
            Some(question) => self.ask(speech, question),
            None => self.say(speech),
        }
    }

    fn given_up_at(&self, open: &Handoff) -> CallTime {
        open.began + Duration::from_secs(u64::from(self.business().handoff.give_up_seconds)) + GRACE
    }

    /// What is true and was not said before: who cannot come, whose telephone rings, or that we are still at it.
    fn progress(&self, open: &Handoff) -> String {
        let new = open.news.get(self.floor.told_news..).unwrap_or_default();
        let missed = new.iter().rev().find_map(|news| match news {
            HandoffNews::Missed { agent, why } if concerns_the_caller(*why) => Some(agent.as_str()),
            HandoffNews::Missed { .. }
            | HandoffNews::Ringing { .. }
            | HandoffNews::Accepted { .. }
            | HandoffNews::Joined
            | HandoffNews::Settled { .. }
            | HandoffNews::TalkEnded => None,
        });
        let rings = new.iter().any(|news| matches!(news, HandoffNews::Ringing { .. }));
        let ringing = open.ringing();
        match (missed, ringing.as_slice()) {
            (Some(missed), [.., agent]) => {
                format!("{missed} cannot come to the phone right now, so I am ringing {agent}.")
            }
            (Some(missed), []) => {
                format!("{missed} cannot come to the phone right now, and I am trying somebody else.")
            }
            (None, [agent]) if rings => format!("{agent}'s phone is ringing."),
            (None, [.., agent]) if rings => format!("I am ringing {agent} as well now."),
            (None, ringing) => self.company_words(ringing),
        }
    }

    fn company_words(&self, ringing: &[&str]) -> String {
        if self.state.matter.is_escalated(EscalationReason::SelfHarm) {
            return self.pick(wording::WITH_YOU);
        }
        let rings = ringing.last().map(|agent| format!("I am still ringing {agent}."));
        let lines: Vec<&str> = wording::COMPANY.iter().copied().chain(rings.as_deref()).collect();
        self.pick(&lines)
    }

    /// What is asked while a person is sought: each thing once, and nothing of somebody in danger or at war with us.
    pub(super) fn question_while_waiting(&self) -> Option<Question> {
        let open = self.state.handoffs.open().filter(|open| open.accepted_by().is_none())?;
        if self.is_dangerous() || self.state.matter.boundaries > 0 {
            return None;
        }
        let intake = &self.state.intake;
        let missing = |slot: Slot| {
            (intake.get(&slot).is_none() && !intake.is_given_up(&slot)).then_some(Question::Fill(slot))
        };
        let reason = missing(Slot::Reason).filter(|_| !self.reason_is_known());
        let wanted = self.state.matter.diagnosis.expectation.is_none().then_some(Question::Expectation);
        [self.callback_question(), missing(Slot::Name), reason, wanted]
            .into_iter()
            .flatten()
            .find(|question| !open.asked.contains(question) && self.may_ask(question))
    }

    /// Says what there is to say to somebody who waits, and asks what is open.
    fn talk_while_waiting(&mut self, speech: Speech) {
        let untold = self.untold().unwrap_or_default();
        let speech = speech.and(untold);
        match self.question_while_waiting() {
            Some(question) => self.ask(speech, question),
            None if speech.is_empty() => self.wait_for_reply(),
            None => self.say(speech),
        }
    }

    /// Whether somebody who waits for a person wants to go on without one.
    pub(super) fn wants_no_person(&self, text: &str, context: &Context) -> bool {
        if self.state.handoffs.open().is_none() || words(text).len() > LONGEST_ORDER {
            return false;
        }
        let said = plain(text);
        let of_number = context.is_about(&Slot::Callback) && context.heard || phone::has_digits(text);
        let bare = words(text).len() <= 3 && has_any(&said, &["stop", "stop it", "stop that"]);
        let order = has_any(&said, STOP) || (has_any(&said, CALL_BACK) && !of_number);
        bare || (order && !has_any(&said, OF_OTHERS))
    }

    /// Somebody who waits for a person need not answer what they are asked meanwhile.
    pub(super) fn mildly(&self, reaction: Reaction, text: &str) -> Reaction {
        if reaction != Reaction::Miss || self.state.handoffs.open().is_none() {
            return reaction;
        }
        match answer(text) {
            Some(Answer::No | Answer::Unsure) => Reaction::NeverMind,
            Some(Answer::Yes) => Reaction::Wait,
            None if is_content(text) => Reaction::Wait,
            None => Reaction::Miss,
        }
    }

    /// Takes in what somebody tells who waits for a person and was asked nothing.
    pub(super) fn told_while_waiting(&mut self, text: &str, turn: TurnId, learned: Learned) -> Reaction {
        let added = story(text)
            .filter(|told| words(told).len() >= 3)
            .is_some_and(|told| self.add_to_reason(&told, turn));
        let content = answer(text) == Some(Answer::Yes) || is_content(text);
        match (added, learned.any()) {
            (true, _) if learned.matter => Reaction::Hear,
            (true, _) => Reaction::Note,
            (false, true) => Reaction::Thank,
            (false, false) if content => Reaction::Wait,
            (false, false) => Reaction::KeepCompany,
        }
    }
}

fn is_content(text: &str) -> bool {
    has_any(&plain(text), &["okay", "ok", "thanks", "thank you", "fine", "great", "alright", "all right"])
}

/// Why it is theirs, to follow who takes over.
pub(super) const fn takeover_reason(reason: EscalationReason) -> &'static str {
    match reason {
        EscalationReason::Legal | EscalationReason::Compliance => "who may speak about that",
        EscalationReason::RepeatedFailure => "who can look at it afresh",
        EscalationReason::ManagerRequested | EscalationReason::PersonRequested => "as you asked",
        EscalationReason::SelfHarm => "so that you are not alone with this",
        EscalationReason::NotUnderstood => "because I do not want to miss what you need",
        EscalationReason::Urgent => "who is on call",
        EscalationReason::Stress => "who can go through it with you",
        EscalationReason::Emergency
        | EscalationReason::Threat
        | EscalationReason::Abuse
        | EscalationReason::BeyondAuthority => "who can decide on it",
    }
}
