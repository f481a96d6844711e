//! What a phone trusts: the newest root, timestamp and release that it saw, which only ever grow.
//!
//! The order is TUF's: time fixed once, roots one by one, the timestamp, the release that it names. Each file is taken in
//! as a whole or not at all: after a refusal everything is as it was.

use sha2::{Digest, Sha256};

use super::envelope::{Envelope, Role};
use super::error::{ExpectedVersion, SyncError};
use super::keys::Keys;
use super::release::Release;
use super::root::Root;
use super::timestamp::Timestamp;

/// The files that a phone trusts, and what they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    root: Root,
    root_file: Vec<u8>,
    timestamp: Option<Timestamp>,
    timestamp_file: Vec<u8>,
    release: Option<Release>,
    release_file: Vec<u8>,
    /// The latest moment that a trusted file was signed at, seconds since 1970.
    signed_s: i64,
}

impl Trust {
    /// Begins with the root that came with the library or its host.
    ///
    /// # Errors
    /// As [`Root::first`].
    pub fn first(root_file: &[u8]) -> Result<Self, SyncError> {
        let root = Root::first(root_file)?;
        Ok(Self {
            root,
            root_file: root_file.to_vec(),
            timestamp: None,
            timestamp_file: Vec::new(),
            release: None,
            release_file: Vec::new(),
            signed_s: i64::MIN,
        })
    }

    /// Goes on with what was stored; a file that is not there is empty. They were verified before they were stored, and
    /// their signatures are not looked at again: keys may have changed since.
    ///
    /// # Errors
    /// A [`SyncError`] where one is no such file.
    pub fn stored(files: StoredTrust<'_>) -> Result<Self, SyncError> {
        let mut trust = Self::first_stored(files.root)?;
        if !files.timestamp.is_empty() {
            let timestamp = Timestamp::decode(Envelope::parse(files.timestamp, Role::Timestamp)?.stored())?;
            (trust.timestamp, trust.timestamp_file) = (Some(timestamp), files.timestamp.to_vec());
        }
        if !files.release.is_empty() {
            let release = Release::decode(Envelope::parse(files.release, Role::Release)?.stored())?;
            (trust.release, trust.release_file) = (Some(release), files.release.to_vec());
        }
        trust.signed_s = files.signed_s;
        Ok(trust)
    }

    fn first_stored(root_file: &[u8]) -> Result<Self, SyncError> {
        // A stored root may be signed by keys of the one before it, but it is always signed by its own.
        Self::first(root_file)
    }

    /// What is to be stored.
    #[must_use]
    pub fn to_store(&self) -> StoredTrust<'_> {
        StoredTrust {
            root: &self.root_file,
            timestamp: &self.timestamp_file,
            release: &self.release_file,
            signed_s: self.signed_s,
        }
    }

    /// The root that counts.
    #[must_use]
    pub const fn root(&self) -> &Root {
        &self.root
    }

    /// The newest timestamp, where there was one.
    #[must_use]
    pub const fn timestamp(&self) -> Option<&Timestamp> {
        self.timestamp.as_ref()
    }

    /// The newest release, where there was one.
    #[must_use]
    pub const fn release(&self) -> Option<&Release> {
        self.release.as_ref()
    }

    /// The time that a run goes by: the device's, or that of the newest signature where its clock stands behind it. A
    /// clock that was set back brings no expired file to life.
    #[must_use]
    pub fn now_s(&self, device_s: i64) -> i64 {
        device_s.max(self.signed_s)
    }

    /// Takes in the next root. New keys for timestamps or releases forget the versions and times that the old ones signed:
    /// whoever stole a key may have used up all the numbers. The root's floor stays.
    ///
    /// # Errors
    /// As [`Root::next`].
    pub fn take_root(&mut self, file: &[u8]) -> Result<(), SyncError> {
        let next = self.root.next(file)?;
        let is_changed = |of: fn(&Root) -> &Keys| of(&next) != of(&self.root);
        let (new_timestamp, new_release) = (is_changed(|root| &root.timestamp), is_changed(|root| &root.release));
        if new_release {
            (self.release, self.release_file) = (None, Vec::new());
        }
        if new_timestamp || new_release {
            (self.timestamp, self.timestamp_file) = (None, Vec::new());
            // A time that a lost key signed is no time either.
            self.signed_s = self.release.as_ref().map_or(i64::MIN, |release| release.issued_s);
        }
        (self.root, self.root_file) = (next, file.to_vec());
        Ok(())
    }

    /// Ends the search for roots: the newest one must count still.
    ///
    /// # Errors
    /// [`SyncError::Expired`].
    pub fn check_root(&self, now_s: i64) -> Result<(), SyncError> {
        alive(Role::Root, self.root.expires_s, now_s)
    }

    /// Takes in a timestamp.
    ///
    /// # Errors
    /// As [`Timestamp::verify`]; then [`SyncError::Version`], [`SyncError::Changed`], [`SyncError::Expired`].
    pub fn take_timestamp(&mut self, file: &[u8], now_s: i64) -> Result<(), SyncError> {
        const ROLE: Role = Role::Timestamp;
        let timestamp = Timestamp::verify(file, &self.root)?;
        if let Some(known) = &self.timestamp {
            at_least(ROLE, timestamp.version, known.version)?;
            at_least(Role::Release, timestamp.release_version, known.release_version)?;
            if timestamp.version == known.version && timestamp != *known {
                return Err(SyncError::Changed { role: ROLE });
            }
            if timestamp.release_version == known.release_version && timestamp.release_sha256 != known.release_sha256 {
                return Err(SyncError::Changed { role: Role::Release });
            }
        }
        at_least(Role::Release, timestamp.release_version, self.root.floor)?;
        if let Some(known) = &self.release {
            at_least(Role::Release, timestamp.release_version, known.version)?;
        }
        alive(ROLE, timestamp.expires_s, now_s)?;
        self.signed_s = self.signed_s.max(timestamp.issued_s);
        (self.timestamp, self.timestamp_file) = (Some(timestamp), file.to_vec());
        Ok(())
    }

    /// Whether the release that the timestamp names is the one that is trusted already.
    #[must_use]
    pub fn has_named_release(&self) -> bool {
        let named = self.timestamp.as_ref().map(|timestamp| timestamp.release_sha256);
        named.is_some_and(|sum| !self.release_file.is_empty() && digest(&self.release_file) == sum)
    }

    /// Whether the release that is trusted already counts still.
    ///
    /// # Errors
    /// [`SyncError::Expired`].
    pub fn check_release(&self, now_s: i64) -> Result<(), SyncError> {
        self.release.as_ref().map_or(Ok(()), |release| alive(Role::Release, release.expires_s, now_s))
    }

    /// Takes in the release that the timestamp names; `channel` is the one followed.
    ///
    /// # Errors
    /// [`SyncError::Mismatch`] before anything of it is read; then as [`Release::verify`], [`SyncError::Version`],
    /// [`SyncError::WrongChannel`], [`SyncError::Expired`].
    pub fn take_release(&mut self, file: &[u8], channel: &str, now_s: i64) -> Result<(), SyncError> {
        const ROLE: Role = Role::Release;
        let named = self.timestamp.as_ref().ok_or(SyncError::Mismatch { role: ROLE })?;
        if file.len() != named.release_bytes || digest(file) != named.release_sha256 {
            return Err(SyncError::Mismatch { role: ROLE });
        }
        let release = Release::verify(file, &self.root)?;
        if release.version != named.release_version {
            let expected = ExpectedVersion::Exactly(named.release_version);
            return Err(SyncError::Version { role: ROLE, found: release.version, expected });
        }
        if release.channel != channel {
            return Err(SyncError::WrongChannel);
        }
        alive(ROLE, release.expires_s, now_s)?;
        self.signed_s = self.signed_s.max(release.issued_s);
        (self.release, self.release_file) = (Some(release), file.to_vec());
        Ok(())
    }
}

/// Trust as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredTrust<'a> {
    /// The root's file.
    pub root: &'a [u8],
    /// The timestamp's; empty: none.
    pub timestamp: &'a [u8],
    /// The release's; empty: none.
    pub release: &'a [u8],
    /// The latest moment that a trusted file was signed at, seconds since 1970.
    pub signed_s: i64,
}

fn alive(role: Role, expires_s: i64, now_s: i64) -> Result<(), SyncError> {
    if now_s < expires_s { Ok(()) } else { Err(SyncError::Expired { role }) }
}

fn at_least(role: Role, found: u64, least: u64) -> Result<(), SyncError> {
    let expected = ExpectedVersion::AtLeast(least);
    if found < least { Err(SyncError::Version { role, found, expected }) } else { Ok(()) }
}

fn digest(file: &[u8]) -> [u8; 32] {
    Sha256::digest(file).into()
}
