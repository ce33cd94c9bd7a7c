//! Drives the handoff queue: dials agents, briefs them, brings caller and agent together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rand::Rng as _;
use rand::distr::Alphanumeric;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tracing::{info, warn};

use super::{Happening, News, Shared};
use crate::diagnosis::briefing;
use crate::domain::{
    Agent, AgentKey, Briefing, Business, BusinessId, CallId, CallTime, HandoffFact, HandoffId,
    HandoffRequest, Missed, OfferId, PhoneNumber, Presence, Urgency,
};
use crate::queue::{Action, Event, LegEnd, Queue, REMEMBERED};
use crate::store::{HandoffEntry, StoreError, StoredHandoffFact};
use crate::telephony::twilio::{
    self, CallSid, CallStatus, ConferenceCallback, ConferenceEvent, ConferenceSid, Dial, Participant,
    PublicUrl, RESUME_PATH, Room,
};

/// How long an order to the carrier waits for the facts before it to be on disk; after that it goes out unwritten,
/// because somebody is waiting on the line.
const WRITING: Duration = Duration::from_secs(1);
/// How often it is looked up who signed off meanwhile.
const PRESENCE: Duration = Duration::from_secs(5);
/// Once the caller has left our stream for the conference, the two count as connected after this even if the carrier's
/// news of it is lost.
const NEWS_LOST: Duration = Duration::from_secs(3);
/// How long the notes stay open after the talk, for the wrap-up.
const WRAP_UP: SignedDuration = SignedDuration::from_mins(10);
/// Letters and digits of a link to notes: 190 bits.
const LINK_LENGTH: usize = 32;

/// Where the carrier is told to find this server, and which number it dials and writes from.
#[derive(Debug, Clone)]
pub struct Line {
    /// The address under which the carrier reaches this server.
    pub public_url: PublicUrl,
    /// The account's number; without one, the first line of the business.
    pub number: Option<PhoneNumber>,
}

/// What an agent's leg is to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegOrder {
    /// Hear the recap.
    Brief {
        /// The recap as spoken.
        recap: String,
    },
    /// Be asked for a key.
    Ask,
    /// Go into the conference of this handoff.
    Enter(HandoffId),
    /// Hear why there is nothing more to do, and hang up.
    Leave(Farewell),
}

/// Why an agent's leg is of no use any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Farewell {
    /// They declined.
    Declined,
    /// They pressed no key.
    NoKey,
    /// The call does not need them any more, for this reason.
    Over(Option<Missed>),
}

/// The way to the handoff desk; cloning it shares the desk.
#[derive(Debug, Clone)]
pub struct Handoffs {
    orders: mpsc::UnboundedSender<Order>,
}

#[derive(Debug)]
enum Order {
    Request { request: HandoffRequest, briefing: Box<Briefing> },
    Refresh(Box<Briefing>),
    Happened(Event),
    CallerMoved(CallId),
    Conference(HandoffId, ConferenceCallback),
    Leg { offer: OfferId, sid: CallSid, what: LegEvent, reply: oneshot::Sender<LegOrder> },
    Introduction(HandoffId, oneshot::Sender<Option<String>>),
    Presence(oneshot::Sender<Vec<AgentPresence>>),
    SignChanged(oneshot::Sender<()>),
    Stop,
}

/// Whether an agent can be asked now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgentPresence {
    /// Of which business.
    pub business: BusinessId,
    /// Who.
    pub agent: AgentKey,
    /// Their name as told to callers.
    pub name: String,
    /// Whether their hours are now.
    pub on_duty: bool,
    /// Whether urgent calls reach them now.
    pub on_call: bool,
    /// What they do.
    pub presence: Presence,
}

/// What an agent's leg asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegEvent {
    /// Somebody or something answered.
    Answered,
    /// The recap was heard to its end.
    Briefed,
    /// The agent takes the call.
    Accepted,
    /// The agent does not.
    Declined,
    /// The agent wants to hear the recap again.
    Again,
    /// Another key.
    Unclear,
    /// Neither a key nor a word.
    Silent,
}

impl Handoffs {
    /// Makes the way to a desk that is yet to be opened.
    pub(super) fn new() -> (Self, Orders) {
        let (orders, inbox) = mpsc::unbounded_channel();
        (Self { orders }, Orders(inbox))
    }

    /// Asks for a person.
    pub(super) fn request(&self, request: HandoffRequest, briefing: Box<Briefing>) {
        self.send(Order::Request { request, briefing });
    }

    /// Replaces what agents are told.
    pub(super) fn refresh(&self, briefing: Box<Briefing>) {
        self.send(Order::Refresh(briefing));
    }

    /// Tells the queue what happened.
    pub(super) fn tell(&self, event: Event) {
        self.send(Order::Happened(event));
    }

    /// The caller's stream has closed on the way into the conference.
    pub(super) fn caller_moved(&self, call: CallId) {
        self.send(Order::CallerMoved(call));
    }

    /// What an agent's leg is to do next, after what happened on it; nothing if the server is stopping.
    pub async fn leg(&self, offer: OfferId, sid: CallSid, what: LegEvent) -> Option<LegOrder> {
        let (reply, order) = oneshot::channel();
        self.send(Order::Leg { offer, sid, what, reply });
        order.await.ok()
    }

    /// Takes in the progress of an agent's leg.
    pub fn leg_status(&self, offer: OfferId, sid: &CallSid, status: CallStatus) {
        let leg = sid.as_str().to_owned();
        self.tell(Event::LegKnown { offer, leg });
        let ended = |how| Event::LegEnded { offer, how };
        self.tell(match status {
            CallStatus::Queued | CallStatus::Initiated => return,
            CallStatus::Ringing => Event::Ringing { offer },
            CallStatus::InProgress => Event::Answered { offer },
            CallStatus::Completed => ended(LegEnd::Completed),
            CallStatus::Busy => ended(LegEnd::Busy),
            CallStatus::Failed => ended(LegEnd::Failed),
            CallStatus::NoAnswer => ended(LegEnd::NoAnswer),
            CallStatus::Canceled => ended(LegEnd::Canceled),
        });
    }

    /// Takes in that a machine answered.
    pub fn machine(&self, offer: OfferId) {
        self.tell(Event::MachineDetected { offer });
    }

    /// Takes in news of a conference.
    pub fn conference(&self, handoff: HandoffId, news: ConferenceCallback) {
        self.send(Order::Conference(handoff, news));
    }

    /// The sentence that introduces caller and agent to each other.
    pub async fn introduction(&self, handoff: HandoffId) -> Option<String> {
        let (reply, words) = oneshot::channel();
        self.send(Order::Introduction(handoff, reply));
        words.await.ok().flatten()
    }

    /// Who can be asked now, in the order of the profiles; empty if the server is stopping.
    pub async fn presence(&self) -> Vec<AgentPresence> {
        let (reply, agents) = oneshot::channel();
        self.send(Order::Presence(reply));
        agents.await.unwrap_or_default()
    }

    /// Has it looked up at once who signed on or off.
    pub async fn sign_changed(&self) {
        let (reply, looked) = oneshot::channel();
        self.send(Order::SignChanged(reply));
        // A desk that is gone means that the server is stopping.
        let _ = looked.await;
    }

    pub(super) fn stop(&self) {
        self.send(Order::Stop);
    }

    fn send(&self, order: Order) {
        // A desk that is gone means that the server is stopping.
        let _ = self.orders.send(order);
    }
}

/// What is asked of the desk, in order.
pub(super) struct Orders(mpsc::UnboundedReceiver<Order>);

/// The desk: the queue and what goes with it.
pub(super) struct HandoffDesk {
    shared: Arc<Shared>,
    queue: Queue,
    /// The next place among the facts of each handoff.
    places: BTreeMap<HandoffId, u64>,
    briefings: BTreeMap<HandoffId, Box<Briefing>>,
    rooms: BTreeMap<HandoffId, Meeting>,
    signed_off: BTreeSet<(BusinessId, AgentKey)>,
}

/// How far the two have come into their conference.
#[derive(Debug, Default)]
struct Meeting {
    conference: Option<ConferenceSid>,
    caller: bool,
    agent: bool,
    /// When the two count as connected although no news came.
    presumed_at: Option<Instant>,
    introduced: bool,
}

impl HandoffDesk {
    /// Rebuilds the queue from the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn restore(shared: Arc<Shared>) -> Result<Self, StoreError> {
        let store = &shared.parts.store;
        let facts = store.handoffs_since(Timestamp::now() - REMEMBERED).await?;
        let mut places = BTreeMap::new();
        for stored in &facts {
            places.insert(stored.handoff, stored.seq + 1);
        }
        let businesses = shared.parts.directory.all().cloned();
        let mut facts: Vec<_> =
            facts.into_iter().map(|stored| (stored.handoff, stored.at, stored.fact)).collect();
        facts.sort_by_key(|(_, at, _)| *at);
        let queue = Queue::replay(businesses, facts);
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
        Ok(Self { shared, queue, places, briefings, rooms: BTreeMap::new(), signed_off })
    }

    /// Works until told to stop.
    pub async fn run(mut self, mut inbox: Orders) {
        self.look_who_is_there().await;
        self.queue.handle(Event::Restarted, Timestamp::now());
        self.perform();
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
        let mut presence = interval(PRESENCE);
        presence.set_missed_tick_behavior(MissedTickBehavior::Delay);
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
                let _ = reply.send(self.presence());
            }
            Order::SignChanged(_) | Order::Stop => {}
        }
    }

    fn presence(&self) -> Vec<AgentPresence> {
        let now = Timestamp::now();
        let businesses = self.shared.parts.directory.all();
        let of = |business: &Business, agent: &Agent| AgentPresence {
            business: business.id.clone(),
            agent: agent.key.clone(),
            name: agent.name.clone(),
            on_duty: agent.on_duty(Urgency::Normal, now, &business.time_zone),
            on_call: agent.on_duty(Urgency::Urgent, now, &business.time_zone),
            presence: self.queue.presence(&business.id, &agent.key, now),
        };
        businesses.flat_map(|business| business.agents.iter().map(|agent| of(business, agent))).collect()
    }

    fn refresh(&mut self, briefing: Box<Briefing>) {
        let known = self.queue.handoffs().find(|handoff| handoff.request.id == briefing.handoff);
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

    fn happened(&mut self, event: Event) {
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
        let known = self.queue.handoffs().find(|known| known.request.id == handoff);
        if let Some(known) = known {
            count(&fact, at, known.request.triggered_at);
            let happening = Happening::Handoff(handoff, fact.clone());
            let since = at.duration_since(known.request.triggered_at).as_millis();
            let call_at = CallTime::from_ms(u64::try_from(since).unwrap_or_default());
            // Nobody may be watching.
            let _ = self.shared.news.send(News { call: known.request.call, at: call_at, what: happening });
        }
        let over = matches!(&fact, HandoffFact::Settled { .. } | HandoffFact::TalkEnded);
        self.shared.parts.journal.handoff(HandoffEntry::Fact(StoredHandoffFact { handoff, seq, at, fact }));
        if over {
            self.close_notes(handoff, at);
        }
    }

    /// Lets the links end: at once where nobody came, after the wrap-up where somebody did.
    fn close_notes(&mut self, handoff: HandoffId, at: Timestamp) {
        let Some(known) = self.queue.handoffs().find(|known| known.request.id == handoff) else { return };
        if known.is_talking() {
            return;
        }
        let at = if known.talk_ended.is_some() { at + WRAP_UP } else { at };
        self.shared.parts.journal.handoff(HandoffEntry::LinksEnd { handoff, agent: None, at });
        self.briefings.remove(&handoff);
        self.rooms.remove(&handoff);
    }

    async fn look_who_is_there(&mut self) {
        let signed_off = match self.shared.parts.store.signed_off().await {
            Ok(signed_off) => signed_off,
            Err(error) => {
                warn!(%error, "cannot tell which agents signed off");
                return;
            }
        };
        let now: BTreeSet<_> = signed_off.into_iter().map(|(business, agent, _)| (business, agent)).collect();
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

/// The agents' legs.
impl HandoffDesk {
    /// Puts the notes where the agent can read them, and tells the agent by a text message that has nothing personal
    /// in it but a link.
    fn brief(&mut self, offer: OfferId, agent: &AgentKey) {
        let Some((business, person)) = self.profile(offer, agent) else { return };
        let secret: String =
            rand::rng().sample_iter(Alphanumeric).take(LINK_LENGTH).map(char::from).collect();
        self.shared.parts.journal.handoff(HandoffEntry::Link {
            digest: crate::store::NotesLink::digest(&secret),
            handoff: offer.handoff,
            agent: agent.clone(),
        });
        let link = self.shared.parts.line.public_url.http(&format!("/notes/{secret}"));
        let words = self.briefings.get(&offer.handoff).map(|briefing| briefing::text(briefing, &link));
        let from = self.from(&business);
        let shared = Arc::clone(&self.shared);
        let to = person.number.clone();
        tokio::spawn(async move {
            written(&shared).await;
            shared.handoffs.tell(Event::Delivered { offer });
            let (Some(words), Some(from)) = (words, from) else { return };
            // Its use is over with the ringing, so it is not tried for longer than that.
            if let Err(error) = shared.parts.control.send_message(&to, &from, &words).await {
                warn!(%error, offer = %offer, "the link to the notes could not be sent");
            }
        });
    }

    fn dial(&self, offer: OfferId, agent: &AgentKey, ring_for: Duration) {
        let profile = self.profile(offer, agent);
        let from = profile.as_ref().and_then(|(business, _)| self.from(business));
        let (Some((_, person)), Some(from)) = (profile, from) else {
            warn!(offer = %offer, "there is no number to call an agent from; set twilio.number");
            self.shared.handoffs.tell(Event::DialFailed { offer });
            return;
        };
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            written(&shared).await;
            let url =
                |path: &str| shared.parts.line.public_url.http(&path.replace("{offer}", &offer.to_string()));
            let dialled = shared
                .parts
                .control
                .dial(&Dial {
                    to: &person.number,
                    from: &from,
                    answer_url: &url(twilio::AGENT_PATH),
                    status_url: &url(twilio::AGENT_STATUS_PATH),
                    amd_url: &url(twilio::AGENT_MACHINE_PATH),
                    ring_for,
                })
                .await;
            shared.handoffs.tell(match dialled {
                Ok(leg) => Event::LegKnown { offer, leg: leg.as_str().to_owned() },
                // It may be ringing: its callbacks tell, or the queue's own timer.
                Err(twilio::ControlError::Uncertain) => return,
                Err(error) => {
                    warn!(%error, offer = %offer, "an agent could not be dialled");
                    Event::DialFailed { offer }
                }
            });
        });
    }

    fn withdraw(&mut self, offer: OfferId, leg: Option<String>, why: Missed) {
        let agent = self.queue.offer(offer).map(|offer| offer.agent.clone());
        let listening = self.queue.offer(offer).is_some_and(|offer| offer.answered.is_some());
        let entry = HandoffEntry::LinksEnd { handoff: offer.handoff, agent, at: Timestamp::now() };
        self.shared.parts.journal.handoff(entry);
        let Some(Ok(leg)) = leg.map(|leg| leg.parse::<CallSid>()) else { return };
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            let control = &shared.parts.control;
            let told = match farewell_words(Farewell::Over(Some(why))) {
                // Nobody is told anything by a voice on an answering machine.
                words if listening && why != Missed::Voicemail => {
                    control.redirect(&leg, &twilio::say_and_hangup(words)).await
                }
                _ => control.hang_up(&leg).await,
            };
            match told {
                Ok(()) | Err(twilio::ControlError::CallGone) => {}
                Err(error) => {
                    warn!(%error, offer = %offer, "an agent's leg could not be told that it is over");
                    // Whatever went wrong, it must not ring on.
                    let _ = control.hang_up(&leg).await;
                }
            }
        });
    }

    fn leg(&mut self, offer: OfferId, sid: &CallSid, what: LegEvent) -> LegOrder {
        self.happened(Event::LegKnown { offer, leg: sid.as_str().to_owned() });
        match what {
            LegEvent::Answered => self.happened(Event::Answered { offer }),
            LegEvent::Briefed => self.happened(Event::Briefed { offer }),
            LegEvent::Accepted => self.happened(Event::Accepted { offer }),
            LegEvent::Declined => self.happened(Event::Declined { offer }),
            LegEvent::Silent => self.happened(Event::NoKey { offer }),
            LegEvent::Again | LegEvent::Unclear => {}
        }
        let known = self.queue.offer(offer);
        let same_leg = known.is_some_and(|known| known.leg.as_deref() == Some(sid.as_str()));
        let Some(known) = known.filter(|_| same_leg) else { return LegOrder::Leave(Farewell::Over(None)) };
        if known.accepted.is_some() && known.missed.is_none() {
            return LegOrder::Enter(offer.handoff);
        }
        match (what, known.missed) {
            (LegEvent::Declined, _) => LegOrder::Leave(Farewell::Declined),
            (LegEvent::Silent, _) => LegOrder::Leave(Farewell::NoKey),
            (_, Some((_, why))) => LegOrder::Leave(Farewell::Over(Some(why))),
            (LegEvent::Answered | LegEvent::Again, None) => match self.recap(offer) {
                Some(recap) => LegOrder::Brief { recap },
                None => LegOrder::Leave(Farewell::Over(None)),
            },
            (LegEvent::Briefed | LegEvent::Unclear | LegEvent::Accepted, None) => LegOrder::Ask,
        }
    }

    fn recap(&self, offer: OfferId) -> Option<String> {
        let agent = self.queue.offer(offer)?.agent.clone();
        let (_, person) = self.profile(offer, &agent)?;
        self.briefings.get(&offer.handoff).map(|briefing| briefing::spoken(briefing, &person.name))
    }

    fn profile(&self, offer: OfferId, agent: &AgentKey) -> Option<(Arc<Business>, Agent)> {
        let handoff = self.queue.handoffs().find(|handoff| handoff.request.id == offer.handoff)?;
        let business = self.shared.parts.directory.get(&handoff.request.business)?;
        let person = business.agent(agent)?.clone();
        Some((business, person))
    }

    fn from(&self, business: &Business) -> Option<PhoneNumber> {
        self.shared.parts.line.number.clone().or_else(|| business.numbers.first().cloned())
    }
}

/// The conference of caller and agent.
impl HandoffDesk {
    fn connect(&mut self, offer: OfferId, call: CallId) {
        let Some(sid) = self.shared.registry.sid(call) else {
            self.happened(Event::CallerLeft { call });
            return;
        };
        let name = offer.handoff.to_string();
        let url = &self.shared.parts.line.public_url;
        let status_url = url.http(&twilio::CONFERENCE_PATH.replace("{handoff}", &name));
        let room = Room { name: &name, status_url: &status_url };
        let twiml = twilio::connect_caller(&room, &url.http(RESUME_PATH));
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            if let Err(error) = shared.parts.control.redirect(&sid, &twiml).await {
                warn!(%error, offer = %offer, "the caller could not be put through");
            }
        });
    }

    fn accepted_of(&self, call: CallId) -> Option<OfferId> {
        let handoff = self.queue.handoffs().filter(|handoff| handoff.request.call == call).last()?;
        handoff.accepted().map(|(offer, _)| offer)
    }

    fn conference(&mut self, handoff: HandoffId, news: ConferenceCallback) {
        let Some(known) = self.queue.handoffs().find(|known| known.request.id == handoff) else { return };
        let accepted = known.accepted().map(|(offer, _)| offer);
        let over = known.talk_ended.is_some();
        let talking = known.is_talking();
        let room = self.rooms.entry(handoff).or_default();
        room.conference = Some(news.conference_sid);
        match (news.event, news.participant) {
            (ConferenceEvent::Join, Some(Participant::Caller)) => room.caller = true,
            (ConferenceEvent::Join, Some(Participant::Agent)) => room.agent = true,
            (ConferenceEvent::Start, _) => (room.caller, room.agent) = (true, true),
            (ConferenceEvent::Leave | ConferenceEvent::End, _) => {
                if talking {
                    self.happened(Event::TalkEnded { handoff });
                }
                return;
            }
            (ConferenceEvent::Join, None) | (ConferenceEvent::Other, _) => {}
        }
        if room.caller
            && room.agent
            && !over
            && let Some(offer) = accepted
        {
            self.joined(offer);
        }
    }

    fn joined(&mut self, offer: OfferId) {
        self.happened(Event::Joined { offer });
        let room = self.rooms.entry(offer.handoff).or_default();
        room.presumed_at = None;
        let Some(conference) = room.conference.clone() else { return };
        if std::mem::replace(&mut room.introduced, true) {
            return;
        }
        let path = twilio::ANNOUNCE_PATH.replace("{handoff}", &offer.handoff.to_string());
        let url = self.shared.parts.line.public_url.http(&path);
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            if let Err(error) = shared.parts.control.announce(&conference, &url).await {
                info!(%error, offer = %offer, "caller and agent are not introduced to each other");
            }
        });
    }

    /// Takes those as connected of whom no news came.
    fn presume(&mut self) {
        let now = Instant::now();
        let due: Vec<HandoffId> = self
            .rooms
            .iter_mut()
            .filter(|(_, room)| room.presumed_at.is_some_and(|at| at <= now))
            .map(|(handoff, room)| {
                room.presumed_at = None;
                *handoff
            })
            .collect();
        for handoff in due {
            let known = self.queue.handoffs().find(|known| known.request.id == handoff);
            let accepted =
                known.and_then(|known| known.accepted()).filter(|(_, offer)| offer.missed.is_none());
            if let Some(offer) = accepted.map(|(id, _)| id) {
                self.joined(offer);
            }
        }
    }

    fn introduction(&self, handoff: HandoffId) -> Option<String> {
        let known = self.queue.handoffs().find(|known| known.request.id == handoff)?;
        let (offer, taken) = known.accepted()?;
        let (_, person) = self.profile(offer, &taken.agent)?;
        Some(briefing::introduction(&person.name))
    }
}

/// What an agent whose leg ends is told.
pub fn farewell_words(farewell: Farewell) -> &'static str {
    match farewell {
        Farewell::Declined => "All right, somebody else is asked. Goodbye.",
        Farewell::NoKey => "No key was pressed, so somebody else is asked. Goodbye.",
        Farewell::Over(Some(Missed::Outpaced)) => "Somebody else has taken the call. Thank you, and goodbye.",
        Farewell::Over(Some(
            Missed::Declined
            | Missed::NoAnswer
            | Missed::Busy
            | Missed::Failed
            | Missed::Voicemail
            | Missed::NoKey
            | Missed::HungUp
            | Missed::SignedOff
            | Missed::Withdrawn,
        )) => "The caller has left, or is being helped in another way. The notes are in the record. Goodbye.",
        Farewell::Over(None) => "This call is over. Goodbye.",
    }
}

/// Waits until what was recorded is on disk, for as long as a caller can be kept waiting for that.
async fn written(shared: &Shared) {
    if timeout(WRITING, shared.parts.journal.flush()).await.is_err() {
        warn!("the database is slow or away; a handoff goes on without it");
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
