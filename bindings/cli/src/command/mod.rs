//! The commands, one file each, and what they share.

pub(crate) mod bundle;
pub(crate) mod chosen;
pub(crate) mod demo;
pub(crate) mod features;
pub(crate) mod groups;
pub(crate) mod health;
pub(crate) mod judge;
pub(crate) mod lake;
pub(crate) mod log;
pub(crate) mod output;
pub(crate) mod progress;
pub(crate) mod replay;
pub(crate) mod repository;
pub(crate) mod slots;
pub(crate) mod source;
pub(crate) mod sync;
pub(crate) mod upload;
pub(crate) mod weights;
