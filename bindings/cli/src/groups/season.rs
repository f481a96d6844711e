//! When a log was recorded.

use foretap_core::time::{DAY_MS, Timestamp};

use super::Groups;
use crate::logs::UserLog;

/// The meteorological season, of the northern half of the earth, of the middle between the first and the last event;
/// [`Groups::OTHER`] without events.
#[must_use]
pub fn season(user: &UserLog) -> &'static str {
    let ends = user.events.first().zip(user.events.last());
    ends.map_or(Groups::OTHER, |(first, last)| {
        let local_ms = |at: Timestamp| at.day() * DAY_MS + at.ms_of_day();
        let middle_ms = i64::midpoint(local_ms(first.at), local_ms(last.at));
        match month(middle_ms.div_euclid(DAY_MS)) {
            3..=5 => "spring",
            6..=8 => "summer",
            9..=11 => "autumn",
            _ => "winter",
        }
    })
}

/// The month, 1..=12, of a day since 1970-01-01. Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// `civil_from_days`: years begin in March, so that the leap day is their last.
fn month(days: i64) -> i64 {
    let day_of_era = (days + 719_468).rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    if from_march < 10 { from_march + 3 } else { from_march - 9 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use foretap_core::Event;

    use super::*;

    #[test]
    fn months_are_those_of_the_calendar() {
        // 1970-01-01, its last of February and first of March, 1999-12-31, 2000-02-29 and 2000-03-01, 2013-12-20.
        let months = [0, 58, 59, 10_956, 11_016, 11_017, 16_059].map(month);
        assert_eq!(months, [1, 2, 3, 12, 2, 3, 12]);
        let mut length = BTreeMap::<i64, usize>::new();
        (10_957..11_323).for_each(|day| *length.entry(month(day)).or_default() += 1);
        assert_eq!(length.into_values().collect::<Vec<_>>(), [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
    }

    fn of(first_day: i64, last_day: i64) -> &'static str {
        let unlock = |day: i64| Event::unlock(Timestamp::new(day * DAY_MS, 0).expect("valid"));
        let events = vec![unlock(first_day), unlock(last_day)];
        season(&UserLog { user: "u".into(), events, homes: BTreeMap::new() })
    }

    #[test]
    fn the_middle_of_the_log_decides() {
        // 2013-11-30 and 2013-12-01 are days 16,039 and 16,040.
        assert_eq!((of(16_039, 16_039), of(16_040, 16_040)), ("autumn", "winter"));
        assert_eq!((of(16_000, 16_078), of(16_000, 16_080)), ("autumn", "winter"));
        assert_eq!((of(16_040 + 90, 16_040 + 90), of(16_040 + 182, 16_040 + 182)), ("spring", "summer"));
        assert_eq!(season(&UserLog { user: "u".into(), events: Vec::new(), homes: BTreeMap::new() }), "other");
    }
}
