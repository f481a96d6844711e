//! Foretap's core for Kotlin and Swift: what UniFFI makes bindings of.
//!
//! A thin layer: `values` tells UniFFI how the core's own types look, `engine` holds an engine behind a lock, `call` stands
//! around every exported function so that a panic becomes an error. The bindings made of this are internal to the Kotlin
//! and Swift packages, whose hand-written sides are what a host sees.
//!
//! Every exported function returns a `Result`: a panic in one that does not could not be caught in Swift.

mod backup;
mod beside;
mod call;
mod engine;
mod error;
mod health;
mod options;
mod owner;
mod privacy;
mod request;
mod sync;
mod uploads;
mod values;

pub use backup::ExportSecret;
pub use call::Export;
#[cfg(feature = "panic-injection")]
pub use call::injection;
pub use engine::{EngineHandle, erase_at, open, open_in_memory, sentence};
pub use error::ForetapError;
pub use health::HealthReport;
pub use options::{EngineOptions, ModelFile, OpenedLog};
pub use privacy::{StoredField, StoredPlace, hash_device_id, hash_location, hash_user_id, inventory, pseudonym_token};
pub use request::{Exploration, RequestParts};
pub use sync::{SyncConclusion, SyncEnding, SyncParts, SyncReport, SyncRun, SyncTask};
pub use uploads::{SealedUploads, UploadPost, UploadReply, UploadReport, UploadRun, WaitingBatch};
pub use values::{ItemParts, TimestampParts};

uniffi::setup_scaffolding!();
