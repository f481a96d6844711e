"""Results that took long, kept on disk under what they were made from: what was interrupted goes on where it stood."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from foretap_models.data.dataset import Dataset


@dataclass(frozen=True)
class Kept:
    """Arrays in a folder.

    Attributes:
        folder: where they lie; `None` keeps nothing.
    """

    folder: Path | None = None

    def arrays(self, made_from: Mapping[str, Any], make: Callable[[], dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
        """The arrays that were made from this before, or makes them now.

        Args:
            made_from: everything they depend on, as JSON values or frozen dataclasses.
            make: what takes long.
        """
        if self.folder is None:
            return make()
        text = json.dumps(dict(made_from), sort_keys=True, default=repr)
        path = self.folder / f"{hashlib.sha256(text.encode()).hexdigest()}.npz"
        if path.exists():
            with np.load(path) as found:
                return dict(found)
        made = make()
        self.folder.mkdir(parents=True, exist_ok=True)
        # Under another name until it is whole: a half-written file is none.
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            np.savez(file, **made)  # type: ignore[arg-type]
        partial.rename(path)
        return made


def identity(dataset: Dataset, at: np.ndarray) -> str:
    """What tells some queries of a dataset from all others, 64 hex digits.

    The start weights behind the features show in log_mix, which is read whole where the features would take long.
    """
    digest = hashlib.sha256()
    for part in (dataset.schema, *dataset.learned_on):
        digest.update(part.encode())
    q = dataset.queries
    for array in (at, q.person[at], q.moment[at], q.opening[at], q.target[at], q.log_mix[at]):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
