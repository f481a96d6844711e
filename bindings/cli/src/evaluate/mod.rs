//! How good rankings are: pure arithmetic over ranks and probabilities, with no knowledge of what made them.

mod aggregate;
mod bootstrap;
mod calibration;
mod classification;
mod group;
pub(crate) mod json;
mod metrics;
mod moved;
mod panel;
mod part;
mod stability;
pub(crate) mod text;
mod thin;

pub use aggregate::{Aggregate, LeaveOut, UserScore};
pub use bootstrap::{Interval, RESAMPLES, mean_interval, paired_difference};
pub use calibration::{Bin, Calibration};
pub use classification::{Classification, Confusion, RocCurve};
pub use group::GroupLead;
pub use metrics::{HitRates, NO_CANDIDATE, place};
pub use moved::{BUCKETS, Moved};
pub use panel::{MAX_QUERIES, Panel, Ranked, Series};
pub use part::Part;
pub use stability::{Day, Stability};
pub use thin::thin;
