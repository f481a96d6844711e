//! Ranking systems judged by what they answered, as the published protocol says: the same panels, figures and limits as
//! those of a replay.

mod error;
mod json;
mod moment;
mod table;

pub use error::JudgeError;
pub use json::json;
pub use moment::{GroupScore, JudgedMoment, SystemScore};
pub use table::table;

use foretap_core::Moment;

use crate::answers::Answers;
use crate::evaluate::Part;
use crate::groups::Groups;

/// How answers are judged.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules<'a> {
    /// The system that the others are compared with; the first of the file by default.
    pub against: Option<&'a str>,
    /// Which part of everyone's log counts.
    pub part: Part,
    /// Groups of people to be judged on their own as well, with everyone of the log.
    pub groups: Option<&'a Groups>,
    /// The seed of the intervals.
    pub seed: u64,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The systems' names, in the order of the file.
    pub systems: Vec<String>,
    /// The place of the system that the others are compared with.
    pub against: usize,
    /// Which part counted.
    pub part: Part,
    /// The kinds of moments of which somebody has enough.
    pub moments: Vec<JudgedMoment>,
    /// The kinds of moments that were asked, of which nobody has.
    pub too_short: Vec<Moment>,
}

impl Judgement {
    /// Judges the answers of a file.
    ///
    /// # Errors
    /// [`JudgeError`] if no system is called as the one to compare with, or a person is in no group.
    pub fn of(answers: &Answers, rules: Rules<'_>) -> Result<Self, JudgeError> {
        let Answers { systems, queries } = answers;
        let known = |name: &str| systems.iter().position(|system| system == name);
        let unknown = |name: &str| JudgeError::UnknownSystem { name: name.to_owned(), known: systems.join(", ") };
        let against = rules.against.map_or(Ok(0), |name| known(name).ok_or_else(|| unknown(name)))?;
        if let Some(groups) = rules.groups {
            let last = queries.iter().map(|query| query.person as usize).max().unwrap_or(0);
            if last >= groups.people() {
                return Err(JudgeError::NotGrouped { people: groups.people(), person: last });
            }
        }
        let (mut moments, mut too_short) = (Vec::new(), Vec::new());
        for moment in Moment::ALL {
            let of_moment: Vec<_> = queries.iter().filter(|query| query.moment == moment).collect();
            if of_moment.is_empty() {
                continue;
            }
            match JudgedMoment::of(moment, &of_moment, systems.len(), against, rules) {
                Some(judged) => moments.push(judged),
                None => too_short.push(moment),
            }
        }
        Ok(Self { systems: systems.clone(), against, part: rules.part, moments, too_short })
    }
}

#[cfg(test)]
mod tests;
