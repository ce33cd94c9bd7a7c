//! What people outside are told: who, by which ways, in which words.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::diagnosis::guard::{self, permitted_by};
use crate::domain::{
    Addressee, Agent, Aspect, Business, CallId, Channel, Notice, NoticeId, PhoneNumber, Pii, PromiseState,
    Urgency,
};
use crate::store::{CallRecord, LedgerEntry};
use crate::understanding::{capitalised, phone};

/// How long an event is tried.
const EVENT_FOR: SignedDuration = SignedDuration::from_hours(3 * 24);
/// How long a message to a person is worth something.
const WORDS_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How long the recap says "today" and "tomorrow" rightly enough.
const RECAP_FOR: SignedDuration = SignedDuration::from_hours(2);

/// What happened to a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromiseNews {
    /// It was made.
    Created,
    /// It is due soon.
    DueSoon,
    /// Its time is over and it is open.
    Overdue,
    /// It is still open long after, so the lead is told.
    Escalated,
    /// The caller says that it is not resolved.
    Reopened,
    /// It was kept.
    Kept,
    /// It was not kept, and will not be.
    Broken,
}

/// Who of a business's people are told.
enum Circle {
    Nobody,
    Owners,
    Leads,
}

impl PromiseNews {
    /// The type of its event.
    pub const fn event(self) -> &'static str {
        match self {
            Self::Created => "promise.created",
            Self::DueSoon => "promise.due_soon",
            Self::Overdue => "promise.overdue",
            Self::Escalated => "promise.escalated",
            Self::Reopened => "promise.reopened",
            Self::Kept => "promise.kept",
            Self::Broken => "promise.broken",
        }
    }

    const fn circle(self) -> Circle {
        match self {
            Self::Created | Self::DueSoon | Self::Overdue | Self::Reopened => Circle::Owners,
            Self::Escalated => Circle::Leads,
            Self::Kept | Self::Broken => Circle::Nobody,
        }
    }

    /// A mail's subject, without anything of the caller's.
    const fn subject(self) -> &'static str {
        match self {
            Self::Created => "A caller was promised something",
            Self::DueSoon => "A promise to a caller is due soon",
            Self::Overdue => "A promise to a caller is overdue",
            Self::Escalated => "A promise to a caller was not kept in time",
            Self::Reopened => "A caller says that it is not resolved",
            Self::Kept => "A promise to a caller was kept",
            Self::Broken => "A promise to a caller was not kept",
        }
    }
}

/// Writes notices of one business for the ways that are set up.
#[derive(Debug, Clone, Copy)]
pub struct Teller<'a> {
    business: &'a Business,
    channels: &'a [Channel],
    call: CallId,
    at: Timestamp,
}

impl<'a> Teller<'a> {
    /// Tells of one call at one moment.
    pub const fn new(business: &'a Business, channels: &'a [Channel], call: CallId, at: Timestamp) -> Self {
        Self { business, channels, call, at }
    }

    fn notice(&self, to: Addressee, about: &str, body: String, until: Timestamp) -> Option<Notice> {
        self.channels.contains(&to.channel()).then(|| Notice {
            id: NoticeId::new(Uuid::now_v7()),
            business: self.business.id.clone(),
            call: self.call,
            to,
            about: about.to_owned(),
            body: Pii::new(body),
            made_at: self.at,
            until,
        })
    }

    /// An event for the business's own server.
    pub fn event(&self, kind: &str, data: &impl Serialize) -> Option<Notice> {
        let event = json!({ "type": kind, "timestamp": self.at, "data": data });
        self.notice(Addressee::Webhook, kind, event.to_string(), self.at + EVENT_FOR)
    }

    /// A message in the business's chat.
    pub fn chat(&self, about: &str, words: String) -> Option<Notice> {
        self.notice(Addressee::Chat, about, words, self.at + WORDS_FOR)
    }

    /// A text message to an agent; it must hold nothing of the caller's but the number to call.
    pub fn text_to(&self, agent: &Agent, about: &str, words: String, until: Timestamp) -> Option<Notice> {
        self.notice(Addressee::AgentByText(agent.key.clone()), about, words, until)
    }

    /// A mail to an agent, where the profile has an address of theirs.
    pub fn mail_to(&self, agent: &Agent, subject: &str, words: String, until: Timestamp) -> Option<Notice> {
        agent.email.as_ref()?;
        self.notice(Addressee::AgentByMail(agent.key.clone()), subject, words, until)
    }

    /// All that is told when something happens to a promise.
    pub fn promise(&self, entry: &LedgerEntry, news: PromiseNews) -> Vec<Notice> {
        let until = match news {
            PromiseNews::DueSoon => entry.promise.due,
            PromiseNews::Created
            | PromiseNews::Overdue
            | PromiseNews::Escalated
            | PromiseNews::Reopened
            | PromiseNews::Kept
            | PromiseNews::Broken => self.at + WORDS_FOR,
        };
        let people = match news.circle() {
            Circle::Owners => owners(self.business, &entry.promise.owner),
            Circle::Leads => leads(self.business),
            Circle::Nobody => Vec::new(),
        };
        // A promise with time left is read soon enough in the mail.
        let by_text = news != PromiseNews::Created || entry.promise.urgency == Urgency::Urgent;
        let mut notices = Vec::from_iter(self.event(news.event(), entry));
        for agent in people {
            if by_text {
                notices.extend(self.text_to(agent, news.event(), self.short_words(entry, news), until));
            }
            notices.extend(self.mail_to(agent, news.subject(), self.long_words(entry, news), until));
        }
        match news {
            PromiseNews::Created | PromiseNews::Overdue | PromiseNews::Escalated | PromiseNews::Reopened => {
                notices.extend(self.chat(news.event(), self.long_words(entry, news)));
            }
            PromiseNews::DueSoon | PromiseNews::Kept | PromiseNews::Broken => {}
        }
        notices
    }

    /// What a caller who was asked whether it is resolved wrote instead of yes or no.
    pub fn wrote(&self, entry: &LedgerEntry, text: &str) -> Vec<Notice> {
        let kind = "promise.answered";
        let mut notices = Vec::from_iter(self.event(kind, &json!({ "promise": entry, "text": text })));
        let words = format!("The caller writes: {text}\n\n{}", self.details(entry));
        for agent in owners(self.business, &entry.promise.owner) {
            let subject = "A caller answers about a promise";
            notices.extend(self.mail_to(agent, subject, words.clone(), self.at + WORDS_FOR));
        }
        notices.extend(self.chat(kind, words));
        notices
    }

    /// For a telephone's screen, which others may see: the number to call, and nothing else of the caller's.
    fn short_words(&self, entry: &LedgerEntry, news: PromiseNews) -> String {
        let by = self.clock(entry.promise.due);
        let said = match news {
            PromiseNews::Created => format!("a caller was promised something by {by}, and it is urgent."),
            PromiseNews::DueSoon => format!("what a caller was promised is due by {by}."),
            PromiseNews::Overdue => format!("what a caller was promised by {by} is overdue."),
            PromiseNews::Escalated => {
                format!("what {} promised a caller by {by} is still open.", entry.promise.owner)
            }
            PromiseNews::Reopened => "a caller says that it is not resolved.".to_owned(),
            PromiseNews::Kept | PromiseNews::Broken => format!("what was promised by {by} is closed."),
        };
        let reach = match &entry.promise.callback {
            Some(number) => format!("Please call {}.", phone::written(number, &self.business.region)),
            None => "The caller left no number; the notes say what it is about.".to_owned(),
        };
        format!("{}: {said} {reach}", self.business.name)
    }

    fn long_words(&self, entry: &LedgerEntry, news: PromiseNews) -> String {
        format!("{}: {}\n\n{}", self.business.name, news.subject(), self.details(entry))
    }

    fn details(&self, entry: &LedgerEntry) -> String {
        let promise = &entry.promise;
        let urgent = match promise.urgency {
            Urgency::Urgent => " (urgent)",
            Urgency::Normal => "",
        };
        let number = match &promise.callback {
            Some(number) => phone::written(number, &self.business.region),
            None => "none".to_owned(),
        };
        let connected = match promise.state {
            PromiseState::Open if promise.callback.is_some() && promise.callback == entry.caller => {
                format!("To be connected from the business's line: calmline promises call {}\n", promise.id)
            }
            PromiseState::Open | PromiseState::Kept | PromiseState::Broken => String::new(),
        };
        format!(
            "{}\n\nOwner: {}\nDue: {}{urgent}\nNumber: {number}\nPromise: {}\nCall: {}\n{connected}",
            promise.what.expose(),
            promise.owner,
            self.clock(promise.due),
            promise.id,
            promise.call,
        )
    }

    fn clock(&self, at: Timestamp) -> String {
        at.to_zoned(self.business.time_zone.clone()).strftime("%a %-I:%M %p").to_string()
    }

    /// The note of a call that is over, for the business's own server.
    pub fn call_ended(&self, record: &CallRecord) -> Option<Notice> {
        let data = json!({
            "call": record.id,
            "business": record.business,
            "caller": record.caller,
            "started_at": record.started_at,
            "ended_at": record.ended_at,
            "cause": record.cause,
            "urgency": record.urgency,
            "note": record.note,
            "promises": record.promises,
        });
        self.event("call.ended", &data)
    }

    /// What was agreed, by text message to the caller: nothing where nothing was, or where it would not reach them and
    /// them alone.
    pub fn recap(&self, record: &CallRecord) -> Option<Notice> {
        let ended = record.ended_at.filter(|ended| self.at < *ended + RECAP_FOR)?;
        let promise = record.promises.last().filter(|promise| promise.state == PromiseState::Open)?;
        if !self.reaches_caller(record, promise.callback.as_ref()) {
            return None;
        }
        let permitted = permitted_by(self.business);
        let agreed = format!("{}.", capitalised(record.diagnosis.get(Aspect::NextStep)?.value.expose()));
        guard::check(&agreed, &permitted).ok()?;
        let trigger = record.diagnosis.get(Aspect::Trigger).map(|answer| answer.value.expose());
        let about = trigger.map(|trigger| format!("You called because {trigger}.")).filter(|about| {
            guard::objection(about, &trigger.cloned().into_iter().collect::<Vec<_>>(), &permitted).is_none()
        });
        let words = [
            Some(format!("Thank you for calling {}.", self.business.name)),
            about,
            Some(agreed),
            Some("Reply STOP to get no more texts.".to_owned()),
        ];
        let words: Vec<String> = words.into_iter().flatten().collect();
        self.notice(Addressee::CallerByText, "recap", words.join(" "), ended + RECAP_FOR)
    }

    /// Whether it is resolved, by text message to the caller.
    pub fn question(&self, record: &CallRecord, entry: &LedgerEntry) -> Option<Notice> {
        if entry.promise.state == PromiseState::Broken
            || !self.reaches_caller(record, entry.promise.callback.as_ref())
        {
            return None;
        }
        let day = record.started_at.to_zoned(self.business.time_zone.clone()).strftime("%A").to_string();
        let words = format!(
            "This is {} about your call on {day}. Is it fully resolved? Please reply YES or NO.",
            self.business.name
        );
        self.notice(Addressee::CallerByText, "resolved?", words, self.at + WORDS_FOR)
    }

    /// Whether the caller may be sent texts: the business wants it, the number they called from is the one they want to
    /// be reached on, and nobody is in danger who might look at their telephone.
    fn reaches_caller(&self, record: &CallRecord, callback: Option<&PhoneNumber>) -> bool {
        self.business.recap_to_caller
            && !record.was_in_danger()
            && callback.is_some()
            && callback == record.caller.as_ref()
    }
}

/// The agents who stand for the owner that callers were told; the leads where nobody does.
pub fn owners<'a>(business: &'a Business, owner: &str) -> Vec<&'a Agent> {
    let owners = standing_for(business, owner);
    if owners.is_empty() { leads(business) } else { owners }
}

/// The agents who stand for the owner that callers were told.
pub fn standing_for<'a>(business: &'a Business, owner: &str) -> Vec<&'a Agent> {
    let named = business.playbook.owners.iter().filter(|known| known.name == owner);
    let keys: Vec<&String> = named.map(|known| &known.key).collect();
    let stand = |agent: &&Agent| agent.owns.iter().any(|key| keys.contains(&key));
    business.agents.iter().filter(stand).collect()
}

/// The leads; everybody where the profile names none.
pub fn leads(business: &Business) -> Vec<&Agent> {
    let leads: Vec<&Agent> = business.agents.iter().filter(|agent| agent.lead).collect();
    if leads.is_empty() { business.agents.iter().collect() } else { leads }
}
