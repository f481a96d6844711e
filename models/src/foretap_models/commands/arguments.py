"""Arguments that several commands take, and how results are shown."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from foretap_models.data.lake import Days
from foretap_models.engine.start import Kind

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


def add_engine(command: argparse.ArgumentParser) -> None:
    """Adds `--engine` and `--workers`."""
    command.add_argument("--engine", type=Kind, choices=list(Kind), default=Kind.LOCAL, help="who does the work")
    command.add_argument("--workers", type=int, default=1, help="how many work at once; the results are the same")


def add_lake(command: argparse._ActionsContainer) -> None:
    """Adds what chooses from a lake: `--days`, `--shards` and `--endpoint`."""
    command.add_argument(
        "--days", type=_days, default=Days(), metavar="FROM..TO", help="2026-01-05..2026-01-11, or open"
    )
    command.add_argument("--shards", type=_shards, metavar="A-B", help="only these parts of the people: 0-3, or 7")
    command.add_argument("--endpoint", metavar="URL", help="of an S3 API; by default what AWS_ENDPOINT_URL says")


def show(text: str) -> None:
    """Writes a result to stdout."""
    sys.stdout.write(text + "\n")


def _seed(text: str) -> int:
    """A seed, 0..2^63."""
    value = int(text)
    if not 0 <= value < 2**63:
        raise argparse.ArgumentTypeError("a seed is 0 or more, below 2^63")
    return value


def _days(text: str) -> Days:
    """A range of days, `FROM..TO`; either may be left out."""
    first, dots, last = text.partition("..")
    if not dots:
        last = first
    return Days(*(date.fromisoformat(day) if day else None for day in (first, last)))


def _shards(text: str) -> range:
    """A range of shards, `A-B`, or one."""
    first, dash, last = text.partition("-")
    return range(int(first), int(last if dash else first) + 1)
