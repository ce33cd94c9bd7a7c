use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::domain::{
    Business, BusinessId, CallbackPromise, CodePattern, FieldKind, Hours, IntakeField, OpeningSpan,
    PhoneNumber, StressPolicy,
};

use super::agents::{Handoff, Person};
use super::document::Document;
use super::playbook::Shelf;
use super::{Problem, Weight, unreadable};

/// A profile as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) playbook: Option<String>,
    pub(super) address: Option<String>,
    emergency_number: Option<String>,
    pub(super) crisis_number: Option<String>,
    numbers: Vec<String>,
    time_zone: String,
    region: String,
    greeting: String,
    greeting_closed: String,
    notice: Option<String>,
    hours: Week,
    pub(super) callback: Callback,
    #[serde(default)]
    stress: Stress,
    #[serde(default)]
    pub(super) fields: Vec<Field>,
    #[serde(default)]
    pub(super) owners: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) faqs: Vec<OwnFaq>,
    #[serde(default)]
    agents: Vec<Person>,
    #[serde(default)]
    handoff: Handoff,
    #[serde(default)]
    recap: Recap,
}

/// What callers are told after the call.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recap {
    #[serde(default)]
    to_caller: bool,
}

/// An answer of the business's own. One with a key of the playbook's needs no cues.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnFaq {
    pub(super) key: String,
    #[serde(default)]
    pub(super) cues: Vec<String>,
    pub(super) answer: String,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Week {
    #[serde(default)]
    monday: Vec<String>,
    #[serde(default)]
    tuesday: Vec<String>,
    #[serde(default)]
    wednesday: Vec<String>,
    #[serde(default)]
    thursday: Vec<String>,
    #[serde(default)]
    friday: Vec<String>,
    #[serde(default)]
    saturday: Vec<String>,
    #[serde(default)]
    sunday: Vec<String>,
    #[serde(default)]
    closed_on: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Callback {
    owner: String,
    pub(super) within_minutes: u32,
    urgent_owner: String,
    pub(super) urgent_within_minutes: u32,
    #[serde(default)]
    urgent_at_any_hour: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Stress {
    enabled: bool,
    threshold: f32,
    persistence_seconds: f32,
}

impl Default for Stress {
    fn default() -> Self {
        let StressPolicy { threshold, persistence_seconds } = StressPolicy::default();
        Self { enabled: true, threshold, persistence_seconds }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Field {
    pub(super) key: String,
    pub(super) ask: Vec<String>,
    kind: FieldKind,
    /// The topics it is asked for; absent for those for which the playbook asks it.
    pub(super) topics: Option<Vec<String>>,
    pattern: Option<String>,
}

/// Reads every `*.toml` of a folder.
pub(super) fn read_all(folder: &Path, problems: &mut Vec<Problem>) -> Vec<Business> {
    let files = match profiles(folder) {
        Ok(files) => files,
        Err(error) => {
            problems.push(unreadable(folder, &error));
            return Vec::new();
        }
    };
    if files.is_empty() {
        problems.push(Problem {
            file: folder.to_owned(),
            line: None,
            key: String::new(),
            message: "holds no business; expected a folder with one profile (NAME.toml) per business".into(),
            weight: Weight::Error,
        });
    }
    let mut texts = Vec::new();
    for file in files {
        match std::fs::read_to_string(&file) {
            Ok(text) => texts.push((file, text)),
            Err(error) => problems.push(unreadable(&file, &error)),
        }
    }
    let beside = folder.parent().unwrap_or(Path::new("")).to_owned();
    parse_all(texts, &mut Shelf::new(Some(beside)), problems)
}

fn profiles(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Reads profiles from their texts, and checks that no two of them claim the same line.
pub(super) fn parse_all(
    texts: Vec<(PathBuf, String)>,
    shelf: &mut Shelf,
    problems: &mut Vec<Problem>,
) -> Vec<Business> {
    let mut businesses = Vec::new();
    let mut lines: BTreeMap<PhoneNumber, PathBuf> = BTreeMap::new();
    for (file, text) in texts {
        let Some(document) = Document::parse(&file, text, problems) else { continue };
        let Some(profile) = document.read_whole::<Profile>(problems) else { continue };
        let id = BusinessId(file.file_stem().unwrap_or_default().to_string_lossy().into_owned());
        let Some(business) = Check { document: &document, problems }.business(id, profile, shelf) else {
            continue;
        };
        for (place, number) in business.numbers.iter().enumerate() {
            if let Some(other) = lines.insert(number.clone(), file.clone()) {
                let path = ["numbers".to_owned(), place.to_string()];
                let message = format!("this line is already claimed in {}", other.display());
                problems.push(document.problem(&path, message));
            }
        }
        businesses.push(business);
    }
    businesses
}

/// Checks one profile.
pub(super) struct Check<'a> {
    pub(super) document: &'a Document,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    fn business(&mut self, id: BusinessId, profile: Profile, shelf: &mut Shelf) -> Option<Business> {
        let before = self.errors();
        for (key, text) in [
            ("name", &profile.name),
            ("greeting", &profile.greeting),
            ("greeting_closed", &profile.greeting_closed),
        ] {
            self.spoken(&[key], text);
        }
        if let Some(notice) = &profile.notice {
            self.spoken(&["notice"], notice);
        }
        if phonenumber::country::Id::from_str(&profile.region).is_err() {
            self.wrong(&["region"], "unknown region; expected two capital letters such as US");
        }
        if profile.numbers.is_empty() {
            self.wrong(&["numbers"], "expected at least one number such as +14155550142");
        }
        let time_zone = TimeZone::get(&profile.time_zone);
        if time_zone.is_err() {
            self.wrong(&["time_zone"], "unknown time zone; expected one such as America/New_York");
        }
        let numbers = self.numbers(&profile.numbers);
        let hours = self.hours(&["hours"], &profile.hours);
        if hours.week.is_empty() {
            self.wrong(&["hours"], "expected a day with opening hours, because promises are due within them");
        }
        let emergency_number = self.emergency_number(&profile);
        let playbook = self.playbook(&profile, &hours, &emergency_number, shelf);
        let business = Business {
            id,
            emergency_number,
            agents: self.agents(&profile.agents, &hours, &numbers, &playbook),
            handoff: self.handoff(&profile.handoff),
            recap_to_caller: profile.recap.to_caller,
            numbers,
            hours,
            playbook,
            fields: self.fields(profile.fields),
            callback: self.callback(profile.callback),
            stress: self.stress(&profile.stress),
            name: profile.name,
            time_zone: time_zone.unwrap_or(TimeZone::UTC),
            region: profile.region,
            greeting: profile.greeting,
            greeting_closed: profile.greeting_closed,
            notice: profile.notice,
        };
        (self.errors() == before).then_some(business)
    }

    fn errors(&self) -> usize {
        self.problems.iter().filter(|problem| problem.weight == Weight::Error).count()
    }

    fn emergency_number(&mut self, profile: &Profile) -> String {
        for (key, number) in
            [("emergency_number", &profile.emergency_number), ("crisis_number", &profile.crisis_number)]
        {
            let dialled = |number: &String| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
            if number.as_ref().is_some_and(|number| !dialled(number)) {
                self.wrong(&[key], "expected the digits to dial, such as \"911\"");
            }
        }
        if let Some(number) = &profile.emergency_number {
            return number.clone();
        }
        if !matches!(profile.region.as_str(), "US" | "CA") {
            let message =
                "missing outside the US and Canada; expected the number to dial in danger, such as \"112\"";
            self.wrong(&["emergency_number"], message);
        }
        "911".to_owned()
    }

    fn numbers(&mut self, texts: &[String]) -> Vec<PhoneNumber> {
        let mut numbers = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            match PhoneNumber::parse(text) {
                Ok(number) => numbers.push(number),
                Err(error) => self.wrong(&["numbers", &place.to_string()], &error.to_string()),
            }
        }
        numbers
    }

    /// Reads a week; a day without hours is closed.
    pub(super) fn hours(&mut self, path: &[&str], week: &Week) -> Hours {
        let days = [
            ("monday", &week.monday),
            ("tuesday", &week.tuesday),
            ("wednesday", &week.wednesday),
            ("thursday", &week.thursday),
            ("friday", &week.friday),
            ("saturday", &week.saturday),
            ("sunday", &week.sunday),
        ];
        let mut hours = Hours::default();
        for (offset, (day, texts)) in (0..).zip(days) {
            let spans = self.day(&[path, &[day]].concat(), texts);
            if !spans.is_empty() {
                hours.week.insert(offset, spans);
            }
        }
        for (place, text) in week.closed_on.iter().enumerate() {
            match text.parse::<Date>() {
                Ok(date) => hours.closed_on.push(date),
                Err(_) => {
                    let place = place.to_string();
                    let path = [path, &["closed_on", &place]].concat();
                    self.wrong(&path, "expected a date such as \"2026-12-25\"");
                }
            }
        }
        hours
    }

    fn day(&mut self, path: &[&str], texts: &[String]) -> Vec<OpeningSpan> {
        let mut spans: Vec<OpeningSpan> = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            let place = place.to_string();
            let path = [path, &[&place]].concat();
            let Some(span) = opening_span(text) else {
                self.wrong(&path, "expected hours such as \"08:00-17:00\"");
                continue;
            };
            let overlaps = spans.last().is_some_and(|last| last.to <= last.from || span.from < last.to);
            if overlaps {
                self.wrong(&path, "expected hours that begin after those before them have ended");
            }
            spans.push(span);
        }
        spans
    }

    fn fields(&mut self, fields: Vec<Field>) -> Vec<IntakeField> {
        let mut keys = BTreeSet::new();
        let mut checked = Vec::new();
        for (place, Field { key, ask, kind, pattern, topics: _ }) in fields.into_iter().enumerate() {
            let place = place.to_string();
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if key.is_empty() || !key.chars().all(plain) {
                self.wrong(
                    &["fields", &place, "key"],
                    "expected small letters, digits and _, such as address",
                );
            }
            if !keys.insert(key.clone()) {
                self.wrong(&["fields", &place, "key"], "this key is already used by a question above");
            }
            if ask.is_empty() {
                self.wrong(&["fields", &place, "ask"], "expected at least one wording of the question");
            }
            for (wording, text) in ask.iter().enumerate() {
                self.spoken(&["fields", &place, "ask", &wording.to_string()], text);
            }
            let pattern = pattern.and_then(|text| self.pattern(&["fields", &place, "pattern"], &text, kind));
            checked.push(IntakeField { key, ask, kind, pattern });
        }
        checked
    }

    fn pattern(&mut self, path: &[&str], text: &str, kind: FieldKind) -> Option<CodePattern> {
        if kind != FieldKind::Code {
            self.wrong(path, "only a question with kind = \"code\" has a pattern");
        }
        match CodePattern::parse(text) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                self.wrong(path, &error.to_string());
                None
            }
        }
    }

    fn callback(&mut self, callback: Callback) -> CallbackPromise {
        let Callback { owner, within_minutes, urgent_owner, urgent_within_minutes, urgent_at_any_hour } =
            callback;
        for (key, text) in [("owner", &owner), ("urgent_owner", &urgent_owner)] {
            if text.trim().is_empty() {
                self.wrong(&["callback", key], "expected who calls back, such as \"our office\"");
            }
        }
        for (key, minutes) in
            [("within_minutes", within_minutes), ("urgent_within_minutes", urgent_within_minutes)]
        {
            if minutes == 0 {
                self.wrong(&["callback", key], "expected one minute or more");
            }
        }
        CallbackPromise { owner, within_minutes, urgent_owner, urgent_within_minutes, urgent_at_any_hour }
    }

    fn stress(&mut self, stress: &Stress) -> Option<StressPolicy> {
        let Stress { enabled, threshold, persistence_seconds } = *stress;
        // From the middle of the scale down the line would be crossed by calm voices.
        if !(50.0..=99.0).contains(&threshold) {
            self.wrong(&["stress", "threshold"], "expected a level from 50 to 99, such as 78");
        }
        if !(1.0..=30.0).contains(&persistence_seconds) {
            self.wrong(&["stress", "persistence_seconds"], "expected 1 to 30 seconds of speech, such as 2");
        }
        enabled.then_some(StressPolicy { threshold, persistence_seconds })
    }

    pub(super) fn spoken(&mut self, path: &[&str], text: &str) {
        if text.trim().is_empty() {
            self.wrong(path, "expected words to say");
        }
    }

    pub(super) fn wrong(&mut self, path: &[&str], message: &str) {
        let path: Vec<String> = path.iter().map(|&step| step.to_owned()).collect();
        self.problems.push(self.document.problem(&path, message));
    }
}

/// Reads `08:00-17:00`; `24:00` is the midnight at which a day ends.
pub(super) fn opening_span(text: &str) -> Option<OpeningSpan> {
    let (from, to) = text.split_once('-')?;
    let from = clock(from)?;
    let to = if to.trim() == "24:00" { Time::midnight() } else { clock(to)? };
    // Round the clock is written 00:00-24:00; any other span without length is a slip.
    (from != to || from == Time::midnight()).then_some(OpeningSpan { from, to })
}

fn clock(text: &str) -> Option<Time> {
    Time::strptime("%H:%M", text.trim()).ok()
}
