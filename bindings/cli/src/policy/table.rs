//! The estimates as text of at most 120 columns.

use std::fmt::{Result, Write};

use super::interval::Estimate;
use super::off_policy::{ClusteredBy, OffPolicy};
use super::shown::CREDIT_WINDOW_MS;
use crate::count::{counted, grouped};

/// The whole table. Rates are percentages of rows from which something was opened.
#[must_use]
pub fn table(off_policy: &OffPolicy) -> String {
    let mut text = String::new();
    write(&mut text, off_policy).expect("writing to a string does not fail");
    text
}

fn write(out: &mut String, o: &OffPolicy) -> Result {
    let clusters = counted(o.clusters as u64, o.clustered_by.name());
    writeln!(out, "Policies: openings from the row per 100 rows, had the policy filled it")?;
    writeln!(
        out,
        "{} of {} were open to exploration and count; {} of them led to an opening; intervals over {clusters}",
        grouped(o.explored as u64),
        counted(o.rows as u64, "row"),
        grouped(o.opened as u64),
    )?;
    if !o.has_slots {
        let seconds = CREDIT_WINDOW_MS / 1_000;
        writeln!(out, "launches tell no slot: the first one within {seconds} s of a row that shows its item counts")?;
    }
    if o.clustered_by == ClusteredBy::Session {
        writeln!(out, "there are few days, so sessions are taken to be independent of each other")?;
    }
    writeln!(
        out,
        "{:14}{:>7}{:>7} {:13}{:>7}{:>7} {:13}{:>9}{:>9}{:>13}",
        "policy", "DM", "IPS", "95 %", "SNIPS", "DR", "95 %", "eff. rows", "weight", "unsupported"
    )?;
    for p in &o.policies {
        writeln!(
            out,
            "{:14}{:>7.1}{:>7.1} {:13}{:>7.1}{:>7.1} {:13}{:>9.0}{:>9.1}{:>11.1} %",
            p.policy.name(),
            100.0 * p.direct,
            100.0 * p.ips.value,
            range(&p.ips),
            100.0 * p.snips.value,
            100.0 * p.doubly_robust.value,
            range(&p.doubly_robust),
            p.effective,
            p.largest_weight,
            100.0 * p.unsupported,
        )?;
    }
    if o.policies.iter().any(|p| p.unsupported > NOTED) {
        writeln!(
            out,
            "unsupported: slots that could never have been shown so. IPS counts them as earning nothing, SNIPS as the\n\
             policy's other slots, DR as the model of rewards says, which nothing in the log can check."
        )?;
    }
    Ok(())
}

fn range(estimate: &Estimate) -> String {
    format!("{:.1}-{:.1}", 100.0 * estimate.low, 100.0 * estimate.high)
}

/// A share of unsupported slots that is worth a word.
const NOTED: f64 = 0.01;
