//! `foretap lake`: what training reads of many simulated people.

use std::path::PathBuf;

use foretap_cli::lake::{Plan, write};
use foretap_core::habits::StartWeights;

use super::output;
use super::progress::Progress;
use crate::failure::Failure;

/// Writes a lake of simulated people: the questions to train on of each, and of every eleventh the scored ones, as features
/// files partitioned by day and by hashed person, which `foretap-models prepare --lake` reads.
///
/// People differ in how often they take up the phone, what is installed, when they work and where. No measured quality
/// comes from here. A call that was broken off goes on where it was, a shard at a time; the same arguments give the same
/// bytes.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// How many people.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    users: u32,
    /// How many days each of them lives through.
    #[arg(long, value_name = "D", default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
    /// Of everything random.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Questions of each person to train on at most, a third of each kind of moment, evenly thinned.
    #[arg(long, value_name = "K", default_value_t = 45, value_parser = clap::value_parser!(u32).range(3..=100_000))]
    queries_per_user: u32,
    /// The folder of the lake.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Prints nothing but errors.
    #[arg(long)]
    quiet: bool,
}

const EXAMPLES: &str = "Examples:
  foretap lake --users 500 --out lake                  some 200 MB
  foretap lake --users 10000 --days 14 --out lake      a quarter of an hour on two cores
  foretap-models prepare --lake lake --out cache       what a model learns from";

/// Runs the command.
///
/// # Errors
/// If another lake lies there, or a file cannot be written.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let plan = Plan {
        users: arguments.users,
        days: arguments.days,
        seed: arguments.seed,
        training_queries: usize::try_from(arguments.queries_per_user / 3).expect("32 bits"),
    };
    let written = {
        let bar = Progress::new("living through their days", u64::from(plan.users), arguments.quiet);
        write(&arguments.out, &plan, &StartWeights::default(), &|| bar.event())?
    };
    if arguments.quiet {
        return Ok(());
    }
    let before = match written.finished_before {
        0 => String::new(),
        n => format!(" ({n} shards were there already)"),
    };
    let out = arguments.out.display();
    output::print(&format!(
        "{out}: {} questions, {} people, {} shards{before}\n",
        written.questions, plan.users, written.shards
    ))
}
