//! Requests made to harm: each is refused or cut off, and the process stays small and well.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Mutex;
use std::time::Duration;

use foretap_core::config::MAX_BATCH_BYTES;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

use crate::support::{Phone, Process, beside_others};

const SENDERS: u64 = 4;
const MOST_MIB: u64 = 256;

#[test]
fn hostile_requests_are_refused_and_the_process_stays_small() {
    let _machine = beside_others();
    let count = if crate::is_full() { 20_000 } else { 2_000 };
    let folder = tempfile::tempdir().expect("a folder");
    let server = Process::start(folder.path(), &["--max-connections", "64"], &[]).expect("it starts");
    let seen: Mutex<BTreeMap<String, u64>> = Mutex::default();
    std::thread::scope(|scope| {
        for sender in 0..SENDERS {
            let (server, seen) = (&server, &seen);
            scope.spawn(move || {
                for n in (0..count).filter(|n| n % SENDERS == sender) {
                    for outcome in send(server, n) {
                        *seen.lock().expect("no panic").entry(outcome).or_default() += 1;
                    }
                }
            });
        }
    });
    let seen = seen.into_inner().expect("no panic");
    println!("hostile: {count} requests, {seen:?}, at most {} MiB", server.peak_mib());
    for outcome in seen.keys() {
        let is_fine = outcome.starts_with('4') || outcome == "503" || outcome == "closed" || outcome == "silent";
        assert!(is_fine, "{outcome}");
    }
    assert!(seen["400"] > 0 && seen["404"] > 0 && seen["413"] > 0 && seen["422"] > 0 && seen["431"] > 0);
    assert!(server.peak_mib() <= MOST_MIB, "{} MiB", server.peak_mib());
    let mut client = server.connect().expect("it is well");
    assert_eq!(client.get("/healthz").expect("an answer").status, 200);
    assert_eq!(client.upload(&Phone::new(1).batch(0, 0, 3)).expect("an answer").status, 202);
}

/// Sends the n-th hostile request and gives what came back.
fn send(server: &Process, n: u64) -> Vec<String> {
    let mut random = ChaCha8Rng::seed_from_u64(n);
    let (bytes, ends) = request(&mut random);
    let Ok(mut client) = server.connect() else { return vec!["closed".to_owned()] };
    client.patience(Duration::from_secs(3));
    if client.send(&bytes).is_err() {
        // It may have answered before all of it was sent.
        return match client.reply(false) {
            Ok(Some(reply)) => vec![reply.status.to_string()],
            _ => vec!["closed".to_owned()],
        };
    }
    if ends {
        client.end();
    }
    let mut outcomes = Vec::new();
    loop {
        match client.reply(false) {
            Ok(Some(reply)) => outcomes.push(reply.status.to_string()),
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                outcomes.push("silent".to_owned());
                return outcomes;
            }
            _ if outcomes.is_empty() => return vec!["closed".to_owned()],
            _ => return outcomes,
        }
    }
}

/// The bytes, and whether the client ends its side after them.
fn request(random: &mut ChaCha8Rng) -> (Vec<u8>, bool) {
    const CLOSE: &str = "Host: x\r\nConnection: close\r\n";
    let key = format!("{:032x}", u128::from(random.next_u64()) << 64 | u128::from(random.next_u64()));
    let octets = format!("{CLOSE}Idempotency-Key: {key}\r\nContent-Type: application/octet-stream\r\n");
    let post = |body: &[u8], length: &str| {
        [format!("POST /v1/batches HTTP/1.1\r\n{octets}Content-Length: {length}\r\n\r\n").as_bytes(), body].concat()
    };
    let some = |random: &mut ChaCha8Rng, most: u64| {
        let mut bytes = vec![0; usize::try_from(random.next_u64() % most).expect("small")];
        random.fill_bytes(&mut bytes);
        bytes
    };
    let whole = |body: Vec<u8>| (post(&body, &body.len().to_string()), false);
    match random.next_u64() % 19 {
        0 => {
            let method = ["FOO", "DELETE", "PUT", "CONNECT", "TRACE", "OPTIONS", "GET", "PATCH"][pick(random, 8)];
            (format!("{method} /v1/batches HTTP/1.1\r\n{CLOSE}\r\n").into_bytes(), false)
        }
        1 => {
            let up = ["..", "%2e%2e", "%2E%2e", "..%2f", "..;", "%252e%252e", "..\\", "%c0%ae%c0%ae"][pick(random, 8)];
            let path = vec![up; 1 + pick(random, 12)].join("/");
            (format!("GET /models/{path}/etc/passwd HTTP/1.1\r\n{CLOSE}\r\n").into_bytes(), false)
        }
        2 => {
            let long = "a".repeat(1 << (14 + pick(random, 6)));
            (format!("GET /none HTTP/1.1\r\n{CLOSE}X-Long: {long}\r\n\r\n").into_bytes(), false)
        }
        3 => (
            format!("GET /none HTTP/1.1\r\n{}{CLOSE}\r\n", "X: a\r\n".repeat(65 + pick(random, 500))).into_bytes(),
            false,
        ),
        4 => {
            let length =
                ["-1", "1e3", "0x10", "18446744073709551616", "99999999999", " ", "1, 2", "+5"][pick(random, 8)];
            (post(b"hello", length), true)
        }
        5 => (post(b"hello", "5\r\nContent-Length: 6"), true),
        6 => (post(b"0\r\n\r\n", "5\r\nTransfer-Encoding: chunked"), true),
        7 => {
            let chunk = format!("{:x}\r\n{}\r\n", 40_000, "a".repeat(40_000)).repeat(1 + pick(random, 12));
            let head = format!("POST /v1/batches HTTP/1.1\r\n{octets}Transfer-Encoding: chunked\r\n\r\n");
            ([head.as_bytes(), chunk.as_bytes(), b"0\r\n\r\n"].concat(), false)
        }
        8 => ("GET /none HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1 + pick(random, 40)).into_bytes(), true),
        9 => (some(random, 3_000), true),
        10 => {
            let body = some(random, 3_000);
            (post(&body, &(body.len() + 1 + pick(random, 200_000)).to_string()), true)
        }
        11 => whole(some(random, 262_144)),
        12 => whole(vec![0; MAX_BATCH_BYTES + 1 + pick(random, 400_000)]),
        // A sealed batch under another key, damaged, or cut.
        13 => whole(Phone::new(7).batch(0, 0, 4).body),
        14 => {
            let mut sealed = Phone::new(7).batch(0, 0, 4);
            let at = pick(random, sealed.body.len());
            sealed.body[at] ^= 1 << pick(random, 8);
            whole(sealed.body)
        }
        15 => whole(packed(&vec![0; 1 << (10 + pick(random, 18))])),
        // A megabyte of empty messages: each takes a hundred times its bytes once read.
        16 => whole(packed(&[0x1a, 0].repeat(pick(random, 524_288)))),
        17 => whole(packed(&[0x22, 0].repeat(pick(random, 524_288)))),
        _ => {
            let body = some(random, 300);
            let head = format!("POST /v1/erasures HTTP/1.1\r\n{octets}Content-Length: {}\r\n\r\n", body.len());
            (if body.len() == 32 { Vec::new() } else { [head.as_bytes(), &body].concat() }, body.len() == 32)
        }
    }
}

fn pick(random: &mut ChaCha8Rng, n: usize) -> usize {
    usize::try_from(random.next_u64() % n as u64).expect("below n")
}

/// Bytes with a right frame and sum around them, as a batch has.
fn packed(payload: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).expect("a level");
    encoder.write_all(payload).expect("memory");
    let packed = encoder.finish().expect("memory");
    [b"FORETAPUP".as_slice(), &[1], &Sha256::digest(&packed), &packed].concat()
}
