//! What the numbers in a batch mean, for who reads many of them.

use foretap_core::config::{SAMPLE_TRUTH, SAMPLES_A_DAY};
use foretap_core::features::{SCHEMA, schema_hash};
use foretap_core::upload::{QUESTIONS, bins};
use serde_json::{Value, json};

use crate::hex::hex;

/// The features with their bins, and the questions with their answers.
#[must_use]
pub fn schema() -> Value {
    let features = SCHEMA.iter().zip(bins()).map(|(feature, bins)| {
        json!({ "name": feature.name, "unit": feature.unit, "edges": bins.edges, "centres": bins.centres })
    });
    let questions = QUESTIONS.iter().map(|question| {
        let response = question.response();
        json!({
            "name": question.name,
            "asks": question.asks,
            "answers": question.answers,
            "epsilon": question.epsilon,
            "truth_share": response.truth_share(),
        })
    });
    json!({
        "feature_schema": hex(&schema_hash()),
        "features": features.collect::<Vec<_>>(),
        "sample_truth": SAMPLE_TRUTH,
        "samples_a_day": SAMPLES_A_DAY,
        "questions": questions.collect::<Vec<_>>(),
    })
}
