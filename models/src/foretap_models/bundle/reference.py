"""What the INT8 graph computes, in numpy: the arithmetic that every kernel and runtime has to agree with.

One IEEE-754 single rounding an operation, in this order:

    q = int8(clip(round((x - offset) / step), low, 127))     round half to even
    y = float(q @ W + bias) * scale                          the sum is exact in integers
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from foretap_models.bundle.quantise import QuantisedDense
from foretap_models.learn.inputs import scaled


def int8(layers: Sequence[QuantisedDense], features: np.ndarray) -> np.ndarray:
    """The correction, float32 [...] nats, of float32 features [..., F] by the INT8 graph."""
    x = features.reshape(-1, features.shape[-1]).astype(np.float32, copy=False)
    for layer in layers:
        q = np.clip(np.rint(scaled(x, layer.offset, layer.step)), np.float32(layer.low), np.float32(127.0))
        # Integers below 2^24 in float32: the product is the integer one, exactly, and numpy's is fast.
        total = q @ layer.weights.astype(np.float32) + layer.bias.astype(np.float32)
        x = total * layer.scale
    return x[:, 0].reshape(features.shape[:-1])
