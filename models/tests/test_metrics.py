"""Metrics against numbers worked out by hand, and both sides of every limit of the protocol."""

from __future__ import annotations

import numpy as np
import pytest

from foretap_models.judge import metrics
from foretap_models.judge.metrics import HitRates


def test_rates_of_four_queries_are_those_worked_out_by_hand() -> None:
    rates = HitRates.of(np.array([1, 2, 4, 0]))
    assert rates == HitRates(hr1=25.0, hr3=50.0, hr5=75.0, mrr=100 * (1 + 1 / 2 + 1 / 4) / 4)


def test_a_rank_on_the_border_counts_and_the_next_one_does_not() -> None:
    assert HitRates.of(np.array([3])).hr3 == 100.0
    assert HitRates.of(np.array([4])).hr3 == 0.0
    assert HitRates.of(np.array([5])).hr5 == 100.0
    assert HitRates.of(np.array([6])).hr5 == 0.0


def test_equal_scores_keep_the_mixers_order() -> None:
    scores = np.array([[0.5, 0.5, 0.7, -np.inf]] * 3)
    assert metrics.ranks(scores, np.array([0, 1, 2]), np.array([1, 2, 3])).tolist() == [2, 3, 1]


def test_a_target_outside_the_shortlist_keeps_its_mixers_rank_and_one_that_is_no_candidate_misses() -> None:
    scores = np.zeros((2, 32))
    assert metrics.ranks(scores, np.array([-1, -1]), np.array([41, 0])).tolist() == [41, 0]


def test_macro_counts_each_person_once_however_many_queries_they_have() -> None:
    person = np.array([0] * 90 + [1] * 10)
    rank = np.array([1] * 90 + [2] * 10)
    assert metrics.macro(metrics.by_person(person, rank, [0, 1])).hr1 == 50.0


@pytest.mark.parametrize(
    ("openings", "queries", "kept"),
    [(200, 30, True), (199, 30, False), (200, 29, False), (199, 29, False), (10_000, 2_000, True)],
)
def test_people_with_fewer_than_200_openings_or_30_queries_are_left_out(
    openings: int, queries: int, kept: bool
) -> None:
    assert metrics.is_kept(openings, queries) is kept
    person = np.full(queries, 7)
    assert metrics.kept_people(person, np.full(queries, openings)) == ([7] if kept else [])


def test_calibration_error_is_the_weighted_gap_of_the_bins() -> None:
    p = np.array([0.9, 0.92, 0.1, 0.12])
    right = np.array([True, False, False, False])
    assert metrics.calibration_error(p, right) == pytest.approx((0.82 + 0.22) / 4)
    assert metrics.calibration_error(np.array([1.0, 0.0]), np.array([True, False])) == 0.0


def test_the_interval_is_about_four_standard_errors_wide_and_seeded() -> None:
    values = np.arange(100.0)
    found = metrics.interval(values, 1)
    assert found.mean == 49.5
    assert found.low == pytest.approx(49.5 - 1.96 * 2.887, abs=0.5)
    assert found.high == pytest.approx(49.5 + 1.96 * 2.887, abs=0.5)
    assert metrics.interval(values, 1) == found
    assert metrics.interval(values, 2) != found


def test_a_constant_difference_is_certain() -> None:
    found = metrics.interval(np.full(3, 2.0), 5)
    assert (found.mean, found.low, found.high) == (2.0, 2.0, 2.0)
