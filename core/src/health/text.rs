//! The report for people.

use std::fmt::{Display, Formatter, Result};

use super::{Drift, Found, Health, HitRate, LogHealth, ModelHealth, MomentHealth, Quantiles, Score};

impl Display for Health {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}", self.log)?;
        let habits = &self.habits;
        writeln!(f, "Habits  {} openings of {} items in {} sessions", habits.openings, habits.items, habits.sessions)?;
        writeln!(f, "Model   {}", self.model)?;
        let trust = |health: &MomentHealth| health.trust.map(|trust| format!("{} {trust:.2}", health.moment.name()));
        let trust: Vec<String> = self.moments.iter().filter_map(trust).collect();
        if !trust.is_empty() {
            writeln!(f, "        trusted, of 1.5: {}", trust.join(", "))?;
        }
        rates(f, &self.moments)?;
        drifts(f, self)?;
        let answers = &self.answers;
        let all = answers.host_order + answers.mixer + answers.model;
        writeln!(f, "\nRankings  {all}")?;
        writeln!(
            f,
            "  answered by the model {}, by the mixer {}, in the host's order {}; {} of them prepared ahead",
            answers.model, answers.mixer, answers.host_order, answers.prepared
        )?;
        latency(f, self)
    }
}

impl Display for LogHealth {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let found = match self.found {
            Found::Nothing => "new",
            Found::Log => "opened",
            Found::Damage => "new, for the one before was damaged and set aside",
            Found::Loss => "new, for the one before was gone",
        };
        writeln!(f, "Log     {} events in {:.1} MiB, {found}", self.events, self.bytes as f64 / 1_048_576.0)?;
        if let (Some(age), Some(quiet)) = (self.age_days, self.quiet_days) {
            writeln!(f, "        the oldest {} ago, the newest {} ago", days(age), days(quiet))?;
        }
        writeln!(f, "        {} purged, {} resets", self.purged, self.resets)
    }
}

impl Display for ModelHealth {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Active { name } => write!(f, "{name}"),
            Self::Refused { reason } => write!(f, "refused, the statistics answer alone: {reason}"),
            Self::Off => write!(f, "none wanted, the statistics answer alone"),
        }
    }
}

impl Display for Drift {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Measured { psi, band } => write!(f, "{psi:.3}  {}", band.name()),
            Self::TooFew { recent, before, needed } => {
                write!(f, "too few questions: {recent} and {before}, of {needed} each")
            }
        }
    }
}

fn rates(f: &mut Formatter<'_>, moments: &[MomentHealth]) -> Result {
    writeln!(
        f,
        "\nHit rates, percent: what was opened was the first prediction (HR@1), or among the first three (HR@3)"
    )?;
    writeln!(
        f,
        "  {:16}  {:>4}  {:>9}  {:>5}  {:>5}  {:>6}  {:21}  {:>6}  {:>11}",
        "moment", "days", "questions", "HR@1", "HR@3", "mixer", "best rule", "ahead", "calibration"
    )?;
    for health in moments {
        row(f, health.moment.name(), 7, &health.week)?;
        row(f, "", 30, &health.month)?;
    }
    writeln!(
        f,
        "  mixer, best rule and ahead are HR@3; calibration: mean probability of the first prediction less HR@1"
    )
}

fn row(f: &mut Formatter<'_>, moment: &str, days: u32, score: &Score) -> Result {
    write!(f, "  {moment:16}  {days:>4}  {:>9}", score.questions)?;
    let Some(rates) = &score.rates else { return writeln!(f, "  nothing was asked") };
    let HitRate { at_1, at_3 } = rates.foretap;
    writeln!(
        f,
        "  {:>5.1}  {:>5.1}  {:>6.1}  {:15} {:>5.1}  {:>+6.1}  {:>+11.3}",
        100.0 * at_1,
        100.0 * at_3,
        100.0 * rates.mixer.at_3,
        rates.best_rule.name(),
        100.0 * rates.best().at_3,
        100.0 * rates.ahead,
        rates.calibration_error
    )
}

fn drifts(f: &mut Formatter<'_>, health: &Health) -> Result {
    writeln!(f, "\nDrift, the last 7 days against the 23 before (population stability index)")?;
    let inputs = health.inputs.iter().map(|input| (format!("input {}", input.input.name()), input.drift));
    let of_moment = |health: &MomentHealth| {
        let name = health.moment.name();
        [(format!("probability, {name}"), health.probability), (format!("rank, {name}"), health.rank)]
    };
    for (name, drift) in inputs.chain(health.moments.iter().flat_map(of_moment)) {
        writeln!(f, "  {name:29}  {drift}")?;
    }
    Ok(())
}

fn latency(f: &mut Formatter<'_>, health: &Health) -> Result {
    let latency = &health.latency;
    writeln!(f, "\nLatency in microseconds       p50       p95       p99  rankings")?;
    for (name, quantiles) in [
        ("total", latency.total),
        ("retrieval", latency.retrieval),
        ("features", latency.features),
        ("inference", latency.inference),
        ("formatting", latency.formatting),
        ("prepared ahead", latency.prepared),
    ] {
        let Quantiles { count, p50_ns, p95_ns, p99_ns } = quantiles;
        let [p50, p95, p99] =
            [p50_ns, p95_ns, p99_ns].map(|ns| ns.map_or("-".to_owned(), |ns| format!("{:.1}", us(ns))));
        writeln!(f, "  {name:22}  {p50:>8}  {p95:>8}  {p99:>8}  {count:>8}")?;
    }
    let most = latency.octaves.iter().map(|octave| octave.rankings).max().unwrap_or(0);
    for octave in &latency.octaves {
        let bar = usize::try_from(octave.rankings * BAR / most.max(1)).unwrap_or(0);
        let (from, below) = (us(octave.from_ns), us(octave.below_ns));
        let line = format!("  {from:>10.1} to {below:>9.1}  {:>8}  {}", octave.rankings, "#".repeat(bar));
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}

/// The longest bar of the histogram.
const BAR: u64 = 40;

fn us(ns: u64) -> f64 {
    ns as f64 / 1e3
}

fn days(days: u64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}
