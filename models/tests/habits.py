"""People with habits in the order of last use, made in memory: what a sequence network can learn and the mixer cannot.

Nobody's data. Two places of the order of last use are likelier than the mixer knows: one by the rank of the last
opening, one by the hour.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import FOLDS, SHORTLIST, Queries, Split
from foretap_models.data.past import OPENINGS
from foretap_models.learn.calibration import log_softmax

FEATURES = 4


def habits(history: np.ndarray, time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places of last use that are likelier by three nats, int [n] each."""
    return history[:, -1, 0].astype(np.int64), 7 + (time % 32) // 6


def people(seed: int, count: int = 10, openings: int = 120, own: bool = False) -> Dataset:
    """Queries of some people in the order of their openings, three moments each; the last 30 % are scored.

    Args:
        seed: of everything.
        count: people.
        openings: of each.
        own: whether each person prefers a place of their own as well, which nobody else's habits tell.
    """
    rng = np.random.default_rng(seed)
    n = count * openings * 3
    person = np.repeat(np.arange(count), openings * 3)
    opening = np.tile(np.repeat(np.arange(openings), 3), count)
    moment = np.tile(np.arange(3), count * openings)
    history = np.zeros((n, OPENINGS, 3), np.uint8)
    long = rng.integers(0, OPENINGS + 1, n)
    there = np.arange(OPENINGS) >= OPENINGS - long[:, None]
    history[..., 0] = rng.integers(1, 7, (n, OPENINGS)) * there
    history[..., 1] = rng.integers(0, 16, (n, OPENINGS)) * there
    history[..., 2] = rng.integers(0, 24, (n, OPENINGS)) * there
    time = rng.integers(0, 24, n).astype(np.int32)
    candidates = rng.integers(12, SHORTLIST + 1, n)
    exists = np.arange(SHORTLIST) < candidates[:, None]
    recency = np.where(exists, np.argsort(np.where(exists, rng.random((n, SHORTLIST)), 9.0), axis=1), -1)
    log_mix = np.where(exists, -np.sort(rng.exponential(1.0, (n, SHORTLIST)), axis=1), -np.inf)
    log_mix = log_softmax(-np.sort(-log_mix, axis=1)).astype(np.float32)
    likelier = [*habits(history, time), *([person % 12] if own else [])]
    score = log_mix + 3.0 * sum(recency == place[:, None] for place in likelier)
    p = np.exp(log_softmax(score))
    target = (p.cumsum(1) < rng.random((n, 1))).sum(1).clip(max=candidates - 1)
    scored = opening >= int(0.7 * openings)
    queries = Queries(
        person=person.astype(np.int32),
        fold=(person % FOLDS).astype(np.int32),
        moment=moment.astype(np.int32),
        opening=opening.astype(np.int64),
        openings=np.full(n, openings, np.int64),
        is_training=np.ones(n, bool),
        is_scored=scored,
        mixer_rank=(target + 1).astype(np.int32),
        day=(opening // 10).astype(np.int32),
        gap=rng.integers(0, 16, n).astype(np.int32),
        time=time,
        candidates=candidates.astype(np.int32),
        target=target.astype(np.int32),
        log_mix=log_mix,
    )
    return Dataset(
        features=rng.normal(0.0, 1.0, (n, SHORTLIST, FEATURES)).astype(np.float32) * exists[:, :, None],
        history=history,
        recency=recency.astype(np.int16),
        queries=queries,
        feature_names=tuple(f"noise_{number}" for number in range(FEATURES)),
        schema="5c" * 32,
        learned_on=("10" * 32,),
        split=Split(),
        content="c0" * 32,
        version=None,
        seen_folds=(),
    )


def with_queries(dataset: Dataset, **changed: np.ndarray) -> Dataset:
    """The same with other arrays of its queries."""
    return replace(dataset, queries=replace(dataset.queries, **changed))
