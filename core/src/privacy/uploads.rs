//! What uploads keep on the phone, and what is sent where the person allowed it.

use super::inventory::Keeping::{OnServer, UntilTaken, UntilTakenBack};
use super::inventory::Sensitivity::{Behaviour, Decision, Derived, Technical};
use super::inventory::{DATABASE, Field, Store, field};

const SENDING: &str = "sealing and the run that sends";
const SENT: &str = "a batch that the person allowed, over TLS 1.3 to the host's server";
const DEDUPE: &str = "the server, to keep it once";
const TRAINING: &str = "training, where 50 phones at least have the value";
const FLEET: &str = "whoever watches the fleet, as sums over all phones";

pub(super) const CONSENT: Store = Store {
    name: "consent",
    lies: DATABASE,
    fields: &[
        field("id", "always 1", Technical, UntilTakenBack, SENDING),
        field("reports", "whether reports of a day are allowed", Decision, UntilTakenBack, SENDING),
        field("samples", "whether samples of an unlock are allowed", Decision, UntilTakenBack, SENDING),
        field("secret", "random; all names of what is sent come from it", Technical, UntilTakenBack, SENDING),
        field("reported_day", "up to which day reports were sealed", Technical, UntilTakenBack, SENDING),
        field("sealed", "how many batches were sealed", Technical, UntilTakenBack, SENDING),
    ],
};

pub(super) const SAMPLE: Store = Store {
    name: "sample",
    lies: DATABASE,
    fields: &[
        field("id", "number", Technical, UntilTaken, SENDING),
        field("day", "the day of the unlock", Behaviour, UntilTaken, SENDING),
        field("draw", "a random number: which of a day's are kept", Technical, UntilTaken, SENDING),
        field("bytes", "a sample, as it is sent", Derived, UntilTaken, SENDING),
    ],
};

pub(super) const OUTBOX: Store = Store {
    name: "outbox",
    lies: DATABASE,
    fields: &[
        field("id", "the batch's name", Technical, UntilTaken, SENDING),
        field("sealed_day", "when it was sealed", Technical, UntilTaken, SENDING),
        field("digest", "SHA-256 of the bytes", Technical, UntilTaken, SENDING),
        field("bytes", "a batch, as it is sent", Derived, UntilTaken, "the preview and the run that sends"),
    ],
};

pub(super) const UPLOAD_WEEK: Store = Store {
    name: "upload_week",
    lies: DATABASE,
    fields: &[
        field("week", "a week of which something was sealed", Technical, UntilTakenBack, SENDING),
        field("day", "the newest day of it", Technical, UntilTakenBack, SENDING),
        field("samples", "how many samples it has", Technical, UntilTakenBack, SENDING),
    ],
};

pub(super) const TOMBSTONE: Store = Store {
    name: "tombstone",
    lies: DATABASE,
    fields: &[field("token", "names what was sent in a week and is to be erased", Technical, UntilTaken, SENDING)],
};

pub(super) const BATCH: Store = Store {
    name: "upload: Batch",
    lies: SENT,
    fields: &[
        sent("id", "random, so that it is kept once", DEDUPE),
        sent("library", "the library's version", FLEET),
        sent("reports", "days, see there", FLEET),
        sent("samples", "unlocks, see there", TRAINING),
    ],
};

pub(super) const REPORT: Store = Store {
    name: "upload: Report",
    lies: SENT,
    fields: &[
        sent("pseudonym", "the week's random-looking name", "the server, to erase it"),
        sent("week", "the ISO week of the day", FLEET),
        sent("model", "which published model answered", FLEET),
        field("answers", "noisy answers to closed questions; each can be denied", Derived, OnServer, FLEET),
    ],
};

pub(super) const UPLOADED_SAMPLE: Store = Store {
    name: "upload: Sample",
    lies: SENT,
    fields: &[
        sent("pseudonym", "the sample's own random-looking name", "the server, to erase it"),
        sent("week", "the ISO week", TRAINING),
        sent("feature_schema", "which features these are", TRAINING),
        sent("model", "which published model answered", TRAINING),
        sent("moment", "which of two kinds of unlock", TRAINING),
        field("part_of_day", "night, morning, afternoon or evening", Derived, OnServer, TRAINING),
        field(
            "opened",
            "of what was opened: for each feature one of 4 bins, with noise; no name",
            Derived,
            OnServer,
            TRAINING,
        ),
        field("other", "the same of one other candidate", Derived, OnServer, TRAINING),
    ],
};

const fn sent(name: &'static str, what: &'static str, readers: &'static str) -> Field {
    field(name, what, Technical, OnServer, readers)
}
