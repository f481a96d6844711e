"""`foretap-models hybrid`: a model and its cache -> a parts directory with other members beside the network."""

from __future__ import annotations

import argparse
from pathlib import Path

from foretap_models.commands.arguments import Commands, add_config, show
from foretap_models.commands.choices import MEMBERS
from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.progress import on_stderr


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser(
        "hybrid", help="a model -> a parts directory with trees or a sequence model beside it"
    )
    command.add_argument("model", type=Path)
    command.add_argument("cache", type=Path, help="what it was trained on")
    command.add_argument("--members", nargs="+", choices=MEMBERS, default=list(MEMBERS))
    command.add_argument("--start-weights", required=True, type=Path, help="the table of `foretap weights`")
    command.add_argument("--out", required=True, type=Path, help="the parts directory")
    command.add_argument("--distil", action="store_true", help="the model was distilled")
    command.add_argument("--kept", type=Path, help="folder where what is done is kept, so that it can go on")
    add_config(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Model and cache -> parts."""
    # Here, because it takes seconds.
    from foretap_models.bundle import parts
    from foretap_models.bundle.hybrid import hybrid
    from foretap_models.bundle.parts import Arithmetic
    from foretap_models.learn.kept import Kept
    from foretap_models.learn.model import Model

    config, model, dataset = Config.read(chosen.config), Model.load(chosen.model), cache.load(chosen.cache)
    made = hybrid(model, dataset, config, chosen.members, Kept(chosen.kept), on_stderr, is_student=chosen.distil)
    parts.write(made.model, Arithmetic.INT8, chosen.start_weights, chosen.out, made.members)
    for name, share in made.simple.items():
        show(f"{name}: {100.0 * share:.1f} % of the questions are for the network alone; {made.gained[name]:+.4f} nats")
