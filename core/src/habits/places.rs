//! What is opened where: counts by place, access point, network, battery and audio, and what each place means.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::excess::Excess;
use super::items::ItemIndex;
use crate::config::{MAX_PLACE_ITEMS, MAX_PLACES};
use crate::event::{Audio, Battery, Context, Network, PlaceLabel, Token};
use crate::time::{HOUR_MS, Timestamp};

/// A stay between two events at one place counts as dwelling up to this long: a night's sleep, not a holiday.
const MAX_STAY_MS: i64 = 12 * HOUR_MS;
/// Dwell minutes below which a place has no inferred meaning.
const MIN_KNOWN_MIN: u32 = 30;
const MIN_HOME_MIN: u32 = 120;
const MIN_WORK_MIN: u32 = 240;
const MAX_COMMUTE_STAY_MIN: u32 = 60;

/// How often each item was opened in one circumstance.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Tally {
    by_item: BTreeMap<ItemIndex, u32>,
    /// Orders tallies by last use.
    used: u64,
}

impl Tally {
    /// Counts an opening. The item opened least makes room for a new one at [`MAX_PLACE_ITEMS`].
    fn add(&mut self, index: ItemIndex, used: u64) {
        if self.by_item.len() >= MAX_PLACE_ITEMS
            && !self.by_item.contains_key(&index)
            && let Some(least) = self.by_item.iter().min_by_key(|(_, count)| **count).map(|(index, _)| *index)
        {
            self.by_item.remove(&least);
        }
        *self.by_item.entry(index).or_default() += 1;
        self.used = used;
    }

    /// Openings of one item.
    pub(super) fn of(&self, index: ItemIndex) -> u32 {
        self.by_item.get(&index).copied().unwrap_or_default()
    }

    /// Openings of all items.
    pub(super) fn all(&self) -> u32 {
        self.by_item.values().sum()
    }

    fn forget(&mut self, gone: &[ItemIndex]) {
        for index in gone {
            self.by_item.remove(index);
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Dwell {
    by_hour_min: [u32; 24],
    office_min: u32,
    rush_min: u32,
    stays: u32,
}

impl Dwell {
    fn total_min(&self) -> u32 {
        self.by_hour_min.iter().sum()
    }

    fn night_min(&self) -> u32 {
        self.by_hour_min[..6].iter().chain(&self.by_hour_min[22..]).sum()
    }
}

/// The tallies that a context opens; `None` where that part of the context is unknown or new.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Circumstances<'a> {
    pub(super) place: Option<&'a Tally>,
    pub(super) label: Option<&'a Tally>,
    pub(super) access_point: Option<&'a Tally>,
    pub(super) network: Option<&'a Excess>,
    pub(super) battery: Option<&'a Excess>,
    pub(super) audio: Option<&'a Excess>,
}

/// Counts by circumstance, and the meaning of places.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Places {
    places: BTreeMap<Token, Tally>,
    labels: BTreeMap<PlaceLabel, Tally>,
    access_points: BTreeMap<Token, Tally>,
    networks: BTreeMap<Network, Excess>,
    batteries: BTreeMap<Battery, Excess>,
    audio: BTreeMap<Audio, Excess>,
    dwell: BTreeMap<Token, Dwell>,
    home: Option<Token>,
    work: Option<Token>,
    last_seen: Option<(Token, Timestamp)>,
    used: u64,
}

impl Places {
    /// What is known of openings in circumstances like these.
    pub(super) fn circumstances(&self, context: &Context) -> Circumstances<'_> {
        Circumstances {
            place: context.place.as_ref().and_then(|place| self.places.get(place)),
            label: self.label(context).and_then(|label| self.labels.get(&label)),
            access_point: context.access_point.as_ref().and_then(|token| self.access_points.get(token)),
            network: context.network.and_then(|network| self.networks.get(&network)),
            battery: context.battery.and_then(|battery| self.batteries.get(&battery)),
            audio: context.audio.and_then(|audio| self.audio.get(&audio)),
        }
    }

    /// What the context's place means: as the host says, else as the dwell hours say.
    pub(super) fn label(&self, context: &Context) -> Option<PlaceLabel> {
        let inferred = || {
            let place = context.place.as_ref()?;
            let dwell = self.dwell.get(place)?;
            match Some(place) {
                home if home == self.home.as_ref() => Some(PlaceLabel::Home),
                work if work == self.work.as_ref() => Some(PlaceLabel::Work),
                _ if dwell.total_min() < MIN_KNOWN_MIN => None,
                _ if 10 * dwell.rush_min >= 6 * dwell.total_min()
                    && dwell.total_min() < MAX_COMMUTE_STAY_MIN * dwell.stays.max(1) =>
                {
                    Some(PlaceLabel::Commute)
                }
                _ => Some(PlaceLabel::Other),
            }
        };
        context.label.or_else(inferred)
    }

    /// Counts an opening.
    pub(super) fn open(&mut self, index: ItemIndex, context: &Context) {
        let label = self.label(context);
        self.used += 1;
        let used = self.used;
        if let Some(place) = &context.place {
            tally(&mut self.places, place).add(index, used);
        }
        if let Some(token) = &context.access_point {
            tally(&mut self.access_points, token).add(index, used);
        }
        if let Some(label) = label {
            self.labels.entry(label).or_default().add(index, used);
        }
    }

    /// Compares an opening with the probabilities that it had without network, battery and audio.
    pub(super) fn compare(&mut self, index: ItemIndex, context: &Context, expected: &[(ItemIndex, f64)]) {
        if let Some(network) = context.network {
            self.networks.entry(network).or_default().add(index, expected.iter().copied());
        }
        if let Some(battery) = context.battery {
            self.batteries.entry(battery).or_default().add(index, expected.iter().copied());
        }
        if let Some(audio) = context.audio {
            self.audio.entry(audio).or_default().add(index, expected.iter().copied());
        }
    }

    /// Any event tells where the phone is: time between two events at one place was spent there.
    pub(super) fn seen(&mut self, at: Timestamp, context: &Context) {
        let Some(place) = &context.place else { return };
        if let Some((last, since)) = self.last_seen.take()
            && at.at_ms() >= since.at_ms()
            && last == *place
            && at.at_ms() - since.at_ms() <= MAX_STAY_MS
        {
            self.stay(place, since, at);
        } else if let Some(dwell) = self.dwell.get_mut(place) {
            dwell.stays += 1;
        }
        self.last_seen = Some((place.clone(), at));
    }

    /// The clock was set back.
    pub(super) fn clock_set_back(&mut self) {
        self.last_seen = None;
    }

    pub(super) fn forget(&mut self, gone: &[ItemIndex]) {
        self.places.values_mut().chain(self.access_points.values_mut()).for_each(|tally| tally.forget(gone));
        self.labels.values_mut().for_each(|tally| tally.forget(gone));
        self.networks.values_mut().for_each(|excess| excess.forget(gone));
        self.batteries.values_mut().for_each(|excess| excess.forget(gone));
        self.audio.values_mut().for_each(|excess| excess.forget(gone));
    }

    fn stay(&mut self, place: &Token, since: Timestamp, until: Timestamp) {
        if !self.dwell.contains_key(place)
            && self.dwell.len() >= MAX_PLACES
            && let Some(least) =
                self.dwell.iter().min_by_key(|(_, dwell)| dwell.total_min()).map(|(place, _)| place.clone())
        {
            self.dwell.remove(&least);
        }
        let dwell = self.dwell.entry(place.clone()).or_insert_with(|| Dwell { stays: 1, ..Dwell::default() });
        let mut from = since;
        while from.at_ms() < until.at_ms() {
            let hour_end = from.plus_ms(HOUR_MS - from.ms_of_day() % HOUR_MS);
            let to = hour_end.min(until);
            let minutes = u32::try_from((to.at_ms() + 30_000) / 60_000 - (from.at_ms() + 30_000) / 60_000)
                .expect("within an hour");
            dwell.by_hour_min[from.hour()] += minutes;
            if !from.weekday().is_weekend() {
                match from.hour() {
                    6..10 | 16..20 => dwell.rush_min += minutes,
                    _ => {}
                }
                if (9..17).contains(&from.hour()) {
                    dwell.office_min += minutes;
                }
            }
            from = to;
        }
        if since.hour() != until.hour() {
            self.infer();
        }
    }

    fn infer(&mut self) {
        let most = |minutes: &dyn Fn(&Dwell) -> u32, least: u32, not: Option<&Token>| {
            self.dwell
                .iter()
                .filter(|(place, dwell)| minutes(dwell) >= least && Some(*place) != not)
                .max_by_key(|(_, dwell)| minutes(dwell))
                .map(|(place, _)| place.clone())
        };
        let home = most(&Dwell::night_min, MIN_HOME_MIN, None);
        let work = most(&|dwell| dwell.office_min, MIN_WORK_MIN, home.as_ref());
        (self.home, self.work) = (home, work);
    }
}

/// The tally of a token; the one used longest ago makes room for a new one at [`MAX_PLACES`].
fn tally<'a>(tallies: &'a mut BTreeMap<Token, Tally>, token: &Token) -> &'a mut Tally {
    if !tallies.contains_key(token)
        && tallies.len() >= MAX_PLACES
        && let Some(oldest) = tallies.iter().min_by_key(|(_, tally)| tally.used).map(|(token, _)| token.clone())
    {
        tallies.remove(&oldest);
    }
    tallies.entry(token.clone()).or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        // Monday 2024-01-01, midnight.
        Timestamp::new(1_704_067_200_000 + hours * HOUR_MS, 0).expect("valid")
    }

    fn context(place: &str) -> Context {
        Context { place: Some(Token::new(place).expect("valid")), ..Context::default() }
    }

    #[test]
    fn dwell_hours_tell_home_from_work_from_the_train() {
        let mut places = Places::default();
        for day in 0..4 {
            for hour in 0..24 {
                let place = match hour {
                    8 | 17 => "train",
                    9..=16 => "office",
                    19 => "gym",
                    _ => "flat",
                };
                for quarter in 0..4 {
                    places.seen(at(24 * day + hour).plus_ms(quarter * HOUR_MS / 4), &context(place));
                }
            }
        }
        let label = |place: &str| places.label(&context(place));
        assert_eq!(label("flat"), Some(PlaceLabel::Home));
        assert_eq!(label("office"), Some(PlaceLabel::Work));
        assert_eq!(label("train"), Some(PlaceLabel::Commute));
        assert_eq!(label("never seen"), None);
        let told = Context { label: Some(PlaceLabel::Other), ..context("flat") };
        assert_eq!(places.label(&told), Some(PlaceLabel::Other), "the host's word counts first");
    }

    #[test]
    fn places_are_held_up_to_the_limit_and_the_oldest_leaves() {
        let mut places = Places::default();
        let index = ItemIndex::of_row(0);
        for n in 0..=MAX_PLACES {
            places.open(index, &context(&format!("p{n}")));
            assert!(places.circumstances(&context("p0")).place.is_some() == (n < MAX_PLACES));
        }
        assert_eq!(places.places.len(), MAX_PLACES);
    }

    #[test]
    fn a_forgotten_item_leaves_every_tally() {
        let mut places = Places::default();
        let full = Context {
            network: Some(Network::Wifi),
            battery: Some(Battery::Low),
            label: Some(PlaceLabel::Home),
            ..context("p")
        };
        places.open(ItemIndex::of_row(0), &full);
        places.open(ItemIndex::of_row(1), &full);
        places.forget(&[ItemIndex::of_row(0)]);
        let seen = places.circumstances(&full);
        for tally in [seen.place, seen.label].into_iter().flatten() {
            assert_eq!([0, 1].map(|row| tally.of(ItemIndex::of_row(row))), [0, 1]);
        }
    }
}
