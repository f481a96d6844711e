"""`foretap-models timestamp`: the release of now counts for another week."""

from __future__ import annotations

import argparse
from pathlib import Path

from foretap_models.commands import publishing
from foretap_models.commands.arguments import Commands, show
from foretap_models.commands.publishing import KEY, add_repository, add_timestamp_days, loaded, repository_of
from foretap_models.publish.standing import renew


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser(
        "timestamp", help="sign anew that the release of now counts; for cron, without a registry"
    )
    add_repository(command)
    command.add_argument("--key", action="append", required=True, metavar="URI", help=f"signs it; once for each: {KEY}")
    command.add_argument(
        "--root", type=Path, metavar="FILE", help="the root that the newest has to be: a copy that is kept elsewhere"
    )
    add_timestamp_days(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Timestamp -> the next one."""
    repository = repository_of(chosen)
    root = chosen.root.read_bytes() if chosen.root else None
    with repository.locked():
        show(renew(repository, loaded(chosen.key), publishing.CLOCK, chosen.timestamp_days, root))
