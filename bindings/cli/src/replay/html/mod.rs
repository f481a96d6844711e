//! The report of a replay: one page that needs nothing else.

mod charts;
mod tables;

use super::outcome::Outcome;
use super::system::System;
use super::table::too_short;
use super::verdict::{Scored, Verdict};
use crate::count::{counted, grouped};
use crate::page::svg::escaped;
use crate::page::{self, pair};

/// The whole outcome as an HTML page with its charts drawn in it.
#[must_use]
pub fn html(outcome: &Outcome) -> String {
    let sections: String = outcome.verdicts.iter().map(task).collect();
    let verdicts = &outcome.verdicts;
    let few = format!("Points of fewer than {} queries are left out.", page::rates::FEW);
    let over_time = [
        (
            "Over the days",
            format!("HR@3 of each day of use after day 14, all users together. {few}"),
            charts::days(verdicts),
        ),
        ("Over the day", format!("HR@3 by local hour, scored queries. {few}"), charts::hours(verdicts)),
    ];
    let calibrated = "How often the first suggestion was right, by the probability it was given. On the dashed line it \
                      means what it says; larger dots hold more queries.";
    let timed = format!(
        "{} timed, stage by stage, on a logarithmic axis; much slower ones than the rest count in the last bar.",
        counted(outcome.latency.total().count(), "prediction")
    );
    let trust = [
        ("Can its probability be trusted?", calibrated.to_owned(), charts::reliability(verdicts)),
        ("How long a prediction takes", timed, page::latency::histograms(&outcome.latency)),
    ];
    let body = [head(outcome), sections, pair(over_time), pair(trust), numbers(outcome), foot(outcome)].concat();
    page::page(&format!("Foretap: {}", outcome.log), "", &body)
}

fn head(outcome: &Outcome) -> String {
    let (users, openings) = (counted(outcome.users as u64, "user"), counted(outcome.openings, "opening"));
    let weights = escaped(&outcome.weights);
    let notifications = if outcome.without_notifications { ", notifications left out" } else { "" };
    let seen = match outcome.is_seen {
        true => {
            "<p class=\"warning\">The start weights were learned on this very log: the numbers are better than they \
                 would be for anyone else.</p>\n"
        }
        false => "",
    };
    format!(
        "<h1>{}, played back</h1>\n<p class=\"soft\">{users}, {openings}; start weights: {weights}{notifications}. Every \
         opening was predicted from the openings before it, then learned. The last 30 % of everyone's log are scored; \
         HR@3 is the share of openings that were among the first three suggestions.</p>\n{seen}",
        escaped(&outcome.log)
    )
}

fn task(verdict: &Verdict) -> String {
    let (letter, title) = (verdict.task.letter(), verdict.task.title());
    let Some(scored) = &verdict.scored else {
        return format!("<section><h2>{letter}: {title}</h2><p>{}</p></section>\n", too_short(verdict));
    };
    let (users, queries) = (counted(scored.users as u64, "user"), counted(scored.queries, "query"));
    let content = format!(
        "{}<div class=\"wide\">{}</div><details><summary>All numbers</summary>{}{}</details>",
        figures(scored),
        charts::bars(&format!("HR@3 of every system in task {letter}"), scored),
        tables::systems(scored),
        tables::leads(scored),
    );
    let says = format!("{users}, {queries}. HR@3, mean over users, with its 95 % interval.");
    page::section(&format!("{letter}: {title}"), &says, &content)
}

/// The four numbers to remember of a task.
fn figures(scored: &Scored) -> String {
    let rates = &scored.system(System::Foretap).rates.by_user;
    let best = scored.best_rule(|r| r.hr3);
    let lead = scored.leads.iter().find(|lead| lead.rate == "HR@3" && lead.over == best.system);
    let lead = lead.map_or(0.0, |lead| lead.points.mean);
    page::figures(&[
        (format!("{:.1} %", rates.hr1), "was the first suggestion".into()),
        (format!("{:.1} %", rates.hr3), "was among the first 3".into()),
        (format!("{:.1} %", rates.hr5), "was among the first 5".into()),
        (format!("{lead:+.1}"), format!("points of HR@3 over the best simple rule, {}", best.system.name())),
    ])
}

fn numbers(outcome: &Outcome) -> String {
    let verdicts = &outcome.verdicts;
    let any = |has: fn(&Verdict) -> bool| verdicts.iter().any(has);
    let section = |is_there: bool, title: &str, says: &str, table: String| match is_there {
        true => page::section(title, says, &table),
        false => String::new(),
    };
    let first = "Everyone's first openings, mean over users; beside Foretap the mixer with nothing shipped, and the simple \
                 rule that is best at HR@1.";
    let classes = "Every candidate of every query is one decision; the opened one is positive.";
    let days = "Foretap's HR@3 on each day of use after day 14.";
    [
        section(any(|v| !v.cold_start.is_empty()), "The first days", first, tables::cold_start(verdicts)),
        section(any(|v| v.scored.is_some()), "As a classifier", classes, tables::classification(verdicts)),
        section(any(|v| v.stability.is_some()), "Stability", days, tables::stability(verdicts)),
    ]
    .concat()
}

fn foot(outcome: &Outcome) -> String {
    let problems = &outcome.problems;
    let named: String =
        problems.named.iter().map(|problem| format!("<li>{}</li>\n", escaped(&problem.to_string()))).collect();
    let named = match named.is_empty() {
        true => String::new(),
        false => format!("<details><summary>The first bad rows</summary><ul>{named}</ul></details>"),
    };
    let (rows, bad, unused) = (grouped(problems.rows), grouped(problems.bad), grouped(problems.unused));
    let (format, sha256, seed) = (outcome.format.name(), &outcome.sha256, outcome.seed);
    format!(
        "<footer>{format} log of {rows} rows: {bad} bad, {unused} without use. SHA-256 {sha256}. Intervals: bootstrap over \
         users, seed {seed}. foretap {}{named}</footer>\n",
        env!("CARGO_PKG_VERSION")
    )
}
