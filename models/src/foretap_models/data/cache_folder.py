"""The training cache on disk: one `.npy` an array, and `cache.json`, without which it is none."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from foretap_models.data.block import Block
from foretap_models.data.features_file import SHORTLIST, Queries
from foretap_models.data.past import OPENINGS, Past

FORMAT = 3
"""The version of the cache's layout."""

QUERY_ARRAYS = tuple(field.name for field in fields(Queries))
"""The arrays of a cache, one `.npy` each, beside `features.npy` and those of `PAST_ARRAYS`."""

PAST_ARRAYS = tuple(field.name for field in fields(Past))
"""The arrays that a sequence model reads."""


@dataclass(frozen=True)
class CacheFolder:
    """A cache being written, by several processes at once perhaps: each fills the rows of its own queries."""

    folder: Path

    def begin(self, queries: int, features: int) -> None:
        """Makes the large arrays; whatever cache lay here is none from now on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "cache.json").unlink(missing_ok=True)
        for name, (kind, shape) in _large(queries, features).items():
            np.lib.format.open_memmap(self.folder / f"{name}.npy", "w+", kind, shape).flush()

    def fill(self, first: int, block: Block) -> None:
        """Writes some queries' share of the large arrays; `first` is the number of the first of them."""
        is_candidate = block.queries.is_candidate()
        for name in ("features", *PAST_ARRAYS):
            array = np.load(self.folder / f"{name}.npy", mmap_mode="r+")[first : first + len(is_candidate)]
            if name == "features":
                array[is_candidate] = block.features
            else:
                array[:] = getattr(block.past, name)

    def finish(self, queries: Queries, about: dict[str, Any]) -> None:
        """Writes what is left; from now on it is a cache."""
        for name in QUERY_ARRAYS:
            np.save(self.folder / f"{name}.npy", getattr(queries, name))
        text = json.dumps({"format": FORMAT, **about, "queries": len(queries)}, indent=1)
        (self.folder / "cache.json").write_text(text + "\n", encoding="utf-8")


def _large(queries: int, features: int) -> dict[str, tuple[type, tuple[int, ...]]]:
    """Type and shape of the arrays that do not fit in memory."""
    return {
        "features": (np.float32, (queries, SHORTLIST, features)),
        "history": (np.uint8, (queries, OPENINGS, 3)),
        "recency": (np.int16, (queries, SHORTLIST)),
    }
