"""Where each sample is held out: by a hash of its pseudonym alone, and together with whom it is judged.

A sample says nothing of whose it is. A panel of a few hundred, dealt by the hash, therefore stands where a person does
otherwise: its fold is that of its samples, and the last 30 % of them are scored, in an order that nothing but the hash
gives. The samples of one phone lie in any panels, on both sides of a held-out fold.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from foretap_models.data.features_file import FOLDS
from foretap_models.hyperparameters import SCORED_FROM

SAMPLES_A_PANEL = 300
"""On average. Nine tenths of a hundred are scored, of two moments; 30 of a moment, and 200 in all, are the least."""

LEAST_PANELS = 2
"""Of a fold, so that there are enough of them for an inner split."""

LABEL = b"foretap/panel/v1|"
"""In front of a pseudonym that is hashed: what is drawn from it here is drawn nowhere else."""


@dataclass(frozen=True)
class Panels:
    """The panels of n samples.

    Attributes:
        number: int32 [n]; its fold is the number modulo `FOLDS`, and depends on nothing but the pseudonym.
        place: int64 [n], the place in the panel, from 0.
        size: int64 [n], of the panel.
    """

    number: np.ndarray
    place: np.ndarray
    size: np.ndarray

    @classmethod
    def of(cls, pseudonyms: np.ndarray) -> Panels:
        """Deals samples, uint8 [n, 16], each of which has a name of its own."""
        drawn = np.frombuffer(
            b"".join(hashlib.sha256(LABEL + name.tobytes()).digest()[:16] for name in pseudonyms), ">u8"
        )
        first, second = drawn.reshape(-1, 2).T.astype(np.uint64)
        a_fold = np.uint64(max(LEAST_PANELS, len(pseudonyms) // (FOLDS * SAMPLES_A_PANEL)))
        fold, panel = first % np.uint64(FOLDS), (first // np.uint64(FOLDS)) % a_fold
        number = (fold + np.uint64(FOLDS) * panel).astype(np.int32)
        order = np.lexsort((first, second, number))
        size = np.bincount(number, minlength=1)
        starts = np.cumsum(size) - size
        place = np.empty(len(number), np.int64)
        place[order] = np.arange(len(number)) - starts[number[order]]
        return cls(number, place, size[number].astype(np.int64))

    def kept(self, at: np.ndarray) -> Panels:
        """Some of them."""
        return Panels(self.number[at], self.place[at], self.size[at])

    @property
    def is_scored(self) -> np.ndarray:
        """Which samples are judged on, bool [n]."""
        return self.place >= (SCORED_FROM * self.size).astype(np.int64)


def first_of_name(pseudonyms: np.ndarray) -> np.ndarray:
    """Which samples are the first of their name, bool [n], of uint8 [n, 16]."""
    words = np.ascontiguousarray(pseudonyms).view(">u8").astype(np.uint64)
    order = np.lexsort((np.arange(len(words)), words[:, 1], words[:, 0]))
    repeats = (words[order][1:] == words[order][:-1]).all(1)
    found = np.ones(len(words), bool)
    found[order[1:][repeats]] = False
    return found
