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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt as _;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn answers_come_as_they_come_and_what_is_called_off_is_dropped_at_once() {
        let mut asked = Asked::default();
        let alive = Arc::new(());
        let mut answers = Vec::new();
        for ask in 0..3 {
            let (answer, answered) = oneshot::channel();
            let alive = Arc::clone(&alive);
            answers.push(answer);
            asked.add(
                AskId(ask),
                Box::pin(async move {
                    let _alive = alive;
                    answered.await.unwrap()
                }),
            );
        }
        assert!(asked.answered().now_or_never().is_none());
        answers.remove(2).send(Err(ModelError::Busy)).unwrap();
        assert_eq!(asked.answered().await, (AskId(2), Err(ModelError::Busy)));

        asked.cancel(AskId(0));
        assert_eq!(Arc::strong_count(&alive), 2);
        answers.remove(1).send(Ok(ModelReply::Summary("They called.".into()))).unwrap();
        assert_eq!(asked.answered().await, (AskId(1), Ok(ModelReply::Summary("They called.".into()))));
        assert_eq!(Arc::strong_count(&alive), 1);
        assert!(asked.answered().now_or_never().is_none());
    }
}
