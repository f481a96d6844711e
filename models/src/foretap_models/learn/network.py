"""The network: a small MLP without identities that corrects the mixer's log-probabilities.

score = log_mix + correction, correction = MLP(features), both in nats. It is anchored: its last layer starts at zero,
so that it begins as the mixer and learns only what the mixer does not know.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from foretap_models.config import Dropout, places
from foretap_models.learn.inputs import CLIP, STEPS
from foretap_models.learn.listwise import Inputs

Layers = list[tuple[jax.Array, jax.Array]]
"""Weights float32 [K, M] and bias float32 [M] of each layer."""


@dataclass(frozen=True)
class LeftOut:
    """Groups of features that are left out of a query together, now and then.

    Attributes:
        rates: of G groups, the share of queries that lose it.
        members: of G groups, the places of its features.
        width: all features, F.
    """

    rates: tuple[float, ...]
    members: tuple[tuple[int, ...], ...]
    width: int

    @classmethod
    def of(cls, dropout: tuple[Dropout, ...], names: tuple[str, ...]) -> LeftOut:
        """The groups of a configuration among F feature names.

        Raises:
            ConfigError: a pattern matches no feature.
        """
        members = tuple(tuple(places(group.columns, names)) for group in dropout)
        return cls(tuple(group.rate for group in dropout), members, len(names))

    def keep(self, key: jax.Array, queries: int) -> jax.Array:
        """What is kept, float32 [queries, F]: 0 where a feature is left out."""
        members = np.zeros((len(self.rates), self.width), np.float32)
        for at, group in enumerate(self.members):
            members[at, list(group)] = 1.0
        rates = np.array(self.rates, np.float32)
        lost = jax.random.bernoulli(key, rates, (queries, len(rates))).astype(jnp.float32)
        return (lost @ members == 0.0).astype(jnp.float32)


@dataclass(frozen=True)
class Mlp:
    """The MLP.

    Attributes:
        features: F.
        hidden: widths of the hidden layers.
        left_out: groups of features that it must not lean on.
    """

    features: int
    hidden: tuple[int, ...]
    left_out: LeftOut
    anchored: ClassVar[bool] = True

    def initial(self, seed: int) -> Layers:
        """Weights before training: He's for the hidden layers, zero for the last."""
        rng = np.random.default_rng(seed)
        sizes = [self.features, *self.hidden]
        layers = [
            (rng.normal(0.0, np.sqrt(2.0 / k), (k, m)).astype(np.float32), np.zeros(m, np.float32))
            for k, m in itertools.pairwise(sizes)
        ]
        layers.append((np.zeros((sizes[-1], 1), np.float32), np.zeros(1, np.float32)))
        return [(jnp.asarray(w), jnp.asarray(b)) for w, b in layers]

    def corrections(self, parameters: Layers, inputs: Inputs, key: jax.Array | None) -> jax.Array:
        """The correction in nats, [B, 32].

        Args:
            parameters: the layers.
            inputs: `steps`, int8 [B, 32, F].
            key: of what is left out; `None` leaves nothing out.
        """
        x = standardised(inputs["steps"], self.left_out, key)
        batch, shortlist, width = x.shape
        x = x.reshape(batch * shortlist, width)
        *hidden, (last_w, last_b) = parameters
        for w, b in hidden:
            x = jax.nn.relu(x @ w + b)
        return (x @ last_w + last_b)[..., 0].reshape(batch, shortlist)


def standardised(steps: jax.Array, left_out: LeftOut, key: jax.Array | None) -> jax.Array:
    """INT8 steps [B, 32, F] as standard deviations from the mean, float32, with what the key leaves out at the mean."""
    x = steps.astype(jnp.float32) * jnp.float32(CLIP / STEPS)
    return x if key is None else x * left_out.keep(key, len(steps))[:, None, :]
