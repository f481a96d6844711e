"""`foretap-models train`: a training cache -> a model."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from foretap_models.commands.arguments import Commands, add_config, add_held_out_fold, add_seed, show
from foretap_models.config import Config
from foretap_models.data import dataset as cache


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("train", help="a training cache -> a model")
    command.add_argument("cache", type=Path)
    command.add_argument("--out", required=True, type=Path, help="the model, an .npz")
    add_held_out_fold(command)
    add_seed(command)
    add_config(command)
    command.add_argument(
        "--line", type=Path, help="the model of a release line (.npz) to go on from, with its weights and its inputs"
    )
    command.add_argument("--report", type=Path, help="draw how it learned into this page (HTML)")
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Cache -> model."""
    # Here, because it takes seconds.
    from foretap_models.evaluate import report
    from foretap_models.learn.learn import learn
    from foretap_models.learn.model import Model

    config = Config.read(chosen.config)
    line = Model.load(chosen.line) if chosen.line else None
    model = learn(cache.load(chosen.cache), config, chosen.held_out_fold, chosen.seed, line=line)
    model.save(chosen.out)
    if chosen.report:
        chosen.report.write_text(report.training(model.provenance), encoding="utf-8")
    show(json.dumps(model.provenance.inner, indent=1))
