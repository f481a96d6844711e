"""`foretap-models distil`: a training cache -> a model that learned from teachers as well as from what was opened."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from foretap_models.commands.arguments import Commands, add_config, add_held_out_fold, add_seed, show
from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.progress import on_stderr


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("distil", help="a training cache -> a model taught by trees, Transformers and others")
    command.add_argument("cache", type=Path)
    command.add_argument("--out", required=True, type=Path, help="the model, an .npz")
    add_held_out_fold(command)
    command.add_argument("--kept", type=Path, help="folder where the teachers' answers are kept, so that it can go on")
    add_seed(command)
    add_config(command)
    command.add_argument("--report", type=Path, help="draw how it learned into this page (HTML)")
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Cache -> model."""
    # Here, because it takes seconds.
    from foretap_models.evaluate import report
    from foretap_models.learn.distil import teachers
    from foretap_models.learn.kept import Kept
    from foretap_models.learn.learn import learn

    config = Config.read(chosen.config)
    teach = teachers(config, chosen.seed, Kept(chosen.kept), on_stderr)
    model = learn(cache.load(chosen.cache), config, chosen.held_out_fold, chosen.seed, teach=teach)
    model.save(chosen.out)
    if chosen.report:
        chosen.report.write_text(report.training(model.provenance), encoding="utf-8")
    show(json.dumps(model.provenance.inner, indent=1))
