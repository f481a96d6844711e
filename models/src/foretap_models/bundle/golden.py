"""Golden vectors: made-up inputs and what the model answers, by which a phone checks a bundle before it uses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from foretap_models.data.features_file import SHORTLIST
from foretap_models.learn.inputs import Standardisation

ROWS = (1, 1, 1, 2, 5, 13, SHORTLIST)
"""Candidates of each vector. 55 rows of 72 float32 are 16 KB, a quarter of the largest bundle."""


EDGES = (0.0, 10.0, -10.0)
"""Standard deviations from the mean of the first vectors: the inputs are cut at 5."""


@dataclass(frozen=True)
class Golden:
    """A vector.

    Attributes:
        features: float32 [rows, F].
        correction: float32 [rows], nats.
    """

    features: np.ndarray
    correction: np.ndarray


def golden(
    standardisation: Standardisation, seed: int, correct: Callable[[np.ndarray], np.ndarray]
) -> tuple[Golden, ...]:
    """Vectors of synthetic rows.

    First the mean and far outside on both sides, then normal ones of twice the spread; the very last row lies on the
    halves between steps, where rounding shows.

    Args:
        standardisation: of the model; the rows lie around its mean and are nobody's.
        seed: of the normal rows.
        correct: float32 [rows, F] -> float32 [rows], the arithmetic of the model.
    """
    rng = np.random.default_rng(seed)
    width = len(standardisation.mean)
    made = []
    for at, rows in enumerate(ROWS):
        deviations = np.full((rows, width), EDGES[at]) if at < len(EDGES) else rng.normal(0.0, 2.0, (rows, width))
        features = (standardisation.mean + deviations * standardisation.sd).astype(np.float32)
        if at == len(ROWS) - 1:
            halves = rng.integers(-60, 60, width) + np.float32(0.5)
            features[-1] = standardisation.mean + halves.astype(np.float32) * standardisation.step
        made.append(Golden(features, correct(features)))
    return tuple(made)
