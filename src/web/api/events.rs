//! What happens in calls and handoffs, as it happens: server-sent events.

use std::convert::Infallible;

use axum::Router;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::get;
use futures_util::Stream;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use crate::reception::{Happening, News, Reception};

pub(super) fn router() -> Router<Reception> {
    Router::new().route("/api/events", get(events))
}

/// Sends each piece of news as an event `fact`, `hearing` or `handoff`; `skipped` says how many a slow reader missed.
async fn events(State(reception): State<Reception>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let news = futures_util::stream::unfold(reception.news(), async |mut news| {
        let event = match news.recv().await {
            Ok(news) => written(&news),
            Err(RecvError::Lagged(count)) => Event::default().event("skipped").data(count.to_string()),
            Err(RecvError::Closed) => return None,
        };
        Some((Ok(event), news))
    });
    Sse::new(news).keep_alive(KeepAlive::default())
}

fn written(news: &News) -> Event {
    let (name, what) = match &news.what {
        Happening::Fact(fact) => ("fact", json!({ "fact": fact })),
        Happening::Hearing(words) => ("hearing", json!({ "words": words })),
        Happening::Handoff(handoff, fact) => ("handoff", json!({ "handoff": handoff, "fact": fact })),
    };
    let mut data = json!({ "call": news.call, "at_ms": news.at.as_ms() });
    if let (Some(data), Some(what)) = (data.as_object_mut(), what.as_object()) {
        data.extend(what.clone());
    }
    Event::default().event(name).data(data.to_string())
}
