"""`foretap-models register`: a bundle with its evaluation, lineage and card -> a Pending version."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from foretap_models.commands.arguments import (
    Commands,
    add_config,
    add_registry,
    add_seed,
    add_signature,
    place,
    show,
    signature,
)
from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.errors import CacheError
from foretap_models.provenance import said
from foretap_models.registry import lineage
from foretap_models.registry.dossier import DataSet, Dossier
from foretap_models.registry.evaluation import Evaluation
from foretap_models.registry.lineage import Lineage
from foretap_models.registry.registry import Registry


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("register", help="a bundle and its evaluation -> a Pending version")
    command.add_argument("bundle", type=Path, help="what `foretap bundle pack` wrote")
    command.add_argument(
        "--evaluation",
        required=True,
        type=Path,
        help="JSON of `foretap-models evaluate --json`, `foretap judge --json` or `foretap replay --json`",
    )
    command.add_argument(
        "--system", required=True, help="which of the evaluation's systems the bundle is: mlp_int8, as it ships"
    )
    command.add_argument(
        "--data", required=True, type=Path, help="the cache that was learned from, a folder that `prepare --out` wrote"
    )
    command.add_argument("--model", required=True, type=Path, help="the model file that the bundle was made of")
    command.add_argument("--version", help="v1.0; by default the minor one after the highest")
    add_seed(command)
    add_config(command)
    add_registry(command)
    add_signature(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Files -> version, its name on stdout."""
    config = Config.read(chosen.config)
    bundle = chosen.bundle.read_bytes()
    found = lineage.bundle_id(bundle)
    evaluation = Evaluation.of(chosen.evaluation.read_bytes(), found, chosen.system)
    data = _data_set(chosen.data)
    said(
        config.bundle, config.card, data.kinds, data.learned_on, data.least_phones
    )  # refuses, where it does, before anything is kept
    chain = Lineage(
        data=data.content,
        config=lineage.config_hash(config),
        code=lineage.code_hash(),
        model=lineage.file_hash(chosen.model),
        bundle=found,
    )
    dossier = Dossier(chain, data, asdict(config), chosen.seed)
    with Registry.open(place(chosen), create=True) as registry:
        name = registry.register(bundle, evaluation, dossier, signature(chosen), chosen.version)
    show(f"{name}: Pending")


def _data_set(folder: Path) -> DataSet:
    """What was learned from, as its cache says."""
    if not (folder / "cache.json").is_file():
        what = "a file" if folder.is_file() else "not a training cache"
        raise CacheError(f"{folder}: {what}; --data is the folder that `prepare --out` or `data checkout --out` wrote")
    return DataSet.of(cache.load(folder))
