//! Uploads and erasures: read within limits, checked, journalled, answered.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use foretap_core::config::MAX_BATCH_BYTES;
use foretap_core::upload::{Batch, BatchId, ErasureToken};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::timeout;

use super::App;
use super::answer::{busy, text};
use crate::config::time;
use crate::journal::{self, Outcome, Upload, row_bytes};
use crate::row_digest::RowDigest;

const IDEMPOTENCY_KEY: &str = "idempotency-key";
const OCTETS: &str = "application/octet-stream";
const NO_BATCH: &str = "this is no batch that can be taken\n";

/// `POST /v1/batches`.
pub(super) async fn batches(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let (kind, answer) = match batch(&app, request).await {
        Ok(outcome) => of_batch(outcome),
        Err(refusal) => refusal.answer(),
    };
    app.metrics.batch(kind);
    answer
}

/// `POST /v1/erasures`.
pub(super) async fn erasures(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let (kind, answer) = match erasure(&app, request).await {
        Ok(outcome) => of_batch(outcome),
        Err(refusal) => refusal.answer(),
    };
    app.metrics.erasure(kind);
    answer
}

async fn batch(app: &App, request: Request<Body>) -> Result<Outcome, Refusal> {
    let (head, body) = request.into_parts();
    let key = key(&head.headers)?;
    let is_octets = head.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == OCTETS);
    if !is_octets || head.headers.contains_key(header::CONTENT_ENCODING) {
        return Err(Refusal::MediaType);
    }
    let (body, memory) = read(app, &head.headers, body).await?;
    let sum = Sha256::digest(&body).into();
    let opened = {
        let _turn = app.reading.acquire().await.map_err(|_| Refusal::Busy)?;
        Batch::open(&body).map_err(|_| Refusal::NoBatch)?
    };
    if opened.id != key || opened.is_empty() {
        return Err(Refusal::NoBatch);
    }
    let (digests, row_bytes) = (RowDigest::of_batch(&opened), row_bytes(&opened));
    drop(opened);
    ask(app, |reply| {
        journal::Request::Upload(Upload { id: key, sum, body, digests, row_bytes, reply, _memory: memory })
    })
    .await
}

async fn erasure(app: &App, request: Request<Body>) -> Result<Outcome, Refusal> {
    let (head, body) = request.into_parts();
    key(&head.headers)?;
    let (body, _memory) = read(app, &head.headers, body).await?;
    let token = ErasureToken::parse(&body).map_err(|_| Refusal::NoToken)?;
    // Known by what it erases: a repeated one is the same whatever its key, and another under the same key is not lost.
    let digests = RowDigest::of_token(&token);
    ask(app, |reply| journal::Request::Erasure(digests, reply)).await
}

/// Reads the body, and takes the memory for it; if there is none, or the journal has no place, the body is only taken off the
/// line, so that the connection goes on.
async fn read(app: &App, headers: &HeaderMap, body: Body) -> Result<(Bytes, OwnedSemaphorePermit), Refusal> {
    let length = headers.get(header::CONTENT_LENGTH).ok_or(Refusal::NoLength)?;
    let length: u64 = length.to_str().ok().and_then(|length| length.parse().ok()).ok_or(Refusal::TooLarge)?;
    let length = u32::try_from(length).ok().filter(|length| *length as usize <= MAX_BATCH_BYTES);
    let length = length.ok_or(Refusal::TooLarge)?;
    let has_place = app.queue.capacity() > 0;
    let memory = has_place.then(|| Arc::clone(&app.memory).try_acquire_many_owned(length).ok()).flatten();
    let Some(memory) = memory else {
        let mut rest = body.into_data_stream();
        let off_the_line = async { while let Some(Ok(_)) = rest.next().await {} };
        return Err(timeout(time::BODY, off_the_line).await.map_or(Refusal::TooSlow, |()| Refusal::Busy));
    };
    match timeout(time::BODY, axum::body::to_bytes(body, MAX_BATCH_BYTES)).await {
        Ok(Ok(body)) => {
            app.metrics.body_bytes.inc_by(body.len() as u64);
            Ok((body, memory))
        }
        Ok(Err(_)) => Err(Refusal::Broken),
        Err(_) => Err(Refusal::TooSlow),
    }
}

/// Asks the journal.
async fn ask(
    app: &App,
    request: impl FnOnce(oneshot::Sender<Outcome>) -> journal::Request,
) -> Result<Outcome, Refusal> {
    let (reply, answer) = oneshot::channel();
    app.queue.try_send(request(reply)).map_err(|_| Refusal::Busy)?;
    match timeout(time::JOURNAL, answer).await {
        Ok(Ok(outcome)) => Ok(outcome),
        // It may still be written: who asks again is told.
        _ => Err(Refusal::Busy),
    }
}

/// The one key that there is.
fn key(headers: &HeaderMap) -> Result<BatchId, Refusal> {
    let mut keys = headers.get_all(IDEMPOTENCY_KEY).iter();
    let (Some(key), None) = (keys.next(), keys.next()) else { return Err(Refusal::NoKey) };
    key.to_str().ok().and_then(BatchId::from_hex).ok_or(Refusal::NoKey)
}

fn of_batch(outcome: Outcome) -> (&'static str, Response) {
    match outcome {
        Outcome::Taken => ("accepted", text(StatusCode::ACCEPTED, "taken\n")),
        Outcome::Duplicate => ("duplicate", text(StatusCode::OK, "taken before\n")),
        Outcome::Conflict => {
            ("conflict", text(StatusCode::UNPROCESSABLE_ENTITY, "other bytes came under this key before\n"))
        }
        Outcome::Erased => ("erased", text(StatusCode::UNPROCESSABLE_ENTITY, "what is in it was erased\n")),
        Outcome::Failed => ("failed", busy()),
    }
}

/// Why a request does not reach the journal.
#[derive(Debug, Clone, Copy)]
enum Refusal {
    NoKey,
    NoLength,
    TooLarge,
    MediaType,
    TooSlow,
    Broken,
    Busy,
    NoBatch,
    NoToken,
}

impl Refusal {
    fn answer(self) -> (&'static str, Response) {
        let (kind, status, says) = match self {
            Self::NoKey => (
                "invalid",
                StatusCode::BAD_REQUEST,
                "one Idempotency-Key of 32 lower-case hexadecimal digits is wanted\n",
            ),
            Self::NoLength => ("invalid", StatusCode::LENGTH_REQUIRED, "Content-Length is wanted\n"),
            Self::TooLarge => ("invalid", StatusCode::PAYLOAD_TOO_LARGE, "262144 bytes are the most\n"),
            Self::MediaType => {
                ("invalid", StatusCode::UNSUPPORTED_MEDIA_TYPE, "application/octet-stream as it is, is wanted\n")
            }
            Self::TooSlow => ("slow", StatusCode::REQUEST_TIMEOUT, "the body took too long\n"),
            Self::Broken => ("invalid", StatusCode::BAD_REQUEST, "the body ended early\n"),
            Self::NoBatch => ("invalid", StatusCode::UNPROCESSABLE_ENTITY, NO_BATCH),
            Self::NoToken => ("invalid", StatusCode::UNPROCESSABLE_ENTITY, "an erasure token has 32 bytes\n"),
            Self::Busy => return ("busy", busy()),
        };
        (kind, text(status, says))
    }
}
