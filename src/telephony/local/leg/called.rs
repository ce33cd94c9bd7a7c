//! A number that is rung from an agent's leg.

use tokio::time::Instant;
use uuid::Uuid;

use super::{DIALLING, Leg, Next, REFUSED, Turn};
use crate::domain::PhoneNumber;
use crate::telephony::local::agent::{Agent, AgentLeg, Leaves, LegEvent, Pickup};
use crate::telephony::local::exchange::form;
use crate::telephony::local::instructions::Number;
use crate::telephony::local::switchboard::lock;
use crate::telephony::twilio::CallStatus;

/// How a number took the ringing, and what ended the wait.
struct Called {
    status: CallStatus,
    answered: Option<Instant>,
    turn: Turn,
}

impl Leg {
    /// Rings a number and connects the leg with whoever answers, until one of the two hangs up.
    pub(super) async fn call_out(&mut self, number: &Number, action: Option<&str>) -> Next {
        let numbers = PhoneNumber::parse(&number.number).ok().zip(PhoneNumber::parse(&number.from).ok());
        let Some((to, from)) = numbers else { return Next::Over };
        let party = lock(&self.switchboard.agents).get(to.expose()).cloned();
        let party = party.unwrap_or_else(Agent::unreachable);
        let sid = format!("CA{}", Uuid::now_v7().simple());
        lock(&self.switchboard.legs).push(AgentLeg { call_sid: sid.clone(), to, from, entries: Vec::new() });
        self.switchboard.note(&sid, LegEvent::Dialled);
        let called = match self.ring_number(number, &party, &sid).await {
            Ok(answered) => {
                let turn = self.connected(number, &party, answered).await;
                Called { status: CallStatus::Completed, answered: Some(answered), turn }
            }
            Err(called) => called,
        };
        self.switchboard.note(&sid, LegEvent::Ended { status: called.status });
        self.tell_called(&sid, called, action).await
    }

    async fn ring_number(&mut self, number: &Number, party: &Agent, sid: &str) -> Result<Instant, Called> {
        let begun = Instant::now();
        let refused = match party.pickup {
            Pickup::Busy => Some(CallStatus::Busy),
            Pickup::Fails => Some(CallStatus::Failed),
            Pickup::After(_) | Pickup::Never => None,
        };
        let unanswered = |status, turn| Err(Called { status, answered: None, turn });
        match self.turn(Some(begun + if refused.is_some() { REFUSED } else { DIALLING }), None).await {
            Turn::Time => {}
            turn @ (Turn::Room(_) | Turn::Told(_) | Turn::HungUp) => {
                return unanswered(CallStatus::Canceled, turn);
            }
        }
        if let Some(status) = refused {
            return unanswered(status, Turn::Time);
        }
        self.switchboard.note(sid, LegEvent::Ringing);
        let answers = match party.pickup {
            Pickup::After(after) if after < number.timeout => Some(after),
            Pickup::After(_) | Pickup::Never | Pickup::Busy | Pickup::Fails => None,
        };
        let rings_until = Instant::now() + answers.unwrap_or(number.timeout);
        match self.turn(Some(rings_until), None).await {
            Turn::Time if answers.is_some() => {
                self.switchboard.note(sid, LegEvent::Answered);
                Ok(Instant::now())
            }
            Turn::Time => unanswered(CallStatus::NoAnswer, Turn::Time),
            turn @ (Turn::Room(_) | Turn::Told(_) | Turn::HungUp) => unanswered(CallStatus::Canceled, turn),
        }
    }

    async fn connected(&mut self, number: &Number, party: &Agent, answered: Instant) -> Turn {
        self.note(LegEvent::Together { label: "called".to_owned() });
        if let Some(Leaves::AfterJoin(after)) = self.agent.leaves {
            self.hangs_up.get_or_insert(answered + after);
        }
        let stays = party.leaves.map(|(Leaves::AfterAnswer(after) | Leaves::AfterJoin(after))| after);
        let until = answered + stays.map_or(number.limit, |stays| stays.min(number.limit));
        let turn = self.turn(Some(until), None).await;
        self.note(LegEvent::Alone);
        turn
    }

    /// Tells the server how it ended, also when the leg itself is over.
    async fn tell_called(&self, sid: &str, called: Called, action: Option<&str>) -> Next {
        let Called { status, answered, turn } = called;
        let Some(action) = action else { return self.follow(turn).await };
        let seconds = answered.map(|answered| answered.elapsed().as_secs().to_string());
        let mut more = vec![("DialCallSid", sid), ("DialCallStatus", status.as_str())];
        more.extend(seconds.as_deref().map(|seconds| ("DialCallDuration", seconds)));
        let leg = match turn {
            Turn::Time | Turn::Room(_) | Turn::Told(_) => CallStatus::InProgress,
            Turn::HungUp => CallStatus::Completed,
        };
        let mut fields = self.fields(leg);
        fields.extend(form(&more));
        if self.agent.twice {
            let _ = self.exchange.ask(action, &fields).await;
        }
        match turn {
            Turn::Time | Turn::Room(_) => {
                self.exchange.ask(action, &fields).await.map_or(Next::Over, Next::Instead)
            }
            Turn::HungUp => {
                let _ = self.exchange.ask(action, &fields).await;
                Next::Over
            }
            turn @ Turn::Told(_) => self.follow(turn).await,
        }
    }
}
