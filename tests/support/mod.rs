//! The real server as a process of its own, and the simulated carrier's side of it.

pub mod discretion;
pub mod hurry;

use std::fs::File;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use calmline::domain::PhoneNumber;
use calmline::telephony::local::{Carrier, PlacedCall, RestApi, RestRequest, Settings};
use calmline::telephony::twilio::{SIGNATURE_HEADER, sign};
use serde_json::Value;
use tempfile::TempDir;

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
/// The secret that the carrier signs with.
pub const AUTH_TOKEN: &str = "the-secret-of-a-simulated-account";
const API_TOKEN: &str = "the-token-of-the-records";
const STARTING: Duration = Duration::from_secs(120);

/// The line of the example business.
pub const LINE: &str = "+14155550100";

/// A folder with a configuration, and the carrier that calls the server running on it.
///
/// Every log is read in the end: one that tells of callers fails the test.
pub struct Place {
    /// With `calmline.toml`, `businesses` and the database in it.
    pub folder: TempDir,
    address: SocketAddr,
    rest: Rest,
    shown: Mutex<Vec<Value>>,
}

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
}

/// The carrier's REST interface. Where CALMLINE_REST_REQUESTS names a file, what was asked of it and done is added to
/// that in the end, for others to judge.
pub struct Rest(RestApi);

impl Rest {
    /// Starts to serve on a free port.
    pub async fn start(account_sid: &str, auth_token: &str) -> Self {
        Self(RestApi::start(([127, 0, 0, 1], 0).into(), account_sid, auth_token.into()).await.unwrap())
    }
}

impl Deref for Rest {
    type Target = RestApi;

    fn deref(&self) -> &RestApi {
        &self.0
    }
}

impl Drop for Rest {
    fn drop(&mut self) {
        let Some(path) = std::env::var_os("CALMLINE_REST_REQUESTS") else { return };
        let requests = self.requests().into_iter().filter(|request| request.status < 300);
        let lines: String = requests
            .map(|RestRequest { method, path, form, .. }| {
                serde_json::json!({ "method": method, "path": path, "form": form.expose() })
            })
            .map(|line| format!("{line}\n"))
            .collect();
        // One write, because other tests add theirs at the same time.
        let mut file = File::options().create(true).append(true).open(path).unwrap();
        file.write_all(lines.as_bytes()).unwrap();
    }
}

impl Place {
    /// Writes a configuration whose differences to the default are `settings`, lines such as `server.max_calls = 1`.
    pub async fn new(settings: &str) -> Self {
        let rest = Rest::start(ACCOUNT, AUTH_TOKEN).await;
        let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let folder = TempDir::new().unwrap();
        let config = format!(
            "server.listen = \"{address}\"\nserver.public_url = \"http://{address}\"\n\
             twilio.account_sid = \"{ACCOUNT}\"\ntwilio.api_base_url = \"{}\"\n\
             log.filter = \"info,whisper_rs=warn,calmline=trace\"\n{settings}\n",
            rest.base_url()
        );
        std::fs::write(folder.path().join("calmline.toml"), config).unwrap();
        let businesses = folder.path().join("businesses");
        std::fs::create_dir(&businesses).unwrap();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/businesses/heating.toml");
        std::fs::copy(example, businesses.join("heating.toml")).unwrap();
        Self { folder, address, rest, shown: Mutex::default() }
    }

    /// Adds a business like the example one, with a line of its own and more in its profile.
    pub fn add_business(&self, id: &str, line: &PhoneNumber, more: &str) {
        let businesses = self.folder.path().join("businesses");
        let example = std::fs::read_to_string(businesses.join("heating.toml")).unwrap();
        let is_lines = |line: &&str| line.starts_with("numbers = ");
        let lines = example.lines().find(is_lines).unwrap();
        let profile = example.replace(lines, &format!("numbers = [\"{}\"]", line.expose()));
        std::fs::write(businesses.join(format!("{id}.toml")), profile + more).unwrap();
    }

    /// Changes every place of some words in a business's profile.
    pub fn change_profile(&self, id: &str, words: &str, others: &str) {
        let profile = self.folder.path().join(format!("businesses/{id}.toml"));
        let written = std::fs::read_to_string(&profile).unwrap();
        assert!(written.contains(words), "{words}");
        std::fs::write(profile, written.replace(words, others)).unwrap();
    }

    /// The carrier's interface, with the agents that it rings.
    pub fn rest(&self) -> &RestApi {
        &self.rest
    }

    /// Starts the server and waits until it is ready for calls.
    pub async fn serve(&self) -> Server {
        let log = File::options().create(true).append(true).open(self.log_file()).unwrap();
        let child = self
            .program()
            .arg("serve")
            .env("CALMLINE_TWILIO_AUTH_TOKEN", AUTH_TOKEN)
            .env("CALMLINE_API_TOKEN", API_TOKEN)
            .env_remove("CALMLINE_LOG")
            .stdout(Stdio::from(log.try_clone().unwrap()))
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap();
        let mut server = Server { child };
        let ready = async {
            let mut tick = tokio::time::interval(Duration::from_millis(50));
            loop {
                tick.tick().await;
                if let Some(status) = server.child.try_wait().unwrap() {
                    panic!("the server stopped with {status}:\n{}", self.log());
                }
                match client().get(self.url("/readyz")).send().await {
                    Ok(answer) if answer.status().is_success() => return,
                    Ok(_) | Err(_) => {}
                }
            }
        };
        tokio::time::timeout(STARTING, ready).await.expect("the server did not get ready");
        server
    }

    /// Runs another command beside the server.
    pub fn run(&self, arguments: &[&str]) {
        assert!(self.program().args(arguments).stdout(Stdio::null()).status().unwrap().success());
    }

    fn program(&self) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_calmline"));
        program.arg("--config").arg(self.folder.path().join("calmline.toml"));
        program
    }

    /// The address of a path on the server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The carrier, able to reach the server.
    pub fn carrier(&self) -> Carrier {
        let settings = Settings {
            account_sid: ACCOUNT.to_owned(),
            auth_token: AUTH_TOKEN.into(),
            public_url: self.url("").parse().unwrap(),
            server: self.address,
        };
        Carrier::new(settings, client(), &self.rest)
    }

    /// All records once they are as they ought to be: facts are written a moment after they happen.
    pub async fn records_when(&self, ready: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let mut tick = tokio::time::interval(Duration::from_millis(50));
        let arrived = async {
            loop {
                tick.tick().await;
                let records = self.records().await;
                if ready(&records) {
                    return records;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), arrived).await.expect("the records are written")
    }

    /// All records, newest first, through the interface for the business.
    pub async fn records(&self) -> Vec<Value> {
        let list = self.api("/api/calls").await;
        let mut records = Vec::new();
        for call in list["calls"].as_array().unwrap() {
            records.push(self.api(&format!("/api/calls/{}", call["id"].as_str().unwrap())).await);
        }
        self.shown.lock().unwrap().clone_from(&records);
        records
    }

    /// What the server has logged, at every start.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// What the interface for the business answers.
    pub async fn api(&self, path: &str) -> Value {
        let answer = client().get(self.url(path)).bearer_auth(API_TOKEN).send().await.unwrap();
        answer.error_for_status().unwrap().json().await.unwrap()
    }

    /// Brings the server a form as from the carrier, signed unless it is forged; gives the HTTP status and the answer.
    pub async fn webhook(&self, path: &str, fields: &[(&str, &str)], signed: bool) -> (u16, String) {
        let fields: Vec<(String, String)> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let url = self.url(path);
        let mut request = client().post(&url).form(&fields);
        if signed {
            request = request.header(SIGNATURE_HEADER, sign(&AUTH_TOKEN.into(), &url, &fields));
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The HTTP status of what the interface for the business answers to an order.
    pub async fn post_api(&self, path: &str, body: &Value) -> u16 {
        let answer = client().post(self.url(path)).bearer_auth(API_TOKEN).json(body).send().await.unwrap();
        answer.status().as_u16()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let log = self.log();
            assert!(log.contains("ready for calls"), "the log is not where it is looked for");
            discretion::assert_discreet(&log, &self.shown.lock().unwrap());
        }
    }
}

impl Server {
    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Tells it to stop, as a service manager does, and waits until it has.
    pub async fn stop(mut self) -> ExitStatus {
        let told = Command::new("kill").arg("-TERM").arg(self.pid().to_string()).status().unwrap();
        assert!(told.success());
        tokio::task::spawn_blocking(move || self.child.wait().unwrap()).await.unwrap()
    }

    /// Kills it as a crash would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Killing what is gone already fails, and is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A call from a number to the example business.
pub fn call_from(number: &str) -> PlacedCall {
    PlacedCall {
        from: Some(PhoneNumber::parse(number).unwrap()),
        to: PhoneNumber::parse(LINE).unwrap(),
        forwarded_from: None,
        live: None,
    }
}

/// A client for loopback.
pub fn client() -> reqwest::Client {
    // Whoever comes second finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}
