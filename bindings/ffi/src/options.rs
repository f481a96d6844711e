//! How an engine is opened, and what opening found.

use foretap_core::{Durability, ModelChoice, Opened, Options, Retention, StoreOptions};

/// How an engine is opened; what is not said is as the core has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct EngineOptions {
    /// How safely an event is stored before it counts as recorded.
    #[uniffi(default = None)]
    pub durability: Option<Durability>,
    /// Events older than this many days are deleted; 90 unless said.
    #[uniffi(default = None)]
    pub retention_days: Option<u16>,
    /// The oldest events are deleted when the log grows beyond this many bytes; 64 MiB unless said.
    #[uniffi(default = None)]
    pub retention_bytes: Option<u64>,
    /// Which model corrects the statistics; the one that is compiled in unless said.
    #[uniffi(default = None)]
    pub model: Option<ModelFile>,
    /// Whether the log is locked against other processes while it is open. On iOS a lock on a file of an app group ends a
    /// suspended app. A second engine of this process is refused in either case.
    #[uniffi(default = true)]
    pub is_locked: bool,
    /// Whether a new log begins with 32 bytes in the clear that tell no more than that it is a database: iOS ends a
    /// suspended app that has another file of an app group open. A log that is there keeps the form that it has.
    #[uniffi(default = false)]
    pub plaintext_header: bool,
}

/// A model other than the one that is compiled in.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum ModelFile {
    /// The bytes of a bundle's file.
    Bundle {
        /// At most 256 KiB.
        bytes: Vec<u8>,
    },
    /// None: the statistics alone.
    Off,
}

impl EngineOptions {
    pub(crate) fn of_core(self) -> Options {
        let usual = Retention::default();
        let retention = Retention {
            max_days: self.retention_days.unwrap_or(usual.max_days),
            max_bytes: self.retention_bytes.unwrap_or(usual.max_bytes),
            ..usual
        };
        let durability = self.durability.unwrap_or_default();
        let model = match self.model {
            None => ModelChoice::Shipped,
            Some(ModelFile::Bundle { bytes }) => ModelChoice::Bundle(bytes),
            Some(ModelFile::Off) => ModelChoice::Off,
        };
        let store =
            StoreOptions { retention, durability, plaintext_header: self.plaintext_header, ..StoreOptions::default() };
        Options { store, model }
    }
}

/// What opening found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum OpenedLog {
    /// There was no log; a new one was made.
    Created,
    /// The log was there.
    Existing,
    /// The log was damaged; it was set aside for a week, and a new one was made.
    SetAside {
        /// Whether the new one began with what the snapshot knew.
        restored: bool,
    },
    /// There was no log any more, though there was a snapshot of one; a new one was made.
    Vanished {
        /// Whether the new one began with what the snapshot knew.
        restored: bool,
    },
}

impl From<&Opened> for OpenedLog {
    fn from(opened: &Opened) -> Self {
        match *opened {
            Opened::Created => Self::Created,
            Opened::Existing => Self::Existing,
            Opened::SetAside { restored, .. } => Self::SetAside { restored },
            Opened::Vanished { restored } => Self::Vanished { restored },
        }
    }
}
