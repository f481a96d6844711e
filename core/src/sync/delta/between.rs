//! Makes deltas: what a publisher does.

use std::collections::BTreeMap;
use std::io::Write;
use std::ops::Range;

use super::{Delta, FORMAT, MAGIC, NOWHERE, Segment};
use crate::config::{DELTA_WINDOW_LOG, MAX_BUNDLE_BYTES, MAX_DELTA_SEGMENTS};
use crate::sync::DeltaError;

/// zstd's level: a release is packed once and fetched by all.
const LEVEL: i32 = 22;
/// Where a bundle's payload begins, after name, format and sum.
const PAYLOAD: usize = 40;
/// Messages in messages that are looked into: a bundle has three.
const DEPTH: usize = 4;
/// Shorter fields are not worth a segment, which costs 8 bytes.
const LEAST: usize = 64;

impl Delta<'_> {
    /// The shortest delta that leads from one file to another: of the differences byte by byte, where the files are as
    /// long, of the differences part by part, and of none.
    ///
    /// # Errors
    /// [`DeltaError::TooLarge`] for files that are no bundles; [`DeltaError::Contents`] if zstd fails.
    pub fn between(base: &[u8], result: &[u8]) -> Result<Vec<u8>, DeltaError> {
        if base.len() > MAX_BUNDLE_BYTES || result.len() > MAX_BUNDLE_BYTES {
            return Err(DeltaError::TooLarge);
        }
        let whole = |base| vec![Segment { base, length: result.len() }];
        let mut ways = vec![whole(None), by_parts(base, result)];
        if base.len() == result.len() {
            ways.push(whole(Some(0)));
        }
        let made = ways.iter().map(|segments| write(base, result, segments)).collect::<Result<Vec<_>, _>>()?;
        made.into_iter().min_by_key(Vec::len).ok_or(DeltaError::Contents)
    }
}

fn write(base: &[u8], result: &[u8], segments: &[Segment]) -> Result<Vec<u8>, DeltaError> {
    let number = |value: usize| u32::try_from(value).map(u32::to_le_bytes).map_err(|_| DeltaError::TooLarge);
    let mut file = MAGIC.to_vec();
    file.push(FORMAT);
    file.extend(number(result.len())?);
    file.extend(number(segments.len())?);
    let mut differences = result.to_vec();
    let mut at = 0;
    for segment in segments {
        file.extend(segment.base.map_or(Ok(NOWHERE.to_le_bytes()), number)?);
        file.extend(number(segment.length)?);
        if let Some(from) = segment.base {
            for (byte, old) in differences[at..at + segment.length].iter_mut().zip(&base[from..]) {
                *byte = byte.wrapping_sub(*old);
            }
        }
        at += segment.length;
    }
    let contents = |_| DeltaError::Contents;
    let mut encoder = zstd::stream::write::Encoder::with_ref_prefix(file, LEVEL, base).map_err(contents)?;
    encoder.window_log(DELTA_WINDOW_LOG).map_err(contents)?;
    encoder.include_contentsize(false).map_err(contents)?;
    encoder.write_all(&differences).map_err(contents)?;
    encoder.finish().map_err(contents)
}

/// Parts of the result that have a part of the same name and length in the base, and what lies between them.
fn by_parts(base: &[u8], result: &[u8]) -> Vec<Segment> {
    let old: BTreeMap<Name, Range<usize>> = parts(base).into_iter().collect();
    let mut segments = Vec::new();
    let mut at = 0;
    let is_room = |segments: &Vec<Segment>| segments.len() + 3 <= MAX_DELTA_SEGMENTS;
    for (name, range) in parts(result) {
        let Some(from) = old.get(&name).filter(|from| from.len() == range.len() && is_room(&segments)) else {
            continue;
        };
        if range.start > at {
            segments.push(Segment { base: None, length: range.start - at });
        }
        segments.push(Segment { base: Some(from.start), length: range.len() });
        at = range.end;
    }
    if result.len() > at {
        segments.push(Segment { base: None, length: result.len() - at });
    }
    segments
}

/// The numbers of the fields on the way to a part, each with which one of its kind it is.
type Name = Vec<(u64, usize)>;

/// The strings of bytes in a bundle's payload, in order, without those too short to matter. A message in a message and a
/// string look alike: what reads as a message to its end is looked into.
fn parts(file: &[u8]) -> Vec<(Name, Range<usize>)> {
    let mut found = Vec::new();
    if file.len() > PAYLOAD {
        fields(file, PAYLOAD..file.len(), &mut Vec::new(), &mut found);
    }
    found
}

/// Adds the parts of a message; `false`, and nothing added, where it is none.
fn fields(file: &[u8], message: Range<usize>, path: &mut Name, found: &mut Vec<(Name, Range<usize>)>) -> bool {
    let before = found.len();
    let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
    let mut at = message.start;
    while at < message.end {
        let Some((number, contents, next)) = field(file, at, message.end) else {
            found.truncate(before);
            return false;
        };
        at = next;
        let Some(contents) = contents.filter(|contents| contents.len() >= LEAST) else { continue };
        let nth = seen.entry(number).or_insert(0);
        path.push((number, *nth));
        *nth += 1;
        if path.len() >= DEPTH || !fields(file, contents.clone(), path, found) {
            found.push((path.clone(), contents));
        }
        path.pop();
    }
    true
}

/// The number of the field at `at`, what it holds where that is a string of bytes, and where the next one begins.
fn field(file: &[u8], at: usize, end: usize) -> Option<(u64, Option<Range<usize>>, usize)> {
    let (tag, at) = varint(file, at, end)?;
    let (number, after) = (tag >> 3, |bytes: usize| at.checked_add(bytes).filter(|next| *next <= end));
    if number == 0 {
        return None;
    }
    match tag & 7 {
        0 => Some((number, None, varint(file, at, end)?.1)),
        1 => Some((number, None, after(8)?)),
        5 => Some((number, None, after(4)?)),
        2 => {
            let (length, at) = varint(file, at, end)?;
            let next = at.checked_add(usize::try_from(length).ok()?).filter(|next| *next <= end)?;
            Some((number, Some(at..next), next))
        }
        _ => None,
    }
}

fn varint(file: &[u8], at: usize, end: usize) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (place, byte) in file.get(at..end)?.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f).checked_shl(7 * u32::try_from(place).ok()?)?;
        if byte & 0x80 == 0 {
            return Some((value, at + place + 1));
        }
    }
    None
}
