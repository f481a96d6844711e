//! What fields of several kinds of signed files must be.

use super::envelope::Role;
use super::error::SyncError;
use crate::config::MAX_SYNC_NAME_BYTES;

/// A name of lower-case letters, digits, `.`, `_` and `-`: it stands in tables and in paths.
pub(super) fn check_name(role: Role, field: &'static str, name: String) -> Result<String, SyncError> {
    let is_known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    if (1..=MAX_SYNC_NAME_BYTES).contains(&name.len()) && name.bytes().all(is_known) {
        return Ok(name);
    }
    Err(SyncError::Field { role, field, limit: "1 to 64 of a-z, 0-9, '.', '_' and '-'" })
}

/// Signed before it expires, and not for longer than `most` seconds, which is said in words as well.
pub(super) fn check_times(
    role: Role,
    issued_s: i64,
    expires_s: i64,
    most: (i64, &'static str),
) -> Result<(), SyncError> {
    if issued_s > expires_s {
        return Err(SyncError::Field { role, field: "issued_s", limit: "no later than expires_s" });
    }
    if expires_s.saturating_sub(issued_s) > most.0 {
        return Err(SyncError::Field { role, field: "expires_s", limit: most.1 });
    }
    Ok(())
}

pub(super) fn check_digest(role: Role, field: &'static str, sum: &[u8]) -> Result<[u8; 32], SyncError> {
    sum.try_into().map_err(|_| SyncError::Field { role, field, limit: "a SHA-256 sum of 32 bytes" })
}
