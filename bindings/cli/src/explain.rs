//! One moment's matrix as text.

use std::fmt::Write as _;

use foretap_core::Event;
use foretap_core::features::{Readable, Row};
use foretap_core::habits::{Habits, Moment, Query, StartWeights};

/// Which moment: the last of its kind before an opening.
#[derive(Debug, Clone, Copy)]
pub struct Moments {
    /// The kind.
    pub moment: Moment,
    /// Openings that may have come before it.
    pub before: u64,
}

/// The matrix of the last such moment, with the `rows` likeliest candidates; `None` if there is none.
#[must_use]
pub fn explain(events: &[Event], wanted: Moments, rows: usize) -> Option<String> {
    let mut habits = Habits::new(&StartWeights::default());
    let mut found = None;
    for event in events {
        if habits.openings() >= wanted.before {
            break;
        }
        for posed in habits.posed(event).into_iter().filter(|posed| posed.moment == wanted.moment) {
            let query = Query { moment: posed.moment, now: posed.now, context: &posed.context };
            if !habits.candidates(query.moment, None).is_empty() {
                found = Some((Readable::of(&habits, &query), habits.openings()));
            }
        }
        habits.apply(event, None);
    }
    found.map(|(readable, openings)| text(&readable, wanted.moment, openings, rows))
}

fn text(seen: &Readable, moment: Moment, openings: u64, rows: usize) -> String {
    let mut out = String::new();
    let unknown = || "unknown".to_owned();
    let last = |n: usize| seen.last[n].as_ref().map_or_else(unknown, ToString::to_string);
    let facts = [
        ("moment", moment.name().to_owned()),
        ("openings so far", openings.to_string()),
        ("last_app", last(0)),
        ("second_last_app", last(1)),
        ("third_last_app", last(2)),
        ("hour_of_day", seen.hour_of_day.to_string()),
        ("day_of_week", seen.day_of_week.name().to_owned()),
        ("is_weekend", seen.is_weekend.to_string()),
        ("location_city_hash", seen.location_city_hash.as_ref().map_or_else(unknown, ToString::to_string)),
        ("place_label", seen.place_label.map_or_else(unknown, |label| label.name().to_owned())),
        ("battery_level", seen.battery_level.map_or_else(unknown, |battery| battery.name().to_owned())),
        ("network_type", seen.network_type.map_or_else(unknown, |network| network.name().to_owned())),
        ("is_charging", seen.is_charging.map_or_else(unknown, |charging| charging.to_string())),
        ("session", format!("number {}, opening {} of it", seen.sessions, seen.session_position)),
    ];
    for (name, value) in facts {
        let _ = writeln!(out, "{name:20} {value}");
    }
    let followers: Vec<String> =
        seen.transitions.iter().take(5).map(|(from, to, share)| format!("({from}, {to}) {share:.2}")).collect();
    let _ = writeln!(out, "{:20} {}", "transitions", followers.join("  "));
    out.push('\n');
    let wide = seen.rows.iter().take(rows).map(|row| row.item.to_string().chars().count()).max().unwrap_or(0).max(9);
    let _ = write!(out, "{:wide$}", "candidate");
    for (name, _) in COLUMNS {
        let _ = write!(out, "  {name}");
    }
    out.push('\n');
    for row in seen.rows.iter().take(rows) {
        let _ = write!(out, "{:wide$}", row.item.to_string());
        for (name, value) in COLUMNS {
            let _ = write!(out, "  {:>1$}", value(row), name.len());
        }
        out.push('\n');
    }
    if seen.rows.len() > rows {
        let _ = writeln!(out, "... and {} more", seen.rows.len() - rows);
    }
    out
}

type Column = (&'static str, fn(&Row) -> String);

/// The columns: a name, and the value as text. Shares are of 1, times in seconds.
const COLUMNS: [Column; 13] = [
    ("probability", |row| format!("{:.3}", row.probability)),
    ("time_since_last_use", |row| row.time_since_last_use_s.map_or_else(|| "-".into(), |s| format!("{s:.0}"))),
    ("app_usage_count_24h", |row| row.usage_count_24h.to_string()),
    ("app_usage_count_7d", |row| row.usage_count_7d.to_string()),
    ("share_24h", |row| format!("{:.2}", row.usage_share_24h)),
    ("share_7d", |row| format!("{:.2}", row.usage_share_7d)),
    ("trend", |row| format!("{:.1}", row.trend)),
    ("transition", |row| format!("{:.2}", row.transition)),
    ("order_2", |row| format!("{:.2}", row.transition_2)),
    ("order_3", |row| format!("{:.2}", row.transition_3)),
    ("this_hour", |row| format!("{:.1}", row.around_this_hour_and_day)),
    ("this_weekday", |row| row.on_this_weekday.to_string()),
    ("notifications", |row| row.pending_notifications.to_string()),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::{Options, Simulation};

    #[test]
    fn the_matrix_names_what_the_field_names() {
        let events: Vec<Event> = Simulation::new(1, Options::default()).expect("in range").collect();
        let wanted = Moments { moment: Moment::Unlock, before: u64::MAX };
        let text = explain(&events, wanted, 5).expect("a month has unlocks");
        for name in ["last_app", "third_last_app", "location_city_hash", "app_usage_count_7d", "transitions"] {
            assert!(text.contains(name), "{name}");
        }
        assert!(text.contains("... and "));
        assert_eq!(explain(&events[..1], wanted, 5), None);
    }
}
