use std::collections::HashSet;

use object_store::path::Path;
use parquet::data_type::ByteArray;

use super::column::{Field, Kind, Value};
use super::*;
use crate::day::Day;
use crate::erasure::erase_from_lake;
use crate::metrics::Metrics;
use crate::object_url::Objects;
use crate::retention;
use crate::row_digest::RowDigest;

fn table(pseudonyms: &[u8]) -> Table {
    let field = |name: &str, kind, is_optional| Field { name: name.to_owned(), kind, is_optional };
    let mut table = Table::new(vec![
        field("pseudonym", Kind::Bytes, false),
        field("a_column_of_long_ago", Kind::Number, true),
        field("model", Kind::Bytes, true),
    ]);
    for &n in pseudonyms {
        let bytes = |n: u8| Value::Bytes(ByteArray::from(vec![n; 16]));
        let number = if n % 2 == 0 { Value::Number(n.into()) } else { Value::Missing(Kind::Number) };
        table.push([bytes(n), number, if n % 3 == 0 { bytes(n) } else { Value::Missing(Kind::Bytes) }]);
    }
    table
}

fn lake() -> (tempfile::TempDir, tokio::runtime::Runtime, Lake) {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().expect("a runtime");
    let objects = Objects::open(folder.path().to_str().expect("UTF-8")).expect("a folder");
    let lake = Lake::open(objects, runtime.handle().clone()).expect("a lake");
    (folder, runtime, lake)
}

#[test]
fn a_table_comes_back_and_the_same_rows_are_the_same_bytes() {
    let (mut a, mut b) = (table(&[5, 1, 4, 3, 2]), table(&[3, 4, 5, 2, 1]));
    a.sort();
    b.sort();
    assert_eq!(a, table(&[1, 2, 3, 4, 5]));
    let bytes = a.write().expect("written");
    assert_eq!(b.write().expect("written"), bytes);
    assert_eq!(Table::read(bytes.into()).expect("read"), a);
}

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

#[test]
fn what_a_put_left_behind_goes_at_the_next_start() {
    let (folder, runtime, lake) = lake();
    let part = Path::from("samples/day=2026-11-30/shard=01/a.parquet");
    lake.write(&part, table(&[1]).write().expect("written")).expect("put");
    let staged = folder.path().join("samples/day=2026-11-30/shard=01/a.parquet#1");
    std::fs::write(&staged, b"rows").expect("writable");
    let objects = Objects::open(folder.path().to_str().expect("UTF-8")).expect("a folder");
    let lake = Lake::open(objects, runtime.handle().clone()).expect("a lake");
    lake.probe().expect("writable");
    assert!(!staged.exists());
    assert_eq!(lake.parts().expect("listed"), [part]);
}
