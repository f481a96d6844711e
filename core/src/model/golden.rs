//! Golden vectors: what the model must answer, everywhere the same.

use ndarray::Array2;

use super::ensemble::Ensemble;
use super::manifest::{Arithmetic, Manifest};
use super::members::Members;
use super::reading::Reading;
use super::wire;
use crate::config::{MAX_CANDIDATES, MAX_GOLDEN, MAX_GOLDEN_ROWS};
use crate::error::BundleError;
use crate::habits::{Moment, Past};

/// How far a correction of the graph may lie from what the bundle says, in nats: processors and runtimes round differently.
const TOLERANCE: f32 = 1e-4;
/// How far one of the sequence model may: there are many more sums in it, in the order that suits a processor.
const SEQUENCE_TOLERANCE: f32 = 1e-3;

/// Made-up candidates of one ranking, and the corrections that the model must give them.
#[derive(Debug, Clone, PartialEq)]
pub struct Golden {
    /// How many candidates.
    pub rows: usize,
    /// Their features, one candidate after the other.
    pub features: Vec<f32>,
    /// The graph's corrections of them, in nats.
    pub correction: Vec<f32>,
    /// What the other members read and answer; there where the bundle has members.
    pub members: Option<MembersGolden>,
}

/// What the members of an ensemble read besides features, and what each must answer.
#[derive(Debug, Clone, PartialEq)]
pub struct MembersGolden {
    /// The moment.
    pub moment: Moment,
    /// The mixer's log-probability of each candidate, the likeliest first.
    pub log_mix: Vec<f32>,
    /// Each candidate's place in the order of last use, from 0.
    pub recency: Vec<usize>,
    /// What was opened before.
    pub past: Past,
    /// The trees' score of each candidate, to the bit; empty where there are none.
    pub trees: Vec<f32>,
    /// The sequence model's correction of each candidate; empty where there is none.
    pub sequence: Vec<f32>,
    /// The correction that the members give together, as the router has it.
    pub answer: Vec<f32>,
}

impl Golden {
    /// Whether a model answers as it must: every correction of the graph within [`TOLERANCE`] and, of integers, in the same
    /// order (floats that lie closer together than that may be rounded past each other on another processor); the trees to
    /// the bit; the sequence model within [`SEQUENCE_TOLERANCE`]; and their sum.
    ///
    /// # Errors
    /// [`BundleError::Golden`] with this vector's number, if it does not.
    pub(super) fn check(&self, vector: usize, arithmetic: Arithmetic, model: &Ensemble) -> Result<(), BundleError> {
        let bad = |reason| BundleError::Golden { vector, reason };
        let columns = self.features.len() / self.rows;
        let features = Array2::from_shape_vec((self.rows, columns), self.features.clone());
        let features = features.map_err(|_| bad("its features are not rows by features"))?;
        let found = model.graph(features.view()).map_err(|_| bad("the graph does not run"))?;
        if !are_within(TOLERANCE, &found, &self.correction) {
            return Err(bad("the model gives another correction"));
        }
        let order = |corrections: &[f32]| {
            let mut places: Vec<usize> = (0..corrections.len()).collect();
            places.sort_by(|&a, &b| corrections[b].total_cmp(&corrections[a]));
            places
        };
        if arithmetic == Arithmetic::Int8 && order(&found) != order(&self.correction) {
            return Err(bad("the model gives another order"));
        }
        let Some(expected) = &self.members else { return Ok(()) };
        let MembersGolden { moment, log_mix, recency, past, .. } = expected.clone();
        if model.trees(features.view(), &log_mix) != expected.trees {
            return Err(bad("the trees give another score"));
        }
        if !are_within(SEQUENCE_TOLERANCE, &model.sequence(&past, moment, &recency), &expected.sequence) {
            return Err(bad("the sequence model gives another correction"));
        }
        let reading = Reading { features, log_mix, recency, moment, past };
        let weights = model.weights(&reading);
        let tolerance = TOLERANCE * weights.mlp.abs() + SEQUENCE_TOLERANCE * weights.sequence.abs();
        let answer = model.answer(&reading).map_err(|_| bad("the graph does not run"))?;
        // Of what the trees add, the last bits.
        let slack = answer.iter().fold(1.0_f32, |most, answer| most.max(answer.abs())) * ROUNDING;
        if !are_within(tolerance + slack, &answer, &expected.answer) {
            return Err(bad("the members together give another correction"));
        }
        Ok(())
    }

    pub(super) fn to_wire(&self) -> wire::Golden {
        let (features, correction) = (self.features.clone(), self.correction.clone());
        let members = self.members.as_ref().map(MembersGolden::to_wire);
        wire::Golden { rows: u32::try_from(self.rows).unwrap_or(u32::MAX), features, correction, members }
    }
}

/// How far a weighted sum of numbers of 32 bits may lie from the same sum in another order, as a share.
const ROUNDING: f32 = 1e-5;

fn are_within(tolerance: f32, found: &[f32], expected: &[f32]) -> bool {
    let is_close = |(found, expected): (&f32, &f32)| (found - expected).abs() <= tolerance;
    found.len() == expected.len() && found.iter().zip(expected).all(is_close)
}

/// The vectors, if they fit the manifest, the members and the limits.
pub(super) fn check(
    found: Vec<wire::Golden>,
    manifest: &Manifest,
    members: Option<&Members>,
) -> Result<Vec<Golden>, BundleError> {
    if !(1..=MAX_GOLDEN).contains(&found.len()) {
        return Err(BundleError::Field { field: "golden", limit: "1 to 16 vectors" });
    }
    let (mut vectors, mut all) = (Vec::with_capacity(found.len()), 0);
    for (vector, wire::Golden { rows, features, correction, members: of_members }) in found.into_iter().enumerate() {
        let bad = |reason| Err(BundleError::Golden { vector, reason });
        let rows = usize::try_from(rows).unwrap_or(usize::MAX);
        if !(1..=manifest.shortlist).contains(&rows) {
            return bad("its rows are none, or more than the shortlist");
        }
        all += rows;
        if all > MAX_GOLDEN_ROWS {
            return bad("with it there are more than 128 rows in all");
        }
        if features.len() != rows * manifest.features {
            return bad("its features are not rows by features");
        }
        if correction.len() != rows {
            return bad("its corrections are not one for each row");
        }
        if !features.iter().chain(&correction).all(|value| value.is_finite()) {
            return bad("a value is not finite");
        }
        let members = match (members, of_members) {
            (None, None) => None,
            (Some(members), Some(found)) => match MembersGolden::check(found, rows, members) {
                Ok(checked) => Some(checked),
                Err(reason) => return bad(reason),
            },
            _ => return bad("it says something of members where there are none, or nothing where there are"),
        };
        vectors.push(Golden { rows, features, correction, members });
    }
    Ok(vectors)
}

impl MembersGolden {
    /// The part of a vector of so many rows, or what is wrong with it.
    fn check(found: wire::MembersGolden, rows: usize, members: &Members) -> Result<Self, &'static str> {
        let moment = usize::try_from(found.moment).ok().and_then(|moment| Moment::ALL.get(moment).copied());
        let moment = moment.ok_or("its moment is none of three")?;
        let of = |is_there: bool| if is_there { rows } else { 0 };
        let lengths = [found.log_mix.len(), found.recency.len(), found.answer.len()];
        if lengths != [rows; 3]
            || found.trees.len() != of(members.trees.is_some())
            || found.sequence.len() != of(members.sequence.is_some())
        {
            return Err("what its members read or answer is not one for each row");
        }
        let recency: Vec<usize> =
            found.recency.iter().map(|&place| usize::try_from(place).unwrap_or(usize::MAX)).collect();
        if recency.iter().any(|&place| place >= MAX_CANDIDATES) {
            return Err("its places in the order of last use are not below 64");
        }
        let numbers = [&found.log_mix, &found.trees, &found.sequence, &found.answer];
        if !numbers.into_iter().flatten().all(|value| value.is_finite()) {
            return Err("a value is not finite");
        }
        let past = || {
            let (gap, time) = (u8::try_from(found.gap).ok()?, u8::try_from(found.time).ok()?);
            Past::of_bytes(found.history.as_slice().try_into().ok()?, gap, time)
        };
        let past = past().ok_or("its past is none")?;
        let wire::MembersGolden { log_mix, trees, sequence, answer, .. } = found;
        Ok(Self { moment, log_mix, recency, past, trees, sequence, answer })
    }

    fn to_wire(&self) -> wire::MembersGolden {
        wire::MembersGolden {
            moment: self.moment as u32,
            log_mix: self.log_mix.clone(),
            recency: self.recency.iter().map(|&place| u32::try_from(place).unwrap_or(u32::MAX)).collect(),
            history: self.past.bytes().to_vec(),
            gap: self.past.gap.into(),
            time: self.past.time.into(),
            trees: self.trees.clone(),
            sequence: self.sequence.clone(),
            answer: self.answer.clone(),
        }
    }
}
