use serde::Serialize;

use super::instructions::saying;
use crate::domain::{CallTime, Digit, Pii};

/// What happened on a simulated call, in order, on the call's own clock (zero is the first stream's start).
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Timeline {
    entries: Vec<Entry>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// When.
    pub at: CallTime,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What can happen on a simulated call.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// A media stream was opened.
    StreamOpened,
    /// The media stream is gone.
    StreamClosed,
    /// The caller's voice set in; the time is that of the first sound.
    CallerBegan {
        /// The role of the line in the script, such as `reason`.
        role: String,
        /// What is being said, where it is known.
        text: Pii<String>,
        /// What kind of utterance it is.
        manner: Manner,
    },
    /// The caller's voice has ended; the time is that of the last sound.
    CallerEnded {
        /// The role of the line.
        role: String,
    },
    /// The first audio after a silence has arrived from the bot.
    BotReceived,
    /// The bot can be heard; the time is that of the first frame with a voice in it.
    BotBegan,
    /// The bot has fallen silent; the time is that of the end of its voice.
    BotEnded,
    /// The audio before a mark has been played.
    MarkPlayed {
        /// The mark's name.
        name: String,
    },
    /// A mark was returned by a clear.
    MarkDropped {
        /// The mark's name.
        name: String,
    },
    /// The bot's audio was dropped before it was played.
    Cleared {
        /// How much of it.
        dropped_ms: u64,
    },
    /// The caller pressed a key.
    Pressed {
        /// Which.
        digit: Digit,
    },
    /// The server sent something over the stream that the carrier does not understand.
    Malformed,
    /// The carrier's own voice said something.
    CarrierSaid {
        /// What.
        text: Pii<String>,
    },
    /// The caller is put into a conference.
    EnteredConference {
        /// Whether there is music while they are alone.
        music: bool,
    },
    /// The caller and the other side of the conference hear each other.
    Together {
        /// The other side's label.
        label: String,
    },
    /// The other side is gone, and the caller is alone.
    Alone,
    /// Something is said to all in the conference.
    Announced {
        /// What.
        text: Pii<String>,
    },
    /// The caller is out of the conference.
    LeftConference,
    /// The call is over.
    Ended,
}

/// How the caller comes to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// The bot has asked and is silent.
    Answer,
    /// The bot is speaking and ought to stop.
    Interruption,
    /// The bot is speaking and ought to go on.
    Backchannel,
}

/// The figures of one call, as the caller met them.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Measures {
    /// From the stream's start to the first audio.
    pub first_audio_ms: Option<u64>,
    /// Each of the caller's utterances that asked for an answer.
    pub turns: Vec<TurnMeasure>,
    /// Each interruption.
    pub interruptions: Vec<InterruptionMeasure>,
    /// For each backchannel, whether the bot let itself be stopped by it.
    pub stopped_by_backchannel: Vec<bool>,
}

/// How one turn of the caller's was answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TurnMeasure {
    /// The role of the line.
    pub role: String,
    /// When the voice ended.
    pub speech_ended: CallTime,
    /// From there to the first audio that arrived; none if the bot said nothing, or not after it.
    pub to_audio_ms: Option<u64>,
    /// From there to the first moment in which the bot could be heard.
    pub to_voice_ms: Option<u64>,
    /// What went wrong with it.
    pub spoiled: Option<Spoiled>,
}

/// What can go wrong with a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Spoiled {
    /// The bot spoke before the caller had finished.
    AnsweredTooEarly,
    /// The bot cut off its own answer although the caller said nothing.
    CutOffByItself,
}

/// How the bot took an interruption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct InterruptionMeasure {
    /// From the first sound of it to the clear; none if there was no clear.
    pub to_clear_ms: Option<u64>,
    /// How long the bot could still be heard after the first sound of it.
    pub spoke_on_ms: u64,
}

struct Line<'a> {
    role: &'a str,
    manner: Manner,
    began: CallTime,
    ended: CallTime,
}

impl Timeline {
    pub(super) fn push(&mut self, entry: Entry) {
        // The end of a voice is known only a little later, so entries do not come in order of time.
        let place = self.entries.partition_point(|other| other.at <= entry.at);
        self.entries.insert(place, entry);
    }

    /// All that happened, in order of time.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Works out the figures.
    pub fn measure(&self) -> Measures {
        let lines = self.lines();
        let mut measures = Measures { first_audio_ms: self.first_audio(), ..Measures::default() };
        for (index, line) in lines.iter().enumerate() {
            let until = lines[index + 1..].iter().find(|next| next.manner != Manner::Backchannel);
            let until = until.map_or(CallTime::from_ms(u64::MAX), |next| next.began);
            match line.manner {
                Manner::Answer => measures.turns.push(self.turn(line, line.began, until, &lines)),
                Manner::Interruption => {
                    let measure = self.interruption(line);
                    let from =
                        line.began + std::time::Duration::from_millis(measure.to_clear_ms.unwrap_or(0));
                    measures.turns.push(self.turn(line, from, until, &lines));
                    measures.interruptions.push(measure);
                }
                Manner::Backchannel => {
                    let stopped =
                        self.clears().any(|(at, _)| at >= line.began && at < until.min(after(line)));
                    measures.stopped_by_backchannel.push(stopped);
                }
            }
        }
        measures
    }

    fn lines(&self) -> Vec<Line<'_>> {
        let mut lines: Vec<Line<'_>> = Vec::new();
        for entry in &self.entries {
            if let What::CallerBegan { role, manner, .. } = &entry.what {
                let end = self.entries.iter().find(|other| {
                    other.at >= entry.at
                        && matches!(&other.what, What::CallerEnded { role: ended } if ended == role)
                });
                let ended = end.map_or(CallTime::from_ms(u64::MAX), |end| end.at);
                lines.push(Line { role, manner: *manner, began: entry.at, ended });
            }
        }
        lines
    }

    /// The longest time in which the caller neither heard nor said anything, in milliseconds, and when it began.
    pub fn longest_silence(&self) -> (CallTime, u64) {
        let mut quiet_from = CallTime::ZERO;
        let mut sounding: Vec<Sounds> = Vec::new();
        let mut longest = (CallTime::ZERO, 0);
        for Entry { at, what } in &self.entries {
            if sounding.is_empty() && ms_between(quiet_from, *at) > longest.1 {
                longest = (quiet_from, ms_between(quiet_from, *at));
            }
            for source in Sounds::ALL {
                match source.turned_by(what) {
                    Some(true) => sounding.push(source),
                    Some(false) if sounding.contains(&source) => {
                        sounding.retain(|other| *other != source);
                        quiet_from = quiet_from.max(*at);
                    }
                    Some(false) | None => {}
                }
            }
            if let What::CarrierSaid { text } | What::Announced { text } = what {
                quiet_from = quiet_from.max(*at + saying(text.expose()));
            }
        }
        longest
    }

    fn first_audio(&self) -> Option<u64> {
        let opened = self.times(&What::StreamOpened).next()?;
        let received = self.times(&What::BotReceived).find(|at| *at >= opened)?;
        Some(ms_between(opened, received))
    }

    /// Looks for the answer to a line among the bot's audio that arrived between two moments.
    fn turn(&self, line: &Line<'_>, from: CallTime, until: CallTime, lines: &[Line<'_>]) -> TurnMeasure {
        let answer = self.times(&What::BotReceived).find(|at| *at >= from && *at < until);
        let early = answer.is_some_and(|at| at < line.ended);
        let on_time = answer.filter(|at| *at >= line.ended);
        let voice = on_time.and_then(|received| {
            self.times(&What::BotBegan).find(|at| after_margin(*at) >= received && *at < until)
        });
        let cut_off = self.clears().any(|(at, dropped_ms)| {
            let burst = self.times(&What::BotReceived).filter(|received| *received <= at).last();
            let provoked = |burst| lines.iter().any(|line| line.began < at && line.ended > burst);
            at >= line.ended && at < until && dropped_ms > 0 && burst.is_some_and(|burst| !provoked(burst))
        });
        let spoiled = match (early, cut_off) {
            (true, _) => Some(Spoiled::AnsweredTooEarly),
            (false, true) => Some(Spoiled::CutOffByItself),
            (false, false) => None,
        };
        TurnMeasure {
            role: line.role.to_owned(),
            speech_ended: line.ended,
            to_audio_ms: on_time.map(|at| ms_between(line.ended, at)),
            to_voice_ms: voice.map(|at| ms_between(line.ended, at)),
            spoiled,
        }
    }

    fn interruption(&self, line: &Line<'_>) -> InterruptionMeasure {
        let clear = self.clears().map(|(at, _)| at).find(|at| *at >= line.began && *at < after(line));
        let silent = self.times(&What::BotEnded).find(|at| *at >= line.began);
        InterruptionMeasure {
            to_clear_ms: clear.map(|at| ms_between(line.began, at)),
            spoke_on_ms: silent.map_or(0, |at| ms_between(line.began, at)),
        }
    }

    fn times<'a>(&'a self, what: &'a What) -> impl Iterator<Item = CallTime> + 'a {
        self.entries.iter().filter(move |entry| entry.what == *what).map(|entry| entry.at)
    }

    fn clears(&self) -> impl Iterator<Item = (CallTime, u64)> + '_ {
        self.entries.iter().filter_map(|entry| {
            if let What::Cleared { dropped_ms } = entry.what { Some((entry.at, dropped_ms)) } else { None }
        })
    }
}

/// What can be heard on a call for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sounds {
    Bot,
    Caller,
    OtherSide,
    Music,
}

impl Sounds {
    const ALL: [Self; 4] = [Self::Bot, Self::Caller, Self::OtherSide, Self::Music];

    /// Whether it begins or ends with something; none if it has nothing to do with it.
    fn turned_by(self, what: &What) -> Option<bool> {
        match (self, what) {
            (Self::Bot, What::BotBegan)
            | (Self::Caller, What::CallerBegan { .. })
            | (Self::OtherSide, What::Together { .. })
            | (Self::Music, What::EnteredConference { music: true }) => Some(true),
            (Self::Bot, What::BotEnded)
            | (Self::Caller, What::CallerEnded { .. })
            | (Self::OtherSide, What::Alone | What::LeftConference)
            | (Self::Music, What::Together { .. } | What::LeftConference) => Some(false),
            _ => None,
        }
    }
}

/// Until when a reaction to a line can still come.
fn after(line: &Line<'_>) -> CallTime {
    line.ended + std::time::Duration::from_secs(2)
}

/// A frame that arrives within 20 ms is played from the start of the frame that is under way.
fn after_margin(at: CallTime) -> CallTime {
    at + std::time::Duration::from_millis(20)
}

fn ms_between(earlier: CallTime, later: CallTime) -> u64 {
    later.as_ms().saturating_sub(earlier.as_ms())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline(entries: &[(u64, What)]) -> Timeline {
        let mut timeline = Timeline::default();
        for (at, what) in entries {
            timeline.push(Entry { at: CallTime::from_ms(*at), what: what.clone() });
        }
        timeline
    }

    fn began(role: &str, manner: Manner) -> What {
        What::CallerBegan { role: role.to_owned(), text: "words".into(), manner }
    }

    fn ended(role: &str) -> What {
        What::CallerEnded { role: role.to_owned() }
    }

    #[test]
    fn silence_is_what_neither_side_nor_anybody_else_fills() {
        let together = What::Together { label: "agent".into() };
        let longest = |entries: &[(u64, What)]| {
            let (from, ms) = timeline(entries).longest_silence();
            (from.as_ms(), ms)
        };
        let entries = [
            (0, What::StreamOpened),
            (500, What::BotBegan),
            (4_000, What::BotEnded),
            (5_000, began("reason", Manner::Answer)),
            (9_000, ended("reason")),
            (9_500, What::EnteredConference { music: false }),
            (12_000, together),
            (60_000, What::LeftConference),
            (60_200, What::CarrierSaid { text: "Goodbye, and thank you.".into() }),
            (63_000, What::Ended),
        ];
        assert_eq!(longest(&entries), (9_000, 3_000));
        let mut alone = entries.to_vec();
        alone.push((50_000, What::Alone));
        assert_eq!(longest(&alone), (50_000, 10_200));
        let mut music = entries.to_vec();
        music[5] = (9_500, What::EnteredConference { music: true });
        assert_eq!(longest(&music).1, 1_305);
    }

    #[test]
    fn an_answered_turn_is_timed_from_the_last_sound() {
        let measures = timeline(&[
            (0, What::StreamOpened),
            (120, What::BotReceived),
            (200, What::BotBegan),
            (2_000, What::BotEnded),
            (2_500, began("reason", Manner::Answer)),
            (5_000, ended("reason")),
            (5_600, What::BotReceived),
            (5_700, What::BotBegan),
        ])
        .measure();
        assert_eq!(measures.first_audio_ms, Some(120));
        let turn = &measures.turns[0];
        assert_eq!((turn.to_audio_ms, turn.to_voice_ms, turn.spoiled), (Some(600), Some(700), None));
    }

    #[test]
    fn an_answer_before_the_caller_has_finished_spoils_the_turn() {
        let measures = timeline(&[
            (2_500, began("number", Manner::Answer)),
            (4_000, What::BotReceived),
            (4_200, What::Cleared { dropped_ms: 900 }),
            (5_000, ended("number")),
            (5_600, What::BotReceived),
        ])
        .measure();
        assert_eq!(measures.turns[0].spoiled, Some(Spoiled::AnsweredTooEarly));
        assert_eq!(measures.turns[0].to_audio_ms, None);
    }

    #[test]
    fn an_answer_the_bot_cuts_off_by_itself_spoils_the_turn() {
        let entries = [
            (2_500, began("reason", Manner::Answer)),
            (5_000, ended("reason")),
            (5_600, What::BotReceived),
            (6_000, What::Cleared { dropped_ms: 900 }),
        ];
        let measures = timeline(&entries).measure();
        assert_eq!(measures.turns[0].spoiled, Some(Spoiled::CutOffByItself));
        let mut provoked = entries.to_vec();
        provoked.push((5_800, began("interrupt", Manner::Interruption)));
        provoked.push((6_900, ended("interrupt")));
        let measures = timeline(&provoked).measure();
        assert_eq!(measures.turns[0].spoiled, None);
    }

    #[test]
    fn an_interruption_is_timed_from_its_first_sound_to_the_clear() {
        let measures = timeline(&[
            (1_000, What::BotReceived),
            (1_100, What::BotBegan),
            (3_000, began("interrupt", Manner::Interruption)),
            (3_240, What::Cleared { dropped_ms: 2_000 }),
            (3_260, What::BotEnded),
            (4_500, ended("interrupt")),
            (5_000, What::BotReceived),
        ])
        .measure();
        let expected = InterruptionMeasure { to_clear_ms: Some(240), spoke_on_ms: 260 };
        assert_eq!(measures.interruptions, [expected]);
        assert_eq!((measures.turns[0].to_audio_ms, measures.turns[0].spoiled), (Some(500), None));
    }

    #[test]
    fn a_bot_that_stops_for_a_backchannel_is_found_out() {
        let entries = [
            (1_000, What::BotReceived),
            (3_000, began("backchannel", Manner::Backchannel)),
            (3_500, ended("backchannel")),
        ];
        assert_eq!(timeline(&entries).measure().stopped_by_backchannel, [false]);
        let mut stopped = entries.to_vec();
        stopped.push((3_400, What::Cleared { dropped_ms: 700 }));
        assert_eq!(timeline(&stopped).measure().stopped_by_backchannel, [true]);
    }
}
