//! What lies in a folder.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use foretap_core::upload::Batch;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Row, RowAccessor};

use super::process::data;

/// Every file below a folder, with what is in it. One that goes away meanwhile is none.
pub(crate) fn all(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(all(&path));
        } else if let Ok(bytes) = fs::read(&path) {
            files.push((path, bytes));
        }
    }
    files
}

/// The files below a folder in which bytes occur, or in whose path.
pub(crate) fn with(folder: &Path, needle: &[u8]) -> Vec<PathBuf> {
    let has = |bytes: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    let is_with = |(path, bytes): &(PathBuf, Vec<u8>)| has(bytes) || has(path.as_os_str().as_encoded_bytes());
    all(folder).into_iter().filter(is_with).map(|(path, _)| path).collect()
}

/// The batches that the journal's files have, wherever in them.
pub(crate) fn journalled(folder: &Path) -> Vec<Batch> {
    const MAGIC: &[u8] = b"FORETAPUP";
    let mut batches = Vec::new();
    for (_, bytes) in all(&data(folder).join("journal")) {
        let starts = bytes.windows(MAGIC.len()).enumerate().filter(|(_, window)| *window == MAGIC).map(|(at, _)| at);
        // Its length is in the record around it.
        for at in starts {
            let length = at.checked_sub(16 + 32 + 4 + 32 + 4).and_then(|at| bytes.get(at..at + 4)?.try_into().ok());
            let length = (length.map_or(0, u32::from_le_bytes) as usize).saturating_sub(16 + 32 + 4);
            batches.extend(bytes.get(at..at + length).and_then(|body| Batch::open(body).ok()));
        }
    }
    batches
}

/// A part of the lake.
pub(crate) struct Part {
    /// Below the lake.
    pub(crate) path: String,
    pub(crate) rows: Vec<Row>,
    pub(crate) columns: Vec<String>,
}

/// Every part of a table.
pub(crate) fn parts(folder: &Path, table: &str) -> Vec<Part> {
    let lake = data(folder).join("lake");
    let mut parts: Vec<Part> = all(&lake.join(table))
        .into_iter()
        // What is being written beside a part is none yet.
        .filter(|(path, _)| path.extension().is_some_and(|end| end == "parquet"))
        .map(|(path, bytes)| {
            let reader = SerializedFileReader::new(Bytes::from(bytes)).expect("Parquet");
            let schema = reader.metadata().file_metadata().schema_descr().root_schema();
            let columns = schema.get_fields().iter().map(|field| field.name().to_owned()).collect();
            let rows = reader.get_row_iter(None).expect("rows").map(|row| row.expect("a row")).collect();
            let path = path.strip_prefix(&lake).expect("below it").to_string_lossy().into_owned();
            Part { path, rows, columns }
        })
        .collect();
    parts.sort_by(|a, b| a.path.cmp(&b.path));
    parts
}

/// The pseudonyms of all the rows of a table, in order.
pub(crate) fn pseudonyms(folder: &Path, table: &str) -> Vec<Vec<u8>> {
    let rows = parts(folder, table).into_iter().flat_map(|part| part.rows);
    let mut all: Vec<Vec<u8>> = rows.map(|row| row.get_bytes(0).expect("bytes").data().to_vec()).collect();
    all.sort();
    all
}
