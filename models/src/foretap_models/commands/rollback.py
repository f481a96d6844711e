"""`foretap-models rollback`: what an earlier release said, under a higher version."""

from __future__ import annotations

import argparse

from foretap_models.commands.arguments import Commands
from foretap_models.commands.publishing import add_change, conclude, publisher_of, show_lines, signed_proposal
from foretap_models.publish import changes
from foretap_models.publish.release import Content
from foretap_models.registry.state import Action


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("rollback", help="the model before, under a higher version")
    command.add_argument(
        "--to",
        type=int,
        metavar="RELEASE",
        help="the release to go back to; by default the newest before the models of now, with approved models alone",
    )
    command.add_argument(
        "--revoke",
        action="store_true",
        help="what is given up is never used again, whatever a phone is to have instead",
    )
    add_change(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Release -> what one before it said."""
    with publisher_of(chosen) as publisher:
        proposal = signed_proposal(publisher, chosen, Action.ROLL_BACK_RELEASE) or changes.roll_back(
            publisher, chosen.to, chosen.release_days, revoke=chosen.revoke
        )
        show_lines(conclude(publisher, chosen, proposal, Content()))
