"""The network's inputs: standardised features, rounded to the INT8 steps that the shipped graph takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import SHORTLIST
from foretap_models.errors import HeldOutError

CLIP = 5.0
"""Inputs are cut at this many standard deviations."""

STEPS = 127
"""INT8 steps on each side of the mean."""

LEAST_SD = 1e-3
"""Below this a feature does not vary, in its unit: nothing can be learned from it."""

UNTOLD_SD = 1e3
"""The standard deviation of a feature that does not vary: whatever a phone then sees of it lies next to the mean, where
what was never learned does no harm."""

QUERIES_A_CHUNK = 2_048
"""Queries in memory at a time, about 20 MB of float32."""


@dataclass(frozen=True)
class Standardisation:
    """Where the features lie.

    Attributes:
        mean: float32 [F], in the feature's unit.
        sd: float32 [F], in the feature's unit, at least `LEAST_SD`; `UNTOLD_SD` where a feature does not vary.
    """

    mean: np.ndarray
    sd: np.ndarray

    @classmethod
    def of(cls, dataset: Dataset, at: np.ndarray) -> Standardisation:
        """The mean and the standard deviation over all candidates of some queries.

        Raises:
            HeldOutError: there are no queries.
        """
        if len(at) == 0:
            raise HeldOutError("no queries to learn from")
        width = dataset.features.shape[2]
        count, total, square = 0, np.zeros(width), np.zeros(width)
        for _, chunk in chunks(at):
            rows = dataset.features[chunk][dataset.queries.is_candidate()[chunk]].astype(np.float64)
            count += len(rows)
            total += rows.sum(0)
            square += np.square(rows).sum(0)
        mean = total / count
        sd = np.sqrt(np.maximum(square / count - mean**2, 0.0))
        return cls(mean.astype(np.float32), np.where(sd < LEAST_SD, UNTOLD_SD, sd).astype(np.float32))

    @property
    def step(self) -> np.ndarray:
        """The width of an INT8 step, float32 [F], in the feature's unit."""
        return self.sd * np.float32(CLIP / STEPS)

    def steps(self, features: np.ndarray) -> np.ndarray:
        """Features [..., F] as INT8 steps from the mean, by the very operations of the graph."""
        return np.clip(np.rint(scaled(features, self.mean, self.step)), -STEPS, STEPS).astype(np.int8)

    def standardised(self, features: np.ndarray) -> np.ndarray:
        """Features [..., F] in standard deviations from the mean, cut at 5, float32: the FP32 graph's inputs."""
        return np.clip(scaled(features, self.mean, self.sd), np.float32(-CLIP), np.float32(CLIP))


@dataclass(frozen=True)
class Examples:
    """Queries as a network sees them that reads features, one contiguous array each. n queries.

    Attributes:
        steps: int8 [n, 32, F], 0 after the last candidate. A quarter of float32's memory: 60,000 queries are 140 MB.
        log_mix: float32 [n, 32], -inf after the last candidate.
        target: int32 [n], place in the shortlist.
    """

    steps: np.ndarray
    log_mix: np.ndarray
    target: np.ndarray

    @classmethod
    def of(cls, dataset: Dataset, at: np.ndarray, standardisation: Standardisation) -> Examples:
        """Takes some queries, all of which have their target in the shortlist."""
        steps = np.empty((len(at), SHORTLIST, dataset.features.shape[2]), np.int8)
        is_candidate = dataset.queries.is_candidate()[at]
        for part, chunk in chunks(at):
            steps[part] = standardisation.steps(dataset.features[chunk]) * is_candidate[part, :, None]
        return cls(steps, dataset.queries.log_mix[at], dataset.queries.target[at])

    def __len__(self) -> int:
        return len(self.target)

    def inputs(self, some: np.ndarray | slice) -> dict[str, np.ndarray]:
        """What a network reads of some of them: `steps`, and which places hold a candidate (`exists`)."""
        return {"steps": self.steps[some], "exists": np.isfinite(self.log_mix[some])}


def scaled(x: np.ndarray, offset: np.ndarray, step: np.ndarray) -> np.ndarray:
    """(x - offset) / step, one float32 rounding each; what overflows becomes infinite, and is then cut."""
    with np.errstate(over="ignore"):
        return (x - offset) / step


def chunks(at: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Query numbers, some at a time, with where in `at` they stand."""
    for first in range(0, len(at), QUERIES_A_CHUNK):
        part = slice(first, min(first + QUERIES_A_CHUNK, len(at)))
        yield part, at[part]
