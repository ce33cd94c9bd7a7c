use jiff::civil::Time;

use crate::domain::{Hours, OpeningSpan};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Opening hours as people say them, to follow "we are open": "Monday to Thursday from eight to twelve and from one to
/// five, and Friday from eight to twelve". Days closed all day are not told.
pub(super) fn spoken(hours: &Hours) -> String {
    let mut groups: Vec<(&[OpeningSpan], Vec<usize>)> = Vec::new();
    for (offset, day) in (0..).zip(0..DAYS.len()) {
        let Some(spans) = hours.week.get(&offset) else { continue };
        match groups.iter_mut().find(|(same, _)| *same == spans.as_slice()) {
            Some((_, days)) => days.push(day),
            None => groups.push((spans, vec![day])),
        }
    }
    let told: Vec<String> =
        groups.iter().map(|(spans, days)| format!("{} {}", days_of(days), times_of(spans))).collect();
    listed(&told, ", ", ", and ")
}

/// Minutes of opening hours in a week without holidays.
pub(super) fn minutes_a_week(hours: &Hours) -> i32 {
    let minute = |time: Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
    let length = |span: &OpeningSpan| match minute(span.to) - minute(span.from) {
        within @ 1.. => within,
        past_midnight => past_midnight + 24 * 60,
    };
    hours.week.values().flatten().map(length).sum()
}

fn days_of(days: &[usize]) -> String {
    if days.len() == DAYS.len() {
        return "every day".to_owned();
    }
    let mut told = Vec::new();
    for run in days.chunk_by(|day, next| day + 1 == *next) {
        match run {
            [first, _, .., last] => told.push(format!("{} to {}", DAYS[*first], DAYS[*last])),
            _ => told.extend(run.iter().map(|day| DAYS[*day].to_owned())),
        }
    }
    listed(&told, ", ", " and ")
}

fn times_of(spans: &[OpeningSpan]) -> String {
    let told: Vec<String> = spans.iter().map(span).collect();
    listed(&told, ", ", " and ")
}

fn span(span: &OpeningSpan) -> String {
    if span.from == span.to {
        return "round the clock".to_owned();
    }
    let (from, to) = (clock(span.from), clock(span.to));
    // "Nine to five" is clear; "six to ten" is not.
    let plain = (7..17).contains(&span.from.hour())
        && span.to > span.from
        && span.to.hour() < 19
        && span.to.hour() - span.from.hour() < 12;
    if plain {
        format!("from {from} to {to}")
    } else {
        format!("from {from}{} to {to}{}", part_of_day(span.from), part_of_day(span.to))
    }
}

fn part_of_day(time: Time) -> &'static str {
    match (time.hour(), time.minute()) {
        (0 | 12, 0) => "",
        (0..12, _) => " in the morning",
        (12..18, _) => " in the afternoon",
        (18..21, _) => " in the evening",
        _ => " at night",
    }
}

fn clock(time: Time) -> String {
    const NUMBERS: [&str; 20] = [
        "twelve",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 6] = ["oh", "", "twenty", "thirty", "forty", "fifty"];
    let hour = NUMBERS[usize::from(time.hour().unsigned_abs()) % 12];
    let minute = usize::from(time.minute().unsigned_abs());
    match (time.hour(), minute) {
        (0, 0) => "midnight".to_owned(),
        (_, 0) => hour.to_owned(),
        (_, 10..20) => format!("{hour} {}", NUMBERS[minute]),
        (_, _) if minute % 10 == 0 => format!("{hour} {}", TENS[minute / 10]),
        (_, _) => format!("{hour} {} {}", TENS[minute / 10], NUMBERS[minute % 10]),
    }
}

fn listed(parts: &[String], comma: &str, and: &str) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{}{and}{last}", first.join(comma)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str) -> OpeningSpan {
        super::super::business::opening_span(text).unwrap()
    }

    fn told(week: &[(&[i8], &[&str])]) -> String {
        let mut hours = Hours::default();
        for (days, texts) in week {
            for day in *days {
                hours.week.insert(*day, texts.iter().map(|text| span(text)).collect());
            }
        }
        spoken(&hours)
    }

    #[test]
    fn hours_are_told_as_people_say_them() {
        assert_eq!(
            told(&[
                (&[0, 1, 2, 3], &["08:00-12:00", "13:00-17:00"]),
                (&[4], &["08:00-12:00", "13:00-16:00"]),
                (&[5], &["09:00-12:00"]),
            ]),
            "Monday to Thursday from eight to twelve and from one to five, Friday from eight to twelve and from one to \
             four, and Saturday from nine to twelve"
        );
        assert_eq!(
            told(&[(&[0, 2, 4], &["08:30-17:15"]), (&[1, 3], &["10:00-18:05"])]),
            "Monday, Wednesday and Friday from eight thirty to five fifteen, and Tuesday and Thursday from ten to six \
             oh five"
        );
    }

    #[test]
    fn hours_that_could_be_mistaken_name_the_part_of_the_day() {
        let cases = [
            ("07:00-19:00", "from seven in the morning to seven in the evening"),
            ("22:00-06:00", "from ten at night to six in the morning"),
            ("18:00-00:00", "from six in the evening to midnight"),
            ("00:00-24:00", "round the clock"),
            ("06:30-12:00", "from six thirty in the morning to twelve"),
            ("09:25-12:45", "from nine twenty five to twelve forty five"),
        ];
        for (text, expected) in cases {
            assert_eq!(told(&[(&[0, 1, 2, 3, 4, 5, 6], &[text])]), format!("every day {expected}"), "{text}");
        }
    }
}
