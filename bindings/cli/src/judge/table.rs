//! The judgement as text of at most 120 columns.

use std::fmt::{Result, Write};

use super::Judgement;
use super::moment::{JudgedMoment, SystemScore};
use crate::count::{counted, grouped};
use crate::evaluate::{Interval, LeaveOut, Part, text};

/// The whole judgement. Rates are percentages.
#[must_use]
pub fn table(judgement: &Judgement) -> String {
    let mut text = String::new();
    write(&mut text, judgement).expect("writing to a string does not fail");
    text
}

fn write(out: &mut String, judgement: &Judgement) -> Result {
    let j = judgement;
    let part = match j.part {
        Part::All => "everything that was answered",
        Part::Scored => "the last 30 % of everyone's openings",
        Part::Validation => "the openings between 70 % and 85 % of everyone's",
        Part::Test => "the last 15 % of everyone's openings",
    };
    writeln!(out, "Judged on {part}")?;
    for moment in &j.moments {
        let (people, queries) = (counted(moment.people as u64, "user"), counted(moment.queries, "query"));
        let left_out = match moment.left_out {
            0 => String::new(),
            n => format!("; {} left out, of too few openings or queries", counted(n as u64, "user")),
        };
        writeln!(out, "\n{}: {people}, {queries}{left_out}", moment.moment.name())?;
        text::rate_heads(out)?;
        each(j, moment, |name, score| text::rates(out, name, &score.rates, &score.hr3))?;
        leads(out, j, moment)?;
        groups(out, j, moment)?;
        writeln!(out, "As classifiers of candidates, and the calibration of first suggestions (shares, 0 to 1)")?;
        text::decision_heads(out, "system", WIDTH)?;
        each(j, moment, |name, score| {
            text::decisions(out, name, WIDTH, &score.classification, score.calibration.ece())
        })?;
        stability(out, j, moment)?;
    }
    let LeaveOut { min_events, min_queries } = LeaveOut::TABLES;
    for moment in &j.too_short {
        let name = moment.name();
        writeln!(out, "\n{name}: too short to judge, for nobody has {min_events} openings and {min_queries} queries")?;
    }
    Ok(())
}

fn each(j: &Judgement, moment: &JudgedMoment, mut write: impl FnMut(&str, &SystemScore) -> Result) -> Result {
    j.systems.iter().zip(&moment.systems).try_for_each(|(name, score)| write(name, score))
}

/// Every system but the one compared with: its leads, and how many targets it moved into and out of the first three.
fn leads(out: &mut String, j: &Judgement, moment: &JudgedMoment) -> Result {
    if j.systems.len() == 1 {
        return Ok(());
    }
    let against = &j.systems[j.against];
    writeln!(
        out,
        "Lead over {against} in points, paired by user, with its 95 % interval; targets moved among the first 3"
    )?;
    let others = j.systems.iter().zip(&moment.systems).enumerate().filter(|(n, _)| *n != j.against);
    for (_, (name, score)) in others {
        let lead = |p: &Interval| format!("{:+.2} [{:+.2}, {:+.2}]", p.mean, p.low, p.high);
        let [hr1, hr3] = [&score.lead_hr1, &score.lead_hr3].map(lead);
        let (came, went) = score.moved.into_and_out_of_3();
        writeln!(out, "{name:15}  HR@1 {hr1:24}  HR@3 {hr3:24}  {} came, {} went", grouped(came), grouped(went))?;
    }
    Ok(())
}

/// Every group: HR@3 of all systems, and the leads.
fn groups(out: &mut String, j: &Judgement, moment: &JudgedMoment) -> Result {
    if moment.groups.is_empty() {
        return Ok(());
    }
    writeln!(out, "HR@3 by group, with the lead over {}", j.systems[j.against])?;
    writeln!(out, "{:12}{:>6}  {:15}{:>7}  lead", "group", "users", "system", "HR@3")?;
    for group in &moment.groups {
        let Some(leads) = &group.leads else {
            writeln!(out, "{:12}     -  nobody has enough openings and queries", group.name)?;
            continue;
        };
        for (n, (name, lead)) in j.systems.iter().zip(leads).enumerate() {
            let head = if n == 0 { format!("{:12}{:>6}", group.name, lead.users) } else { " ".repeat(18) };
            let p = &lead.points;
            writeln!(out, "{head}  {name:15}{:>7.1}  {:+.2} [{:+.2}, {:+.2}]", lead.ours, p.mean, p.low, p.high)?;
        }
    }
    Ok(())
}

fn stability(out: &mut String, j: &Judgement, moment: &JudgedMoment) -> Result {
    if moment.systems.iter().all(|score| score.stability.is_none()) {
        return Ok(());
    }
    writeln!(out, "Stability: HR@3 of each day of use after day 14, of all queries in the file")?;
    text::stability_heads(out, "system", WIDTH)?;
    each(j, moment, |name, score| score.stability.as_ref().map_or(Ok(()), |s| text::stability(out, name, WIDTH, s)))
}

/// Room for a system's name and what is counted of it: with ten columns of ten, 120.
const WIDTH: usize = 20;
