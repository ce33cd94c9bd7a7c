//! `calmline doctor`: whether everything a call needs is there, and what to do about what is not.

use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::Args;
use secrecy::ExposeSecret as _;

use super::demo::ALWAYS_NEEDED;
use super::desk;
use crate::config::{Config, ConfigError, Secrets};
use crate::domain::{ModelQuestion, Move};
use crate::models::{Cache, ModelId, Verdict};
use crate::store::Store;

/// Room that calls and models ought to find, in megabytes.
const AMPLE_DISK_MB: u64 = 1_000;
/// Cores below which a second caller is heard late.
const AMPLE_CORES: usize = 2;
/// How long a language model may take to answer at all; it may have to be loaded first.
const PATIENCE_WITH_MODEL: Duration = Duration::from_secs(30);
/// Characters below which a token can be guessed.
const AMPLE_TOKEN: usize = 16;

/// The arguments of `calmline doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Only ask the running server whether it is ready, for the health checks of containers
    #[arg(long)]
    health: bool,
}

/// What one check found.
struct Finding {
    grade: Grade,
    about: &'static str,
    found: String,
    /// What to do next; empty when nothing needs to be done.
    advice: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Grade {
    Good,
    /// Works, but not as well as it might, or not for real calls.
    Wanting,
    Bad,
}

impl Doctor {
    /// Checks everything and prints what was found.
    ///
    /// # Errors
    /// When something is missing without which no call can be taken.
    pub async fn run(&self, loaded: Result<Config, ConfigError>) -> anyhow::Result<()> {
        let config = loaded?;
        if self.health {
            return ask_server(&config).await;
        }
        let secrets = Secrets::from_environment();
        let mut findings = vec![good("configuration", configuration(&config))];
        findings.extend(models(&config));
        findings.push(espeak());
        findings.extend(language_model(&config, &secrets).await);
        findings.push(database(&config).await);
        findings.push(disk(&config.store.path));
        findings.push(cores());
        findings.push(address(&config));
        findings.extend(carrier(&config, &secrets));
        findings.extend(people(&config));
        findings.extend(notices(&config, &secrets).await);
        findings.push(api_token(&secrets));
        for finding in &findings {
            let mark = match finding.grade {
                Grade::Good => "good",
                Grade::Wanting => "note",
                Grade::Bad => "BAD ",
            };
            println!("{mark}  {:<14} {}", finding.about, finding.found);
            if !finding.advice.is_empty() {
                println!("                     → {}", finding.advice);
            }
        }
        let bad = findings.iter().filter(|finding| finding.grade == Grade::Bad).count();
        if bad > 0 {
            bail!("no call can be taken until {bad} of these are put right");
        }
        println!("\nCalls can be taken. `calmline demo` lets you hear one.");
        Ok(())
    }
}

async fn ask_server(config: &Config) -> anyhow::Result<()> {
    let mut address = config.server.listen;
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    let answer =
        reqwest::get(format!("http://{address}/readyz")).await.context("the server does not answer")?;
    if !answer.status().is_success() {
        bail!("the server is not ready: {}", answer.text().await?);
    }
    println!("the server is ready");
    Ok(())
}

fn configuration(config: &Config) -> String {
    let file = config.file.as_ref().map_or("built-in defaults".to_owned(), |file| file.display().to_string());
    let names: Vec<_> = config.businesses.iter().map(|business| business.id.0.as_str()).collect();
    format!("{file}; businesses: {}", names.join(", "))
}

fn models(config: &Config) -> Vec<Finding> {
    let cache = match Cache::from_env() {
        Ok(cache) => cache,
        Err(error) => return vec![bad("models", error.to_string(), "set CALMLINE_MODELS to a folder")],
    };
    let mut findings = Vec::new();
    let voice_file = config.voice.piper.ends_with(".onnx").then(|| Path::new(&config.voice.piper));
    let mut names = ALWAYS_NEEDED.map(|id| id.to_string()).to_vec();
    if !names.contains(&config.hearing.model) {
        names.push(config.hearing.model.clone());
    }
    match voice_file {
        Some(file) if file.exists() => findings.push(good("voice", file.display().to_string())),
        Some(file) => {
            findings.push(bad("voice", format!("there is no {}", file.display()), "correct voice.piper"));
        }
        None => names.push(config.voice.piper.clone()),
    }
    findings.extend(names.iter().map(|name| model(&cache, name)));
    findings
}

fn model(cache: &Cache, name: &str) -> Finding {
    let fetch = format!("calmline models fetch {name}");
    let id: ModelId = match name.parse() {
        Ok(id) => id,
        Err(error) => {
            let error: crate::models::ModelError = error;
            return bad("model", error.to_string(), "choose one of `calmline models list`");
        }
    };
    if let Err(error) = cache.find(id) {
        return bad("model", error.to_string(), fetch);
    }
    let model = id.model();
    match cache.verify(model, model.main_file(), |_| ()) {
        Ok(Verdict::Good) => good("model", format!("{name}, verified")),
        Ok(Verdict::Missing) => bad("model", format!("{name} is not here"), fetch),
        Ok(Verdict::Damaged) => bad("model", format!("{name} is damaged"), fetch),
        Err(error) => bad("model", error.to_string(), fetch),
    }
}

fn espeak() -> Finding {
    match Command::new("espeak-ng").arg("--version").output() {
        Ok(output) if output.status.success() => {
            let version = String::from_utf8_lossy(&output.stdout);
            good("espeak-ng", version.lines().next().unwrap_or_default().trim())
        }
        Ok(_) | Err(_) => {
            bad("espeak-ng", "cannot be run; the voice needs it to read words", "apt-get install espeak-ng")
        }
    }
}

/// Asks for better words for a sentence of no one's.
async fn language_model(config: &Config, secrets: &Secrets) -> Option<Finding> {
    const ABOUT: &str = "language model";
    let address = config.model.base_url.as_deref()?;
    let model = match desk::language_model(config, secrets) {
        Ok(model) => model?,
        Err(error) => {
            return Some(bad(ABOUT, format!("{error:#}"), "clear model.base_url to do without one"));
        }
    };
    let draft = "Thank you for calling. How can we help you?".into();
    let question = ModelQuestion::Wording { act: Move::Greet, draft, turns: Vec::new() };
    let asked = Instant::now();
    let outcome = model.client.ask(question, PATIENCE_WITH_MODEL).await;
    let took = asked.elapsed();
    let found = match outcome {
        Ok(_) => format!("{address} answered in {} ms", took.as_millis()),
        Err(error) => {
            let advice = "calls work without it, in the receptionist's own words";
            return Some(note(ABOUT, format!("{address}: {error}"), advice));
        }
    };
    if took <= model.usage.wording_deadline {
        return Some(good(ABOUT, found));
    }
    let advice = "callers will not hear its words: take a smaller model, or raise model.wording_deadline_ms";
    Some(note(ABOUT, found, advice))
}

async fn database(config: &Config) -> Finding {
    let path = &config.store.path;
    let written = match Store::open(path).await {
        Ok(store) => {
            let written = store.check_writable().await;
            store.close().await;
            written
        }
        Err(error) => Err(error),
    };
    match written {
        Ok(()) => good("database", format!("{}, writable", path.display())),
        Err(error) => {
            let found = format!("{}: {:#}", path.display(), anyhow::Error::from(error));
            bad("database", found, "make its folder writable, or choose another with store.path")
        }
    }
}

/// Asks `df`, as the standard library cannot tell.
fn disk(path: &Path) -> Finding {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let free_mb = Command::new("df").arg("-Pk").arg(folder).output().ok().and_then(|output| {
        let table = String::from_utf8(output.stdout).ok()?;
        let kilobytes: u64 = table.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
        Some(kilobytes / 1_000)
    });
    match free_mb {
        Some(free) if free >= AMPLE_DISK_MB => good("disk", format!("{free} MB free")),
        Some(free) => note("disk", format!("{free} MB free"), "make room, or move store.path"),
        None => note("disk", "free space cannot be told", ""),
    }
}

fn cores() -> Finding {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores >= AMPLE_CORES {
        good("processor", format!("{cores} cores"))
    } else {
        let advice = "two cores or more answer sooner when several people call";
        note("processor", format!("{cores} core"), advice)
    }
}

fn address(config: &Config) -> Finding {
    let listen = config.server.listen;
    match TcpListener::bind(listen) {
        Ok(_) => good("address", format!("{listen} is free")),
        Err(error) => note(
            "address",
            format!("{listen}: {error}"),
            "fine if that is the server running; else set server.listen",
        ),
    }
}

fn carrier(config: &Config, secrets: &Secrets) -> Vec<Finding> {
    let wanted = [
        (
            config.server.public_url.is_some(),
            "public URL",
            "set server.public_url to the address the carrier calls",
        ),
        (config.twilio.account_sid.is_some(), "account", "set twilio.account_sid"),
        (
            secrets.twilio_auth_token.is_some(),
            "auth token",
            "set CALMLINE_TWILIO_AUTH_TOKEN in the environment",
        ),
    ];
    wanted
        .into_iter()
        .map(
            |(set, about, advice)| {
                if set { good(about, "set") } else { note(about, "not set; needed for real calls", advice) }
            },
        )
        .collect()
}

/// Who takes calls over, business by business.
fn people(config: &Config) -> Vec<Finding> {
    const ABOUT: &str = "people";
    let mut findings: Vec<Finding> = config
        .businesses
        .iter()
        .map(|business| {
            let names: Vec<_> = business.agents.iter().map(|agent| agent.name.as_str()).collect();
            let id = &business.id.0;
            if names.is_empty() {
                let advice = "fine if that is meant; else list [[agents]] in its profile";
                note(ABOUT, format!("{id}: nobody takes calls over, callers are promised a call"), advice)
            } else {
                good(ABOUT, format!("{id}: {}", names.join(", ")))
            }
        })
        .collect();
    let staffed = config.businesses.iter().any(|business| !business.agents.is_empty());
    if staffed && config.twilio.number.is_none() {
        let advice = "fine if that is a number of the account; else set twilio.number";
        findings.push(note("number", "people are called and texted from the business's first line", advice));
    }
    findings
}

/// The ways of telling people outside that are configured.
async fn notices(config: &Config, secrets: &Secrets) -> Vec<Finding> {
    let mut findings = Vec::new();
    match desk::webhook(config, secrets) {
        Ok(None) => {}
        Ok(Some(_)) => findings.push(good("webhook", "signed events go out")),
        Err(error) => findings.push(bad("webhook", format!("{error:#}"), "or clear notify.webhook_url")),
    }
    match desk::chat(config) {
        Ok(None) => {}
        Ok(Some(_)) => findings.push(good("chat", "set")),
        Err(error) => findings.push(bad("chat", format!("{error:#}"), "or clear notify.chat_url")),
    }
    match desk::mail(config, secrets) {
        Ok(None) => {}
        Ok(Some(mail)) => findings.push(match mail.try_out().await {
            Ok(()) => good("mail", "the server takes mail"),
            Err(error) => {
                let advice =
                    "check notify.mail and CALMLINE_SMTP_PASSWORD; mail waits in the outbox until then";
                note("mail", error.to_string(), advice)
            }
        }),
        Err(error) => findings.push(bad("mail", format!("{error:#}"), "or clear notify.mail.host")),
    }
    findings
}

fn api_token(secrets: &Secrets) -> Finding {
    match &secrets.api_token {
        None => note("API token", "not set; /api is closed", "set CALMLINE_API_TOKEN to open it"),
        Some(token) if token.expose_secret().len() < AMPLE_TOKEN => {
            note("API token", "short enough to be guessed", "choose 16 characters or more")
        }
        Some(_) => good("API token", "set"),
    }
}

fn good(about: &'static str, found: impl Into<String>) -> Finding {
    Finding { grade: Grade::Good, about, found: found.into(), advice: String::new() }
}

fn note(about: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Finding {
    Finding { grade: Grade::Wanting, about, found: found.into(), advice: advice.into() }
}

fn bad(about: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Finding {
    Finding { grade: Grade::Bad, about, found: found.into(), advice: advice.into() }
}
