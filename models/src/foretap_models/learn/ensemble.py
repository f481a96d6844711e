"""Weighted ensembles: how much each member counts at each moment, fitted on people whom no member had seen.

    score_i = log_mix_i + sum_k weight[moment][k] * output_k,i

A log-linear pool (Genest and Zidek 1986): its likelihood is concave in the weights, so the best ones within their
bounds are found whatever the start. The bounds and a small ridge keep members that say the same from cancelling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from foretap_models.data.features_file import MOMENTS
from foretap_models.learn.calibration import log_softmax

RIDGE = 1e-3
"""Nats a query that a squared weight costs."""

MOST = 4.0
"""No member counts more; none counts against itself."""

SWEEPS = 200
"""At most this many Newton steps."""

STILL = 1e-6
"""Weights that move less have arrived."""


@dataclass(frozen=True)
class Ensemble:
    """What the members are worth.

    Attributes:
        members: K names.
        weights: float64 [moments, K], 0..=`MOST`.
    """

    members: tuple[str, ...]
    weights: np.ndarray

    @classmethod
    def of(
        cls, members: tuple[str, ...], outputs: np.ndarray, log_mix: np.ndarray, target: np.ndarray, moment: np.ndarray
    ) -> Ensemble:
        """Fits the weights of each moment; all of them 0 where there is nothing to fit them on.

        Args:
            members: K names.
            outputs: float32 [K, n, 32], of people whom the members had not seen.
            log_mix: float32 [n, 32], -inf where there is no candidate.
            target: int [n], places in the shortlist.
            moment: int [n].
        """
        weights = np.zeros((len(MOMENTS), len(members)))
        for number in range(len(MOMENTS)):
            of = moment == number
            if of.any():
                weights[number] = fit(outputs[:, of], log_mix[of], target[of])
        return cls(members, weights)

    def corrections(self, outputs: np.ndarray, moment: np.ndarray) -> np.ndarray:
        """What is added to log_mix, float32 [n, 32] nats; arguments as in `of`."""
        found = np.zeros(outputs.shape[1:], np.float32)
        for weight, output in zip(self.weights.T, outputs, strict=True):
            found += weight[moment].astype(np.float32)[:, None] * output
        return found


def fit(outputs: np.ndarray, log_mix: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The likeliest weights of one moment within their bounds, float64 [K]: projected Newton steps with halving.

    Args:
        outputs: float32 [K, n, 32].
        log_mix: float32 [n, 32], -inf where there is no candidate.
        target: int [n], places in the shortlist.
    """
    exists = np.isfinite(log_mix)
    members = np.where(exists, outputs, 0.0).astype(np.float64)
    base = log_mix.astype(np.float64)
    at = np.arange(len(target))
    told = members[:, at, target]

    def cost(weights: np.ndarray) -> tuple[float, np.ndarray]:
        log_p = log_softmax(base + np.tensordot(weights, members, 1))
        return float(-log_p[at, target].mean() + RIDGE * weights @ weights), log_p

    weights = np.zeros(len(outputs))
    value, log_p = cost(weights)
    for _ in range(SWEEPS):
        p = np.exp(log_p)
        mean = np.einsum("nc,knc->kn", p, members)
        slope = (mean - told).mean(1) + 2.0 * RIDGE * weights
        bend = np.einsum("nc,jnc,knc->jk", p, members, members, optimize=True) / len(at) - mean @ mean.T / len(at)
        step = _within(weights, slope, bend + 2.0 * RIDGE * np.eye(len(weights)))
        share = 1.0
        while share > STILL:
            moved, then = cost(weights + share * step)
            if moved <= value:
                break
            share /= 2.0
        else:
            break
        weights, value, log_p = weights + share * step, moved, then
        if np.abs(share * step).max() < STILL:
            break
    return weights


def _within(weights: np.ndarray, slope: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """The step to the least of a quadratic within the bounds: one coordinate at a time until none moves."""
    step = np.zeros(len(weights))
    for _ in range(SWEEPS):
        before = step.copy()
        for k in range(len(weights)):
            rest = slope[k] + bend[k] @ step - bend[k, k] * step[k]
            step[k] = np.clip(-rest / bend[k, k], -weights[k], MOST - weights[k])
        if np.abs(step - before).max() < STILL:
            break
    return step
