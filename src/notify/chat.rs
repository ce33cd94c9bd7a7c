use reqwest::{Client, StatusCode, Url};
use serde_json::json;

use super::{NotifyError, StartError, address, client, post};

/// Posts messages to a chat's incoming webhook, in the form that Slack introduced and others understand.
#[derive(Debug, Clone)]
pub struct Chat {
    client: Client,
    url: Url,
}

impl Chat {
    /// Prepares the sender; nothing is sent yet.
    ///
    /// # Errors
    /// When the address is none, or TLS cannot be set up.
    pub fn new(url: &str) -> Result<Self, StartError> {
        Ok(Self { client: client()?, url: address(url)? })
    }

    /// Posts a message once.
    ///
    /// # Errors
    /// When the chat does not answer with success.
    pub async fn send(&self, text: &str) -> Result<(), NotifyError> {
        let request = self.client.post(self.url.clone()).json(&json!({ "text": escaped(text) }));
        // What Slack answers for a message it cannot read, a webhook that is switched off, and one that is gone.
        let refusals =
            [StatusCode::BAD_REQUEST, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND, StatusCode::GONE];
        post(request, &refusals).await
    }
}

/// The three signs by which a chat tells its own marks, links and mentions from text.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_caller_said_cannot_become_a_mention_or_a_link() {
        assert_eq!(escaped("<!channel> a & b"), "&lt;!channel&gt; a &amp; b");
    }
}
