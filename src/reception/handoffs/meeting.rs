//! The conference of caller and agent.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::{info, warn};

use super::desk::HandoffDesk;
use crate::diagnosis::briefing;
use crate::domain::{CallId, HandoffId, OfferId};
use crate::queue::{Event, LegEnd};
use crate::telephony::twilio::{
    self, ConferenceCallback, ConferenceEvent, ConferenceSid, Participant, RESUME_PATH, Room,
};

/// After a restart, a caller whose stream broke with the server has come back within this.
const COMING_BACK: Duration = Duration::from_secs(8);

/// How far the two have come into their conference.
#[derive(Debug, Default)]
pub(super) struct Meeting {
    pub(super) conference: Option<ConferenceSid>,
    pub(super) caller: bool,
    pub(super) agent: bool,
    /// When the two count as connected although no news came.
    pub(super) presumed_at: Option<Instant>,
    pub(super) introduced: bool,
}

impl HandoffDesk {
    pub(super) fn connect(&mut self, offer: OfferId, call: CallId) {
        let Some(sid) = self.shared.registry.sid(call) else {
            self.happened(Event::CallerLeft { call });
            return;
        };
        let name = offer.handoff.to_string();
        let url = &self.shared.parts.public_url;
        let status_url = url.http(&twilio::path_for(twilio::CONFERENCE_PATH, &name));
        let room = Room { name: &name, status_url: &status_url };
        let twiml = twilio::connect_caller(&room, &url.http(RESUME_PATH));
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            if let Err(error) = shared.parts.control.redirect(&sid, &twiml).await {
                warn!(%error, offer = %offer, "the caller could not be put through");
            }
        });
    }

    pub(super) fn accepted_of(&self, call: CallId) -> Option<OfferId> {
        let handoff = self.queue.handoffs().filter(|handoff| handoff.request.call == call).last()?;
        handoff.accepted().map(|(offer, _)| offer)
    }

    pub(super) fn conference(&mut self, handoff: HandoffId, news: ConferenceCallback) {
        let Some(known) = self.queue.handoff(handoff) else { return };
        let accepted = known.accepted().map(|(offer, _)| offer);
        let over = known.talk_ended.is_some();
        let talking = known.is_talking();
        let room = self.rooms.entry(handoff).or_default();
        room.conference = Some(news.conference_sid);
        match (news.event, news.participant) {
            (ConferenceEvent::Join, Some(Participant::Caller)) => room.caller = true,
            (ConferenceEvent::Join, Some(Participant::Agent)) => room.agent = true,
            (ConferenceEvent::Start, _) => (room.caller, room.agent) = (true, true),
            (ConferenceEvent::Leave | ConferenceEvent::End, _) if talking => {
                return self.happened(Event::TalkEnded { handoff });
            }
            (ConferenceEvent::Leave, Some(Participant::Agent)) => {
                room.agent = false;
                room.presumed_at = None;
                if let Some(offer) = accepted {
                    self.happened(Event::LegEnded { offer, how: LegEnd::Completed });
                }
                return;
            }
            (ConferenceEvent::Leave | ConferenceEvent::End, _) => return,
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

    pub(super) fn joined(&mut self, offer: OfferId) {
        self.happened(Event::Joined { offer });
        let room = self.rooms.entry(offer.handoff).or_default();
        room.presumed_at = None;
        let Some(conference) = room.conference.clone() else { return };
        if std::mem::replace(&mut room.introduced, true) {
            return;
        }
        let path = twilio::path_for(twilio::ANNOUNCE_PATH, offer.handoff);
        let url = self.shared.parts.public_url.http(&path);
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            if let Err(error) = shared.parts.control.announce(&conference, &url).await {
                info!(%error, offer = %offer, "caller and agent are not introduced to each other");
            }
        });
    }

    /// After a restart: a caller for whom an agent was there may be with them already, and is, unless they come back.
    pub(super) fn presume_moved(&mut self) {
        let open = self.queue.handoffs().filter(|handoff| handoff.settled.is_none());
        let accepted = open.filter_map(|handoff| handoff.accepted()).filter(|(_, offer)| offer.is_open());
        let accepted: Vec<HandoffId> = accepted.map(|(offer, _)| offer.handoff).collect();
        for handoff in accepted {
            self.rooms.entry(handoff).or_default().presumed_at = Some(Instant::now() + COMING_BACK);
        }
    }

    /// Takes those as connected of whom no news came.
    pub(super) fn presume(&mut self) {
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
            let known = self.queue.handoff(handoff);
            let accepted =
                known.and_then(|known| known.accepted()).filter(|(_, offer)| offer.missed.is_none());
            if let Some(offer) = accepted.map(|(id, _)| id) {
                self.joined(offer);
            }
        }
    }

    pub(super) fn introduction(&self, handoff: HandoffId) -> Option<String> {
        let known = self.queue.handoff(handoff)?;
        let (offer, taken) = known.accepted()?;
        let (_, person) = self.profile(offer, &taken.agent)?;
        Some(briefing::introduction(&person.name))
    }
}
