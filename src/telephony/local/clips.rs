use crate::audio::TELEPHONE_HZ;
use crate::audio::decode::{DecodeError, decode_recording};
use crate::audio::resample::resample;

/// A ready-made caller: one person with one matter.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// The kind of business that is called.
    pub business: &'static str,
    /// The number the caller calls from, in E.164 form; withheld if absent.
    pub from: Option<&'static str>,
    /// What it is about, in a line.
    pub about: &'static str,
}

/// All ready-made callers.
pub const fn scenarios() -> &'static [Scenario] {
    &SCENARIOS
}

const SCENARIOS: [Scenario; 6] = [
    scenario(
        "plumber-plain",
        "heating",
        "",
        "a dripping tap, an ordinary call; withholds the number and dictates it",
    ),
    scenario(
        "no-show-upset",
        "heating",
        "+14155550163",
        "nobody came, and now there is a fee: upset, interrupts",
    ),
    scenario(
        "dental-bill",
        "dental",
        "+16465550178",
        "a bill that should have been covered; corrects a number",
    ),
    scenario("law-deadline", "law", "+19175550119", "a deadline tomorrow, the second call today: pressed"),
    scenario("frightened", "dental", "+16465550126", "bleeding after a tooth was taken out: frightened"),
    scenario(
        "rambling",
        "heating",
        "+13125550199",
        "many complaints at once; says uh-huh while the bot speaks",
    ),
];

const fn scenario(
    name: &'static str,
    business: &'static str,
    from: &'static str,
    about: &'static str,
) -> Scenario {
    let from = if from.is_empty() { None } else { Some(from) };
    Scenario { name, business, from, about }
}

/// Something a caller can say, cut so that the voice is all there.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) role: String,
    pub(super) text: String,
    /// At 8 kHz.
    pub(super) samples: Vec<i16>,
    /// The first sample of the voice, and the first after it.
    pub(super) voice: std::ops::Range<usize>,
}

/// The lines of a ready-made caller.
pub(super) fn lines(scenario: &str) -> Result<Vec<Line>, DecodeError> {
    CLIPS.iter().filter(|clip| clip.scenario == scenario).map(Clip::line).collect()
}

/// Reads a recording of any rate whole, without cutting anything off it.
pub(super) fn recording(bytes: Vec<u8>) -> Result<Line, DecodeError> {
    let samples = telephone_samples(bytes)?;
    let voice = voice(&samples);
    Ok(Line { role: "recording".to_owned(), text: String::new(), samples, voice })
}

struct Clip {
    scenario: &'static str,
    role: &'static str,
    text: &'static str,
    flac: &'static [u8],
}

impl Clip {
    fn line(&self) -> Result<Line, DecodeError> {
        // Enough around the voice that no soft consonant is lost.
        const MARGIN: usize = 480;
        let mut samples = telephone_samples(self.flac.to_vec())?;
        let voice = voice(&samples);
        let start = voice.start.saturating_sub(MARGIN);
        samples.truncate(voice.end + MARGIN);
        samples.drain(..start);
        Ok(Line {
            role: self.role.to_owned(),
            text: self.text.to_owned(),
            samples,
            voice: voice.start - start..voice.end - start,
        })
    }
}

fn telephone_samples(bytes: Vec<u8>) -> Result<Vec<i16>, DecodeError> {
    let recording = decode_recording(bytes)?;
    let samples = resample(&recording.samples, recording.rate, TELEPHONE_HZ);
    // A float-to-integer cast saturates.
    Ok(samples.iter().map(|sample| (sample * 32_768.0).round() as i16).collect())
}

/// Finds the voice by its energy in steps of 10 ms: from the first to the last that is within 38 dB of the loudest.
fn voice(samples: &[i16]) -> std::ops::Range<usize> {
    const STEP: usize = 80;
    let levels: Vec<f64> = samples.chunks(STEP).map(super::tape::rms).collect();
    let threshold = (levels.iter().copied().fold(0.0, f64::max) / 80.0).max(20.0);
    let first = levels.iter().position(|level| *level >= threshold).unwrap_or(0);
    let last = levels.iter().rposition(|level| *level >= threshold).map_or(0, |last| last + 1);
    first * STEP..(last * STEP).min(samples.len())
}

macro_rules! clip {
    ($scenario:literal, $role:literal, $text:literal, $file:literal) => {
        Clip {
            scenario: $scenario,
            role: $role,
            text: $text,
            flac: include_bytes!(concat!("callers/", $file)),
        }
    };
}

const CLIPS: &[Clip] = &[
    clip!(
        "plumber-plain",
        "reason",
        "Hi, my kitchen tap has been dripping since Sunday and I would like someone to take a look.",
        "plumber-plain-00-reason.flac"
    ),
    clip!("plumber-plain", "name", "My name is Owen Castellane.", "plumber-plain-01-name.flac"),
    clip!("plumber-plain", "name_spelled", "C A S T E L L A N E.", "plumber-plain-02-name_spelled.flac"),
    clip!(
        "plumber-plain",
        "number",
        "You can reach me at four one five, five five five, zero one four two.",
        "plumber-plain-03-number.flac"
    ),
    clip!("plumber-plain", "address", "It is eighteen Fernwood Avenue.", "plumber-plain-04-address.flac"),
    clip!(
        "plumber-plain",
        "time",
        "Any time after three in the afternoon is good.",
        "plumber-plain-05-time.flac"
    ),
    clip!("plumber-plain", "yes", "Yes, that is right.", "plumber-plain-06-yes.flac"),
    clip!("plumber-plain", "no_more", "No, that was everything. Thank you.", "plumber-plain-07-no_more.flac"),
    clip!(
        "no-show-upset",
        "reason",
        "Nobody came! I waited from eight until one for your technician, and nobody even called me.",
        "no-show-upset-00-reason.flac"
    ),
    clip!(
        "no-show-upset",
        "vent",
        "I took a whole day off work for this, without pay, and now I am told there is a cancellation fee on my account.",
        "no-show-upset-01-vent.flac"
    ),
    clip!("no-show-upset", "name", "Renata Kowalczyk.", "no-show-upset-02-name.flac"),
    clip!("no-show-upset", "number", "The number I am calling from is fine.", "no-show-upset-03-number.flac"),
    clip!(
        "no-show-upset",
        "trigger",
        "It started when your office moved my appointment from Tuesday to Thursday.",
        "no-show-upset-04-trigger.flac"
    ),
    clip!(
        "no-show-upset",
        "expectation",
        "I expect someone here tomorrow morning, and I want that fee removed.",
        "no-show-upset-05-expectation.flac"
    ),
    clip!("no-show-upset", "interrupt", "No, wait, wait, listen to me.", "no-show-upset-06-interrupt.flac"),
    clip!("no-show-upset", "yes", "Yes, exactly.", "no-show-upset-07-yes.flac"),
    clip!("no-show-upset", "person", "Can I please talk to a real person?", "no-show-upset-08-person.flac"),
    clip!("no-show-upset", "no_more", "No.", "no-show-upset-09-no_more.flac"),
    clip!(
        "dental-bill",
        "reason",
        "Good afternoon. I have had a letter saying I owe one hundred and eighty dollars, but I was told my plan covered the filling.",
        "dental-bill-00-reason.flac"
    ),
    clip!("dental-bill", "name", "It is Philippa Thornquist.", "dental-bill-01-name.flac"),
    clip!(
        "dental-bill",
        "number_corrected",
        "Six four six, five five five, oh one seven three. Sorry, no, oh one seven eight.",
        "dental-bill-02-number_corrected.flac"
    ),
    clip!(
        "dental-bill",
        "trigger",
        "The receptionist told me on the phone before the appointment that it was covered.",
        "dental-bill-03-trigger.flac"
    ),
    clip!(
        "dental-bill",
        "expectation",
        "I would like someone in billing to check it, and to call me back before Friday.",
        "dental-bill-04-expectation.flac"
    ),
    clip!(
        "dental-bill",
        "reference",
        "The letter says account number D four four seven one.",
        "dental-bill-05-reference.flac"
    ),
    clip!("dental-bill", "yes", "Yes, that is correct.", "dental-bill-06-yes.flac"),
    clip!("dental-bill", "no_more", "Nothing else, thank you.", "dental-bill-07-no_more.flac"),
    clip!(
        "law-deadline",
        "reason",
        "This is the second time I am calling today. I need to know whether my response was filed, because the deadline is tomorrow at noon.",
        "law-deadline-00-reason.flac"
    ),
    clip!("law-deadline", "name", "Marcus Abernathy-Cole.", "law-deadline-01-name.flac"),
    clip!(
        "law-deadline",
        "number",
        "Nine one seven, double five five, oh one one nine.",
        "law-deadline-02-number.flac"
    ),
    clip!(
        "law-deadline",
        "reference",
        "The case number is C V twenty two, dash, three zero eight.",
        "law-deadline-03-reference.flac"
    ),
    clip!(
        "law-deadline",
        "expectation",
        "I just want one person to tell me today that it is done.",
        "law-deadline-04-expectation.flac"
    ),
    clip!("law-deadline", "yes", "Right.", "law-deadline-05-yes.flac"),
    clip!("law-deadline", "no_more", "That is all.", "law-deadline-06-no_more.flac"),
    clip!(
        "frightened",
        "reason",
        "Oh, hello. I am a little worried. My gum has been bleeding since this morning and it does not stop.",
        "frightened-00-reason.flac"
    ),
    clip!(
        "frightened",
        "detail",
        "They took out a tooth at nine, and I take blood thinners.",
        "frightened-01-detail.flac"
    ),
    clip!("frightened", "name", "Edith Marlowe, dear.", "frightened-02-name.flac"),
    clip!("frightened", "number", "The one I am calling on.", "frightened-03-number.flac"),
    clip!("frightened", "yes", "Yes, please.", "frightened-04-yes.flac"),
    clip!("frightened", "no_more", "No, thank you, dear.", "frightened-05-no_more.flac"),
    clip!(
        "rambling",
        "reason",
        "Well, where should I begin. The website would not let me book, then the invoice was wrong, then the first fellow left mud on the carpet, and the thermostat still does not work.",
        "rambling-00-reason.flac"
    ),
    clip!("rambling", "narrow", "I suppose the thermostat matters most.", "rambling-01-narrow.flac"),
    clip!(
        "rambling",
        "trigger",
        "It was replaced two weeks ago and it stopped working the very next day.",
        "rambling-02-trigger.flac"
    ),
    clip!(
        "rambling",
        "expectation",
        "I want it working, and I do not want to pay twice.",
        "rambling-03-expectation.flac"
    ),
    clip!("rambling", "name", "Leopold Ferris.", "rambling-04-name.flac"),
    clip!(
        "rambling",
        "number",
        "Three one two, five five five, oh one nine nine.",
        "rambling-05-number.flac"
    ),
    clip!("rambling", "yes", "Sure, that works.", "rambling-06-yes.flac"),
    clip!("rambling", "backchannel", "Uh huh.", "rambling-07-backchannel.flac"),
    clip!("rambling", "no_more", "No, that will do.", "rambling-08-no_more.flac"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_has_its_lines_and_every_line_a_scenario() {
        for scenario in scenarios() {
            let lines = lines(scenario.name).unwrap();
            for role in ["reason", "name", "number", "yes", "no_more"] {
                assert!(
                    lines.iter().any(|line| line.role.starts_with(role)),
                    "{} has no {role}",
                    scenario.name
                );
            }
        }
        assert!(CLIPS.iter().all(|clip| scenarios().iter().any(|scenario| scenario.name == clip.scenario)));
    }

    #[test]
    fn the_voice_of_every_line_is_found() {
        for scenario in scenarios() {
            for line in lines(scenario.name).unwrap() {
                let seconds = line.voice.len() as f64 / 8000.0;
                let expected = line.text.len() as f64 / 16.0;
                assert!(
                    (0.3 * expected..3.0 * expected + 0.5).contains(&seconds),
                    "{}: {seconds} s",
                    line.text
                );
            }
        }
    }

    #[test]
    fn silence_around_a_voice_is_not_the_voice() {
        let mut samples = vec![3; 8000];
        samples[2000..5000].fill(9000);
        assert_eq!(voice(&samples), 2000..5040);
        assert_eq!(voice(&[]), 0..0);
    }
}
