//! What is read out of texts: names, codes, numbers, e-mail addresses, amounts, days and times, with precision and
//! recall, on `dev_text_intake.tsv` (written scenarios) and `dev_text_dialogue.tsv` (turns of callers).
//!
//! What counts:
//! - A value that stands nowhere in what the caller says is no miss: it could not have been heard.
//! - Scenarios speak to the caller ("You are …"); they are turned to what the caller would say ("I am …").
//! - Codes, zip codes and e-mail addresses are measured once as written and once dictated sign by sign, in small
//!   letters and without punctuation, as transcribers often write it.
//! - A day or a time counts by its value: a slot's gold is taken from its wording in full ("March 12th", "6 pm"), by a
//!   reader of its own. Slots that have no such wording are left out.
//! - Callers change their minds, and only the last value is on the record: so the precision of days and times is
//!   that of the last one a dialogue holds.
//! - Codes and zip codes as written are judged by the words that have their shape, because the lists of entities leave
//!   out some of them.
//! - Nobody in these texts gives a telephone number: every one that is read is false.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use calmline::domain::{CodePattern, Mention, MentionKind};
use calmline::understanding::{TimeOfDay, code, codes, mentions, moments};
use jiff::Zoned;
use jiff::civil::{Date, Time};
use serde_json::Value;

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

/// Prints the tables.
pub fn run(data: &Path) -> anyhow::Result<()> {
    println!(
        "\n{:<34} {:>6} {:>6} {:>8} {:>10}",
        "read out of texts", "said", "read", "recall %", "precision %"
    );
    intake(&rows(&data.join("dev_text_intake.tsv"))?)?;
    dictation(&rows(&data.join("dev_text_intake.tsv"))?)?;
    dialogue(&rows(&data.join("dev_text_dialogue.tsv"))?)?;
    cost()
}

type Row = BTreeMap<String, String>;

/// What was said, what of it was read, how much was read, and how much of that was right.
#[derive(Default)]
struct Score {
    said: usize,
    found: usize,
    read: usize,
    right: usize,
    wrong: Vec<String>,
}

impl Score {
    /// Counts what one text holds against what was read in it, for a set in which every reading can be judged.
    fn whole(&mut self, gold: &[String], read: &[String], text: &str) {
        self.said += gold.len();
        self.found += gold.iter().filter(|value| read.contains(value)).count();
        self.read += read.len();
        self.right += read.iter().filter(|value| gold.contains(value)).count();
        if gold.iter().any(|value| !read.contains(value)) || read.iter().any(|value| !gold.contains(value)) {
            self.wrong.push(format!("said {gold:?}, read {read:?}: {text}"));
        }
    }

    fn print(&self, name: &str) {
        let percent = |part: usize, whole: usize| {
            if whole == 0 { "-".to_owned() } else { format!("{:.1}", 100.0 * part as f64 / whole as f64) }
        };
        let (recall, precision) = (percent(self.found, self.said), percent(self.right, self.read));
        println!("{name:<34} {:>6} {:>6} {recall:>8} {precision:>10}", self.said, self.read);
        if std::env::var_os("CALMLINE_BENCH_SHOW").is_some() {
            self.wrong.iter().for_each(|wrong| println!("    {wrong}"));
        }
    }
}

fn intake(rows: &[Row]) -> anyhow::Result<()> {
    let now: Zoned = "2026-03-02T09:00[America/New_York]".parse()?;
    let (order, zip) = (pattern("#W9999999")?, pattern("99999")?);
    let [mut names, mut emails, mut dictated_emails, mut orders, mut zips, mut money] =
        std::array::from_fn(|_| Score::default());
    let [mut numbers, mut days] = std::array::from_fn(|_| Score::default());
    for row in rows {
        let text = in_first_person(&format!("{} {}", row["known"], row["reason"]));
        let values = values(&row["entities"])?;
        let said = |keys: &[&str]| -> Vec<String> {
            let keyed = values.iter().filter(|(key, _)| keys.contains(&key.as_str()));
            let mut said: Vec<String> =
                keyed.map(|(_, value)| value.clone()).filter(|value| stands_in(&text, value)).collect();
            said.sort();
            said.dedup();
            said
        };
        let found = mentions(&text, "US", &now);
        let of = |kind: MentionKind| -> Vec<String> { of_kind(&found, kind) };
        let (first, last) = (said(&["first_name"]), said(&["last_name"]));
        if let ([first], [last]) = (first.as_slice(), last.as_slice())
            && stands_in(&text, &format!("{first} {last}"))
        {
            names.whole(&[format!("{first} {last}")], &of(MentionKind::Name), &text);
        }
        let addresses = written_emails(&text);
        emails.whole(&addresses, &of(MentionKind::Email), &text);
        for address in &addresses {
            let spoken = format!("my email address is {} thanks", dictated_email(address));
            let read = of_kind(&mentions(&spoken, "US", &now), MentionKind::Email);
            dictated_emails.whole(std::slice::from_ref(address), &read, &spoken);
        }
        orders.whole(&standing(&text, &order), &of_pattern(&order, &text), &text);
        zips.whole(&standing(&text, &zip), &of_pattern(&zip, &text), &text);
        money.whole(&written_money(&text), &of(MentionKind::Money), &text);
        numbers.whole(&[], &of(MentionKind::Number), &text);
        let gold: Vec<Date> = values.iter().filter_map(|(_, value)| value.parse().ok()).collect();
        let read: Vec<Date> = moments(&text, &now).into_iter().filter_map(|moment| moment.date).collect();
        for date in gold.into_iter().filter(|date| stands_in(&text, &month_and_day(*date))) {
            days.said += 1;
            days.found += usize::from(read.contains(&date));
            if !read.contains(&date) {
                days.wrong.push(format!("missed {date}, read {read:?}: {text}"));
            }
        }
    }
    names.print("names, in passing");
    emails.print("e-mail addresses, written");
    dictated_emails.print("e-mail addresses, dictated");
    orders.print("order numbers, written (pattern)");
    zips.print("zip codes, written (pattern)");
    money.print("amounts, written");
    days.print("days of scenarios");
    numbers.print("telephone numbers (none is said)");
    Ok(())
}

/// Codes as the answer to a question, sign by sign.
fn dictation(rows: &[Row]) -> anyhow::Result<()> {
    let (order, zip) = (pattern("#W9999999")?, pattern("99999")?);
    let [mut dictated_orders, mut dictated_zips, mut dictated_codes] =
        std::array::from_fn(|_| Score::default());
    for row in rows {
        for (key, value) in &values(&row["entities"])? {
            let signs = value.trim_start_matches('#');
            let spoken = format!("it's {}", dictated(signs));
            match key.as_str() {
                "order_id" => {
                    if let Some(code) = order.fit(signs) {
                        dictated_orders.whole(&[code], &of_pattern(&order, &spoken), &spoken);
                    }
                }
                "zip" => {
                    dictated_zips.whole(std::slice::from_ref(value), &of_pattern(&zip, &spoken), &spoken)
                }
                "confirmation_number" if signs.chars().any(|sign| sign.is_ascii_digit()) => {
                    let read: Vec<String> = code(&spoken).into_iter().collect();
                    dictated_codes.whole(&[signs.to_owned()], &read, &spoken);
                }
                _ => {}
            }
        }
    }
    dictated_orders.print("order numbers, dictated (pattern)");
    dictated_zips.print("zip codes, dictated (pattern)");
    dictated_codes.print("confirmation codes, dictated");
    Ok(())
}

fn of_pattern(pattern: &CodePattern, text: &str) -> Vec<String> {
    let mut read: Vec<String> = codes(text, pattern).into_iter().map(|(_, code)| code).collect();
    read.sort();
    read.dedup();
    read
}

fn dialogue(rows: &[Row]) -> anyhow::Result<()> {
    // Its days are reckoned from this Friday.
    let now: Zoned = "2019-03-01T09:00[America/Los_Angeles]".parse()?;
    let [mut days, mut times, mut money, mut names, mut numbers] = std::array::from_fn(|_| Score::default());
    for row in rows {
        let all: Vec<&str> = row["dialogue"].split(" | ").collect();
        let turns: Vec<&str> = all.iter().filter_map(|turn| turn.strip_prefix("U: ")).collect();
        let slots = slots(&row["final_slots"])?;
        let read: Vec<_> = turns.iter().flat_map(|turn| moments(turn, &now)).collect();
        let dates: Vec<Date> = read.iter().filter_map(|moment| moment.date).collect();
        let clocks: Vec<Time> = read
            .iter()
            .filter_map(|moment| match moment.time {
                Some(TimeOfDay::Clock(time)) => Some(time),
                Some(TimeOfDay::Between(..)) | None => None,
            })
            .collect();
        against(&mut days, &slots, "date", &turns, &dates, |wording| full_date(wording, 2019));
        against(&mut times, &slots, "time", &turns, &clocks, full_time);
        for turn in &turns {
            let found = mentions(turn, "US", &now);
            // Amounts in words are left out: the reader of the gold knows numerals only.
            if turn.contains(|sign: char| sign.is_ascii_digit()) {
                money.whole(&written_money(turn), &of_kind(&found, MentionKind::Money), turn);
            }
            numbers.whole(&[], &of_kind(&found, MentionKind::Number), turn);
            // A name that is read is right when a turn of the other side, or a slot, has it too.
            for name in of_kind(&found, MentionKind::Name) {
                let known = all.iter().any(|other| other.starts_with("S: ") && stands_in(other, &name));
                let slot =
                    slots.iter().any(|(_, wordings)| wordings.iter().any(|value| stands_in(value, &name)));
                names.read += 1;
                names.right += usize::from(known || slot);
                if !(known || slot) {
                    names.wrong.push(format!("{name}: {turn}"));
                }
            }
        }
    }
    days.print("days in dialogues");
    times.print("times in dialogues");
    money.print("amounts in dialogues");
    names.print("names in dialogues");
    numbers.print("telephone numbers (none is said)");
    Ok(())
}

/// Counts the slots whose key ends in `key` against what was read in the turns of one dialogue.
fn against<T: PartialEq + Copy + std::fmt::Debug>(
    score: &mut Score,
    slots: &[(String, Vec<String>)],
    key: &str,
    turns: &[&str],
    read: &[T],
    full: impl Fn(&str) -> Option<T>,
) {
    let mut gold = Vec::new();
    let mut all_known = true;
    for (_, wordings) in slots.iter().filter(|(name, _)| name.rsplit('_').next() == Some(key)) {
        let Some(value) = wordings.iter().find_map(|wording| full(wording)) else {
            all_known = false;
            continue;
        };
        gold.push(value);
        if turns.iter().any(|turn| wordings.iter().any(|wording| stands_in(turn, wording))) {
            score.said += 1;
            score.found += usize::from(read.contains(&value));
            if !read.contains(&value) {
                score.wrong.push(format!("missed {value:?}, read {read:?}: {turns:?}"));
            }
        }
    }
    if let Some(last) = read.last().filter(|_| all_known && !gold.is_empty()) {
        score.read += 1;
        score.right += usize::from(gold.contains(last));
        if !gold.contains(last) {
            score.wrong.push(format!("last is {last:?}, not {gold:?}: {turns:?}"));
        }
    }
}

/// How long reading everything out of a turn of sixty words takes.
fn cost() -> anyhow::Result<()> {
    let now: Zoned = "2026-05-15T09:00[America/New_York]".parse()?;
    let turn = "Hi, my name is Owen Castellane and I am calling because your technician was supposed to come last \
        Tuesday between eight and twelve and he never came, so I took a day off for nothing and lost two hundred \
        dollars, my account is D four four seven one, you can reach me at four one five, five five five, oh one \
        four two, any time after three tomorrow.";
    let words = turn.split_whitespace().count();
    let runs = 200;
    let start = Instant::now();
    let mut found = 0;
    for _ in 0..runs {
        found += mentions(turn, "US", &now).len();
    }
    let each = start.elapsed().as_micros() / runs;
    println!("\n{} mentions in a turn of {words} words: {each} µs", found / usize::try_from(runs)?);
    Ok(())
}

fn rows(path: &Path) -> anyhow::Result<Vec<Row>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().context("an empty table")?.split('\t').collect();
    let unquoted = |cell: &str| match cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')) {
        Some(inside) => inside.replace("\"\"", "\""),
        None => cell.to_owned(),
    };
    let row =
        |line: &str| head.iter().map(|&key| key.to_owned()).zip(line.split('\t').map(unquoted)).collect();
    Ok(lines.map(row).collect())
}

/// The texts of an object, each with its key; lists are taken apart.
fn values(json: &str) -> anyhow::Result<Vec<(String, String)>> {
    let object: BTreeMap<String, Value> = serde_json::from_str(json)?;
    let mut values = Vec::new();
    for (key, value) in object {
        match value {
            Value::String(text) => values.push((key, text)),
            Value::Array(list) => values
                .extend(list.iter().filter_map(Value::as_str).map(|text| (key.clone(), text.to_owned()))),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
        }
    }
    Ok(values)
}

/// The slots of all services, each with its wordings.
fn slots(json: &str) -> anyhow::Result<Vec<(String, Vec<String>)>> {
    let services: BTreeMap<String, Value> = serde_json::from_str(json)?;
    let mut slots = Vec::new();
    for service in services.values() {
        for (key, wordings) in service["slots"].as_object().into_iter().flatten() {
            let wordings = wordings.as_array().into_iter().flatten().filter_map(Value::as_str);
            slots.push((key.clone(), wordings.map(str::to_owned).collect()));
        }
    }
    Ok(slots)
}

fn pattern(text: &str) -> anyhow::Result<CodePattern> {
    Ok(CodePattern::parse(text)?)
}

fn of_kind(found: &[(Mention, std::ops::Range<usize>)], kind: MentionKind) -> Vec<String> {
    let of = found.iter().filter(|(mention, _)| mention.kind == kind);
    let mut values: Vec<String> = of.map(|(mention, _)| mention.value.expose().clone()).collect();
    values.sort();
    values.dedup();
    values
}

/// Whether `part` stands in `text` as whole words, without regard to case.
fn stands_in(text: &str, part: &str) -> bool {
    let (text, part) = (text.to_lowercase(), part.to_lowercase());
    let part = part.trim_start_matches('#');
    let edge = |sign: Option<char>| sign.is_none_or(|sign| !sign.is_alphanumeric());
    !part.is_empty()
        && text.match_indices(part).any(|(at, _)| {
            edge(text[..at].chars().next_back()) && edge(text[at + part.len()..].chars().next())
        })
}

fn in_first_person(text: &str) -> String {
    let pairs = [
        ("You name is", "My name is"),
        ("Your name is", "My name is"),
        ("your name is", "my name is"),
        ("You are", "I am"),
        ("you are", "I am"),
        ("You're", "I'm"),
        ("you're", "I'm"),
        ("You live", "I live"),
        ("Your", "My"),
        ("your", "my"),
        ("You", "I"),
        ("you", "I"),
    ];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The words of a text that are codes of a pattern as they stand.
fn standing(text: &str, pattern: &CodePattern) -> Vec<String> {
    let words = text.split(|sign: char| !sign.is_ascii_alphanumeric());
    let mut found: Vec<String> = words.filter_map(|word| pattern.fit(word)).collect();
    found.sort();
    found.dedup();
    found
}

/// The addresses that stand in a text, by their sign.
fn written_emails(text: &str) -> Vec<String> {
    let words = text.split(|sign: char| sign.is_whitespace() || "(),;'\"".contains(sign));
    let mut found: Vec<String> = words
        .filter(|word| word.contains('@'))
        .map(|word| word.trim_end_matches('.').to_lowercase())
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The amounts that stand in a text, by their sign or the word after them.
fn written_money(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let words: Vec<&str> = text.split_whitespace().collect();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        let named = ["dollar", "buck"].iter().any(|unit| next.to_lowercase().starts_with(unit));
        let word = word.trim_matches(|sign: char| !sign.is_ascii_digit() && sign != '$');
        let figure = if named { Some(word) } else { word.strip_prefix('$') };
        let amount =
            figure.and_then(|figure| figure.trim_start_matches('$').replace(',', "").parse::<f64>().ok());
        found.extend(amount.map(|amount| format!("${amount:.2}")));
    }
    found.sort();
    found.dedup();
    found
}

fn dictated(signs: &str) -> String {
    const DIGITS: [&str; 10] =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let word = |sign: char| match sign.to_digit(10).and_then(|digit| usize::try_from(digit).ok()) {
        Some(digit) => DIGITS[digit].to_owned(),
        None => sign.to_lowercase().to_string(),
    };
    signs.chars().map(word).collect::<Vec<_>>().join(" ")
}

fn dictated_email(address: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut last = ' ';
    for sign in address.chars() {
        match sign {
            '.' => words.push("dot".into()),
            '@' => words.push("at".into()),
            '_' => words.push("underscore".into()),
            '-' => words.push("dash".into()),
            _ if sign.is_ascii_digit() => words.push(dictated(&sign.to_string())),
            _ => match words.last_mut() {
                Some(word) if last.is_ascii_alphabetic() => word.push(sign),
                Some(_) | None => words.push(sign.to_string()),
            },
        }
        last = sign;
    }
    words.join(" ")
}

fn month_and_day(date: Date) -> String {
    let month = usize::try_from(date.month()).unwrap_or(1);
    format!("{} {}", MONTHS[month - 1], date.day())
}

/// "March 12th".
fn full_date(wording: &str, year: i16) -> Option<Date> {
    let (month, day) = wording.split_once(' ')?;
    let month = MONTHS.iter().position(|name| *name == month.to_lowercase())? + 1;
    let day: i8 = day.trim_end_matches(|sign: char| sign.is_ascii_alphabetic()).parse().ok()?;
    Date::new(year, i8::try_from(month).ok()?, day).ok()
}

/// "6 pm", "10:30 am".
fn full_time(wording: &str) -> Option<Time> {
    let (clock, half) = wording.split_once(' ')?;
    let (hour, minute) = clock.split_once(':').unwrap_or((clock, "0"));
    let hour: i8 = hour.parse().ok()?;
    let late = match half.to_lowercase().as_str() {
        "am" => 0,
        "pm" => 12,
        _ => return None,
    };
    Time::new(hour % 12 + late, minute.parse().ok()?, 0, 0).ok()
}
