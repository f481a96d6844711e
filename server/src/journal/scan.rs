//! What a segment holds, and what of it is damaged.

use std::ops::Range;

use bytes::Bytes;

use super::record::{MARKER, Record};

/// What every segment begins with.
pub(super) const HEADER: &[u8; 8] = b"FTJOURN1";

/// What was found in a segment.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    /// Every whole record.
    pub(crate) records: Vec<Record>,
    /// Bytes that are none, with records behind them: something happened to the disk.
    pub(crate) damaged: Vec<Range<usize>>,
    /// Where what was being written when the process ended begins; all before it is whole or damaged.
    pub(crate) end: usize,
}

impl Scan {
    /// Reads a segment; `None` if it does not begin as one. A header that was being written is one without records.
    pub(crate) fn of(bytes: &Bytes) -> Option<Self> {
        if bytes.len() < HEADER.len() {
            return HEADER.starts_with(bytes).then(Self::default);
        }
        if !bytes.starts_with(HEADER) {
            return None;
        }
        let mut scan = Self { end: HEADER.len(), ..Self::default() };
        while let Some((record, start, next)) = next_record(bytes, scan.end) {
            if start > scan.end {
                scan.damaged.push(scan.end..start);
            }
            scan.records.push(record);
            scan.end = next;
        }
        Some(scan)
    }
}

/// The first record from here on, where it begins and where it ends.
fn next_record(bytes: &Bytes, from: usize) -> Option<(Record, usize, usize)> {
    let mut at = from;
    loop {
        if let Some((record, length)) = Record::read(bytes, at) {
            return Some((record, at, at + length));
        }
        let rest = bytes.get(at + 1..)?;
        at += 1 + rest.windows(MARKER.len()).position(|window| window == MARKER)?;
    }
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use foretap_core::upload::BatchId;

    use super::*;
    use crate::day::Day;
    use crate::row_digest::RowDigest;

    fn records() -> Vec<Record> {
        let batch = |n: u8| Record::Batch {
            id: BatchId::new([n; 16]),
            sum: [n; 32],
            day: Day(20_787),
            body: Bytes::from(vec![n; 40 + usize::from(n)]),
        };
        vec![batch(1), Record::Erasure(vec![RowDigest([7; 16]), RowDigest([8; 16])]), batch(2), batch(3)]
    }

    fn segment(records: &[Record]) -> Vec<u8> {
        let mut bytes = BytesMut::from(HEADER.as_slice());
        records.iter().for_each(|record| record.write(&mut bytes));
        bytes.to_vec()
    }

    #[test]
    fn a_segment_cut_anywhere_is_a_prefix_of_its_records() {
        let (records, whole) = (records(), segment(&records()));
        for cut in 0..=whole.len() {
            let bytes = Bytes::copy_from_slice(&whole[..cut]);
            let scan = Scan::of(&bytes).expect("a prefix is a segment");
            assert!(scan.damaged.is_empty() && records.starts_with(&scan.records), "{cut}");
            assert!(scan.end <= cut.max(HEADER.len()));
        }
        assert_eq!(Scan::of(&Bytes::from(whole.clone())).map(|scan| scan.end), Some(whole.len()));
    }

    #[test]
    fn a_damaged_byte_costs_one_record_and_is_seen() {
        let (records, whole) = (records(), segment(&records()));
        let last = whole.len() - segment(&records[3..]).len() + HEADER.len();
        for at in HEADER.len()..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            let scan = Scan::of(&Bytes::from(bytes)).expect("its header is whole");
            assert_eq!(scan.records.len(), records.len() - 1, "{at}");
            assert!(scan.records.iter().all(|record| records.contains(record)));
            assert_eq!(scan.damaged.len(), usize::from(at < last), "{at}: the last one is like one that was cut");
        }
        for at in 0..HEADER.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            assert_eq!(Scan::of(&Bytes::from(bytes)), None);
        }
    }
}
