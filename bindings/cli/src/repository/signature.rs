//! A signature on the command line.

use std::str::FromStr;

use foretap_core::sync::{PublicKey, SIGNATURE_BYTES};

use crate::hex;

/// A public key, and what was signed with its private one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Whose signature it is.
    pub key: PublicKey,
    /// The signature.
    pub bytes: [u8; SIGNATURE_BYTES],
}

/// Why a text is no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// It has another form.
    #[error("must be 64 hexadecimal digits of a public key, a colon and 128 of a signature")]
    Form,
    /// The first part is no key that a phone believes.
    #[error("the public key is none of Ed25519, or a weak one")]
    Key,
}

impl FromStr for Signature {
    type Err = BadSignature;

    fn from_str(text: &str) -> Result<Self, BadSignature> {
        let (key, bytes) = text.split_once(':').ok_or(BadSignature::Form)?;
        let key = hex::bytes(key.as_bytes()).and_then(|key| key.try_into().ok()).ok_or(BadSignature::Form)?;
        let bytes = hex::bytes(bytes.as_bytes()).and_then(|bytes| bytes.try_into().ok()).ok_or(BadSignature::Form)?;
        Ok(Self { key: PublicKey::new(&key).ok_or(BadSignature::Key)?, bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_and_a_signature_are_read_and_anything_else_says_why_not() {
        let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes();
        let (key, bytes) = (hex::hex(&key), "ab".repeat(64));
        let read: Signature = format!("{key}:{bytes}").parse().expect("a signature");
        assert_eq!((hex::hex(&read.key.bytes()), read.bytes), (key.clone(), [0xab; 64]));
        for form in [
            String::new(),
            key.clone(),
            format!("{key}{bytes}"),
            format!("{key}:"),
            format!("{key}:{}", &bytes[2..]),
            format!("{key}:{bytes}00"),
            format!("{}:{bytes}", &key[2..]),
            format!("{key}00:{bytes}"),
            format!("{key}:{}", bytes.replace('a', "g")),
        ] {
            assert_eq!(form.parse::<Signature>(), Err(BadSignature::Form), "{form}");
        }
        // The neutral element, under which one signature is right for every message.
        let weak = format!("01{}:{bytes}", "00".repeat(31));
        assert_eq!(weak.parse::<Signature>(), Err(BadSignature::Key));
    }
}
