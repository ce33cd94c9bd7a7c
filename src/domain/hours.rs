use std::collections::BTreeMap;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// How many days ahead opening hours are looked for; a business that opens on none of them counts as always open.
const HORIZON_DAYS: usize = 90;

/// What a due time is rounded up to, because people agree on quarters of an hour.
const QUARTER_SECONDS: i64 = 15 * 60;

/// Opening hours by weekday, in the business's own time zone.
#[derive(Debug, Clone, Default)]
pub struct Hours {
    /// The spans of each weekday, in order; a day without an entry is closed. Indexed by [`Weekday`]'s Monday-zero offset.
    pub week: BTreeMap<i8, Vec<OpeningSpan>>,
    /// Days closed all day.
    pub closed_on: Vec<Date>,
}

/// One stretch of a day in which the business is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpeningSpan {
    /// Opens at.
    pub from: Time,
    /// Closes at; not after `from` means on the next day.
    pub to: Time,
}

impl Hours {
    /// The spans that begin on `date`.
    pub fn on(&self, date: Date) -> &[OpeningSpan] {
        if self.closed_on.contains(&date) {
            return &[];
        }
        let weekday: Weekday = date.weekday();
        self.week.get(&weekday.to_monday_zero_offset()).map_or(&[], Vec::as_slice)
    }

    /// Whether the business, living in `zone`, is open at `at`.
    pub fn open_at(&self, at: Timestamp, zone: &TimeZone) -> bool {
        self.spans_from(at, zone, 2).any(|(from, to)| from <= at && at < to)
    }

    /// The moment when `minutes` of opening hours have passed since `from`, rounded up to a quarter of an hour where
    /// the business is still open then. Minutes are real ones, so a change of the clocks neither adds nor takes any.
    pub fn due(&self, from: Timestamp, minutes: u32, zone: &TimeZone) -> Timestamp {
        let mut left = SignedDuration::from_mins(i64::from(minutes));
        for (opens, closes) in self.spans_from(from, zone, HORIZON_DAYS) {
            let start = opens.max(from);
            let length = closes.duration_since(start);
            if length.is_negative() || length.is_zero() {
                continue;
            }
            if left <= length {
                return rounded_up(start + left).min(closes);
            }
            left -= length;
        }
        rounded_up(from + SignedDuration::from_mins(i64::from(minutes)))
    }

    /// Spans as instants, from the one that may have begun the day before `from`.
    fn spans_from(
        &self,
        from: Timestamp,
        zone: &TimeZone,
        days: usize,
    ) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let today = from.to_zoned(zone.clone()).date();
        let first = today.yesterday().unwrap_or(today);
        first.series(jiff::Span::new().days(1)).take(days + 1).flat_map(move |date| {
            self.on(date).iter().filter_map(move |span| {
                let closing_day = if span.to > span.from { date } else { date.tomorrow().ok()? };
                let opens = zone.to_timestamp(date.to_datetime(span.from)).ok()?;
                let closes = zone.to_timestamp(closing_day.to_datetime(span.to)).ok()?;
                Some((opens, closes))
            })
        })
    }
}

fn rounded_up(at: Timestamp) -> Timestamp {
    let over = at.as_second().rem_euclid(QUARTER_SECONDS);
    let exact = over == 0 && at.subsec_nanosecond() == 0;
    if exact { at } else { Timestamp::from_second(at.as_second() - over + QUARTER_SECONDS).unwrap_or(at) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    fn zone() -> TimeZone {
        TimeZone::get("America/New_York").unwrap()
    }

    fn span(from: i8, to: i8) -> OpeningSpan {
        OpeningSpan { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) }
    }

    fn office() -> Hours {
        let week = (0..5).map(|day| (day, vec![span(8, 12), span(13, 17)])).collect();
        Hours { week, closed_on: vec!["2026-11-26".parse().unwrap()] }
    }

    fn at(text: &str) -> Timestamp {
        text.parse::<jiff::Zoned>().unwrap().timestamp()
    }

    fn due(hours: &Hours, from: &str, minutes: u32) -> String {
        hours.due(at(from), minutes, &zone()).to_zoned(zone()).strftime("%a %F %H:%M").to_string()
    }

    #[test]
    fn opening_minutes_skip_lunch_nights_weekends_and_holidays() {
        let hours = office();
        let cases = [
            ("2026-11-23T09:00[America/New_York]", 120, "Mon 2026-11-23 11:00"),
            ("2026-11-23T11:00[America/New_York]", 120, "Mon 2026-11-23 14:00"),
            ("2026-11-23T06:00[America/New_York]", 60, "Mon 2026-11-23 09:00"),
            ("2026-11-25T16:30[America/New_York]", 60, "Fri 2026-11-27 08:30"),
            ("2026-11-27T16:30[America/New_York]", 60, "Mon 2026-11-30 08:30"),
            ("2026-11-23T09:02[America/New_York]", 60, "Mon 2026-11-23 10:15"),
            ("2026-11-23T11:58[America/New_York]", 2, "Mon 2026-11-23 12:00"),
        ];
        for (from, minutes, expected) in cases {
            assert_eq!(due(&hours, from, minutes), expected, "{from} + {minutes}");
        }
    }

    #[test]
    fn a_change_of_the_clocks_takes_no_minutes() {
        // On 8 March 2026 the clocks go from two to three in the night.
        let night = Hours { week: [(5, vec![span(22, 6)])].into(), closed_on: vec![] };
        assert_eq!(due(&night, "2026-03-07T22:00[America/New_York]", 300), "Sun 2026-03-08 04:00");
        assert!(night.open_at(at("2026-03-08T05:59[America/New_York]"), &zone()));
        assert!(!night.open_at(at("2026-03-08T06:00[America/New_York]"), &zone()));
    }

    #[test]
    fn midnight_may_be_the_closing_time() {
        let late = Hours { week: [(0, vec![span(18, 0)])].into(), closed_on: vec![] };
        assert!(late.open_at(at("2026-11-23T23:59[America/New_York]"), &zone()));
        assert!(!late.open_at(at("2026-11-24T00:00[America/New_York]"), &zone()));
    }

    #[test]
    fn a_business_without_hours_promises_by_the_wall_clock() {
        assert_eq!(due(&Hours::default(), "2026-11-23T09:00[America/New_York]", 90), "Mon 2026-11-23 10:30");
    }
}
