//! The text of `adb shell dumpsys usagestats`.
//!
//! Events are lines such as `time="2026-01-31 12:34:56" type=ACTIVITY_RESUMED package=com.x class=com.x.Main`. The same
//! event stands in several sections (last 24 hours, daily, weekly, monthly, yearly): it is taken once, but an event
//! that one section has twice in the same second (older phones: minute) stays two. `user=10` begins the section of a
//! work profile, whose apps are items of that profile; the person is the same. Older phones write
//! `MOVE_TO_FOREGROUND`, minutes instead of seconds, and dates as their language has them; checkin dumps write epoch
//! milliseconds and the type's number. Where dates such as `3/9/2017` leave open which number is the month, all dates of
//! the file are searched for one above 12; if there is none, the month is first. Local times are of the offset that the
//! reader is given.

use std::collections::HashMap;

use foretap_core::{Event, EventKind, Item, Timestamp};

use super::android::Meaning;
use super::civil::{self, Order};
use super::people::People;
use super::problems::{Problems, Reason};
use super::table::lines;
use super::usage_events::ONE_PHONE;

/// Whether a line is an event of such a dump.
pub(super) fn is_event(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("time=") && line.contains(" type=") && line.contains(" package=")
}

/// Reads every event line.
pub(super) fn read(text: &str, utc_offset_min: i16, people: &mut People, problems: &mut Problems) {
    let clock = Clock { order: date_order(text), utc_offset_min };
    let mut profile = 0;
    // How often an event was taken already, and how often this section has had it.
    let mut taken = HashMap::<Seen, usize>::new();
    let mut section = HashMap::<Seen, usize>::new();
    for (line, row) in lines(text) {
        let row = row.trim();
        if !row.starts_with("time=") {
            if let Some(user) = row.strip_prefix("user=") {
                profile = user.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0);
            }
            if is_heading(row) {
                section.clear();
            }
            continue;
        }
        let event = event(row, profile, &clock).map(|event| {
            let Some((at, seen)) = event else { return false };
            let here = section.entry(seen.clone()).or_default();
            *here += 1;
            let before = taken.entry(seen.clone()).or_default();
            if *here > *before {
                *before = *here;
                people.add(ONE_PHONE, Event::new(at, seen.kind));
                return true;
            }
            false
        });
        problems.count(line, event);
    }
}

/// What makes two lines the same event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Seen {
    at_ms: i64,
    kind: EventKind,
    /// The activity and its instance: one app can change its activities several times in a second.
    activity: String,
}

struct Clock {
    order: Order,
    utc_offset_min: i16,
}

fn event(row: &str, profile: u32, clock: &Clock) -> Result<Option<(Timestamp, Seen)>, Reason> {
    let value = |name: &str| pairs(row).find(|(key, _)| *key == name).map(|(_, value)| value);
    let time = value("time").ok_or("no time")?;
    let at = match time.parse() {
        Ok(at_ms) => Timestamp::new(at_ms, clock.utc_offset_min).map_err(|e| e.to_string())?,
        Err(_) => civil::local(time, clock.order, clock.utc_offset_min)?,
    };
    let kind = value("type").ok_or("no type")?;
    let item = Item::in_profile(value("package").ok_or("no package")?, profile).map_err(|e| e.to_string())?;
    let meaning = kind.parse().map_or_else(|_| Meaning::of_name(kind), Meaning::of_number);
    Ok(meaning.and_then(|meaning| meaning.kind(item)).map(|kind| {
        let activity = if kind.item().is_none() {
            String::new()
        } else {
            [value("class"), value("instanceId")].map(Option::unwrap_or_default).join("#")
        };
        (at, Seen { at_ms: at.at_ms(), kind, activity })
    }))
}

/// The `key=value` and `key="quoted value"` of a line.
fn pairs(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let (key, after) = rest.split_once('=')?;
        let key = key.rsplit(char::is_whitespace).next().unwrap_or(key);
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        rest = after;
        Some((key, value))
    })
}

/// Whether a line begins another list of events.
fn is_heading(row: &str) -> bool {
    row.starts_with("user=")
        || row.starts_with("In-memory")
        || row.starts_with("Last 24 hour events")
        || row == "events"
}

/// Whether the dates of a file have the month or the day first: the first date with a number above 12 decides.
fn date_order(text: &str) -> Order {
    let numbers = |row: &str| {
        let date = row.trim_start().strip_prefix("time=\"")?;
        let (first, rest) = date.split_once('/')?;
        let (second, _) = rest.split_once('/')?;
        Some((first.parse::<u8>().ok()?, second.parse::<u8>().ok()?))
    };
    let decisive = lines(text).filter_map(|(_, row)| numbers(row)).find(|&(first, second)| first.max(second) > 12);
    if decisive.is_some_and(|(first, _)| first > 12) { Order::DayFirst } else { Order::MonthFirst }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{Format, Log, Reading};

    fn log(text: &str) -> Log {
        Log::from_bytes("dump.txt".as_ref(), text.into(), Reading::default()).expect("good")
    }

    fn story(log: &Log) -> Vec<String> {
        assert_eq!((log.format, log.users.len()), (Format::Dumpsys, 1));
        let word = |e: &Event| match &e.kind {
            EventKind::Launch(item) => format!("+{item}"),
            EventKind::Close(item) => format!("-{item}"),
            EventKind::Notification(item) => format!("!{item}"),
            other => format!("{other:?}").to_lowercase(),
        };
        log.users[0].events.iter().map(word).collect()
    }

    const MODERN: &str = r#"
user=0
  Last 24 hour events (timeRange="2026/1/30 12:00 – 2026/1/31 12:00" )
    time="2026-01-31 08:00:00" type=SCREEN_INTERACTIVE package=android flags=0x0
    time="2026-01-31 08:00:01" type=KEYGUARD_HIDDEN package=android flags=0x0
    time="2026-01-31 08:00:02" type=ACTIVITY_RESUMED package=com.chat class=com.chat.Main instanceId=7 taskRootPackage=com.chat flags=0x0
    time="2026-01-31 08:00:09" type=ACTIVITY_PAUSED package=com.chat class=com.chat.Main instanceId=7 flags=0x0
    time="2026-01-31 08:00:09" type=NOTIFICATION_INTERRUPTION package=com.mail channelId=inbox flags=0x0
    time="2026-01-31 08:00:12" type=STANDBY_BUCKET_CHANGED package=com.mail standbyBucket=10 reason=u-mb flags=0x0
  In-memory daily stats
    packages
      package=com.chat totalTimeUsed="00:07" lastTimeUsed="2026-01-31 08:00:09" appLaunchCount=1
    events
      time="2026-01-30 07:00:00" type=ACTIVITY_RESUMED package=com.sec.android.app.launcher class=x instanceId=1 flags=0x0
      time="2026-01-31 08:00:02" type=ACTIVITY_RESUMED package=com.chat class=com.chat.Main instanceId=7 flags=0x0
      time="2026-01-31 08:00:09" type=ACTIVITY_PAUSED package=com.chat class=com.chat.Main instanceId=7 flags=0x0
user=10
  In-memory weekly stats
    events
      time="2026-01-31 08:00:01" type=KEYGUARD_HIDDEN package=android flags=0x0
      time="2026-01-31 09:00:00" type=ACTIVITY_RESUMED package=com.mail class=y instanceId=3 flags=0x0
"#;

    #[test]
    fn an_event_of_several_sections_is_taken_once() {
        let log = log(MODERN);
        assert_eq!(story(&log), ["home", "unlock", "+com.chat", "-com.chat", "!com.mail", "+com.mail@10"]);
        assert_eq!((log.problems.rows, log.problems.bad, log.problems.unused), (11, 0, 5));
    }

    #[test]
    fn what_one_section_has_twice_stays_two() {
        let twice = "time=\"4/27/2019, 22:58\" type=MOVE_TO_FOREGROUND package=com.mail class=A\n\
                     time=\"4/27/2019, 22:58\" type=MOVE_TO_BACKGROUND package=com.mail class=A\n";
        let text =
            format!("user=0\nIn-memory daily stats\nevents\n{twice}{twice}In-memory weekly stats\nevents\n{twice}");
        assert_eq!(story(&log(&text)), ["+com.mail", "-com.mail", "+com.mail", "-com.mail"]);
    }

    #[test]
    fn older_dates_are_read_as_the_file_shows_them() {
        let at = |text: &str| log(text).users[0].events.iter().map(|e| e.at.at_ms() / 60_000).collect::<Vec<_>>();
        let line = |time: &str| format!("time=\"{time}\" type=MOVE_TO_FOREGROUND package=com.chat class=A\n");
        let ninth_of_march = at(&line("2017-03-09 21:18"));
        // With the 27th in the file its first numbers are days; alone, they are months.
        assert_eq!(at(&(line("09/03/2017 21:18") + &line("27/03/2017 10:00")))[0], ninth_of_march[0]);
        assert_eq!(at(&line("3/9/2017, 9:18 PM")), ninth_of_march);
        assert_eq!(at(&line("09.03.2017 21:18")), ninth_of_march);
        let epoch = format!("time={} type=1 package=com.chat\n", ninth_of_march[0] * 60_000);
        assert_eq!(at(&epoch), ninth_of_march);
    }

    #[test]
    fn bad_event_lines_are_named() {
        let bad =
            "time=\"yesterday\" type=ACTIVITY_RESUMED package=com.chat\ntime=\"2026-01-31 08:00:02\" type=1 package=\n";
        let log = log(&format!("{MODERN}{bad}"));
        assert_eq!(log.problems.bad, 2);
        let reasons: Vec<_> = log.problems.named.iter().map(ToString::to_string).collect();
        assert_eq!(reasons[0], "line 22: the time is not readable");
        assert!(reasons[1].starts_with("line 23: item must have"), "{reasons:?}");
    }
}
