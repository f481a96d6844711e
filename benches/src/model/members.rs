//! The members of a hybrid bundle, each alone and all together, timed in turns on the bundle's own golden vector.

use std::path::Path;

use foretap_core::config::MAX_BUNDLE_BYTES;
use foretap_core::model::{Bundle, BundleParts, Golden, Members, Model, Reading, Weights};
use ndarray::Array2;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::clean_vectors;
use crate::Result;
use crate::report::Figure;
use crate::stopwatch::{Stopwatch, Times};

/// A bundle with members, read.
#[derive(Debug)]
pub struct Hybrid {
    bundle: Bundle,
    reading: Reading,
}

impl Hybrid {
    /// Reads a bundle. What is asked of it is its golden vector of the most rows.
    ///
    /// # Errors
    /// If it cannot be read, or has no members.
    pub fn read(path: &Path) -> Result<Self> {
        let bundle = Bundle::parse(&std::fs::read(path)?)?;
        let largest = bundle.golden().iter().max_by_key(|golden| golden.rows).ok_or("no golden vector")?;
        let members = largest.members.clone().ok_or("a bundle without members")?;
        let width = largest.features.len() / largest.rows;
        let features = Array2::from_shape_vec((largest.rows, width), largest.features.clone())?;
        let (log_mix, recency) = (members.log_mix, members.recency);
        let reading = Reading { features, log_mix, recency, moment: members.moment, past: members.past };
        Ok(Self { bundle, reading })
    }

    /// What is measured, and how large its parts are.
    #[must_use]
    pub fn about(&self) -> String {
        let parts: Vec<String> =
            self.bundle.part_bytes().iter().map(|(name, bytes)| format!("{name} {bytes}")).collect();
        let (rows, bytes) = (self.reading.log_mix.len(), self.bundle.bytes_len());
        format!("{rows} rows; {bytes} of at most {MAX_BUNDLE_BYTES} bytes: {}", parts.join(", "))
    }

    /// Times one answer of each member alone, of all together, and a load.
    ///
    /// # Errors
    /// If a member does not load, or answers something else than the bundle says.
    pub fn figures(&self, rounds: usize) -> Result<Vec<Figure>> {
        let members = self.bundle.members().ok_or("a bundle without members")?;
        let one = |mlp: f32, trees: f32, sequence: f32| Weights { mlp, trees, sequence };
        let mut contenders = vec![("mlp", one(1.0, 0.0, 0.0))];
        contenders.extend(members.trees.as_ref().map(|_| ("trees", one(0.0, 1.0, 0.0))));
        contenders.extend(members.sequence.as_ref().map(|_| ("sequence", one(0.0, 0.0, 1.0))));
        let [trees, sequence] = [members.trees.is_some(), members.sequence.is_some()].map(|is| f32::from(u8::from(is)));
        contenders.push(("all together", one(1.0, trees, sequence)));
        let weighed = |(name, weights): &(&str, Weights)| -> Result<_> {
            Ok(((*name).to_owned(), Model::load(&self.weighed(*weights, members)?)?))
        };
        let models = contenders.iter().map(weighed).collect::<Result<Vec<_>>>()?;
        let mut times = vec![Times::new(); models.len()];
        let mut order: Vec<usize> = (0..models.len()).collect();
        let (stopwatch, mut random) = (Stopwatch::new(), ChaCha8Rng::seed_from_u64(1));
        for _ in 0..rounds {
            order.shuffle(&mut random);
            for &place in &order {
                clean_vectors();
                models[place].1.infer(&self.reading)?;
                clean_vectors();
                stopwatch.time(&mut times[place], || models[place].1.infer(&self.reading))?;
            }
        }
        let mut load = Times::new();
        for _ in 0..rounds.div_ceil(20) {
            stopwatch.time(&mut load, || Model::load(&self.bundle))?;
        }
        let figures = models.iter().zip(&times).map(|((name, _), times)| Figure::of_times(name, times));
        Ok(figures.chain([Figure::of_times("load, golden vectors answered", &load)]).collect())
    }

    /// The same bundle where the members count otherwise; its golden vectors hold it to that.
    fn weighed(&self, weights: Weights, members: &Members) -> Result<Bundle> {
        let golden = self.bundle.golden().iter().map(|golden| {
            let mut golden: Golden = golden.clone();
            if let Some(members) = &mut golden.members {
                let of = |part: &[f32], row: usize| part.get(row).copied().unwrap_or_default();
                for (row, answer) in members.answer.iter_mut().enumerate() {
                    *answer = weights.mlp * golden.correction[row]
                        + weights.trees * of(&members.trees, row)
                        + weights.sequence * of(&members.sequence, row);
                }
            }
            golden
        });
        let parts = BundleParts {
            manifest: self.bundle.manifest().clone(),
            onnx: self.bundle.onnx().to_vec(),
            calibration: *self.bundle.calibration(),
            start_weights: self.bundle.start_weights().to_string(),
            golden: golden.collect(),
            members: Some(Members { weights: [weights; 3], router: None, ..members.clone() }),
        };
        Ok(Bundle::parse(&parts.pack()?)?)
    }
}
