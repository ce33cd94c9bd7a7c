//! Days, and stretches of them.

use jiff::civil::{Date, Time, Weekday};
use jiff::{Span, ToSpan, Zoned};

use super::super::number::{Token, cardinal, ordinal, word};
use super::MomentKind;
use super::clock::closed;

/// A day as said, resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    /// The day, or the first of several.
    pub(super) first: Date,
    /// The last of several.
    pub(super) last: Option<Date>,
    /// The time of day, where the expression reckons in hours.
    pub(super) time: Option<Time>,
    /// How it lies, where the expression says so itself.
    pub(super) kind: Option<MomentKind>,
    /// How many words it takes.
    pub(super) used: usize,
}

impl Day {
    const fn on(first: Date, used: usize) -> Self {
        Self { first, last: None, time: None, kind: None, used }
    }

    const fn through(first: Date, last: Date, used: usize) -> Self {
        Self { first, last: Some(last), time: None, kind: None, used }
    }
}

/// Where a day is looked for.
pub(super) struct Calendar<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) now: &'a Zoned,
    /// Whether "3/4" is the fourth of March, as in America.
    pub(super) month_first: bool,
}

impl Calendar<'_> {
    /// The day that begins at a place; `past` says where the talk is, `expected` that the words before make a day likely.
    pub(super) fn day(&self, at: usize, past: bool, expected: bool) -> Option<Day> {
        self.named(at)
            .or_else(|| self.reckoned(at, past))
            .or_else(|| self.weekday_at(at, past))
            .or_else(|| self.edge(at, past))
            .or_else(|| self.stretch(at, past))
            .or_else(|| self.of_month(at, past, expected))
            .or_else(|| self.in_numerals(at, past, expected))
    }

    fn today(&self) -> Date {
        self.now.date()
    }

    fn word(&self, at: usize) -> &str {
        word(self.tokens, at)
    }

    /// "Today", "the day before yesterday".
    fn named(&self, at: usize) -> Option<Day> {
        let days_off =
            |days: i64, used| self.shift(self.today(), days.days()).map(|date| Day::on(date, used));
        let the = usize::from(self.word(at) == "the");
        let from = |place: usize| (self.word(place), self.word(place + 1), self.word(place + 2));
        match from(at + the) {
            ("day", "after", "tomorrow") => return days_off(2, the + 3),
            ("day", "before", "yesterday") => return days_off(-2, the + 3),
            _ => {}
        }
        match self.word(at) {
            "today" if self.is_courtesy(at) => None,
            "today" | "today's" => days_off(0, 1),
            "tomorrow" | "tomorrow's" | "tmrw" => match self.word(at + 1) {
                "week" => days_off(8, 2),
                _ => days_off(1, 1),
            },
            "yesterday" | "yesterday's" => days_off(-1, 1),
            _ => None,
        }
    }

    /// "Thanks for your help today", "that is all for today".
    fn is_courtesy(&self, at: usize) -> bool {
        let before = |words: usize| at.checked_sub(words).map_or("", |place| self.word(place));
        matches!(before(1), "help" | "all" | "assistance" | "you") || (before(2), before(1)) == ("all", "for")
    }

    /// "In two weeks", "three days ago", "a week from Tuesday", "within two days", "in the next ten days".
    fn reckoned(&self, at: usize, past: bool) -> Option<Day> {
        let lead = self.word(at);
        if (lead, self.word(at + 1), self.word(at + 2)) == ("within", "the", "hour") {
            let day = self.reckon(Amount::Minutes(60), 1)?;
            return Some(Day { used: 3, kind: Some(MomentKind::Before), ..day });
        }
        if matches!((lead, self.word(at + 1)), ("in" | "within" | "over" | "for", "the")) {
            return self.coming_or_gone(at + 2, 2);
        }
        let mut led = usize::from(matches!(lead, "in" | "within"));
        if led == 1 && matches!(self.word(at + 1), "about" | "around" | "roughly" | "maybe") {
            led = 2;
        }
        let (amount, used) = self.amount(at + led)?;
        let used = led + used;
        let next = self.word(at + used);
        if led > 0 {
            // "Nobody has called in two weeks" tells of no day to come.
            if past {
                return None;
            }
            let used = used + usize::from(next == "time");
            let mut day = self.reckon(amount, 1)?;
            day.used = used;
            if lead == "within" {
                day.kind = Some(MomentKind::Before);
            }
            return Some(day);
        }
        match next {
            "ago" | "earlier" => Some(Day { used: used + 1, ..self.reckon(amount, -1)? }),
            "from" if self.word(at + used + 1) == "now" => {
                Some(Day { used: used + 2, ..self.reckon(amount, 1)? })
            }
            "from" | "on" | "after" | "before" | "today" | "tomorrow" | "next" => {
                self.counted_from(at, used, amount)
            }
            _ if weekday(next).is_some() => self.counted_from(at, used, amount),
            _ => None,
        }
    }

    /// "A week from Tuesday", "two weeks tomorrow".
    fn counted_from(&self, at: usize, used: usize, amount: Amount) -> Option<Day> {
        let link = self.word(at + used);
        let linked = usize::from(matches!(link, "from" | "on" | "after" | "before"));
        let days = matches!(amount, Amount::Days(_) | Amount::Weeks(_) | Amount::Months(_));
        let base = self.named(at + used + linked).or_else(|| self.weekday_at(at + used + linked, false))?;
        let sign = if link == "before" { -1 } else { 1 };
        let date = amount.from(base.first, sign).filter(|_| days)?;
        Some(Day::on(date, used + linked + base.used))
    }

    /// "… the next two weeks", "… the past three days", after two words of lead.
    fn coming_or_gone(&self, at: usize, led: usize) -> Option<Day> {
        let sign = match self.word(at) {
            "next" | "coming" => 1,
            "last" | "past" => -1,
            _ => return None,
        };
        let (amount, used) = self.amount(at + 1)?;
        let end = amount.from(self.today(), sign)?;
        let (first, last) = if sign > 0 { (self.today(), end) } else { (end, self.today()) };
        Some(Day::through(first, last, led + 1 + used))
    }

    /// A number of units of time, and how many words it takes.
    fn amount(&self, at: usize) -> Option<(Amount, usize)> {
        let (count, mut used, halved) = match (self.word(at), self.word(at + 1)) {
            ("a", "couple") => (2, 2 + usize::from(self.word(at + 2) == "of"), false),
            ("couple", "of") => (2, 2, false),
            ("half", "an" | "a") => (1, 2, true),
            ("a" | "an", _) => (1, 1, false),
            _ => {
                let (count, used) =
                    cardinal(self.tokens, at).filter(|(count, _)| (0..=1000).contains(count))?;
                (count, used, false)
            }
        };
        let business = matches!(self.word(at + used), "business" | "working");
        used += usize::from(business);
        let amount = match self.word(at + used) {
            "day" | "days" if business => Amount::BusinessDays(count),
            "day" | "days" | "days'" | "day's" => Amount::Days(count),
            "week" | "weeks" | "weeks'" | "week's" => Amount::Weeks(count),
            "fortnight" => Amount::Weeks(count * 2),
            "month" | "months" | "month's" => Amount::Months(count),
            "year" | "years" => Amount::Months(count * 12),
            "hour" | "hours" | "hour's" => Amount::Minutes(if halved { 30 } else { count * 60 }),
            "minute" | "minutes" | "mins" => Amount::Minutes(count),
            _ => return None,
        };
        (!halved || matches!(amount, Amount::Minutes(30))).then_some((amount, used + 1))
    }

    fn reckon(&self, amount: Amount, sign: i64) -> Option<Day> {
        if let Amount::Minutes(minutes) = amount {
            let then = self.now.checked_add((sign * minutes).minutes()).ok()?;
            let time = Time::constant(then.hour(), then.minute(), 0, 0);
            return Some(Day { time: Some(time), ..Day::on(then.date(), 0) });
        }
        amount.from(self.today(), sign).map(|date| Day::on(date, 0))
    }

    /// "Tuesday", "next Tuesday", "Tuesday week", "Thursday of next week", "the Tuesday after next".
    fn weekday_at(&self, at: usize, past: bool) -> Option<Day> {
        let mut place = at;
        let mut which = "";
        while matches!(self.word(place), "the" | "this" | "next" | "last" | "coming" | "past" | "following") {
            which = match (which, self.word(place)) {
                (before, "the") => before,
                ("this", "coming") => "coming",
                ("this", "past") => "last",
                (_, word) => word,
            };
            place += 1;
        }
        let day = weekday(self.word(place).trim_end_matches("'s"))?;
        let today = self.today();
        let coming = today.nth_weekday(1, day).ok()?;
        let gone = today.nth_weekday(-1, day).ok()?;
        let in_week =
            |weeks: i64| self.shift(self.week_of(weeks)?, i64::from(day.to_monday_zero_offset()).days());
        let mut used = place + 1 - at;
        // "Monday the 16th", "Monday, March 4th": the day of the month decides.
        if let Some(date) = self.of_month(at + used, past, true).filter(|_| !self.tokens[place].stop) {
            return Some(Day { used: used + date.used, ..date });
        }
        let after = (self.word(at + used), self.word(at + used + 1), self.word(at + used + 2));
        let date = match (which, after) {
            (_, ("week", _, _)) => {
                used += 1;
                self.shift(coming, 7.days())
            }
            (_, ("after", "next", _)) => {
                used += 2;
                self.shift(in_week(1)?, 7.days())
            }
            (_, ("next" | "last" | "this", "week", _)) | (_, ("of", "next" | "last" | "this", "week")) => {
                let of = usize::from(after.0 == "of");
                used += 2 + of;
                in_week(week_offset(if of == 1 { after.1 } else { after.0 }))
            }
            ("next", _) => in_week(1),
            ("last", _) => Some(gone),
            ("past", _) => Some(gone),
            ("this", _) if past => Some(gone),
            ("coming" | "this" | "following", _) => Some(coming),
            _ if past => Some(gone),
            _ => Some(coming),
        }?;
        Some(Day::on(date, used))
    }

    /// The Monday of this week, or of one so many weeks away.
    fn week_of(&self, weeks: i64) -> Option<Date> {
        let today = self.today();
        self.shift(today, (weeks * 7 - i64::from(today.weekday().to_monday_zero_offset())).days())
    }

    /// "The end of the month", "the beginning of next week", "the end of the day".
    fn edge(&self, at: usize, past: bool) -> Option<Day> {
        let the = usize::from(self.word(at) == "the");
        let begins = match self.word(at + the) {
            "end" => false,
            "beginning" | "start" => true,
            _ => return None,
        };
        let of = usize::from(self.word(at + the + 1) == "of");
        let place = at + the + 1 + of;
        match (self.word(place), self.word(place + 1)) {
            ("day", _) if !begins => return Some(Day::on(self.today(), place + 1 - at)),
            ("the" | "this", "day") if !begins => return Some(Day::on(self.today(), place + 2 - at)),
            _ => {}
        }
        let whole = match self.word(place) {
            "the" | "this" => self.unit(place + 1, 0).map(|day| Day { used: day.used + 1, ..day }),
            "week" | "month" | "year" => self.unit(place, 0),
            _ => None,
        };
        let whole = whole.or_else(|| self.stretch(place, past)).or_else(|| self.month_alone(place, past))?;
        let last = whole.last?;
        // The end of a week is the end of its work.
        let last = if last.weekday() == Weekday::Sunday && self.is_week(whole) {
            self.shift(last, (-2).days())?
        } else {
            last
        };
        Some(Day::on(if begins { whole.first } else { last }, place + whole.used - at))
    }

    fn is_week(&self, day: Day) -> bool {
        self.shift(day.first, 6.days()) == day.last
    }

    /// "Next week", "this month", "last year", "the weekend", "in March".
    fn stretch(&self, at: usize, past: bool) -> Option<Day> {
        let mut place = at;
        let which = match self.word(at) {
            lead @ ("next" | "last" | "this" | "the" | "coming" | "past") => {
                place += 1;
                if lead == "the" && matches!(self.word(place), "following" | "coming") {
                    place += 1;
                    "next"
                } else {
                    lead
                }
            }
            "in" | "since" | "until" | "by" | "during" | "for" => {
                let month = self.month_alone(at + 1, past || self.word(at) == "since")?;
                return Some(Day { used: month.used + 1, ..month });
            }
            _ => return None,
        };
        let offset = week_offset(which);
        if self.word(place) == "weekend" {
            let weeks = if which == "the" && past { -1 } else { offset };
            let first = self.shift(self.week_of(weeks)?, 5.days())?;
            return Some(Day::through(first, self.shift(first, 1.days())?, place + 1 - at));
        }
        if which == "the" {
            return self.week_by_another(place).map(|day| Day { used: day.used + 1, ..day });
        }
        if let Some(day) = self.unit(place, offset) {
            return Some(Day { used: place + day.used - at, ..day });
        }
        let month = self.month_alone(place, which == "last" || which == "past")?;
        Some(Day { used: place + month.used - at, ..month })
    }

    /// "Week after next", "week before last", "week of December 7th".
    fn week_by_another(&self, at: usize) -> Option<Day> {
        let monday = match (self.word(at), self.word(at + 1), self.word(at + 2)) {
            ("week", "after", "next") => self.week_of(2)?,
            ("week", "before", "last") => self.week_of(-2)?,
            ("week", "of", _) => {
                let day = self.of_month(at + 2, false, true)?;
                let monday =
                    self.shift(day.first, (-i64::from(day.first.weekday().to_monday_zero_offset())).days())?;
                return Some(Day::through(monday, self.shift(monday, 6.days())?, 2 + day.used));
            }
            _ => return None,
        };
        Some(Day::through(monday, self.shift(monday, 6.days())?, 3))
    }

    /// The week, month or year so many units away.
    fn unit(&self, at: usize, offset: i64) -> Option<Day> {
        let today = self.today();
        let (first, last) = match self.word(at) {
            "week" => {
                let monday = self.week_of(offset)?;
                (monday, self.shift(monday, 6.days())?)
            }
            "month" => {
                let month = self.shift(today.first_of_month(), offset.months())?;
                (month, month.last_of_month())
            }
            "year" => {
                let year = self.shift(today.first_of_year(), offset.years())?;
                (year, year.last_of_year())
            }
            _ => return None,
        };
        Some(Day::through(first, last, 1))
    }

    /// A month without a day.
    fn month_alone(&self, at: usize, past: bool) -> Option<Day> {
        let token = self.tokens.get(at)?;
        let month = month(&token.text).filter(|_| token.text != "may" || token.cased)?;
        let year = self.year(at + 1);
        let used = 1 + year.map_or(0, |(_, used)| used);
        let today = self.today();
        let first = match year {
            Some((year, _)) => Date::new(year, month, 1).ok()?,
            None => {
                let this = Date::new(today.year(), month, 1).ok()?;
                match (past, month.cmp(&today.month())) {
                    (true, std::cmp::Ordering::Greater) => self.shift(this, (-1).years())?,
                    (false, std::cmp::Ordering::Less) => self.shift(this, 1.years())?,
                    _ => this,
                }
            }
        };
        Some(Day::through(first, first.last_of_month(), used))
    }

    /// "The fourteenth", "14th of March", "March the 4th", "4 March 2027", "the 4th of next month".
    fn of_month(&self, at: usize, past: bool, expected: bool) -> Option<Day> {
        let the = usize::from(self.word(at) == "the");
        if let Some(month) = month(self.word(at)) {
            let the = usize::from(self.word(at + 1) == "the");
            let (day, used) = self.day_number(at + 1 + the)?;
            return self.in_month(day, month, at, 1 + the + used, past);
        }
        let (day, used) = self.day_number(at + the)?;
        let place = at + the + used;
        let of = usize::from(self.word(place) == "of");
        if let Some(month) = month(self.word(place + of)) {
            return self.in_month(day, month, at, the + used + of + 1, past);
        }
        let (number, _) = ordinal(self.tokens, at + the)?;
        let offset = match (self.word(place + of), self.word(place + of + 1)) {
            ("this" | "the", "month") => Some(0),
            ("next", "month") => Some(1),
            ("last", "month") => Some(-1),
            _ => None,
        };
        if let Some(offset) = offset.filter(|_| of == 1 || self.word(place) != "the") {
            let month = self.shift(self.today().first_of_month(), offset.months())?;
            let date = Date::new(month.year(), month.month(), number).ok()?;
            return Some(Day::on(date, the + used + of + 2));
        }
        // "The first time", "the second one": only what stands like a day is one.
        let written = self.word(at + the).starts_with(|sign: char| sign.is_ascii_digit());
        let sure = expected || (the == 1 && (number > 3 || written));
        let alone = closed(self.tokens, place - 1) && (the == 1 || expected);
        if !sure || !alone {
            return None;
        }
        let today = self.today();
        let within = |months: i64| {
            let month = self.shift(today.first_of_month(), months.months())?;
            let date = Date::new(month.year(), month.month(), number).ok()?;
            let right = if past { date <= today } else { date >= today };
            right.then_some(date)
        };
        let date = (0..4).find_map(|months| within(if past { -months } else { months }))?;
        Some(Day::on(date, the + used))
    }

    fn day_number(&self, at: usize) -> Option<(i8, usize)> {
        ordinal(self.tokens, at).or_else(|| {
            let (day, used) = cardinal(self.tokens, at).filter(|(day, _)| (1..=31).contains(day))?;
            Some((i8::try_from(day).ok()?, used))
        })
    }

    fn in_month(&self, day: i8, month: i8, at: usize, used: usize, past: bool) -> Option<Day> {
        let year = self.year(at + used);
        let used = used + year.map_or(0, |(_, used)| used);
        let date = match year {
            Some((year, _)) => Date::new(year, month, day).ok()?,
            None => self.nearest(month, day, past)?,
        };
        Some(Day::on(date, used))
    }

    /// The next day of that name, or the last; a leap day is looked for through its four years.
    fn nearest(&self, month: i8, day: i8, past: bool) -> Option<Date> {
        let today = self.today();
        (0..8).find_map(|years| {
            let year = if past { today.year() - years } else { today.year() + years };
            let date = Date::new(year, month, day).ok()?;
            let right = if past { date <= today } else { date >= today };
            right.then_some(date)
        })
    }

    /// "2027", "twenty twenty seven", "nineteen eighty four", "two thousand and six".
    fn year(&self, at: usize) -> Option<(i16, usize)> {
        let (first, used) = cardinal(self.tokens, at)?;
        if (1900..2100).contains(&first) {
            return Some((i16::try_from(first).ok()?, used));
        }
        let (rest, more) = cardinal(self.tokens, at + used).filter(|(rest, _)| (10..100).contains(rest))?;
        let spoken = self.word(at).starts_with(|sign: char| sign.is_ascii_alphabetic());
        let year = i16::try_from(first * 100 + rest).ok()?;
        (matches!(first, 19 | 20) && spoken).then_some((year, used + more))
    }

    /// "2026-03-14", "3/14/2026", "14.3.2026", "3/14" after a word that leads to a day.
    fn in_numerals(&self, at: usize, past: bool, expected: bool) -> Option<Day> {
        let text = self.word(at);
        let separator = text.chars().find(|sign| !sign.is_ascii_digit())?;
        let parts: Vec<i16> = text.split(separator).map(str::parse).collect::<Result<_, _>>().ok()?;
        let small = |value: i16| i8::try_from(value).ok();
        let ordered = |one: i16, two: i16| {
            let swapped = self.month_first == (separator != '.');
            let (month, day) = if swapped { (one, two) } else { (two, one) };
            if month > 12 { (day, month) } else { (month, day) }
        };
        let date = match (separator, parts.as_slice()) {
            ('-' | '/', [year @ 1900..2100, month, day]) => {
                Date::new(*year, small(*month)?, small(*day)?).ok()?
            }
            ('-' | '/' | '.', [one, two, year]) => {
                let (month, day) = ordered(*one, *two);
                // Nobody speaks of a day so far ahead: "6/5/62" is a birthday.
                let century = if 2000 + year > self.today().year() + 10 { 1900 } else { 2000 };
                let year = if *year < 100 { century + year } else { *year };
                Date::new(year, small(month)?, small(day)?).ok().filter(|date| date.year() >= 1900)?
            }
            ('/', [one, two]) if expected && text != "24/7" => {
                let (month, day) = ordered(*one, *two);
                self.nearest(small(month)?, small(day)?, past)?
            }
            _ => return None,
        };
        Some(Day::on(date, 1))
    }

    fn shift(&self, date: Date, by: Span) -> Option<Date> {
        date.checked_add(by).ok()
    }
}

/// A number of units of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Amount {
    Minutes(i64),
    Days(i64),
    BusinessDays(i64),
    Weeks(i64),
    Months(i64),
}

impl Amount {
    /// The day so far after another, or before it with a negative sign.
    fn from(self, date: Date, sign: i64) -> Option<Date> {
        let by = match self {
            Self::Minutes(_) => 0.days(),
            Self::Days(days) => (sign * days).days(),
            Self::Weeks(weeks) => (sign * weeks).weeks(),
            Self::Months(months) => (sign * months).months(),
            Self::BusinessDays(days) => return business_days(date, days, sign),
        };
        date.checked_add(by).ok()
    }
}

fn business_days(date: Date, days: i64, sign: i64) -> Option<Date> {
    let mut date = date;
    for _ in 0..days {
        date = date.checked_add(sign.days()).ok()?;
        while matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
            date = date.checked_add(sign.days()).ok()?;
        }
    }
    Some(date)
}

fn week_offset(which: &str) -> i64 {
    match which {
        "next" | "coming" => 1,
        "last" | "past" => -1,
        _ => 0,
    }
}

pub(super) fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" => Weekday::Monday,
        "tuesday" | "tues" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" | "thurs" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

fn month(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    const SHORT: [&str; 13] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "sept"];
    let place = MONTHS.iter().position(|month| *month == word);
    let short = || SHORT.iter().position(|month| *month == word).map(|at| if at == 12 { 8 } else { at });
    i8::try_from(place.or_else(short)? + 1).ok()
}
