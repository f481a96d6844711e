//! Foretap's receiver: takes the uploads that people allowed, keeps each of them exactly once, erases them when asked to, and
//! hands out the signed repository of models.
//!
//! ```text
//! HTTPS -> journal (fsync) -> ledger -> 202          what is acknowledged is on the disk
//!             closed segments -> lake (Parquet)       in the background, again and again until it is done
//! erasure  -> refused at once, then out of journal and lake
//! ```
//!
//! Each arrow may be cut at any moment: what follows is derived again from what is before it. `docs/server.md` tells how to run
//! it. Neither a remote address nor a header of a request is ever written anywhere.

#![forbid(unsafe_code)]

mod background;
mod config;
mod day;
mod error;
mod failpoint;
mod health;
mod http;
mod journal;
mod lake;
mod ledger;
mod metrics;
mod object_url;
mod row_digest;
mod server;
mod wake;

pub use config::Config;
pub use error::ServerError;
pub use http::TlsError;
pub use journal::JournalError;
pub use lake::LakeError;
pub use ledger::LedgerError;
pub use object_url::UrlError;
pub use server::Server;
