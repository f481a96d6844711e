"""Arguments that several commands take, and how results are shown."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

DEFAULT_CONFIG = Path(__file__).parents[3] / "configs" / "default.toml"
"""Beside the package in the repository; elsewhere `--config` names one."""

Commands = argparse._SubParsersAction
"""Where a command adds itself."""


def add_config(command: argparse.ArgumentParser) -> None:
    """Adds `--config`."""
    command.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="hyper-parameters (TOML)")


def add_seed(command: argparse.ArgumentParser) -> None:
    """Adds `--seed`."""
    command.add_argument("--seed", type=_seed, default=0, help="of everything random")


def show(text: str) -> None:
    """Writes a result to stdout."""
    sys.stdout.write(text + "\n")


def _seed(text: str) -> int:
    """A seed, 0..2^63."""
    value = int(text)
    if not 0 <= value < 2**63:
        raise argparse.ArgumentTypeError("a seed is 0 or more, below 2^63")
    return value
