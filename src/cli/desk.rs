//! The desk: every part of the receptionist, loaded, connected and listening.

use std::future::Future;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use axum::Router;
use indicatif::{ProgressBar, ProgressStyle};
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::info;

use crate::audio::smart_turn::SmartTurn;
use crate::audio::vad::VadModel;
use crate::call::{ModelUse, fixed_phrases};
use crate::config::{Config, MailTls, Secrets};
use crate::domain::Channel;
use crate::llm;
use crate::models::{Cache, ModelId};
use crate::notify::{Chat, Login, Mail, MailSettings, SigningSecret, Tls, Webhook};
use crate::reception::{
    CallBacks, Directory, Ledger, Model, Outbox, Parts, Reach, Reception, Senders, fresh_secret,
};
use crate::store::{Journal, Store};
use crate::synthesize::{self, HttpSettings, Voice};
use crate::telephony::twilio::{self, Control};
use crate::transcribe::{self, Whisper};
use crate::web::{api, auth::BearerToken, health, notes};

use super::{chat, stress};

/// How long a request may stay open after all calls are over.
const LAST_REQUESTS: Duration = Duration::from_secs(5);

/// How long what is being sent to people outside may take when the server stops; what is not done then is done at the
/// next start.
const LAST_NOTICES: Duration = Duration::from_secs(10);

/// A receptionist that is ready to take calls.
pub struct Desk {
    /// Takes the calls.
    pub reception: Reception,
    /// Holds the records.
    pub store: Store,
    outbox: Outbox,
    ledger: Ledger,
    readiness: health::Readiness,
    router: Router,
    drain: Duration,
}

impl Desk {
    /// Loads the models and the voice, opens the database, and takes up calls that an earlier process left unfinished.
    ///
    /// # Errors
    /// When a model is missing, the voice cannot speak, or the database cannot be opened; the message says what to do.
    pub async fn open(
        config: &Config,
        secrets: &Secrets,
        account: twilio::Settings,
        metrics: PrometheusHandle,
    ) -> Result<Self> {
        let cache = Cache::from_env()?;
        let voice = Arc::new(start_voice(config, secrets)?);
        let hearing = whisper_settings(config)?;
        let transcriber = tokio::task::spawn_blocking(|| Whisper::start(hearing)).await??;
        let turns = cache.find(ModelId::SmartTurn)?;
        let turns = std::fs::read(&turns).with_context(|| format!("cannot read {}", turns.display()))?;
        let smart_turn = SmartTurn::load(turns, cores()).map_err(|error| anyhow!("smart-turn: {error}"))?;
        let timbre = stress::network(cores())?;
        let store =
            Store::open(&config.store.path).await.with_context(|| config.store.path.display().to_string())?;
        let journal = Journal::start(store.clone());
        let readiness = health::Readiness::new(journal.health());
        warm(&voice, config).await?;
        let control = Control::new(reqwest::Client::new(), &account, twilio::Backoff::default());
        let directory = Directory::new(config.businesses.iter().cloned());
        let number = config.twilio.number.clone();
        let reach = Reach::new(control.clone(), directory.clone(), store.clone(), number);
        let senders = senders(config, secrets, reach.clone())?;
        let channels = senders.channels();
        let outbox = Outbox::new(store.clone(), directory.clone(), senders);
        let ledger = Ledger::new(store.clone(), directory.clone(), channels, Some(outbox.clone()));
        let call_backs = CallBacks::new(ledger.clone(), reach.clone(), account.public_url.clone());
        let reception = Reception::new(Parts {
            directory,
            store: store.clone(),
            journal,
            transcriber: Arc::new(transcriber),
            synthesizer: voice,
            voice_activity: VadModel::load().map_err(|error| anyhow!("voice activity: {error}"))?,
            smart_turn: Arc::new(smart_turn),
            timbre,
            model: language_model(config, secrets)?,
            control,
            outbox: outbox.clone(),
            reach,
            public_url: account.public_url.clone(),
            max_calls: config.server.max_calls.get() as usize,
        });
        reception.restore().await?;
        readiness.models_loaded();
        let router = Router::new()
            .merge(crate::web::twilio::messages(ledger.clone(), &account))
            .merge(crate::web::twilio::call_backs(call_backs.clone(), &account))
            .merge(crate::web::twilio::router(reception.clone(), account))
            .merge(notes::router(store.clone()))
            .merge(health::router(readiness.clone(), metrics))
            .merge(api::router(
                store.clone(),
                api::live(reception.clone()).merge(api::promises(call_backs)),
                BearerToken::new(secrets.api_token.clone()),
            ))
            .layer(CatchPanicLayer::new());
        Ok(Self {
            reception,
            store,
            outbox,
            ledger,
            readiness,
            router,
            drain: Duration::from_secs(config.server.drain_seconds),
        })
    }

    /// Serves until `stop`, then takes no new calls, lets the present ones end, and writes down the last of it.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()> + Send) -> Result<()> {
        let (stopped, until) = oneshot::channel::<()>();
        let server = axum::serve(listener, self.router).with_graceful_shutdown(async {
            // A dropped sender means the same.
            let _ = until.await;
        });
        let server = tokio::spawn(server.into_future());
        let (outbox, ledger, told) = (self.outbox, self.ledger, CancellationToken::new());
        let until = told.clone();
        let telling = tokio::spawn(async move { tokio::join!(outbox.run(&until), ledger.run(&until)) });
        stop.await;
        info!(calls = self.reception.calls(), "stopping: no new calls from now on");
        self.readiness.draining();
        self.reception.drain(self.drain).await;
        told.cancel();
        if tokio::time::timeout(LAST_NOTICES, telling).await.is_err() {
            info!("what was being sent to people outside is sent again at the next start");
        }
        drop(stopped);
        match tokio::time::timeout(LAST_REQUESTS, server).await {
            Ok(served) => served?.context("the server stopped on an error"),
            Err(_) => Ok(()),
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The configured whisper.
///
/// # Errors
/// When its model is unknown or not here.
pub fn whisper_settings(config: &Config) -> Result<transcribe::Settings> {
    let hearing = &config.hearing;
    let id: ModelId = hearing.model.parse()?;
    Ok(transcribe::Settings {
        model: Cache::from_env()?.find(id)?,
        workers: if hearing.workers == 0 { cores() } else { hearing.workers },
        threads_per_worker: hearing.threads_per_worker.get() as usize,
        queue: hearing.queue.get() as usize,
    })
}

/// Starts the configured voice.
///
/// # Errors
/// When its files are missing, espeak-ng is not installed, or there is no folder to keep phrases in.
pub fn start_voice(config: &Config, secrets: &Secrets) -> Result<Voice> {
    let settings = &config.voice;
    let piper = if settings.piper.ends_with(".onnx") {
        PathBuf::from(&settings.piper)
    } else {
        Cache::from_env()?.find(settings.piper.parse()?)?
    };
    let http = settings.http.base_url.clone().map(|base_url| HttpSettings {
        base_url,
        model: settings.http.model.clone(),
        voice: settings.http.voice.clone(),
        api_key: secrets.voice_api_key.clone(),
        timeout: Duration::from_secs(u64::from(settings.http.timeout_seconds.get())),
    });
    let phrases = match &settings.cache {
        Some(folder) => folder.clone(),
        None => directories::ProjectDirs::from("", "", "calmline")
            .context("there is no home folder for the voice's phrases; set voice.cache")?
            .cache_dir()
            .join("phrases"),
    };
    Ok(Voice::start(synthesize::Settings {
        source: match http {
            Some(http) => synthesize::Source::Http(http, Some(piper)),
            None => synthesize::Source::Piper(piper),
        },
        speed: settings.speed,
        workers: if settings.workers == 0 { cores() } else { settings.workers },
        region: config.businesses.first().map_or("US", |business| business.region.as_str()).to_owned(),
        cache: phrases,
        cache_bytes: settings.cache_mb * 1_000_000,
    })?)
}

/// The configured language model, if any.
///
/// # Errors
/// When there is no HTTP client to be had.
pub fn language_model(config: &Config, secrets: &Secrets) -> Result<Option<Model>> {
    let settings = &config.model;
    let Some(base_url) = settings.base_url.clone() else { return Ok(None) };
    let client = llm::Client::start(llm::Settings {
        base_url,
        model: settings.model.clone(),
        api_key: secrets.model_api_key.clone(),
        max_concurrent: settings.max_concurrent.get() as usize,
    })?;
    let usage = ModelUse {
        wording_deadline: Duration::from_millis(settings.wording_deadline_ms.get().into()),
        background_deadline: Duration::from_millis(settings.background_deadline_ms.get().into()),
    };
    Ok(Some(Model { client: Arc::new(client), usage }))
}

async fn warm(voice: &Voice, config: &Config) -> Result<()> {
    let mut phrases: Vec<String> = config.businesses.iter().flat_map(fixed_phrases).collect();
    phrases.sort();
    phrases.dedup();
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("preparing phrases {bar:40} {pos} of {len}") {
        bar.set_style(style);
    }
    voice
        .warm(&phrases, |done, total| {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        })
        .await
        .context("the voice cannot prepare its phrases")?;
    bar.finish_and_clear();
    Ok(())
}

/// A language model whose answers are waited for on the spot.
pub fn waited_for(model: Model) -> chat::Model {
    let Model { client, usage } = model;
    let runtime = tokio::runtime::Handle::current();
    let ask = move |question, deadline| {
        let asked = std::time::Instant::now();
        let asking = client.ask(question, deadline);
        let reply = tokio::task::block_in_place(|| runtime.block_on(asking));
        chat::ModelAnswer { reply: reply.map_err(|error| error.fault()), took: asked.elapsed() }
    };
    chat::Model { usage, ask: Box::new(ask) }
}

/// The account with the carrier, as configured.
///
/// # Errors
/// When a setting that real calls need is missing; the message names it.
pub fn account(config: &Config, secrets: &Secrets) -> Result<twilio::Settings> {
    let twilio = &config.twilio;
    let missing =
        |what: &str| anyhow!("{what} is not set: calls from the carrier cannot be verified without it");
    let api_key = match (&twilio.api_key_sid, &secrets.twilio_api_key_secret) {
        (Some(sid), Some(secret)) => Some(twilio::ApiKey { sid: sid.clone(), secret: secret.clone() }),
        (Some(_), None) => {
            return Err(anyhow!("twilio.api_key_sid is set, but CALMLINE_TWILIO_API_KEY_SECRET is not"));
        }
        (None, _) => None,
    };
    Ok(twilio::Settings {
        account_sid: twilio.account_sid.clone().ok_or_else(|| missing("twilio.account_sid"))?,
        auth_token: secrets.twilio_auth_token.clone().ok_or_else(|| missing("CALMLINE_TWILIO_AUTH_TOKEN"))?,
        api_key,
        public_url: config.server.public_url.as_ref().ok_or_else(|| missing("server.public_url"))?.parse()?,
        api_base_url: twilio.api_base_url.clone(),
        require_stream_signature: twilio.require_stream_signature,
    })
}

/// The ways of telling people outside that are configured, as far as that can be told without secrets.
pub fn channels(config: &Config) -> Vec<Channel> {
    let notify = &config.notify;
    let set_up = |channel: &Channel| match channel {
        Channel::Text => true,
        Channel::Mail => notify.mail.host.is_some(),
        Channel::Webhook => notify.webhook_url.is_some(),
        Channel::Chat => notify.chat_url.is_some(),
    };
    Channel::ALL.into_iter().filter(set_up).collect()
}

/// The configured ways of telling people outside.
///
/// # Errors
/// When something that one of them needs is missing or cannot be read; the message names it.
pub fn senders(config: &Config, secrets: &Secrets, reach: Reach) -> Result<Senders> {
    Ok(Senders {
        text: Some(reach),
        mail: mail(config, secrets)?,
        webhook: webhook(config, secrets)?,
        chat: chat(config)?,
    })
}

/// Where signed events go, if anywhere.
///
/// # Errors
/// When its address or the secret that signs is missing or cannot be read.
pub fn webhook(config: &Config, secrets: &Secrets) -> Result<Option<Webhook>> {
    match (&config.notify.webhook_url, &secrets.webhook_secret) {
        (None, _) => Ok(None),
        (Some(_), None) => {
            Err(anyhow!("notify.webhook_url is set, but CALMLINE_WEBHOOK_SECRET, which signs, is not"))
        }
        (Some(url), Some(secret)) => {
            let secret = SigningSecret::parse(secret).context("CALMLINE_WEBHOOK_SECRET")?;
            Webhook::new(url, secret).context("notify.webhook_url").map(Some)
        }
    }
}

/// The chat that is told, if any.
///
/// # Errors
/// When its address cannot be read.
pub fn chat(config: &Config) -> Result<Option<Chat>> {
    config.notify.chat_url.as_deref().map(Chat::new).transpose().context("notify.chat_url")
}

/// The server that mail goes through, if any.
///
/// # Errors
/// When something that it needs is missing or cannot be read.
pub fn mail(config: &Config, secrets: &Secrets) -> Result<Option<Mail>> {
    let Some(host) = &config.notify.mail.host else { return Ok(None) };
    Mail::new(mail_settings(config, secrets, host)?).context("notify.mail").map(Some)
}

fn mail_settings(config: &Config, secrets: &Secrets, host: &str) -> Result<MailSettings> {
    let mail = &config.notify.mail;
    let (tls, usual_port) = match mail.tls {
        MailTls::Starttls => (Tls::StartTls, 587),
        MailTls::Implicit => (Tls::Implicit, 465),
        MailTls::None => (Tls::None, 25),
    };
    let login = match (&mail.user, &secrets.smtp_password) {
        (None, _) => None,
        (Some(_), None) => return Err(anyhow!("notify.mail.user is set, but CALMLINE_SMTP_PASSWORD is not")),
        (Some(_), Some(_)) if tls == Tls::None => {
            return Err(anyhow!(
                "notify.mail.user is set, but notify.mail.tls is \"none\": no password goes unprotected"
            ));
        }
        (Some(user), Some(password)) => Some(Login { user: user.clone(), password: password.clone() }),
    };
    Ok(MailSettings {
        host: host.to_owned(),
        port: if mail.port == 0 { usual_port } else { mail.port },
        tls,
        from: mail.from.clone().context("notify.mail.from is not set: mail needs a sender")?,
        login,
    })
}

/// Makes a folder for what a command leaves behind.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// A secret for one run, of a carrier that lives inside this process.
pub fn passing_secret() -> SecretString {
    fresh_secret().into()
}
