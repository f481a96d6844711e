//! One moment's matrix in readable names.

use crate::event::{Battery, Context, Item, Network, PlaceLabel, Token};
use crate::habits::{Habits, Query};
use crate::time::{Timestamp, Weekday};

/// What is known of one candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The candidate.
    pub item: Item,
    /// Seconds since it was last on the screen.
    pub time_since_last_use_s: Option<f64>,
    /// Smoothed seconds from leaving it to opening it again; 0 until known.
    pub usual_gap_s: f64,
    /// Smoothed seconds on the screen; 0 until known.
    pub usual_duration_s: f64,
    /// Openings in the last 24 h.
    pub usage_count_24h: u32,
    /// Openings in the last 7 d.
    pub usage_count_7d: u32,
    /// Share of all candidates' openings in the last 24 h, 0..=1.
    pub usage_share_24h: f64,
    /// Share of all candidates' openings in the last 7 d, 0..=1.
    pub usage_share_7d: f64,
    /// The last 24 h against the mean day of the last 7 d: 1 is as usual; 0 where the week has none.
    pub trend: f64,
    /// Share of the current item's last occurrences that it followed, 0..=1.
    pub transition: f64,
    /// The same where the item before was the same as well.
    pub transition_2: f64,
    /// The same where the two items before were the same as well.
    pub transition_3: f64,
    /// Openings around this hour, smoothed over the neighbouring hours.
    pub around_this_hour: f64,
    /// The same on days of this kind (work day or week-end).
    pub around_this_hour_and_day: f64,
    /// Openings on this day of the week.
    pub on_this_weekday: u32,
    /// Openings at this place.
    pub at_this_place: f64,
    /// Notifications waiting since it was last used.
    pub pending_notifications: u32,
    /// Seconds since the newest notification.
    pub notification_age_s: Option<f64>,
    /// What the mixer and the notifications make of it, 0..=1.
    pub probability: f64,
}

/// What is known at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Readable {
    /// The last three items opened, the most recent first.
    pub last: [Option<Item>; 3],
    /// Local hour, 0..=23.
    pub hour_of_day: usize,
    /// Local day of the week.
    pub day_of_week: Weekday,
    /// Saturday or Sunday.
    pub is_weekend: bool,
    /// The place, as the hash that the host gave.
    pub location_city_hash: Option<Token>,
    /// What the place means, as told or as inferred from dwell hours.
    pub place_label: Option<PlaceLabel>,
    /// The battery's category.
    pub battery_level: Option<Battery>,
    /// The kind of network.
    pub network_type: Option<Network>,
    /// Whether a charger is connected.
    pub is_charging: Option<bool>,
    /// Openings in the running session.
    pub session_position: u32,
    /// Sessions so far.
    pub sessions: u64,
    /// The candidates, the likeliest first.
    pub rows: Vec<Row>,
    /// Which items followed the current one, with their shares, the most frequent first.
    pub transitions: Vec<(Item, Item, f64)>,
}

impl Readable {
    /// What habits know at a moment.
    #[must_use]
    pub fn of(habits: &Habits, query: &Query<'_>) -> Self {
        let now: Timestamp = query.now;
        let context: &Context = query.context;
        let candidates = habits.candidates(query.moment, None);
        let statistics = habits.statistics(query, &candidates);
        let belief = habits.believe(&habits.evidence(&statistics, None));
        let recent = habits.recent_counts(now);
        let all_24h: u32 = candidates.iter().map(|i| recent[i.row()].0).sum();
        let all_7d: u32 = candidates.iter().map(|i| recent[i.row()].1).sum();
        let all = |of: &dyn Fn(usize) -> f64| (0..candidates.len()).map(of).sum::<f64>();
        let once = all(&|n| statistics.candidates[n].followed.once);
        let order_2 = all(&|n| statistics.candidates[n].followed.order_2);
        let order_3 = all(&|n| statistics.candidates[n].followed.order_3);
        let mut rows: Vec<Row> = statistics
            .candidates
            .iter()
            .zip(&belief.log_p)
            .map(|(c, log_p)| {
                let (day, week) = recent[c.index.row()];
                Row {
                    item: habits.item(c.index).clone(),
                    time_since_last_use_s: c.last_used.map(|used| now.seconds_since(used)),
                    usual_gap_s: c.counts.gap_s,
                    usual_duration_s: c.counts.duration_s,
                    usage_count_24h: day,
                    usage_count_7d: week,
                    usage_share_24h: share(f64::from(day), f64::from(all_24h)),
                    usage_share_7d: share(f64::from(week), f64::from(all_7d)),
                    trend: share(7.0 * f64::from(day), f64::from(week)),
                    transition: share(c.followed.once, once),
                    transition_2: share(c.followed.order_2, order_2),
                    transition_3: share(c.followed.order_3, order_3),
                    around_this_hour: c.around_hour.any_day,
                    around_this_hour_and_day: c.around_hour.same_kind,
                    on_this_weekday: habits.weekdays(c.index)[now.weekday() as usize],
                    at_this_place: c.at_place.unwrap_or(0.0),
                    pending_notifications: c.notices.waiting,
                    notification_age_s: c.notices.age_s,
                    probability: log_p.exp(),
                }
            })
            .collect();
        rows.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        let transitions = habits.current().map_or_else(Vec::new, |current| {
            let from = habits.item(current);
            let followers = habits.followers(current).into_iter();
            followers.map(|(to, share)| (from.clone(), habits.item(to).clone(), share)).collect()
        });
        let (session_position, sessions) = habits.session();
        Self {
            last: habits.last_three().map(|item| item.cloned()),
            hour_of_day: now.hour(),
            day_of_week: now.weekday(),
            is_weekend: now.weekday().is_weekend(),
            location_city_hash: context.place.clone(),
            place_label: habits.place_label(context),
            battery_level: context.battery,
            network_type: context.network,
            is_charging: context.is_charging(),
            session_position,
            sessions,
            rows,
            transitions,
        }
    }
}

/// `part` of `all`; nothing of nothing is 0.
fn share(part: f64, all: f64) -> f64 {
    if all > 0.0 { part / all } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::habits::{Moment, StartWeights};
    use crate::time::DAY_MS;

    #[test]
    fn a_known_past_gives_known_numbers() {
        let start = Timestamp::new(1_704_096_000_000, 0).expect("Monday 2024-01-01, 08:00");
        let item = |name: &str| Item::new(name).expect("valid");
        let mut habits = Habits::new(&StartWeights::neutral());
        let day = ["mail", "calendar", "mail", "calendar", "mail", "maps", "mail"];
        for (days, minutes, name) in
            (0..3).flat_map(|d| day.iter().enumerate().map(move |(n, name)| (d, 10 * n, *name)))
        {
            let ms = days * DAY_MS + 60_000 * i64::try_from(minutes).expect("small");
            habits.apply(&Event::launch(start.plus_ms(ms), item(name)), None);
        }
        let now = start.plus_ms(2 * DAY_MS + 2 * 3_600_000);
        let context = Context { battery: Some(Battery::Low), ..Context::default() };
        let seen = Readable::of(&habits, &Query { moment: Moment::Next, now, context: &context });
        assert_eq!(seen.last, [Some(item("mail")), Some(item("maps")), Some(item("mail"))]);
        assert_eq!((seen.hour_of_day, seen.day_of_week, seen.is_charging), (10, Weekday::Wednesday, Some(false)));
        let calendar = seen.rows.iter().find(|row| row.item == item("calendar")).expect("a candidate");
        assert_eq!((calendar.usage_count_24h, calendar.usage_count_7d), (2, 6));
        assert!((calendar.usage_share_24h - 2.0 / 3.0).abs() < 1e-12);
        assert!((calendar.trend - 7.0 / 3.0).abs() < 1e-12, "{}", calendar.trend);
        assert_eq!(calendar.time_since_last_use_s, Some(90.0 * 60.0 - 0.0));
        // Of the eleven times that mail was followed, calendar came six times, maps three times, mail twice.
        assert_eq!(seen.transitions[0].1, item("calendar"));
        assert!((seen.transitions[0].2 - 6.0 / 11.0).abs() < 1e-12, "{:?}", seen.transitions);
    }
}
