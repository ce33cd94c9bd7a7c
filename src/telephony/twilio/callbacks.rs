use std::fmt;
use std::str::FromStr;

use super::webhook::{number, sid};
use super::{CallSid, CallStatus, Form, WebhookError};
use crate::domain::{Digit, PhoneNumber, Pii};

/// What an agent did when asked for a key, or that they did nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathered {
    /// The carrier's id of the agent's leg.
    pub call_sid: CallSid,
    /// The key that was pressed.
    pub digit: Option<Digit>,
    /// What was said, as the carrier understood it.
    pub words: Option<Pii<String>>,
}

/// What an agent wants, by the key they pressed. Only a key takes a call: a machine's greeting may say anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentChoice {
    /// To take the call: 1.
    Accept,
    /// Not to take it: 2.
    Decline,
    /// To hear the briefing again: 9, or a word such as "again".
    Again,
    /// Another key, or other words.
    Unclear,
    /// Neither a key nor a word.
    Nothing,
}

/// News of who or what answered a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineCallback {
    /// The carrier's id of the leg.
    pub call_sid: CallSid,
    /// Who or what.
    pub answered_by: AnsweredBy,
}

/// Who or what answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnsweredBy {
    /// A person.
    Human,
    /// A machine whose greeting has begun.
    MachineStart,
    /// A machine that has beeped.
    MachineEndBeep,
    /// A machine that has fallen silent.
    MachineEndSilence,
    /// A machine whose greeting has ended in some other way.
    MachineEndOther,
    /// A fax.
    Fax,
    /// Nobody knows.
    Unknown,
}

/// How the ringing of a number from a leg, or the talk that came of it, ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialEnded {
    /// The carrier's id of the leg that was to be connected.
    pub call_sid: CallSid,
    /// How it ended at the number that was rung; completed if the two were connected.
    pub status: CallStatus,
    /// How long they were connected, in seconds.
    pub talked_s: u32,
}

/// News of a conference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConferenceCallback {
    /// The carrier's id of the conference, which announcements and its end need.
    pub conference_sid: ConferenceSid,
    /// The name that its participants were given for it.
    pub name: String,
    /// What happened.
    pub event: ConferenceEvent,
    /// The leg of who came or left.
    pub call_sid: Option<CallSid>,
    /// Which side came or left.
    pub participant: Option<Participant>,
    /// The place of this news among all of the conference's; they can arrive out of order.
    pub sequence: Option<u32>,
}

/// What happens in a conference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConferenceEvent {
    /// Two are in it and hear each other.
    Start,
    /// It is over.
    End,
    /// Somebody has come in.
    Join,
    /// Somebody has left.
    Leave,
    /// Something that nobody asked to be told of.
    Other,
}

/// A side of a conference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Participant {
    /// The caller.
    Caller,
    /// The agent.
    Agent,
}

/// The carrier's id of a conference (`CF…`): letters and digits only, so that it is safe in an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ConferenceSid(String);

/// A text message that has come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingMessage {
    /// The carrier's id of the message, the same each time it is delivered.
    pub message_sid: String,
    /// Who sent it; absent when that is no telephone number, such as a short code or a name.
    pub from: Option<PhoneNumber>,
    /// The line it was sent to; absent when that is no telephone number.
    pub to: Option<PhoneNumber>,
    /// The words; empty for a picture alone.
    pub body: Pii<String>,
}

impl Gathered {
    /// Reads what was gathered from its webhook.
    ///
    /// # Errors
    /// When `CallSid` is missing or malformed, or `Digits` does not begin with a key.
    pub fn parse(form: &Form) -> Result<Self, WebhookError> {
        let key = form.get("Digits").and_then(|keys| keys.chars().next());
        let digit = key.map(|key| Digit::new(key).ok_or(WebhookError::Malformed("Digits"))).transpose()?;
        Ok(Self {
            call_sid: form.call_sid()?,
            digit,
            words: form.get("SpeechResult").map(Pii::<String>::from),
        })
    }

    /// What the agent wants.
    pub fn choice(&self) -> AgentChoice {
        match (self.digit.map(Digit::as_char), &self.words) {
            (Some('1'), _) => AgentChoice::Accept,
            (Some('2'), _) => AgentChoice::Decline,
            (Some('9'), _) => AgentChoice::Again,
            (Some(_), _) => AgentChoice::Unclear,
            (None, Some(words)) if asks_again(words.expose()) => AgentChoice::Again,
            (None, Some(_)) => AgentChoice::Unclear,
            (None, None) => AgentChoice::Nothing,
        }
    }
}

fn asks_again(words: &str) -> bool {
    let again = ["again", "repeat", "pardon"];
    words
        .split(|character: char| !character.is_alphabetic())
        .any(|word| again.iter().any(|other| word.eq_ignore_ascii_case(other)))
}

impl MachineCallback {
    /// Reads the news from its webhook.
    ///
    /// # Errors
    /// When `CallSid` or `AnsweredBy` is missing or malformed.
    pub fn parse(form: &Form) -> Result<Self, WebhookError> {
        form.require("AnsweredBy")?;
        let answered_by = form.parsed("AnsweredBy")?.ok_or(WebhookError::Missing("AnsweredBy"))?;
        Ok(Self { call_sid: form.call_sid()?, answered_by })
    }
}

impl DialEnded {
    /// Reads how it ended from its webhook.
    ///
    /// # Errors
    /// When `CallSid` or `DialCallStatus` is missing or malformed, or `DialCallDuration` is no number.
    pub fn parse(form: &Form) -> Result<Self, WebhookError> {
        form.require("DialCallStatus")?;
        Ok(Self {
            call_sid: form.call_sid()?,
            status: form.parsed("DialCallStatus")?.ok_or(WebhookError::Missing("DialCallStatus"))?,
            talked_s: form.parsed("DialCallDuration")?.unwrap_or(0),
        })
    }
}

impl AnsweredBy {
    /// Whether it is certainly no person. What nobody knows may be one, and has a key to press.
    pub const fn is_machine(self) -> bool {
        match self {
            Self::Human | Self::Unknown => false,
            Self::MachineStart
            | Self::MachineEndBeep
            | Self::MachineEndSilence
            | Self::MachineEndOther
            | Self::Fax => true,
        }
    }

    /// The carrier's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::MachineStart => "machine_start",
            Self::MachineEndBeep => "machine_end_beep",
            Self::MachineEndSilence => "machine_end_silence",
            Self::MachineEndOther => "machine_end_other",
            Self::Fax => "fax",
            Self::Unknown => "unknown",
        }
    }
}

impl FromStr for AnsweredBy {
    type Err = WebhookError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [
            Self::Human,
            Self::MachineStart,
            Self::MachineEndBeep,
            Self::MachineEndSilence,
            Self::MachineEndOther,
            Self::Fax,
            Self::Unknown,
        ]
        .into_iter()
        .find(|answered_by| answered_by.as_str() == text)
        .ok_or(WebhookError::Malformed("AnsweredBy"))
    }
}

impl ConferenceCallback {
    /// Reads the news from its webhook.
    ///
    /// # Errors
    /// When `ConferenceSid`, `FriendlyName` or `StatusCallbackEvent` is missing, or an id or number is malformed.
    pub fn parse(form: &Form) -> Result<Self, WebhookError> {
        form.require("ConferenceSid")?;
        Ok(Self {
            conference_sid: form.parsed("ConferenceSid")?.ok_or(WebhookError::Missing("ConferenceSid"))?,
            name: form.require("FriendlyName")?.to_owned(),
            event: ConferenceEvent::from_name(form.require("StatusCallbackEvent")?),
            call_sid: form.parsed("CallSid")?,
            participant: form.get("ParticipantLabel").and_then(Participant::from_label),
            sequence: form.parsed("SequenceNumber")?,
        })
    }
}

impl ConferenceEvent {
    fn from_name(name: &str) -> Self {
        match name {
            "conference-start" => Self::Start,
            "conference-end" => Self::End,
            "participant-join" => Self::Join,
            "participant-leave" => Self::Leave,
            _ => Self::Other,
        }
    }
}

impl Participant {
    /// The label under which this side is known to the carrier.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Agent => "agent",
        }
    }

    fn from_label(label: &str) -> Option<Self> {
        [Self::Caller, Self::Agent].into_iter().find(|side| side.as_str() == label)
    }
}

impl ConferenceSid {
    /// The id itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ConferenceSid {
    type Err = WebhookError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        sid(text).map(Self).ok_or(WebhookError::Malformed("ConferenceSid"))
    }
}

impl fmt::Display for ConferenceSid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl IncomingMessage {
    /// Reads the message from its webhook.
    ///
    /// # Errors
    /// When `MessageSid`, `From` or `To` is missing, or the id is malformed.
    pub fn parse(form: &Form) -> Result<Self, WebhookError> {
        Ok(Self {
            message_sid: sid(form.require("MessageSid")?).ok_or(WebhookError::Malformed("MessageSid"))?,
            from: number(form.require("From")?),
            to: number(form.require("To")?),
            body: form.get("Body").unwrap_or_default().into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CONFERENCE: &str = "ConferenceSid=CF0000000000000000000000000000000a&FriendlyName=0193-a&AccountSid=AC1\
        &SequenceNumber=2&Timestamp=Thu%2C+1+Jun+2017+20%3A48%3A32+%2B0000&StatusCallbackEvent=participant-join\
        &CallSid=CA1&Muted=false&Hold=false&EndConferenceOnExit=true&ParticipantLabel=agent";

    fn form(body: &str) -> Form {
        Form::parse(body.as_bytes()).unwrap()
    }

    fn choice(fields: &str) -> AgentChoice {
        Gathered::parse(&form(&format!("CallSid=CA1{fields}"))).unwrap().choice()
    }

    #[test]
    fn only_the_first_key_takes_a_call() {
        for (fields, expected) in [
            ("&Digits=1", AgentChoice::Accept),
            ("&Digits=2", AgentChoice::Decline),
            ("&Digits=9", AgentChoice::Again),
            ("&Digits=5", AgentChoice::Unclear),
            ("&Digits=%23", AgentChoice::Unclear),
            ("&Digits=1&SpeechResult=no", AgentChoice::Accept),
            ("&SpeechResult=Say+it+again%2C+please.", AgentChoice::Again),
            ("&SpeechResult=against", AgentChoice::Unclear),
            ("&SpeechResult=Yes%2C+one.", AgentChoice::Unclear),
            ("&Digits=", AgentChoice::Nothing),
            ("", AgentChoice::Nothing),
        ] {
            assert_eq!(choice(fields), expected, "{fields}");
        }
        let malformed = Gathered::parse(&form("CallSid=CA1&Digits=x"));
        assert_eq!(malformed, Err(WebhookError::Malformed("Digits")));
        assert_eq!(Gathered::parse(&form("Digits=1")), Err(WebhookError::Missing("CallSid")));
    }

    #[test]
    fn a_machine_is_told_from_a_person_and_from_what_nobody_knows() {
        let read = |body: &str| MachineCallback::parse(&form(body));
        let news = read("CallSid=CA1&AnsweredBy=machine_start&MachineDetectionDuration=2400").unwrap();
        assert_eq!((news.call_sid.as_str(), news.answered_by), ("CA1", AnsweredBy::MachineStart));
        for (word, machine) in [
            ("human", false),
            ("unknown", false),
            ("machine_end_beep", true),
            ("machine_end_silence", true),
            ("machine_end_other", true),
            ("fax", true),
        ] {
            assert_eq!(word.parse::<AnsweredBy>().unwrap().is_machine(), machine, "{word}");
        }
        assert_eq!(read("CallSid=CA1&AnsweredBy=cat"), Err(WebhookError::Malformed("AnsweredBy")));
        assert_eq!(read("CallSid=CA1"), Err(WebhookError::Missing("AnsweredBy")));
    }

    #[test]
    fn news_of_a_conference_say_who_came_and_where_to() {
        let news = ConferenceCallback::parse(&form(CONFERENCE)).unwrap();
        assert_eq!(news.conference_sid.as_str(), "CF0000000000000000000000000000000a");
        assert_eq!((news.name.as_str(), news.event), ("0193-a", ConferenceEvent::Join));
        assert_eq!(news.call_sid.unwrap().as_str(), "CA1");
        assert_eq!((news.participant, news.sequence), (Some(Participant::Agent), Some(2)));
        let end = "ConferenceSid=CF1&FriendlyName=0193-a&StatusCallbackEvent=conference-end\
            &CallSidEndingConference=CA1&ReasonConferenceEnded=participant-with-end-conference-on-exit-left";
        let news = ConferenceCallback::parse(&form(end)).unwrap();
        assert_eq!((news.event, news.call_sid, news.participant), (ConferenceEvent::End, None, None));
        let other = form(&CONFERENCE.replace("participant-join", "participant-mute"));
        assert_eq!(ConferenceCallback::parse(&other).unwrap().event, ConferenceEvent::Other);
        let elsewhere = form(&CONFERENCE.replace("=CF0", "=CF/0"));
        let malformed = WebhookError::Malformed("ConferenceSid");
        assert_eq!(ConferenceCallback::parse(&elsewhere), Err(malformed));
    }

    #[test]
    fn how_a_called_number_took_it_is_read_with_the_length_of_the_talk() {
        let read = |fields: &str| DialEnded::parse(&form(&format!("CallSid=CA1{fields}")));
        let talked = read("&DialCallStatus=completed&DialCallSid=CA2&DialCallDuration=72").unwrap();
        assert_eq!((talked.status, talked.talked_s), (CallStatus::Completed, 72));
        let silent = read("&DialCallStatus=no-answer").unwrap();
        assert_eq!((silent.status, silent.talked_s), (CallStatus::NoAnswer, 0));
        assert_eq!(read(""), Err(WebhookError::Missing("DialCallStatus")));
        assert_eq!(read("&DialCallStatus=odd"), Err(WebhookError::Malformed("DialCallStatus")));
        let long = read("&DialCallStatus=completed&DialCallDuration=-1");
        assert_eq!(long, Err(WebhookError::Malformed("DialCallDuration")));
    }

    #[test]
    fn a_text_message_is_read_and_shown_to_no_log() {
        let body = "MessageSid=SM1&From=%2B14155550142&To=%2B12125550100&Body=Yes%2C+it+is+fixed&NumMedia=0";
        let message = IncomingMessage::parse(&form(body)).unwrap();
        assert_eq!(message.from.as_ref().map(PhoneNumber::expose), Some("+14155550142"));
        assert_eq!(message.to.as_ref().map(PhoneNumber::expose), Some("+12125550100"));
        assert_eq!(message.body.expose(), "Yes, it is fixed");
        let shown = format!("{message:?}");
        assert!(!shown.contains("555") && !shown.contains("fixed"), "{shown}");
        let short = IncomingMessage::parse(&form("MessageSid=SM1&From=72345&To=%2B12125550100")).unwrap();
        assert_eq!((short.from, short.body.expose().as_str()), (None, ""));
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(cut in 0..CONFERENCE.len(), noise in ".{0,20}") {
            let (head, tail) = CONFERENCE.split_at(cut);
            let Ok(form) = Form::parse(format!("{head}{noise}{tail}&AnsweredBy={noise}").as_bytes()) else {
                return Ok(());
            };
            let _ = ConferenceCallback::parse(&form);
            let _ = Gathered::parse(&form).map(|gathered| gathered.choice());
            let _ = MachineCallback::parse(&form);
            let _ = DialEnded::parse(&form);
            let _ = IncomingMessage::parse(&form);
        }
    }
}
