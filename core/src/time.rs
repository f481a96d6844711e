//! Moments in time as the host tells them: UTC milliseconds and the local offset. The core has no clock.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Milliseconds in a second.
pub const SECOND_MS: i64 = 1_000;
/// Milliseconds in an hour.
pub const HOUR_MS: i64 = 3_600 * SECOND_MS;
/// Milliseconds in a day.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// A moment: UTC epoch milliseconds, and the offset of the local wall clock from UTC in minutes.
///
/// Ordering looks at the UTC instant first, so two moments of different zones compare correctly.
///
/// ```
/// use foretap_core::Timestamp;
/// let t = Timestamp::new(1_700_000_000_000, 60)?; // 2023-11-14 22:13:20 UTC, one hour ahead of UTC
/// assert_eq!((t.hour(), t.weekday().is_weekend()), (23, false));
/// # Ok::<(), foretap_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Timestamp {
    at_ms: i64,
    utc_offset_min: i16,
}

/// What a checkpoint says, which can have come with an export from elsewhere.
#[derive(Deserialize)]
struct Unchecked {
    at_ms: i64,
    utc_offset_min: i16,
}

impl TryFrom<Unchecked> for Timestamp {
    type Error = Error;

    fn try_from(told: Unchecked) -> Result<Self> {
        Self::new(told.at_ms, told.utc_offset_min)
    }
}

impl Timestamp {
    /// The latest moment that is accepted: 9999-12-31T23:59:59.999Z.
    pub const MAX_MS: i64 = 253_402_300_799_999;
    /// The largest distance of a local clock from UTC, either way, in minutes (18 h, as in ISO 8601 profiles).
    pub const MAX_OFFSET_MIN: i16 = 18 * 60;

    /// Makes a moment of UTC epoch milliseconds and the local clock's offset in minutes.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if `at_ms` is before 1970 or after [`Self::MAX_MS`], or the offset is beyond
    /// [`Self::MAX_OFFSET_MIN`].
    pub fn new(at_ms: i64, utc_offset_min: i16) -> Result<Self> {
        if !(0..=Self::MAX_MS).contains(&at_ms) {
            return Err(Error::OutOfRange { what: "at_ms", limit: "0..=253402300799999" });
        }
        if utc_offset_min.unsigned_abs() > Self::MAX_OFFSET_MIN.unsigned_abs() {
            return Err(Error::OutOfRange { what: "utc_offset_min", limit: "-1080..=1080" });
        }
        Ok(Self { at_ms, utc_offset_min })
    }

    /// UTC epoch milliseconds.
    #[must_use]
    pub const fn at_ms(self) -> i64 {
        self.at_ms
    }

    /// The local clock's offset from UTC in minutes.
    #[must_use]
    pub const fn utc_offset_min(self) -> i16 {
        self.utc_offset_min
    }

    /// Seconds since `earlier`, never negative: a clock that was set back gives 0.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> f64 {
        (self.at_ms - earlier.at_ms).max(0) as f64 / 1_000.0
    }

    /// The same local clock, `ms` later (or earlier, if negative), kept within the accepted range.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self { at_ms: self.at_ms.saturating_add(ms).clamp(0, Self::MAX_MS), ..self }
    }

    /// Hour of the local day, 0..=23.
    #[must_use]
    pub fn hour(self) -> usize {
        usize::try_from(self.local_ms().div_euclid(HOUR_MS).rem_euclid(24)).expect("0..24 fits")
    }

    /// Millisecond of the local day, 0..86,400,000.
    #[must_use]
    pub fn ms_of_day(self) -> i64 {
        self.local_ms().rem_euclid(DAY_MS)
    }

    /// Local days since 1970-01-01.
    #[must_use]
    pub fn day(self) -> i64 {
        self.local_ms().div_euclid(DAY_MS)
    }

    /// The local day of the week.
    #[must_use]
    pub fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        const FROM_EPOCH: [Weekday; 7] = [
            Weekday::Thursday,
            Weekday::Friday,
            Weekday::Saturday,
            Weekday::Sunday,
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
        ];
        FROM_EPOCH[usize::try_from(self.day().rem_euclid(7)).expect("0..7 fits")]
    }

    fn local_ms(self) -> i64 {
        self.at_ms + i64::from(self.utc_offset_min) * 60_000
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// Saturday or Sunday.
    #[must_use]
    pub const fn is_weekend(self) -> bool {
        matches!(self, Self::Saturday | Self::Sunday)
    }

    /// The English name, as `Monday`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Monday => "Monday",
            Self::Tuesday => "Tuesday",
            Self::Wednesday => "Wednesday",
            Self::Thursday => "Thursday",
            Self::Friday => "Friday",
            Self::Saturday => "Saturday",
            Self::Sunday => "Sunday",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_dates_give_known_weekdays_and_hours() {
        // 2000-01-01 00:00 UTC was a Saturday; 90 minutes east it is 01:30 of the same day.
        let t = Timestamp::new(946_684_800_000, 90).expect("valid");
        assert_eq!((t.weekday(), t.hour(), t.ms_of_day()), (Weekday::Saturday, 1, 90 * 60_000));
        // Half an hour west it is still Friday, 1999-12-31, 23:30.
        let t = Timestamp::new(946_684_800_000, -30).expect("valid");
        assert_eq!((t.weekday(), t.hour()), (Weekday::Friday, 23));
    }

    #[test]
    fn limits_are_accepted_and_one_beyond_is_refused() {
        for ok in [(0, 0), (Timestamp::MAX_MS, 1080), (5, -1080)] {
            assert!(Timestamp::new(ok.0, ok.1).is_ok(), "{ok:?}");
        }
        for bad in [(-1, 0), (Timestamp::MAX_MS + 1, 0), (0, 1081), (0, -1081), (0, i16::MIN)] {
            assert!(matches!(Timestamp::new(bad.0, bad.1), Err(Error::OutOfRange { .. })), "{bad:?}");
        }
    }

    #[test]
    fn ages_are_never_negative() {
        let (a, b) = (Timestamp::new(5_000, 0).expect("valid"), Timestamp::new(9_000, 0).expect("valid"));
        assert_eq!((b.seconds_since(a), a.seconds_since(b)), (4.0, 0.0));
    }
}
