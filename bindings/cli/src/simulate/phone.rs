//! The simulated phone in use: sessions from unlock to lock, and the notifications between and in them.

use std::collections::VecDeque;

use foretap_core::{Context, Event, EventKind, Timestamp};

use super::apps::{APPS, Nature};
use super::battery::{Charge, Load};
use super::schedule::{HOUR_MS, MINUTE_MS, Moment, Schedule};
use super::taste::{Circumstances, Taste};
use crate::dice::Dice;

/// What lasts from one day to the next.
#[derive(Debug, Clone)]
pub(super) struct Phone {
    charge: Charge,
    /// Items with a notification that was not looked at, newest last.
    pending: Vec<usize>,
    /// The app left on the screen, and when (day, millisecond) the phone was locked.
    left: Option<(usize, u32, i64)>,
}

/// A day in the making.
pub(super) struct Day<'a> {
    pub(super) number: u32,
    /// Local midnight.
    pub(super) midnight: Timestamp,
    pub(super) schedule: &'a Schedule,
    pub(super) taste: &'a Taste,
    /// How often the phone is used, 1 as usual.
    pub(super) scale: f64,
}

/// Something that makes the person take up the phone.
#[derive(Debug, Clone, Copy)]
struct Plan {
    ms: i64,
    /// The item of the notification that did it.
    cause: Option<usize>,
}

impl Phone {
    pub(super) fn new() -> Self {
        Self { charge: Charge::full(), pending: Vec::new(), left: None }
    }

    /// Lives through a day. The events are in order of time.
    pub(super) fn live(&mut self, day: &Day<'_>, dice: &mut Dice) -> Vec<Event> {
        let mut events = Vec::new();
        self.charge.pass(day.number, day.schedule.wake_ms, Load::Idle);
        self.charge.plug(false);
        let desk_charge = dice.chance(0.35) && day.schedule.is_work_day;
        let mut pings = day.pings(dice);
        let plans = day.plans(&pings, dice);
        self.changes(day, &mut events);
        let mut free_from = 0;
        for plan in plans {
            if plan.ms < free_from || plan.ms > day.schedule.sleep_ms {
                continue;
            }
            self.charge.pass(day.number, plan.ms, Load::Idle);
            let is_desk_time = (13 * HOUR_MS + HOUR_MS / 2..15 * HOUR_MS).contains(&plan.ms);
            let at_home =
                matches!(day.schedule.moment(plan.ms), Moment::Evening | Moment::FreeDay | Moment::FreeEvening);
            let is_evening_charge =
                if self.charge.is_charging() { self.charge.percent() < 70.0 } else { self.charge.percent() < 14.0 };
            self.charge.plug(desk_charge && is_desk_time || at_home && is_evening_charge);
            self.deliver(day, &mut pings, plan.ms, &mut events);
            free_from = self.session(day, plan, &mut pings, dice, &mut events) + 15_000;
        }
        self.deliver(day, &mut pings, i64::MAX, &mut events);
        // One night in nine the charger is forgotten.
        self.charge.pass(day.number, day.schedule.sleep_ms, Load::Idle);
        self.charge.plug(dice.chance(0.89));
        events.sort_by_key(|e| e.at.at_ms());
        events
    }

    /// Apps come and go at lunch.
    fn changes(&self, day: &Day<'_>, events: &mut Vec<Event>) {
        for (item, comes) in day.taste.changes(day.number) {
            let app = day.taste.item(item).clone();
            let kind = if comes { EventKind::Install(app) } else { EventKind::Uninstall(app) };
            events.push(day.event(12 * HOUR_MS + 40 * MINUTE_MS, kind, &self.charge));
        }
    }

    fn deliver(&mut self, day: &Day<'_>, pings: &mut VecDeque<(i64, usize)>, until_ms: i64, events: &mut Vec<Event>) {
        while let Some((ms, item)) = pings.front().copied().filter(|&(ms, _)| ms <= until_ms) {
            pings.pop_front();
            let kind = EventKind::Notification(day.taste.item(item).clone());
            events.push(day.event(ms, kind, &self.charge));
            self.pending.retain(|&p| p != item);
            self.pending.push(item);
        }
    }

    /// A session from unlock to lock; returns when it ended.
    fn session(
        &mut self,
        day: &Day<'_>,
        plan: Plan,
        pings: &mut VecDeque<(i64, usize)>,
        dice: &mut Dice,
        events: &mut Vec<Event>,
    ) -> i64 {
        let mut ms = plan.ms;
        events.push(day.event(ms, EventKind::Unlock, &self.charge));
        let mut current = self.first(day, plan, dice);
        let mut launches = 1;
        loop {
            ms += 300 + i64::from(dice.below(1_800));
            let app = day.taste.item(current);
            events.push(day.event(ms, EventKind::Launch(app.clone()), &self.charge));
            self.pending.retain(|&p| p != current);
            ms += day.dwell_ms(current, dice);
            let is_heavy = nature(current).is_heavy();
            self.charge.pass(day.number, ms, if is_heavy { Load::HeavyUse } else { Load::Use });
            events.push(day.event(ms, EventKind::Close(app.clone()), &self.charge));
            self.deliver(day, pings, ms, events);
            if launches == MAX_LAUNCHES || !dice.chance(CONTINUE_CHANCE) {
                break;
            }
            if dice.chance(0.45) {
                ms += 100 + i64::from(dice.below(400));
                events.push(day.event(ms, EventKind::Home, &self.charge));
            }
            let newest = self.pending.last().copied().filter(|&p| p != current && day.taste.has(p, day.number));
            current = match newest {
                Some(item) if dice.chance(0.3) => item,
                _ => day.taste.next(current, day.circumstances(ms, &self.charge), dice),
            };
            launches += 1;
        }
        ms += 200 + i64::from(dice.below(1_500));
        events.push(day.event(ms, EventKind::Lock, &self.charge));
        if !self.pending.is_empty() && dice.chance(0.1) {
            for item in self.pending.drain(..) {
                events.push(day.event(ms, EventKind::NotificationCleared(day.taste.item(item).clone()), &self.charge));
            }
        }
        self.left = Some((current, day.number, ms));
        ms
    }

    /// The first app after an unlock: a notification's, the one left on the screen, or out of habit.
    fn first(&self, day: &Day<'_>, plan: Plan, dice: &mut Dice) -> usize {
        let has = |&item: &usize| day.taste.has(item, day.number);
        if let Some(item) = plan.cause.filter(has).filter(|_| dice.chance(0.8)) {
            return item;
        }
        let away_ms = |(_, number, ms)| i64::from(day.number - number) * 24 * HOUR_MS + plan.ms - ms;
        let resume = match self.left.map(away_ms) {
            Some(away) if away < 3 * MINUTE_MS => 0.6,
            Some(away) if away < 20 * MINUTE_MS => 0.22,
            Some(_) => 0.05,
            None => 0.0,
        };
        let left = self.left.map(|(item, ..)| item).filter(has);
        if let Some(item) = left.filter(|_| dice.chance(resume)) {
            return item;
        }
        let newest = self.pending.last().copied().filter(has);
        newest
            .filter(|_| dice.chance(0.3))
            .unwrap_or_else(|| day.taste.habit(day.circumstances(plan.ms, &self.charge), dice))
    }
}

impl Day<'_> {
    /// When each item posts a notification today.
    fn pings(&self, dice: &mut Dice) -> VecDeque<(i64, usize)> {
        let mut pings = Vec::new();
        for (item, app) in APPS.iter().enumerate().filter(|&(item, _)| self.taste.has(item, self.number)) {
            let count = app.pings[usize::from(!self.schedule.is_work_day)] * dice.between(0.6, 1.4) * self.scale;
            let (from, until) = match app.name {
                "Email" | "Slack" | "Calendar" | "Docs" if self.schedule.is_work_day => (8 * HOUR_MS, 18 * HOUR_MS),
                _ => (self.schedule.wake_ms - HOUR_MS, self.schedule.sleep_ms + HOUR_MS / 2),
            };
            for _ in 0..whole(count, dice) {
                pings.push((from + within(until - from, dice), item));
            }
        }
        pings.sort_unstable();
        pings.into()
    }

    /// When the person takes up the phone, and why.
    fn plans(&self, pings: &VecDeque<(i64, usize)>, dice: &mut Dice) -> Vec<Plan> {
        let Schedule { wake_ms, sleep_ms, .. } = *self.schedule;
        let mut plans = vec![Plan { ms: wake_ms, cause: None }];
        for _ in 0..whole(SESSIONS * dice.between(0.85, 1.15) * self.scale, dice) {
            let ms = wake_ms + within(sleep_ms - wake_ms, dice);
            if dice.chance(self.schedule.moment(ms).activity() / Moment::MAX_ACTIVITY) {
                plans.push(Plan { ms, cause: None });
                // Often the phone is taken up again soon after.
                if dice.chance(0.3) {
                    plans.push(Plan { ms: ms + within(6 * MINUTE_MS, dice), cause: None });
                }
            }
        }
        for &(ms, item) in pings {
            if dice.chance(0.2) {
                plans.push(Plan { ms: ms + 4_000 + within(70_000, dice), cause: Some(item) });
            }
        }
        plans.sort_by_key(|p| (p.ms, p.cause));
        plans.retain(|p| p.ms >= wake_ms);
        plans
    }

    fn circumstances(&self, ms: i64, charge: &Charge) -> Circumstances {
        Circumstances {
            moment: self.schedule.moment(ms),
            network: self.schedule.at(ms).network,
            is_battery_low: charge.is_low(),
            day: self.number,
        }
    }

    /// How long an app stays in front: mostly short, sometimes long; shorter where the phone is used more often.
    fn dwell_ms(&self, item: usize, dice: &mut Dice) -> i64 {
        let (short, long) = match nature(item) {
            Nature::Quick | Nature::Frugal | Nature::Load => (4.0, 50.0),
            Nature::Slow => (10.0, 140.0),
            Nature::Heavy => (40.0, 400.0),
            Nature::Stream => (60.0, 400.0),
        };
        let seconds = if dice.chance(0.12) { dice.between(long, 2.0 * long) } else { dice.between(short, long) };
        #[expect(clippy::cast_possible_truncation, reason = "at most half an hour")]
        let ms = (seconds * 1_000.0 / self.scale.max(1.0)) as i64;
        ms.max(500)
    }

    fn event(&self, ms: i64, kind: EventKind, charge: &Charge) -> Event {
        let stay = self.schedule.at(ms);
        let context = Context {
            place: Some(stay.place.clone()),
            label: Some(stay.label),
            network: Some(stay.network),
            access_point: stay.access_point.clone(),
            battery: Some(charge.category()),
            audio: None,
        };
        Event::new(self.midnight.plus_ms(ms), kind).in_context(context)
    }
}

/// What an app costs; further items are quick.
fn nature(item: usize) -> Nature {
    APPS.get(item).map_or(Nature::Quick, |app| app.nature)
}

/// A whole number whose mean is `x`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand at most")]
fn whole(x: f64, dice: &mut Dice) -> u32 {
    x as u32 + u32::from(dice.chance(x.fract()))
}

/// A time within so many milliseconds.
fn within(ms: i64, dice: &mut Dice) -> i64 {
    i64::from(dice.below(u32::try_from(ms.max(0)).expect("less than two days")))
}

/// Planned sessions of a day before the quiet hours thin them out.
const SESSIONS: f64 = 80.0;
const MAX_LAUNCHES: u32 = 6;
const CONTINUE_CHANCE: f64 = 0.52;
