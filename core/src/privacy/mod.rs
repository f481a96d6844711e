//! What leaves a raw value behind: keyed pseudonyms, location buckets, answers that are noisy one by one.
//!
//! Every pseudonym here is an HMAC-SHA256 under a key that the host keeps, never a bare hash: ids, access points and places
//! have so few possible values that a bare hash is reversed by trying them all. A pseudonym is still personal data: who
//! holds the key can test a guess, and equal values give equal pseudonyms.

mod exports;
mod hosts;
mod inventory;
mod location;
mod models;
mod pseudonym;
mod randomised;
mod uploads;

pub use hosts::Host;
pub use inventory::{Field, INVENTORY, Keeping, Sensitivity, Store};
pub use location::{Granularity, hash_location};
pub(crate) use pseudonym::Hex;
pub use pseudonym::{DeviceHash, PseudonymKey, UserHash};
pub use randomised::RandomisedResponse;
