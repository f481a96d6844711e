"""The samples of a file: unlocks, of which nothing is known but noisy bins of two candidates and when it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from foretap_models.data.uploads.lake import SUM_BYTES, UploadsFile, fixed_bytes, numbers, pseudonyms, weeks
from foretap_models.data.uploads.schema import GAP, Schema

ROWS = ("opened", "other")
"""The columns of bins: of the candidate that was opened, and of the one beside it."""

COLUMNS = ("pseudonym", "week", "feature_schema", "moment", "part_of_day", *ROWS)
"""What is read: which model answered is nothing to learn from."""

UNLOCK, UNLOCK_OR_RESUME = 1, 2
"""The moments, as in the lake and in `MOMENTS`."""

PARTS_OF_DAY = 4
"""Of six hours each."""


@dataclass(frozen=True)
class Heads:
    """n samples, all but their bins.

    Attributes:
        pseudonym: uint8 [n, 16].
        week: int64 [n], as 202648.
        moment: int64 [n], 1 or 2.
        part_of_day: int64 [n], 0..4.
        is_known: bool [n], of the schema of the features that is known here.
        is_one_moment: bool [n], whether both candidates say the same of the moment, as a phone sends them.
    """

    pseudonym: np.ndarray
    week: np.ndarray
    moment: np.ndarray
    part_of_day: np.ndarray
    is_known: np.ndarray
    is_one_moment: np.ndarray

    def __len__(self) -> int:
        return len(self.week)

    @classmethod
    def joined(cls, parts: list[Heads]) -> Heads:
        """One after the other."""
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])})


@dataclass(frozen=True)
class Samples:
    """n samples.

    Attributes:
        heads: all but their bins.
        bins: uint8 [n, 2, F], of what was opened and of the other; zeros where the schema is another.
    """

    heads: Heads
    bins: np.ndarray

    @classmethod
    def read(cls, file: UploadsFile, schema: Schema) -> Samples:
        """Reads and checks all of a file.

        Raises:
            UploadsFileError: one of its subclasses says what is wrong, and in which row.
        """
        table = file.read(COLUMNS)
        names, week = pseudonyms(table, file), weeks(table, file)
        moment, part = (numbers(table, name) for name in ("moment", "part_of_day"))
        file.refuse((moment != UNLOCK) & (moment != UNLOCK_OR_RESUME), "moment is none after an unlock")
        file.refuse((part < 0) | (part >= PARTS_OF_DAY), "part_of_day is not 0 to 3")
        sums = fixed_bytes(table, "feature_schema", SUM_BYTES, file)
        is_known = (sums == np.frombuffer(bytes.fromhex(schema.features), np.uint8)).all(1)
        bins = np.stack([_bins(table, name, is_known, file, schema) for name in ROWS], axis=1)
        is_one_moment = (bins[:, 0, schema.at(GAP) :] == bins[:, 1, schema.at(GAP) :]).all(1)
        return cls(Heads(names, week, moment, part, is_known, is_one_moment), bins)


def _bins(table: pa.Table, name: str, is_known: np.ndarray, file: UploadsFile, schema: Schema) -> np.ndarray:
    """The bins of a candidate of each sample of the known schema, uint8 [n, F]."""
    features = len(schema.names)
    cells = table[name].to_pylist()
    lengths = np.array([len(cell) for cell in cells], np.int64)
    file.refuse(is_known & (lengths != features), f"{name} is not a bin for each feature")
    bins = np.zeros((len(cells), features), np.uint8)
    known = np.flatnonzero(is_known)
    bins[known] = np.frombuffer(b"".join(cells[at] for at in known), np.uint8).reshape(-1, features)
    file.refuse((bins >= schema.bins).any(1), f"{name} has a bin that its feature does not have")
    return bins
