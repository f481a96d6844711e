"""`foretap-models peers`: rules, learners and ensembles side by side, each judged on people it never saw."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from foretap_models.commands.arguments import Commands, add_config, add_seed, show
from foretap_models.commands.choices import LEARNERS, STUDENT
from foretap_models.commands.evaluate import PARTS
from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.errors import CacheError
from foretap_models.progress import on_stderr


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("peers", help="rules, learners and ensembles in one table")
    command.add_argument("cache", nargs="+", type=Path, help="one for all folds, or one for each")
    command.add_argument("--folds", nargs="+", type=int, default=[0, 1, 2, 3, 4], help="judged; 0 1 2 3 4")
    command.add_argument(
        "--learners",
        nargs="+",
        default=list(LEARNERS),
        help=f"of {', '.join(LEARNERS)}, {STUDENT}; all but {STUDENT}, which learns from all of its teachers first",
    )
    command.add_argument(
        "--ensemble", action="append", default=[], help="members with + between them; may be given again"
    )
    command.add_argument("--kept", type=Path, help="folder where what is done is kept, so that it can go on")
    command.add_argument(
        "--replay", type=Path, help="JSON of `foretap replay` on the same log: its rules stand in the table as well"
    )
    command.add_argument("--part", choices=list(PARTS), default="all", help="as of `evaluate`")
    command.add_argument("--json", type=Path, help="write everything here as well")
    command.add_argument("--markdown", type=Path, help="write the table here as well")
    add_seed(command)
    add_config(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Caches -> table."""
    # Here, because it takes seconds.
    from foretap_models.evaluate.peers import PLUS, Fold, markdown, peers
    from foretap_models.evaluate.replayed import Replay
    from foretap_models.learn.kept import Kept

    if len(chosen.cache) not in (1, len(chosen.folds)):
        raise CacheError(f"{len(chosen.cache)} caches for {len(chosen.folds)} folds; one for all, or one for each")
    config = Config.read(chosen.config)
    datasets = [cache.load(path) for path in chosen.cache] * (len(chosen.folds) // len(chosen.cache))
    folds = [Fold(dataset, number) for dataset, number in zip(datasets, chosen.folds, strict=True)]
    ensembles = [members.split(PLUS) for members in chosen.ensemble]
    part, kept = PARTS[chosen.part], Kept(chosen.kept)
    replay = Replay.read(chosen.replay) if chosen.replay else None
    found = peers(folds, chosen.learners, ensembles, config, chosen.seed, part, kept, on_stderr, replay)
    table = markdown(found)
    show(table)
    if chosen.markdown:
        chosen.markdown.write_text(table + "\n", encoding="utf-8")
    if chosen.json:
        chosen.json.write_text(json.dumps(found.as_json(), indent=1) + "\n", encoding="utf-8")
