//! A column of a row group, of one of the five kinds that a features file has.

use foretap_core::habits::PAST;
use parquet::basic::Type as Physical;
use parquet::data_type::{
    BoolType, ByteArray, FixedLenByteArray, FixedLenByteArrayType, FloatType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedColumnWriter;

/// The values of a column that wait.
pub(super) enum Column {
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Bool(Vec<bool>),
    Float(Vec<f32>),
    History(Vec<FixedLenByteArray>),
}

/// A value of a column.
pub(super) enum Cell {
    Int32(i32),
    Int64(i64),
    Bool(bool),
    Float(f32),
    History(History),
}

/// A question's last openings: three bytes each, the oldest first.
pub(super) type History = [u8; 3 * PAST];

impl Column {
    pub(super) fn new(kind: Physical) -> Self {
        match kind {
            Physical::INT32 => Self::Int32(Vec::new()),
            Physical::INT64 => Self::Int64(Vec::new()),
            Physical::BOOLEAN => Self::Bool(Vec::new()),
            Physical::FIXED_LEN_BYTE_ARRAY => Self::History(Vec::new()),
            _ => Self::Float(Vec::new()),
        }
    }

    pub(super) const fn kind(&self) -> Physical {
        match self {
            Self::Int32(_) => Physical::INT32,
            Self::Int64(_) => Physical::INT64,
            Self::Bool(_) => Physical::BOOLEAN,
            Self::Float(_) => Physical::FLOAT,
            Self::History(_) => Physical::FIXED_LEN_BYTE_ARRAY,
        }
    }

    /// How many bytes a value of a fixed length has; -1, as Parquet writes it, for other kinds.
    pub(super) fn length(&self) -> i32 {
        match self {
            Self::History(_) => i32::try_from(3 * PAST).expect("96 fits"),
            _ => -1,
        }
    }

    pub(super) fn push(&mut self, cell: Cell) {
        match (self, cell) {
            (Self::Int32(column), Cell::Int32(value)) => column.push(value),
            (Self::Int64(column), Cell::Int64(value)) => column.push(value),
            (Self::Bool(column), Cell::Bool(value)) => column.push(value),
            (Self::Float(column), Cell::Float(value)) => column.push(value),
            (Self::History(column), Cell::History(value)) => column.push(ByteArray::from(value.to_vec()).into()),
            _ => unreachable!("the fixed columns are written in the order of FIXED"),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Int32(column) => column.is_empty(),
            Self::Int64(column) => column.is_empty(),
            Self::Bool(column) => column.is_empty(),
            Self::Float(column) => column.is_empty(),
            Self::History(column) => column.is_empty(),
        }
    }

    pub(super) fn clear(&mut self) {
        match self {
            Self::Int32(column) => column.clear(),
            Self::Int64(column) => column.clear(),
            Self::Bool(column) => column.clear(),
            Self::Float(column) => column.clear(),
            Self::History(column) => column.clear(),
        }
    }

    pub(super) fn write(&self, to: &mut SerializedColumnWriter<'_>) -> Result<usize, ParquetError> {
        match self {
            Self::Int32(column) => to.typed::<Int32Type>().write_batch(column, None, None),
            Self::Int64(column) => to.typed::<Int64Type>().write_batch(column, None, None),
            Self::Bool(column) => to.typed::<BoolType>().write_batch(column, None, None),
            Self::Float(column) => to.typed::<FloatType>().write_batch(column, None, None),
            Self::History(column) => to.typed::<FixedLenByteArrayType>().write_batch(column, None, None),
        }
    }
}
