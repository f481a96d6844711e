//! The parts of Foretap's command line, as a library: loaders, metrics, simulator, replay, judge, demo, reports, health, model
//! bundles, repositories of them, model sync, and uploads.

pub mod answers;
pub mod beside;
pub mod bundle;
mod count;
mod crowd;
pub mod date;
pub mod demo;
pub mod dice;
pub mod evaluate;
pub mod explain;
pub mod features_file;
pub mod groups;
pub mod health;
mod hex;
pub mod json_file;
pub mod judge;
pub mod key_file;
pub mod lake;
pub mod latency;
pub mod logs;
mod page;
pub mod policy;
pub mod replay;
pub mod repository;
pub mod simulate;
pub mod steadiness;
pub mod sync;
pub mod training;
pub mod transport;
pub mod upload;
