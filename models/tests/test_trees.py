"""Boosted trees beat the mixer on people they never saw, the same seed gives the same trees, and growing stops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.errors import HeldOutError
from foretap_models.learn import boosted, trees
from foretap_models.learn.calibration import log_softmax
from foretap_models.learn.rows import is_target, names, outputs, rows, shortlists, stopping_split

Learner = Callable[[Dataset, np.ndarray, Config, int], np.ndarray]


def by_lightgbm(dataset: Dataset, at: np.ndarray, config: Config, seed: int) -> np.ndarray:
    asked = dataset.scored_queries(0)
    return trees.scores(trees.fit(dataset, at, config.trees, seed, lambda _: None), dataset, asked)


def by_xgboost(dataset: Dataset, at: np.ndarray, config: Config, seed: int) -> np.ndarray:
    asked = dataset.scored_queries(0)
    return boosted.scores(boosted.fit(dataset, at, config.boosted, seed, lambda _: None), dataset, asked)


def by_listwise_trees(dataset: Dataset, at: np.ndarray, config: Config, seed: int) -> np.ndarray:
    asked = dataset.scored_queries(0)
    grown = trees.fit(dataset, at, config.listwise_trees, seed, lambda _: None, anchored=True)
    return dataset.queries.log_mix[asked] + trees.scores(grown, dataset, asked)


ALL = pytest.mark.parametrize("learner", [by_lightgbm, by_listwise_trees, by_xgboost])


def share_of_firsts(scores: np.ndarray, target: np.ndarray) -> float:
    """The share of targets in the shortlist that are first."""
    inside = target >= 0
    return float((scores.argmax(1) == target)[inside].mean())


@ALL
def test_trees_beat_the_mixer_on_people_they_never_saw(learner: Learner, dataset: Dataset, config: Config) -> None:
    asked = dataset.scored_queries(0)
    q = dataset.queries
    scores = learner(dataset, dataset.training_queries(0)[::3], config, 0)
    assert share_of_firsts(scores, q.target[asked]) > share_of_firsts(q.log_mix[asked], q.target[asked]) + 0.05
    np.testing.assert_array_equal(np.isfinite(scores), q.is_candidate()[asked])


@ALL
def test_the_same_seed_gives_the_same_trees(learner: Learner, dataset: Dataset, config: Config) -> None:
    at = dataset.training_queries(0)[:200]
    first = learner(dataset, at, config, 5)
    np.testing.assert_array_equal(first, learner(dataset, at, config, 5))
    assert (first != learner(dataset, at, config, 6)).any()


def test_trees_that_correct_say_nats(dataset: Dataset, config: Config) -> None:
    """Their scores are log-probabilities as they are: scaled in either direction they tell less."""
    asked = dataset.scored_queries(0)
    q = dataset.queries
    asked = asked[q.target[asked] >= 0]
    grown = trees.fit(dataset, dataset.training_queries(0), config.listwise_trees, 0, lambda _: None, anchored=True)
    said = outputs(trees.scores(grown, dataset, asked))

    def loss(scale: float) -> float:
        log_p = log_softmax(q.log_mix[asked] + scale * said)
        return float(-log_p[np.arange(len(asked)), q.target[asked]].mean())

    assert loss(1.0) < min(loss(0.0), loss(0.3), loss(3.0)) - 0.01


def test_pairs_alone_are_an_objective_too(dataset: Dataset, config: Config) -> None:
    asked = dataset.scored_queries(0)
    pairs = replace(config, boosted=replace(config.boosted, objective="rank:pairwise"))
    at = dataset.training_queries(0)[::3]
    scores = by_xgboost(dataset, at, pairs, 0)
    target = dataset.queries.target[asked]
    assert share_of_firsts(scores, target) > share_of_firsts(dataset.queries.log_mix[asked], target) + 0.05
    assert (scores != by_xgboost(dataset, at, config, 0)).any()


def test_growing_stops_where_patience_ends(dataset: Dataset, config: Config) -> None:
    at = dataset.training_queries(0)[::4]
    most = 100
    greedy = replace(config.trees, rounds=most, learning_rate=0.5, patience=5)
    assert trees.fit(dataset, at, greedy, 0, lambda _: None).num_trees() < most
    by_level = replace(config.boosted, rounds=most, learning_rate=0.5, patience=5)
    assert boosted.fit(dataset, at, by_level, 0, lambda _: None).num_boosted_rounds() < most


def test_nobody_who_tells_when_to_stop_is_learned_from_or_scored(dataset: Dataset) -> None:
    q, at = dataset.queries, dataset.training_queries(None)
    scored = q.is_scored.copy()
    scored[at[: len(at) // 2]] = True
    half_scored = replace(dataset, queries=replace(q, is_scored=scored))
    learned_from, stopped_on = stopping_split(half_scored, at)
    assert not set(q.person[learned_from]) & set(q.person[stopped_on])
    assert not scored[stopped_on].any()
    one_person = at[q.person[at] == 3]
    with pytest.raises(HeldOutError, match="too few"):
        stopping_split(dataset, one_person)


def test_nothing_to_learn_from_is_refused(dataset: Dataset, config: Config) -> None:
    nothing = np.empty(0, np.int64)
    with pytest.raises(HeldOutError):
        trees.fit(dataset, nothing, config.trees, 0, lambda _: None)
    with pytest.raises(HeldOutError):
        boosted.fit(dataset, nothing, config.boosted, 0, lambda _: None)


def test_rows_are_the_candidates_in_order_and_go_back_to_their_places(dataset: Dataset) -> None:
    at = dataset.training_queries(None)[5:9]
    q = dataset.queries
    made = rows(dataset, at)
    assert made.shape == (q.candidates[at].sum(), len(names(dataset)))
    padded = shortlists(dataset, at, made[:, -1])
    np.testing.assert_array_equal(padded, q.log_mix[at].astype(np.float64))
    targets = shortlists(dataset, at, is_target(dataset, at))
    np.testing.assert_array_equal(targets.argmax(1), q.target[at])
    assert np.isfinite(log_softmax(padded)[:, 0]).all()
