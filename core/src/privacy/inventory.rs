//! Every field that is stored or sent: what it is, where it lies, how personal it is, how long it stays and who reads it. The
//! document `docs/data.md` is made of this table, and a test fails where a schema has a field that is not in it.

/// How personal a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sensitivity {
    /// Says what the person opened, or when.
    Behaviour,
    /// Says where the person was.
    Place,
    /// Says what the person decided.
    Decision,
    /// Counts and numbers from which no item and no place can be read, but which were made from them.
    Derived,
    /// Says nothing about a person.
    Technical,
}

impl Sensitivity {
    /// The word used in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Behaviour => "behaviour",
            Self::Place => "place",
            Self::Decision => "decision",
            Self::Derived => "derived",
            Self::Technical => "technical",
        }
    }
}

/// How long something stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keeping {
    /// As long as events: 90 days or 64 MiB by default, but at least 5,000 of them; then deleted and overwritten.
    AsEvents,
    /// Until the person undoes it, or it runs out. When a pause began and ended stays as long as events would.
    UntilUndone,
    /// As long as the log; it changes with every event and is bounded in size.
    WithTheLog,
    /// Seven days of events.
    AWeek,
    /// The last 31 days on which something was opened.
    AMonth,
    /// Until the next opening of the log.
    UntilOpened,
    /// Until a server has it, or its person takes it back; 14 days at most.
    UntilTaken,
    /// Until what is allowed is taken back.
    UntilTakenBack,
    /// On the server, until it is taken back.
    OnServer,
    /// As long as the person keeps the file.
    ThePersons,
    /// As long as the system keeps it, unless it is taken back.
    TheSystems,
    /// Until the call that made it ends. Where the process ends before, until the system clears the app's temporary files.
    InPassing,
}

impl Keeping {
    /// The words used in tables.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::AsEvents => "90 days or 64 MiB; the newest 5,000 events stay",
            Self::UntilUndone => "until undone; a pause's time for 90 days more",
            Self::WithTheLog => "until erased",
            Self::AWeek => "7 days",
            Self::AMonth => "31 days of use",
            Self::UntilOpened => "until the next opening",
            Self::UntilTaken => "until a server has it or it is taken back; 14 days at most",
            Self::UntilTakenBack => "until taken back",
            Self::OnServer => "90 days, or until taken back",
            Self::ThePersons => "as long as the person keeps the file",
            Self::TheSystems => "until taken back, or the system forgets it",
            Self::InPassing => "until the call ends; after a crash, as temporary files of an app",
        }
    }
}

/// A field, or a part of a file that is read as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name in the schema.
    pub name: &'static str,
    /// What it is.
    pub what: &'static str,
    /// How personal it is.
    pub sensitivity: Sensitivity,
    /// How long it stays.
    pub keeping: Keeping,
    /// Who reads it.
    pub readers: &'static str,
}

/// A place where fields are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Store {
    /// Its name: a table, a file, a message.
    pub name: &'static str,
    /// Where it lies and how it is protected.
    pub lies: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
}

pub(super) const fn field(
    name: &'static str,
    what: &'static str,
    sensitivity: Sensitivity,
    keeping: Keeping,
    readers: &'static str,
) -> Field {
    Field { name, what, sensitivity, keeping, readers }
}

use super::{exports, hosts, models, uploads};
use Keeping::{AMonth, AWeek, AsEvents, UntilOpened, UntilUndone, WithTheLog};
use Sensitivity::{Behaviour, Decision, Derived, Place, Technical};

pub(super) const DATABASE: &str = "the encrypted database on the device";
const HABITS: &str = "`checkpoint.bytes`, the snapshot file and exports";
const REPLAY: &str = "habits, when the log is opened, backfilled or exported";

/// Everything that is stored or sent.
pub const INVENTORY: &[Store] = &[
    Store {
        name: "log",
        lies: DATABASE,
        fields: &[
            field("seq", "order of arrival", Technical, AsEvents, REPLAY),
            field("at_ms", "when it happened", Behaviour, AsEvents, REPLAY),
            field("utc_offset_min", "the phone's offset from UTC", Behaviour, AsEvents, REPLAY),
            field("kind", "launch, unlock, notification, ...", Behaviour, AsEvents, REPLAY),
            field("item", "the item, by number", Behaviour, AsEvents, REPLAY),
            field("surface", "where a prediction was shown or opened, by number", Technical, AsEvents, REPLAY),
            field("position", "its place in the row", Technical, AsEvents, REPLAY),
            field("place", "the city bucket, by number", Place, AsEvents, REPLAY),
            field("label", "home, work, commute, other, if the host told", Place, AsEvents, REPLAY),
            field("network", "Wi-Fi, 5G, ..., offline", Behaviour, AsEvents, REPLAY),
            field("access_point", "the access point's keyed name, by number", Place, AsEvents, REPLAY),
            field("battery", "charging, high, medium, low", Behaviour, AsEvents, REPLAY),
            field("propensity", "how likely a prediction was to be shown", Technical, AsEvents, REPLAY),
            field("audio", "phone, headphones, car, speaker", Behaviour, AsEvents, REPLAY),
        ],
    },
    Store {
        name: "item",
        lies: DATABASE,
        fields: &[
            field("id", "number", Technical, AsEvents, REPLAY),
            field("name", "the app's or the action's name, as the host gave it", Behaviour, AsEvents, REPLAY),
            field("profile", "the profile's number", Behaviour, AsEvents, REPLAY),
        ],
    },
    Store {
        name: "token",
        lies: DATABASE,
        fields: &[
            field("id", "number", Technical, AsEvents, REPLAY),
            field("name", "a place, an access point or a surface, as the host gave it", Place, AsEvents, REPLAY),
        ],
    },
    Store {
        name: "control",
        lies: DATABASE,
        fields: &[
            field("id", "number", Technical, UntilUndone, "rankings, `record`, the list of decisions"),
            field("at_ms", "when it was decided", Decision, UntilUndone, "the list of decisions, `record`"),
            field("utc_offset_min", "the phone's offset from UTC", Decision, UntilUndone, "the list of decisions"),
            field("kind", "exclude, snooze, never learn, ...", Decision, UntilUndone, "rankings, `record`"),
            field("name", "the item's name", Decision, UntilUndone, "rankings, `record`"),
            field("profile", "the item's profile", Decision, UntilUndone, "rankings, `record`"),
            field("salt", "of an imported decision whose item is not known yet", Technical, UntilUndone, "`record`"),
            field("digest", "the same item as a keyed hash", Decision, UntilUndone, "`record`"),
            field("value", "until when, which place, how many days", Decision, UntilUndone, "rankings, `record`"),
            field("value_offset_min", "the offset of that time", Decision, UntilUndone, "rankings, `record`"),
        ],
    },
    Store {
        name: "checkpoint",
        lies: DATABASE,
        fields: &[
            field("id", "always 1", Technical, WithTheLog, "opening"),
            field("upto", "the newest event in it", Technical, WithTheLog, "opening, retention"),
            field("digest", "SHA-256 of the bytes", Technical, WithTheLog, "opening"),
            field("bytes", "the habits", Behaviour, WithTheLog, "opening"),
        ],
    },
    Store {
        name: "fact",
        lies: DATABASE,
        fields: &[
            field("name", "which number", Technical, WithTheLog, "opening, retention, the health report"),
            field(
                "value",
                "events purged, time of a quarantine, whether anything was sealed",
                Technical,
                WithTheLog,
                "retention, the health report",
            ),
        ],
    },
    Store {
        name: "report",
        lies: DATABASE,
        fields: &[
            field("name", "which report", Technical, WithTheLog, "the health report"),
            field("digest", "SHA-256 of the bytes", Technical, WithTheLog, "the health report"),
            field(
                "bytes",
                "how long predictions took and what answered, as counts; the random salt of seals in exports",
                Derived,
                WithTheLog,
                "the health report",
            ),
        ],
    },
    models::TRUST,
    models::BUNDLE,
    models::SLOT,
    models::GIVEN_BACK,
    models::ATTEMPT,
    uploads::CONSENT,
    uploads::SAMPLE,
    uploads::OUTBOX,
    uploads::UPLOAD_WEEK,
    uploads::TOMBSTONE,
    Store {
        name: "Habits",
        lies: HABITS,
        fields: &[
            field("items", "names, profiles, order of last use", Behaviour, WithTheLog, "rankings"),
            field(
                "counts",
                "how often and how recently each item was opened, durations",
                Behaviour,
                WithTheLog,
                "rankings",
            ),
            field("transitions", "what followed what", Behaviour, WithTheLog, "rankings"),
            field("skip_grams", "what came soon after what; the last five items", Behaviour, WithTheLog, "rankings"),
            field("hours", "openings by hour and weekday", Behaviour, WithTheLog, "rankings"),
            field(
                "places",
                "openings and dwell minutes by place, access point, network, battery, audio",
                Place,
                WithTheLog,
                "rankings",
            ),
            field("sessions", "the running session", Behaviour, WithTheLog, "rankings"),
            field("notifications", "waiting notifications: item and time", Behaviour, WithTheLog, "rankings"),
            field(
                "surfaces",
                "what was shown in which slot, counts of taps and dismissals",
                Behaviour,
                WithTheLog,
                "rankings",
            ),
            field(
                "learning",
                "weights of the mixer, the gate and the confidence; how often each item is opened after how long",
                Behaviour,
                WithTheLog,
                "rankings",
            ),
            field(
                "scorecard",
                "how good predictions were, and in what surroundings, as counts by day",
                Derived,
                AMonth,
                "the health report",
            ),
            field("newest", "the time of the newest event", Behaviour, WithTheLog, "`record`"),
            field(
                "sequence",
                "of the last 32 openings: place in the order of last use, gap before, hour; no item",
                Behaviour,
                WithTheLog,
                "rankings",
            ),
        ],
    },
    Store {
        name: "files beside the database",
        lies: "the folder of the database",
        fields: &[
            field("-wal", "events not yet copied into the database, encrypted as it", Behaviour, AsEvents, "SQLite"),
            field("-shm", "SQLite's index of that file; numbers of pages", Technical, AsEvents, "SQLite"),
            field(".kcv", "8 bytes that tell a wrong key, and the count of resets", Technical, WithTheLog, "opening"),
            field(".quarantine", "a damaged log that was set aside, encrypted as it was", Behaviour, AWeek, "nobody"),
            field(".suspect", "an empty mark: the next open checks everything", Technical, UntilOpened, "opening"),
            field(".erasing", "an empty mark: an erasure was begun", Technical, UntilOpened, "opening"),
            field(
                ".erasures",
                "after an erasure: the tokens that have what was sent erased, until the next open takes them in",
                Technical,
                UntilOpened,
                "opening",
            ),
            field(".quarantine-wal", "its write-ahead log", Behaviour, AWeek, "nobody"),
            field(
                ".kcv.tmp, .snapshot.tmp, .erasures.tmp",
                "the same files while they are written",
                Behaviour,
                UntilOpened,
                "nobody",
            ),
            field(
                ".owner",
                "an empty file that Kotlin and Swift lock while they have the log",
                Technical,
                WithTheLog,
                "opening",
            ),
            field(
                ".snapshot",
                "habits, decisions and tokens of what was sent, encrypted under a key of its own",
                Behaviour,
                WithTheLog,
                "opening, when the log is lost",
            ),
        ],
    },
    uploads::BATCH,
    uploads::REPORT,
    uploads::UPLOADED_SAMPLE,
    hosts::KOTLIN,
    hosts::SWIFT,
    exports::HEAD,
    exports::MOMENT,
    exports::ITEM,
    exports::CONTROL,
    exports::EVENT,
];
