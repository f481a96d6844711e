//! The manifest: what a model is, what it reads, and what it was learned on.

use super::wire;
use crate::config::{MAX_FEATURES, MAX_LEARNED_ON, MAX_SHORTLIST};
use crate::error::BundleError;

/// What a model is, and what it was learned on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The model's name: 1 to 64 printable ASCII characters.
    pub name: String,
    /// The model's version: 1 to 64 printable ASCII characters.
    pub version: String,
    /// What the graph calculates with.
    pub arithmetic: Arithmetic,
    /// The sum of the schema of the features it reads.
    pub feature_schema: [u8; 32],
    /// How many features it reads, 1 to 256.
    pub features: usize,
    /// How many candidates it looks at, 1 to 64.
    pub shortlist: usize,
    /// SHA-256 sums of the logs it was learned on, at most 16; it must not be judged on those.
    pub learned_on: Vec<[u8; 32]>,
    /// The seed of its training.
    pub seed: u64,
    /// Of a model that is there to be judged: the fold of people that it did not learn from, 0 to 63.
    pub held_out_fold: Option<u32>,
}

/// What a graph calculates with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    /// Products of 8-bit integers, summed exactly.
    Int8,
    /// 32-bit floats.
    Fp32,
}

impl Arithmetic {
    /// Every arithmetic.
    pub const ALL: [Self; 2] = [Self::Int8, Self::Fp32];

    /// The word used in manifests and tables: `int8`, `fp32`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Int8 => "int8",
            Self::Fp32 => "fp32",
        }
    }

    const fn number(self) -> i32 {
        match self {
            Self::Int8 => wire::INT8,
            Self::Fp32 => wire::FP32,
        }
    }
}

impl Manifest {
    /// The manifest, if every field is within its limits.
    pub(super) fn check(found: wire::Manifest) -> Result<Self, BundleError> {
        let bad = |field, limit| BundleError::Field { field, limit };
        let text = |field, text: String| {
            let is_good =
                (1..=MAX_TEXT_BYTES).contains(&text.len()) && text.bytes().all(|b| (b' '..=b'~').contains(&b));
            if is_good { Ok(text) } else { Err(bad(field, "1 to 64 printable ASCII characters")) }
        };
        let sum = |field, bytes: &[u8]| <[u8; 32]>::try_from(bytes).map_err(|_| bad(field, "sums of 32 bytes"));
        let number = |field, limit, max: usize, n: u32| {
            usize::try_from(n).ok().filter(|n| (1..=max).contains(n)).ok_or(bad(field, limit))
        };
        let name = text("manifest.name", found.name)?;
        let version = text("manifest.version", found.version)?;
        let arithmetic = Arithmetic::ALL.into_iter().find(|arithmetic| arithmetic.number() == found.arithmetic);
        let arithmetic = arithmetic.ok_or(bad("manifest.arithmetic", "int8 or fp32"))?;
        let feature_schema = sum("manifest.feature_schema", &found.feature_schema)?;
        let features = number("manifest.features", "1 to 256", MAX_FEATURES, found.features)?;
        let shortlist = number("manifest.shortlist", "1 to 64", MAX_SHORTLIST, found.shortlist)?;
        if found.learned_on.len() > MAX_LEARNED_ON {
            return Err(bad("manifest.learned_on", "at most 16 sums"));
        }
        let learned_on =
            found.learned_on.iter().map(|log| sum("manifest.learned_on", log)).collect::<Result<_, _>>()?;
        let held_out_fold = found.held_out_fold;
        if held_out_fold.is_some_and(|fold| fold >= MAX_FOLDS) {
            return Err(bad("manifest.held_out_fold", "0 to 63"));
        }
        Ok(Self {
            name,
            version,
            arithmetic,
            feature_schema,
            features,
            shortlist,
            learned_on,
            seed: found.seed,
            held_out_fold,
        })
    }

    pub(super) fn to_wire(&self) -> wire::Manifest {
        // What does not fit is out of range either way.
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        wire::Manifest {
            name: self.name.clone(),
            version: self.version.clone(),
            arithmetic: self.arithmetic.number(),
            feature_schema: self.feature_schema.to_vec(),
            features: number(self.features),
            shortlist: number(self.shortlist),
            learned_on: self.learned_on.iter().map(|log| log.to_vec()).collect(),
            seed: self.seed,
            held_out_fold: self.held_out_fold,
        }
    }
}

/// In how many folds an evaluation divides people at most.
const MAX_FOLDS: u32 = 64;
const MAX_TEXT_BYTES: usize = 64;
