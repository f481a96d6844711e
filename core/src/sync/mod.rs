//! Model sync without input or output of its own: what is fetched, who is believed, and which model a phone is to have.
//!
//! A repository is a folder of static files: `timestamp`, `root/N`, `release/SHA-256`, `bundle/SHA-256` and
//! `delta/SHA-256`. Three kinds are signed ([`Role`]): roots say whose keys count, releases name models and who is to have
//! them, the timestamp names the release that counts now. It is The Update Framework's workflow (spec 1.0.34) with its
//! snapshot and targets in one file. No payload is decoded before its signatures were found to be right, but the first
//! root's, whose keys are in itself; and nothing is longer than the caps in [`config`](crate::config).

mod delta;
mod envelope;
mod error;
mod fields;
mod keys;
mod release;
mod rollout;
mod root;
mod session;
mod slots;
mod timestamp;
mod trust;
mod wire;

pub use delta::Delta;
pub use envelope::{Envelope, Role};
pub use error::{DeltaError, ExpectedVersion, SyncError};
pub use keys::{KeyId, Keys, PublicKey, SIGNATURE_BYTES};
pub use release::{DeltaEntry, ModelEntry, Release};
pub use rollout::{Arm, Bucket, Rollout, Segment, StopRule};
pub use root::Root;
pub use session::{Absence, End, Outcome, Session, Start, Step};
pub use slots::{Conclusion, GivenBack, Reason, Shown, Slots, Sum, Tally, Trial, Verdict};
pub use timestamp::Timestamp;
pub use trust::{StoredTrust, Trust, digest};
