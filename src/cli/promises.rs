//! `calmline promises`: what callers were promised, and what became of it.

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::calls::{moment, named, time_zone};
use super::desk;
use super::table::table;
use crate::config::Config;
use crate::domain::{BusinessId, Pii, PromiseId, PromiseState, Urgency};
use crate::reception::{Directory, Ledger};
use crate::store::{LedgerEntry, PromiseFilter, Store};

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
    pub async fn run(&self, config: &Config) -> anyhow::Result<()> {
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
