"""A Transformer whose representation is gated by the hour, standing alone.

After Li, Qu and Wang 2025, "TGT: A Temporal Gating Transformer for Smartphone App Usage Prediction" (arXiv 2502.16957):
a Transformer over the sequence of apps, and a gate from an embedding of the hour of day that rescales each dimension of
the hidden representation,

    h' = h * sigmoid(W hour[b] + c)

Theirs names the apps and has a profile of each user; here the tokens are places in the order of last use and nobody has
a profile, so that people are served who were never seen. The hour comes in by the gate alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from foretap_models.data.features_file import MOMENTS
from foretap_models.data.past import OPENINGS, WEEKEND
from foretap_models.hyperparameters import Transformer
from foretap_models.learn import blocks
from foretap_models.learn.listwise import Inputs, Parameters
from foretap_models.learn.sequence import table
from foretap_models.learn.tokens import PLACES, RANKS, of_candidates

HOURS = 2 * WEEKEND
"""Hours of the day, those of the weekend apart (32 more)."""


@dataclass(frozen=True)
class HourGated:
    """The network.

    Attributes:
        shape: widths, heads and blocks.
    """

    shape: Transformer
    anchored: ClassVar[bool] = False

    def initial(self, seed: int) -> Parameters:
        """Parameters before training; the gate begins the same at every hour."""
        rng, d = np.random.default_rng(seed), self.shape.width
        sizes = {"rank": RANKS, "moment": len(MOMENTS), "position": OPENINGS + 1, "hour": HOURS}
        return {name: table(rng, size, d) for name, size in sizes.items()} | {
            "blocks": [blocks.initial(rng, d, self.shape.feed_forward) for _ in range(self.shape.blocks)],
            "gain": blocks.zeros(d),
            "offset": blocks.zeros(d),
            "gate": blocks.zeros(d, d),
            "gate_bias": blocks.zeros(d),
            "out": blocks.dense(rng, d, PLACES),
            "bias": blocks.zeros(len(MOMENTS), PLACES),
        }

    def corrections(self, parameters: Parameters, inputs: Inputs, key: jax.Array | None) -> jax.Array:
        """The score of each candidate, [B, 32]; arguments as those of `Sequence`."""
        p, shape = parameters, self.shape
        keys = [None] * (1 + shape.blocks) if key is None else jax.random.split(key, 1 + shape.blocks)
        rank = inputs["history"][..., 0]
        x = jnp.concatenate([p["rank"][rank], p["moment"][inputs["moment"]][:, None]], axis=1) + p["position"]
        x = blocks.dropped(x, shape.drop, keys[0])
        exists = jnp.concatenate([rank > 0, jnp.ones((len(rank), 1), bool)], axis=1)
        for number, block in enumerate(p["blocks"]):
            last = number == shape.blocks - 1
            x = blocks.apply(block, x, exists, shape.heads, last_only=last, drop=shape.drop, key=keys[number + 1])
        hidden = blocks.norm(x[:, -1], p["gain"], p["offset"])
        gate = jax.nn.sigmoid(p["hour"][inputs["time"]] @ p["gate"] + p["gate_bias"])
        return of_candidates((hidden * gate) @ p["out"] + p["bias"][inputs["moment"]], inputs["recency"])
