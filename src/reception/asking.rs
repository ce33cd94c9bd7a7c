//! The questions of one call to a language model that are not answered yet.

use std::future::poll_fn;
use std::task::Poll;

use crate::domain::{AskId, ModelReply};
use crate::llm::{Asking, ModelError};

/// Questions under way; they advance only while the call waits on [`Asked::answered`], and end with the call.
#[derive(Default)]
pub(super) struct Asked(Vec<(AskId, Asking)>);

impl Asked {
    /// Adds a question.
    pub fn add(&mut self, ask: AskId, asking: Asking) {
        self.0.push((ask, asking));
    }

    /// Calls a question off; nothing will be heard of it.
    pub fn cancel(&mut self, ask: AskId) {
        self.0.retain(|(other, _)| *other != ask);
    }

    /// The next answer or failure, as they come.
    pub async fn answered(&mut self) -> (AskId, Result<ModelReply, ModelError>) {
        poll_fn(|context| {
            for place in 0..self.0.len() {
                let (ask, asking) = &mut self.0[place];
                if let Poll::Ready(outcome) = asking.as_mut().poll(context) {
                    let answered = (*ask, outcome);
                    drop(self.0.remove(place));
                    return Poll::Ready(answered);
                }
            }
            Poll::Pending
        })
        .await
    }
}
