//! HTTPS: what is asked and answered. Of a request only the method, the path, the body and these headers are looked at:
//! Idempotency-Key, Content-Length, Content-Type, Content-Encoding, Range and If-*. Who asks is not looked at at all.

mod answer;
mod connection;
mod listener;
mod range;
mod releases;
mod tls;
mod uploads;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::sync::{Semaphore, mpsc};

use crate::config::size;
use crate::health::Health;
use crate::journal::Request;
use crate::metrics::Metrics;
use crate::object_url::Objects;
use answer::{not_found, text};
pub(crate) use listener::Listener;
pub use tls::TlsError;
pub(crate) use tls::tls;

/// What the routes share.
#[derive(Debug)]
pub(crate) struct App {
    queue: mpsc::Sender<Request>,
    /// Bytes of bodies that may be in memory.
    memory: Arc<Semaphore>,
    /// Batches that are read at once: a megabyte made to be hard to read takes some hundred while it is.
    reading: Semaphore,
    releases: Option<Objects>,
    metrics: Arc<Metrics>,
    health: Arc<Health>,
}

impl App {
    pub(crate) fn new(
        queue: mpsc::Sender<Request>,
        releases: Option<Objects>,
        metrics: Arc<Metrics>,
        health: Arc<Health>,
    ) -> Arc<Self> {
        let (memory, reading) = (Arc::new(Semaphore::new(size::BODIES)), Semaphore::new(1));
        Arc::new(Self { queue, memory, reading, releases, metrics, health })
    }
}

fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/batches", post(uploads::batches))
        .route("/v1/erasures", post(uploads::erasures))
        .route("/models/{*path}", get(releases::models))
        .route("/healthz", get(|| async { text(StatusCode::OK, "alive\n") }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .fallback(|| async { not_found() })
        .with_state(app)
}

async fn ready(State(app): State<Arc<App>>) -> Response {
    if app.health.is_ready() {
        text(StatusCode::OK, "ready\n")
    } else {
        text(StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let waiting = app.queue.max_capacity() - app.queue.capacity();
    app.metrics.queue.set(i64::try_from(waiting).unwrap_or(i64::MAX));
    ([(header::CONTENT_TYPE, OPEN_METRICS)], app.metrics.text()).into_response()
}
