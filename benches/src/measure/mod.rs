//! The measurements. Each works on copies of the same log and takes turns with its peers.

mod memory;
mod open;
mod predict;
mod record;

pub use memory::{Subject, in_child, memory};
pub use open::open;
pub use predict::predict;
pub use record::{record, split};
