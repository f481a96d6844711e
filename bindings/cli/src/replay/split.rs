//! Who is held out together when what was learned from a log is judged on it.

use crate::groups::Groups;

/// In how many folds the people of a log are divided, where they are in no groups.
pub const FOLDS: usize = 5;

/// The folds of a log's people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The fold of each person, in the order of names.
    folds: Vec<usize>,
    /// What each fold's files are called.
    words: Vec<String>,
    /// SHA-256 of the groups, in lower-case hex.
    groups: Option<String>,
}

impl Split {
    /// Everyone by the place in the order of names, modulo [`FOLDS`].
    #[must_use]
    pub fn fifths(people: usize) -> Self {
        let words = (0..FOLDS).map(|fold| format!("fold_{fold}")).collect();
        Self { folds: (0..people).map(|person| person % FOLDS).collect(), words, groups: None }
    }

    /// Each group is a fold. Its files are called by its name: those of fifths are never taken for those of groups.
    #[must_use]
    pub fn groups(groups: &Groups) -> Self {
        Self {
            folds: (0..groups.people()).map(|person| groups.number(person)).collect(),
            words: groups.names().iter().map(|name| format!("group_{name}")).collect(),
            groups: Some(groups.sha256()),
        }
    }

    /// How many folds there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.len()
    }

    /// The fold of a person, of the place in the order of names.
    ///
    /// # Panics
    /// If there are not so many people.
    #[must_use]
    pub fn fold_of(&self, person: usize) -> usize {
        self.folds[person]
    }

    /// What the files of each fold are called, without their ending: `fold_0`, or `group_htc`.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The key-value metadata by which a features file says how its people were split.
    #[must_use]
    pub fn metadata(&self) -> Vec<(&'static str, String)> {
        let folds = ("foretap.folds", self.count().to_string());
        [folds].into_iter().chain(self.groups.clone().map(|sum| ("foretap.groups", sum))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifths_go_by_the_order_of_names() {
        let split = Split::fifths(7);
        assert_eq!((0..7).map(|person| split.fold_of(person)).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 0, 1]);
        assert_eq!((split.count(), split.words()[4].as_str()), (5, "fold_4"));
        assert_eq!(split.metadata(), [("foretap.folds", "5".to_owned())]);
    }

    #[test]
    fn a_group_is_a_fold_and_its_files_are_called_by_its_name() {
        let people = ["sony", "htc", "sony", "htc", "sony", "htc"].map(|group| (format!("u{group}"), group.to_owned()));
        let groups = Groups::of(&people).expect("two groups");
        let split = Split::groups(&groups);
        assert_eq!((0..6).map(|person| split.fold_of(person)).collect::<Vec<_>>(), [1, 0, 1, 0, 1, 0]);
        assert_eq!((split.count(), split.words()), (2, &["group_htc".to_owned(), "group_sony".to_owned()][..]));
        let metadata = [("foretap.folds", "2".to_owned()), ("foretap.groups", groups.sha256())];
        assert_eq!(split.metadata(), metadata);
    }
}
