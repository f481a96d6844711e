"""From features files to a training cache and a version of a data set, alike on every engine.

Two passes over the partitions: the first checks, sums and summarises; the second transforms and writes. Between them
the rules are applied to what the first found, one partition after the other, so that thresholds, edges and counts are
the same to the last bit whatever the engine and however many work.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from operator import add
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from foretap_models import config
from foretap_models.data import binning, outliers
from foretap_models.data.binning import Sample
from foretap_models.data.cache_folder import QUERY_ARRAYS, CacheFolder
from foretap_models.data.features_file import FOLDS, Queries, Split
from foretap_models.data.partition import Origin, Partition, opened
from foretap_models.data.quality import Report
from foretap_models.data.survey import Question, surveyed
from foretap_models.data.versions import OUTCOMES, Part, Source, Store
from foretap_models.data.writing import Job, written
from foretap_models.engine.engine import Engine
from foretap_models.errors import CacheError, SchemaMismatchError
from foretap_models.progress import Progress, on_stderr

STEPS_SHOWN = 10
"""Lines of progress of a pass, at most."""

SHOWN_AFTER_S = 1.0
"""Seconds between two of them, at least, but for the last."""

AS_IT_COMES = config.Quality(1.0, 1.0, 0, 1.0, 1.0)
"""Thresholds that nothing passes."""

Result = TypeVar("Result")


@dataclass(frozen=True)
class Recipe:
    """What is done to the data, and what it must keep to.

    Attributes:
        quality: thresholds; by default everything is good enough.
        outliers: rules, in their order.
        binnings: in their order, after the rules.
        held_out_fold: no threshold of a rule and no edge of a bin depends on this fold's people.
        before: what was done to the files before, as manifests have it.
    """

    quality: config.Quality = AS_IT_COMES
    outliers: tuple[config.Outlier, ...] = ()
    binnings: tuple[config.Binning, ...] = ()
    held_out_fold: int | None = None
    before: tuple[dict[str, Any], ...] = ()

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The transformations as manifests have them, without what comes of them."""
        before = [{key: step[key] for key in step if key not in OUTCOMES} for step in self.before]
        return before + [outliers.asked(rule) for rule in self.outliers] + [binning.asked(how) for how in self.binnings]

    @property
    def seen_folds(self) -> tuple[int, ...]:
        """The folds on whose people the transformations depend."""
        is_fitted = bool(self.outliers or self.binnings)
        return tuple(fold for fold in range(FOLDS) if is_fitted and fold != self.held_out_fold)


@dataclass(frozen=True)
class Prepared:
    """What was prepared.

    Attributes:
        feature_names: F names, in the order of the schema.
        schema: SHA-256 of the schema of the features, 64 hex digits.
        learned_on: SHA-256 of each log, 64 hex digits each.
        split: who is held out together.
        content: SHA-256 of everything in the cache, 64 hex digits.
        queries: all that are left.
        sources: how a manifest names the files; empty without a store.
        transformations: with parameters and counts.
        report: what the data are like.
        parts: in the store.
    """

    feature_names: tuple[str, ...]
    schema: str
    learned_on: tuple[str, ...]
    split: Split
    content: str
    queries: Queries
    sources: tuple[Source, ...]
    transformations: tuple[dict[str, Any], ...]
    report: Report
    parts: tuple[Part, ...]


def prepare(
    origins: Sequence[Origin],
    recipe: Recipe,
    engine: Engine,
    cache: Path | None = None,
    store: Store | None = None,
    expected_schema: str | None = None,
    progress: Progress = on_stderr,
    accept: Callable[[Report], None] = lambda _: None,
) -> Prepared:
    """Prepares features files.

    A cache is written but for its `cache.json`, parts of a version but not its manifest: these are the caller's.

    Args:
        origins: the files, of one schema.
        recipe: what is done to them.
        engine: who does it.
        cache: folder of a cache to write.
        store: where parts of a version go.
        expected_schema: 64 hex digits the schema must have, where given.
        progress: shown now and then, of several partitions.
        accept: asked before anything is written whether what is left will do; raises where not.

    Raises:
        FeaturesFileError: a file is not as it should be.
        SchemaMismatchError: a file has another schema, or another split.
        QualityError: a threshold is passed.
        ConfigError: a pattern of the recipe matches nothing.
        TransformationError: a binning does not fit.
        CacheError: there is nothing to prepare.
    """
    files = list(engine.map(partial(opened, hashed=store is not None), origins))
    partitions = [partition for file in files for partition in file.partitions]
    if not partitions:
        raise CacheError("no features files to prepare")
    names = _one_schema(partitions, expected_schema)
    question = _question(recipe, names, sum(partition.file.rows for partition in partitions))
    survey = partial(surveyed, question=question)
    found = _shown(engine.map(survey, partitions), len(partitions), "checked", progress)
    usual = reduce(add, (of.sums for of in found))
    came = _numbered(partitions, [of.queries for of in found])
    table = np.concatenate([of.summaries for of in found])
    training, scored, removals = outliers.taken_out(
        recipe.outliers, _joined(came), table, question.summaries, recipe.held_out_fold
    )
    bins = binning.fitted(recipe.binnings, question.binned, Sample.joined([of.sample for of in found]))
    del found, table

    queries = _joined(came).kept(training, scored)
    if len(queries) == 0:
        raise CacheError("nothing is left of the data")
    report = Report.of(queries, recipe.quality)
    report.check(recipe.quality)
    accept(report)
    folder = CacheFolder(cache) if cache else None
    if folder:
        folder.begin(len(queries), len(names))
    all_bins = {name: of for part in bins for name, of in part.items()}
    jobs = _jobs(partitions, came, training, scored)
    jobs = [Job(*job, bins=all_bins, usual=usual, cache=folder, store=store) for job in jobs]
    made = _shown(engine.map(written, jobs), len(jobs), "written", progress)
    report = report.with_features(names, reduce(add, (of.sums for of in made)), sum(of.at_the_cut for of in made))
    report.check(recipe.quality)
    steps = [*recipe.before, *(removal.as_json() for removal in removals)]
    steps += [binning.as_json(how, of) for how, of in zip(recipe.binnings, bins, strict=True)]
    schema = partitions[0].file.schema
    return Prepared(
        feature_names=names,
        schema=schema,
        learned_on=tuple(sorted({partition.file.log for partition in partitions})),
        split=partitions[0].file.split,
        content=_content(schema, names, [of.content for of in made]),
        queries=queries,
        sources=tuple(file.source for file in files if file.source),
        transformations=tuple(steps),
        report=report,
        parts=tuple(of.part for of in made if of.part),
    )


def _shown(results: Iterator[Result], count: int, what: str, progress: Progress) -> list[Result]:
    """All results; how many there are is told about ten times, and once where all of it is done in no time."""
    made: list[Result] = []
    told = time.monotonic()
    for result in results:
        made.append(result)
        is_step = len(made) * STEPS_SHOWN // count > (len(made) - 1) * STEPS_SHOWN // count
        if len(made) == count or (is_step and time.monotonic() - told >= SHOWN_AFTER_S):
            progress(f"{what}: {len(made)} of {count} partition{'' if count == 1 else 's'}")
            told = time.monotonic()
    return made


def _one_schema(partitions: list[Partition], expected: str | None) -> tuple[str, ...]:
    """The features that all files have.

    Raises:
        SchemaMismatchError: one has others.
    """
    first = partitions[0].file
    wanted = expected or first.schema
    for file in (partition.file for partition in partitions):
        if file.schema != wanted:
            raise SchemaMismatchError(f"{file.place}: feature schema {file.schema}, expected {wanted}")
        if file.feature_names != first.feature_names:
            raise SchemaMismatchError(f"{file.place}: the feature columns are not those of {first.place}")
        if file.split != first.split:
            raise SchemaMismatchError(f"{file.place}: its people are not split as those of {first.place}")
    return first.feature_names


def _question(recipe: Recipe, names: tuple[str, ...], rows: int) -> Question:
    """What the first pass has to find out for a recipe."""
    return Question(
        summaries=outliers.summary_names(recipe.outliers, names),
        binned=binning.binned_names(recipe.binnings, names),
        every=-(-rows // binning.SAMPLE),
        held_out_fold=recipe.held_out_fold,
    )


def _numbered(partitions: list[Partition], parts: list[Queries]) -> list[Queries]:
    """The queries with numbers under which nobody is two people; a person's fold stays that of their own file."""
    numbered, before, most, group = [], 0, -1, partitions[0].origin.group
    for partition, part in zip(partitions, parts, strict=True):
        if partition.origin.group != group:
            before, most, group = before + FOLDS * (most // FOLDS + 1), -1, partition.origin.group
        most = max(most, int(part.person.max()))
        numbered.append(replace(part, person=(part.person + before).astype(np.int32)))
    return numbered


def _joined(parts: list[Queries]) -> Queries:
    """One after the other."""
    return Queries(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in QUERY_ARRAYS})


def _jobs(
    partitions: list[Partition], came: list[Queries], training: np.ndarray, scored: np.ndarray
) -> Iterator[tuple[Partition, int, Queries, np.ndarray, np.ndarray]]:
    """The first fields of the job of each partition of which something is left."""
    at, first = 0, 0
    for partition, queries in zip(partitions, came, strict=True):
        of_part = slice(at, at + len(queries))
        count = int((training[of_part] | scored[of_part]).sum())
        if count:
            yield partition, first, queries, training[of_part], scored[of_part]
        at, first = of_part.stop, first + count


def _content(schema: str, names: tuple[str, ...], parts: list[str]) -> str:
    """The SHA-256 of a data set: of its features' names and of its partitions' contents."""
    return hashlib.sha256(json.dumps([schema, names, parts]).encode()).hexdigest()
