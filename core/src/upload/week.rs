//! Names that last a week: from one secret of the phone, a token for each ISO week; from the token, the pseudonyms under which
//! that week's rows are sent.
//!
//! ```text
//! token     = HMAC-SHA256(secret, "foretap/upload/v1|" week)        stays on the phone until the person takes all back
//! pseudonym = HMAC-SHA256(token,  "foretap/row/v1|" number)[..16]   number 0: reports; 1..=28: a sample each
//! ```
//!
//! Nobody without the token can tell that two pseudonyms belong together, not even within the week; who has the token can name
//! all of them, which is how what was sent is erased.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::error::UploadError;
use crate::config::{SAMPLES_A_DAY, WEEKS_OF_UPLOADS};
use crate::privacy::Hex;
use crate::time::Timestamp;

/// How many samples a week has at most.
const SAMPLES_A_WEEK: u32 = 7 * SAMPLES_A_DAY;

/// The secret of one opt-in: 256 random bits of the host, kept in the encrypted log and replaced whenever something is taken
/// back. Everything random about uploads is drawn from it, so that a life can be replayed.
#[derive(Clone, PartialEq, Eq)]
pub struct UploadSecret([u8; Self::BYTES]);

impl UploadSecret {
    /// Its length.
    pub const BYTES: usize = 32;

    /// Takes random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the log.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// The token of a week.
    #[must_use]
    pub fn token(&self, week: Week) -> ErasureToken {
        ErasureToken(mac(&self.0, &[b"foretap/upload/v1|", &week.number().to_be_bytes()]))
    }

    /// The id of the n-th batch.
    #[must_use]
    pub fn batch_id(&self, n: u64) -> [u8; 16] {
        first_16(&mac(&self.0, &[b"foretap/batch/v1|", &n.to_be_bytes()]))
    }

    /// A number that nobody without the secret can guess, for a purpose.
    #[must_use]
    pub fn draw(&self, purpose: &str, numbers: &[i64]) -> u64 {
        let numbers: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
        let label = [b"foretap/draw/v1|", purpose.as_bytes(), b"|"].concat();
        let [a, b, c, d, e, f, g, h, ..] = mac(&self.0, &[&label, &numbers]);
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

impl fmt::Debug for UploadSecret {
    /// Never shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UploadSecret(..)")
    }
}

/// What names everything that was sent in a week. It is sent only to have all of that erased.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ErasureToken([u8; Self::BYTES]);

impl ErasureToken {
    /// Its length.
    pub const BYTES: usize = 32;

    /// Takes the bytes of one.
    #[must_use]
    pub const fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads the body of a request.
    ///
    /// # Errors
    /// [`UploadError::Field`] for anything but 32 bytes.
    pub fn parse(body: &[u8]) -> Result<Self, UploadError> {
        let bytes = body.try_into().map_err(|_| UploadError::Field { field: "an erasure token", limit: "32 bytes" })?;
        Ok(Self(bytes))
    }

    /// The bytes that are sent.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// Under which the request to erase is known, so that a repeated one is the same.
    #[must_use]
    pub fn request_id(&self) -> [u8; 16] {
        first_16(&mac(&self.0, &[b"foretap/erasure/v1|"]))
    }

    /// The pseudonym of the reports.
    #[must_use]
    pub fn of_reports(&self) -> Pseudonym {
        self.pseudonym(0)
    }

    /// The pseudonym of the n-th sample of the week, from 0.
    #[must_use]
    pub fn of_sample(&self, n: u32) -> Pseudonym {
        self.pseudonym(1 + n)
    }

    /// Every pseudonym that the week can have had.
    #[must_use]
    pub fn pseudonyms(&self) -> Vec<Pseudonym> {
        (0..=SAMPLES_A_WEEK).map(|n| self.pseudonym(n)).collect()
    }

    fn pseudonym(&self, n: u32) -> Pseudonym {
        Pseudonym(first_16(&mac(&self.0, &[b"foretap/row/v1|", &n.to_be_bytes()])))
    }
}

impl fmt::Debug for ErasureToken {
    /// Never shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErasureToken(..)")
    }
}

/// The name under which a row is sent: 128 bits that say nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym([u8; Self::BYTES]);

impl Pseudonym {
    /// Its length.
    pub const BYTES: usize = 16;

    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, UploadError> {
        let bytes = bytes.try_into().map_err(|_| UploadError::Field { field: "a pseudonym", limit: "16 bytes" })?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Pseudonym {
    /// 32 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An ISO 8601 week, Monday to Sunday, by the local clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week(u32);

impl Week {
    /// The week of a local day, in days since 1970-01-01.
    #[must_use]
    pub fn of_day(day: i64) -> Self {
        // The week belongs to the year of its Thursday; 1970-01-01 was one.
        let thursday = day - (day + 3).rem_euclid(7) + 3;
        let (year, day_of_year) = year_of(thursday);
        let number = year * 100 + day_of_year / 7 + 1;
        Self(u32::try_from(number).expect("a year from 1970 to 9999"))
    }

    /// The week of a moment.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        Self::of_day(at.day())
    }

    /// As stored and sent, as 202648.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Takes what was stored or sent.
    ///
    /// # Errors
    /// [`UploadError::Field`] for what is no year and week.
    pub fn parse(number: u32) -> Result<Self, UploadError> {
        let is_week = (1970..=9999).contains(&(number / 100)) && (1..=53).contains(&(number % 100));
        if is_week {
            Ok(Self(number))
        } else {
            Err(UploadError::Field { field: "a week", limit: "a year and 01 to 53" })
        }
    }

    /// The last weeks whose rows can still lie somewhere, up to the one of this day: [`WEEKS_OF_UPLOADS`].
    #[must_use]
    pub fn oldest_kept(day: i64) -> Self {
        Self::of_day((day - 7 * i64::from(WEEKS_OF_UPLOADS - 1)).max(0))
    }
}

impl fmt::Display for Week {
    /// As `2026-W48`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-W{:02}", self.0 / 100, self.0 % 100)
    }
}

/// The Gregorian year of a day since 1970-01-01, and the day in it from 0.
fn year_of(day: i64) -> (i64, i64) {
    let leaps = |year: i64| (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400;
    let first_day = |year: i64| 365 * (year - 1970) + leaps(year) - leaps(1970);
    let mut year = 1970 + day / 366;
    while first_day(year + 1) <= day {
        year += 1;
    }
    (year, day - first_day(year))
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

fn first_16(bytes: &[u8; 32]) -> [u8; 16] {
    std::array::from_fn(|n| bytes[n])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn weeks_are_those_of_iso_8601() {
        // Python: datetime.date(y, m, d).isocalendar(), and the days since 1970-01-01.
        for (day, week) in [
            (0, 197_001),
            (3, 197_001),
            (4, 197_002),
            (14_244, 200_901), // 2008-12-31
            (14_612, 200_953), // 2010-01-03
            (14_613, 201_001),
            (18_627, 202_053), // 2020-12-31
            (18_630, 202_053),
            (18_631, 202_101),
            (20_787, 202_649), // 2026-11-30
            (20_786, 202_648),
            (2_932_896, 999_952), // 9999-12-31
        ] {
            assert_eq!(Week::of_day(day).number(), week, "{day}");
        }
        assert_eq!(Week::of_day(20_786).to_string(), "2026-W48");
        for wrong in [0, 202_600, 202_654, 196_952] {
            assert!(Week::parse(wrong).is_err());
        }
    }

    #[test]
    fn names_are_the_hmac_that_other_implementations_compute() {
        // Python: t = hmac.new(bytes(range(32)), b"foretap/upload/v1|" + (202648).to_bytes(4, "big"), "sha256").digest()
        // hmac.new(t, b"foretap/row/v1|" + (0).to_bytes(4, "big"), "sha256").hexdigest()[:32]
        let secret = UploadSecret::new(std::array::from_fn(|n| u8::try_from(n).expect("below 32")));
        let token = secret.token(Week(202_648));
        assert_eq!(token.of_reports().to_string(), "2d507323a913f935b0b3ead545c7ab3c");
        assert_eq!(token.of_sample(3).to_string(), "f979386af3a86f7edc445b9c07ac1788");
    }

    #[test]
    fn no_two_weeks_rows_and_secrets_share_a_name() {
        let mut names = BTreeSet::new();
        for secret in [UploadSecret::new([1; 32]), UploadSecret::new([2; 32])] {
            for week in [202_647, 202_648] {
                names.extend(secret.token(Week(week)).pseudonyms());
            }
        }
        assert_eq!(names.len(), 4 * 29);
        let secret = UploadSecret::new([1; 32]);
        assert_ne!(secret.draw("a", &[1]), secret.draw("a", &[2]));
        assert_ne!(secret.draw("a", &[1]), secret.draw("b", &[1]));
        assert_ne!(secret.batch_id(0), secret.batch_id(1));
    }

    #[test]
    fn nothing_shows_a_secret() {
        let secret = UploadSecret::new([0xab; 32]);
        let shown = format!("{secret:?} {:?}", secret.token(Week(202_648)));
        assert_eq!(shown, "UploadSecret(..) ErasureToken(..)");
    }
}
