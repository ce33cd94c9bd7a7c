//! The agents' legs.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tracing::warn;

use super::desk::{HandoffDesk, written};
use super::{Farewell, LegEvent, LegOrder, farewell_words};
use crate::diagnosis::briefing;
use crate::domain::{Agent, AgentKey, Business, BusinessId, Missed, OfferId};
use crate::queue::{Event, Offer};
use crate::reception::{LegUrls, ReachError, fresh_secret};
use crate::store::{HandoffEntry, NotesLink};
use crate::telephony::twilio::{self, CallSid, CallStatus, ControlError};

impl HandoffDesk {
    /// Puts the notes where the agent can read them, and tells the agent by a text message that has nothing personal
    /// in it but a link.
    pub(super) fn brief(&mut self, offer: OfferId, agent: &AgentKey) {
        let Some(business) = self.business(offer) else { return };
        let secret = fresh_secret();
        self.shared.parts.journal.handoff(HandoffEntry::Link {
            digest: NotesLink::digest(&secret),
            handoff: offer.handoff,
            agent: agent.clone(),
        });
        let link = self.shared.parts.public_url.http(&format!("/notes/{secret}"));
        let words = self.briefings.get(&offer.handoff).map(|briefing| briefing::text(briefing, &link));
        let shared = Arc::clone(&self.shared);
        let agent = agent.clone();
        tokio::spawn(async move {
            written(&shared).await;
            shared.handoffs.tell(Event::Delivered { offer });
            let Some(words) = words else { return };
            // Its use is over with the ringing, so it is not tried for longer than that.
            if let Err(error) = shared.parts.reach.text_agent(&business, &agent, &words).await {
                warn!(%error, offer = %offer, "the link to the notes could not be sent");
            }
        });
    }

    pub(super) fn dial(&self, offer: OfferId, agent: &AgentKey, ring_for: Duration) {
        let Some(business) = self.business(offer) else { return };
        let shared = Arc::clone(&self.shared);
        let agent = agent.clone();
        tokio::spawn(async move {
            written(&shared).await;
            let url = |path: &str| shared.parts.public_url.http(&twilio::path_for(path, offer));
            let urls = LegUrls {
                answer: url(twilio::AGENT_PATH),
                status: url(twilio::AGENT_STATUS_PATH),
                machine: url(twilio::AGENT_MACHINE_PATH),
            };
            let dialled = shared.parts.reach.dial(&business, &agent, &urls, ring_for).await;
            shared.handoffs.tell(match dialled {
                Ok(leg) => Event::LegKnown { offer, leg: leg.as_str().to_owned() },
                // It may be ringing: its callbacks tell, or the queue's own timer.
                Err(ReachError::Control(ControlError::Uncertain)) => return,
                Err(error) => {
                    warn!(%error, offer = %offer, "an agent could not be dialled");
                    Event::DialFailed { offer }
                }
            });
        });
    }

    pub(super) fn withdraw(&mut self, offer: OfferId, leg: Option<String>, why: Missed) {
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
                Ok(()) | Err(ControlError::CallGone) => {}
                Err(error) => {
                    warn!(%error, offer = %offer, "an agent's leg could not be told that it is over");
                    // Whatever went wrong, it must not ring on.
                    let _ = control.hang_up(&leg).await;
                }
            }
        });
    }

    /// Asks the carrier how the legs stand of agents who talk to a caller, and of other offers: what it has to tell it
    /// tells once, and that may be lost, or nobody may have been here.
    pub(super) fn ask_about_legs(&self, others: fn(&Offer) -> bool) {
        let offers = self.queue.handoffs().flat_map(|handoff| {
            let talks = handoff.is_talking();
            handoff.offers().filter(move |(_, offer)| others(offer) || (talks && offer.joined.is_some()))
        });
        let known = |sid: &Option<String>| sid.as_ref()?.parse::<CallSid>().ok();
        for (offer, sid) in offers.filter_map(|(id, offer)| Some((id, known(&offer.leg)?))) {
            let shared = Arc::clone(&self.shared);
            tokio::spawn(async move {
                let status = match shared.parts.control.status(&sid).await {
                    Ok(status) => status,
                    Err(ControlError::CallGone) => CallStatus::Completed,
                    Err(error) => {
                        warn!(%error, offer = %offer, "the carrier does not say how an agent's leg stands");
                        return;
                    }
                };
                shared.handoffs.leg_status(offer, &sid, status);
            });
        }
    }

    pub(super) fn leg(&mut self, offer: OfferId, sid: &CallSid, what: LegEvent) -> LegOrder {
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

    pub(super) fn profile(&self, offer: OfferId, agent: &AgentKey) -> Option<(Arc<Business>, Agent)> {
        let handoff = self.queue.handoff(offer.handoff)?;
        let business = self.shared.parts.directory.get(&handoff.request.business)?;
        let person = business.agent(agent)?.clone();
        Some((business, person))
    }

    fn business(&self, offer: OfferId) -> Option<BusinessId> {
        Some(self.queue.handoff(offer.handoff)?.request.business.clone())
    }
}
