"""The first pass over a partition: it is checked, and what the rules need to know of it is taken along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from foretap_models.data import outliers
from foretap_models.data.binning import Sample
from foretap_models.data.block import Block
from foretap_models.data.features_file import Queries
from foretap_models.data.partition import Partition
from foretap_models.data.quality import Sums


@dataclass(frozen=True)
class Question:
    """What is to be found out.

    Attributes:
        summaries: what outlier rules look at.
        binned: features that are binned.
        every: of so many candidates one is sampled.
        held_out_fold: nobody of this fold is sampled.
    """

    summaries: tuple[str, ...]
    binned: tuple[str, ...]
    every: int
    held_out_fold: int | None


@dataclass(frozen=True)
class Surveyed:
    """What was found.

    Attributes:
        queries: of the partition, n of them.
        sums: over all candidates.
        summaries: float64 [n, k].
        sample: of the binned features.
    """

    queries: Queries
    sums: Sums
    summaries: np.ndarray
    sample: Sample


def surveyed(partition: Partition, question: Question) -> Surveyed:
    """Looks at a partition.

    Raises:
        FeaturesFileError: it is not as it should be.
        LakeError: a person is in the wrong shard.
    """
    names, block = partition.file.feature_names, Block.read(partition.file)
    queries = block.queries
    partition.check(queries.person)
    fitted_on = queries.is_training & (queries.target >= 0)
    if question.held_out_fold is not None:
        fitted_on &= queries.fold != question.held_out_fold
    columns = [names.index(name) for name in question.binned]
    return Surveyed(
        queries,
        Sums.of(block.features),
        outliers.summaries(queries, block.features, question.summaries, names),
        Sample.of(block.features[np.repeat(fitted_on, queries.candidates)][:, columns], question.every),
    )
