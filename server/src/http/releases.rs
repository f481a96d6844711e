//! The signed repository, handed out as it lies: `timestamp` is the one file that changes.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::response::Builder;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt};
use tokio::time::timeout;

use super::App;
use super::answer::{busy, not_found, text};
use super::range::{Wanted, wanted};
use crate::config::time;

const PREFIX: &str = "/models/";
const CHANGING: &str = "timestamp";
/// The most folders in a path, and the most bytes of it.
const MAX_DEPTH: usize = 8;
const MAX_PATH_BYTES: usize = 256;

/// `GET /models/...` and `HEAD`.
pub(super) async fn models(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let Some((objects, path)) = app.releases.as_ref().zip(path(request.uri().path())) else { return not_found() };
    let found = timeout(time::OBJECT, file(&*objects.store, &path, request.method(), request.headers())).await;
    let Ok(found) = found else { return busy() };
    found.unwrap_or_else(|error| match error {
        object_store::Error::NotFound { .. } => not_found(),
        error => {
            tracing::error!(source = &error as &dyn std::error::Error, "a file of the releases cannot be read");
            busy()
        }
    })
}

async fn file(
    store: &dyn ObjectStore,
    path: &Path,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, object_store::Error> {
    loop {
        let about = store.head(path).await?;
        let tag = tag(&about);
        let (status, range) = match wanted(headers, about.size, &tag) {
            Wanted::Unchanged => return Ok(head(path, &tag, StatusCode::NOT_MODIFIED, None, Body::empty())),
            Wanted::Beyond => {
                let mut answer = text(StatusCode::RANGE_NOT_SATISFIABLE, "the file has no such range\n");
                if let Ok(size) = format!("bytes */{}", about.size).parse() {
                    answer.headers_mut().insert(header::CONTENT_RANGE, size);
                }
                return Ok(answer);
            }
            Wanted::Whole => (StatusCode::OK, 0..about.size),
            Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        };
        let body = if method == Method::HEAD || range.is_empty() {
            Body::empty()
        } else {
            let same = about.e_tag.clone();
            let options = GetOptions::new().with_if_match(same).with_range(Some(GetRange::Bounded(range.clone())));
            match store.get_opts(path, options).await {
                Ok(found) => Body::from_stream(found.into_stream()),
                // It was replaced since it was looked at.
                Err(object_store::Error::Precondition { .. }) => continue,
                Err(error) => return Err(error),
            }
        };
        return Ok(head(path, &tag, status, Some((range, about.size)), body));
    }
}

fn head(
    path: &Path,
    tag: &str,
    status: StatusCode,
    range: Option<(std::ops::Range<u64>, u64)>,
    body: Body,
) -> Response {
    let is_changing = path.as_ref() == CHANGING;
    let caching = if is_changing { "no-cache" } else { "public, max-age=31536000, immutable" };
    let mut head: Builder = Response::builder().status(status).header(header::ETAG, tag);
    head = head.header(header::CACHE_CONTROL, caching).header(header::ACCEPT_RANGES, "bytes");
    if let Some((range, size)) = range {
        head = head.header(header::CONTENT_TYPE, "application/octet-stream");
        head = head.header(header::CONTENT_LENGTH, range.end - range.start);
        if status == StatusCode::PARTIAL_CONTENT {
            head = head.header(header::CONTENT_RANGE, format!("bytes {}-{}/{size}", range.start, range.end - 1));
        }
    }
    // A tag that no header can carry is that of a store which breaks its own rules.
    head.body(body).unwrap_or_else(|_| busy())
}

/// The store's, or one of size and time.
fn tag(about: &ObjectMeta) -> String {
    let made = || format!("\"{:x}-{:x}\"", about.size, about.last_modified.timestamp_micros());
    about.e_tag.clone().filter(|tag| tag.starts_with('"')).unwrap_or_else(made)
}

/// The file that a path names. Nothing is decoded, and a name that could mean more than a name is none.
fn path(path: &str) -> Option<Path> {
    let path = path.strip_prefix(PREFIX).filter(|path| path.len() <= MAX_PATH_BYTES)?;
    let is_name = |name: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        !name.is_empty() && !name.starts_with('.') && name.bytes().all(is_plain)
    };
    let is_path = path.split('/').count() <= MAX_DEPTH && path.split('/').all(is_name);
    is_path.then(|| Path::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_file_or_nothing() {
        for good in ["timestamp", "root/1", "release/12", "bundle/ab.cd_ef-01"] {
            assert_eq!(path(&format!("/models/{good}")).map(String::from).as_deref(), Some(good));
        }
        let long = "a".repeat(300);
        for bad in [
            "",
            "/",
            "a//b",
            "a/",
            "../a",
            "a/../b",
            "./a",
            ".hidden",
            "%2e%2e/a",
            "a%2fb",
            "a\\b",
            "a b",
            "ä",
            "a\0",
            "a/b/c/d/e/f/g/h/i",
            &long,
        ] {
            assert_eq!(path(&format!("/models/{bad}")), None, "{bad}");
        }
        assert_eq!(path("/model/x"), None);
    }
}
