//! The plain CSV: `user,at_ms,utc_offset_min,kind,item,place,network,battery,charging`, one event a row.
//!
//! The header is required, its order is free. `at_ms` is UTC epoch milliseconds; `kind` one of launch, close, unlock,
//! lock, home, notification, notification_cleared, impression, dismiss, install, uninstall; `network` one of wifi, 5g,
//! 4g, 3g, cellular, offline; `battery` a percentage; `charging` 0 or 1; empty means unknown. The item of a `home` row is
//! the home screen, and may be empty. Further columns may be there: `label` (home, work, commute, other), `access_point`, `audio` (phone, headphones, car, speaker), `profile` (0 is the
//! main one), for impressions `surface` (`log` where unknown), `position` (0 where unknown) and `propensity` (above 0, at
//! most 1), and for launches from a row of predictions its `surface` and `position`.

use std::borrow::Cow;

use foretap_core::{
    Audio, Battery, Context, Event, EventKind, Item, Network, PlaceLabel, Propensity, Timestamp, Token,
};

use super::people::People;
use super::problems::{Problems, Reason};
use super::table::{Columns, lines};

const REQUIRED: [&str; 5] = ["user", "at_ms", "utc_offset_min", "kind", "item"];
const OPTIONAL: [&str; 11] = [
    "place",
    "network",
    "battery",
    "charging",
    "label",
    "access_point",
    "audio",
    "profile",
    "surface",
    "position",
    "propensity",
];

/// Whether a first line is this format's header.
pub(super) fn is_header(line: &str) -> bool {
    let mut names = line.split(',').map(str::trim);
    names.clone().any(|n| n == "at_ms") && names.any(|n| n == "kind")
}

/// Reads every row.
///
/// # Errors
/// What is wrong with the header.
pub(super) fn read(text: &str, people: &mut People, problems: &mut Problems) -> Result<(), (u64, String)> {
    let mut lines = lines(text);
    let (at, header) = lines.next().unwrap_or((1, ""));
    let columns = Columns::read(header, ',', &REQUIRED, &OPTIONAL).map_err(|reason| (at, reason))?;
    let places = Places::of(&columns);
    for (line, row) in lines {
        let event = columns.split(row, ',').and_then(|fields| {
            let row = Row { fields: &fields, places: &places };
            let user = row.text(places.user).ok_or("no user")?;
            let event = row.event()?;
            let [.., item] = places.required;
            if let (EventKind::Home, Some(name)) = (&event.kind, row.text(item)) {
                people.home(user, name);
            }
            people.add(user, event);
            Ok(true)
        });
        problems.count(line, event);
    }
    Ok(())
}

/// Where the columns are, looked up once.
struct Places {
    user: Option<usize>,
    required: [Option<usize>; 4],
    optional: [Option<usize>; 11],
}

impl Places {
    fn of(columns: &Columns) -> Self {
        let [user, required @ ..] = REQUIRED;
        Self {
            user: columns.place(user),
            required: required.map(|name| columns.place(name)),
            optional: OPTIONAL.map(|name| columns.place(name)),
        }
    }
}

struct Row<'a> {
    fields: &'a [Cow<'a, str>],
    places: &'a Places,
}

impl<'a> Row<'a> {
    fn text(&self, place: Option<usize>) -> Option<&'a str> {
        place.and_then(|at| self.fields.get(at)).map(|f| f.trim()).filter(|f| !f.is_empty())
    }

    fn event(&self) -> Result<Event, Reason> {
        let [at_ms, offset, kind, item] = self.places.required.map(|place| self.text(place));
        let [.., profile, surface, position, propensity] = self.places.optional.map(|place| self.text(place));
        let at_ms = at_ms.ok_or("no at_ms")?.parse().map_err(|_| "at_ms is no whole number")?;
        let offset = offset.ok_or("no utc_offset_min")?.parse().map_err(|_| "utc_offset_min is no whole number")?;
        let at = Timestamp::new(at_ms, offset).map_err(|e| e.to_string())?;
        let profile = profile.map_or(Ok(0), str::parse).map_err(|_| "profile is no whole number")?;
        let item = || Item::in_profile(item.ok_or("no item")?, profile).map_err(|e| Reason::from(e.to_string()));
        let is_from_slot = surface.is_some();
        let surface = || Token::new(surface.unwrap_or("log")).map_err(|e| Reason::from(e.to_string()));
        let position = || position.map_or(Ok(0), str::parse).map_err(|_| "position is not 0 to 255");
        let propensity = || {
            let share = |text: &str| text.parse().ok().filter(|share| *share > 0.0 && *share <= 1.0);
            propensity.map(|text| share(text).map(Propensity::nearest).ok_or("propensity is not above 0 and at most 1"))
        };
        let kind = match kind.ok_or("no kind")? {
            "launch" => EventKind::Launch(item()?),
            "close" => EventKind::Close(item()?),
            "unlock" => EventKind::Unlock,
            "lock" => EventKind::Lock,
            "home" => EventKind::Home,
            "notification" => EventKind::Notification(item()?),
            "notification_cleared" => EventKind::NotificationCleared(item()?),
            "impression" => {
                let (surface, position, propensity) = (surface()?, position()?, propensity().transpose()?);
                EventKind::Impression { item: item()?, surface, position, propensity }
            }
            "dismiss" => EventKind::Dismiss { item: item()?, surface: surface()? },
            "install" => EventKind::Install(item()?),
            "uninstall" => EventKind::Uninstall(item()?),
            _ => return Err("unknown kind; known are launch, close, unlock, lock, home, notification, notification_cleared, impression, dismiss, install, uninstall".into()),
        };
        let event = Event::new(at, kind).in_context(self.context()?);
        if matches!(event.kind, EventKind::Launch(_)) && is_from_slot {
            return Ok(event.from_slot(surface()?, position()?));
        }
        Ok(event)
    }

    fn context(&self) -> Result<Context, Reason> {
        let [place, network, battery, charging, label, access_point, audio, ..] =
            self.places.optional.map(|place| self.text(place));
        let token = |t: Option<&str>| t.map(Token::new).transpose().map_err(|e| Reason::from(e.to_string()));
        let percent: Option<u8> =
            battery.map(|b| b.parse().ok().filter(|&b| b <= 100).ok_or("battery is not 0 to 100")).transpose()?;
        let is_charging = match charging {
            None | Some("0") => false,
            Some("1") => true,
            Some(_) => return Err("charging is not 0 or 1".into()),
        };
        let battery =
            if is_charging { Some(Battery::Charging) } else { percent.map(|p| Battery::from_percent(p, false)) };
        Ok(Context {
            place: token(place)?,
            label: label
                .map(|l| {
                    named(&PlaceLabel::ALL, PlaceLabel::name, l)
                        .ok_or("unknown label; known are home, work, commute, other")
                })
                .transpose()?,
            network: network
                .map(|n| {
                    named(&Network::ALL, Network::name, n)
                        .ok_or("unknown network; known are wifi, 5g, 4g, 3g, cellular, offline")
                })
                .transpose()?,
            access_point: token(access_point)?,
            battery,
            audio: audio
                .map(|a| {
                    named(&Audio::ALL, Audio::name, a).ok_or("unknown audio; known are phone, headphones, car, speaker")
                })
                .transpose()?,
        })
    }
}

/// The value whose written name is `name`.
fn named<T: Copy>(all: &[T], name_of: fn(T) -> &'static str, name: &str) -> Option<T> {
    all.iter().copied().find(|&value| name_of(value) == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{Fault, Log, LogError};

    const HEADER: &str = "user,at_ms,utc_offset_min,kind,item,place,network,battery,charging";

    fn log(rows: &str) -> Result<Log, LogError> {
        Log::from_bytes("x.csv".as_ref(), format!("{HEADER}\n{rows}").into_bytes(), crate::logs::Reading::default())
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::new(ms, 60).expect("valid")
    }

    #[test]
    fn every_column_is_read() {
        let log = log("b,7,60,unlock,,,,,\na,5,60,launch,\"Mail, work\",p1,wifi,19,0\na,4,60,close,Chat,,5g,19,1\n")
            .expect("good");
        assert_eq!(log.users.iter().map(|u| u.user.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let context = Context {
            place: Some(Token::new("p1").expect("valid")),
            network: Some(Network::Wifi),
            battery: Some(Battery::Low),
            ..Context::default()
        };
        let mail = Item::new("Mail, work").expect("valid");
        assert_eq!(log.users[0].events[1], Event::launch(at(5), mail).in_context(context));
        assert_eq!(log.users[0].events[0].context.battery, Some(Battery::Charging));
        assert_eq!(log.users[1].events, [Event::unlock(at(7))]);
        assert_eq!(log.problems, Problems { rows: 3, ..Problems::default() });
    }

    #[test]
    fn further_columns_are_optional_and_any_order_is_read() {
        let text = "kind,item,surface,position,label,access_point,profile,user,at_ms,utc_offset_min\n\
                    impression,Mail,row,2,work,w3,10,ann,5,60\nimpression,Mail,,,,,,ann,6,60\n";
        let log = Log::from_bytes("x".as_ref(), text.into(), crate::logs::Reading::default()).expect("good");
        let [first, second] = &log.users[0].events[..] else { panic!("two events") };
        let token = |t| Token::new(t).expect("valid");
        let mail = Item::in_profile("Mail", 10).expect("valid");
        assert_eq!(
            first.kind,
            EventKind::Impression { item: mail, surface: token("row"), position: 2, propensity: None }
        );
        assert_eq!((first.context.label, &first.context.access_point), (Some(PlaceLabel::Work), &Some(token("w3"))));
        let mail = Item::new("Mail").expect("valid");
        assert_eq!(
            second.kind,
            EventKind::Impression { item: mail, surface: token("log"), position: 0, propensity: None }
        );
    }

    #[test]
    fn a_home_screen_may_have_a_name_which_is_counted() {
        let log =
            log("a,5,0,home,com.htc.launcher,,,,\na,6,0,home,,,,,\na,7,0,home,com.htc.launcher,,,,\n").expect("good");
        assert_eq!(log.users[0].homes, [("com.htc.launcher".to_owned(), 2)].into());
        assert!(log.users[0].events.iter().all(|event| event.kind == EventKind::Home));
    }

    #[test]
    fn events_of_one_moment_keep_the_order_of_the_file() {
        let log = log("a,5,0,close,B,,,,\na,5,0,launch,A,,,,\na,4,0,launch,B,,,,\n").expect("good");
        let kinds: Vec<_> = log.users[0].events.iter().map(|e| matches!(e.kind, EventKind::Launch(_))).collect();
        assert_eq!(kinds, [true, false, true]);
    }

    #[test]
    fn each_bad_row_is_named_with_its_line_and_reason() {
        let good = "a,5,0,unlock,,,,,\n".repeat(20);
        for (bad, reason) in [
            (",5,0,unlock,,,,,", "no user"),
            ("a,,0,unlock,,,,,", "no at_ms"),
            ("a,5.5,0,unlock,,,,,", "at_ms is no whole number"),
            ("a,-5,0,unlock,,,,,", "at_ms is outside 0..=253402300799999"),
            ("a,5,,unlock,,,,,", "no utc_offset_min"),
            ("a,5,x,unlock,,,,,", "utc_offset_min is no whole number"),
            ("a,5,2000,unlock,,,,,", "utc_offset_min is outside -1080..=1080"),
            ("a,5,0,,,,,,", "no kind"),
            (
                "a,5,0,dance,,,,,",
                "unknown kind; known are launch, close, unlock, lock, home, notification, notification_cleared, impression, dismiss, install, uninstall",
            ),
            ("a,5,0,launch,,,,,", "no item"),
            ("a,5,0,launch,A,,6g,,", "unknown network; known are wifi, 5g, 4g, 3g, cellular, offline"),
            ("a,5,0,launch,A,,,101,", "battery is not 0 to 100"),
            ("a,5,0,launch,A,,,5,2", "charging is not 0 or 1"),
            ("a,5,0,launch,A", "5 fields instead of 9"),
            ("a,5,0,launch,\"A,,,,", "a quote is not closed"),
        ] {
            let log = log(&format!("{good}{bad}\n{good}")).expect("one bad row is tolerated");
            assert_eq!((log.problems.rows, log.problems.bad), (41, 1), "{bad}");
            assert_eq!(log.problems.named[0].to_string(), format!("line 22: {reason}"));
        }
    }

    #[test]
    fn unknown_or_missing_columns_are_an_error() {
        let read = |text: &str| Log::from_bytes("x".as_ref(), text.into(), crate::logs::Reading::default());
        let error = read(&format!("{HEADER},mood\na,5,0,unlock,,,,,,\n")).expect_err("unknown column");
        assert!(error.to_string().contains("unknown column mood"), "{error}");
        assert!(matches!(read("user,at_ms,kind\n"), Err(LogError { line: 1, fault: Fault::Header { .. }, .. })));
        assert!(matches!(log(""), Err(LogError { fault: Fault::NoEvents { rows: 0, .. }, .. })));
        let error = log("a,5,0,unlock,,,,,\nx\ny\n").expect_err("mostly bad");
        assert!(matches!(error, LogError { line: 3, fault: Fault::MostlyBad { rows: 3, bad: 2, .. }, .. }));
    }
}
