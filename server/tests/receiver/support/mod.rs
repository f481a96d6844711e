//! What the tests share: phones, a client, the process, and what lies in its folder.

pub(crate) mod client;
pub(crate) mod files;
pub(crate) mod phone;
pub(crate) mod process;

use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

pub(crate) use client::Client;
pub(crate) use phone::Phone;
pub(crate) use process::Process;

static MACHINE: RwLock<()> = RwLock::new(());

/// Held by what may run beside others.
pub(crate) fn beside_others() -> RwLockReadGuard<'static, ()> {
    MACHINE.read().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Held by what measures.
pub(crate) fn alone() -> RwLockWriteGuard<'static, ()> {
    MACHINE.write().unwrap_or_else(std::sync::PoisonError::into_inner)
}
