//! What Foretap costs on a phone that was used for three months, each figure beside its budget and beside a peer: what a
//! launcher would do with the same encrypted SQLite and no Foretap.

pub mod log_file;
pub mod measure;
pub mod model;
pub mod peer;
pub mod quantiles;
pub mod report;
pub mod stopwatch;
pub mod workload;

/// A bench that cannot go on says why and ends.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
