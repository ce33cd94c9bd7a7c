//! Conversations as people hold them, in text and virtual time: what a caller says is written in `conversations/*.toml`,
//! answers by the label of the question; what must come of it stands there too.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use calmline::call::CallStart;
use calmline::cli::calls::findings;
use calmline::cli::chat::{BotTurn, Line, Model, act, call_id, moment};
use calmline::config::example;
use calmline::domain::{Business, Fact, PhoneNumber, Pii, Question, Slot, Urgency};
use calmline::store::CallRecord;
use serde::Deserialize;
use serde_json::Value;

mod model;
mod rules;

/// After so many turns of the caller's a call counts as one that never ends.
const LONGEST: usize = 40;

/// Where a scenario says nothing else, the caller agrees and has nothing to add.
const USUAL_ANSWERS: &[(&str, &str)] = &[
    ("confirm-name", "Yes, that's right."),
    ("confirm-callback", "Yes, that's fine."),
    ("core", "Yes, that's right."),
    ("option", "The first one, please."),
    ("earlier", "No, it's about something else."),
    ("person-or-message", "A message is fine."),
    ("anything-else", "No, that was everything. Thank you."),
    ("none", ""),
];

/// A call as it is meant to go.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    /// What it shows, for people.
    about: String,
    business: String,
    /// The calling number; withheld without.
    caller: Option<String>,
    /// When, in the business's own time.
    #[serde(default = "monday_morning")]
    at: String,
    /// Scenarios that the same caller went through before, the oldest first.
    #[serde(default)]
    earlier: Vec<String>,
    /// What the caller says first, turn by turn, whatever is asked; an empty line is silence.
    lines: Vec<String>,
    /// What the caller answers afterwards, by the label of the question; `field` stands for any question of the
    /// business's own, `none` for a turn that asks nothing, `default` for everything else.
    #[serde(default)]
    answers: BTreeMap<String, Answers>,
    /// Whether the caller asks for things to be said again.
    #[serde(default)]
    repeats: bool,
    expect: Expect,
}

fn monday_morning() -> String {
    "2026-11-23T10:02".to_owned()
}

/// One answer, or one for each time the question is put; the last one stands for all further times.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Answers {
    One(String),
    Each(Vec<String>),
}

/// What must come of it. Words are looked for in any case; `a|b` means one of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    /// Empty: none may be known.
    name: Option<String>,
    /// Empty: none may be known.
    callback: Option<String>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    topic: Option<String>,
    #[serde(default)]
    other_topics: Vec<String>,
    #[serde(default)]
    trigger: Vec<String>,
    #[serde(default)]
    expectation: Vec<String>,
    #[serde(default)]
    states: Vec<String>,
    /// All of them, and no others.
    #[serde(default)]
    escalations: BTreeSet<String>,
    urgency: Option<String>,
    owner: Option<String>,
    /// Whether something is promised; told by the outcome where it is not said.
    promise: Option<bool>,
    outcome: Option<String>,
    #[serde(default = "completed")]
    cause: String,
    #[serde(default)]
    advised: Vec<String>,
    #[serde(default)]
    informed: Vec<String>,
    /// How many boundaries may be set.
    #[serde(default = "no_boundary")]
    boundaries: Vec<u32>,
    /// What the bot must say.
    #[serde(default)]
    said: Vec<String>,
    /// What it must never say.
    #[serde(default)]
    unsaid: Vec<String>,
    /// Questions that must not be put.
    #[serde(default)]
    not_asked: Vec<String>,
    core: Option<bool>,
    earlier_matter: Option<bool>,
    most_turns: usize,
}

fn completed() -> String {
    "completed".to_owned()
}

fn no_boundary() -> Vec<u32> {
    vec![0]
}

/// A call as it went.
struct Held {
    business: Arc<Business>,
    turns: Vec<BotTurn>,
    facts: Vec<Fact>,
    record: CallRecord,
    /// What was said on both sides.
    page: String,
    caller_turns: usize,
    ended: bool,
}

impl Scenario {
    fn hold(&self, all: &BTreeMap<String, Self>) -> Held {
        self.hold_with(all, None)
    }

    fn hold_with(&self, all: &BTreeMap<String, Self>, model: Option<Model>) -> Held {
        let business = Arc::new(example(&self.business).unwrap());
        let started_at = moment(&self.at, &business.time_zone).unwrap();
        let earlier = self.earlier.iter().rev().map(|name| all[name].hold(all).record.as_earlier()).collect();
        let start = CallStart {
            id: call_id(started_at, 1),
            business: Arc::clone(&business),
            caller: self.caller.as_deref().map(|number| PhoneNumber::parse(number).unwrap()),
            started_at,
            earlier,
            model: None,
        };
        let mut line = Line::answer(start, model);
        let (mut turns, mut page, mut caller_turns) = (Vec::new(), String::new(), 0);
        let mut put: BTreeMap<String, usize> = BTreeMap::new();
        loop {
            let said = line.take_said();
            for turn in &said {
                let asks = turn.asks.as_ref().map(|question| format!(" [{}]", question.label()));
                let (asks, text) = (asks.unwrap_or_default(), turn.text.expose());
                writeln!(page, "BOT ({}){asks}: {text}", name(&turn.act)).unwrap();
            }
            let asked = said.last().and_then(|turn| turn.asks.clone());
            turns.extend(said);
            if line.ended().is_some() || caller_turns == LONGEST {
                break;
            }
            let words = match self.lines.get(caller_turns) {
                Some(words) => words.clone(),
                None => self.answer(asked.as_ref(), &mut put),
            };
            writeln!(page, "CALLER: {words}").unwrap();
            act(&mut line, &words).unwrap();
            caller_turns += 1;
        }
        let ended = line.ended().is_some();
        let record = line.record();
        let facts = line.facts().iter().map(|stored| stored.fact.clone()).collect();
        Held { business, turns, facts, record, page, caller_turns, ended }
    }

    /// What the caller says to a question.
    fn answer(&self, asked: Option<&Question>, put: &mut BTreeMap<String, usize>) -> String {
        let label = asked.map_or("none".to_owned(), Question::label);
        let times = put.entry(label.clone()).or_default();
        let usual = USUAL_ANSWERS.iter().find(|(known, _)| *known == label).map(|(_, answer)| *answer);
        let any_field = label.starts_with("field-").then(|| self.answers.get("field")).flatten();
        let answers = self.answers.get(&label).or(any_field);
        let words = match (answers, usual, self.answers.get("default")) {
            (Some(Answers::Each(each)), ..) => each[(*times).min(each.len() - 1)].as_str(),
            (Some(Answers::One(one)), ..) => one,
            (None, Some(usual), _) => usual,
            (None, None, Some(Answers::One(one))) => one,
            (None, None, Some(Answers::Each(_)) | None) => "I'm not sure.",
        };
        *times += 1;
        words.to_owned()
    }
}

/// The name of a unit variant, as programs see it.
fn name(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

/// Whether one of the words is in the text.
fn has(text: &str, words: &str) -> bool {
    let text = text.to_lowercase();
    words.split('|').any(|word| text.contains(&word.to_lowercase()))
}

/// Collects what is not as it must be.
#[derive(Default)]
struct Complaints(Vec<String>);

impl Complaints {
    fn unless(&mut self, right: bool, complaint: impl Into<String>) {
        if !right {
            self.0.push(complaint.into());
        }
    }

    fn same(&mut self, what: &str, found: Option<&str>, expected: &str) {
        let found = found.unwrap_or_default();
        self.unless(
            expected.split('|').any(|one| one == found),
            format!("{what}: {found:?}, not {expected:?}"),
        );
    }

    fn words(&mut self, what: &str, found: Option<&Pii<String>>, expected: &[String]) {
        let found = found.map_or("", |found| found.expose());
        for words in expected {
            self.unless(has(found, words), format!("{what}: no {words:?} in {found:?}"));
        }
    }
}

impl Expect {
    fn check(&self, held: &Held, wrong: &mut Complaints) {
        let record = &held.record;
        let value = |slot: &Slot| record.answer(slot).map(|value| value.expose().as_str());
        if let Some(name) = &self.name {
            wrong.same("name", value(&Slot::Name), name);
        }
        if let Some(callback) = &self.callback {
            wrong.same("call back", value(&Slot::Callback), callback);
        }
        for (key, words) in &self.fields {
            let found = value(&Slot::Field(key.clone())).unwrap_or_default();
            wrong.unless(has(found, words), format!("{key}: no {words:?} in {found:?}"));
        }
        if let Some(topic) = &self.topic {
            wrong.same("topic", record.diagnosis.topic.as_deref(), topic);
        }
        for topic in &self.other_topics {
            wrong.unless(record.other_topics.contains(topic), format!("{topic} is not on the record"));
        }
        let diagnosis = &record.diagnosis;
        wrong.words("trigger", diagnosis.trigger.as_ref().map(|answer| &answer.value), &self.trigger);
        let expectation = diagnosis.expectation.as_ref().map(|answer| &answer.value);
        wrong.words("expectation", expectation, &self.expectation);
        let recap = record.note.as_ref().map(|note| &note.recap);
        wrong.words("recap", recap, &self.trigger);
        wrong.words("recap", recap, &self.expectation);
        self.check_conduct(held, wrong);
        self.check_outcome(held, wrong);
    }

    fn check_conduct(&self, held: &Held, wrong: &mut Complaints) {
        let record = &held.record;
        let states: BTreeSet<String> = record.states.iter().map(|seen| name(&seen.state)).collect();
        for state in &self.states {
            wrong.unless(states.contains(state), format!("state {state} not seen, only {states:?}"));
        }
        let reasons: BTreeSet<String> = record.triggers.iter().map(|trigger| name(&trigger.reason)).collect();
        wrong.unless(
            reasons == self.escalations,
            format!("escalated for {reasons:?}, not {:?}", self.escalations),
        );
        for key in &self.advised {
            wrong.unless(record.advised.contains(key), format!("not advised about {key}"));
        }
        for key in &self.informed {
            wrong.unless(record.informed.contains(key), format!("not informed about {key}"));
        }
        let boundaries = record.boundaries;
        wrong.unless(self.boundaries.contains(&boundaries), format!("{boundaries} boundaries"));
        let said: String =
            held.turns.iter().map(|turn| turn.text.expose().as_str()).collect::<Vec<_>>().join(" ");
        for words in &self.said {
            wrong.unless(has(&said, words), format!("never says {words:?}"));
        }
        for words in &self.unsaid {
            wrong.unless(!has(&said, words), format!("says {words:?}"));
        }
        for label in &self.not_asked {
            let asked =
                held.turns.iter().any(|turn| turn.asks.as_ref().is_some_and(|asks| asks.label() == *label));
            // The opening question stands in the greeting.
            let asked = asked && !(label == "reason" && held.times_asked(label) == 1);
            wrong.unless(!asked, format!("asks for {label}"));
        }
    }

    fn check_outcome(&self, held: &Held, wrong: &mut Complaints) {
        let record = &held.record;
        let outcome = record.note.as_ref().map(|note| name(&note.outcome));
        if let Some(expected) = &self.outcome {
            wrong.same("outcome", outcome.as_deref(), expected);
        }
        let promising =
            self.outcome.as_deref().map(|outcome| outcome == "promised" || outcome == "escalated");
        if let Some(promise) = self.promise.or(promising) {
            let made = !record.promises.is_empty();
            wrong.unless(made == promise, if made { "something is promised" } else { "nothing is promised" });
        }
        if let Some(expected) = &self.urgency {
            let urgency =
                record.promises.iter().map(|promise| promise.urgency).max().unwrap_or(Urgency::Normal);
            wrong.same("urgency of the promise", Some(&name(&urgency)), expected);
        }
        if let Some(owner) = &self.owner {
            let owned = record.promises.iter().any(|promise| has(&promise.owner, owner));
            wrong.unless(owned, format!("no promise of {owner}'s"));
        }
        wrong.same("end", record.cause.map(|cause| name(&cause)).as_deref(), &self.cause);
        let turns = held.caller_turns;
        wrong.unless(turns <= self.most_turns, format!("takes {turns} turns, not {}", self.most_turns));
        if let Some(core) = self.core {
            wrong.unless(record.core_confirmed == core, format!("core confirmed: {}", record.core_confirmed));
        }
        if self.earlier_matter.is_some() {
            let found = record.earlier_matter;
            wrong.unless(found == self.earlier_matter, format!("about the earlier matter: {found:?}"));
        }
    }
}

impl Held {
    fn times_asked(&self, label: &str) -> usize {
        let asks = |turn: &&BotTurn| turn.asks.as_ref().is_some_and(|asks| asks.label() == label);
        self.turns.iter().filter(asks).count()
    }

    /// What was said, and what came of it.
    fn shown(&self) -> String {
        let mut findings = findings(&self.record, &self.business.time_zone);
        // The head says when and how long; its ids say nothing.
        findings = findings.lines().skip(1).collect::<Vec<_>>().join("\n");
        format!("{}\n{findings}\n", self.page)
    }
}

fn scenarios() -> BTreeMap<String, Scenario> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/conversations");
    let mut scenarios = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            let scenario: Scenario =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            scenarios.insert(path.file_stem().unwrap().to_str().unwrap().to_owned(), scenario);
        }
    }
    scenarios.retain(|_, s| example(&s.business).is_some());
    scenarios
}

#[test]
fn every_conversation_comes_to_what_it_must() {
    let scenarios = scenarios();
    let (mut report, mut failed) = (String::new(), 0);
    for (name, scenario) in &scenarios {
        let held = scenario.hold(&scenarios);
        let mut wrong = Complaints::default();
        scenario.expect.check(&held, &mut wrong);
        rules::check(scenario, &held, &mut wrong);
        if !wrong.0.is_empty() {
            failed += 1;
            let about = &scenario.about;
            write!(report, "\n=== {name}: {about}\n{}\n--- {}\n", held.shown(), wrong.0.join("\n--- "))
                .unwrap();
        }
    }
    assert!(failed == 0, "{failed} of {} conversations went wrong\n{report}", scenarios.len());
}

#[test]
fn every_conversation_goes_as_recorded() {
    let scenarios = scenarios();
    for (name, scenario) in &scenarios {
        insta::with_settings!({
            snapshot_path => "conversations",
            prepend_module_to_snapshot => false,
            omit_expression => true,
            description => scenario.about.as_str(),
        }, {
            insta::assert_snapshot!(name.as_str(), scenario.hold(&scenarios).shown());
        });
    }
}

#[test]
fn the_same_call_goes_the_same_way_again() {
    let scenarios = scenarios();
    let once = |name: &str| serde_json::to_value(&scenarios[name].hold(&scenarios).record).unwrap();
    let (first, second): (Value, Value) = (once("heating-missed-visit"), once("heating-missed-visit"));
    assert_eq!(first, second);
}
