//! A call as a picture: an SVG document written by hand, with the words as the tooltips of the bars.

mod moments;

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use quick_xml::escape::escape;

use crate::domain::{CallTime, Phase, Speaker};
use crate::store::{CallRecord, StressPoint, TranscriptTurn};

use super::page::{lasted, moment, named, strain};

const PIXELS_PER_SECOND: f64 = 5.0;
const NARROWEST: f64 = 640.0;
const WIDEST: f64 = 12_000.0;
const LEFT: f64 = 104.0;
const RIGHT: f64 = 48.0;
const HEAD: f64 = 60.0;
const LANE: f64 = 22.0;
const GAP: f64 = 6.0;
const STRESS_HEIGHT: f64 = 110.0;
const FOOT: f64 = 34.0;
/// How far apart the marks of the axis are at least, in pixels.
const TICK: f64 = 64.0;
/// The mean width of a letter, in pixels: too wide rather than too narrow, so that labels do not run into each other.
const LETTER: f64 = 6.8;
/// How far from the line of stress a level must be for its number to have room beside the line's.
const APART: f32 = 10.0;
const LONGEST_NAME: usize = 60;
/// A longer pause between two levels breaks the line, in milliseconds: nothing is known of the time between them.
const UNBROKEN_MS: u64 = 3000;

const STYLE: &str = "\
text{font-family:system-ui,sans-serif;font-size:11px;fill:#1c2430}
.name{font-size:17px;font-weight:600}
.mute{fill:#586372}
.page{fill:#fff}
.lane{fill:#f3f5f8}
.rule{stroke:#dfe4ea;fill:none}
.phase{fill:#dde5ee}
.next{fill:#c9d5e2}
.caller{fill:#1769aa}
.bot{fill:#6f7f90}
.lost{fill:#586372;fill-opacity:.25}
.state,.state text{fill:#7a3fb5}
.person,.person text{fill:#b92f19}
.promise,.promise text{fill:#17733a}
.stress{fill:#a85505}
.guide{fill:none;stroke-dasharray:2 3}
.guide.person,.limit{stroke:#b92f19}
.guide.promise{stroke:#17733a}
.limit{fill:none;stroke-dasharray:6 4}
.band{fill:#a85505;stroke:#a85505;stroke-width:2;stroke-linejoin:round;opacity:.22}
.level{fill:none;stroke:#a85505;stroke-width:1.5;stroke-linejoin:round}
@media (prefers-color-scheme:dark){
text{fill:#e4e9ef}
.mute{fill:#9aa6b4}
.page{fill:#12161c}
.lane{fill:#1b222b}
.rule{stroke:#2c3540}
.phase{fill:#2a3441}
.next{fill:#384657}
.caller{fill:#5aaef0}
.bot{fill:#8d9bab}
.lost{fill:#9aa6b4}
.state,.state text{fill:#c39bf0}
.person,.person text{fill:#ff8a73}
.promise,.promise text{fill:#5fce8a}
.stress{fill:#f0a849}
.guide.person,.limit{stroke:#ff8a73}
.guide.promise{stroke:#5fce8a}
.band{fill:#f0a849;stroke:#f0a849}
.level{stroke:#f0a849}
}
";

/// What a picture needs besides the record.
#[derive(Debug)]
pub struct Setting<'a> {
    /// The name of the business.
    pub business: &'a str,
    /// The zone in which its times are read.
    pub zone: &'a TimeZone,
    /// The level of stress, 0 to 100, from which a person takes over.
    pub stress_line: f32,
}

/// Draws a call as an SVG document.
pub fn plot(record: &CallRecord, setting: &Setting) -> String {
    let scale = Scale::of(record);
    let mut drawing = Drawing { content: String::new(), scale, y: HEAD };
    drawing.phases(record);
    drawing.lane("caller", Speaker::Caller, record);
    drawing.lane("receptionist", Speaker::Bot, record);
    if record.transcript.is_empty() {
        drawing.text(LEFT + GAP, drawing.y - GAP - LANE / 2.0 + 4.0, "mute", "nothing was said");
    }
    drawing.moments("states", &moments::states(record));
    drawing.moments("needs a person", &moments::triggers(record));
    drawing.moments("promises", &moments::promises(record, setting.zone));
    let points = points(&record.stress);
    if !points.is_empty() {
        drawing.stress(&points, setting.stress_line.clamp(0.0, 100.0));
    }
    drawing.finish(record, setting, &points)
}

/// Where on the page a moment of the call is.
#[derive(Debug, Clone, Copy)]
struct Scale {
    end: CallTime,
    width: f64,
}

impl Scale {
    fn of(record: &CallRecord) -> Self {
        let ended = record.ended_at.map(|ended| ended.duration_since(record.started_at).as_millis());
        let ended = CallTime::from_ms(ended.and_then(|ms| u64::try_from(ms).ok()).unwrap_or(0));
        let seen = record
            .transcript
            .iter()
            .map(|turn| turn.span.end)
            .chain(record.phases.iter().map(|change| change.at))
            .chain(record.triggers.iter().map(|trigger| trigger.at))
            .chain(record.promised_at.iter().map(|made| made.at))
            .chain(record.line_lost_at.iter().chain(&record.resumed_at).copied())
            .chain(record.stress.iter().map(|point| point.at));
        let end = seen.fold(ended.max(CallTime::from_ms(1000)), CallTime::max);
        let width = (seconds(end) * PIXELS_PER_SECOND).clamp(NARROWEST, WIDEST);
        Self { end, width }
    }

    fn x(self, at: CallTime) -> f64 {
        LEFT + seconds(at) / seconds(self.end) * self.width
    }

    fn right(self) -> f64 {
        LEFT + self.width
    }

    /// The seconds between two marks of the axis.
    fn step(self) -> u64 {
        let least = TICK / self.width * seconds(self.end);
        let round = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800].into_iter();
        let whole_hours = (least / 3600.0).ceil() as u64 * 3600;
        round.into_iter().find(|step| *step as f64 >= least).unwrap_or(whole_hours)
    }
}

struct Drawing {
    content: String,
    scale: Scale,
    /// Where the next row begins.
    y: f64,
}

impl Drawing {
    fn line(&mut self, line: std::fmt::Arguments) {
        let _infallible = self.content.write_fmt(line);
        self.content.push('\n');
    }

    fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        self.line(format_args!(r#"<text x="{x:.1}" y="{y:.1}" class="{class}">{}</text>"#, escaped(text)));
    }

    /// A text that ends where the rows begin.
    fn label(&mut self, y: f64, text: &str) {
        let x = LEFT - 8.0;
        self.line(format_args!(
            r#"<text x="{x:.1}" y="{y:.1}" class="mute" text-anchor="end">{}</text>"#,
            escaped(text)
        ));
    }

    /// A rectangle from one moment to another in the row at hand, with a tooltip.
    fn bar(&mut self, class: &str, (from, to): (CallTime, CallTime), height: f64, title: &str) {
        let (x, y) = (self.scale.x(from), self.y);
        let width = (self.scale.x(to) - x).max(2.0);
        self.line(format_args!(
            r#"<rect class="{class}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" rx="2"><title>{}</title></rect>"#,
            escaped(title)
        ));
    }

    /// The ground of a row with its name.
    fn ground(&mut self, name: &str, height: f64) {
        let (y, width) = (self.y, self.scale.width);
        self.line(format_args!(
            r#"<rect class="lane" x="{LEFT:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}"/>"#
        ));
        self.label(y + LANE / 2.0 + 4.0, name);
    }

    fn phases(&mut self, record: &CallRecord) {
        self.ground("phases", LANE);
        for (place, change) in record.phases.iter().enumerate() {
            let until = record.phases.get(place + 1).map_or(self.scale.end, |next| next.at);
            if change.phase == Phase::Ended || until <= change.at {
                continue;
            }
            let name = named(&change.phase);
            let class = if place % 2 == 0 { "phase" } else { "next" };
            self.bar(class, (change.at, until), LANE, &format!("{name}, {} to {until}", change.at));
            let x = self.scale.x(change.at) + GAP;
            if x + breadth(&name) < self.scale.x(until) {
                self.text(x, self.y + LANE / 2.0 + 4.0, "phase-name", &name);
            }
        }
        self.y += LANE + GAP;
    }

    fn lane(&mut self, name: &str, speaker: Speaker, record: &CallRecord) {
        self.ground(name, LANE);
        let class = match speaker {
            Speaker::Caller => "caller",
            Speaker::Bot => "bot",
        };
        for (place, lost) in record.line_lost_at.iter().enumerate() {
            let back = record.resumed_at.get(place).copied().unwrap_or(self.scale.end);
            self.bar("lost", (*lost, back), LANE, &format!("the line was broken, {lost} to {back}"));
        }
        for turn in record.transcript.iter().filter(|turn| turn.speaker == speaker) {
            self.bar(class, (turn.span.start, turn.span.end), LANE, &words(name, turn));
        }
        self.y += LANE + GAP;
    }

    /// The levels of stress with their uncertainty, and the line from which a person takes over.
    fn stress(&mut self, points: &[StressPoint], limit: f32) {
        self.ground("stress", STRESS_HEIGHT);
        let (scale, top) = (self.scale, self.y);
        let y = |level: f32| top + STRESS_HEIGHT * (1.0 - f64::from(level) / 100.0);
        for level in [0.0_f32, 50.0, 100.0] {
            let (x, right, y) = (LEFT, scale.right(), y(level));
            self.line(format_args!(r#"<path class="rule" d="M{x:.1} {y:.1}H{right:.1}"/>"#));
            if (level - limit).abs() >= APART {
                self.text(right + GAP, y + 4.0, "mute", &level.to_string());
            }
        }
        let (x, right, at) = (LEFT, scale.right(), y(limit));
        self.line(format_args!(
            r#"<path class="limit" d="M{x:.1} {at:.1}H{right:.1}"><title>a person takes over from {limit:.0}</title></path>"#
        ));
        self.line(format_args!(
            r#"<g class="person"><text x="{:.1}" y="{:.1}">{limit:.0}</text></g>"#,
            right + GAP,
            at + 4.0
        ));
        for unbroken in points.chunk_by(|one, next| next.at.since(one.at).as_millis() <= UNBROKEN_MS.into()) {
            let upper = unbroken.iter().map(|point| (point.at, point.high));
            let lower = unbroken.iter().rev().map(|point| (point.at, point.low));
            let path = |ends: &mut dyn Iterator<Item = (CallTime, f32)>| {
                let ends: Vec<_> =
                    ends.map(|(at, level)| format!("{:.1} {:.1}", scale.x(at), y(level))).collect();
                ends.join("L")
            };
            self.line(format_args!(r#"<path class="band" d="M{}Z"/>"#, path(&mut upper.chain(lower))));
            let level = path(&mut unbroken.iter().map(|point| (point.at, point.level)));
            self.line(format_args!(r#"<path class="level" d="M{level}"/>"#));
        }
        for point in points {
            self.line(format_args!(
                r#"<circle class="stress" cx="{:.1}" cy="{:.1}" r="2"><title>{} stress {}</title></circle>"#,
                scale.x(point.at),
                y(point.level),
                point.at,
                escaped(&strain(point))
            ));
        }
        self.y += STRESS_HEIGHT + GAP;
    }

    /// The axis, and everything that is around or behind the rows.
    fn finish(mut self, record: &CallRecord, setting: &Setting, points: &[StressPoint]) -> String {
        let Scale { end, width } = self.scale;
        let bottom = self.y;
        let page = (LEFT + width + RIGHT, bottom + FOOT);
        let rows = std::mem::take(&mut self.content);
        let business: String = setting.business.chars().take(LONGEST_NAME).collect();
        let when = moment(record.started_at, setting.zone);
        self.line(format_args!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{0:.0}" height="{1:.0}" viewBox="0 0 {0:.0} {1:.0}" role="img" aria-labelledby="title desc">"#,
            page.0, page.1
        ));
        self.line(format_args!(r#"<title id="title">Call to {}, {when}</title>"#, escaped(setting.business)));
        self.line(format_args!(r#"<desc id="desc">{}</desc>"#, summed_up(record, points)));
        self.line(format_args!("<style>\n{STYLE}</style>"));
        self.line(format_args!(r#"<rect class="page" width="100%" height="100%"/>"#));
        self.text(16.0, 26.0, "name", &business);
        let lasted = match record.ended_at {
            Some(_) => format!("lasted {}", lasted(record.started_at, record.ended_at)),
            None => "not ended".to_owned(),
        };
        self.text(16.0, 44.0, "mute", &format!("{when}, {lasted}"));
        self.content.push_str(&rows);
        let step = self.scale.step();
        let ticks = (0..).map(|tick| CallTime::from_ms(tick * step * 1000)).take_while(|at| *at <= end);
        for at in ticks {
            let x = self.scale.x(at);
            self.line(format_args!(r#"<path class="rule" d="M{x:.1} {bottom:.1}v5"/>"#));
            self.line(format_args!(
                r#"<text x="{x:.1}" y="{:.1}" class="mute" text-anchor="middle">{}</text>"#,
                bottom + 18.0,
                clock(at)
            ));
        }
        self.content.push_str("</svg>\n");
        self.content
    }
}

/// The levels as they can be drawn: in order, numbers only, from 0 to 100, low below high.
fn points(stress: &[StressPoint]) -> Vec<StressPoint> {
    let finite = |point: &&StressPoint| [point.level, point.low, point.high].iter().all(|n| n.is_finite());
    let mut points: Vec<_> = stress.iter().filter(finite).cloned().collect();
    for point in &mut points {
        point.level = point.level.clamp(0.0, 100.0);
        point.low = point.low.clamp(0.0, point.level);
        point.high = point.high.clamp(point.level, 100.0);
    }
    points.sort_by_key(|point| point.at);
    points
}

/// What a bar tells when the pointer is on it.
fn words(speaker: &str, turn: &TranscriptTurn) -> String {
    let (at, text) = (turn.span.start, turn.text.expose());
    match &turn.meant {
        Some(meant) => format!("{at} {speaker}, interrupted: {text} —\nmeant: {}", meant.expose()),
        None => format!("{at} {speaker}: {text}"),
    }
}

/// The picture for those who do not see it, without anything personal.
fn summed_up(record: &CallRecord, points: &[StressPoint]) -> String {
    let turns = |speaker| record.transcript.iter().filter(|turn| turn.speaker == speaker).count();
    let mut told = format!(
        "Turns of the caller: {}. Turns of the receptionist: {}. Reasons for a person to take over: {}. Promises: {}.",
        turns(Speaker::Caller),
        turns(Speaker::Bot),
        record.triggers.len(),
        record.promises.len()
    );
    if let Some(highest) = points.iter().max_by(|one, other| one.level.total_cmp(&other.level)) {
        let _infallible = write!(told, " Highest stress: {:.0} of 100 at {}.", highest.level, highest.at);
    }
    told
}

fn seconds(at: CallTime) -> f64 {
    at.as_ms() as f64 / 1000.0
}

/// A moment in minutes and seconds.
fn clock(at: CallTime) -> String {
    let seconds = at.as_ms() / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// How wide a label is at most, in pixels.
fn breadth(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { LETTER } else { 2.0 * LETTER }).sum()
}

/// A text as XML 1.0 may hold it: what it has no way to write is shown as the replacement character.
fn escaped(text: &str) -> String {
    let allowed =
        |c: char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}') || matches!(c, '\n' | '\t');
    let held: String = text.chars().map(|c| if allowed(c) { c } else { '\u{fffd}' }).collect();
    escape(&held).into_owned()
}

#[cfg(test)]
mod tests;
