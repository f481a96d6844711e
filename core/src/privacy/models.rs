//! What model sync keeps: signed files and bundles, which are the same for everyone, and what became of them on this phone.

use super::inventory::Keeping::WithTheLog;
use super::inventory::Sensitivity::{Derived, Technical};
use super::inventory::{DATABASE, Field, Keeping, Sensitivity, Store, field};

const RUN: &str = "the next run of model sync";
const OPENING: &str = "opening";
const KEPT: Keeping = WithTheLog;
const SAME: Sensitivity = Technical;

pub(super) const TRUST: Store = Store {
    name: "trust",
    lies: DATABASE,
    fields: &[
        of_run("id", "always 1"),
        of_run("channel", "which releases are followed, as the host said"),
        of_run("root", "whose signatures count"),
        of_run("timestamp", "which release counts now"),
        of_run("release", "models, and who is to have which"),
        of_run("named", "the highest version that was named"),
        of_run("signed_s", "when the newest of these was signed"),
    ],
};

pub(super) const BUNDLE: Store = Store {
    name: "bundle",
    lies: DATABASE,
    fields: &[field("sha256", "which model", SAME, KEPT, OPENING), field("bytes", "the model", SAME, KEPT, OPENING)],
};

pub(super) const SLOT: Store = Store {
    name: "slot",
    lies: DATABASE,
    fields: &[
        field("role", "proven, on trial, or waiting", SAME, KEPT, OPENING),
        field("sha256", "which model", SAME, KEPT, OPENING),
        of_run("since_seq", "the newest event when its trial began"),
        of_run("since_s", "when that was"),
        of_run("starts", "how often it was loaded since"),
        of_run("least_answers", "after how many answers it is judged"),
        of_run("most_lost", "how many hits it may lose"),
        of_run("answer_us", "how long an answer may take"),
    ],
};

pub(super) const GIVEN_BACK: Store = Store {
    name: "given_back",
    lies: DATABASE,
    fields: &[
        of_run("id", "in which order"),
        of_run("sha256", "which model"),
        field("reason", "why: one of five, such as fewer hits than the model before", Derived, KEPT, RUN),
    ],
};

pub(super) const ATTEMPT: Store = Store {
    name: "attempt",
    lies: DATABASE,
    fields: &[
        field("sha256", "which model; empty: the one that ships", SAME, KEPT, OPENING),
        field("count", "how often loading it was begun and not ended", SAME, KEPT, OPENING),
    ],
};

const fn of_run(name: &'static str, what: &'static str) -> Field {
    field(name, what, SAME, KEPT, RUN)
}
