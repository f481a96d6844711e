//! TLS 1.3 and nothing older. Without a certificate, one for localhost is made, once.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::TLS13;
use tokio_rustls::TlsAcceptor;

use crate::config::Config;

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("{path} cannot be used")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file holds no certificate or no key as PEM.
    #[error("{path} is no PEM of what it should be")]
    Pem {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// Certificate and key do not fit, or are of a kind that is not supported.
    #[error("the certificate and its key cannot be used")]
    Certificate(#[from] rustls::Error),
    /// A certificate could not be made.
    #[error("a certificate cannot be made")]
    Made(#[from] rcgen::Error),
}

/// Sets TLS up as the options say.
pub(crate) fn tls(config: &Config) -> Result<TlsAcceptor, TlsError> {
    let (certificate, key) = match (&config.tls_cert, &config.tls_key) {
        (Some(certificate), Some(key)) => (certificate.clone(), key.clone()),
        _ => own(&config.tls_folder())?,
    };
    let pem = |path: &Path| {
        let path = path.to_owned();
        |source| TlsError::Pem { path, source }
    };
    let chain = CertificateDer::pem_file_iter(&certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(pem(&certificate))?;
    let key = PrivateKeyDer::from_pem_file(&key).map_err(pem(&key))?;
    let mut server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(server)))
}

/// The certificate that is there, or a new one; and its key.
fn own(folder: &Path) -> Result<(PathBuf, PathBuf), TlsError> {
    let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    if !certificate.exists() {
        let failed = |path: &Path| {
            let path = path.to_owned();
            |source| TlsError::File { path, source }
        };
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let pair = rcgen::KeyPair::generate()?;
        let made = rcgen::CertificateParams::new(names)?.self_signed(&pair)?;
        fs::create_dir_all(folder).map_err(failed(folder))?;
        let file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&key);
        let written = file.and_then(|mut file| file.write_all(pair.serialize_pem().as_bytes()));
        written.map_err(failed(&key))?;
        // Last and in one step: where it is there, its key is.
        let temporary = folder.join("cert.pem.new");
        fs::write(&temporary, made.pem()).map_err(failed(&temporary))?;
        fs::rename(&temporary, &certificate).map_err(failed(&certificate))?;
    }
    tracing::info!(certificate = %certificate.display(), "the server's own certificate, for localhost alone");
    Ok((certificate, key))
}
