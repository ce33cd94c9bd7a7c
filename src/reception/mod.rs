//! The driver: admits calls, runs one task for each, and brings lost callers back to theirs.
//!
//! Invariant: every admitted call has exactly one task until its end is recorded, and that task alone talks to the
//! engine. It deliberately decides nothing a caller would notice: that is the engine's.

mod asking;
mod attendance;
mod call_backs;
mod clock;
mod comfort;
mod directory;
mod ear;
mod handoffs;
mod ledger;
mod link;
mod mood;
mod mouth;
mod notices;
mod outbox;
mod reach;
mod registry;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rand::distr::{Alphanumeric, SampleString as _};
use secrecy::SecretString;
use tokio::sync::{Semaphore, broadcast, mpsc};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use tracing::{Instrument as _, error, info, info_span, warn};
use uuid::Uuid;

use crate::audio::smart_turn::SmartTurn;
use crate::audio::timbre::TimbreNetwork;
use crate::audio::vad::VadModel;
use crate::call::{CallStart, Engine, ModelUse, full_house};
use crate::domain::{
    BusinessId, CallId, CallTime, EarlierCall, Fact, HandoffFact, HandoffId, HandoffNews, HangupCause,
    PhoneNumber, Pii,
};
use crate::llm::LanguageModel;
use crate::store::{Journal, NewCall, Store, StoreError};
use crate::stress::baseline::Baseline;
use crate::synthesize::Synthesizer;
use crate::telephony::twilio::{CallSid, Control, ControlError, IncomingCall, PublicUrl};
use crate::transcribe::Transcriber;

use attendance::{Attendance, Beginning};
pub use call_backs::{CallBackError, CallBackOrder, CallBacks};
use clock::Clock;
pub use directory::Directory;
pub use handoffs::{AgentPresence, Farewell, Handoffs, LegEvent, LegOrder, agents_now, farewell_words};
use handoffs::{HandoffDesk, Orders};
pub use ledger::{Ledger, Reply};
pub use link::{Link, Outbound};
pub use notices::{PromiseNews, Teller, leads, owners};
pub use outbox::{Outbox, Senders};
pub use reach::{LegUrls, Reach, ReachError};
use registry::Registry;

/// The only carrier so far; the simulated one speaks its protocol.
const CARRIER: &str = "twilio";
/// News that nobody has read when this many more have come are skipped for that reader.
const NEWS_BACKLOG: usize = 1024;
/// Commands waiting for one call; more than a carrier would ever send.
const COMMANDS: usize = 16;
/// How many earlier calls of a number are looked at.
const EARLIER_CALLS: u32 = 5;
/// How long the greeting may wait for them.
const RECALL: Duration = Duration::from_millis(150);
/// How long a call that was told to end may take over its goodbye.
const GOODBYE: Duration = Duration::from_secs(20);
/// How long a server that stops waits for a database that cannot be written.
const LAST_WRITES: Duration = Duration::from_secs(10);

/// A new secret for one use, such as a token or a link: 32 letters and digits, 190 bits.
pub fn fresh_secret() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), 32)
}

/// What a reception works with.
pub struct Parts {
    /// The businesses whose lines are forwarded here.
    pub directory: Directory,
    /// The store of calls, to read from.
    pub store: Store,
    /// What writes to it.
    pub journal: Journal,
    /// Speech to words.
    pub transcriber: Arc<dyn Transcriber>,
    /// Words to speech.
    pub synthesizer: Arc<dyn Synthesizer>,
    /// Voice activity.
    pub voice_activity: VadModel,
    /// The end of a turn, judged by its sound.
    pub smart_turn: Arc<SmartTurn>,
    /// What hears the mood in a voice.
    pub timbre: Arc<TimbreNetwork>,
    /// The language model; without one the engine's own words are spoken.
    pub model: Option<Model>,
    /// The carrier's remote control over calls that there are.
    pub control: Control,
    /// What dials agents and writes to them.
    pub reach: Reach,
    /// The address under which the carrier reaches this server.
    pub public_url: PublicUrl,
    /// Where what people outside are to be told waits until they have taken it.
    pub outbox: Outbox,
    /// How many calls are taken at once; the next one is promised a call back.
    pub max_calls: usize,
}

/// A language model and how calls use it.
pub struct Model {
    /// Answers.
    pub client: Arc<dyn LanguageModel>,
    /// How long calls wait for it.
    pub usage: ModelUse,
}

/// Takes calls. Clones share one reception.
#[derive(Clone)]
pub struct Reception {
    shared: Arc<Shared>,
}

/// What the tasks of all calls share.
struct Shared {
    parts: Parts,
    lines: Arc<Semaphore>,
    /// How many end-of-turn judgements run at once: one a core, for each takes a whole one.
    judges: Semaphore,
    registry: Registry,
    tasks: TaskTracker,
    news: broadcast::Sender<News>,
    handoffs: Handoffs,
    /// What is asked of the handoff desk; taken when it is opened.
    orders: Mutex<Option<Orders>>,
}

/// Something that has just happened in a call, for those who watch.
#[derive(Debug, Clone)]
pub struct News {
    /// The call.
    pub call: CallId,
    /// When.
    pub at: CallTime,
    /// What.
    pub what: Happening,
}

/// What a piece of [`News`] is about.
#[derive(Debug, Clone)]
pub enum Happening {
    /// A fact, as recorded.
    Fact(Fact),
    /// The words of a turn that may not be over yet.
    Hearing(Pii<String>),
    /// A fact of a handoff, as recorded; its time counts from what made a person necessary.
    Handoff(HandoffId, HandoffFact),
}

/// What a call is answered with.
#[derive(Debug)]
pub enum Admission {
    /// Its media stream is awaited.
    Accepted(Ticket),
    /// Every line is busy; these words tell the caller what was promised.
    FullHouse {
        /// To be spoken by the carrier.
        words: Pii<String>,
    },
    /// No business has that line.
    UnknownLine,
    /// The call was brought to its end before.
    Over,
}

/// What lets one media stream into its call.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// The call.
    pub call: CallId,
    /// The secret that its stream must bring along, good for one stream.
    pub token: SecretString,
}

/// Why a stream was not let into a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttachError {
    /// The token is unknown or used.
    #[error("the stream's token belongs to no call that awaits a stream")]
    UnknownToken,
    /// The call ended meanwhile.
    #[error("the call is over")]
    Over,
}

/// What the registry passes on to the task of a call.
enum Command {
    Attach(Link),
    Handoff(HandoffId, HandoffNews),
    LegEnded(HangupCause),
    Drain,
}

impl Reception {
    /// Opens the reception; [`Reception::restore`] then takes up what an earlier process left.
    pub fn new(parts: Parts) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let (handoffs, orders) = Handoffs::new();
        Self {
            shared: Arc::new(Shared {
                lines: Arc::new(Semaphore::new(parts.max_calls)),
                judges: Semaphore::new(cores),
                registry: Registry::default(),
                tasks: TaskTracker::new(),
                news: broadcast::channel(NEWS_BACKLOG).0,
                handoffs,
                orders: Mutex::new(Some(orders)),
                parts,
            }),
        }
    }

    /// Opens the handoff desk and takes up the calls that an earlier process left unfinished: each waits for the carrier to bring its caller back,
    /// and is closed with its promise if that does not happen.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn restore(&self) -> Result<(), StoreError> {
        for stored in self.shared.parts.store.unfinished_calls().await? {
            let new = stored.call;
            let Some(business) = self.shared.parts.directory.get(&new.business) else {
                warn!(business = %new.business, "an unfinished call belongs to a business that is not configured");
                continue;
            };
            let Ok(sid) = new.carrier_call_id.parse::<CallSid>() else { continue };
            let facts = match self.shared.parts.store.facts(new.id).await {
                Ok(facts) => facts,
                // One call that another version wrote must not keep everybody from being answered.
                Err(error @ StoreError::Unreadable { .. }) => {
                    warn!(%error, call.id = %new.id, "an unfinished call cannot be taken up");
                    continue;
                }
                Err(error) => return Err(error),
            };
            let next_seq = facts.last().map_or(0, |fact| fact.seq + 1);
            let answered = facts.iter().any(|stored| matches!(stored.fact, Fact::Answered { .. }));
            // What was recalled when it was answered is among its facts.
            let earlier = match answered {
                true => Vec::new(),
                false => self.recall(&business.id, new.caller.as_ref()).await,
            };
            let usual_voice = self.usual_voice(&business.id, new.caller.as_ref()).await;
            let start = CallStart {
                id: new.id,
                business: Arc::clone(&business),
                caller: new.caller,
                started_at: new.started_at,
                earlier,
                model: self.model_use(),
            };
            let elapsed = Timestamp::now().duration_since(new.started_at).as_millis();
            let engine = Engine::replay(start, facts.into_iter().map(|stored| (stored.at, stored.fact)));
            info!(call.id = %new.id, "taking up an unfinished call");
            self.attend(Beginning {
                call: new.id,
                sid: sid.clone(),
                business,
                engine,
                clock: Clock::from(CallTime::from_ms(u64::try_from(elapsed).unwrap_or(0))),
                recorder: self.shared.parts.journal.resume(new.id, next_seq),
                answered,
                usual_voice,
                permit: Arc::clone(&self.shared.lines).try_acquire_owned().ok(),
            });
            self.ask_about(sid);
        }
        let orders = self.shared.orders.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(orders) = orders {
            let desk = HandoffDesk::restore(Arc::clone(&self.shared)).await?;
            tokio::spawn(desk.run(orders));
        }
        Ok(())
    }

    /// Has the carrier asked whether a call is still there: what it had to tell while nobody was here, it tells once.
    fn ask_about(&self, sid: CallSid) {
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            let over = match shared.parts.control.status(&sid).await {
                Ok(status) => status.is_over(),
                Err(ControlError::CallGone) => true,
                Err(error) => {
                    warn!(%error, "the carrier does not say whether an unfinished call is still there");
                    false
                }
            };
            if over {
                shared.registry.leg_ended(&sid, HangupCause::CallerHungUp);
            }
        });
    }

    /// Decides on a call that the carrier asks about: a new one, one announced twice, one whose stream broke, or one that
    /// came in while the server was away.
    pub async fn admit(&self, incoming: &IncomingCall) -> Admission {
        let shared = &self.shared;
        if let Some(ticket) = shared.registry.ticket(&incoming.call_sid) {
            return Admission::Accepted(ticket);
        }
        match shared.parts.store.find_call(CARRIER, incoming.call_sid.as_str()).await {
            Ok(Some(_)) => Admission::Over,
            Ok(None) => self.begin(incoming).await,
            Err(error) => {
                warn!(%error, "cannot tell whether a call is a new one; it is taken as such");
                self.begin(incoming).await
            }
        }
    }

    /// What is known of earlier calls of a number; nothing, where that cannot be told in time.
    async fn recall(&self, business: &BusinessId, caller: Option<&PhoneNumber>) -> Vec<EarlierCall> {
        let Some(caller) = caller else { return Vec::new() };
        let store = &self.shared.parts.store;
        match timeout(RECALL, store.earlier_calls(business, caller, EARLIER_CALLS)).await {
            Ok(Ok(earlier)) => earlier,
            Ok(Err(error)) => {
                warn!(%error, "earlier calls cannot be looked at");
                Vec::new()
            }
            Err(_) => {
                warn!("looking at earlier calls takes too long");
                Vec::new()
            }
        }
    }

    /// What is usual of the voice of a number's callers; nothing, where that cannot be told in time.
    async fn usual_voice(&self, business: &BusinessId, caller: Option<&PhoneNumber>) -> Baseline {
        let Some(caller) = caller else { return Baseline::default() };
        let known = timeout(RECALL, self.shared.parts.store.voice(business, caller)).await;
        let voice = known.ok().and_then(Result::ok).flatten();
        // One that another version wrote is as good as none.
        let usual = voice.and_then(|voice| serde_json::from_str::<Baseline>(voice.expose()).ok());
        usual.map(Baseline::remembered).unwrap_or_default()
    }

    async fn begin(&self, incoming: &IncomingCall) -> Admission {
        let shared = &self.shared;
        let lines = [incoming.forwarded_from.as_ref(), incoming.to.as_ref()];
        let Some(business) = shared.parts.directory.find(lines) else {
            warn!("a call came in on a line that no business profile names");
            return Admission::UnknownLine;
        };
        let caller = incoming.from.as_ref();
        let (earlier, usual_voice) =
            tokio::join!(self.recall(&business.id, caller), self.usual_voice(&business.id, caller));
        if let Some(ticket) = shared.registry.ticket(&incoming.call_sid) {
            // It was announced twice, and the other announcement was quicker; nothing waits from here on.
            return Admission::Accepted(ticket);
        }
        let start = CallStart {
            id: CallId::new(Uuid::now_v7()),
            business: Arc::clone(&business),
            caller: incoming.from.clone(),
            started_at: Timestamp::now(),
            earlier,
            model: self.model_use(),
        };
        let mut recorder = shared.parts.journal.begin(NewCall {
            id: start.id,
            carrier: CARRIER.to_owned(),
            carrier_call_id: incoming.call_sid.as_str().to_owned(),
            business: business.id.clone(),
            caller: incoming.from.clone(),
            called: incoming.forwarded_from.clone().or_else(|| incoming.to.clone()),
            started_at: start.started_at,
        });
        metrics::counter!("calmline_calls_total").increment(1);
        let permit = Arc::clone(&shared.lines).try_acquire_owned().ok();
        if permit.is_none() || shared.registry.is_draining() {
            metrics::counter!("calmline_calls_full_house_total").increment(1);
            let (words, facts) = full_house(&start);
            for fact in facts {
                recorder.record(CallTime::ZERO, fact);
            }
            return Admission::FullHouse { words: words.into() };
        }
        Admission::Accepted(self.attend(Beginning {
            call: start.id,
            sid: incoming.call_sid.clone(),
            business,
            engine: Engine::new(start),
            clock: Clock::from(CallTime::ZERO),
            recorder,
            answered: false,
            usual_voice,
            permit,
        }))
    }

    /// Lets a media stream into its call.
    ///
    /// # Errors
    /// When the token fits no call or was used before, or the call is over.
    pub fn attach(&self, token: &str, link: Link) -> Result<(), AttachError> {
        self.shared.registry.attach(token, link)
    }

    /// Tells a call that its leg is gone.
    pub fn leg_ended(&self, sid: &CallSid, cause: HangupCause) {
        self.shared.registry.leg_ended(sid, cause);
    }

    /// The store of calls.
    pub fn store(&self) -> &Store {
        &self.shared.parts.store
    }

    /// The businesses.
    pub fn directory(&self) -> &Directory {
        &self.shared.parts.directory
    }

    /// The handoffs of all calls.
    pub fn handoffs(&self) -> &Handoffs {
        &self.shared.handoffs
    }

    /// How many calls are going on.
    pub fn calls(&self) -> usize {
        *self.shared.registry.count().borrow()
    }

    /// Waits until no call is going on and everything that happened in them is recorded.
    pub async fn settled(&self) {
        let mut count = self.shared.registry.count();
        // The sender lives as long as this reception.
        let _ = count.wait_for(|calls| *calls == 0).await;
        self.shared.parts.journal.flush().await;
    }

    /// What happens in all calls from now on.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.shared.news.subscribe()
    }

    /// Takes no new calls, lets the present ones go on for `patience`, then has each say goodbye, and returns when all
    /// are over and everything is recorded, as far as the database can be written.
    pub async fn drain(&self, patience: Duration) {
        self.shared.registry.close();
        self.shared.tasks.close();
        if timeout(patience, self.shared.tasks.wait()).await.is_err() {
            self.shared.registry.end_all();
            if timeout(GOODBYE, self.shared.tasks.wait()).await.is_err() {
                warn!(
                    calls = self.calls(),
                    "calls were still going on; they can be taken up again after a restart"
                );
            }
        }
        self.shared.handoffs.stop();
        if timeout(LAST_WRITES, self.shared.parts.journal.flush()).await.is_err() {
            error!("the database cannot be written: the last facts of calls are lost");
        }
    }

    fn model_use(&self) -> Option<ModelUse> {
        self.shared.parts.model.as_ref().map(|model| model.usage)
    }

    fn attend(&self, beginning: Beginning) -> Ticket {
        let (commands, orders) = mpsc::channel(COMMANDS);
        let (call, sid) = (beginning.call, beginning.sid.clone());
        let span = info_span!("call", call.id = %call, business = %beginning.business.id);
        let ticket = self.shared.registry.enter(sid.clone(), call, commands);
        let attendance = Attendance::new(Arc::clone(&self.shared), beginning, orders);
        let shared = Arc::clone(&self.shared);
        let task = async move {
            metrics::gauge!("calmline_calls_active").increment(1);
            attendance.run().await;
            shared.registry.leave(&sid);
            metrics::gauge!("calmline_calls_active").decrement(1);
        };
        self.shared.tasks.spawn(task.instrument(span));
        ticket
    }
}
