//! Whether the server lives, whether it can take calls, and what it counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use serde_json::json;
use tokio::sync::watch;

use crate::store::JournalHealth;

/// Upper bounds of the histograms of seconds: from a frame to a long turn.
const SECONDS: [f64; 14] = [0.02, 0.05, 0.1, 0.2, 0.3, 0.45, 0.65, 0.9, 1.2, 1.6, 2.0, 3.0, 5.0, 10.0];
const UPKEEP: Duration = Duration::from_secs(5);

/// Whether calls can be taken; cloning it shares the state.
#[derive(Debug, Clone)]
pub struct Readiness {
    journal: watch::Receiver<JournalHealth>,
    models_loaded: Arc<AtomicBool>,
    draining: Arc<AtomicBool>,
}

impl Readiness {
    /// Not ready yet: the models are still to be loaded.
    pub fn new(journal: watch::Receiver<JournalHealth>) -> Self {
        Self { journal, models_loaded: Arc::default(), draining: Arc::default() }
    }

    /// The models are loaded and warm.
    pub fn models_loaded(&self) {
        self.models_loaded.store(true, Ordering::Release);
    }

    /// The server is about to stop and takes no more calls.
    pub fn draining(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// What keeps it from being ready; empty when it is.
    pub fn waiting_for(&self) -> Vec<&'static str> {
        let gates = [
            (self.models_loaded.load(Ordering::Acquire), "the models to be loaded"),
            (*self.journal.borrow() == JournalHealth::Writing, "the database to be writable"),
            (!self.draining.load(Ordering::Acquire), "the server to be started again: it is stopping"),
        ];
        gates.into_iter().filter_map(|(open, what)| (!open).then_some(what)).collect()
    }
}

/// Starts counting for the whole process; must be called once, within a tokio runtime.
///
/// # Errors
/// When something else counts already.
pub fn install_metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .install_recorder()?;
    let upkept = handle.clone();
    // Histograms keep every sample in memory until somebody looks; this is the look when nobody scrapes.
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            upkept.run_upkeep();
        }
    });
    Ok(handle)
}

/// `GET /healthz`, `/readyz` and `/metrics`: open to all, and free of personal data.
pub fn router(readiness: Readiness, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .with_state(readiness)
        .route("/metrics", get(render))
        .with_state(metrics)
}

async fn ready(State(readiness): State<Readiness>) -> impl IntoResponse {
    let waiting_for = readiness.waiting_for();
    if waiting_for.is_empty() {
        (StatusCode::OK, Json(json!({ "ready": true })))
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "ready": false, "waiting_for": waiting_for })))
    }
}

async fn render(State(metrics): State<PrometheusHandle>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render())
}
