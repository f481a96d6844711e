//! Places where a test can end the process, as `kill -9` would, or slow the disk down. A release build has none of them.

/// Ends the process if `FORETAP_SERVER_ABORT_AT` is this point, as `before-append`, or its n-th time, as `before-append:3`.
#[cfg(debug_assertions)]
pub(crate) fn reach(point: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static AIM: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static SEEN: AtomicU32 = AtomicU32::new(0);
    let aim = AIM.get_or_init(|| {
        let aim = std::env::var("FORETAP_SERVER_ABORT_AT").ok()?;
        let (point, time) = aim.split_once(':').unwrap_or((&aim, "1"));
        Some((point.to_owned(), time.parse().ok()?))
    });
    if let Some((aimed, time)) = aim
        && aimed == point
        && SEEN.fetch_add(1, Ordering::SeqCst) + 1 == *time
    {
        std::process::abort();
    }
}

/// Waits as long as a slow disk would: `FORETAP_SERVER_SLOW_FSYNC_MS`.
#[cfg(debug_assertions)]
pub(crate) fn slow_fsync() {
    use std::sync::OnceLock;

    static MS: OnceLock<u64> = OnceLock::new();
    let ms = || std::env::var("FORETAP_SERVER_SLOW_FSYNC_MS").ok()?.parse().ok();
    let ms = *MS.get_or_init(|| ms().unwrap_or(0));
    if ms > 0 {
        std::thread::sleep(std::time::Duration::from_millis(ms));
    }
}

/// Nothing: this is a release build.
#[cfg(not(debug_assertions))]
pub(crate) const fn reach(_point: &str) {}

/// Nothing: this is a release build.
#[cfg(not(debug_assertions))]
pub(crate) const fn slow_fsync() {}
