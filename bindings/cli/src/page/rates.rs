//! Hit rates over days or hours, as lines.

use super::plane::{Plane, legend};
use crate::count::grouped;

/// One line of a chart.
pub(crate) struct Series<'a> {
    /// The class that the style sheet colours it by.
    pub(crate) class: &'a str,
    /// The name in the legend.
    pub(crate) name: String,
    /// When, the rate in percent, and of how many queries.
    pub(crate) points: Vec<(f64, f64, u64)>,
}

/// The lines of HR@3 between two values of `x_name`; `None` if none has a point of [`FEW`] queries.
pub(crate) fn chart(
    title: &str,
    x_name: &str,
    x: (f64, f64),
    ticks: &[(f64, String)],
    mut all: Vec<Series<'_>>,
) -> Option<String> {
    all.iter_mut().for_each(|series| series.points.retain(|&(_, _, queries)| queries >= FEW));
    all.retain(|series| !series.points.is_empty());
    if all.is_empty() {
        return None;
    }
    let plane = Plane::new(x, (0.0, 100.0));
    let mut svg = plane.drawing(title, x_name, "HR@3");
    plane.rows(&mut svg, &percents());
    plane.columns(&mut svg, ticks);
    for Series { class, name, points } in &all {
        for part in points.chunk_by(|before, after| after.0 - before.0 < 1.5) {
            svg.curve(class, &part.iter().map(|&(x, y, _)| plane.at(x, y)).collect::<Vec<_>>());
        }
        for &(when, hr3, queries) in points {
            let says = format!("{name}, {x_name} {when}: {hr3:.1} % of {}", grouped(queries));
            svg.dot(class, plane.at(when, hr3), 3.0, &says);
        }
    }
    legend(&plane, &mut svg, &all.iter().map(|series| (series.class, series.name.as_str())).collect::<Vec<_>>());
    Some(svg.finish())
}

/// Grid lines of an axis in percent.
pub(crate) fn percents() -> [(f64, String); 6] {
    [0, 20, 40, 60, 80, 100].map(|percent| (f64::from(percent), format!("{percent} %")))
}

/// Days and hours with fewer queries are not drawn: their rates are noise.
pub(crate) const FEW: u64 = 20;
