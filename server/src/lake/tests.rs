use object_store::path::Path;
use parquet::data_type::ByteArray;
use tokio::sync::watch;

use super::column::{Field, Kind, Value};
use super::*;
use crate::object_url::Objects;

/// A table with these pseudonyms, and columns that no table of today has.
pub(crate) fn table(pseudonyms: &[u8]) -> Table {
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

/// Of a server that does not stop.
fn running() -> watch::Receiver<bool> {
    let (stop, stopped) = watch::channel(false);
    std::mem::forget(stop); // without it there would be no server any more
    stopped
}

/// An empty lake in a folder, while its runtime lives.
pub(crate) fn lake() -> (tempfile::TempDir, tokio::runtime::Runtime, Lake) {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().expect("a runtime");
    let objects = Objects::open(folder.path().to_str().expect("UTF-8")).expect("a folder");
    let lake = Lake::open(objects, runtime.handle().clone(), running()).expect("a lake");
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
fn what_a_put_left_behind_goes_at_the_next_start() {
    let (folder, runtime, lake) = lake();
    let part = Path::from("samples/day=2026-11-30/shard=01/a.parquet");
    lake.write(&part, table(&[1]).write().expect("written")).expect("put");
    let staged = folder.path().join("samples/day=2026-11-30/shard=01/a.parquet#1");
    std::fs::write(&staged, b"rows").expect("writable");
    let objects = Objects::open(folder.path().to_str().expect("UTF-8")).expect("a folder");
    let lake = Lake::open(objects, runtime.handle().clone(), running()).expect("a lake");
    lake.probe().expect("writable");
    assert!(!staged.exists());
    assert_eq!(lake.parts().expect("listed"), [part]);
}
