use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::timeout;

use super::{ATTEMPT, NotifyError, StartError};
use crate::domain::NoticeId;

/// SMTP's codes for what the account may do; a changed setting mends them, so they are no refusal of the message.
const ACCOUNT: std::ops::RangeInclusive<u16> = 530..=539;

/// Sends mail through an SMTP server.
#[derive(Debug, Clone)]
pub struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Through which server mail goes, and as whom.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// The server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// The sender, such as `calls@example.com` or `Calls <calls@example.com>`.
    pub from: String,
    /// The account on the server, where it wants one.
    pub login: Option<Login>,
}

/// How the connection to an SMTP server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// It begins in the clear and must be switched to TLS before anything is said.
    StartTls,
    /// TLS from the first byte.
    Implicit,
    /// Not at all: for a server on this machine.
    None,
}

/// An account on an SMTP server.
#[derive(Debug, Clone)]
pub struct Login {
    /// Its name.
    pub user: String,
    /// Its password; only ever from the environment.
    pub password: SecretString,
}

impl Mail {
    /// Prepares the sender; nothing is sent yet.
    ///
    /// # Errors
    /// When the sender's address is none, or TLS cannot be set up.
    pub fn new(settings: MailSettings) -> Result<Self, StartError> {
        let MailSettings { host, port, tls, from, login } = settings;
        let builder = match tls {
            Tls::StartTls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&host),
            Tls::Implicit => AsyncSmtpTransport::<Tokio1Executor>::relay(&host),
            Tls::None => Ok(AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&host)),
        };
        let mut builder = builder.map_err(|_| StartError::Tls)?.port(port).timeout(Some(ATTEMPT));
        if let Some(Login { user, password }) = login {
            builder = builder.credentials(Credentials::new(user, password.expose_secret().to_owned()));
        }
        let from = from.parse().map_err(|_| StartError::From)?;
        Ok(Self { transport: builder.build(), from })
    }

    /// Connects to the server, logs in where that is wanted, and sends nothing.
    ///
    /// # Errors
    /// When the server cannot be reached, does not protect the connection, or refuses the account.
    pub async fn try_out(&self) -> Result<(), NotifyError> {
        match timeout(ATTEMPT, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Err(error)) => Err(judge(&error)),
            Ok(Ok(false)) | Err(_) => Err(NotifyError::Unavailable),
        }
    }

    /// Sends a mail once; the id stays the same however often it is sent.
    ///
    /// # Errors
    /// When an address is none, or the server does not take the mail.
    pub async fn send(&self, id: NoticeId, to: &str, subject: &str, text: &str) -> Result<(), NotifyError> {
        let mail = Message::builder()
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .from(self.from.clone())
            .to(to.parse().map_err(|_| NotifyError::Unaddressable)?)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text.to_owned())
            .map_err(|_| NotifyError::Unaddressable)?;
        match timeout(ATTEMPT, self.transport.send(mail)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(judge(&error)),
            Err(_) => Err(NotifyError::Unavailable),
        }
    }
}

/// Only the code is kept: the server's words repeat addresses.
fn judge(error: &lettre::transport::smtp::Error) -> NotifyError {
    match error.status().map(u16::from) {
        Some(status) if error.is_permanent() && !ACCOUNT.contains(&status) => NotifyError::Refused { status },
        Some(status) => NotifyError::NotTaken { status, retry_after: None },
        None => NotifyError::Unavailable,
    }
}
