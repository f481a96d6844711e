//! Why there is no way to a repository, and why a file did not come.

use std::path::PathBuf;

/// Why an address cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// It is of another scheme.
    #[error("{address}: only https:// and folders are read")]
    NotHttps {
        /// The address.
        address: String,
    },
    /// It has no host, or more than a host, a port and a path.
    #[error("{address}: must be https://HOST/PATH, without a user, a query and a fragment")]
    Form {
        /// The address.
        address: String,
    },
    /// There is no such folder.
    #[error("{}: there is no such folder", path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
    },
    /// An authority was given for a folder.
    #[error("a folder needs no certificate authority")]
    NoServer,
    /// The file with the authorities cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no certificate in it, or one that cannot be read.
    #[error("{}: must be certificates as PEM", path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// The system has none.
    #[error("this system trusts no certificate authority; one of your own is given with --ca-file")]
    NoAuthority,
}

/// Why a file did not come.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// There is none under this path.
    #[error("it is not there")]
    NotFound,
    /// The server sent elsewhere, which nobody follows.
    #[error("the server redirects, which is not followed")]
    Redirected,
    /// The server answered with another status than 200.
    #[error("the server answered with status {0}")]
    Status(u16),
    /// The server packed what has to come as it is.
    #[error("the server packed the file")]
    Encoded,
    /// No connection, or no answer on it.
    #[error("{0}")]
    Unreachable(#[source] Box<ureq::Error>),
    /// The file, or the answer, broke off.
    #[error("it broke off: {0}")]
    Broken(#[source] std::io::Error),
}
