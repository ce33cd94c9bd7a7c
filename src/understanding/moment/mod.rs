//! Days and times of day as callers say them.

mod clock;
mod day;
#[cfg(test)]
mod tests;

use std::ops::Range;

use jiff::Zoned;
use jiff::civil::{Date, Time};

use super::correction::takes_back;
use super::lexicon::is_in;
use super::number::{Token, ordinal, tokens, word};
use clock::{Clock, Part};
use day::{Calendar, Day};

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

/// The moments in `text`, in order, as said at `now`. What lies behind is told from what is to come by the words around
/// ("came", "since"); without such a word the next day of that name is meant. Of a moment and its correction the
/// corrected one is kept.
pub fn moments(text: &str, now: &Zoned) -> Vec<Moment> {
    let tokens = tokens(text);
    let month_first = now.time_zone().iana_name().is_some_and(|zone| zone.starts_with("America/"));
    let calendar = Calendar { tokens: &tokens, now, month_first };
    let scan = Scan { tokens: &tokens, past: past(&tokens), calendar };
    let mut found: Vec<Placed> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let link = found.last().map_or(Link::Apart, |last| link(&tokens, last, at));
        let Some(next) = scan.moment(at, found.last().filter(|_| link == Link::Corrects)) else {
            at += 1;
            continue;
        };
        at = next.end;
        match link {
            Link::Corrects => {
                let earlier = found.pop();
                found.push(earlier.map_or(next.clone(), |earlier| earlier.corrected_by(next)));
            }
            Link::Denied => {}
            Link::Apart => found.push(next),
        }
    }
    found.into_iter().map(|placed| placed.moment).collect()
}

/// A moment and the words it takes.
#[derive(Clone)]
struct Placed {
    moment: Moment,
    start: usize,
    end: usize,
}

impl Placed {
    /// The later of two, with what it leaves out taken from the earlier: "Tuesday at four, no, Wednesday".
    fn corrected_by(self, later: Self) -> Self {
        let (old, new) = (self.moment, later.moment);
        let moment = Moment {
            span: old.span.start..new.span.end,
            date: new.date.or(old.date),
            last: if new.date.is_some() { new.last } else { old.last },
            time: new.time.or(old.time),
            kind: if new.kind == MomentKind::At { old.kind } else { new.kind },
        };
        Self { moment, start: self.start, end: later.end }
    }
}

/// How a moment stands to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Apart,
    /// "Tuesday, no, Wednesday", "not Tuesday, but Wednesday".
    Corrects,
    /// "Tuesday, not Wednesday".
    Denied,
}

fn link(tokens: &[Token], earlier: &Placed, to: usize) -> Link {
    let between = tokens.get(earlier.end..to).unwrap_or_default();
    if !between.is_empty() && between.iter().all(|token| token.text == "not") {
        return Link::Denied;
    }
    // "Not Tuesday, it's Wednesday": what comes before takes it back.
    let denied = is_not(tokens, earlier.start).then_some("no");
    let said = denied.into_iter().chain(between.iter().map(|token| token.text.as_str()));
    if takes_back(said) { Link::Corrects } else { Link::Apart }
}

struct Scan<'a> {
    tokens: &'a [Token],
    /// Whether the words around each word tell of what lies behind.
    past: Vec<bool>,
    calendar: Calendar<'a>,
}

impl Scan<'_> {
    /// The moment that begins at a place; one that corrects another may leave out what makes it one.
    fn moment(&self, at: usize, corrected: Option<&Placed>) -> Option<Placed> {
        let mut parts = Parts::default();
        let past = self.past[at];
        let mut end = at;
        let mut start = None;
        loop {
            let lead = self.lead(end, &parts);
            let place = end + lead.used;
            let Some(used) = self.part(place, end, &lead, past, corrected, &mut parts) else { break };
            if start.is_none() {
                start = Some(if lead.kind.is_some() { at } else { place });
            }
            let reached = place + used;
            if lead.kind.is_some_and(|kind| kind != MomentKind::At) || parts.kind.is_none() {
                parts.kind = parts.kind.or(self.kind(end, &lead, past, &parts));
            }
            end = reached;
            if self.tokens.get(end - 1).is_none_or(|token| token.stop) || parts.are_whole() {
                break;
            }
        }
        let start = start?;
        let moment = parts.moment(self.tokens[start].start..self.tokens[end - 1].end)?;
        let moment = self.onwards(end, moment);
        Some(Placed { moment, start, end })
    }

    /// Takes the day or the time at a place into the parts, and says how many words it takes.
    fn part(
        &self,
        place: usize,
        led_from: usize,
        lead: &Lead,
        past: bool,
        corrected: Option<&Placed>,
        parts: &mut Parts,
    ) -> Option<usize> {
        let tokens = self.tokens;
        let past = past || lead.since;
        let after_date = parts.day.is_some();
        if parts.time.is_none() && parts.period.is_none() {
            let corrects_time = corrected.is_some_and(|earlier| earlier.moment.time.is_some());
            // "From" and "between" are part of a period, but may also lead to a time.
            let changes = word(tokens, led_from) == "from" && self.is_change(led_from);
            let opened = matches!(word(tokens, led_from), "from" | "between") && lead.used == 1 && !changes;
            let expected = lead.expects_time || corrects_time || parts.part.is_some();
            let from = if opened { led_from } else { place };
            if let Some((first, last, used)) =
                clock::period(tokens, from, expected || after_date).filter(|_| !changes)
            {
                parts.period = Some((first, last));
                return Some(used + from - place.min(used + from)).filter(|used| *used > 0);
            }
            if let Some((time, used)) = clock::clock(tokens, place, expected)
                .or_else(|| clock::clock(tokens, place, after_date).filter(|(_, used)| *used > 1))
            {
                parts.time = Some(time);
                return Some(used);
            }
        }
        if parts.part.is_none()
            && let Some(used) = self.part_of_day(place, parts)
        {
            return Some(used);
        }
        if parts.day.is_some() || self.is_recurring(place) {
            return None;
        }
        let corrects_date = corrected.is_some_and(|earlier| earlier.moment.date.is_some());
        let mut day = self.calendar.day(place, past, lead.expects_day || corrects_date)?;
        let the = usize::from(word(tokens, place) == "the");
        // Of "March fourth, no, the fifth" the second has its month from the first.
        if let Some(earlier) = corrected.and_then(|earlier| earlier.moment.date)
            && let Some((number, used)) = ordinal(tokens, place + the)
            && day.used == the + used
        {
            day.first = Date::new(earlier.year(), earlier.month(), number).unwrap_or(day.first);
        }
        if let Some((last, more)) = self.through(place + day.used, led_from, day.first) {
            day.last = Some(last);
            day.used += more;
        }
        let used = day.used;
        parts.day = Some(day);
        Some(used)
    }

    /// "This morning", "tonight", "tomorrow morning", "in the afternoon", "last night".
    fn part_of_day(&self, place: usize, parts: &mut Parts) -> Option<usize> {
        let today = self.calendar.now.date();
        let on = |date| Day { first: date, last: None, time: None, kind: None, used: 0 };
        let (first, second) = (word(self.tokens, place), word(self.tokens, place + 1));
        if parts.day.is_none() {
            if first == "tonight" {
                (parts.day, parts.part) = (Some(on(today)), Some(Part::Evening));
                return Some(1);
            }
            if (first, second) == ("last", "night") {
                (parts.day, parts.part) = (Some(on(today.yesterday().ok()?)), Some(Part::Night));
                return Some(2);
            }
        }
        let (part, used) = clock::part(self.tokens, place)?;
        let this = first == "this";
        if this && parts.day.is_none() {
            parts.day = Some(on(today));
        }
        // "Good morning" is no time, "the night shift" neither; a bare "morning" needs a day before it.
        let led = used > 1 && first != "the"
            || first == "the" && word(self.tokens, place + used) == "of"
            || clock::clock(self.tokens, place + used, true).is_some();
        let greets = place > 0 && word(self.tokens, place - 1) == "good";
        if greets || (!led && parts.day.is_none() && parts.time.is_none()) {
            return None;
        }
        parts.part = Some(part);
        Some(used)
    }

    /// The last day of several: "to Friday", "through the fifth".
    fn through(&self, at: usize, led_from: usize, first: Date) -> Option<(Date, usize)> {
        let joined = match word(self.tokens, at) {
            "to" if self.is_change(at) => false,
            "to" | "through" | "thru" | "until" | "till" => true,
            "and" => word(self.tokens, led_from) == "between",
            _ => false,
        };
        if !joined {
            return None;
        }
        if let Some(day) = day::weekday(word(self.tokens, at + 1)) {
            return Some((first.nth_weekday(1, day).ok()?, 2));
        }
        let the = usize::from(word(self.tokens, at + 1) == "the");
        if let Some((number, used)) = ordinal(self.tokens, at + 1 + the) {
            let same = Date::new(first.year(), first.month(), number).ok().filter(|date| *date > first);
            let month_named = self.calendar.day(at + 1, false, true).filter(|day| day.used > the + used);
            if let Some(last) = month_named {
                return Some((last.first, 1 + last.used));
            }
            return Some((same?, 1 + the + used));
        }
        let last = self.calendar.day(at + 1, false, false).filter(|day| day.first > first)?;
        Some((last.first, 1 + last.used))
    }

    /// The words that lead to a day or a time.
    fn lead(&self, at: usize, parts: &Parts) -> Lead {
        let mut lead = Lead::default();
        loop {
            let place = at + lead.used;
            let next = word(self.tokens, place + 1);
            match word(self.tokens, place) {
                "at" => lead.expects_time = true,
                "around" | "about" | "approximately" | "roughly" | "by" | "until" | "till" | "til"
                | "before" | "after" | "past" | "since" | "from" | "between" => {
                    lead.expects_time = true;
                    lead.expects_day = true;
                    lead.take_kind(word(self.tokens, place));
                }
                "on" | "for" => lead.expects_day = true,
                "to" if lead.used == 0 && self.is_change(place) => {
                    (lead.expects_time, lead.expects_day) = (true, true);
                }
                "of" if parts.part.is_some() => {}
                "no" | "not" if next == "later" && word(self.tokens, place + 2) == "than" => {
                    lead.kind = Some(MomentKind::Before);
                    (lead.expects_time, lead.expects_day) = (true, true);
                    lead.used += 2;
                }
                "any" if next == "time" => lead.used += 1,
                "sometime" | "anytime" | "exactly" | "say" => {}
                _ => break,
            }
            lead.used += 1;
            if lead.used > 4 {
                break;
            }
        }
        lead
    }

    /// How a moment lies to its sentence, by its lead.
    fn kind(&self, led_from: usize, lead: &Lead, past: bool, parts: &Parts) -> Option<MomentKind> {
        let own = parts.day.and_then(|day| day.kind);
        // "A charge from this morning" begins nothing.
        let here = parts.day.is_some_and(|day| day.first <= self.calendar.now.date());
        let denied = led_from > 0 && is_not(self.tokens, led_from);
        match lead.kind {
            // "Not before Friday" is Friday or later.
            Some(MomentKind::Before) if denied => Some(MomentKind::After),
            Some(MomentKind::After)
                if lead.from && (past || here || parts.period.is_some() || self.is_change(led_from)) =>
            {
                own
            }
            kind => kind.or(own),
        }
    }

    /// "From Monday on", "four or later", "Friday at the latest".
    fn onwards(&self, end: usize, moment: Moment) -> Moment {
        let next = [word(self.tokens, end), word(self.tokens, end + 1), word(self.tokens, end + 2)];
        let kind = match next {
            ["onwards" | "onward", _, _] | ["or" | "and", "later" | "after", _] => MomentKind::After,
            ["or", "earlier" | "before", _] | ["at", "the", "latest"] | ["latest", _, _] => {
                MomentKind::Before
            }
            _ => moment.kind,
        };
        Moment { kind, ..moment }
    }

    /// "Move it from Tuesday to Thursday" names two days, not all between.
    fn is_change(&self, at: usize) -> bool {
        const CHANGES: &str = "move moved moving change changed changing switch switched reschedule rescheduled push \
            pushed rebook rebooked shift shifted postpone postponed bring";
        let sentence = self.tokens[..at.min(self.tokens.len())].iter().rev().take_while(|token| !token.stop);
        sentence.take(12).any(|token| is_in(CHANGES, &token.text))
    }

    /// "Every Tuesday" is no day of its own.
    fn is_recurring(&self, at: usize) -> bool {
        at > 0 && matches!(word(self.tokens, at - 1), "every" | "each")
    }
}

/// What the words before a day or a time say of it.
#[derive(Default)]
struct Lead {
    kind: Option<MomentKind>,
    expects_time: bool,
    expects_day: bool,
    since: bool,
    from: bool,
    used: usize,
}

impl Lead {
    fn take_kind(&mut self, word: &str) {
        self.from |= word == "from";
        self.since |= word == "since";
        match word {
            "after" | "past" | "since" | "from" => self.kind = Some(MomentKind::After),
            "before" | "by" | "until" | "till" | "til" => self.kind = Some(MomentKind::Before),
            _ => {}
        }
    }
}

/// What a moment is put together from.
#[derive(Default)]
struct Parts {
    day: Option<Day>,
    part: Option<Part>,
    time: Option<Clock>,
    period: Option<(Clock, Clock)>,
    kind: Option<MomentKind>,
}

impl Parts {
    const fn are_whole(&self) -> bool {
        let timed = self.time.is_some() || self.period.is_some();
        self.day.is_some() && timed && self.part.is_some()
    }

    fn moment(&self, span: Range<usize>) -> Option<Moment> {
        let time = match (self.time, self.period, self.part) {
            (_, Some((first, last)), part) => Some(clock::resolve_period(first, last, part)),
            (Some(time), None, part) => Some(TimeOfDay::Clock(time.resolve(part))),
            (None, None, part) => part.map(Part::times),
        };
        let time = time.or(self.day.and_then(|day| day.time).map(TimeOfDay::Clock));
        let date = self.day.map(|day| day.first);
        let last = self.day.and_then(|day| day.last);
        (date.is_some() || time.is_some()).then_some(Moment {
            span,
            date,
            last,
            time,
            kind: self.kind.unwrap_or(MomentKind::At),
        })
    }
}

/// Whether the word before a place denies what follows.
fn is_not(tokens: &[Token], at: usize) -> bool {
    at > 0 && (word(tokens, at - 1) == "not" || word(tokens, at - 1).ends_with("n't"))
}

/// Whether the words around each word tell of what lies behind: the nearest telling word of the sentence before it decides,
/// then the nearest from it on.
fn past(tokens: &[Token]) -> Vec<bool> {
    let told: Vec<Option<bool>> = (0..tokens.len()).map(|at| tense_at(tokens, at)).collect();
    let mut past = vec![None; tokens.len()];
    let mut nearest = None;
    for at in 0..tokens.len() {
        past[at] = nearest;
        nearest = if tokens[at].stop { None } else { told[at].or(nearest) };
    }
    let mut nearest = None;
    for at in (0..tokens.len()).rev() {
        nearest = told[at].or(if tokens[at].stop { None } else { nearest });
        past[at] = past[at].or(nearest);
    }
    past.into_iter().map(|past| past.unwrap_or(false)).collect()
}

fn tense_at(tokens: &[Token], at: usize) -> Option<bool> {
    let before = if at == 0 { "" } else { word(tokens, at - 1) };
    // "I've got" is now.
    let has = matches!(before, "have" | "has" | "i've" | "we've" | "you've" | "they've" | "he's" | "she's");
    if word(tokens, at) == "got" { (!has).then_some(true) } else { tense(word(tokens, at)) }
}

/// Whether a word tells of the past (`true`) or of what is to come; `None` for most words.
fn tense(word: &str) -> Option<bool> {
    const PAST: &str = "was were had did didn't came went called waited told said promised took paid sent since ago \
        happened stopped broke died left showed bought ordered missed failed started been heard noticed found saw \
        made rang spoke gave wrote wasn't weren't hadn't hasn't haven't";
    const COMING: &str = "will won't i'll you'll he'll she'll we'll they'll going gonna want need like can could please \
        book schedule reschedule able available free next until shall may can't i'd move due";
    // What is arranged or felt now ends like what is over.
    const NOT_OVER: &str = "need scheduled booked supposed needed tired married worried interested planned confused \
        wanted indeed speed closed allowed reserved expected hundred";
    if is_in(PAST, word) {
        return Some(true);
    }
    if is_in(COMING, word) {
        return Some(false);
    }
    (word.len() > 4 && word.ends_with("ed") && !is_in(NOT_OVER, word)).then_some(true)
}
