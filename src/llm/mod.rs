//! Language models behind HTTP: any endpoint that speaks OpenAI's `POST /chat/completions`, on this machine or elsewhere.
//!
//! Invariant: an answer comes within its deadline or not at all, and is of the form that was asked for. It deliberately
//! judges no answer: what a model says is a proposal, and nothing of it or of the question is ever logged.

mod breaker;
mod client;
mod exchange;
mod prompt;
mod reply;
mod stream;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use secrecy::SecretString;

pub use client::Client;

use crate::domain::{ModelFault, ModelQuestion, ModelReply};

/// Answers questions about a call.
pub trait LanguageModel: Send + Sync {
    /// Asks one question; dropping the future cancels it.
    fn ask(&self, question: ModelQuestion, deadline: Duration) -> Asking;
}

/// A question on its way to its answer.
pub type Asking = Pin<Box<dyn Future<Output = Result<ModelReply, ModelError>> + Send>>;

/// Where the model is and what it is called there.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Everything before `/chat/completions`, such as `http://127.0.0.1:11434/v1`.
    pub base_url: String,
    /// The model's name; an endpoint that serves only one may need none.
    pub model: Option<String>,
    /// The key, if the endpoint wants one.
    pub api_key: Option<SecretString>,
    /// How many questions it is asked at once.
    pub max_concurrent: usize,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The deadline passed; with a longer one it might have answered.
    #[error("the language model did not answer in time")]
    Late,
    /// So many questions are being asked that this one did not get its turn.
    #[error("too many questions at once for the language model")]
    Busy,
    /// It could not be reached or broke off; later it may work.
    #[error("the language model {0}")]
    Unavailable(String),
    /// It has failed so often that it is not asked for a while.
    #[error("the language model is left alone for a while, having failed again and again")]
    Resting,
    /// It refuses the request as it is: the address, the key or the model's name needs to be corrected.
    #[error("the language model refused the request with {0}: check model.base_url, model.model and the key")]
    Refused(u16),
    /// It answered, but not in the form it was asked for.
    #[error("the language model's answer is of no use: {0}")]
    Unusable(&'static str),
}

impl ModelError {
    /// What it means to a call.
    pub const fn fault(&self) -> ModelFault {
        match self {
            Self::Late | Self::Busy => ModelFault::Late,
            Self::Unavailable(_) | Self::Resting | Self::Refused(_) => ModelFault::Unavailable,
            Self::Unusable(_) => ModelFault::Unusable,
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Busy => "busy",
            Self::Unavailable(_) => "unavailable",
            Self::Resting => "resting",
            Self::Refused(_) => "refused",
            Self::Unusable(_) => "unusable",
        }
    }
}

/// Why no questions can be asked.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A prompt is not as the program expects it.
    #[error("prompts/{file}: {problem}")]
    Prompt {
        /// Which.
        file: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// There is no HTTP client to be had.
    #[error("no HTTP client: {0}")]
    Http(String),
}
