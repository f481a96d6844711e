"""The answers file: what ranking systems say of the shortlists of queries, as `foretap judge` reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from foretap_models.data.dataset import Dataset
from foretap_models.errors import AnswersError

MIXER = "mixer"
"""The system that everything is compared with: the order of the shortlist itself."""

QUERIES_A_GROUP = 2_048
"""Queries that are written at a time, as one row group: at most 65,536 rows."""

COLUMNS: dict[str, pa.DataType] = {
    "person": pa.int32(),
    "moment": pa.int32(),
    "query": pa.int64(),
    "opening": pa.int64(),
    "openings": pa.int64(),
    "day": pa.int32(),
    "place": pa.int32(),
    "is_target": pa.bool_(),
    "mixer_rank": pa.int32(),
}
"""The columns before those of the systems."""


@dataclass(frozen=True)
class Scores:
    """What a system says of n queries.

    Attributes:
        values: float [n, 32], higher is better; anything where there is no candidate.
        probabilities: float [n, 32], of each candidate; `None` where a system has none.
    """

    values: np.ndarray
    probabilities: np.ndarray | None = None


def of_mixer(dataset: Dataset, at: np.ndarray) -> Scores:
    """The mixer's own answers to the queries `at`."""
    log_mix = dataset.queries.log_mix[at]
    return Scores(log_mix, np.exp(np.minimum(log_mix, 0.0)))


class AnswersFile:
    """A file being written, part by part; a context manager that closes it.

    The systems of the first part, and whether they have probabilities, are those of every part.
    """

    def __init__(self, path: Path) -> None:
        """Begins a file; one that was there is replaced."""
        self._path = path
        self._writer: pq.ParquetWriter | None = None
        self._queries = 0

    def __enter__(self) -> AnswersFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.close()

    def add(self, dataset: Dataset, at: np.ndarray, systems: Mapping[str, Scores]) -> None:
        """Writes the answers of some systems to the queries `at` (int [n]) of a dataset.

        Raises:
            AnswersError: no system, other systems than before, or scores of another shape than [n, 32].
        """
        schema = _schema(systems)
        wanted = (len(at), dataset.queries.log_mix.shape[1])
        for name, scores in systems.items():
            if any(array is not None and array.shape != wanted for array in (scores.values, scores.probabilities)):
                raise AnswersError(f"{name}: its scores are not {wanted[0]} queries by {wanted[1]} places")
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, schema, compression="zstd")
        if schema != self._writer.schema:
            raise AnswersError(f"{self._path}: other systems than in the part before")
        for first in range(0, len(at), QUERIES_A_GROUP):
            part = slice(first, first + QUERIES_A_GROUP)
            columns = self._columns(dataset, at[part], {name: _part(scores, part) for name, scores in systems.items()})
            self._writer.write_table(pa.table(columns, schema=schema))
            self._queries += len(at[part])

    def _columns(self, dataset: Dataset, at: np.ndarray, systems: Mapping[str, Scores]) -> dict[str, np.ndarray]:
        """The columns of the rows of some queries."""
        q = dataset.queries
        is_candidate = q.is_candidate()[at]
        of_row, place = np.nonzero(is_candidate)
        per_query = {name: getattr(q, name)[at] for name in ("person", "moment", "opening", "openings", "day")}
        per_query |= {"query": self._queries + np.arange(len(at)), "mixer_rank": q.mixer_rank[at]}
        columns = {name: values[of_row] for name, values in per_query.items()}
        columns |= {"place": place, "is_target": place == q.target[at][of_row]}
        for name, scores in systems.items():
            columns[f"score.{name}"] = scores.values[is_candidate]
            if scores.probabilities is not None:
                columns[f"p.{name}"] = scores.probabilities[is_candidate]
        kinds = {field.name: field.type.to_pandas_dtype() for field in _schema(systems)}
        return {name: columns[name].astype(kind) for name, kind in kinds.items()}


def _schema(systems: Mapping[str, Scores]) -> pa.Schema:
    """The columns of some systems' answers; no cell may be empty."""
    if not systems:
        raise AnswersError("no system has answered")
    kinds = dict(COLUMNS)
    for name, scores in systems.items():
        kinds[f"score.{name}"] = pa.float32()
        if scores.probabilities is not None:
            kinds[f"p.{name}"] = pa.float32()
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in kinds.items()])


def _part(scores: Scores, part: slice) -> Scores:
    """The scores of some of the queries."""
    return Scores(scores.values[part], None if scores.probabilities is None else scores.probabilities[part])
