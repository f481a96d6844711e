"""`foretap-models prepare`: features files or a lake -> a checked training cache, a version of a data set, or both."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from foretap_models.commands.arguments import Commands, add_config, add_engine, add_lake, show
from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.data.features_file import FOLDS
from foretap_models.data.lake import Lake
from foretap_models.data.partition import Origin, of_files, of_lake
from foretap_models.data.place import Place
from foretap_models.data.preparation import Recipe
from foretap_models.data.recording import Recording, record
from foretap_models.data.versions import Store, Version
from foretap_models.engine.start import started
from foretap_models.errors import CacheError, VersionError


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("prepare", help="features files or a lake -> a checked training cache, a version")
    command.add_argument("features", nargs="*", type=Path, help="Parquet files of `foretap features`")
    command.add_argument("--out", type=Path, help="folder of the cache")
    command.add_argument("--schema", help="refuse features of any other schema (64 hex digits)")
    command.add_argument("--held-out-fold", type=int, choices=range(FOLDS), help="fit no rule and no bin on this fold")
    lake = command.add_argument_group("from a lake")
    add_lake(lake)
    lake.add_argument("--lake", metavar="URL", help="folder or s3://bucket/prefix, instead of features files")
    version = command.add_argument_group("as a version")
    version.add_argument("--store", type=Path, help="folder of the versions")
    version.add_argument("--version", help="its number: v1.0")
    version.add_argument("--parent", help="the version it goes on from; by default the newest before it")
    version.add_argument("--date", type=_date, help="when it was made, ISO 8601; by default now")
    add_engine(command)
    add_config(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Features files -> cache and version, counts on stdout."""
    config = Config.read(chosen.config)
    recipe = Recipe(config.quality, config.outlier, config.binning, chosen.held_out_fold)
    recording = _recording(chosen)
    if not chosen.out and not recording:
        raise CacheError("neither --out nor --store: there would be nothing to show for it")
    with started(chosen.engine, chosen.workers) as engine:
        made = record(_origins(chosen), recipe, engine, chosen.out, recording, chosen.schema)
    counts = cache.counts(made.queries, len(made.feature_names))
    steps = [_in_words(step) for step in made.transformations]
    where = [f"{recording.store.folder}: {recording.version}"] if recording else []
    show("\n".join([*counts, *steps, f"content {made.content}", *where]))


def _origins(chosen: argparse.Namespace) -> list[Origin]:
    """What is prepared."""
    if bool(chosen.features) == bool(chosen.lake):
        raise CacheError("either features files or --lake")
    if chosen.features:
        return of_files([Place(str(path)) for path in chosen.features])
    lake = Lake.open(Place(chosen.lake, chosen.endpoint))
    return of_lake(lake, lake.files(chosen.days, chosen.shards))


def _recording(chosen: argparse.Namespace) -> Recording | None:
    """The version that is made."""
    if bool(chosen.store) != bool(chosen.version):
        raise VersionError("--store and --version go together")
    if not chosen.store:
        return None
    parent = Version.parse(chosen.parent) if chosen.parent else None
    made = chosen.date or datetime.now(UTC).isoformat(timespec="seconds")
    return Recording(Store(chosen.store), Version.parse(chosen.version), parent, made)


def _in_words(step: dict[str, Any]) -> str:
    """What a transformation did."""
    if step["kind"] == "binning":
        made = sorted(len(of["values"]) for of in step["features"].values())
        features = "1 feature" if len(made) == 1 else f"{len(made)} features"
        bins = f"{made[0]}" if made[0] == made[-1] else f"{made[0]} to {made[-1]}"
        return f"binning, {step['method']}: {features}, bins of each: {bins} ({step['bins']} at most)"
    removed = step["removed"]
    return (
        f"outliers, {step['rule']} over each {step['over']}: {removed['queries']} queries of {removed['people']} "
        f"people are no longer learned from, {step.get('removed_scored', 0)} no longer scored"
    )


def _date(text: str) -> str:
    """A date, as it is written."""
    datetime.fromisoformat(text)
    return text
