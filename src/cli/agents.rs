//! `calmline agents`: who takes over calls, and whether they can be asked now.

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde::Serialize;

use super::table::table;
use crate::config::Config;
use crate::domain::{Agent, AgentKey, Business, BusinessId, HandoffId, Presence, Urgency};
use crate::store::{HandoffFilter, HandoffRecord, Store};

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

#[derive(Debug, Serialize)]
struct Line<'a> {
    business: &'a BusinessId,
    agent: &'a AgentKey,
    name: &'a str,
    owns: &'a [String],
    lead: bool,
    on_duty: bool,
    on_call: bool,
    presence: Presence,
    #[serde(skip_serializing_if = "Option::is_none")]
    handoff: Option<HandoffId>,
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
    let now = Timestamp::now();
    let signed_off = store.signed_off().await?;
    let calling = store.open_call_backs().await?;
    let recent = store.handoffs(&HandoffFilter { limit: 200, ..HandoffFilter::default() }).await?;
    let mut lines = Vec::new();
    for business in &config.businesses {
        for agent in &business.agents {
            let off = signed_off.iter().any(|(id, key, _)| *id == business.id && *key == agent.key);
            let busy = recent
                .iter()
                .find(|record| record.request.business == business.id && record.holds(&agent.key));
            let calls =
                calling.iter().any(|(id, call_back)| *id == business.id && call_back.agent == agent.key);
            let presence = match (off, busy) {
                (true, _) => Presence::Offline,
                (false, Some(_)) => Presence::Busy,
                (false, None) if calls => Presence::Busy,
                (false, None) if rests(&recent, business, agent, now) => Presence::Pause,
                (false, None) => Presence::Available,
            };
            lines.push(Line {
                business: &business.id,
                agent: &agent.key,
                name: &agent.name,
                owns: &agent.owns,
                lead: agent.lead,
                on_duty: agent.on_duty(Urgency::Normal, now, &business.time_zone),
                on_call: agent.on_duty(Urgency::Urgent, now, &business.time_zone),
                presence,
                handoff: busy.map(|record| record.request.id),
            });
        }
    }
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

fn row(line: &Line<'_>) -> [String; 6] {
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
        line.name.to_owned(),
        format!("{}{lead}", line.owns.join(", ")),
        duty.to_owned(),
        presence.to_owned(),
    ]
}

fn rests(records: &[HandoffRecord], business: &Business, agent: &Agent, now: Timestamp) -> bool {
    let pause = i64::from(business.handoff.pause_seconds);
    records.iter().any(|record| {
        record.request.business == business.id
            && record.agent.as_ref() == Some(&agent.key)
            && record.talk_ended_at.is_some_and(|ended| now.duration_since(ended).as_secs() < pause)
    })
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
