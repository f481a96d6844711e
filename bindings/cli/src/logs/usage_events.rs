//! Raw Android `UsageEvents` as CSV without a header: `epoch_ms,app,type,` with the type as a number.
//!
//! 1 (to the front) is a launch, 2 (to the back) a close, 12 a notification, 16 and 17 a lock, 18 an unlock; home
//! screens in front are home. Other types are counted as unused. The file does not tell the local clock's offset.

use foretap_core::{Event, Item, Timestamp};

use super::android::Meaning;
use super::people::People;
use super::problems::{Problems, Reason};
use super::table::{fields, lines};

/// The user of a log that is about one phone.
pub(super) const ONE_PHONE: &str = "phone";

/// Whether a first line looks like this format.
pub(super) fn is_row(line: &str) -> bool {
    let mut parts = line.split(',');
    let is_epoch = |p: &str| p.len() >= 12 && p.bytes().all(|b| b.is_ascii_digit());
    parts.next().is_some_and(is_epoch) && parts.nth(1).is_some_and(|kind| kind.trim().parse::<u32>().is_ok())
}

/// Reads every row.
pub(super) fn read(text: &str, utc_offset_min: i16, people: &mut People, problems: &mut Problems) {
    for (line, row) in lines(text) {
        let event = event(row, utc_offset_min);
        problems.count(line, event.map(|event| event.map(|event| people.add(ONE_PHONE, event)).is_some()));
    }
}

fn event(row: &str, utc_offset_min: i16) -> Result<Option<Event>, Reason> {
    let fields = fields(row, ',')?;
    let (3 | 4, [at_ms, app, kind, ..]) = (fields.len(), &fields[..]) else {
        return Err(format!("{} fields instead of 4", fields.len()).into());
    };
    let at_ms = at_ms.trim().parse().map_err(|_| "the time is no whole number of milliseconds")?;
    let at = Timestamp::new(at_ms, utc_offset_min).map_err(|e| e.to_string())?;
    let number = kind.trim().parse().map_err(|_| "the type is no whole number")?;
    let item = Item::new(app.trim()).map_err(|e| e.to_string())?;
    Ok(Meaning::of_number(number).and_then(|meaning| meaning.kind(item)).map(|kind| Event::new(at, kind)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{Format, Log, Reading};
    use foretap_core::EventKind;

    const DAY: &str = "1571151207258,Android system,15,\n1571151212200,Android system,18,\n1571151212300,Quickstep,1,\n\
                       1571151213000,Chat,1,\n1571151216000,Mail,12,\n1571151216500,Chat,2,\n1571151217339,Android system,17,\n";

    #[test]
    fn types_become_events_in_order_of_time() {
        let reading = Reading { utc_offset_min: 120, ..Reading::default() };
        let log = Log::from_bytes("day.csv".as_ref(), DAY.into(), reading).expect("good");
        let item = |id| Item::new(id).expect("valid");
        let kinds: Vec<_> = log.users[0].events.iter().map(|e| e.kind.clone()).collect();
        assert_eq!(
            kinds,
            [
                EventKind::Unlock,
                EventKind::Home,
                EventKind::Launch(item("Chat")),
                EventKind::Notification(item("Mail")),
                EventKind::Close(item("Chat")),
                EventKind::Lock
            ]
        );
        assert!(log.users[0].events.iter().all(|e| e.at.utc_offset_min() == 120));
        assert_eq!((log.format, log.problems.rows, log.problems.unused), (Format::UsageEvents, 7, 1));
    }

    #[test]
    fn bad_rows_are_named() {
        let bad = "later,Chat,1,\n1571151207258,Chat,front,\n1571151207258,,1,\n1571151207258\n";
        let log = Log::from_bytes("d".as_ref(), format!("{DAY}{bad}").into(), Reading::default()).expect("tolerated");
        assert_eq!((log.problems.bad, log.problems.named.last().map(|p| p.line)), (4, Some(11)));
    }
}
