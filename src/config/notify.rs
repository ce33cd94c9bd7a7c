use serde::Deserialize;

use super::{text_or_none, web_address_or_none};

/// `[notify]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notify {
    /// Where signed events go.
    #[serde(deserialize_with = "web_address_or_none")]
    pub webhook_url: Option<String>,
    /// The chat's incoming webhook.
    #[serde(deserialize_with = "web_address_or_none")]
    pub chat_url: Option<String>,
    /// The mail server.
    pub mail: NotifyMail,
}

/// `[notify.mail]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotifyMail {
    /// The server's name; absent for no mail.
    #[serde(deserialize_with = "text_or_none")]
    pub host: Option<String>,
    /// Its port; 0 for the usual one.
    pub port: u16,
    /// How the connection is protected.
    pub tls: MailTls,
    /// The sender.
    #[serde(deserialize_with = "text_or_none")]
    pub from: Option<String>,
    /// The account on the server; absent where it wants none.
    #[serde(deserialize_with = "text_or_none")]
    pub user: Option<String>,
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// Switched to TLS before anything is said.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Implicit,
    /// Not at all.
    None,
}
