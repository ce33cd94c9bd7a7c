//! `calmline agents`: who takes over calls, and whether they can be asked now.

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::table::table;
use crate::config::Config;
use crate::domain::{Agent, AgentKey, Business, Presence};
use crate::reception::{AgentPresence, Directory, agents_now};
use crate::store::Store;

/// The arguments of `calmline agents`.
#[derive(Debug, Args)]
pub struct Agents {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the agents of all businesses, and whether they can be asked now
    List {
        /// Print one JSON object per line instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Sign an agent off: they are not asked until they sign on again
    Off(Whom),
    /// Sign an agent on again
    On(Whom),
}

#[derive(Debug, Args)]
struct Whom {
    /// The agent's key
    agent: String,
    /// The business's id; needed where agents of several businesses have that key
    #[arg(long)]
    business: Option<String>,
}

impl Agents {
    /// Runs the command on the configured profiles and database.
    ///
    /// # Errors
    /// When the database cannot be read or written, or there is no such agent.
    pub async fn run(&self, config: &Config) -> anyhow::Result<()> {
        let path = &config.store.path;
        let store = Store::open(path).await.with_context(|| path.display().to_string())?;
        match &self.command {
            Command::List { json } => list(config, &store, *json).await?,
            Command::Off(whom) => whom.sign(config, &store, false).await?,
            Command::On(whom) => whom.sign(config, &store, true).await?,
        }
        store.close().await;
        Ok(())
    }
}

async fn list(config: &Config, store: &Store, json: bool) -> anyhow::Result<()> {
    let lines = agents_now(store, &Directory::new(config.businesses.iter().cloned())).await?;
    if json {
        for line in &lines {
            println!("{}", serde_json::to_string(line)?);
        }
        return Ok(());
    }
    if lines.is_empty() {
        println!("no profile names an agent: callers are promised a call back");
        return Ok(());
    }
    let rows: Vec<[String; 6]> = lines.iter().map(row).collect();
    print!("{}", table(["BUSINESS", "AGENT", "NAME", "STANDS FOR", "ON DUTY", "NOW"], &rows));
    Ok(())
}

fn row(line: &AgentPresence) -> [String; 6] {
    let duty = match (line.on_duty, line.on_call) {
        (true, _) => "yes",
        (false, true) => "urgent calls",
        (false, false) => "no",
    };
    let presence = match line.presence {
        Presence::Offline => "signed off",
        Presence::Available => "free",
        Presence::Busy => "busy",
        Presence::Pause => "pause",
    };
    let lead = if line.lead { " (lead)" } else { "" };
    [
        line.business.to_string(),
        line.agent.to_string(),
        line.name.clone(),
        format!("{}{lead}", line.owns.join(", ")),
        duty.to_owned(),
        presence.to_owned(),
    ]
}

impl Whom {
    async fn sign(&self, config: &Config, store: &Store, on: bool) -> anyhow::Result<()> {
        let key = AgentKey(self.agent.clone());
        let found: Vec<(&Business, &Agent)> = config
            .businesses
            .iter()
            .filter(|business| self.business.as_ref().is_none_or(|id| *id == business.id.0))
            .filter_map(|business| Some((business, business.agent(&key)?)))
            .collect();
        let [(business, agent)] = found[..] else {
            if found.is_empty() {
                bail!("no profile names an agent `{key}`; `calmline agents list` shows who there is");
            }
            bail!("several businesses have an agent `{key}`; say which with --business");
        };
        store.sign(&business.id, &key, on, Timestamp::now()).await?;
        let now = if on { "on; they are asked in their hours" } else { "off; they are not asked" };
        println!("{} of {} is signed {now}", agent.name, business.name);
        Ok(())
    }
}
