//! What is found in callers' words: abuse against people's judgement, topics of a bank's queries, and the time it takes.
//!
//! Every file is split in two by a hash of the row's id, so that words chosen while looking at one half are judged by the
//! other.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use calmline::domain::Playbook;
use calmline::understanding::{Degree, SignalKind, signals, topics};

const PLAYBOOK: &str = "tests/data/playbooks/bank.toml";
const INTENTS: &str = "tests/data/playbooks/bank_intents.toml";
const HALVES: [&str; 2] = ["tuned on", "held out"];

/// Prints the figures.
pub fn run(data: &Path) {
    abuse(&rows(&data.join("dev_text_abuse.tsv")));
    banking(&rows(&data.join("dev_text_intent.tsv")));
    cost();
}

/// A row by its columns' names.
type Row = BTreeMap<String, String>;

fn rows(path: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split('\t').collect();
    lines
        .map(|line| {
            header.iter().map(|name| (*name).to_owned()).zip(line.split('\t').map(str::to_owned)).collect()
        })
        .collect()
}

/// Which half a row belongs to: FNV-1a of its id.
fn half(row: &Row) -> usize {
    let hash = row["id"].bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 63) as usize
}

#[derive(Default)]
struct Counts {
    both: u32,
    found: u32,
    labelled: u32,
}

impl Counts {
    fn add(&mut self, found: bool, labelled: bool) {
        self.both += u32::from(found && labelled);
        self.found += u32::from(found);
        self.labelled += u32::from(labelled);
    }

    fn line(&self) -> String {
        let of = |whole: u32| f64::from(self.both) / f64::from(whole.max(1));
        let (precision, recall) = (of(self.found), of(self.labelled));
        let f1 = 2.0 * precision * recall / (precision + recall).max(1e-9);
        format!("{} | {precision:.3} | {recall:.3} | {f1:.3}", self.labelled)
    }
}

fn abuse(rows: &[Row]) {
    println!("\nAbuse, against people's judgement of messages to chatbots");
    println!("| what | half | so labelled | precision | recall | F1 |\n|---|---|---|---|---|---|");
    let show = std::env::var_os("CALMLINE_BENCH_ERRORS").is_some();
    let mut counts: [[Counts; 2]; 2] = Default::default();
    for row in rows {
        let degrees = signals(&row["text"]).into_iter().filter_map(|signal| {
            if let SignalKind::Abuse(degree) = signal.kind { Some(degree) } else { None }
        });
        let worst = degrees.max();
        let half = half(row);
        counts[0][half].add(worst >= Some(Degree::Insult), row["abusive"] == "1");
        counts[1][half].add(worst == Some(Degree::Severe), row["strong"] == "1");
        if show && half == 0 && (worst >= Some(Degree::Insult)) != (row["abusive"] == "1") {
            println!("{worst:?} {} {} | {} | {}", row["mean"], row["strong"], row["text"], row["types"]);
        }
    }
    for (what, halves) in ["insult or worse against `abusive`", "severe against `strong`"].iter().zip(&counts)
    {
        for (half, counts) in HALVES.iter().zip(halves) {
            println!("| {what} | {half} | {} |", counts.line());
        }
    }
}

fn banking(rows: &[Row]) {
    let playbook: Playbook = toml::from_str(&std::fs::read_to_string(PLAYBOOK).unwrap()).unwrap();
    let intents: BTreeMap<String, Vec<String>> =
        toml::from_str(&std::fs::read_to_string(INTENTS).unwrap()).unwrap();
    let cues: Vec<&[String]> = playbook.topics.iter().map(|topic| topic.cues.as_slice()).collect();
    let show = std::env::var_os("CALMLINE_BENCH_ERRORS").is_some();
    println!(
        "\nTopics of a bank's queries: {} topics, {} cues",
        cues.len(),
        cues.iter().map(|cues| cues.len()).sum::<usize>()
    );
    println!(
        "| half | queries | top topic right | among the first two | none found |\n|---|---|---|---|---|"
    );
    let mut sums = [[0_u32; 4]; 2];
    for row in rows {
        let topic_of = |key: &str| {
            intents.iter().find(|(_, of)| of.iter().any(|intent| intent == key)).map(|(key, _)| key)
        };
        let expected = topic_of(&row["intent"]).unwrap_or_else(|| panic!("{} has no topic", row["intent"]));
        let found: Vec<&str> = topics(&row["text"], &cues)
            .iter()
            .map(|found| playbook.topics[found.topic].key.as_str())
            .collect();
        let half = half(row);
        let right = found.first().is_some_and(|key| key == expected);
        let near = found.iter().take(2).any(|key| key == expected);
        for (sum, is) in sums[half].iter_mut().zip([true, right, near, found.is_empty()]) {
            *sum += u32::from(is);
        }
        if show && half == 0 && !right {
            println!("{expected} <- {} {found:?} | {}", row["intent"], row["text"]);
        }
    }
    for (half, [all, right, near, none]) in HALVES.iter().zip(sums) {
        let share = |count: u32| 100.0 * f64::from(count) / f64::from(all.max(1));
        println!("| {half} | {all} | {:.1} % | {:.1} % | {:.1} % |", share(right), share(near), share(none));
    }
}

/// A turn of sixty words against fifteen topics of twelve cues.
fn cost() {
    const TURN: &str = "Hi yes I'm calling because the technician was supposed to come on Tuesday between eight and twelve and \
        nobody came and nobody called me, this is the second time that has happened and I took the whole morning off work, \
        so I'd really like to speak to a manager or at least get a new appointment for this week because we still don't have \
        any hot water";
    let playbook: Playbook = toml::from_str(&std::fs::read_to_string(PLAYBOOK).unwrap()).unwrap();
    let trimmed: Vec<Vec<String>> = playbook
        .topics
        .iter()
        .cycle()
        .take(15)
        .map(|topic| topic.cues.iter().cycle().take(12).cloned().collect())
        .collect();
    let cues: Vec<&[String]> = trimmed.iter().map(Vec::as_slice).collect();
    signals(TURN);
    let signalled = least(|| signals(TURN).len());
    let matched = least(|| topics(TURN, &cues).len());
    println!(
        "\na turn of {} words: signals {signalled:?}, topics of 15 × 12 cues {matched:?}",
        TURN.split_whitespace().count()
    );
}

/// The least mean time of one round, of many short batches: what other processes take does not count.
fn least(round: impl Fn() -> usize) -> Duration {
    const ROUNDS: u32 = 5;
    let batch = || {
        let began = Instant::now();
        let found: usize = (0..ROUNDS).map(|_| std::hint::black_box(round())).sum();
        assert!(found > 0, "nothing was found");
        began.elapsed() / ROUNDS
    };
    (0..300).map(|_| batch()).min().unwrap()
}
