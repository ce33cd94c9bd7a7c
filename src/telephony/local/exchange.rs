use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Client, Response};
use secrecy::SecretString;

use super::carrier::Ending;
use super::instructions::{Verb, parse};
use crate::telephony::twilio::{PublicUrl, SIGNATURE_HEADER, sign};

/// How long the carrier waits for the answer to a webhook.
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(15);

/// What the simulated carrier needs to know of the server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The id of the server's account.
    pub account_sid: String,
    /// The secret of the account, with which requests are signed.
    pub auth_token: SecretString,
    /// The address under which the server believes to be reached, and which is signed.
    pub public_url: PublicUrl,
    /// Where it really listens.
    pub server: SocketAddr,
}

/// The way to the server's webhooks.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) settings: Settings,
    client: Client,
}

impl Exchange {
    pub(super) const fn new(settings: Settings, client: Client) -> Self {
        Self { settings, client }
    }

    /// Where to send what is addressed to the server; none if it is addressed elsewhere.
    pub(super) fn path<'a>(&self, url: &'a str, socket: bool) -> Option<&'a str> {
        let public = &self.settings.public_url;
        let base = if socket { public.socket("") } else { public.http("") };
        let path = url.split('#').next()?.strip_prefix(&base)?;
        path.starts_with('/').then_some(path)
    }

    /// Sends a signed webhook.
    pub(super) async fn post(&self, url: &str, fields: &[(String, String)]) -> Result<Response, Ending> {
        let settings = &self.settings;
        let path = self.path(url, false).ok_or(Ending::Unreachable)?;
        let signature = sign(&settings.auth_token, &settings.public_url.http(path), fields);
        self.client
            .post(format!("http://{}{path}", settings.server))
            .header(SIGNATURE_HEADER, signature)
            .timeout(WEBHOOK_TIMEOUT)
            .form(fields)
            .send()
            .await
            .map_err(|_| Ending::Unreachable)
    }

    /// Sends a signed webhook and reads the instructions that come back.
    pub(super) async fn ask(&self, url: &str, fields: &[(String, String)]) -> Result<Vec<Verb>, Ending> {
        let response = self.post(url, fields).await?;
        if !response.status().is_success() {
            return Err(Ending::WebhookRefused(response.status().as_u16()));
        }
        let twiml = response.text().await.map_err(|_| Ending::Unreachable)?;
        parse(&twiml).map_err(Ending::Instructions)
    }
}

/// A form's fields, owned.
pub(super) fn form(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
