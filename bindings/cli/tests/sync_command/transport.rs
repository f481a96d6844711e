//! Files over TLS: what comes, and what is refused.

use std::time::{Duration, Instant};

use foretap_cli::transport::{FetchError, Https, Timeouts, Transport};

use crate::server::{Answer, Server};

/// Fetches `/base/file` of a server into memory, until more than `most` bytes came.
fn fetch(server: &Server, timeouts: Timeouts, most: usize) -> (Vec<u8>, Result<(), FetchError>) {
    let folder = tempfile::tempdir().expect("a folder");
    let ca_file = server.ca_file(folder.path());
    let https = Https::new(&server.address("/base"), Some(&ca_file), timeouts).expect("an address");
    let mut bytes = Vec::new();
    let end = https.fetch("file", &mut |chunk| {
        bytes.extend_from_slice(chunk);
        bytes.len() <= most
    });
    (bytes, end)
}

fn answered(answer: impl Fn() -> Answer + Send + Sync + 'static) -> (Vec<u8>, Result<(), FetchError>) {
    let server = Server::start(Server::TLS_1_3, move |path| {
        assert_eq!(path, "/base/file");
        answer()
    });
    fetch(&server, Timeouts::default(), 100_000)
}

#[test]
fn a_file_comes_as_it_lies() {
    let file: Vec<u8> = (0..50_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let served = file.clone();
    let (bytes, end) = answered(move || Answer::file(&served));
    assert!(end.is_ok() && bytes == file, "{end:?}");
    let (bytes, end) =
        answered(|| Answer::with("200 OK", "Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
    assert!(end.is_ok() && bytes == b"abcde", "{end:?}");
    let (bytes, end) = answered(|| Answer::file(&[]));
    assert!(end.is_ok() && bytes.is_empty(), "{end:?}");
}

#[test]
fn a_server_without_tls_1_3_is_refused_and_the_same_with_it_is_not() {
    let serve = |versions| Server::start(versions, |_| Answer::file(b"here"));
    let (bytes, end) = fetch(&serve(Server::TLS_1_2), Timeouts::default(), 100);
    let Err(FetchError::Unreachable(error)) = end else { panic!("{end:?}") };
    assert!(bytes.is_empty() && error.to_string().contains("ProtocolVersion"), "{error}");
    let (bytes, end) = fetch(&serve(Server::TLS_1_3), Timeouts::default(), 100);
    assert!(end.is_ok() && bytes == b"here", "{end:?}");
}

#[test]
fn no_redirect_is_followed() {
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let elsewhere = Server::start(Server::TLS_1_3, |_| Answer::file(b"elsewhere"));
        let location = elsewhere.address("/base/file");
        let head = format!("Location: {location}\r\nContent-Length: 4\r\n");
        let (bytes, end) = answered(move || Answer::with(status, &head, b"here"));
        assert!(matches!(end, Err(FetchError::Redirected)) && bytes.is_empty(), "{status}: {end:?}");
    }
}

#[test]
fn other_answers_than_a_whole_file_are_told_apart() {
    for status in ["404 Not Found", "410 Gone"] {
        let (_, end) = answered(move || Answer::status(status));
        assert!(matches!(end, Err(FetchError::NotFound)), "{status}: {end:?}");
    }
    for (status, number) in [
        ("403 Forbidden", 403),
        ("500 Internal Server Error", 500),
        ("206 Partial Content", 206),
        ("204 No Content", 204),
    ] {
        let (_, end) = answered(move || Answer::with(status, "", &[]));
        assert!(matches!(end, Err(FetchError::Status(found)) if found == number), "{status}: {end:?}");
    }
    let (bytes, end) = answered(|| Answer::with("200 OK", "Content-Length: 4\r\nContent-Encoding: gzip\r\n", b"pack"));
    assert!(matches!(end, Err(FetchError::Encoded)) && bytes.is_empty(), "{end:?}");
    let (_, end) = answered(|| Answer::with("200 OK", "Content-Length: 1000\r\n", b"half"));
    assert!(matches!(end, Err(FetchError::Broken(_))), "{end:?}");
}

#[test]
fn who_has_enough_reads_no_further() {
    for most in [0, 4_096, 65_536] {
        let server = Server::start(Server::TLS_1_3, |_| Answer::endless());
        let (bytes, end) = fetch(&server, Timeouts::default(), most);
        assert!(end.is_ok() && bytes.len() > most && bytes.len() <= most + 16_384, "{most}: {} {end:?}", bytes.len());
    }
}

#[test]
fn a_server_that_falls_silent_is_given_up() {
    let timeouts = Timeouts { connect: Duration::from_secs(10), whole: Duration::from_secs(1) };
    let begun = Instant::now();
    let server = Server::start(Server::TLS_1_3, |_| Answer::silent_after(b"half"));
    let (bytes, end) = fetch(&server, timeouts, 100);
    assert!(matches!(end, Err(FetchError::Broken(_))) && bytes == b"half", "{end:?}");
    // Nobody answers here at all: not even the handshake.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("https://{}/", listener.local_addr().expect("bound"));
    let folder = tempfile::tempdir().expect("a folder");
    let timeouts = Timeouts { connect: Duration::from_millis(100), ..timeouts };
    let https = Https::new(&address, Some(&server.ca_file(folder.path())), timeouts).expect("an address");
    let end = https.fetch("file", &mut |_| true);
    assert!(matches!(end, Err(FetchError::Unreachable(_))), "{end:?}");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}
