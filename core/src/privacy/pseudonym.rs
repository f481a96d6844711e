//! Keyed pseudonyms of ids and names: HMAC-SHA256, one label for each purpose.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::event::Token;

/// The secret that turns ids and places into pseudonyms: 256 random bits, made and kept by the host (Keystore,
/// Keychain) beside the log's key. Another key gives other pseudonyms for everything.
///
/// ```
/// use foretap_core::PseudonymKey;
/// let key = PseudonymKey::new([7; 32]);
/// assert_eq!(key.hash_user_id("ada"), key.hash_user_id("ada"));
/// assert_ne!(key.hash_user_id("ada").to_string(), key.hash_device_id("ada").to_string());
/// assert_eq!(format!("{key:?}"), "PseudonymKey(..)");
/// ```
pub struct PseudonymKey([u8; Self::BYTES]);

impl PseudonymKey {
    /// The length of the secret, in bytes.
    pub const BYTES: usize = 32;

    /// Takes the secret: random bytes of the host, not a password and not derived from an id.
    #[must_use]
    pub const fn new(secret: [u8; Self::BYTES]) -> Self {
        Self(secret)
    }

    /// The pseudonym of a user id: HMAC-SHA256 of `foretap/user-id/v1|` and the id's UTF-8. Any text is accepted and
    /// none is normalised: `Ada` and `ada` are two users.
    #[must_use]
    pub fn hash_user_id(&self, id: &str) -> UserHash {
        UserHash(self.mac(&[b"foretap/user-id/v1|", id.as_bytes()]))
    }

    /// The pseudonym of a device id: HMAC-SHA256 of `foretap/device-id/v1|` and the id's UTF-8, as
    /// [`Self::hash_user_id`].
    #[must_use]
    pub fn hash_device_id(&self, id: &str) -> DeviceHash {
        DeviceHash(self.mac(&[b"foretap/device-id/v1|", id.as_bytes()]))
    }

    /// An opaque name for `text`, such as a Wi-Fi BSSID: 32 hexadecimal digits (128 bits). The `label` names the
    /// purpose, so that the same text gives unrelated tokens under two labels.
    ///
    /// The MAC is over `foretap/token/v1|`, the label's length in bytes (64 bits, big-endian), the label and the text.
    ///
    /// ```
    /// use foretap_core::PseudonymKey;
    /// let key = PseudonymKey::new([7; 32]);
    /// let access_point = key.token("bssid", "02:00:5e:10:00:01");
    /// assert_eq!(access_point.as_str().len(), 32);
    /// assert_ne!(access_point, key.token("ssid", "02:00:5e:10:00:01"));
    /// ```
    #[must_use]
    pub fn token(&self, label: &str, text: &str) -> Token {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        let label_bytes = (label.len() as u64).to_be_bytes();
        let mac = self.mac(&[b"foretap/token/v1|", &label_bytes, label.as_bytes(), text.as_bytes()]);
        Token::new(&Hex(&mac[..16]).to_string()).expect("32 hexadecimal digits are a token")
    }

    /// HMAC-SHA256 of the parts, one after the other.
    pub(super) fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of every length");
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for PseudonymKey {
    /// Never shows the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKey(..)")
    }
}

/// The keyed pseudonym of a user id; `Display` writes 64 hexadecimal digits (256 bits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserHash([u8; 32]);

/// The keyed pseudonym of a device id; `Display` writes 64 hexadecimal digits (256 bits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceHash([u8; 32]);

impl fmt::Display for UserHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Display for DeviceHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

/// Bytes shown as lower-case hexadecimal digits.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting_key() -> PseudonymKey {
        PseudonymKey::new(std::array::from_fn(|i| u8::try_from(i).expect("below 32")))
    }

    #[test]
    fn pseudonyms_are_the_hmac_that_other_implementations_compute() {
        // Python: hmac.new(bytes(range(32)), b"foretap/user-id/v1|ada@example.org", hashlib.sha256).hexdigest()
        assert_eq!(
            counting_key().hash_user_id("ada@example.org").to_string(),
            "4eece559acc1831029c659fcb5f79e3903ee159343583c5753b9cf383be3ac78"
        );
        assert_eq!(
            counting_key().hash_device_id("ada@example.org").to_string(),
            "7eddf3bad7607124048f6cd679c1fb7f45623e6c9ec7eb2f42f7abefd46f3234"
        );
    }

    #[test]
    fn another_key_changes_every_pseudonym() {
        let (a, b) = (PseudonymKey::new([1; 32]), PseudonymKey::new([2; 32]));
        assert_ne!(a.hash_user_id("ada"), b.hash_user_id("ada"));
        assert_ne!(a.hash_device_id("ada"), b.hash_device_id("ada"));
        assert_ne!(a.token("bssid", "ada"), b.token("bssid", "ada"));
    }

    #[test]
    fn purposes_are_unrelated() {
        let key = counting_key();
        let (user, device) = (key.hash_user_id("ada").to_string(), key.hash_device_id("ada").to_string());
        let token = key.token("user-id/v1", "ada");
        assert_ne!(user, device);
        assert!(!user.starts_with(token.as_str()) && !device.starts_with(token.as_str()));
        assert_ne!(key.token("ab", "c"), key.token("a", "bc"));
    }

    #[test]
    fn equal_texts_share_a_token_and_other_texts_do_not() {
        let key = counting_key();
        assert_eq!(key.token("bssid", "02:00:5e:10:00:01"), key.token("bssid", "02:00:5e:10:00:01"));
        assert_ne!(key.token("bssid", "02:00:5e:10:00:01"), key.token("bssid", "02:00:5e:10:00:02"));
        assert_ne!(key.hash_user_id("ada"), key.hash_user_id("Ada"));
    }

    #[test]
    fn nothing_shows_the_secret_or_the_text() {
        let key = PseudonymKey::new([0xab; 32]);
        let shown = format!(
            "{key:?} {:?} {} {:?}",
            key.hash_user_id("canary"),
            key.hash_device_id("canary"),
            key.token("bssid", "canary")
        );
        assert!(!shown.contains("canary") && !shown.contains("171, 171") && !shown.contains("abab"), "{shown}");
    }
}
