"""`foretap-models evaluate`: models judged on the people they never saw."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from foretap_models.commands.arguments import Commands, add_config, show
from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.errors import CacheError
from foretap_models.judge.figures import Part
from foretap_models.judge.panel import LEAST_OPENINGS, LEAST_QUERIES
from foretap_models.progress import on_stderr

if TYPE_CHECKING:
    from foretap_models.evaluate.importance import Worth
    from foretap_models.evaluate.verdict import Trial

PARTS: dict[str, Part] = {"all": "scored", "validation": "validation", "test": "test"}
"""The parts of 70/15/15 by time that nothing is learned from, as the judge calls them."""


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("evaluate", help="judge models on the people they never saw")
    command.add_argument("models", nargs="+", type=Path, help="one model for each held-out fold")
    command.add_argument("--cache", nargs="+", type=Path, required=True, help="one for all models, or one for each")
    command.add_argument(
        "--trees",
        action="store_true",
        help="train LightGBM beside each, on the same people; with --importance the gain of its splits as well",
    )
    command.add_argument(
        "--part",
        choices=list(PARTS),
        default="all",
        help="of everyone's log, in the order of time: all that is scored (the last 30 %%), its first or second half; "
        f"a person counts at a moment with {LEAST_QUERIES} queries of it there and {LEAST_OPENINGS} openings in all",
    )
    command.add_argument(
        "--importance", type=int, metavar="N", help="what each feature is worth, on so many queries of the first model"
    )
    command.add_argument("--json", type=Path, help="write the figures here as well, as `foretap judge` writes them")
    command.add_argument("--report", type=Path, help="draw everything into this page (HTML)")
    add_config(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Cache and models -> table, JSON and page."""
    # Here, because it takes seconds.
    from foretap_models.evaluate import importance, report, verdict
    from foretap_models.evaluate.verdict import Trial
    from foretap_models.learn.model import Model

    config = Config.read(chosen.config)
    models = [Model.load(path) for path in chosen.models]
    if len(chosen.cache) not in (1, len(models)):
        raise CacheError(f"{len(chosen.cache)} caches for {len(models)} models; one for all, or one for each")
    datasets = [cache.load(path) for path in chosen.cache] * (len(models) // len(chosen.cache))
    trials = [Trial(dataset, model) for dataset, model in zip(datasets, models, strict=True)]
    if chosen.trees:
        trials = [trial.with_trees(config.trees) for trial in trials]
    found = verdict.evaluate(trials, PARTS[chosen.part])
    show(verdict.table(found))
    worth: dict[str, dict[str, Worth]] = {}
    gains: dict[str, float] = {}
    if chosen.importance:
        worth = _worth(trials[0], config, chosen.importance)
        show(importance.table(worth))
        gains = {} if trials[0].trees is None else importance.gain(trials[0].trees, trials[0].dataset)
    if chosen.json:
        values: dict[str, Any] = dict(found.json)
        if worth:
            values["importance"] = {"gain": gains} | {
                kind: {name: asdict(value) for name, value in of.items()} for kind, of in worth.items()
            }
        chosen.json.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    if chosen.report:
        made = [model.provenance for model in models]
        chosen.report.write_text(report.evaluation(made, found, verdict.INT8, worth, gains), encoding="utf-8")


def _worth(trial: Trial, config: Config, most: int) -> dict[str, dict[str, Worth]]:
    """What each feature and each group of them is worth to a model, on so many of the queries it is judged on."""
    from foretap_models.evaluate import importance, verdict
    from foretap_models.learn.learn import answered, corrections

    dataset, model = trial.dataset, trial.model
    at = dataset.scored_queries(verdict.judged_fold(trial))
    at = at[np.linspace(0, len(at) - 1, min(most, len(at))).astype(np.int64)]
    grouped = {group.name: group.columns for group in config.importance}
    by = {"features": importance.groups(dataset, {})}
    by |= {"groups": importance.groups(dataset, grouped)} if grouped else {}
    found = {}
    for kind, of in by.items():
        on_stderr(f"shuffling {len(of)} {kind} of {len(at)} queries")
        found[kind] = importance.permutation(
            lambda data, some: answered(data, some, corrections(model, data, some), model.calibration).values,
            dataset,
            at,
            of,
            model.provenance.seed,
        )
    return found
