//! Networks for people they never saw: one for each fold of the people, learned from the others.

use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::step;
use crate::workshop::{Arithmetic, Lesson, Workshop};

/// In how many parts the people are split, in the order of their names; as `foretap` splits them.
const FOLDS: usize = 5;

/// Start weights, and features under them, for each fold.
#[derive(Debug)]
pub(super) struct Folds {
    folder: PathBuf,
}

impl Folds {
    /// Learns the start weights that go with each fold, in a folder of its own.
    ///
    /// # Errors
    /// If the log teaches nothing.
    pub(super) fn learn(workshop: &Workshop, log: &Path, folder: &Path) -> Result<Self, Failure> {
        let folds = Self { folder: folder.to_owned() };
        let weights = folds.weights();
        workshop.files().make_folder(&weights)?;
        let mut learn = workshop.foretap("weights");
        learn.arg(log).arg("--out").arg(weights.join("all.tsv")).arg("--folds").arg(&weights);
        step::run(&format!("start weights -> {}", weights.display()), &mut learn)?;
        Ok(folds)
    }

    /// Computes the features of everyone, once for each fold's start weights.
    ///
    /// # Errors
    /// If one cannot be written.
    pub(super) fn caches(&self, workshop: &Workshop, log: &Path) -> Result<(), Failure> {
        (0..FOLDS).try_for_each(|fold| workshop.cache(log, &self.weights_of(fold), &self.cache_of(fold)))
    }

    /// Gives back what they took of the disk: a gigabyte for each fold.
    ///
    /// # Errors
    /// If one cannot be removed.
    pub(super) fn remove_caches(&self, workshop: &Workshop) -> Result<(), Failure> {
        (0..FOLDS).try_for_each(|fold| workshop.files().remove(&self.cache_of(fold)))
    }

    /// The folder of the start weights.
    pub(super) fn weights(&self) -> PathBuf {
        self.folder.join("weights")
    }

    fn weights_of(&self, fold: usize) -> PathBuf {
        self.weights().join(format!("fold_{fold}.tsv"))
    }

    fn cache_of(&self, fold: usize) -> PathBuf {
        self.folder.join(format!("cache_{fold}"))
    }
}

/// The networks of one seed.
#[derive(Debug)]
pub(super) struct Seed {
    folder: PathBuf,
}

impl Seed {
    /// Trains one network for each fold, and makes bundles of it in both arithmetics.
    ///
    /// # Errors
    /// If one cannot be trained or quantised.
    pub(super) fn train(workshop: &Workshop, folds: &Folds, seed: u64) -> Result<Self, Failure> {
        let trained = Self { folder: folds.folder.join(format!("seed_{seed}")) };
        workshop.files().make_folder(&trained.folder)?;
        for fold in 0..FOLDS {
            let model = trained.model_of(fold);
            workshop.train(&folds.cache_of(fold), Lesson { held_out_fold: Some(fold), seed }, &model)?;
            for arithmetic in [Arithmetic::Int8, Arithmetic::Fp32] {
                let bundle = trained.bundles(arithmetic).join(format!("fold_{fold}.bundle"));
                workshop.pack(&model, arithmetic, &folds.weights_of(fold), &bundle)?;
            }
        }
        Ok(trained)
    }

    /// Judges the networks as rankers of the shortlist, beside LightGBM trained on the same people.
    ///
    /// # Errors
    /// If they do not fit their features.
    pub(super) fn evaluate(&self, workshop: &Workshop, folds: &Folds, json: &Path) -> Result<(), Failure> {
        let mut evaluate = workshop.models("evaluate");
        evaluate.args((0..FOLDS).map(|fold| self.model_of(fold)));
        evaluate.arg("--cache").args((0..FOLDS).map(|fold| folds.cache_of(fold)));
        step::run(&format!("evaluate -> {}", json.display()), evaluate.arg("--trees").arg("--json").arg(json))
    }

    /// Where its files lie.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of its bundles.
    pub(super) fn bundles(&self, arithmetic: Arithmetic) -> PathBuf {
        self.folder.join(arithmetic.name())
    }

    fn model_of(&self, fold: usize) -> PathBuf {
        self.folder.join(format!("fold_{fold}.npz"))
    }
}
