//! How a replay went in each group of people: what a model is worth on phones unlike those that it knows.

use foretap_core::habits::Rule;

use super::system::System;
use super::task::Task;
use super::verdict::Verdict;
use crate::evaluate::GroupLead;
use crate::groups::Groups;

/// The rule that each group is measured by.
pub const RULE: System = System::Rule(Rule::RankFrecency);

/// A task in a group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupVerdict {
    /// The task.
    pub task: Task,
    /// The group's name.
    pub group: String,
    /// Foretap's HR@3 beside that of [`RULE`]; `None` where nobody of the group has enough openings and queries.
    pub lead: Option<GroupLead>,
}

/// Every task in every group; the people of the verdicts are those of the groups.
#[must_use]
pub fn by_group(verdicts: &[Verdict], groups: &Groups, seed: u64) -> Vec<GroupVerdict> {
    let of = |verdict: &Verdict, group: usize, name: &String| {
        let lead = verdict.scored.as_ref().and_then(|scored| {
            let [ours, rule] = [System::Foretap, RULE].map(|system| &scored.system(system).rates);
            GroupLead::of(ours, rule, |user| groups.number_of(user) == Some(group), seed)
        });
        GroupVerdict { task: verdict.task, group: name.clone(), lead }
    };
    let in_task = |verdict| groups.names().iter().enumerate().map(move |(n, name)| of(verdict, n, name));
    verdicts.iter().flat_map(in_task).collect()
}
