//! A simulated person with a phone: an office worker with habits, from a seed. For demos, tests and benches; no measured
//! quality comes from here, because the habits are those that the predictor looks for.
//!
//! The person wakes, commutes, works and comes home (free days differ); unlocks the phone some 70 times a day and opens
//! one to six apps each time, by habit of the moment, by what usually follows, by what was left on the screen and by
//! notifications; avoids heavy apps on a low battery and streams on Wi-Fi only; installs two apps and removes one.

mod apps;
mod battery;
mod logging;
mod phone;
mod reaction;
mod schedule;
mod taste;

pub use logging::{LoggingPolicy, Ranked};
pub use reaction::{Intent, Reacted, Reaction, react};

use std::collections::VecDeque;

use foretap_core::time::DAY_MS;
use foretap_core::{Event, Result, Timestamp, Weekday};

use crate::dice::Dice;
use phone::{Day, Phone};
use schedule::{Places, Schedule};
use taste::Taste;

/// What to simulate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// How many days.
    pub days: u32,
    /// The first day, in local days from 1970-01-01.
    pub first_day: i64,
    /// The local clock's offset from UTC in minutes.
    pub utc_offset_min: i16,
    /// A change of the clocks, if there is one.
    pub shift: Option<Shift>,
    /// How often the phone is used, against the usual 70 unlocks a day; 0.01 to 20. What is no number counts as 1.
    pub scale: f64,
    /// Items besides the 40 usual apps, `App 001` and so on, wanted as by Zipf's law.
    pub extra_items: u16,
    /// When the person goes to work.
    pub job: Job,
}

/// When a person goes to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Job {
    /// From Monday to Friday.
    #[default]
    Office,
    /// From Wednesday to Sunday.
    Shop,
    /// Never.
    None,
}

impl Job {
    /// Whether a day is one of work.
    const fn is_on(self, day: Weekday) -> bool {
        match self {
            Self::Office => !day.is_weekend(),
            Self::Shop => !matches!(day, Weekday::Monday | Weekday::Tuesday),
            Self::None => false,
        }
    }
}

impl Default for Options {
    /// 30 days from Monday, 2026-01-05, one hour ahead of UTC, as often as usual, the usual apps, in an office.
    fn default() -> Self {
        let job = Job::default();
        Self { days: 30, first_day: 20_458, utc_offset_min: 60, shift: None, scale: 1.0, extra_items: 0, job }
    }
}

/// A change of the clocks, as for summer time; it takes place in the night before a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// The first day, from 0, with the new offset.
    pub day: u32,
    /// The new offset from UTC in minutes.
    pub utc_offset_min: i16,
}

/// The events of a simulated person, in order of time. The same seed and options give the same events on every machine.
///
/// ```
/// use foretap_cli::simulate::{Options, Simulation};
/// let month: Vec<_> = Simulation::new(1, Options::default())?.collect();
/// assert!(month.len() > 10_000 && month.is_sorted_by_key(|event| event.at));
/// # Ok::<(), foretap_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Simulation {
    options: Options,
    dice: Dice,
    places: Places,
    taste: Taste,
    phone: Phone,
    day: u32,
    ready: VecDeque<Event>,
    /// The latest event's UTC milliseconds.
    latest_ms: i64,
}

impl Simulation {
    /// A person and a phone.
    ///
    /// # Errors
    /// [`foretap_core::Error::OutOfRange`] if a day or an offset is out of the range of a [`Timestamp`].
    pub fn new(seed: u64, mut options: Options) -> Result<Self> {
        options.scale = if options.scale.is_nan() { 1.0 } else { options.scale.clamp(0.01, 20.0) };
        for offset in [Some(options.utc_offset_min), options.shift.map(|s| s.utc_offset_min)].into_iter().flatten() {
            midnight(options.first_day, offset)?;
            midnight(options.first_day.saturating_add(i64::from(options.days) + 2), offset)?;
        }
        let mut dice = Dice::new(seed);
        let places = Places::draw(&mut dice);
        let taste = Taste::draw(options.extra_items, options.days, &mut dice);
        let (phone, ready) = (Phone::new(), VecDeque::new());
        Ok(Self { options, dice, places, taste, phone, day: 0, ready, latest_ms: 0 })
    }

    fn live(&mut self) {
        let shift = self.options.shift.filter(|s| self.day >= s.day);
        let offset = shift.map_or(self.options.utc_offset_min, |s| s.utc_offset_min);
        let midnight =
            midnight(self.options.first_day + i64::from(self.day), offset).expect("checked when it was made");
        let schedule = Schedule::draw(&self.places, self.options.job.is_on(midnight.weekday()), &mut self.dice);
        let day =
            Day { number: self.day, midnight, schedule: &schedule, taste: &self.taste, scale: self.options.scale };
        let mut events = self.phone.live(&day, &mut self.dice);
        for event in &mut events {
            // A clock that goes forward by hours could make the end of one day overlap the next.
            event.at = event.at.plus_ms((self.latest_ms - event.at.at_ms()).max(0));
            self.latest_ms = event.at.at_ms();
        }
        self.ready.extend(events);
        self.day += 1;
    }
}

impl Iterator for Simulation {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        while self.ready.is_empty() && self.day < self.options.days {
            self.live();
        }
        self.ready.pop_front()
    }
}

fn midnight(day: i64, utc_offset_min: i16) -> Result<Timestamp> {
    Timestamp::new(day.saturating_mul(DAY_MS).saturating_sub(i64::from(utc_offset_min) * 60_000), utc_offset_min)
}

#[cfg(test)]
mod tests;
