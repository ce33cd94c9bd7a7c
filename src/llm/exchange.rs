//! One question and its answer over HTTP.

use std::sync::atomic::{AtomicU8, Ordering};

use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, StatusCode, redirect};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::prompt::{Prompts, Rendered};
use super::stream::{Answer, Ended};
use super::{ModelError, Settings, StartError, reply};
use crate::domain::{ModelQuestion, ModelReply};

/// The endpoint, and how it likes to be asked.
pub(super) struct Endpoint {
    http: reqwest::Client,
    settings: Settings,
    prompts: Prompts,
    /// How much of [`FORMS`] the endpoint was found to refuse.
    form: AtomicU8,
}

/// How an answer in JSON is asked for, the strictest first; servers differ in what they know.
const FORMS: [Form; 3] = [Form::Schema, Form::Object, Form::Asked];

#[derive(Debug, Clone, Copy)]
enum Form {
    /// By its schema.
    Schema,
    /// As any JSON.
    Object,
    /// In the prompt alone.
    Asked,
}

impl Endpoint {
    /// Prepares the client; nothing is asked yet.
    ///
    /// # Errors
    /// When a prompt is broken, or there is no TLS provider.
    pub fn new(settings: Settings) -> Result<Self, StartError> {
        let prompts = Prompts::load()?;
        // What callers say goes to the configured address and nowhere else.
        let http = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|error| StartError::Http(error.to_string()))?;
        Ok(Self { http, settings, prompts, form: AtomicU8::new(0) })
    }

    /// Asks, and reads no more of the answer than is needed; takes as long as it takes.
    pub async fn ask(&self, question: &ModelQuestion) -> Result<ModelReply, ModelError> {
        let rendered = self.prompts.render(question);
        let response = self.open(question, &rendered).await?;
        let text = read(question, response).await?;
        reply::parse(question, &text)
    }

    /// Sends the question, in the strictest form that the endpoint takes.
    async fn open(&self, question: &ModelQuestion, rendered: &Rendered) -> Result<Response, ModelError> {
        let Some(shape) = &rendered.shape else {
            return accepted(self.send(question, rendered, None).await?);
        };
        let mut form = self.form.load(Ordering::Relaxed);
        loop {
            let Some(asked) = FORMS.get(usize::from(form)) else { return Err(ModelError::Refused(400)) };
            let response = self.send(question, rendered, asked.format(question, shape)).await?;
            let is_last = usize::from(form) + 1 == FORMS.len();
            if !is_last && dislikes_the_form(response.status()) {
                form += 1;
                continue;
            }
            let response = accepted(response)?;
            self.form.fetch_max(form, Ordering::Relaxed);
            return Ok(response);
        }
    }

    async fn send(
        &self,
        question: &ModelQuestion,
        rendered: &Rendered,
        format: Option<Value>,
    ) -> Result<Response, ModelError> {
        let url = format!("{}/chat/completions", self.settings.base_url.trim_end_matches('/'));
        let mut body = json!({
            "messages": [
                { "role": "system", "content": rendered.system },
                { "role": "user", "content": rendered.user },
            ],
            "stream": true,
            "temperature": 0,
            "max_tokens": longest(question),
        });
        if let Some(model) = &self.settings.model {
            body["model"] = json!(model);
        }
        if let Some(format) = format {
            body["response_format"] = format;
        }
        let mut request = self.http.post(url).json(&body);
        if let Some(key) = &self.settings.api_key {
            request = request.bearer_auth(key.expose_secret());
        }
        request.send().await.map_err(|error| broken(&error))
    }
}

impl Form {
    fn format(self, question: &ModelQuestion, shape: &Value) -> Option<Value> {
        match self {
            Self::Schema => Some(json!({
                "type": "json_schema",
                "json_schema": { "name": name(question), "strict": true, "schema": shape },
            })),
            Self::Object => Some(json!({ "type": "json_object" })),
            Self::Asked => None,
        }
    }
}

/// The name of a kind of question.
pub(super) const fn name(question: &ModelQuestion) -> &'static str {
    match question {
        ModelQuestion::Wording { .. } => "wording",
        ModelQuestion::Findings { .. } => "findings",
        ModelQuestion::Summary { .. } => "summary",
    }
}

/// Tokens of an answer.
const fn longest(question: &ModelQuestion) -> u32 {
    match question {
        ModelQuestion::Wording { .. } => 120,
        ModelQuestion::Findings { .. } => 400,
        ModelQuestion::Summary { .. } => 200,
    }
}

fn dislikes_the_form(status: StatusCode) -> bool {
    [
        StatusCode::BAD_REQUEST,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        StatusCode::UNPROCESSABLE_ENTITY,
        StatusCode::NOT_IMPLEMENTED,
    ]
    .contains(&status)
}

fn accepted(response: Response) -> Result<Response, ModelError> {
    let status = response.status();
    let later = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    if status.is_success() {
        Ok(response)
    } else if status.is_server_error() || later.contains(&status) {
        Err(ModelError::Unavailable(format!("answered {}", status.as_u16())))
    } else {
        Err(ModelError::Refused(status.as_u16()))
    }
}

async fn read(question: &ModelQuestion, mut response: Response) -> Result<String, ModelError> {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("text/html") {
        return Err(ModelError::Unusable("it is a web page"));
    }
    let comes_whole = kind.starts_with("application/json");
    let mut answer = Answer::default();
    while answer.ended.is_none() {
        match response.chunk().await.map_err(|error| broken(&error))? {
            Some(bytes) if comes_whole => answer.hold(&bytes)?,
            Some(bytes) => answer.push(&bytes)?,
            None if comes_whole => {
                answer.read_whole()?;
                break;
            }
            None => return Err(ModelError::Unavailable("broke off".to_owned())),
        }
        if reply::is_enough(question, &answer.text) {
            return Ok(answer.text);
        }
    }
    if answer.ended == Some(Ended::Cut) {
        return Err(ModelError::Unusable("it is too long"));
    }
    Ok(answer.text)
}

/// Says what kind of failure it was; the error's own text would repeat the address.
fn broken(error: &reqwest::Error) -> ModelError {
    let kind = if error.is_connect() { "cannot be reached" } else { "broke off" };
    ModelError::Unavailable(kind.to_owned())
}
