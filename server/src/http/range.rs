//! What of a file is wanted: RFC 9110, sections 13 and 14, as far as a download that goes on needs them.

use std::ops::Range;

use axum::http::{HeaderMap, HeaderValue, header};

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it.
    Whole,
    /// One range of bytes.
    Part(Range<u64>),
    /// A range that the file does not have.
    Beyond,
    /// Nothing: it is what the client has.
    Unchanged,
}

/// What a request wants of a file of this size and entity tag.
pub(super) fn wanted(headers: &HeaderMap, size: u64, tag: &str) -> Wanted {
    let matching = |tags: &HeaderValue| {
        let tags = tags.to_str().unwrap_or_default();
        tags.split(',').map(str::trim).any(|other| other == "*" || other.trim_start_matches("W/") == tag)
    };
    if headers.get_all(header::IF_NONE_MATCH).iter().any(matching) {
        return Wanted::Unchanged;
    }
    // A date, or the tag of an older file: then all of the new one.
    if headers.get(header::IF_RANGE).is_some_and(|other| other != tag) {
        return Wanted::Whole;
    }
    let mut ranges = headers.get_all(header::RANGE).iter();
    match (ranges.next().and_then(|range| range.to_str().ok()), ranges.next()) {
        (Some(range), None) => part(range, size),
        _ => Wanted::Whole,
    }
}

/// What cannot be read, and several ranges at once, are not looked at, as the RFC allows.
fn part(range: &str, size: u64) -> Wanted {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Wanted::Whole;
    };
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        is_number.then(|| digits.parse().unwrap_or(u64::MAX))
    };
    let range = match (number(first), number(last)) {
        (Some(first), None) if last.is_empty() => first..size,
        (Some(first), Some(last)) if first <= last => first..size.min(last.saturating_add(1)),
        (None, Some(count)) if first.is_empty() => size.saturating_sub(count)..size,
        _ => return Wanted::Whole,
    };
    if range.is_empty() { Wanted::Beyond } else { Wanted::Part(range) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(header::HeaderName, &'static str)]) -> Wanted {
        let headers = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
        wanted(&headers, 100, "\"a\"")
    }

    #[test]
    fn one_range_is_a_part_and_whatever_is_unclear_the_whole() {
        for (range, expected) in [
            ("bytes=0-", Wanted::Part(0..100)),
            ("bytes=40-", Wanted::Part(40..100)),
            ("bytes=40-49", Wanted::Part(40..50)),
            ("bytes=40-4000", Wanted::Part(40..100)),
            ("bytes=-10", Wanted::Part(90..100)),
            ("bytes=-1000", Wanted::Part(0..100)),
            ("bytes=100-", Wanted::Beyond),
            ("bytes=-0", Wanted::Beyond),
            ("bytes=99999999999999999999999-", Wanted::Beyond),
            ("bytes=50-40", Wanted::Whole),
            ("bytes=0-1,4-5", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=+1-", Wanted::Whole),
            ("lines=1-", Wanted::Whole),
            ("", Wanted::Whole),
        ] {
            assert_eq!(of(&[(header::RANGE, range)]), expected, "{range}");
        }
        assert_eq!(of(&[(header::RANGE, "bytes=1-"), (header::RANGE, "bytes=2-")]), Wanted::Whole);
    }

    #[test]
    fn tags_decide_before_ranges() {
        for tags in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert_eq!(of(&[(header::IF_NONE_MATCH, tags), (header::RANGE, "bytes=1-")]), Wanted::Unchanged, "{tags}");
        }
        assert_eq!(of(&[(header::IF_NONE_MATCH, "\"b\"")]), Wanted::Whole);
        assert_eq!(of(&[(header::IF_RANGE, "\"a\""), (header::RANGE, "bytes=1-")]), Wanted::Part(1..100));
        for other in ["\"b\"", "W/\"a\"", "Mon, 30 Nov 2026 08:00:00 GMT"] {
            assert_eq!(of(&[(header::IF_RANGE, other), (header::RANGE, "bytes=1-")]), Wanted::Whole, "{other}");
        }
    }
}
