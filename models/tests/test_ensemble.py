"""Weights of an ensemble: the likeliest within their bounds, for each moment, whatever the members' order."""

from __future__ import annotations

import numpy as np
import pytest

from foretap_models.learn import ensemble
from foretap_models.learn.calibration import log_softmax
from foretap_models.learn.ensemble import MOST, Ensemble

N = 6_000


@pytest.fixture(scope="module")
def members() -> np.ndarray:
    """Three members' outputs, float32 [3, n, 32]."""
    return np.random.default_rng(1).normal(0.0, 0.8, (3, N, 32)).astype(np.float32)


@pytest.fixture(scope="module")
def log_mix() -> np.ndarray:
    rng = np.random.default_rng(2)
    made = -np.sort(-log_softmax(rng.normal(0.0, 1.5, (N, 32))), axis=1)
    made[np.arange(32) >= rng.integers(2, 33, N)[:, None]] = -np.inf
    return made.astype(np.float32)


def drawn(scores: np.ndarray, seed: int = 3) -> np.ndarray:
    p = np.exp(log_softmax(scores.astype(np.float64)))
    return (p.cumsum(1) < np.random.default_rng(seed).random((len(p), 1))).sum(1)


def test_the_true_weights_are_found(members: np.ndarray, log_mix: np.ndarray) -> None:
    truth = np.array([1.0, 0.5, 0.0])
    target = drawn(log_mix + np.tensordot(truth, members, 1))
    np.testing.assert_allclose(ensemble.fit(members, log_mix, target), truth, atol=0.08)


def test_no_weights_within_the_bounds_are_likelier(members: np.ndarray, log_mix: np.ndarray) -> None:
    target = drawn(log_mix + np.tensordot([0.7, 0.0, 0.3], members, 1))

    def cost(weights: np.ndarray) -> float:
        log_p = log_softmax(log_mix + np.tensordot(weights, members.astype(np.float64), 1))
        return float(-log_p[np.arange(N), target].mean() + ensemble.RIDGE * weights @ weights)

    found = ensemble.fit(members, log_mix, target)
    rng = np.random.default_rng(4)
    for size in (0.01, 0.1, 1.0):
        for _ in range(20):
            other = np.clip(found + size * rng.normal(size=3), 0.0, MOST)
            assert cost(other) >= cost(found) - 1e-9


def test_a_contrary_member_does_not_count_and_a_timid_one_at_most_so_much(
    members: np.ndarray, log_mix: np.ndarray
) -> None:
    target = drawn(log_mix + members[0])
    found = ensemble.fit(np.stack([-members[0], members[0] / 10.0]), log_mix, target)
    assert found[0] == 0.0
    assert found[1] == MOST


def test_two_that_say_the_same_share_their_weight(members: np.ndarray, log_mix: np.ndarray) -> None:
    target = drawn(log_mix + members[0])
    twice = ensemble.fit(members[[0, 0]], log_mix, target)
    assert twice[0] == pytest.approx(twice[1], abs=1e-3)
    assert twice.sum() == pytest.approx(ensemble.fit(members[:1], log_mix, target)[0], abs=0.01)


def test_the_order_of_the_members_does_not_matter(members: np.ndarray, log_mix: np.ndarray) -> None:
    target = drawn(log_mix + np.tensordot([0.2, 0.9, 0.4], members, 1))
    forth, back = (ensemble.fit(members[order], log_mix, target) for order in ([0, 1, 2], [2, 1, 0]))
    np.testing.assert_allclose(forth, back[::-1], atol=1e-4)


def test_what_is_said_of_no_candidate_does_not_matter(members: np.ndarray, log_mix: np.ndarray) -> None:
    target = drawn(log_mix + members[0])
    noisy = np.where(np.isfinite(log_mix), members, 1e6).astype(np.float32)
    np.testing.assert_array_equal(ensemble.fit(noisy, log_mix, target), ensemble.fit(members, log_mix, target))


def test_each_moment_has_weights_of_its_own_and_one_without_queries_none(
    members: np.ndarray, log_mix: np.ndarray
) -> None:
    moment = np.arange(N) % 2
    truth = np.where(moment[:, None] == 0, members[0], 0.5 * members[1])
    target = drawn(log_mix + truth)
    found = Ensemble.of(("a", "b", "c"), members, log_mix, target, moment)
    assert found.weights[0].argmax() == 0
    assert found.weights[1].argmax() == 1
    assert not found.weights[2].any()
    expected = np.where(
        moment[:, None] == 0,
        np.tensordot(found.weights[0], members, 1),
        np.tensordot(found.weights[1], members, 1),
    )
    np.testing.assert_allclose(found.corrections(members, moment), expected, atol=1e-5)
