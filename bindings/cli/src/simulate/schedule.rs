//! Where the simulated person is over a day. A day runs from 4 h to 4 h; times are milliseconds from its midnight.

use foretap_core::{Network, PlaceLabel, Token};

use crate::dice::Dice;

pub(super) const MINUTE_MS: i64 = 60_000;
pub(super) const HOUR_MS: i64 = 60 * MINUTE_MS;

/// What kind of moment it is; the habits hang on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Morning,
    Commute,
    WorkMorning,
    Work,
    Evening,
    FreeDay,
    FreeEvening,
    Out,
}

impl Moment {
    /// The column in the table of apps.
    pub(super) const fn column(self) -> usize {
        self as usize
    }

    /// How often the phone is taken up, against an average hour.
    pub(super) const fn activity(self) -> f64 {
        match self {
            Self::Commute | Self::FreeEvening => 1.6,
            Self::Evening => 1.3,
            Self::WorkMorning => 1.1,
            Self::Morning | Self::FreeDay | Self::Out => 1.0,
            Self::Work => 0.8,
        }
    }

    /// The largest [`Self::activity`].
    pub(super) const MAX_ACTIVITY: f64 = 1.6;
}

/// The person's places, as opaque names.
#[derive(Debug, Clone)]
pub(super) struct Places {
    home: Place,
    work: Place,
    way: Vec<Place>,
    others: Vec<Place>,
}

#[derive(Debug, Clone)]
struct Place {
    token: Token,
    label: PlaceLabel,
    access_point: Option<Token>,
}

impl Places {
    /// A home, a place of work, four cells on the way between them and five other places.
    pub(super) fn draw(dice: &mut Dice) -> Self {
        let mut next = 10 + dice.below(50);
        let mut place = |label, has_wifi: bool| {
            next += 1 + dice.below(90);
            let token = |prefix: &str| Token::new(&format!("{prefix}_{next}")).expect("short and printable");
            Place { token: token("city"), label, access_point: has_wifi.then(|| token("ap")) }
        };
        Self {
            home: place(PlaceLabel::Home, true),
            work: place(PlaceLabel::Work, true),
            way: (0..4).map(|_| place(PlaceLabel::Commute, false)).collect(),
            others: (0..5).map(|_| place(PlaceLabel::Other, false)).collect(),
        }
    }
}

/// A stay at a place, until the next one begins.
#[derive(Debug, Clone)]
pub(super) struct Stay {
    from_ms: i64,
    pub(super) place: Token,
    pub(super) label: PlaceLabel,
    pub(super) network: Network,
    pub(super) access_point: Option<Token>,
}

/// One day.
#[derive(Debug, Clone)]
pub(super) struct Schedule {
    pub(super) is_work_day: bool,
    /// When the phone is first taken up.
    pub(super) wake_ms: i64,
    /// When it is put away.
    pub(super) sleep_ms: i64,
    stays: Vec<Stay>,
}

impl Schedule {
    /// Draws a day; people are never quite on time.
    pub(super) fn draw(places: &Places, is_work_day: bool, dice: &mut Dice) -> Self {
        let mut time = |hour: i64, minute: i64, spread_min: u32| {
            let late = i64::from(dice.below(2 * spread_min + 1)) - i64::from(spread_min);
            hour * HOUR_MS + (minute + late) * MINUTE_MS
        };
        let (wake_ms, sleep_ms, times) = if is_work_day {
            (time(6, 50, 15), time(23, 15, 35), [time(8, 0, 10), time(8, 42, 8), time(17, 30, 20), time(18, 15, 15)])
        } else {
            (time(8, 40, 40), time(24, 20, 50), [time(11, 0, 45), time(11, 30, 10), time(14, 30, 60), time(16, 30, 15)])
        };
        let mut schedule = Self { is_work_day, wake_ms, sleep_ms, stays: Vec::new() };
        schedule.stay(0, &places.home, dice);
        let [leave, arrive, back, home] = times;
        if is_work_day {
            schedule.travel(places.way.iter(), leave, arrive, dice);
            schedule.stay(arrive, &places.work, dice);
            schedule.travel(places.way.iter().rev(), back, home, dice);
            schedule.stay(home, &places.home, dice);
        } else if dice.chance(0.75) {
            for at in [leave, back] {
                let other = &places.others[dice.below(5) as usize];
                schedule.stay(at, other, dice);
            }
            schedule.stay(home, &places.home, dice);
        }
        schedule
    }

    /// Where the person is at a time of the day.
    pub(super) fn at(&self, ms: i64) -> &Stay {
        let next = self.stays.partition_point(|s| s.from_ms <= ms);
        &self.stays[next.saturating_sub(1)]
    }

    /// What kind of moment it is.
    pub(super) fn moment(&self, ms: i64) -> Moment {
        match self.at(ms).label {
            PlaceLabel::Commute => Moment::Commute,
            PlaceLabel::Work if ms < 11 * HOUR_MS => Moment::WorkMorning,
            PlaceLabel::Work => Moment::Work,
            PlaceLabel::Other => Moment::Out,
            PlaceLabel::Home if self.is_work_day && ms < 12 * HOUR_MS => Moment::Morning,
            PlaceLabel::Home if self.is_work_day => Moment::Evening,
            PlaceLabel::Home if ms < 18 * HOUR_MS => Moment::FreeDay,
            PlaceLabel::Home => Moment::FreeEvening,
        }
    }

    fn travel<'a>(&mut self, way: impl ExactSizeIterator<Item = &'a Place>, from_ms: i64, to_ms: i64, dice: &mut Dice) {
        let step = (to_ms - from_ms) / i64::try_from(way.len()).expect("four cells").max(1);
        for (i, place) in (0..).zip(way) {
            self.stay(from_ms + i * step, place, dice);
        }
    }

    fn stay(&mut self, from_ms: i64, place: &Place, dice: &mut Dice) {
        let network = match place.label {
            PlaceLabel::Home | PlaceLabel::Work => Network::Wifi,
            PlaceLabel::Commute if dice.chance(0.06) => Network::Offline,
            PlaceLabel::Commute => Network::FourG,
            PlaceLabel::Other if dice.chance(0.4) => Network::FiveG,
            PlaceLabel::Other => Network::FourG,
        };
        let Place { token, label, access_point } = place.clone();
        self.stays.push(Stay { from_ms, place: token, label, network, access_point });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_work_day_goes_from_home_over_the_way_to_work_and_back() {
        let mut dice = Dice::new(3);
        let places = Places::draw(&mut dice);
        for _ in 0..50 {
            let day = Schedule::draw(&places, true, &mut dice);
            let moments = [5, 8, 10, 14, 21].map(|hour| day.moment(hour * HOUR_MS + 25 * MINUTE_MS));
            use Moment::{Commute, Evening, Morning, Work, WorkMorning};
            assert_eq!(moments, [Morning, Commute, WorkMorning, Work, Evening]);
            assert!(day.wake_ms < 8 * HOUR_MS && day.sleep_ms < 26 * HOUR_MS);
            assert!(day.stays.is_sorted_by_key(|s| s.from_ms));
            assert_eq!(
                (day.at(10 * HOUR_MS).network, day.at(10 * HOUR_MS).access_point.is_some()),
                (Network::Wifi, true)
            );
        }
    }

    #[test]
    fn free_days_end_at_home() {
        let mut dice = Dice::new(4);
        let places = Places::draw(&mut dice);
        for _ in 0..50 {
            let day = Schedule::draw(&places, false, &mut dice);
            assert_eq!(day.moment(20 * HOUR_MS), Moment::FreeEvening);
            assert!(day.stays.is_sorted_by_key(|s| s.from_ms) && day.sleep_ms < 26 * HOUR_MS);
        }
    }
}
