//! Dates and times as logs write them, on the proleptic Gregorian calendar.

use foretap_core::Timestamp;

use super::problems::Reason;

/// How a date of three numbers is ordered where its first number is no year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    MonthFirst,
    DayFirst,
}

/// A date and time as it is written, and what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written<'a> {
    /// Milliseconds from 1970-01-01T00:00 of the same clock.
    pub(super) local_ms: i64,
    /// What stands behind the time: a zone, or nothing.
    pub(super) rest: &'a str,
}

/// Reads `2026-01-31 12:34:56`, `2026-01-31T12:34:56.789`, `2026/1/31 12:34`, `1/31/26, 9:05 PM`, `31.01.2026 21:05`
/// and the like. A date with dots has its day first; of one with slashes, `order` decides.
pub(super) fn written(text: &str, order: Order) -> Option<Written<'_>> {
    let (a, text) = number(text.trim())?;
    let separator = text.chars().next().filter(|c| matches!(c, '-' | '/' | '.'))?;
    let (b, text) = number(text.strip_prefix(separator)?)?;
    let (c, text) = number(text.strip_prefix(separator)?)?;
    let (year, month, day) = match order {
        _ if a > 31 => (a, b, c),
        Order::DayFirst => (c, b, a),
        Order::MonthFirst if separator == '.' => (c, b, a),
        Order::MonthFirst => (c, a, b),
    };
    let text = text.trim_start_matches([',', 'T', ' ']);
    let (hour, text) = number(text)?;
    let (minute, text) = number(text.strip_prefix(':')?)?;
    let (second, text) = match text.strip_prefix(':') {
        Some(text) => number(text)?,
        None => (0, text),
    };
    let (ms, text) = fraction(text);
    let (hour, rest) = twelve_hour(hour, text)?;
    let days = days_from_epoch(if year < 100 { 2_000 + year } else { year }, month, day)?;
    let is_time = hour < 24 && minute < 60 && second < 60;
    is_time.then_some(Written { local_ms: (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000 + ms, rest })
}

/// The moment of a local time without a zone.
///
/// # Errors
/// A text that is no such time, or a moment out of range.
pub(super) fn local(text: &str, order: Order, utc_offset_min: i16) -> Result<Timestamp, Reason> {
    let time = written(text, order).filter(|w| w.rest.is_empty()).ok_or("the time is not readable")?;
    moment(time.local_ms, utc_offset_min)
}

/// The moment of an ISO 8601 time with a zone (`Z`, `+02:00`, `+0200`). Times that are given in UTC tell nothing of the
/// local clock, which is then `utc_offset_min` ahead.
///
/// # Errors
/// A text that is no such time, or a moment out of range.
pub(super) fn zoned(text: &str, utc_offset_min: i16) -> Result<Timestamp, Reason> {
    let time = written(text, Order::MonthFirst).ok_or("the time is not readable")?;
    let zone = zone_min(time.rest).ok_or("the time has no readable zone")?;
    let at_ms = time.local_ms - i64::from(zone) * 60_000;
    let offset = if zone == 0 { utc_offset_min } else { zone };
    Timestamp::new(at_ms, offset).map_err(|e| e.to_string().into())
}

fn moment(local_ms: i64, utc_offset_min: i16) -> Result<Timestamp, Reason> {
    let at_ms = local_ms - i64::from(utc_offset_min) * 60_000;
    Timestamp::new(at_ms, utc_offset_min).map_err(|e| e.to_string().into())
}

/// The number that a text begins with, of at most four digits, and the rest.
fn number(text: &str) -> Option<(i64, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let value = text[..end].parse().ok().filter(|_| end <= 4)?;
    Some((value, &text[end..]))
}

/// Milliseconds of a fraction of a second such as `.123456`; further digits are cut off.
fn fraction(text: &str) -> (i64, &str) {
    let Some(digits) = text.strip_prefix('.') else { return (0, text) };
    let end = digits.bytes().take_while(u8::is_ascii_digit).count();
    let ms = digits[..end].bytes().chain(*b"000").take(3).fold(0, |ms, b| ms * 10 + i64::from(b - b'0'));
    (ms, &digits[end..])
}

/// The hour of the day if `AM` or `PM` follows (behind a space of any kind), and what is behind that.
fn twelve_hour(hour: i64, text: &str) -> Option<(i64, &str)> {
    let word = text.trim_start();
    let Some(half) = word.get(..2).map(str::to_ascii_uppercase).filter(|h| h == "AM" || h == "PM") else {
        return Some((hour, text));
    };
    let is_hour = (1..=12).contains(&hour);
    is_hour.then_some((hour % 12 + if half == "PM" { 12 } else { 0 }, &word[2..]))
}

fn zone_min(text: &str) -> Option<i16> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let digits = text.strip_prefix(['+', '-'])?.replace(':', "");
    let is_zone = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
    let (hours, minutes): (i16, i16) =
        if is_zone { (digits[..2].parse().ok()?, digits[2..].parse().ok()?) } else { return None };
    (minutes < 60).then_some((hours * 60 + minutes) * if text.starts_with('-') { -1 } else { 1 })
}

/// Days from 1970-01-01, of a date that exists. Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// `days_from_civil`.
fn days_from_epoch(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // The year begins in March, so that the leap day is its last.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_769_862_896_000; // 2026-01-31T12:34:56Z, from `date -u -d ... +%s`

    #[test]
    fn one_moment_reads_the_same_in_every_spelling() {
        let minute = NOON - 56_000;
        for (text, order, want) in [
            ("2026-01-31 12:34:56", Order::DayFirst, NOON),
            ("2026-01-31T12:34:56.7891", Order::MonthFirst, NOON + 789),
            ("2026/1/31 12:34", Order::DayFirst, minute),
            ("1/31/26, 12:34 PM", Order::MonthFirst, minute),
            ("1/31/2026, 12:34\u{202f}pm", Order::MonthFirst, minute),
            ("31/01/2026 12:34", Order::DayFirst, minute),
            ("31.01.2026, 12:34:56", Order::MonthFirst, NOON),
            ("1/31/26, 12:34 AM", Order::MonthFirst, minute - 12 * 3_600_000),
        ] {
            assert_eq!(written(text, order), Some(Written { local_ms: want, rest: "" }), "{text}");
        }
    }

    #[test]
    fn zones_are_taken_off_and_kept() {
        let read = |text| zoned(text, 60).map(|t| (t.at_ms() - NOON, t.utc_offset_min()));
        assert_eq!(read("2026-01-31T12:34:56+00:00"), Ok((0, 60)));
        assert_eq!(read("2026-01-31T12:34:56.5Z"), Ok((500, 60)));
        assert_eq!(read("2026-01-31T14:34:56+02:00"), Ok((0, 120)));
        assert_eq!(read("2026-01-31T09:04:56-0330"), Ok((0, -210)));
        assert_eq!(local("2026-01-31 14:34:56", Order::MonthFirst, 120).map(|t| t.at_ms()), Ok(NOON));
        for bad in ["2026-01-31T12:34:56", "2026-01-31T12:34:56+2", "2026-01-31T12:34:56+19:00", "now"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for bad in [
            "2026-02-29 10:00",
            "2026-13-01 10:00",
            "2026-00-10 10:00",
            "2026-01-31 24:00",
            "2026-01-31 10:60",
            "2026-01-31",
            "1/31/26, 13:00 PM",
            "99999-01-01 10:00",
            "2026-01/31 10:00",
        ] {
            assert_eq!(written(bad, Order::MonthFirst), None, "{bad}");
        }
        assert!(written("2024-02-29 10:00", Order::MonthFirst).is_some());
        assert!(local("1969-12-31 23:59", Order::MonthFirst, 0).is_err(), "before the epoch");
    }

    #[test]
    fn days_count_up_by_one_over_four_centuries() {
        let mut want = days_from_epoch(1969, 12, 31).expect("exists");
        assert_eq!(want, -1);
        for year in 1970..2370 {
            for (month, day) in (1..=12).flat_map(|m| (1..=31).map(move |d| (m, d))) {
                if let Some(days) = days_from_epoch(year, month, day) {
                    want += 1;
                    assert_eq!(days, want);
                }
            }
        }
    }
}
