"""The training cache: features files as padded arrays on disk, and who may learn from which query."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from foretap_models.data.cache_folder import FORMAT, PAST_ARRAYS, QUERY_ARRAYS
from foretap_models.data.features_file import MOMENTS, SHORTLIST, Queries, Split
from foretap_models.data.partition import of_files
from foretap_models.data.past import OPENINGS
from foretap_models.data.place import Place
from foretap_models.data.preparation import Recipe
from foretap_models.data.recording import record
from foretap_models.engine.start import Kind, started
from foretap_models.errors import CacheError, HeldOutError
from foretap_models.hyperparameters import SCORED_FROM
from foretap_models.provenance import UPLOADS


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
        content: SHA-256 of all that it holds, 64 hex digits: where the lineage of a model begins.
        version: of the data set, `v1.0`; `None` of a cache that is no version.
        seen_folds: the folds on whose people thresholds of outliers or edges of bins depend.
        kinds: of its sources, as manifests call them.
        least_phones: from how many phones each value came at least, where they are uploads; their people are panels.
    """

    features: np.ndarray
    history: np.ndarray
    recency: np.ndarray
    queries: Queries
    feature_names: tuple[str, ...]
    schema: str
    learned_on: tuple[str, ...]
    split: Split
    content: str
    version: str | None
    seen_folds: tuple[int, ...]
    kinds: tuple[str, ...] = ("file",)
    least_phones: int | None = None

    def __len__(self) -> int:
        return len(self.queries)

    def take(self, at: np.ndarray) -> Dataset:
        """Some queries as a dataset of their own, in memory; its `content` stays that of the whole."""
        of = {name: getattr(self.queries, name)[at] for name in QUERY_ARRAYS}
        past = {name: getattr(self, name)[at] for name in PAST_ARRAYS}
        return replace(self, features=np.array(self.features[at]), **past, queries=Queries(**of))

    def training_queries(self, held_out_fold: int | None, people: np.ndarray | None = None) -> np.ndarray:
        """The queries to learn from, int64 [n], ascending.

        Args:
            held_out_fold: nobody of this fold is among them; `None` holds nobody out.
            people: int [k]; only these, where given.

        Raises:
            HeldOutError: a threshold or an edge depends on the people who are to be held out.
        """
        if held_out_fold in self.seen_folds:
            raise HeldOutError(f"rules and bins were fitted on fold {held_out_fold}: prepare with --held-out-fold")
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
        return counts(self.queries, len(self.feature_names), "panels" if UPLOADS in self.kinds else "people")


def counts(q: Queries, features: int, people: str = "people") -> list[str]:
    """What queries with so many features come to, one line each; `people` says what stands for a person."""
    lines = [
        f"{len(q)} queries of {len(np.unique(q.person))} {people}, {int(q.candidates.sum())} candidates, "
        f"{features} features"
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
    """Writes features files as a cache, just as they come, and opens it.

    People of different files are different people; their folds stay those of their own file.

    Args:
        paths: features files of one schema.
        folder: where the cache goes; made if it is not there.
        expected_schema: 64 hex digits the schema must have, where given.

    Raises:
        FeaturesFileError: a file is not as it should be.
        SchemaMismatchError: a file has another schema, or another split.
    """
    origins = of_files([Place(str(path)) for path in paths])
    with started(Kind.LOCAL) as engine:
        record(origins, Recipe(), engine, folder, recording=None, expected_schema=expected_schema)
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
        content=about["content"],
        version=about["version"],
        seen_folds=tuple(about["seen_folds"]),
        kinds=tuple(about.get("kinds", ("file",))),  # which caches of an earlier release do not say
        least_phones=about.get("least_phones"),
    )
