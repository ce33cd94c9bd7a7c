mod called;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::agent::{Agent, AgentLeg, Input, Leaves, LegEvent, Pickup};
use super::conference::{RoomNews, Seat};
use super::exchange::{Exchange, form};
use super::instructions::{Conference, Dialled, Gather, Verb, parse, saying};
use super::switchboard::{Command, Courier, Place, Switchboard, lock};
use crate::domain::PhoneNumber;
use crate::telephony::twilio::{AnsweredBy, CallStatus};

/// From the order to the first ring.
const DIALLING: Duration = Duration::from_millis(500);
/// A busy line, or one that cannot be connected, is known of as soon.
const REFUSED: Duration = Duration::from_millis(1_500);
/// After so long it is known that a person has answered.
const PERSON_KNOWN: Duration = Duration::from_millis(2_500);
/// After so long it is known that a machine has answered.
const MACHINE_KNOWN: Duration = Duration::from_secs(4);

/// What the server ordered a leg with.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) to: PhoneNumber,
    pub(super) from: PhoneNumber,
    pub(super) url: String,
    pub(super) news_url: Option<String>,
    /// Of what news is wanted: `initiated`, `ringing`, `answered`, `completed`.
    pub(super) events: Vec<String>,
    pub(super) timeout: Duration,
    /// Told who answered, if that is to be found out.
    pub(super) machine_url: Option<String>,
}

/// A leg to somebody whom the server rings.
struct Leg {
    switchboard: Arc<Switchboard>,
    exchange: Arc<Exchange>,
    order: Order,
    sid: String,
    place: Place,
    courier: Courier,
    sequence: u32,
    agent: Agent,
    inputs: VecDeque<(Duration, Input)>,
    answered: Option<Instant>,
    /// From when the next key or words are counted.
    counted_from: Instant,
    hangs_up: Option<Instant>,
    machine_known: Option<Instant>,
}

/// What ends a wait.
enum Turn {
    Time,
    Room(RoomNews),
    Told(Command),
    HungUp,
}

/// How a leg goes on.
enum Next {
    On,
    Instead(Vec<Verb>),
    Over,
}

/// Takes an order; returns the leg's id. None while no carrier knows the way to the server.
pub(super) fn dial(switchboard: &Arc<Switchboard>, order: Order) -> Option<String> {
    let exchange = lock(&switchboard.exchange).clone()?;
    let sid = format!("CA{}", Uuid::now_v7().simple());
    let agent = lock(&switchboard.agents).get(order.to.expose()).cloned().unwrap_or_else(Agent::unreachable);
    let (to, from) = (order.to.clone(), order.from.clone());
    lock(&switchboard.legs).push(AgentLeg { call_sid: sid.clone(), to, from, entries: Vec::new() });
    let leg = Leg {
        switchboard: Arc::clone(switchboard),
        exchange,
        order,
        place: switchboard.connect(&sid, false),
        sid: sid.clone(),
        courier: switchboard.courier(),
        sequence: 0,
        inputs: agent.inputs.iter().cloned().collect(),
        agent,
        answered: None,
        counted_from: Instant::now(),
        hangs_up: None,
        machine_known: None,
    };
    switchboard.spawn(leg.live());
    Some(sid)
}

impl Leg {
    async fn live(mut self) {
        self.note(LegEvent::Dialled);
        self.tell("initiated", CallStatus::Initiated);
        let status = match self.ring().await {
            Ok(()) => {
                self.talk().await;
                CallStatus::Completed
            }
            Err(status) => status,
        };
        lock(&self.switchboard.over).insert(self.sid.clone(), status);
        self.tell("completed", status);
        self.note(LegEvent::Ended { status });
    }

    /// Rings until somebody answers.
    async fn ring(&mut self) -> Result<(), CallStatus> {
        let begun = Instant::now();
        let refused = match self.agent.pickup {
            Pickup::Busy => Some(CallStatus::Busy),
            Pickup::Fails => Some(CallStatus::Failed),
            Pickup::After(_) | Pickup::Never => None,
        };
        if let Some(status) = refused {
            self.wait_to_ring(begun + REFUSED).await?;
            return Err(status);
        }
        self.wait_to_ring(begun + DIALLING).await?;
        self.note(LegEvent::Ringing);
        self.tell("ringing", CallStatus::Ringing);
        let rings_from = Instant::now();
        match self.agent.pickup {
            Pickup::After(after) if after < self.order.timeout => {
                self.wait_to_ring(rings_from + after).await?
            }
            Pickup::After(_) | Pickup::Never | Pickup::Busy | Pickup::Fails => {
                self.wait_to_ring(rings_from + self.order.timeout).await?;
                return Err(CallStatus::NoAnswer);
            }
        }
        let now = Instant::now();
        self.place.answer();
        self.answered = Some(now);
        self.counted_from = now;
        if let Some(Leaves::AfterAnswer(after)) = self.agent.leaves {
            self.hangs_up = Some(now + after);
        }
        let known = if self.agent.machine { MACHINE_KNOWN } else { PERSON_KNOWN };
        self.machine_known = self.order.machine_url.is_some().then_some(now + known);
        self.note(LegEvent::Answered);
        self.tell("answered", CallStatus::InProgress);
        Ok(())
    }

    async fn wait_to_ring(&mut self, until: Instant) -> Result<(), CallStatus> {
        match self.turn(Some(until), None).await {
            Turn::Time | Turn::Room(_) => Ok(()),
            // Nothing else can be done to a leg that nobody has answered.
            Turn::Told(_) | Turn::HungUp => Err(CallStatus::Canceled),
        }
    }

    async fn talk(&mut self) {
        let url = self.order.url.clone();
        let mut verbs = match self.ask(&url, &[]).await {
            Next::Instead(verbs) => VecDeque::from(verbs),
            Next::On | Next::Over => return,
        };
        while let Some(verb) = verbs.pop_front() {
            let next = match verb {
                Verb::Say(text) => self.hear(text, None).await,
                Verb::Pause(length) => self.pause(length).await,
                Verb::Gather(gather) => self.gather(gather).await,
                Verb::Redirect(url) => self.ask(&url, &[]).await,
                Verb::Dial { action, to: Dialled::Conference(conference) } => {
                    self.confer(&conference, action.as_deref()).await
                }
                Verb::Dial { action, to: Dialled::Number(number) } => {
                    self.call_out(&number, action.as_deref()).await
                }
                // An agent's leg has no media socket.
                Verb::Stream { .. } | Verb::Hangup | Verb::Reject => Next::Over,
            };
            match next {
                Next::On => {}
                Next::Instead(others) => verbs = others.into(),
                Next::Over => return,
            }
        }
    }

    async fn hear(&mut self, text: String, until: Option<Instant>) -> Next {
        let whole = Instant::now() + saying(&text);
        self.note(LegEvent::Began { text: text.into() });
        let turn = self.turn(Some(until.map_or(whole, |until| whole.min(until))), None).await;
        if matches!(turn, Turn::Time) && until.is_none_or(|until| whole <= until) {
            self.note(LegEvent::Heard);
        }
        self.follow(turn).await
    }

    async fn pause(&mut self, length: Duration) -> Next {
        let turn = self.turn(Some(Instant::now() + length), None).await;
        self.follow(turn).await
    }

    async fn gather(&mut self, gather: Gather) -> Next {
        let due = self.inputs.front().and_then(|(after, input)| {
            let listened_for = match input {
                Input::Key(_) => gather.keys,
                Input::Words(_) => gather.words,
            };
            listened_for.then(|| (self.counted_from + *after).max(Instant::now()))
        });
        for verb in gather.verbs {
            let next = match (verb, due) {
                (_, Some(due)) if due <= Instant::now() => Next::On,
                (Verb::Say(text), due) => self.hear(text, due).await,
                (Verb::Pause(length), due) => {
                    let whole = Instant::now() + length;
                    let turn = self.turn(Some(due.map_or(whole, |due| due.min(whole))), None).await;
                    self.follow(turn).await
                }
                (_, _) => Next::On,
            };
            match next {
                Next::On => {}
                Next::Instead(_) | Next::Over => return next,
            }
        }
        let silent_until = Instant::now() + gather.timeout;
        let until = due.map_or(silent_until, |due| due.min(silent_until));
        let turn = self.turn(Some(until), None).await;
        let in_time = due.is_some_and(|due| due <= silent_until);
        match (turn, self.inputs.front().cloned()) {
            (Turn::Time, Some((_, input))) if in_time => self.put_in(&input, &gather.action).await,
            (turn, _) => self.follow(turn).await,
        }
    }

    async fn put_in(&mut self, input: &Input, action: &str) -> Next {
        self.inputs.pop_front();
        self.counted_from = Instant::now();
        let field = match input {
            Input::Key(key) => {
                self.note(LegEvent::Pressed { key: *key });
                ("Digits", key.as_char().to_string())
            }
            Input::Words(words) => {
                self.note(LegEvent::Said { words: words.clone().into() });
                ("SpeechResult", words.clone())
            }
        };
        let fields = [(field.0, field.1.as_str())];
        if self.agent.twice {
            let _ = self.ask(action, &fields).await;
        }
        self.ask(action, &fields).await
    }

    async fn confer(&mut self, conference: &Conference, action: Option<&str>) -> Next {
        let Some(mut seat) = Seat::take(&self.switchboard, conference, &self.sid) else { return Next::On };
        self.note(LegEvent::Entered { conference: conference.name.clone() });
        let turn = loop {
            match self.turn(None, Some(&mut seat)).await {
                Turn::Room(RoomNews::Together { label }) => {
                    self.note(LegEvent::Together { label });
                    if let Some(Leaves::AfterJoin(after)) = self.agent.leaves {
                        self.hangs_up.get_or_insert(Instant::now() + after);
                    }
                }
                Turn::Room(RoomNews::Alone) => self.note(LegEvent::Alone),
                Turn::Room(RoomNews::Announced(text)) => self.note(LegEvent::Announced { text }),
                Turn::Room(RoomNews::Closed) => break Turn::Room(RoomNews::Closed),
                turn @ (Turn::Time | Turn::Told(_) | Turn::HungUp) => break turn,
            }
        };
        drop(seat);
        self.note(LegEvent::Left);
        match (turn, action) {
            (Turn::Room(_), Some(action)) => self.ask(action, &[("DialCallStatus", "completed")]).await,
            (turn, _) => self.follow(turn).await,
        }
    }

    /// Waits for a moment, for news of a conference, for a command, or for the agent's own patience to end.
    async fn turn(&mut self, until: Option<Instant>, mut seat: Option<&mut Seat>) -> Turn {
        loop {
            let room = async {
                match seat.as_mut() {
                    Some(seat) => seat.news.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                Some(command) = self.place.commands.recv() => return Turn::Told(command),
                () = at(self.hangs_up) => return Turn::HungUp,
                () = at(self.machine_known) => self.tell_machine(),
                news = room => return Turn::Room(news.unwrap_or(RoomNews::Closed)),
                () = at(until) => return Turn::Time,
            }
        }
    }

    async fn follow(&self, turn: Turn) -> Next {
        match turn {
            Turn::Time | Turn::Room(_) => Next::On,
            Turn::HungUp | Turn::Told(Command::Complete) => Next::Over,
            Turn::Told(Command::Instructions(twiml)) => parse(&twiml).map_or(Next::Over, Next::Instead),
            Turn::Told(Command::Fetch(url)) => self.ask(&url, &[]).await,
        }
    }

    async fn ask(&self, url: &str, more: &[(&str, &str)]) -> Next {
        let mut fields = self.fields(CallStatus::InProgress);
        fields.extend(form(more));
        self.exchange.ask(url, &fields).await.map_or(Next::Over, Next::Instead)
    }

    fn tell(&mut self, event: &str, status: CallStatus) {
        let Some(url) = &self.order.news_url else { return };
        let sequence = self.sequence.to_string();
        self.sequence += 1;
        if !self.order.events.iter().any(|wanted| wanted == event) {
            return;
        }
        let mut fields = self.fields(status);
        fields.extend(form(&[("CallbackSource", "call-progress-events"), ("SequenceNumber", &sequence)]));
        if status.is_final() {
            let duration = self.answered.map_or(0, |answered| answered.elapsed().as_millis().div_ceil(1000));
            fields.extend(form(&[("CallDuration", &duration.to_string())]));
        }
        self.courier.send(url, fields);
    }

    fn tell_machine(&mut self) {
        self.machine_known = None;
        let Some(url) = &self.order.machine_url else { return };
        let (who, took) = if self.agent.machine {
            (AnsweredBy::MachineStart, MACHINE_KNOWN)
        } else {
            (AnsweredBy::Human, PERSON_KNOWN)
        };
        let took = took.as_millis().to_string();
        let fields = form(&[
            ("CallSid", &self.sid),
            ("AccountSid", &self.switchboard.account_sid),
            ("AnsweredBy", who.as_str()),
            ("MachineDetectionDuration", &took),
        ]);
        self.courier.send(url, fields);
    }

    fn fields(&self, status: CallStatus) -> Vec<(String, String)> {
        let (from, to) = (self.order.from.expose(), self.order.to.expose());
        form(&[
            ("CallSid", &self.sid),
            ("AccountSid", &self.switchboard.account_sid),
            ("ApiVersion", "2010-04-01"),
            ("Direction", "outbound-api"),
            ("CallStatus", status.as_str()),
            ("From", from),
            ("Caller", from),
            ("To", to),
            ("Called", to),
        ])
    }

    fn note(&self, event: LegEvent) {
        self.switchboard.note(&self.sid, event);
    }
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
