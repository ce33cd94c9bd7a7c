//! Drives the handoff queue, and keeps what goes with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use tracing::warn;

use super::meeting::Meeting;
use super::{AgentPresence, Order, Orders};
use crate::domain::{
    Agent, AgentKey, Briefing, Business, BusinessId, CallId, CallTime, HandoffFact, HandoffId,
    HandoffRequest, Presence, Urgency,
};
use crate::queue::{Action, Event, Offer, Queue, REMEMBERED};
use crate::reception::{Directory, Happening, News, Shared, Teller};
use crate::store::{HandoffEntry, Store, StoreError, StoredHandoffFact};

/// How long an order to the carrier waits for the facts before it to be on disk; after that it goes out unwritten,
/// because somebody is waiting on the line.
const WRITING: Duration = Duration::from_secs(1);
/// How often it is looked up who signed off meanwhile.
const PRESENCE: Duration = Duration::from_secs(5);
/// Once the caller has left our stream for the conference, the two count as connected after this even if the carrier's
/// news of it is lost.
const NEWS_LOST: Duration = Duration::from_secs(3);
/// How often the carrier is asked whether the agents are still there who talk to a caller: its news that one has left may be
/// lost for good, and nobody may wait in an empty conference.
const TALKS: Duration = Duration::from_secs(15);
/// How long the notes stay open after the talk, for the wrap-up.
const WRAP_UP: SignedDuration = SignedDuration::from_mins(10);

/// The desk: the queue and what goes with it.
pub struct HandoffDesk {
    pub(super) shared: Arc<Shared>,
    pub(super) queue: Queue,
    /// The next place among the facts of each handoff.
    pub(super) places: BTreeMap<HandoffId, u64>,
    pub(super) briefings: BTreeMap<HandoffId, Box<Briefing>>,
    pub(super) rooms: BTreeMap<HandoffId, Meeting>,
    /// Who is not asked: they signed off, or call somebody back.
    pub(super) signed_off: BTreeSet<(BusinessId, AgentKey)>,
    pub(super) calling: BTreeSet<(BusinessId, AgentKey)>,
}

impl HandoffDesk {
    /// Rebuilds the queue from the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn restore(shared: Arc<Shared>) -> Result<Self, StoreError> {
        let store = &shared.parts.store;
        let (queue, places) = remembered(store, &shared.parts.directory).await?;
        let mut briefings = BTreeMap::new();
        for handoff in queue.handoffs().filter(|handoff| handoff.settled.is_none()) {
            let id = handoff.request.id;
            match store.briefing(id).await {
                Ok(Some(briefing)) => {
                    briefings.insert(id, Box::new(briefing));
                }
                Ok(None) => {}
                Err(error) => warn!(%error, "the notes of a handoff cannot be taken up"),
            }
        }
        let signed_off = BTreeSet::new();
        Ok(Self {
            shared,
            queue,
            places,
            briefings,
            rooms: BTreeMap::new(),
            signed_off,
            calling: BTreeSet::new(),
        })
    }

    /// Works until told to stop.
    pub async fn run(mut self, mut inbox: Orders) {
        self.look_who_is_there().await;
        self.queue.handle(Event::Restarted, Timestamp::now());
        self.perform();
        self.ask_about_legs(Offer::is_open);
        self.presume_moved();
        let lost: Vec<CallId> = self
            .queue
            .handoffs()
            .filter(|handoff| handoff.settled.is_none() || handoff.is_talking())
            .map(|handoff| handoff.request.call)
            .filter(|call| self.shared.registry.sid(*call).is_none())
            .collect();
        for call in lost {
            self.happened(Event::CallerLeft { call });
        }
        let now = Instant::now();
        let [mut presence, mut talks] = [PRESENCE, TALKS].map(|often| interval_at(now + often, often));
        for often in [&mut presence, &mut talks] {
            often.set_missed_tick_behavior(MissedTickBehavior::Delay);
        }
        loop {
            tokio::select! {
                order = inbox.0.recv() => match order {
                    Some(Order::Stop) | None => return,
                    Some(Order::SignChanged(reply)) => {
                        self.look_who_is_there().await;
                        let _ = reply.send(());
                    }
                    Some(order) => self.take(order),
                },
                _ = presence.tick() => self.look_who_is_there().await,
                _ = talks.tick() => self.ask_about_legs(|_| false),
                () = due(self.wakes_at()) => {
                    self.presume();
                    self.queue.handle_timeout(Timestamp::now());
                    self.perform();
                }
            }
        }
    }

    fn wakes_at(&self) -> Option<Instant> {
        let queue = self.queue.poll_timeout().map(|at| {
            let wait = at.duration_since(Timestamp::now());
            // Rounded up, so that it is due when the timer fires.
            Instant::now() + Duration::try_from(wait).unwrap_or_default() + Duration::from_millis(1)
        });
        let presumed = self.rooms.values().filter_map(|room| room.presumed_at).min();
        [queue, presumed].into_iter().flatten().min()
    }

    fn take(&mut self, order: Order) {
        match order {
            Order::Request { request, briefing } => {
                let at = Timestamp::now();
                let entry =
                    HandoffEntry::Briefing { request: request.clone(), at, briefing: briefing.clone() };
                self.shared.parts.journal.handoff(entry);
                let data = json!({ "request": request, "briefing": briefing });
                self.tell_programs(&request, "handoff.requested", &data);
                self.briefings.insert(request.id, briefing);
                self.happened(Event::Requested(request));
            }
            Order::Refresh(briefing) => self.refresh(briefing),
            Order::Happened(event) => self.happened(event),
            Order::CallerMoved(call) => {
                let accepted = self.accepted_of(call);
                if let Some(offer) = accepted {
                    let room = self.rooms.entry(offer.handoff).or_default();
                    room.presumed_at.get_or_insert(Instant::now() + NEWS_LOST);
                }
            }
            Order::CallerBack(call) => {
                let accepted = self.accepted_of(call);
                if let Some(room) = accepted.and_then(|offer| self.rooms.get_mut(&offer.handoff)) {
                    room.presumed_at = None;
                }
            }
            Order::Conference(handoff, news) => self.conference(handoff, news),
            Order::Leg { offer, sid, what, reply } => {
                let order = self.leg(offer, &sid, what);
                // The carrier may have hung up on us meanwhile.
                let _ = reply.send(order);
            }
            Order::Introduction(handoff, reply) => {
                let _ = reply.send(self.introduction(handoff));
            }
            Order::Presence(reply) => {
                let directory = &self.shared.parts.directory;
                let _ = reply.send(roll(&self.queue, directory, &self.calling, Timestamp::now()));
            }
            Order::SignChanged(_) | Order::Stop => {}
        }
    }

    fn refresh(&mut self, briefing: Box<Briefing>) {
        let known = self.queue.handoff(briefing.handoff);
        if let Some(handoff) = known.filter(|handoff| handoff.settled.is_none()) {
            let (request, at) = (handoff.request.clone(), handoff.requested_at);
            self.shared.parts.journal.handoff(HandoffEntry::Briefing {
                request,
                at,
                briefing: briefing.clone(),
            });
            self.briefings.insert(briefing.handoff, briefing);
        }
    }

    pub(super) fn happened(&mut self, event: Event) {
        self.queue.handle(event, Timestamp::now());
        self.perform();
    }

    fn perform(&mut self) {
        while let Some(action) = self.queue.poll_action() {
            match action {
                Action::Record { handoff, at, fact } => self.record(handoff, at, fact),
                Action::Brief { offer, agent } => self.brief(offer, &agent),
                Action::Dial { offer, agent, ring_for } => self.dial(offer, &agent, ring_for),
                Action::Withdraw { offer, leg, why } => self.withdraw(offer, leg, why),
                Action::Tell { call, handoff, news } => {
                    self.shared.registry.handoff_news(call, handoff, news);
                }
                Action::Connect { offer, call } => self.connect(offer, call),
            }
        }
    }

    fn record(&mut self, handoff: HandoffId, at: Timestamp, fact: HandoffFact) {
        let place = self.places.entry(handoff).or_default();
        let seq = *place;
        *place += 1;
        if let Some(known) = self.queue.handoff(handoff) {
            let request = &known.request;
            count(&fact, at, request.triggered_at);
            let since = at.duration_since(request.triggered_at).as_millis();
            let call_at = CallTime::from_ms(u64::try_from(since).unwrap_or_default());
            let happening = Happening::Handoff(handoff, fact.clone());
            // Nobody may be watching.
            let _ = self.shared.news.send(News { call: request.call, at: call_at, what: happening });
            if let Some(kind) = event(&fact) {
                let agent = known.accepted().map(|(_, offer)| &offer.agent);
                let data = json!({ "handoff": handoff, "call": request.call, "agent": agent, "fact": fact });
                self.tell_programs(request, kind, &data);
            }
        }
        let over = matches!(&fact, HandoffFact::Settled { .. } | HandoffFact::TalkEnded);
        self.shared.parts.journal.handoff(HandoffEntry::Fact(StoredHandoffFact { handoff, seq, at, fact }));
        if over {
            self.close_notes(handoff, at);
        }
    }

    /// Has the business's own server told, by the signed webhook.
    fn tell_programs(&self, request: &HandoffRequest, kind: &str, data: &Value) {
        let parts = &self.shared.parts;
        let Some(business) = parts.directory.get(&request.business) else { return };
        let channels = parts.outbox.channels();
        let notice = Teller::new(&business, &channels, request.call, Timestamp::now()).event(kind, data);
        let Some(notice) = notice else { return };
        let outbox = parts.outbox.clone();
        tokio::spawn(async move {
            if let Err(error) = outbox.enqueue(&[notice]).await {
                warn!(%error, "a program is not told of a handoff");
            }
        });
    }

    /// Lets the links end: at once where nobody came, after the wrap-up where somebody did.
    fn close_notes(&mut self, handoff: HandoffId, at: Timestamp) {
        let Some(known) = self.queue.handoff(handoff) else { return };
        if known.is_talking() {
            return;
        }
        let at = if known.talk_ended.is_some() { at + WRAP_UP } else { at };
        self.shared.parts.journal.handoff(HandoffEntry::LinksEnd { handoff, agent: None, at });
        self.briefings.remove(&handoff);
        self.rooms.remove(&handoff);
    }

    /// Who signed off, or is calling somebody back.
    async fn who_is_away(&mut self) -> Result<BTreeSet<(BusinessId, AgentKey)>, StoreError> {
        let store = &self.shared.parts.store;
        let signed_off = store.signed_off().await?.into_iter().map(|(business, agent, _)| (business, agent));
        self.calling = calling_back(store).await?;
        Ok(signed_off.chain(self.calling.iter().cloned()).collect())
    }

    async fn look_who_is_there(&mut self) {
        let now = match self.who_is_away().await {
            Ok(away) => away,
            Err(error) => {
                warn!(%error, "cannot tell which agents signed off");
                return;
            }
        };
        let changes: Vec<Event> = now
            .difference(&self.signed_off)
            .map(|(business, agent)| Event::SignedOff { business: business.clone(), agent: agent.clone() })
            .chain(self.signed_off.difference(&now).map(|(business, agent)| Event::SignedOn {
                business: business.clone(),
                agent: agent.clone(),
            }))
            .collect();
        self.signed_off = now;
        for change in changes {
            self.happened(change);
        }
    }
}

/// The queue as its facts tell it, and the next place among the facts of each handoff.
async fn remembered(
    store: &Store,
    directory: &Directory,
) -> Result<(Queue, BTreeMap<HandoffId, u64>), StoreError> {
    let facts = store.handoffs_since(Timestamp::now() - REMEMBERED).await?;
    let places = facts.iter().map(|stored| (stored.handoff, stored.seq + 1)).collect();
    let mut facts: Vec<_> =
        facts.into_iter().map(|stored| (stored.handoff, stored.at, stored.fact)).collect();
    facts.sort_by_key(|(_, at, _)| *at);
    Ok((Queue::replay(directory.all().cloned(), facts), places))
}

/// Whether each agent can be asked now, as the store tells, in the order of the profiles; for whoever is not the server.
///
/// # Errors
/// When the store cannot be read.
pub async fn agents_now(store: &Store, directory: &Directory) -> Result<Vec<AgentPresence>, StoreError> {
    let (mut queue, _) = remembered(store, directory).await?;
    let now = Timestamp::now();
    for (business, agent, _) in store.signed_off().await? {
        queue.handle(Event::SignedOff { business, agent }, now);
    }
    Ok(roll(&queue, directory, &calling_back(store).await?, now))
}

async fn calling_back(store: &Store) -> Result<BTreeSet<(BusinessId, AgentKey)>, StoreError> {
    let open = store.open_call_backs().await?.into_iter();
    Ok(open.map(|(business, call_back)| (business, call_back.agent)).collect())
}

fn roll(
    queue: &Queue,
    directory: &Directory,
    calling: &BTreeSet<(BusinessId, AgentKey)>,
    now: Timestamp,
) -> Vec<AgentPresence> {
    let of = |business: &Business, agent: &Agent| AgentPresence {
        business: business.id.clone(),
        agent: agent.key.clone(),
        name: agent.name.clone(),
        owns: agent.owns.clone(),
        lead: agent.lead,
        on_duty: agent.on_duty(Urgency::Normal, now, &business.time_zone),
        on_call: agent.on_duty(Urgency::Urgent, now, &business.time_zone),
        presence: match calling.contains(&(business.id.clone(), agent.key.clone())) {
            true => Presence::Busy,
            false => queue.presence(&business.id, &agent.key, now),
        },
    };
    directory.all().flat_map(|business| business.agents.iter().map(|agent| of(business, agent))).collect()
}

/// Waits until what was recorded is on disk, for as long as a caller can be kept waiting for that.
pub(super) async fn written(shared: &Shared) {
    if timeout(WRITING, shared.parts.journal.flush()).await.is_err() {
        warn!("the database is slow or away; a handoff goes on without it");
    }
}

/// The type of the event by which programs are told of a fact, where they are.
const fn event(fact: &HandoffFact) -> Option<&'static str> {
    match fact {
        HandoffFact::Accepted { .. } => Some("handoff.accepted"),
        HandoffFact::Joined { .. } => Some("handoff.joined"),
        HandoffFact::Settled { .. } => Some("handoff.settled"),
        HandoffFact::TalkEnded => Some("handoff.talk_ended"),
        HandoffFact::Requested(_)
        | HandoffFact::Offered { .. }
        | HandoffFact::Delivered { .. }
        | HandoffFact::Dialled { .. }
        | HandoffFact::LegKnown { .. }
        | HandoffFact::Ringing { .. }
        | HandoffFact::Answered { .. }
        | HandoffFact::Briefed { .. }
        | HandoffFact::Missed { .. } => None,
    }
}

fn count(fact: &HandoffFact, at: Timestamp, triggered_at: Timestamp) {
    let step = match fact {
        HandoffFact::Requested(_) => "decided",
        HandoffFact::Delivered { .. } => "delivered",
        HandoffFact::Ringing { .. } => "ringing",
        HandoffFact::Answered { .. } => "answered",
        HandoffFact::Briefed { .. } => "briefed",
        HandoffFact::Accepted { .. } => "accepted",
        HandoffFact::Joined { .. } => "joined",
        HandoffFact::Settled { outcome } => {
            let outcome = format!("{outcome:?}");
            metrics::counter!("calmline_handoffs_total", "outcome" => outcome).increment(1);
            "settled"
        }
        HandoffFact::Offered { .. }
        | HandoffFact::Dialled { .. }
        | HandoffFact::LegKnown { .. }
        | HandoffFact::Missed { .. }
        | HandoffFact::TalkEnded => return,
    };
    let seconds = at.duration_since(triggered_at).as_secs_f64();
    metrics::histogram!("calmline_handoff_seconds", "step" => step).record(seconds);
}

async fn due(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
