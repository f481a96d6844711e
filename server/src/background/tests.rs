use std::collections::HashSet;

use object_store::path::Path;

use super::*;
use crate::lake::Table;
use crate::lake::tests::{lake, table};

#[test]
fn rows_are_taken_out_of_parts_whatever_their_columns() {
    let (_folder, _runtime, lake) = lake();
    let part = |n: u8| Path::from(format!("samples/day=2026-11-30/shard=0{n}/a.parquet"));
    lake.write(&part(1), table(&[1, 2, 3]).write().expect("written")).expect("put");
    lake.write(&part(2), table(&[4, 5]).write().expect("written")).expect("put");
    lake.write(&part(3), table(&[6]).write().expect("written")).expect("put");
    let erased: HashSet<RowDigest> = [2_u8, 6].map(|n| RowDigest::of(&[n; 16])).into();
    for _ in 0..2 {
        erase_from_lake(&lake, &erased, &Metrics::new()).expect("erased");
        let read = |n| Table::read(lake.read(&part(n)).expect("there")).expect("read");
        assert_eq!((read(1), read(2)), (table(&[1, 3]), table(&[4, 5])));
        assert_eq!(lake.parts().expect("listed").len(), 2, "a part without rows goes");
    }
}

#[test]
fn days_go_after_ninety() {
    let (_folder, _runtime, lake) = lake();
    let part = |day: Day| Path::from(format!("reports/day={day}/shard=00/a.parquet"));
    let today = Day(20_787);
    for age in [0, 1, 89, 90, 91, 400] {
        lake.write(&part(today.before(age)), table(&[1]).write().expect("written")).expect("put");
    }
    retention::of_lake(&lake, today, &Metrics::new()).expect("removed");
    let kept: Vec<_> = lake.parts().expect("listed").iter().filter_map(Lake::day_of).collect();
    assert_eq!(kept.len(), 4);
    assert!(kept.iter().all(|day| *day >= today.before(90)));
}
