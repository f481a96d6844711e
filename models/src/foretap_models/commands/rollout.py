"""`foretap-models rollout`: more phones for what is published, or fewer."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from foretap_models.commands.arguments import Commands
from foretap_models.commands.publishing import (
    add_change,
    conclude,
    publisher_of,
    segment,
    share,
    show_lines,
    signed_proposal,
)
from foretap_models.errors import ReportsError, RolloutError
from foretap_models.publish import changes, reports
from foretap_models.publish import rollout as arms
from foretap_models.publish.release import Content
from foretap_models.publish.signed_files import Message
from foretap_models.registry.state import Action


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("rollout", help="more phones for what is published, by the same draw")
    command.add_argument(
        "--share", type=share, help="how many of 10,000 phones the arm is to have, or a percentage: 10%%"
    )
    command.add_argument(
        "--arm",
        action="append",
        default=[],
        metavar="NAME[=MODEL:SHARE]",
        help="which arm --share is of, where there are several; or an arm of everyone with a model of the release",
    )
    command.add_argument(
        "--segment",
        action="append",
        default=[],
        metavar="SEGMENT[:ARM=MODEL:SHARE]",
        help="whose arm --share is of, everyone's by default; or an arm of a segment with a model of the release",
    )
    command.add_argument("--shrink", action="store_true", help="an arm may lose phones: those keep what they have")
    command.add_argument("--least-answers", type=int, metavar="N", help="another stop rule: as of `publish`")
    command.add_argument("--most-lost", type=int, metavar="N", help="another stop rule: as of `publish`")
    command.add_argument(
        "--reports",
        type=Path,
        metavar="FILE",
        help='what phones said, a line of JSON each: {"release": 7, "model": SHA-256, "conclusion": '
        '"proven|given_back|goes_on", "reason": null}',
    )
    command.add_argument(
        "--most-given-back",
        type=float,
        default=reports.MOST_GIVEN_BACK,
        metavar="PERCENT",
        help=f"go on if no more of the concluded trials were given back; {reports.LEAST} are needed (20)",
    )
    add_change(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Release -> the same with other shares."""
    with publisher_of(chosen) as publisher:
        said: list[str] = []
        proposal = signed_proposal(publisher, chosen, Action.ROLL_OUT)
        if proposal is None:
            change = _change(chosen)
            proposal, grown = changes.roll_out(publisher, change, chosen.release_days)
            said = _reported(chosen, grown)
        show_lines([*said, *conclude(publisher, chosen, proposal, Content())])


def _reported(chosen: argparse.Namespace, grown: list[str]) -> list[str]:
    """What reports say of each model that more phones are to have."""
    if chosen.reports is None:
        return ["no reports were looked at (--reports)"] if grown else []
    try:
        lines = chosen.reports.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise ReportsError(f"{chosen.reports}: not JSON lines") from None
    return [f"{one[:12]}: {reports.check(lines, one, chosen.most_given_back)}" for one in dict.fromkeys(grown)]


def _change(chosen: argparse.Namespace) -> Callable[[Message], tuple[dict[str, Any], list[str]]]:
    """What is asked for."""
    whole = [*map(arms.arm, (text for text in chosen.arm if "=" in text))]
    whole += map(segment, (text for text in chosen.segment if "=" in text))
    named = [text for text in chosen.arm if "=" not in text]
    within = [text for text in chosen.segment if "=" not in text]
    if (chosen.share is None) == (not whole) or len(named) > 1 or len(within) > 1 or (whole and (named or within)):
        raise RolloutError("either --share of one arm, or each --arm and --segment with its MODEL and SHARE")

    def change(message: Message) -> tuple[dict[str, Any], list[str]]:
        asked = {"least_answers": chosen.least_answers, "most_lost": chosen.most_lost}
        stop = message["rollout"]["stop"] | {name: value for name, value in asked.items() if value is not None}
        drawn = {**message["rollout"], "stop": stop}
        if chosen.share is None:
            return arms.rearranged(drawn, whole, _models(message), shrink=chosen.shrink)
        of, segment_of = (named or [None])[0], (within or [arms.EVERYONE])[0]
        return arms.widened(drawn, chosen.share, of=of, within=segment_of, shrink=chosen.shrink)

    return change


def _models(message: Message) -> Callable[[str], str | None]:
    """The models of a release by their names there, versions or sums."""

    def find(text: str) -> str | None:
        if text == arms.SHIPPED:
            return None
        for model in message["models"]:
            if text in (model["sha256"], model["name"]) or model["name"].endswith(f"-{text}"):
                return str(model["sha256"])
        there = ", ".join(model["name"] for model in message["models"])
        raise RolloutError(f"{text}: not in the release, which has {there or 'no model'}; `publish` adds one")

    return find
