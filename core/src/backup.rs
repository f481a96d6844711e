//! Exports and snapshots as bytes: what a person takes along when a phone is lost or an app installed anew. Pure: the
//! bytes go through the host's reader and writer, and the entropy is the host's.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `FTEXPORT` |
//! | 1 | the format, [`FORMAT`] |
//! | 1 | the kind of secret: 1 a key, 2 a passphrase |
//! | 12, for a passphrase only | Argon2id's KiB of memory, passes and lanes, 32-bit little-endian |
//! | 32 | the salt: the host's entropy |
//! | the rest | chunks of 65,536 bytes and a tag of 16, the last one shorter or as long |
//!
//! The chunks are sealed with XChaCha20-Poly1305 in STREAM with a 32-bit big-endian counter and a mark on the last one, the
//! header being associated data of each. The key is HMAC-SHA256 under the secret of `foretap/export/1|key|` and the salt,
//! the nonce the first 19 bytes of the same of `foretap/export/1|nonce|`. Inside is one zstd frame of protobuf messages,
//! each after its length: a head, the controls, then the events in order of arrival.
//!
//! A snapshot is the same without events, with the tokens of what was sent, under a key that comes from the log's.

mod chunks;
mod header;
mod left_out;
mod message;
mod reader;
mod snapshot;
mod wire;
mod writer;

#[cfg(test)]
mod tests;

pub use header::FORMAT;
pub(crate) use left_out::{LeftOut, seal_salt, sealed};
pub(crate) use reader::Reader;
pub(crate) use snapshot::Snapshot;
pub(crate) use writer::Writer;

use crate::config::{
    MAX_CONTROLS, MAX_EXPORT_BYTES, MAX_EXPORT_EVENTS, MAX_EXPORT_MESSAGE_BYTES, MAX_EXPORT_PAYLOAD_BYTES,
};
use crate::control::Control;
use crate::time::Timestamp;

/// What locks an export. `Debug` does not show it.
#[derive(Clone, Copy)]
pub enum Secret<'a> {
    /// 256 random bits from a keychain that survives the app: no work at all to open.
    Key(&'a [u8; 32]),
    /// A text that a person keeps, 8 to 1,024 bytes of UTF-8: Argon2id makes each guess cost 19 MiB of memory. It is taken
    /// byte for byte; the host brings it into one form (Unicode's NFKC) where keyboards differ.
    Passphrase(&'a str),
}

impl std::fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Key(_) => "Key(..)",
            Self::Passphrase(_) => "Passphrase(..)",
        })
    }
}

/// What an export says of itself before its controls and events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    /// How many events follow.
    pub(crate) events: u64,
    /// Whether they are all that the habits learned from.
    pub(crate) is_whole: bool,
    /// Whether events of hidden items were left out, from which the habits' weights learned all the same.
    pub(crate) has_left_out: bool,
    /// Events that retention had deleted, ever.
    pub(crate) purged: u64,
    /// The habits' checkpoint as of the last event.
    pub(crate) habits: Vec<u8>,
    /// Of a snapshot: the tokens with which a server is asked to erase what was sent. An export has none: another phone did not send it.
    pub(crate) tokens: Vec<[u8; 32]>,
}

impl Head {
    /// Of habits alone.
    pub(crate) const fn of_habits(habits: Vec<u8>) -> Self {
        Self { events: 0, is_whole: false, has_left_out: false, purged: 0, habits, tokens: Vec::new() }
    }
}

/// A control and when it was decided.
pub(crate) type Decided = (Timestamp, Control);

/// How much an export may be. Tests bring smaller ones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes of the file.
    pub(crate) bytes: u64,
    /// Bytes of its messages, unpacked.
    pub(crate) payload_bytes: u64,
    /// Bytes of one message.
    pub(crate) message_bytes: usize,
    /// Events.
    pub(crate) events: u64,
    /// Controls.
    pub(crate) controls: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: MAX_EXPORT_BYTES,
            payload_bytes: MAX_EXPORT_PAYLOAD_BYTES,
            message_bytes: MAX_EXPORT_MESSAGE_BYTES,
            events: MAX_EXPORT_EVENTS,
            controls: MAX_CONTROLS,
        }
    }
}
