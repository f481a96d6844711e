//! What predictions are made from, in a few closed bins: enough to see that it changes, too little to tell what it was.

use serde::{Deserialize, Serialize};

use super::statistics::{Moment, Statistics};
use crate::event::{Context, PlaceLabel};

/// Something that predictions are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Input {
    /// The hour of the local day, three in a bin.
    Hour,
    /// The time since something was last on the screen: within a session; under 5 min, 1 h, 6 h; longer.
    Gap,
    /// The number of candidates: at most 8, 16, 32; more.
    Candidates,
    /// The place: unknown, home, work, commute, any other one.
    Place,
    /// The kind of connection: unknown, then [`Network::ALL`](crate::event::Network::ALL).
    Network,
    /// The battery: unknown, then [`Battery::ALL`](crate::event::Battery::ALL).
    Battery,
    /// The newest notification that waits: none does; posted in the last 10 min; before. How many wait only grows.
    Notifications,
    /// The openings in the session so far: none, one, at most three, more.
    Position,
}

impl Input {
    /// Every input.
    pub const ALL: [Self; 8] = [
        Self::Hour,
        Self::Gap,
        Self::Candidates,
        Self::Place,
        Self::Network,
        Self::Battery,
        Self::Notifications,
        Self::Position,
    ];

    /// The word used in reports, as `hour`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Gap => "gap",
            Self::Candidates => "candidates",
            Self::Place => "place",
            Self::Network => "network",
            Self::Battery => "battery",
            Self::Notifications => "notifications",
            Self::Position => "position",
        }
    }

    /// The bin that a question falls into; `label` is what its place means.
    #[must_use]
    pub fn bin(self, statistics: &Statistics<'_>, context: &Context, label: Option<PlaceLabel>) -> usize {
        match self {
            Self::Hour => statistics.now.hour() / 3,
            Self::Gap if statistics.moment == Moment::Next => 0,
            Self::Gap => 1 + bin(&statistics.scene.gap_s, &GAPS_S),
            Self::Candidates => bin(&statistics.candidates.len(), &CANDIDATES),
            Self::Place => match label {
                Some(PlaceLabel::Home) => 1,
                Some(PlaceLabel::Work) => 2,
                Some(PlaceLabel::Commute) => 3,
                Some(PlaceLabel::Other) => 4,
                None if context.place.is_some() => 4,
                None => 0,
            },
            Self::Network => context.network.map_or(0, |network| 1 + network as usize),
            Self::Battery => context.battery.map_or(0, |battery| 1 + battery as usize),
            Self::Notifications => {
                let waiting = statistics.candidates.iter().map(|c| c.notices).filter(|notices| notices.waiting > 0);
                let newest_s = waiting.filter_map(|notices| notices.age_s).reduce(f64::min);
                newest_s.map_or(0, |age_s| 1 + bin(&age_s, &NOTICES_S))
            }
            Self::Position => bin(&statistics.scene.session_position, &POSITIONS),
        }
    }
}

/// Where the bins after the first begin.
const NOTICES_S: [f64; 1] = [600.0];
const GAPS_S: [f64; 3] = [300.0, 3_600.0, 21_600.0];
const CANDIDATES: [usize; 3] = [9, 17, 33];
const POSITIONS: [u32; 3] = [1, 2, 4];

/// The bin of a value, where the bins after the first begin at `starts`.
pub(super) fn bin<T: PartialOrd>(value: &T, starts: &[T]) -> usize {
    starts.partition_point(|start| start <= value)
}

/// One more, or as many as can be counted.
pub(super) fn count(cell: &mut u16) {
    *cell = cell.saturating_add(1);
}

/// The bin of each input, in the order of [`Input::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bins([usize; Input::ALL.len()]);

impl Bins {
    /// Those of a question; `label` is what its place means.
    pub(super) fn of(statistics: &Statistics<'_>, context: &Context, label: Option<PlaceLabel>) -> Self {
        Self(Input::ALL.map(|input| input.bin(statistics, context, label)))
    }

    /// The first of each.
    #[cfg(test)]
    pub(super) const fn first() -> Self {
        Self([0; Input::ALL.len()])
    }
}

/// How many questions fell into each bin of each input.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Inputs {
    hour: [u16; 8],
    gap: [u16; 5],
    candidates: [u16; 4],
    place: [u16; 5],
    network: [u16; 7],
    battery: [u16; 5],
    notifications: [u16; 3],
    position: [u16; 4],
}

impl Inputs {
    /// Counts a question.
    pub(super) fn count(&mut self, bins: &Bins) {
        for (input, bin) in Input::ALL.into_iter().zip(bins.0) {
            count(&mut self.of_mut(input)[bin]);
        }
    }

    /// The bins of an input.
    pub(super) const fn of(&self, input: Input) -> &[u16] {
        match input {
            Input::Hour => &self.hour,
            Input::Gap => &self.gap,
            Input::Candidates => &self.candidates,
            Input::Place => &self.place,
            Input::Network => &self.network,
            Input::Battery => &self.battery,
            Input::Notifications => &self.notifications,
            Input::Position => &self.position,
        }
    }

    const fn of_mut(&mut self, input: Input) -> &mut [u16] {
        match input {
            Input::Hour => &mut self.hour,
            Input::Gap => &mut self.gap,
            Input::Candidates => &mut self.candidates,
            Input::Place => &mut self.place,
            Input::Network => &mut self.network,
            Input::Battery => &mut self.battery,
            Input::Notifications => &mut self.notifications,
            Input::Position => &mut self.position,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Battery, Network, Token};
    use crate::habits::sequence::Sequence;
    use crate::habits::statistics::{Candidate, Scene};
    use crate::habits::{AroundHour, Counts, Followed, ItemIndex, Notices};
    use crate::time::Timestamp;

    fn candidate(counts: &Counts, notices: Notices) -> Candidate<'_> {
        Candidate {
            index: ItemIndex::of_row(0),
            counts,
            last_used: None,
            by_time: [0.0; 7],
            by_openings: [0.0; 3],
            openings_since: 1.0,
            followed: Followed::default(),
            soon: 0.0,
            around_hour: AroundHour::default(),
            at_place: None,
            at_label: None,
            at_access_point: None,
            on_network: 0.0,
            on_battery: 0.0,
            on_audio: 0.0,
            notices,
            durations_s: (0.0, 0.0),
            in_session: 0,
            in_previous_session: false,
        }
    }

    /// The bin of a question at 00:00 UTC plus so many minutes with these candidates, gap and position.
    fn seen(input: Input, moment: Moment, minutes: i64, notices: &[Notices], gap_s: f64, position: u32) -> usize {
        let counts = Counts::default();
        let scene = Scene {
            gap_s,
            dwell_s: 0.0,
            session_position: position,
            repeat_share: 0.0,
            items: notices.len(),
            openings: 0,
            at_place: None,
            at_access_point: None,
            hit_share: 0.0,
        };
        let now = Timestamp::new(60_000 * minutes, 0).expect("valid");
        let candidates = notices.iter().map(|&notices| candidate(&counts, notices)).collect();
        input.bin(
            &Statistics { moment, now, scene, past: Sequence::default().past(None, now), candidates },
            &Context::default(),
            None,
        )
    }

    #[test]
    fn bins_begin_where_they_say_and_not_before() {
        for (minutes, expected) in [(0, 0), (179, 0), (180, 1), (1_259, 6), (1_260, 7), (1_439, 7)] {
            assert_eq!(seen(Input::Hour, Moment::Unlock, minutes, &[], 0.0, 0), expected, "{minutes} min");
        }
        for (gap_s, expected) in
            [(0.0, 1), (299.9, 1), (300.0, 2), (3_599.9, 2), (3_600.0, 3), (21_599.9, 3), (21_600.0, 4), (1e12, 4)]
        {
            assert_eq!(seen(Input::Gap, Moment::Unlock, 0, &[], gap_s, 0), expected, "{gap_s} s");
            assert_eq!(seen(Input::Gap, Moment::Next, 0, &[], gap_s, 0), 0);
        }
        for (candidates, expected) in [(1, 0), (8, 0), (9, 1), (16, 1), (17, 2), (32, 2), (33, 3), (64, 3)] {
            assert_eq!(
                seen(Input::Candidates, Moment::Next, 0, &vec![Notices::default(); candidates], 0.0, 1),
                expected
            );
        }
        let notices = |waiting: u32, age_s: f64| Notices { waiting, age_s: Some(age_s) };
        for (candidates, expected) in [
            (&[Notices::default(), notices(0, 1.0)][..], 0),
            (&[notices(1, 599.9), notices(3, 700.0)], 1),
            (&[notices(1, 600.0), notices(0, 5.0)], 2),
        ] {
            assert_eq!(seen(Input::Notifications, Moment::Next, 0, candidates, 0.0, 1), expected);
        }
        for (position, expected) in [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (u32::MAX, 3)] {
            assert_eq!(seen(Input::Position, Moment::Next, 0, &[], 0.0, position), expected);
        }
    }

    #[test]
    fn every_kind_of_surroundings_has_a_bin_and_an_unknown_one_has_its_own() {
        let mut inputs = Inputs::default();
        let statistics = |moment| Statistics {
            moment,
            now: Timestamp::new(0, 0).expect("valid"),
            past: Sequence::default().past(None, Timestamp::new(0, 0).expect("valid")),
            scene: Scene {
                gap_s: 0.0,
                dwell_s: 0.0,
                session_position: 0,
                repeat_share: 0.0,
                items: 0,
                openings: 0,
                at_place: None,
                at_access_point: None,
                hit_share: 0.0,
            },
            candidates: Vec::new(),
        };
        inputs.count(&Bins::of(&statistics(Moment::Next), &Context::default(), None));
        for network in Network::ALL {
            let context = Context { network: Some(network), ..Context::default() };
            inputs.count(&Bins::of(&statistics(Moment::Next), &context, None));
        }
        for battery in Battery::ALL {
            let context = Context { battery: Some(battery), ..Context::default() };
            inputs.count(&Bins::of(&statistics(Moment::Next), &context, None));
        }
        for label in PlaceLabel::ALL {
            inputs.count(&Bins::of(&statistics(Moment::Next), &Context::default(), Some(label)));
        }
        let somewhere = Context { place: Some(Token::new("somewhere").expect("valid")), ..Context::default() };
        inputs.count(&Bins::of(&statistics(Moment::Next), &somewhere, None));
        assert_eq!(inputs.of(Input::Network), [10, 1, 1, 1, 1, 1, 1]);
        assert_eq!(inputs.of(Input::Battery), [12, 1, 1, 1, 1]);
        assert_eq!(inputs.of(Input::Place), [11, 1, 1, 1, 2]);
    }
}
