//! Who lives in a lake: simulated people who differ.

use sha2::{Digest, Sha256};

use super::Plan;
use crate::dice::Dice;
use crate::simulate::{Job, Options};
use crate::training::Sampling;

/// The shard of a person: the first 8 bytes, big-endian, of the SHA-256 of the decimal number, modulo the shards. The same
/// as in the Python of `models/`.
pub(super) fn shard_of(person: u32, shards: u32) -> u32 {
    let digest = Sha256::digest(person.to_string());
    let first = digest.first_chunk::<8>().expect("a SHA-256 has 32 bytes");
    u32::try_from(u64::from_be_bytes(*first) % u64::from(shards)).expect("below the shards")
}

/// The seed of a person of a plan, and what makes them differ from others: how often they take up the phone, what else is
/// installed, when they work and where their clock is.
pub(super) fn options(plan: &Plan, person: u32) -> (u64, Options) {
    let mut dice = Dice::new(seed(plan.seed, person));
    // As many who take it up a quarter as often as usual as one and a half times as often.
    let scale = (dice.between(0.25_f64.ln(), 1.5_f64.ln())).exp();
    let job = [Job::Office, Job::Shop, Job::None][dice.weighted(&[0.6, 0.2, 0.2]).expect("positive weights")];
    let extra_items = u16::try_from(dice.below(61)).expect("at most 60");
    let utc_offset_min = 60 * (i16::try_from(dice.below(20)).expect("at most 19") - 8);
    let options = Options { days: plan.days, scale, extra_items, job, utc_offset_min, ..Options::default() };
    (u64::from(dice.below(u32::MAX)) << 32 | u64::from(dice.below(u32::MAX)), options)
}

/// What is taken of a person: everyone is trained on, every [`PANEL`]th is judged on as well.
pub(super) fn sampling(plan: &Plan, person: u32) -> Sampling {
    let scored = if person.is_multiple_of(PANEL) { SCORED } else { 0 };
    Sampling { training: plan.training_queries, scored }
}

/// A seed of each pair of seed and person.
fn seed(seed: u64, person: u32) -> u64 {
    let digest = Sha256::digest([&seed.to_be_bytes()[..], &person.to_be_bytes()[..]].concat());
    u64::from_be_bytes(*digest.first_chunk::<8>().expect("a SHA-256 has 32 bytes"))
}

/// Judged on is one person in so many: prime to the folds, so that all of them have some.
const PANEL: u32 = 11;
/// So many questions of each moment, which is enough for the protocol to count the person.
const SCORED: usize = 40;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::replay::FOLDS;

    const PLAN: Plan = Plan { users: 2_000, days: 14, seed: 7, training_queries: 15 };

    #[test]
    fn a_shard_is_the_same_in_every_language() {
        assert_eq!([0, 1, 2, 9_999].map(|person| shard_of(person, 40)), [0, 33, 6, 18]);
    }

    #[test]
    fn people_differ_and_stay_who_they_are() {
        let all: Vec<_> = (0..PLAN.users).map(|person| options(&PLAN, person)).collect();
        assert_eq!(all[17], options(&PLAN, 17));
        assert_ne!(all[17], options(&Plan { seed: 8, ..PLAN }, 17));
        let seeds: BTreeSet<u64> = all.iter().map(|(seed, _)| *seed).collect();
        assert_eq!(seeds.len(), all.len());
        let count = |of: fn(&Options) -> bool| all.iter().filter(|(_, options)| of(options)).count();
        assert!((1_100..1_300).contains(&count(|o| o.job == Job::Office)));
        assert!((300..500).contains(&count(|o| o.job == Job::None)));
        assert!(all.iter().all(|(_, o)| (0.25..1.5).contains(&o.scale) && o.extra_items <= 60));
        assert!((900..1_100).contains(&count(|o| o.scale < (0.25_f64 * 1.5).sqrt())));
        assert_eq!(count(|o| o.utc_offset_min == -480) > 0, count(|o| o.utc_offset_min == 660) > 0);
    }

    #[test]
    fn every_fold_has_people_who_are_judged_on() {
        let judged = (0..PLAN.users).filter(|&person| sampling(&PLAN, person).scored > 0);
        let folds: BTreeSet<u32> = judged.map(|person| person % u32::try_from(FOLDS).expect("five")).collect();
        assert_eq!(folds.len(), FOLDS);
    }
}
