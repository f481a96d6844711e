"""`foretap-models prepare`: features files -> a checked training cache."""

from __future__ import annotations

import argparse
from pathlib import Path

from foretap_models.commands.arguments import Commands, show
from foretap_models.data import dataset as cache


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("prepare", help="features files -> a checked training cache")
    command.add_argument("features", nargs="+", type=Path, help="Parquet files of `foretap features`")
    command.add_argument("--out", required=True, type=Path, help="folder of the cache")
    command.add_argument("--schema", help="refuse features of any other schema (64 hex digits)")
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Features files -> cache, counts on stdout."""
    dataset = cache.prepare(chosen.features, chosen.out, chosen.schema)
    show("\n".join(dataset.counts()))
