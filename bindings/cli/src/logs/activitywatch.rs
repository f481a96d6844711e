//! ActivityWatch's JSON export: buckets of events, each with a start, a duration and data.
//!
//! `currentwindow` buckets give launches and closes; windows of one app that follow each other within a second differ in
//! their title only and are one stay. The start of `not-afk` is an unlock and that of `afk` a lock, as is each event of
//! `os.lockscreen.unlocks` (Android) an unlock. Other buckets are counted as unused. Each host is a user. Window titles
//! are private and never read. Format: <https://docs.activitywatch.net/en/latest/buckets-and-events.html>.

use std::collections::BTreeMap;

use foretap_core::{Event, EventKind, Item, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::android::Meaning;
use super::civil;
use super::error::Fault;
use super::people::People;
use super::problems::{Problems, Reason};

/// Windows of one app that are no further apart than this are one stay.
const SAME_STAY_MS: i64 = 1_000;

#[derive(Deserialize)]
struct Export<'a> {
    #[serde(borrow)]
    buckets: BTreeMap<String, Bucket<'a>>,
}

#[derive(Deserialize)]
struct Bucket<'a> {
    #[serde(rename = "type")]
    kind: String,
    hostname: Option<String>,
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Span {
    timestamp: String,
    #[serde(default)]
    duration: f64,
    #[serde(default)]
    data: Data,
}

#[derive(Deserialize, Default)]
struct Data {
    app: Option<String>,
    package: Option<String>,
    status: Option<String>,
}

/// Reads every bucket.
///
/// # Errors
/// The line and what is wrong with the JSON.
pub(super) fn read(
    text: &str,
    utc_offset_min: i16,
    people: &mut People,
    problems: &mut Problems,
) -> Result<(), (u64, Fault)> {
    let export: Export<'_> = serde_json::from_str(text).map_err(|e| (e.line() as u64, fault(&e)))?;
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    // An event is a part of the text, so its place in it is known.
    let line_of = |raw: &RawValue| {
        let at = raw.get().as_ptr() as usize - text.as_ptr() as usize;
        1 + ends.partition_point(|&end| end < at) as u64
    };
    for bucket in export.buckets.values() {
        let user = bucket.hostname.as_deref().filter(|h| !h.is_empty()).unwrap_or("unknown");
        let mut stays = Vec::new();
        for raw in &bucket.events {
            let read = Span::read(raw).and_then(|span| {
                let at = civil::zoned(&span.timestamp, utc_offset_min)?;
                match (bucket.kind.as_str(), span.data.status.as_deref()) {
                    ("currentwindow", _) => return Ok(span.stay(at)?.map(|stay| stays.push(stay)).is_some()),
                    ("afkstatus", Some("not-afk")) | ("os.lockscreen.unlocks", _) => {
                        people.add(user, Event::unlock(at))
                    }
                    ("afkstatus", Some("afk")) => people.add(user, Event::new(at, EventKind::Lock)),
                    ("afkstatus", _) => return Err("the status is neither afk nor not-afk".into()),
                    _ => return Ok(false),
                }
                Ok(true)
            });
            problems.count(line_of(raw), read);
        }
        for stay in joined(stays) {
            let Some(kind) = Meaning::Front.kind(stay.item.clone()) else { continue };
            people.add(user, Event::new(stay.start, kind));
            if let Some(kind) = Meaning::Back.kind(stay.item) {
                people.add(user, Event::new(stay.end, kind));
            }
        }
    }
    Ok(())
}

/// An app in front, from when to when.
struct Stay {
    start: Timestamp,
    end: Timestamp,
    item: Item,
}

impl Span {
    fn read(raw: &RawValue) -> Result<Self, Reason> {
        serde_json::from_str(raw.get()).map_err(|_| "no event with timestamp, duration and data".into())
    }

    /// The stay of a window; `None` for the lock screen.
    fn stay(&self, start: Timestamp) -> Result<Option<Stay>, Reason> {
        let app = self.data.package.as_ref().or(self.data.app.as_ref()).ok_or("a window without an app")?;
        if LOCK_SCREENS.contains(&app.to_lowercase().as_str()) {
            return Ok(None);
        }
        let is_span = (0.0..=MAX_DURATION_S).contains(&self.duration);
        let seconds = Some(self.duration).filter(|_| is_span).ok_or("the duration is no length of time")?;
        #[expect(clippy::cast_possible_truncation, reason = "at most MAX_DURATION_S")]
        let end = start.plus_ms((seconds * 1_000.0).round() as i64);
        let item = Item::new(app).map_err(|e| e.to_string())?;
        Ok(Some(Stay { start, end, item }))
    }
}

/// Stays by (start, end), with those of one app joined that differ in their title only.
fn joined(mut stays: Vec<Stay>) -> Vec<Stay> {
    stays.sort_by_key(|s| (s.start.at_ms(), s.end.at_ms()));
    let mut joined: Vec<Stay> = Vec::with_capacity(stays.len());
    for stay in stays {
        match joined.last_mut() {
            Some(last) if last.item == stay.item && stay.start.at_ms() - last.end.at_ms() <= SAME_STAY_MS => {
                last.end = last.end.max(stay.end);
            }
            _ => joined.push(stay),
        }
    }
    joined
}

fn fault(error: &serde_json::Error) -> Fault {
    let reason = match error.classify() {
        serde_json::error::Category::Eof => "the text is cut off",
        serde_json::error::Category::Data => "no buckets with type and events",
        _ => "no JSON",
    };
    Fault::Json { column: error.column() as u64, reason }
}

/// What desktops have in front while they are locked.
const LOCK_SCREENS: [&str; 3] = ["lockapp.exe", "loginwindow", "screensaverengine"];
/// A year: longer is no window.
const MAX_DURATION_S: f64 = 366.0 * 86_400.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{Format, Log, LogError, Reading};

    const EXPORT: &str = r#"{"buckets": {
"aw-watcher-window_pc": {"id": "aw-watcher-window_pc", "type": "currentwindow", "client": "aw-watcher-window", "hostname": "pc", "events": [
{"id": 4, "timestamp": "2026-01-31T08:00:30.500000+00:00", "duration": 5.0, "data": {"app": "firefox", "title": "canary"}},
{"id": 3, "timestamp": "2026-01-31T08:00:10.250000+00:00", "duration": 20.0, "data": {"app": "Code", "title": "canary two"}},
{"id": 2, "timestamp": "2026-01-31T08:00:05+00:00", "duration": 5.0, "data": {"app": "Code", "title": "canary one"}},
{"id": 1, "timestamp": "2026-01-31T07:00:05+00:00", "duration": 5.0, "data": {"app": "LockApp.exe", "title": ""}}]},
"aw-watcher-afk_pc": {"type": "afkstatus", "hostname": "pc", "events": [
{"timestamp": "2026-01-31T08:10:00Z", "duration": 50, "data": {"status": "afk"}},
{"timestamp": "2026-01-31T08:00:00Z", "duration": 600, "data": {"status": "not-afk"}}]},
"aw-watcher-web": {"type": "web.tab.current", "hostname": "pc", "events": [{"timestamp": "2026-01-31T08:10:00Z", "data": {"url": "canary"}}]},
"aw-watcher-android-test": {"type": "currentwindow", "hostname": "", "events": [
{"timestamp": "2026-01-31T08:00:00.001Z", "duration": 3.0, "data": {"app": "Chat", "package": "com.chat", "classname": "A"}},
{"timestamp": "2026-01-31T08:00:03.001Z", "duration": 1.0, "data": {"app": "Home", "package": "com.miui.home"}}]}
}}"#;

    fn read(text: &str) -> Result<Log, LogError> {
        Log::from_bytes("aw.json".as_ref(), text.into(), Reading::default())
    }

    fn story(log: &Log, user: &str) -> Vec<String> {
        let user = log.users.iter().find(|u| u.user == user).expect("there");
        let start = user.events[0].at;
        let word = |e: &Event| match &e.kind {
            EventKind::Launch(item) => format!("{}+{item}", e.at.seconds_since(start)),
            EventKind::Close(item) => format!("{}-{item}", e.at.seconds_since(start)),
            other => format!("{}{}", e.at.seconds_since(start), format!("{other:?}").to_lowercase()),
        };
        user.events.iter().map(word).collect()
    }

    #[test]
    fn windows_and_presence_become_events_and_titles_do_not() {
        let log = read(EXPORT).expect("good");
        assert_eq!(log.format, Format::ActivityWatch);
        assert_eq!(story(&log, "pc"), ["0unlock", "5+Code", "30.25-Code", "30.5+firefox", "35.5-firefox", "600lock"]);
        assert_eq!(story(&log, "unknown"), ["0+com.chat", "3-com.chat", "3home"]);
        assert_eq!((log.problems.rows, log.problems.bad, log.problems.unused), (9, 0, 2));
        assert!(!format!("{log:?}").contains("canary"));
    }

    #[test]
    fn bad_events_are_named_with_their_line() {
        let bad = r#"{"timestamp": "2026-01-31T08:00:00", "duration": 1, "data": {"app": "canary"}},
{"timestamp": "2026-01-31T08:00:00Z", "duration": -1, "data": {"app": "canary"}},
{"timestamp": "2026-01-31T08:00:00Z", "duration": 1, "data": {}},
{"timestamp": "2026-01-31T08:00:00Z", "duration": "canary", "data": {"app": "canary"}},
"#;
        let text = EXPORT.replacen("{\"id\": 4", &format!("{bad}{{\"id\": 4"), 1);
        let log = read(&text).expect("tolerated");
        let named: Vec<_> = log.problems.named.iter().map(ToString::to_string).collect();
        assert_eq!(
            named,
            [
                "line 3: the time has no readable zone",
                "line 4: the duration is no length of time",
                "line 5: a window without an app",
                "line 6: no event with timestamp, duration and data",
            ]
        );
    }

    #[test]
    fn json_that_is_no_export_is_an_error_with_its_line() {
        let fault = |text: &str| {
            let error = read(text).expect_err("no export");
            assert!(!error.to_string().contains("canary"), "{error}");
            (error.line, error.to_string())
        };
        assert_eq!(fault(&EXPORT[..EXPORT.len() - 3]).0, 13);
        assert!(fault("{\"buckets\": {}}\n{").1.contains("no JSON"));
        assert!(fault("{\n\"canary\": \"canary\"}").1.contains("no buckets"));
        assert!(fault("{\"buckets\": {}}").1.contains("no usable row"));
    }
}
