"""The features file: what `foretap features LOG --out F.parquet` writes, one row per shortlist candidate of a query.

Everything a model could be misled by is checked here, before anything learns from it: above all that a shortlist is the
mixer's own first candidates, whether or not the target is among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from foretap_models.errors import (
    BrokenQueryError,
    ColumnTypeError,
    FeaturesFileError,
    MetadataError,
    MissingColumnError,
    NonFiniteError,
    PastError,
    ShortlistError,
    TargetError,
)

SHORTLIST = 32
"""The mixer's first candidates, which the network re-ranks."""

MOMENTS = ("next", "unlock", "unlock_or_resume")
"""The names of the moments, by their number in the file."""

FOLDS = 5
"""A person's fold is their number modulo this, where the people are in no groups."""

MOST_FOLDS = 64
"""The most groups that people are held out by."""

MOST_FEATURES = 256
"""The runtime's limit on a layer's inputs."""

COLUMNS: dict[str, pa.DataType] = {
    "person": pa.int32(),
    "fold": pa.int32(),
    "moment": pa.int32(),
    "query": pa.int64(),
    "opening": pa.int64(),
    "openings": pa.int64(),
    "is_training": pa.bool_(),
    "is_scored": pa.bool_(),
    "place": pa.int32(),
    "is_target": pa.bool_(),
    "mixer_rank": pa.int32(),
    "log_mix": pa.float32(),
    "day": pa.int32(),
    "recency": pa.int32(),
    "history": pa.binary(96),
    "gap": pa.int32(),
    "time": pa.int32(),
}
"""The fixed columns, in order; one float32 column per feature follows."""

PER_QUERY = (
    *("person", "fold", "moment", "opening", "openings", "is_training", "is_scored", "mixer_rank"),
    *("day", "gap", "time"),
)
"""Columns that are the same on every row of a query, but for `history`, which is read apart."""

PAST = ("recency", "history")
"""Columns that `data.past` reads."""

HISTORY = "32x3"
"""What `foretap.history` says: so many openings of so many bytes."""

LOG_MIX_SLACK = 1e-4
"""How far float32 and ties may move log-probabilities, nats."""

ROWS_A_BATCH = 65_536
"""Rows held in memory at a time."""


@dataclass(frozen=True)
class Split:
    """Who is held out together.

    Attributes:
        folds: how many there are.
        groups: SHA-256 of the groups that are the folds, 64 hex digits; `None` where a fold is every fifth person.
    """

    folds: int = FOLDS
    groups: str | None = None


@dataclass(frozen=True)
class FeaturesFile:
    """An opened features file whose metadata and columns are as they should be.

    Attributes:
        path: where it is.
        feature_names: the feature columns, in the order of the schema; F of them.
        schema: SHA-256 of the schema of the features, 64 hex digits.
        log: SHA-256 of the log that the file was made from, 64 hex digits.
        split: who is held out together.
        rows: rows in the file.
    """

    path: Path
    feature_names: tuple[str, ...]
    schema: str
    log: str
    split: Split
    rows: int

    @classmethod
    def open(cls, path: Path) -> FeaturesFile:
        """Opens a file and checks its metadata, its columns and their types.

        Raises:
            FeaturesFileError: it is no Parquet file, or not one of features.
        """
        try:
            schema = pq.read_schema(path)
            rows = pq.read_metadata(path).num_rows
        except (pa.ArrowInvalid, OSError) as error:
            raise FeaturesFileError(f"{path}: not a Parquet file: {error}") from error
        metadata = {
            key.decode(errors="replace"): value.decode(errors="replace")
            for key, value in (schema.metadata or {}).items()
        }
        sha = {key: _sha256(path, metadata, key) for key in ("foretap.feature_schema", "foretap.log_sha256")}
        if metadata.get("foretap.shortlist") != str(SHORTLIST):
            raise MetadataError(f"{path}: foretap.shortlist is not {SHORTLIST}")
        if metadata.get("foretap.history") != HISTORY:
            raise MetadataError(f"{path}: foretap.history is not {HISTORY}: a file of an older `foretap`")
        split = _split(path, metadata)
        for name, kind in COLUMNS.items():
            if name not in schema.names:
                raise MissingColumnError(f"{path}: no column {name}")
            if schema.field(name).type != kind:
                raise ColumnTypeError(f"{path}: column {name} is {schema.field(name).type}, not {kind}")
        names = tuple(name for name in schema.names if name not in COLUMNS)
        if not names:
            raise MissingColumnError(f"{path}: no feature columns")
        if len(names) > MOST_FEATURES or len(set(schema.names)) != len(schema.names):
            raise ColumnTypeError(f"{path}: {len(names)} features; at most {MOST_FEATURES}, each once")
        for name in names:
            if schema.field(name).type != pa.float32():
                raise ColumnTypeError(f"{path}: feature {name} is {schema.field(name).type}, not float")
        if rows == 0:
            raise FeaturesFileError(f"{path}: no rows")
        return cls(path, names, sha["foretap.feature_schema"], sha["foretap.log_sha256"], split, rows)

    def queries(self) -> Queries:
        """Reads everything but the features and the past, and checks it.

        Raises:
            FeaturesFileError: one of its subclasses says what is wrong, and at which row.
        """
        names = [name for name in COLUMNS if name not in PAST]
        table = pq.read_table(self.path, columns=names, use_threads=False)
        for name in names:
            if table.column(name).null_count:
                raise ColumnTypeError(f"{self.path}: column {name} has empty cells")
        return Queries.of({name: table.column(name).to_numpy() for name in names}, self.path, self.split)

    def features(self) -> Iterator[tuple[int, np.ndarray]]:
        """Yields (first row, float32 [rows, F]) in the order of the file.

        Raises:
            NonFiniteError: a feature is infinite or not a number.
            ColumnTypeError: a feature has empty cells.
        """
        first = 0
        for batch in self.batches(self.feature_names):
            block = np.empty((batch.num_rows, len(self.feature_names)), np.float32)
            for place, name in enumerate(self.feature_names):
                block[:, place] = batch.column(name).to_numpy()
            if not np.isfinite(block).all():
                row, column_at = np.argwhere(~np.isfinite(block))[0]
                name = self.feature_names[column_at]
                raise NonFiniteError(f"{self.path}: feature {name} is not finite in row {first + row}")
            yield first, block
            first += batch.num_rows

    def batches(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yields some columns, at most `ROWS_A_BATCH` rows at a time, in the order of the file.

        Raises:
            ColumnTypeError: a column has empty cells.
        """
        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(ROWS_A_BATCH, columns=list(names), use_threads=False):
                for name in names:
                    if batch.column(name).null_count:
                        raise ColumnTypeError(f"{self.path}: column {name} has empty cells")
                yield batch


@dataclass(frozen=True)
class Queries:
    """The queries of a file, all but their features. Q queries; arrays of one value a query unless said otherwise.

    Attributes:
        person: int32, from 0.
        fold: int32, with whom the person is held out.
        moment: int32, place in `MOMENTS`.
        opening: int64, number of the opening that answered.
        openings: int64, all openings of the person.
        is_training: bool, chosen by the even thinning of all answered queries.
        is_scored: bool, in the last 30 % and kept by the protocol's thinning.
        mixer_rank: int32, the target's rank among all candidates under the mixer, from 1; 0 where it was none.
        day: int32, calendar days, by the person's clock, since their first event, from 0.
        gap: int32, 0..=15, the gap up to the query, `floor(log2(1 + seconds))`; 0 at `next`.
        time: int32, hour of the query, 32 more on weekends.
        candidates: int32, shortlisted candidates, 1..=32.
        target: int32, the target's place in the shortlist, -1 where it is not in it.
        log_mix: float32 [Q, 32], natural log of the mixer's probability among all candidates; -inf after the last one.
    """

    person: np.ndarray
    fold: np.ndarray
    moment: np.ndarray
    opening: np.ndarray
    openings: np.ndarray
    is_training: np.ndarray
    is_scored: np.ndarray
    mixer_rank: np.ndarray
    day: np.ndarray
    gap: np.ndarray
    time: np.ndarray
    candidates: np.ndarray
    target: np.ndarray
    log_mix: np.ndarray

    @classmethod
    def of(cls, rows: dict[str, np.ndarray], path: Path, split: Split) -> Queries:
        """Groups rows into queries.

        Args:
            rows: the fixed columns but those of `PAST`, one value a row.
            path: named in errors.
            split: which the folds must follow.

        Raises:
            FeaturesFileError: one of its subclasses says what is wrong, and at which row.
        """
        query = rows["query"]
        step = np.diff(query)
        if (step < 0).any():
            at = int(np.argmax(step < 0)) + 1
            raise BrokenQueryError(f"{path}: row {at}: the rows of a query are not consecutive and ascending")
        starts = np.concatenate([[0], np.flatnonzero(step) + 1])
        candidates = np.diff(np.append(starts, len(query))).astype(np.int32)
        of_row = np.repeat(np.arange(len(starts)), candidates)
        place = np.arange(len(query)) - starts[of_row]
        _refuse(rows["place"] != place, BrokenQueryError, path, "the places of a query are not 0, 1, 2, ...")
        _refuse(place >= SHORTLIST, ShortlistError, path, f"more than {SHORTLIST} candidates")
        for name in PER_QUERY:
            varies = rows[name] != rows[name][starts][of_row]
            _refuse(varies, BrokenQueryError, path, f"{name} differs within a query")
        once = {name: rows[name][starts] for name in PER_QUERY}
        _refuse(rows["person"] < 0, BrokenQueryError, path, "a negative person")
        _check_folds(rows["person"], rows["fold"], split, path)
        _refuse((rows["moment"] < 0) | (rows["moment"] >= len(MOMENTS)), BrokenQueryError, path, "an unknown moment")
        _refuse(rows["day"] < 0, BrokenQueryError, path, "a negative day")
        _refuse((rows["gap"] < 0) | (rows["gap"] > 15), PastError, path, "a gap that is none")
        hour = rows["time"] % 32
        _refuse((rows["time"] < 0) | (rows["time"] >= 64) | (hour >= 24), PastError, path, "a time that is none")

        log_mix = np.full((len(starts), SHORTLIST), -np.inf, np.float32)
        log_mix[of_row, place] = rows["log_mix"]
        _refuse(~np.isfinite(rows["log_mix"]), NonFiniteError, path, "log_mix is not finite")
        falls = np.concatenate([[True], np.diff(rows["log_mix"]) <= LOG_MIX_SLACK]) | (place == 0)
        _refuse(~falls, ShortlistError, path, "candidates are not in the mixer's order")
        mass = np.exp(log_mix.astype(np.float64)).sum(1)
        _refuse((mass > 1.0 + 1e-3)[of_row], ShortlistError, path, "probabilities sum to more than 1")

        target = _targets(rows["is_target"], of_row, place, len(starts), path)
        rank = once["mixer_rank"]
        _refuse((rank < 0)[of_row], TargetError, path, "a negative mixer_rank")
        inside = (rank >= 1) & (rank <= SHORTLIST)
        agrees = np.where(inside, target == rank - 1, target == -1)
        _refuse(~agrees[of_row], TargetError, path, "the target is not where mixer_rank says")
        short = (rank > SHORTLIST) & (candidates < SHORTLIST)
        _refuse(short[of_row], ShortlistError, path, f"a target below {SHORTLIST} but fewer candidates than that")
        return cls(**once, candidates=candidates, target=target, log_mix=log_mix)

    def __len__(self) -> int:
        return len(self.person)

    def is_candidate(self) -> np.ndarray:
        """Which places hold a candidate, bool [Q, 32]; one for each row of the file, in its order."""
        return np.arange(SHORTLIST) < self.candidates[:, None]


def _check_folds(person: np.ndarray, fold: np.ndarray, split: Split, path: Path) -> None:
    """Refuses folds (int [rows]) that are not those of the split."""
    if split.groups is None:
        _refuse(fold != person % FOLDS, BrokenQueryError, path, f"fold is not person % {FOLDS}")
    else:
        _refuse((fold < 0) | (fold >= split.folds), BrokenQueryError, path, "fold is no group")
        _, first, of_row = np.unique(person, return_index=True, return_inverse=True)
        _refuse(fold != fold[first][of_row], BrokenQueryError, path, "a person of two groups")


def _targets(is_target: np.ndarray, of_row: np.ndarray, place: np.ndarray, queries: int, path: Path) -> np.ndarray:
    """The place of each query's target, int32 [queries], -1 without one."""
    counts = np.bincount(of_row[is_target], minlength=queries)
    _refuse((counts > 1)[of_row], TargetError, path, "two targets in one query")
    target = np.full(queries, -1, np.int32)
    target[of_row[is_target]] = place[is_target]
    return target


def _refuse(is_bad: np.ndarray, error: type[FeaturesFileError], path: Path, what: str) -> None:
    """Raises `error` for the first row where `is_bad` (bool [rows])."""
    if is_bad.any():
        raise error(f"{path}: row {int(np.argmax(is_bad))}: {what}")


def _split(path: Path, metadata: dict[str, str]) -> Split:
    """Who is held out together; a file that does not say is split into fifths."""
    folds = metadata.get("foretap.folds", str(FOLDS))
    groups = _sha256(path, metadata, "foretap.groups") if "foretap.groups" in metadata else None
    is_number = re.fullmatch(r"[1-9][0-9]?", folds) is not None
    if not is_number or not 2 <= int(folds) <= MOST_FOLDS or (groups is None and int(folds) != FOLDS):
        raise MetadataError(f"{path}: foretap.folds is not {FOLDS}, or of groups 2 to {MOST_FOLDS}")
    return Split(int(folds), groups)


def _sha256(path: Path, metadata: dict[str, str], key: str) -> str:
    """A hash from the metadata, 64 hex digits."""
    value = metadata.get(key, "")
    if not re.fullmatch(r"[0-9a-f]{64}", value):
        raise MetadataError(f"{path}: {key} is not 64 hex digits")
    return value
