//! Logs that are opened at once, before anything else in a process was.

use std::process::Command;
use std::sync::{Arc, Barrier};

use foretap_core::store::{Key, Store, StoreOptions};

/// Says to this program that it is one of the processes.
const VARIABLE: &str = "FORETAP_TEST_FIRST_OPEN";
/// Without the lock on the start of SQLite, one in twenty processes was refused a log.
const PROCESSES: usize = 100;
const THREADS: u8 = 16;

#[test]
fn the_first_logs_of_a_process_open_at_once() {
    if std::env::var_os(VARIABLE).is_some() {
        return open_at_once();
    }
    let program = std::env::current_exe().expect("this program");
    for n in 0..PROCESSES {
        let output = Command::new(&program)
            .args(["the_first_logs_of_a_process_open_at_once", "--exact", "--nocapture"])
            .env(VARIABLE, "1")
            .output()
            .expect("starts");
        assert!(output.status.success(), "process {n}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

fn open_at_once() {
    let barrier = Arc::new(Barrier::new(THREADS.into()));
    let threads = (0..THREADS).map(|n| {
        let barrier = Arc::clone(&barrier);
        std::thread::spawn(move || {
            let folder = tempfile::tempdir().expect("temporary folder");
            barrier.wait();
            Store::open(&folder.path().join("log.db"), &Key::new([n; 32], [9; 16]), &StoreOptions::default()).map(drop)
        })
    });
    for opened in threads.collect::<Vec<_>>() {
        opened.join().expect("no panic").expect("opens");
    }
}
