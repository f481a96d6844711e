//! Why the server does not start, or does not go on.

use std::path::PathBuf;

use crate::http::TlsError;
use crate::journal::JournalError;
use crate::lake::LakeError;
use crate::ledger::LedgerError;
use crate::object_url::UrlError;

/// Why the server does not start, or does not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// A file or folder cannot be used.
    #[error("{path} cannot be used")]
    Path {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another server has the folder.
    #[error("{path} is used by another server")]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The address cannot be listened on.
    #[error("{address} cannot be listened on")]
    Listen {
        /// Which one.
        address: std::net::SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The system gives no thread, timer or signal.
    #[error("the system gives no thread")]
    System(#[source] std::io::Error),
    /// The certificate is of no use.
    #[error("TLS cannot be set up")]
    Tls(#[from] TlsError),
    /// The lake or the releases have an address that is of no use.
    #[error("the address {address} is of no use")]
    Url {
        /// The address.
        address: String,
        /// Why.
        source: UrlError,
    },
    /// The journal cannot be read or written.
    #[error("the journal cannot be used")]
    Journal(#[from] JournalError),
    /// The ledger cannot be read or written.
    #[error("the ledger cannot be used")]
    Ledger(#[from] LedgerError),
    /// The lake cannot be swept.
    #[error("the lake cannot be used")]
    Lake(#[from] LakeError),
    /// While it ran, the disk refused the journal. What was acknowledged is on it; the next start tells.
    #[error("the journal could not be written any more; start again when the disk is in order")]
    Broken,
}
