"""What is learned from: the mixer's own shortlist, with or without the target, and nobody who is held out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import answered
import numpy as np
import pytest
import synthetic

from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import SHORTLIST
from foretap_models.judge.answers import Scores
from foretap_models.learn.inputs import Examples, Standardisation
from foretap_models.learn.learn import learn

CANARY = 5
"""A person of fold 0."""


def test_every_shortlist_is_the_mixers_first_32_whether_or_not_the_target_is_in(
    dataset: Dataset, queries: list[synthetic.Query]
) -> None:
    outside = 0
    for at, q in enumerate(queries):
        best = np.argsort(-q.log_mix, kind="stable")[:SHORTLIST]
        n = len(best)
        assert dataset.queries.candidates[at] == n
        np.testing.assert_array_equal(dataset.queries.log_mix[at, :n], q.log_mix[best])
        np.testing.assert_array_equal(dataset.features[at, :n], q.features[best])
        assert np.isneginf(dataset.queries.log_mix[at, n:]).all()
        assert not dataset.features[at, n:].any()
        np.testing.assert_array_equal(dataset.recency[at, :n], q.recency[best])
        assert (dataset.recency[at, n:] == -1).all()
        np.testing.assert_array_equal(dataset.history[at], q.history)
        past = (dataset.queries.day[at], dataset.queries.gap[at], dataset.queries.time[at])
        assert past == (q.day, q.gap, q.time)
        assert dataset.queries.target[at] == (q.target if q.target in best else -1)
        outside += q.target not in best
    assert outside > 100, "the property says something about queries whose target is outside"


def test_a_query_whose_target_is_outside_is_dropped_from_training(
    dataset: Dataset, queries: list[synthetic.Query]
) -> None:
    expected = [at for at, q in enumerate(queries) if q.is_training and 0 <= q.target < SHORTLIST]
    assert dataset.training_queries(None).tolist() == expected
    assert len(expected) < sum(q.is_training for q in queries)


def test_a_query_whose_target_is_outside_counts_with_its_mixers_rank(
    dataset: Dataset, queries: list[synthetic.Query]
) -> None:
    at = dataset.scored_queries(None)
    assert at.tolist() == [i for i, q in enumerate(queries) if q.is_scored]
    outside = [i for i in at if not 0 <= queries[i].target < SHORTLIST]
    ranks = np.array([queries[i].target + 1 for i in outside])
    assert (ranks > SHORTLIST).sum() > 50
    assert (ranks == 0).sum() > 50
    anything = Scores(np.random.default_rng(0).normal(size=(len(outside), SHORTLIST)))
    found = answered.of_five_people(dataset, np.array(outside), {"anything": anything}).systems["anything"]
    assert found.micro.hr5 == 0.0
    assert found.micro.mrr == pytest.approx(100.0 * np.mean([0.0 if r == 0 else 1.0 / r for r in ranks]), abs=1e-3)


def test_inputs_of_training_are_those_of_scoring_and_know_nothing_of_the_target(dataset: Dataset) -> None:
    at = dataset.training_queries(None)[:200]
    standardisation = Standardisation.of(dataset, at)
    examples = Examples.of(dataset, at, standardisation)
    is_candidate = dataset.queries.is_candidate()[at]
    expected = standardisation.steps(dataset.features[at])
    np.testing.assert_array_equal(examples.steps[is_candidate], expected[is_candidate])
    assert not examples.steps[~is_candidate].any()
    elsewhere = replace(dataset, queries=replace(dataset.queries, target=np.zeros_like(dataset.queries.target)))
    np.testing.assert_array_equal(Examples.of(elsewhere, at, standardisation).steps, examples.steps)


def test_standardised_inputs_have_mean_0_and_sd_1_and_a_constant_feature_is_0(dataset: Dataset) -> None:
    at = dataset.training_queries(None)
    standardisation = Standardisation.of(dataset, at)
    rows = dataset.features[at][dataset.queries.is_candidate()[at]]
    z = (rows - standardisation.mean) / standardisation.sd
    constant = synthetic.NAMES.index("flag_7")
    assert not z[:, constant].any()
    np.testing.assert_allclose(z.mean(0), 0.0, atol=1e-3)
    np.testing.assert_allclose(np.delete(z.std(0), constant), 1.0, atol=1e-3)
    # What a phone sees of it one day was never learned, and does next to nothing.
    assert abs(standardisation.standardised(rows[0] + 20.0)[constant]) < 0.05


def canary(queries: list[synthetic.Query]) -> list[synthetic.Query]:
    """The same queries, but the canary's are unmistakable: features of a million, and always the last candidate."""
    return [
        replace(q, features=np.full_like(q.features, 1e6), target=len(q.log_mix) - 1) if q.person == CANARY else q
        for q in queries
    ]


def test_nobody_of_the_held_out_fold_is_learned_from(config: Config, tmp_path: Path) -> None:
    queries = synthetic.people(seed=9, count=10, training=30, scored=5)
    plain = cache.prepare([synthetic.file(tmp_path, queries, "plain.parquet")], tmp_path / "plain")
    marked = cache.prepare([synthetic.file(tmp_path, canary(queries), "marked.parquet")], tmp_path / "marked")
    at = marked.training_queries(held_out_fold=0)
    assert len(at) > 0
    assert not (marked.queries.fold[at] == 0).any()
    assert marked.features[at].max() < 1e6
    assert marked.features[marked.training_queries(held_out_fold=1)].max() == 1e6, "the canary can be seen"

    saved = {}
    for name, data in (("plain", plain), ("marked", marked)):
        for fold in (0, 1):
            path = tmp_path / f"{name}{fold}.npz"
            learn(data, config, held_out_fold=fold, seed=1, progress=lambda _: None).save(path)
            saved[name, fold] = path.read_bytes()
    assert saved["plain", 0] == saved["marked", 0], "weights, statistics, peaks and calibration know nothing of fold 0"
    assert saved["plain", 1] != saved["marked", 1]


def test_what_is_judged_is_what_is_scored_and_the_time_before_it(dataset: Dataset) -> None:
    """Of the last 30 % only what the protocol scores, of everyone or of a fold; nobody's training queries there."""
    q = dataset.queries
    late = replace(q, opening=np.where(q.is_training, q.openings - 1, q.opening))
    early = dataset.judged_queries(None)
    assert early.tolist() == np.flatnonzero(q.is_training | q.is_scored).tolist()
    moved = replace(dataset, queries=late)
    assert moved.judged_queries(None).tolist() == moved.scored_queries(None).tolist()
    border = replace(dataset, queries=replace(q, opening=np.where(q.is_training, 349, q.opening)))
    assert border.judged_queries(None).tolist() == early.tolist()
    border = replace(dataset, queries=replace(q, opening=np.where(q.is_training, 350, q.opening)))
    assert border.judged_queries(None).tolist() == dataset.scored_queries(None).tolist()
    assert set(q.fold[dataset.judged_queries(2)]) == {2}


def test_scored_queries_of_a_fold_are_its_peoples_alone(dataset: Dataset) -> None:
    parts = [dataset.scored_queries(fold) for fold in range(5)]
    for fold, part in enumerate(parts):
        assert set(dataset.queries.person[part] % 5) == {fold}
    assert sorted(np.concatenate(parts).tolist()) == dataset.scored_queries(None).tolist()
