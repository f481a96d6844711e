"""What sequence networks read and say: openings as tokens without identities, and one output a place of last use.

A token is how far down the order of last use an item was when it was opened, after what gap, and when in the week; an
output belongs to whatever stands at that place now. So one network serves every person and every app.
"""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from foretap_models.data.dataset import Dataset
from foretap_models.data.past import CANDIDATES, LAST_RANK, LONGEST_GAP, SESSION

PLACES = CANDIDATES
"""Outputs: the places in the order of last use, as many as a query has candidates at most."""

RANKS, GAPS, TIMES = LAST_RANK + 1, LONGEST_GAP + 1, 2 * SESSION
"""Values of a token's three numbers. Rank 0 is no opening."""


@dataclass(frozen=True)
class Sequences:
    """Queries as a network sees them that reads the past. n queries.

    Attributes:
        history: uint8 [n, 32, 3], rank, gap and time of the last openings, oldest first, zeros in front.
        gap: uint8 [n], up to the query.
        time: uint8 [n], of the query.
        moment: uint8 [n], place in `MOMENTS`.
        recency: int16 [n, 32], each candidate's place in the order of last use, -1 after the last candidate.
        log_mix: float32 [n, 32], -inf after the last candidate.
        target: int32 [n], place in the shortlist.
    """

    history: np.ndarray
    gap: np.ndarray
    time: np.ndarray
    moment: np.ndarray
    recency: np.ndarray
    log_mix: np.ndarray
    target: np.ndarray

    @classmethod
    def of(cls, dataset: Dataset, at: np.ndarray) -> Sequences:
        """Takes some queries."""
        q = dataset.queries
        small = {name: getattr(q, name)[at].astype(np.uint8) for name in ("gap", "time", "moment")}
        return cls(
            history=dataset.history[at],
            **small,
            recency=dataset.recency[at],
            log_mix=q.log_mix[at],
            target=q.target[at],
        )

    def __len__(self) -> int:
        return len(self.target)

    def inputs(self, some: np.ndarray | slice) -> dict[str, np.ndarray]:
        """What a network reads of some of them."""
        names = ("history", "gap", "time", "moment", "recency")
        return {name: getattr(self, name)[some] for name in names}


def of_candidates(outputs: jax.Array, recency: jax.Array) -> jax.Array:
    """The outputs of the places where the candidates stand, [B, 32]; 0 from place 64 on and where there is none.

    Args:
        outputs: [B, 64], of the places in the order of last use.
        recency: int [B, 32], -1 where there is no candidate.
    """
    place = jnp.clip(recency, 0, PLACES - 1).astype(jnp.int32)
    stands = (recency >= 0) & (recency < PLACES)
    return jnp.where(stands, jnp.take_along_axis(outputs, place, axis=1), 0.0)
