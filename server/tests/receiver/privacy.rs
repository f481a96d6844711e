//! What a request says of who sends it is nowhere: not in a file, not in what the process says, not in a metric or an answer.

use crate::support::phone::seal;
use crate::support::{Phone, Process, beside_others, files};

#[test]
fn nothing_of_a_request_is_written_anywhere() {
    const CANARY: &str = "canary7f3a";
    let _machine = beside_others();
    let folder = tempfile::tempdir().expect("a folder");
    let options = ["--seal-after", "1", "--seal-min-batches", "1"];
    let mut server = Process::start(folder.path(), &options, &[]).expect("it starts");
    let mut answers = Vec::new();
    let mut ask = |method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]| {
        let common = [
            ("User-Agent", CANARY),
            ("X-Forwarded-For", "canary7f3a.example"),
            ("Cookie", CANARY),
            ("Authorization", CANARY),
            ("Referer", CANARY),
        ];
        let headers = [&common, headers].concat();
        let mut client = server.connect().expect("a connection");
        let reply = client.ask(method, path, &headers, body).expect("an answer");
        answers.push(reply.clone());
        reply.status
    };
    let octets = ("Content-Type", "application/octet-stream");
    let mut batch = Phone::new(1).batch(0, 0, 5).batch;
    batch.library = CANARY.to_owned();
    let sealed = seal(batch);
    let key = ("Idempotency-Key", sealed.key.as_str());
    assert_eq!(ask("POST", "/v1/batches", &[key, octets], &sealed.body), 202);
    assert_eq!(ask("POST", "/v1/batches", &[key, octets], &sealed.body), 200);
    assert_eq!(ask("POST", "/v1/batches?canary7f3a", &[key, octets], CANARY.as_bytes()), 422);
    assert_eq!(ask("POST", "/v1/batches", &[("Idempotency-Key", CANARY), octets], CANARY.as_bytes()), 400);
    assert_eq!(ask("POST", "/v1/batches", &[key, ("Content-Type", CANARY)], CANARY.as_bytes()), 415);
    assert_eq!(ask("POST", "/v1/erasures", &[key], CANARY.as_bytes()), 422);
    assert_eq!(ask("POST", "/v1/erasures", &[key], &[b'c'; 32]), 202);
    assert_eq!(ask("GET", "/models/canary7f3a", &[], &[]), 404);
    assert_eq!(ask("GET", "/canary7f3a", &[], &[]), 404);
    assert_eq!(ask("CANARY7F3A", "/v1/batches", &[], &[]), 405);
    server.settle(folder.path());
    assert_eq!(ask("GET", "/metrics", &[], &[]), 200);
    for answer in &answers {
        let text = String::from_utf8_lossy(&answer.body).to_lowercase();
        assert!(!text.contains(CANARY) && !answer.head.contains(CANARY), "{}\n{text}", answer.head);
    }
    assert!(server.terminate());
    for needle in [CANARY, "CANARY7F3A", "127.0.0.1:"] {
        let mut found = files::with(folder.path(), needle.as_bytes());
        if needle.starts_with("127") {
            // Its own address is what it says at the start, once, with its own port.
            let own = server.address.to_string();
            found.retain(|path| {
                let said = String::from_utf8_lossy(&std::fs::read(path).expect("there")).replace(&own, "");
                said.contains(needle)
            });
        }
        assert!(found.is_empty(), "{needle}: {found:?}");
    }
}
