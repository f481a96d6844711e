//! The journal: what was acknowledged, in the order in which it came, until the lake has it.
//!
//! A folder of segments, `00000001.segment` and on; records are appended to the last one alone. The others are closed: they
//! wait to become Parquet, and go when they have.

mod active;
mod error;
mod folder;
mod group;
mod record;
mod scan;
mod writer;

pub(crate) use active::{Active, SealWhen, row_bytes};
pub use error::JournalError;
pub(crate) use folder::Folder;
pub(crate) use record::Record;
pub(crate) use writer::{Outcome, Request, Upload, Writer};
