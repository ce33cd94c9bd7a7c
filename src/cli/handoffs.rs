//! `calmline handoffs`: how calls went over to people, and how long each step took.

use std::collections::BTreeMap;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::calls::{moment, named, time_zone};
use super::table::table;
use crate::config::Config;
use crate::domain::{BusinessId, EscalationReason, HandoffOutcome};
use crate::store::{HandoffFilter, HandoffRecord};

/// The arguments of `calmline handoffs`.
#[derive(Debug, Args)]
pub struct Handoffs {
    /// Print one JSON object per handoff, and a last one with the report
    #[arg(long)]
    json: bool,
    /// Only those of this business, by its id
    #[arg(long)]
    business: Option<String>,
    /// Only those of the last so many days
    #[arg(long, default_value_t = 30, value_name = "DAYS")]
    days: u32,
    /// At most so many, the latest first
    #[arg(long, default_value_t = 1000)]
    limit: u32,
}

/// How long the steps took, and how handoffs ended.
#[derive(Debug, PartialEq, Serialize)]
pub struct Report {
    /// How many are over.
    pub handoffs: usize,
    /// Each step's time since the trigger.
    pub steps: BTreeMap<&'static str, Quantiles>,
    /// How they ended, by their reasons.
    pub outcomes: BTreeMap<EscalationReason, BTreeMap<HandoffOutcome, usize>>,
}

/// Times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Quantiles {
    /// How many were measured.
    pub count: usize,
    /// The median.
    pub p50_ms: i64,
    /// What 95 of a hundred stay within.
    pub p95_ms: i64,
}

/// The steps in their order, each by its moment.
type Step = (&'static str, fn(&HandoffRecord) -> Option<Timestamp>);
const STEPS: [Step; 7] = [
    ("decided", |record| Some(record.requested_at)),
    ("notes delivered", |record| record.delivered_at),
    ("first ring", |record| record.first_ring_at),
    ("answered", |record| record.answered_at),
    ("briefed", |record| record.briefed_at),
    ("accepted", |record| record.accepted_at),
    ("joined", |record| record.joined_at),
];

impl Handoffs {
    /// Runs the command on the configured database.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn run(&self, config: &Config) -> anyhow::Result<()> {
        let store = super::existing_store(config).await?;
        let records = store
            .handoffs(&HandoffFilter {
                business: self.business.clone().map(BusinessId),
                since: Some(Timestamp::now() - SignedDuration::from_hours(24 * i64::from(self.days))),
                limit: self.limit,
            })
            .await?;
        store.close().await;
        let report = Report::of(&records);
        if self.json {
            for record in &records {
                println!("{}", serde_json::to_string(record)?);
            }
            println!("{}", serde_json::to_string(&report)?);
        } else {
            print!("{}\n{}", listed(&records, config), report.page());
        }
        Ok(())
    }
}

fn since(record: &HandoffRecord, at: Option<Timestamp>) -> Option<i64> {
    let from = record.request.triggered_at;
    at.map(|at| i64::try_from(at.duration_since(from).as_millis()).unwrap_or(i64::MAX))
}

fn listed(records: &[HandoffRecord], config: &Config) -> String {
    let seconds = |ms: Option<i64>| ms.map_or("–".to_owned(), |ms| format!("{:.1} s", ms as f64 / 1000.0));
    let rows: Vec<[String; 8]> = records
        .iter()
        .map(|record| {
            [
                moment(record.requested_at, &time_zone(config, &record.request.business)),
                record.request.business.to_string(),
                named(&record.request.reason),
                seconds(since(record, record.first_ring_at)),
                seconds(since(record, record.joined_at)),
                record.outcome.as_ref().map_or("going on".to_owned(), named),
                record.agent.as_ref().map_or("–".to_owned(), ToString::to_string),
                record.request.call.to_string(),
            ]
        })
        .collect();
    table(["WHEN", "BUSINESS", "REASON", "RANG", "JOINED", "OUTCOME", "AGENT", "CALL"], &rows)
}

impl Report {
    /// Reports on those that are over.
    pub fn of(records: &[HandoffRecord]) -> Self {
        let over: Vec<&HandoffRecord> = records.iter().filter(|record| record.outcome.is_some()).collect();
        let mut report = Self { handoffs: over.len(), steps: BTreeMap::new(), outcomes: BTreeMap::new() };
        for (step, reached) in STEPS {
            let times = over.iter().filter_map(|record| since(record, reached(record))).collect();
            if let Some(quantiles) = Quantiles::of(times) {
                report.steps.insert(step, quantiles);
            }
        }
        for record in over {
            if let Some(outcome) = record.outcome {
                *report.outcomes.entry(record.request.reason).or_default().entry(outcome).or_default() += 1;
            }
        }
        report
    }

    /// The report as a page to read.
    pub fn page(&self) -> String {
        let seconds = |ms: i64| format!("{:.1} s", ms as f64 / 1000.0);
        let steps: Vec<[String; 4]> = STEPS
            .iter()
            .filter_map(|(step, _)| Some((*step, self.steps.get(step)?)))
            .map(|(step, times)| {
                [step.to_owned(), times.count.to_string(), seconds(times.p50_ms), seconds(times.p95_ms)]
            })
            .collect();
        let outcomes: Vec<[String; 3]> = self
            .outcomes
            .iter()
            .flat_map(|(reason, outcomes)| {
                outcomes.iter().map(|(outcome, count)| [named(reason), named(outcome), count.to_string()])
            })
            .collect();
        format!(
            "{} handoffs; times since what made a person necessary\n\n{}\n{}",
            self.handoffs,
            table(["STEP", "COUNT", "MEDIAN", "95 OF 100"], &steps),
            table(["REASON", "OUTCOME", "COUNT"], &outcomes)
        )
    }
}

impl Quantiles {
    /// The quantiles of some times in milliseconds, by the nearest rank; nothing of none.
    pub fn of(mut times: Vec<i64>) -> Option<Self> {
        times.sort_unstable();
        let rank = |share: usize| (times.len() * share).div_ceil(100).saturating_sub(1);
        Some(Self { count: times.len(), p50_ms: *times.get(rank(50))?, p95_ms: *times.get(rank(95))? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_go_by_the_nearest_rank() {
        let quantiles = Quantiles::of((1..=200).rev().collect());
        assert_eq!(quantiles, Some(Quantiles { count: 200, p50_ms: 100, p95_ms: 190 }));
        assert_eq!(Quantiles::of(vec![7]), Some(Quantiles { count: 1, p50_ms: 7, p95_ms: 7 }));
        assert_eq!(Quantiles::of(vec![]), None);
    }
}
