//! The tables of a replay, as text of at most 120 columns.

use std::fmt::{Result, Write};

use super::outcome::Outcome;
use super::system::System;
use super::verdict::{ColdStart, Scored, Verdict};
use crate::count::{counted, grouped};
use crate::evaluate::{Confusion, HitRates, LeaveOut};
use crate::latency::Stage;

/// The whole outcome. Rates are percentages.
#[must_use]
pub fn table(outcome: &Outcome) -> String {
    let mut text = String::new();
    write(&mut text, outcome).expect("writing to a string does not fail");
    text
}

fn write(out: &mut String, outcome: &Outcome) -> Result {
    let o = outcome;
    let seen = if o.is_seen { " (LEARNED ON THIS VERY LOG: better than on anyone else's)" } else { "" };
    let notifications = if o.without_notifications { "; notifications left out" } else { "" };
    let (users, openings) = (counted(o.users as u64, "user"), counted(o.openings, "opening"));
    writeln!(out, "{} ({}): {users}, {openings}; start weights: {}{seen}{notifications}", o.log, o.format, o.weights)?;
    writeln!(out, "model: {}", o.model.as_deref().unwrap_or("none, the statistics alone"))?;
    for verdict in &outcome.verdicts {
        writeln!(out)?;
        match &verdict.scored {
            Some(scored) => systems(out, verdict, scored)?,
            None => writeln!(out, "{}", too_short(verdict))?,
        }
    }
    cold_start(out, &outcome.verdicts)?;
    judged_alone(out, &outcome.verdicts)?;
    stability(out, &outcome.verdicts)?;
    latency(out, outcome)
}

/// Why there are no scores of a task, in one sentence.
#[must_use]
pub(super) fn too_short(verdict: &Verdict) -> String {
    let LeaveOut { min_events, min_queries } = LeaveOut::TABLES;
    let (openings, queries) = verdict.most;
    format!(
        "Task {}, {}: too short to score, for no user has {min_events} openings and {min_queries} scored queries\n\
         (at most {} and {}; {} in the whole log).",
        verdict.task.letter(),
        verdict.task.title(),
        grouped(openings),
        grouped(queries),
        counted(verdict.answered, "query"),
    )
}

fn systems(out: &mut String, verdict: &Verdict, scored: &Scored) -> Result {
    let (users, queries) = (counted(scored.users as u64, "user"), counted(scored.queries, "query"));
    let left_out = match scored.left_out {
        0 => String::new(),
        n => format!("; {} left out, of too few openings", counted(n as u64, "user")),
    };
    let thinned = match scored.all_queries {
        all if all == scored.queries => String::new(),
        all => format!(" thinned from {}", grouped(all)),
    };
    writeln!(out, "Task {}, {}: {users}, {queries}{thinned}{left_out}", verdict.task.letter(), verdict.task.title())?;
    writeln!(out, "{:15}{:>46}{:>47}", "", "mean over users", "mean over queries")?;
    write!(out, "{:15}", "system")?;
    let [hr1, hr3, rest @ ..] = HitRates::NAMES;
    write!(out, "{hr1:>7}{hr3:>7} {:14}", "95 % interval")?;
    rest.iter().try_for_each(|name| write!(out, "{name:>7}"))?;
    write!(out, "   |")?;
    HitRates::NAMES.iter().try_for_each(|name| write!(out, "{name:>7}"))?;
    writeln!(out)?;
    let best = scored.best_rule(|r| r.hr3).system;
    for score in &scored.systems {
        let mark = if score.system == best { " *" } else { "" };
        write!(out, "{:15}", format!("{}{mark}", score.system.name()))?;
        let [hr1, hr3, rest @ ..] = score.rates.by_user.values();
        let interval = format!("[{:.1}, {:.1}]", score.hr3.low, score.hr3.high);
        write!(out, "{hr1:>7.1}{hr3:>7.1} {interval:14}")?;
        rest.iter().try_for_each(|rate| write!(out, "{rate:>7.1}"))?;
        write!(out, "   |")?;
        score.rates.by_query.values().iter().try_for_each(|rate| write!(out, "{rate:>7.1}"))?;
        writeln!(out)?;
    }
    writeln!(out, "* the best simple rule at HR@3. Foretap's lead in points, paired by user, with its 95 % interval:")?;
    for lead in &scored.leads {
        let p = &lead.points;
        let over = lead.over.name();
        writeln!(out, "  {} over {over:15}{:>+6.1}  [{:+.1}, {:+.1}]", lead.rate, p.mean, p.low, p.high)?;
    }
    if let Some(simple) = scored.simple {
        let share = 100.0 * simple as f64 / scored.queries as f64;
        writeln!(out, "  simple, for the router: {share:.1} % of the queries; cheap members answered them")?;
    }
    Ok(())
}

/// The systems that a beginner's first days are compared with.
fn beginners(part: &ColdStart) -> [(String, HitRates); 3] {
    let named = |system: System| (system.name().to_owned(), part.system(system).by_user);
    let (name, of_best) = named(part.best_rule_at_1());
    [named(System::Foretap), named(System::LogMix), (format!("{name} *"), of_best)]
}

fn cold_start(out: &mut String, verdicts: &[Verdict]) -> Result {
    let parts = || verdicts.iter().flat_map(|v| v.cold_start.iter().map(move |part| (v.task, part)));
    if parts().next().is_none() {
        return Ok(());
    }
    writeln!(out, "\nCold start: everyone's first openings, mean over users (* the best simple rule at HR@1)")?;
    writeln!(
        out,
        "{:6}{:10}{:>6}  {:17}{:>7}{:>7}{:>7}",
        "task", "openings", "users", "system", "HR@1", "HR@3", "HR@5"
    )?;
    for (task, part) in parts() {
        let users = part.system(System::Foretap).users.len();
        for (n, (name, rates)) in beginners(part).into_iter().enumerate() {
            let head = match n {
                0 => format!("{:6}{:10}{users:>6}", task.letter(), part.span.to_string()),
                _ => " ".repeat(22),
            };
            writeln!(out, "{head}  {name:17}{:>7.1}{:>7.1}{:>7.1}", rates.hr1, rates.hr3, rates.hr5)?;
        }
    }
    Ok(())
}

fn judged_alone(out: &mut String, verdicts: &[Verdict]) -> Result {
    if verdicts.iter().all(|verdict| verdict.scored.is_none()) {
        return Ok(());
    }
    writeln!(
        out,
        "\nForetap as a classifier of candidates, and the calibration of its first suggestion (shares, 0 to 1)"
    )?;
    let names = ["accuracy", "precision", "recall", "F1", "TP", "FP", "FN", "TN", "AUC-ROC", "ECE"];
    write!(out, "{:8}", "task")?;
    names.iter().try_for_each(|name| write!(out, "{name:>10}"))?;
    writeln!(out)?;
    for verdict in verdicts {
        let Some(scored) = &verdict.scored else { continue };
        let c = &scored.classification;
        let letter = verdict.task.letter();
        confusion(out, &format!("{letter} @1"), &c.at_1)?;
        writeln!(out, "{:>10}{:>10}", share(c.roc.auc()), share(scored.calibration.ece()))?;
        confusion(out, &format!("{letter} @3"), &c.at_3)?;
        writeln!(out)?;
    }
    Ok(())
}

fn confusion(out: &mut String, name: &str, c: &Confusion) -> Result {
    write!(out, "{name:8}")?;
    [c.accuracy(), c.precision(), c.recall(), c.f1()].iter().try_for_each(|share| write!(out, "{share:>10.3}"))?;
    [c.tp, c.fp, c.fn_, c.tn].iter().try_for_each(|&count| write!(out, "{:>10}", grouped(count)))
}

fn stability(out: &mut String, verdicts: &[Verdict]) -> Result {
    for (n, (task, s)) in verdicts.iter().filter_map(|v| Some((v.task, v.stability.as_ref()?))).enumerate() {
        if n == 0 {
            writeln!(out, "\nStability: HR@3 of each day of use after day 14, all users together")?;
            writeln!(out, "{:8}{:>6}{:>8}{:>12}{:>18}", "task", "days", "mean", "deviation", "points per day")?;
        }
        let letter = task.letter();
        writeln!(out, "{letter:8}{:>6}{:>8.1}{:>12.1}{:>+18.2}", s.days.len(), s.mean, s.deviation, s.slope)?;
    }
    Ok(())
}

fn latency(out: &mut String, outcome: &Outcome) -> Result {
    let latency = &outcome.latency;
    let total = ("total", latency.total());
    let stages = Stage::ALL.map(|stage| (stage.name(), latency.stage(stage)));
    for (n, (name, durations)) in [total].into_iter().chain(stages).enumerate() {
        let (Some(p50), Some(p99)) = (durations.percentile_us(0.5), durations.percentile_us(0.99)) else { continue };
        if n == 0 {
            writeln!(out, "\nLatency of a prediction in microseconds, {}", counted(durations.count(), "query"))?;
            writeln!(out, "{:12}{:>9}{:>9}", "stage", "p50", "p99")?;
        }
        writeln!(out, "{name:12}{p50:>9.1}{p99:>9.1}")?;
    }
    Ok(())
}

/// A share with three digits, `-` where there is none.
pub(super) fn share(share: Option<f64>) -> String {
    share.map_or_else(|| "-".into(), |share| format!("{share:.3}"))
}
