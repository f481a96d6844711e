//! The lake: rows as Parquet, in a folder or an object store.
//!
//! ```text
//! samples/day=2026-11-30/shard=07/<name>.parquet      reports/day=2026-11-30/shard=07/<name>.parquet
//! ```

mod column;
mod convert;
mod error;
mod rows;
mod store;
mod table;

pub(crate) use convert::convert;
pub use error::LakeError;
pub(crate) use store::Lake;
pub(crate) use table::Table;

#[cfg(test)]
mod tests;
