//! `calmline promises`: what callers were promised, and what became of it.

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::calls::{moment, named, time_zone};
use super::desk;
use super::table::table;
use crate::config::{Config, Secrets};
use crate::domain::{
    AgentKey, BusinessId, CallBackOutcome, Called, PhoneNumber, Pii, PromiseId, PromiseState, Urgency,
};
use crate::reception::{CallBacks, Directory, Ledger, Reach};
use crate::store::{LedgerEntry, PromiseFilter, Store};
use crate::telephony::twilio::{Backoff, Control};

/// The arguments of `calmline promises`.
#[derive(Debug, Args)]
pub struct Promises {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List promises, the one due first coming first
    List {
        /// Print one JSON object per line instead of a table
        #[arg(long)]
        json: bool,
        /// Only those of this business, by its id
        #[arg(long)]
        business: Option<String>,
        /// Only those that stand so
        #[arg(long, value_enum, default_value_t = Standing::Open)]
        state: Standing,
    },
    /// Show a promise and what was done about it
    Show {
        /// The promise's id
        id: PromiseId,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Have an agent's telephone rung who is then connected with the caller; `calmline serve` must be running
    Call {
        /// The promise's id
        id: PromiseId,
        /// The key of the agent who calls [default: who stands for the promise's owner]
        #[arg(long)]
        agent: Option<String>,
    },
    /// Say that a promise was kept
    Keep(Closing),
    /// Say that a promise was not kept, and will not be
    Break(Closing),
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Standing {
    Open,
    Kept,
    Broken,
    All,
}

#[derive(Debug, Args)]
struct Closing {
    /// The promise's id
    id: PromiseId,
    /// What there is to say about it
    #[arg(long)]
    note: Option<String>,
}

impl Promises {
    /// Runs the command on the configured database.
    ///
    /// # Errors
    /// When the database cannot be read or written, or there is no such open promise.
    pub async fn run(&self, config: &Config, secrets: &Secrets) -> anyhow::Result<()> {
        let store = super::existing_store(config).await?;
        match &self.command {
            Command::List { json, business, state } => {
                let filter =
                    PromiseFilter { business: business.clone().map(BusinessId), state: state.filter() };
                let entries = store.promises(&filter).await?;
                if *json {
                    for entry in &entries {
                        println!("{}", serde_json::to_string(entry)?);
                    }
                } else {
                    print!("{}", listed(&entries, config));
                }
            }
            Command::Show { id, json } => {
                let entry = store.promise(*id).await?.context("no promise has this id")?;
                if *json {
                    println!("{}", serde_json::to_string_pretty(&entry)?);
                } else {
                    print!("{}", shown(&entry, config));
                }
            }
            Command::Call { id, agent } => call(config, secrets, &store, *id, agent.as_deref()).await?,
            Command::Keep(closing) => closing.close(config, &store, PromiseState::Kept).await?,
            Command::Break(closing) => closing.close(config, &store, PromiseState::Broken).await?,
        }
        store.close().await;
        Ok(())
    }
}

impl Standing {
    const fn filter(self) -> Option<PromiseState> {
        match self {
            Self::Open => Some(PromiseState::Open),
            Self::Kept => Some(PromiseState::Kept),
            Self::Broken => Some(PromiseState::Broken),
            Self::All => None,
        }
    }
}

impl Closing {
    async fn close(&self, config: &Config, store: &Store, state: PromiseState) -> anyhow::Result<()> {
        let directory = Directory::new(config.businesses.iter().cloned());
        let ledger = Ledger::new(store.clone(), directory, desk::channels(config), None);
        let note = self.note.clone().map(Pii::new);
        ledger
            .close(self.id, state, note, Timestamp::now())
            .await?
            .context("there is no such open promise")?;
        Ok(())
    }
}

async fn call(
    config: &Config,
    secrets: &Secrets,
    store: &Store,
    id: PromiseId,
    agent: Option<&str>,
) -> anyhow::Result<()> {
    let account = desk::account(config, secrets)?;
    let control = Control::new(reqwest::Client::new(), &account, Backoff::default());
    let directory = Directory::new(config.businesses.iter().cloned());
    let reach = Reach::new(control, directory.clone(), store.clone(), config.twilio.number.clone());
    let ledger = Ledger::new(store.clone(), directory, desk::channels(config), None);
    let agent = agent.map(|key| AgentKey(key.to_owned()));
    match CallBacks::new(ledger, reach, account.public_url).order(id, agent.as_ref(), Timestamp::now()).await
    {
        Ok(begun) => {
            println!(
                "the telephone of {} rings; `calmline promises show {id}` tells how it ended",
                begun.agent
            );
            Ok(())
        }
        Err(error) => match error.by_hand() {
            Some(number) => bail!("{error}; call {} by hand", number.expose()),
            None => Err(error.into()),
        },
    }
}

fn shown(entry: &LedgerEntry, config: &Config) -> String {
    let promise = &entry.promise;
    let zone = time_zone(config, &entry.business);
    let number = |number: Option<&PhoneNumber>| number.map_or("–", |number| number.expose()).to_owned();
    let mut lines = vec![
        promise.what.expose().clone(),
        String::new(),
        format!("State:   {}", named(&promise.state)),
        format!("Owner:   {} of {}", promise.owner, entry.business),
        format!("Due:     {}", moment(promise.due, &zone)),
        format!("Number:  {}", number(promise.callback.as_ref())),
        format!("Call:    {} from {}", promise.call, number(entry.caller.as_ref())),
    ];
    lines.extend(entry.closed_at.map(|at| format!("Closed:  {}", moment(at, &zone))));
    lines.extend(entry.note.as_ref().map(|note| format!("Note:    {}", note.expose())));
    lines.extend(entry.call_backs.iter().map(|call_back| {
        let how = call_back.outcome.map_or("goes on", ended);
        let talk = match call_back.called {
            Some(Called::Talked) => format!(", after {}", call_back.talked()),
            Some(Called::NoAnswer | Called::Busy | Called::Failed) | None => String::new(),
        };
        format!("Called:  {} by {}: {how}{talk}", moment(call_back.dialled_at, &zone), call_back.agent)
    }));
    lines.join("\n") + "\n"
}

const fn ended(outcome: CallBackOutcome) -> &'static str {
    match outcome {
        CallBackOutcome::Kept => "they talked, and it is settled",
        CallBackOutcome::StillOpen => "they talked, and it stays open",
        CallBackOutcome::CallerNoAnswer => "the caller did not answer",
        CallBackOutcome::CallerBusy => "the caller's line was busy",
        CallBackOutcome::CallerFailed => "the caller's number could not be connected",
        CallBackOutcome::Declined => "the agent left it for later",
        CallBackOutcome::NoKey => "the agent pressed no key",
        CallBackOutcome::HungUp => "the agent hung up before the caller was rung",
        CallBackOutcome::Voicemail => "a machine answered the agent's telephone",
        CallBackOutcome::AgentNoAnswer => "the agent did not answer",
        CallBackOutcome::AgentBusy => "the agent's line was busy",
        CallBackOutcome::AgentFailed => "the agent's number could not be connected",
        CallBackOutcome::NotDialled => "the carrier did not take the order",
        CallBackOutcome::Closed => "the promise was closed meanwhile",
        CallBackOutcome::Lost => "no news of it came",
    }
}

fn listed(entries: &[LedgerEntry], config: &Config) -> String {
    let now = Timestamp::now();
    let rows: Vec<[String; 7]> = entries
        .iter()
        .map(|entry| {
            let promise = &entry.promise;
            let late = promise.state == PromiseState::Open && promise.due < now;
            let urgent = promise.urgency == Urgency::Urgent;
            let marks = [(late, "overdue"), (urgent, "urgent")];
            let marks = marks.into_iter().filter(|(set, _)| *set).map(|(_, mark)| mark);
            [
                moment(promise.due, &time_zone(config, &entry.business)),
                std::iter::once(named(&promise.state).as_str()).chain(marks).collect::<Vec<_>>().join(", "),
                entry.business.to_string(),
                promise.owner.clone(),
                promise.callback.as_ref().map_or("–", |number| number.expose()).to_owned(),
                promise.id.to_string(),
                promise.what.expose().clone(),
            ]
        })
        .collect();
    table(["DUE", "STATE", "BUSINESS", "OWNER", "NUMBER", "ID", "PROMISE"], &rows)
}
