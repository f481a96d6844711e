//! Figures for machines: rates in percent, shares from 0 to 1, all with four decimals.

use serde_json::{Map, Value, json};

use super::{Bin, Calibration, Day, HitRates, Interval, Stability};

/// `{"hr1", "hr3", "hr4", "hr5", "mrr"}`.
pub(crate) fn rates(rates: &HitRates) -> Value {
    object(["hr1", "hr3", "hr4", "hr5", "mrr"].into_iter().zip(rates.values().map(rounded)))
}

/// `{"mean", "low", "high"}`.
pub(crate) fn interval(interval: &Interval) -> Value {
    json!({ "mean": rounded(interval.mean), "low": rounded(interval.low), "high": rounded(interval.high) })
}

/// The bins that are not empty, each `{"queries", "probability", "right"}`.
pub(crate) fn reliability(calibration: &Calibration) -> Value {
    let bin = |bin: &Bin| {
        let (probability, right) = bin.means()?;
        Some(json!({ "queries": bin.queries, "probability": rounded(probability), "right": rounded(right) }))
    };
    calibration.bins().iter().filter_map(bin).collect()
}

/// The days that have queries, each `{"day", "queries", "hr3"}`.
pub(crate) fn days(stability: &Stability) -> Value {
    let day = |d: &Day| json!({ "day": d.day, "queries": d.queries, "hr3": rounded(d.hr3) });
    stability.days.iter().map(day).collect()
}

/// Four decimals: more would not be the same after the next improvement of a compiler.
pub(crate) fn rounded(value: f64) -> Value {
    json!((value * 1e4).round() / 1e4)
}

/// An object, its keys in this order.
pub(crate) fn object<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value)>) -> Value {
    Value::Object(entries.into_iter().map(|(key, value)| (key.into(), value)).collect::<Map<_, _>>())
}
