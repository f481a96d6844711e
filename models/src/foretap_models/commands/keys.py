"""`foretap-models keys`: key pairs in files."""

from __future__ import annotations

import argparse
from pathlib import Path

from foretap_models.commands.arguments import Commands, show
from foretap_models.publish import keys


def add(commands: Commands) -> None:
    """Declares the command and its subcommand."""
    command = commands.add_parser("keys", help="key pairs that sign what phones are served")
    subcommands = command.add_subparsers(required=True, metavar="WHAT")
    new = subcommands.add_parser("new", help="an Ed25519 key pair: NAME.pem for its owner alone, NAME.pub.json")
    new.add_argument("--out", required=True, type=Path, help="folder of the two files; nothing is overwritten")
    new.add_argument("--name", default="key", help="what they are called (key)")
    new.set_defaults(run=_new)


def _new(chosen: argparse.Namespace) -> None:
    """Makes a pair; the id on stdout."""
    made = keys.make(chosen.out, chosen.name)
    show(f"{made}: key {keys.key_id(keys.public_of(str(made)))}")
