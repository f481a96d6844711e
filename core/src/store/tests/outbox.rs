//! What waits to be sent: bounded in days, bytes and samples.

use super::*;
use crate::store::{SavedBatch, SavedConsent, SavedSample, Sealing};

fn consent() -> SavedConsent {
    SavedConsent { reports: true, samples: true, secret: [7; 32], reported_day: 10, sealed: 0 }
}

fn batch(n: u8, sealed_day: i64) -> SavedBatch {
    SavedBatch { id: [n; 16], sealed_day, bytes: vec![n; 1_000] }
}

fn sealed(store: &mut Store, batches: &[SavedBatch], oldest_batch: i64, most_bytes: u64) -> Vec<u8> {
    let sealing = Sealing {
        consent: &consent(),
        batches,
        weeks: &[],
        until_day: 9,
        from_day: 12,
        oldest_batch,
        most_bytes,
        oldest_week_day: 0,
    };
    store.save_sealing(&sealing).expect("stored");
    store.outbox().expect("reads").iter().map(|batch| batch.id[0]).collect()
}

#[test]
fn the_newest_batches_stay_within_the_bytes_and_the_days() {
    let mut store = Store::in_memory(&StoreOptions::default()).expect("memory");
    let all = [batch(1, 1), batch(2, 2), batch(3, 3), batch(4, 4)];
    assert_eq!(sealed(&mut store, &all, 0, 4_000), [1, 2, 3, 4], "as many bytes as may wait");
    assert_eq!(sealed(&mut store, &[], 0, 3_999), [2, 3, 4], "one more than may");
    assert_eq!(sealed(&mut store, &[batch(5, 5)], 0, 2_500), [4, 5]);
    assert_eq!(sealed(&mut store, &[], 4, 2_500), [4, 5], "as old as may wait");
    assert_eq!(sealed(&mut store, &[], 5, 2_500), [5], "a day older");
    assert!(sealed(&mut store, &[], 5, 999).is_empty());
}

#[test]
fn of_a_day_the_smallest_draws_stay() {
    let mut store = Store::in_memory(&StoreOptions::default()).expect("memory");
    for draw in [9, u64::MAX, 3, 1 << 63, 7, (1 << 63) - 1] {
        let sample = SavedSample { day: 10, bytes: draw.to_be_bytes().to_vec() };
        store.keep_sample(&sample, draw, 4).expect("stored");
    }
    let kept: Vec<u64> = store.samples(10, 10).expect("reads").iter().map(draw_of).collect();
    assert_eq!(kept, [3, 7, 9, (1 << 63) - 1], "as unsigned numbers");
    assert!(store.samples(11, 20).expect("reads").is_empty());
    // What a clock that was ahead left, and what is sealed, goes.
    let ahead = SavedSample { day: 12, bytes: vec![1] };
    store.keep_sample(&ahead, 1, 4).expect("stored");
    sealed(&mut store, &[], 0, 1_000);
    assert_eq!(store.samples(0, 100).expect("reads").len(), 4);
}

fn draw_of(sample: &SavedSample) -> u64 {
    u64::from_be_bytes(sample.bytes.clone().try_into().expect("eight bytes"))
}
