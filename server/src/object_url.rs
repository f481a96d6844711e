//! Where objects lie: a folder, or an object store.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ObjectStore, RetryConfig};

/// How long a request to an object store is tried again before it has failed. Whoever asked has a loop of its own.
const RETRY: Duration = Duration::from_secs(10);
/// The longest rest between two tries.
const REST: Duration = Duration::from_secs(2);

/// Why an address of objects is of no use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// Another scheme.
    #[error("a folder, file:// or s3:// is wanted, not {scheme}://")]
    UnknownScheme {
        /// The scheme.
        scheme: String,
    },
    /// The folder cannot be made.
    #[error("the folder {path} cannot be used")]
    Folder {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The object store cannot be set up.
    #[error("the object store cannot be used")]
    Store(#[from] object_store::Error),
}

/// Objects, and the folder they lie in if it is one.
#[derive(Debug, Clone)]
pub(crate) struct Objects {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) folder: Option<PathBuf>,
}

impl Objects {
    /// Takes an address; a folder is made if it is missing.
    pub(crate) fn open(address: &str) -> Result<Self, UrlError> {
        match address.split_once("://") {
            None => Self::folder(Path::new(address)),
            Some(("file", path)) => Self::folder(Path::new(path)),
            Some(("s3", _)) => s3(address),
            Some((scheme, _)) => Err(UrlError::UnknownScheme { scheme: scheme.to_owned() }),
        }
    }

    fn folder(path: &Path) -> Result<Self, UrlError> {
        let made = std::fs::create_dir_all(path).and_then(|()| path.canonicalize());
        let path = made.map_err(|source| UrlError::Folder { path: path.to_owned(), source })?;
        let store = LocalFileSystem::new_with_prefix(&path)?.with_fsync(true).with_automatic_cleanup(true);
        Ok(Self { store: Arc::new(store), folder: Some(path) })
    }
}

/// Credentials, region and endpoint come from the environment, as with the tools of AWS.
fn s3(address: &str) -> Result<Objects, UrlError> {
    // The client asks for the process's provider; whoever embeds the server may have chosen one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let backoff = BackoffConfig { max_backoff: REST, ..BackoffConfig::default() };
    let retry = RetryConfig { retry_timeout: RETRY, backoff, ..RetryConfig::default() };
    let store = AmazonS3Builder::from_env().with_url(address).with_retry(retry).build()?;
    let path = address.split_once("://").map_or("", |(_, path)| path);
    let prefix = path.split_once('/').map_or("", |(_, prefix)| prefix);
    Ok(Objects { store: Arc::new(PrefixStore::new(store, prefix)), folder: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_folder_or_a_known_store() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a/b");
        assert!(Objects::open(path.to_str().expect("UTF-8")).is_ok_and(|objects| objects.folder.is_some()));
        assert!(Objects::open(&format!("file://{}", path.display())).is_ok());
        assert!(matches!(Objects::open("gs://bucket/x"), Err(UrlError::UnknownScheme { scheme }) if scheme == "gs"));
        assert!(Objects::open("s3://bucket/x").is_ok_and(|objects| objects.folder.is_none()));
        assert!(matches!(Objects::open("s3://"), Err(UrlError::Store(_))));
        std::fs::write(folder.path().join("file"), b"").expect("writable");
        let under_a_file = folder.path().join("file/x");
        assert!(matches!(Objects::open(under_a_file.to_str().expect("UTF-8")), Err(UrlError::Folder { .. })));
    }
}
