//! Times single calls, and tells their own time from the time another process had the core.

use std::fs::File;
use std::time::Instant;

use crate::quantiles::Quantiles;

/// Nanoseconds of calls of one kind.
#[derive(Debug, Clone, Default)]
pub struct Times {
    /// From the call to its return, without the time the thread was ready and had no core. Waiting for the disk counts.
    own: Vec<u64>,
    /// From the call to its return.
    wall: Vec<u64>,
}

impl Times {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { own: Vec::new(), wall: Vec::new() }
    }

    /// The own times.
    ///
    /// # Panics
    /// If nothing was timed.
    #[must_use]
    pub fn own(&self) -> Quantiles {
        Quantiles::of(self.own.clone())
    }

    /// The wall times.
    ///
    /// # Panics
    /// If nothing was timed.
    #[must_use]
    pub fn wall(&self) -> Quantiles {
        Quantiles::of(self.wall.clone())
    }

    /// Takes over the last call of another kind.
    pub fn copy_last(&mut self, other: &Self) {
        self.own.extend(other.own.last());
        self.wall.extend(other.wall.last());
    }
}

/// Knows how long this thread has waited for a core so far, where the system tells (Linux).
#[derive(Debug)]
pub struct Stopwatch {
    schedule: Option<File>,
}

impl Stopwatch {
    /// For the thread that calls it.
    #[must_use]
    pub fn new() -> Self {
        Self { schedule: File::open("/proc/thread-self/schedstat").ok() }
    }

    /// Runs `body` and adds what it took.
    pub fn time<T>(&self, times: &mut Times, body: impl FnOnce() -> T) -> T {
        let waited = self.waited_ns();
        let started = Instant::now();
        let value = std::hint::black_box(body());
        let wall = nanoseconds(started);
        times.wall.push(wall);
        times.own.push(wall.saturating_sub(self.waited_ns() - waited));
        value
    }

    /// The second number of `schedstat`: nanoseconds on the run queue.
    fn waited_ns(&self) -> u64 {
        let read = |file: &File| {
            let mut text = [0; 80];
            let length = read_start(file, &mut text)?;
            std::str::from_utf8(&text[..length]).ok()?.split_whitespace().nth(1)?.parse().ok()
        };
        self.schedule.as_ref().and_then(read).unwrap_or(0)
    }
}

impl Default for Stopwatch {
    fn default() -> Self {
        Self::new()
    }
}

/// Nanoseconds since `start`.
#[must_use]
pub fn nanoseconds(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(unix)]
fn read_start(file: &File, text: &mut [u8]) -> Option<usize> {
    std::os::unix::fs::FileExt::read_at(file, text, 0).ok()
}

#[cfg(not(unix))]
fn read_start(_file: &File, _text: &mut [u8]) -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_runs_once_and_its_own_time_is_within_its_wall_time() {
        let (stopwatch, mut times) = (Stopwatch::new(), Times::default());
        for n in 0..1_000 {
            assert_eq!(stopwatch.time(&mut times, || n), n);
        }
        assert_eq!((times.own().count(), times.wall().count()), (1_000, 1_000));
        assert!(times.own().sum() <= times.wall().sum());
    }

    #[test]
    fn sleeping_is_own_time() {
        let (stopwatch, mut times) = (Stopwatch::new(), Times::default());
        stopwatch.time(&mut times, || std::thread::sleep(std::time::Duration::from_millis(5)));
        assert!(times.own().max() >= 4_000_000, "waiting for a device counts");
    }
}
