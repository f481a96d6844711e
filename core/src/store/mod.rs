//! The encrypted log: the only module that knows SQLite.
