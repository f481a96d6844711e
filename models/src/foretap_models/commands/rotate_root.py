"""`foretap-models rotate-root`: other keys, other thresholds, another floor, or more time for the same."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from foretap_models.commands.arguments import Commands
from foretap_models.commands.publishing import (
    add_change,
    add_release_days,
    add_root_days,
    add_timestamp_days,
    conclude,
    publisher_of,
    show_lines,
    signed_proposal,
)
from foretap_models.errors import SigningKeyError
from foretap_models.publish import changes, keys, root
from foretap_models.publish.release import Content
from foretap_models.publish.root import ROLES, Changes
from foretap_models.registry.state import Action


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser(
        "rotate-root",
        help="the next root: other keys, or more time",
        description="The next root is signed by the root keys of the one before and by its own: --key names them all. "
        "Where it has other release or timestamp keys, those files are signed anew: name the old keys and the new.",
    )
    for action, about in (("add", "a key counts from now on"), ("remove", "a key counts no longer")):
        command.add_argument(
            f"--{action}",
            action="append",
            default=[],
            metavar="ROLE:KEY",
            help=f"{about}: root, release or timestamp, and its URI or NAME.pub.json",
        )
    command.add_argument(
        "--threshold", action="append", default=[], metavar="ROLE:N", help="how many keys of a kind must sign"
    )
    command.add_argument(
        "--floor",
        type=int,
        metavar="RELEASE",
        help="the lowest release that phones believe from now on; it never falls",
    )
    add_root_days(command)
    add_release_days(command)
    add_timestamp_days(command)
    add_change(command, is_release=False)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Root -> the next."""
    with publisher_of(chosen) as publisher:
        proposal = signed_proposal(publisher, chosen, Action.ROTATE_ROOT)
        if proposal is None:
            asked = Changes(_publics(chosen.add), _publics(chosen.remove), _thresholds(chosen.threshold), chosen.floor)
            proposal = changes.rotate(publisher, asked, chosen.expires_days, chosen.release_days)
        said = conclude(publisher, chosen, proposal, Content())
        if not chosen.unsigned:
            repository = publisher.repository
            newest = repository.root().version
            said += root.chain([repository.root(version) for version in range(1, newest + 1)])
        show_lines(said)


def _publics(texts: Sequence[str]) -> dict[str, list[str]]:
    """Keys by their roles."""
    found: dict[str, list[str]] = {}
    for text in texts:
        role, key = _of_role(text)
        found.setdefault(role, []).append(keys.public_of(key))
    return found


def _thresholds(texts: Sequence[str]) -> dict[str, int]:
    """Thresholds by roles."""
    found = {}
    for text in texts:
        role, number = _of_role(text)
        if not number.isdecimal():
            raise SigningKeyError(f"{text}: a threshold is a number")
        found[role] = int(number)
    return found


def _of_role(text: str) -> tuple[str, str]:
    """ROLE:REST, taken apart."""
    role, _, rest = text.partition(":")
    if role not in ROLES or not rest:
        raise SigningKeyError(f"{role}: which role? {', '.join(ROLES)}, then a colon")
    return role, rest
