//! Foretap's core: ranks the items a person will most likely open next, offline, learning on the device.

pub mod backup;
pub mod config;
pub mod control;
pub mod engine;
pub mod error;
pub mod event;
pub mod features;
pub mod habits;
pub mod health;
pub mod model;
pub mod privacy;
pub mod ranking;
pub mod store;
pub mod sync;
pub mod time;
pub mod upload;

pub use backup::Secret;
pub use config::{Durability, Retention};
pub use control::{Control, ControlId, Decision, SnoozeEnd};
pub use engine::{
    Engine, Exported, Imported, Options, Recorded, Rehearsal, Rehearsed, Sealed, SyncOptions, SyncStartError,
    SyncStatus, Synced, Waiting,
};
pub use error::{BackupError, BundleError, Error, Result, TransientReason};
pub use event::{Audio, Battery, Context, Event, EventKind, Item, Network, PlaceLabel, Propensity, Slot, Token};
pub use habits::{Moment, StartWeights};
pub use health::Health;
pub use model::{Bundle, Model, ModelChoice, ModelState};
pub use privacy::{Granularity, PseudonymKey, hash_location};
pub use ranking::{AnsweredBy, Controls, Prediction, Ranking, Reason, ReasonCode, Request, StageTimes};
pub use store::{Key, Opened, StoreOptions, StoreStats};
pub use sync::Conclusion;
pub use time::{Timestamp, Weekday};
pub use upload::Consent;

/// The README's example, tested.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
