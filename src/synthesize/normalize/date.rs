//! Dates, weekdays and times of day.

use super::number::{cardinal, ordinal, year};
use super::token::{TO, Token};
use super::{Place, Said};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The number of a month, from its name or usual abbreviation with a capital.
pub fn month(word: &str) -> Option<usize> {
    let word = if word == "Sept" { "September" } else { word };
    named(word, &MONTHS).map(|index| index + 1)
}

/// The name of a weekday, from its name or usual abbreviation with a capital.
pub fn weekday(word: &str) -> Option<&'static str> {
    let word = match word {
        "Tues" => "Tuesday",
        "Thur" | "Thurs" => "Thursday",
        other => other,
    };
    named(word, &WEEKDAYS).map(|index| WEEKDAYS[index])
}

fn named(word: &str, names: &[&str]) -> Option<usize> {
    names.iter().position(|name| *name == word || word.len() == 3 && name.starts_with(word))
}

/// Reads dates and weekdays.
pub fn date(place: &Place, at: usize) -> Option<Said> {
    let token = place.get(at)?;
    numeric(place, at)
        .or_else(|| month_first(place, at))
        .or_else(|| day_first(place, at))
        .or_else(|| weekday_name(place, at))
        .or_else(|| {
            let month = MONTHS[month(&token.core)? - 1];
            (token.core.len() < month.len() && token.has_stop()).then(|| Said::abbreviation(month, 1))
        })
}

fn day(token: &Token) -> Option<u64> {
    let core = ["st", "nd", "rd", "th"].into_iter().find_map(|suffix| token.core.strip_suffix(suffix));
    let number: u64 = core.unwrap_or(&token.core).parse().ok()?;
    (1..=31).contains(&number).then_some(number)
}

fn year_token(token: &Token) -> Option<u64> {
    token.digits().filter(|number| (1000..2200).contains(number))
}

/// Reads `March 14`, `Mar. 14th, 2026`, `March 3 – 5`, `March 2026`.
fn month_first(place: &Place, at: usize) -> Option<Said> {
    let token = place.get(at)?;
    let month = MONTHS[month(&token.core)? - 1];
    let next = place.get(at + 1).filter(|_| token.goes_on())?;
    if let Some(number) = year_token(next).filter(|_| token.tail.is_empty() || token.core.len() < month.len())
    {
        return Some(Said::new(format!("{month} {}", year(number)), 2));
    }
    let first = day(next)?;
    let mut words = format!("{month} {}", ordinal(first));
    let mut used = 2;
    let range = place.get(at + 2).filter(|token| next.tail.is_empty() && token.core == TO);
    if let Some(last) = range.and_then(|_| day(place.get(at + 3)?)) {
        words.push_str(&format!(" to {}", ordinal(last)));
        used = 4;
    }
    let is_open = matches!(place.get(at + used - 1)?.tail.as_str(), "" | ",");
    if let Some(number) = place.get(at + used).filter(|_| is_open).and_then(year_token) {
        words.push_str(&format!(", {}", year(number)));
        used += 1;
    }
    Some(Said::new(words, used))
}

/// Reads `14 March 2026`.
fn day_first(place: &Place, at: usize) -> Option<Said> {
    let (token, next) = (place.get(at)?, place.get(at + 1)?);
    let month = MONTHS[month(&next.core)? - 1];
    if !token.tail.is_empty() || next.core == "May" && next.has_stop() {
        return None;
    }
    let the = if place.before(at, 1).is_some_and(|before| before.small() == "the") { "" } else { "the " };
    let words = format!("{the}{} of {month}", ordinal(day(token)?));
    match place.get(at + 2).filter(|_| matches!(next.tail.as_str(), "" | "," | ".")).and_then(year_token) {
        Some(number) => Some(Said::new(format!("{words}, {}", year(number)), 3)),
        None => Some(Said { takes_stop: next.core.len() < month.len(), ..Said::new(words, 2) }),
    }
}

/// Reads `3/14/2026`, `14.3.2026`, `2026-03-14`, and `3/14` where it can be no fraction.
fn numeric(place: &Place, at: usize) -> Option<Said> {
    let token = place.get(at)?;
    let separator =
        token.core.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '/' | '-' | '.'))?;
    let parts: Vec<&str> = token.core.split(separator).collect();
    let numbers: Vec<u64> = parts.iter().map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (month, day, in_year) = match (parts.as_slice(), numbers.as_slice()) {
        ([y, _, _], &[number, month, day]) if y.len() == 4 => (month, day, Some(number)),
        ([_, _, y], &[a, b, number]) if matches!(y.len(), 2 | 4) => {
            let number = if y.len() == 2 { 2000 + number } else { number };
            // Only one order may be possible, whatever the region's is; stops are never written month first.
            let month_first = place.month_first && separator != '.' && a <= 12 || b > 12;
            if month_first { (a, b, Some(number)) } else { (b, a, Some(number)) }
        }
        ([_, _], &[a, b]) if separator == '/' => {
            let (month, day) = if place.month_first && a <= 12 || b > 12 { (a, b) } else { (b, a) };
            let is_dated = place.before(at, 1).is_some_and(|before| {
                let before = before.small();
                matches!(
                    before.as_str(),
                    "on" | "by" | "until" | "till" | "before" | "after" | "since" | "from" | "due"
                ) || WEEKDAYS.iter().any(|day| day.eq_ignore_ascii_case(&before))
            });
            if !is_dated && (a < b && b <= 10 || a == 24) {
                return None;
            }
            (month, day, None)
        }
        _ => return None,
    };
    if !(1..=31).contains(&day) {
        return None;
    }
    let month = MONTHS.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    let day = ordinal(day);
    let words = if place.month_first { format!("{month} {day}") } else { format!("the {day} of {month}") };
    Some(Said::new(in_year.map_or_else(|| words.clone(), |number| format!("{words}, {}", year(number))), 1))
}

/// Reads `Mon.`, and `Tue` where it stands beside a date, a time or another day.
fn weekday_name(place: &Place, at: usize) -> Option<Said> {
    let token = place.get(at)?;
    let name = weekday(&token.core)?;
    let beside = |other: Option<&Token>| {
        other.is_some_and(|other| {
            other.core == TO
                || other.core == "&"
                || weekday(&other.core).is_some()
                || month(&other.core).is_some()
                || other.core.starts_with(|c: char| c.is_ascii_digit())
        })
    };
    let is_day = token.core.len() == name.len()
        || token.has_stop()
        || beside(place.get(at + 1))
        || beside(at.checked_sub(1).and_then(|before| place.get(before)));
    is_day.then(|| Said { takes_stop: token.core.len() < name.len(), ..Said::new(name, 1) })
}

/// Reads times of day: `9:30`, `9am`, `2 p.m.`, `14:05`.
pub fn clock(place: &Place, at: usize) -> Option<Said> {
    let token = place.get(at)?;
    let core = token.core.to_lowercase();
    let digits_end = core.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(core.len());
    let (time, suffix) = core.split_at(digits_end);
    let (hour, minute) = time.split_once(':').map_or((time, None), |(hour, minute)| (hour, Some(minute)));
    let hour: u64 = hour.parse().ok().filter(|hour| *hour < 24)?;
    let minute = match minute {
        Some(minute) if minute.len() == 2 => Some(minute.parse().ok().filter(|minute: &u64| *minute < 60)?),
        Some(_) => return None,
        None => None,
    };
    let next = place.get(at + 1).filter(|_| token.tail.is_empty());
    let attached = half(suffix);
    let apart = next.filter(|_| suffix.is_empty()).and_then(|next| half(&next.small()));
    if !suffix.is_empty() && attached.is_none() || minute.is_none() && attached.or(apart).is_none() {
        return None;
    }
    let used = if apart.is_some() { 2 } else { 1 };
    let written = attached.or(apart);
    let has_stops = place.get(at + used - 1)?.core.contains('.');
    let words = spoken(hour, minute.unwrap_or(0), written, minute.is_none());
    Some(Said { takes_stop: has_stops, ..Said::new(words, used) })
}

fn half(suffix: &str) -> Option<&'static str> {
    match suffix {
        "am" | "a.m" | "a.m." => Some("a.m"),
        "pm" | "p.m" | "p.m." => Some("p.m"),
        _ => None,
    }
}

fn spoken(hour: u64, minute: u64, half: Option<&str>, is_bare: bool) -> String {
    let (hour, half) = match (hour, half) {
        (12, Some("p.m")) if minute == 0 => return "noon".to_owned(),
        (0, None) | (0 | 12, Some("a.m")) if minute == 0 => return "midnight".to_owned(),
        (0, half) => (12, half.or(Some("a.m"))),
        (13.., _) => (hour - 12, Some("p.m")),
        (hour, half) => (hour, half),
    };
    let minutes = match minute {
        0 if half.is_none() && !is_bare => " o'clock".to_owned(),
        0 => String::new(),
        few @ 1..=9 => format!(" oh {}", cardinal(few)),
        minute => format!(" {}", cardinal(minute)),
    };
    format!("{}{minutes} {}", cardinal(hour), half.unwrap_or_default()).trim_end().to_owned()
}
