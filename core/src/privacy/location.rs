//! Location buckets: a cell of about equal width and height, then a keyed hash of the cell.

use super::PseudonymKey;
use crate::error::{Error, Result};
use crate::event::Token;

/// How large the cells are in which locations become equal. Sizes are for a sphere of 40,030 km circumference.
///
/// The grid, so that it can be computed elsewhere: a degree of latitude holds `r` rows, 10 for [`Self::City`], 100 for
/// [`Self::District`] and 1,000 for [`Self::Block`]. Row 0 begins at the south pole; the row of a latitude is
/// `floor((latitude + 90) * r)`, and the north pole belongs to the last row. A row whose middle lies at latitude `m` is
/// cut into `round(360 * r * cos(m))` columns of equal width from the antimeridian eastwards, which makes a cell about as
/// wide as it is high (within 10 % up to 85 degrees); the two rows that touch a pole are one column each. The column of a
/// longitude is `floor((longitude + 180) / 360 * columns)`, and +180 is the same meridian as -180.
///
/// Borders are sharp: two points a metre apart on both sides of one have unrelated tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Granularity {
    /// About 11 km by 11 km, 4.1 million cells: the one to store, and the default choice.
    City,
    /// About 1.1 km by 1.1 km, 413 million cells.
    District,
    /// About 110 m by 110 m, 41 billion cells: a house. For habits on the device only.
    Block,
}

impl Granularity {
    /// Every granularity, from the coarsest.
    pub const ALL: [Self; 3] = [Self::City, Self::District, Self::Block];

    /// The word that tokens begin with: `city`, `district`, `block`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::District => "district",
            Self::Block => "block",
        }
    }

    const fn rows_per_degree(self) -> u32 {
        match self {
            Self::City => 10,
            Self::District => 100,
            Self::Block => 1_000,
        }
    }

    const fn rows(self) -> u32 {
        180 * self.rows_per_degree()
    }
}

/// The token of the cell that a location in degrees (WGS 84) lies in: `city_<n>` (or `district_<n>`, `block_<n>`), where
/// `n` is a number below 2^48. Equal cells give equal tokens under one key; without the key the token says nothing.
///
/// `n` is the first 48 bits, big-endian, of HMAC-SHA256 over `foretap/location/v1|`, the granularity's name, `|`, and
/// the cell's row and column (32 bits each, big-endian) in the grid of [`Granularity`].
///
/// # Errors
/// [`Error::OutOfRange`] if the latitude is not within -90..=90 or the longitude not within -180..=180; a NaN is not.
///
/// # Examples
/// ```
/// use foretap_core::{Granularity, PseudonymKey, hash_location};
/// let key = PseudonymKey::new([7; 32]);
/// let office = hash_location(&key, 51.5033, -0.1196, Granularity::City)?;
/// let canteen = hash_location(&key, 51.5036, -0.1189, Granularity::City)?;
/// assert_eq!(office, canteen);
/// assert!(office.as_str().starts_with("city_"));
/// assert!(hash_location(&key, f64::NAN, 0.0, Granularity::City).is_err());
/// # Ok::<(), foretap_core::Error>(())
/// ```
pub fn hash_location(key: &PseudonymKey, latitude: f64, longitude: f64, granularity: Granularity) -> Result<Token> {
    let cell = Cell::of(latitude, longitude, granularity)?;
    let mac = key.mac(&[
        b"foretap/location/v1|",
        granularity.name().as_bytes(),
        b"|",
        &cell.row.to_be_bytes(),
        &cell.column.to_be_bytes(),
    ]);
    let number = mac[..6].iter().fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    Ok(Token::new(&format!("{}_{number}", granularity.name())).expect("a word and up to 15 digits are a token"))
}

/// One cell of a granularity's grid.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
struct Cell {
    /// From the south pole, 0.
    row: u32,
    /// From the antimeridian eastwards, 0.
    column: u32,
}

impl Cell {
    fn of(latitude: f64, longitude: f64, granularity: Granularity) -> Result<Self> {
        // `contains` is false for a NaN.
        if !(-90.0..=90.0).contains(&latitude) {
            return Err(Error::OutOfRange { what: "latitude", limit: "-90..=90" });
        }
        if !(-180.0..=180.0).contains(&longitude) {
            return Err(Error::OutOfRange { what: "longitude", limit: "-180..=180" });
        }
        let row = floor((latitude + 90.0) * f64::from(granularity.rows_per_degree())).min(granularity.rows() - 1);
        let columns = columns(row, granularity);
        let column = floor((longitude + 180.0) / 360.0 * f64::from(columns));
        Ok(Self { row, column: if column == columns { 0 } else { column } })
    }
}

/// How many columns a row has.
fn columns(row: u32, granularity: Granularity) -> u32 {
    if row == 0 || row == granularity.rows() - 1 {
        return 1;
    }
    floor(columns_before_rounding(row, granularity) + 0.5)
}

fn columns_before_rounding(row: u32, granularity: Granularity) -> f64 {
    let rows_per_degree = f64::from(granularity.rows_per_degree());
    let middle = (f64::from(row) + 0.5) / rows_per_degree - 90.0;
    360.0 * rows_per_degree * middle.to_radians().cos()
}

/// The integer part of a number that is not negative and below 360,001.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=360000 fits")]
fn floor(number: f64) -> u32 {
    number as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the mean sphere (radius 6,371.0088 km).
    const KM_PER_DEGREE: f64 = 111.195;

    fn key() -> PseudonymKey {
        PseudonymKey::new([3; 32])
    }

    fn token(latitude: f64, longitude: f64, granularity: Granularity) -> String {
        hash_location(&key(), latitude, longitude, granularity).expect("in range").to_string()
    }

    /// The middle of the cell that holds a location, and the cell's height and width, in degrees.
    fn middle_and_size(latitude: f64, longitude: f64, granularity: Granularity) -> ((f64, f64), (f64, f64)) {
        let cell = Cell::of(latitude, longitude, granularity).expect("in range");
        let height = 1.0 / f64::from(granularity.rows_per_degree());
        let width = 360.0 / f64::from(columns(cell.row, granularity));
        let middle = ((f64::from(cell.row) + 0.5) * height - 90.0, (f64::from(cell.column) + 0.5) * width - 180.0);
        (middle, (height, width))
    }

    const PLACES: [(f64, f64); 6] =
        [(52.5, 13.4), (-33.9, 151.2), (0.0, 0.0), (64.1, -21.9), (-54.8, -68.3), (37.8, -122.4)];

    #[test]
    fn points_metres_apart_in_a_cell_share_the_token() {
        for granularity in Granularity::ALL {
            for (latitude, longitude) in PLACES {
                let ((latitude, longitude), _) = middle_and_size(latitude, longitude, granularity);
                // 0.00004 degrees are 4.4 m.
                assert_eq!(
                    token(latitude, longitude, granularity),
                    token(latitude + 0.000_04, longitude - 0.000_04, granularity)
                );
            }
        }
    }

    #[test]
    fn neighbours_have_other_tokens() {
        for granularity in Granularity::ALL {
            for (latitude, longitude) in PLACES {
                let ((latitude, longitude), (height, width)) = middle_and_size(latitude, longitude, granularity);
                let here = token(latitude, longitude, granularity);
                assert_ne!(here, token(latitude + height, longitude, granularity));
                assert_ne!(here, token(latitude, longitude + width, granularity));
            }
        }
    }

    #[test]
    fn the_key_changes_every_token() {
        for granularity in Granularity::ALL {
            let other = hash_location(&PseudonymKey::new([4; 32]), 52.5, 13.4, granularity).expect("in range");
            assert_ne!(token(52.5, 13.4, granularity), other.to_string());
        }
    }

    #[test]
    fn a_pole_is_one_place_at_every_longitude() {
        for granularity in Granularity::ALL {
            for pole in [90.0, -90.0] {
                let tokens = [-180.0, -90.0, 0.0, 13.4, 180.0].map(|longitude| token(pole, longitude, granularity));
                assert!(tokens.iter().all(|token| *token == tokens[0]), "{granularity:?}");
            }
            assert_ne!(token(90.0, 0.0, granularity), token(-90.0, 0.0, granularity));
        }
    }

    #[test]
    fn both_sides_of_the_antimeridian_are_one_meridian_and_two_cells() {
        for granularity in Granularity::ALL {
            for latitude in [-89.0, -17.8, 0.0, 66.0, 89.0] {
                assert_eq!(token(latitude, 180.0, granularity), token(latitude, -180.0, granularity));
                assert_ne!(token(latitude, 179.9999, granularity), token(latitude, -179.9999, granularity));
            }
        }
    }

    #[test]
    fn limits_are_accepted_and_anything_beyond_is_refused() {
        let beyond = |limit: f64| [limit.next_up(), -limit.next_up(), f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        for granularity in Granularity::ALL {
            for (latitude, longitude) in [(90.0, 180.0), (-90.0, -180.0), (90.0, -180.0), (-90.0, 180.0), (-0.0, -0.0)]
            {
                assert!(hash_location(&key(), latitude, longitude, granularity).is_ok());
            }
            for bad in beyond(90.0) {
                let error = hash_location(&key(), bad, 0.0, granularity).expect_err("refused");
                assert!(matches!(error, Error::OutOfRange { what: "latitude", .. }));
            }
            for bad in beyond(180.0) {
                let error = hash_location(&key(), 0.0, bad, granularity).expect_err("refused");
                assert!(matches!(error, Error::OutOfRange { what: "longitude", .. }));
            }
        }
    }

    #[test]
    fn cells_are_as_wide_and_high_as_stated_up_to_85_degrees() {
        for (granularity, stated_km) in
            [(Granularity::City, 11.0), (Granularity::District, 1.1), (Granularity::Block, 0.11)]
        {
            for tenth in -850..=850 {
                let latitude = f64::from(tenth) / 10.0;
                let (_, (height, width)) = middle_and_size(latitude, 0.0, granularity);
                let width_km = width * KM_PER_DEGREE * latitude.to_radians().cos();
                assert!((width_km / stated_km - 1.0).abs() < 0.1, "{granularity:?} at {latitude}: {width_km} km");
                assert!((height * KM_PER_DEGREE / stated_km - 1.0).abs() < 0.1);
            }
        }
    }

    #[test]
    fn the_grid_has_as_many_cells_as_stated() {
        for (granularity, cells) in
            [(Granularity::City, 4.1e6), (Granularity::District, 413e6), (Granularity::Block, 41e9)]
        {
            let counted: f64 = (0..granularity.rows()).map(|row| f64::from(columns(row, granularity))).sum();
            assert!((counted / cells - 1.0).abs() < 0.01, "{granularity:?}: {counted}");
        }
    }

    #[test]
    fn columns_do_not_hang_on_the_last_bits_of_the_platforms_cosine() {
        for granularity in Granularity::ALL {
            for row in 0..granularity.rows() {
                let fraction = columns_before_rounding(row, granularity).fract();
                // A cosine that is off by two units in the last place moves the product by less than 1e-10.
                assert!((fraction - 0.5).abs() > 1e-9, "{granularity:?}, row {row}");
            }
        }
    }

    #[test]
    fn neither_tokens_nor_errors_show_the_location() {
        let mut shown = String::new();
        for granularity in Granularity::ALL {
            shown += &token(48.137_154, 11.576_124, granularity);
            for (latitude, longitude) in [(148.137_154, 11.576_124), (48.137_154, 211.576_124)] {
                let error = hash_location(&key(), latitude, longitude, granularity).expect_err("refused");
                shown += &format!("{error} {error:?}");
            }
        }
        for digits in ["48.1", "11.5", "211", "137154", "576124", "1381", "1915"] {
            assert!(!shown.contains(digits), "{digits} in {shown}");
        }
    }

    #[test]
    fn tokens_are_a_word_and_a_number_below_2_to_the_48() {
        for granularity in Granularity::ALL {
            let token = token(52.5, 13.4, granularity);
            let number = token.strip_prefix(granularity.name()).and_then(|rest| rest.strip_prefix('_'));
            assert!(number.expect("word_").parse::<u64>().expect("decimal") < 1 << 48);
        }
    }
}
