//! Which column of an answers file is where.

use parquet::basic::Type as Physical;
use parquet::schema::types::SchemaDescriptor;

use super::error::AnswersFault;

/// The columns before those of the systems.
pub(super) const FIXED: [(&str, Physical); 9] = [
    ("person", Physical::INT32),
    ("moment", Physical::INT32),
    ("query", Physical::INT64),
    ("opening", Physical::INT64),
    ("openings", Physical::INT64),
    ("day", Physical::INT32),
    ("place", Physical::INT32),
    ("is_target", Physical::BOOLEAN),
    ("mixer_rank", Physical::INT32),
];
const SCORE: &str = "score.";
const PROBABILITY: &str = "p.";

/// Where the columns are.
#[derive(Debug)]
pub(super) struct Columns {
    /// Of [`FIXED`].
    pub(super) fixed: [usize; FIXED.len()],
    /// Of the systems, in the order of their scores.
    pub(super) of_systems: Vec<OfSystem>,
}

/// The columns of one system.
#[derive(Debug)]
pub(super) struct OfSystem {
    name: String,
    pub(super) score: usize,
    pub(super) probability: Option<usize>,
}

impl OfSystem {
    pub(super) fn score_name(&self) -> String {
        format!("{SCORE}{}", self.name)
    }

    pub(super) fn probability_name(&self) -> String {
        format!("{PROBABILITY}{}", self.name)
    }
}

impl Columns {
    /// Finds every column, of the type that it must have, and none besides.
    pub(super) fn of(schema: &SchemaDescriptor) -> Result<Self, AnswersFault> {
        let names: Vec<String> = schema.columns().iter().map(|column| column.path().string()).collect();
        let find = |name: &str, kind: Physical| {
            let at = names.iter().position(|n| n == name);
            let at = at.ok_or_else(|| AnswersFault::MissingColumn { column: name.to_owned() })?;
            let column = schema.column(at);
            let is_flat = column.max_rep_level() == 0 && column.path().parts().len() == 1;
            if is_flat && column.physical_type() == kind {
                return Ok(at);
            }
            Err(AnswersFault::ColumnType { column: name.to_owned(), must_be: word(kind) })
        };
        let mut fixed = [0; FIXED.len()];
        for (at, (name, kind)) in fixed.iter_mut().zip(FIXED) {
            *at = find(name, kind)?;
        }
        let scored = names.iter().filter_map(|name| name.strip_prefix(SCORE)).filter(|name| !name.is_empty());
        let of_system = |name: &str| {
            let probability = format!("{PROBABILITY}{name}");
            let has = names.contains(&probability);
            Ok(OfSystem {
                name: name.to_owned(),
                score: find(&format!("{SCORE}{name}"), Physical::FLOAT)?,
                probability: has.then(|| find(&probability, Physical::FLOAT)).transpose()?,
            })
        };
        let of_systems = scored.map(of_system).collect::<Result<Vec<_>, _>>()?;
        if of_systems.is_empty() {
            return Err(AnswersFault::MissingColumn { column: format!("{SCORE}<system>") });
        }
        let is_known = |at: usize| {
            let of_system = |s: &OfSystem| s.score == at || s.probability == Some(at);
            fixed.contains(&at) || of_systems.iter().any(of_system)
        };
        // What is there twice is found once, so the second one is none of these.
        if let Some(at) = (0..names.len()).find(|&at| !is_known(at)) {
            return Err(AnswersFault::UnknownColumn { column: names[at].clone() });
        }
        Ok(Self { fixed, of_systems })
    }

    /// The systems' names.
    pub(super) fn systems(&self) -> Vec<String> {
        self.of_systems.iter().map(|system| system.name.clone()).collect()
    }
}

/// A type, as its column's error says it.
const fn word(kind: Physical) -> &'static str {
    match kind {
        Physical::INT32 => "INT32",
        Physical::INT64 => "INT64",
        Physical::BOOLEAN => "BOOLEAN",
        _ => "FLOAT",
    }
}
