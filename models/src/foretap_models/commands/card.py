"""`foretap-models card`: a registered version -> its model card."""

from __future__ import annotations

import argparse
from pathlib import Path

from foretap_models.commands.arguments import Commands, add_registry, place, show
from foretap_models.registry.registry import Registry


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("card", help="a registered version -> its model card")
    command.add_argument("version", help="as `registry list` names it")
    command.add_argument("--out", type=Path, help="the Markdown file; stdout by default")
    add_registry(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Version -> card."""
    with Registry.open(place(chosen)) as registry:
        text = registry.archive.card(chosen.version)
    if chosen.out:
        chosen.out.write_text(text, encoding="utf-8")
    else:
        show(text.rstrip("\n"))
