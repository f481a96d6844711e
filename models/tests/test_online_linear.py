"""A person's own linear layer learns what only that person does, after it has answered."""

from __future__ import annotations

from dataclasses import replace

import habits
import numpy as np
import pytest

from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.hyperparameters import Online
from foretap_models.learn.corrector import scores
from foretap_models.learn.learners import LEARNERS
from foretap_models.learn.peers.online_linear import OnlineLinear


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """Each person prefers a place of their own as well."""
    return habits.people(seed=2, own=True)


@pytest.fixture(scope="module")
def learned(dataset: Dataset, config: Config) -> OnlineLinear:
    """Learned with fold 0 held out."""
    made = LEARNERS["online_linear"].learn(dataset, dataset.training_queries(0), config, 0, lambda _: None)
    assert isinstance(made, OnlineLinear)
    return made


def share_of_firsts(found: np.ndarray, dataset: Dataset, at: np.ndarray) -> float:
    return float((found.argmax(1) == dataset.queries.target[at]).mean())


def test_it_learns_what_only_this_person_does(learned: OnlineLinear, dataset: Dataset) -> None:
    asked = dataset.scored_queries(0)
    still = share_of_firsts(scores(learned.frozen, dataset, asked), dataset, asked)
    assert share_of_firsts(scores(learned, dataset, asked), dataset, asked) > still + 0.05


def test_an_answer_knows_neither_its_own_opening_nor_a_later_one(learned: OnlineLinear, dataset: Dataset) -> None:
    q = dataset.queries
    asked = np.flatnonzero((q.person == 0) & (q.opening <= 60))
    other = np.where(q.opening >= 60, (q.target + 1) % q.candidates, q.target).astype(np.int32)
    changed = habits.with_queries(dataset, target=other)
    np.testing.assert_array_equal(learned.outputs(changed, asked), learned.outputs(dataset, asked))
    after = np.flatnonzero((q.person == 0) & (q.opening == 61))
    assert (learned.outputs(changed, after) != learned.outputs(dataset, after)).any()


def test_what_one_person_opens_teaches_nobody_else(learned: OnlineLinear, dataset: Dataset) -> None:
    q = dataset.queries
    other = np.where(q.person == 1, (q.target + 1) % q.candidates, q.target).astype(np.int32)
    asked = np.flatnonzero(q.person != 1)
    changed = habits.with_queries(dataset, target=other)
    np.testing.assert_array_equal(learned.outputs(changed, asked), learned.outputs(dataset, asked))


def test_whatever_else_is_asked_and_in_whatever_order_an_answer_is_the_same(
    learned: OnlineLinear, dataset: Dataset
) -> None:
    asked = dataset.scored_queries(0)
    backwards = learned.outputs(dataset, asked[::-1])[::-1]
    np.testing.assert_array_equal(learned.outputs(dataset, asked), backwards)
    np.testing.assert_array_equal(learned.outputs(dataset, asked[:1]), backwards[:1])


def test_a_rate_of_nothing_is_the_shared_layer_and_a_full_pull_goes_back_to_it(
    learned: OnlineLinear, dataset: Dataset
) -> None:
    asked = dataset.scored_queries(0)
    shared = learned.frozen.outputs(dataset, asked)
    still = replace(learned, online=Online(rate=0.0, pull=0.0)).outputs(dataset, asked)
    np.testing.assert_allclose(still, shared, atol=1e-4)
    moved = {pull: replace(learned, online=Online(rate=0.5, pull=pull)).outputs(dataset, asked) for pull in (0.0, 1.0)}
    far = {pull: float(np.abs(found - shared).mean()) for pull, found in moved.items()}
    assert 0.0 < far[1.0] < far[0.0] / 3.0


def test_a_target_outside_the_shortlist_teaches_nothing(learned: OnlineLinear, dataset: Dataset) -> None:
    q = dataset.queries
    missed = habits.with_queries(dataset, target=np.where(q.person == 0, -1, q.target).astype(np.int32))
    asked = np.flatnonzero(q.person == 0)
    np.testing.assert_allclose(learned.outputs(missed, asked), learned.frozen.outputs(missed, asked), atol=1e-4)
