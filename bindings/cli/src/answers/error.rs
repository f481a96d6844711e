//! Why an answers file cannot be judged. No message holds a person's data: only columns, places and counts.

use std::path::PathBuf;

use parquet::errors::ParquetError;

/// An answers file that cannot be used: which file, and why. `Display` is `path: why`.
#[derive(Debug, thiserror::Error)]
#[error("{}: {fault}", path.display())]
pub struct AnswersError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    #[source]
    pub fault: AnswersFault,
}

/// What is wrong with an answers file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswersFault {
    /// The file cannot be opened.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] std::io::Error),
    /// The file is no Parquet, or damaged.
    #[error("not a Parquet file that can be read: {0}")]
    NotParquet(#[source] ParquetError),
    /// A column is not there.
    #[error("no column {column}")]
    MissingColumn {
        /// Its name.
        column: String,
    },
    /// A column of another type than it must have.
    #[error("column {column} is not {must_be}")]
    ColumnType {
        /// Its name.
        column: String,
        /// The type it must have.
        must_be: &'static str,
    },
    /// A column that means nothing here, or is there twice.
    #[error("column {column} is unknown, or there twice")]
    UnknownColumn {
        /// Its name.
        column: String,
    },
    /// A column with empty cells.
    #[error("column {column} has empty cells")]
    EmptyCells {
        /// Its name.
        column: String,
    },
    /// No row at all.
    #[error("no rows")]
    NoRows,
    /// A score that is infinite or no number.
    #[error("row {row}: {column} is not finite")]
    NotFinite {
        /// The row, from 0.
        row: u64,
        /// The score's column.
        column: String,
    },
    /// Probabilities that are none: outside 0..=1, or with a sum above 1.
    #[error("row {row}: {column} is no probability, or those of a query sum to more than 1")]
    NotAProbability {
        /// The row, from 0; where the sum is wrong, the query's first.
        row: u64,
        /// The probability's column.
        column: String,
    },
    /// Rows of a query that do not belong together, or contradict each other.
    #[error("row {row}: {reason}")]
    BrokenQuery {
        /// The row, from 0.
        row: u64,
        /// What is wrong.
        reason: &'static str,
    },
    /// A target that is there twice, or not where the mixer's rank says.
    #[error("row {row}: {reason}")]
    Target {
        /// The query's first row, from 0.
        row: u64,
        /// What is wrong.
        reason: &'static str,
    },
    /// A shortlist that is not the mixer's first candidates.
    #[error("row {row}: {reason}")]
    Shortlist {
        /// The row, from 0.
        row: u64,
        /// What is wrong.
        reason: &'static str,
    },
}
