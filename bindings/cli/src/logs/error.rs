//! Why a log cannot be used at all. Single bad rows are [`Problems`](super::Problems), not errors.

use std::path::{Path, PathBuf};

/// A log that cannot be used: which file, which line, and why. `Display` is `path:line: why`.
#[derive(Debug, thiserror::Error)]
#[error("{}:{line}: {fault}", path.display())]
pub struct LogError {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1, that shows the fault; 1 where the whole file is at fault.
    pub line: u64,
    /// What is wrong.
    #[source]
    pub fault: Fault,
}

impl LogError {
    pub(super) fn new(path: &Path, line: u64, fault: Fault) -> Self {
        Self { path: path.to_owned(), line, fault }
    }
}

/// What is wrong with a log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The file cannot be read.
    #[error("cannot be read")]
    Unreadable(#[source] std::io::Error),
    /// The gzip stream ends too early: the file was cut off.
    #[error("the gzip stream is cut off")]
    TruncatedGzip,
    /// The gzip stream is damaged.
    #[error("the gzip stream is damaged")]
    DamagedGzip(#[source] std::io::Error),
    /// The text is larger than a log can be.
    #[error("more than {limit_bytes} bytes")]
    TooLarge {
        /// The most bytes of text that are read.
        limit_bytes: u64,
    },
    /// The bytes are no text.
    #[error("binary data, not a text")]
    Binary,
    /// The text is not UTF-8.
    #[error("not UTF-8 (looks like {guess}); convert it first")]
    Encoding {
        /// What the bytes look like instead.
        guess: &'static str,
    },
    /// There is nothing in the file.
    #[error("the file is empty")]
    Empty,
    /// The text is none of the known formats.
    #[error("no known log format; known are {}", super::Format::names())]
    UnknownFormat,
    /// The first line does not name the columns that the format needs.
    #[error("not the header of a {format} log: {reason}")]
    Header {
        /// The format that was expected.
        format: super::Format,
        /// What is missing, doubled or unknown.
        reason: String,
    },
    /// The JSON is damaged or has another shape.
    #[error("not an ActivityWatch export: {reason} (column {column})")]
    Json {
        /// The column, from 1, where reading stopped.
        column: u64,
        /// What is wrong there.
        reason: &'static str,
    },
    /// There are rows, but none gives an event. The line is the first bad one, if there is one.
    #[error("no usable row ({bad} bad of {rows}); first: {reason}")]
    NoEvents {
        /// Rows that are there.
        rows: u64,
        /// Bad ones among them.
        bad: u64,
        /// What is wrong with the first bad one.
        reason: String,
    },
    /// More than half of the rows are bad. The line is the first of them.
    #[error("{bad} of {rows} rows are bad; first: {reason}")]
    MostlyBad {
        /// Rows that are there.
        rows: u64,
        /// Bad ones among them.
        bad: u64,
        /// What is wrong with the first bad one.
        reason: String,
    },
}
