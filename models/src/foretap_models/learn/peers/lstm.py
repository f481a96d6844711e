"""An LSTM over the last ten openings, standing alone.

After Xu et al. 2018, "Predicting Smartphone App Usage with Recurrent Neural Networks" (WASA; a sequence of apps with
their time context), and Katsarou et al. 2022, "WhatsNextApp: LSTM-Based Next-App Prediction With App Usage Sequences"
(IEEE Access; one model for all users, an embedding, an LSTM, a softmax). Theirs name the apps; here the tokens are
places in the order of last use, so that people are served who were never seen. The question is the last step.

The cell is that of Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from foretap_models.data.features_file import MOMENTS
from foretap_models.hyperparameters import Recurrent
from foretap_models.learn import blocks
from foretap_models.learn.listwise import Inputs, Parameters
from foretap_models.learn.sequence import table
from foretap_models.learn.tokens import GAPS, PLACES, RANKS, TIMES, of_candidates

WINDOW = 10
"""Openings that it looks back."""


@dataclass(frozen=True)
class Lstm:
    """The network.

    Attributes:
        shape: widths of the embedding and of the state.
    """

    shape: Recurrent
    anchored: ClassVar[bool] = False

    def initial(self, seed: int) -> Parameters:
        """Parameters before training; the forget gate begins open (Jozefowicz et al. 2015)."""
        rng, d, h = np.random.default_rng(seed), self.shape.width, self.shape.state
        sizes = {"rank": RANKS, "gap": GAPS, "time": TIMES, "moment": len(MOMENTS)}
        return {name: table(rng, size, d) for name, size in sizes.items()} | {
            "input": blocks.dense(rng, d, 4 * h),
            "recurrent": blocks.dense(rng, h, 4 * h),
            "gates": np.repeat(np.array([0.0, 1.0, 0.0, 0.0], np.float32), h),
            "out": blocks.dense(rng, h, PLACES),
            "bias": blocks.zeros(len(MOMENTS), PLACES),
        }

    def corrections(self, parameters: Parameters, inputs: Inputs, key: jax.Array | None) -> jax.Array:
        """The score of each candidate, [B, 32]; arguments as those of `Sequence`."""
        p = parameters
        rank, gap, time = (inputs["history"][:, -WINDOW:, number] for number in range(3))
        past = p["rank"][rank] + p["gap"][gap] + p["time"][time]
        question = p["moment"][inputs["moment"]] + p["gap"][inputs["gap"]] + p["time"][inputs["time"]]
        x = jnp.concatenate([past, question[:, None]], axis=1)
        x = blocks.dropped(x, self.shape.drop, key)
        is_step = jnp.concatenate([rank > 0, jnp.ones((len(rank), 1), bool)], axis=1)
        nothing = jnp.zeros((len(rank), self.shape.state))

        def step(
            state: tuple[jax.Array, jax.Array], token: tuple[jax.Array, jax.Array]
        ) -> tuple[tuple[jax.Array, jax.Array], None]:
            said, cell = state
            of_token, exists = token
            gates = of_token @ p["input"] + said @ p["recurrent"] + p["gates"]
            enter, forget, leave, new = jnp.split(gates, 4, axis=1)
            kept = jax.nn.sigmoid(forget) * cell + jax.nn.sigmoid(enter) * jnp.tanh(new)
            shown = jax.nn.sigmoid(leave) * jnp.tanh(kept)
            exists = exists[:, None]
            return (jnp.where(exists, shown, said), jnp.where(exists, kept, cell)), None

        (said, _), _ = jax.lax.scan(step, (nothing, nothing), (x.swapaxes(0, 1), is_step.T))
        return of_candidates(said @ p["out"] + p["bias"][inputs["moment"]], inputs["recency"])
