use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use secrecy::SecretString;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::agent::{Agent, AgentLeg};
use super::conference::Room;
use super::exchange::Exchange;
use super::rest::{RestRequest, SentMessage};
use crate::telephony::twilio::CallStatus;

/// What the server wants done with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Complete,
    Instructions(String),
    Fetch(String),
}

/// How callbacks go astray. What asks for instructions always arrives: a call that gets none ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Disturbance {
    /// What the dice are thrown from.
    pub seed: u64,
    /// The share that is lost, 0 to 1.
    pub lost: f64,
    /// The share of the others that comes twice, 0 to 1.
    pub doubled: f64,
    /// The share of all that come which comes late, overtaken by others, 0 to 1.
    pub late: f64,
    /// How late at most.
    pub latest: Duration,
}

/// The calls on the line, and all that the carrier remembers.
#[derive(Debug)]
pub(super) struct Switchboard {
    pub(super) account_sid: String,
    pub(super) auth_token: SecretString,
    began: Instant,
    /// The way to the server, once a carrier knows it.
    pub(super) exchange: Mutex<Option<Arc<Exchange>>>,
    pub(super) calls: Mutex<HashMap<String, Line>>,
    /// How those ended that are over.
    pub(super) over: Mutex<HashMap<String, CallStatus>>,
    pub(super) agents: Mutex<HashMap<String, Agent>>,
    pub(super) legs: Mutex<Vec<AgentLeg>>,
    pub(super) rooms: Mutex<HashMap<String, Room>>,
    pub(super) messages: Mutex<Vec<SentMessage>>,
    pub(super) requests: Mutex<Vec<RestRequest>>,
    pub(super) disturbance: Mutex<Option<(Disturbance, SmallRng)>>,
    tasks: Mutex<JoinSet<()>>,
}

/// A call on the line.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) commands: UnboundedSender<Command>,
    /// Whether it can be given other instructions.
    pub(super) answered: bool,
}

/// A call's place at the switchboard; it is given up when dropped.
pub(super) struct Place {
    switchboard: Arc<Switchboard>,
    sid: String,
    pub(super) commands: UnboundedReceiver<Command>,
}

/// Brings callbacks to the server one after the other, unless they are disturbed.
#[derive(Debug, Clone)]
pub(super) struct Courier(UnboundedSender<(String, Vec<(String, String)>)>);

impl Switchboard {
    pub(super) fn new(account_sid: &str, auth_token: SecretString) -> Self {
        Self {
            account_sid: account_sid.to_owned(),
            auth_token,
            began: Instant::now(),
            exchange: Mutex::default(),
            calls: Mutex::default(),
            over: Mutex::default(),
            agents: Mutex::default(),
            legs: Mutex::default(),
            rooms: Mutex::default(),
            messages: Mutex::default(),
            requests: Mutex::default(),
            disturbance: Mutex::default(),
            tasks: Mutex::default(),
        }
    }

    /// The carrier's own clock.
    pub(super) fn now(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) fn connect(self: &Arc<Self>, sid: &str, answered: bool) -> Place {
        let (sender, commands) = unbounded_channel();
        lock(&self.calls).insert(sid.to_owned(), Line { commands: sender, answered });
        Place { switchboard: Arc::clone(self), sid: sid.to_owned(), commands }
    }

    /// How a call stands; none if there never was one of this id.
    pub(super) fn status(&self, sid: &str) -> Option<CallStatus> {
        let going_on = lock(&self.calls).get(sid).map(|line| match line.answered {
            true => CallStatus::InProgress,
            false => CallStatus::Ringing,
        });
        lock(&self.over).get(sid).copied().or(going_on)
    }

    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = lock(&self.tasks);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Ends everything that goes on.
    pub(super) fn close(&self) {
        lock(&self.tasks).abort_all();
    }

    pub(super) fn courier(self: &Arc<Self>) -> Courier {
        let (sender, mut news) = unbounded_channel::<(String, Vec<(String, String)>)>();
        let switchboard = Arc::clone(self);
        self.spawn(async move {
            while let Some((url, fields)) = news.recv().await {
                switchboard.deliver(&url, fields).await;
            }
        });
        Courier(sender)
    }

    /// Brings a callback to the server as well or badly as the disturbance has it. News that nobody takes is lost, as
    /// with the real carrier.
    pub(super) async fn deliver(self: &Arc<Self>, url: &str, fields: Vec<(String, String)>) {
        let Some(exchange) = lock(&self.exchange).clone() else { return };
        for delay in self.fate() {
            let (exchange, url, fields) = (Arc::clone(&exchange), url.to_owned(), fields.clone());
            let delivery = async move {
                if let Some(delay) = delay {
                    sleep(delay).await;
                }
                let _ = exchange.post(&url, &fields).await;
            };
            if delay.is_some() {
                self.spawn(delivery);
            } else {
                delivery.await;
            }
        }
    }

    /// How often a callback comes, and how late each time.
    fn fate(&self) -> Vec<Option<Duration>> {
        let mut disturbance = lock(&self.disturbance);
        let Some((disturbance, dice)) = disturbance.as_mut() else { return vec![None] };
        if dice.random_bool(disturbance.lost) {
            return Vec::new();
        }
        let times = if dice.random_bool(disturbance.doubled) { 2 } else { 1 };
        let mut delay = || {
            let late = dice.random_bool(disturbance.late);
            late.then(|| disturbance.latest.mul_f64(dice.random_range(0.0..=1.0)))
        };
        (0..times).map(|_| delay()).collect()
    }

    pub(super) fn disturb(&self, disturbance: Disturbance) {
        let dice = SmallRng::seed_from_u64(disturbance.seed);
        *lock(&self.disturbance) = Some((disturbance, dice));
    }
}

impl Place {
    /// From now on it can be given other instructions.
    pub(super) fn answer(&self) {
        if let Some(line) = lock(&self.switchboard.calls).get_mut(&self.sid) {
            line.answered = true;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.switchboard.calls).remove(&self.sid);
    }
}

impl Courier {
    pub(super) fn send(&self, url: &str, fields: Vec<(String, String)>) {
        // Once everything has ended there is nobody to bring it.
        let _ = self.0.send((url.to_owned(), fields));
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
