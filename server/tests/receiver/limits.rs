//! What is refused, and what the process does when it is told to end.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use foretap_server::{Config, Server, ServerError};
use rustls::version::{TLS12, TLS13};

use crate::support::client::trust;
use crate::support::process::data;
use crate::support::{Client, Phone, Process, beside_others, files};

#[test]
fn an_embedded_server_takes_uploads_and_a_folder_has_one_server() {
    let _machine = beside_others();
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = Config::new(&data(folder.path()));
    config.listen.set_port(0);
    let server = Server::start(config.clone()).expect("it starts");
    assert!(matches!(Server::start(config.clone()), Err(ServerError::InUse { .. })));
    let trusted = trust(&data(folder.path()), &[&TLS13]);
    let mut client = Client::connect(server.address(), &trusted).expect("a connection");
    assert_eq!(client.get("/healthz").expect("an answer").status, 200);
    assert_eq!(client.get("/readyz").expect("an answer").status, 200);
    assert_eq!(client.upload(&Phone::new(1).batch(0, 0, 3)).expect("an answer").status, 202);
    server.settle();
    assert_eq!(files::pseudonyms(folder.path(), "samples").len(), 3);
    server.stop();
    assert!(Client::connect(Server::start(config).expect("again").address(), &trusted).is_ok());

    let mut wrong = Config::new(&folder.path().join("other"));
    wrong.lake = Some("gs://bucket".to_owned());
    assert!(matches!(Server::start(wrong), Err(ServerError::Url { .. })));
}

#[test]
fn what_does_not_fit_is_refused_with_the_status_that_says_so() {
    let _machine = beside_others();
    let folder = tempfile::tempdir().expect("a folder");
    let server = Process::start(folder.path(), &[], &[]).expect("it starts");
    let sealed = Phone::new(1).batch(0, 0, 3);
    let key = ("Idempotency-Key", sealed.key.as_str());
    let octets = ("Content-Type", "application/octet-stream");
    let other_key = "0123456789abcdef0123456789abcdef";
    let upper = sealed.key.to_uppercase();
    type Case<'a> = (u16, &'a str, &'a [(&'a str, &'a str)], &'a [u8]);
    let cases: &[Case<'_>] = &[
        (400, "/v1/batches", &[octets], &sealed.body),
        (400, "/v1/batches", &[key, key, octets], &sealed.body),
        (400, "/v1/batches", &[("Idempotency-Key", &sealed.key[1..]), octets], &sealed.body),
        (
            400,
            "/v1/batches",
            &[("Idempotency-Key", if upper == sealed.key { "G" } else { &upper }), octets],
            &sealed.body,
        ),
        (415, "/v1/batches", &[key], &sealed.body),
        (415, "/v1/batches", &[key, octets, ("Content-Encoding", "gzip")], &sealed.body),
        (422, "/v1/batches", &[("Idempotency-Key", other_key), octets], &sealed.body),
        (422, "/v1/batches", &[key, octets], &sealed.body[..sealed.body.len() - 1]),
        (422, "/v1/batches", &[key, octets], b""),
        (413, "/v1/batches", &[key, octets], &[0; 262_145]),
        (422, "/v1/batches", &[key, octets], &[0; 262_144]),
        (400, "/v1/erasures", &[], &[7; 32]),
        (422, "/v1/erasures", &[key], &[7; 31]),
        (404, "/v1/other", &[key], b""),
    ];
    for (status, path, headers, body) in cases {
        let mut client = server.connect().expect("a connection");
        let reply = client.ask("POST", path, headers, body).expect("an answer");
        assert_eq!(reply.status, *status, "{path} {headers:?} {}", body.len());
    }
    let mut client = server.connect().expect("a connection");
    let chunked = format!(
        "POST /v1/batches HTTP/1.1\r\nHost: x\r\nIdempotency-Key: {}\r\nContent-Type: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        sealed.key, octets.1
    );
    client.send(chunked.as_bytes()).expect("sent");
    assert_eq!(client.reply(false).expect("an answer").map(|reply| reply.status), Some(411));
    let mut client = server.connect().expect("a connection");
    let long = format!("GET /healthz HTTP/1.1\r\nX: {}\r\n\r\n", "a".repeat(40_000));
    client.send(long.as_bytes()).expect("sent");
    assert_eq!(client.reply(false).expect("an answer").map(|reply| reply.status), Some(431));
    let mut client = server.connect().expect("a connection");
    let many = format!("GET /healthz HTTP/1.1\r\n{}\r\n", "X: a\r\n".repeat(100));
    client.send(many.as_bytes()).expect("sent");
    assert_eq!(client.reply(false).expect("an answer").map(|reply| reply.status), Some(431));
    assert!(files::journalled(folder.path()).is_empty());
}

#[test]
fn nothing_older_than_tls_1_3_is_spoken() {
    let _machine = beside_others();
    let folder = tempfile::tempdir().expect("a folder");
    let server = Process::start(folder.path(), &[], &[]).expect("it starts");
    let old = Client::connect(server.address, &trust(&data(folder.path()), &[&TLS12]));
    assert!(old.err().is_some_and(|error| error.to_string().contains("ProtocolVersion")), "an alert says why");
    assert!(server.connect().is_ok());
}

#[test]
fn a_connection_too_many_is_closed_at_once_and_a_silent_one_after_a_while() {
    let _machine = beside_others();
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Process::start(folder.path(), &["--max-connections", "4"], &[]).expect("it starts");
    let mut endless = server.connect().expect("a connection");
    let key = "0123456789abcdef0123456789abcdef";
    let head = format!(
        "POST /v1/batches HTTP/1.1\r\nHost: x\r\nIdempotency-Key: {key}\r\nContent-Type: application/octet-stream\r\n"
    );
    endless.send(format!("{head}Content-Length: 100\r\n\r\nten bytes.").as_bytes()).expect("sent");
    let begun = Instant::now();
    let mut slow = server.connect().expect("a connection");
    slow.send(b"POST /v1/batches HTTP/1.1\r\nHost").expect("sent");
    let mut held = vec![server.connect().expect("a connection")];
    let silent = TcpStream::connect(server.address).expect("a connection");
    std::thread::sleep(Duration::from_millis(100));
    let start = Instant::now();
    let refused = server.connect().err().map(|error| error.kind());
    assert!(matches!(refused, Some(ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)));
    assert!(start.elapsed() < Duration::from_secs(1));
    // The handshake that never comes ends first, then the header that never ends.
    slow.patience(Duration::from_secs(25));
    let start = Instant::now();
    assert!(!slow.reply(false).is_ok_and(|reply| reply.is_some_and(|reply| reply.status < 400)));
    assert!((8..20).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    // And the body that never ends, in words.
    endless.patience(Duration::from_secs(25));
    assert_eq!(endless.reply(false).expect("an answer").map(|reply| reply.status), Some(408));
    assert!((18..28).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    held.clear();
    drop(silent);
    let mut client = server.connect().expect("there is place again");
    assert_eq!(client.get("/healthz").expect("an answer").status, 200);
    assert!(server.terminate(), "it ends well");
}
