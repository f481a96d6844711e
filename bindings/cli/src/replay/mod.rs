//! A log played back against the systems, judged as the published protocol says.

mod examiner;
mod html;
mod json;
mod lesson;
mod outcome;
mod person;
mod playback;
mod protocol;
mod start;
mod system;
mod table;
mod task;
mod verdict;

pub use examiner::{Examiner, examine};
pub use html::html;
pub use json::json;
pub use lesson::{FOLDS, MIN_OPENINGS, ROUNDS, fold_of, learn_folds, learn_from_all, most_events_played};
pub use outcome::Outcome;
pub(crate) use person::rank_of;
pub use person::{Answered, Played, Witness, play};
pub use playback::{Person, Playback};
pub use protocol::with_sessions;
pub use start::{ModelSource, Start, StartChoice, StartError};
pub use system::{PlainMixer, System};
pub use table::table;
pub use task::{Span, Task};
pub use verdict::{ColdStart, Lead, MAX_QUERIES, Scored, SystemScore, Verdict};
