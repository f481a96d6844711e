//! The demo on a terminal.

use std::fmt::Write as _;

use super::{Demo, Unlock, hr3_of, judged, prepared, rates};
use crate::count::counted;
use crate::latency::{Durations, Latency, Stage};

/// How wide the predictions' column is, in characters.
const WIDE: usize = 58;

/// The demo as text for 120 columns: the day's unlocks, then what they amount to.
#[must_use]
pub fn text(demo: &Demo) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(text.trim_end());
        out.push('\n');
    };
    let day = demo.last_day();
    line(format!(
        "{} days lived through in {:.1} s: {}, {}. The last day, unlock by unlock:",
        demo.days,
        demo.lived_s,
        counted(demo.events as u64, "event"),
        counted(demo.openings, "opening")
    ));
    line(String::new());
    line(format!("{:5}  {:12}  {:WIDE$}  {:18}  {}", "time", "where", "predicted", "opened", "why the first"));
    for unlock in day {
        line(row(unlock));
    }
    line(String::new());
    let (judged, rates) = (judged(day), rates(day));
    line(format!(
        "{judged} unlocks led to another app, {} only back to the one on the screen. The app opened was the first in \
         {:.0} %,",
        day.len() as u64 - judged,
        rates.hr1
    ));
    line(format!("among the first 3 in {:.0} %, among the first 5 in {:.0} %.", rates.hr3, rates.hr5));
    line(learning(demo));
    let answered_by = day.last().map_or("nobody", |unlock| unlock.ranking.answered_by.name());
    line(format!(
        "{} of {} rankings of the day were ready before the unlock. The last one was answered by the {answered_by}.",
        prepared(day),
        day.len()
    ));
    line(String::new());
    line(times(&demo.latency()));
    line(format!(
        "record, encrypted and on disk: p50 {:.0} us, p99 {:.0} us. Log {:.1} MB. Open to first prediction {:.1} ms.",
        demo.record_percentile_us(0.5),
        demo.record_percentile_us(0.99),
        demo.log_bytes as f64 / 1e6,
        demo.reopened_ms
    ));
    out
}

/// How much better the last week went than the first, or how the days went if they are few.
fn learning(demo: &Demo) -> String {
    let rule = demo.best_rule();
    let weeks = if demo.days < 14 { vec![1..=demo.days] } else { vec![1..=7, demo.last_week()] };
    let parts = weeks.into_iter().map(|days| {
        let unlocks = demo.unlocks_of(days.clone());
        let (first, last) = (days.start(), days.end());
        format!("days {first} to {last} {:.0} % ({:.0} %)", rates(unlocks).hr3, hr3_of(rule, unlocks))
    });
    let parts: Vec<String> = parts.collect();
    format!("Among the first 3: {}; in brackets the best simple rule, {}.", parts.join(", "), rule.name())
}

fn row(unlock: &Unlock) -> String {
    let ms = unlock.at.ms_of_day();
    let time = format!("{:02}:{:02}", ms / 3_600_000, ms / 60_000 % 60);
    let label = unlock.label.map_or("-", |label| label.name());
    let network = unlock.network.map_or("-", |network| network.name());
    let mut predicted = String::new();
    for p in &unlock.ranking.predictions {
        let next = format!("{} {:.0}%", p.item, 100.0 * p.probability);
        if predicted.chars().count() + 2 + next.chars().count() > WIDE {
            break;
        }
        let gap = if predicted.is_empty() { "" } else { ", " };
        let _ = write!(predicted, "{gap}{next}");
    }
    let opened = match (&unlock.opened, unlock.hit()) {
        (Some(item), Some(place)) => format!("{item} ({place})"),
        (Some(item), None) => format!("{item} (-)"),
        (None, _) => "nothing new".to_owned(),
    };
    let why = unlock.ranking.predictions.first().and_then(|p| p.reasons.first());
    let why = why.map_or_else(String::new, |reason| reason.code.to_string());
    format!("{time}  {:12}  {predicted:WIDE$}  {opened:18}  {why}", format!("{label}, {network}"))
}

fn times(latency: &Latency) -> String {
    let total = latency.total();
    if total.count() == 0 {
        return "Every ranking was ready before its unlock.".to_owned();
    }
    let one = |name: &str, durations: &Durations| {
        let us = |share| durations.percentile_us(share).unwrap_or_default();
        format!("{name} {:.0}/{:.0}", us(0.5), us(0.99))
    };
    let stages: Vec<String> = Stage::ALL.iter().map(|&stage| one(stage.name(), latency.stage(stage))).collect();
    let (stages, total_us) = (stages.join(", "), one("total", total));
    format!("predict, {} times computed at the unlock, p50/p99 in us: {stages}, {total_us}", total.count())
}
