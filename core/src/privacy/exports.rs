//! What an export holds: a file that the person makes.

use super::inventory::Keeping::ThePersons;
use super::inventory::Sensitivity::{Behaviour, Decision, Place, Technical};
use super::inventory::{Field, Sensitivity, Store, field};

const EXPORT: &str = "a file that the person makes, encrypted under a passphrase or a key of theirs";

pub(super) const HEAD: Store = Store {
    name: "export: Head",
    lies: EXPORT,
    fields: &[
        of("schema", "the newest schema that the writer knew", Technical),
        of("controls", "how many decisions follow", Technical),
        of("events", "how many events follow", Technical),
        of("is_whole", "whether they are all that the habits learned from", Technical),
        of("purged", "events that retention had deleted", Technical),
        of("habits", "the habits, without hidden items", Behaviour),
        of("has_left_out", "whether events of hidden items were left out", Technical),
        of("tokens", "empty; in a snapshot, which has this form too, what has a server erase what was sent", Technical),
    ],
};

pub(super) const MOMENT: Store = Store {
    name: "export: Moment",
    lies: EXPORT,
    fields: &[of("at_ms", "a time", Behaviour), of("utc_offset_min", "the phone's offset from UTC", Behaviour)],
};

pub(super) const ITEM: Store = Store {
    name: "export: Item",
    lies: EXPORT,
    fields: &[
        of("id", "an item's name; never that of a hidden one", Behaviour),
        of("profile", "its profile", Behaviour),
    ],
};

pub(super) const CONTROL: Store = Store {
    name: "export: Control",
    lies: EXPORT,
    fields: &[
        of("at", "when it was decided", Decision),
        of("kind", "exclude, snooze, ...", Decision),
        of("item", "the item; none where it is hidden", Decision),
        of("salt", "a random number of this phone", Technical),
        of("digest", "a hidden item as a keyed hash", Decision),
        of("value", "until when, which place, how many days", Decision),
        of("value_offset_min", "the offset of that time", Decision),
    ],
};

pub(super) const EVENT: Store = Store {
    name: "export: Event",
    lies: EXPORT,
    fields: &[
        of("at", "when it happened", Behaviour),
        of("kind", "launch, unlock, ...", Behaviour),
        of("item", "the item", Behaviour),
        of("surface", "where a prediction was shown or opened", Technical),
        of("position", "its place in the row", Technical),
        of("propensity", "how likely it was to be shown", Technical),
        of("place", "the city bucket", Place),
        of("label", "home, work, commute, other", Place),
        of("network", "Wi-Fi, 5G, ...", Behaviour),
        of("access_point", "the access point's keyed name", Place),
        of("battery", "charging, high, medium, low", Behaviour),
        of("audio", "phone, headphones, car, speaker", Behaviour),
    ],
};

const fn of(name: &'static str, what: &'static str, sensitivity: Sensitivity) -> Field {
    field(name, what, sensitivity, ThePersons, "the phone that takes the export in, with the passphrase")
}
