//! The estimates for machines.

use serde_json::{Map, Value, json};

use super::interval::Estimate;
use super::off_policy::OffPolicy;

/// Everything; rewards are openings from the row per row, 0 to 1, rounded to six decimals.
#[must_use]
pub fn json(off_policy: &OffPolicy) -> Value {
    let policies = off_policy.policies.iter().map(|p| {
        let value = json!({
            "dm": rounded(p.direct),
            "ips": estimate(&p.ips),
            "snips": estimate(&p.snips),
            "dr": estimate(&p.doubly_robust),
            "naive": rounded(p.naive),
            "effective_sample_size": rounded(p.effective),
            "largest_weight": rounded(p.largest_weight),
            "unsupported": rounded(p.unsupported),
        });
        (p.policy.name().to_owned(), value)
    });
    json!({
        "rows": off_policy.rows,
        "explored": off_policy.explored,
        "opened": off_policy.opened,
        "clustered_by": off_policy.clustered_by.name(),
        "clusters": off_policy.clusters,
        "rewards_by": if off_policy.has_slots { "slot" } else { "credit_window" },
        "policies": policies.collect::<Map<_, _>>(),
    })
}

fn estimate(estimate: &Estimate) -> Value {
    json!({ "value": rounded(estimate.value), "low": rounded(estimate.low), "high": rounded(estimate.high) })
}

fn rounded(value: f64) -> Value {
    json!((value * 1e6).round() / 1e6)
}
