//! A receptionist and a simulated carrier in one process, on loopback: for the demo, one's own recordings and the talk
//! mode. The calls go through the very same webhook and socket as real ones.

use std::path::Path;

use anyhow::{Context as _, Result};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::calls::print_record;
use super::desk::{Desk, make_folder, passing_secret};
use super::live;
use crate::config::{Config, Notify, Secrets};
use crate::domain::{Business, PhoneNumber};
use crate::reception::Reception;
use crate::store::{CallFilter, Store};
use crate::telephony::local::{CallOutcome, Carrier, PlacedCall, RestApi, Settings};
use crate::telephony::twilio;
use crate::web::health;

const ACCOUNT: &str = "AC00000000000000000000000000000000";

/// A running receptionist with a carrier of its own.
pub struct LocalLine {
    carrier: Carrier,
    reception: Reception,
    store: Store,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<()>>,
    _rest: RestApi,
}

impl LocalLine {
    /// Opens the desk on a free port of the loopback address, with its records in `folder`.
    ///
    /// # Errors
    /// As [`Desk::open`].
    pub async fn open(mut config: Config, secrets: &Secrets, folder: &Path) -> Result<Self> {
        make_folder(folder)?;
        config.store.path = folder.join("calls.db");
        // Nobody is told of calls that are only played.
        config.notify = Notify::default();
        let metrics = health::install_metrics()?;
        let listener =
            TcpListener::bind(("127.0.0.1", 0)).await.context("cannot listen on the loopback address")?;
        let address = listener.local_addr()?;
        let auth_token = passing_secret();
        let rest = RestApi::start(([127, 0, 0, 1], 0).into(), ACCOUNT, auth_token.clone()).await?;
        let public_url: twilio::PublicUrl = format!("http://{address}").parse()?;
        let account = twilio::Settings {
            account_sid: ACCOUNT.to_owned(),
            auth_token: auth_token.clone(),
            api_key: None,
            public_url: public_url.clone(),
            api_base_url: rest.base_url(),
            require_stream_signature: true,
        };
        let desk = Desk::open(&config, secrets, account, metrics).await?;
        let (reception, store) = (desk.reception.clone(), desk.store.clone());
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(desk.serve(listener, async {
            // A dropped sender means the same.
            let _ = stopped.await;
        }));
        let settings = Settings { account_sid: ACCOUNT.to_owned(), auth_token, public_url, server: address };
        let client = reqwest::Client::builder().no_proxy().build()?;
        let carrier = Carrier::new(settings, client, &rest);
        Ok(Self { carrier, reception, store, stop, server, _rest: rest })
    }

    /// Has a call placed by `place` with a live view in the terminal, then prints its record and writes its sound to
    /// `recording`, the caller on the left and the receptionist on the right.
    ///
    /// # Errors
    /// When the call cannot be placed, the recording not be written or the record not be read.
    pub async fn call(
        &self,
        business: &Business,
        from: Option<PhoneNumber>,
        recording: &Path,
        place: impl AsyncFnOnce(&Carrier, PlacedCall) -> Result<CallOutcome>,
    ) -> Result<CallOutcome> {
        let to = business.numbers.first().context("the business has no number to call")?.clone();
        let watcher = tokio::spawn(live::watch(self.reception.news()));
        let outcome = place(&self.carrier, PlacedCall { from, to, forwarded_from: None, live: None }).await;
        self.reception.settled().await;
        watcher.abort();
        let outcome = outcome?;
        outcome
            .recording
            .write_wav(recording)
            .with_context(|| format!("cannot write {}", recording.display()))?;
        println!("\n{}", outcome.ending);
        let newest = CallFilter { limit: 1, ..CallFilter::default() };
        if let Some(record) = self.store.calls(&newest).await?.first() {
            println!();
            print_record(record, &business.time_zone);
        }
        println!("\nlisten to it: {}", recording.display());
        Ok(outcome)
    }

    /// Stops the receptionist.
    ///
    /// # Errors
    /// When the server had failed.
    pub async fn close(self) -> Result<()> {
        drop(self.stop);
        self.server.await?
    }
}

/// The business of that id, or else the first.
///
/// # Errors
/// When there is none; the message names those there are.
pub fn business<'a>(config: &'a Config, id: Option<&str>) -> Result<&'a Business> {
    let known =
        || config.businesses.iter().map(|business| business.id.0.as_str()).collect::<Vec<_>>().join(", ");
    let mut businesses = config.businesses.iter();
    businesses
        .find(|business| id.is_none_or(|id| business.id.0 == id))
        .with_context(|| format!("there is no such business; configured are: {}", known()))
}
