use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AgentKey, BusinessId, CallId, NoticeId, Pii};

/// A way to reach somebody outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A text message to a telephone.
    Text,
    /// A mail.
    Mail,
    /// A signed request to the business's own server.
    Webhook,
    /// A message in the business's chat.
    Chat,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 4] = [Self::Text, Self::Mail, Self::Webhook, Self::Chat];

    /// Its name, such as `webhook`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Mail => "mail",
            Self::Webhook => "webhook",
            Self::Chat => "chat",
        }
    }
}

/// Who is told.
///
/// It holds neither number nor address: those come from the profile, the configuration and the carrier's word about
/// who called, so nothing that anybody says or sends can become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressee {
    /// The caller, by text message to the number they called from.
    CallerByText,
    /// An agent, by text message to the number in the profile.
    AgentByText(AgentKey),
    /// An agent, by mail to the address in the profile.
    AgentByMail(AgentKey),
    /// The configured webhook.
    Webhook,
    /// The configured chat.
    Chat,
}

impl Addressee {
    /// The way it goes.
    pub const fn channel(&self) -> Channel {
        match self {
            Self::CallerByText | Self::AgentByText(_) => Channel::Text,
            Self::AgentByMail(_) => Channel::Mail,
            Self::Webhook => Channel::Webhook,
            Self::Chat => Channel::Chat,
        }
    }

    /// The agent, where it is one.
    pub const fn agent(&self) -> Option<&AgentKey> {
        match self {
            Self::AgentByText(agent) | Self::AgentByMail(agent) => Some(agent),
            Self::CallerByText | Self::Webhook | Self::Chat => None,
        }
    }
}

/// Something to be told to somebody outside, kept until it has been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its id; of two for the same receiver the smaller one is sent first.
    pub id: NoticeId,
    /// Of which business.
    pub business: BusinessId,
    /// About which call.
    pub call: CallId,
    /// To whom.
    pub to: Addressee,
    /// What it is about, without anything personal: an event's type, a mail's subject.
    pub about: String,
    /// The message, or an event as JSON.
    pub body: Pii<String>,
    /// When it was written.
    pub made_at: Timestamp,
    /// After this it is worth nothing and is not sent any more.
    pub until: Timestamp,
}

/// Where a notice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeState {
    /// To be sent.
    Waiting,
    /// Taken by its receiver.
    Sent,
    /// Given up: refused, or not taken in time.
    Dead,
}
