//! How many tests passed, summed from the result lines of the runners: libtest's, pytest's, Surefire's and Swift Testing's.

use std::fmt;
use std::process::Command;

use crate::failure::Failure;
use crate::step;

/// What pytest counts in its summary.
const PYTEST_WORDS: [&str; 10] =
    ["passed", "failed", "error", "errors", "skipped", "xfailed", "xpassed", "deselected", "warning", "warnings"];

/// Tests that passed, failed, and could not run here: ignored ones, and those that say `skipped: <what>`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Tally {
    /// Runs a program whose standard output holds result lines, shows every line at once, and adds the results up.
    ///
    /// # Errors
    /// If it cannot be started or read, or does not end with exit code 0.
    pub(crate) fn run(&mut self, title: &str, command: &mut Command) -> Result<(), Failure> {
        let mut has_result = false;
        step::lines(title, command, |line| has_result |= self.add(line))?;
        if has_result { Ok(()) } else { Err(Failure::new(format!("{title}: no line of the output is a result"))) }
    }

    /// Says and counts that something could not run here.
    pub(crate) fn skip(&mut self, what: &str) {
        println!("\nskipped: {what}");
        self.skipped += 1;
    }

    /// Prints the sum as the last line, and where it stopped if it did.
    ///
    /// # Errors
    /// The outcome's.
    pub(crate) fn conclude(&self, outcome: Result<(), Failure>) -> Result<(), Failure> {
        match &outcome {
            Ok(()) => println!("\n{self}"),
            Err(failure) => println!("\n{self}; stopped early: {failure}"),
        }
        outcome
    }

    /// Adds what a runner's result line says, or a test that says `skipped: <what>`; any other line is nothing. Returns
    /// whether it is a result line.
    fn add(&mut self, line: &str) -> bool {
        if let Some(by) = skipped_by(line) {
            self.skipped += 1;
            // A test that says so ends as if it had passed.
            self.passed = self.passed.wrapping_sub(u64::from(by == SkippedBy::Test));
        }
        let Some(result) =
            of_libtest(line).or_else(|| of_pytest(line)).or_else(|| of_surefire(line)).or_else(|| of_swift(line))
        else {
            return false;
        };
        self.passed = self.passed.wrapping_add(result.passed);
        self.failed += result.failed;
        self.skipped += result.skipped;
        true
    }

    fn count(&mut self, count: u64, word: &str) {
        match word {
            "passed" | "xpassed" => self.passed += count,
            "failed" | "error" | "errors" => self.failed += count,
            "ignored" | "skipped" | "xfailed" => self.skipped += count,
            _ => {}
        }
    }
}

/// Who says that something could not run here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SkippedBy {
    /// A test, which its runner counts as passed.
    Test,
    /// A build, of a step that it leaves out.
    Build,
}

/// A line that says `skipped: <what>`, alone, behind libtest's `test <name> ... `, or behind Ant's `[echo] `.
fn skipped_by(line: &str) -> Option<SkippedBy> {
    let says = |line: &str| line.starts_with("skipped: ");
    let behind = |mark: &str| line.split_once(mark).is_some_and(|(_, rest)| says(rest));
    match () {
        () if says(line) || line.starts_with("test ") && behind(" ... ") => Some(SkippedBy::Test),
        () if line.trim_start().starts_with("[echo] ") && behind("[echo] ") => Some(SkippedBy::Build),
        () => None,
    }
}

/// The result in a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; ...`.
fn of_libtest(line: &str) -> Option<Tally> {
    let result = line.trim_start().strip_prefix("test result:")?;
    let words: Vec<_> = result.split([' ', ';']).filter(|word| !word.is_empty()).collect();
    let mut tally = Tally::default();
    for pair in words.windows(2) {
        tally.count(pair[0].parse().unwrap_or(0), pair[1]);
    }
    Some(tally)
}

/// The result in a line such as `12 passed, 1 skipped in 3.40s`, framed by `=` where pytest is not told to be quiet.
fn of_pytest(line: &str) -> Option<Tally> {
    let (counts, duration) = line.trim().trim_matches('=').trim().rsplit_once(" in ")?;
    // Above a minute: `in 61.20s (0:01:01)`.
    duration.split(' ').next()?.strip_suffix('s')?.parse::<f64>().ok()?;
    let mut tally = Tally::default();
    for part in counts.split(", ") {
        let (count, word) = part.split_once(' ')?;
        tally.count(count.parse().ok()?, PYTEST_WORDS.into_iter().find(|known| *known == word)?);
    }
    Some(tally)
}

/// The result of a module in a line such as `[INFO] Tests run: 12, Failures: 1, Errors: 0, Skipped: 2`. Lines that go on
/// (`Time elapsed: ...`) are of one class and in that sum.
fn of_surefire(line: &str) -> Option<Tally> {
    let plain: String = without_colours(line);
    let (level, counts) = plain.trim().split_once("] Tests run: ")?;
    let numbers: Option<Vec<u64>> = format!("Tests run: {counts}")
        .split(", ")
        .zip(["Tests run: ", "Failures: ", "Errors: ", "Skipped: "])
        .map(|(part, word)| part.strip_prefix(word)?.parse().ok())
        .collect();
    let [run, failures, errors, skipped] = numbers?.try_into().ok()?;
    let is_whole = matches!(level, "[INFO" | "[WARNING" | "[ERROR") && counts.matches(", ").count() == 3;
    let failed = failures + errors;
    is_whole.then_some(Tally { passed: run.saturating_sub(failed + skipped), failed, skipped })
}

/// The result of one test in a line such as `x Test names() passed after 0.001 seconds.`; the sum of all says no more than
/// how many there were.
fn of_swift(line: &str) -> Option<Tally> {
    let (mark, said) = line.trim().split_once(" Test ")?;
    if mark.chars().count() != 1 || mark.is_ascii() {
        return None;
    }
    let is_sum = said.starts_with("run with ");
    let one = u64::from(!is_sum);
    let ends = |word: &str| said.rsplit_once(word).is_some_and(|(_, after)| after.contains(" second"));
    match () {
        () if ends(" passed after ") => Some(Tally { passed: one, ..Tally::default() }),
        () if ends(" failed after ") => Some(Tally { failed: one, ..Tally::default() }),
        () if said.contains(" skipped") && !is_sum => Some(Tally { skipped: 1, ..Tally::default() }),
        () => None,
    }
}

/// Maven colours its lines where it thinks that somebody looks.
fn without_colours(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 { write!(f, ", {} skipped", self.skipped) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_add_up_and_other_lines_do_not_count() {
        let mut tally = Tally::default();
        for line in [
            "running 12 tests",
            "skipped: ubiqlog.tsv.gz",
            "test a::says_9_passed ... ok",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.10s\n",
            "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "error: 3 failed",
        ] {
            tally.add(line);
        }
        assert_eq!(tally, Tally { passed: 15, failed: 2, skipped: 2 });
        assert_eq!(tally.to_string(), "15 passed, 2 failed, 2 skipped");
        assert_eq!(Tally { skipped: 0, ..tally }.to_string(), "15 passed, 2 failed");
    }

    #[test]
    fn a_test_that_is_skipped_did_not_pass_and_a_build_that_leaves_a_step_out_has_no_test_to_take_back() {
        let mut tally = Tally { passed: 10, ..Tally::default() };
        for (line, left) in [
            ("skipped: phone.tsv.gz", 9),
            ("test logs::whole ... skipped: phone.tsv.gz\n", 8),
            ("     [echo] skipped: APK (zipalign missing)", 8),
        ] {
            assert!(!tally.add(line), "{line}");
            assert_eq!(tally.passed, left, "{line}");
        }
        assert_eq!(tally.skipped, 3);
        for line in ["says `skipped: <what>` in the open", "[INFO] skipped: 3", "testing ... not skipped: 1"] {
            tally.add(line);
        }
        assert_eq!(tally, Tally { passed: 8, failed: 0, skipped: 3 });
    }

    #[test]
    fn the_summary_of_pytest_counts_quiet_or_framed_and_nothing_else_of_it_does() {
        let mut tally = Tally::default();
        for line in [
            "12 passed, 1 skipped in 3.40s\n",
            "===== 1 failed, 3 passed, 2 warnings, 1 error in 61.20s (0:01:01) =====",
            "2 passed, 4 deselected, 1 xfailed in 0.10s",
        ] {
            assert!(tally.add(line), "{line}");
        }
        assert_eq!(tally, Tally { passed: 17, failed: 2, skipped: 2 });
        for line in [
            "........................ [100%]",
            "FAILED models/tests/test_train.py::test_3_passed_in_1s - AssertionError",
            "3 passed in the end",
            "warmed up in 3.4s",
            "3 epochs in 3.4s",
            "SKIPPED [1] models/tests/test_train.py:3: no data",
        ] {
            assert!(!tally.add(line), "{line}");
        }
        assert_eq!(tally, Tally { passed: 17, failed: 2, skipped: 2 });
    }

    #[test]
    fn the_sum_of_surefire_counts_once_for_each_module() {
        let mut tally = Tally::default();
        for line in [
            "[INFO] Tests run: 17, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1.683 s -- in dev.foretap.FacadeTest",
            "[\u{1b}[1;34mINFO\u{1b}[m] Tests run: 20, Failures: 0, Errors: 0, Skipped: 2",
            "[ERROR] Tests run: 5, Failures: 1, Errors: 1, Skipped: 0",
            "[INFO] Tests run: many",
        ] {
            tally.add(line);
        }
        assert_eq!(tally, Tally { passed: 21, failed: 2, skipped: 2 });
    }

    #[test]
    fn each_test_of_swift_counts_and_their_sum_does_not() {
        let mut tally = Tally::default();
        for line in [
            "\u{2718} Test c() failed after 0.002 seconds with 1 issue.",
            "\u{2714} Test \"a test passed after all\" passed after 0.001 seconds.\n",
            "\u{2714} Test d(_:) passed after 1.100 seconds with 1 known issue.",
            "\u{2718} Test b() skipped: \"not here\"",
            "\u{2718} Test run with 4 tests failed after 0.003 seconds with 1 issue.",
        ] {
            assert!(tally.add(line), "{line}");
        }
        assert_eq!(tally, Tally { passed: 2, failed: 1, skipped: 1 });
        for line in [
            "\u{25c7} Test d(_:) started.",
            "\u{2714} Suite Names passed after 0.001 seconds.",
            "\u{2718} Test c() recorded an issue at T.swift:4:35: Expectation failed: 1 == 2",
            "a Test that passed after 2 seconds",
        ] {
            assert!(!tally.add(line), "{line}");
        }
    }

    #[test]
    fn what_cannot_run_here_counts_as_skipped() {
        let mut tally = Tally::default();
        tally.skip("models (python3 >= 3.11 is missing)");
        assert_eq!(tally.to_string(), "0 passed, 0 failed, 1 skipped");
    }
}
