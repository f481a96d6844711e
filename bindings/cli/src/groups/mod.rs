//! Groups of a log's people that are held out together: to see how well a model does on phones unlike those it knows.
//!
//! Written as a table of two columns, `user` and `group`, with a row for each person in the order of names. A group's
//! number is its place in the order of the groups' names.

mod error;
mod maker;
mod season;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use sha2::{Digest, Sha256};

pub use error::{GroupsError, GroupsFault};
pub use maker::maker;
pub use season::season;

use crate::hex::hex;
use crate::logs::Log;

/// Who is in which group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    users: Vec<String>,
    /// The groups' names, in order.
    names: Vec<String>,
    /// The group of each user.
    of: Vec<usize>,
}

impl Groups {
    /// The group of those who are in none of [`Self::LEAST`] people.
    pub const OTHER: &str = "other";
    /// Groups of fewer people say nothing; these people are [`Self::OTHER`]s.
    pub const LEAST: usize = 3;
    /// More groups than this are no groups: each costs a training.
    pub const MOST: usize = 64;

    /// Groups everyone by a word of theirs; of the people of small groups, one more is made.
    ///
    /// # Errors
    /// [`GroupsFault::One`] if everyone is of one group, [`GroupsFault::Many`] if there are too many.
    pub fn of(people: &[(String, String)]) -> Result<Self, GroupsFault> {
        let mut sizes = BTreeMap::<&str, usize>::new();
        people.iter().for_each(|(_, group)| *sizes.entry(group).or_default() += 1);
        let of_person = |(user, group): &(String, String)| {
            let is_large = sizes[group.as_str()] >= Self::LEAST;
            (user.clone(), if is_large { group.clone() } else { Self::OTHER.to_owned() })
        };
        Self::from_rows(people.iter().map(of_person).collect())
    }

    /// Reads a table.
    ///
    /// # Errors
    /// [`GroupsError`] if it cannot be read or is no such table.
    pub fn read(path: &Path) -> Result<Self, GroupsError> {
        let failed = |fault| GroupsError { path: path.to_owned(), fault };
        let text = std::fs::read_to_string(path).map_err(|source| failed(GroupsFault::Unreadable(source)))?;
        Self::parse(&text).map_err(failed)
    }

    fn parse(text: &str) -> Result<Self, GroupsFault> {
        let mut rows = Vec::new();
        let mut lines = (1..).zip(text.lines());
        let bad = |line, reason| GroupsFault::BadRow { line, reason };
        if lines.next().is_none_or(|(_, header)| header != HEADER) {
            return Err(bad(1, "the header is not user and group, with a tab between"));
        }
        for (line, row) in lines {
            let [user, group] = row.split('\t').collect::<Vec<_>>()[..] else {
                return Err(bad(line, "not two fields"));
            };
            if !is_word(group) {
                return Err(bad(line, "a group is 1 to 32 lower-case letters, digits and _"));
            }
            if rows.last().is_some_and(|(before, _): &(String, String)| before.as_str() >= user) {
                return Err(bad(line, "the users are not in the order of their names, each once"));
            }
            rows.push((user.to_owned(), group.to_owned()));
        }
        Self::from_rows(rows)
    }

    fn from_rows(rows: Vec<(String, String)>) -> Result<Self, GroupsFault> {
        let mut names: Vec<String> = rows.iter().map(|(_, group)| group.clone()).collect();
        names.sort_unstable();
        names.dedup();
        match names.len() {
            0 | 1 => return Err(GroupsFault::One),
            count if count > Self::MOST => return Err(GroupsFault::Many { count }),
            _ => {}
        }
        let number = |group: &String| names.binary_search(group).expect("the names are those of the rows");
        let of = rows.iter().map(|(_, group)| number(group)).collect();
        Ok(Self { users: rows.into_iter().map(|(user, _)| user).collect(), names, of })
    }

    /// Refuses a log of other people.
    ///
    /// # Errors
    /// [`GroupsFault::OtherPeople`] unless its people are exactly those of the table.
    pub fn check(&self, log: &Log) -> Result<(), GroupsFault> {
        let is_same = log.users.iter().map(|user| &user.user).eq(&self.users);
        if is_same { Ok(()) } else { Err(GroupsFault::OtherPeople { log: log.name.clone() }) }
    }

    /// How many people are in the groups.
    #[must_use]
    pub fn people(&self) -> usize {
        self.of.len()
    }

    /// The groups' names, in order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of a person's group, of the place in the order of names.
    ///
    /// # Panics
    /// If there are not so many people.
    #[must_use]
    pub fn number(&self, person: usize) -> usize {
        self.of[person]
    }

    /// The number of the group of a person of this name; `None` if nobody is called so.
    #[must_use]
    pub fn number_of(&self, user: &str) -> Option<usize> {
        self.users.binary_search_by(|name| name.as_str().cmp(user)).ok().map(|person| self.of[person])
    }

    /// How many people each group has, in the order of the groups' names.
    #[must_use]
    pub fn sizes(&self) -> Vec<usize> {
        (0..self.names.len()).map(|group| self.of.iter().filter(|&&of| of == group).count()).collect()
    }

    /// SHA-256 of the table, in lower-case hex.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex(&Sha256::digest(self.to_string()))
    }
}

/// The table.
impl fmt::Display for Groups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        let mut rows = self.users.iter().zip(&self.of);
        rows.try_for_each(|(user, &of)| writeln!(f, "{user}\t{}", self.names[of]))
    }
}

fn is_word(group: &str) -> bool {
    let is_of_word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (1..=32).contains(&group.len()) && group.bytes().all(is_of_word)
}

const HEADER: &str = "user\tgroup";

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(of: &[&str]) -> Result<Groups, GroupsFault> {
        let people = of.iter().enumerate().map(|(n, group)| (format!("u{n:03}"), (*group).to_owned()));
        Groups::of(&people.collect::<Vec<_>>())
    }

    #[test]
    fn groups_of_two_become_one_and_groups_of_three_stay() {
        let made = groups(&["sony", "htc", "sony", "htc", "lg", "sony", "other"]).expect("two groups");
        assert_eq!((made.names(), made.sizes()), (&["other".to_owned(), "sony".to_owned()][..], vec![4, 3]));
        assert_eq!((0..7).map(|person| made.number(person)).collect::<Vec<_>>(), [1, 0, 1, 0, 0, 1, 0]);
        assert_eq!([made.number_of("u005"), made.number_of("u006"), made.number_of("u007")], [Some(1), Some(0), None]);
    }

    #[test]
    fn a_table_reads_back_and_its_sum_is_that_of_the_file() {
        let made = groups(&["b", "a", "b", "a", "b", "a"]).expect("two groups");
        let text = made.to_string();
        assert!(text.starts_with("user\tgroup\nu000\tb\nu001\ta\n"), "{text}");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("groups.tsv");
        std::fs::write(&path, &text).expect("writable");
        assert_eq!(Groups::read(&path).expect("good"), made);
        assert_eq!(made.sha256(), hex(&Sha256::digest(text)));
    }

    #[test]
    fn one_group_is_none_and_there_are_at_most_so_many() {
        assert!(matches!(groups(&["a"; 9]), Err(GroupsFault::One)));
        assert!(matches!(groups(&["a", "b"]), Err(GroupsFault::One)), "both are others");
        assert!(matches!(groups(&[]), Err(GroupsFault::One)));
        let many = |count: usize| {
            let names: Vec<String> = (0..Groups::LEAST * count).map(|n| format!("g{}", n % count)).collect();
            groups(&names.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert_eq!(many(Groups::MOST).expect("as many as there may be").names().len(), Groups::MOST);
        assert!(matches!(many(Groups::MOST + 1), Err(GroupsFault::Many { count: 65 })));
    }

    #[test]
    fn a_bad_table_is_named_with_its_line() {
        let good = "user\tgroup\na\tone\nb\ttwo\n";
        Groups::parse(good).expect("good");
        for (text, line, says) in [
            ("", 1, "header"),
            ("user,group\na\tone\nb\ttwo\n", 1, "header"),
            ("user\tgroup\na\tone\nb\n", 3, "two fields"),
            ("user\tgroup\na\tone\tmore\nb\ttwo\n", 2, "two fields"),
            ("user\tgroup\na\t\nb\ttwo\n", 2, "1 to 32"),
            ("user\tgroup\na\tone\nb\t../two\n", 3, "1 to 32"),
            ("user\tgroup\nb\tone\na\ttwo\n", 3, "order"),
            ("user\tgroup\na\tone\na\ttwo\n", 3, "order"),
        ] {
            let fault = Groups::parse(text).expect_err(text);
            assert!(matches!(fault, GroupsFault::BadRow { line: l, .. } if l == line), "{text:?}: {fault}");
            assert!(fault.to_string().contains(says), "{text:?}: {fault}");
        }
        let longest = format!("user\tgroup\na\t{}\nb\ttwo\n", "x".repeat(32));
        Groups::parse(&longest).expect("32 letters");
        assert!(Groups::parse(&longest.replace("\txx", "\txxx")).is_err());
    }
}
