"""The Transformer over recency-rank tokens: the last 32 openings and the question, as the phone computes it.

    x_t  = rank[r_t] + gap[g_t] + time[b_t] + position[t]            t = 0..31; where r_t is 0 nobody attends
    x_32 = moment[m] + gap[g] + time[b] + position[32]               the question
    out  = norm(blocks(x)_32) Wout + bias[m]                         one number a place in the order of last use

The correction of the candidate at place i is out[i]. Anchored at the mixer by an output that starts at zero. The blocks
are those of `blocks`; the last one computes the question's place alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from foretap_models.data.features_file import MOMENTS
from foretap_models.data.past import OPENINGS
from foretap_models.hyperparameters import Transformer
from foretap_models.learn import blocks
from foretap_models.learn.listwise import Inputs, Parameters
from foretap_models.learn.tokens import GAPS, PLACES, RANKS, TIMES, of_candidates


@dataclass(frozen=True)
class Sequence:
    """The network.

    Attributes:
        shape: widths, heads and blocks.
        anchored: whether it corrects the mixer, or stands alone.
    """

    shape: Transformer
    anchored: bool = True

    def initial(self, seed: int) -> Parameters:
        """Parameters before training."""
        rng, d = np.random.default_rng(seed), self.shape.width
        sizes = {"rank": RANKS, "gap": GAPS, "time": TIMES, "moment": len(MOMENTS), "position": OPENINGS + 1}
        tables = {name: table(rng, size, d) for name, size in sizes.items()}
        return tables | {
            "blocks": [blocks.initial(rng, d, self.shape.feed_forward) for _ in range(self.shape.blocks)],
            "gain": blocks.zeros(d),
            "offset": blocks.zeros(d),
            "out": blocks.zeros(d, PLACES),
            "bias": blocks.zeros(len(MOMENTS), PLACES),
        }

    def corrections(self, parameters: Parameters, inputs: Inputs, key: jax.Array | None) -> jax.Array:
        """The output of each candidate in nats, [B, 32].

        Args:
            parameters: the network's.
            inputs: those of `Sequences`.
            key: of what is left out; `None` leaves nothing out.
        """
        said = self.hidden(parameters, inputs, key) @ parameters["out"] + parameters["bias"][inputs["moment"]]
        return of_candidates(said, inputs["recency"])

    def hidden(self, parameters: Parameters, inputs: Inputs, key: jax.Array | None) -> jax.Array:
        """What stands for the question before the last layer, [B, d]."""
        shape, p = self.shape, parameters
        keys = [None] * (1 + shape.blocks) if key is None else jax.random.split(key, 1 + shape.blocks)
        rank, gap, time = (inputs["history"][..., number] for number in range(3))
        past = p["rank"][rank] + p["gap"][gap] + p["time"][time]
        question = p["moment"][inputs["moment"]] + p["gap"][inputs["gap"]] + p["time"][inputs["time"]]
        x = jnp.concatenate([past, question[:, None]], axis=1) + p["position"]
        x = blocks.dropped(x, shape.drop, keys[0])
        exists = jnp.concatenate([rank > 0, jnp.ones((len(rank), 1), bool)], axis=1)
        for number, block in enumerate(p["blocks"]):
            last = number == shape.blocks - 1
            x = blocks.apply(block, x, exists, shape.heads, last_only=last, drop=shape.drop, key=keys[number + 1])
        return blocks.norm(x[:, -1], p["gain"], p["offset"])


def table(rng: np.random.Generator, size: int, width: int) -> np.ndarray:
    """Embeddings [size, width] before training; four of them add up to a variance of about one."""
    return rng.normal(0.0, 0.5, (size, width)).astype(np.float32)
