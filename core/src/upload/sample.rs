//! One unlock: what was known of the candidate that was opened and of one other, as noisy bins.

use super::bins::bins;
use super::error::UploadError;
use super::week::{Pseudonym, UploadSecret, Week};
use super::wire;
use crate::features::{FEATURES, Feature};
use crate::habits::Moment;
use crate::time::Timestamp;

/// A quarter of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartOfDay {
    /// From midnight.
    Night,
    /// From 6.
    Morning,
    /// From noon.
    Afternoon,
    /// From 18.
    Evening,
}

impl PartOfDay {
    /// All four, in order.
    pub const ALL: [Self; 4] = [Self::Night, Self::Morning, Self::Afternoon, Self::Evening];

    /// That of a moment, by the local clock.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        Self::ALL[at.hour() / 6]
    }

    /// The word used in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Night => "night",
            Self::Morning => "morning",
            Self::Afternoon => "afternoon",
            Self::Evening => "evening",
        }
    }
}

/// A row for training, without a name in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Its own pseudonym.
    pub pseudonym: Pseudonym,
    /// The week it is from.
    pub week: Week,
    /// The SHA-256 sum of the feature schema.
    pub feature_schema: [u8; 32],
    /// The bundle that answered; `None`: none, or the host's own.
    pub model: Option<[u8; 32]>,
    /// Which of the two moments after an unlock.
    pub moment: Moment,
    /// When, within six hours.
    pub part_of_day: PartOfDay,
    /// A noisy bin for each feature of what was opened.
    pub opened: [u8; FEATURES],
    /// And of the other candidate; what is the same for all candidates of a moment is said once, so it is the same here.
    pub other: [u8; FEATURES],
}

impl Sample {
    /// The noisy bins of two candidates' features, in the order of the schema. Every bin is drawn once, from the secret and `at_ms`.
    #[must_use]
    pub fn noisy(secret: &UploadSecret, at_ms: i64, rows: [&[f32; FEATURES]; 2]) -> [[u8; FEATURES]; 2] {
        let bins = bins();
        let mut noisy = [[0; FEATURES]; 2];
        for (feature, bins) in bins.iter().enumerate() {
            for (number, row) in rows.iter().enumerate() {
                noisy[number][feature] = if number > 0 && feature >= Feature::Gap as usize {
                    noisy[0][feature]
                } else {
                    let place = [at_ms, i64::try_from(feature * 2 + number).expect("few")];
                    bins.noisy(bins.of(row[feature]), secret.draw("noise", &place))
                };
            }
        }
        noisy
    }

    /// What the features of both candidates are taken to be, that of the opened one first.
    #[must_use]
    pub fn features(&self) -> [Vec<f32>; 2] {
        let centre = |(bins, bin): (&super::bins::Bins, &u8)| bins.centre(*bin).unwrap_or_default();
        [&self.opened, &self.other].map(|row| bins().iter().zip(row).map(centre).collect())
    }

    /// The bytes that wait in the log until the sample is sealed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        prost::Message::encode_to_vec(&self.to_wire())
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`UploadError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, UploadError> {
        let sample = <wire::Sample as prost::Message>::decode(bytes).map_err(|_| UploadError::Undecodable)?;
        Self::of_wire(&sample)
    }

    pub(super) fn to_wire(&self) -> wire::Sample {
        let moment = match self.moment {
            Moment::Next => wire::Moment::None,
            Moment::Unlock => wire::Moment::Unlock,
            Moment::UnlockOrResume => wire::Moment::UnlockOrResume,
        };
        wire::Sample {
            pseudonym: self.pseudonym.bytes().to_vec(),
            week: self.week.number(),
            feature_schema: self.feature_schema.to_vec(),
            model: model_to_wire(self.model),
            moment: moment.into(),
            part_of_day: self.part_of_day as u32,
            opened: self.opened.to_vec(),
            other: self.other.to_vec(),
        }
    }

    pub(super) fn of_wire(sample: &wire::Sample) -> Result<Self, UploadError> {
        let field = |field, limit| UploadError::Field { field, limit };
        let moment = match sample.moment() {
            wire::Moment::Unlock => Moment::Unlock,
            wire::Moment::UnlockOrResume => Moment::UnlockOrResume,
            wire::Moment::None => return Err(field("moment", "one after an unlock")),
        };
        let part_of_day = PartOfDay::ALL.into_iter().find(|part| *part as u32 == sample.part_of_day);
        Ok(Self {
            pseudonym: Pseudonym::parse(&sample.pseudonym)?,
            week: Week::parse(sample.week)?,
            feature_schema: sum("feature_schema", &sample.feature_schema)?,
            model: model_of_wire(&sample.model)?,
            moment,
            part_of_day: part_of_day.ok_or_else(|| field("part_of_day", "0 to 3"))?,
            opened: row("opened", &sample.opened)?,
            other: row("other", &sample.other)?,
        })
    }
}

fn row(field: &'static str, row: &[u8]) -> Result<[u8; FEATURES], UploadError> {
    let row: [u8; FEATURES] =
        row.try_into().map_err(|_| UploadError::Field { field, limit: "a bin for each feature" })?;
    let is_bin = |(bin, bins): (&u8, super::bins::Bins)| usize::from(*bin) < bins.count();
    if row.iter().zip(bins()).all(is_bin) {
        Ok(row)
    } else {
        Err(UploadError::Field { field, limit: "bins of their features" })
    }
}

pub(super) fn model_to_wire(model: Option<[u8; 32]>) -> Vec<u8> {
    model.map_or_else(Vec::new, |sum| sum.to_vec())
}

pub(super) fn model_of_wire(model: &[u8]) -> Result<Option<[u8; 32]>, UploadError> {
    if model.is_empty() { Ok(None) } else { sum("model", model).map(Some) }
}

fn sum(field: &'static str, bytes: &[u8]) -> Result<[u8; 32], UploadError> {
    bytes.try_into().map_err(|_| UploadError::Field { field, limit: "a SHA-256 sum" })
}
