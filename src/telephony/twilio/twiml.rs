use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::Participant;
use crate::domain::PhoneNumber;

/// How long a key is waited for after the briefing, before the agent is told what can be pressed, in seconds: the least
/// that the carrier takes.
const AFTER_BRIEFING_S: &str = "1";
/// How long an agent may think after having been told, in seconds.
const THINKING_S: &str = "8";

/// How long a caller who is called back may let it ring, in seconds.
const RING_S: &str = "30";
/// No call-back is longer, in seconds: an hour.
const LONGEST_TALK_S: &str = "3600";

/// A conference in which one caller and one agent meet.
#[derive(Debug, Clone, Copy)]
pub struct Room<'a> {
    /// Its name, the same for both: a handoff's id, because the carrier forbids anything personal.
    pub name: &'a str,
    /// Told who comes and goes, as a [`ConferenceCallback`](super::ConferenceCallback).
    pub status_url: &'a str,
}

/// Tells the carrier to open a media socket to `stream_url`, hand it the parameters, and come back to `resume_url`
/// two seconds after the socket has closed, so that a caller survives a restart of this server.
pub fn connect_stream(stream_url: &str, parameters: &[(&str, &str)], resume_url: &str) -> String {
    response(|writer| {
        writer.create_element("Connect").write_inner_content(|writer| {
            writer.create_element("Stream").with_attribute(("url", stream_url)).write_inner_content(
                |writer| {
                    for (name, value) in parameters {
                        writer
                            .create_element("Parameter")
                            .with_attribute(("name", *name))
                            .with_attribute(("value", *value))
                            .write_empty()?;
                    }
                    Ok(())
                },
            )?;
            Ok(())
        })?;
        writer.create_element("Pause").with_attribute(("length", "2")).write_empty()?;
        write_redirect(writer, resume_url)
    })
}

/// Tells the carrier to say a text in its own voice and hang up: for when ours cannot be had.
pub fn say_and_hangup(text: &str) -> String {
    response(|writer| {
        write_say(writer, text)?;
        writer.create_element("Hangup").write_empty()?;
        Ok(())
    })
}

/// Tells the carrier to say a text in its own voice: what a conference's announcement consists of.
pub fn say(text: &str) -> String {
    response(|writer| write_say(writer, text))
}

/// Tells the carrier to ask for instructions elsewhere.
pub fn go_to(url: &str) -> String {
    response(|writer| write_redirect(writer, url))
}

/// Tells the carrier to read the briefing to an agent who has answered. A key ends it at any time and goes to `key_url`;
/// who has listened to its end gets the instructions of `briefed_url`, which is how its end is learned of.
///
/// Only keys are listened for: the "hello?" with which people answer would stop the briefing. It may be read to a
/// machine for the seconds until that is found out, so its first sentence has nothing personal in it.
pub fn brief_agent(briefing: &str, key_url: &str, briefed_url: &str) -> String {
    response(|writer| {
        write_gather(writer, &[("input", "dtmf"), ("timeout", AFTER_BRIEFING_S)], briefing, key_url)?;
        write_redirect(writer, briefed_url)
    })
}

/// Tells the carrier to ask a briefed agent for a key, or to hear "again". Both go to `key_url`, and so does silence,
/// without a key: see [`AgentChoice`](super::AgentChoice).
pub fn ask_agent(prompt: &str, key_url: &str) -> String {
    response(|writer| {
        let listening = [("input", "dtmf speech"), ("hints", "again, repeat"), ("timeout", THINKING_S)];
        write_gather(writer, &listening, prompt, key_url)?;
        write_redirect(writer, key_url)
    })
}

/// Tells the carrier to thank the agent and put them into the room, where they wait in silence for the caller. When the
/// agent leaves, the room closes.
pub fn connect_agent(thanks: &str, room: &Room<'_>) -> String {
    response(|writer| {
        write_say(writer, thanks)?;
        writer
            .create_element("Dial")
            .write_inner_content(|writer| write_conference(writer, room, Participant::Agent))?;
        writer.create_element("Hangup").write_empty()?;
        Ok(())
    })
}

/// Tells the carrier to ring `to` and connect the leg with whoever answers, who sees `from` calling. How it ended comes to
/// `ended_url`, as a [`DialEnded`](super::DialEnded).
pub fn call_out(words: &str, to: &PhoneNumber, from: &PhoneNumber, ended_url: &str) -> String {
    response(|writer| {
        write_say(writer, words)?;
        writer
            .create_element("Dial")
            .with_attribute(("callerId", from.expose()))
            .with_attribute(("timeout", RING_S))
            .with_attribute(("timeLimit", LONGEST_TALK_S))
            .with_attribute(("action", ended_url))
            .with_attribute(("method", "POST"))
            .write_inner_content(|writer| {
                writer.create_element("Number").write_text_content(BytesText::new(to.expose()))?;
                Ok(())
            })?;
        Ok(())
    })
}

/// Tells the carrier to put the caller into the room, and to ask `resume_url` what to do with them when it closes. When
/// the caller leaves, the room closes.
pub fn connect_caller(room: &Room<'_>, resume_url: &str) -> String {
    response(|writer| {
        writer
            .create_element("Dial")
            .with_attribute(("action", resume_url))
            .with_attribute(("method", "POST"))
            .write_inner_content(|writer| write_conference(writer, room, Participant::Caller))?;
        Ok(())
    })
}

/// Tells the carrier to hang up.
pub fn hangup() -> String {
    response(|writer| {
        writer.create_element("Hangup").write_empty()?;
        Ok(())
    })
}

/// Answers a text message, or takes it without an answer.
pub fn answer_message(text: Option<&str>) -> String {
    response(|writer| {
        if let Some(text) = text {
            writer.create_element("Message").write_text_content(BytesText::new(text))?;
        }
        Ok(())
    })
}

/// Tells the carrier not to answer the call at all.
pub fn reject() -> String {
    response(|writer| {
        writer.create_element("Reject").write_empty()?;
        Ok(())
    })
}

fn write_say(writer: &mut Writer<Vec<u8>>, text: &str) -> io::Result<()> {
    writer.create_element("Say").write_text_content(BytesText::new(text))?;
    Ok(())
}

fn write_redirect(writer: &mut Writer<Vec<u8>>, url: &str) -> io::Result<()> {
    writer
        .create_element("Redirect")
        .with_attribute(("method", "POST"))
        .write_text_content(BytesText::new(url))?;
    Ok(())
}

fn write_gather(
    writer: &mut Writer<Vec<u8>>,
    listening: &[(&str, &str)],
    text: &str,
    key_url: &str,
) -> io::Result<()> {
    writer
        .create_element("Gather")
        .with_attributes(listening.iter().copied())
        .with_attribute(("numDigits", "1"))
        .with_attribute(("action", key_url))
        .with_attribute(("method", "POST"))
        .write_inner_content(|writer| write_say(writer, text))?;
    Ok(())
}

/// The room's address for news counts for whoever comes first, so both sides name it.
fn write_conference(
    writer: &mut Writer<Vec<u8>>,
    room: &Room<'_>,
    participant: Participant,
) -> io::Result<()> {
    writer
        .create_element("Conference")
        .with_attribute(("participantLabel", participant.as_str()))
        .with_attribute(("startConferenceOnEnter", "true"))
        .with_attribute(("endConferenceOnExit", "true"))
        .with_attribute(("beep", "false"))
        .with_attribute(("waitUrl", ""))
        // The default adds up to a second of delay to every word.
        .with_attribute(("jitterBufferSize", "small"))
        .with_attribute(("maxParticipants", "2"))
        .with_attribute(("statusCallback", room.status_url))
        .with_attribute(("statusCallbackMethod", "POST"))
        .with_attribute(("statusCallbackEvent", "start end join leave"))
        .write_text_content(BytesText::new(room.name))?;
    Ok(())
}

fn response(content: impl FnOnce(&mut Writer<Vec<u8>>) -> io::Result<()>) -> String {
    let mut writer = Writer::new(Vec::new());
    let written = writer
        .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
        .and_then(|()| writer.create_element("Response").write_inner_content(content).map(|_| ()));
    debug_assert!(written.is_ok(), "memory takes whatever is written to it");
    String::from_utf8_lossy(&writer.into_inner()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_connected_to_a_stream_and_brought_back_after_it() {
        insta::assert_snapshot!(
            connect_stream(
                "wss://voice.example.com/twilio/stream",
                &[("call", "0193"), ("token", "a<b&\"c'>")],
                "https://voice.example.com/twilio/resume?call=0193&n=1",
            ),
            @r#"<?xml version="1.0" encoding="UTF-8"?><Response><Connect><Stream url="wss://voice.example.com/twilio/stream"><Parameter name="call" value="0193"/><Parameter name="token" value="a&lt;b&amp;&quot;c&apos;&gt;"/></Stream></Connect><Pause length="2"/><Redirect method="POST">https://voice.example.com/twilio/resume?call=0193&amp;n=1</Redirect></Response>"#
        );
    }

    #[test]
    fn a_text_is_said_with_its_markup_escaped() {
        insta::assert_snapshot!(
            say_and_hangup("Lines <busy> & \"full\""),
            @r#"<?xml version="1.0" encoding="UTF-8"?><Response><Say>Lines &lt;busy&gt; &amp; &quot;full&quot;</Say><Hangup/></Response>"#
        );
    }

    #[test]
    fn a_call_is_ended_or_refused() {
        insta::assert_snapshot!(hangup(), @r#"<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>"#);
        insta::assert_snapshot!(reject(), @r#"<?xml version="1.0" encoding="UTF-8"?><Response><Reject/></Response>"#);
    }

    #[test]
    fn an_agent_is_briefed_and_the_end_of_the_briefing_is_learned_of() {
        insta::assert_snapshot!(
            brief_agent("Tom & Ann: <no heat>", "https://x.example/key", "https://x.example/briefed"),
            @r#"<?xml version="1.0" encoding="UTF-8"?><Response><Gather input="dtmf" timeout="1" numDigits="1" action="https://x.example/key" method="POST"><Say>Tom &amp; Ann: &lt;no heat&gt;</Say></Gather><Redirect method="POST">https://x.example/briefed</Redirect></Response>"#
        );
    }

    #[test]
    fn a_briefed_agent_is_asked_for_a_key_and_silence_is_told_too() {
        insta::assert_snapshot!(ask_agent("Press 1.", "https://x.example/key"), @r#"<?xml version="1.0" encoding="UTF-8"?><Response><Gather input="dtmf speech" hints="again, repeat" timeout="8" numDigits="1" action="https://x.example/key" method="POST"><Say>Press 1.</Say></Gather><Redirect method="POST">https://x.example/key</Redirect></Response>"#);
    }

    #[test]
    fn both_sides_meet_in_one_room_that_closes_when_either_leaves() {
        let room = Room { name: "0193-a", status_url: "https://x.example/twilio/conference/0193-a" };
        insta::assert_snapshot!(connect_agent("Thank you.", &room), @r#"<?xml version="1.0" encoding="UTF-8"?><Response><Say>Thank you.</Say><Dial><Conference participantLabel="agent" startConferenceOnEnter="true" endConferenceOnExit="true" beep="false" waitUrl="" jitterBufferSize="small" maxParticipants="2" statusCallback="https://x.example/twilio/conference/0193-a" statusCallbackMethod="POST" statusCallbackEvent="start end join leave">0193-a</Conference></Dial><Hangup/></Response>"#);
        insta::assert_snapshot!(connect_caller(&room, "https://x.example/twilio/resume"), @r#"<?xml version="1.0" encoding="UTF-8"?><Response><Dial action="https://x.example/twilio/resume" method="POST"><Conference participantLabel="caller" startConferenceOnEnter="true" endConferenceOnExit="true" beep="false" waitUrl="" jitterBufferSize="small" maxParticipants="2" statusCallback="https://x.example/twilio/conference/0193-a" statusCallbackMethod="POST" statusCallbackEvent="start end join leave">0193-a</Conference></Dial></Response>"#);
    }

    #[test]
    fn a_leg_is_connected_with_a_number_for_as_long_as_a_talk_lasts() {
        let number = |text| PhoneNumber::parse(text).unwrap();
        let (to, from) = (number("+14155550142"), number("+14155550100"));
        insta::assert_snapshot!(call_out("One moment.", &to, &from, "https://x.example/ended"), @r#"<?xml version="1.0" encoding="UTF-8"?><Response><Say>One moment.</Say><Dial callerId="+14155550100" timeout="30" timeLimit="3600" action="https://x.example/ended" method="POST"><Number>+14155550142</Number></Dial></Response>"#);
    }

    #[test]
    fn a_leg_is_sent_elsewhere_with_one_word() {
        insta::assert_snapshot!(go_to("https://x.example/twilio/resume"), @r#"<?xml version="1.0" encoding="UTF-8"?><Response><Redirect method="POST">https://x.example/twilio/resume</Redirect></Response>"#);
    }

    #[test]
    fn an_announcement_is_only_said() {
        insta::assert_snapshot!(say("Ann, this is Maria."), @r#"<?xml version="1.0" encoding="UTF-8"?><Response><Say>Ann, this is Maria.</Say></Response>"#);
    }
}
