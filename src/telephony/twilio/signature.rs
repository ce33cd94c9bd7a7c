use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{Form, PublicUrl};

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "X-Twilio-Signature";

/// Checks that a request comes from the carrier, by the account's secret and the address it was sent to.
///
/// The method is the one of Twilio's page "Security": HMAC-SHA1 over the full public address and the sorted form
/// fields, compared in constant time.
#[derive(Debug, Clone)]
pub struct Verifier {
    auth_token: SecretString,
    public_url: PublicUrl,
}

/// Says why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There was no signature.
    #[error("the request carries no {SIGNATURE_HEADER}")]
    Missing,
    /// The signature belongs to another secret, address or content.
    #[error("the {SIGNATURE_HEADER} does not fit the request; check the auth token and the public URL")]
    Wrong,
}

impl Verifier {
    /// Makes a verifier for requests that the carrier sends to `public_url`.
    pub const fn new(auth_token: SecretString, public_url: PublicUrl) -> Self {
        Self { auth_token, public_url }
    }

    /// Checks a form-encoded webhook that arrived at `path_and_query` (as seen by this server, or absolute).
    ///
    /// # Errors
    /// When the signature is missing or does not fit.
    pub fn verify_form(
        &self,
        path_and_query: &str,
        form: &Form,
        signature: Option<&str>,
    ) -> Result<(), SignatureError> {
        self.verify(&self.http_address(path_and_query), form.fields(), signature)
    }

    /// Checks a webhook with another body, such as JSON, whose digest is in the query as `bodySHA256`.
    ///
    /// # Errors
    /// When the signature is missing, or it or the digest does not fit.
    pub fn verify_body(
        &self,
        path_and_query: &str,
        body: &[u8],
        signature: Option<&str>,
    ) -> Result<(), SignatureError> {
        self.verify(&self.http_address(path_and_query), &[], signature)?;
        let query = path_and_query.split_once('?').map_or("", |(_, query)| query);
        let claimed = form_urlencoded::parse(query.as_bytes())
            .find_map(|(name, value)| (name == "bodySHA256").then_some(value))
            .ok_or(SignatureError::Wrong)?;
        let digest: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        let same: bool = digest.as_bytes().ct_eq(claimed.to_ascii_lowercase().as_bytes()).into();
        if same { Ok(()) } else { Err(SignatureError::Wrong) }
    }

    /// Checks the request that opens a media socket, which the carrier signs over its `wss://` address.
    ///
    /// # Errors
    /// When the signature is missing or does not fit.
    pub fn verify_upgrade(
        &self,
        path_and_query: &str,
        signature: Option<&str>,
    ) -> Result<(), SignatureError> {
        let address = if is_absolute(path_and_query) {
            path_and_query.to_owned()
        } else {
            self.public_url.socket(path_and_query)
        };
        self.verify(&address, &[], signature)
    }

    fn http_address(&self, path_and_query: &str) -> String {
        if is_absolute(path_and_query) {
            path_and_query.to_owned()
        } else {
            self.public_url.http(path_and_query)
        }
    }

    fn verify(
        &self,
        address: &str,
        fields: &[(String, String)],
        signature: Option<&str>,
    ) -> Result<(), SignatureError> {
        let signature = signature.ok_or(SignatureError::Missing)?;
        // Every spelling is computed, so that the time taken does not tell which one fitted.
        let fits = spellings(address).iter().fold(false, |fits, spelling| {
            let expected = sign(&self.auth_token, spelling, fields);
            let same: bool = expected.as_bytes().ct_eq(signature.as_bytes()).into();
            fits | same
        });
        if fits { Ok(()) } else { Err(SignatureError::Wrong) }
    }
}

/// Signs a request as the carrier does: base64 of HMAC-SHA1 over the address and each field's name and value,
/// sorted, duplicates once.
pub fn sign(auth_token: &SecretString, address: &str, fields: &[(String, String)]) -> String {
    let mut sorted: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    sorted.sort_unstable();
    sorted.dedup();
    #[expect(clippy::expect_used, reason = "an HMAC takes a key of any length")]
    let mut mac =
        Hmac::<Sha1>::new_from_slice(auth_token.expose_secret().as_bytes()).expect("any length will do");
    mac.update(address.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

fn is_absolute(address: &str) -> bool {
    !address.starts_with('/') && address.contains("://")
}

/// The address as given, without its port, and with the default port where it has none: the carrier writes it
/// in any of these ways.
fn spellings(address: &str) -> [String; 3] {
    let given = address.to_owned();
    let Some((scheme, rest)) = address.split_once("://") else {
        return [given.clone(), given.clone(), given];
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let port_at = authority.rfind(':').filter(|at| !authority[*at..].contains(']'));
    let host = port_at.map_or(authority, |at| &authority[..at]);
    let default_port = if matches!(scheme, "https" | "wss") { 443 } else { 80 };
    let with_port = match port_at {
        Some(_) => given.clone(),
        None => format!("{scheme}://{host}:{default_port}{path}"),
    };
    [given, format!("{scheme}://{host}{path}"), with_port]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PATH: &str = "/myapp.php?foo=1&bar=2";
    const CALL: &str =
        "CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212&Caller=%2B14158675309";

    fn verifier(public_url: &str) -> Verifier {
        Verifier::new(SecretString::from("12345"), public_url.parse().unwrap())
    }

    fn form(body: &str) -> Form {
        Form::parse(body.as_bytes()).unwrap()
    }

    #[test]
    fn the_published_signature_of_a_call_is_accepted() {
        let verifier = verifier("https://mycompany.com");
        assert_eq!(verifier.verify_form(PATH, &form(CALL), Some("RSOYDt4T1cUTdK1PDd93/VVr8B8=")), Ok(()));
    }

    #[test]
    fn the_published_signature_of_a_form_with_a_duplicated_field_is_accepted() {
        let verifier = verifier("https://mycompany.com");
        let fields = form("Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=5678");
        assert_eq!(verifier.verify_form(PATH, &fields, Some("IK+Dwps556ElfBT0I3Rgjkr1wJU=")), Ok(()));
    }

    #[test]
    fn the_published_signatures_over_a_default_port_are_accepted_with_and_without_it_configured() {
        for (url, signature) in [
            ("https://mycompany.com", "kvajT1Ptam85bY51eRf/AJRuM3w="),
            ("https://mycompany.com:443", "kvajT1Ptam85bY51eRf/AJRuM3w="),
            ("https://mycompany.com:443", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
            ("http://mycompany.com", "0ZXoZLH/DfblKGATFgpif+LLRf4="),
            ("http://mycompany.com:80", "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        ] {
            assert_eq!(verifier(url).verify_form(PATH, &form(CALL), Some(signature)), Ok(()), "{url}");
        }
    }

    #[test]
    fn the_published_signature_of_a_json_body_is_accepted_and_another_body_is_not() {
        let verifier = verifier("https://mycompany.com");
        let body = br#"{"property": "value", "boolean": true}"#;
        let digest = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
        let path = format!("{PATH}&bodySHA256={digest}");
        let signature = Some("a9nBmqA0ju/hNViExpshrM61xv4=");
        assert_eq!(verifier.verify_body(&path, body, signature), Ok(()));
        assert_eq!(verifier.verify_body(&path, b"{}", signature), Err(SignatureError::Wrong));
        let signed_without_digest = sign(&SecretString::from("12345"), "https://mycompany.com/json", &[]);
        assert_eq!(
            verifier.verify_body("/json", body, Some(&signed_without_digest)),
            Err(SignatureError::Wrong)
        );
    }

    #[test]
    fn an_absolute_address_is_taken_as_it_is() {
        let verifier = verifier("https://elsewhere.example");
        let address = format!("https://mycompany.com{PATH}");
        assert_eq!(verifier.verify_form(&address, &form(CALL), Some("RSOYDt4T1cUTdK1PDd93/VVr8B8=")), Ok(()));
    }

    #[test]
    fn a_missing_signature_is_told_from_a_wrong_one() {
        let verifier = verifier("https://mycompany.com");
        assert_eq!(verifier.verify_form(PATH, &form(CALL), None), Err(SignatureError::Missing));
        assert_eq!(verifier.verify_form(PATH, &form(CALL), Some("")), Err(SignatureError::Wrong));
        assert_eq!(verifier.verify_upgrade("/twilio/stream", None), Err(SignatureError::Missing));
    }

    #[test]
    fn a_socket_is_signed_over_its_own_scheme() {
        let verifier = verifier("https://voice.example.com");
        let token = SecretString::from("12345");
        for (address, outcome) in [
            ("wss://voice.example.com/twilio/stream", Ok(())),
            ("wss://voice.example.com:443/twilio/stream", Ok(())),
            ("https://voice.example.com/twilio/stream", Err(SignatureError::Wrong)),
            ("wss://voice.example.com/twilio/other", Err(SignatureError::Wrong)),
        ] {
            let signature = sign(&token, address, &[]);
            assert_eq!(verifier.verify_upgrade("/twilio/stream", Some(&signature)), outcome, "{address}");
        }
    }

    #[test]
    fn an_ipv6_host_keeps_its_colons() {
        assert_eq!(
            spellings("http://[::1]:8080/x"),
            ["http://[::1]:8080/x", "http://[::1]/x", "http://[::1]:8080/x"]
        );
        assert_eq!(spellings("http://[::1]/x")[2], "http://[::1]:80/x");
    }

    proptest! {
        #[test]
        fn what_was_signed_is_accepted_and_any_tampering_is_refused(
            mut fields in prop::collection::vec(("[A-Za-z]{1,8}", ".{0,12}"), 1..6),
            token in "[a-f0-9]{1,80}",
            changed in any::<prop::sample::Index>(),
        ) {
            let secret = SecretString::from(token.clone());
            let verifier = Verifier::new(secret.clone(), "https://voice.example.com".parse().unwrap());
            let encode = |fields: &[(String, String)]| {
                form(&form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish())
            };
            let signature = sign(&secret, "https://voice.example.com/twilio/voice", &fields);
            let check = |path: &str, fields: &[(String, String)], signature: &str| {
                verifier.verify_form(path, &encode(fields), Some(signature))
            };
            prop_assert_eq!(check("/twilio/voice", &fields, &signature), Ok(()));
            prop_assert_eq!(check("/twilio/voice?x=1", &fields, &signature), Err(SignatureError::Wrong));
            let other = sign(&SecretString::from(format!("{token}0")), "https://voice.example.com/twilio/voice", &fields);
            prop_assert_eq!(check("/twilio/voice", &fields, &other), Err(SignatureError::Wrong));
            let index = changed.index(fields.len());
            fields[index].1.push('!');
            prop_assert_eq!(check("/twilio/voice", &fields, &signature), Err(SignatureError::Wrong));
        }
    }
}
