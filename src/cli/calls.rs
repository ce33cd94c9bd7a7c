//! `calmline calls`: the records, for people and for programs.

mod page;
mod picture;
mod plot;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use jiff::tz::TimeZone;

use crate::config::Config;
use crate::domain::{BusinessId, CallId, Pii};
use crate::store::{CallFilter, CallRecord, CallSummary};

pub use page::{findings, moment, named, slot_name};
use page::{lasted, page};

/// The arguments of `calmline calls`.
#[derive(Debug, Args)]
pub struct Calls {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the calls, newest first
    List {
        /// Print one JSON object per line instead of a table
        #[arg(long)]
        json: bool,
        /// Only the calls of this business, by its id
        #[arg(long)]
        business: Option<String>,
        /// Only calls older than this one, by its id: the next page
        #[arg(long, value_name = "ID")]
        before: Option<CallId>,
        /// At most so many
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Show one call: transcript, intake, promises, times
    Show {
        /// Its id [default: the newest call]
        id: Option<CallId>,
        /// Print JSON instead
        #[arg(long)]
        json: bool,
        /// Draw it into this SVG file instead: who spoke and when, phases, states, triggers, promises and stress. The
        /// words are in it, so it is as confidential as the record
        #[arg(long, value_name = "FILE", conflicts_with = "json")]
        plot: Option<PathBuf>,
    },
}

impl Calls {
    /// Runs the command on the configured database.
    ///
    /// # Errors
    /// When the database cannot be read, or there is no such call.
    pub async fn run(&self, config: &Config) -> anyhow::Result<()> {
        let store = super::existing_store(config).await?;
        match &self.command {
            Command::List { json, business, before, limit } => {
                let business = business.clone().map(BusinessId);
                let filter = CallFilter { business, before: *before, limit: *limit };
                let calls: Vec<_> = store.calls(&filter).await?.iter().map(CallRecord::summary).collect();
                if *json {
                    for call in &calls {
                        println!("{}", serde_json::to_string(call)?);
                    }
                } else {
                    print!("{}", table(&calls, config));
                }
            }
            Command::Show { id, json, plot } => {
                let record = match id {
                    Some(id) => store.call(*id).await?,
                    None => store.calls(&CallFilter { limit: 1, ..CallFilter::default() }).await?.pop(),
                };
                let record = record.context("there is no such call")?;
                if let Some(file) = plot {
                    picture::write(file, &drawn(&record, config))?;
                    println!(
                        "{}: call {}; the words are in it, keep it like the record",
                        file.display(),
                        record.id
                    );
                } else if *json {
                    println!("{}", serde_json::to_string_pretty(&record)?);
                } else {
                    print_record(&record, &time_zone(config, &record.business));
                }
            }
        }
        store.close().await;
        Ok(())
    }
}

fn drawn(record: &CallRecord, config: &Config) -> String {
    let profile = config.businesses.iter().find(|profile| profile.id == record.business);
    let business = profile.map_or(record.business.0.as_str(), |profile| &profile.name);
    let zone = time_zone(config, &record.business);
    // What applied to the call, or else what applies now.
    let crossed = record.stress_crossings.last().map(|crossing| crossing.line);
    let policy = profile.and_then(|profile| profile.stress).unwrap_or_default();
    let stress_line = crossed.unwrap_or(policy.threshold);
    plot::plot(record, &plot::Setting { business, zone: &zone, stress_line })
}

/// The zone in which a business reads its times.
pub fn time_zone(config: &Config, business: &BusinessId) -> TimeZone {
    let profile = config.businesses.iter().find(|profile| profile.id == *business);
    profile.map_or_else(TimeZone::system, |profile| profile.time_zone.clone())
}

/// Prints a call's record for people, with its times in a zone.
pub fn print_record(record: &CallRecord, zone: &TimeZone) {
    print!("{}", page(record, zone));
}

fn table(calls: &[CallSummary], config: &Config) -> String {
    const HEADS: [&str; 8] = ["WHEN", "LASTED", "BUSINESS", "NAME", "CALL BACK", "TOPIC", "RECAP", "ID"];
    let rows: Vec<[String; 8]> = calls
        .iter()
        .map(|call| {
            let text = |value: Option<&Pii<String>>| {
                value.map_or("–".to_owned(), |text| shortened(text.expose(), 60))
            };
            [
                moment(call.started_at, &time_zone(config, &call.business)),
                lasted(call.started_at, call.ended_at),
                call.business.to_string(),
                text(call.name.as_ref()),
                text(call.callback.as_ref()),
                call.topic.clone().unwrap_or_else(|| "–".to_owned()),
                text(call.recap.as_ref().or(call.reason.as_ref())),
                call.id.to_string(),
            ]
        })
        .collect();
    super::table::table(HEADS, &rows)
}

fn shortened(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let kept: String = text.chars().take(longest - 1).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        Answer, Aspect, CallNote, CallTime, CallerState, EscalationReason, Fact, HangupCause, Mention,
        MentionKind, Outcome, Phase, Promise, PromiseId, PromiseState, RootCause, Slot, Span, SpeechId,
        TurnId, Urgency, Utterance,
    };
    use crate::store::{NewCall, StoredCall, StoredFact};

    fn span(start_ms: u64) -> Span {
        Span { start: CallTime::from_ms(start_ms), end: CallTime::from_ms(start_ms + 1000) }
    }

    fn note() -> CallNote {
        CallNote {
            recap: "The caller says their boiler is leaking.".into(),
            trigger: None,
            states: vec![],
            wanted: None,
            promise: None,
            cause: RootCause::Product,
            fix: "Check the valve at each visit.".into(),
            outcome: Outcome::Escalated,
        }
    }

    fn promise(id: CallId) -> Promise {
        Promise {
            id: PromiseId::new(Uuid::from_u128(2)),
            call: id,
            what: "call back about the boiler".into(),
            owner: "our duty technician".into(),
            callback: None,
            due: "2026-11-23T18:30:00Z".parse().unwrap(),
            urgency: Urgency::Urgent,
            state: PromiseState::Open,
        }
    }

    fn record() -> CallRecord {
        let id = CallId::new(Uuid::from_u128(1));
        let started_at: Timestamp = "2026-11-23T18:00:00Z".parse().unwrap();
        let facts = [
            Fact::Answered { caller: None, open: true },
            Fact::PhaseEntered { phase: Phase::Greeting },
            Fact::BotSaid {
                turn: TurnId(0),
                speech: SpeechId(0),
                text: "Thank you for calling. How can we help?".into(),
                heard: "Thank you for calling.".into(),
                span: span(200),
            },
            Fact::CallerSaid {
                turn: TurnId(1),
                utterance: Utterance {
                    text: "The boiler is leaking.".into(),
                    span: span(1900),
                    confidence: 0.8,
                },
            },
            Fact::Noted {
                slot: Slot::Reason,
                value: "The boiler is leaking.".into(),
                evidence: vec![TurnId(1)],
            },
            Fact::GivenUp { slot: Slot::Name },
            Fact::PersonRequested { turn: Some(TurnId(1)) },
            Fact::TopicsSeen { topics: vec!["leak".into(), "bill".into()], turn: TurnId(1) },
            Fact::TopicChosen { topic: "leak".into() },
            Fact::Diagnosed {
                aspect: Aspect::Trigger,
                answer: Answer {
                    value: "your boiler is leaking".into(),
                    evidence: vec![TurnId(1)],
                    confidence: 0.8,
                },
            },
            Fact::CoreConfirmed,
            Fact::StateRead {
                state: CallerState::WornOut,
                reason: "said they are tired of it".into(),
                turn: TurnId(1),
            },
            Fact::Escalated { reason: EscalationReason::RepeatedFailure, turn: Some(TurnId(1)) },
            Fact::UrgencyRaised { reason: "said “leaking”".into() },
            Fact::Mentioned {
                mention: Mention { kind: MentionKind::Money, value: "$80.00".into() },
                turn: TurnId(1),
            },
            Fact::Informed { faq: "hours".into() },
            Fact::Guarded { rule: "jokes".into(), sentence: "That is funny.".into() },
            Fact::NoteWritten { note: note() },
        ];
        let facts: Vec<_> = facts
            .into_iter()
            .zip(0..)
            .map(|(fact, seq)| StoredFact { seq, at: CallTime::from_ms(seq * 700), fact })
            .collect();
        let call = NewCall {
            id,
            carrier: "local".into(),
            carrier_call_id: "CA1".into(),
            business: BusinessId("heating".into()),
            caller: None,
            called: None,
            started_at,
        };
        let ended_at = Some("2026-11-23T18:01:05Z".parse().unwrap());
        let stored = StoredCall { call, ended_at, cause: Some(HangupCause::CallerHungUp) };
        CallRecord::derive(stored, &facts, vec![promise(id)])
    }

    #[test]
    fn a_record_reads_as_a_page() {
        let zone = TimeZone::get("America/Los_Angeles").unwrap();
        assert_eq!(
            page(&record(), &zone),
            "\
call 00000000-0000-0000-0000-000000000001
  to       heating, from a withheld number
  when     Mon 2026-11-23 10:00, while open
  lasted   1:05, the caller hung up

note
  recap            The caller says their boiler is leaking.
  outcome          escalated
  cause            product
  needed fix       Check the valve at each visit.

diagnosis
  topic            leak
  also             bill
  happened         your boiler is leaking  (turn 1, 80 % sure)
  the caller agreed to the core of it

conduct
  worn out         said they are tired of it (turn 1)
  needs a person   repeated failure (turn 1)
  urgent           said “leaking”
  informed         hours
  not said         That is funny. [jokes]

intake
  about            The boiler is leaking.
  name             –  (not understood or not told)
  said: money      $80.00
  asked for a person

promises
  URGENT  our duty technician by Mon 2026-11-23 10:30, open: call back about the boiler

transcript
  00:00.2  bot     Thank you for calling. —
  00:01.9  caller  The boiler is leaking.

phases     00:00.7 greeting
answered   no turn was timed
"
        );
    }

    #[test]
    fn a_list_has_one_line_per_call_in_its_business_s_own_time() {
        let config = Config::built_in().unwrap();
        let table = table(&[record().summary()], &config);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("WHEN"));
        assert!(lines[1].starts_with("Mon 2026-11-23 10:00  1:05    heating   –"), "{}", lines[1]);
        assert!(lines[1].contains("leak   The caller says their boiler is leaking."), "{}", lines[1]);
    }
}
