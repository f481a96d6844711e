//! The shortlists of a log's queries with their features, as a Parquet file for training.

mod column;
mod error;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foretap_core::Moment;
use foretap_core::habits::Past;
use parquet::basic::{Compression, Repetition, Type as Physical, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use column::{Cell, Column};
pub use error::FeatureFileError;

/// What every candidate of a query shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryRow {
    /// Who asked: the place in the order of names, from 0.
    pub person: usize,
    /// With whom they are held out together.
    pub fold: usize,
    /// Which kind of moment.
    pub moment: Moment,
    /// The number of the opening that answered, from 0.
    pub opening: u64,
    /// All openings of the person in the log.
    pub openings: u64,
    /// Whether it may be learned from.
    pub is_training: bool,
    /// Whether it is one that scores count.
    pub is_scored: bool,
    /// The answer's rank among all candidates under the mixer, from 1; 0 if it was no candidate.
    pub mixer_rank: usize,
    /// Calendar days, by the person's clock, since their first event; 0 before it.
    pub day: u32,
    /// The last openings before the question, and the moment itself.
    pub past: Past,
}

/// A features file being written: one row for each candidate of each query, in the order in which they come.
pub struct FeatureFile {
    path: PathBuf,
    writer: SerializedFileWriter<File>,
    /// The rows that wait for their row group, by column.
    columns: Vec<Column>,
    names: Vec<String>,
    /// Queries so far, those that wait included.
    queries: i64,
}

impl FeatureFile {
    /// Begins a file with a column for each of these features after the fixed ones, and key-value `metadata`. A file that
    /// was there is replaced.
    ///
    /// # Errors
    /// [`FeatureFileError::Unwritable`] if its folder is missing or it cannot be written; [`FeatureFileError::BadColumn`]
    /// if a feature has no name, or the name of another column.
    pub fn create(path: &Path, schema_names: &[&str], metadata: &[(&str, String)]) -> Result<Self, FeatureFileError> {
        let names: Vec<String> =
            FIXED.iter().map(|(name, _)| *name).chain(schema_names.iter().copied()).map(str::to_owned).collect();
        if let Some(n) = (0..names.len()).find(|&n| names[n].is_empty() || names[..n].contains(&names[n])) {
            return Err(FeatureFileError::BadColumn { name: names[n].clone() });
        }
        let file = File::create(path);
        let file = file.map_err(|source| FeatureFileError::Unwritable { path: path.to_owned(), source })?;
        let kinds = FIXED.iter().map(|(_, kind)| *kind).chain(schema_names.iter().map(|_| Physical::FLOAT));
        let columns: Vec<Column> = kinds.map(Column::new).collect();
        let failed = FeatureFileError::failed(path);
        let writer = writer(file, &names, &columns, metadata).map_err(failed)?;
        Ok(Self { path: path.to_owned(), writer, columns, names, queries: 0 })
    }

    /// Adds a query: its candidates in the mixer's order, the features of one after the other, the natural logarithm of
    /// the mixer's probability of each, their places in the order of last use, and the place of the answer among them.
    /// Queries are numbered from 0 as they come; one without candidates is left out and has no number.
    ///
    /// # Errors
    /// [`FeatureFileError::BadQuery`] if the lengths do not fit or a number is out of range, [`FeatureFileError::NotFinite`]
    /// if a value is not finite, [`FeatureFileError::Failed`] if the file cannot be written.
    pub fn query(
        &mut self,
        query: &QueryRow,
        features: &[f32],
        log_mix: &[f32],
        recency: &[usize],
        target: Option<usize>,
    ) -> Result<(), FeatureFileError> {
        let (rows, width) = (log_mix.len(), self.names.len() - FIXED.len());
        if rows == 0 && features.is_empty() {
            return Ok(());
        }
        let bad = |reason| FeatureFileError::BadQuery { query: self.queries, reason };
        if features.len() != rows * width {
            return Err(bad("its features are not rows by features"));
        }
        if recency.len() != rows {
            return Err(bad("it has not one place in the order of last use for each row"));
        }
        if target.is_some_and(|place| place >= rows) {
            return Err(bad("its answer is behind its last row"));
        }
        let values = || {
            log_mix
                .iter()
                .map(|value| (LOG_MIX, value))
                .chain(features.iter().enumerate().map(|(n, value)| (FIXED.len() + n % width, value)))
        };
        if let Some((column, _)) = values().find(|(_, value)| !value.is_finite()) {
            return Err(FeatureFileError::NotFinite { query: self.queries, column: self.names[column].clone() });
        }
        let small = |n: usize| i32::try_from(n).map_err(|_| bad("a number does not fit 32 bits"));
        let large = |n: u64| i64::try_from(n).map_err(|_| bad("a number does not fit 64 bits"));
        let (person, fold, rank) = (small(query.person)?, small(query.fold)?, small(query.mixer_rank)?);
        let (opening, openings) = (large(query.opening)?, large(query.openings)?);
        let day = i32::try_from(query.day).map_err(|_| bad("a number does not fit 32 bits"))?;
        for (place, (&log_mix, &recency)) in log_mix.iter().zip(recency).enumerate() {
            let fixed = [
                Cell::Int32(person),
                Cell::Int32(fold),
                Cell::Int32(query.moment as i32),
                Cell::Int64(self.queries),
                Cell::Int64(opening),
                Cell::Int64(openings),
                Cell::Bool(query.is_training),
                Cell::Bool(query.is_scored),
                Cell::Int32(small(place)?),
                Cell::Bool(target == Some(place)),
                Cell::Int32(rank),
                Cell::Float(log_mix),
                Cell::Int32(day),
                Cell::Int32(small(recency)?),
                Cell::History(query.past.bytes()),
                Cell::Int32(query.past.gap.into()),
                Cell::Int32(query.past.time.into()),
            ];
            let row = features[place * width..(place + 1) * width].iter().copied().map(Cell::Float);
            self.columns.iter_mut().zip(fixed.into_iter().chain(row)).for_each(|(column, cell)| column.push(cell));
        }
        self.queries += 1;
        if self.queries % GROUP_QUERIES == 0 { self.write_group() } else { Ok(()) }
    }

    /// Writes what waits and the end of the file, and gives the number of queries in it. A file that is not finished
    /// cannot be read.
    ///
    /// # Errors
    /// [`FeatureFileError::Failed`] if the file cannot be written.
    pub fn finish(mut self) -> Result<u64, FeatureFileError> {
        self.write_group()?;
        self.writer.finish().map_err(FeatureFileError::failed(&self.path))?;
        Ok(self.queries.unsigned_abs())
    }

    fn write_group(&mut self) -> Result<(), FeatureFileError> {
        if self.columns.iter().all(Column::is_empty) {
            return Ok(());
        }
        let Self { writer, columns, .. } = self;
        let written = (|| {
            let mut group = writer.next_row_group()?;
            for column in columns.iter_mut() {
                let Some(mut to) = group.next_column()? else { break };
                column.write(&mut to)?;
                to.close()?;
                column.clear();
            }
            group.close()
        })();
        written.map(drop).map_err(FeatureFileError::failed(&self.path))
    }
}

impl std::fmt::Debug for FeatureFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FeatureFile").field("path", &self.path).field("queries", &self.queries).finish_non_exhaustive()
    }
}

fn writer(
    file: File,
    names: &[String],
    columns: &[Column],
    metadata: &[(&str, String)],
) -> Result<SerializedFileWriter<File>, ParquetError> {
    let field = |(name, column): (&String, &Column)| {
        let field = Type::primitive_type_builder(name, column.kind()).with_repetition(Repetition::REQUIRED);
        field.with_length(column.length()).build().map(Arc::new)
    };
    let fields = names.iter().zip(columns).map(field).collect::<Result<_, _>>()?;
    let schema = Type::group_type_builder("shortlists").with_fields(fields).build()?;
    let metadata = metadata.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone())).collect();
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(metadata));
    SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties.build()))
}

/// The columns before the features.
const FIXED: [(&str, Physical); 17] = [
    ("person", Physical::INT32),
    ("fold", Physical::INT32),
    ("moment", Physical::INT32),
    ("query", Physical::INT64),
    ("opening", Physical::INT64),
    ("openings", Physical::INT64),
    ("is_training", Physical::BOOLEAN),
    ("is_scored", Physical::BOOLEAN),
    ("place", Physical::INT32),
    ("is_target", Physical::BOOLEAN),
    ("mixer_rank", Physical::INT32),
    ("log_mix", Physical::FLOAT),
    ("day", Physical::INT32),
    ("recency", Physical::INT32),
    ("history", Physical::FIXED_LEN_BYTE_ARRAY),
    ("gap", Physical::INT32),
    ("time", Physical::INT32),
];
/// The place of `log_mix` in [`FIXED`].
const LOG_MIX: usize = 11;
/// How many queries a row group has: some 32,000 rows, 10 MB before compression.
const GROUP_QUERIES: i64 = 1_000;

#[cfg(test)]
mod tests;
