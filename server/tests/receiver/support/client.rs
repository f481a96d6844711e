//! A client that sends whatever bytes it is told to, over TLS.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};

use super::phone::Sealed;

/// One connection.
pub(crate) struct Client {
    stream: StreamOwned<ClientConnection, TcpStream>,
    read: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The header, in lower case.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// What a client with these versions of TLS trusts: the server's own certificate.
pub(crate) fn trust(data: &Path, versions: &[&'static SupportedProtocolVersion]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    let pem = CertificateDer::from_pem_file(data.join("tls/cert.pem")).expect("made at the first start");
    roots.add(pem).expect("a certificate");
    let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let client = client.with_protocol_versions(versions).expect("known versions");
    Arc::new(client.with_root_certificates(roots).with_no_client_auth())
}

impl Client {
    pub(crate) fn connect(address: SocketAddr, trust: &Arc<ClientConfig>) -> io::Result<Self> {
        let socket = TcpStream::connect(address)?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(Duration::from_secs(30)))?;
        socket.set_write_timeout(Some(Duration::from_secs(30)))?;
        let name = ServerName::try_from("localhost").expect("a name");
        let session = ClientConnection::new(Arc::clone(trust), name).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(session, socket);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Self { stream, read: Vec::new() })
    }

    /// Waits no longer than this for bytes.
    pub(crate) fn patience(&self, time: Duration) {
        self.stream.sock.set_read_timeout(Some(time)).expect("not zero");
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    /// Sends nothing more.
    pub(crate) fn end(&mut self) {
        self.stream.conn.send_close_notify();
        let _ = self.stream.flush();
        let _ = self.stream.sock.shutdown(Shutdown::Write);
    }

    /// The next answer; `None`: the connection is closed.
    pub(crate) fn reply(&mut self, is_head: bool) -> io::Result<Option<Reply>> {
        let end = loop {
            if let Some(end) = self.read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
            if !self.more()? {
                return if self.read.is_empty() { Ok(None) } else { Err(ErrorKind::UnexpectedEof.into()) };
            }
        };
        let head = String::from_utf8(self.read.drain(..end).collect()).map_err(io::Error::other)?.to_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut reply = Reply { status: status.ok_or(ErrorKind::InvalidData)?, head, body: Vec::new() };
        let length = reply.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let length: usize = if is_head || reply.status == 304 { 0 } else { length };
        while self.read.len() < length {
            if !self.more()? {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
        reply.body = self.read.drain(..length).collect();
        Ok(Some(reply))
    }

    fn more(&mut self) -> io::Result<bool> {
        let mut chunk = [0; 16 << 10];
        let count = match self.stream.read(&mut chunk) {
            // Closed without a goodbye is closed.
            Err(error) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset) => 0,
            count => count?,
        };
        self.read.extend_from_slice(&chunk[..count]);
        Ok(count > 0)
    }

    pub(crate) fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Reply> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
        headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
        if method == "POST" {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        self.send(&[head.as_bytes(), b"\r\n", body].concat())?;
        self.reply(method == "HEAD")?.ok_or_else(|| ErrorKind::ConnectionAborted.into())
    }

    pub(crate) fn get(&mut self, path: &str) -> io::Result<Reply> {
        self.ask("GET", path, &[], &[])
    }

    pub(crate) fn upload(&mut self, sealed: &Sealed) -> io::Result<Reply> {
        self.post_batch(&sealed.key, &sealed.body)
    }

    pub(crate) fn post_batch(&mut self, key: &str, body: &[u8]) -> io::Result<Reply> {
        let headers = [("Idempotency-Key", key), ("Content-Type", "application/octet-stream")];
        self.ask("POST", "/v1/batches", &headers, body)
    }

    pub(crate) fn erase(&mut self, token: &[u8]) -> io::Result<Reply> {
        self.ask("POST", "/v1/erasures", &[("Idempotency-Key", "00000000000000000000000000000001")], token)
    }
}
