//! Bytes in text.

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of hexadecimal digits of either case; `None` if they are no such digits, or an odd number of them.
pub(crate) fn bytes(digits: &[u8]) -> Option<Vec<u8>> {
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|nibble| u8::try_from(nibble).ok());
    let (pairs, rest) = digits.as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| Some(nibble(*high)? << 4 | nibble(*low)?);
    rest.is_empty().then(|| pairs.iter().map(byte).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_back_and_anything_else_is_refused() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(bytes(hex(&all).as_bytes()), Some(all.clone()));
        assert_eq!(bytes(hex(&all).to_uppercase().as_bytes()), Some(all));
        for text in ["0", "0g", "+1", "00 ", "\u{e9}"] {
            assert_eq!(bytes(text.as_bytes()), None, "{text}");
        }
    }
}
