//! `calmline outbox`: what people outside are told, and what could not be sent.

use anyhow::bail;
use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::calls::{moment, named, time_zone};
use super::table::table;
use crate::config::Config;
use crate::domain::{NoticeId, NoticeState};
use crate::store::{OutboxEntry, OutboxFilter};

/// The arguments of `calmline outbox`.
#[derive(Debug, Args)]
pub struct OutboxCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List what was given up
    List {
        /// Also what waits and what was sent in the last days
        #[arg(long)]
        all: bool,
        /// Print one JSON object per line instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Send again what was given up; a running server does it within seconds
    Replay {
        /// Only this one
        #[arg(required_unless_present = "all")]
        id: Option<NoticeId>,
        /// All of it
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
}

impl OutboxCommand {
    /// Runs the command on the configured database.
    ///
    /// # Errors
    /// When the database cannot be read or written, or nothing of that id was given up.
    pub async fn run(&self, config: &Config) -> anyhow::Result<()> {
        let store = super::existing_store(config).await?;
        match &self.command {
            Command::List { all, json } => {
                let state = (!all).then_some(NoticeState::Dead);
                let entries = store.outbox(&OutboxFilter { business: None, state }).await?;
                if *json {
                    for entry in &entries {
                        println!("{}", serde_json::to_string(entry)?);
                    }
                } else {
                    print!("{}", listed(&entries, config));
                }
            }
            Command::Replay { id, all: _ } => {
                let replayed = store.replay_notices(*id, Timestamp::now()).await?;
                if replayed == 0 && id.is_some() {
                    bail!("no notice of this id was given up");
                }
                println!("{replayed} to be sent again");
            }
        }
        store.close().await;
        Ok(())
    }
}

fn listed(entries: &[OutboxEntry], config: &Config) -> String {
    let rows: Vec<[String; 7]> = entries
        .iter()
        .map(|entry| {
            let to = entry.agent.as_ref().map_or_else(String::new, |agent| format!(" to {agent}"));
            [
                moment(entry.made_at, &time_zone(config, &entry.business)),
                format!("{}{to}", entry.channel.name()),
                entry.about.clone(),
                named(&entry.state),
                entry.attempts.to_string(),
                entry.id.to_string(),
                entry.last_error.clone().unwrap_or_default(),
            ]
        })
        .collect();
    table(["WRITTEN", "BY", "ABOUT", "STATE", "TRIED", "ID", "WHY NOT"], &rows)
}
