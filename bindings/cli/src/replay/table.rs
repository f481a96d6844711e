//! The tables of a replay, as text of at most 120 columns.

use std::fmt::{Result, Write};

use super::by_group::RULE;
use super::outcome::Outcome;
use super::system::System;
use super::verdict::{ColdStart, Scored, Verdict};
use crate::count::{counted, grouped};
use crate::evaluate::{GroupLead, HitRates, LeaveOut, text};
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
    groups(out, outcome)?;
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
    text::rate_heads(out)?;
    let best = scored.best_rule(|r| r.hr3).system;
    for score in &scored.systems {
        let mark = if score.system == best { " *" } else { "" };
        text::rates(out, &format!("{}{mark}", score.system.name()), &score.rates, &score.hr3)?;
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

fn groups(out: &mut String, outcome: &Outcome) -> Result {
    let rule = RULE.name();
    for (n, group) in outcome.groups.iter().enumerate() {
        if n == 0 {
            writeln!(
                out,
                "\nGroups of people held out together: HR@3, and Foretap's lead over {rule} in points, paired by user"
            )?;
            writeln!(
                out,
                "{:6}{:14}{:>6}{:>9}{rule:>15}  lead and its 95 % interval",
                "task", "group", "users", "foretap"
            )?;
        }
        write!(out, "{:6}{:14}", group.task.letter(), group.group)?;
        match &group.lead {
            None => writeln!(out, "     -  nobody has enough openings and queries")?,
            Some(lead) => {
                let GroupLead { users, ours, theirs, points: p } = lead;
                writeln!(out, "{users:>6}{ours:>9.1}{theirs:>15.1}  {:+.1} [{:+.1}, {:+.1}]", p.mean, p.low, p.high)?;
            }
        }
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
    text::decision_heads(out, "task", TASK_WIDTH)?;
    for verdict in verdicts {
        let Some(scored) = &verdict.scored else { continue };
        let letter = verdict.task.letter();
        text::decisions(out, letter, TASK_WIDTH, &scored.classification, scored.calibration.ece())?;
    }
    Ok(())
}

fn stability(out: &mut String, verdicts: &[Verdict]) -> Result {
    for (n, (task, s)) in verdicts.iter().filter_map(|v| Some((v.task, v.stability.as_ref()?))).enumerate() {
        if n == 0 {
            writeln!(out, "\nStability: HR@3 of each day of use after day 14, all users together")?;
            text::stability_heads(out, "task", TASK_WIDTH)?;
        }
        text::stability(out, task.letter(), TASK_WIDTH, s)?;
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

/// Room for a task's letter and what is counted of it.
const TASK_WIDTH: usize = 8;
