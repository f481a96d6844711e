//! The model that re-ranks the shortlist: its graph, checked and run.

mod clip;
mod dense;
mod graph;
mod runner;

pub use foretap_int8::Path;
pub use graph::GraphError;
pub use runner::{RunError, Runner};
