//! What leaves the phone where its person allowed it: drawn, made coarse or noisy, sealed, shown, sent, taken back. No network,
//! no clock and no database is here.

mod batch;
mod bins;
mod consent;
mod error;
mod questions;
mod readable;
mod sample;
mod session;
mod week;
mod wire;

pub use batch::{Batch, BatchId, Report};
pub use bins::{Bins, bins};
pub use consent::Consent;
pub use error::UploadError;
pub use questions::{Answer, Facts, QUESTIONS, Question};
pub use sample::{PartOfDay, Sample};
pub use session::{Delivered, Outgoing, Reply, Step, Upload};
pub use week::{ErasureToken, Pseudonym, UploadSecret, Week};
