//! The report of a demo: one page that needs nothing else.

mod charts;
mod day;

use super::{Demo, judged, prepared, rates};
use crate::count::{counted, grouped};
use crate::page;

/// The demo as an HTML page: what the month came to, how predictions got better, the last day's unlocks. But for what
/// was timed it is the same for the same seed.
#[must_use]
pub fn html(demo: &Demo) -> String {
    let rule = demo.best_rule();
    let over_the_day = format!(
        "HR@3 by local hour, all days, beside {}. Hours of fewer than {} unlocks are left out.",
        rule.name(),
        page::rates::FEW
    );
    let timed = format!(
        "{} computed at the unlock, stage by stage, on a logarithmic axis; much slower ones than the rest count in the last \
         bar.",
        counted(demo.latency().total().count(), "prediction")
    );
    let charts = [
        ("Over the hours", over_the_day, charts::hours(demo)),
        ("How long a prediction takes", timed, page::latency::histograms(&demo.latency())),
    ];
    let body = [head(demo), figures(demo), learning(demo), day::section(demo), page::pair(charts), foot(demo)].concat();
    page::page(&format!("Foretap: a simulated month, person {}", demo.seed), STYLE, &body)
}

fn head(demo: &Demo) -> String {
    format!(
        "<h1>{} with a phone</h1>\n<p class=\"soft\">Person {} uses a phone; at each unlock Foretap predicts which app comes \
         next, then learns what was opened. The person is simulated with the kind of habits that Foretap looks for: this \
         shows how it works, not how good it is. <code>foretap replay</code> tells that of a real log.</p>\n",
        counted(u64::from(demo.days), "day"),
        demo.seed
    )
}

fn figures(demo: &Demo) -> String {
    let days = demo.last_week();
    let unlocks = demo.unlocks_of(days.clone());
    let rates = rates(unlocks);
    let p99 = demo.latency().total().percentile_us(0.99);
    let ahead = 100.0 * prepared(unlocks) as f64 / unlocks.len().max(1) as f64;
    let figures = page::figures(&[
        (format!("{:.0} %", rates.hr1), "was the first prediction".into()),
        (format!("{:.0} %", rates.hr3), "was among the first 3".into()),
        (format!("{:.0} %", rates.hr5), "was among the first 5".into()),
        (format!("{ahead:.0} %"), "of the rankings were ready before the unlock".into()),
        (p99.map_or_else(|| "-".into(), |us| format!("{us:.0} µs")), "took 99 of 100 of the others at most".into()),
        (grouped(demo.events as u64), "events stored and learned".into()),
    ]);
    let says =
        format!("{} led to another app than the one on the screen. That app", counted(judged(unlocks), "unlock"));
    page::section(&format!("Days {} to {}", days.start(), days.end()), &says, &figures)
}

fn learning(demo: &Demo) -> String {
    let Some(chart) = charts::learning(demo) else { return String::new() };
    let says = format!(
        "A dot is a day's HR@3: the share of its unlocks where the app opened was among the first 3 predictions. Lines are \
         the mean of the last 7 days. Beside Foretap, {}: the simple rule that was best over all these days. Week-ends are \
         shaded.",
        demo.best_rule().name()
    );
    page::section("It learns", &says, &format!("<div class=\"wide\">{chart}</div>"))
}

fn foot(demo: &Demo) -> String {
    format!(
        "<footer>{} in {:.1} s, of which {} were openings. Storing one, encrypted and on disk: p50 {:.0} µs, p99 {:.0} µs. \
         The log has {:.1} MB; from opening it to the first prediction: {:.1} ms. Person {}, foretap {}</footer>\n",
        counted(demo.events as u64, "event"),
        demo.lived_s,
        grouped(demo.openings),
        demo.record_percentile_us(0.5),
        demo.record_percentile_us(0.99),
        demo.log_bytes as f64 / 1e6,
        demo.reopened_ms,
        demo.seed,
        env!("CARGO_PKG_VERSION")
    )
}

const STYLE: &str = include_str!("style.css");

#[cfg(test)]
mod tests;
