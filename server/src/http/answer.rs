//! Answers. Each is one of a few fixed texts: nothing of a request is ever in one.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::config::time;

/// A text.
pub(super) fn text(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// Nothing is here.
pub(super) fn not_found() -> Response {
    text(StatusCode::NOT_FOUND, "not found\n")
}

/// Too much is asked at once.
pub(super) fn busy() -> Response {
    let mut answer = text(StatusCode::SERVICE_UNAVAILABLE, "busy: try again later\n");
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(time::RETRY_AFTER.as_secs()));
    answer
}
