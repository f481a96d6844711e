"""Arguments and steps that the commands of the publisher share."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from foretap_models import foretap
from foretap_models.commands.arguments import add_registry, add_signature, place, show, signature
from foretap_models.errors import ProposalError
from foretap_models.progress import on_stderr
from foretap_models.publish import keys, rollout
from foretap_models.publish.disk import Disk
from foretap_models.publish.keys import SigningKey
from foretap_models.publish.proposal import Proposal
from foretap_models.publish.publisher import Publisher
from foretap_models.publish.release import Content
from foretap_models.publish.repository import Repository
from foretap_models.publish.signed_files import SignedFiles
from foretap_models.publish.standing import Clock
from foretap_models.registry.registry import Registry
from foretap_models.registry.state import Action

KEY = "file2:PATH of a PEM, or URI#NAME.pub.json of a service that securesystemslib knows, as hv:"
"""How a key that signs is named."""

LONGEST_TIMESTAMP_DAYS, LONGEST_RELEASE_DAYS, LONGEST_ROOT_DAYS = 31, 366, 731
"""A phone takes no timestamp and no release that would count for longer; for a root two years are the custom."""


def system_clock() -> int:
    """Seconds since 1970."""
    return int(time.time())


CLOCK: Clock = system_clock
"""What files are dated with."""


def add_repository(command: argparse.ArgumentParser) -> None:
    """Adds the folder."""
    command.add_argument("repository", metavar="DIR", type=Path, help="folder of the repository, served as it is")


def add_timestamp_days(command: argparse.ArgumentParser) -> None:
    """Adds for how long a timestamp counts."""
    command.add_argument(
        "--timestamp-days",
        type=_days(LONGEST_TIMESTAMP_DAYS),
        default=7,
        metavar="N",
        help="the timestamp counts for so many days, 31 at most (7)",
    )


def add_release_days(command: argparse.ArgumentParser) -> None:
    """Adds for how long a release counts."""
    command.add_argument(
        "--release-days",
        type=_days(LONGEST_RELEASE_DAYS),
        default=90,
        metavar="N",
        help="the release counts for so many days, 366 at most (90)",
    )


def add_root_days(command: argparse.ArgumentParser) -> None:
    """Adds for how long a root counts."""
    command.add_argument(
        "--expires-days",
        type=_days(LONGEST_ROOT_DAYS),
        default=365,
        metavar="N",
        help="the root counts for so many days, 731 at most (365)",
    )


def add_change(command: argparse.ArgumentParser, *, is_release: bool = True) -> None:
    """Adds what every change takes: the folder, keys, the two files of several signers, who and why."""
    add_repository(command)
    command.add_argument("--key", action="append", default=[], metavar="URI", help=f"signs; once for each key: {KEY}")
    if is_release:
        command.add_argument(
            "--timestamp-key", action="append", default=[], metavar="URI", help="signs the timestamp, as --key"
        )
        add_release_days(command)
        add_timestamp_days(command)
    command.add_argument(
        "--unsigned",
        type=Path,
        metavar="FILE",
        help="serve nothing: write what is to be signed, for `foretap-models sign`; what --key names has signed it",
    )
    command.add_argument(
        "--signed", type=Path, metavar="FILE", help="serve what this file says, once enough keys signed it"
    )
    add_registry(command)
    add_signature(command)


def repository_of(chosen: argparse.Namespace) -> Repository:
    """The folder that was named."""
    return Repository(chosen.repository, SignedFiles(foretap.find()), Disk())


@contextmanager
def publisher_of(chosen: argparse.Namespace) -> Iterator[Publisher]:
    """The publisher, alone at the repository and at the registry."""
    repository = repository_of(chosen)
    with repository.locked(), Registry.open(place(chosen), progress=on_stderr) as registry:
        yield Publisher(repository, registry, CLOCK)


def loaded(uris: Sequence[str]) -> list[SigningKey]:
    """The keys that were named, each once."""
    return list({key.public: key for key in map(keys.load, uris)}.values())


def signed_proposal(publisher: Publisher, chosen: argparse.Namespace, action: Action) -> Proposal | None:
    """What `--signed` names, if it is of this command.

    Raises:
        ProposalError: it is not.
    """
    if chosen.signed is None:
        return None
    if chosen.unsigned:
        raise ProposalError("--signed and --unsigned at once")
    found = Proposal.read(chosen.signed.read_bytes(), publisher.repository.files)
    if found.action is not action:
        raise ProposalError(f"{chosen.signed}: to {found.action}, not to {action}")
    return found


def conclude(publisher: Publisher, chosen: argparse.Namespace, proposal: Proposal, content: Content) -> list[str]:
    """Serves a proposal, or writes it for others to sign; returns what was done."""
    uris = [*chosen.key, *getattr(chosen, "timestamp_key", [])]
    if not chosen.unsigned:
        return publisher.finish(proposal, content, loaded(uris), signature(chosen), chosen.timestamp_days)
    for key in loaded(chosen.key):
        proposal.sign(key)
    # Bundles and deltas lie there before anybody signs, so that whoever serves it needs none of what made them.
    content.store(publisher.repository)
    publisher.repository.disk.replace(chosen.unsigned, proposal.written())
    return [*proposal.summary(), f"{chosen.unsigned}: to be signed with `foretap-models sign`, nothing is served yet"]


def show_lines(lines: Sequence[str]) -> None:
    """Writes a result to stdout."""
    show("\n".join(lines))


def share(text: str) -> int:
    """A share as an argument."""
    try:
        return rollout.share(text)
    except rollout.RolloutError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def arm(text: str) -> rollout.Arm:
    """An arm as an argument."""
    try:
        return rollout.arm(text)
    except rollout.RolloutError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def segment(text: str) -> rollout.Arm:
    """An arm of a segment as an argument."""
    try:
        return rollout.segment(text)
    except rollout.RolloutError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _days(most: int) -> Callable[[str], int]:
    """A number of days, as argparse takes a type."""

    def days(text: str) -> int:
        value = int(text)
        if not 1 <= value <= most:
            raise argparse.ArgumentTypeError(f"1 to {most} days")
        return value

    return days
