"""Shortlists as rows, which is how trees see them: one candidate a row, its features and its log_mix."""

from __future__ import annotations

import numpy as np

from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import SHORTLIST
from foretap_models.errors import HeldOutError
from foretap_models.learn.inputs import chunks

LOG_MIX = "log_mix"
"""The name of the last column."""

STOPPING_PARTS = 5
"""One of so many parts of the people tells when to stop growing, as many as the outer split has."""


def names(dataset: Dataset) -> list[str]:
    """The names of the columns, F + 1."""
    return [*dataset.feature_names, LOG_MIX]


def rows(dataset: Dataset, at: np.ndarray) -> np.ndarray:
    """The candidates of some queries in the mixer's order, float32 [rows, F + 1]."""
    parts = [_rows(dataset, chunk) for _, chunk in chunks(at)]
    return np.concatenate(parts) if parts else np.empty((0, len(dataset.feature_names) + 1), np.float32)


def is_target(dataset: Dataset, at: np.ndarray) -> np.ndarray:
    """Which rows are their query's target, int8 [rows]."""
    q = dataset.queries
    return (np.arange(SHORTLIST) == q.target[at][:, None])[q.is_candidate()[at]].astype(np.int8)


def shortlists(dataset: Dataset, at: np.ndarray, of_rows: np.ndarray) -> np.ndarray:
    """One value a row as float64 [n, 32], -inf where there is no candidate."""
    found = np.full((len(at), SHORTLIST), -np.inf)
    found[dataset.queries.is_candidate()[at]] = of_rows
    return found


def outputs(scores: np.ndarray) -> np.ndarray:
    """Scores as a corrector's outputs: float32, 0 where there is no candidate."""
    return np.where(np.isfinite(scores), scores, 0.0).astype(np.float32)


def stopping_split(dataset: Dataset, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The queries of some people, and those of the others on which growing stops: none that is scored in any fold.

    Args:
        dataset: of the queries.
        at: queries to learn from, int64 [n].

    Raises:
        HeldOutError: too few people, or nothing to stop on.
    """
    q = dataset.queries
    people = np.unique(q.person[at])
    is_held_out = np.isin(q.person[at], people[::STOPPING_PARTS])
    learned_from, stopped_on = at[~is_held_out], at[is_held_out & ~q.is_scored[at]]
    if len(learned_from) == 0 or len(stopped_on) == 0:
        raise HeldOutError(f"{len(people)} people are too few to stop the growing of trees on some of them")
    return learned_from, stopped_on


def _rows(dataset: Dataset, at: np.ndarray) -> np.ndarray:
    """The rows of a chunk."""
    is_candidate = dataset.queries.is_candidate()[at]
    log_mix = dataset.queries.log_mix[at][is_candidate]
    return np.concatenate([dataset.features[at][is_candidate], log_mix[:, None]], axis=1)
