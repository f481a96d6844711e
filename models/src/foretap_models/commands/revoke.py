"""`foretap-models revoke`: bundles that no phone is to use any more."""

from __future__ import annotations

import argparse

from foretap_models.commands.arguments import Commands
from foretap_models.commands.publishing import add_change, conclude, publisher_of, show_lines, signed_proposal
from foretap_models.publish import changes
from foretap_models.publish.release import Content
from foretap_models.registry.state import Action


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("revoke", help="bundles that no phone is to use any more")
    command.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="NAME|SHA-256",
        help="as releases call it, or its bundle's sum; once for each",
    )
    add_change(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Release -> the same without those bundles."""
    with publisher_of(chosen) as publisher:
        gone: list[str] = []
        proposal = signed_proposal(publisher, chosen, Action.REVOKE)
        if proposal is None:
            proposal, gone = changes.revoke(publisher, chosen.model, chosen.release_days)
        said = [f"{arm}: had a revoked model and is gone; its phones go back to the one they ship" for arm in gone]
        show_lines([*conclude(publisher, chosen, proposal, Content()), *said])
