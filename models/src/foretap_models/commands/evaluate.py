"""`foretap-models evaluate`: models judged on the people they never saw."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from foretap_models.commands.arguments import Commands, add_config, show
from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.errors import CacheError
from foretap_models.evaluate import verdict
from foretap_models.judge.figures import Part
from foretap_models.learn.model import Model

PARTS: dict[str, Part] = {"all": "scored", "validation": "validation", "test": "test"}
"""The parts of 70/15/15 by time that nothing is learned from, as the judge calls them."""


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("evaluate", help="judge models on the people they never saw")
    command.add_argument("models", nargs="+", type=Path, help="one model for each held-out fold")
    command.add_argument("--cache", nargs="+", type=Path, required=True, help="one for all models, or one for each")
    command.add_argument("--trees", action="store_true", help="train LightGBM beside each, on the same people")
    command.add_argument(
        "--part",
        choices=list(PARTS),
        default="all",
        help="of everyone's log, in the order of time: all that is scored (the last 30 %%), its first half, its second",
    )
    command.add_argument("--json", type=Path, help="write the figures here as well, as `foretap judge` writes them")
    add_config(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Cache and models -> table and JSON."""
    config = Config.read(chosen.config)
    models = [Model.load(path) for path in chosen.models]
    if len(chosen.cache) not in (1, len(models)):
        raise CacheError(f"{len(chosen.cache)} caches for {len(models)} models; one for all, or one for each")
    datasets = [cache.load(path) for path in chosen.cache] * (len(models) // len(chosen.cache))
    trials = [verdict.Trial(dataset, model) for dataset, model in zip(datasets, models, strict=True)]
    found = verdict.evaluate(trials, config.trees if chosen.trees else None, PARTS[chosen.part])
    show(verdict.table(found))
    if chosen.json:
        chosen.json.write_text(json.dumps(found.json, indent=1) + "\n", encoding="utf-8")
