//! The charts of a report.

use crate::count::grouped;
use crate::page::plane::{Plane, legend};
use crate::page::rates::{self, Series};
use crate::page::svg::Svg;
use crate::replay::system::System;
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
            System::Model | System::Mixer | System::LogMix | System::Ppm3 => ("learned", ""),
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
    let all = verdicts.iter().filter_map(|verdict| {
        let days = &verdict.stability.as_ref()?.days;
        #[expect(clippy::cast_precision_loss, reason = "a number of days")]
        let point = |d: &crate::evaluate::Day| (d.day as f64, d.hr3, d.queries as u64);
        Some(series(verdict, days.iter().map(point).collect()))
    });
    let ticks = [14, 20, 26, 32, 38, 43].map(f64::from).map(|day| (day, format!("{day}")));
    rates::chart("HR@3 by day of use", "day of use", (13.5, 43.5), &ticks, all.collect())
}

/// HR@3 by local hour of the day.
pub(super) fn hours(verdicts: &[Verdict]) -> Option<String> {
    let all = verdicts.iter().filter_map(|verdict| {
        let hours = (0..24).map(f64::from).zip(verdict.scored.as_ref()?.by_hour);
        let known = hours.filter_map(|(hour, (queries, hr3))| Some((hour, hr3?, queries)));
        Some(series(verdict, known.collect()))
    });
    let ticks = [0, 6, 12, 18, 23].map(f64::from).map(|hour| (hour, format!("{hour}:00")));
    rates::chart("HR@3 by hour of the day", "local hour", (-0.5, 23.5), &ticks, all.collect())
}

fn series(verdict: &Verdict, points: Vec<(f64, f64, u64)>) -> Series<'static> {
    let class = verdict.task.letter();
    Series { class, name: format!("task {class}"), points }
}

/// How often the first suggestion was right, against the probability it was given.
pub(super) fn reliability(verdicts: &[Verdict]) -> Option<String> {
    let plane = Plane::new((0.0, 1.0), (0.0, 1.0));
    let mut svg = plane.drawing("Reliability diagram", "probability of the first suggestion", "share that was right");
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
    legend(&plane, &mut svg, &names.iter().map(|(letter, name)| (*letter, name.as_str())).collect::<Vec<_>>());
    (!names.is_empty()).then(|| svg.finish())
}
