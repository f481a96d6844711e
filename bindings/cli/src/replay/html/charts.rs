//! The charts of a report.

use super::plane::{Plane, legend};
use super::svg::Svg;
use crate::replay::latency::Durations;
use crate::replay::system::System;
use crate::replay::table::grouped;
use crate::replay::verdict::{Scored, Verdict};

/// HR@3 of every system with its interval, the best first.
pub(super) fn bars(title: &str, scored: &Scored) -> String {
    const LEFT: f64 = 150.0;
    const WIDTH: f64 = 1_000.0;
    const ROW: f64 = 22.0;
    let mut systems: Vec<_> = scored.systems.iter().collect();
    systems.sort_by(|a, b| b.hr3.mean.total_cmp(&a.hr3.mean));
    #[expect(clippy::cast_precision_loss, reason = "a dozen systems")]
    let bottom = systems.len() as f64 * ROW + 6.0;
    let most = systems.iter().map(|score| score.hr3.high).fold(10.0, f64::max);
    let x = |percent: f64| LEFT + (WIDTH - LEFT - 60.0) * percent / most;
    let mut svg = Svg::new(WIDTH, bottom + 22.0, title);
    for percent in (0..=100).step_by(10).map(f64::from).filter(|&percent| percent <= most) {
        svg.line("grid", (x(percent), 0.0), (x(percent), bottom));
        svg.text("soft middle", (x(percent), bottom + 15.0), &format!("{percent} %"));
    }
    let mut y = 4.0;
    for score in systems {
        let i = &score.hr3;
        let (class, weight) = match score.system {
            System::Foretap => ("foretap", "strong "),
            System::LogMix | System::Ppm3 => ("learned", ""),
            System::Rule(_) => ("rule", ""),
        };
        let name = score.system.name();
        let middle = y + (ROW - 6.0) / 2.0;
        svg.text(&format!("{weight}end"), (LEFT - 8.0, middle + 4.0), name);
        let says = format!("{name}: {:.1} % [{:.1}, {:.1}]", i.mean, i.low, i.high);
        svg.bar(class, (LEFT, y), (x(i.mean) - LEFT, ROW - 6.0), &says);
        svg.line("whisker", (x(i.low), middle), (x(i.high), middle));
        for end in [i.low, i.high] {
            svg.line("whisker", (x(end), middle - 3.0), (x(end), middle + 3.0));
        }
        svg.text(weight.trim(), (x(i.high) + 7.0, middle + 4.0), &format!("{:.1}", i.mean));
        y += ROW;
    }
    svg.finish()
}

/// HR@3 by day of use.
pub(super) fn days(verdicts: &[Verdict]) -> Option<String> {
    let series = verdicts.iter().filter_map(|verdict| {
        let days = &verdict.stability.as_ref()?.days;
        #[expect(clippy::cast_precision_loss, reason = "a number of days")]
        let point = |d: &crate::evaluate::Day| (d.day as f64, d.hr3, d.queries as u64);
        Some((verdict.task.letter(), days.iter().map(point).collect()))
    });
    let ticks = [14, 20, 26, 32, 38, 43].map(f64::from).map(|day| (day, format!("{day}")));
    over_time("HR@3 by day of use", "day of use", (13.5, 43.5), &ticks, series.collect())
}

/// HR@3 by local hour of the day.
pub(super) fn hours(verdicts: &[Verdict]) -> Option<String> {
    let series = verdicts.iter().filter_map(|verdict| {
        let hours = (0..24).map(f64::from).zip(verdict.scored.as_ref()?.by_hour);
        let known = hours.filter_map(|(hour, (queries, hr3))| Some((hour, hr3?, queries)));
        Some((verdict.task.letter(), known.collect()))
    });
    let ticks = [0, 6, 12, 18, 23].map(f64::from).map(|hour| (hour, format!("{hour}:00")));
    over_time("HR@3 by hour of the day", "local hour", (-0.5, 23.5), &ticks, series.collect())
}

/// A task's letter and its points: when, HR@3 in percent, and the number of queries.
type Series<'a> = (&'a str, Vec<(f64, f64, u64)>);

fn over_time(
    title: &str,
    x_name: &str,
    x: (f64, f64),
    ticks: &[(f64, String)],
    all: Vec<Series<'_>>,
) -> Option<String> {
    let all: Vec<Series<'_>> = all
        .into_iter()
        .map(|(letter, points)| (letter, points.into_iter().filter(|&(_, _, n)| n >= FEW).collect()))
        .filter(|(_, points): &Series<'_>| !points.is_empty())
        .collect();
    if all.is_empty() {
        return None;
    }
    let plane = Plane { x, y: (0.0, 100.0) };
    let mut svg = Plane::drawing(title, x_name, "HR@3");
    plane.rows(&mut svg, &percents());
    plane.columns(&mut svg, ticks);
    for (letter, points) in &all {
        let line: Vec<_> = points.iter().map(|&(x, y, _)| plane.at(x, y)).collect();
        for part in
            points.iter().zip(&line).collect::<Vec<_>>().chunk_by(|(before, _), (after, _)| after.0 - before.0 < 1.5)
        {
            svg.curve(letter, &part.iter().map(|&(_, &at)| at).collect::<Vec<_>>());
        }
        for (&(when, hr3, queries), &at) in points.iter().zip(&line) {
            svg.dot(letter, at, 3.0, &format!("{letter}, {x_name} {when}: {hr3:.1} % of {}", grouped(queries)));
        }
    }
    legend(&mut svg, &all.iter().map(|&(letter, _)| (letter, format!("task {letter}"))).collect::<Vec<_>>());
    Some(svg.finish())
}

/// How often the first suggestion was right, against the probability it was given.
pub(super) fn reliability(verdicts: &[Verdict]) -> Option<String> {
    let plane = Plane { x: (0.0, 1.0), y: (0.0, 1.0) };
    let mut svg = Plane::drawing("Reliability diagram", "probability of the first suggestion", "share that was right");
    let ticks = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0].map(|share| (share, format!("{share:.1}")));
    plane.rows(&mut svg, &ticks);
    plane.columns(&mut svg, &ticks);
    svg.line("ideal", plane.at(0.0, 0.0), plane.at(1.0, 1.0));
    let mut names = Vec::new();
    for (letter, scored) in verdicts.iter().filter_map(|v| Some((v.task.letter(), v.scored.as_ref()?))) {
        let bins = scored.calibration.bins();
        let points: Vec<_> = bins.iter().filter_map(|b| Some((b.means()?, b.queries))).collect();
        svg.curve(letter, &points.iter().map(|&((p, right), _)| plane.at(p, right)).collect::<Vec<_>>());
        let most = points.iter().map(|&(_, queries)| queries).max().unwrap_or(1);
        for ((p, right), queries) in points {
            #[expect(clippy::cast_precision_loss, reason = "numbers of queries")]
            let radius = 2.5 + 6.0 * (queries as f64 / most as f64).sqrt();
            let says = format!("{letter}: said {p:.2}, right {right:.2}, {} queries", grouped(queries));
            svg.dot(&format!("bubble {letter}"), plane.at(p, right), radius, &says);
        }
        names.push((letter, format!("task {letter}")));
    }
    legend(&mut svg, &names);
    (!names.is_empty()).then(|| svg.finish())
}

/// How long predictions took, on a logarithmic axis.
pub(super) fn latency(durations: &Durations) -> Option<String> {
    // The few that another program held up would make the axis a hundred times as long.
    let longest = durations.percentile_us(0.999)?.min(4.0 * durations.percentile_us(0.99)?);
    let mut bins = std::collections::BTreeMap::<i32, u64>::new();
    for (from, to, count) in durations.bins_us() {
        #[expect(clippy::cast_possible_truncation, reason = "a small number")]
        let bin = (((from + to) / 2.0).clamp(1e-3, longest).log2() * PER_OCTAVE).floor() as i32;
        *bins.entry(bin).or_default() += count;
    }
    let (&first, &last) = (bins.keys().next()?, bins.keys().next_back()?);
    #[expect(clippy::cast_precision_loss, reason = "numbers of queries")]
    let percent = |count: u64| 100.0 * count as f64 / durations.count() as f64;
    let most = bins.values().map(|&count| percent(count)).fold(0.0, f64::max);
    let step = if most > 40.0 {
        20.0
    } else if most > 16.0 {
        10.0
    } else {
        5.0
    };
    let top = (most / step).ceil() * step;
    let plane = Plane { x: (f64::from(first - 1), f64::from(last + 2)), y: (0.0, top) };
    let mut svg = Plane::drawing("Latency of a prediction", "microseconds", "share of predictions");
    let rows = (0..).map(|n| f64::from(n) * step).take_while(|&row| row <= top).map(|row| (row, format!("{row} %")));
    plane.rows(&mut svg, &rows.collect::<Vec<_>>());
    let finest: &[f64] = if last - first > 8 * 4 { &[1.0] } else { &[1.0, 2.0, 5.0] };
    let ticks = (-3..7).flat_map(|ten| finest.iter().map(move |n| n * 10_f64.powi(ten)));
    let ticks = ticks.map(|us| (us.log2() * PER_OCTAVE, format!("{us}")));
    let shown = ticks.filter(|&(at, _)| plane.x.0 <= at && at <= plane.x.1);
    for (&bin, &count) in &bins {
        let (x, y) = plane.at(f64::from(bin), percent(count));
        let (right, bottom) = plane.at(f64::from(bin + 1), 0.0);
        let edge = |bin: i32| (f64::from(bin) / PER_OCTAVE).exp2();
        let says = format!("{:.1} to {:.1} microseconds: {:.1} %", edge(bin), edge(bin + 1), percent(count));
        svg.bar("foretap", (x + 0.5, y), (right - x - 1.0, bottom - y), &says);
    }
    plane.columns(&mut svg, &shown.collect::<Vec<_>>());
    Some(svg.finish())
}

fn percents() -> [(f64, String); 6] {
    [0, 20, 40, 60, 80, 100].map(|percent| (f64::from(percent), format!("{percent} %")))
}

/// Days and hours with fewer queries are not drawn: their rates are noise.
pub(super) const FEW: u64 = 20;
/// Bars of the latency histogram in an octave.
const PER_OCTAVE: f64 = 4.0;
