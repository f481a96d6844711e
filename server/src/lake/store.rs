//! The lake's objects.

use std::ffi::OsStr;
use std::fs;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::error::LakeError;
use crate::day::Day;
use crate::object_url::Objects;

/// The objects of the lake, for a thread that may wait.
#[derive(Debug, Clone)]
pub(crate) struct Lake {
    objects: Objects,
    runtime: Handle,
}

/// Where the lake is asked whether it can be written.
const PROBE: &str = "probe";
const PROBE_TIME: Duration = Duration::from_secs(5);

impl Lake {
    /// Takes the objects. In a folder, what was being written when the process ended goes.
    pub(crate) fn open(objects: Objects, runtime: Handle) -> Result<Self, LakeError> {
        if let Some(folder) = &objects.folder {
            sweep(folder).map_err(LakeError::Sweep)?;
        }
        Ok(Self { objects, runtime })
    }

    /// Whether it can be written, within a few seconds.
    pub(crate) fn probe(&self) -> Result<(), LakeError> {
        let (store, probe) = (&self.objects.store, Path::from(PROBE));
        self.runtime.block_on(async {
            let written = async {
                store.put(&probe, Bytes::new().into()).await?;
                store.delete(&probe).await
            };
            timeout(PROBE_TIME, written).await.map_err(|_| LakeError::Slow)?.map_err(LakeError::Store)
        })
    }

    /// Puts a part in place, all or nothing; in a folder, it is on the disk when this returns.
    pub(crate) fn write(&self, part: &Path, bytes: Vec<u8>) -> Result<(), LakeError> {
        self.runtime.block_on(self.objects.store.put(part, bytes.into()))?;
        Ok(())
    }

    /// The bytes of a part.
    pub(crate) fn read(&self, part: &Path) -> Result<Bytes, LakeError> {
        let store = &self.objects.store;
        Ok(self.runtime.block_on(async { store.get(part).await?.bytes().await })?)
    }

    /// Removes a part; one that is not there is removed.
    pub(crate) fn remove(&self, part: &Path) -> Result<(), LakeError> {
        match self.runtime.block_on(self.objects.store.delete(part)) {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Every part.
    pub(crate) fn parts(&self) -> Result<Vec<Path>, LakeError> {
        let listed = self.objects.store.list(None).map_ok(|object| object.location);
        let mut parts: Vec<Path> = self.runtime.block_on(listed.try_collect())?;
        parts.retain(|part| Self::day_of(part).is_some() && part.extension() == Some("parquet"));
        Ok(parts)
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
