//! Handing over, end to end: callers who ask for a person, through the webhook and the media socket of the real server
//! in a process of its own, and agents whom it rings over the carrier's REST interface; how long each step takes, and
//! whether anybody was left alone with it.
//!
//! Every call is to a business of its own with the same four agents, so that no agent is busy with another call. Calls
//! come at any moment of the time in which they come; the phrases are warm, as on any server that is up.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use calmline::cli::handoffs::{Quantiles, Report};
use calmline::domain::{CallTime, Digit, HandoffOutcome, PhoneNumber};
use calmline::store::{CallFilter, CallRecord, HandoffFilter, HandoffRecord, Store};
use calmline::telephony::local::{
    Agent, AgentLeg, CallOutcome, Carrier, Ending, LegEvent, PlacedCall, Reaction, RestApi, Script, Unasked,
    When,
};
use jiff::Timestamp;
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::time::sleep;

use crate::calls::{cpu_seconds, peak_megabytes};
use crate::support::Place;

const HANDOFFS: usize = 200;
/// In so many seconds the calls come, which makes about 25 at once.
const COMING: f64 = 420.0;
/// Who can be rung: three who own the matter, and the lead.
const AGENTS: [&str; 4] = ["maria", "sam", "june", "lee"];
/// Nobody who asks for a person waits longer.
const LONGEST_CALL: u64 = 150_000;
/// Longer than this nobody is to hear nothing, in milliseconds.
const LONGEST_SILENCE: u64 = 10_000;
/// Of so many callers in silence all is shown.
const SHOWN: usize = 3;
/// What the times ought to be at the 95th percentile, in milliseconds since the trigger.
const AIMS: [(&str, i64); 3] = [("notes delivered", 1_500), ("first ring", 1_500), ("joined", 45_000)];

/// Measures and prints; takes about ten minutes.
pub async fn run() {
    let mut dice = SmallRng::seed_from_u64(1);
    let place = Place::new(&format!("server.max_calls = {HANDOFFS}")).await;
    for number in 0..HANDOFFS {
        let profile = place.folder.path().join(format!("businesses/staffed-{number}.toml"));
        std::fs::write(profile, staffed(number)).unwrap();
        for agent in 0..AGENTS.len() {
            place.rest().employ(&telephone(number, agent), somebody(&mut dice));
        }
    }
    let server = place.serve().await;
    let before = cpu_seconds(&server);
    let carrier = place.carrier();
    let (now, most) = (Cell::new(0), Cell::new(0));
    let calls = (0..HANDOFFS).map(|number| {
        let begins = Duration::from_secs_f64(dice.random_range(0.0..COMING));
        let (carrier, now, most) = (&carrier, &now, &most);
        async move {
            sleep(begins).await;
            now.set(now.get() + 1);
            most.set(most.get().max(now.get()));
            let outcome = call(carrier, number).await;
            now.set(now.get() - 1);
            outcome
        }
    });
    let calls = futures_util::future::join_all(calls).await;
    let (cpu, peak) = (cpu_seconds(&server) - before, peak_megabytes(&server));
    // It stops when all is written down.
    assert!(server.stop().await.success());
    let minutes: f64 = calls.iter().map(|call| length(call).as_secs_f64() / 60.0).sum();
    println!(
        "{HANDOFFS} calls through the real socket and REST interface, up to {} at once; {:.1} CPU s/min of calls, peak {peak:.0} MB,",
        most.get(),
        cpu / minutes
    );
    println!("load of the machine in the last 1, 5, 15 minutes: {}\n", load());
    let kept = Kept::read(&place.folder.path().join("calmline.db")).await;
    kept.report(&calls, place.rest());
}

/// The line of one call's business; the callers' own numbers and the agents' are in other areas.
fn line(number: usize) -> PhoneNumber {
    PhoneNumber::parse(&format!("+1303555{:04}", 100 + number)).unwrap()
}

fn telephone(number: usize, agent: usize) -> PhoneNumber {
    PhoneNumber::parse(&format!("+1{}555{:04}", 602 + agent, 100 + number)).unwrap()
}

/// The example's profile with a line and agents of its own, open at any time; the rules are as by default.
fn staffed(number: usize) -> String {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/businesses/heating.toml");
    let mut profile: toml::Table = std::fs::read_to_string(example).unwrap().parse().unwrap();
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours: toml::Table =
        days.map(|day| (day.to_owned(), vec!["00:00-24:00"].into())).into_iter().collect();
    let agents = AGENTS.iter().enumerate().map(|(place, key)| {
        let lead = place == AGENTS.len() - 1;
        let name = format!("{}{}", key[..1].to_uppercase(), &key[1..]);
        let mut agent = toml::Table::new();
        agent.insert("key".to_owned(), (*key).into());
        agent.insert("name".to_owned(), name.into());
        agent.insert("number".to_owned(), telephone(number, place).expose().into());
        agent.insert("owns".to_owned(), vec![if lead { "manager" } else { "office" }].into());
        agent.insert("lead".to_owned(), lead.into());
        toml::Value::Table(agent)
    });
    profile.insert("agents".to_owned(), agents.collect::<Vec<_>>().into());
    profile.insert("numbers".to_owned(), vec![line(number).expose()].into());
    profile.insert("hours".to_owned(), hours.into());
    toml::to_string(&profile).unwrap()
}

/// One in three never answers; the others do after 2 to 20 seconds, listen, take the call and talk for a while.
fn somebody(dice: &mut SmallRng) -> Agent {
    let answers = Duration::from_secs_f64(dice.random_range(2.0..20.0));
    let listens = Duration::from_secs_f64(dice.random_range(6.0..8.0));
    if dice.random_ratio(1, 3) {
        return Agent::absent();
    }
    Agent::answering(answers).pressing(Digit::new('1').unwrap(), listens).leaving(Duration::from_secs(10))
}

/// A caller who asks for a person by a key and says nothing.
async fn call(carrier: &Carrier, number: usize) -> CallOutcome {
    let at = |ms| When::At(CallTime::from_ms(ms));
    let caller = Script::silent()
        .seed(number as u64 + 1)
        .reacting(Reaction { when: at(1_500), deed: Unasked::Press(Digit::new('0').unwrap()) })
        .reacting(Reaction { when: at(LONGEST_CALL), deed: Unasked::HangUp });
    let from = PhoneNumber::parse(&format!("+1720555{:04}", 100 + number)).unwrap();
    carrier
        .place(PlacedCall { from: Some(from), to: line(number), forwarded_from: None, live: None }, caller)
        .await
}

fn length(call: &CallOutcome) -> Duration {
    let end = call.timeline.entries().last().map_or(CallTime::ZERO, |entry| entry.at);
    end.since(CallTime::ZERO)
}

fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap();
    load.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// What the server has written down.
struct Kept {
    handoffs: Vec<HandoffRecord>,
    calls: BTreeMap<String, CallRecord>,
}

impl Kept {
    async fn read(database: &Path) -> Self {
        let store = Store::open(database).await.unwrap();
        let filter = HandoffFilter { limit: 10 * HANDOFFS as u32, ..HandoffFilter::default() };
        let handoffs = store.handoffs(&filter).await.unwrap();
        let filter = CallFilter { business: None, before: None, limit: 10 * HANDOFFS as u32 };
        let calls = store.calls(&filter).await.unwrap();
        let calls = calls.into_iter().map(|call| (call.carrier_call_id.clone(), call)).collect();
        Self { handoffs, calls }
    }

    fn report(&self, calls: &[CallOutcome], rest: &RestApi) {
        let report = Report::of(&self.handoffs);
        println!("{}", report.page());
        for (step, aim) in AIMS {
            let p95 = report.steps.get(step).map_or(i64::MAX, |times| times.p95_ms);
            let verdict = if p95 <= aim { "within the aim" } else { "MISSES the aim" };
            println!("{step}: 95 of 100 after {p95} ms, {verdict} of {aim} ms");
        }
        self.print_parts();
        let rung: Vec<usize> = self
            .handoffs
            .iter()
            .map(|handoff| handoff.offers.iter().filter(|offer| offer.rang_at.is_some()).count())
            .collect();
        let share = rung.iter().sum::<usize>() as f64 / rung.len().max(1) as f64;
        let with = |count| rung.iter().filter(|rung| **rung == count).count();
        println!(
            "\n{share:.2} agents rung for a handoff: one for {}, two for {}, three for {}, all four for {}",
            with(1),
            with(2),
            with(3),
            with(4)
        );
        let promised = self.calls.values().filter(|call| !call.promises.is_empty()).count();
        println!("{promised} callers got a promise");
        let silences: Vec<i64> = calls.iter().map(|call| call.timeline.longest_silence().1 as i64).collect();
        let longest = silences.iter().copied().max().unwrap_or_default();
        if let Some(silence) = Quantiles::of(silences) {
            println!(
                "longest silence of a caller: median {} ms, 95 of 100 within {} ms, the longest {longest} ms",
                silence.p50_ms, silence.p95_ms
            );
        }
        self.print_faults(calls, &rest.legs());
    }

    /// Prints how long what lies between two steps took.
    fn print_parts(&self) {
        type Moment = fn(&HandoffRecord) -> Option<Timestamp>;
        let parts: [(&str, Moment, Moment); 4] = [
            ("from the answer to the end of the recap", |it| it.answered_at, |it| it.briefed_at),
            ("from the answer to the key", |it| it.answered_at, |it| it.accepted_at),
            ("from the key to both connected", |it| it.accepted_at, |it| it.joined_at),
            (
                "from the trigger to the promise",
                |it| Some(it.request.triggered_at),
                |it| it.settled_at.filter(|_| it.outcome != Some(HandoffOutcome::Joined)),
            ),
        ];
        println!();
        for (part, from, to) in parts {
            let took = |it: &HandoffRecord| Some(to(it)?.duration_since(from(it)?).as_millis() as i64);
            if let Some(times) = Quantiles::of(self.handoffs.iter().filter_map(took).collect()) {
                println!("{part}: median {} ms, 95 of 100 within {} ms", times.p50_ms, times.p95_ms);
            }
        }
    }

    fn print_faults(&self, calls: &[CallOutcome], legs: &[AgentLeg]) {
        let mut dialled: BTreeMap<&str, usize> = BTreeMap::new();
        for leg in legs {
            *dialled.entry(leg.to.expose()).or_default() += 1;
        }
        let told_unbriefed = |leg: &&AgentLeg| {
            let joined = leg.time(|event| matches!(event, LegEvent::Together { .. }));
            let briefed = leg.time(|event| matches!(event, LegEvent::Began { .. }));
            joined.is_some() && briefed.is_none()
        };
        let silent: Vec<&CallOutcome> =
            calls.iter().filter(|call| call.timeline.longest_silence().1 > LONGEST_SILENCE).collect();
        let left: Vec<&CallOutcome> = calls
            .iter()
            .filter(|call| !matches!(call.ending, Ending::HungUpByServer | Ending::HungUpByCaller))
            .collect();
        let unpromised = |handoff: &&HandoffRecord| {
            let call = self.calls.values().find(|call| call.id == handoff.request.call);
            handoff.outcome != Some(HandoffOutcome::Joined)
                && call.is_none_or(|call| call.promises.is_empty())
        };
        let unsettled = self.handoffs.iter().filter(|handoff| handoff.outcome.is_none()).count();
        let undelivered = self
            .handoffs
            .iter()
            .filter(|handoff| {
                handoff.first_ring_at.is_some()
                    && handoff.delivered_at.is_none_or(|at| Some(at) > handoff.first_ring_at)
            })
            .count();
        println!("\nwrong:");
        let counts = [
            (silent.len(), "callers in silence for more than 10 s"),
            (dialled.values().filter(|times| **times > 1).count(), "agents dialled twice for a call"),
            (legs.iter().filter(told_unbriefed).count(), "agents connected without the recap"),
            (undelivered, "telephones that rang before the notes were there"),
            (unsettled, "handoffs without an outcome"),
            (self.handoffs.iter().filter(unpromised).count(), "handoffs without a talk or a promise"),
            (HANDOFFS.abs_diff(self.handoffs.len()), "calls without a handoff, or with a second one"),
            (left.len(), "calls that ended in no good way"),
        ];
        for (count, what) in counts {
            println!("{count:>5} {what}");
        }
        for call in silent.iter().take(SHOWN) {
            let (from, ms) = call.timeline.longest_silence();
            println!("\n{ms} ms of silence from {from}:");
            call.timeline.entries().iter().for_each(|entry| println!("    {} {:?}", entry.at, entry.what));
        }
        left.iter().for_each(|call| println!("{}", call.ending));
    }
}
