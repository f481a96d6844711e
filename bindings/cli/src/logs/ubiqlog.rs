//! UbiqLog as prepared: tab separated `user start end app kind place city wifi`, times in seconds of the phone's local
//! wall clock written as if UTC.
//!
//! Rows of kind `home` are counted as unused; only the home screen's name is kept. Each app row gives a launch at its start and a close at its end, both in
//! the row's context: place `p<n>`, access point `w<n>`. The city column repeats the place at a coarser grain and is
//! not used. Rows go by (start, end); of two events in the same second the one whose row comes first is first, so a
//! close precedes the launch that replaces it, and never its own launch.

use foretap_core::{Context, Event, EventKind, Item, Timestamp, Token};

use super::people::People;
use super::problems::{Problems, Reason};
use super::table::{Columns, lines};

const COLUMNS: [&str; 8] = ["user", "start", "end", "app", "kind", "place", "city", "wifi"];

/// Whether a first line is this format's header.
pub(super) fn is_header(line: &str) -> bool {
    line.split('\t').map(str::trim).eq(COLUMNS)
}

/// Reads every row.
///
/// # Errors
/// What is wrong with the header.
pub(super) fn read(text: &str, people: &mut People, problems: &mut Problems) -> Result<(), (u64, String)> {
    let mut lines = lines(text);
    let (at, header) = lines.next().unwrap_or((1, ""));
    let columns = Columns::read(header, '\t', &COLUMNS, &[]).map_err(|reason| (at, reason))?;
    let places = COLUMNS.map(|name| columns.place(name).expect("every column was required"));
    let mut stays = Vec::new();
    for (line, row) in lines {
        let stay = columns.split(row, '\t').and_then(|fields| {
            let fields = places.map(|at| fields[at].trim());
            if let [user, _, _, home, "home", ..] = fields
                && ![user, home].contains(&"")
            {
                people.home(user, home);
            }
            Stay::read(&fields)
        });
        problems.count(line, stay.map(|stay| stay.map(|stay| stays.push(stay)).is_some()));
    }
    stays.sort_by_key(|s| (s.start, s.end));
    for Stay { user, start, end, item, context } in stays {
        people.add(&user, Event::launch(start, item.clone()).in_context(context.clone()));
        people.add(&user, Event::new(end, EventKind::Close(item)).in_context(context));
    }
    Ok(())
}

/// An app in front, from when to when.
struct Stay {
    user: String,
    start: Timestamp,
    end: Timestamp,
    item: Item,
    context: Context,
}

impl Stay {
    fn read(&[user, start, end, app, kind, place, _, wifi]: &[&str; 8]) -> Result<Option<Self>, Reason> {
        match kind {
            "app" => {}
            "home" => return Ok(None),
            _ => return Err("unknown kind".into()),
        }
        let moment = |seconds: &str| -> Result<Timestamp, Reason> {
            let seconds: i64 = seconds.parse().map_err(|_| "start and end must be whole seconds")?;
            Timestamp::new(seconds.saturating_mul(1_000), 0).map_err(|e| e.to_string().into())
        };
        let token = |prefix: &str, index: &str| -> Result<Option<Token>, Reason> {
            let token = (!index.is_empty()).then(|| Token::new(&format!("{prefix}{index}")));
            token.transpose().map_err(|e| e.to_string().into())
        };
        if user.is_empty() {
            return Err("no user".into());
        }
        let start = moment(start)?;
        Ok(Some(Self {
            user: user.to_owned(),
            start,
            end: moment(end)?.max(start),
            item: Item::new(app).map_err(|e| e.to_string())?,
            context: Context { place: token("p", place)?, access_point: token("w", wifi)?, ..Context::default() },
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{Log, LogError, Reading};

    fn log(rows: &str) -> Result<Log, LogError> {
        Log::from_bytes("u.tsv".as_ref(), format!("{}\n{rows}", COLUMNS.join("\t")).into(), Reading::default())
    }

    fn story(log: &Log) -> Vec<String> {
        let word = |e: &Event| match &e.kind {
            EventKind::Launch(item) => format!("{}+{item}", e.at.at_ms() / 1_000),
            EventKind::Close(item) => format!("{}-{item}", e.at.at_ms() / 1_000),
            other => panic!("{other:?}"),
        };
        log.users[0].events.iter().map(word).collect()
    }

    #[test]
    fn closes_come_before_the_launch_that_replaces_them_but_never_before_their_own() {
        let log =
            log("u\t10\t20\tb\tapp\t\t\t\nu\t5\t10\ta\tapp\t\t\t\nu\t20\t20\tc\tapp\t\t\t\nu\t20\t9\td\tapp\t\t\t\n")
                .expect("good");
        assert_eq!(story(&log), ["5+a", "10-a", "10+b", "20-b", "20+c", "20-c", "20+d", "20-d"]);
    }

    #[test]
    fn home_rows_are_unused_and_places_become_tokens() {
        let log = log("u\t1\t2\tl\thome\t\t\t\nu\t3\t4\ta\tapp\t12\t3\t7\n").expect("good");
        assert_eq!((log.problems.rows, log.problems.unused, log.problems.bad), (2, 1, 0));
        assert_eq!(log.users[0].homes, [("l".to_owned(), 1)].into());
        for event in &log.users[0].events {
            assert_eq!(event.context.place.as_ref().map(Token::as_str), Some("p12"));
            assert_eq!(event.context.access_point.as_ref().map(Token::as_str), Some("w7"));
        }
    }

    #[test]
    fn bad_rows_are_named() {
        let good = "u\t1\t2\ta\tapp\t\t\t\n".repeat(9);
        let log = log(&format!(
            "{good}u\tx\t2\ta\tapp\t\t\t\nu\t1\t2\t\tapp\t\t\t\nu\t1\t2\ta\tnap\t\t\t\nu\t1\n\t1\t2\ta\tapp\t\t\t\n"
        ))
        .expect("tolerated");
        let lines: Vec<_> = log.problems.named.iter().map(|p| p.line).collect();
        assert_eq!((log.problems.bad, lines), (5, vec![11, 12, 13, 14, 15]));
    }
}
