"""Queries with all that is known of them, and the features file that they are read from and written to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from foretap_models.data.features_file import COLUMNS, HISTORY, PER_QUERY, SHORTLIST, FeaturesFile, Queries
from foretap_models.data.past import Past
from foretap_models.errors import NonFiniteError

ROWS_A_GROUP = 32_768
"""Of a written file: some 10 MB before compression."""


@dataclass(frozen=True)
class Block:
    """n queries of a file.

    Attributes:
        queries: without their features.
        past: of these queries.
        features: float32 [rows, F], the candidates of each query, one query after the other.
    """

    queries: Queries
    past: Past
    features: np.ndarray

    @classmethod
    def read(cls, file: FeaturesFile) -> Block:
        """Reads and checks all of a file, or of a stretch of it.

        Raises:
            FeaturesFileError: one of its subclasses says what is wrong, and at which row.
        """
        frame = file.frame([*COLUMNS, *file.feature_names])
        queries = Queries.of(frame, file)
        past = Past.of(frame, file, queries)
        features = frame.select(file.feature_names).to_numpy(order="c")
        finite = np.isfinite(features)
        if not finite.all():
            row, column = np.argwhere(~finite)[0]
            name = file.feature_names[column]
            raise NonFiniteError(f"{file.place}: feature {name} is not finite in row {file.first + row}")
        return cls(queries, past, features)

    def kept(self, is_training: np.ndarray, is_scored: np.ndarray) -> Block:
        """Those that are learned from or judged on, under these flags, bool [n] each."""
        kept = is_training | is_scored
        rows = np.repeat(kept, self.queries.candidates)
        past = Past(self.past.history[kept], self.past.recency[kept])
        return Block(self.queries.kept(is_training, is_scored), past, self.features[rows])

    def content(self) -> str:
        """The SHA-256 of all of it, 64 hex digits."""
        digest = hashlib.sha256()
        for array in (*vars(self.queries).values(), self.past.history, self.past.recency, self.features):
            digest.update(np.ascontiguousarray(array))
        return digest.hexdigest()

    def write(self, path: Path, like: FeaturesFile) -> None:
        """Writes a features file of it, whose queries are numbered from 0.

        Args:
            path: the file.
            like: has the same features, of the same log.
        """
        q = self.queries
        of_row = np.repeat(np.arange(len(q)), q.candidates)
        place = np.broadcast_to(np.arange(SHORTLIST), (len(q), SHORTLIST))[q.is_candidate()]
        history = np.ascontiguousarray(self.past.history.reshape(len(q), -1)[of_row])
        columns = {name: getattr(q, name)[of_row] for name in PER_QUERY} | {
            "query": of_row,
            "place": place,
            "is_target": q.target[of_row] == place,
            "log_mix": q.log_mix[q.is_candidate()],
            "recency": self.past.recency[q.is_candidate()],
        }
        arrays = {name: pa.array(column.astype(COLUMNS[name].to_pandas_dtype())) for name, column in columns.items()}
        arrays["history"] = pa.FixedSizeBinaryArray.from_buffers(
            COLUMNS["history"], len(of_row), [None, pa.py_buffer(history)]
        )
        features = {name: pa.array(self.features[:, at]) for at, name in enumerate(like.feature_names)}
        about = {
            "foretap.feature_schema": like.schema,
            "foretap.log_sha256": like.log,
            "foretap.shortlist": str(SHORTLIST),
            "foretap.history": HISTORY,
            "foretap.folds": str(like.split.folds),
        }
        if like.split.groups:
            about["foretap.groups"] = like.split.groups
        table = pa.table({name: arrays[name] for name in COLUMNS} | features).replace_schema_metadata(about)
        pq.write_table(table, path, compression="zstd", row_group_size=ROWS_A_GROUP)
