"""Calibration: how far the correction is trusted, and how sure the first suggestion is.

    score_i  = log_mix_i + trust * correction_i     over the shortlist; this orders it
    score_t += top + slope * log p_t                t the first of that order, p its softmax over the shortlist
    p_i      = mass * softmax(score)_i              mass = the mixer's probability of the whole shortlist

The order stays the one before the second line: the boost never takes the first suggestion below the second. `trust`,
`top` and `slope` are fitted by likelihood, for each moment, on people whom the network did not learn from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TRUST = (0.0, 2.0)
"""Bounds of `trust`: never against the correction, never more than twice it."""

TOP = (-2.0, 2.0)
"""Bounds of `top`, nats."""

SLOPE = (-1.0, 1.0)
"""Bounds of `slope`, nats per nat."""

LEAST_GAIN = 2.0
"""Nats of log-likelihood, over all queries, that each number must gain to leave the identity (twice it is past the 95 %
point of chi-squared with one degree of freedom): noise is no reason to bend probabilities."""

SWEEPS = 500
"""At most this many rounds of Newton steps; they end when nothing moves."""


@dataclass(frozen=True)
class Calibration:
    """Three numbers of a moment; the defaults change nothing.

    Attributes:
        trust: multiplier of the correction.
        top: added to the first score, nats.
        slope: added to the first score per nat of its log-probability.
    """

    trust: float = 1.0
    top: float = 0.0
    slope: float = 0.0

    def order(self, log_mix: np.ndarray, correction: np.ndarray) -> np.ndarray:
        """The scores that order a shortlist, float64 [n, 32] nats, -inf where there is no candidate.

        Args:
            log_mix: float [n, 32], -inf where there is no candidate.
            correction: float [n, 32], nats; anything where there is no candidate.
        """
        exists = np.isfinite(log_mix)
        trusted = log_mix.astype(np.float64) + self.trust * np.where(exists, correction, 0.0).astype(np.float64)
        return np.where(exists, trusted, -np.inf)

    def probabilities(self, log_mix: np.ndarray, correction: np.ndarray) -> np.ndarray:
        """The probability of every candidate, float64 [n, 32]; arguments as in `order`."""
        scores = self.order(log_mix, correction)
        mass = np.exp(log_mix.astype(np.float64)).sum(1, keepdims=True).clip(max=1.0)
        top = scores.argmax(1)[:, None]
        log_p = np.take_along_axis(log_softmax(scores), top, axis=1)
        rest = scores.copy()
        np.put_along_axis(rest, top, -np.inf, axis=1)
        lowest = rest.max(1, keepdims=True) - np.take_along_axis(scores, top, axis=1)
        boost = np.maximum(self.top + self.slope * log_p, lowest)
        np.put_along_axis(scores, top, np.take_along_axis(scores, top, axis=1) + boost, axis=1)
        return mass * np.exp(log_softmax(scores))


def fit(log_mix: np.ndarray, correction: np.ndarray, target: np.ndarray) -> Calibration:
    """The likeliest calibration of one moment within the bounds; the identity where nothing else is clearly likelier.

    Args:
        log_mix: float [n, 32], -inf where there is no candidate.
        correction: float [n, 32], nats.
        target: int [n], places in the shortlist.
    """
    if len(target) == 0:
        return Calibration()
    trust = _trust(log_mix, correction, target)
    scores = Calibration(trust).order(log_mix, correction)
    log_p = log_softmax(scores)
    top = scores.argmax(1)
    return Calibration(trust, *_boost(log_p[np.arange(len(top)), top], top == target))


def log_likelihood(log_mix: np.ndarray, correction: np.ndarray, target: np.ndarray, calibration: Calibration) -> float:
    """The mean log-probability of the target within the shortlist, nats; arguments as in `fit`."""
    p = calibration.probabilities(log_mix, correction)
    return float(np.log(p[np.arange(len(target)), target] / p.sum(1)).mean())


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """Natural logs of the softmax of each row; -inf stays -inf."""
    shifted = scores - scores.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(1, keepdims=True))


def _trust(log_mix: np.ndarray, correction: np.ndarray, target: np.ndarray) -> float:
    """The likeliest multiplier: the likelihood is concave in it, so Newton's steps within the bounds find it."""
    exists = np.isfinite(log_mix)
    c = np.where(exists, correction, 0.0).astype(np.float64)
    rows = np.arange(len(target))

    def total(trust: float) -> float:
        return float(log_softmax(Calibration(trust).order(log_mix, correction))[rows, target].sum())

    trust = 1.0
    for _ in range(SWEEPS):
        p = np.exp(log_softmax(Calibration(trust).order(log_mix, correction)))
        mean = (p * c).sum(1)
        slope = float((c[rows, target] - mean).sum())
        bend = float((p * np.square(c)).sum() - np.square(mean).sum())
        step = slope / bend if bend > 0.0 else 0.0
        before, trust = trust, float(np.clip(trust + np.clip(step, -0.5, 0.5), *TRUST))
        if abs(trust - before) < 1e-9:
            break
    return trust if total(trust) - total(1.0) >= LEAST_GAIN else 1.0


def _boost(log_p: np.ndarray, is_right: np.ndarray) -> tuple[float, float]:
    """The likeliest `top` and `slope`: a logistic regression on log p_top, offset by the logit, one number at a time.

    Args:
        log_p: log-probability of the first candidate within the shortlist, [n].
        is_right: whether it is the target, bool [n].
    """
    log_p = log_p.astype(np.float64)
    log_rest = np.log(np.maximum(-np.expm1(np.minimum(log_p, 0.0)), 1e-12))
    logit = log_p - log_rest

    def total(at: np.ndarray) -> float:
        z = logit + at[0] + at[1] * log_p
        return float((is_right * z - np.logaddexp(0.0, z)).sum())

    found, bounds = np.zeros(2), (TOP, SLOPE)
    for _ in range(SWEEPS):
        before = found.copy()
        for axis, by in enumerate((np.ones_like(log_p), log_p)):
            p = 1.0 / (1.0 + np.exp(-(logit + found[0] + found[1] * log_p)))
            bend = float((by * by * p * (1.0 - p)).sum())
            step = float((by * (is_right - p)).sum()) / bend if bend > 0.0 else 0.0
            found[axis] = np.clip(found[axis] + np.clip(step, -0.5, 0.5), *bounds[axis])
        if np.abs(found - before).max() < 1e-9:
            break
    clearly = total(found) - total(np.zeros(2)) >= 2 * LEAST_GAIN
    return (float(found[0]), float(found[1])) if clearly else (0.0, 0.0)
