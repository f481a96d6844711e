"""The features file: what `foretap features LOG --out F.parquet` writes, one row per shortlist candidate of a query.

Everything a model could be misled by is checked here, before anything learns from it: above all that a shortlist is the
mixer's own first candidates, whether or not the target is among them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from foretap_models.data.place import Place
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
    """An opened features file whose metadata and columns are as they should be, or a stretch of its rows.

    Attributes:
        place: where it is.
        feature_names: the feature columns, in the order of the schema; F of them.
        schema: SHA-256 of the schema of the features, 64 hex digits.
        log: SHA-256 of the log that the file was made from, 64 hex digits.
        split: who is held out together.
        first: the first row of the stretch.
        rows: rows of the stretch.
    """

    place: Place
    feature_names: tuple[str, ...]
    schema: str
    log: str
    split: Split
    first: int
    rows: int

    @classmethod
    def open(cls, place: Place | Path) -> FeaturesFile:
        """Opens a file and checks its metadata, its columns and their types.

        Raises:
            FeaturesFileError: it is no Parquet file, or not one of features.
            PlaceError: it is not there.
        """
        place = place if isinstance(place, Place) else Place(str(place))
        try:
            with place.open() as source, pq.ParquetFile(source) as file:
                schema, rows = file.schema_arrow, file.metadata.num_rows
        except (pa.ArrowInvalid, OSError) as error:
            raise FeaturesFileError(f"{place}: not a Parquet file: {error}") from error
        metadata = {
            key.decode(errors="replace"): value.decode(errors="replace")
            for key, value in (schema.metadata or {}).items()
        }
        sha = {key: _sha256(place, metadata, key) for key in ("foretap.feature_schema", "foretap.log_sha256")}
        if metadata.get("foretap.shortlist") != str(SHORTLIST):
            raise MetadataError(f"{place}: foretap.shortlist is not {SHORTLIST}")
        if metadata.get("foretap.history") != HISTORY:
            raise MetadataError(f"{place}: foretap.history is not {HISTORY}: a file of an older `foretap`")
        split = _split(place, metadata)
        for name, kind in COLUMNS.items():
            if name not in schema.names:
                raise MissingColumnError(f"{place}: no column {name}")
            if schema.field(name).type != kind:
                raise ColumnTypeError(f"{place}: column {name} is {schema.field(name).type}, not {kind}")
        names = tuple(name for name in schema.names if name not in COLUMNS)
        if not names:
            raise MissingColumnError(f"{place}: no feature columns")
        if len(names) > MOST_FEATURES or len(set(schema.names)) != len(schema.names):
            raise ColumnTypeError(f"{place}: {len(names)} features; at most {MOST_FEATURES}, each once")
        for name in names:
            if schema.field(name).type != pa.float32():
                raise ColumnTypeError(f"{place}: feature {name} is {schema.field(name).type}, not float")
        if rows == 0:
            raise FeaturesFileError(f"{place}: no rows")
        return cls(place, names, sha["foretap.feature_schema"], sha["foretap.log_sha256"], split, 0, rows)

    def stretch(self, first: int, rows: int) -> FeaturesFile:
        """Some rows of it, of whole queries."""
        return replace(self, first=self.first + first, rows=rows)

    def frame(self, names: Sequence[str]) -> pl.DataFrame:
        """Reads some columns; what is not read of is not decompressed either.

        Raises:
            ColumnTypeError: a column has empty cells.
            FeaturesFileError: the file is damaged.
            PlaceError: it is not there any more.
        """
        source = self.place.url if self.place.is_local else BytesIO(self.place.read())
        try:
            scan = pl.scan_parquet(source, glob=False, hive_partitioning=False)
            frame = scan.slice(self.first, self.rows).select(names).collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise FeaturesFileError(f"{self.place}: cannot be read: {error}") from error
        for name, nulls in zip(names, frame.null_count().row(0), strict=True):
            if nulls:
                raise ColumnTypeError(f"{self.place}: column {name} has empty cells")
        return frame

    def refuse(self, is_bad: np.ndarray, error: type[FeaturesFileError], what: str) -> None:
        """Raises `error` for the first row where `is_bad`, bool [rows]."""
        if is_bad.any():
            raise error(f"{self.place}: row {self.first + int(np.argmax(is_bad))}: {what}")


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
    def of(cls, frame: pl.DataFrame, file: FeaturesFile) -> Queries:
        """Groups rows into queries.

        Args:
            frame: the fixed columns, one value a row; those of `PAST` are not looked at.
            file: where they come from.

        Raises:
            FeaturesFileError: one of its subclasses says what is wrong, and at which row.
        """
        rows = {name: frame[name].to_numpy() for name in COLUMNS if name not in PAST}
        query = rows["query"]
        step = np.diff(query)
        descends = np.concatenate([[False], step < 0])
        file.refuse(descends, BrokenQueryError, "the rows of a query are not consecutive and ascending")
        starts = np.concatenate([[0], np.flatnonzero(step) + 1])
        candidates = np.diff(np.append(starts, len(query))).astype(np.int32)
        of_row = np.repeat(np.arange(len(starts)), candidates)
        place = np.arange(len(query)) - starts[of_row]
        file.refuse(rows["place"] != place, BrokenQueryError, "the places of a query are not 0, 1, 2, ...")
        file.refuse(place >= SHORTLIST, ShortlistError, f"more than {SHORTLIST} candidates")
        for name in PER_QUERY:
            varies = rows[name] != rows[name][starts][of_row]
            file.refuse(varies, BrokenQueryError, f"{name} differs within a query")
        once = {name: rows[name][starts] for name in PER_QUERY}
        file.refuse(rows["person"] < 0, BrokenQueryError, "a negative person")
        _check_folds(rows["person"], rows["fold"], file)
        file.refuse((rows["moment"] < 0) | (rows["moment"] >= len(MOMENTS)), BrokenQueryError, "an unknown moment")
        file.refuse(rows["day"] < 0, BrokenQueryError, "a negative day")
        file.refuse((rows["gap"] < 0) | (rows["gap"] > 15), PastError, "a gap that is none")
        hour = rows["time"] % 32
        file.refuse((rows["time"] < 0) | (rows["time"] >= 64) | (hour >= 24), PastError, "a time that is none")

        log_mix = np.full((len(starts), SHORTLIST), -np.inf, np.float32)
        log_mix[of_row, place] = rows["log_mix"]
        file.refuse(~np.isfinite(rows["log_mix"]), NonFiniteError, "log_mix is not finite")
        falls = np.concatenate([[True], np.diff(rows["log_mix"]) <= LOG_MIX_SLACK]) | (place == 0)
        file.refuse(~falls, ShortlistError, "candidates are not in the mixer's order")
        mass = np.exp(log_mix.astype(np.float64)).sum(1)
        file.refuse((mass > 1.0 + 1e-3)[of_row], ShortlistError, "probabilities sum to more than 1")

        target = _targets(rows["is_target"], of_row, place, len(starts), file)
        rank = once["mixer_rank"]
        file.refuse((rank < 0)[of_row], TargetError, "a negative mixer_rank")
        inside = (rank >= 1) & (rank <= SHORTLIST)
        agrees = np.where(inside, target == rank - 1, target == -1)
        file.refuse(~agrees[of_row], TargetError, "the target is not where mixer_rank says")
        short = (rank > SHORTLIST) & (candidates < SHORTLIST)
        file.refuse(short[of_row], ShortlistError, f"a target below {SHORTLIST} but fewer candidates than that")
        return cls(**once, candidates=candidates, target=target, log_mix=log_mix)

    def __len__(self) -> int:
        return len(self.person)

    def kept(self, is_training: np.ndarray, is_scored: np.ndarray) -> Queries:
        """Those that are learned from or judged on, under these flags, bool [Q] each."""
        kept = is_training | is_scored
        chosen = Queries(**{name: array[kept] for name, array in vars(self).items()})
        return replace(chosen, is_training=is_training[kept], is_scored=is_scored[kept])

    def is_candidate(self) -> np.ndarray:
        """Which places hold a candidate, bool [Q, 32]; one for each row of the file, in its order."""
        return np.arange(SHORTLIST) < self.candidates[:, None]


def _check_folds(person: np.ndarray, fold: np.ndarray, file: FeaturesFile) -> None:
    """Refuses folds (int [rows]) that are not those of the file's split."""
    split = file.split
    if split.groups is None:
        file.refuse(fold != person % FOLDS, BrokenQueryError, f"fold is not person % {FOLDS}")
    else:
        file.refuse((fold < 0) | (fold >= split.folds), BrokenQueryError, "fold is no group")
        _, first, of_row = np.unique(person, return_index=True, return_inverse=True)
        file.refuse(fold != fold[first][of_row], BrokenQueryError, "a person of two groups")


def _targets(
    is_target: np.ndarray, of_row: np.ndarray, place: np.ndarray, queries: int, file: FeaturesFile
) -> np.ndarray:
    """The place of each query's target, int32 [queries], -1 without one."""
    counts = np.bincount(of_row[is_target], minlength=queries)
    file.refuse((counts > 1)[of_row], TargetError, "two targets in one query")
    target = np.full(queries, -1, np.int32)
    target[of_row[is_target]] = place[is_target]
    return target


def _split(place: Place, metadata: dict[str, str]) -> Split:
    """Who is held out together; a file that does not say is split into fifths."""
    folds = metadata.get("foretap.folds", str(FOLDS))
    groups = _sha256(place, metadata, "foretap.groups") if "foretap.groups" in metadata else None
    is_number = re.fullmatch(r"[1-9][0-9]?", folds) is not None
    if not is_number or not 2 <= int(folds) <= MOST_FOLDS or (groups is None and int(folds) != FOLDS):
        raise MetadataError(f"{place}: foretap.folds is not {FOLDS}, or of groups 2 to {MOST_FOLDS}")
    return Split(int(folds), groups)


def _sha256(place: Place, metadata: dict[str, str], key: str) -> str:
    """A hash from the metadata, 64 hex digits."""
    value = metadata.get(key, "")
    if not re.fullmatch(r"[0-9a-f]{64}", value):
        raise MetadataError(f"{place}: {key} is not 64 hex digits")
    return value
