"""`foretap-models prepare`: features files, a lake or phones' uploads -> a training cache, a version, or both."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from foretap_models.commands.arguments import Commands, add_config, add_engine, add_lake, show
from foretap_models.commands.reading import add_reading, noting
from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.data.features_file import FOLDS
from foretap_models.data.lake import Lake
from foretap_models.data.partition import Origin, of_files, of_lake
from foretap_models.data.place import Place
from foretap_models.data.preparation import Recipe
from foretap_models.data.recording import Recording, record
from foretap_models.data.uploads.decoding import Decoded, decode
from foretap_models.data.uploads.lake import Table, UploadsLake, announced
from foretap_models.data.uploads.schema import Schema
from foretap_models.data.versions import LEAST_PHONES_KIND, Store, Version
from foretap_models.engine.engine import Engine
from foretap_models.engine.start import started
from foretap_models.errors import CacheError, VersionError


@dataclass(frozen=True)
class Sources:
    """What is prepared.

    Attributes:
        origins: the features files.
        decoded: how they were made, where they are of uploads.
    """

    origins: list[Origin]
    decoded: Decoded | None = None

    @property
    def before(self) -> tuple[dict[str, Any], ...]:
        """What was done to them, as manifests have it."""
        return (self.decoded.transformation(),) if self.decoded else ()


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("prepare", help="features files, a lake or uploads -> a training cache, a version")
    command.add_argument("features", nargs="*", type=Path, help="Parquet files of `foretap features`")
    command.add_argument("--out", type=Path, help="folder of the cache")
    command.add_argument("--schema", help="refuse features of any other schema (64 hex digits)")
    command.add_argument("--held-out-fold", type=int, choices=range(FOLDS), help="fit no rule and no bin on this fold")
    lake = command.add_argument_group("from a lake")
    add_lake(lake)
    lake.add_argument("--lake", metavar="URL", help="folder or s3://bucket/prefix, instead of features files")
    uploads = command.add_argument_group("from what phones sent; --days, --shards and --endpoint choose of it as well")
    uploads.add_argument("--uploads", metavar="URL", help="the receiver's lake, a folder or s3://bucket/prefix")
    add_reading(uploads)
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
    recording = _recording(chosen)
    if not chosen.out and not recording:
        raise CacheError("neither --out nor --store: there would be nothing to show for it")
    with started(chosen.engine, chosen.workers) as engine, _sources(chosen, engine) as sources:
        # Samples that are sent twice have one pseudonym; of the others many look alike, being so coarse.
        quality = replace(config.quality, most_duplicates=1.0) if sources.decoded else config.quality
        recipe = Recipe(quality, config.outlier, config.binning, chosen.held_out_fold, sources.before)
        made = record(sources.origins, recipe, engine, chosen.out, recording, chosen.schema)
    decoded = sources.decoded
    counts = cache.counts(made.queries, len(made.feature_names), "panels" if decoded else "people")
    steps = [_in_words(step) for step in made.transformations if step["kind"] != LEAST_PHONES_KIND]
    where = [f"{recording.store.folder}: {recording.version}"] if recording else []
    show("\n".join([*(_of_uploads(decoded) if decoded else []), *counts, *steps, f"content {made.content}", *where]))


@contextmanager
def _sources(chosen: argparse.Namespace, engine: Engine) -> Iterator[Sources]:
    """What is prepared; what was decoded for it is gone afterwards."""
    if sum(map(bool, (chosen.features, chosen.lake, chosen.uploads))) != 1:
        raise CacheError("either features files, --lake or --uploads")
    if chosen.features:
        yield Sources(of_files([Place(str(path)) for path in chosen.features]))
        return
    if chosen.lake:
        lake = Lake.open(Place(chosen.lake, chosen.endpoint))
        yield Sources(of_lake(lake, lake.files(chosen.days, chosen.shards)))
        return
    note = noting(chosen)
    schema, of = Schema.ask(), UploadsLake(Place(chosen.uploads, chosen.endpoint))
    files = announced(of, Table.SAMPLES, of.files(Table.SAMPLES, chosen.days, chosen.shards), engine, note)
    folder = chosen.out or chosen.store
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="partial-") as partial:
        decoded = decode(files, schema, chosen.least_phones, engine, Path(partial))
        yield Sources(decoded.origins, decoded)


def _of_uploads(of: Decoded) -> list[str]:
    """What became of the samples, and of values that too few phones show."""
    counts, rule = of.counts, of.rule
    left_out = "".join(f", {count:,} left out {why}" for why, count in counts.left_out.items() if count)
    lines = [f"{counts.read:,} samples read{left_out}; {counts.kept:,} kept"]
    lines.append(
        f"a value counts with {rule.least_samples:,} samples of one week: {rule.phones} phones at least have drawn them"
    )
    rows = [[f"{name}: samples left out", "", "", f"{count:,}"] for name, count in of.gone.items() if count]
    for at, (name, bins) in enumerate(zip(of.schema.names, of.schema.bins.tolist(), strict=True)):
        if changed := of.bins.changed(at):
            into = ", ".join(f"{bin_} into {of.bins.into[at, bin_]}" for bin_ in changed)
            rows.append(
                [name, f"{bins - len(changed)} of {bins}", into, f"{int(of.bins.samples[at, changed].sum()):,}"]
            )
    if not rows:
        return [*lines, "every value counts"]
    lines += ["| value | bins left | merged | samples that show it |", "| --- | --- | --- | --- |"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


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
