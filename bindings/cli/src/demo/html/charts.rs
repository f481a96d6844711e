//! The charts of a demo's report.

use foretap_core::PlaceLabel;

use crate::demo::{Demo, Unlock, hr3_of, judged, rates};
use crate::page::plane::{Plane, legend};
use crate::page::rates::{self as rate_lines, FEW, Series, percents};
use crate::page::svg::Svg;

/// A rate of some unlocks, in percent.
type Rate<'a> = &'a dyn Fn(&[Unlock]) -> f64;

/// HR@3 of each day, and the mean of the last seven, with the best rule's; `None` of too few unlocks.
pub(super) fn learning(demo: &Demo) -> Option<String> {
    let rule = demo.best_rule();
    let days = f64::from(demo.days);
    let plane = Plane::new((0.5, days + 0.5), (0.0, 100.0)).wide();
    let mut svg = plane.drawing("HR@3 by day", "day", "HR@3");
    let weekend = |day: &u32| demo.unlocks_of(*day..=*day).first().is_some_and(|u| u.at.weekday().is_weekend());
    for day in (1..=demo.days).filter(weekend).map(f64::from) {
        let ((left, top), (right, bottom)) = (plane.at(day - 0.5, 100.0), plane.at(day + 0.5, 0.0));
        svg.bar("weekend", (left, top), (right - left, bottom - top), "week-end");
    }
    plane.rows(&mut svg, &percents());
    let step = if demo.days <= 10 { 1 } else { 7 * demo.days.div_ceil(70) };
    let ticks: Vec<_> = (1..=demo.days).step_by(step as usize).map(|day| (f64::from(day), format!("{day}"))).collect();
    plane.columns(&mut svg, &ticks);

    let of_rule = |unlocks: &[Unlock]| hr3_of(rule, unlocks);
    let of_foretap = |unlocks: &[Unlock]| rates(unlocks).hr3;
    let systems: [(&str, &str, Rate<'_>); 2] = [("rule", rule.name(), &of_rule), ("foretap", "foretap", &of_foretap)];
    let mut is_empty = true;
    for (class, name, hr3) in systems {
        let weeks = (1..=demo.days).map(|day| (day, demo.unlocks_of(day.saturating_sub(6).max(1)..=day)));
        let weeks = weeks.filter(|(_, unlocks)| judged(unlocks) >= FEW);
        svg.curve(class, &weeks.map(|(day, unlocks)| plane.at(f64::from(day), hr3(unlocks))).collect::<Vec<_>>());
        for day in 1..=demo.days {
            let unlocks = demo.unlocks_of(day..=day);
            let (Some(first), judged) = (unlocks.first(), judged(unlocks)) else { continue };
            if judged >= FEW {
                let (percent, weekday) = (hr3(unlocks), first.at.weekday().name());
                let says = format!("{name}, day {day}, {weekday}: {percent:.0} % of {judged}");
                svg.dot(class, plane.at(f64::from(day), percent), 3.0, &says);
                is_empty = false;
            }
        }
    }
    legend(&plane, &mut svg, &[("foretap", "foretap"), ("rule", rule.name())]);
    (!is_empty).then(|| svg.finish())
}

/// HR@3 by local hour.
pub(super) fn hours(demo: &Demo) -> Option<String> {
    let rule = demo.best_rule();
    let mut by_hour: [Vec<Unlock>; 24] = Default::default();
    demo.unlocks.iter().for_each(|unlock| by_hour[unlock.at.hour()].push(unlock.clone()));
    let series = |class: &'static str, name: &str, hr3: &dyn Fn(&[Unlock]) -> f64| {
        let points = (0..24).map(f64::from).zip(&by_hour).map(|(hour, unlocks)| (hour, hr3(unlocks), judged(unlocks)));
        Series { class, name: name.to_owned(), points: points.collect() }
    };
    let all = vec![
        series("rule", rule.name(), &|unlocks| hr3_of(rule, unlocks)),
        series("foretap", "foretap", &|unlocks| rates(unlocks).hr3),
    ];
    let ticks = [0, 6, 12, 18, 23].map(|hour| (f64::from(hour), format!("{hour}:00")));
    rate_lines::chart("HR@3 by hour of the day", "local hour", (-0.5, 23.5), &ticks, all)
}

/// A day at a glance: a mark for each unlock, the higher the better the prediction, over where the person was.
pub(super) fn day(unlocks: &[Unlock]) -> String {
    const LEFT: f64 = 92.0;
    const RIGHT: f64 = 990.0;
    const TOP: f64 = 24.0;
    const ROW: f64 = 18.0;
    const BOTTOM: f64 = TOP + 7.0 * ROW;
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a day")]
    let hour = |unlock: &Unlock| unlock.at.ms_of_day() as f64 / 3_600_000.0;
    let first = unlocks.first().map_or(0.0, hour).floor();
    let last = unlocks.last().map_or(24.0, hour).ceil();
    let x = |hour: f64| LEFT + (RIGHT - LEFT) * (hour - first) / (last - first).max(1.0);
    let mut svg = Svg::new(1_000.0, BOTTOM + 22.0, "The last day at a glance");

    let stays: Vec<&[Unlock]> = unlocks.chunk_by(|a, b| a.label == b.label).collect();
    let begins = stays.iter().skip(1).map(|stay| hour(&stay[0])).chain([last]);
    let mut left = x(first);
    for (stay, ends) in stays.iter().zip(begins) {
        let (name, right) = (place(stay[0].label), x(ends));
        svg.bar(&format!("stay {name}"), (left, TOP), (right - left, BOTTOM - TOP), name);
        #[expect(clippy::cast_precision_loss, reason = "the length of a word")]
        if right - left > 6.5 * name.len() as f64 {
            svg.text("soft middle", ((left + right) / 2.0, TOP - 8.0), name);
        }
        left = right;
    }
    let rows = ["first", "second", "third", "fourth", "fifth", "not predicted", "nothing new"];
    let mut y = TOP + ROW / 2.0;
    let middles = rows.map(|name| {
        svg.line("grid", (LEFT, y), (RIGHT, y));
        svg.text("soft end", (LEFT - 8.0, y + 4.0), name);
        y += ROW;
        y - ROW
    });
    let mut when = first;
    while when <= last {
        if when % 2.0 == 0.0 {
            svg.text("soft middle", (x(when), BOTTOM + 15.0), &format!("{when}:00"));
        }
        when += 1.0;
    }
    for unlock in unlocks {
        let (class, row) = match (&unlock.opened, unlock.hit()) {
            (_, Some(place)) => ("foretap", place.min(5) - 1),
            (Some(_), None) => ("miss", 5),
            (None, _) => ("none", 6),
        };
        let opened = unlock.opened.as_ref().map_or("nothing new", |item| item.id());
        let says = format!("{}: {opened}, {}", super::day::time(unlock), rows[row]);
        svg.dot(class, (x(hour(unlock)), middles[row]), 5.0, &says);
    }
    svg.finish()
}

/// Where the person was, in a word.
pub(super) fn place(label: Option<PlaceLabel>) -> &'static str {
    label.map_or("elsewhere", PlaceLabel::name)
}
