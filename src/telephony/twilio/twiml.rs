use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

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
        writer
            .create_element("Redirect")
            .with_attribute(("method", "POST"))
            .write_text_content(BytesText::new(resume_url))?;
        Ok(())
    })
}

/// Tells the carrier to say a text in its own voice and hang up: for when ours cannot be had.
pub fn say_and_hangup(text: &str) -> String {
    response(|writer| {
        writer.create_element("Say").write_text_content(BytesText::new(text))?;
        writer.create_element("Hangup").write_empty()?;
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

/// Tells the carrier not to answer the call at all.
pub fn reject() -> String {
    response(|writer| {
        writer.create_element("Reject").write_empty()?;
        Ok(())
    })
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
}
