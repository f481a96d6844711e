//! The tables of a report.

use std::fmt::Write;

use crate::count::grouped;
use crate::evaluate::text::share;
use crate::evaluate::{Confusion, HitRates};
use crate::page::svg::escaped;
use crate::replay::system::System;
use crate::replay::verdict::{Scored, Verdict};

/// Every system's rates, over users and over queries.
pub(super) fn systems(scored: &Scored) -> String {
    let numbers = |rates: &HitRates| rates.values().map(|rate| format!("{rate:.1}"));
    let by_user = scored.systems.iter().map(|score| {
        let interval = format!("{:.1} to {:.1}", score.hr3.low, score.hr3.high);
        [vec![score.system.name().to_owned()], numbers(&score.rates.by_user).into(), vec![interval]].concat()
    });
    let by_query = scored
        .systems
        .iter()
        .map(|score| [vec![score.system.name().to_owned()], numbers(&score.rates.by_query).into()].concat());
    let head = |mean| [mean].into_iter().chain(HitRates::NAMES);
    table(head("mean over users").chain(["HR@3, 95 %"]), by_user) + &table(head("mean over queries"), by_query)
}

/// Foretap's lead over the best rule and over the mixer.
pub(super) fn leads(scored: &Scored) -> String {
    let row = |lead: &crate::replay::verdict::Lead| {
        let p = &lead.points;
        let interval = format!("{:+.1} to {:+.1}", p.low, p.high);
        vec![format!("over {}", lead.over.name()), lead.rate.into(), format!("{:+.1}", p.mean), interval]
    };
    table(["lead, paired by user", "rate", "points", "95 %"], scored.leads.iter().map(row))
}

/// The first openings of everyone.
pub(super) fn cold_start(verdicts: &[Verdict]) -> String {
    let shown = [System::Foretap, System::LogMix];
    let parts = verdicts.iter().flat_map(|v| v.cold_start.iter().map(move |part| (v.task, part)));
    let rows = parts.flat_map(|(task, part)| {
        let best = part.best_rule_at_1();
        shown.into_iter().chain([best]).map(move |system| {
            let aggregate = part.system(system);
            let mut row = vec![system.name().to_owned(), task.letter().into(), part.span.to_string()];
            row.push(aggregate.users.len().to_string());
            row.extend(aggregate.by_user.values().map(|rate| format!("{rate:.1}")));
            row
        })
    });
    table(["system", "task", "openings", "users"].into_iter().chain(HitRates::NAMES), rows)
}

/// Foretap as a classifier.
pub(super) fn classification(verdicts: &[Verdict]) -> String {
    let row = |name: String, c: &Confusion, rest: [String; 2]| {
        let mut row = vec![name];
        row.extend([c.accuracy(), c.precision(), c.recall(), c.f1()].map(|s| share(Some(s))));
        row.extend([c.tp, c.fp, c.fn_, c.tn].map(grouped));
        row.extend(rest);
        row
    };
    let rows = verdicts.iter().filter_map(|v| Some((v.task.letter(), v.scored.as_ref()?))).flat_map(|(letter, s)| {
        let c = &s.classification;
        let once = [share(c.roc.auc()), share(s.calibration.ece())];
        [
            row(format!("{letter}, first 1"), &c.at_1, once),
            row(format!("{letter}, first 3"), &c.at_3, Default::default()),
        ]
    });
    let head = ["task", "accuracy", "precision", "recall", "F1", "TP", "FP", "FN", "TN", "AUC-ROC", "ECE"];
    table(head, rows)
}

/// Foretap's hit rate over the days.
pub(super) fn stability(verdicts: &[Verdict]) -> String {
    let rows = verdicts.iter().filter_map(|v| Some((v.task, v.stability.as_ref()?))).map(|(task, s)| {
        let numbers = [format!("{:.1}", s.mean), format!("{:.1}", s.deviation), format!("{:+.2}", s.slope)];
        [vec![format!("{}, {}", task.letter(), task.title()), s.days.len().to_string()], numbers.into()].concat()
    });
    table(["task", "days", "mean HR@3", "deviation", "points per day"], rows)
}

fn table<'a>(head: impl IntoIterator<Item = &'a str>, rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut out = String::from("<div class=\"scroll\"><table><thead><tr>");
    head.into_iter().for_each(|cell| push(&mut out, format_args!("<th>{}</th>", escaped(cell))));
    out.push_str("</tr></thead><tbody>\n");
    for row in rows {
        let is_ours = row.first().is_some_and(|name| name == System::Foretap.name());
        out.push_str(if is_ours { "<tr class=\"foretap\">" } else { "<tr>" });
        row.iter().for_each(|cell| push(&mut out, format_args!("<td>{}</td>", escaped(cell))));
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>");
    out
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a string does not fail");
}
