//! From the bytes of a file to its text: gzip, tar and encodings.

use std::io::Read;

use super::error::Fault;

/// The most text that is read, uncompressed: years of a hundred phones, but no bomb.
const LIMIT_BYTES: u64 = 2 << 30;

/// The text of a log file, which may be gzipped and, inside of that, the first file of a tar archive (as LSApp is
/// published). A byte order mark of UTF-8 is taken off.
///
/// # Errors
/// The line and what is wrong with the bytes.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, (u64, Fault)> {
    let bytes = if bytes.starts_with(&GZIP) { gunzip(&bytes).map_err(|fault| (1, fault))? } else { bytes };
    let bytes = first_of_tar(bytes);
    for (mark, guess) in [(&[0xff, 0xfe], "UTF-16, little endian"), (&[0xfe, 0xff], "UTF-16, big endian")] {
        if bytes.starts_with(mark) {
            return Err((1, Fault::Encoding { guess }));
        }
    }
    if let Some(at) = bytes.iter().position(|&b| b == 0) {
        return Err((line_of(&bytes, at), Fault::Binary));
    }
    let mut text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        (line_of(e.as_bytes(), at), if looks_binary(e.as_bytes()) { Fault::Binary } else { LATIN })
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    if text.trim().is_empty() {
        return Err((1, Fault::Empty));
    }
    Ok(text)
}

fn gunzip(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    let unpacked = flate2::read::MultiGzDecoder::new(bytes).take(LIMIT_BYTES + 1).read_to_end(&mut out);
    match unpacked {
        Ok(n) if n as u64 > LIMIT_BYTES => Err(Fault::TooLarge { limit_bytes: LIMIT_BYTES }),
        Ok(_) => Ok(out),
        Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Err(Fault::TruncatedGzip),
        Err(e) => Err(Fault::DamagedGzip(e)),
    }
}

/// The content of the first ordinary file if the bytes are a POSIX tar archive, else the bytes themselves. Hidden files
/// are passed over: archives made on a Mac have a `._name` with attributes before each file.
/// Layout: <https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html>, "ustar Interchange Format".
fn first_of_tar(mut bytes: Vec<u8>) -> Vec<u8> {
    const BLOCK: usize = 512;
    if bytes.get(257..262) != Some(b"ustar") {
        return bytes;
    }
    let mut at = 0;
    while let Some(header) = bytes.get(at..at + BLOCK) {
        let digits = header[124..136].iter().take_while(|b| (b'0'..=b'7').contains(b));
        let Some(size) = digits.clone().try_fold(0_usize, |n, b| n.checked_mul(8)?.checked_add(usize::from(b - b'0')))
        else {
            break;
        };
        let start = at + BLOCK;
        let Some(end) = start.checked_add(size).filter(|&end| end <= bytes.len() && digits.count() > 0) else { break };
        let name = header[..100].split(|&b| b == 0).next().and_then(|path| path.rsplit(|&b| b == b'/').next());
        let is_hidden = name.is_some_and(|name| name.starts_with(b"."));
        if matches!(header[156], b'0' | 0) && !is_hidden {
            bytes.truncate(end);
            bytes.drain(..start);
            break;
        }
        at = start + size.div_ceil(BLOCK) * BLOCK;
    }
    bytes
}

fn line_of(bytes: &[u8], at: usize) -> u64 {
    1 + bytes[..at].iter().filter(|&&b| b == b'\n').count() as u64
}

/// Texts in an older encoding have almost no control characters; pictures, archives and databases are full of them.
fn looks_binary(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4_096)];
    let controls = head.iter().filter(|&&b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')).count();
    controls * 50 > head.len()
}

const GZIP: [u8; 2] = [0x1f, 0x8b];
const LATIN: Fault = Fault::Encoding { guess: "Latin-1 or another one-byte encoding" };

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).expect("to memory");
        encoder.finish().expect("to memory")
    }

    fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = Vec::new();
        for (name, content) in files {
            let mut header = [0; 512];
            header[..name.len()].copy_from_slice(name.as_bytes());
            header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
            header[156] = if name.ends_with('/') { b'5' } else { b'0' };
            header[257..262].copy_from_slice(b"ustar");
            archive.extend_from_slice(&header);
            archive.extend_from_slice(content);
            archive.resize(512 * archive.len().div_ceil(512), 0);
        }
        archive.resize(archive.len() + 1024, 0);
        archive
    }

    #[test]
    fn plain_gzipped_and_archived_texts_read_the_same() {
        let want = "user,at_ms\nann,5\n";
        let archive = tar(&[("data/", b""), ("data/._lsapp.tsv", b"\0\x05mac"), ("data/lsapp.tsv", want.as_bytes())]);
        for bytes in [want.into(), gzip(want.as_bytes()), gzip(&archive), archive] {
            assert_eq!(text(bytes).expect("a text"), want);
        }
        assert_eq!(text(format!("\u{feff}{want}").into_bytes()).expect("a text"), want);
    }

    #[test]
    fn a_gzip_cut_anywhere_is_an_error() {
        let whole = gzip("one line\n".repeat(100).as_bytes());
        for n in 2..whole.len() {
            let (line, fault) = text(whole[..n].to_vec()).expect_err("cut off");
            assert!(matches!((line, &fault), (1, Fault::TruncatedGzip)), "{n}: {fault:?}");
        }
        let mut flipped = whole.clone();
        let last = flipped.len() - 6;
        flipped[last] ^= 1;
        assert!(matches!(text(flipped), Err((1, Fault::DamagedGzip(_)))));
    }

    #[test]
    fn what_is_no_utf8_text_is_named_with_its_line() {
        assert!(matches!(text(Vec::new()), Err((1, Fault::Empty))));
        assert!(matches!(text(b" \r\n\n".to_vec()), Err((1, Fault::Empty))));
        assert!(matches!(text(b"a,b\nc\0,d".to_vec()), Err((2, Fault::Binary))));
        assert!(matches!(text(b"\x89PNG\x0d\x0a\x1a\x0a\x01\x02\x03".to_vec()), Err((1, Fault::Binary))));
        assert!(matches!(text(b"a,b\ncaf\xe9,d".to_vec()), Err((2, Fault::Encoding { .. }))));
        assert!(matches!(text(b"\xff\xfea\0".to_vec()), Err((1, Fault::Encoding { guess })) if guess.contains("16")));
        assert!(matches!(text(b"\xfe\xff\0a".to_vec()), Err((1, Fault::Encoding { guess })) if guess.contains("big")));
    }
}
