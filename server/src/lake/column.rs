//! A column of a table in memory: numbers or bytes, of which some may be missing.

use std::cmp::Ordering;

use parquet::basic::{Repetition, Type as Physical};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::writer::SerializedColumnWriter;
use parquet::schema::types::Type;

/// What a column is called and holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Whether a value may be missing.
    pub(super) is_optional: bool,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Number,
    Bytes,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Number(i32),
    Bytes(ByteArray),
    Missing(Kind),
}

/// The values of a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Column {
    Numbers(Vec<Option<i32>>),
    Bytes(Vec<Option<ByteArray>>),
}

impl Field {
    pub(super) fn of(kind: &Type) -> Result<Self> {
        let about = kind.get_basic_info();
        let (physical, repetition) = (kind.get_physical_type(), about.repetition());
        let kind = match physical {
            Physical::INT32 => Kind::Number,
            Physical::BYTE_ARRAY => Kind::Bytes,
            other => return Err(ParquetError::General(format!("a column of {other} is none of the lake's"))),
        };
        Ok(Self { name: about.name().to_owned(), kind, is_optional: repetition == Repetition::OPTIONAL })
    }

    pub(super) fn to_type(&self) -> Result<Type> {
        let physical = match self.kind {
            Kind::Number => Physical::INT32,
            Kind::Bytes => Physical::BYTE_ARRAY,
        };
        let repetition = if self.is_optional { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        Type::primitive_type_builder(&self.name, physical).with_repetition(repetition).build()
    }
}

impl Column {
    pub(super) const fn new(kind: Kind) -> Self {
        match kind {
            Kind::Number => Self::Numbers(Vec::new()),
            Kind::Bytes => Self::Bytes(Vec::new()),
        }
    }

    pub(super) const fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Bytes(values) => values.len(),
        }
    }

    pub(super) fn push(&mut self, value: Value) {
        match (self, value) {
            (Self::Numbers(values), Value::Number(value)) => values.push(Some(value)),
            (Self::Bytes(values), Value::Bytes(value)) => values.push(Some(value)),
            (Self::Numbers(values), Value::Missing(Kind::Number)) => values.push(None),
            (Self::Bytes(values), Value::Missing(Kind::Bytes)) => values.push(None),
            _ => unreachable!("a row has the kinds of its fields"),
        }
    }

    pub(super) fn compare(&self, a: usize, b: usize) -> Ordering {
        match self {
            Self::Numbers(values) => values[a].cmp(&values[b]),
            Self::Bytes(values) => {
                let bytes = |n: usize| values[n].as_ref().map(ByteArray::data);
                bytes(a).cmp(&bytes(b))
            }
        }
    }

    /// The values of these rows, in this order.
    pub(super) fn take(&self, rows: &[usize]) -> Self {
        match self {
            Self::Numbers(values) => Self::Numbers(rows.iter().map(|&row| values[row]).collect()),
            Self::Bytes(values) => Self::Bytes(rows.iter().map(|&row| values[row].clone()).collect()),
        }
    }

    pub(super) fn write(&self, field: &Field, to: &mut SerializedColumnWriter<'_>) -> Result<()> {
        let levels: Option<Vec<i16>> = field.is_optional.then(|| match self {
            Self::Numbers(values) => values.iter().map(|value| value.is_some().into()).collect(),
            Self::Bytes(values) => values.iter().map(|value| value.is_some().into()).collect(),
        });
        let levels = levels.as_deref();
        match self {
            Self::Numbers(values) => {
                let values: Vec<i32> = values.iter().flatten().copied().collect();
                to.typed::<Int32Type>().write_batch(&values, levels, None)?;
            }
            Self::Bytes(values) => {
                let values: Vec<ByteArray> = values.iter().flatten().cloned().collect();
                to.typed::<ByteArrayType>().write_batch(&values, levels, None)?;
            }
        }
        Ok(())
    }

    /// Reads `rows` values more.
    pub(super) fn read(&mut self, field: &Field, reader: ColumnReader, rows: usize) -> Result<()> {
        let mut levels: Vec<i16> = Vec::new();
        match (self, reader) {
            (Self::Numbers(to), ColumnReader::Int32ColumnReader(mut reader)) => {
                let mut values = Vec::new();
                let levels_wanted = field.is_optional.then_some(&mut levels);
                reader.read_records(rows, levels_wanted, None, &mut values)?;
                spread(values, field.is_optional.then_some(&levels), rows, to)
            }
            (Self::Bytes(to), ColumnReader::ByteArrayColumnReader(mut reader)) => {
                let mut values = Vec::new();
                let levels_wanted = field.is_optional.then_some(&mut levels);
                reader.read_records(rows, levels_wanted, None, &mut values)?;
                spread(values, field.is_optional.then_some(&levels), rows, to)
            }
            _ => Err(ParquetError::General("a column is not of the kind that its schema says".to_owned())),
        }
    }
}

/// Puts the values that are there where the levels say that one is.
fn spread<T>(values: Vec<T>, levels: Option<&Vec<i16>>, rows: usize, to: &mut Vec<Option<T>>) -> Result<()> {
    let before = to.len();
    let mut values = values.into_iter();
    match levels {
        None => to.extend(values.by_ref().map(Some)),
        Some(levels) => to.extend(levels.iter().map(|level| if *level > 0 { values.next() } else { None })),
    }
    if to.len() - before == rows && values.next().is_none() {
        Ok(())
    } else {
        Err(ParquetError::EOF("a column is shorter than its row group".to_owned()))
    }
}
