"""What the network computes on a trained model, in numpy: float32, as the FP32 graph does."""

from __future__ import annotations

import numpy as np

from foretap_models.learn.model import Model


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
