//! What is known at a moment, as numbers: the matrix that the model reads, and the same in readable names.

mod extract;
mod readable;
mod schema;
mod topic;

pub use extract::features;
pub use readable::{Readable, Row};
pub use schema::{Description, FEATURES, Feature, SCHEMA, schema_hash};
pub use topic::{FEATURE_TOPICS, topics};
