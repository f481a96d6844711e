//! `foretap slots`: how much a row moves, and what it costs to let it move less.

use std::fmt::Write;
use std::path::PathBuf;

use foretap_cli::steadiness::{Steadied, steadiness};
use foretap_core::Event;
use foretap_core::config::MOVE_COST;
use serde_json::json;

use super::chosen::Chosen;
use super::output;
use super::progress::Progress;
use super::source::Source;
use crate::failure::Failure;

/// Shows a row at every unlock of a log and counts, for several costs of moving, how often it has the app that is opened
/// next and how often its slots change.
///
/// The last 30 % of everyone's log count: C, the first app after an unlock that differs from the one used before the lock.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    chosen: Chosen,
    /// How many slots the row has.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=12))]
    slots: u8,
    /// The costs to compare, in chances of being opened, 0 to 1.
    #[arg(long, value_name = "COST", value_delimiter = ',', value_parser = cost,
          default_values_t = [0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1])]
    costs: Vec<f64>,
    /// Writes the numbers as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

const EXAMPLES: &str = "Examples:
  foretap slots month.csv.gz
  foretap slots phones.csv.gz --slots 5 --costs 0,0.02,0.05";

fn cost(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|cost| (0.0..=1.0).contains(cost)).ok_or_else(|| "not a number from 0 to 1".to_owned())
}

/// Runs the command.
///
/// # Errors
/// If the log or the model cannot be used, a file cannot be written, or nobody has enough unlocks.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    arguments.json.iter().try_for_each(|path| output::check(path, &[arguments.source.path()]))?;
    let quiet = arguments.source.quiet;
    let log = arguments.source.read()?;
    let start = arguments.chosen.start(&log, quiet)?;
    let people: Vec<&[Event]> = log.users.iter().map(|user| user.events.as_slice()).collect();
    let count: u64 = people.iter().map(|events| events.len() as u64).sum();
    let found = {
        let bar = Progress::new("showing rows", count, quiet);
        steadiness(&people, &start, arguments.slots.into(), &arguments.costs, &|| bar.event())
    };
    let found =
        found.ok_or_else(|| Failure::Argument(format!("{}: nobody has 200 openings and 30 unlocks", log.name)))?;
    if let Some(path) = &arguments.json {
        output::write(path, &format!("{:#}\n", as_json(&found)))?;
    }
    if quiet { Ok(()) } else { output::print(&table(&found, arguments.slots)) }
}

fn table(found: &Steadied, slots: u8) -> String {
    let mut text =
        format!("a row of {slots} at {} unlocks of {} people; means over people\n\n", found.unlocks, found.people);
    text += "  cost   in the row %   first slot %   slots changed a day   items moved a day   row unchanged %\n";
    for line in &found.lines {
        let default = if line.move_cost == MOVE_COST { "   the default" } else { "" };
        let _ = writeln!(
            text,
            "{:>6.3} {:>14.1} {:>14.1} {:>21.1} {:>19.1} {:>17.1}{default}",
            line.move_cost, line.hit_rate, line.first_slot, line.changes_a_day, line.moves_a_day, line.unchanged
        );
    }
    text
}

fn as_json(found: &Steadied) -> serde_json::Value {
    let line = |line: &foretap_cli::steadiness::Steadiness| {
        json!({
            "move_cost": line.move_cost, "hit_rate": line.hit_rate, "first_slot": line.first_slot,
            "changes_a_day": line.changes_a_day, "moves_a_day": line.moves_a_day, "unchanged": line.unchanged,
        })
    };
    json!({ "people": found.people, "unlocks": found.unlocks, "costs": found.lines.iter().map(line).collect::<Vec<_>>() })
}
