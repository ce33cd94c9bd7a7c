//! Downloading from a publisher over HTTP, going on where an earlier attempt stopped.

use std::collections::HashMap;
use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use reqwest::header::RANGE;
use reqwest::{Client, Response, StatusCode, Url};

use super::fetch::Failure;
use super::{ModelError, Progress, Report};

/// Connecting takes longer than this only where a firewall swallows the packets.
const CONNECT: Duration = Duration::from_secs(4);
/// A connection that is silent for so long is given up.
const SILENCE: Duration = Duration::from_secs(20);

/// The publishers, with those remembered that cannot be reached from here.
pub(super) struct Publisher {
    client: Option<Client>,
    unreachable: HashMap<String, String>,
}

impl Publisher {
    pub(super) fn new() -> Self {
        Self { client: None, unreachable: HashMap::new() }
    }

    /// Downloads `url` to `to`, which may hold the beginning from an earlier attempt. A connection that breaks is
    /// taken up again as long as each attempt brings something.
    pub(super) async fn download(
        &mut self,
        url: &str,
        to: &Path,
        size: u64,
        title: &str,
        report: &Report,
    ) -> Result<(), Failure> {
        let url = Url::parse(url).map_err(|error| Failure::Source(error.to_string()))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        if let Some(reason) = self.unreachable.get(&host) {
            return Err(Failure::Source(reason.clone()));
        }
        let client = self.client()?;
        report(Progress::Started { work: title, total: size });
        loop {
            let before = length(to);
            match attempt(&client, &url, to, size, report).await {
                Ok(()) => break,
                Err(Broken::Transfer(_)) if length(to) > before => {}
                Err(Broken::Transfer(error)) if error.is_connect() || error.is_timeout() => {
                    let reason = format!("{host} cannot be reached: {}", root_cause(&error));
                    self.unreachable.insert(host, reason.clone());
                    return Err(Failure::Source(reason));
                }
                Err(Broken::Transfer(error)) => {
                    return Err(Failure::Source(format!("{host}: {}", root_cause(&error))));
                }
                Err(Broken::Answer(reason)) => {
                    // Whatever came with such an answer is not the beginning of the file.
                    let _ = fs::remove_file(to);
                    return Err(Failure::Source(reason));
                }
                Err(Broken::Here(error)) => return Err(error.into()),
            }
        }
        report(Progress::Finished);
        Ok(())
    }

    fn client(&mut self) -> Result<Client, Failure> {
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        // An error only says that the program has chosen its provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(concat!("calmline/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .build()
            .map_err(|error| Failure::Source(root_cause(&error)))?;
        Ok(self.client.insert(client).clone())
    }
}

/// How one attempt ended short of the whole file.
enum Broken {
    /// The connection failed.
    Transfer(reqwest::Error),
    /// The publisher answered, but not with the file.
    Answer(String),
    /// The file cannot be written.
    Here(ModelError),
}

impl From<reqwest::Error> for Broken {
    fn from(error: reqwest::Error) -> Self {
        Self::Transfer(error)
    }
}

async fn attempt(client: &Client, url: &Url, to: &Path, size: u64, report: &Report) -> Result<(), Broken> {
    let here = |error| Broken::Here(ModelError::io(to, error));
    let mut have = length(to);
    if have > size {
        fs::remove_file(to).map_err(here)?;
        have = 0;
    }
    if have == size && size > 0 {
        return Ok(());
    }
    let mut response = client.get(url.clone()).header(RANGE, format!("bytes={have}-")).send().await?;
    let (mut file, mut done) = open(&response, to, have).map_err(|error| match error {
        Failure::Source(reason) => Broken::Answer(reason),
        Failure::Here(error) => Broken::Here(error),
    })?;
    while let Some(chunk) = response.chunk().await? {
        done += chunk.len() as u64;
        if done > size {
            return Err(Broken::Answer(format!("more than the expected {size} bytes")));
        }
        file.write_all(&chunk).map_err(here)?;
        report(Progress::At(done));
    }
    if done < size {
        return Err(Broken::Answer(format!("only {done} of {size} bytes")));
    }
    Ok(())
}

/// Opens the file to go on with at the place where the answer begins.
fn open(response: &Response, to: &Path, have: u64) -> Result<(File, u64), Failure> {
    let (file, done) = match response.status() {
        StatusCode::PARTIAL_CONTENT => (OpenOptions::new().append(true).create(true).open(to), have),
        StatusCode::OK => (File::create(to), 0),
        status => return Err(Failure::Source(format!("the answer was {status}"))),
    };
    Ok((file.map_err(|error| ModelError::io(to, error))?, done))
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// Gives the innermost cause, which alone says what happened; the outer ones say where reqwest was.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
