"""Training: AdamW with warm-up and cosine decay, on mini-batches of queries. The same seed gives the same weights.

Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization".
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import jax
import jax.numpy as jnp
import numpy as np

from foretap_models.errors import HeldOutError
from foretap_models.hyperparameters import Schedule
from foretap_models.learn import listwise
from foretap_models.learn.listwise import Inputs, Parameters
from foretap_models.progress import Progress, on_stderr

BETAS = (0.9, 0.999)
"""Adam's decay of the first and the second moment."""

EPSILON = 1e-8
"""Adam's."""

SEED_LIMIT = 2**31
"""JAX's and the trees' seeds are below this."""


class Network(Protocol):
    """What can be trained. Its value is a key of the compiled step, so it is frozen and hashable."""

    @property
    def anchored(self) -> bool:
        """Whether its output is added to the mixer's log-probability, rather than in its place."""

    def initial(self, seed: int) -> Parameters:
        """The parameters before training."""

    def corrections(self, parameters: Parameters, inputs: Inputs, key: jax.Array | None) -> jax.Array:
        """The output for each candidate, [B, 32] nats; there is a `key` in training, of what chance leaves out."""


class Examples(Protocol):
    """Queries to learn from, all of which have their target in the shortlist. n of them.

    Attributes:
        log_mix: float32 [n, 32], -inf after the last candidate.
        target: int32 [n], place in the shortlist.
    """

    log_mix: np.ndarray
    target: np.ndarray

    def __len__(self) -> int:
        """How many."""

    def inputs(self, some: np.ndarray | slice) -> Inputs:
        """What a network reads of some of them."""


@dataclass(frozen=True)
class Teacher:
    """What others say of the same queries.

    Attributes:
        scores: float32 [n, 32] nats, -inf after the last candidate.
        share: of the loss that is the divergence from them; the rest is the targets'.
        temperature: that softens both.
        names: of those who say it.
    """

    scores: np.ndarray
    share: float
    temperature: float
    names: tuple[str, ...] = ()


def learning_rate(schedule: Schedule, step: int, steps: int) -> float:
    """The rate of a step (from 0): a straight warm-up, then half a cosine down to `final_share`."""
    warm = min(1.0, (step + 1) / max(1, schedule.warm_up))
    cosine = 0.5 * (1.0 + np.cos(np.pi * step / max(1, steps - 1)))
    return schedule.learning_rate * warm * (schedule.final_share + (1.0 - schedule.final_share) * cosine)


def fit(
    network: Network,
    examples: Examples,
    schedule: Schedule,
    seed: int,
    progress: Progress = on_stderr,
    *,
    teacher: Teacher | None = None,
    start: Parameters | None = None,
    kept: Parameters | None = None,
) -> tuple[Parameters, list[float]]:
    """Trains a network; returns its parameters and the mean loss of every epoch, nats.

    Args:
        network: what to train.
        examples: at least one query.
        schedule: how.
        seed: of the weights, the order of the queries and what chance leaves out.
        progress: shown once an epoch.
        teacher: what others say of the examples, where there are others.
        start: the parameters to begin with, rather than the initial ones.
        kept: 1 for each number that may differ from 0, 0 for the others; all of them where it is not given.

    Raises:
        HeldOutError: there are no examples.
    """
    if len(examples) == 0:
        raise HeldOutError("no queries to learn from")
    batch = min(schedule.batch, len(examples))
    per_epoch = len(examples) // batch
    steps = schedule.epochs * per_epoch
    # Copies: the first step takes its arrays over.
    parameters = jax.tree.map(jnp.array, network.initial(seed) if start is None else start)
    lesson = None if teacher is None else (teacher.share, teacher.temperature)
    state = (parameters, *(jax.tree.map(_zeros, parameters) for _ in range(2)))
    rng, key = np.random.default_rng(seed + 1), jax.random.key(seed)
    losses = []
    began = time.monotonic()
    for epoch in range(schedule.epochs):
        order = rng.permutation(len(examples))[: per_epoch * batch].reshape(per_epoch, batch)
        total = jnp.float32(0.0)
        for at in range(per_epoch):
            step = epoch * per_epoch + at
            rate = learning_rate(schedule, step, steps)
            some = np.sort(order[at])
            taught = None if teacher is None else teacher.scores[some]
            part = (examples.inputs(some), examples.log_mix[some], examples.target[some], taught)
            chance = jax.random.fold_in(key, step)
            state, value = _step(network, state, part, lesson, kept, chance, rate, step + 1.0, schedule.weight_decay)
            total += value
        losses.append(float(total) / per_epoch)
        seconds = time.monotonic() - began
        progress(f"epoch {epoch + 1}/{schedule.epochs}: loss {losses[-1]:.4f} nats, {seconds:.1f} s")
    return state[0], losses


def _zeros(array: jax.Array) -> jax.Array:
    """Zeros of the same shape; made in numpy, because each shape would be compiled."""
    return jnp.asarray(np.zeros(array.shape, array.dtype))


@partial(jax.jit, static_argnums=0)
def outputs(network: Network, parameters: Parameters, inputs: Inputs) -> jax.Array:
    """What a trained network says of some queries, float32 [B, 32] nats."""
    return network.corrections(parameters, inputs, None)


@partial(jax.jit, static_argnums=0, donate_argnums=1)
def _step(
    network: Network,
    state: tuple[Parameters, Parameters, Parameters],
    part: tuple[Inputs, jax.Array, jax.Array, jax.Array | None],
    lesson: tuple[float, float] | None,
    kept: Parameters | None,
    key: jax.Array,
    rate: float,
    count: float,
    weight_decay: float,
) -> tuple[tuple[Parameters, Parameters, Parameters], jax.Array]:
    """One step of Adam on B queries (inputs, log_mix, target, taught); returns the new state and the loss before."""
    parameters, first, second = state
    inputs, log_mix, target, taught = part

    def loss(parameters: Parameters) -> jax.Array:
        correction = network.corrections(parameters, inputs, key)
        log_p = listwise.log_p(correction, log_mix, anchored=network.anchored)
        own = listwise.cross_entropy(log_p, target)
        if lesson is None:
            return own
        share, temperature = lesson
        return (1.0 - share) * own + share * listwise.divergence(log_p, taught, temperature)

    value, slope = jax.value_and_grad(loss)(parameters)
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
    if kept is not None:
        parameters = jax.tree.map(jnp.multiply, parameters, kept)
    return (parameters, first, second), value
