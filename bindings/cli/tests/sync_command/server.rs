//! A server on loopback with TLS, whose certificate an authority of its own signed.
#![allow(dead_code, reason = "each test uses some of it")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

/// What is sent for a request.
pub(crate) struct Answer {
    head: String,
    body: Vec<u8>,
    then: Then,
}

/// What follows the body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Close,
    /// The body again, until nobody reads on.
    Again,
    /// Nothing, until the other side has enough.
    Silence,
}

impl Answer {
    pub(crate) fn file(body: &[u8]) -> Self {
        Self::with("200 OK", &format!("Content-Length: {}\r\n", body.len()), body)
    }

    pub(crate) fn status(status: &str) -> Self {
        Self::with(status, "Content-Length: 0\r\n", &[])
    }

    /// Header lines, each with its end.
    pub(crate) fn with(status: &str, headers: &str, body: &[u8]) -> Self {
        let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n");
        Self { head, body: body.to_vec(), then: Then::Close }
    }

    pub(crate) fn endless() -> Self {
        Self { then: Then::Again, ..Self::with("200 OK", "", &[7; 1_024]) }
    }

    /// The body, of which more was announced, and silence.
    pub(crate) fn silent_after(body: &[u8]) -> Self {
        Self { then: Then::Silence, ..Self::with("200 OK", "Content-Length: 1000\r\n", body) }
    }
}

/// A server that runs until the test ends.
pub(crate) struct Server {
    port: u16,
    ca_pem: String,
}

impl Server {
    pub(crate) const TLS_1_2: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12];
    pub(crate) const TLS_1_3: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];

    /// Answers requests by their paths.
    pub(crate) fn start(
        versions: &[&'static SupportedProtocolVersion],
        answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::receiving(versions, move |request| answer(&request.path))
    }

    /// Answers requests by all of them.
    pub(crate) fn receiving(
        versions: &[&'static SupportedProtocolVersion],
        answer: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let ca_key = KeyPair::generate().expect("a key");
        let mut ca = CertificateParams::new(Vec::new()).expect("no names");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca_pem = ca.self_signed(&ca_key).expect("a certificate").pem();
        let key = KeyPair::generate().expect("a key");
        let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("an address");
        let certificate = certificate.signed_by(&key, &Issuer::new(ca, ca_key)).expect("a certificate");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .expect("versions that it has")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .expect("a certificate and its key");
        let (config, answer) = (Arc::new(config), Arc::new(answer));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        std::thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                let (config, answer) = (Arc::clone(&config), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let tls = ServerConnection::new(config).expect("a configuration that works");
                    // A client that goes away is what some of the tests are about.
                    let _ = serve(StreamOwned::new(tls, connection), &*answer);
                });
            }
        });
        Self { port, ca_pem }
    }

    pub(crate) fn address(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}{path}", self.port)
    }

    /// Writes the authority's certificate into a folder.
    pub(crate) fn ca_file(&self, folder: &Path) -> PathBuf {
        let path = folder.join(format!("ca-{}.pem", self.port));
        std::fs::write(&path, &self.ca_pem).expect("writable");
        path
    }
}

/// What was asked.
pub(crate) struct Request {
    pub(crate) path: String,
    /// Everything before the body, in lower case.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

fn serve(mut stream: impl Read + Write, answer: &dyn Fn(&Request) -> Answer) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let mut request = Request { path, head: head.to_lowercase(), body: Vec::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    request.body.resize(length, 0);
    stream.read_exact(&mut request.body)?;
    let answer = answer(&request);
    stream.write_all(answer.head.as_bytes())?;
    stream.write_all(&answer.body)?;
    stream.flush()?;
    match answer.then {
        Then::Close => Ok(()),
        Then::Again => loop {
            stream.write_all(&answer.body)?;
        },
        Then::Silence => stream.read_to_end(&mut Vec::new()).map(drop),
    }
}
