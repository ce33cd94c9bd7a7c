use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use sha2::Sha256;

use super::{NotifyError, StartError, address, client, post};
use crate::domain::NoticeId;

/// Posts events as the Standard Webhooks specification 1.0.0 says, signed with a secret that both sides know.
#[derive(Debug, Clone)]
pub struct Webhook {
    client: Client,
    url: Url,
    secret: SigningSecret,
}

/// The secret of a webhook, as the specification writes it: `whsec_` and 24 to 64 bytes in base64.
#[derive(Clone)]
pub struct SigningSecret(SecretSlice<u8>);

impl SigningSecret {
    /// Reads the secret.
    ///
    /// # Errors
    /// When it is written in another way.
    pub fn parse(text: &SecretString) -> Result<Self, StartError> {
        let encoded = text.expose_secret().trim().strip_prefix("whsec_").ok_or(StartError::Secret)?;
        let key = STANDARD.decode(encoded).map_err(|_| StartError::Secret)?;
        (24..=64).contains(&key.len()).then(|| Self(key.into())).ok_or(StartError::Secret)
    }

    /// The signature of a body under an id at a moment in seconds since 1970, as `v1,…`.
    pub fn sign(&self, id: &str, at_s: i64, body: &str) -> String {
        let signed = format!("{id}.{at_s}.{body}");
        let mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).map(|mac| mac.chain_update(signed));
        match mac {
            Ok(mac) => format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())),
            Err(_) => unreachable!("HMAC takes keys of any length"),
        }
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl Webhook {
    /// Prepares the sender; nothing is sent yet.
    ///
    /// # Errors
    /// When the address is none, or TLS cannot be set up.
    pub fn new(url: &str, secret: SigningSecret) -> Result<Self, StartError> {
        Ok(Self { client: client()?, url: address(url)?, secret })
    }

    /// Posts an event, a JSON text, once. The id stays the same however often the event is sent; `at` is this attempt's
    /// moment.
    ///
    /// # Errors
    /// When the receiver does not answer with success.
    pub async fn send(&self, id: NoticeId, event: &str, at: Timestamp) -> Result<(), NotifyError> {
        let id = id.to_string();
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-signature", self.secret.sign(&id, at.as_second(), event))
            .header("webhook-timestamp", at.as_second())
            .header("webhook-id", id)
            .body(event.to_owned());
        // By the specification every other failure may pass.
        post(request, &[StatusCode::GONE]).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_reference_libraries() {
        let secret = SigningSecret::parse(&"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()).unwrap();
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_that_is_none_is_refused_and_one_that_is_never_shown() {
        for text in [
            "",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_",
            "whsec_AAAA",
            "whsec_not base64 at all, is it?",
        ] {
            assert_eq!(SigningSecret::parse(&text.into()).err(), Some(StartError::Secret), "{text}");
        }
        let secret = SigningSecret::parse(&"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into());
        assert_eq!(format!("{secret:?}"), "Ok([secret])");
    }
}
