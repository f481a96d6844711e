//! Reasons are true: what a reason is said to weigh is what the item loses when what it speaks of is taken away.

mod lives;

use foretap_core::features::topics;
use foretap_core::habits::{Belief, Evidence, Expert, Habits, MAX_CORRECTION, Moment, Query, StartWeights, Topic};
use foretap_core::model::Reading;
use foretap_core::ranking::rank;
use foretap_core::time::HOUR_MS;
use foretap_core::{Bundle, Controls, Model, ReasonCode, Request};
use lives::{CALM, Random, UNPUNCTUAL, WILD, context, life};
use ndarray::Axis;

/// How far the item at `place` is ahead of the mean over the belief, in nats of the gate's score.
fn lead(after: &Belief, before: &Belief, place: usize) -> f64 {
    let mean: f64 = before.log_gate.iter().zip(&after.log_gate).map(|(b, a)| b.exp() * a).sum();
    after.log_gate[place] - mean
}

/// The evidence where the experts of a topic say the same of every candidate.
fn without_experts(evidence: &Evidence, topic: Topic) -> Evidence {
    let mut without = evidence.clone();
    for row in &mut without.log_p {
        Expert::ALL.into_iter().filter(|expert| expert.topic() == topic).for_each(|expert| row[expert as usize] = 0.0);
    }
    without
}

/// What the model's correction of the candidate at `place` loses where the features of a topic are as on average.
fn model_part(habits: &Habits, model: &Model, query: &Query<'_>, place: usize, topic: Topic) -> f64 {
    let statistics = habits.statistics(query, &habits.candidates(query.moment, None));
    let evidence = habits.evidence(&statistics, Some(model));
    let belief = habits.believe(&evidence);
    let plain = habits.evidence(&statistics, None);
    let asked = habits.shortlisted(&plain);
    let Some(row) = asked.places.iter().position(|&p| p == place) else { return 0.0 };
    let reading = Reading::of(&statistics, &asked);
    let matrix = reading.features.clone();
    let weights: Vec<f64> = asked.places.iter().map(|&p| belief.log_gate[p].exp()).collect();
    let all: f64 = weights.iter().sum();
    let mut changed = matrix.clone();
    #[expect(clippy::cast_possible_truncation, reason = "a feature is a float of 32 bits")]
    let single = |value: f64| value as f32;
    for (column, of_column) in topics().into_iter().enumerate() {
        if of_column == Some(topic) {
            let values = matrix.index_axis(Axis(1), column);
            changed[(row, column)] = single(values.iter().zip(&weights).map(|(v, w)| f64::from(*v) * w / all).sum());
        }
    }
    let correction = |matrix: &ndarray::Array2<f32>| {
        let reading = Reading { features: matrix.clone(), ..reading.clone() };
        f64::from(model.infer(&reading).expect("runs")[row]).clamp(-MAX_CORRECTION, MAX_CORRECTION)
    };
    habits.trust(query.moment) * (correction(&matrix) - correction(&changed))
}

#[test]
fn a_reason_weighs_what_is_lost_without_it() {
    let model = Model::load(&Bundle::shipped().expect("a bundle")).expect("a model");
    let (mut checked, mut by_model) = (0, 0);
    for (seed, oddities) in (0..18).zip([CALM, UNPUNCTUAL, WILD].into_iter().cycle()) {
        let model = (seed % 3 != 0).then_some(&model);
        let mut random = Random(seed);
        let mut habits = Habits::new(&StartWeights::default());
        if let Some(model) = model {
            habits.adopt(model);
        }
        for event in life(seed, oddities, 500) {
            habits.apply(&event, model.map(|model| model as _));
        }
        let now = habits.newest().expect("something happened").plus_ms(random.ms(HOUR_MS));
        for moment in Moment::ALL {
            let context = context(&mut random, oddities.places);
            let query = Query { moment, now, context: &context };
            let statistics = habits.statistics(&query, &habits.candidates(moment, None));
            let evidence = habits.evidence(&statistics, model.map(|model| model as _));
            let belief = habits.believe(&evidence);
            let request = Request::at(moment, now).in_context(context.clone());
            let ranking = rank(&habits, model, &Controls::default(), &request, &|| 0);
            for prediction in ranking.predictions {
                let place = statistics.candidates.iter().position(|c| habits.item(c.index) == &prediction.item);
                let Some(place) = place else {
                    assert_eq!(prediction.reasons[0].code, ReasonCode::NeverOpened);
                    continue;
                };
                for reason in prediction.reasons {
                    let Some(topic) = reason.code.topic() else {
                        let mut without = evidence.clone();
                        without.notices.iter_mut().for_each(|notices| *notices = [0.0; 4]);
                        let lost = lead(&belief, &belief, place) - lead(&habits.believe(&without), &belief, place);
                        assert!((lost - reason.weight).abs() < 1e-9, "{:?}: {lost}", reason);
                        continue;
                    };
                    let without = habits.believe(&without_experts(&evidence, topic));
                    let by_experts = lead(&belief, &belief, place) - lead(&without, &belief, place);
                    let of_model = model.map_or(0.0, |model| model_part(&habits, model, &query, place, topic));
                    let lost = by_experts + of_model;
                    assert!(
                        (lost - reason.weight).abs() < 1e-4,
                        "seed {seed}, {:?}: {by_experts} + {of_model}",
                        reason
                    );
                    checked += 1;
                    by_model += usize::from(of_model.abs() > 0.05);
                }
            }
        }
    }
    println!("{checked} reasons checked, in {by_model} the model had a part");
    assert!(checked > 300 && by_model > 50, "{checked} {by_model}");
}
