"""`foretap-models tune`: a training cache and a search space -> the best configuration, for `train --config`."""

from __future__ import annotations

import argparse
from pathlib import Path

from foretap_models.commands.arguments import Commands, add_config, add_held_out_fold, add_seed, show
from foretap_models.commands.choices import OBJECTIVES, SAMPLERS
from foretap_models.config import SPACES, Config
from foretap_models.data import dataset as cache
from foretap_models.progress import on_stderr


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("tune", help="search hyper-parameters on windows of time, never on scored queries")
    command.add_argument("cache", type=Path)
    named = ", ".join(sorted(path.stem for path in SPACES.glob("*.toml")))
    command.add_argument("--space", required=True, help=f"a TOML file, or one of: {named}")
    command.add_argument("--sampler", choices=SAMPLERS, default="tpe")
    command.add_argument("--objective", choices=OBJECTIVES, default="log_loss", help="made small; hr3: what is missing")
    command.add_argument("--trials", type=int, default=30, help="in all, those in the storage among them; 30")
    command.add_argument(
        "--storage", required=True, type=Path, help="SQLite file of the trials; goes on where it stopped"
    )
    command.add_argument("--out", required=True, type=Path, help="the best configuration (TOML)")
    add_held_out_fold(command)
    add_seed(command)
    add_config(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Cache and space -> configuration."""
    # Here, because it takes seconds.
    from foretap_models.learn.space import Space
    from foretap_models.learn.tune import OBJECTIVES as COSTS
    from foretap_models.learn.tune import Sampler, Study, tune

    config = Config.read(chosen.config)
    space = Space.read(Space.find(chosen.space), config)
    study = Study(space, Sampler(chosen.sampler), chosen.trials, chosen.seed)
    dataset = cache.load(chosen.cache)
    best, value = tune(study, dataset, config, chosen.held_out_fold, chosen.storage, on_stderr, COSTS[chosen.objective])
    chosen.out.write_text(best.toml(), encoding="utf-8")
    show(f"{chosen.out}: {chosen.objective} {value:.4f}")
