"""From float32 to INT8: per-output-channel weights, per-tensor activations, symmetric about zero or the mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from foretap_models.errors import QuantiseError
from foretap_models.learn.inputs import CLIP, STEPS
from foretap_models.learn.model import Model

EXACT = 2**24
"""Accumulators below this are exact in float32."""


@dataclass(frozen=True)
class QuantisedDense:
    """One layer: K inputs, M outputs. The formula is in `reference`.

    Attributes:
        offset: float32 [K] or [1], subtracted from the inputs.
        step: float32 [K] or [1], the width of an INT8 step of the inputs.
        low: -127, or 0 after a ReLU (cutting there is the ReLU).
        weights: int8 [K, M], -127..=127.
        bias: int32 [M], in units of the accumulator.
        scale: float32 [M], the worth of a unit of the accumulator.
    """

    offset: np.ndarray
    step: np.ndarray
    low: float
    weights: np.ndarray
    bias: np.ndarray
    scale: np.ndarray


def quantise(model: Model) -> tuple[QuantisedDense, ...]:
    """The integers of a model.

    The inputs' step is 5/127 standard deviations of each column, so the weights stay those of standardised inputs.

    Raises:
        QuantiseError: an accumulator could leave the range in which float32 is exact.
    """
    standardisation, nothing = model.standardisation, np.zeros(1, np.float32)
    layers = [_dense(*model.layers[0], standardisation.mean, standardisation.step, CLIP / STEPS, -float(STEPS))]
    for (weights, bias), peak in zip(model.layers[1:], model.peaks, strict=True):
        step = np.array([max(float(peak), 1e-6) / STEPS], np.float32)
        layers.append(_dense(weights, bias, nothing, step, float(step[0]), 0.0))
    return tuple(layers)


def _dense(
    weights: np.ndarray, bias: np.ndarray, offset: np.ndarray, step: np.ndarray, unit: float, low: float
) -> QuantisedDense:
    """A layer whose inputs are worth `unit` a step.

    A channel's step is what its largest weight needs, or what keeps its bias exact where it has hardly any weights.
    """
    w, b = weights.astype(np.float64), bias.astype(np.float64)
    most = EXACT - len(w) * STEPS * STEPS - 1
    if not (np.isfinite(w).all() and np.isfinite(b).all() and most > 0):
        raise QuantiseError("weights are not finite, or a layer is too wide")
    worth = np.maximum(np.abs(w).max(0) / STEPS, np.abs(b) / (unit * (most - 1)))
    worth = np.where(worth > 0.0, worth, 1.0)
    dense = QuantisedDense(
        offset=offset.astype(np.float32),
        step=step.astype(np.float32),
        low=low,
        weights=np.clip(np.rint(w / worth), -STEPS, STEPS).astype(np.int8),
        bias=np.rint(b / (unit * worth)).astype(np.int32),
        scale=(unit * worth).astype(np.float32),
    )
    largest = np.abs(dense.bias.astype(np.int64)) + STEPS * np.abs(dense.weights.astype(np.int64)).sum(0)
    if largest.max() >= EXACT:
        raise QuantiseError(f"an accumulator of {largest.max()} is not exact in float32")
    return dense
