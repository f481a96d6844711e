//! LSApp (Aliannejadi et al., <https://github.com/aliannejadi/LSApp>): `user_id session_id timestamp app_name event_type`.
//!
//! It goes round in four variants, all of which are read: the archive as published (a tar file inside gzip), the tab
//! separated `lsapp.tsv` out of it (also gzipped), comma separated re-exports (any order of columns, perhaps with a
//! nameless index column, perhaps without `session_id`, or without `event_type` where only openings were kept), and the
//! same without a header in the published order. `Opened` is a launch, `Closed` and `Broken` (the logger lost the end)
//! a close; `User Interaction` is unused. Timestamps have no zone.

use foretap_core::{Event, EventKind, Item};

use super::civil::{self, Order};
use super::people::People;
use super::problems::{Problems, Reason};
use super::table::{Columns, fields, lines};

const REQUIRED: [&str; 3] = ["user_id", "timestamp", "app_name"];
/// `""` and `Unnamed: 0` are the index columns that pandas writes.
const OPTIONAL: [&str; 5] = ["session_id", "event_type", "", "Unnamed: 0", "index"];
const PUBLISHED: [&str; 5] = ["user_id", "session_id", "timestamp", "app_name", "event_type"];

/// Whether a first line is this format's header, or a row of it.
pub(super) fn is_first(line: &str) -> bool {
    is_header(line) || is_row(line)
}

/// Reads every row.
///
/// # Errors
/// What is wrong with the header.
pub(super) fn read(
    text: &str,
    utc_offset_min: i16,
    people: &mut People,
    problems: &mut Problems,
) -> Result<(), (u64, String)> {
    let mut lines = lines(text).peekable();
    let (at, first) = lines.peek().copied().unwrap_or((1, ""));
    let delimiter = delimiter(first);
    let columns = if is_row(first) {
        Columns::fixed(&PUBLISHED)
    } else {
        lines.next();
        Columns::read(first, delimiter, &REQUIRED, &OPTIONAL).map_err(|reason| (at, reason))?
    };
    let places = ["user_id", "timestamp", "app_name", "event_type"].map(|name| columns.place(name));
    for (line, row) in lines {
        let event = columns.split(row, delimiter).and_then(|fields| {
            let [user, time, app, kind] = places.map(|place| place.map(|at| fields[at].trim()));
            let user = user.filter(|u| !u.is_empty()).ok_or("no user_id")?;
            let event = event(time.unwrap_or_default(), app.unwrap_or_default(), kind, utc_offset_min)?;
            Ok(event.map(|event| people.add(user, event)).is_some())
        });
        problems.count(line, event);
    }
    Ok(())
}

fn event(time: &str, app: &str, kind: Option<&str>, utc_offset_min: i16) -> Result<Option<Event>, Reason> {
    let at = civil::local(time, Order::MonthFirst, utc_offset_min)?;
    let item = Item::new(app).map_err(|e| e.to_string())?;
    let kind = match kind {
        None | Some("Opened") => EventKind::Launch(item),
        Some("Closed" | "Broken") => EventKind::Close(item),
        Some("User Interaction") => return Ok(None),
        Some(_) => return Err("unknown event_type".into()),
    };
    Ok(Some(Event::new(at, kind)))
}

fn delimiter(line: &str) -> char {
    if line.contains('\t') { '\t' } else { ',' }
}

fn is_header(line: &str) -> bool {
    let Ok(names) = fields(line, delimiter(line)) else { return false };
    REQUIRED.iter().all(|required| names.iter().any(|name| name.trim() == *required))
}

fn is_row(line: &str) -> bool {
    let Ok(row) = fields(line, delimiter(line)) else { return false };
    row.len() == PUBLISHED.len() && civil::local(&row[2], Order::MonthFirst, 0).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{Fault, Format, Log, LogError, Reading};

    const ROWS: [&str; 5] = [
        "0\t1\t2018-01-16 06:01:05\tMinesweeper Classic (Mines)\tOpened",
        "0\t1\t2018-01-16 06:01:05\tMinesweeper Classic (Mines)\tClosed",
        "0\t2\t2018-01-16 06:25:54\tGmail\tUser Interaction",
        "1\t2\t2018-01-16 06:26:05\tGoogle\tOpened",
        "1\t2\t2018-01-16 06:26:10\tGoogle\tBroken",
    ];

    fn read(text: &str) -> Result<Log, LogError> {
        Log::from_bytes("lsapp.tsv".as_ref(), text.into(), Reading::default())
    }

    #[test]
    fn all_variants_give_the_same_events() {
        let tabs = format!("{}\n{}\n", PUBLISHED.join("\t"), ROWS.join("\n"));
        let want = read(&tabs).expect("good");
        assert_eq!((want.format, want.problems.unused, want.problems.rows), (Format::Lsapp, 1, 5));
        assert_eq!(want.users.iter().map(|u| u.events.len()).collect::<Vec<_>>(), [2, 2]);
        let commas = tabs.replace('\t', ",");
        let index = |text: &str| {
            let numbered =
                text.lines().enumerate().map(|(i, l)| if i == 0 { format!(",{l}\n") } else { format!("{i},{l}\n") });
            numbered.collect::<String>()
        };
        for other in [ROWS.join("\n"), ROWS.join("\r\n").replace('\t', ","), index(&commas), commas] {
            assert_eq!(read(&other).expect("good").users, want.users, "{other}");
        }
    }

    #[test]
    fn rows_without_an_event_type_are_openings() {
        let log = read("app_name,user_id,timestamp\n\"Maps, new\",7,2018-01-16 06:01:05\n").expect("good");
        assert_eq!(log.users[0].user, "7");
        assert_eq!(log.users[0].events[0].kind, EventKind::Launch(Item::new("Maps, new").expect("valid")));
    }

    #[test]
    fn bad_rows_and_headers_are_named() {
        let text =
            format!("{}\n0\t1\t2018-02-30 06:01:05\tA\tOpened\n0\t1\t2018-01-16 06:01:05\tA\tMoved\n", ROWS.join("\n"));
        let log = read(&text).expect("tolerated");
        let named: Vec<_> = log.problems.named.iter().map(ToString::to_string).collect();
        assert_eq!(named, ["line 6: the time is not readable", "line 7: unknown event_type"]);
        let error = read("user_id,timestamp,app_name,mood\n").expect_err("unknown column");
        assert!(matches!(error, LogError { line: 1, fault: Fault::Header { .. }, .. }), "{error}");
    }
}
