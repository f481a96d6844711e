"""What a sequence model reads: the last openings before each query, and its candidates' order of last use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from foretap_models.data.features_file import SHORTLIST, FeaturesFile, Queries
from foretap_models.errors import BrokenQueryError, ColumnTypeError, FeaturesFileError, PastError

OPENINGS = 32
"""Openings that a sequence model looks back."""

LAST_RANK = 64
"""The rank of an item that far down the order of last use, further down, or never opened before."""

LONGEST_GAP = 15
"""The bucket of the longest gaps: `floor(log2(1 + seconds))`, at most this."""

WEEKEND, SESSION = 32, 64
"""What a time has more on weekends, and where an opening began a session; below them the hour."""

CANDIDATES = 64
"""The most candidates of a query, shortlisted or not."""


@dataclass(frozen=True)
class Past:
    """The past of Q queries.

    Attributes:
        history: uint8 [Q, 32, 3], the last openings, oldest first, zeros in front where there were fewer. Of each: rank
            (1..=64, the place in the order of last use that the item had before it was opened), gap (0..=15 since the
            opening before ended), time (hour, `WEEKEND` more on weekends, `SESSION` more where it began a session).
        recency: int16 [Q, 32], the place of each candidate in the order of last use of all candidates, from 0; -1 after
            the last candidate.
    """

    history: np.ndarray
    recency: np.ndarray

    @classmethod
    def read(cls, file: FeaturesFile, queries: Queries) -> Past:
        """Reads and checks the past of a file's queries, a batch at a time: a history stands on every row of its query.

        Args:
            file: an opened features file.
            queries: what `file.queries()` gave.

        Raises:
            FeaturesFileError: one of its subclasses says what is wrong, and at which row.
        """
        starts = np.concatenate([[0], np.cumsum(queries.candidates)])
        history = np.zeros((len(queries), OPENINGS, 3), np.uint8)
        recency = np.full((len(queries), SHORTLIST), -1, np.int16)
        first = 0
        for batch in file.batches(["recency", "history"]):
            row = np.arange(first, first + batch.num_rows)
            query = np.searchsorted(starts, row, side="right") - 1
            bytes_of_row = _bytes(batch.column("history"), file)
            is_first = row == starts[query]
            history.reshape(len(queries), -1)[query[is_first]] = bytes_of_row[is_first]
            differs = (history.reshape(len(queries), -1)[query] != bytes_of_row).any(1)
            _refuse(differs, BrokenQueryError, file, first, "history differs within a query")
            place = batch.column("recency").to_numpy()
            _refuse((place < 0) | (place >= CANDIDATES), PastError, file, first, "recency is no place among candidates")
            recency[query, row - starts[query]] = place
            first += batch.num_rows
        ordered = np.sort(recency, axis=1)
        is_twice = ((np.diff(ordered, axis=1) == 0) & (ordered[:, 1:] >= 0)).any(1)
        _refuse(is_twice[_queries(starts)], PastError, file, 0, "two candidates in one place of the order of last use")
        _refuse(~_are_openings(history)[_queries(starts)], PastError, file, 0, "history has what no opening gives")
        return cls(history, recency)


def _are_openings(history: np.ndarray) -> np.ndarray:
    """Whether each history [Q, 32, 3] is zeros and then openings, bool [Q]."""
    rank, gap, time = history[..., 0], history[..., 1], history[..., 2]
    hour = time & (WEEKEND - 1)
    is_opening = (rank >= 1) & (rank <= LAST_RANK) & (gap <= LONGEST_GAP) & (hour < 24) & (time < 2 * SESSION)
    is_padding = ~history.any(2)
    after_opening = np.maximum.accumulate(is_opening, axis=1)
    return (is_opening | (is_padding & ~after_opening)).all(1)


def _queries(starts: np.ndarray) -> np.ndarray:
    """The query of each row, int64 [rows]."""
    return np.repeat(np.arange(len(starts) - 1), np.diff(starts))


def _bytes(column: pa.FixedSizeBinaryArray, file: FeaturesFile) -> np.ndarray:
    """The histories of a batch, uint8 [rows, 96]."""
    if column.null_count:
        raise ColumnTypeError(f"{file.path}: column history has empty cells")
    width = 3 * OPENINGS
    flat = np.frombuffer(column.buffers()[1], np.uint8, len(column) * width, column.offset * width)
    return flat.reshape(len(column), width)


def _refuse(is_bad: np.ndarray, error: type[FeaturesFileError], file: FeaturesFile, first: int, what: str) -> None:
    """Raises `error` for the first row where `is_bad` (bool [rows from `first` on])."""
    if is_bad.any():
        raise error(f"{file.path}: row {first + int(np.argmax(is_bad))}: {what}")
