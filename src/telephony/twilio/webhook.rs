use std::fmt;
use std::str::FromStr;

use crate::domain::PhoneNumber;

const MAX_FIELDS: usize = 256;

/// The fields of a form-encoded webhook, decoded, in the order in which they came.
#[derive(Clone, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

/// Says why a webhook cannot be used; it names the field, never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// A field that every such webhook has is missing or empty.
    #[error("the webhook has no {0}")]
    Missing(&'static str),
    /// A field is not of the form it must have.
    #[error("the webhook's {0} is malformed")]
    Malformed(&'static str),
    /// No genuine webhook has that many fields.
    #[error("the webhook has more than {MAX_FIELDS} fields")]
    TooManyFields,
}

/// The carrier's id of a call (`CA…`): letters and digits only, so that it is safe in an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallSid(String);

/// A call that has come in and waits to be told what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingCall {
    /// The carrier's id of the call.
    pub call_sid: CallSid,
    /// The account it came in on.
    pub account_sid: String,
    /// Who calls; absent when withheld or no telephone number.
    pub from: Option<PhoneNumber>,
    /// The line that was reached; absent when it is no telephone number.
    pub to: Option<PhoneNumber>,
    /// The line that was dialled, when it forwards to `to` and the network says so.
    pub forwarded_from: Option<PhoneNumber>,
    /// Where the call stands.
    pub status: CallStatus,
}

/// News of a call's progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusCallback {
    /// The carrier's id of the call.
    pub call_sid: CallSid,
    /// Where the call stands.
    pub status: CallStatus,
    /// How long it lasted, in seconds, once it is over.
    pub duration_s: Option<u32>,
    /// The place of this news among all of the call's; they can arrive out of order.
    pub sequence: Option<u32>,
}

/// Where a call stands with the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallStatus {
    /// Waits to be dialled.
    Queued,
    /// Is being dialled.
    Initiated,
    /// Rings.
    Ringing,
    /// Was answered.
    InProgress,
    /// Was answered and is over.
    Completed,
    /// Met a busy line.
    Busy,
    /// Could not be connected.
    Failed,
    /// Was not answered.
    NoAnswer,
    /// Was given up before it was answered.
    Canceled,
}

impl CallStatus {
    /// Whether nothing more happens in the call.
    pub const fn is_over(self) -> bool {
        match self {
            Self::Completed | Self::Busy | Self::Failed | Self::NoAnswer | Self::Canceled => true,
            Self::Queued | Self::Initiated | Self::Ringing | Self::InProgress => false,
        }
    }
}

impl Form {
    /// Decodes a form body.
    ///
    /// # Errors
    /// When it has more fields than any genuine webhook.
    pub fn parse(body: &[u8]) -> Result<Self, WebhookError> {
        let fields: Vec<_> = form_urlencoded::parse(body).take(MAX_FIELDS + 1).collect();
        if fields.len() > MAX_FIELDS {
            return Err(WebhookError::TooManyFields);
        }
        Ok(Self(fields.into_iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()))
    }

    /// All fields, duplicates included.
    pub fn fields(&self) -> &[(String, String)] {
        &self.0
    }

    /// The first value of a field, unless it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(field, _)| field == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    pub(super) fn require(&self, name: &'static str) -> Result<&str, WebhookError> {
        self.get(name).ok_or(WebhookError::Missing(name))
    }

    pub(super) fn parsed<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, WebhookError> {
        self.get(name).map(|value| value.parse().map_err(|_| WebhookError::Malformed(name))).transpose()
    }

    pub(super) fn call_sid(&self) -> Result<CallSid, WebhookError> {
        self.require("CallSid")?;
        self.parsed("CallSid")?.ok_or(WebhookError::Missing("CallSid"))
    }

    pub(super) fn call_status(&self) -> Result<CallStatus, WebhookError> {
        self.parsed("CallStatus")?.ok_or(WebhookError::Missing("CallStatus"))
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl IncomingCall {
    /// Reads the call from its webhook.
    ///
    /// # Errors
    /// When `CallSid`, `AccountSid`, `To` or `CallStatus` is missing, or an id or the status is malformed. A caller's
    /// number that cannot be read is no error: it counts as withheld.
    pub fn parse(form: &Form) -> Result<Self, WebhookError> {
        Ok(Self {
            call_sid: form.call_sid()?,
            account_sid: sid(form.require("AccountSid")?).ok_or(WebhookError::Malformed("AccountSid"))?,
            from: form.get("From").and_then(number),
            to: number(form.require("To")?),
            forwarded_from: form.get("ForwardedFrom").and_then(number),
            status: form.call_status()?,
        })
    }
}

impl StatusCallback {
    /// Reads the news from its webhook.
    ///
    /// # Errors
    /// When `CallSid` or `CallStatus` is missing, or any of the fields is malformed.
    pub fn parse(form: &Form) -> Result<Self, WebhookError> {
        Ok(Self {
            call_sid: form.call_sid()?,
            status: form.call_status()?,
            duration_s: form.parsed("CallDuration")?,
            sequence: form.parsed("SequenceNumber")?,
        })
    }
}

impl CallSid {
    /// The id itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CallSid {
    type Err = WebhookError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        sid(text).map(Self).ok_or(WebhookError::Malformed("CallSid"))
    }
}

impl fmt::Display for CallSid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl CallStatus {
    /// Whether the call is over for good.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Queued | Self::Initiated | Self::Ringing | Self::InProgress => false,
            Self::Completed | Self::Busy | Self::Failed | Self::NoAnswer | Self::Canceled => true,
        }
    }

    /// The carrier's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Initiated => "initiated",
            Self::Ringing => "ringing",
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
            Self::Busy => "busy",
            Self::Failed => "failed",
            Self::NoAnswer => "no-answer",
            Self::Canceled => "canceled",
        }
    }
}

impl FromStr for CallStatus {
    type Err = WebhookError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [
            Self::Queued,
            Self::Initiated,
            Self::Ringing,
            Self::InProgress,
            Self::Completed,
            Self::Busy,
            Self::Failed,
            Self::NoAnswer,
            Self::Canceled,
        ]
        .into_iter()
        .find(|status| status.as_str() == text)
        .ok_or(WebhookError::Malformed("CallStatus"))
    }
}

pub(super) fn sid(text: &str) -> Option<String> {
    let fits = (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| text.to_owned())
}

/// Reads the telephone number out of `From`, `To` or `ForwardedFrom`: a bare number, or the user of a SIP address.
/// Words such as `anonymous`, and the keypad spellings that networks send in their place, are no numbers.
pub(super) fn number(text: &str) -> Option<PhoneNumber> {
    // ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE, as typed on a keypad.
    const WITHHELD: [&str; 5] = ["+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"];
    let user = ["sip:", "sips:", "tel:"]
        .into_iter()
        .find_map(|scheme| text.get(..scheme.len()).filter(|head| head.eq_ignore_ascii_case(scheme)))
        .map_or(text, |scheme| &text[scheme.len()..]);
    let bare = user.split(['@', ';']).next().unwrap_or(user);
    PhoneNumber::parse(bare).ok().filter(|number| !WITHHELD.contains(&number.expose()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CALL: &str = "CallSid=CA00000000000000000000000000000001&AccountSid=AC00000000000000000000000000000001\
        &From=%2B14155550142&To=%2B12125550100&CallStatus=ringing&Direction=inbound&ForwardedFrom=%2B12125550199";

    fn incoming(body: &str) -> Result<IncomingCall, WebhookError> {
        IncomingCall::parse(&Form::parse(body.as_bytes()).unwrap())
    }

    fn with(name: &str, value: &str) -> IncomingCall {
        let mut fields = Form::parse(CALL.as_bytes()).unwrap();
        fields.0.retain(|(field, _)| field != name);
        fields.0.push((name.to_owned(), value.to_owned()));
        IncomingCall::parse(&fields).unwrap()
    }

    fn exposed(number: Option<&PhoneNumber>) -> Option<&str> {
        number.map(PhoneNumber::expose)
    }

    #[test]
    fn a_forwarded_call_is_read_whole() {
        let call = incoming(CALL).unwrap();
        assert_eq!(call.call_sid.as_str(), "CA00000000000000000000000000000001");
        assert_eq!(call.account_sid, "AC00000000000000000000000000000001");
        assert_eq!(exposed(call.from.as_ref()), Some("+14155550142"));
        assert_eq!(exposed(call.to.as_ref()), Some("+12125550100"));
        assert_eq!(exposed(call.forwarded_from.as_ref()), Some("+12125550199"));
        assert_eq!(call.status, CallStatus::Ringing);
    }

    #[test]
    fn a_withheld_number_is_no_number() {
        for from in [
            "anonymous",
            "Anonymous",
            "restricted",
            "withheld",
            "unknown",
            "",
            "+266696687",
            "+7378742833",
            "+464",
        ] {
            assert_eq!(with("From", from).from, None, "{from}");
        }
    }

    #[test]
    fn a_sip_address_yields_the_number_in_it_and_a_client_yields_none() {
        for from in
            ["sip:+14155550142@gateway.example;user=phone", "SIP:+14155550142@x", "tel:+1-415-555-0142"]
        {
            assert_eq!(exposed(with("From", from).from.as_ref()), Some("+14155550142"), "{from}");
        }
        assert_eq!(with("From", "client:alice").from, None);
        assert_eq!(with("To", "sip:frontdesk@office.example").to, None);
    }

    #[test]
    fn what_is_missing_or_malformed_is_named() {
        for (body, error) in [
            ("", WebhookError::Missing("CallSid")),
            ("CallSid=CA1%2F..&AccountSid=AC1&To=%2B12125550100", WebhookError::Malformed("CallSid")),
            ("CallSid=CA1&To=%2B12125550100", WebhookError::Missing("AccountSid")),
            ("CallSid=CA1&AccountSid=A+C&To=%2B12125550100", WebhookError::Malformed("AccountSid")),
            ("CallSid=CA1&AccountSid=AC1", WebhookError::Missing("To")),
            ("CallSid=CA1&AccountSid=AC1&To=%2B12125550100", WebhookError::Missing("CallStatus")),
            (
                "CallSid=CA1&AccountSid=AC1&To=%2B12125550100&CallStatus=x",
                WebhookError::Malformed("CallStatus"),
            ),
        ] {
            assert_eq!(incoming(body), Err(error), "{body}");
        }
        let many = "a=b&".repeat(1000);
        assert_eq!(Form::parse(many.as_bytes()), Err(WebhookError::TooManyFields));
    }

    #[test]
    fn a_status_callback_is_read() {
        let read = |body: &str| StatusCallback::parse(&Form::parse(body.as_bytes()).unwrap());
        let news = read("CallSid=CA1&CallStatus=no-answer&CallDuration=0&SequenceNumber=3").unwrap();
        assert_eq!((news.status, news.duration_s, news.sequence), (CallStatus::NoAnswer, Some(0), Some(3)));
        assert!(news.status.is_final());
        assert_eq!(read("CallSid=CA1&CallStatus=completed").unwrap().duration_s, None);
        assert_eq!(
            read("CallSid=CA1&CallStatus=completed&CallDuration=long"),
            Err(WebhookError::Malformed("CallDuration"))
        );
    }

    #[test]
    fn nothing_personal_is_in_the_debug_output() {
        let form = Form::parse(CALL.as_bytes()).unwrap();
        let shown = format!("{form:?} {:?}", IncomingCall::parse(&form));
        assert!(!shown.contains("555"), "{shown}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn no_body_makes_it_panic_and_every_refusal_names_a_field(
            bytes in prop::collection::vec(any::<u8>(), 0..400),
            cut in 0..CALL.len(),
            noise in ".{0,20}",
        ) {
            let broken = format!("{}{noise}{}", &CALL[..cut], &CALL[cut..]);
            for body in [bytes.as_slice(), &CALL.as_bytes()[..cut], broken.as_bytes()] {
                let Ok(form) = Form::parse(body) else { continue };
                if let Err(error) = IncomingCall::parse(&form) {
                    prop_assert!(error.to_string().starts_with("the webhook"));
                }
                let _ = StatusCallback::parse(&form);
            }
        }
    }
}
