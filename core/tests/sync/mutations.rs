//! A hundred thousand files that something happened to on the way: none is believed, none makes anything panic.

use foretap_core::sync::{Arm, Delta, DeltaEntry, ModelEntry, Outcome, Role, Segment, Session, Trust};

use super::repository::{
    NOW_S, Repository, hex, model_of, phone, release, release_file, root, root_file, start, sum, timestamp,
    timestamp_file,
};

const FILES: u32 = 100_000;

/// Numbers without order, the same in every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("below a usize")
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).expect("below 256")
    }

    /// Bits turned, bytes left out, doubled, overwritten or cut off: never nothing.
    fn mutated(&mut self, file: &[u8]) -> Vec<u8> {
        let mut changed = file.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(changed.len().max(1));
            match self.below(6) {
                _ if changed.is_empty() => changed.push(0),
                0 | 1 => changed[at] ^= 1 << self.below(8),
                2 => changed.truncate(at),
                3 => changed.insert(at, self.byte()),
                4 => drop(changed.remove(at)),
                _ => {
                    let length = self.below(40).min(changed.len() - at);
                    let from = self.below(changed.len() - length + 1);
                    changed.copy_within(from..from + length, at);
                }
            }
        }
        if changed == file {
            changed[0] ^= 1;
        }
        changed
    }
}

#[test]
fn no_mutated_file_is_believed() {
    let release_file = release_file(&release(4));
    let named = timestamp_file(&timestamp(6, 4, &release_file));
    let before = phone();
    let mut ready = before.clone();
    ready.take_timestamp(&named, NOW_S).expect("a timestamp");
    let (base, result) = (vec![7; 4_000], vec![9; 4_100]);
    let delta = Delta::between(&base, &result).expect("made");
    let model = ModelEntry {
        deltas: vec![DeltaEntry { from: sum(&base), sha256: sum(&delta), bytes: delta.len() }],
        ..model_of(&result)
    };
    let mut through_a_run = release(4);
    let arm = Arm { name: "all".to_owned(), first: 0, share: 10_000, model: Some(model.sha256) };
    through_a_run.models = vec![model];
    through_a_run.rollout.segments = vec![Segment { name: String::new(), arms: vec![arm] }];
    let whole = Repository::of(6, &through_a_run);
    let mut draw = Draw(88_172_645_463_325_252);
    for turn in 0..FILES {
        let given: (&[u8], Option<Role>) = match turn % 8 {
            0..3 => (&delta, None),
            3 | 4 => (&named, Some(Role::Timestamp)),
            5 | 6 => (&release_file, Some(Role::Release)),
            _ => (&root_file(&root(2)), Some(Role::Root)),
        };
        let changed = draw.mutated(given.0);
        let Some(role) = given.1 else {
            let made = Delta::parse(&changed).and_then(|delta| delta.apply(&base));
            assert!(made.map_or(true, |made| made.len() <= 262_144), "turn {turn}");
            if turn % 400 == 0 {
                let mut repository = whole.clone();
                repository.files.insert(format!("delta/{}", hex(&sum(&delta))), changed);
                let mut session = Session::new(start(before.clone(), &[&base]));
                assert_eq!(repository.serve(&mut session, 9_999).0, Outcome::Unreachable, "turn {turn}");
                assert_eq!(session.end().fetched, None);
            }
            continue;
        };
        let known: &Trust = if role == Role::Release { &ready } else { &before };
        let mut trust = known.clone();
        let result = match role {
            Role::Root => trust.take_root(&changed),
            Role::Timestamp => trust.take_timestamp(&changed, NOW_S),
            Role::Release => trust.take_release(&changed, NOW_S),
        };
        // Another frame may hold the same message rightly signed, as with one signature too many: that says nothing new.
        let is_same = match role {
            Role::Root => trust.root() == &root(2),
            Role::Timestamp => trust.timestamp() == ready.timestamp(),
            Role::Release => false,
        };
        assert!(result.is_err() || is_same, "turn {turn}: a mutated {role} was believed");
        assert!(result.is_ok() || trust == *known, "turn {turn}: a refused {role} left something behind");
    }
}
