//! What is written is read back by Parquet's own reader.

use foretap_core::habits::OpeningToken;
use parquet::column::reader::ColumnReader;
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::*;

const QUERIES: usize = 2_500;
const FEATURES: [&str; 3] = ["age_h", "count", "is_recent"];

/// An opening of this number.
fn token(n: usize) -> OpeningToken {
    let below = |most: usize| u8::try_from(n % most).expect("below 256");
    OpeningToken { rank: below(65), gap: below(16), time: below(24) }
}

/// A query of this number: what it shares, its features, its logarithms, its places in the order of last use, and the
/// answer's place.
fn query(n: usize) -> (QueryRow, Vec<f32>, Vec<f32>, Vec<usize>, Option<usize>) {
    let rows = 1 + n % 32;
    let row = QueryRow {
        person: n / 100,
        fold: n / 100 % 7,
        moment: Moment::ALL[n % 3],
        opening: n as u64 * 2,
        openings: 1 << 40,
        is_training: n.is_multiple_of(5),
        is_scored: n > 2_000,
        mixer_rank: n % 40,
        day: u32::try_from(n / 7).expect("small"),
        past: Past { openings: std::array::from_fn(|at| token(n + at)), gap: token(n).gap, time: token(n).time },
    };
    let features = (0..rows * 3).map(|at| (n * 7 + at) as f32 / 3.0 - 100.0).collect();
    let log_mix = (0..rows).map(|at| -(at as f32) - 1.0 / (n + 1) as f32).collect();
    let recency = (0..rows).map(|at| (at + n) % rows).collect();
    (row, features, log_mix, recency, Some(n % 40).filter(|&place| place < rows))
}

fn written(path: &Path, queries: usize) {
    let metadata = [("foretap.shortlist", "32".to_owned()), ("foretap.feature_schema", "5e".repeat(32))];
    let mut file = FeatureFile::create(path, &FEATURES, &metadata).expect("writable");
    for n in 0..queries {
        let (row, features, log_mix, recency, target) = query(n);
        file.query(&row, &features, &log_mix, &recency, target).expect("good");
    }
    assert_eq!(file.finish().expect("writable"), queries as u64);
}

/// Bytes as one number, which tells different ones apart.
fn number(bytes: &[u8]) -> f64 {
    assert_eq!(bytes.len(), 96);
    bytes.iter().fold(0.0, |sum, &byte| (sum * 31.0 + f64::from(byte)) % 1e12)
}

/// Every row of a file, each value as a float of 64 bits.
fn read(path: &Path) -> Vec<Vec<f64>> {
    let reader = SerializedFileReader::new(File::open(path).expect("written")).expect("Parquet");
    let mut rows = Vec::new();
    for group in (0..reader.num_row_groups()).map(|n| reader.get_row_group(n).expect("a row group")) {
        let count = usize::try_from(group.metadata().num_rows()).expect("positive");
        let from = rows.len();
        rows.resize(from + count, Vec::new());
        for column in 0..group.num_columns() {
            macro_rules! values {
                ($reader:ident, $to_f64:expr) => {{
                    let mut values = Vec::new();
                    $reader.read_records(count, None, None, &mut values).expect("readable");
                    values.into_iter().map($to_f64).collect::<Vec<f64>>()
                }};
            }
            let values = match group.get_column_reader(column).expect("a column") {
                ColumnReader::Int32ColumnReader(mut reader) => values!(reader, f64::from),
                ColumnReader::Int64ColumnReader(mut reader) => values!(reader, |value| value as f64),
                ColumnReader::BoolColumnReader(mut reader) => values!(reader, f64::from),
                ColumnReader::FloatColumnReader(mut reader) => values!(reader, f64::from),
                ColumnReader::FixedLenByteArrayColumnReader(mut reader) => {
                    values!(reader, |value| number(value.data()))
                }
                _ => panic!("a column of another kind"),
            };
            assert_eq!(values.len(), count);
            rows[from..].iter_mut().zip(values).for_each(|(row, value)| row.push(value));
        }
    }
    rows
}

#[test]
fn every_value_is_read_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("features.parquet");
    written(&path, QUERIES);
    let expected = (0..QUERIES).flat_map(|n| {
        let (row, features, log_mix, recency, target) = query(n);
        let values = move |place: usize| {
            let fixed = [
                row.person as f64,
                row.fold as f64,
                (n % 3) as f64,
                n as f64,
                row.opening as f64,
                row.openings as f64,
                f64::from(row.is_training),
                f64::from(row.is_scored),
                place as f64,
                f64::from(target == Some(place)),
                row.mixer_rank as f64,
                f64::from(log_mix[place]),
                f64::from(row.day),
                recency[place] as f64,
                number(&row.past.bytes()),
                f64::from(row.past.gap),
                f64::from(row.past.time),
            ];
            let of_place = features[place * 3..place * 3 + 3].iter().map(|&value| f64::from(value));
            fixed.into_iter().chain(of_place).collect::<Vec<f64>>()
        };
        (0..=n % 32).map(values)
    });
    assert!(read(&path) == expected.collect::<Vec<_>>());
}

#[test]
fn the_file_says_what_it_is() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [path, again] = ["one.parquet", "two.parquet"].map(|name| folder.path().join(name));
    written(&path, QUERIES);
    written(&again, QUERIES);
    assert!(std::fs::read(&path).expect("written") == std::fs::read(&again).expect("written"), "the same bytes");

    let reader = SerializedFileReader::new(File::open(&path).expect("written")).expect("Parquet");
    assert_eq!(reader.num_row_groups(), 3);
    let metadata = reader.metadata().file_metadata();
    let pairs = metadata.key_value_metadata().expect("there");
    for (key, value) in [("foretap.shortlist", "32".to_owned()), ("foretap.feature_schema", "5e".repeat(32))] {
        assert!(pairs.iter().any(|pair| pair.key == key && pair.value.as_ref() == Some(&value)), "{pairs:?}");
    }
    let columns = metadata.schema_descr().columns();
    let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
    assert_eq!(
        names.join(" "),
        "person fold moment query opening openings is_training is_scored place is_target mixer_rank log_mix \
         day recency history gap time age_h count is_recent"
    );
    assert!(columns.iter().all(|column| column.max_def_level() == 0), "nothing is ever missing");
    for column in reader.metadata().row_group(0).columns() {
        assert!(matches!(column.compression(), Compression::ZSTD(_)));
    }
}

#[test]
fn a_file_without_queries_is_a_file_without_rows() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("empty.parquet");
    let mut file = FeatureFile::create(&path, &FEATURES, &[]).expect("writable");
    file.query(&query(0).0, &[], &[], &[], None).expect("left out");
    assert_eq!(file.finish().expect("writable"), 0);
    assert!(read(&path).is_empty());
}

#[test]
fn a_missing_folder_and_a_doubled_column_are_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let missing = folder.path().join("missing/features.parquet");
    let error = FeatureFile::create(&missing, &FEATURES, &[]).expect_err("missing").to_string();
    assert!(error.starts_with(&format!("{}: cannot be written: ", missing.display())), "{error}");
    let path = folder.path().join("features.parquet");
    for bad in [["a", "a"], ["a", "log_mix"], ["a", ""]] {
        let error = FeatureFile::create(&path, &bad, &[]).expect_err("bad");
        assert!(matches!(&error, FeatureFileError::BadColumn { name } if name == bad[1]), "{error}");
    }
    assert!(!path.exists());
}

#[test]
fn a_query_that_does_not_fit_is_refused_and_leaves_no_row() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("features.parquet");
    let mut file = FeatureFile::create(&path, &FEATURES, &[]).expect("writable");
    let (row, good, log_mix, recency, _) = query(1);
    file.query(&row, &good, &log_mix, &recency, None).expect("good");
    let with = |at: usize, value: f32| {
        let mut features = good.clone();
        features[at] = value;
        features
    };
    let far = QueryRow { person: usize::MAX, ..row };
    for (row, features, log_mix, recency, target, says) in [
        (
            row,
            good[1..].to_vec(),
            &log_mix[..],
            &recency[..],
            None,
            "query 1 of the features file: its features are not",
        ),
        (row, good.clone(), &log_mix[1..], &recency, None, "its features are not"),
        (row, good.clone(), &[], &recency, None, "its features are not"),
        (row, good.clone(), &log_mix, &recency, Some(2), "its answer is behind its last row"),
        (row, good.clone(), &log_mix, &recency[1..], None, "it has not one place in the order of last use"),
        (row, with(4, f32::NAN), &log_mix, &recency, None, "a value of count is not finite"),
        (row, good.clone(), &[0.0, f32::NEG_INFINITY], &recency, None, "a value of log_mix is not finite"),
        (far, good.clone(), &log_mix, &recency, None, "does not fit 32 bits"),
    ] {
        let error = file.query(&row, &features, log_mix, recency, target).expect_err("bad").to_string();
        assert!(error.contains(says), "{error}");
    }
    assert_eq!(file.finish().expect("writable"), 1);
    assert_eq!(read(&path).len(), 2);
}
