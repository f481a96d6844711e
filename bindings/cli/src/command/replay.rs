//! `foretap replay`: a log played back against every system.

use std::path::PathBuf;
use std::time::Instant;

use foretap_cli::policy::{self, OffPolicy, Policy};
use foretap_cli::replay::{Outcome, Playback, Witness, html, json, table};
use foretap_core::habits::{Habits, Query};
use foretap_core::ranking::rank;
use foretap_core::{Controls, Event, Model, Request};

use super::chosen::Chosen;
use super::output;
use super::progress::Progress;
use super::source::Source;
use crate::failure::Failure;

/// Plays a log back and prints how good the predictions would have been, beside the usual simple rules.
///
/// Every opening is predicted from the openings before it, then learned. The last 30 % of everyone's log are scored:
/// A the next app, B the first app after an unlock, C the first one that differs from the app used before the lock.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    chosen: Chosen,
    /// Estimates how these policies' rows would have done, from the rows that the log says were shown.
    ///
    /// Needs impressions with propensities, as `Request::exploring` gives them: rows in which now and then something else
    /// was shown. A policy is the name of a system of the tables, as mru, rank_frecency, mixer, model or foretap, or `logged`
    /// for the rows that were shown. The reward of a row is an opening from it. DM is the direct method, a model of
    /// rewards; IPS inverse propensity scores; SNIPS the same, normalised; DR doubly robust, the one to believe.
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    policy: Vec<Policy>,
    /// Writes all numbers as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Writes a report with charts: one HTML page that needs nothing else.
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    /// The seed of the confidence intervals.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

const EXAMPLES: &str = "Systems in the tables:
  mfu, mru                  most used, most recently used
  return                    the one before the current one
  markov1, ppm3             what follows the current one, the last three
  frecency_*                openings with a half life of hours, days or openings
  rank_frecency             share of openings by openings since the last
  last250, hour             counts of the last 250 openings, of this hour
  logmix, mixer             the mixer with nothing shipped, with what is shipped
  model, foretap            the model alone, all of it

Examples:
  foretap replay month.csv.gz --report month.html
  foretap replay phone.txt --format dumpsys --utc-offset-min 60
  foretap replay month.csv.gz --json month.json --quiet
  foretap replay month.csv.gz --weights neutral --without-notifications
  foretap replay shown.csv.gz --policy logged,foretap,mru,rank_frecency

The plain CSV, one event a row:
  user,at_ms,utc_offset_min,kind,item,place,network,battery,charging
  me,1770000000000,60,unlock,,home-cell,wifi,80,0
  me,1770000001500,60,launch,mail,home-cell,wifi,80,0
  at_ms      UTC epoch milliseconds
  kind       launch, close, unlock, lock, home, notification, notification_cleared, impression, dismiss, install, uninstall
  place      any token
  network    wifi, 5g, 4g, 3g, cellular, offline
  battery    percent; charging 0 or 1; empty is unknown
  The first five columns are needed. There may also be label (home, work, commute, other), access_point, audio (phone,
  headphones, car, speaker), profile (0 is the main one) and, for impressions, surface, position and propensity; for
  launches from a row of predictions its surface and position.";

/// Runs the command.
///
/// # Errors
/// If the log or the weights cannot be used, or a file cannot be written.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    arguments
        .json
        .iter()
        .chain(&arguments.report)
        .try_for_each(|path| output::check(path, &[arguments.source.path()]))?;
    let quiet = arguments.source.quiet;
    let log = arguments.source.read()?;
    let people: Vec<(&str, &[Event])> = log.users.iter().map(|u| (u.user.as_str(), u.events.as_slice())).collect();
    let count: u64 = people.iter().map(|(_, events)| events.len() as u64).sum();
    let start = arguments.chosen.start(&log, quiet)?;
    let groups = arguments.chosen.groups(&log)?;
    if !arguments.policy.is_empty() {
        OffPolicy::check(&people)?;
    }
    let playback = {
        let bar = Progress::new("playing the log back", count, quiet);
        Playback::of(&people, &start, &|n| Watch { bar: &bar, begun: Instant::now(), model: start.model_of(n) })
    };
    let asked = (!arguments.policy.is_empty()).then(|| OffPolicy::of(&people, &start, &arguments.policy));
    let off_policy = asked.transpose()?;
    let mut outcome = Outcome::of(log, &start, playback, arguments.source.without_notifications, arguments.seed);
    if let Some(groups) = &groups {
        outcome = outcome.in_groups(groups);
    }
    if let Some(path) = &arguments.json {
        let mut numbers = json(&outcome);
        if let Some(off_policy) = &off_policy {
            numbers["off_policy"] = policy::json(off_policy);
        }
        output::write(path, &format!("{numbers:#}\n"))?;
    }
    if let Some(path) = &arguments.report {
        output::write(path, &html(&outcome))?;
    }
    if quiet {
        return Ok(());
    }
    let policies = off_policy.map(|off_policy| format!("\n{}", policy::table(&off_policy)));
    output::print(&(table(&outcome) + &policies.unwrap_or_default()))
}

/// Moves the progress bar, and has every question answered as a phone would, to time it.
struct Watch<'a> {
    bar: &'a Progress,
    begun: Instant,
    model: Option<&'a Model>,
}

impl Witness for Watch<'_> {
    fn asked(&mut self, habits: &Habits, query: &Query<'_>) -> Option<[u64; 4]> {
        let request = Request::at(query.moment, query.now).in_context(query.context.clone());
        let clock_ns = || u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        Some(rank(habits, self.model, &Controls::default(), &request, &clock_ns).stages.in_order_ns())
    }

    fn played(&mut self, _: &Event) {
        self.bar.event();
    }
}
