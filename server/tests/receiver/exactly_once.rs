//! Retried, raced and crashed uploads are in the lake exactly once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, RwLock};
use std::time::Duration;

use crate::support::phone::Sealed;
use crate::support::{Client, Phone, Process, beside_others, files};

/// How many tasks send.
const SENDERS: usize = 4;

#[test]
fn retried_raced_and_crashed_uploads_are_kept_exactly_once() {
    let _machine = beside_others();
    let (phones, crashes) = if crate::is_full() { (10_000, 40) } else { (1_000, 4) };
    let folder = tempfile::tempdir().expect("a folder");
    let options = [
        "--seal-after",
        "1",
        "--seal-min-batches",
        "1",
        "--seal-bytes",
        if crate::is_full() { "200000" } else { "20000" },
    ];
    let start = || Process::start(folder.path(), &options, &[]).expect("it starts");
    let server = RwLock::new(start());
    // Of each phone one batch; of every fifth also another one under the same key.
    let next = AtomicUsize::new(0);
    let outcomes: Mutex<BTreeMap<usize, [Option<u16>; 2]>> = Mutex::default();
    let (retries, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for sender in 0..SENDERS {
            let (next, outcomes, retries, refused, server) = (&next, &outcomes, &retries, &refused, &server);
            scope.spawn(move || {
                let mut client = None;
                loop {
                    // Each job is done by two tasks at about the same time.
                    let job = next.fetch_add(1, Ordering::SeqCst);
                    let (phone, turn) = (job / 2, job % 2);
                    if phone >= phones {
                        return;
                    }
                    let is_other = phone % 5 == 0 && turn == 1;
                    let sealed = Phone::new(phone as u64).batch(0, if is_other { 3 } else { 0 }, 2);
                    let status = until_answered(server, &mut client, &sealed, retries);
                    if status == 422 {
                        refused.fetch_add(1, Ordering::SeqCst);
                    } else if sender == 0 {
                        // Once more: it has it, or had it.
                        assert_eq!(until_answered(server, &mut client, &sealed, retries), 200);
                    }
                    let mut outcomes = outcomes.lock().expect("no panic");
                    outcomes.entry(phone).or_default()[usize::from(is_other)] = Some(status);
                }
            });
        }
        for crash in 1..=crashes {
            while next.load(Ordering::SeqCst) < 2 * phones * crash / (crashes + 1) {
                std::thread::sleep(Duration::from_millis(1));
            }
            server.write().expect("no panic").kill();
            let restarted = start();
            assert!(restarted.started_in < Duration::from_secs(5), "ready after {:?}", restarted.started_in);
            *server.write().expect("no panic") = restarted;
        }
    });
    let server = server.into_inner().expect("no panic");
    server.settle(folder.path());

    let outcomes = outcomes.into_inner().expect("no panic");
    let mut expected = Vec::new();
    for (phone, outcomes) in outcomes {
        let is_taken = outcomes.map(|status| status.is_some_and(|status| status != 422));
        assert!(is_taken[0] != is_taken[1], "phone {phone}: exactly one of its two batches is taken, {outcomes:?}");
        let batch = Phone::new(phone as u64).batch(0, if is_taken[0] { 0 } else { 3 }, 2).batch;
        expected.extend(batch.samples.iter().map(|sample| sample.pseudonym.bytes().to_vec()));
    }
    expected.sort();
    assert_eq!(files::pseudonyms(folder.path(), "samples"), expected);
    assert_eq!(files::pseudonyms(folder.path(), "reports").len(), phones);
    println!(
        "exactly once: {phones} batches, {} requests, {} retries, {} conflicts, {crashes} crashes, {} rows",
        next.into_inner().min(2 * phones),
        retries.into_inner(),
        refused.into_inner(),
        expected.len() + phones,
    );
}

/// Sends until there is an answer that says what became of it.
fn until_answered(
    server: &RwLock<Process>,
    client: &mut Option<Client>,
    sealed: &Sealed,
    retries: &AtomicUsize,
) -> u16 {
    loop {
        if client.is_none() {
            *client = server.read().expect("no panic").connect().ok();
        }
        match client.as_mut().map(|client| client.upload(sealed)) {
            Some(Ok(reply)) if reply.status != 503 => {
                assert!([200, 202, 422].contains(&reply.status), "{}", reply.status);
                return reply.status;
            }
            _ => {
                *client = None;
                retries.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }
}
