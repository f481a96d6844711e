"""`foretap-models all`: prepare to card, now."""

from __future__ import annotations

from foretap_models.commands.arguments import Commands, add_request, add_workdir
from foretap_models.commands.pipeline import once


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("all", help="features files -> Pending version with its card, in one go")
    add_workdir(command)
    add_request(command)
    command.set_defaults(run=once)
