//! A call's record as a page for people.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::domain::{
    Answer, CallNote, EscalationReason, HangupCause, Promise, PromiseState, RootCause, Slot, Speaker, TurnId,
    Urgency,
};
use crate::store::{CallRecord, StressPoint};

/// The whole record, with its times in a zone.
pub fn page(record: &CallRecord, zone: &TimeZone) -> String {
    let mut page = Page::default();
    page.head(record, zone);
    page.findings(record, zone);
    page.transcript(record);
    page.0
}

/// What came of a call, without its transcript.
pub fn findings(record: &CallRecord, zone: &TimeZone) -> String {
    let mut page = Page::default();
    page.head(record, zone);
    page.findings(record, zone);
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        self.0.push_str(text.trim_end());
        self.0.push('\n');
    }

    /// A line of two columns.
    fn row(&mut self, name: &str, text: &str) {
        self.line(&format!("  {name:<16} {text}"));
    }

    fn head(&mut self, record: &CallRecord, zone: &TimeZone) {
        let number = record.caller.as_ref().map_or("a withheld number", |number| number.expose());
        self.line(&format!("call {}", record.id));
        self.line(&format!("  to       {}, from {number}", record.business));
        let state = match record.open {
            Some(true) => ", while open",
            Some(false) => ", after hours",
            None => "",
        };
        self.line(&format!("  when     {}{state}", moment(record.started_at, zone)));
        let lasted = lasted(record.started_at, record.ended_at);
        self.line(&format!("  lasted   {lasted}, {}", ending(record.cause)));
        for (place, lost) in record.line_lost_at.iter().enumerate() {
            let back = record.resumed_at.get(place);
            let back =
                back.map_or("and did not come back".to_owned(), |back| format!("and was back at {back}"));
            self.line(&format!("  line     broke at {lost} {back}"));
        }
        if !record.earlier.is_empty() {
            let ids: Vec<_> = record.earlier.iter().map(ToString::to_string).collect();
            let same = if record.earlier_matter == Some(true) { ", about the same thing" } else { "" };
            self.line(&format!("  earlier  {}{same}", ids.join(", ")));
        }
    }

    fn findings(&mut self, record: &CallRecord, zone: &TimeZone) {
        if let Some(note) = &record.note {
            self.note(note);
        }
        if let Some(summary) = &record.summary {
            self.row("summary", summary.expose());
        }
        self.diagnosis(record);
        self.conduct(record);
        self.stress(record);
        self.line("\nintake");
        for answer in &record.intake {
            let value = answer.value.as_ref().map_or("–", |value| value.expose().as_str());
            let mark = match (answer.confirmed, answer.given_up) {
                (true, _) => "  (confirmed)",
                (false, true) => "  (not understood or not told)",
                (false, false) => "",
            };
            self.row(slot_name(&answer.slot), &format!("{value}{mark}"));
        }
        for seen in &record.mentions {
            self.row(&format!("said: {}", named(&seen.mention.kind)), seen.mention.value.expose());
        }
        if record.person_requested {
            self.line("  asked for a person");
        }
        self.line("\npromises");
        for promise in &record.promises {
            self.line(&format!("  {}", promise_line(promise, zone)));
        }
        if record.promises.is_empty() {
            self.line("  none");
        }
    }

    fn note(&mut self, note: &CallNote) {
        self.line("\nnote");
        self.row("recap", note.recap.expose());
        self.row("outcome", &named(&note.outcome));
        if note.cause != RootCause::Other || !note.fix.is_empty() {
            self.row("cause", &named(&note.cause));
        }
        if !note.fix.is_empty() {
            self.row("needed fix", &note.fix);
        }
    }

    fn diagnosis(&mut self, record: &CallRecord) {
        let diagnosis = &record.diagnosis;
        let answers = [
            ("happened", &diagnosis.trigger),
            ("wanted", &diagnosis.expectation),
            ("constraint", &diagnosis.constraint),
            ("next step", &diagnosis.next_step),
        ];
        if diagnosis.topic.is_none() && answers.iter().all(|(_, answer)| answer.is_none()) {
            return;
        }
        self.line("\ndiagnosis");
        if let Some(topic) = &diagnosis.topic {
            let step = record.step.as_ref().map_or(String::new(), |step| format!(", step {step}"));
            self.row("topic", &format!("{topic}{step}"));
        }
        if !record.other_topics.is_empty() {
            self.row("also", &record.other_topics.join(", "));
        }
        for (name, answer) in answers {
            if let Some(answer) = answer {
                self.row(name, &format!("{}{}", answer.value.expose(), proof(answer)));
            }
        }
        if record.core_confirmed {
            self.line("  the caller agreed to the core of it");
        }
    }

    fn conduct(&mut self, record: &CallRecord) {
        let mut rows: Vec<(String, String)> = Vec::new();
        for seen in &record.states {
            rows.push((named(&seen.state), format!("{} (turn {})", seen.reason, seen.turn)));
        }
        for trigger in &record.triggers {
            let turn = match (trigger.turn, trigger.reason) {
                (Some(turn), _) => format!("turn {turn}"),
                (None, EscalationReason::Stress) => format!("at {}", trigger.at),
                (None, _) => "a key".to_owned(),
            };
            let told = trigger.told_at.map(|at| format!(", told at {at}")).unwrap_or_default();
            rows.push(("needs a person".to_owned(), format!("{} ({turn}{told})", named(&trigger.reason))));
        }
        let urgent = record.urgent_because.iter().map(|reason| ("urgent".to_owned(), reason.clone()));
        rows.extend(urgent);
        let listed = [("advised", &record.advised), ("informed", &record.informed)];
        let listed = listed.into_iter().filter(|(_, keys)| !keys.is_empty());
        rows.extend(listed.map(|(name, keys)| (name.to_owned(), keys.join(", "))));
        if record.boundaries > 0 {
            rows.push(("boundary set".to_owned(), format!("{} ×", record.boundaries)));
        }
        for event in &record.guard {
            rows.push(("not said".to_owned(), format!("{} [{}]", event.sentence.expose(), event.rule)));
        }
        if !rows.is_empty() {
            self.line("\nconduct");
        }
        for (name, text) in rows {
            self.row(&name, &text);
        }
    }

    /// How stressed the caller was, at most and turn by turn, with what showed it.
    fn stress(&mut self, record: &CallRecord) {
        let points = &record.stress;
        let Some(highest) = points.iter().max_by(|one, other| one.level.total_cmp(&other.level)) else {
            return;
        };
        self.line("\nstress");
        self.row("highest", &format!("{}, at {}", strain(highest), highest.at));
        for crossing in &record.stress_crossings {
            let side = if crossing.over { "over" } else { "below" };
            // In a chat nobody is heard.
            let spoken = match crossing.speech_seconds {
                0.0 => String::new(),
                seconds => format!(", after {seconds:.0} s of speech"),
            };
            self.row(&format!("{side} {:.0}", crossing.line), &format!("at {}{spoken}", crossing.at));
        }
        let turns: Vec<_> = record.transcript.iter().filter(|turn| turn.speaker == Speaker::Caller).collect();
        let mut levels = Vec::new();
        for (place, turn) in turns.iter().enumerate() {
            let next = turns.get(place + 1).map(|next| next.span.start);
            let within = points
                .iter()
                .filter(|point| point.at >= turn.span.start && next.is_none_or(|next| point.at < next));
            if let Some(level) = within.map(|point| point.level).max_by(f32::total_cmp) {
                levels.push(format!("turn {} {level:.0}", turn.turn));
            }
        }
        if !levels.is_empty() {
            self.row("course", &levels.join(", "));
        }
    }

    fn transcript(&mut self, record: &CallRecord) {
        self.line("\ntranscript");
        for turn in &record.transcript {
            let speaker = match turn.speaker {
                Speaker::Bot => "bot   ",
                Speaker::Caller => "caller",
            };
            let cut = if turn.meant.is_some() { " —" } else { "" };
            self.line(&format!("  {}  {speaker}  {}{cut}", turn.span.start, turn.text.expose()));
        }
        let phases: Vec<_> =
            record.phases.iter().map(|change| format!("{} {}", change.at, named(&change.phase))).collect();
        self.line(&format!("\nphases     {}", phases.join("  ")));
        self.line(&format!("answered   {}", answers(record)));
    }
}

/// A level of stress with its uncertainty, its parts, and what raises it.
pub fn strain(point: &StressPoint) -> String {
    let StressPoint { level, low, high, words, course, reasons, .. } = point;
    let voice = point.voice.map_or_else(String::new, |voice| format!("voice {voice:.0}, "));
    let because = if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join("; ")) };
    format!("{level:.0} ({low:.0} to {high:.0}; {voice}words {words:.0}, course {course:.0}){because}")
}

/// The name of a unit variant in plain words.
pub fn named(value: &impl Serialize) -> String {
    let name = serde_json::to_value(value).ok();
    name.and_then(|name| name.as_str().map(|name| name.replace('_', " "))).unwrap_or_default()
}

/// Where an answer comes from.
fn proof(answer: &Answer) -> String {
    if answer.evidence.is_empty() {
        return String::new();
    }
    let turns: Vec<_> = answer.evidence.iter().map(TurnId::to_string).collect();
    let word = if turns.len() == 1 { "turn" } else { "turns" };
    format!("  ({word} {}, {:.0} % sure)", turns.join(", "), answer.confidence * 100.0)
}

/// How soon the caller's turns were answered.
fn answers(record: &CallRecord) -> String {
    let mut waits: Vec<u128> =
        record.timings.iter().map(|timing| timing.answered.since(timing.speech_ended).as_millis()).collect();
    waits.sort_unstable();
    match (waits.get(waits.len() / 2), waits.last()) {
        (Some(median), Some(slowest)) => {
            format!(
                "{} turns, median {median} ms, slowest {slowest} ms after the caller's last word",
                waits.len()
            )
        }
        _ => "no turn was timed".to_owned(),
    }
}

fn promise_line(promise: &Promise, zone: &TimeZone) -> String {
    let urgent = match promise.urgency {
        Urgency::Normal => "",
        Urgency::Urgent => "URGENT  ",
    };
    let state = match promise.state {
        PromiseState::Open => "open",
        PromiseState::Kept => "kept",
        PromiseState::Broken => "broken",
    };
    let mut line = format!("{urgent}{} by {}", promise.owner, moment(promise.due, zone));
    let _infallible = write!(line, ", {state}: {}", promise.what.expose());
    if let Some(number) = &promise.callback {
        let _infallible = write!(line, "  ({})", number.expose());
    }
    line
}

/// A slot's name in plain words.
pub fn slot_name(slot: &Slot) -> &str {
    match slot {
        Slot::Name => "name",
        Slot::Callback => "call back",
        Slot::Reason => "about",
        Slot::Field(key) => key,
    }
}

const fn ending(cause: Option<HangupCause>) -> &'static str {
    match cause {
        None => "not ended",
        Some(HangupCause::Completed) => "brought to an end",
        Some(HangupCause::CallerHungUp) => "the caller hung up",
        Some(HangupCause::Silence) => "nobody spoke",
        Some(HangupCause::LineLost) => "the line was lost",
        Some(HangupCause::FullHouse) => "all lines were busy",
        Some(HangupCause::Shutdown) => "the server was stopped",
    }
}

/// A moment as people read it, in a zone.
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string()
}

/// From one moment to another in minutes and seconds.
pub fn lasted(from: Timestamp, to: Option<Timestamp>) -> String {
    let Some(to) = to else { return "–".to_owned() };
    let seconds = to.duration_since(from).as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
