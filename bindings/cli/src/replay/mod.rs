//! A log played back against the systems, judged as the published protocol says.

mod person;
mod protocol;
mod system;

pub use person::{Answered, Played, play};
pub use protocol::with_sessions;
pub use system::{PlainMixer, System};
