"""A linear layer of each person's own over a Transformer that stays as it is, learned online: predict, then update.

The shape is that of shared representations with personal heads (Arivazhagan et al. 2019, "Federated Learning with
Personalization Layers"; Collins et al. 2021, "Exploiting Shared Representations for Personalized Federated Learning"),
with the head learned by one step of gradient descent an opening, as a phone would. Everyone begins with the shared last
layer of a Transformer over recency-rank tokens that stands alone; each answer moves the person's layer by

    W  = W0 + (1 - pull) (W - W0)       so that what is old fades
    W -= rate / d * h (p - target)      over the places of the shortlist, p its softmax, d the length of h
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import jax
import numpy as np

from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import SHORTLIST
from foretap_models.hyperparameters import Online
from foretap_models.learn.corrector import ByPast, Size, filled, of_arrays
from foretap_models.learn.tokens import PLACES, Sequences


@dataclass(frozen=True)
class Head:
    """The shared last layer, with which everyone begins.

    Attributes:
        out: float32 [d, 64].
        bias: float32 [moments, 64].
    """

    out: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True)
class OnlineLinear:
    """Layers of each person's own over a Transformer that stays as it is."""

    frozen: ByPast
    online: Online
    anchored: ClassVar[bool] = False

    def outputs(self, dataset: Dataset, at: np.ndarray) -> np.ndarray:
        """See `Corrector`. Every query of these people is played, in the order of their openings."""
        q = dataset.queries
        head = Head(*(np.asarray(self.frozen.parameters[name]) for name in ("out", "bias")))
        played = np.flatnonzero(np.isin(q.person, q.person[at]))
        played = played[np.lexsort((q.opening[played], q.person[played]))]
        hidden = self.hidden(dataset, played)
        found = np.zeros((len(q), SHORTLIST), np.float32)
        begins = np.concatenate([[0], np.flatnonzero(np.diff(q.person[played])) + 1, [len(played)]])
        for first, end in itertools.pairwise(begins):
            found[played[first:end]] = scores(dataset, played[first:end], hidden[first:end], head, self.online)
        return found[at]

    def hidden(self, dataset: Dataset, at: np.ndarray) -> np.ndarray:
        """What the frozen Transformer makes of some queries, float32 [n, d]."""
        network, parameters = self.frozen.network, self.frozen.parameters
        parts = [
            np.asarray(_hidden(network, parameters, Sequences.of(dataset, chunk).inputs(slice(None))))
            for chunk in filled(at)
        ]
        return np.concatenate(parts)[: len(at)]

    def size(self) -> Size:
        """See `Corrector`; a person's own layer is float32, and beside the shared one."""
        shared = of_arrays(self.frozen.parameters)
        own = sum(np.asarray(self.frozen.parameters[name]).size for name in ("out", "bias"))
        return Size(shared.parameters + own, shared.bytes + 4 * own, "jax")

    def one(self, dataset: Dataset, query: int) -> Callable[[], Any]:
        """See `Corrector`; without the update, which a phone makes later."""
        return self.frozen.one(dataset, query)


def scores(dataset: Dataset, at: np.ndarray, hidden: np.ndarray, head: Head, online: Online) -> np.ndarray:
    """The scores of some queries of one person, float32 [n, 32], 0 where there is no candidate.

    Queries of one opening are all answered before any of them teaches: their answer is the same.

    Args:
        dataset: of the queries.
        at: queries of one person, int64 [n], in the order of their openings.
        hidden: float32 [n, d], what the frozen Transformer makes of each.
        head: the shared layer.
        online: how fast a person's layer moves.
    """
    q = dataset.queries
    recency, moment, target, opening = dataset.recency[at], q.moment[at], q.target[at], q.opening[at]
    stands = (recency >= 0) & (recency < PLACES)
    rate = online.rate / hidden.shape[1]
    own, own_bias = head.out.copy(), head.bias.copy()
    found = np.zeros((len(at), SHORTLIST), np.float32)
    begins = np.concatenate([[0], np.flatnonzero(np.diff(opening)) + 1, [len(at)]])
    for first, end in itertools.pairwise(begins):
        for n in range(first, end):
            found[n, stands[n]] = (hidden[n] @ own + own_bias[moment[n]])[recency[n, stands[n]]]
        for n in range(first, end):
            if target[n] < 0 or not stands[n, target[n]]:
                continue
            places = recency[n, stands[n]]
            shifted = found[n, stands[n]] - found[n, stands[n]].max()
            slope = np.exp(shifted) / np.exp(shifted).sum()
            slope[places == recency[n, target[n]]] -= 1.0
            own += online.pull * (head.out - own)
            own_bias += online.pull * (head.bias - own_bias)
            own[:, places] -= rate * hidden[n][:, None] * slope
            own_bias[moment[n], places] -= rate * slope
    return found


_hidden = jax.jit(lambda network, parameters, inputs: network.hidden(parameters, inputs, None), static_argnums=0)
