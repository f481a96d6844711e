//! Fault injection for Foretap's store.
//!
//! [`Mount`] is an SQLite file system in memory that records every operation. [`Cut`] cuts the power after any number
//! of them and says what a disk would hold: what was synced, and what a [`Damage`] leaves of what was not. The store is
//! then opened on that, the real one, through the same file system. The disk can also be full or broken at any request
//! ([`Refusal`]).
//!
//! Killing a process does not model this (the system's cache survives a process), and cutting the power does not model
//! a kill (the files are real there): `tests/power_cut.rs` does the one, `tests/kill.rs` the other.

pub mod cut;
pub mod disk;
pub mod draw;
mod file;
pub mod sample;
pub mod vfs;

pub use cut::{Cut, Damage, cut_everywhere};
pub use disk::{Disk, Files, Operation, Reason, Refusal};
pub use draw::Draw;
pub use vfs::Mount;

/// How many times the usual number of cases a run makes: the environment's `FORETAP_FAULTS`, or 1.
#[must_use]
pub fn factor() -> usize {
    std::env::var("FORETAP_FAULTS").ok().and_then(|factor| factor.parse().ok()).unwrap_or(1)
}
