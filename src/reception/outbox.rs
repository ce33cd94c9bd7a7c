//! The outbox's worker: sends what waits, in order for each call and receiver, until it is taken or worth nothing.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use rand::Rng as _;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::{Directory, Reach, ReachError};
use crate::domain::{Addressee, Agent, Channel, Notice};
use crate::notify::{Chat, Mail, NotifyError, Webhook};
use crate::store::{Store, StoreError};
use crate::telephony::twilio::ControlError;

/// Notices of one channel that are sent at once.
const AT_ONCE: u32 = 8;
/// The pause after the first failure; each later one is four times as long.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause between two attempts, also when a receiver asks for more.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// A notice that another process wrote is found after this at the latest.
const LOOK: Duration = Duration::from_secs(20);
/// How often notices that nobody took in time are given up, and old traces removed.
const TIDY: Duration = Duration::from_secs(60);

/// The ways that are set up.
#[derive(Debug, Clone, Default)]
pub struct Senders {
    /// Text messages.
    pub text: Option<Reach>,
    /// Mail.
    pub mail: Option<Mail>,
    /// The business's own server.
    pub webhook: Option<Webhook>,
    /// The business's chat.
    pub chat: Option<Chat>,
}

impl Senders {
    /// The channels that are set up.
    pub fn channels(&self) -> Vec<Channel> {
        let set_up = |channel: &Channel| match channel {
            Channel::Text => self.text.is_some(),
            Channel::Mail => self.mail.is_some(),
            Channel::Webhook => self.webhook.is_some(),
            Channel::Chat => self.chat.is_some(),
        };
        Channel::ALL.into_iter().filter(set_up).collect()
    }
}

/// Sends what waits in the store's outbox. Clones share one worker.
#[derive(Debug, Clone)]
pub struct Outbox {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    store: Store,
    directory: Directory,
    senders: Senders,
    news: watch::Sender<()>,
}

/// Why an attempt failed; nothing of it is personal.
struct Failure {
    why: String,
    next: Next,
}

enum Next {
    /// Tried again, not before so long.
    Later(Duration),
    Never,
}

impl Outbox {
    /// Makes the worker; [`Outbox::run`] starts it.
    pub fn new(store: Store, directory: Directory, senders: Senders) -> Self {
        Self { shared: Arc::new(Shared { store, directory, senders, news: watch::channel(()).0 }) }
    }

    /// Puts notices into the outbox, all of them or none, and wakes the worker.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn enqueue(&self, notices: &[Notice]) -> Result<(), StoreError> {
        self.shared.store.enqueue(notices).await?;
        self.wake();
        Ok(())
    }

    /// The channels that are set up.
    pub fn channels(&self) -> Vec<Channel> {
        self.shared.senders.channels()
    }

    /// Tells the worker that notices were put into the outbox.
    pub fn wake(&self) {
        self.shared.news.send_replace(());
    }

    /// Sends until told to stop; what is being sent then is finished first.
    pub async fn run(&self, stop: &CancellationToken) {
        let channels = self.shared.senders.channels();
        let serving = channels.into_iter().map(|channel| self.serve(channel, stop));
        tokio::join!(join_all(serving), self.tidy(stop));
    }

    async fn serve(&self, channel: Channel, stop: &CancellationToken) {
        let mut news = self.shared.news.subscribe();
        while !stop.is_cancelled() {
            news.mark_unchanged();
            let pause = match self.pause(channel).await {
                Ok(pause) => pause,
                Err(error) => {
                    warn!(%error, "the outbox cannot be read or written; tried again");
                    FIRST_PAUSE
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                _ = timeout(pause, news.changed()) => {}
            }
        }
    }

    /// Sends what is due, and tells how long nothing will be.
    async fn pause(&self, channel: Channel) -> Result<Duration, StoreError> {
        let now = Timestamp::now();
        if self.send_due(channel, now).await? > 0 {
            return Ok(Duration::ZERO);
        }
        let next = self.shared.store.next_notice_at(channel).await?;
        let pause = next.map_or(LOOK, |next| next.duration_since(now).try_into().unwrap_or(Duration::ZERO));
        Ok(pause.min(LOOK))
    }

    /// Sends the notices of a channel that are due, the first of each call and receiver, once; returns how many there
    /// were.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn send_due(&self, channel: Channel, now: Timestamp) -> Result<usize, StoreError> {
        let due = self.shared.store.due_notices(channel, now, AT_ONCE).await?;
        let count = due.len();
        let outcomes =
            join_all(due.into_iter().map(|(notice, tried)| self.deliver(notice, tried, now))).await;
        outcomes.into_iter().collect::<Result<Vec<()>, StoreError>>()?;
        Ok(count)
    }

    /// Makes one attempt and records how it went.
    async fn deliver(&self, notice: Notice, tried: u32, now: Timestamp) -> Result<(), StoreError> {
        let store = &self.shared.store;
        let channel = notice.to.channel().name();
        let failure = match self.attempt(&notice, now).await {
            Ok(()) => {
                count(channel, "sent");
                if tried > 0 {
                    info!(channel, notice.id = %notice.id, tried, "a notice that had failed before was taken");
                }
                return store.notice_sent(notice.id, now).await;
            }
            Err(failure) => failure,
        };
        let again = match failure.next {
            Next::Later(least) => Some(now + signed(pause_after(tried).max(least).min(LONGEST_PAUSE))),
            Next::Never => None,
        };
        match again.filter(|again| *again <= notice.until) {
            Some(again) => {
                count(channel, "failed");
                if tried == 0 {
                    warn!(channel, notice.id = %notice.id, why = failure.why, "a notice was not taken; it is tried again");
                }
                store.notice_failed(notice.id, again, &failure.why).await
            }
            None => {
                count(channel, "dead");
                error!(
                    channel, notice.id = %notice.id, call.id = %notice.call, why = failure.why,
                    "a notice is given up; `calmline outbox replay` sends it again"
                );
                store.notice_dead(notice.id, now, &failure.why).await
            }
        }
    }

    async fn attempt(&self, notice: &Notice, now: Timestamp) -> Result<(), Failure> {
        let senders = &self.shared.senders;
        match &notice.to {
            Addressee::CallerByText => {
                let reach = senders.text.as_ref().ok_or_else(Failure::not_set_up)?;
                Ok(reach.text_caller(&notice.business, notice.call, notice.body.expose()).await?)
            }
            Addressee::AgentByText(agent) => {
                let reach = senders.text.as_ref().ok_or_else(Failure::not_set_up)?;
                Ok(reach.text_agent(&notice.business, agent, notice.body.expose()).await?)
            }
            Addressee::AgentByMail(_) => {
                let agent = self.agent(notice)?;
                let to =
                    agent.email.as_ref().ok_or_else(|| Failure::never("the agent has no mail address"))?;
                let mail = senders.mail.as_ref().ok_or_else(Failure::not_set_up)?;
                Ok(mail.send(notice.id, to, &notice.about, notice.body.expose()).await?)
            }
            Addressee::Webhook => {
                let webhook = senders.webhook.as_ref().ok_or_else(Failure::not_set_up)?;
                Ok(webhook.send(notice.id, notice.body.expose(), now).await?)
            }
            Addressee::Chat => {
                let chat = senders.chat.as_ref().ok_or_else(Failure::not_set_up)?;
                Ok(chat.send(notice.body.expose()).await?)
            }
        }
    }

    /// The agent as the profile has them now.
    fn agent(&self, notice: &Notice) -> Result<Agent, Failure> {
        let business = self.shared.directory.get(&notice.business);
        let agent = business.and_then(|business| business.agent(notice.to.agent()?).cloned());
        agent.ok_or_else(|| Failure::never(ReachError::NoSuchAgent))
    }

    async fn tidy(&self, stop: &CancellationToken) {
        let store = &self.shared.store;
        while !stop.is_cancelled() {
            match store.tidy_outbox(Timestamp::now()).await {
                Ok(0) => {}
                Ok(given_up) => {
                    error!(given_up, "notices could not be sent in time; `calmline outbox list` shows them")
                }
                Err(error) => warn!(%error, "the outbox cannot be tidied; tried again"),
            }
            if let Ok((waiting, dead)) = store.outbox_size().await {
                metrics::gauge!("calmline_notices_waiting").set(waiting as f64);
                metrics::gauge!("calmline_notices_dead").set(dead as f64);
            }
            // Either way the loop looks whether it is to go on.
            let _ = timeout(TIDY, stop.cancelled()).await;
        }
    }
}

fn count(channel: &'static str, outcome: &'static str) {
    metrics::counter!("calmline_notices_total", "channel" => channel, "outcome" => outcome).increment(1);
}

/// The pause after so many failures before this one, never above [`LONGEST_PAUSE`] and spread, so that not all that
/// failed together comes again together.
fn pause_after(tried: u32) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(4_u32.saturating_pow(tried)).min(LONGEST_PAUSE);
    longest.mul_f64(rand::rng().random_range(0.75..=1.0))
}

fn signed(duration: Duration) -> SignedDuration {
    duration.try_into().unwrap_or(SignedDuration::MAX)
}

impl Failure {
    fn later(why: impl ToString) -> Self {
        Self { why: why.to_string(), next: Next::Later(Duration::ZERO) }
    }

    fn not_set_up() -> Self {
        Self::never("this way of telling people is not set up")
    }

    fn never(why: impl ToString) -> Self {
        Self { why: why.to_string(), next: Next::Never }
    }
}

impl From<NotifyError> for Failure {
    fn from(error: NotifyError) -> Self {
        let next = match error {
            NotifyError::Unavailable => Next::Later(Duration::ZERO),
            NotifyError::NotTaken { retry_after, .. } => Next::Later(retry_after.unwrap_or_default()),
            NotifyError::Refused { .. } | NotifyError::Unaddressable => Next::Never,
        };
        Self { why: error.to_string(), next }
    }
}

impl From<ReachError> for Failure {
    fn from(error: ReachError) -> Self {
        match error {
            ReachError::NoSuchAgent | ReachError::NoLine | ReachError::Withheld | ReachError::Unwanted => {
                Self::never(error)
            }
            ReachError::NotRecorded | ReachError::Store(_) => Self::later(error),
            // A message that may have been sent is sent again: late or twice is better than never.
            ReachError::Control(
                ControlError::Unauthorized | ControlError::Unavailable | ControlError::Uncertain,
            ) => Self::later(error),
            ReachError::Control(ControlError::Refused { .. } | ControlError::CallGone) => Self::never(error),
        }
    }
}
