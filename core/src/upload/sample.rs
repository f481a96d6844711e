//! One unlock: what was known of its candidates, as bins, and which one was opened.

use super::bins::bins;
use super::error::UploadError;
use super::week::{Pseudonym, Week};
use super::wire;
use crate::config::SAMPLE_CANDIDATES;
use crate::features::FEATURES;
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
    /// A bin for each feature of each candidate, `[candidate][feature]`, 1 to [`SAMPLE_CANDIDATES`] candidates.
    pub bins: Vec<u8>,
    /// Which candidate was opened; `None`: none of these.
    pub chosen: Option<usize>,
}

impl Sample {
    /// The bins of features, `[candidate][feature]`, of the first [`SAMPLE_CANDIDATES`] candidates.
    #[must_use]
    pub fn binned(features: &ndarray::Array2<f32>) -> Vec<u8> {
        let bins = bins();
        let rows = features.rows().into_iter().take(SAMPLE_CANDIDATES);
        rows.flat_map(|row| bins.iter().zip(row.to_vec()).map(|(bins, value)| bins.of(value)).collect::<Vec<_>>())
            .collect()
    }

    /// How many candidates it has.
    #[must_use]
    pub fn candidates(&self) -> usize {
        self.bins.len() / FEATURES
    }

    /// What the features of a candidate are taken to be.
    #[must_use]
    pub fn features(&self, candidate: usize) -> Option<Vec<f32>> {
        let row = self.bins.chunks(FEATURES).nth(candidate)?;
        bins().iter().zip(row).map(|(bins, bin)| bins.centre(*bin)).collect()
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
            bins: self.bins.clone(),
            chosen: self.chosen.map(|place| u32::try_from(place).expect("a handful of candidates")),
        }
    }

    pub(super) fn of_wire(sample: &wire::Sample) -> Result<Self, UploadError> {
        let field = |field, limit| UploadError::Field { field, limit };
        let candidates = sample.bins.len() / FEATURES;
        if !sample.bins.len().is_multiple_of(FEATURES) || !(1..=SAMPLE_CANDIDATES).contains(&candidates) {
            return Err(field("bins", "a row of features for 1 to 16 candidates"));
        }
        let counts = bins().map(|bins| bins.count());
        if sample.bins.chunks(FEATURES).any(|row| row.iter().zip(counts).any(|(bin, count)| usize::from(*bin) >= count))
        {
            return Err(field("bins", "bins of their features"));
        }
        let chosen = sample.chosen.map(|place| place as usize);
        if chosen.is_some_and(|place| place >= candidates) {
            return Err(field("chosen", "one of the candidates"));
        }
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
            bins: sample.bins.clone(),
            chosen,
        })
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
