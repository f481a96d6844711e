//! The lake: rows as Parquet, in a folder or an object store.
//!
//! ```text
//! samples/day=2026-11-30/shard=07/<name>.parquet      reports/day=2026-11-30/shard=07/<name>.parquet
//! ```

mod column;
mod error;
pub(crate) mod rows;
mod store;
mod table;

pub use error::LakeError;
pub(crate) use rows::Rows;
pub(crate) use store::Lake;
pub(crate) use table::Table;

#[cfg(test)]
pub(crate) mod tests;
