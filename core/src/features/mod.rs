//! What is known at a moment, in the words of the field: for people who want to see it, on the device only.

mod readable;

pub use readable::{Readable, Row};
