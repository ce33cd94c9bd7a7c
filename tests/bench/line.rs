//! What is lost on the whole way: scenarios of `tests/it/conversations` as calls through the carrier's webhook and socket
//! to the real server, with a caller who listens, answers and has all the time in the world.
//!
//! The clock cannot be set: the profile called is the example's, open today all day where the scenario's business is open
//! at its time, else closed today; earlier calls are in the database, as long before as they ought to be.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use calmline::audio::ulaw;
use calmline::config::Config;
use calmline::domain::{Business, BusinessId, CallTime, Fact, PhoneNumber, Utterance};
use calmline::store::{CallFilter, Journal, NewCall, Store, StoredFact};
use calmline::telephony::local::{CallOutcome, Carrier, Entry, Handset, Key, Person, PlacedCall, What};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::conversations::written::{Held, LONGEST, Scenario, scenarios};
use crate::conversations::{Counts, Telephone, add, print_counts};
use crate::support::Place;
use crate::wer;

/// Every third scenario is held, unless `CALMLINE_BENCH_CONVERSATIONS` names others.
const EVERY: usize = 3;
/// Calls at once, which two cores carry without making anybody wait.
const AT_ONCE: usize = 4;
/// All times of a caller are counted in frames.
const FRAME_MS: u64 = 20;
/// Samples of a frame.
const FRAME: usize = 8 * FRAME_MS as usize;
/// From the end of a question to the answer.
const REACTION: u64 = 450 / FRAME_MS;
/// A bot that has asked nothing has finished when it has been silent for so long.
const UNASKED: u64 = 2_000 / FRAME_MS;
/// Who hears nothing for so long hangs up.
const PATIENCE: u64 = 40_000 / FRAME_MS;
/// So much is spoken ahead into the microphone, lest a late tick of this machine's clock tear a hole into a word.
const AHEAD: usize = 5;
/// By so much may the server's times of an utterance differ from the caller's.
const SLACK_MS: u64 = 300;

type Scenarios = BTreeMap<String, Scenario>;

/// Holds the sampled scenarios in text, by voice and ear, and on the line; prints what was right each time.
pub fn run(runtime: &Runtime) -> anyhow::Result<()> {
    let all = scenarios();
    let chosen = std::env::var("CALMLINE_BENCH_CONVERSATIONS").ok();
    let sample: Vec<(&String, &Scenario)> = match chosen.as_deref() {
        None => all.iter().step_by(EVERY).collect(),
        Some("all") => all.iter().collect(),
        Some(names) => all.iter().filter(|(name, _)| names.split(',').any(|one| one == *name)).collect(),
    };
    let folder = tempfile::tempdir()?;
    let telephone = Telephone::open(runtime, folder.path())?;
    let mut counts = vec![Counts::new(); 3];
    let mut before = Vec::new();
    for (_, scenario) in &sample {
        let written = scenario.judge(&scenario.hold(&all));
        let mut ear =
            |words: &str, expecting, business: &Business| telephone.carry(words, expecting, business);
        let spoken = scenario.judge(&scenario.hold_with(&all, None, &mut ear));
        add(&mut counts[0], &written);
        add(&mut counts[1], &spoken);
        before.push(spoken.wrong);
        for words in scenario.sayings() {
            telephone.say(words);
        }
    }
    let calls = runtime.block_on(call_all(&all, &sample, &telephone));
    let mut passage = Passage::default();
    println!("what went wrong on the line that had gone right as spoken:");
    for (((name, scenario), call), before) in sample.iter().zip(&calls).zip(&before) {
        let complaints = scenario.judge(&call.held);
        add(&mut counts[2], &complaints);
        let fates = passage.add(call);
        let new: Vec<&String> = complaints.wrong.iter().filter(|wrong| !before.contains(wrong)).collect();
        if !new.is_empty() || !fates.is_empty() {
            println!("\n{name}");
            new.iter().for_each(|wrong| println!("    {wrong}"));
            fates.iter().for_each(|fate| println!("        {fate}"));
        }
        if std::env::var_os("CALMLINE_BENCH_SHOW").is_some() {
            println!("=== {name}: {}\n{}", call.outcome.ending, call.held.shown());
        }
    }
    println!("\n{} of {} conversations, {AT_ONCE} calls at once\n", sample.len(), all.len());
    print_counts(&["as written", "as spoken", "on the line"], &counts);
    passage.print();
    Ok(())
}

/// A call that is over: from the caller's side and from the server's.
struct Call {
    outcome: CallOutcome,
    said: Vec<Said>,
    held: Held,
}

/// Something that the caller said.
struct Said {
    words: String,
    began: u64,
    ended: u64,
    /// From the end to the first audio of the answer.
    answered_after: Option<u64>,
    /// Whether the bot spoke before it was all said.
    cut_off: bool,
}

async fn call_all(all: &Scenarios, sample: &[(&String, &Scenario)], telephone: &Telephone<'_>) -> Vec<Call> {
    let place = Place::new(&format!("server.max_calls = {}", 2 * AT_ONCE)).await;
    for (number, (name, scenario)) in sample.iter().enumerate() {
        let profile = place.folder.path().join(format!("businesses/{name}.toml"));
        std::fs::write(profile, profile_for(scenario, line(number).expose())).unwrap();
    }
    let database = place.folder.path().join("calmline.db");
    let config = Config::load(Some(&place.folder.path().join("calmline.toml"))).unwrap();
    let business = |name: &str| {
        Arc::new(config.businesses.iter().find(|business| business.id.0 == name).unwrap().clone())
    };
    remember(&database, all, sample, business).await;
    let server = place.serve().await;
    let carrier = place.carrier();
    let callers = Semaphore::new(AT_ONCE);
    let calls = sample.iter().enumerate().map(async |(number, (_, scenario))| {
        let _one_of_them = callers.acquire().await;
        Caller::new(scenario, telephone, number as u64).call(&carrier, line(number)).await
    });
    let ended = futures_util::future::join_all(calls).await;
    // It stops when all is written down.
    assert!(server.stop().await.success());
    let store = Store::open(&database).await.unwrap();
    let mut calls = Vec::new();
    for ((name, _), (outcome, said)) in sample.iter().zip(ended) {
        let latest = CallFilter { business: Some(BusinessId((*name).clone())), before: None, limit: 1 };
        let record = store.calls(&latest).await.unwrap().remove(0);
        assert_eq!(record.carrier_call_id, outcome.call_sid);
        let facts = store.facts(record.id).await.unwrap();
        calls.push(Call { outcome, said, held: Held::new(business(name), facts, record) });
    }
    calls
}

/// The line of one scenario's business; the callers' own numbers are in other areas.
fn line(number: usize) -> PhoneNumber {
    PhoneNumber::parse(&format!("+1303555{:04}", 100 + number)).unwrap()
}

/// The example's profile with a line of its own, open or closed today as it is at the time of the scenario.
fn profile_for(scenario: &Scenario, line: &str) -> String {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/businesses");
    let text = std::fs::read_to_string(example.join(format!("{}.toml", scenario.business))).unwrap();
    let mut profile: toml::Table = text.parse().unwrap();
    let business = calmline::config::example(&scenario.business).unwrap();
    let open = business.hours.open_at(scenario.moment(), &business.time_zone);
    let today = Timestamp::now().to_zoned(business.time_zone).date();
    let day = today.strftime("%A").to_string().to_lowercase();
    profile.insert("numbers".to_owned(), vec![line].into());
    let hours = profile["hours"].as_table_mut().unwrap();
    hours.remove(&day);
    if open {
        hours.insert(day, vec!["00:00-24:00"].into());
    }
    if let Some(closed_on) = hours.get_mut("closed_on").and_then(toml::Value::as_array_mut) {
        closed_on.retain(|date| date.as_str() != Some(&today.to_string()));
    }
    toml::to_string(&profile).unwrap()
}

/// Puts the earlier calls of the scenarios' callers on record.
async fn remember(
    database: &Path,
    all: &Scenarios,
    sample: &[(&String, &Scenario)],
    business: impl Fn(&str) -> Arc<Business>,
) {
    let store = Store::open(database).await.unwrap();
    let journal = Journal::start(store.clone());
    for (name, scenario) in sample {
        for earlier in scenario.earlier.iter().map(|earlier| &all[earlier]) {
            let ago: SignedDuration = scenario.moment().duration_since(earlier.moment());
            let (called, started_at) = (business(name), Timestamp::now() - ago);
            let mut plainly = |words: &str, _, _: &Business| words.to_owned();
            let held = earlier.hold_at(called, started_at, Vec::new(), None, &mut plainly);
            let record = held.record;
            let mut recorder = journal.begin(NewCall {
                id: record.id,
                carrier: record.carrier,
                carrier_call_id: record.carrier_call_id,
                business: record.business,
                caller: record.caller,
                called: record.called,
                started_at,
            });
            held.facts.into_iter().for_each(|StoredFact { at, fact, .. }| recorder.record(at, fact));
        }
    }
    journal.flush().await;
    store.close().await;
}

/// Somebody at a handset who has something to say.
struct Caller<'a> {
    scenario: &'a Scenario,
    telephone: &'a Telephone<'a>,
    room: SmallRng,
    now: u64,
    turn: usize,
    put: BTreeMap<String, usize>,
    /// What is being said at the moment.
    voice: VecDeque<i16>,
    said: Vec<Said>,
    bot_speaks: bool,
    /// Since when the bot has been silent after it had said something to be answered.
    finished: Option<u64>,
    /// The label of the question that was heard last, and when.
    asked: Option<(u64, String)>,
    last_sound: u64,
}

impl<'a> Caller<'a> {
    fn new(scenario: &'a Scenario, telephone: &'a Telephone<'a>, seed: u64) -> Self {
        Self {
            scenario,
            telephone,
            room: SmallRng::seed_from_u64(seed),
            now: 0,
            turn: 0,
            put: BTreeMap::new(),
            voice: VecDeque::new(),
            said: Vec::new(),
            bot_speaks: false,
            finished: None,
            asked: None,
            last_sound: 0,
        }
    }

    async fn call(self, carrier: &Carrier, line: PhoneNumber) -> (CallOutcome, Vec<Said>) {
        let (person, handset) = Person::with_handset();
        let (live, news) = unbounded_channel();
        let call =
            PlacedCall { from: self.scenario.caller(), to: line, forwarded_from: None, live: Some(live) };
        tokio::join!(carrier.place(call, person), self.talk(handset, news))
    }

    /// Talks until the call is over; the frames heard are the clock.
    async fn talk(mut self, mut handset: Handset, mut news: UnboundedReceiver<Entry>) -> Vec<Said> {
        // When the carrier has hung up, nothing more is heard either.
        let _ = handset.microphone.send(vec![0; AHEAD * FRAME]);
        while handset.speaker.recv().await.is_some() {
            while let Ok(entry) = news.try_recv() {
                self.notice(entry.what);
            }
            self.take_turn();
            if !self.voice.is_empty() || self.bot_speaks {
                self.last_sound = self.now;
            }
            if self.now - self.last_sound > PATIENCE || self.turn > LONGEST {
                let _ = handset.keys.send(Key::HangUp);
            }
            let _ = handset.microphone.send(self.speak());
            self.now += 1;
        }
        self.said
    }

    fn notice(&mut self, what: What) {
        let speaking = !self.voice.is_empty();
        match what {
            What::BotReceived => {
                let now = self.now;
                if let Some(said) = self.said.last_mut() {
                    said.cut_off |= speaking;
                    said.answered_after =
                        said.answered_after.or((!speaking).then_some(now - said.ended.min(now)));
                }
            }
            What::BotBegan => (self.bot_speaks, self.finished) = (true, None),
            What::BotEnded => (self.bot_speaks, self.finished) = (false, (!speaking).then_some(self.now)),
            What::MarkPlayed { name } if !speaking => {
                let label = name.splitn(3, '/').nth(2).filter(|label| !label.is_empty());
                self.asked = label.map(|label| (self.now, label.to_owned())).or(self.asked.take());
            }
            _ => {}
        }
    }

    /// Answers what was asked, or what the bot has said without a question.
    fn take_turn(&mut self) {
        let passed = |since: u64, frames| self.now - since >= frames;
        let asked = self.asked.as_ref().is_some_and(|(at, _)| passed(*at, REACTION));
        let finished = self.finished.is_some_and(|at| passed(at, UNASKED));
        if !self.voice.is_empty() || self.bot_speaks || !(asked || finished) {
            return;
        }
        self.finished = None;
        let label = self.asked.take().map(|(_, label)| label);
        let words = self.scenario.says(self.turn, label.as_deref(), &mut self.put);
        self.turn += 1;
        if words.is_empty() {
            return;
        }
        let line: Rc<[u8]> = self.telephone.say(&words);
        let samples = ulaw::decode_i16(&line);
        let loud = |sample: &i16| sample.unsigned_abs() > 300;
        let end = samples.iter().rposition(loud).map_or(0, |last| last + 1);
        self.voice = samples[..end].iter().copied().collect();
        let length = (end / FRAME) as u64;
        let (began, ended) = (self.now, self.now + length);
        self.said.push(Said { words, began, ended, answered_after: None, cut_off: false });
    }

    /// The next 20 ms of the voice, in a room that is never quite silent.
    fn speak(&mut self) -> Vec<i16> {
        let voice = self.voice.drain(..FRAME.min(self.voice.len())).chain(std::iter::repeat(0));
        let room = std::iter::repeat_with(|| self.room.random_range(-12..12));
        voice.zip(room).take(FRAME).map(|(voice, room)| voice.saturating_add(room)).collect()
    }
}

/// What became of what callers said.
#[derive(Default)]
struct Passage {
    fates: BTreeMap<Fate, usize>,
    cut_off: usize,
    answered_after: Vec<u64>,
    words: wer::Score,
}

/// How an utterance arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Whole,
    /// With other words.
    Changed,
    /// As more than one turn.
    InPieces,
    /// In one turn with another one.
    Merged,
    /// As a sound without words.
    Unclear,
    Lost,
}

impl Passage {
    /// Looks for each utterance of a call; returns what became of those that did not arrive as they were said.
    fn add(&mut self, call: &Call) -> Vec<String> {
        let heard = call.held.facts.iter().filter_map(|stored| match &stored.fact {
            Fact::CallerSaid { utterance, .. } => Some(utterance),
            _ => None,
        });
        let heard: Vec<&Utterance> = heard.collect();
        let unclear =
            call.held.facts.iter().filter(|stored| matches!(stored.fact, Fact::Misunderstood { .. }));
        let unclear: Vec<u64> = unclear.map(|stored| stored.at.as_ms()).collect();
        let during = |said: &Said, at| (said.began..said.ended + UNASKED).contains(&(at / FRAME_MS));
        let overlaps = |said: &Said, heard: &Utterance| {
            let (began, ended) = (said.began * FRAME_MS, said.ended * FRAME_MS);
            let (start, end) = (heard.span.start.as_ms(), heard.span.end.as_ms());
            start < ended + SLACK_MS && end + SLACK_MS > began
        };
        let mut told = Vec::new();
        for said in &call.said {
            let pieces: Vec<&&Utterance> = heard.iter().filter(|heard| overlaps(said, heard)).collect();
            let merged =
                pieces.iter().any(|piece| call.said.iter().filter(|said| overlaps(said, piece)).count() > 1);
            let words: Vec<&str> = pieces.iter().map(|piece| piece.text.expose().as_str()).collect();
            let score = wer::score(&said.words, &words.join(" "));
            let fate = match pieces.len() {
                0 if unclear.iter().any(|at| during(said, *at)) => Fate::Unclear,
                0 => Fate::Lost,
                _ if merged => Fate::Merged,
                1 if score.edits == 0 => Fate::Whole,
                1 => Fate::Changed,
                _ => Fate::InPieces,
            };
            if matches!(fate, Fate::Whole | Fate::Changed | Fate::InPieces) {
                self.words += score;
            }
            *self.fates.entry(fate).or_default() += 1;
            self.cut_off += usize::from(said.cut_off);
            self.answered_after.extend(said.answered_after.map(|frames| frames * FRAME_MS));
            if fate != Fate::Whole || said.cut_off {
                let at = CallTime::from_ms(said.began * FRAME_MS);
                let cut_off = if said.cut_off { ", cut off" } else { "" };
                told.push(format!("{at} {fate:?}{cut_off}: {:?} -> {words:?}", said.words));
            }
        }
        told
    }

    fn print(&mut self) {
        let of = |fate| self.fates.get(&fate).copied().unwrap_or_default();
        let all: usize = self.fates.values().sum();
        println!(
            "\n{all} utterances: {} arrived word for word, {} with other words ({:.1} % of words),",
            of(Fate::Whole),
            of(Fate::Changed),
            self.words.percent()
        );
        println!(
            "{} in pieces, {} together with another one, {} as a sound without words, {} not at all;",
            of(Fate::InPieces),
            of(Fate::Merged),
            of(Fate::Unclear),
            of(Fate::Lost)
        );
        println!("the bot began to speak into {} of them", self.cut_off);
        self.answered_after.sort_unstable();
        let quantile = |share: f64| {
            let last = self.answered_after.len().saturating_sub(1);
            self.answered_after.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
        };
        println!("answered after {} ms, 95 of 100 within {} ms", quantile(0.5), quantile(0.95));
    }
}
