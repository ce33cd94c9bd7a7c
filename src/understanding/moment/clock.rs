//! Times of day.

use jiff::civil::Time;

use super::super::number::{Token, cardinal, word};
use super::TimeOfDay;

/// Words that may follow a bare number which is an hour: after any other it counts something.
const AFTER_HOURS: &str = "and or on in to until till through at but because when that so then this next for i we you he she they \
    nobody no it if is was were works would will please today tomorrow yesterday tonight monday tuesday wednesday \
    thursday friday saturday sunday sharp latest onwards onward or ish thanks thank i'm i'll i'd i've he's it's \
    as with sorry wait not actually somebody someone which while unless though only again instead also maybe the \
    right just before after by available free";

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Morning,
    Noon,
    Afternoon,
    Evening,
    Night,
}

impl Part {
    const fn hours(self) -> (i8, i8) {
        match self {
            Self::Morning => (6, 12),
            Self::Noon => (12, 14),
            Self::Afternoon => (12, 18),
            Self::Evening => (18, 22),
            Self::Night => (20, 24),
        }
    }

    /// Its first and last moment.
    pub(super) fn times(self) -> TimeOfDay {
        let (from, to) = self.hours();
        let end = if to == 24 { Time::constant(23, 59, 0, 0) } else { Time::constant(to, 0, 0, 0) };
        TimeOfDay::Between(Time::constant(from, 0, 0, 0), end)
    }
}

/// A time as said, which may leave open which half of the day is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    hour: i8,
    minute: i8,
    half: Half,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Open,
    Morning,
    Afternoon,
    /// The hour is one of 24.
    Exact,
}

impl Clock {
    const fn new(hour: i8, minute: i8, half: Half) -> Self {
        Self { hour, minute, half }
    }

    const fn is_sure(self) -> bool {
        !matches!(self.half, Half::Open)
    }

    /// The time meant; where the half of the day is open, one at which people are up: from seven in the morning to
    /// before seven in the evening.
    pub(super) fn resolve(self, part: Option<Part>) -> Time {
        let late = match (self.half, part) {
            (Half::Exact, _) => return Time::constant(self.hour, self.minute, 0, 0),
            (Half::Morning, _) | (Half::Open, Some(Part::Morning)) => false,
            (Half::Afternoon, _) | (Half::Open, Some(Part::Afternoon | Part::Noon)) => true,
            (Half::Open, Some(Part::Evening | Part::Night)) => (4..12).contains(&self.hour),
            (Half::Open, None) => self.hour < 7 || self.hour == 12,
        };
        let hour = self.hour % 12 + if late { 12 } else { 0 };
        Time::constant(hour, self.minute, 0, 0)
    }
}

/// The times meant by a first and a last one.
pub(super) fn resolve_period(from: Clock, to: Clock, part: Option<Part>) -> TimeOfDay {
    let mut first = from.resolve(part);
    let mut last = to.resolve(part);
    if !from.is_sure() && to.is_sure() && part.is_none() {
        // "From nine to five p.m.", "from two to four p.m.": the longest that is not over noon without need.
        let same = Clock { half: to.half, ..from }.resolve(None);
        if same < last {
            first = same;
        }
    }
    // "Eight to twelve a.m." ends at noon.
    if !from.is_sure() && to.hour == 12 && to.half == Half::Morning {
        last = Time::constant(12, to.minute, 0, 0);
    }
    if last <= first && !to.is_sure() && last.hour() < 12 {
        last = Time::constant(last.hour() + 12, last.minute(), 0, 0);
    }
    TimeOfDay::Between(first, last)
}

/// The part of the day named at a place, and how many words it takes: "in the morning", "early afternoon", "at night".
pub(super) fn part(tokens: &[Token], at: usize) -> Option<(Part, usize)> {
    let lead = match (word(tokens, at), word(tokens, at + 1)) {
        ("in" | "during", "the") => 2,
        ("at" | "the" | "in" | "this", _) => 1,
        _ => 0,
    };
    let early = usize::from(matches!(word(tokens, at + lead), "early" | "late" | "mid" | "later"));
    let place = at + lead + early;
    let part = match word(tokens, place) {
        "morning" | "mornings" => Part::Morning,
        "lunchtime" | "lunch" => Part::Noon,
        "afternoon" | "afternoons" => Part::Afternoon,
        "evening" | "evenings" => Part::Evening,
        "night" => Part::Night,
        _ => return None,
    };
    let longer = usize::from(word(tokens, place) == "lunch" && word(tokens, place + 1) == "time");
    Some((part, lead + early + 1 + longer))
}

/// A first and a last time that begin at a place: "between eight and twelve", "from 9 to 5", "8-12 am". Bare numbers
/// count only where the words before make times `expected`.
pub(super) fn period(tokens: &[Token], at: usize, expected: bool) -> Option<(Clock, Clock, usize)> {
    let opened = matches!(word(tokens, at), "between" | "from");
    let mut place = at + usize::from(opened);
    if let Some((first, last)) = word(tokens, place).split_once('-') {
        let (first, mut second) = (written(first)?, written(last)?);
        let (half, more) = half(tokens, place + 1);
        if half != Half::Open {
            second.half = half;
        }
        let meant = opened || expected || second.is_sure() || first.is_sure();
        return (meant && closed(tokens, place + more)).then_some((first, second, place + 1 + more - at));
    }
    let (first, used) = clock(tokens, place, true)?;
    if tokens[place + used - 1].stop {
        return None;
    }
    place += used;
    let joined = match word(tokens, place) {
        "and" => word(tokens, at) == "between",
        "to" | "until" | "till" | "til" | "through" => true,
        _ => false,
    };
    let (last, used) = clock(tokens, place + 1, joined)?;
    let in_part = part(tokens, place + 1 + used).is_some_and(|(_, used)| used > 1);
    let meant = opened || expected || first.is_sure() || last.is_sure() || in_part;
    (joined && meant).then_some((first, last, place + 1 + used - at))
}

/// The time that begins at a place, and how many words it takes. A bare hour counts only where the words before make a
/// time `expected`, and the word after does not make it a count.
pub(super) fn clock(tokens: &[Token], at: usize, expected: bool) -> Option<(Clock, usize)> {
    match word(tokens, at) {
        "noon" | "midday" => return Some((Clock::new(12, 0, Half::Exact), 1)),
        "midnight" => return Some((Clock::new(0, 0, Half::Exact), 1)),
        _ => {}
    }
    beside_the_hour(tokens, at, expected).or_else(|| on_the_clock(tokens, at, expected))
}

/// "Half past two", "a quarter to six", "ten to five".
fn beside_the_hour(tokens: &[Token], at: usize, expected: bool) -> Option<(Clock, usize)> {
    let article = usize::from(word(tokens, at) == "a");
    let place = at + article;
    let (minutes, used, usual) = match word(tokens, place) {
        "half" => (30, 1, true),
        "quarter" => (15, 1, true),
        _ => {
            let (minutes, used) = cardinal(tokens, place).filter(|(minutes, _)| (1..30).contains(minutes))?;
            let named = matches!(word(tokens, place + used), "minutes" | "minute");
            (i8::try_from(minutes).ok()?, used + usize::from(named), named)
        }
    };
    let link = word(tokens, place + used);
    let before = match link {
        "past" => false,
        "after" if usual || expected => false,
        "to" | "of" | "till" | "before" if usual && minutes != 30 => true,
        "to" if expected && minutes % 5 == 0 => true,
        _ => return None,
    };
    let hour_at = place + used + 1;
    let (mut clock, more) = on_the_clock(tokens, hour_at, true).filter(|(clock, _)| clock.minute == 0)?;
    if before {
        clock.hour = if clock.hour == 1 { 12 } else { (clock.hour + 23) % 24 };
        clock.minute = 60 - minutes;
    } else {
        clock.minute = minutes;
    }
    Some((clock, article + used + 1 + more))
}

/// "2:45", "9 am", "four o'clock", "two thirty", "2 45".
fn on_the_clock(tokens: &[Token], at: usize, expected: bool) -> Option<(Clock, usize)> {
    let text = word(tokens, at);
    let marked = |sign: char| sign.is_ascii_alphabetic() || sign == ':' || sign == '.';
    if let Some(clock) = written(text).filter(|_| text.contains(marked)) {
        let (half, used) = half(tokens, at + 1);
        // "2.45" may be an amount or a version as well.
        let number = text.bytes().all(|sign| sign.is_ascii_digit() || sign == b'.');
        let meant = !number || half != Half::Open || (expected && closed(tokens, at));
        let half = if half == Half::Open { clock.half } else { half };
        return meant.then_some((Clock { half, ..clock }, 1 + used));
    }
    let (hour, mut used) = cardinal(tokens, at).filter(|(hour, _)| (0..24).contains(hour))?;
    let hour = i8::try_from(hour).ok()?;
    let mut minute = 0;
    if !pauses(tokens, at + used - 1)
        && let Some((value, more)) = minutes(tokens, at + used)
    {
        minute = value;
        used += more;
    }
    let (found, more) = if pauses(tokens, at + used - 1) { (Half::Open, 0) } else { half(tokens, at + used) };
    let named = matches!(word(tokens, at + used), "o'clock" | "oclock");
    if found != Half::Open || named {
        let (half, after) = if named { half(tokens, at + used + 1) } else { (found, more) };
        let half = if half == Half::Open && !(1..=12).contains(&hour) { Half::Exact } else { half };
        return ((1..=12).contains(&hour) || half == Half::Exact)
            .then_some((Clock::new(hour, minute, half), used + usize::from(named) + after));
    }
    let in_part =
        part(tokens, at + used).is_some_and(|(_, used)| used > 1) && word(tokens, at + used) != "the";
    let bare = (1..=12).contains(&hour) && (in_part || expected && closed(tokens, at + used - 1));
    bare.then_some((Clock::new(hour, minute, Half::Open), used))
}

/// Minutes after an hour: "thirty", "45", "oh five".
fn minutes(tokens: &[Token], at: usize) -> Option<(i8, usize)> {
    if matches!(word(tokens, at), "oh" | "o") {
        let (value, used) = cardinal(tokens, at + 1).filter(|(value, _)| (1..10).contains(value))?;
        return Some((i8::try_from(value).ok()?, used + 1));
    }
    let (value, used) = cardinal(tokens, at).filter(|(value, _)| (10..60).contains(value))?;
    Some((i8::try_from(value).ok()?, used))
}

/// A time written in one word: "2:45", "14.45", "9am", "2:45p.m", "9".
fn written(text: &str) -> Option<Clock> {
    let digits = text.trim_end_matches(|sign: char| sign.is_ascii_alphabetic() || sign == '.');
    let half = match text[digits.len()..].replace('.', "").as_str() {
        "am" | "a" => Half::Morning,
        "pm" | "p" => Half::Afternoon,
        "" => Half::Open,
        _ => return None,
    };
    let (hour, minute) = match digits.split_once([':', '.']) {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute.parse().ok()?),
        Some(_) => return None,
        None => (digits, 0),
    };
    let numeric =
        |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|sign| sign.is_ascii_digit());
    if !numeric(hour) || !(0..60).contains(&minute) {
        return None;
    }
    let padded = hour.starts_with('0') && half == Half::Open;
    let hour: i8 = hour.parse().ok().filter(|hour| *hour < 24)?;
    let exact = padded || hour > 12 || hour == 0;
    let half = if exact { Half::Exact } else { half };
    Some(Clock::new(hour, minute, half))
}

/// "a.m.", "p.m.", also as two letters.
fn half(tokens: &[Token], at: usize) -> (Half, usize) {
    match (word(tokens, at), word(tokens, at + 1)) {
        ("am", _) => (Half::Morning, 1),
        ("pm", _) => (Half::Afternoon, 1),
        ("a", "m") => (Half::Morning, 2),
        ("p", "m") => (Half::Afternoon, 2),
        _ => (Half::Open, 0),
    }
}

fn pauses(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_none_or(|token| token.comma || token.stop)
}

/// Whether nothing follows that the number before it could count.
pub(super) fn closed(tokens: &[Token], at: usize) -> bool {
    let next = word(tokens, at + 1);
    pauses(tokens, at) || next.is_empty() || super::super::lexicon::is_in(AFTER_HOURS, next)
}
