"""The listwise losses that every network learns from: cross-entropies of a softmax over the shortlist, nats.

score = log_mix + correction for a network that is anchored at the mixer, the correction alone for one that is not.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

Inputs = dict[str, Any]
"""What a network reads of B queries, one array [B, ...] a name."""

Parameters = Any
"""A tree of float32 arrays."""

FAR_BELOW = -1e9
"""The score of a place without a candidate, nats; finite, so that gradients stay finite."""


def log_p(correction: jax.Array, log_mix: jax.Array, *, anchored: bool) -> jax.Array:
    """The log-probabilities of the shortlist, [B, 32] nats.

    Args:
        correction: [B, 32], nats; anything where there is no candidate.
        log_mix: [B, 32], -inf where there is no candidate.
        anchored: whether the mixer counts as well.
    """
    scores = log_mix + correction if anchored else correction
    return jax.nn.log_softmax(jnp.where(jnp.isfinite(log_mix), scores, FAR_BELOW), axis=1)


def cross_entropy(log_p: jax.Array, target: jax.Array) -> jax.Array:
    """The mean of -log p of the targets (int32 [B])."""
    return -jnp.take_along_axis(log_p, target[:, None], axis=1).mean()


def divergence(log_p: jax.Array, teacher: jax.Array, temperature: jax.Array) -> jax.Array:
    """T^2 KL(teacher || student) of both softened by T, the mean over B queries, nats.

    Hinton, Vinyals and Dean 2015, "Distilling the Knowledge in a Neural Network": the square keeps the gradient's size.

    Args:
        log_p: the student's, [B, 32].
        teacher: scores [B, 32] nats, -inf where there is no candidate.
        temperature: T.
    """
    exists = jnp.isfinite(teacher)
    hard = jax.nn.log_softmax(jnp.where(exists, teacher, FAR_BELOW) / temperature, axis=1)
    soft = jax.nn.log_softmax(log_p / temperature, axis=1)
    each = jnp.where(exists, jnp.exp(hard) * (hard - soft), 0.0)
    return jnp.square(temperature) * each.sum(1).mean()
