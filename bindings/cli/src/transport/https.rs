//! A repository on a server: HTTPS with TLS 1.3 and nothing older, no redirect, no cookie, no packing.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::SupportedCipherSuite;
use rustls::crypto::{CryptoProvider, ring};
use ureq::Agent;
use ureq::http::{StatusCode, header};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use super::{AddressError, FetchError, Post, Transport, hand_on};

const SCHEME: &str = "https://";

/// How long a file may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the connection stands, TLS included.
    pub connect: Duration,
    /// From the first step to the last byte.
    pub whole: Duration,
}

impl Default for Timeouts {
    /// Ten seconds, and a minute: a bundle has 256 KiB at most.
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), whole: Duration::from_secs(60) }
    }
}

/// A server with a repository's files. What the environment says of proxies is kept to: they see which server is asked, not
/// for what.
#[derive(Debug)]
pub struct Https {
    agent: Agent,
    /// Ends with a slash.
    address: String,
}

impl Https {
    /// Takes an address as `https://models.example.org/stable/`; no connection is made yet. `ca_file`: certificates as PEM of
    /// the only authorities that may vouch for the server.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn new(address: &str, ca_file: Option<&Path>, timeouts: Timeouts) -> Result<Self, AddressError> {
        let path =
            address.strip_prefix(SCHEME).ok_or_else(|| AddressError::NotHttps { address: address.to_owned() })?;
        // What a library would leave out or send elsewhere by itself is not taken in the first place.
        let is_plain = !path.contains(['?', '#', '@']);
        let uri: Option<ureq::http::Uri> = address.parse().ok().filter(|_| is_plain);
        if uri.is_none_or(|uri| uri.host().is_none_or(str::is_empty)) {
            return Err(AddressError::Form { address: address.to_owned() });
        }
        let tls = TlsConfig::builder()
            .root_certs(authorities(ca_file)?)
            .unversioned_rustls_crypto_provider(Arc::new(tls_1_3()))
            .build();
        let agent = Agent::config_builder()
            .https_only(true)
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent("Foretap")
            .accept_encoding("identity")
            .timeout_connect(Some(timeouts.connect))
            .timeout_global(Some(timeouts.whole))
            .tls_config(tls)
            .build()
            .new_agent();
        let slash = if address.ends_with('/') { "" } else { "/" };
        Ok(Self { agent, address: format!("{address}{slash}") })
    }
}

impl Transport for Https {
    fn fetch(&self, path: &str, take: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), FetchError> {
        let address = format!("{}{path}", self.address);
        let answer = self.agent.get(address).call().map_err(|error| FetchError::Unreachable(Box::new(error)))?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => return Err(FetchError::NotFound),
            status if status.is_redirection() => return Err(FetchError::Redirected),
            status => return Err(FetchError::Status(status.as_u16())),
        }
        if answer.headers().get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
            return Err(FetchError::Encoded);
        }
        hand_on(answer.into_body().into_reader(), take)
    }
}

impl Post for Https {
    fn post(&self, path: &str, id: &str, body: &[u8]) -> Result<u16, FetchError> {
        let request = self.agent.post(format!("{}{path}", self.address));
        let request = request.header("Idempotency-Key", id).content_type("application/octet-stream");
        let answer = request.send(body).map_err(|error| FetchError::Unreachable(Box::new(error)))?;
        Ok(answer.status().as_u16())
    }
}

/// What encrypts, without the suites of TLS 1.2: a client that has none of them offers that version to nobody.
fn tls_1_3() -> CryptoProvider {
    let mut provider = ring::default_provider();
    provider.cipher_suites.retain(|suite| matches!(suite, SupportedCipherSuite::Tls13(_)));
    provider
}

/// Who may vouch for the server.
fn authorities(ca_file: Option<&Path>) -> Result<RootCerts, AddressError> {
    let Some(path) = ca_file else {
        // A certificate that the system cannot read is one that vouches for nobody.
        let found = rustls_native_certs::load_native_certs().certs;
        if found.is_empty() {
            return Err(AddressError::NoAuthority);
        }
        return Ok(found.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).into());
    };
    let pem = std::fs::read(path).map_err(|source| AddressError::Unreadable { path: path.to_owned(), source })?;
    let no_certificate = || AddressError::NoCertificate { path: path.to_owned() };
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|_| no_certificate())? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() { Err(no_certificate()) } else { Ok(certificates.into()) }
}
