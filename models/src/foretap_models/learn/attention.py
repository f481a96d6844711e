"""Set attention: each candidate sees the other candidates of its shortlist before it is corrected.

Two layers embed each candidate's features, Transformer blocks over the shortlist without positions follow, and one
number a candidate is read from both: permuting the candidates permutes the corrections (Lee et al. 2019, "Set
Transformer"; Pang et al. 2020, "SetRank"). Without the blocks it is the MLP, so what it gains is what the other
candidates say. Anchored at the mixer as the MLP is, by outputs that start at zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import jax
import numpy as np

from foretap_models.hyperparameters import Transformer
from foretap_models.learn import blocks
from foretap_models.learn.listwise import Inputs, Parameters
from foretap_models.learn.network import LeftOut, standardised


@dataclass(frozen=True)
class SetAttention:
    """The network.

    Attributes:
        features: F.
        shape: widths, heads and blocks.
        left_out: groups of features that it must not lean on.
    """

    features: int
    shape: Transformer
    left_out: LeftOut
    anchored: ClassVar[bool] = True

    def initial(self, seed: int) -> Parameters:
        """Parameters before training."""
        rng, d = np.random.default_rng(seed), self.shape.width
        return {
            "w0": blocks.dense(rng, self.features, self.shape.feed_forward),
            "b0": blocks.zeros(self.shape.feed_forward),
            "w1": blocks.dense(rng, self.shape.feed_forward, d),
            "b1": blocks.zeros(d),
            "own": blocks.zeros(d),
            "blocks": [blocks.initial(rng, d, self.shape.feed_forward) for _ in range(self.shape.blocks)],
            "gain": blocks.zeros(d),
            "offset": blocks.zeros(d),
            "out": blocks.zeros(d),
        }

    def corrections(self, parameters: Parameters, inputs: Inputs, key: jax.Array | None) -> jax.Array:
        """The correction in nats, [B, 32].

        Args:
            parameters: the network's.
            inputs: `steps`, int8 [B, 32, F], and `exists`, bool [B, 32].
            key: of what is left out; `None` leaves nothing out.
        """
        keys = [None] * (1 + self.shape.blocks) if key is None else jax.random.split(key, 1 + self.shape.blocks)
        x = standardised(inputs["steps"], self.left_out, keys[0])
        for w, b in (("w0", "b0"), ("w1", "b1")):
            x = jax.nn.relu(x @ parameters[w] + parameters[b])
        own = x @ parameters["own"]
        for block, its_key in zip(parameters["blocks"], keys[1:], strict=True):
            x = blocks.apply(block, x, inputs["exists"], self.shape.heads, drop=self.shape.drop, key=its_key)
        return own + blocks.norm(x, parameters["gain"], parameters["offset"]) @ parameters["out"]
