//! What ranking systems answered to the queries of a log, as the training in Python writes it: a Parquet file with one
//! row for each candidate of each query.
//!
//! The rows of a query stand together, in the mixer's order, the queries in ascending order of their number. Columns:
//! `person` (INT32, the place in the order of names), `moment` (INT32: 0 next, 1 unlock, 2 unlock_or_resume), `query`,
//! `opening`, `openings` (INT64), `day` (INT32, of use, from 0), `place` (INT32, from 0), `is_target` (BOOLEAN),
//! `mixer_rank` (INT32: the target's rank among all candidates under the mixer, from 1; 0 where it was none), then for
//! each system `score.<name>` and, if it has probabilities, `p.<name>` (FLOAT).

mod columns;
mod error;
mod query;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use foretap_core::Moment;
use parquet::file::reader::{FileReader, SerializedFileReader};

use columns::Columns;
pub use error::{AnswersError, AnswersFault};
use query::Open;
use rows::Rows;

/// The answers of some systems to some queries.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// The systems' names, in the order of the file.
    pub systems: Vec<String>,
    /// The queries, in the order of the file.
    pub queries: Vec<Query>,
}

/// A query that was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Who asked: the place in the order of names, from 0.
    pub person: u32,
    /// Which kind of moment.
    pub moment: Moment,
    /// The number of the opening that answered, from 0.
    pub opening: u64,
    /// All openings of the person in the log.
    pub openings: u64,
    /// The day of use; the first is 0.
    pub day: i64,
    /// How many candidates were ranked.
    pub candidates: usize,
    /// How each system ranked them, in the order of [`Answers::systems`].
    pub answers: Vec<Answer>,
}

/// One system's answer to a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The target's rank from 1, the shortlist before all other candidates; 0 where it was no candidate.
    pub rank: u16,
    /// The shortlist's probabilities in the order of the ranking, where the system has any.
    pub probabilities: Option<Vec<f32>>,
}

impl Answers {
    /// Reads a file, and refuses what could make figures say something else than they seem to.
    ///
    /// # Errors
    /// [`AnswersError`] with the column or the row that is not as it must be.
    pub fn read(path: &Path) -> Result<Self, AnswersError> {
        Self::of(path).map_err(|fault| AnswersError { path: path.to_owned(), fault })
    }

    fn of(path: &Path) -> Result<Self, AnswersFault> {
        let file = File::open(path).map_err(AnswersFault::Unreadable)?;
        let reader = SerializedFileReader::new(file).map_err(AnswersFault::NotParquet)?;
        let columns = Columns::of(reader.metadata().file_metadata().schema_descr())?;
        let mut queries = Vec::new();
        let mut open: Option<Open> = None;
        let mut row = 0;
        for group in 0..reader.num_row_groups() {
            let group = reader.get_row_group(group).map_err(AnswersFault::NotParquet)?;
            let rows = Rows::read(group.as_ref(), &columns)?;
            for at in 0..rows.len() {
                open = match open.take() {
                    Some(mut query) if query.takes(&rows, at) => {
                        query.add(&rows, at, row, &columns)?;
                        Some(query)
                    }
                    before => {
                        let number = before.as_ref().map(Open::number);
                        queries.extend(before.map(|query| query.close(&columns)).transpose()?);
                        Some(Open::begin(&rows, at, row, number, &columns)?)
                    }
                };
                row += 1;
            }
        }
        queries.extend(open.map(|query| query.close(&columns)).transpose()?);
        if queries.is_empty() {
            return Err(AnswersFault::NoRows);
        }
        Ok(Self { systems: columns.systems(), queries: agreeing(queries)? })
    }
}

/// The queries with the row each begins at, if they agree with each other: no question is there twice, and a person has
/// one number of openings.
fn agreeing(queries: Vec<(u64, Query)>) -> Result<Vec<Query>, AnswersFault> {
    let (mut asked, mut openings) = (BTreeSet::new(), BTreeMap::new());
    for (row, query) in &queries {
        let broken = |reason| AnswersFault::BrokenQuery { row: *row, reason };
        if !asked.insert((query.person, query.moment as usize, query.opening)) {
            return Err(broken("a question that was there before"));
        }
        if *openings.entry(query.person).or_insert(query.openings) != query.openings {
            return Err(broken("openings differs between the queries of a person"));
        }
    }
    Ok(queries.into_iter().map(|(_, query)| query).collect())
}

#[cfg(test)]
pub(crate) mod made;
#[cfg(test)]
mod tests;
