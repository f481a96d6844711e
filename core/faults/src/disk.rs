//! Files in memory, and the record of everything that was done to them.

use std::collections::BTreeMap;

/// Files by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Something that SQLite did to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// The file was made, empty.
    Create,
    /// Bytes were written at an offset.
    Write {
        /// Where, in bytes from the start.
        offset: usize,
        /// What.
        bytes: Vec<u8>,
    },
    /// The file was cut, or made longer with zeros.
    Truncate {
        /// The new length in bytes.
        length: usize,
    },
    /// The file was removed.
    Delete {
        /// Whether the folder was synced with it.
        is_synced: bool,
    },
    /// Everything done to the file so far was synced.
    Sync,
    /// The folder was synced: files made and removed so far stay made and removed.
    SyncFolder,
}

impl Operation {
    /// Does it to a file; `None` is a file that is not there.
    pub fn apply(&self, file: &mut Option<Vec<u8>>) {
        match self {
            Self::Create => {
                file.get_or_insert_default();
            }
            Self::Write { offset, bytes } => {
                let file = file.get_or_insert_default();
                let end = offset + bytes.len();
                if file.len() < end {
                    file.resize(end, 0);
                }
                file[*offset..end].copy_from_slice(bytes);
            }
            Self::Truncate { length } => file.get_or_insert_default().resize(*length, 0),
            Self::Delete { .. } => *file = None,
            Self::Sync | Self::SyncFolder => {}
        }
    }
}

/// What a disk answers instead of doing what it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// How many requests are done before.
    pub after: usize,
    /// Why.
    pub reason: Reason,
    /// Whether every later request is refused too.
    pub is_lasting: bool,
}

/// Why a disk refuses a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Reading, writing or syncing failed.
    Broken,
    /// There is no room; only writes are refused.
    Full,
}

/// A disk that remembers.
#[derive(Debug, Default)]
pub struct Disk {
    files: Files,
    record: Vec<(String, Operation)>,
    /// Whether syncs are recorded. A disk that says "synced" and lies does not.
    is_lying: bool,
    refusal: Option<Refusal>,
    requests: usize,
}

impl Disk {
    /// The bytes of a file.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    /// Does something to a file and records it.
    pub fn act(&mut self, name: &str, operation: Operation) {
        if self.is_lying && matches!(operation, Operation::Sync | Operation::SyncFolder) {
            return;
        }
        let mut file = self.files.remove(name);
        operation.apply(&mut file);
        if let Some(file) = file {
            self.files.insert(name.to_owned(), file);
        }
        self.record.push((name.to_owned(), operation));
    }

    /// Puts these files in place of all there are, and forgets the record.
    pub fn replace(&mut self, files: Files) {
        *self = Self { files, is_lying: self.is_lying, ..Self::default() };
    }

    /// Everything done since the disk was made or replaced, with the file's name.
    #[must_use]
    pub fn record(&self) -> &[(String, Operation)] {
        &self.record
    }

    /// Counts requests anew from here, and refuses as planned.
    pub const fn plan(&mut self, refusal: Option<Refusal>) {
        self.refusal = refusal;
        self.requests = 0;
    }

    /// How many requests there were since the plan was made.
    #[must_use]
    pub const fn requests(&self) -> usize {
        self.requests
    }

    /// Counts a request; why it is refused, if it is. What is full still reads and syncs.
    pub fn request(&mut self, is_write: bool) -> Option<Reason> {
        let n = self.requests;
        self.requests += 1;
        let refusal = self.refusal?;
        let is_due = n == refusal.after || (refusal.is_lasting && n > refusal.after);
        (is_due && (is_write || refusal.reason == Reason::Broken)).then_some(refusal.reason)
    }

    /// From now on syncs do nothing.
    pub const fn start_lying(&mut self) {
        self.is_lying = true;
    }
}
