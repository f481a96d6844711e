"""Who is in a lake: counts by day and shard, from a few columns of each file."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from foretap_models.data.features_file import FeaturesFile
from foretap_models.data.lake import Lake, LakeFile
from foretap_models.data.partition import Origin, of_lake
from foretap_models.engine.engine import Engine
from foretap_models.errors import LakeError

COUNTED = ("person", "query", "is_training", "is_scored")
"""The columns that are read."""


def census(lake: Lake, files: Sequence[LakeFile], engine: Engine) -> pl.DataFrame:
    """Counts the people and the queries of some files.

    Returns:
        A row for each day, shard and person: `day`, `shard`, `person`, `queries`, `rows`, `training`, `scored`.

    Raises:
        FeaturesFileError: a file is not as it should be.
        LakeError: a person is in the wrong shard, or there are no files.
    """
    counted = list(engine.map(_counted, of_lake(lake, list(files))))
    if not counted:
        raise LakeError(f"{lake.place}: no files of these days and shards")
    keys = ["day", "shard", "person"]
    return pl.concat(counted).group_by(keys).sum().sort(keys)


def by_day(of: pl.DataFrame) -> pl.DataFrame:
    """A row for each day: `day`, `shards`, `people`, `queries`, `rows`, `training`, `scored`."""
    sums = [pl.col(name).sum() for name in ("queries", "rows", "training", "scored")]
    people = [pl.col("shard").n_unique().alias("shards"), pl.col("person").n_unique().alias("people")]
    return of.group_by("day").agg(*people, *sums).sort("day")


def by_shard(of: pl.DataFrame) -> pl.DataFrame:
    """A row for each shard: `shard`, `people`, `queries`, `rows`."""
    sums = [pl.col(name).sum() for name in ("queries", "rows")]
    return of.group_by("shard").agg(pl.col("person").n_unique().alias("people"), *sums).sort("shard")


def _counted(origin: Origin) -> pl.DataFrame:
    """The people of one file."""
    lake, file = origin.lake
    frame = FeaturesFile.open(origin.place).frame(COUNTED)
    lake.check_people(file, frame["person"].unique().to_numpy())
    is_first = pl.col("query").is_first_distinct()
    return (
        frame.with_columns(is_first=is_first)
        .group_by("person")
        .agg(
            pl.col("is_first").sum().cast(pl.Int64).alias("queries"),
            pl.len().cast(pl.Int64).alias("rows"),
            (pl.col("is_first") & pl.col("is_training")).sum().cast(pl.Int64).alias("training"),
            (pl.col("is_first") & pl.col("is_scored")).sum().cast(pl.Int64).alias("scored"),
        )
        .with_columns(day=pl.lit(file.day), shard=pl.lit(file.shard, pl.Int64))
    )
