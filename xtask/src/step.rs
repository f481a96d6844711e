//! One step of a command: a heading before, its duration after.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use crate::failure::Failure;

/// Does `work` between a heading and a line with its duration.
///
/// # Errors
/// Those of `work`.
pub(crate) fn step<T>(title: &str, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    println!("\n== {title}");
    let start = Instant::now();
    let outcome = work();
    let verdict = if outcome.is_ok() { "ok" } else { "failed" };
    println!("-- {title}: {verdict}, {:.1} s", start.elapsed().as_secs_f64());
    outcome
}

/// Runs a program as a step; its output goes to this terminal.
///
/// # Errors
/// If it cannot be started or does not end with exit code 0.
pub(crate) fn run(title: &str, command: &mut Command) -> Result<(), Failure> {
    step(title, || {
        let status = command.status().map_err(|error| not_started(command, &error))?;
        passed(title, status)
    })
}

/// Runs a program as a step; every line of its standard output is shown at once, and handed on.
///
/// # Errors
/// If it cannot be started or read, or does not end with exit code 0.
pub(crate) fn lines(title: &str, command: &mut Command, mut each: impl FnMut(&str)) -> Result<(), Failure> {
    step(title, || {
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| not_started(command, &error))?;
        let output = child.stdout.take().expect("standard output is piped");
        let passed_on = pass_on(output, std::io::stdout(), &mut each);
        let unreadable = |error| Failure::new(format!("{title}: the output cannot be passed on: {error}"));
        passed_on.map_err(unreadable)?;
        passed(title, child.wait().map_err(unreadable)?)
    })
}

/// Copies every line at once, and hands it on.
///
/// # Errors
/// The reader's and the writer's.
pub(crate) fn pass_on(from: impl Read, mut to: impl Write, each: &mut dyn FnMut(&str)) -> std::io::Result<()> {
    let mut lines = BufReader::new(from);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        each(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(())
}

/// What a program wrote to its standard output.
///
/// # Errors
/// If it cannot be started, does not end with exit code 0, or writes no UTF-8.
pub(crate) fn output(title: &str, command: &mut Command) -> Result<String, Failure> {
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| not_started(command, &error))?;
    passed(title, output.status)?;
    String::from_utf8(output.stdout).map_err(|_| Failure::new(format!("{title}: the output is not UTF-8")))
}

/// Whether the program ended with exit code 0.
///
/// # Errors
/// If it did not.
pub(crate) fn passed(title: &str, status: ExitStatus) -> Result<(), Failure> {
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{title} did not pass ({status})"))) }
}

/// The failure of a program that could not be started.
pub(crate) fn not_started(command: &Command, error: &std::io::Error) -> Failure {
    Failure::missing(format!("{} could not be started: {error}", command.get_program().to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_shown_and_handed_on_whole() {
        let (mut shown, mut seen) = (Vec::new(), Vec::new());
        let said = b"3 passed in 0.10s\n\n\xff at the end";
        pass_on(&said[..], &mut shown, &mut |line| seen.push(line.to_owned())).expect("in memory");
        assert_eq!(shown, said);
        assert_eq!(seen, ["3 passed in 0.10s\n", "\n", "\u{fffd} at the end"]);
    }
}
