"""`foretap-models repository`: begins a repository of signed models."""

from __future__ import annotations

import argparse

from foretap_models.commands.arguments import Commands
from foretap_models.commands.publishing import (
    KEY,
    add_change,
    add_root_days,
    conclude,
    loaded,
    publisher_of,
    show_lines,
    signed_proposal,
)
from foretap_models.publish import changes, keys
from foretap_models.publish.release import Content
from foretap_models.publish.signed_files import RELEASE, ROOT, TIMESTAMP
from foretap_models.registry.state import Action

ROLES = {
    ROOT: "signs roots; once for each",
    RELEASE: "signs releases, which is their approval; once for each",
    TIMESTAMP: "signs timestamps; once for each",
}


def add(commands: Commands) -> None:
    """Declares the command and its subcommand."""
    command = commands.add_parser("repository", help="a repository of signed models that phones fetch from")
    subcommands = command.add_subparsers(required=True, metavar="WHAT")
    begun = subcommands.add_parser("init", help="an empty folder -> root/1, which names the keys that count")
    begun.add_argument("--product", help="of which product: a-z, 0-9, '.', '_' and '-'")
    begun.add_argument("--channel", default="stable", help="which phones follow (stable)")
    for role, about in ROLES.items():
        begun.add_argument(
            f"--{role}-key",
            dest=f"{role}_keys",
            action="append",
            default=[],
            metavar="KEY",
            help=f"{about}: {KEY if role == ROOT else 'as --root-key'}, or NAME.pub.json where its owner is elsewhere",
        )
        least = 1 if role == TIMESTAMP else 2
        begun.add_argument(
            f"--{role}-threshold", type=int, default=least, metavar="N", help=f"how many of them must ({least})"
        )
    add_root_days(begun)
    add_change(begun, is_release=False)
    begun.set_defaults(run=_init, timestamp_days=None)


def _init(chosen: argparse.Namespace) -> None:
    """Keys -> root 1."""
    named = {role: [*getattr(chosen, f"{role}_keys")] for role in ROLES}
    with publisher_of(chosen) as publisher:
        proposal = signed_proposal(publisher, chosen, Action.BEGIN_REPOSITORY)
        if proposal is None:
            publics = {
                role: ([keys.public_of(text) for text in texts], getattr(chosen, f"{role}_threshold"))
                for role, texts in named.items()
            }
            times = (publisher.now_s(), chosen.expires_days)
            proposal = changes.begin(publisher.repository, chosen.product or "", chosen.channel, publics, times)
            # Root keys that are at hand sign; of the others only the public half was named.
            held = [text for text in named[ROOT] if not text.endswith(keys.PUBLIC) or "#" in text]
            for key in loaded(held):
                proposal.sign(key)
        show_lines(conclude(publisher, chosen, proposal, Content()))
