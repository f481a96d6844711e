"""Training: AdamW with warm-up and cosine decay, on mini-batches of queries. The same seed gives the same weights.

Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization".
"""

from __future__ import annotations

import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from foretap_models.config import Dropout, Training, places
from foretap_models.errors import HeldOutError
from foretap_models.learn import network
from foretap_models.learn.inputs import Examples
from foretap_models.learn.network import Parameters
from foretap_models.progress import Progress, on_stderr

BETAS = (0.9, 0.999)
"""Adam's decay of the first and the second moment."""

EPSILON = 1e-8
"""Adam's."""

SEED_LIMIT = 2**31
"""JAX's and LightGBM's seeds are below this."""


def learning_rate(training: Training, step: int, steps: int) -> float:
    """The rate of a step (from 0): a straight warm-up, then half a cosine down to `final_share`."""
    warm = min(1.0, (step + 1) / max(1, training.warm_up))
    cosine = 0.5 * (1.0 + np.cos(np.pi * step / max(1, steps - 1)))
    return training.learning_rate * warm * (training.final_share + (1.0 - training.final_share) * cosine)


def groups(dropout: tuple[Dropout, ...], names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The rates float32 [G] and the members float32 [G, F] (1 = in the group) of the dropout groups.

    Raises:
        ConfigError: a pattern matches no feature.
    """
    members = np.zeros((len(dropout), len(names)), np.float32)
    for at, group in enumerate(dropout):
        members[at, places(group.columns, names)] = 1.0
    return np.array([group.rate for group in dropout], np.float32), members


def fit(
    examples: Examples,
    training: Training,
    dropout: tuple[Dropout, ...],
    names: tuple[str, ...],
    seed: int,
    progress: Progress = on_stderr,
) -> tuple[Parameters, list[float]]:
    """Trains a network; returns it and the mean loss of every epoch, nats.

    Args:
        examples: at least one query.
        training: how.
        dropout: groups of features left out together.
        names: F feature names, for the groups.
        seed: of the weights, the order of the queries and the dropout.
        progress: shown once an epoch.

    Raises:
        HeldOutError: there are no examples.
        ConfigError: a dropout pattern matches no feature.
    """
    if len(examples) == 0:
        raise HeldOutError("no queries to learn from")
    rates, members = groups(dropout, names)
    batch = min(training.batch, len(examples))
    per_epoch = len(examples) // batch
    steps = training.epochs * per_epoch
    parameters = network.initial(len(names), training.hidden, seed)
    state = (parameters, *(jax.tree.map(jnp.zeros_like, parameters) for _ in range(2)))
    rng, key = np.random.default_rng(seed + 1), jax.random.key(seed)
    losses = []
    began = time.monotonic()
    for epoch in range(training.epochs):
        order = rng.permutation(len(examples))[: per_epoch * batch].reshape(per_epoch, batch)
        total = jnp.float32(0.0)
        for at in range(per_epoch):
            step = epoch * per_epoch + at
            rate = learning_rate(training, step, steps)
            some = np.sort(order[at])
            part = (examples.steps[some], examples.log_mix[some], examples.target[some])
            chance = (jax.random.fold_in(key, step), rates, members)
            state, value = _step(state, part, chance, rate, step + 1.0, training.weight_decay)
            total += value
        losses.append(float(total) / per_epoch)
        seconds = time.monotonic() - began
        progress(f"epoch {epoch + 1}/{training.epochs}: loss {losses[-1]:.4f} nats, {seconds:.1f} s")
    return state[0], losses


@partial(jax.jit, donate_argnums=0)
def _step(
    state: tuple[Parameters, Parameters, Parameters],
    part: tuple[jax.Array, jax.Array, jax.Array],
    chance: tuple[jax.Array, jax.Array, jax.Array],
    rate: float,
    count: float,
    weight_decay: float,
) -> tuple[tuple[Parameters, Parameters, Parameters], jax.Array]:
    """One step of Adam on B queries (steps, log_mix and target); returns the new state and the loss before it."""
    parameters, first, second = state
    key, rates, members = chance
    lost = jax.random.bernoulli(key, rates, (len(part[2]), len(rates))).astype(jnp.float32)
    keep = (lost @ members == 0.0).astype(jnp.float32)
    value, slope = jax.value_and_grad(network.loss)(parameters, *part, keep)
    b1, b2 = BETAS
    first = jax.tree.map(lambda m, g: b1 * m + (1.0 - b1) * g, first, slope)
    second = jax.tree.map(lambda v, g: b2 * v + (1.0 - b2) * g * g, second, slope)
    scale1, scale2 = 1.0 / (1.0 - b1**count), 1.0 / (1.0 - b2**count)
    parameters = jax.tree.map(
        lambda w, m, v: w - rate * (m * scale1 / (jnp.sqrt(v * scale2) + EPSILON) + weight_decay * w),
        parameters,
        first,
        second,
    )
    return (parameters, first, second), value
