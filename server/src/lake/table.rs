//! A table in memory, and as the bytes of a Parquet file. What a file holds is read by its own schema, so one that an older
//! server wrote stays as it is when rows are taken out.

use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type};

use super::column::{Column, Field, Value};

/// The first column of every table.
pub(super) const PSEUDONYM: &str = "pseudonym";
/// Columns in which no two values are alike.
pub(super) const OPENED: &str = "opened";
pub(super) const OTHER: &str = "other";

/// Rows of one kind.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    fields: Vec<Field>,
    columns: Vec<Column>,
}

impl Table {
    /// An empty table with these columns.
    pub(super) fn new(fields: Vec<Field>) -> Self {
        let columns = fields.iter().map(|field| Column::new(field.kind)).collect();
        Self { fields, columns }
    }

    /// How many rows it has.
    pub(crate) fn len(&self) -> usize {
        self.columns.first().map_or(0, Column::len)
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, row: impl IntoIterator<Item = Value>) {
        self.columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
    }

    /// Puts the rows in the order of their pseudonyms, then of their values, so that the order tells nothing else.
    pub(crate) fn sort(&mut self) {
        let mut rows: Vec<usize> = (0..self.len()).collect();
        let compare = |column: &Column, a, b| column.compare(a, b);
        rows.sort_unstable_by(|&a, &b| {
            self.columns.iter().map(|column| compare(column, a, b)).find(|order| order.is_ne()).unwrap_or(a.cmp(&b))
        });
        self.take(&rows);
    }

    /// Keeps the rows of some pseudonyms.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(&[u8]) -> bool) {
        let Some(Column::Bytes(pseudonyms)) = self.columns.first() else { return };
        let is_kept = |row: &usize| pseudonyms[*row].as_ref().is_none_or(|pseudonym| is_kept(pseudonym.data()));
        let rows: Vec<usize> = (0..pseudonyms.len()).filter(is_kept).collect();
        self.take(&rows);
    }

    fn take(&mut self, rows: &[usize]) {
        for column in &mut self.columns {
            *column = column.take(rows);
        }
    }

    /// The bytes of a file; the same for the same rows.
    pub(crate) fn write(&self) -> Result<Vec<u8>> {
        let fields = self.fields.iter().map(|field| field.to_type().map(Arc::new)).collect::<Result<_>>()?;
        let schema = Type::group_type_builder("rows").with_fields(fields).build()?;
        let properties = WriterProperties::builder()
            .set_created_by("foretap-server".to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_statistics_enabled(EnabledStatistics::None)
            .set_column_dictionary_enabled(ColumnPath::from(PSEUDONYM), false)
            .set_column_dictionary_enabled(ColumnPath::from(OPENED), false)
            .set_column_dictionary_enabled(ColumnPath::from(OTHER), false);
        let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties.build()))?;
        let mut group = writer.next_row_group()?;
        for (field, column) in self.fields.iter().zip(&self.columns) {
            let Some(mut to) = group.next_column()? else { break };
            column.write(field, &mut to)?;
            to.close()?;
        }
        group.close()?;
        writer.into_inner()
    }

    /// Reads a file.
    pub(crate) fn read(bytes: Bytes) -> Result<Self> {
        let reader = SerializedFileReader::new(bytes)?;
        let schema = reader.metadata().file_metadata().schema();
        let fields = schema.get_fields().iter().map(|kind| Field::of(kind)).collect::<Result<_>>()?;
        let mut table = Self::new(fields);
        for n in 0..table.fields.len() {
            table.columns[n] = column(&reader, &table.fields[n], n)?;
        }
        Ok(table)
    }

    /// Reads the pseudonyms of a file, and nothing else of it.
    pub(crate) fn read_pseudonyms(bytes: Bytes) -> Result<Vec<ByteArray>> {
        let reader = SerializedFileReader::new(bytes)?;
        let schema = reader.metadata().file_metadata().schema();
        let first = schema.get_fields().first().map(|kind| Field::of(kind)).transpose()?;
        let first = first.filter(|field| field.name == PSEUDONYM);
        let none = || ParquetError::General("a part without pseudonyms is none of the lake's".to_owned());
        match column(&reader, &first.ok_or_else(none)?, 0)? {
            Column::Bytes(pseudonyms) => Ok(pseudonyms.into_iter().flatten().collect()),
            Column::Numbers(_) => Err(none()),
        }
    }
}

fn column(reader: &SerializedFileReader<Bytes>, field: &Field, n: usize) -> Result<Column> {
    let mut column = Column::new(field.kind);
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group)?;
        let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        column.read(field, group.get_column_reader(n)?, rows)?;
    }
    Ok(column)
}
