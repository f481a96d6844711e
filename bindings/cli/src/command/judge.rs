//! `foretap judge`: answers that were computed elsewhere, judged as `foretap replay` judges its own.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use foretap_cli::answers::Answers;
use foretap_cli::evaluate::Part;
use foretap_cli::groups::Groups;
use foretap_cli::judge::{Judgement, Rules, json, table};

use super::output;
use crate::failure::Failure;

/// Judges what ranking systems answered: hit rates, leads with intervals, calibration, classification, stability.
///
/// Who counts, how queries are thinned and how every figure is computed is as in `foretap replay`; the models' training
/// judges by this command alone.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The answers: Parquet, one row for each candidate of each query.
    #[arg(value_name = "ANSWERS.parquet")]
    answers: PathBuf,
    /// The system that the others are compared with; the first in the file by default.
    #[arg(long, value_name = "SYSTEM")]
    against: Option<String>,
    /// Which part of everyone's log counts: all that was answered, the last 30 % (scored), its first half (validation) or
    /// its second (test).
    #[arg(long, value_name = "PART", default_value = "all", value_parser = parts())]
    part: Part,
    /// Judges each group of this table on its own as well, as `foretap groups` writes one.
    #[arg(long, value_name = "GROUPS.tsv")]
    groups: Option<PathBuf>,
    /// Writes all numbers as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// The seed of the confidence intervals.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Prints nothing but errors.
    #[arg(long)]
    quiet: bool,
}

const EXAMPLES: &str = "Examples:
  foretap judge answers.parquet --against mixer
  foretap judge answers.parquet --part test --json scores.json --quiet

Columns: person, moment (0 next, 1 unlock, 2 unlock_or_resume), day, place, mixer_rank (INT32), query, opening,
openings (INT64), is_target (BOOLEAN), and for each system score.<name> and, if it has any, probabilities p.<name>
(FLOAT). The rows of a query stand together, in the mixer's order. The target of rank 0 was no candidate.";

fn parts() -> impl TypedValueParser<Value = Part> {
    let named = |name: String| Part::ALL.into_iter().find(|part| part.name() == name).expect("one of the names");
    PossibleValuesParser::new(Part::ALL.map(Part::name)).map(named)
}

/// Runs the command.
///
/// # Errors
/// If the answers or the groups cannot be used, or a file cannot be written.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    arguments.json.iter().try_for_each(|path| output::check(path, &[&arguments.answers]))?;
    let groups = arguments.groups.as_deref().map(Groups::read).transpose()?;
    let answers = Answers::read(&arguments.answers)?;
    let rules = Rules {
        against: arguments.against.as_deref(),
        part: arguments.part,
        groups: groups.as_ref(),
        seed: arguments.seed,
    };
    let judgement = Judgement::of(&answers, rules)?;
    if let Some(path) = &arguments.json {
        output::write(path, &format!("{:#}\n", json(&judgement)))?;
    }
    if arguments.quiet { Ok(()) } else { output::print(&table(&judgement)) }
}
