//! The moments of a call that matter, as marks with labels that do not cover each other.

use jiff::tz::TimeZone;

use crate::domain::CallTime;
use crate::store::CallRecord;

use super::super::page::{moment, named};
use super::{Drawing, GAP, HEAD, LANE, RIGHT, breadth, escaped};

/// Where the lanes of the speakers begin, below the phases.
const LANES: f64 = HEAD + LANE + GAP;
const ROW: f64 = 18.0;
/// Between a mark and its label, in pixels.
const NEAR: f64 = 8.0;
const LONGEST_LABEL: usize = 60;

/// A marked moment.
#[derive(Debug, PartialEq)]
pub struct Moment {
    at: CallTime,
    kind: Kind,
    /// What is written beside the mark.
    label: String,
    /// What is told when the pointer is on it.
    title: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    State,
    Person,
    Promise,
}

impl Kind {
    const fn class(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Person => "person",
            Self::Promise => "promise",
        }
    }

    /// A circle, a triangle or a diamond around the current point, so that colour is never needed to tell them apart.
    const fn shape(self) -> &'static str {
        match self {
            Self::State => "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
            Self::Person => "m0 -5l5 9h-10z",
            Self::Promise => "m0 -5l5 5l-5 5l-5 -5z",
        }
    }
}

/// How the caller was, each at the end of the turn that showed it.
pub fn states(record: &CallRecord) -> Vec<Moment> {
    let moments = record.states.iter().filter_map(|seen| {
        let at = record.transcript.iter().find(|turn| turn.turn == seen.turn)?.span.end;
        let label = named(&seen.state);
        let title = format!("{at} {label}: {}", seen.reason);
        Some(Moment { at, kind: Kind::State, label, title })
    });
    moments.collect()
}

/// Why a person must take over, each when it was decided.
pub fn triggers(record: &CallRecord) -> Vec<Moment> {
    let moments = record.triggers.iter().map(|trigger| {
        let label = named(&trigger.reason);
        let title = format!("{} needs a person: {label}", trigger.at);
        Moment { at: trigger.at, kind: Kind::Person, label, title }
    });
    moments.collect()
}

/// What was promised, each when it was first made.
pub fn promises(record: &CallRecord, zone: &TimeZone) -> Vec<Moment> {
    let moments = record.promised_at.iter().filter_map(|made| {
        let promise = record.promises.iter().find(|promise| promise.id == made.promise)?;
        let owner: String = promise.owner.chars().take(LONGEST_LABEL).collect();
        let due = moment(promise.due, zone);
        let title = format!("{} {} by {due}: {}", made.at, promise.owner, promise.what.expose());
        Some(Moment { at: made.at, kind: Kind::Promise, label: format!("{owner} by {due}"), title })
    });
    moments.collect()
}

impl Drawing {
    /// As many rows of marks as it takes; nothing for none.
    pub(super) fn moments(&mut self, name: &str, moments: &[Moment]) {
        if moments.is_empty() {
            return;
        }
        let most_right = self.scale.right() + RIGHT - GAP;
        let top = self.y;
        let mut rows: Vec<Vec<(f64, f64)>> = Vec::new();
        self.label(top + ROW / 2.0 + 4.0, name);
        for moment in moments {
            let x = self.scale.x(moment.at);
            let far = NEAR + breadth(&moment.label);
            let to_the_left = x + far > most_right;
            let taken = if to_the_left { (x - far, x + NEAR) } else { (x - NEAR, x + far) };
            let free = |row: &Vec<(f64, f64)>| row.iter().all(|other| taken.1 < other.0 || other.1 < taken.0);
            let row = rows.iter().position(free).unwrap_or_else(|| {
                rows.push(Vec::new());
                rows.len() - 1
            });
            rows[row].push(taken);
            self.moment(moment, (x, top + ROW * row as f64 + ROW / 2.0), to_the_left);
        }
        self.y += ROW * rows.len() as f64 + GAP;
    }

    fn moment(&mut self, moment: &Moment, (x, y): (f64, f64), to_the_left: bool) {
        let (class, shape) = (moment.kind.class(), moment.kind.shape());
        if moment.kind != Kind::State {
            self.line(format_args!(r#"<path class="guide {class}" d="M{x:.1} {LANES:.1}V{y:.1}"/>"#));
        }
        let (from, anchor) = if to_the_left { (x - NEAR, r#" text-anchor="end""#) } else { (x + NEAR, "") };
        self.line(format_args!(
            r#"<g class="{class}"><title>{}</title><path d="M{x:.1} {y:.1}{shape}"/><text x="{from:.1}" y="{:.1}"{anchor}>{}</text></g>"#,
            escaped(&moment.title),
            y + 4.0,
            escaped(&moment.label)
        ));
    }
}
