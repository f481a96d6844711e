"""What the graphs compute, in numpy: the arithmetic that every kernel and runtime has to agree with.

INT8, one IEEE-754 single rounding an operation, in this order:

    q = int8(clip(round((x - offset) / step), low, 127))     round half to even
    y = float(q @ W + bias) * scale                          the sum is exact in integers
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from foretap_models.inputs import scaled
from foretap_models.model import Model
from foretap_models.quantise import QuantisedDense


def int8(layers: Sequence[QuantisedDense], features: np.ndarray) -> np.ndarray:
    """The correction, float32 [...] nats, of float32 features [..., F] by the INT8 graph."""
    x = features.reshape(-1, features.shape[-1]).astype(np.float32, copy=False)
    for layer in layers:
        q = np.clip(np.rint(scaled(x, layer.offset, layer.step)), np.float32(layer.low), np.float32(127.0))
        # Integers below 2^24 in float32: the product is the integer one, exactly, and numpy's is fast.
        total = q @ layer.weights.astype(np.float32) + layer.bias.astype(np.float32)
        x = total * layer.scale
    return x[:, 0].reshape(features.shape[:-1])


def fp32(model: Model, features: np.ndarray) -> np.ndarray:
    """The correction, float32 [...] nats, of float32 features [..., F] by the FP32 graph."""
    x = model.standardisation.standardised(features.reshape(-1, features.shape[-1]).astype(np.float32, copy=False))
    for w, b in model.layers[:-1]:
        x = np.maximum(x @ w + b, np.float32(0.0))
    w, b = model.layers[-1]
    return (x @ w + b).reshape(features.shape[:-1])


def hidden_activations(model: Model, features: np.ndarray) -> list[np.ndarray]:
    """What leaves each hidden layer, float32 [rows, M], of float32 features [rows, F]."""
    x, found = model.standardisation.standardised(features), []
    for w, b in model.layers[:-1]:
        x = np.maximum(x @ w + b, np.float32(0.0))
        found.append(x)
    return found
