//! What the libraries of other languages keep beside the log.

use super::inventory::Keeping::{InPassing, TheSystems, WithTheLog};
use super::inventory::Sensitivity::{Behaviour, Technical};
use super::inventory::{Store, field};

/// A library that apps use the core through, and that keeps files of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// On Android.
    Kotlin,
    /// On iOS.
    Swift,
}

impl Store {
    /// Whether it is there where this library is used.
    #[must_use]
    pub fn is_of(&self, host: Host) -> bool {
        match self.name {
            FILES_OF_KOTLIN => host == Host::Kotlin,
            FILES_OF_SWIFT => host == Host::Swift,
            _ => true,
        }
    }
}

const FILES_OF_KOTLIN: &str = "files of the Kotlin library";
const FILES_OF_SWIFT: &str = "files of the Swift library";

/// Those of the Kotlin library.
pub(super) const KOTLIN: Store = Store {
    name: FILES_OF_KOTLIN,
    lies: "the app's own folders, out of backups",
    fields: &[
        field(
            "foretap/log.keys",
            "the log's key and salt and the secret of pseudonyms, wrapped by a key of the Android Keystore",
            Technical,
            WithTheLog,
            "opening",
        ),
        field(
            "foretap/usage.mark",
            "up to when the phone's usage history was read, and when the host itself opened something in the last ten days",
            Behaviour,
            WithTheLog,
            "the usage module",
        ),
        field(
            "foretap*.export",
            "an export on its way to or from the host's stream, encrypted as it is",
            Behaviour,
            InPassing,
            "the export or import that made it, which removes it",
        ),
    ],
};

/// Those of the Swift library.
pub(super) const SWIFT: Store = Store {
    name: FILES_OF_SWIFT,
    lies: "the app's own folder or that of its app group, out of backups",
    fields: &[
        field(
            "keychain item",
            "the log's key and salt and the secret of pseudonyms, in the Keychain of this device alone",
            Technical,
            WithTheLog,
            "opening",
        ),
        field(
            "keys file",
            "the same where there is no Keychain, in a file that its owner alone can read; not on iOS",
            Technical,
            WithTheLog,
            "opening",
        ),
        field(
            "ranking.json",
            "the last ranking, for widgets: at most eight items with name, probability and reason; protected by iOS alone",
            Behaviour,
            WithTheLog,
            "the app's widgets",
        ),
        field(
            "*.part",
            "an export while it is written, beside the file that it becomes, encrypted as it is",
            Behaviour,
            InPassing,
            "the export that made it, which renames or removes it",
        ),
        field(
            "donations",
            "what the person did, where the host donates it to Siri and Spotlight; kept by the system",
            Behaviour,
            TheSystems,
            "the system",
        ),
    ],
};
