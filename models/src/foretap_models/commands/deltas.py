"""`foretap-models deltas`: how long deltas are after retrains of several kinds."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from foretap_models.commands.arguments import Commands, add_config, add_seed, show
from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.progress import on_stderr


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("deltas", help="retrains of several kinds -> how long their deltas are")
    command.add_argument("cache", type=Path)
    command.add_argument("--start-weights", required=True, type=Path, help="the table of `foretap weights`")
    command.add_argument("--hidden", nargs=2, type=int, default=[256, 128], help="widths of the layers (256 128)")
    command.add_argument("--queries", type=int, default=20_000, help="the most to learn from (20000)")
    command.add_argument("--out", required=True, type=Path, help="the folder of bundles and deltas")
    add_seed(command)
    add_config(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Cache -> table."""
    from foretap_models.publish.deltas import Retrains, markdown, sizes  # here, because it takes seconds

    dataset, config = cache.load(chosen.cache), Config.read(chosen.config)
    config = replace(config, training=replace(config.training, hidden=tuple(chosen.hidden)))
    retrains = Retrains(dataset, config, chosen.queries, chosen.seed, chosen.start_weights)
    show(markdown(list(sizes(retrains, chosen.out, on_stderr))))
