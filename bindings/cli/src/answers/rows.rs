//! The rows of a row group, column by column.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::file::reader::RowGroupReader;

use super::columns::{Columns, FIXED};
use super::error::AnswersFault;

/// A row group in memory.
pub(super) struct Rows {
    pub(super) person: Vec<i32>,
    pub(super) moment: Vec<i32>,
    pub(super) query: Vec<i64>,
    pub(super) opening: Vec<i64>,
    pub(super) openings: Vec<i64>,
    pub(super) day: Vec<i32>,
    pub(super) place: Vec<i32>,
    pub(super) is_target: Vec<bool>,
    pub(super) mixer_rank: Vec<i32>,
    /// `[system][row]`, and the probabilities where the system has any.
    pub(super) scores: Vec<(Vec<f32>, Option<Vec<f32>>)>,
}

impl Rows {
    /// Reads a row group; no cell may be empty.
    pub(super) fn read(group: &dyn RowGroupReader, columns: &Columns) -> Result<Self, AnswersFault> {
        let count = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        macro_rules! fixed {
            ($at:expr, $kind:ident) => {
                match group.get_column_reader(columns.fixed[$at]).map_err(AnswersFault::NotParquet)? {
                    ColumnReader::$kind(reader) => values(reader, count, || FIXED[$at].0.to_owned())?,
                    _ => unreachable!("the columns were found by their types"),
                }
            };
        }
        let floats = |at: usize, name: &dyn Fn() -> String| match group.get_column_reader(at) {
            Ok(ColumnReader::FloatColumnReader(reader)) => values(reader, count, name),
            Ok(_) => unreachable!("the columns were found by their types"),
            Err(error) => Err(AnswersFault::NotParquet(error)),
        };
        let scores = columns.of_systems.iter().map(|system| {
            let probabilities = system.probability.map(|at| floats(at, &|| system.probability_name()));
            Ok((floats(system.score, &|| system.score_name())?, probabilities.transpose()?))
        });
        Ok(Self {
            person: fixed!(0, Int32ColumnReader),
            moment: fixed!(1, Int32ColumnReader),
            query: fixed!(2, Int64ColumnReader),
            opening: fixed!(3, Int64ColumnReader),
            openings: fixed!(4, Int64ColumnReader),
            day: fixed!(5, Int32ColumnReader),
            place: fixed!(6, Int32ColumnReader),
            is_target: fixed!(7, BoolColumnReader),
            mixer_rank: fixed!(8, Int32ColumnReader),
            scores: scores.collect::<Result<_, _>>()?,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.query.len()
    }
}

/// All values of a column chunk.
fn values<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    count: usize,
    name: impl Fn() -> String,
) -> Result<Vec<T::T>, AnswersFault> {
    let (mut values, mut levels) = (Vec::with_capacity(count), Vec::new());
    reader.read_records(count, Some(&mut levels), None, &mut values).map_err(AnswersFault::NotParquet)?;
    // A cell that is there has a value; a chunk that ends early is as bad as one with holes.
    if values.len() == count { Ok(values) } else { Err(AnswersFault::EmptyCells { column: name() }) }
}
