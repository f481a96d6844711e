//! Evidence from rows that were shown: how another policy's rows would have done, estimated from a log whose rows were
//! explored and whose impressions tell their propensities.

mod choice;
mod error;
mod estimate;
mod interval;
mod json;
mod moment;
mod off_policy;
mod reward_model;
mod shown;
mod table;

pub use choice::{Policy, UnknownPolicy};
pub use error::PolicyError;
pub use estimate::PolicyEstimate;
pub use interval::Estimate;
pub use json::json;
pub use moment::{LoggedMoment, Offered, moments};
pub use off_policy::{ClusteredBy, MIN_DAYS, MIN_EXPLORED, OffPolicy};
pub use shown::{CREDIT_WINDOW_MS, ShownItem, ShownRow, rows};
pub use table::table;
