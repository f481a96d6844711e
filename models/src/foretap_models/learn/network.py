"""The network: a small MLP without identities that corrects the mixer's log-probabilities.

score = log_mix + correction, correction = MLP(features), both in nats. It is anchored: its last layer starts at zero,
so that it begins as the mixer and learns only what the mixer does not know.
"""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np

from foretap_models.learn.inputs import CLIP, STEPS

Parameters = list[tuple[jax.Array, jax.Array]]
"""Weights float32 [K, M] and bias float32 [M] of each layer."""

FAR_BELOW = -1e9
"""The score of a place without a candidate, nats; finite, so that gradients stay finite."""


def initial(features: int, hidden: tuple[int, ...], seed: int) -> Parameters:
    """Weights before training: He's for the hidden layers, zero for the last."""
    rng = np.random.default_rng(seed)
    sizes = [features, *hidden]
    layers = [
        (rng.normal(0.0, np.sqrt(2.0 / k), (k, m)).astype(np.float32), np.zeros(m, np.float32))
        for k, m in itertools.pairwise(sizes)
    ]
    layers.append((np.zeros((sizes[-1], 1), np.float32), np.zeros(1, np.float32)))
    return [(jnp.asarray(w), jnp.asarray(b)) for w, b in layers]


def correction(parameters: Parameters, inputs: jax.Array) -> jax.Array:
    """The correction in nats, [...], of standardised inputs [..., F]."""
    *hidden, (last_w, last_b) = parameters
    for w, b in hidden:
        inputs = jax.nn.relu(inputs @ w + b)
    return (inputs @ last_w + last_b)[..., 0]


def loss(
    parameters: Parameters,
    steps: jax.Array,
    log_mix: jax.Array,
    target: jax.Array,
    keep: jax.Array,
) -> jax.Array:
    """The listwise loss: cross-entropy in nats of the softmax over the shortlist, mean over B queries.

    Args:
        parameters: the network's.
        steps: int8 [B, 32, F].
        log_mix: float32 [B, 32], -inf where there is no candidate.
        target: int32 [B].
        keep: float32 [B, F], 0 where a feature is left out of a query.
    """
    batch, places, width = steps.shape
    inputs = steps.astype(jnp.float32) * jnp.float32(CLIP / STEPS) * keep[:, None, :]
    corrections = correction(parameters, inputs.reshape(batch * places, width)).reshape(batch, places)
    scores = jnp.where(jnp.isfinite(log_mix), log_mix + corrections, FAR_BELOW)
    log_p = jax.nn.log_softmax(scores, axis=1)
    return -jnp.take_along_axis(log_p, target[:, None], axis=1).mean()
