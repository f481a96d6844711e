"""The training cache: features files as padded arrays on disk, and who may learn from which query."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import numpy as np

from foretap_models.data.features_file import FOLDS, MOMENTS, SHORTLIST, FeaturesFile, Queries, Split
from foretap_models.data.past import OPENINGS, Past
from foretap_models.errors import CacheError, SchemaMismatchError
from foretap_models.hyperparameters import SCORED_FROM

FORMAT = 3
"""The version of the cache's layout."""

QUERY_ARRAYS = tuple(field.name for field in fields(Queries))
"""The arrays of a cache, one `.npy` each, beside `features.npy` and those of `PAST_ARRAYS`."""

PAST_ARRAYS = tuple(field.name for field in fields(Past))
"""The arrays that a sequence model reads."""


@dataclass(frozen=True)
class Dataset:
    """Queries with the features of their shortlists. Q queries, F features.

    The shortlist of a query is the mixer's first 32 candidates, in training as in scoring: no query is ever given its
    target. A query whose target is outside is never learned from, and counts with its mixer's rank where it is scored.

    Attributes:
        features: float32 [Q, 32, F], 0 after the last candidate; mapped from disk.
        history: uint8 [Q, 32, 3], the last openings before each query; see `Past`.
        recency: int16 [Q, 32], each candidate's place in the order of last use, -1 after the last candidate.
        queries: everything else.
        feature_names: F names, in the order of the schema.
        schema: SHA-256 of the schema of the features, 64 hex digits.
        learned_on: SHA-256 of each log, 64 hex digits each.
        split: who is held out together.
    """

    features: np.ndarray
    history: np.ndarray
    recency: np.ndarray
    queries: Queries
    feature_names: tuple[str, ...]
    schema: str
    learned_on: tuple[str, ...]
    split: Split

    def __len__(self) -> int:
        return len(self.queries)

    def take(self, at: np.ndarray) -> Dataset:
        """Some queries as a dataset of their own, in memory."""
        of = {field.name: getattr(self.queries, field.name)[at] for field in fields(Queries)}
        past = {name: getattr(self, name)[at] for name in PAST_ARRAYS}
        return replace(self, features=np.array(self.features[at]), **past, queries=Queries(**of))

    def training_queries(self, held_out_fold: int | None, people: np.ndarray | None = None) -> np.ndarray:
        """The queries to learn from, int64 [n], ascending.

        Args:
            held_out_fold: nobody of this fold is among them; `None` holds nobody out.
            people: int [k]; only these, where given.
        """
        q = self.queries
        chosen = q.is_training & (q.target >= 0)
        if held_out_fold is not None:
            chosen &= q.fold != held_out_fold
        if people is not None:
            chosen &= np.isin(q.person, people)
        return np.flatnonzero(chosen)

    def scored_queries(self, fold: int | None) -> np.ndarray:
        """The queries to judge on, int64 [n], ascending: those of a fold's people, or of everyone."""
        chosen = self.queries.is_scored.copy()
        if fold is not None:
            chosen &= self.queries.fold == fold
        return np.flatnonzero(chosen)

    def judged_queries(self, fold: int | None) -> np.ndarray:
        """The queries that models answer to be judged, int64 [n], ascending: of a fold's people, or of everyone.

        Those that are scored, and of the time before it those to learn from, which tell whether predictions stay good.
        """
        q = self.queries
        is_early = q.opening < (SCORED_FROM * q.openings).astype(np.int64)
        chosen = q.is_scored | (q.is_training & is_early)
        if fold is not None:
            chosen &= q.fold == fold
        return np.flatnonzero(chosen)

    def people(self, held_out_fold: int | None) -> np.ndarray:
        """Everyone outside a fold, int32, ascending."""
        person, fold = self.queries.person, self.queries.fold
        return np.unique(person if held_out_fold is None else person[fold != held_out_fold])

    def counts(self) -> list[str]:
        """What is in it, one line each."""
        q = self.queries
        lines = [
            f"{len(self)} queries of {len(np.unique(q.person))} people, {int(q.candidates.sum())} candidates, "
            f"{len(self.feature_names)} features"
        ]
        for number, name in enumerate(MOMENTS):
            of = q.moment == number
            outside = of & (q.target < 0)
            learned, dropped = int((of & q.is_training & ~outside).sum()), int((outside & q.is_training).sum())
            scored, missed = int((of & q.is_scored).sum()), int((outside & q.is_scored).sum())
            lines.append(
                f"{name}: {learned} to learn from ({dropped} dropped: target outside the shortlist), "
                f"{scored} scored ({missed} with the target outside)"
            )
        return lines


def prepare(paths: Sequence[Path], folder: Path, expected_schema: str | None = None) -> Dataset:
    """Writes features files as a cache and opens it.

    People of different files are different people; their folds stay those of their own file.

    Args:
        paths: features files of one schema.
        folder: where the cache goes; made if it is not there.
        expected_schema: 64 hex digits the schema must have, where given.

    Raises:
        FeaturesFileError: a file is not as it should be.
        SchemaMismatchError: a file has another schema, or another split.
    """
    files = [FeaturesFile.open(path) for path in paths]
    first = files[0]
    wanted = expected_schema or first.schema
    for file in files:
        if file.schema != wanted:
            raise SchemaMismatchError(f"{file.path}: feature schema {file.schema}, expected {wanted}")
        if file.feature_names != first.feature_names:
            raise SchemaMismatchError(f"{file.path}: the feature columns are not those of {first.path}")
        if file.split != first.split:
            raise SchemaMismatchError(f"{file.path}: its people are not split as those of {first.path}")
    parts = [file.queries() for file in files]
    pasts = [Past.read(file, part) for file, part in zip(files, parts, strict=True)]
    folder.mkdir(parents=True, exist_ok=True)
    # Written last: a cache that was begun and refused is none, whatever lay here before.
    (folder / "cache.json").unlink(missing_ok=True)
    shape = (sum(len(part) for part in parts), SHORTLIST, len(first.feature_names))
    features = np.lib.format.open_memmap(folder / "features.npy", "w+", np.float32, shape)
    offset = 0
    for file, part in zip(files, parts, strict=True):
        slots = features[offset : offset + len(part)].reshape(-1, shape[2])
        slot = np.flatnonzero(part.is_candidate())
        for row, block in file.features():
            slots[slot[row : row + len(block)]] = block
        offset += len(part)
    features.flush()
    merged = {name: np.concatenate([getattr(part, name) for part in parts]) for name in QUERY_ARRAYS}
    people_before = np.cumsum([0] + [FOLDS * (int(part.person.max()) // FOLDS + 1) for part in parts[:-1]])
    shift = np.repeat(people_before, [len(part) for part in parts])
    merged["person"] = (merged["person"] + shift).astype(np.int32)
    merged |= {name: np.concatenate([getattr(past, name) for past in pasts]) for name in PAST_ARRAYS}
    for name, array in merged.items():
        np.save(folder / f"{name}.npy", array)
    about = {
        "format": FORMAT,
        "feature_names": first.feature_names,
        "schema": first.schema,
        "learned_on": sorted({file.log for file in files}),
        "split": asdict(first.split),
        "queries": shape[0],
    }
    (folder / "cache.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    return load(folder)


def load(folder: Path) -> Dataset:
    """Opens a cache.

    Raises:
        CacheError: it is not there, or not whole.
    """
    try:
        about = json.loads((folder / "cache.json").read_text(encoding="utf-8"))
        arrays = {name: np.load(folder / f"{name}.npy") for name in QUERY_ARRAYS}
        past = {name: np.load(folder / f"{name}.npy") for name in PAST_ARRAYS}
        features = np.load(folder / "features.npy", mmap_mode="r")
    except (OSError, ValueError) as error:
        raise CacheError(f"{folder}: not a training cache: {error}") from error
    if about.get("format") != FORMAT:
        raise CacheError(f"{folder}: a cache of another format; prepare it again")
    queries, names = about["queries"], tuple(about["feature_names"])
    whole = features.shape == (queries, SHORTLIST, len(names)) and features.dtype == np.float32
    whole &= past["history"].shape == (queries, OPENINGS, 3) and past["history"].dtype == np.uint8
    whole &= past["recency"].shape == (queries, SHORTLIST) and past["recency"].dtype == np.int16
    if not whole or any(len(array) != queries for array in arrays.values()):
        raise CacheError(f"{folder}: the arrays of the cache do not fit each other")
    return Dataset(
        features=features,
        **past,
        queries=Queries(**arrays),
        feature_names=names,
        schema=about["schema"],
        learned_on=tuple(about["learned_on"]),
        split=Split(**about["split"]),
    )
