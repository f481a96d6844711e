//! A log played back against the systems, judged as the published protocol says.

mod by_group;
mod examiner;
mod html;
mod json;
mod lesson;
mod outcome;
mod person;
mod playback;
mod protocol;
mod split;
mod start;
mod system;
mod table;
mod task;
mod verdict;

pub use by_group::{GroupVerdict, RULE, by_group};
pub use examiner::{Examiner, examine};
pub use html::html;
pub use json::json;
pub use lesson::{MIN_OPENINGS, ROUNDS, learn_folds, learn_from_all, most_events_played};
pub use outcome::Outcome;
pub(crate) use person::rank_of;
pub use person::{Answered, Played, Witness, play};
pub use playback::{Person, Playback};
pub use protocol::with_sessions;
pub use split::{FOLDS, Split};
pub use start::{ModelSource, Start, StartChoice, StartError, Wanted};
pub use system::{PlainMixer, System};
pub use table::table;
pub use task::{Span, Task};
pub use verdict::{ColdStart, Lead, Scored, SystemScore, Verdict};
