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
    Hangup,
    Reject,
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
                path.pop();
                match verbs.last_mut() {
                    Some(Verb::Redirect(content) | Verb::Say(content)) if path == ["Response"] => {
                        content.push_str(text.trim());
                        text.clear();
                    }
                    _ => {}
                }
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
        (["Response"], "Pause") => {
            let length = attribute(tag, "length").map_or(Ok(1), |text| text.parse());
            verbs.push(Verb::Pause(Duration::from_secs(length.map_err(|_| incomplete())?)));
        }
        (["Response"], "Redirect") => verbs.push(Verb::Redirect(String::new())),
        (["Response"], "Say") => verbs.push(Verb::Say(String::new())),
        (["Response"], "Hangup") => verbs.push(Verb::Hangup),
        (["Response"], "Reject") => verbs.push(Verb::Reject),
        _ => return Err(incomplete()),
    }
    Ok(())
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = tag.try_get_attribute(name).ok()??;
    Some(attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
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
        assert_eq!(parse("<Response/>"), Ok(vec![]));
    }
}
