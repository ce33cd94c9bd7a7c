//! The configuration: one file laid over the defaults, a folder of business profiles, and secrets from the environment.
//!
//! Invariant: what it returns is whole and checked, or every problem is named with its file, line and what was
//! expected. It deliberately starts nothing and looks at nothing but those files and variables.

mod agents;
mod business;
mod check;
mod document;
mod hours;
mod notify;
mod overlay;
mod playbook;
mod texts;
mod wording;

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use crate::domain::{Business, PhoneNumber};

use document::Document;
pub use notify::{MailTls, Notify, NotifyMail};

/// Every setting with its default and what it means.
pub const DEFAULTS: &str = include_str!("../../config/default.toml");
/// The profile of an example business, with comments.
pub const EXAMPLE: &str = include_str!("../../config/businesses/heating.toml");
/// The ids of the built-in example businesses, one of each trade; also the names of the playbooks that every profile
/// may name without having the file.
pub const EXAMPLES: &[&str] = &["heating", "dental", "law"];

/// The file looked for in the current folder when none is named.
pub const USUAL_FILE: &str = "calmline.toml";

/// All settings, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file they were read from; absent when there is none and the built-in defaults hold.
    pub file: Option<PathBuf>,
    /// Listening, admission, shutdown.
    pub server: Server,
    /// The carrier's account.
    pub twilio: Twilio,
    /// Speech to words.
    pub hearing: Hearing,
    /// Words to speech.
    pub voice: Voice,
    /// The language model.
    pub model: Model,
    /// Who outside is told.
    pub notify: Notify,
    /// The database.
    pub store: Store,
    /// The log.
    pub log: Log,
    /// Whose calls are taken; never empty.
    pub businesses: Vec<Business>,
    /// What is not wrong, but serves nothing.
    pub warnings: Vec<Problem>,
}

/// `[server]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Where it listens.
    #[serde(deserialize_with = "socket_address")]
    pub listen: SocketAddr,
    /// The address under which the carrier reaches it.
    #[serde(deserialize_with = "web_address_or_none")]
    pub public_url: Option<String>,
    /// Calls at once.
    pub max_calls: NonZeroU32,
    /// Seconds that calls are given to end at shutdown.
    pub drain_seconds: u64,
}

/// `[twilio]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Twilio {
    /// The account's id.
    #[serde(deserialize_with = "text_or_none")]
    pub account_sid: Option<String>,
    /// The id of the API key for the REST interface.
    #[serde(deserialize_with = "text_or_none")]
    pub api_key_sid: Option<String>,
    /// The account's number, from which agents are called and text messages are sent.
    #[serde(deserialize_with = "number_or_none")]
    pub number: Option<PhoneNumber>,
    /// The base of the REST interface.
    #[serde(deserialize_with = "web_address")]
    pub api_base_url: String,
    /// Whether the media socket must carry a signature.
    pub require_stream_signature: bool,
}

/// `[hearing]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hearing {
    /// The model's name.
    pub model: String,
    /// Segments transcribed at once; 0 for one per core.
    pub workers: usize,
    /// Threads of each.
    pub threads_per_worker: NonZeroU32,
    /// Segments that may wait.
    pub queue: NonZeroU32,
}

/// `[voice]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voice {
    /// A known voice's name, or the path of a Piper voice.
    pub piper: String,
    /// How fast, relative to its own speed.
    #[serde(deserialize_with = "speed")]
    pub speed: f32,
    /// Sentences spoken at once; 0 for one per core.
    pub workers: usize,
    /// The folder of fixed phrases; absent for the user's cache folder.
    #[serde(deserialize_with = "path_or_none")]
    pub cache: Option<PathBuf>,
    /// Megabytes that the folder may hold.
    pub cache_mb: u64,
    /// A voice behind HTTP; unused while its base URL is absent.
    pub http: VoiceHttp,
}

/// `[voice.http]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoiceHttp {
    /// Everything before `/audio/speech`.
    #[serde(deserialize_with = "web_address_or_none")]
    pub base_url: Option<String>,
    /// The model's name.
    pub model: String,
    /// The voice's name.
    pub voice: String,
    /// Seconds that each piece of audio may take.
    pub timeout_seconds: NonZeroU32,
}

/// `[model]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Everything before `/chat/completions`; absent for no language model.
    #[serde(deserialize_with = "web_address_or_none")]
    pub base_url: Option<String>,
    /// The model's name there; absent where the endpoint needs none.
    #[serde(deserialize_with = "text_or_none")]
    pub model: Option<String>,
    /// Milliseconds that a caller may wait for better words.
    pub wording_deadline_ms: NonZeroU32,
    /// Milliseconds that answers may take for which nobody waits.
    pub background_deadline_ms: NonZeroU32,
    /// Questions at once.
    pub max_concurrent: NonZeroU32,
}

/// `[store]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// The database file.
    pub path: PathBuf,
}

/// `[log]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Directives of tracing's `EnvFilter`.
    pub filter: String,
    /// How a line looks.
    pub format: LogFormat,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// What must never stand in a file; read from the environment, where an empty variable counts as none.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// `CALMLINE_TWILIO_AUTH_TOKEN`.
    pub twilio_auth_token: Option<SecretString>,
    /// `CALMLINE_TWILIO_API_KEY_SECRET`.
    pub twilio_api_key_secret: Option<SecretString>,
    /// `CALMLINE_VOICE_API_KEY`.
    pub voice_api_key: Option<SecretString>,
    /// `CALMLINE_MODEL_API_KEY`.
    pub model_api_key: Option<SecretString>,
    /// `CALMLINE_WEBHOOK_SECRET`.
    pub webhook_secret: Option<SecretString>,
    /// `CALMLINE_SMTP_PASSWORD`.
    pub smtp_password: Option<SecretString>,
    /// `CALMLINE_API_TOKEN`.
    pub api_token: Option<SecretString>,
}

impl Secrets {
    /// Reads the variables.
    pub fn from_environment() -> Self {
        let secret =
            |name| std::env::var(name).ok().filter(|value| !value.is_empty()).map(SecretString::from);
        Self {
            twilio_auth_token: secret("CALMLINE_TWILIO_AUTH_TOKEN"),
            twilio_api_key_secret: secret("CALMLINE_TWILIO_API_KEY_SECRET"),
            voice_api_key: secret("CALMLINE_VOICE_API_KEY"),
            model_api_key: secret("CALMLINE_MODEL_API_KEY"),
            webhook_secret: secret("CALMLINE_WEBHOOK_SECRET"),
            smtp_password: secret("CALMLINE_SMTP_PASSWORD"),
            api_token: secret("CALMLINE_API_TOKEN"),
        }
    }
}

/// Everything that is wrong with the configuration.
#[derive(Debug)]
pub struct ConfigError(Vec<Problem>);

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1, where one can be named.
    pub line: Option<usize>,
    /// The key, such as `server.listen`; empty for the file itself.
    pub key: String,
    /// What is wrong and what was expected.
    pub message: String,
    /// Whether the configuration can be used in spite of it.
    pub weight: Weight,
}

/// How much a [`Problem`] weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The configuration is refused.
    Error,
    /// It is told, and the configuration is used.
    Warning,
}

impl Problem {
    fn warning(self) -> Self {
        Self { weight: Weight::Warning, ..self }
    }
}

impl ConfigError {
    /// The problems, file by file.
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(f, "the configuration has {count} {}", if count == 1 { "error" } else { "errors" })?;
        for problem in &self.0 {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        match self.weight {
            Weight::Error => write!(f, ": {}", self.message),
            Weight::Warning => write!(f, ": warning: {}", self.message),
        }
    }
}

impl Config {
    /// Reads a file; without one, `calmline.toml` of the current folder; without that, the built-in defaults with
    /// the example business.
    ///
    /// # Errors
    /// With all problems of all files at once.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        match file {
            Some(file) => Self::read(file),
            None if Path::new(USUAL_FILE).exists() => Self::read(Path::new(USUAL_FILE)),
            None => Self::built_in(),
        }
    }

    /// The defaults and the example business.
    ///
    /// # Errors
    /// Never, unless the program was built from broken files.
    pub fn built_in() -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let settings =
            Document::defaults().and_then(|defaults| Settings::from(defaults, None, &mut problems));
        let businesses = examples(&mut problems);
        assemble(None, settings, businesses, problems)
    }

    fn read(file: &Path) -> Result<Self, ConfigError> {
        let text =
            std::fs::read_to_string(file).map_err(|error| ConfigError(vec![unreadable(file, &error)]))?;
        let mut problems = Vec::new();
        let document = Document::parse(file, text, &mut problems);
        let settings = document.and_then(|document| {
            let defaults = Document::defaults()?;
            Settings::from(defaults, Some(&document), &mut problems)
        });
        let folder = file.parent().unwrap_or(Path::new(""));
        let businesses = match &settings {
            Some(settings) => business::read_all(&folder.join(&settings.businesses), &mut problems),
            None => Vec::new(),
        };
        let mut config = assemble(Some(file.to_owned()), settings, businesses, problems)?;
        config.store.path = folder.join(&config.store.path);
        config.voice.cache = config.voice.cache.map(|cache| folder.join(cache));
        if config.voice.piper.ends_with(".onnx") {
            config.voice.piper = folder.join(&config.voice.piper).to_string_lossy().into_owned();
        }
        Ok(config)
    }
}

/// The sections, before the businesses are read.
struct Settings {
    businesses: PathBuf,
    server: Server,
    twilio: Twilio,
    hearing: Hearing,
    voice: Voice,
    model: Model,
    notify: Notify,
    store: Store,
    log: Log,
}

impl Settings {
    /// Lays a file over the defaults; `None` once there is a problem.
    fn from(defaults: Document, file: Option<&Document>, problems: &mut Vec<Problem>) -> Option<Self> {
        let layered = document::lay_over(defaults, file, problems);
        let businesses = layered.read("businesses", problems);
        let server = layered.read("server", problems);
        let twilio = layered.read("twilio", problems);
        let hearing = layered.read("hearing", problems);
        let voice = layered.read("voice", problems);
        let model = layered.read("model", problems);
        let notify = layered.read("notify", problems);
        let store = layered.read("store", problems);
        let log = layered.read("log", problems);
        Some(Self {
            businesses: businesses?,
            server: server?,
            twilio: twilio?,
            hearing: hearing?,
            voice: voice?,
            model: model?,
            notify: notify?,
            store: store?,
            log: log?,
        })
    }
}

fn assemble(
    file: Option<PathBuf>,
    settings: Option<Settings>,
    businesses: Vec<Business>,
    problems: Vec<Problem>,
) -> Result<Config, ConfigError> {
    let (errors, warnings): (Vec<_>, Vec<_>) =
        problems.into_iter().partition(|problem| problem.weight == Weight::Error);
    match settings {
        Some(Settings { businesses: _, server, twilio, hearing, voice, model, notify, store, log })
            if errors.is_empty() =>
        {
            Ok(Config {
                file,
                server,
                twilio,
                hearing,
                voice,
                model,
                notify,
                store,
                log,
                businesses,
                warnings,
            })
        }
        Some(_) | None => Err(ConfigError(errors)),
    }
}

/// The profile of one of the [`EXAMPLES`], as it stands in its file.
pub fn profile_text(id: &str) -> Option<&'static str> {
    match id {
        "heating" => Some(EXAMPLE),
        "dental" => Some(include_str!("../../config/businesses/dental.toml")),
        "law" => Some(include_str!("../../config/businesses/law.toml")),
        _ => None,
    }
}

/// The playbook of one of the [`EXAMPLES`], as it stands in its file.
pub fn playbook_text(id: &str) -> Option<&'static str> {
    match id {
        "heating" => Some(include_str!("../../config/playbooks/heating.toml")),
        "dental" => Some(include_str!("../../config/playbooks/dental.toml")),
        "law" => Some(include_str!("../../config/playbooks/law.toml")),
        _ => None,
    }
}

/// The built-in example business of that id.
pub fn example(id: &str) -> Option<Business> {
    static READ: LazyLock<Vec<Business>> = LazyLock::new(|| examples(&mut Vec::new()));
    READ.iter().find(|business| business.id.0 == id).cloned()
}

fn examples(problems: &mut Vec<Problem>) -> Vec<Business> {
    let file = |id: &str| PathBuf::from(format!("built-in/businesses/{id}.toml"));
    let texts = EXAMPLES.iter().filter_map(|id| Some((file(id), profile_text(id)?.to_owned()))).collect();
    business::parse_all(texts, &mut playbook::Shelf::new(None), problems)
}

fn unreadable(file: &Path, error: &std::io::Error) -> Problem {
    Problem {
        file: file.to_owned(),
        line: None,
        key: String::new(),
        message: format!("cannot be read: {error}"),
        weight: Weight::Error,
    }
}

fn socket_address<'de, D: Deserializer<'de>>(value: D) -> Result<SocketAddr, D::Error> {
    let expected = || serde::de::Error::custom("expected an address and a port such as 127.0.0.1:8080");
    String::deserialize(value)?.parse().map_err(|_| expected())
}

fn text_or_none<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(value)?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn number_or_none<'de, D: Deserializer<'de>>(value: D) -> Result<Option<PhoneNumber>, D::Error> {
    text_or_none(value)?.map(|text| PhoneNumber::parse(&text).map_err(serde::de::Error::custom)).transpose()
}

fn path_or_none<'de, D: Deserializer<'de>>(value: D) -> Result<Option<PathBuf>, D::Error> {
    Ok(text_or_none(value)?.map(PathBuf::from))
}

fn web_address<'de, D: Deserializer<'de>>(value: D) -> Result<String, D::Error> {
    let address = String::deserialize(value)?;
    let parsed = reqwest::Url::parse(&address).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    match parsed {
        Some(_) => Ok(address),
        None => Err(serde::de::Error::custom(format!(
            "`{address}` is no web address; expected one such as https://calls.example.com"
        ))),
    }
}

fn web_address_or_none<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    let Some(address) = text_or_none(value)? else { return Ok(None) };
    web_address(serde::de::value::StringDeserializer::new(address)).map(Some)
}

fn speed<'de, D: Deserializer<'de>>(value: D) -> Result<f32, D::Error> {
    let speed = f32::deserialize(value)?;
    if (0.5..=2.0).contains(&speed) {
        Ok(speed)
    } else {
        Err(serde::de::Error::custom("expected a speed from 0.5 to 2.0"))
    }
}
