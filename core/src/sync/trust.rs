//! What a phone trusts: the newest root, timestamp and release that it saw, which only ever grow.
//!
//! The order is TUF's: roots one by one, the timestamp, the release that it names. Each file is taken in as a whole or not at
//! all: after a refusal everything is as it was.

use sha2::{Digest, Sha256};

use super::envelope::Role;
use super::error::{ExpectedVersion, SyncError};
use super::fields::check_name;
use super::release::Release;
use super::root::Root;
use super::timestamp::Timestamp;

/// The files that a phone trusts, and what they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    channel: String,
    root: Root,
    root_file: Vec<u8>,
    timestamp: Option<Timestamp>,
    timestamp_file: Vec<u8>,
    release: Option<Release>,
    release_file: Vec<u8>,
    /// The highest version of a release that a timestamp named.
    named: u64,
    /// The latest moment that a trusted file was signed at, seconds since 1970.
    signed_s: i64,
}

impl Trust {
    /// Begins with the root that came with the library or its host; `channel` is the one to be followed.
    ///
    /// # Errors
    /// As [`Root::first`]; [`SyncError::Field`] for a channel that no file can name.
    pub fn first(root_file: &[u8], channel: &str) -> Result<Self, SyncError> {
        Ok(Self {
            channel: check_name(Role::Timestamp, "channel", channel.to_owned())?,
            root: Root::first(root_file)?,
            root_file: root_file.to_vec(),
            timestamp: None,
            timestamp_file: Vec::new(),
            release: None,
            release_file: Vec::new(),
            named: 0,
            signed_s: i64::MIN,
        })
    }

    /// Goes on with what was stored, all of it at once; a file that is not there is empty. What the root's keys did not sign, or
    /// is of another channel than the one to be followed now, is forgotten, and the time that it was signed at with it.
    ///
    /// # Errors
    /// As [`Root::first`].
    pub fn stored(stored: StoredTrust<'_>, channel: &str) -> Result<Self, SyncError> {
        let mut trust = Self::first(stored.root, channel)?;
        let of_channel = |name: &String| name == channel;
        let timestamp = Timestamp::verify(stored.timestamp, &trust.root).ok().filter(|t| of_channel(&t.channel));
        let release = Release::verify(stored.release, &trust.root).ok().filter(|r| of_channel(&r.channel));
        let is_whole =
            stored.timestamp.is_empty() == timestamp.is_none() && stored.release.is_empty() == release.is_none();
        if timestamp.is_some() {
            trust.timestamp_file = stored.timestamp.to_vec();
        }
        if release.is_some() {
            trust.release_file = stored.release.to_vec();
        }
        (trust.timestamp, trust.release) = (timestamp, release);
        (trust.named, trust.signed_s) =
            if is_whole { (stored.named, stored.signed_s) } else { (trust.named_by_files(), trust.signed_by_files()) };
        Ok(trust)
    }

    /// What is to be stored, all of it at once.
    #[must_use]
    pub fn to_store(&self) -> StoredTrust<'_> {
        StoredTrust {
            root: &self.root_file,
            timestamp: &self.timestamp_file,
            release: &self.release_file,
            named: self.named,
            signed_s: self.signed_s,
        }
    }

    /// The channel that is followed.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
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

    /// The time to go by: the device's, or that of the newest signature where its clock stands behind it. A clock that was set
    /// back brings no expired file to life.
    #[must_use]
    pub fn now_s(&self, device_s: i64) -> i64 {
        device_s.max(self.signed_s)
    }

    /// Takes in the next root. Of what is trusted, that stays which its keys signed as well and which is not below its floor:
    /// whoever stole a key may have used up all versions and all time, and both go with the key.
    ///
    /// # Errors
    /// As [`Root::next`].
    pub fn take_root(&mut self, file: &[u8]) -> Result<(), SyncError> {
        let next = self.root.next(file)?;
        let other_release_keys = next.release != self.root.release;
        (self.root, self.root_file) = (next, file.to_vec());
        let lost_timestamp = self.timestamp.is_some() && Timestamp::verify(&self.timestamp_file, &self.root).is_err();
        let lost_release = self.release.is_some() && Release::verify(&self.release_file, &self.root).is_err();
        if lost_timestamp {
            (self.timestamp, self.timestamp_file) = (None, Vec::new());
        }
        if lost_release {
            (self.release, self.release_file) = (None, Vec::new());
        }
        if lost_timestamp || lost_release {
            self.signed_s = self.signed_by_files();
        }
        // A version that was named and never seen may have been one of the old keys alone.
        if lost_timestamp || lost_release || (other_release_keys && self.release.is_none()) {
            self.named = self.release.as_ref().map_or(0, |release| release.version);
        }
        if self.release.as_ref().is_some_and(|release| release.version < self.root.floor) {
            (self.release, self.release_file) = (None, Vec::new());
        }
        Ok(())
    }

    /// Ends the search for roots: the newest one must count still.
    ///
    /// # Errors
    /// [`SyncError::Expired`].
    pub fn check_root(&self, device_s: i64) -> Result<(), SyncError> {
        alive(Role::Root, self.root.expires_s, self.now_s(device_s))
    }

    /// Takes in a timestamp.
    ///
    /// # Errors
    /// As [`Timestamp::verify`]; then [`SyncError::WrongChannel`], [`SyncError::Version`], [`SyncError::Changed`],
    /// [`SyncError::Expired`].
    pub fn take_timestamp(&mut self, file: &[u8], device_s: i64) -> Result<(), SyncError> {
        const ROLE: Role = Role::Timestamp;
        let timestamp = Timestamp::verify(file, &self.root)?;
        if timestamp.channel != self.channel {
            return Err(SyncError::WrongChannel { role: ROLE });
        }
        if let Some(known) = &self.timestamp {
            at_least(ROLE, timestamp.version, known.version)?;
            if timestamp.version == known.version && timestamp != *known {
                return Err(SyncError::Changed { role: ROLE });
            }
            // What it named binds as long as the keys do that signed it.
            let is_same = timestamp.release_version == known.release_version && known.release_version == self.named;
            if is_same && timestamp.release_sha256 != known.release_sha256 {
                return Err(SyncError::Changed { role: Role::Release });
            }
        }
        at_least(Role::Release, timestamp.release_version, self.root.floor.max(self.named))?;
        if let Some(known) = &self.release {
            let is_same_version = timestamp.release_version == known.version;
            if is_same_version != (timestamp.release_sha256 == digest(&self.release_file)) {
                return Err(SyncError::Changed { role: Role::Release });
            }
        }
        alive(ROLE, timestamp.expires_s, self.now_s(device_s))?;
        self.signed_s = self.signed_s.max(timestamp.issued_s);
        self.named = timestamp.release_version;
        (self.timestamp, self.timestamp_file) = (Some(timestamp), file.to_vec());
        Ok(())
    }

    /// Whether the release that the timestamp names is the one that is trusted already.
    #[must_use]
    pub fn has_named_release(&self) -> bool {
        let named = self.timestamp.as_ref().map(|timestamp| timestamp.release_version);
        named.is_some() && named == self.release.as_ref().map(|release| release.version)
    }

    /// Whether the release that is trusted counts still.
    ///
    /// # Errors
    /// [`SyncError::Expired`].
    pub fn check_release(&self, device_s: i64) -> Result<(), SyncError> {
        let expires_s = self.release.as_ref().map_or(i64::MIN, |release| release.expires_s);
        alive(Role::Release, expires_s, self.now_s(device_s))
    }

    /// Takes in the release that the timestamp names.
    ///
    /// # Errors
    /// [`SyncError::Mismatch`] before anything of it is read; then as [`Release::verify`], [`SyncError::Version`],
    /// [`SyncError::WrongChannel`], [`SyncError::Expired`].
    pub fn take_release(&mut self, file: &[u8], device_s: i64) -> Result<(), SyncError> {
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
        if release.channel != self.channel {
            return Err(SyncError::WrongChannel { role: ROLE });
        }
        let signed_s = self.signed_s.max(release.issued_s);
        alive(ROLE, release.expires_s, device_s.max(signed_s))?;
        self.signed_s = signed_s;
        (self.release, self.release_file) = (Some(release), file.to_vec());
        Ok(())
    }

    fn signed_by_files(&self) -> i64 {
        let timestamp = self.timestamp.as_ref().map(|timestamp| timestamp.issued_s);
        let release = self.release.as_ref().map(|release| release.issued_s);
        timestamp.max(release).unwrap_or(i64::MIN)
    }

    fn named_by_files(&self) -> u64 {
        let timestamp = self.timestamp.as_ref().map(|timestamp| timestamp.release_version);
        let release = self.release.as_ref().map(|release| release.version);
        timestamp.max(release).unwrap_or(0)
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
    /// The highest version of a release that a timestamp named.
    pub named: u64,
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

/// The SHA-256 sum of a file.
#[must_use]
pub fn digest(file: &[u8]) -> [u8; 32] {
    Sha256::digest(file).into()
}
