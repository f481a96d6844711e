"""`foretap-models publish`: approved versions -> a signed release that phones fetch."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

from foretap_models.commands.arguments import Commands
from foretap_models.commands.publishing import (
    add_change,
    arm,
    conclude,
    publisher_of,
    segment,
    share,
    show_lines,
    signed_proposal,
)
from foretap_models.errors import RolloutError, UnknownVersionError
from foretap_models.publish import changes
from foretap_models.publish.changes import Terms
from foretap_models.publish.publisher import Publisher
from foretap_models.publish.release import NEWEST_BASES, Content
from foretap_models.publish.rollout import EVERYONE, Arm
from foretap_models.registry.state import Action

VERSION = re.compile(r"v\d{1,6}\.\d{1,6}")
"""How the registry names a version."""

MODEL = "a version as v1.0, NAME:v1.0, or NAME for the one in production"
"""How a model is named."""


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("publish", help="approved versions -> a signed release that phones fetch")
    command.add_argument(
        "--model", action="append", default=[], help=f"what a part of everyone is to have: {MODEL}; with --share"
    )
    command.add_argument(
        "--share", type=share, default=100, help="how many of 10,000 phones are to have it, or a percentage: 1%% (100)"
    )
    command.add_argument(
        "--arm",
        action="append",
        default=[],
        type=arm,
        metavar="NAME=MODEL:SHARE",
        help="a part of everyone, in the place of --model; once for each. MODEL shipped: what the library ships",
    )
    command.add_argument(
        "--segment",
        action="append",
        default=[],
        type=segment,
        metavar="SEGMENT:ARM=MODEL:SHARE",
        help="a part of the phones that their host counts to a segment; SEGMENT=MODEL: all of those",
    )
    command.add_argument(
        "--salt",
        choices=["new", "keep"],
        default="new",
        help="draw anew who is in an arm, or go on with the draw (new)",
    )
    command.add_argument(
        "--deltas",
        type=int,
        default=NEWEST_BASES,
        metavar="N",
        help=f"make deltas from the newest N bundles of earlier releases ({NEWEST_BASES})",
    )
    command.add_argument(
        "--base",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a bundle that a library ships: make a delta from it as well",
    )
    command.add_argument(
        "--least-answers", type=int, default=100, metavar="N", help="answers before a phone judges the model (100)"
    )
    command.add_argument(
        "--most-lost",
        type=int,
        default=500,
        metavar="N",
        help="a phone gives it back when more than N of 10,000 answers fewer hit than with the one before (500)",
    )
    command.add_argument(
        "--answer-us",
        type=int,
        default=0,
        metavar="N",
        help="a phone gives it back when its median answer takes longer; 0: the library's own limit (0)",
    )
    add_change(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Versions -> release."""
    with publisher_of(chosen) as publisher:
        content = Content()
        proposal = signed_proposal(publisher, chosen, Action.PUBLISH)
        if proposal is None:
            proposal, content = changes.publish(
                publisher,
                _arms(chosen),
                Terms(chosen.release_days, chosen.least_answers, chosen.most_lost, chosen.answer_us),
                keep_salt=chosen.salt == "keep",
                newest=chosen.deltas,
                shipped=[path.read_bytes() for path in chosen.base],
                version_of=versions(publisher, chosen.registered_model),
            )
        show_lines(conclude(publisher, chosen, proposal, content))


def versions(publisher: Publisher, own: str) -> Callable[[str], tuple[str, str]]:
    """How a model is found: its version in the registry, and what a release calls it.

    Args:
        publisher: has the registry.
        own: the name of the registry's model.
    """

    def find(text: str) -> tuple[str, str]:
        name, _, version = (own, "", text) if VERSION.fullmatch(text) else text.partition(":")
        if name != own:
            raise UnknownVersionError(f"{name}: this registry is of {own} (--registered-model)")
        version = version or publisher.registry.state().production or ""
        if not version:
            raise UnknownVersionError(f"{name}: nothing is in production; name a version")
        return version, f"{name}-{version}"

    return find


def _arms(chosen: argparse.Namespace) -> list[Arm]:
    """Who is to have what, as it was asked for."""
    if chosen.model and chosen.arm:
        raise RolloutError("--model with --share is one arm; with --arm all of them are named")
    if len(chosen.model) > 1:
        raise RolloutError("several models: who is to have which? --arm NAME=MODEL:SHARE for each")
    if not (chosen.model or chosen.arm or chosen.segment):
        raise RolloutError("which model? --model, --arm or --segment")
    return [
        *(Arm(EVERYONE, model.replace(":", "-"), model, chosen.share) for model in chosen.model),
        *chosen.arm,
        *chosen.segment,
    ]
