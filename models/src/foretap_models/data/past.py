"""What a sequence model reads: the last openings before each query, and its candidates' order of last use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from foretap_models.data.features_file import SHORTLIST, FeaturesFile, Queries
from foretap_models.errors import BrokenQueryError, ColumnTypeError, PastError

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
    def of(cls, frame: pl.DataFrame, file: FeaturesFile, queries: Queries) -> Past:
        """Checks the past of some queries: a history stands on every row of its query.

        Args:
            frame: the columns of `PAST`, one value a row.
            file: where they come from.
            queries: of these rows.

        Raises:
            FeaturesFileError: one of its subclasses says what is wrong, and at which row.
        """
        starts = np.cumsum(queries.candidates) - queries.candidates
        of_row = np.repeat(np.arange(len(queries)), queries.candidates)
        bytes_of_row = _bytes(frame["history"], file)
        history = bytes_of_row[starts]
        file.refuse((history[of_row] != bytes_of_row).any(1), BrokenQueryError, "history differs within a query")
        history = history.reshape(len(queries), OPENINGS, 3)
        place = frame["recency"].to_numpy()
        file.refuse((place < 0) | (place >= CANDIDATES), PastError, "recency is no place among candidates")
        recency = np.full((len(queries), SHORTLIST), -1, np.int16)
        recency[queries.is_candidate()] = place
        ordered = np.sort(recency, axis=1)
        is_twice = ((np.diff(ordered, axis=1) == 0) & (ordered[:, 1:] >= 0)).any(1)
        file.refuse(is_twice[of_row], PastError, "two candidates in one place of the order of last use")
        file.refuse(~_are_openings(history)[of_row], PastError, "history has what no opening gives")
        return cls(history, recency)


def _are_openings(history: np.ndarray) -> np.ndarray:
    """Whether each history [Q, 32, 3] is zeros and then openings, bool [Q]."""
    rank, gap, time = history[..., 0], history[..., 1], history[..., 2]
    hour = time & (WEEKEND - 1)
    is_opening = (rank >= 1) & (rank <= LAST_RANK) & (gap <= LONGEST_GAP) & (hour < 24) & (time < 2 * SESSION)
    is_padding = ~history.any(2)
    after_opening = np.maximum.accumulate(is_opening, axis=1)
    return (is_opening | (is_padding & ~after_opening)).all(1)


def _bytes(column: pl.Series, file: FeaturesFile) -> np.ndarray:
    """The histories of the rows, uint8 [rows, 96]."""
    flat = b"".join(column.to_list())
    if len(flat) != len(column) * 3 * OPENINGS:
        raise ColumnTypeError(f"{file.place}: histories of another length")
    return np.frombuffer(flat, np.uint8).reshape(len(column), 3 * OPENINGS)
