//! What a disk holds after the power was cut.

use std::collections::BTreeMap;

use crate::disk::{Files, Operation};
use crate::draw::Draw;

/// The disk writes this many bytes whole or not at all.
pub const SECTOR_BYTES: usize = 512;

/// What becomes of the operations that were not synced when the power was cut. Bytes that no such operation wrote are
/// never touched: SQLite's "powersafe overwrite", which its own file systems assume of phones' storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    /// None of them reached the disk.
    Dropped,
    /// All of them did.
    Kept,
    /// All did, the last write up to a sector in its middle.
    Torn,
    /// Some did: whole operations, or single sectors of writes, in any order.
    Reordered,
    /// All did, and some sectors of the writes hold garbage.
    Garbage,
}

impl Damage {
    /// Every damage.
    pub const ALL: [Self; 5] = [Self::Dropped, Self::Kept, Self::Torn, Self::Reordered, Self::Garbage];
}

/// A walk through a record of operations that knows at each step what is safe on the disk and what is not yet.
#[derive(Debug, Default)]
pub struct Cut {
    safe: BTreeMap<String, Option<Vec<u8>>>,
    /// In the order in which they were done.
    pending: Vec<(String, Operation)>,
}

impl Cut {
    /// A disk that holds these files safely.
    #[must_use]
    pub fn from(files: Files) -> Self {
        Self { safe: files.into_iter().map(|(name, bytes)| (name, Some(bytes))).collect(), pending: Vec::new() }
    }

    /// Does one operation more before the power is cut.
    pub fn step(&mut self, name: &str, operation: &Operation) {
        match operation {
            Operation::SyncFolder => self.sync_folder(),
            Operation::Sync | Operation::Delete { is_synced: true } => {
                self.pending.push((name.to_owned(), operation.clone()));
                let file = self.safe.entry(name.to_owned()).or_default();
                self.pending.retain(|(other, operation)| {
                    if other == name {
                        operation.apply(file);
                    }
                    other != name
                });
            }
            _ => self.pending.push((name.to_owned(), operation.clone())),
        }
    }

    fn sync_folder(&mut self) {
        let mut still_pending: Vec<(String, Operation)> = Vec::new();
        for (name, operation) in std::mem::take(&mut self.pending) {
            match operation {
                Operation::Create => operation.apply(self.safe.entry(name).or_default()),
                Operation::Delete { .. } => {
                    still_pending.retain(|(other, _)| *other != name);
                    self.safe.insert(name, None);
                }
                _ => still_pending.push((name, operation)),
            }
        }
        self.pending = still_pending;
    }

    /// The files after a cut here.
    #[must_use]
    pub fn files(&self, damage: Damage, draw: &mut Draw) -> Files {
        let mut files = self.safe.clone();
        let last = self.pending.iter().rposition(|(_, operation)| matches!(operation, Operation::Write { .. }));
        let by_sector = draw.one_in(2);
        for (n, (name, operation)) in self.pending.iter().enumerate() {
            let file = files.entry(name.clone()).or_default();
            match (damage, operation) {
                (Damage::Dropped, _) => {}
                (Damage::Torn, Operation::Write { offset, bytes }) if Some(n) == last => {
                    let kept = draw.below(bytes.len().div_ceil(SECTOR_BYTES)) * SECTOR_BYTES;
                    Operation::Write { offset: *offset, bytes: bytes[..kept].to_vec() }.apply(file);
                }
                (Damage::Kept | Damage::Torn, _) => operation.apply(file),
                (Damage::Reordered, Operation::Write { offset, bytes }) if by_sector => {
                    for (at, sector) in (*offset..).step_by(SECTOR_BYTES).zip(bytes.chunks(SECTOR_BYTES)) {
                        if draw.one_in(2) {
                            Operation::Write { offset: at, bytes: sector.to_vec() }.apply(file);
                        }
                    }
                }
                (Damage::Reordered, _) => {
                    if draw.one_in(2) {
                        operation.apply(file);
                    }
                }
                (Damage::Garbage, Operation::Write { offset, bytes }) => {
                    let mut bytes = bytes.clone();
                    for sector in bytes.chunks_mut(SECTOR_BYTES) {
                        if draw.one_in(4) {
                            draw.fill(sector);
                        }
                    }
                    Operation::Write { offset: *offset, bytes }.apply(file);
                }
                (Damage::Garbage, _) => operation.apply(file),
            }
        }
        files.into_iter().filter_map(|(name, bytes)| bytes.map(|bytes| (name, bytes))).collect()
    }
}

/// Cuts the power at so many places at least, spread evenly over a record of operations, with every damage at each: `each` is
/// told how many operations were done, the damage, and what a disk then holds. Returns how many cuts there were.
pub fn cut_everywhere(
    record: &[(String, Operation)],
    cuts: usize,
    draw: &mut Draw,
    mut each: impl FnMut(usize, Damage, Files),
) -> usize {
    let (mut cut, mut made) = (Cut::default(), 0);
    let points = cuts / Damage::ALL.len();
    let share = |n: usize| n * points / (record.len() + 1);
    for n in 0..=record.len() {
        if let Some((name, operation)) = n.checked_sub(1).map(|done| &record[done]) {
            cut.step(name, operation);
        }
        for damage in (share(n)..share(n + 1)).flat_map(|_| Damage::ALL) {
            each(n, damage, cut.files(damage, draw));
            made += 1;
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(offset: usize, byte: u8, length: usize) -> Operation {
        Operation::Write { offset, bytes: vec![byte; length] }
    }

    fn cut(operations: &[(&str, Operation)], damage: Damage, seed: u64) -> Files {
        let mut cut = Cut::default();
        for (name, operation) in operations {
            cut.step(name, operation);
        }
        cut.files(damage, &mut Draw::new(seed))
    }

    #[test]
    fn what_was_synced_survives_every_damage() {
        let record =
            [("a", Operation::Create), ("a", write(0, 1, 2_000)), ("a", Operation::Sync), ("b", write(0, 2, 9))];
        for damage in Damage::ALL {
            for seed in 0..50 {
                assert_eq!(cut(&record, damage, seed)["a"], vec![1; 2_000], "{damage:?}");
            }
        }
    }

    #[test]
    fn what_was_not_synced_survives_some() {
        let record = [("a", write(0, 1, 2_000)), ("a", Operation::Sync), ("a", write(1_000, 2, 1_500))];
        assert_eq!(cut(&record, Damage::Dropped, 1)["a"], vec![1; 2_000]);
        assert_eq!(cut(&record, Damage::Kept, 1)["a"], [vec![1; 1_000], vec![2; 1_500]].concat());
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..50 {
            let torn = &cut(&record, Damage::Torn, seed)["a"];
            seen.insert(torn.iter().filter(|&&byte| byte == 2).count());
            for damage in Damage::ALL {
                assert_eq!(cut(&record, damage, seed)["a"][..1_000], vec![1; 1_000], "bytes not written stay");
            }
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [0, 512, 1_024], "torn at a sector, never whole");
    }

    #[test]
    fn a_deletion_is_safe_only_with_its_folder() {
        let start = [("a", write(0, 1, 9)), ("a", Operation::Sync)];
        let with = |is_synced| [&start[..], &[("a", Operation::Delete { is_synced })]].concat();
        assert!(!cut(&with(true), Damage::Dropped, 1).contains_key("a"));
        assert!(cut(&with(false), Damage::Dropped, 1).contains_key("a"));
        assert!(!cut(&with(false), Damage::Kept, 1).contains_key("a"));
        let later = [&with(false)[..], &[("b", Operation::SyncFolder)]].concat();
        assert!(!cut(&later, Damage::Dropped, 1).contains_key("a"));
    }
}
