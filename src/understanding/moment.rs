//! Days and times of day as callers say them.

use std::ops::Range;

use jiff::civil::{Date, Time, Weekday};
use jiff::{ToSpan, Zoned};

use super::number::{tokens, word};

/// A day, a time of day, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Where it stands in the text.
    pub span: Range<usize>,
    /// The day, or the first of several.
    pub date: Option<Date>,
    /// The last day, where it is more than one.
    pub last: Option<Date>,
    /// The time of day, in the business's zone.
    pub time: Option<TimeOfDay>,
    /// How it lies to what it was said of.
    pub kind: MomentKind,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeOfDay {
    /// By the clock.
    Clock(Time),
    /// Part of a day: its first and its last moment.
    Between(Time, Time),
}

/// How a [`Moment`] lies to what it was said of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MomentKind {
    /// Then.
    At,
    /// Then or later: "after four", "since Monday".
    After,
    /// Then or earlier: "before noon", "by Friday".
    Before,
}

impl Moment {
    /// It as ISO 8601: `2026-11-24`, `14:45`, `2026-11-24T14:45`, an interval `2026-11-24T12:00/18:00`, and with an open
    /// end `2026-11-24T16:00/..` for after and `../2026-11-24` for before (ISO 8601-2).
    pub fn iso(&self) -> String {
        let clock = |time: Time| time.strftime("%H:%M").to_string();
        let (first, last) = match self.time {
            Some(TimeOfDay::Clock(time)) => (Some(clock(time)), None),
            Some(TimeOfDay::Between(from, to)) => (Some(clock(from)), Some(clock(to))),
            None => (None, None),
        };
        let begin = match (self.date, first) {
            (Some(date), Some(time)) => format!("{date}T{time}"),
            (Some(date), None) => date.to_string(),
            (None, time) => time.unwrap_or_default(),
        };
        let end = match (self.last, last) {
            (Some(date), Some(time)) => Some(format!("{date}T{time}")),
            (Some(date), None) => Some(date.to_string()),
            (None, time) => time,
        };
        match (self.kind, end) {
            (MomentKind::At, Some(end)) => format!("{begin}/{end}"),
            (MomentKind::At, None) => begin,
            (MomentKind::After, _) => format!("{begin}/.."),
            (MomentKind::Before, _) => format!("../{begin}"),
        }
    }
}

/// The moments in `text`, in order, as said at `now`.
pub fn moments(text: &str, now: &Zoned) -> Vec<Moment> {
    let tokens = tokens(text);
    let today = now.date();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let date = match word(&tokens, at) {
            "today" => Some(today),
            "tomorrow" => today.checked_add(1.day()).ok(),
            "yesterday" => today.checked_sub(1.day()).ok(),
            day => weekday(day).and_then(|day| today.nth_weekday(1, day).ok()),
        };
        if date.is_some() {
            found.push(Moment {
                span: token.start..token.end,
                date,
                last: None,
                time: None,
                kind: MomentKind::At,
            });
        }
    }
    found
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}
