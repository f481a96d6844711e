//! The lake's objects.

use std::ffi::OsStr;
use std::fs;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt;
use futures_util::future::{Either, select};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::timeout;

use super::error::LakeError;
use crate::day::Day;
use crate::object_url::Objects;

/// The objects of the lake, for a thread that may wait.
#[derive(Debug, Clone)]
pub(crate) struct Lake {
    objects: Objects,
    runtime: Handle,
    stopped: watch::Receiver<bool>,
}

/// Where the lake is asked whether it can be written.
const PROBE: &str = "probe";
const PROBE_TIME: Duration = Duration::from_secs(5);

impl Lake {
    /// Takes the objects, until `stopped` is true. In a folder, what was being written when the process ended goes.
    pub(crate) fn open(objects: Objects, runtime: Handle, stopped: watch::Receiver<bool>) -> Result<Self, LakeError> {
        if let Some(folder) = &objects.folder {
            sweep(folder).map_err(LakeError::Sweep)?;
        }
        Ok(Self { objects, runtime, stopped })
    }

    /// Whether it can be written, within a few seconds.
    pub(crate) fn probe(&self) -> Result<(), LakeError> {
        let (store, probe) = (&self.objects.store, Path::from(PROBE));
        let written = async {
            store.put(&probe, Bytes::new().into()).await?;
            store.delete(&probe).await
        };
        self.wait_for(async {
            timeout(PROBE_TIME, written).await.map_err(|_| LakeError::Slow)?.map_err(LakeError::Store)
        })
    }

    /// Puts a part in place, all or nothing; in a folder, it is on the disk when this returns.
    pub(crate) fn write(&self, part: &Path, bytes: Vec<u8>) -> Result<(), LakeError> {
        self.wait_for(async { Ok(self.objects.store.put(part, bytes.into()).await.map(drop)?) })
    }

    /// The bytes of a part.
    pub(crate) fn read(&self, part: &Path) -> Result<Bytes, LakeError> {
        let store = &self.objects.store;
        self.wait_for(async { Ok(store.get(part).await?.bytes().await?) })
    }

    /// Removes a part; one that is not there is removed.
    pub(crate) fn remove(&self, part: &Path) -> Result<(), LakeError> {
        self.wait_for(async {
            match self.objects.store.delete(part).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
                Err(error) => Err(error.into()),
            }
        })
    }

    /// Every part.
    pub(crate) fn parts(&self) -> Result<Vec<Path>, LakeError> {
        let listed = self.objects.store.list(None).map_ok(|object| object.location);
        let mut parts: Vec<Path> = self.wait_for(async { Ok(listed.try_collect().await?) })?;
        parts.retain(|part| Self::day_of(part).is_some() && part.extension() == Some("parquet"));
        Ok(parts)
    }

    /// Waits for a request, but not beyond the end of the server: it may take as long as an object store likes, and whatever it does
    /// is done again at the next start.
    fn wait_for<T>(&self, request: impl Future<Output = Result<T, LakeError>>) -> Result<T, LakeError> {
        let mut stopped = self.stopped.clone();
        self.runtime.block_on(async {
            match select(pin!(stopped.wait_for(|is_stopped| *is_stopped)), pin!(request)).await {
                Either::Left(_) => Err(LakeError::Stopping),
                Either::Right((answer, _)) => answer,
            }
        })
    }

    /// The day in a part's path.
    pub(crate) fn day_of(part: &Path) -> Option<Day> {
        Day::parse(part.parts().nth(1)?.as_ref().strip_prefix("day=")?)
    }
}

/// A put into a folder writes beside the part and renames; what is left of one that was interrupted may hold rows.
fn sweep(folder: &std::path::Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sweep(&path)?;
        } else if is_staged(path.file_name()) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// As object_store names it: the part's name, `#` and a number.
fn is_staged(name: Option<&OsStr>) -> bool {
    let name = name.map(OsStr::to_string_lossy);
    name.as_deref().and_then(|name| name.rsplit_once(".parquet#")).is_some()
}
