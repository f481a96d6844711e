//! Days as people write them.

/// A day, counted from 1970-01-01, as `2026-01-05`: days to civil, Howard Hinnant's algorithm ("chrono-Compatible
/// Low-Level Date Algorithms").
///
/// ```
/// assert_eq!(foretap_cli::date::of_day(20_458), "2026-01-05");
/// ```
#[must_use]
pub fn of_day(day: i64) -> String {
    let days = day + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, year) = (if month < 10 { month + 3 } else { month - 9 }, year_of_era + 400 * era);
    let year = if month <= 2 { year + 1 } else { year };
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::of_day;

    #[test]
    fn leap_years_count() {
        let days = [-1, 0, 11_016, 11_017, 19_781, 19_782, 19_783].map(of_day);
        let dates = ["1969-12-31", "1970-01-01", "2000-02-29", "2000-03-01", "2024-02-28", "2024-02-29", "2024-03-01"];
        assert_eq!(days, dates);
    }
}
