//! How long predictions took, stage by stage, as histograms over one logarithmic axis.

use std::collections::BTreeMap;

use super::svg::Svg;
use crate::latency::{Durations, Latency, Stage};

/// A histogram of each stage and of all together; `None` where nothing was timed. Much longer ones than the rest count in
/// the last bar.
pub(crate) fn histograms(latency: &Latency) -> Option<String> {
    let total = latency.total();
    // The few that another program held up would make the axis a hundred times as long.
    let longest_us = total.percentile_us(0.999)?.min(4.0 * total.percentile_us(0.99)?).max(SHORTEST_US);
    let stages = Stage::ALL.map(|stage| (stage.name(), latency.stage(stage)));
    let rows: Vec<Row<'_>> = stages
        .into_iter()
        .chain([("total", total)])
        .map(|(name, durations)| Row { name, durations, bins: bins(durations, longest_us) })
        .collect();
    let all = || rows.iter().flat_map(|row| row.bins.keys());
    let (first, last) = (f64::from(*all().min()?), f64::from(*all().max()?) + 1.0);
    let x = |bin: f64| LEFT + (RIGHT - LEFT) * (bin - first) / (last - first);

    let mut svg = Svg::new(WIDTH, HEIGHT, "Latency of a prediction by stage");
    let ticks = (-3..7).map(|ten| 10_f64.powi(ten)).map(|us| (us, us.log2() * PER_OCTAVE));
    for (us, bin) in ticks.filter(|&(_, bin)| first <= bin && bin <= last) {
        svg.line("grid", (x(bin), TOP), (x(bin), BOTTOM));
        svg.text("soft middle", (x(bin), BOTTOM + 16.0), &format!("{us}"));
    }
    svg.text("soft end", (RIGHT, HEIGHT - 4.0), "microseconds");
    svg.text("soft end", (WIDTH - 10.0, TOP - 12.0), "p50 / p99");
    let mut base = TOP;
    for row in &rows {
        base += (BOTTOM - TOP) / 5.0;
        row.draw(&mut svg, base, &x);
    }
    Some(svg.finish())
}

struct Row<'a> {
    name: &'a str,
    durations: &'a Durations,
    /// How many there are by bin.
    bins: BTreeMap<i32, u64>,
}

impl Row<'_> {
    /// Bars above `base`, the highest as high as a row, between the name and the percentiles.
    #[expect(clippy::cast_precision_loss, reason = "numbers of queries")]
    fn draw(&self, svg: &mut Svg, base: f64, x: &impl Fn(f64) -> f64) {
        let is_total = self.name == "total";
        let weight = if is_total { "strong " } else { "" };
        let most = self.bins.values().copied().max().unwrap_or(1) as f64;
        svg.text(&format!("{weight}end"), (LEFT - 8.0, base - 6.0), self.name);
        svg.line("axis", (LEFT, base), (RIGHT, base));
        for (&bin, &count) in &self.bins {
            let (left, right) = (x(f64::from(bin)), x(f64::from(bin + 1)));
            let height = ((HIGHEST * count as f64) / most).max(1.0);
            let edge = |bin: i32| (f64::from(bin) / PER_OCTAVE).exp2();
            let share = 100.0 * count as f64 / self.durations.count() as f64;
            let says = format!("{}, {:.1} to {:.1} microseconds: {share:.1} %", self.name, edge(bin), edge(bin + 1));
            let class = if is_total { "foretap" } else { "learned" };
            svg.bar(class, (left + 0.5, base - height), (right - left - 1.0, height), &says);
        }
        let us = |share| self.durations.percentile_us(share).unwrap_or_default();
        let digits = |us: f64| if us < 10.0 { format!("{us:.1}") } else { format!("{us:.0}") };
        let says = format!("{} / {}", digits(us(0.5)), digits(us(0.99)));
        svg.text(&format!("{weight}end"), (WIDTH - 10.0, base - 6.0), &says);
    }
}

fn bins(durations: &Durations, longest_us: f64) -> BTreeMap<i32, u64> {
    let mut bins = BTreeMap::new();
    for (from, to, count) in durations.bins_us() {
        #[expect(clippy::cast_possible_truncation, reason = "a small number")]
        let bin = (((from + to) / 2.0).clamp(SHORTEST_US, longest_us).log2() * PER_OCTAVE).floor() as i32;
        *bins.entry(bin).or_default() += count;
    }
    bins
}

/// Bars in an octave.
const PER_OCTAVE: f64 = 4.0;
/// What takes less is drawn as taking this long.
const SHORTEST_US: f64 = 0.05;
const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 74.0;
const RIGHT: f64 = 400.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 264.0;
const HIGHEST: f64 = 40.0;
