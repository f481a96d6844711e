//! The key that opens a log, as the host's keystore gives it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A log's 256-bit key and 16-byte salt, both kept by the host (Keystore, Keychain), both random, both the same at
/// every open.
///
/// The salt comes from the host because SQLCipher would otherwise keep the only copy in the first page of the file,
/// where a power cut can tear it. `Debug` shows neither, and both are overwritten when the value is dropped.
///
/// ```
/// let key = foretap_core::store::Key::new([7; 32], [9; 16]);
/// assert_eq!(format!("{key:?}"), "Key(..)");
/// ```
pub struct Key {
    key: [u8; 32],
    salt: [u8; 16],
}

impl Key {
    /// Takes a key and a salt. Any bytes are accepted; they should come from the system's random numbers.
    #[must_use]
    pub const fn new(key: [u8; 32], salt: [u8; 16]) -> Self {
        Self { key, salt }
    }

    /// The same key once more, for opening the log again.
    pub(super) const fn again(&self) -> Self {
        Self { key: self.key, salt: self.salt }
    }

    /// The key check value: the first 8 bytes of HMAC-SHA256(key, "kcv|v1" || salt). It tells a wrong key or salt
    /// from a damaged file and tells nothing of the key.
    pub(super) fn check(&self) -> [u8; 8] {
        let digest = self.derive(b"kcv|v1");
        std::array::from_fn(|i| digest[i])
    }

    /// The key of the snapshot beside the log: HMAC-SHA256(key, "snapshot|v1" || salt). Whoever learns it has not the log's.
    pub(super) fn of_snapshot(&self) -> [u8; 32] {
        self.derive(b"snapshot|v1")
    }

    /// The secret under which the phone draws its part of a rollout: HMAC-SHA256(key, "rollout|v1" || salt). A log that is
    /// erased with its key draws anew.
    pub(super) fn of_rollouts(&self) -> [u8; 32] {
        self.derive(b"rollout|v1")
    }

    fn derive(&self, purpose: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(purpose);
        mac.update(&self.salt);
        mac.finalize().into_bytes().into()
    }

    /// SQLCipher's raw form, `x'<key><salt>'`: no key derivation, no salt read from the file.
    pub(super) fn raw(&self) -> RawKey {
        let mut text = String::with_capacity(2 + 2 * (32 + 16) + 1);
        text.push_str("x'");
        for byte in self.key.iter().chain(&self.salt) {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789abcdef"[usize::from(nibble)]));
            }
        }
        text.push('\'');
        RawKey(text)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        wipe(&mut self.key);
        wipe(&mut self.salt);
    }
}

/// The key as text for SQLCipher; overwritten when dropped.
pub(super) struct RawKey(String);

impl RawKey {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for RawKey {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.0).into_bytes();
        wipe(&mut bytes);
    }
}

/// Overwrites bytes; `black_box` keeps the compiler from leaving the writes out.
pub(crate) fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    std::hint::black_box(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_depends_on_key_and_salt_and_never_changes() {
        let check = Key::new([1; 32], [2; 16]).check();
        assert_eq!(check, Key::new([1; 32], [2; 16]).check());
        assert_ne!(check, Key::new([3; 32], [2; 16]).check());
        assert_ne!(check, Key::new([1; 32], [3; 16]).check());
        // Python: hmac.new(bytes([1]*32), b"kcv|v1" + bytes([2]*16), "sha256").digest()[:8].hex()
        assert_eq!(check.map(|b| format!("{b:02x}")).concat(), "25a5281cf11d12a4");
    }

    #[test]
    fn the_raw_form_has_96_digits() {
        let key = Key::new([0xab; 32], [0x0f; 16]);
        assert_eq!(key.raw().as_str(), format!("x'{}{}'", "ab".repeat(32), "0f".repeat(16)));
    }
}
