//! SQLite's result codes in the words of [`Error`]. SQLite's message is dropped on the way: a statement that fails can
//! be quoted in it, and the first statement of a connection holds the key.

use rusqlite::ffi;

use crate::error::{Error, TransientReason};

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let code = match &error {
            rusqlite::Error::SqliteFailure(code, _) => code.extended_code,
            rusqlite::Error::SqlInputError { error, .. } => error.extended_code,
            // A column that does not hold what the schema says.
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::QueryReturnedNoRows
            | rusqlite::Error::Utf8Error(..) => return Self::Corrupt,
            _ => ffi::SQLITE_INTERNAL,
        };
        let source = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        match reason(code) {
            _ if is_damage(code) => Self::Corrupt,
            Some(reason) => Self::Transient { reason, source },
            None => Self::Storage(source),
        }
    }
}

/// A page that fails its HMAC reads as zeros, which SQLite calls "not a database" (page 1) or "corrupt" (any other).
fn is_damage(code: i32) -> bool {
    matches!(code & 0xff, ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB)
        || matches!(code, ffi::SQLITE_IOERR_DATA | ffi::SQLITE_IOERR_CORRUPTFS)
}

fn reason(code: i32) -> Option<TransientReason> {
    Some(match code & 0xff {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED | ffi::SQLITE_PROTOCOL => TransientReason::Busy,
        ffi::SQLITE_FULL => TransientReason::Full,
        ffi::SQLITE_IOERR | ffi::SQLITE_CANTOPEN | ffi::SQLITE_READONLY | ffi::SQLITE_PERM => TransientReason::Io,
        ffi::SQLITE_NOMEM => TransientReason::Memory,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_statement_is_never_quoted() {
        let connection = rusqlite::Connection::open_in_memory().expect("in memory");
        let error = connection.execute_batch("PRAGMA key = x'canary").expect_err("not SQL");
        let error = Error::from(error);
        let shown = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn every_code_is_told_apart() {
        let of = |code| Error::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        assert!(matches!(of(ffi::SQLITE_NOTADB), Error::Corrupt));
        assert!(matches!(of(ffi::SQLITE_CORRUPT_VTAB), Error::Corrupt));
        assert!(matches!(of(ffi::SQLITE_BUSY_SNAPSHOT), Error::Transient { reason: TransientReason::Busy, .. }));
        assert!(matches!(of(ffi::SQLITE_FULL), Error::Transient { reason: TransientReason::Full, .. }));
        assert!(matches!(of(ffi::SQLITE_IOERR_READ), Error::Transient { reason: TransientReason::Io, .. }));
        assert!(matches!(of(ffi::SQLITE_CANTOPEN), Error::Transient { reason: TransientReason::Io, .. }));
        assert!(matches!(of(ffi::SQLITE_NOMEM), Error::Transient { reason: TransientReason::Memory, .. }));
        assert!(matches!(of(ffi::SQLITE_CONSTRAINT_CHECK), Error::Storage(_)));
    }
}
