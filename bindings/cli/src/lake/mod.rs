//! A lake of simulated people: what training reads of many, partitioned by day and by hashed person.
//!
//! ```text
//! lake.json                                    what it is, and how it was made
//! day=2026-01-05/shard=07/simulated.parquet    a features file: questions of that day of that shard's people
//! finished/shard=07                            nothing is left to do for that shard
//! ```

mod error;
mod person;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use foretap_core::Event;
use foretap_core::features::schema_hash;
use foretap_core::habits::StartWeights;
use serde_json::json;
use sha2::{Digest, Sha256};

pub use error::LakeError;

use crate::features_file::FeatureFile;
use crate::hex::hex;
use crate::replay::Split;
use crate::simulate::Simulation;
use crate::{crowd, date, training};

/// Whose lake to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How many people, numbered from 0; at least 1.
    pub users: u32,
    /// How many days each of them lives through; at least 1.
    pub days: u32,
    /// Of everything random.
    pub seed: u64,
    /// At most this many questions of each person and kind of moment to train on, evenly thinned.
    pub training_queries: usize,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Questions, those of shards that were finished before left out.
    pub questions: u64,
    /// Parts of the people.
    pub shards: u32,
    /// Parts that were finished before.
    pub finished_before: u32,
}

impl Plan {
    /// The parts of the people: some 250 in each, so that a file holds a few thousand rows and a part fits in memory.
    #[must_use]
    pub const fn shards(&self) -> u32 {
        self.users.div_ceil(250)
    }

    /// What stands in `lake.json`: everything that its bytes depend on.
    fn description(&self, start: &StartWeights) -> String {
        let Self { users, days, seed, training_queries } = self;
        let made = json!({
            "users": users, "days": days, "seed": seed, "training_queries": training_queries,
            "start_weights": hex(&Sha256::digest(start.to_string())), "feature_schema": hex(&schema_hash()),
        });
        format!("{:#}\n", json!({ "format": 1, "shards": self.shards(), "simulated": made }))
    }
}

/// Writes a lake, on all cores; what an earlier call with the same plan has finished stays. `each` hears of every person
/// who was lived through, those of finished shards included.
///
/// # Errors
/// If another lake lies there, a number makes no sense or a file cannot be written.
pub fn write(
    folder: &Path,
    plan: &Plan,
    start: &StartWeights,
    each: &(impl Fn() + Sync),
) -> Result<Summary, LakeError> {
    if plan.users == 0 || plan.days == 0 || plan.training_queries == 0 {
        return Err(LakeError::OutOfRange { what: "a lake has people, days and questions: 1 or more of each" });
    }
    let description = plan.description(start);
    begin(folder, &description)?;
    let log_sha256 = hex(&Sha256::digest(&description));
    let split = Split::fifths(usize::try_from(plan.users).expect("32 bits"));
    let shards: Vec<u32> = (0..plan.shards()).collect();
    let (questions, finished_before) = (AtomicU64::new(0), AtomicU64::new(0));
    let written = crowd::map(
        &shards,
        |_| 1,
        |&shard| {
            let people = (0..plan.users).filter(|&person| person::shard_of(person, plan.shards()) == shard);
            let name = shard_name(shard, plan.shards());
            let shard = Shard { folder, plan, log_sha256: &log_sha256, split: &split, name };
            if shard.marker().exists() {
                people.for_each(|_| each());
                finished_before.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            }
            questions.fetch_add(shard.write(people, start, each)?, Ordering::Relaxed);
            Ok(())
        },
    );
    written.into_iter().collect::<Result<(), LakeError>>()?;
    let finished_before = u32::try_from(finished_before.into_inner()).expect("as many as there are shards");
    Ok(Summary { questions: questions.into_inner(), shards: plan.shards(), finished_before })
}

/// Begins a lake, or goes on with the same one.
fn begin(folder: &Path, description: &str) -> Result<(), LakeError> {
    let finished = folder.join("finished");
    fs::create_dir_all(&finished).map_err(LakeError::io(&finished))?;
    let path = folder.join("lake.json");
    match fs::read_to_string(&path) {
        Ok(there) if there == description => Ok(()),
        Ok(_) => Err(LakeError::Other { path }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            fs::write(&path, description).map_err(LakeError::io(&path))
        }
        Err(source) => Err(LakeError::Io { path, source }),
    }
}

/// A part of the people of a lake.
struct Shard<'a> {
    folder: &'a Path,
    plan: &'a Plan,
    /// What its files are made from.
    log_sha256: &'a str,
    /// Who is held out together.
    split: &'a Split,
    /// As its folders are called.
    name: String,
}

impl Shard<'_> {
    /// Lives through everyone's days, writes the file of each day, and gives the number of questions.
    fn write(
        &self,
        people: impl Iterator<Item = u32>,
        start: &StartWeights,
        each: &impl Fn(),
    ) -> Result<u64, LakeError> {
        // Away from the days until all of it is whole.
        let partial = self.folder.join("partial").join(&self.name);
        fs::create_dir_all(&partial).map_err(LakeError::io(&partial))?;
        let mut files = BTreeMap::<i64, FeatureFile>::new();
        for person in people {
            let (seed, options) = person::options(self.plan, person);
            let events: Vec<Event> = Simulation::new(seed, options)?.collect();
            let mut lessons = Vec::new();
            let number = usize::try_from(person).expect("32 bits");
            let sampling = person::sampling(self.plan, person);
            let openings = training::lessons(&events, start, sampling, &|| (), |lesson, _| lessons.push(lesson));
            for lesson in lessons {
                let day = options.first_day + i64::from(lesson.day);
                let file = match files.entry(day) {
                    Entry::Occupied(there) => there.into_mut(),
                    Entry::Vacant(free) => {
                        free.insert(training::create(&partial.join(day_name(day)), self.log_sha256, self.split)?)
                    }
                };
                training::add(file, (number, self.split.fold_of(number)), openings, &lesson)?;
            }
            each();
        }
        let mut questions = 0;
        for (day, file) in files {
            questions += file.finish()?;
            let to = self.folder.join(day_name(day)).join(&self.name);
            fs::create_dir_all(&to).map_err(LakeError::io(&to))?;
            let (from, to) = (partial.join(day_name(day)), to.join("simulated.parquet"));
            fs::rename(&from, &to).map_err(LakeError::io(&to))?;
        }
        fs::remove_dir(&partial).map_err(LakeError::io(&partial))?;
        fs::write(self.marker(), "").map_err(LakeError::io(&self.marker()))?;
        Ok(questions)
    }

    /// What is there when nothing is left to do.
    fn marker(&self) -> PathBuf {
        self.folder.join("finished").join(&self.name)
    }
}

fn day_name(day: i64) -> String {
    format!("day={}", date::of_day(day))
}

fn shard_name(shard: u32, shards: u32) -> String {
    let digits = shards.saturating_sub(1).to_string().len().max(2);
    format!("shard={shard:0digits$}")
}

#[cfg(test)]
mod tests;
