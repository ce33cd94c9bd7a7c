use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use uuid::Uuid;

use super::exchange::form;
use super::instructions::Conference;
use super::switchboard::{Courier, Switchboard, lock};
use crate::domain::Pii;

/// A conference while somebody is in it.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) sid: String,
    members: Vec<Member>,
    started: bool,
    courier: Courier,
    /// Who is told what; set by who came first.
    news_url: Option<String>,
    events: Vec<String>,
    sequence: u32,
}

#[derive(Debug)]
struct Member {
    call_sid: String,
    label: Option<String>,
    starts: bool,
    ends: bool,
    news: UnboundedSender<RoomNews>,
}

/// What somebody in a conference notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RoomNews {
    /// They and the other side hear each other.
    Together { label: String },
    /// The other side is gone, and they are alone.
    Alone,
    /// Something is said to all.
    Announced(Pii<String>),
    /// The conference is over.
    Closed,
}

/// A place in a conference; it is left when dropped.
pub(super) struct Seat {
    switchboard: Arc<Switchboard>,
    name: String,
    call_sid: String,
    pub(super) news: UnboundedReceiver<RoomNews>,
}

impl Seat {
    /// Enters a conference; none if it is full, or somebody with the same label is in it.
    pub(super) fn take(
        switchboard: &Arc<Switchboard>,
        conference: &Conference,
        call_sid: &str,
    ) -> Option<Self> {
        let mut rooms = lock(&switchboard.rooms);
        let room = rooms.entry(conference.name.clone()).or_insert_with(|| Room {
            sid: format!("CF{}", Uuid::now_v7().simple()),
            members: Vec::new(),
            started: false,
            courier: switchboard.courier(),
            news_url: conference.news_url.clone(),
            events: conference.events.clone(),
            sequence: 0,
        });
        let taken = room.members.iter().any(|other| other.label.is_some() && other.label == conference.label);
        if taken || room.members.len() >= conference.most {
            return None;
        }
        let (sender, news) = unbounded_channel();
        room.members.push(Member {
            call_sid: call_sid.to_owned(),
            label: conference.label.clone(),
            starts: conference.starts,
            ends: conference.ends,
            news: sender,
        });
        let member = Some((call_sid, conference.label.as_deref()));
        room.tell(&switchboard.account_sid, &conference.name, "join", member);
        room.start_if_ready(&switchboard.account_sid, &conference.name);
        Some(Self {
            switchboard: Arc::clone(switchboard),
            name: conference.name.clone(),
            call_sid: call_sid.to_owned(),
            news,
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let account = &self.switchboard.account_sid;
        let mut rooms = lock(&self.switchboard.rooms);
        let Some(room) = rooms.get_mut(&self.name) else { return };
        // A room of the same name may have been opened since this one closed.
        let Some(place) = room.members.iter().position(|member| member.call_sid == self.call_sid) else {
            return;
        };
        let member = room.members.remove(place);
        room.tell(account, &self.name, "leave", Some((&member.call_sid, member.label.as_deref())));
        if member.ends || room.members.is_empty() {
            room.close(account, &self.name);
            rooms.remove(&self.name);
        } else if room.members.len() == 1 {
            room.send_all(&RoomNews::Alone);
        }
    }
}

impl Room {
    fn start_if_ready(&mut self, account: &str, name: &str) {
        if self.members.len() < 2 || !(self.started || self.members.iter().any(|member| member.starts)) {
            return;
        }
        if !self.started {
            self.started = true;
            self.tell(account, name, "start", None);
        }
        for member in &self.members {
            for other in self.members.iter().filter(|other| other.call_sid != member.call_sid) {
                let label = other.label.clone().unwrap_or_default();
                // Whoever does not listen any more is about to leave.
                let _ = member.news.send(RoomNews::Together { label });
            }
        }
    }

    /// Puts everybody out and says that it is over.
    pub(super) fn close(&mut self, account: &str, name: &str) {
        self.send_all(&RoomNews::Closed);
        for member in std::mem::take(&mut self.members) {
            self.tell(account, name, "leave", Some((&member.call_sid, member.label.as_deref())));
        }
        self.tell(account, name, "end", None);
    }

    pub(super) fn send_all(&self, news: &RoomNews) {
        for member in &self.members {
            let _ = member.news.send(news.clone());
        }
    }

    fn tell(&mut self, account: &str, name: &str, event: &str, member: Option<(&str, Option<&str>)>) {
        self.sequence += 1;
        let Some(url) = self.news_url.as_ref().filter(|_| self.events.iter().any(|wanted| wanted == event))
        else {
            return;
        };
        let whole = match event {
            "join" | "leave" => format!("participant-{event}"),
            _ => format!("conference-{event}"),
        };
        let sequence = self.sequence.to_string();
        let mut fields = vec![
            ("ConferenceSid", self.sid.as_str()),
            ("FriendlyName", name),
            ("AccountSid", account),
            ("SequenceNumber", &sequence),
            ("StatusCallbackEvent", &whole),
        ];
        if let Some((call_sid, label)) = member {
            fields.extend([("CallSid", call_sid), ("Muted", "false"), ("Hold", "false")]);
            fields.extend(label.map(|label| ("ParticipantLabel", label)));
        }
        self.courier.send(url, form(&fields));
    }
}
