//! How many tests passed, summed from the runners' own result lines.

use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::step;

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
        step::step(title, || {
            let mut child =
                command.stdout(Stdio::piped()).spawn().map_err(|error| step::not_started(command, &error))?;
            let mut lines = BufReader::new(child.stdout.take().expect("standard output is piped"));
            let unreadable = |error| Failure::new(format!("{title}: the output cannot be passed on: {error}"));
            let mut line = Vec::new();
            while lines.read_until(b'\n', &mut line).map_err(unreadable)? > 0 {
                std::io::stdout().write_all(&line).map_err(unreadable)?;
                self.add(&String::from_utf8_lossy(&line));
                line.clear();
            }
            step::passed(title, child.wait().map_err(unreadable)?)
        })
    }

    /// Adds what a line of libtest says, such as `test result: ok. 3 passed; 0 failed; 1 ignored; ...`, or a test that says
    /// `skipped: <what>`; any other line is nothing.
    fn add(&mut self, line: &str) {
        if line.contains("skipped: ") {
            // It ends as if it had passed.
            self.skipped += 1;
            self.passed = self.passed.wrapping_sub(1);
        }
        let Some(result) = line.trim_start().strip_prefix("test result:") else { return };
        let words: Vec<_> = result.split([' ', ';']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            let count = pair[0].parse::<u64>().unwrap_or(0);
            match pair[1] {
                "passed" => self.passed = self.passed.wrapping_add(count),
                "failed" => self.failed += count,
                "ignored" => self.skipped += count,
                _ => {}
            }
        }
    }
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
}
