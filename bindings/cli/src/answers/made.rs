//! Answers files for tests.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use foretap_core::habits::SHORTLIST;
use parquet::basic::{Repetition, Type as Physical};
use parquet::data_type::{BoolType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

/// The values of a column.
#[derive(Debug, Clone)]
pub(crate) enum Values {
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Bool(Vec<bool>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    /// Of a column whose cells may be empty.
    Optional(Vec<Option<f32>>),
}

/// Columns by name, in order.
pub(crate) type Table = Vec<(String, Values)>;

/// A query, and what each system says of its candidates, in the mixer's order.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) person: i32,
    pub(crate) moment: i32,
    pub(crate) opening: i64,
    pub(crate) openings: i64,
    pub(crate) day: i32,
    pub(crate) mixer_rank: i32,
    pub(crate) scores: Vec<Vec<f32>>,
}

/// A table of queries; the systems are named, and those of `sure` have probabilities, which are their scores.
pub(crate) fn table(systems: &[&str], sure: &[&str], queries: &[Made]) -> Table {
    let rows = || queries.iter().zip(0_i64..).flat_map(|(q, n)| (0..q.scores[0].len()).map(move |place| (q, n, place)));
    let small = |of: fn(&Made) -> i32| Values::Int32(rows().map(|(q, ..)| of(q)).collect());
    let number = |place: usize| i32::try_from(place).expect("small");
    let is_target = |q: &Made, place: usize| place < SHORTLIST && q.mixer_rank == number(place) + 1;
    let fixed = [
        ("person", small(|q| q.person)),
        ("moment", small(|q| q.moment)),
        ("query", Values::Int64(rows().map(|(_, n, _)| n).collect())),
        ("opening", Values::Int64(rows().map(|(q, ..)| q.opening).collect())),
        ("openings", Values::Int64(rows().map(|(q, ..)| q.openings).collect())),
        ("day", small(|q| q.day)),
        ("place", Values::Int32(rows().map(|(_, _, place)| number(place)).collect())),
        ("is_target", Values::Bool(rows().map(|(q, _, place)| is_target(q, place)).collect())),
        ("mixer_rank", small(|q| q.mixer_rank)),
    ];
    let mut table: Table = fixed.map(|(name, values)| (name.to_owned(), values)).into();
    for (n, name) in systems.iter().enumerate() {
        let scores: Vec<f32> = rows().map(|(q, _, place)| q.scores[n][place]).collect();
        table.push((format!("score.{name}"), Values::Float(scores.clone())));
        if sure.contains(name) {
            table.push((format!("p.{name}"), Values::Float(scores)));
        }
    }
    table
}

/// Writes a table, with so many rows in a row group.
pub(crate) fn write(path: &Path, table: &Table, rows_a_group: usize) {
    let field = |(name, values): &(String, Values)| {
        let (kind, repetition) = match values {
            Values::Int32(_) => (Physical::INT32, Repetition::REQUIRED),
            Values::Int64(_) => (Physical::INT64, Repetition::REQUIRED),
            Values::Bool(_) => (Physical::BOOLEAN, Repetition::REQUIRED),
            Values::Float(_) => (Physical::FLOAT, Repetition::REQUIRED),
            Values::Double(_) => (Physical::DOUBLE, Repetition::REQUIRED),
            Values::Optional(_) => (Physical::FLOAT, Repetition::OPTIONAL),
        };
        Arc::new(Type::primitive_type_builder(name, kind).with_repetition(repetition).build().expect("a field"))
    };
    let fields = table.iter().map(field).collect();
    let schema = Type::group_type_builder("answers").with_fields(fields).build().expect("a schema");
    let file = File::create(path).expect("writable");
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), properties).expect("a writer");
    let rows = rows(table);
    for from in (0..rows).step_by(rows_a_group) {
        let range = from..rows.min(from + rows_a_group);
        let mut group = writer.next_row_group().expect("a row group");
        for (_, values) in table {
            let mut column = group.next_column().expect("writable").expect("as many as fields");
            let written = match values {
                Values::Int32(of) => column.typed::<Int32Type>().write_batch(&of[range.clone()], None, None),
                Values::Int64(of) => column.typed::<Int64Type>().write_batch(&of[range.clone()], None, None),
                Values::Bool(of) => column.typed::<BoolType>().write_batch(&of[range.clone()], None, None),
                Values::Float(of) => column.typed::<FloatType>().write_batch(&of[range.clone()], None, None),
                Values::Double(of) => column.typed::<DoubleType>().write_batch(&of[range.clone()], None, None),
                Values::Optional(of) => {
                    let of = &of[range.clone()];
                    let levels: Vec<i16> = of.iter().map(|cell| i16::from(cell.is_some())).collect();
                    let there: Vec<f32> = of.iter().flatten().copied().collect();
                    column.typed::<FloatType>().write_batch(&there, Some(&levels), None)
                }
            };
            written.expect("writable");
            column.close().expect("writable");
        }
        group.close().expect("writable");
    }
    writer.close().expect("writable");
}

fn rows(table: &Table) -> usize {
    table.first().map_or(0, |(_, values)| match values {
        Values::Int32(of) => of.len(),
        Values::Int64(of) => of.len(),
        Values::Bool(of) => of.len(),
        Values::Float(of) => of.len(),
        Values::Double(of) => of.len(),
        Values::Optional(of) => of.len(),
    })
}
