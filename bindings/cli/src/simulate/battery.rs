//! The simulated phone's battery.

use foretap_core::Battery;

use super::schedule::HOUR_MS;

/// A battery that drains while the phone lies there, faster in use, and fills on a charger.
#[derive(Debug, Clone)]
pub(super) struct Charge {
    percent: f64,
    is_charging: bool,
    /// On which day (from 0) and at which millisecond of it this is so.
    at: (u32, i64),
}

/// What the phone is doing meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Load {
    Idle,
    Use,
    HeavyUse,
}

impl Charge {
    pub(super) const fn full() -> Self {
        Self { percent: 100.0, is_charging: true, at: (0, 0) }
    }

    /// Lets time pass.
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a few days")]
    pub(super) fn pass(&mut self, day: u32, ms: i64, load: Load) {
        let hours = (i64::from(day - self.at.0) * 24 * HOUR_MS + ms - self.at.1).max(0) as f64 / HOUR_MS as f64;
        let rate = match load {
            _ if self.is_charging => 45.0,
            Load::Idle => -2.4,
            Load::Use => -13.0,
            Load::HeavyUse => -21.0,
        };
        self.percent = (self.percent + rate * hours).clamp(1.0, 100.0);
        self.at = (day, ms);
    }

    pub(super) fn plug(&mut self, is_charging: bool) {
        self.is_charging = is_charging;
    }

    pub(super) const fn is_charging(&self) -> bool {
        self.is_charging
    }

    pub(super) const fn percent(&self) -> f64 {
        self.percent
    }

    /// The category that a host would report.
    pub(super) fn category(&self) -> Battery {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 100")]
        Battery::from_percent(self.percent as u8, self.is_charging)
    }

    /// Below 20 % and not on a charger.
    pub(super) fn is_low(&self) -> bool {
        self.category() == Battery::Low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_drains_in_use_and_fills_on_a_charger() {
        let mut charge = Charge::full();
        charge.plug(false);
        charge.pass(0, 4 * HOUR_MS, Load::HeavyUse);
        assert!(charge.is_low() && charge.percent() == 16.0);
        charge.pass(1, 4 * HOUR_MS, Load::Idle);
        assert_eq!(charge.percent(), 1.0);
        charge.plug(true);
        charge.pass(1, 8 * HOUR_MS, Load::Use);
        assert_eq!((charge.percent(), charge.category()), (100.0, Battery::Charging));
    }
}
