"""From float32 to INT8: per-output-channel weights, per-tensor activations, symmetric about zero or the mean.

The bundles of a release line have the scales of its first model: a weight that did not change has the same byte then,
and a delta holds what was learned since, not what a scale did to all of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from foretap_models.errors import QuantiseError
from foretap_models.learn.inputs import CLIP, STEPS
from foretap_models.learn.model import Model

EXACT = 2**24
"""Accumulators below this are exact in float32."""


MOST_CUT = 0.05
"""The largest share of a layer's weights that the scales of its line may cut: one of a column's 74, and a few more."""


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


def quantise(model: Model, line: Model | None = None) -> tuple[QuantisedDense, ...]:
    """The integers of a model.

    The inputs' step is 5/127 standard deviations of each column, so the weights stay those of standardised inputs.

    Args:
        model: what was trained; one of `in_line` where there is a line.
        line: the first model of the release line, whose scales are kept.

    Raises:
        QuantiseError: an accumulator could leave the range in which float32 is exact; the line's scales cut too much.
    """
    standardisation, nothing = model.standardisation, np.zeros(1, np.float32)
    worths = _worths(line) if line else [None] * len(model.layers)
    inputs = (standardisation.mean, standardisation.step, CLIP / STEPS, -float(STEPS))
    layers = [_dense(*model.layers[0], *inputs, worths[0])]
    for (weights, bias), peak, worth in zip(model.layers[1:], model.peaks, worths[1:], strict=True):
        step = _step(peak)
        layers.append(_dense(weights, bias, nothing, step, float(step[0]), 0.0, worth))
    return tuple(layers)


def in_line(model: Model, line: Model) -> Model:
    """The same function with the inputs and the activations of a line's first model.

    Raises:
        QuantiseError: they are networks of different shapes or features.
    """
    if [w.shape for w, _ in model.layers] != [w.shape for w, _ in line.layers]:
        raise QuantiseError("the release line has layers of other sizes: a new line begins")
    if model.provenance.schema != line.provenance.schema:
        raise QuantiseError("the release line reads other features: a new line begins")
    old, new = model.standardisation, line.standardisation
    (weights, bias), *others = model.layers
    shift = (new.mean.astype(np.float64) - old.mean) / old.sd
    moved = weights * (new.sd.astype(np.float64) / old.sd)[:, None]
    first = (moved.astype(np.float32), (bias + shift @ weights).astype(np.float32))
    return replace(model, layers=(first, *others), standardisation=new, peaks=line.peaks)


def _worths(line: Model) -> list[np.ndarray]:
    """What a step of each channel's weights is worth in a line, float64 [M] of each layer."""
    units = [CLIP / STEPS, *(float(_step(peak)[0]) for peak in line.peaks)]
    return [_worth(w, b, unit) for (w, b), unit in zip(line.layers, units, strict=True)]


def _step(peak: np.float32) -> np.ndarray:
    """The width of an INT8 step of activations, float32 [1]."""
    return np.array([max(float(peak), 1e-6) / STEPS], np.float32)


def _worth(weights: np.ndarray, bias: np.ndarray, unit: float) -> np.ndarray:
    """What a step of each channel's weights is worth, float64 [M].

    That is what its largest weight needs, or what keeps its bias exact where it has hardly any weights.
    """
    w, b = weights.astype(np.float64), bias.astype(np.float64)
    most = EXACT - len(w) * STEPS * STEPS - 1
    if not (np.isfinite(w).all() and np.isfinite(b).all() and most > 0):
        raise QuantiseError("weights are not finite, or a layer is too wide")
    worth = np.maximum(np.abs(w).max(0) / STEPS, np.abs(b) / (unit * (most - 1)))
    return np.where(worth > 0.0, worth, 1.0)


def _dense(
    weights: np.ndarray,
    bias: np.ndarray,
    offset: np.ndarray,
    step: np.ndarray,
    unit: float,
    low: float,
    worth: np.ndarray | None = None,
) -> QuantisedDense:
    """A layer whose inputs are worth `unit` a step, and its weights `worth`, where a line says so."""
    own = _worth(weights, bias, unit)
    worth = own if worth is None else worth
    rounded = np.rint(weights.astype(np.float64) / worth)
    cut = float((np.abs(rounded) > STEPS).mean())
    if cut > MOST_CUT:
        raise QuantiseError(f"the scales of the release line cut {cut:.1%} of a layer's weights: a new line begins")
    dense = QuantisedDense(
        offset=offset.astype(np.float32),
        step=step.astype(np.float32),
        low=low,
        weights=np.clip(rounded, -STEPS, STEPS).astype(np.int8),
        bias=np.clip(np.rint(bias.astype(np.float64) / (unit * worth)), -EXACT, EXACT).astype(np.int32),
        scale=(unit * worth).astype(np.float32),
    )
    largest = np.abs(dense.bias.astype(np.int64)) + STEPS * np.abs(dense.weights.astype(np.int64)).sum(0)
    if largest.max() >= EXACT:
        raise QuantiseError(f"an accumulator of {largest.max()} is not exact in float32")
    return dense
