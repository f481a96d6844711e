"""Arguments that several commands take, and how results are shown."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from foretap_models import foretap
from foretap_models.config import DEFAULT, Config
from foretap_models.data.features_file import FOLDS, MOST_FOLDS
from foretap_models.data.lake import Days
from foretap_models.data.versions import Store, Version
from foretap_models.engine.start import Kind
from foretap_models.errors import CacheError, VersionError
from foretap_models.pipeline.step import (
    FEATURES,
    FORETAP,
    SHIPPED,
    SPACE,
    WEIGHTS,
    DataVersion,
    Request,
    fold_features,
)
from foretap_models.registry.place import MODEL, Place
from foretap_models.registry.registry import Signature

DEFAULT_CONFIG = DEFAULT
"""Elsewhere than in the repository `--config` names one."""

DEFAULT_REGISTRY = "sqlite:///registry/registry.db"
"""Below the working directory."""

Commands = argparse._SubParsersAction
"""Where a command adds itself."""


def add_config(command: argparse.ArgumentParser) -> None:
    """Adds `--config`."""
    command.add_argument(
        "--config",
        type=Path,
        default=DEFAULT_CONFIG,
        help="hyper-parameters (TOML): sections that replace those of configs/default.toml",
    )


def add_seed(command: argparse.ArgumentParser) -> None:
    """Adds `--seed`."""
    command.add_argument("--seed", type=_seed, default=0, help="of everything random")


def add_held_out_fold(command: argparse.ArgumentParser) -> None:
    """Adds `--held-out-fold`."""
    command.add_argument(
        "--held-out-fold", type=int, choices=range(MOST_FOLDS), metavar="N", help="learn nothing of it"
    )


def add_registry(command: argparse._ActionsContainer) -> None:
    """Adds where the registry is; `place` reads it."""
    command.add_argument("--registry", default=DEFAULT_REGISTRY, help="sqlite:///PATH, or the URL of an MLflow server")
    command.add_argument("--audit", type=Path, help="the audit log; beside the registry where that is a file")
    command.add_argument("--registered-model", default=MODEL, help="its name in MLflow")


def add_signature(command: argparse._ActionsContainer) -> None:
    """Adds who decides, and why; `signature` reads it."""
    command.add_argument(
        "--by", default="", help="who decides; `all` and `pipeline` sign as themselves, others ask for it"
    )
    command.add_argument("--reason", default="", help="why; of `all` and `pipeline` by default what made them run")


def add_request(command: argparse.ArgumentParser) -> None:
    """Adds what the pipeline is asked for; `request` reads it."""
    command.add_argument("--features", nargs="+", default=[], type=Path, help="Parquet files of `foretap features`")
    command.add_argument("--store", type=Path, help="folder of the data sets' versions")
    command.add_argument(
        "--data-version",
        help="v1.0: what --features are recorded as, by default the newest or the next; taken where there are none",
    )
    command.add_argument(
        "--fold-features",
        nargs=FOLDS,
        default=[],
        type=Path,
        help="one for each fold, under start weights that its people had no part in; --features for all by default",
    )
    command.add_argument("--start-weights", required=True, type=Path, help="the table of `foretap weights`")
    command.add_argument("--space", default=SHIPPED, help="where tune_trials are asked for, of what: as of `tune`")
    command.add_argument("--version", help="v1.0; by default the minor one after the highest")
    add_seed(command)
    add_config(command)
    add_registry(command)
    add_signature(command)


def add_workdir(command: argparse.ArgumentParser) -> None:
    """Adds `--workdir`."""
    command.add_argument("--workdir", required=True, type=Path, help="where results lie, and runs go on")


def request(chosen: argparse.Namespace) -> Request:
    """What the pipeline is asked for.

    Raises:
        ConfigError: the configuration is not as it should be.
        MissingForetapError: the bundle could not be packed in the end.
        CacheError: there are neither features nor a version of a data set.
        VersionError: the version is not there.
        DamagedStoreError: its manifest was changed.
    """
    from foretap_models.learn.space import Space  # here, because it takes seconds

    data = _data_version(chosen)
    features = tuple(chosen.features)
    if data and data.is_there and data.version:
        features = tuple(data.store.part(part.sha256) for part in data.store.manifest(data.version).parts)
    files = {
        FEATURES: features,
        WEIGHTS: (chosen.start_weights,),
        FORETAP: (foretap.find(),),
        SPACE: (Space.find(chosen.space),),
        **{fold_features(fold): (path,) for fold, path in enumerate(chosen.fold_features)},
    }
    by = chosen.by or "foretap-models pipeline"
    asked, signed = Config.read(chosen.config), Signature(by, chosen.reason)
    return Request(asked, files, chosen.seed, place(chosen), chosen.version, signed, data)


def place(chosen: argparse.Namespace) -> Place:
    """Where the registry is."""
    return Place.of(chosen.registry, chosen.audit, chosen.registered_model)


def signature(chosen: argparse.Namespace) -> Signature:
    """Who decides, and why."""
    return Signature(chosen.by, chosen.reason)


def add_engine(command: argparse.ArgumentParser) -> None:
    """Adds `--engine` and `--workers`."""
    command.add_argument("--engine", type=Kind, choices=list(Kind), default=Kind.LOCAL, help="who does the work")
    command.add_argument("--workers", type=int, default=1, help="how many work at once; the results are the same")


def add_lake(command: argparse._ActionsContainer) -> None:
    """Adds what chooses from a lake: `--days`, `--shards` and `--endpoint`."""
    command.add_argument(
        "--days", type=_days, default=Days(), metavar="FROM..TO", help="2026-01-05..2026-01-11, or open"
    )
    command.add_argument("--shards", type=_shards, metavar="A-B", help="only these parts of the people: 0-3, or 7")
    command.add_argument("--endpoint", metavar="URL", help="of an S3 API; by default what AWS_ENDPOINT_URL says")


def show(text: str) -> None:
    """Writes a result to stdout."""
    sys.stdout.write(text + "\n")


def _data_version(chosen: argparse.Namespace) -> DataVersion | None:
    """The version of the data set, where there is to be one."""
    if not chosen.features and not (chosen.store and chosen.data_version):
        raise CacheError("neither --features nor --store with --data-version")
    if chosen.data_version and not chosen.store:
        raise VersionError("--data-version goes with --store")
    if not chosen.store:
        return None
    version = Version.parse(chosen.data_version) if chosen.data_version else None
    return DataVersion(Store(chosen.store), version, is_there=not chosen.features)


def _seed(text: str) -> int:
    """A seed, 0..2^63."""
    value = int(text)
    if not 0 <= value < 2**63:
        raise argparse.ArgumentTypeError("a seed is 0 or more, below 2^63")
    return value


def _days(text: str) -> Days:
    """A range of days, `FROM..TO`; either may be left out."""
    first, dots, last = text.partition("..")
    if not dots:
        last = first
    return Days(*(date.fromisoformat(day) if day else None for day in (first, last)))


def _shards(text: str) -> range:
    """A range of shards, `A-B`, or one."""
    first, dash, last = text.partition("-")
    return range(int(first), int(last if dash else first) + 1)
