"""Hit rates, calibration error and intervals, by the rules of the protocol. Rates are percent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_OPENINGS = 200
"""People with fewer openings are left out of a task."""

LEAST_QUERIES = 30
"""People with fewer scored queries are left out of a task."""

RESAMPLES = 2_000
"""Resamples of an interval."""

BINS = 15
"""Equal-width bins of the expected calibration error, as in Guo et al. 2017 and in `foretap replay`."""


@dataclass(frozen=True)
class HitRates:
    """Percent of the queries whose target was among the first 1, 3 and 5, and the mean of 100 / rank."""

    hr1: float
    hr3: float
    hr5: float
    mrr: float

    @classmethod
    def of(cls, ranks: np.ndarray) -> HitRates:
        """The rates of target ranks (int [n], n >= 1; from 1, 0 is a miss)."""
        found = ranks >= 1
        within = [100.0 * float((found & (ranks <= k)).mean()) for k in (1, 3, 5)]
        inverse = np.divide(1.0, ranks, out=np.zeros(len(ranks)), where=found)
        return cls(*within, 100.0 * float(inverse.mean()))


@dataclass(frozen=True)
class Interval:
    """A mean and its 95 % interval, in the unit of the values."""

    mean: float
    low: float
    high: float


def ranks(scores: np.ndarray, target: np.ndarray, mixer_rank: np.ndarray) -> np.ndarray:
    """The rank of every query's target, int64 [n], from 1; 0 is a miss.

    The shortlist stands before all other candidates, whatever its scores; equal scores keep the mixer's order.

    Args:
        scores: float [n, 32], -inf where there is no candidate.
        target: int [n], place in the shortlist, -1 where it is not in it.
        mixer_rank: int [n], the rank that a target outside the shortlist keeps; 0 where it is no candidate.
    """
    inside = target >= 0
    at = np.where(inside, target, 0)[:, None]
    own = np.take_along_axis(scores, at, axis=1)
    before = (scores > own) | ((scores == own) & (np.arange(scores.shape[1]) < at))
    return np.where(inside, 1 + before.sum(1), mixer_rank)


def is_kept(openings: int, queries: int) -> bool:
    """Whether a person has enough openings and scored queries to count in a task."""
    return openings >= LEAST_OPENINGS and queries >= LEAST_QUERIES


def kept_people(person: np.ndarray, openings: np.ndarray) -> list[int]:
    """The people who count among the queries of one task, ascending.

    Args:
        person: int [n], of each query.
        openings: int [n], all openings of that person.
    """
    numbers, first, queries = np.unique(person, return_index=True, return_counts=True)
    triples = zip(numbers.tolist(), openings[first].tolist(), queries.tolist(), strict=True)
    return [number for number, all_openings, count in triples if is_kept(all_openings, count)]


def by_person(person: np.ndarray, rank: np.ndarray, people: list[int]) -> list[HitRates]:
    """The rates of each of some people, over their queries (person and rank: int [n])."""
    return [HitRates.of(rank[person == number]) for number in people]


def macro(rates: list[HitRates]) -> HitRates:
    """The mean over people (at least one), each counted once."""
    mean = [float(np.mean([getattr(r, name) for r in rates])) for name in ("hr1", "hr3", "hr5", "mrr")]
    return HitRates(*mean)


def interval(values: np.ndarray, seed: int) -> Interval:
    """The percentile bootstrap (Efron 1979) of the mean of one value a person (float [people], at least one).

    Differences of two systems go in as one value a person, so that both are resampled together.
    """
    rng = np.random.default_rng(seed)
    means = values[rng.integers(0, len(values), (RESAMPLES, len(values)))].mean(1)
    low, high = np.percentile(means, (2.5, 97.5))
    return Interval(float(values.mean()), float(low), float(high))


def calibration_error(probability: np.ndarray, is_right: np.ndarray) -> float:
    """The expected calibration error of the first suggestions, 0..=1 (both [n], n >= 1)."""
    p = np.clip(probability, 0.0, 1.0)
    at = np.minimum((p * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(at, weights=is_right, minlength=BINS) - np.bincount(at, weights=p, minlength=BINS)
    return float(np.abs(gaps).sum() / len(p))
