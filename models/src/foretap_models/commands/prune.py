"""`foretap-models prune`: a model -> the same with fewer weights, and what that saves and costs."""

from __future__ import annotations

import argparse
from pathlib import Path

from foretap_models.commands.arguments import Commands, add_config, show
from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.progress import on_stderr


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("prune", help="a model -> the same with fewer weights")
    command.add_argument("model", type=Path)
    command.add_argument("cache", type=Path, help="what it was trained on")
    command.add_argument("--out", required=True, type=Path, help="the pruned model, an .npz")
    command.add_argument("--distil", action="store_true", help="with teachers, as where the model was distilled")
    command.add_argument("--kept", type=Path, help="folder where the teachers' answers are kept")
    add_config(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Model and cache -> model."""
    # Here, because it takes seconds.
    from foretap_models.evaluate.pruned import markdown, pruned
    from foretap_models.learn.distil import teachers
    from foretap_models.learn.kept import Kept
    from foretap_models.learn.model import Model
    from foretap_models.learn.prune import prune

    config, model, dataset = Config.read(chosen.config), Model.load(chosen.model), cache.load(chosen.cache)
    seed = model.provenance.seed
    teach = teachers(config, seed, Kept(chosen.kept), on_stderr) if chosen.distil else None
    stages = [stage.model for stage in prune(model, dataset, config, on_stderr, teach)]
    stages[-1].save(chosen.out)
    show(markdown(pruned([model, *stages], dataset)))
