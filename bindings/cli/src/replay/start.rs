//! What a replay begins with: which start weights and models were asked for, and whether they may be judged on this log.

use std::path::{Path, PathBuf};

use foretap_core::Event;
use foretap_core::habits::{Corrector, StartWeights};
use foretap_core::{Bundle, BundleError, Model};

use super::lesson;
use super::split::Split;
use crate::bundle::{self, BundleFileError};
use crate::hex::hex;
use crate::logs::{Format, Log};

/// Which start weights a replay should use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartChoice {
    /// [`Self::LeaveUserOut`] of the log that the shipped weights were learned on, else [`Self::Shipped`].
    Auto,
    /// Those that the core ships.
    Shipped,
    /// None: every expert counts the same.
    Neutral,
    /// Learned now, for each fold of users from the others.
    LeaveUserOut,
    /// A table, or a folder with a table for each fold of the split.
    Path(PathBuf),
}

impl std::str::FromStr for StartChoice {
    type Err = std::convert::Infallible;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Ok(match word {
            "auto" => Self::Auto,
            "shipped" => Self::Shipped,
            "neutral" => Self::Neutral,
            "leave-user-out" => Self::LeaveUserOut,
            path => Self::Path(path.into()),
        })
    }
}

/// Which model a replay should use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ModelSource {
    /// The shipped one; none on the log that it was learned on.
    #[default]
    Auto,
    /// None: the statistics alone.
    Off,
    /// That of a bundle.
    Bundle(PathBuf),
    /// For each fold of users its bundle in a folder, learned from the others: `fold_0.bundle` and so on, of groups
    /// `group_<name>.bundle`.
    Folds(PathBuf),
}

/// Why start weights or a model cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The table cannot be read.
    #[error("{}: cannot be read ({source}); it is none of auto, shipped, neutral, leave-user-out either", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no table of start weights.
    #[error("{}:{line}: {reason}", path.display())]
    BadTable {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// More than one table where one is asked for.
    #[error("one table of start weights is needed: shipped, neutral or a file")]
    NotOneTable,
    /// The weights were learned on the log that they would be judged on.
    #[error("the {name} weights were learned on this very log; choose leave-user-out, or allow it with --allow-seen")]
    Seen {
        /// Which weights.
        name: String,
    },
    /// The model was learned on the log that it would be judged on.
    #[error(
        "the model {name} was learned on this very log; choose --folds or --no-model, or allow it with --allow-seen"
    )]
    SeenModel {
        /// Which model.
        name: String,
    },
    /// A bundle in the place of one that did not learn from a fold.
    #[error("{}: its manifest does not say that it learned without fold {fold}", path.display())]
    NotOfFold {
        /// The bundle.
        path: PathBuf,
        /// The fold of people that it would be judged on.
        fold: usize,
    },
    /// A bundle that cannot be read.
    #[error(transparent)]
    Bundle(#[from] BundleFileError),
    /// A bundle whose model is refused.
    #[error("{}: {source}", path.display())]
    Refused {
        /// The bundle.
        path: PathBuf,
        /// Why.
        source: BundleError,
    },
}

/// The start weights and the models of everyone in a log.
#[derive(Debug)]
pub struct Start {
    /// What tables and JSON call them.
    pub name: String,
    /// Whether they were learned on the very people they are judged on.
    pub is_seen: bool,
    /// One for everyone, or one for each fold.
    tables: Vec<StartWeights>,
    /// What tables and JSON call the model; `None` where there is none.
    pub model: Option<String>,
    /// None, one for everyone, or one for each fold.
    models: Vec<Model>,
    /// The fold of everyone.
    split: Split,
}

/// What a replay should begin with.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The start weights.
    pub weights: StartChoice,
    /// The model.
    pub model: ModelSource,
    /// Who is held out together.
    pub split: Split,
    /// Whether what was learned on this very log may be used.
    pub allow_seen: bool,
}

impl Start {
    /// Finds or learns what is wanted for a log whose people have these events, in the order of `log.users`. `each` hears
    /// of every event played while learning.
    ///
    /// # Errors
    /// [`StartError`] if a table cannot be read, or was learned on this log and that is not allowed.
    pub fn find(wanted: Wanted, log: &Log, people: &[&[Event]], each: &(impl Fn() + Sync)) -> Result<Self, StartError> {
        let Wanted { weights: choice, model: source, split, allow_seen } = wanted;
        let Models { name: model, bundles, models, is_seen: is_model_seen } =
            Models::find(&source, &split, log, allow_seen)?;
        let of_bundles = choice == StartChoice::Auto && !bundles.is_empty();
        let unseen = |name: &str, tables| {
            let name = name.into();
            Self { name, is_seen: is_model_seen, tables, model, models, split: split.clone() }
        };
        if of_bundles {
            return Ok(unseen("of the model", bundles.iter().map(|bundle| bundle.start_weights().clone()).collect()));
        }
        let start = match choice.of(log) {
            StartChoice::Path(path) if path.is_dir() => {
                let tables = split.words().iter().map(|word| table(&path.join(format!("{word}.tsv"))));
                return Ok(unseen(&format!("folds of {}", path.display()), tables.collect::<Result<_, _>>()?));
            }
            StartChoice::LeaveUserOut => {
                return Ok(unseen("leave-user-out", lesson::learn_folds(people, &split, &log.sha256, each)));
            }
            StartChoice::Neutral => unseen("neutral", vec![StartWeights::neutral()]),
            StartChoice::Path(path) => unseen(&path.display().to_string(), vec![table(&path)?]),
            StartChoice::Shipped | StartChoice::Auto => unseen("shipped", vec![StartWeights::default()]),
        };
        let is_seen = start.tables.iter().any(|table| table.learned_on().contains(&log.sha256));
        match is_seen && !allow_seen {
            true => Err(StartError::Seen { name: start.name }),
            false => Ok(Self { is_seen: is_seen || start.is_seen, ..start }),
        }
    }

    /// These weights for everyone, and no model.
    #[must_use]
    pub fn without_model(name: &str, weights: StartWeights) -> Self {
        let split = Split::fifths(0);
        Self { name: name.into(), is_seen: false, tables: vec![weights], model: None, models: Vec::new(), split }
    }

    /// One table for everyone, whatever it was learned on: to write features, where nothing is judged.
    ///
    /// # Errors
    /// [`StartError`] if a table cannot be read, or the choice is not one table.
    pub fn table(choice: &StartChoice) -> Result<StartWeights, StartError> {
        match choice {
            StartChoice::Neutral => Ok(StartWeights::neutral()),
            StartChoice::Shipped | StartChoice::Auto => Ok(StartWeights::default()),
            StartChoice::Path(path) => table(path),
            StartChoice::LeaveUserOut => Err(StartError::NotOneTable),
        }
    }

    /// The weights of a person, by the place in the order of names from 0.
    #[must_use]
    pub fn of(&self, person: usize) -> &StartWeights {
        if self.tables.len() == 1 { &self.tables[0] } else { &self.tables[self.split.fold_of(person)] }
    }

    /// The model of a person, by the place in the order of names from 0.
    #[must_use]
    pub fn model_of(&self, person: usize) -> Option<&Model> {
        if self.models.len() < 2 { self.models.first() } else { self.models.get(self.split.fold_of(person)) }
    }

    /// The same, as habits ask for it.
    #[must_use]
    pub fn corrector_of(&self, person: usize) -> Option<&dyn Corrector> {
        self.model_of(person).map(|model| model as &dyn Corrector)
    }
}

/// The models of a replay, loaded.
struct Models {
    name: Option<String>,
    bundles: Vec<Bundle>,
    models: Vec<Model>,
    is_seen: bool,
}

impl Models {
    fn find(source: &ModelSource, split: &Split, log: &Log, allow_seen: bool) -> Result<Self, StartError> {
        let none = Self { name: None, bundles: Vec::new(), models: Vec::new(), is_seen: false };
        let is_of_log = |bundle: &Bundle| {
            let of_model = bundle.manifest().learned_on.iter().map(|sum| hex(sum));
            of_model.chain(bundle.start_weights().learned_on().iter().cloned()).any(|sum| sum == log.sha256)
        };
        let title = |bundle: &Bundle| format!("{} {}", bundle.manifest().name, bundle.manifest().version);
        match source {
            ModelSource::Off => Ok(none),
            ModelSource::Auto => {
                let path = PathBuf::from("the shipped bundle");
                let bundle = Bundle::shipped().map_err(|source| StartError::Refused { path: path.clone(), source })?;
                match is_of_log(&bundle) || log.format == Format::Ubiqlog {
                    true => Ok(none),
                    false => Self::of(vec![(path, bundle)], |bundles| title(&bundles[0]), false),
                }
            }
            ModelSource::Bundle(path) => {
                let bundle = bundle::read(path)?;
                let is_seen = is_of_log(&bundle);
                if is_seen && !allow_seen {
                    return Err(StartError::SeenModel { name: title(&bundle) });
                }
                Self::of(vec![(path.clone(), bundle)], |bundles| title(&bundles[0]), is_seen)
            }
            ModelSource::Folds(folder) => {
                let read = |(fold, word): (usize, &String)| {
                    let path = folder.join(format!("{word}.bundle"));
                    let bundle = bundle::read(&path)?;
                    let is_of_fold = bundle.manifest().held_out_fold.is_some_and(|held_out| held_out as usize == fold);
                    if is_of_fold { Ok((path, bundle)) } else { Err(StartError::NotOfFold { path, fold }) }
                };
                let bundles = split.words().iter().enumerate().map(read).collect::<Result<Vec<_>, StartError>>()?;
                let name = |bundles: &[Bundle]| format!("{}, folds of {}", title(&bundles[0]), folder.display());
                Self::of(bundles, name, false)
            }
        }
    }

    fn of(
        bundles: Vec<(PathBuf, Bundle)>,
        name: impl Fn(&[Bundle]) -> String,
        is_seen: bool,
    ) -> Result<Self, StartError> {
        let load = |(path, bundle): &(PathBuf, Bundle)| {
            Model::load(bundle).map_err(|source| StartError::Refused { path: path.clone(), source })
        };
        let models = bundles.iter().map(load).collect::<Result<_, _>>()?;
        let bundles: Vec<Bundle> = bundles.into_iter().map(|(_, bundle)| bundle).collect();
        Ok(Self { name: Some(name(&bundles)), bundles, models, is_seen })
    }
}

impl StartChoice {
    /// The choice without [`Self::Auto`].
    #[must_use]
    pub fn of(&self, log: &Log) -> Self {
        let is_known = || {
            let shipped = StartWeights::default();
            log.format == Format::Ubiqlog || shipped.learned_on().contains(&log.sha256)
        };
        match self {
            Self::Auto if is_known() => Self::LeaveUserOut,
            Self::Auto => Self::Shipped,
            other => other.clone(),
        }
    }
}

fn table(path: &Path) -> Result<StartWeights, StartError> {
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|source| StartError::Unreadable { path: path.to_owned(), source })?;
    StartWeights::parse(&text).map_err(|error| match error {
        foretap_core::Error::BadTable { line, reason, .. } => {
            StartError::BadTable { path: path.to_owned(), line, reason: reason.to_owned() }
        }
        other => StartError::BadTable { path: path.to_owned(), line: 1, reason: other.to_string() },
    })
}
