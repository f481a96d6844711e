"""`foretap-models lake`: what is in a lake, and whether it is as it should be."""

from __future__ import annotations

import argparse

from foretap_models.commands.arguments import Commands, add_engine, add_lake, show
from foretap_models.data.census import by_day, census
from foretap_models.data.lake import Lake
from foretap_models.data.place import Place
from foretap_models.engine.start import started


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("lake", help="count what is in a lake, day by day, and check who is where")
    command.add_argument("lake", metavar="URL", help="folder or s3://bucket/prefix")
    add_lake(command)
    add_engine(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Lake -> table."""
    lake = Lake.open(Place(chosen.lake, chosen.endpoint))
    files = lake.files(chosen.days, chosen.shards)
    with started(chosen.engine, chosen.workers) as engine:
        found = census(lake, files, engine)
    people, queries = found["person"].n_unique(), found["queries"].sum()
    lines = [f"{len(files)} files, {sum(file.size for file in files)} bytes, {people} people, {queries} queries"]
    table = by_day(found)
    lines += [f"| {' | '.join(table.columns)} |", "|" + " --- |" * len(table.columns)]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in table.iter_rows()]
    show("\n".join(lines))
