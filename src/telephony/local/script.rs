use std::ops::RangeInclusive;

use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

use super::clips::{self, Line};
use super::playout::FRAME;
use super::timeline::Manner;
use crate::audio::decode::DecodeError;
use crate::domain::{CallTime, Digit};

/// The bot counts as silent when it has not been heard for this long.
const PAUSE_MS: u64 = 300;
/// A bot that does not label its questions has finished when it has been silent for this long.
const UNLABELLED_PAUSE_MS: u64 = 2_000;

/// A simulated caller: what is said in answer to which question, and what is done unasked.
#[derive(Debug, Clone)]
pub struct Script {
    lines: Vec<Line>,
    style: Style,
    reactions: Vec<Reaction>,
    reaction_ms: RangeInclusive<u64>,
    patience_ms: u64,
    room_tone: bool,
    seed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Answers each question by its label.
    Answers,
    /// Plays its only line after the greeting.
    PlaysOnce,
}

/// Something the caller does unasked, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// When.
    pub when: When,
    /// What.
    pub deed: Unasked,
}

/// The moment of a [`Reaction`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// While the bot speaks towards its `question`th question (from 1), once it could be heard for `after_ms` since
    /// the question before.
    Towards {
        /// Which question, from 1.
        question: u32,
        /// How long the bot could be heard.
        after_ms: u64,
    },
    /// At a moment of the call.
    At(CallTime),
}

/// What a [`Reaction`] does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unasked {
    /// Says the line of a role so that the bot stops.
    Interrupt(String),
    /// Says the line of a role without wanting the bot to stop.
    Backchannel(String),
    /// Presses a key.
    Press(Digit),
    /// Hangs up.
    HangUp,
    /// Loses the media stream, but not the call.
    DropStream,
}

impl Script {
    /// The script of a ready-made caller, with the interruptions and the like that belong to it; none if there is no
    /// such scenario.
    ///
    /// # Errors
    /// When its clips cannot be read.
    pub fn scenario(name: &str) -> Result<Option<Self>, DecodeError> {
        let Some(scenario) = clips::scenarios().iter().find(|scenario| scenario.name == name) else {
            return Ok(None);
        };
        let script = Self::new(clips::lines(scenario.name)?, Style::Answers);
        let unasked = |deed| Reaction { when: When::Towards { question: 2, after_ms: 900 }, deed };
        Ok(Some(match scenario.name {
            "no-show-upset" => script.reacting(unasked(Unasked::Interrupt("interrupt".to_owned()))),
            "rambling" => script.reacting(unasked(Unasked::Backchannel("backchannel".to_owned()))),
            _ => script,
        }))
    }

    /// A caller who plays a recording (the bytes of a WAV or FLAC file) from the greeting's end, and then listens.
    ///
    /// # Errors
    /// When the bytes are no recording.
    pub fn recording(bytes: Vec<u8>) -> Result<Self, DecodeError> {
        Ok(Self::new(vec![clips::recording(bytes)?], Style::PlaysOnce))
    }

    /// A caller who says nothing at all.
    pub fn silent() -> Self {
        Self::new(Vec::new(), Style::Answers)
    }

    fn new(lines: Vec<Line>, style: Style) -> Self {
        Self {
            lines,
            style,
            reactions: Vec::new(),
            reaction_ms: 300..=600,
            patience_ms: 30_000,
            room_tone: true,
            seed: 1,
        }
    }

    /// Adds something done unasked.
    #[must_use]
    pub fn reacting(mut self, reaction: Reaction) -> Self {
        self.reactions.push(reaction);
        self
    }

    /// Leaves out all that would be done unasked.
    #[must_use]
    pub fn patient(mut self) -> Self {
        self.reactions.clear();
        self
    }

    /// Sets how long the caller takes to answer, in milliseconds; 300 to 600 unless set.
    #[must_use]
    pub const fn answering_after(mut self, ms: RangeInclusive<u64>) -> Self {
        self.reaction_ms = ms;
        self
    }

    /// Sets after how long a silence of the bot the caller hangs up, in milliseconds; 30 000 unless set.
    #[must_use]
    pub const fn hanging_up_after(mut self, ms: u64) -> Self {
        self.patience_ms = ms;
        self
    }

    /// Puts digital silence in place of the faint noise of a room.
    #[must_use]
    pub const fn without_room_tone(mut self) -> Self {
        self.room_tone = false;
        self
    }

    /// Sets the seed of the pauses and the noise; 1 unless set.
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }
}

/// What came out of the receiver in 20 ms.
pub(super) struct Heard<'a> {
    /// The beginning of the 20 ms.
    pub(super) now: CallTime,
    /// The audio, μ-law.
    pub(super) frame: &'a [u8; FRAME],
    /// Whether there is a voice in it.
    pub(super) audible: bool,
    /// The marks whose audio has been played.
    pub(super) marks: &'a [String],
}

/// What the caller does in 20 ms.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) frame: [i16; FRAME],
    pub(super) deeds: Vec<Deed>,
}

/// What the caller does beside speaking.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Deed {
    Began {
        at: CallTime,
        role: String,
        text: String,
        manner: Manner,
    },
    Ended {
        at: CallTime,
        role: String,
    },
    Press(Digit),
    HangUp,
    /// Hangs up, tired of the silence.
    GiveUp,
    DropStream,
}

/// A [`Script`] being acted out, 20 ms at a time.
#[derive(Debug)]
pub(super) struct Actor {
    script: Script,
    dice: SmallRng,
    tone: Vec<i16>,
    tone_at: usize,
    said: Vec<bool>,
    speaking: Option<Speaking>,
    /// A question that waits to be answered, and when.
    due: Option<(CallTime, String)>,
    asked: u32,
    bot_audible_ms: u64,
    bot_heard_at: Option<CallTime>,
    last_sound: CallTime,
}

#[derive(Debug)]
struct Speaking {
    line: usize,
    position: usize,
    manner: Manner,
}

impl Actor {
    pub(super) fn new(script: Script) -> Self {
        let mut dice = SmallRng::seed_from_u64(script.seed);
        let tone = if script.room_tone { room_tone(&mut dice) } else { Vec::new() };
        Self {
            said: vec![false; script.lines.len()],
            script,
            dice,
            tone,
            tone_at: 0,
            speaking: None,
            due: None,
            asked: 0,
            bot_audible_ms: 0,
            bot_heard_at: None,
            last_sound: CallTime::ZERO,
        }
    }

    /// Lives through 20 ms.
    pub(super) fn tick(&mut self, heard: &Heard<'_>) -> Done {
        let mut deeds = Vec::new();
        self.listen(heard);
        self.react(heard, &mut deeds);
        self.answer(heard.now);
        let mut frame = self.room();
        self.speak(heard.now, &mut frame, &mut deeds);
        let quiet = heard.now.since(self.last_sound).as_millis();
        if quiet >= u128::from(self.script.patience_ms) {
            deeds.push(Deed::GiveUp);
        }
        Done { frame, deeds }
    }

    fn listen(&mut self, heard: &Heard<'_>) {
        if heard.audible {
            self.bot_audible_ms += 20;
            self.bot_heard_at = Some(heard.now);
            self.last_sound = heard.now;
        }
        let mut label = heard.marks.iter().filter_map(|mark| label(mark)).next_back().map(str::to_owned);
        let greeted = self.bot_heard_at.is_some() && self.silent_for(heard.now) >= UNLABELLED_PAUSE_MS;
        if self.script.style == Style::PlaysOnce && greeted && self.due.is_none() && !self.said[0] {
            label = label.or_else(|| Some(String::new()));
        }
        if let Some(label) = label {
            self.asked += 1;
            self.bot_audible_ms = 0;
            let pause = self.dice.random_range(self.script.reaction_ms.clone());
            self.due = Some((CallTime::from_ms(heard.now.as_ms() + pause), label));
        }
    }

    fn react(&mut self, heard: &Heard<'_>, deeds: &mut Vec<Deed>) {
        let (towards, audible_ms) = (self.asked + 1, self.bot_audible_ms);
        let ripe = self.script.reactions.iter().position(|reaction| match reaction.when {
            When::Towards { question, after_ms } => {
                question == towards && audible_ms >= after_ms && heard.audible && self.speaking.is_none()
            }
            When::At(at) => heard.now >= at,
        });
        let Some(ripe) = ripe else { return };
        match self.script.reactions.remove(ripe).deed {
            Unasked::Interrupt(role) => self.say(&role, Manner::Interruption),
            Unasked::Backchannel(role) => self.say(&role, Manner::Backchannel),
            Unasked::Press(digit) => deeds.push(Deed::Press(digit)),
            Unasked::HangUp => deeds.push(Deed::HangUp),
            Unasked::DropStream => deeds.push(Deed::DropStream),
        }
    }

    fn say(&mut self, role: &str, manner: Manner) {
        if let Some(line) = self.script.lines.iter().position(|line| line.role == role) {
            self.said[line] = true;
            self.speaking = Some(Speaking { line, position: 0, manner });
        }
    }

    fn answer(&mut self, now: CallTime) {
        if self.speaking.is_some() || self.due.as_ref().is_none_or(|(at, _)| now < *at) {
            return;
        }
        // Nobody answers into somebody else's speech.
        if self.silent_for(now) < PAUSE_MS.min(*self.script.reaction_ms.start()) {
            return;
        }
        let Some((_, label)) = self.due.take() else { return };
        let line = match self.script.style {
            Style::Answers => self.line_for(&label),
            Style::PlaysOnce => (!self.said[0]).then_some(0),
        };
        if let Some(line) = line {
            self.said[line] = true;
            self.speaking = Some(Speaking { line, position: 0, manner: Manner::Answer });
        }
    }

    /// The line that answers a question: the next one unsaid of its roles, or else the last again, or else a yes.
    fn line_for(&self, label: &str) -> Option<usize> {
        let lines = &self.script.lines;
        let fitting: Vec<usize> = roles(label)
            .iter()
            .flat_map(|role| lines.iter().enumerate().filter(move |(_, line)| line.role == *role))
            .map(|(index, _)| index)
            .collect();
        let unsaid = fitting.iter().copied().find(|index| !self.said[*index]);
        unsaid.or(fitting.last().copied()).or_else(|| lines.iter().position(|line| line.role == "yes"))
    }

    fn speak(&mut self, now: CallTime, frame: &mut [i16; FRAME], deeds: &mut Vec<Deed>) {
        let Some(speaking) = &mut self.speaking else { return };
        let line = &self.script.lines[speaking.line];
        let part = &line.samples[speaking.position..];
        for (place, sample) in frame.iter_mut().zip(part) {
            *place = place.saturating_add(*sample);
        }
        let window = speaking.position..speaking.position + FRAME;
        let at = |sample: usize| CallTime::from_ms(now.as_ms() + (sample - window.start) as u64 / 8);
        if window.contains(&line.voice.start) {
            let (role, text) = (line.role.clone(), line.text.clone());
            deeds.push(Deed::Began { at: at(line.voice.start), role, text, manner: speaking.manner });
        }
        if window.contains(&line.voice.end) {
            deeds.push(Deed::Ended { at: at(line.voice.end), role: line.role.clone() });
        }
        self.last_sound = now;
        speaking.position = window.end;
        if window.end > line.samples.len() {
            self.speaking = None;
        }
    }

    fn room(&mut self) -> [i16; FRAME] {
        let mut frame = [0; FRAME];
        if let Some(tone) = self.tone.get(self.tone_at..self.tone_at + FRAME) {
            frame.copy_from_slice(tone);
            self.tone_at = (self.tone_at + FRAME) % self.tone.len();
        }
        frame
    }

    fn silent_for(&self, now: CallTime) -> u64 {
        self.bot_heard_at.map_or(u64::MAX, |at| now.as_ms().saturating_sub(at.as_ms()))
    }
}

/// The label of a mark named `{speech}/{seq}/{label}`, unless it is empty.
fn label(mark: &str) -> Option<&str> {
    mark.splitn(3, '/').nth(2).filter(|label| !label.is_empty())
}

/// The roles of the lines that answer a question, in the order in which they are used.
fn roles(label: &str) -> Vec<&str> {
    match label {
        "reason" => vec!["reason", "narrow", "detail", "vent", "trigger"],
        "name" => vec!["name", "name_spelled"],
        "callback" => vec!["number", "number_corrected"],
        "anything-else" => vec!["no_more"],
        "person-or-message" => vec!["person"],
        _ => match label.strip_prefix("field-") {
            Some(key @ ("account" | "case" | "order" | "code" | "policy")) => vec![key, "reference"],
            Some(key @ ("preferred_time" | "when" | "availability")) => vec![key, "time", "expectation"],
            // Who will not say where asks for somebody to talk to.
            Some(key @ "address") => vec![key, "person"],
            Some(key) => vec![key],
            None => vec!["yes"],
        },
    }
}

/// Four seconds of the faint noise of a room, about −68 dB of full scale, softened as by a wall.
fn room_tone(dice: &mut SmallRng) -> Vec<i16> {
    let mut level = 0.0_f32;
    (0..200 * FRAME)
        .map(|_| {
            level = 0.6 * level + dice.random_range(-22.0..22.0);
            level.round() as i16
        })
        .collect()
}

#[cfg(test)]
mod tests;
