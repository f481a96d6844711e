//! The rows of a batch, as the lake has them.

use foretap_core::habits::Moment;
use foretap_core::upload::{QUESTIONS, Report, Sample};
use parquet::data_type::ByteArray;

use super::column::{Field, Kind, Value};
use super::table::{OPENED, OTHER, PSEUDONYM, Table};

/// The two tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rows {
    /// Unlocks.
    Samples,
    /// Days in noisy numbers.
    Reports,
}

impl Rows {
    /// As in paths.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Samples => "samples",
            Self::Reports => "reports",
        }
    }

    /// A table without rows.
    pub(crate) fn table(self) -> Table {
        let field = |name: &str, kind, is_optional| Field { name: name.to_owned(), kind, is_optional };
        let (number, bytes) = (Kind::Number, Kind::Bytes);
        let mut fields =
            vec![field(PSEUDONYM, bytes, false), field("week", number, false), field("model", bytes, true)];
        match self {
            Self::Samples => fields.extend([
                field("feature_schema", bytes, false),
                field("moment", number, false),
                field("part_of_day", number, false),
                field(OPENED, bytes, false),
                field(OTHER, bytes, false),
            ]),
            Self::Reports => fields.extend(QUESTIONS.iter().map(|question| field(question.name, number, false))),
        }
        Table::new(fields)
    }
}

/// The row of a sample.
pub(crate) fn sample(sample: &Sample) -> [Value; 8] {
    let moment = match sample.moment {
        Moment::Next => 0,
        Moment::Unlock => 1,
        Moment::UnlockOrResume => 2,
    };
    [
        bytes(sample.pseudonym.bytes()),
        week(sample.week),
        model(sample.model),
        bytes(&sample.feature_schema),
        Value::Number(moment),
        Value::Number(sample.part_of_day as i32),
        bytes(&sample.opened),
        bytes(&sample.other),
    ]
}

/// The row of a report.
pub(crate) fn report(report: &Report) -> Vec<Value> {
    let answers = report.answers.iter().map(|answer| Value::Number((*answer).into()));
    [bytes(report.pseudonym.bytes()), week(report.week), model(report.model)].into_iter().chain(answers).collect()
}

fn bytes(bytes: &[u8]) -> Value {
    Value::Bytes(ByteArray::from(bytes.to_vec()))
}

fn model(sum: Option<[u8; 32]>) -> Value {
    sum.map_or(Value::Missing(Kind::Bytes), |sum| bytes(&sum))
}

fn week(week: foretap_core::upload::Week) -> Value {
    Value::Number(i32::try_from(week.number()).expect("six digits"))
}
