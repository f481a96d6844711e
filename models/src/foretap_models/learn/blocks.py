"""Blocks of a Transformer whose norms come first, as plain functions over trees of arrays.

Vaswani et al. 2017, "Attention Is All You Need"; Xiong et al. 2020, "On Layer Normalization in the Transformer
Architecture" (norms first need no warm-up of their own).

    x += concat_heads softmax(Q K^T / sqrt(d / h)) V Wo     Q, K, V = LN1(x) Wq, LN1(x) Wk, LN1(x) Wv
    x += relu(LN2(x) W1 + b1) W2 + b2
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from foretap_models.learn.listwise import FAR_BELOW

Block = dict[str, Any]
"""A block's arrays by name: the norms' `gain1`, `offset1`, `gain2`, `offset2` [d] (gains less one, so that weight decay
pulls them to one), `q`, `k`, `v`, `o` [d, d], `w1` [d, f], `b1` [f], `w2` [f, d], `b2` [d]."""

NORM_EPSILON = 1e-5
"""Added to a variance."""


def initial(rng: np.random.Generator, width: int, feed_forward: int) -> Block:
    """A block before training."""
    d, f = width, feed_forward
    block = {name: dense(rng, d, d) for name in ("q", "k", "v", "o")}
    block |= {"w1": dense(rng, d, f), "b1": zeros(f), "w2": dense(rng, f, d), "b2": zeros(d)}
    return block | {name: zeros(d) for name in ("gain1", "offset1", "gain2", "offset2")}


def dense(rng: np.random.Generator, inputs: int, outputs: int) -> np.ndarray:
    """Weights [inputs, outputs] that keep the variance (LeCun's)."""
    return rng.normal(0.0, np.sqrt(1.0 / inputs), (inputs, outputs)).astype(np.float32)


def zeros(*shape: int) -> np.ndarray:
    """Weights that begin at zero; of numpy, because JAX compiles each shape anew."""
    return np.zeros(shape, np.float32)


def norm(x: jax.Array, gain: jax.Array, offset: jax.Array) -> jax.Array:
    """Layer normalisation over the last axis, with the gain less one."""
    centred = x - x.mean(-1, keepdims=True)
    variance = jnp.square(centred).mean(-1, keepdims=True)
    return centred / jnp.sqrt(variance + NORM_EPSILON) * (1.0 + gain) + offset


def apply(
    block: Block,
    x: jax.Array,
    exists: jax.Array,
    heads: int,
    *,
    last_only: bool = False,
    drop: float = 0.0,
    key: jax.Array | None = None,
) -> jax.Array:
    """What leaves a block, [B, n, d], or [B, 1, d] of the last place alone.

    Args:
        block: its arrays.
        x: [B, n, d].
        exists: bool [B, n], whom the others may attend to; at least one a row.
        heads: parts of d that attend apart.
        last_only: only the last place is wanted.
        drop: share of what each half adds that is left out in training.
        key: of what is left out; `None` leaves nothing out.
    """
    first, second = (None, None) if key is None else jax.random.split(key)
    normed = norm(x, block["gain1"], block["offset1"])
    asking = normed[:, -1:] if last_only else normed
    # Heads as a batch of products: XLA multiplies these on CPUs a third faster than with the heads inside.
    q, k, v = (
        jnp.reshape(by @ block[name], (*by.shape[:2], heads, -1)).swapaxes(1, 2)
        for name, by in (("q", asking), ("k", normed), ("v", normed))
    )
    scores = q @ k.swapaxes(2, 3) / jnp.sqrt(jnp.float32(q.shape[-1]))
    shares = jax.nn.softmax(jnp.where(exists[:, None, None, :], scores, FAR_BELOW), axis=-1)
    mixed = (shares @ v).swapaxes(1, 2).reshape(asking.shape)
    x = (x[:, -1:] if last_only else x) + dropped(mixed @ block["o"], drop, first)
    hidden = jax.nn.relu(norm(x, block["gain2"], block["offset2"]) @ block["w1"] + block["b1"])
    return x + dropped(hidden @ block["w2"] + block["b2"], drop, second)


def dropped(x: jax.Array, rate: float, key: jax.Array | None) -> jax.Array:
    """Inverted dropout (Srivastava et al. 2014); without a key nothing is left out."""
    if key is None or rate == 0.0:
        return x
    return jnp.where(jax.random.bernoulli(key, 1.0 - rate, x.shape), x / (1.0 - rate), 0.0)
