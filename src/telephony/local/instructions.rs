use std::time::Duration;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// One thing that the answer to a webhook tells the carrier to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verb {
    Stream { url: String, parameters: Vec<(String, String)> },
    Pause(Duration),
    Redirect(String),
    Say(String),
    Gather(Gather),
    Dial { action: Option<String>, to: Dialled },
    Hangup,
    Reject,
}

/// How keys and words are listened for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gather {
    /// What is said and paused meanwhile.
    pub(super) verbs: Vec<Verb>,
    pub(super) keys: bool,
    pub(super) words: bool,
    /// How long is listened after what was said.
    pub(super) timeout: Duration,
    pub(super) action: String,
}

/// Whom or what a leg is connected with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dialled {
    Conference(Conference),
    Number(Number),
}

/// How a number is rung from a leg.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) number: String,
    /// The line that is seen calling.
    pub(super) from: String,
    pub(super) timeout: Duration,
    /// How long the two may be connected.
    pub(super) limit: Duration,
}

/// How a conference is entered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Conference {
    pub(super) name: String,
    pub(super) label: Option<String>,
    pub(super) starts: bool,
    pub(super) ends: bool,
    /// Whether music is to be heard by who is alone in it.
    pub(super) music: bool,
    pub(super) most: usize,
    pub(super) news_url: Option<String>,
    /// Of what news is wanted: `start`, `end`, `join`, `leave`.
    pub(super) events: Vec<String>,
}

/// Says why instructions cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstructionError {
    /// They are not XML.
    #[error("the instructions are not XML")]
    Xml,
    /// A verb is not known, or lacks what it needs.
    #[error("the instruction <{0}> is unknown or incomplete")]
    Verb(String),
}

/// Reads the verbs of a `<Response>` in order.
pub(super) fn parse(twiml: &str) -> Result<Vec<Verb>, InstructionError> {
    let mut reader = Reader::from_str(twiml);
    reader.config_mut().expand_empty_elements = true;
    let mut verbs = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    loop {
        match reader.read_event().map_err(|_| InstructionError::Xml)? {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                let parents: Vec<&str> = path.iter().map(String::as_str).collect();
                begin(&parents, &name, &tag, &mut verbs)?;
                text.clear();
                path.push(name);
            }
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::CData(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                Ok(Some(character)) => text.push(character),
                _ => {
                    let name = entity.xml10_content();
                    let value = quick_xml::escape::resolve_predefined_entity(&name);
                    text.push_str(value.ok_or(InstructionError::Xml)?);
                }
            },
            Event::End(_) => {
                let name = path.pop().unwrap_or_default();
                let parents: Vec<&str> = path.iter().map(String::as_str).collect();
                end(&parents, &name, text.trim(), &mut verbs)?;
                text.clear();
            }
            Event::Eof => break,
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    if !path.is_empty() {
        return Err(InstructionError::Xml);
    }
    Ok(verbs)
}

fn begin(
    parents: &[&str],
    name: &str,
    tag: &BytesStart<'_>,
    verbs: &mut Vec<Verb>,
) -> Result<(), InstructionError> {
    let incomplete = || InstructionError::Verb(name.to_owned());
    match (parents, name) {
        ([], "Response") | (["Response"], "Connect") => {}
        (["Response", "Connect"], "Stream") => {
            let url = attribute(tag, "url").ok_or_else(incomplete)?;
            verbs.push(Verb::Stream { url, parameters: Vec::new() });
        }
        (["Response", "Connect", "Stream"], "Parameter") => {
            let parameter = attribute(tag, "name").zip(attribute(tag, "value")).ok_or_else(incomplete)?;
            match verbs.last_mut() {
                Some(Verb::Stream { parameters, .. }) => parameters.push(parameter),
                _ => return Err(incomplete()),
            }
        }
        (["Response", "Gather"], "Say" | "Pause") => match verbs.last_mut() {
            Some(Verb::Gather(gather)) => gather.verbs.push(simple(name, tag)?),
            _ => return Err(incomplete()),
        },
        (["Response"], "Gather") => verbs.push(Verb::Gather(gather(tag).ok_or_else(incomplete)?)),
        (["Response"], "Dial") => {
            let to = Dialled::Number(number(tag).ok_or_else(incomplete)?);
            verbs.push(Verb::Dial { action: attribute(tag, "action"), to });
        }
        (["Response", "Dial"], "Conference") => match verbs.last_mut() {
            Some(Verb::Dial { to, .. }) => {
                *to = Dialled::Conference(conference(tag).ok_or_else(incomplete)?);
            }
            _ => return Err(incomplete()),
        },
        (["Response", "Dial"], "Number") => {}
        (["Response"], _) => verbs.push(simple(name, tag)?),
        _ => return Err(incomplete()),
    }
    Ok(())
}

fn end(parents: &[&str], name: &str, text: &str, verbs: &mut [Verb]) -> Result<(), InstructionError> {
    match (parents, verbs.last_mut()) {
        (["Response"], Some(Verb::Redirect(content) | Verb::Say(content))) => content.push_str(text),
        (["Response", "Gather"], Some(Verb::Gather(gather))) => {
            if let Some(Verb::Say(content)) = gather.verbs.last_mut() {
                content.push_str(text);
            }
        }
        (["Response", "Dial"], Some(Verb::Dial { to, .. })) => to.text().push_str(text),
        // A number is rung for a caller ID only: the default for it differs between directions.
        (["Response"], Some(Verb::Dial { to: Dialled::Number(number), .. }))
            if number.number.is_empty() || number.from.is_empty() =>
        {
            return Err(InstructionError::Verb(name.to_owned()));
        }
        (["Response"], Some(Verb::Dial { to: Dialled::Conference(conference), .. }))
            if conference.name.is_empty() =>
        {
            return Err(InstructionError::Verb(name.to_owned()));
        }
        _ => {}
    }
    Ok(())
}

fn simple(name: &str, tag: &BytesStart<'_>) -> Result<Verb, InstructionError> {
    let incomplete = || InstructionError::Verb(name.to_owned());
    match name {
        "Pause" => Ok(Verb::Pause(seconds(tag, "length", 1).ok_or_else(incomplete)?)),
        "Redirect" => Ok(Verb::Redirect(String::new())),
        "Say" => Ok(Verb::Say(String::new())),
        "Hangup" => Ok(Verb::Hangup),
        "Reject" => Ok(Verb::Reject),
        _ => Err(incomplete()),
    }
}

fn gather(tag: &BytesStart<'_>) -> Option<Gather> {
    let input = attribute(tag, "input").unwrap_or_else(|| "dtmf".to_owned());
    Some(Gather {
        verbs: Vec::new(),
        keys: input.split(' ').any(|kind| kind == "dtmf"),
        words: input.split(' ').any(|kind| kind == "speech"),
        timeout: seconds(tag, "timeout", 5)?,
        action: attribute(tag, "action")?,
    })
}

impl Dialled {
    fn text(&mut self) -> &mut String {
        match self {
            Self::Conference(conference) => &mut conference.name,
            Self::Number(number) => &mut number.number,
        }
    }
}

fn number(tag: &BytesStart<'_>) -> Option<Number> {
    Some(Number {
        number: String::new(),
        from: attribute(tag, "callerId").unwrap_or_default(),
        timeout: seconds(tag, "timeout", 30)?,
        limit: seconds(tag, "timeLimit", 14_400)?,
    })
}

fn conference(tag: &BytesStart<'_>) -> Option<Conference> {
    let flag = |name, usual| match attribute(tag, name).as_deref() {
        None => Some(usual),
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => None,
    };
    let events = attribute(tag, "statusCallbackEvent").unwrap_or_default();
    Some(Conference {
        name: String::new(),
        label: attribute(tag, "participantLabel"),
        starts: flag("startConferenceOnEnter", true)?,
        ends: flag("endConferenceOnExit", false)?,
        music: attribute(tag, "waitUrl").is_none_or(|url| !url.is_empty()),
        most: attribute(tag, "maxParticipants").map_or(Some(250), |most| most.parse().ok())?,
        news_url: attribute(tag, "statusCallback"),
        events: events.split_whitespace().map(str::to_owned).collect(),
    })
}

fn seconds(tag: &BytesStart<'_>, name: &str, usual: u64) -> Option<Duration> {
    let length = attribute(tag, name).map_or(Some(usual), |text| text.parse().ok());
    length.map(Duration::from_secs)
}

/// How long the carrier takes to say something: about the pace of a steady reader.
pub(super) fn saying(text: &str) -> Duration {
    Duration::from_millis(65 * text.chars().count() as u64)
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = tag.try_get_attribute(name).ok()??;
    Some(attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PhoneNumber;
    use crate::telephony::twilio;

    #[test]
    fn what_the_server_writes_is_what_the_carrier_reads() {
        let stream = "wss://voice.example.com/twilio/stream";
        let resume = "https://voice.example.com/twilio/resume?call=1&n=2";
        let twiml = twilio::connect_stream(stream, &[("call", "1"), ("token", "<\"&'>")], resume);
        let parameters = vec![("call".into(), "1".into()), ("token".into(), "<\"&'>".into())];
        assert_eq!(
            parse(&twiml),
            Ok(vec![
                Verb::Stream { url: stream.into(), parameters },
                Verb::Pause(Duration::from_secs(2)),
                Verb::Redirect(resume.into()),
            ])
        );
        assert_eq!(
            parse(&twilio::say_and_hangup("Tom & Ann are < busy")),
            Ok(vec![Verb::Say("Tom & Ann are < busy".into()), Verb::Hangup])
        );
        assert_eq!(parse(&twilio::hangup()), Ok(vec![Verb::Hangup]));
        assert_eq!(parse(&twilio::reject()), Ok(vec![Verb::Reject]));
    }

    #[test]
    fn the_way_of_an_agent_is_read_as_it_was_written() {
        let (key, briefed) = ("https://x.example/key", "https://x.example/briefed");
        let listening = |text: &str, words, seconds| {
            Verb::Gather(Gather {
                verbs: vec![Verb::Say(text.into())],
                keys: true,
                words,
                timeout: Duration::from_secs(seconds),
                action: key.into(),
            })
        };
        assert_eq!(
            parse(&twilio::brief_agent("Tom & Ann", key, briefed)),
            Ok(vec![listening("Tom & Ann", false, 1), Verb::Redirect(briefed.into())])
        );
        assert_eq!(
            parse(&twilio::ask_agent("Press 1.", key)),
            Ok(vec![listening("Press 1.", true, 8), Verb::Redirect(key.into())])
        );
        let room = twilio::Room { name: "0193-a", status_url: "https://x.example/news" };
        let conference = |label: &str| Conference {
            name: "0193-a".into(),
            label: Some(label.into()),
            starts: true,
            ends: true,
            music: false,
            most: 2,
            news_url: Some("https://x.example/news".into()),
            events: ["start", "end", "join", "leave"].map(str::to_owned).into(),
        };
        assert_eq!(
            parse(&twilio::connect_agent("Thank you.", &room)),
            Ok(vec![
                Verb::Say("Thank you.".into()),
                Verb::Dial { action: None, to: Dialled::Conference(conference("agent")) },
                Verb::Hangup,
            ])
        );
        assert_eq!(
            parse(&twilio::connect_caller(&room, "https://x.example/resume")),
            Ok(vec![Verb::Dial {
                action: Some("https://x.example/resume".into()),
                to: Dialled::Conference(conference("caller")),
            }])
        );
        let phone = |text| PhoneNumber::parse(text).unwrap();
        let (to, from) = (phone("+14155550142"), phone("+14155550100"));
        assert_eq!(
            parse(&twilio::call_out("One moment.", &to, &from, key)),
            Ok(vec![
                Verb::Say("One moment.".into()),
                Verb::Dial {
                    action: Some(key.into()),
                    to: Dialled::Number(Number {
                        number: "+14155550142".into(),
                        from: "+14155550100".into(),
                        timeout: Duration::from_secs(30),
                        limit: Duration::from_secs(3600),
                    }),
                },
            ])
        );
    }

    #[test]
    fn what_the_carrier_would_not_follow_is_refused() {
        assert_eq!(parse("<Response><Hangup>"), Err(InstructionError::Xml));
        assert_eq!(parse("<Response><Dance/></Response>"), Err(InstructionError::Verb("Dance".into())));
        assert_eq!(
            parse("<Response><Stream url='x'/></Response>"),
            Err(InstructionError::Verb("Stream".into()))
        );
        assert_eq!(
            parse("<Response><Connect><Stream/></Connect></Response>"),
            Err(InstructionError::Verb("Stream".into()))
        );
        for (twiml, verb) in [
            ("<Response><Gather><Say>x</Say></Gather></Response>", "Gather"),
            ("<Response><Gather action='x' timeout='soon'/></Response>", "Gather"),
            ("<Response><Gather action='x'><Dial/></Gather></Response>", "Dial"),
            ("<Response><Dial></Dial></Response>", "Dial"),
            ("<Response><Dial callerId='+14155550100'></Dial></Response>", "Dial"),
            ("<Response><Dial><Number>+14155550142</Number></Dial></Response>", "Dial"),
            ("<Response><Dial><Conference beep='no'/></Dial></Response>", "Dial"),
            (
                "<Response><Dial><Conference endConferenceOnExit='no'>x</Conference></Dial></Response>",
                "Conference",
            ),
        ] {
            assert_eq!(parse(twiml), Err(InstructionError::Verb(verb.into())), "{twiml}");
        }
        assert_eq!(parse("<Response/>"), Ok(vec![]));
    }
}
