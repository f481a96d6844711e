//! Figures in columns of text, at most 120 wide.

use std::fmt::{Result, Write};

use super::{Aggregate, Confusion, HitRates, Interval, Stability};
use crate::count::grouped;

/// The heads of [`rates`].
pub(crate) fn rate_heads(out: &mut String) -> Result {
    writeln!(out, "{:15}{:>46}{:>47}", "", "mean over users", "mean over queries")?;
    write!(out, "{:15}", "system")?;
    let [hr1, hr3, rest @ ..] = HitRates::NAMES;
    write!(out, "{hr1:>7}{hr3:>7} {:14}", "95 % interval")?;
    rest.iter().try_for_each(|name| write!(out, "{name:>7}"))?;
    write!(out, "   |")?;
    HitRates::NAMES.iter().try_for_each(|name| write!(out, "{name:>7}"))?;
    writeln!(out)
}

/// A system's rates, with the interval of HR@3.
pub(crate) fn rates(out: &mut String, name: &str, rates: &Aggregate, of_hr3: &Interval) -> Result {
    write!(out, "{name:15}")?;
    let [hr1, hr3, rest @ ..] = rates.by_user.values();
    let interval = format!("[{:.1}, {:.1}]", of_hr3.low, of_hr3.high);
    write!(out, "{hr1:>7.1}{hr3:>7.1} {interval:14}")?;
    rest.iter().try_for_each(|rate| write!(out, "{rate:>7.1}"))?;
    write!(out, "   |")?;
    rates.by_query.values().iter().try_for_each(|rate| write!(out, "{rate:>7.1}"))?;
    writeln!(out)
}

/// The heads of [`decisions`].
pub(crate) fn decision_heads(out: &mut String, first: &str, width: usize) -> Result {
    let names = ["accuracy", "precision", "recall", "F1", "TP", "FP", "FN", "TN", "AUC-ROC", "ECE"];
    write!(out, "{first:width$}")?;
    names.iter().try_for_each(|name| write!(out, "{name:>10}"))?;
    writeln!(out)
}

/// Two rows, of the first one and the first three taken as positive, then AUC and ECE in the first of them.
pub(crate) fn decisions(
    out: &mut String,
    name: &str,
    width: usize,
    of: &super::Classification,
    ece: Option<f64>,
) -> Result {
    confusion(out, &format!("{name} @1"), width, &of.at_1)?;
    writeln!(out, "{:>10}{:>10}", share(of.roc.auc()), share(ece))?;
    confusion(out, &format!("{name} @3"), width, &of.at_3)?;
    writeln!(out)
}

fn confusion(out: &mut String, name: &str, width: usize, c: &Confusion) -> Result {
    write!(out, "{name:width$}")?;
    [c.accuracy(), c.precision(), c.recall(), c.f1()].iter().try_for_each(|share| write!(out, "{share:>10.3}"))?;
    [c.tp, c.fp, c.fn_, c.tn].iter().try_for_each(|&count| write!(out, "{:>10}", grouped(count)))
}

/// The heads of [`stability`].
pub(crate) fn stability_heads(out: &mut String, first: &str, width: usize) -> Result {
    writeln!(out, "{first:width$}{:>6}{:>8}{:>12}{:>18}", "days", "mean", "deviation", "points per day")
}

/// How a hit rate keeps over the days.
pub(crate) fn stability(out: &mut String, name: &str, width: usize, s: &Stability) -> Result {
    writeln!(out, "{name:width$}{:>6}{:>8.1}{:>12.1}{:>+18.2}", s.days.len(), s.mean, s.deviation, s.slope)
}

/// A share with three digits, `-` where there is none.
pub(crate) fn share(share: Option<f64>) -> String {
    share.map_or_else(|| "-".into(), |share| format!("{share:.3}"))
}
