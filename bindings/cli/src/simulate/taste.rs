//! What the simulated person wants to open: habits by moment, what follows what, and what the phone allows.

use foretap_core::{Item, Network};

use super::apps::{APPS, CHANGES, Change, FOLLOWERS, Nature, place};
use super::schedule::Moment;
use crate::dice::Dice;

/// The circumstances of a choice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances {
    pub(super) moment: Moment,
    pub(super) network: Network,
    pub(super) is_battery_low: bool,
    /// The day, from 0.
    pub(super) day: u32,
}

/// One person's liking of every item.
#[derive(Debug, Clone)]
pub(super) struct Taste {
    items: Vec<Item>,
    liking: Vec<f64>,
    followers: Vec<Vec<(usize, f64)>>,
    /// The first day an item is there, and the first it is gone.
    there: Vec<(u32, u32)>,
}

impl Taste {
    /// A person with the usual apps and `extra` more, over so many days.
    pub(super) fn draw(extra: u16, days: u32, dice: &mut Dice) -> Self {
        let names = APPS.iter().map(|app| app.name.to_owned());
        let all = names.chain((1..=extra).map(|i| format!("App {i:03}")));
        let items: Vec<Item> = all.map(|name| Item::new(&name).expect("short and printable")).collect();
        let mut followers = vec![Vec::new(); items.len()];
        for (from, to) in FOLLOWERS {
            followers[place(from)] = to.iter().map(|&(to, weight)| (place(to), weight)).collect();
        }
        let mut there = vec![(0, u32::MAX); items.len()];
        for (name, change) in CHANGES {
            match change {
                Change::Installed(share) => there[place(name)].0 = share_of(days, share),
                Change::Uninstalled(share) => there[place(name)].1 = share_of(days, share),
            }
        }
        let liking = (0..items.len()).map(|_| dice.between(0.7, 1.4)).collect();
        Self { items, liking, followers, there }
    }

    pub(super) fn item(&self, at: usize) -> &Item {
        &self.items[at]
    }

    /// The items that come (`true`) and go (`false`) on a day.
    pub(super) fn changes(&self, day: u32) -> impl Iterator<Item = (usize, bool)> + '_ {
        let change = move |(at, &(from, until)): (usize, &(u32, u32))| {
            if from == day && day > 0 { Some((at, true)) } else { (until == day).then_some((at, false)) }
        };
        self.there.iter().enumerate().filter_map(change)
    }

    pub(super) fn has(&self, at: usize, day: u32) -> bool {
        (self.there[at].0..self.there[at].1).contains(&day)
    }

    /// The app opened out of habit.
    pub(super) fn habit(&self, now: Circumstances, dice: &mut Dice) -> usize {
        dice.weighted(&self.weights(now)).expect("some app is always wanted")
    }

    /// The app opened after `current`, never the same one.
    pub(super) fn next(&self, current: usize, now: Circumstances, dice: &mut Dice) -> usize {
        let mut weights = self.weights(now);
        if dice.chance(FOLLOW_CHANCE) && !self.followers[current].is_empty() {
            let allowed: Vec<f64> = self.followers[current]
                .iter()
                .map(|&(to, weight)| if weights[to] > 0.05 { weight } else { 0.0 })
                .collect();
            if let Some(follower) = dice.weighted(&allowed) {
                return self.followers[current][follower].0;
            }
        }
        weights[current] = 0.0;
        dice.weighted(&weights).expect("some other app is always wanted")
    }

    fn weights(&self, now: Circumstances) -> Vec<f64> {
        let mut weights: Vec<f64> = APPS
            .iter()
            .enumerate()
            .map(|(at, app)| app.wanted[now.moment.column()] * self.factor(at, app.nature, now))
            .collect();
        // Zipf: the k-th of the further items is wanted 1/k as much as the first.
        let extras = 1..=self.items.len() - APPS.len();
        #[expect(clippy::cast_precision_loss, reason = "at most 65,535 items")]
        let zipf = |k: usize| 1.0 / k as f64;
        let unit = EXTRA_SHARE * weights.iter().sum::<f64>() / extras.clone().map(zipf).sum::<f64>().max(1.0);
        weights.extend(extras.map(|k| unit * zipf(k)));
        weights
    }

    fn factor(&self, at: usize, nature: Nature, now: Circumstances) -> f64 {
        if !self.has(at, now.day) {
            return 0.0;
        }
        let mut factor = self.liking[at];
        if nature.needs_wifi() && now.network != Network::Wifi {
            factor *= 0.01;
        }
        if now.is_battery_low {
            factor *= if nature.is_heavy() { 0.02 } else { 1.0 };
            factor *= if nature == Nature::Frugal { 10.0 } else { 1.0 };
            factor *= if APPS[at].name == "Battery Saver" { 15.0 } else { 1.0 };
        }
        factor
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the days")]
fn share_of(days: u32, share: f64) -> u32 {
    ((f64::from(days) * share) as u32).max(1)
}

/// How often the next app is one that usually follows.
const FOLLOW_CHANCE: f64 = 0.6;
/// How much all further items together are wanted, against the usual apps.
const EXTRA_SHARE: f64 = 0.15;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Circumstances =
        Circumstances { moment: Moment::FreeEvening, network: Network::Wifi, is_battery_low: false, day: 3 };

    fn taste() -> Taste {
        Taste::draw(60, 30, &mut Dice::new(9))
    }

    #[test]
    fn the_next_app_is_never_the_same_one() {
        let (taste, mut dice) = (taste(), Dice::new(1));
        for current in (0..taste.items.len()).cycle().take(5_000) {
            assert_ne!(taste.next(current, NOW, &mut dice), current);
        }
    }

    #[test]
    fn circumstances_change_what_is_wanted() {
        let taste = taste();
        let weight = |name: &str, now: Circumstances| taste.weights(now)[place(name)];
        let (away, low) =
            (Circumstances { network: Network::FourG, ..NOW }, Circumstances { is_battery_low: true, ..NOW });
        assert!(weight("Netflix", away) < 0.02 * weight("Netflix", NOW));
        assert!(weight("Puzzle Quest", low) < 0.05 * weight("Puzzle Quest", NOW));
        assert!(weight("Battery Saver", low) > 100.0 * weight("Battery Saver", NOW));
        assert_eq!(weight("Language Lessons", NOW), 0.0, "installed on a later day");
        assert!(weight("Language Lessons", Circumstances { day: 20, ..NOW }) > 0.0);
    }

    #[test]
    fn further_items_follow_zipf() {
        let weights = taste().weights(NOW);
        let (usual, further) = weights.split_at(APPS.len());
        assert_eq!(further.len(), 60);
        assert!((further[0] / further[9] - 10.0).abs() < 1e-9);
        assert!((further.iter().sum::<f64>() / usual.iter().sum::<f64>() - EXTRA_SHARE).abs() < 1e-9);
    }
}
