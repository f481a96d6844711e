//! Networks for people they never saw: one for each fold of the people, learned from the others.

use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::step;
use crate::workshop::{Arithmetic, Lesson, Workshop};

/// In how many parts the people are split, in the order of their names; as `foretap` splits them.
const FIFTHS: usize = 5;

/// Start weights, and features under them, for each fold.
#[derive(Debug)]
pub(super) struct Folds {
    folder: PathBuf,
    /// The table of groups that are the folds; fifths without.
    groups: Option<PathBuf>,
    /// What `foretap` calls the files of each fold.
    words: Vec<String>,
}

impl Folds {
    /// Fifths of the people, in a folder.
    pub(super) fn fifths(folder: &Path) -> Self {
        let words = (0..FIFTHS).map(|fold| format!("fold_{fold}")).collect();
        Self { folder: folder.to_owned(), groups: None, words }
    }

    /// The groups of a table, by their names in order.
    pub(super) fn of_groups(folder: &Path, table: &Path, names: &[String]) -> Self {
        let words = names.iter().map(|name| format!("group_{name}")).collect();
        Self { folder: folder.to_owned(), groups: Some(table.to_owned()), words }
    }

    /// Learns the start weights that go with each fold.
    ///
    /// # Errors
    /// If the log teaches nothing.
    pub(super) fn learn(&self, workshop: &Workshop, log: &Path) -> Result<(), Failure> {
        let weights = self.weights();
        workshop.files().make_folder(&weights)?;
        let mut learn = workshop.foretap("weights");
        learn.arg(log).arg("--out").arg(weights.join("all.tsv")).arg("--folds").arg(&weights);
        if let Some(groups) = &self.groups {
            learn.arg("--groups").arg(groups);
        }
        step::run(&format!("start weights -> {}", weights.display()), &mut learn)
    }

    /// Computes the features of everyone, once for each fold's start weights.
    ///
    /// # Errors
    /// If one cannot be written.
    pub(super) fn caches(&self, workshop: &Workshop, log: &Path) -> Result<(), Failure> {
        let cache = |fold| workshop.cache(log, self.groups.as_deref(), &self.weights_of(fold), &self.cache_of(fold));
        self.numbers().try_for_each(cache)
    }

    /// Gives back what they took of the disk: a gigabyte for each fold.
    ///
    /// # Errors
    /// If one cannot be removed.
    pub(super) fn remove_caches(&self, workshop: &Workshop) -> Result<(), Failure> {
        self.numbers().try_for_each(|fold| workshop.files().remove(&self.cache_of(fold)))
    }

    /// Where the features of each fold lie.
    pub(super) fn prepared(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.numbers().map(|fold| self.cache_of(fold))
    }

    /// The folder of the start weights.
    pub(super) fn weights(&self) -> PathBuf {
        self.folder.join("weights")
    }

    fn numbers(&self) -> std::ops::Range<usize> {
        0..self.words.len()
    }

    fn weights_of(&self, fold: usize) -> PathBuf {
        self.weights().join(format!("{}.tsv", self.words[fold]))
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
    /// Trains one network for each fold, and makes bundles of it in these arithmetics.
    ///
    /// # Errors
    /// If one cannot be trained or quantised.
    pub(super) fn train(
        workshop: &Workshop,
        folds: &Folds,
        seed: u64,
        arithmetics: &[Arithmetic],
    ) -> Result<Self, Failure> {
        let trained = Self { folder: folds.folder.join(format!("seed_{seed}")) };
        workshop.files().make_folder(&trained.folder)?;
        for fold in folds.numbers() {
            let model = trained.model_of(fold);
            workshop.train(&folds.cache_of(fold), Lesson { held_out_fold: Some(fold), seed }, &model)?;
            for &arithmetic in arithmetics {
                let bundle = trained.bundles(arithmetic).join(format!("{}.bundle", folds.words[fold]));
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
        evaluate.args(folds.numbers().map(|fold| self.model_of(fold)));
        evaluate.arg("--cache").args(folds.prepared());
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
