"""The second pass over a partition: what is left of it is transformed and written, into a cache, a store or both."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from foretap_models.data.binning import Bins
from foretap_models.data.block import Block
from foretap_models.data.cache_folder import CacheFolder
from foretap_models.data.features_file import Queries
from foretap_models.data.partition import Partition
from foretap_models.data.quality import Sums
from foretap_models.data.versions import Part, Store


@dataclass(frozen=True)
class Job:
    """What is to be written of a partition of n queries.

    Attributes:
        partition: where it comes from.
        first: the number in the cache of the first query that is left.
        queries: all of it, as they came, but for the numbers of the people.
        is_training: bool [n], to learn from.
        is_scored: bool [n], to judge on; a query that is neither is left out.
        bins: of the features that are binned.
        usual: sums over all candidates as they came, for the share beyond the cut.
        cache: the cache, begun.
        store: where a part of the version goes.
    """

    partition: Partition
    first: int
    queries: Queries
    is_training: np.ndarray
    is_scored: np.ndarray
    bins: dict[str, Bins]
    usual: Sums
    cache: CacheFolder | None
    store: Store | None


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        content: SHA-256 of the queries that are left, their features and their past, 64 hex digits.
        sums: over their candidates.
        at_the_cut: int64 [F], values beyond the cut.
        part: in the store.
    """

    content: str
    sums: Sums
    at_the_cut: np.ndarray
    part: Part | None


def written(job: Job) -> Written:
    """Transforms and writes a partition.

    Raises:
        FeaturesFileError: it is not what it was in the first pass.
    """
    file = job.partition.file
    block = replace(Block.read(file), queries=job.queries).kept(job.is_training, job.is_scored)
    for name, bins in job.bins.items():
        at = file.feature_names.index(name)
        block.features[:, at] = bins.apply(block.features[:, at])
    if job.cache:
        job.cache.fill(job.first, block)
    return Written(
        content=block.content(),
        sums=Sums.of(block.features),
        at_the_cut=job.usual.beyond_the_cut(block.features),
        part=_part(block, job) if job.store else None,
    )


def _part(block: Block, job: Job) -> Part:
    """Writes a block into the store."""
    job.store.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=job.store.folder, prefix="partial-") as folder:
        path = Path(folder) / "part.parquet"
        block.write(path, job.partition.file)
        size = path.stat().st_size
        return Part(job.store.add_part(path), len(block.queries), len(block.features), size)
