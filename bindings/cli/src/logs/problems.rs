//! What became of a log's rows: none is dropped in silence.

use std::borrow::Cow;

use super::error::Fault;

/// Why a row is bad. Never shows what the row holds.
pub(super) type Reason = Cow<'static, str>;

/// A bad row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its line in the (uncompressed) file, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: Cow<'static, str>,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

/// The count of a log's rows, and the first [`Self::NAMED`] bad ones by line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// Rows of the file, without the header: used, unused and bad.
    pub rows: u64,
    /// Bad rows.
    pub bad: u64,
    /// Rows that are well formed and say nothing that the library uses, such as home rows of UbiqLog.
    pub unused: u64,
    /// The first bad rows.
    pub named: Vec<Problem>,
}

impl Problems {
    /// How many bad rows are named.
    pub const NAMED: usize = 20;

    /// Counts one row; a loader says whether it was used (`true`), unused (`false`) or bad.
    pub(super) fn count(&mut self, line: u64, row: Result<bool, Reason>) {
        self.rows += 1;
        match row {
            Ok(true) => {}
            Ok(false) => self.unused += 1,
            Err(reason) => {
                self.bad += 1;
                if self.named.len() < Self::NAMED {
                    self.named.push(Problem { line, reason });
                }
            }
        }
    }

    /// The fault that makes the whole log unusable, with its line, if there is one.
    pub(super) fn fault(&self) -> Option<(u64, Fault)> {
        let (rows, bad) = (self.rows, self.bad);
        let first = self.named.first();
        let line = first.map_or(1, |p| p.line);
        let reason = first.map_or_else(|| "nothing in it is an event".to_owned(), |p| p.reason.to_string());
        if rows == self.bad + self.unused {
            return Some((line, Fault::NoEvents { rows, bad, reason }));
        }
        (2 * bad > rows).then_some((line, Fault::MostlyBad { rows, bad, reason }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(used: u64, unused: u64, bad: u64) -> Problems {
        let mut p = Problems::default();
        (0..bad).for_each(|line| p.count(line + 2, Err("broken".into())));
        (0..used).for_each(|line| p.count(line + 100, Ok(true)));
        (0..unused).for_each(|line| p.count(line + 200, Ok(false)));
        p
    }

    #[test]
    fn half_bad_rows_are_tolerated_and_one_more_is_not() {
        assert!(problems(5, 0, 5).fault().is_none());
        assert!(matches!(problems(5, 0, 6).fault(), Some((2, Fault::MostlyBad { rows: 11, bad: 6, .. }))));
    }

    #[test]
    fn a_log_without_events_is_a_fault_even_if_nothing_in_it_is_bad() {
        assert!(matches!(problems(0, 3, 0).fault(), Some((1, Fault::NoEvents { rows: 3, bad: 0, .. }))));
        assert!(matches!(problems(0, 0, 0).fault(), Some((1, Fault::NoEvents { rows: 0, bad: 0, .. }))));
    }

    #[test]
    fn only_the_first_bad_rows_are_named_but_all_are_counted() {
        let p = problems(50, 0, 30);
        assert_eq!((p.bad, p.named.len(), p.named[19].line), (30, Problems::NAMED, 21));
    }
}
