//! The little of an ELF file that Android asks about: for which processor it is, and how its segments are aligned.

use std::fmt;

/// The largest page of a phone, in bytes: segments aligned to less are refused by Android 15 and later where pages are as
/// large.
pub(super) const PAGE_BYTES: u64 = 16 * 1024;

/// What a library is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Library {
    /// The processor's number.
    pub(super) machine: u16,
    /// The alignment of each segment that is loaded, in bytes.
    pub(super) alignments: Vec<u64>,
}

/// Why bytes are not a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ElfError {
    /// They begin differently.
    NotElf,
    /// An ELF file of a kind that no phone loads: neither 32 nor 64 bits, or the greatest byte first.
    UnknownKind,
    /// They end before what the header promises.
    Truncated,
    /// Nothing of it would be loaded.
    NoSegment,
}

impl Library {
    /// Reads the header and the table of segments.
    ///
    /// # Errors
    /// If the bytes are no ELF file of a known kind, are cut off, or have nothing to load.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, ElfError> {
        if !bytes.starts_with(b"\x7fELF") {
            return Err(ElfError::NotElf);
        }
        let file = File(bytes);
        let kind = match (file.number::<1>(4)?, file.number::<1>(5)?) {
            (1, 1) => Kind::BITS_32,
            (2, 1) => Kind::BITS_64,
            _ => return Err(ElfError::UnknownKind),
        };
        let table = file.word(kind.table, kind)?;
        let (size, count) = (file.number::<2>(kind.entry_size)?, file.number::<2>(kind.entry_size + 2)?);
        let mut alignments = Vec::new();
        for entry in 0..count {
            let at = entry.checked_mul(size).and_then(|from| table.checked_add(from)).ok_or(ElfError::Truncated)?;
            let at = usize::try_from(at).map_err(|_| ElfError::Truncated)?;
            if file.number::<4>(at)? == LOAD {
                alignments.push(file.word(at.checked_add(kind.alignment).ok_or(ElfError::Truncated)?, kind)?);
            }
        }
        let machine = u16::try_from(file.number::<2>(18)?).expect("two bytes");
        if alignments.is_empty() { Err(ElfError::NoSegment) } else { Ok(Self { machine, alignments }) }
    }

    /// Whether every segment begins on a page, however large the phone's pages are.
    pub(super) fn is_aligned(&self) -> bool {
        self.alignments.iter().all(|alignment| *alignment >= PAGE_BYTES)
    }
}

/// A segment that is loaded, in the table.
const LOAD: u64 = 1;

/// Where things stand, in bytes.
#[derive(Clone, Copy)]
struct Kind {
    is_64: bool,
    /// In the header: where the table is, and how long its entries are; their number follows.
    table: usize,
    entry_size: usize,
    /// In an entry.
    alignment: usize,
}

impl Kind {
    const BITS_32: Self = Self { is_64: false, table: 28, entry_size: 42, alignment: 28 };
    const BITS_64: Self = Self { is_64: true, table: 32, entry_size: 54, alignment: 48 };
}

struct File<'a>(&'a [u8]);

impl File<'_> {
    /// The number in `N` bytes, the least first.
    fn number<const N: usize>(&self, at: usize) -> Result<u64, ElfError> {
        let bytes = self.0.get(at..).and_then(|rest| rest.first_chunk::<N>()).ok_or(ElfError::Truncated)?;
        Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// A number as wide as the processor's addresses.
    fn word(&self, at: usize, kind: Kind) -> Result<u64, ElfError> {
        if kind.is_64 { self.number::<8>(at) } else { self.number::<4>(at) }
    }
}

impl fmt::Display for ElfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotElf => "not an ELF file",
            Self::UnknownKind => "an ELF file of a kind that no phone loads",
            Self::Truncated => "cut off",
            Self::NoSegment => "nothing in it is loaded",
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A header and a table of segments, each of a type and an alignment.
    pub(in crate::android) fn file(is_64: bool, machine: u16, segments: &[(u32, u64)]) -> Vec<u8> {
        let (header, entry) = if is_64 { (64_u16, 56_u16) } else { (52, 32) };
        let mut bytes = b"\x7fELF".to_vec();
        bytes.extend([if is_64 { 2 } else { 1 }, 1, 1]);
        bytes.resize(usize::from(header), 0);
        let kind = if is_64 { Kind::BITS_64 } else { Kind::BITS_32 };
        bytes[18..20].copy_from_slice(&machine.to_le_bytes());
        bytes[kind.table..kind.table + 2].copy_from_slice(&header.to_le_bytes());
        bytes[kind.entry_size..kind.entry_size + 2].copy_from_slice(&entry.to_le_bytes());
        let count = u16::try_from(segments.len()).expect("few");
        bytes[kind.entry_size + 2..kind.entry_size + 4].copy_from_slice(&count.to_le_bytes());
        for (segment, alignment) in segments {
            let from = bytes.len();
            bytes.resize(from + usize::from(entry), 0);
            bytes[from..from + 4].copy_from_slice(&segment.to_le_bytes());
            let width = if is_64 { 8 } else { 4 };
            bytes[from + kind.alignment..][..width].copy_from_slice(&alignment.to_le_bytes()[..width]);
        }
        bytes
    }

    #[test]
    fn loaded_segments_must_be_aligned_to_sixteen_kib_and_others_need_not() {
        for is_64 in [false, true] {
            for (alignments, is_aligned) in [
                (vec![0x4000], true),
                (vec![0x4000, 0x1_0000], true),
                (vec![0x3fff], false),
                (vec![0x1000], false),
                (vec![0x4000, 0x1000, 0x4000], false),
                (vec![0], false),
            ] {
                let mut segments = vec![(6, 8)];
                segments.extend(alignments.iter().map(|alignment| (1, *alignment)));
                segments.push((0x6474_e551, 0));
                let library = Library::parse(&file(is_64, 183, &segments)).expect("well formed");
                assert_eq!(library, Library { machine: 183, alignments: alignments.clone() });
                assert_eq!(library.is_aligned(), is_aligned, "{alignments:x?}");
            }
        }
    }

    #[test]
    fn a_file_cut_off_anywhere_is_refused_and_bytes_behind_it_are_not() {
        for is_64 in [false, true] {
            let mut whole = file(is_64, 40, &[(1, 0x4000), (2, 8), (1, 0x4000)]);
            for length in 0..whole.len() {
                assert!(Library::parse(&whole[..length]).is_err(), "{length}");
            }
            whole.extend([0; 100]);
            assert!(Library::parse(&whole).is_ok());
        }
    }

    #[test]
    fn what_is_no_library_is_told_apart() {
        let good = file(true, 62, &[(1, 0x4000)]);
        let with = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            Library::parse(&bytes)
        };
        assert_eq!(Library::parse(b"!<arch>\nlib.rmeta"), Err(ElfError::NotElf));
        assert_eq!(Library::parse(b"\x7fELF"), Err(ElfError::Truncated));
        assert_eq!(with(4, 3), Err(ElfError::UnknownKind), "bits");
        assert_eq!(with(5, 2), Err(ElfError::UnknownKind), "the greatest byte first");
        assert_eq!(with(39, 0xff), Err(ElfError::Truncated), "a table behind the end");
        assert_eq!(with(56, 0), Err(ElfError::NoSegment), "an empty table");
        assert_eq!(with(64, 2), Err(ElfError::NoSegment), "nothing to load");
    }

    #[test]
    fn no_flipped_byte_panics() {
        let good = file(true, 62, &[(1, 0x4000), (1, 0x4000)]);
        for at in 0..good.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut bytes = good.clone();
                bytes[at] = byte;
                let _ = Library::parse(&bytes);
            }
        }
    }
}
