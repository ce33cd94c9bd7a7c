//! `calmline chat`: the receptionist in text, in virtual time.

mod line;

use std::io::{BufRead, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::call::CallStart;
use crate::config::Config;
use crate::domain::{Business, CallId, EarlierCall, PhoneNumber};
use crate::store::CallRecord;

use super::calls;
pub use line::{BotTurn, Line, Model, ModelAnswer};

/// The arguments of `calmline chat`.
#[derive(Debug, Args)]
pub struct Chat {
    /// The business to call, by its id: a configured one, or one of the built-in examples dental, heating and law
    /// [default: the first configured]
    #[arg(long, value_name = "ID")]
    business: Option<String>,
    /// Print one JSON object per line: one for each turn of the bot's, and at last the whole record
    #[arg(long)]
    json: bool,
    /// The number to call from [default: withheld]
    #[arg(long, value_name = "NUMBER")]
    caller: Option<String>,
    /// When the call comes in, such as 2026-11-23T10:02, in the business's own time zone where none is given
    /// [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Another number makes another call; the same number at the same time makes the same call again
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The record of an earlier chat with the same caller, as --json printed it at last; may be repeated
    #[arg(long, value_name = "RECORD.json")]
    earlier: Vec<PathBuf>,
}

impl Chat {
    /// Holds one call: each line of the input is one turn of the caller's, an empty one is silence.
    ///
    /// # Errors
    /// When an argument is wrong, or the output cannot be written.
    pub fn run(self, config: &Config, model: Option<Model>) -> Result<()> {
        let business = business(config, self.business.as_deref())?;
        let caller = self.caller.as_deref().map(PhoneNumber::parse).transpose().context("--caller")?;
        let at = self.at.as_deref().map(|at| moment(at, &business.time_zone)).transpose().context("--at")?;
        let mut earlier = self.earlier.iter().map(|file| read_record(file)).collect::<Result<Vec<_>>>()?;
        earlier.sort_by_key(|call| std::cmp::Reverse(call.at));
        let started_at = at.unwrap_or_else(Timestamp::now);
        let zone = business.time_zone.clone();
        let start = CallStart {
            id: call_id(started_at, self.seed),
            business: Arc::new(business),
            caller,
            started_at,
            earlier,
            model: None,
        };
        let (input, output) = (std::io::stdin(), std::io::stdout());
        let style = match (self.json, input.is_terminal()) {
            (true, _) => Style::Json,
            (false, true) => Style::Prompt,
            (false, false) => Style::Echo,
        };
        let record = hold(Line::answer(start, model), input.lock(), output.lock(), style)?;
        if !self.json {
            print!("\n{}", calls::findings(&record, &zone));
        }
        Ok(())
    }
}

/// How a chat is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// For somebody who types at a terminal.
    Prompt,
    /// For reading, where the caller's lines come from a file or a program.
    Echo,
    /// For programs.
    Json,
}

/// Lets the input talk to the bot until one of them ends the call; prints each turn of the bot's at once.
///
/// # Errors
/// When the input cannot be read or the output cannot be written.
pub fn hold(mut line: Line, input: impl BufRead, mut output: impl Write, style: Style) -> Result<CallRecord> {
    let mut input = input.lines();
    loop {
        for turn in line.take_said() {
            match style {
                Style::Json => writeln!(output, "{}", serde_json::to_string(&turn)?)?,
                Style::Prompt | Style::Echo => writeln!(output, "BOT     {}", turn.text.expose())?,
            }
            output.flush()?;
        }
        if line.ended().is_some() {
            break;
        }
        if style == Style::Prompt {
            write!(output, "you     ")?;
            output.flush()?;
        }
        let words = input.next().transpose()?.unwrap_or_else(|| "/hangup".to_owned());
        if style == Style::Echo {
            writeln!(output, "CALLER  {}", words.trim())?;
        }
        if let Err(unknown) = act(&mut line, words.trim()) {
            eprintln!("{unknown}");
        }
    }
    let record = line.record();
    if style == Style::Json {
        writeln!(output, "{}", serde_json::to_string(&record)?)?;
        output.flush()?;
    }
    Ok(record)
}

/// Does what one line of the input says.
///
/// # Errors
/// When it is a command that does not exist.
pub fn act(line: &mut Line, words: &str) -> Result<()> {
    let (command, rest) = words.split_once(' ').unwrap_or((words, ""));
    match command {
        "" => line.be_silent(),
        "/hangup" => line.hang_up(),
        "/keys" => line.press(rest),
        "/wait" => match rest.trim().parse() {
            Ok(seconds) => line.wait(Duration::from_secs(seconds)),
            Err(_) => bail!("expected a number of seconds, such as /wait 20"),
        },
        unknown if unknown.starts_with('/') => {
            bail!("there is no {unknown}; there are /keys 123#, /wait SECONDS and /hangup")
        }
        _ => line.say(words),
    }
    Ok(())
}

/// The business of that id, the first configured one without: a configured one, or else one of the built-in examples.
///
/// # Errors
/// When there is none; the message names those there are.
pub fn business(config: &Config, id: Option<&str>) -> Result<Business> {
    let Some(id) = id else {
        return config.businesses.first().cloned().context("no business is configured");
    };
    let configured = config.businesses.iter().find(|business| business.id.0 == id).cloned();
    configured.or_else(|| crate::config::example(id)).ok_or_else(|| {
        let configured = config.businesses.iter().map(|business| business.id.0.as_str());
        let mut ids: Vec<&str> = configured.chain(crate::config::EXAMPLES.iter().copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        anyhow!("there is no business `{id}`; there are {}", ids.join(", "))
    })
}

/// Reads a time, in `zone` unless it names its own.
///
/// # Errors
/// When it is none.
pub fn moment(text: &str, zone: &TimeZone) -> Result<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    if let Ok(at) = text.parse::<jiff::Zoned>() {
        return Ok(at.timestamp());
    }
    let local: DateTime = text.parse().context("expected a time such as 2026-11-23T10:02")?;
    Ok(local.to_zoned(zone.clone())?.timestamp())
}

/// The same for the same moment and seed.
pub fn call_id(at: Timestamp, seed: u64) -> CallId {
    let ms = u64::try_from(at.as_millisecond()).unwrap_or_default();
    let mut tail = [0; 10];
    tail[..8].copy_from_slice(&seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    CallId::new(uuid::Builder::from_unix_timestamp_millis(ms, &tail).into_uuid())
}

fn read_record(file: &Path) -> Result<EarlierCall> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let record: CallRecord = serde_json::from_str(&text)
        .with_context(|| format!("{} is no record that a chat printed at its end", file.display()))?;
    Ok(record.as_earlier())
}
